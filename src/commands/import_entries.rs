use std::path::PathBuf;
use std::sync::Arc;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::{entries_of, name_of};
use super::select;
use crate::source::Document;

/// Put the entries of an old feed document into a subscription
///
/// For example one that a web archive kept. Entries that the archive holds already stay as they are; the
/// others are marked as read from the feed's past, so that no digest shows them.
#[derive(Debug, clap::Args)]
#[command(name = "import-entries")]
pub(crate) struct Args {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The subscription: an address or a part of a title
    #[arg(long, value_name = "FEED")]
    feed: String,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let archive = Arc::new(archive);
    let feed = select::feed(&archive, &args.feed)?;
    let fetcher = Arc::new(context.fetcher(None, None)?);
    let update = context.update(Arc::clone(&archive), fetcher)?;
    let mut failed = 0;
    for file in &args.files {
        let name = file.display().to_string();
        let imported = std::fs::read(file)
            .map_err(|error| CommandError::failed(format!("cannot read {name}: {error}")))
            .and_then(|bytes| {
                let document = Document {
                    // Relative links mean what they meant where the feed stood.
                    location: feed.source.location(),
                    ..Document::from_bytes(bytes)
                };
                update
                    .import_entries(&feed, &document)
                    .map_err(|failure| CommandError::of_feed(&name, failure))
            });
        match imported {
            Ok((new, in_all)) => context.terminal.note(&format!(
                "{name}: {} of {in_all} were new to {}",
                entries_of(new as u64),
                name_of(&feed)
            )),
            Err(error) => {
                failed += 1;
                context
                    .terminal
                    .error(&error.message, error.hint.as_deref());
            }
        }
    }
    Ok(Exit::of_arguments(failed, args.files.len()))
}
