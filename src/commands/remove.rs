use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::name_of;
use super::select;

/// End subscriptions; their entries stay
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An address or a part of a title
    #[arg(required = true, value_name = "FEED")]
    feeds: Vec<String>,
    /// Delete the feed's entries and their revisions too; this cannot be undone
    #[arg(long)]
    purge: bool,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    // All names are looked up before anything is removed, so that a slip in one removes nothing.
    let feeds: Result<Vec<_>, _> = args
        .feeds
        .iter()
        .map(|name| select::feed(&archive, name))
        .collect();
    for feed in feeds? {
        let entries = archive.remove(feed.id, args.purge)?;
        let what = if args.purge { "deleted" } else { "kept" };
        context
            .terminal
            .note(&format!("removed {}, {entries} entries {what}", name_of(&feed)));
    }
    Ok(Exit::Well)
}
