use std::io::{self, Read, Write};
use std::path::Path;

use url::Url;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll;
use crate::clean;
use crate::fetch::local_source;
use crate::model::RawFeed;
use crate::parse;
use crate::render::explain::{self, Told};
use crate::render::jsonfeed::{self, Reading};
use crate::source::{Body, Document, Failure, FailureKind, Source, Validators};
use crate::terminal::result_output;
use crate::update::safe_entry;

/// Show what hallway reads in a document
///
/// Any feed or notes document in, JSON Feed 1.1 out, with what was decided and repaired on the way under
/// `_hallway`. With --explain the same for people, to test a feed with. Neither reads nor writes the archive.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file, a folder of notes, a URL, or - for standard input
    #[arg(value_name = "FILE|URL|-")]
    document: String,
    /// What relative links are resolved against
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
    /// Print the mended XML that the feed is read from instead
    #[arg(long)]
    normalised: bool,
    /// Say for people what was repaired, where each field was read and what was dropped, instead of JSON
    #[arg(long)]
    explain: bool,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let of_feed = |failure: Failure| CommandError::of_feed(&args.document, failure);
    let source = source(&args.document).map_err(of_feed)?;
    let (mut documents, unreadable) = documents(&source, context).map_err(of_feed)?;
    if args.normalised {
        let text = documents
            .first()
            .and_then(parse::normalised)
            .ok_or_else(|| {
                let message = "this is no XML feed: only those are normalised";
                of_feed(Failure::new(FailureKind::NotAFeed, message))
            })?;
        return write_normalised(&text);
    }
    let is_folder = matches!(source, Source::Folder(_));
    if let (Some(base), false) = (&args.base, is_folder) {
        for document in &mut documents {
            document.location = Some(base.clone());
        }
    }
    let (mut raw, broken) = read(&source, &documents, args.explain).map_err(of_feed)?;
    for failure in unreadable.iter().chain(&broken) {
        poll::warn(context, &args.document, failure, None);
    }
    let location = args.base.clone().or_else(|| match &source {
        Source::Folder(_) => source.location(),
        _ => documents
            .first()
            .and_then(|document| document.location.clone()),
    });
    // The bytes are not needed any more, and a large document takes memory enough without them.
    drop(documents);
    let mut feed = clean::feed(&raw, location.as_ref());
    let mut entries = std::mem::take(&mut raw.entries);
    let reading = Reading {
        format: raw.format,
        encoding: &raw.encoding,
        repairs: &raw.repairs,
    };
    let mut out = result_output();
    let written = if args.explain {
        let origins = entries
            .iter_mut()
            .map(|entry| std::mem::take(&mut entry.origins))
            .collect::<Vec<_>>();
        feed.entries = entries
            .into_iter()
            .map(|entry| safe_entry(entry, &feed, location.as_ref()))
            .collect();
        let told = Told {
            encoding_by: raw.encoding_by,
            feed_origins: &raw.origins,
            origins: &origins,
            dropped: &raw.dropped,
        };
        explain::explained(&feed, &reading, &told, &mut out)
    } else {
        let safe = entries
            .into_iter()
            .map(|entry| safe_entry(entry, &feed, location.as_ref()));
        jsonfeed::parsed(&feed, safe, &reading, &mut out)
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the result"))?;
    Ok(Exit::of_feeds(unreadable.len() + broken.len()))
}

fn write_normalised(text: &str) -> Result<Exit, CommandError> {
    let mut out = result_output();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the result"))?;
    Ok(Exit::Well)
}

fn source(name: &str) -> Result<Source, Failure> {
    if name == "-" {
        return Ok(Source::Stdin);
    }
    if let Some(source) = Source::from_web_address(name) {
        return Ok(source);
    }
    match Source::from_key(name) {
        Some(Source::File(path) | Source::Folder(path)) => local_source(&path),
        _ => local_source(Path::new(name)),
    }
}

fn documents(
    source: &Source,
    context: &Context<'_>,
) -> Result<(Vec<Document>, Vec<Failure>), Failure> {
    if *source == Source::Stdin {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::new(FailureKind::File, format!("cannot be read: {error}")))?;
        return Ok((vec![Document::from_bytes(bytes)], Vec::new()));
    }
    let of_error = |error: CommandError| Failure::new(FailureKind::File, error.message);
    let fetcher = context.fetcher(None, None).map_err(of_error)?;
    let runtime = poll::runtime().map_err(of_error)?;
    let fetched = runtime.block_on(fetcher.fetch(source, &Validators::default(), context.now));
    match fetched.answer?.body {
        Body::Documents {
            documents,
            unreadable,
        } => Ok((documents, unreadable)),
        Body::Unchanged => Ok((Vec::new(), Vec::new())),
    }
}

fn read(
    source: &Source,
    documents: &[Document],
    explain: bool,
) -> Result<(RawFeed, Vec<Failure>), Failure> {
    if let Source::Folder(_) = source {
        let (raw, broken) = parse::read_notes(documents);
        let broken = broken
            .into_iter()
            .map(|(name, error)| {
                let mut failure = Failure::from(error);
                failure.message = format!("{name}: {}", failure.message);
                failure
            })
            .collect();
        return Ok((raw, broken));
    }
    let document = documents
        .first()
        .ok_or_else(|| Failure::new(FailureKind::NotAFeed, "the answer is empty"))?;
    let read = if explain {
        parse::explain(document)?
    } else {
        parse::read_feed(document)?
    };
    Ok((read, Vec::new()))
}
