//! From the documents of an answer to one feed, and to the hash that tells whether they are the same.

use chrono::{DateTime, Utc};

use crate::model::{ContentHash, RawAnswer, RawFeed};
use crate::parse::{self, ParseError};
use crate::source::{
    Answer, Body, Document, Failure, FailureKind, Source, Validators, without_password,
};

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
    if is_cut(&raw) {
        warnings.push(cut_off(&raw)?);
    }
    Ok((raw, warnings))
}

/// Whether a document ended too early.
pub(super) fn is_cut(raw: &RawFeed) -> bool {
    let mut repairs = raw.repairs.iter();
    repairs.any(|repair| repair.kind == parse::TRUNCATED)
}

/// What is said of a document that ended too early; it is a failure where it holds no entry.
fn cut_off(raw: &RawFeed) -> Result<Failure, Failure> {
    let message = "the document ends too early";
    let failure = |message: String| Failure::new(FailureKind::Truncated, message);
    match raw.entries.len() {
        0 => Err(failure(message.to_owned())),
        1 => Ok(failure(format!(
            "{message}: of one entry what came is kept"
        ))),
        many => Ok(failure(format!(
            "{message}: what came of it is kept, {many} entries"
        ))),
    }
}

/// What came before an answer broke off, as an answer.
pub(super) fn broken_off(part: Document, http_status: Option<u16>) -> Answer {
    Answer {
        http_status,
        moved_to: None,
        validators: Validators::default(),
        fresh_until: None,
        body: Body::Documents {
            documents: vec![part],
            unreadable: Vec::new(),
        },
    }
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
