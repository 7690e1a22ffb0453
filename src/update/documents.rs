//! From the documents of an answer to one feed, and to the hash that tells whether they are the same.

use chrono::{DateTime, Utc};

use crate::model::{ContentHash, RawAnswer, RawFeed};
use crate::parse::{self, ParseError};
use crate::source::{Document, Failure, FailureKind, Source, without_password};

use super::bounds;

pub(super) fn parse_documents(
    source: &Source,
    documents: &[Document],
    mut warnings: Vec<Failure>,
) -> Result<(RawFeed, Vec<Failure>), Failure> {
    if let Source::Folder(_) = source {
        let (raw, broken) = parse::read_notes(documents);
        for (name, error) in broken {
            let mut failure = Failure::from(error);
            failure.message = format!("{name}: {}", failure.message);
            warnings.push(failure);
        }
        return Ok((raw, warnings));
    }
    let document = documents
        .first()
        .ok_or_else(|| Failure::new(FailureKind::NotAFeed, "the answer is empty"))?;
    let raw = parse::read_feed(document).map_err(no_longer_a_feed)?;
    warnings.extend(bounds::too_many_entries(&raw));
    Ok((raw, warnings))
}

/// The answer that a document was, where it is to be kept; its bytes go along.
pub(super) fn raw_answer(document: &mut Document, at: DateTime<Utc>) -> Option<Box<RawAnswer>> {
    let exchange = document.exchange.take()?;
    Some(Box::new(RawAnswer {
        url: exchange.url,
        at,
        request: exchange.request,
        response: exchange.response,
        body: std::mem::take(&mut document.bytes),
        alone: exchange.alone,
    }))
}

/// The page that a subscription's URL now shows may say where the feed went.
fn no_longer_a_feed(error: ParseError) -> Failure {
    let hint = match &error {
        ParseError::Page {
            feed: Some(feed), ..
        } => Some(format!(
            "`hallway add {}` subscribes to that one",
            without_password(feed)
        )),
        _ => None,
    };
    let failure = Failure::from(error);
    Failure {
        hint: hint.or(failure.hint),
        ..failure
    }
}

pub(super) fn hash_of(documents: &[Document]) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    for document in documents {
        let name = document.file_name.as_deref().unwrap_or_default();
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(&(document.bytes.len() as u64).to_le_bytes());
        hasher.update(&document.bytes);
    }
    ContentHash(*hasher.finalize().as_bytes())
}
