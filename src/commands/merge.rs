use std::path::{Path, PathBuf};

use super::backup::is_same;
use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::entries_of;
use crate::archive::Merged;

/// Take another archive in
///
/// Subscriptions, entries, earlier states and tags of OTHER come into this archive, each once: the laptop's
/// into the server's, and back. Of two states of an entry the newer stays and the older is kept as an earlier
/// one. What either archive has shown is no news here. OTHER is only read; merging it twice changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The other archive
    #[arg(value_name = "OTHER")]
    other: PathBuf,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    if is_same(&args.other, &context.archive_path) {
        return Err(
            CommandError::usage("the other archive is this archive itself")
                .with_hint("name the file to take in; --archive names the one that it comes into"),
        );
    }
    if !Path::new(&args.other).exists() {
        let name = args.other.display();
        return Err(CommandError::usage(format!(
            "there is no archive at {name}"
        )));
    }
    let archive = context.archive()?;
    let mut is_begun = false;
    let merged = archive.take_in(&args.other, |feed, feeds| {
        if !is_begun {
            context.terminal.start_progress(feeds, false);
            is_begun = true;
        }
        context.terminal.advance(feed, false, 0);
    });
    context.terminal.end_progress();
    let merged = merged?;
    context.terminal.note(&told(&merged));
    if merged.damaged > 0 {
        let name = args.other.display().to_string();
        let message = format!("{} damaged there, left out", entries_of(merged.damaged));
        context.terminal.warn(
            &name,
            &message,
            Some("`hallway check` with --archive and that file says more"),
        );
        return Ok(Exit::Partly);
    }
    Ok(Exit::Well)
}

fn told(merged: &Merged) -> String {
    let feeds = match merged.feeds {
        1 => "1 feed".to_owned(),
        feeds => format!("{feeds} feeds"),
    };
    let revisions = match merged.revisions {
        0 => String::new(),
        1 => ", 1 earlier state".to_owned(),
        some => format!(", {some} earlier states"),
    };
    format!(
        "{feeds} and {} came in, {} replaced by newer states{revisions}",
        entries_of(merged.entries),
        merged.edited
    )
}
