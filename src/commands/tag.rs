use super::context::Context;
use super::exit::{CommandError, Exit};
use super::select;
use crate::model::TagOrigin;

/// Give an entry tags of your own
#[derive(Debug, clap::Args)]
pub(crate) struct TagArgs {
    /// The entry's number, address or guid
    entry: String,
    #[arg(required = true, value_name = "TAG")]
    tags: Vec<String>,
}

/// Take tags from an entry, whoever gave them
#[derive(Debug, clap::Args)]
pub(crate) struct UntagArgs {
    /// The entry's number, address or guid
    entry: String,
    #[arg(required = true, value_name = "TAG")]
    tags: Vec<String>,
}

pub(crate) fn tag(args: &TagArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    if let Some(blank) = args.tags.iter().find(|tag| tag.trim().is_empty()) {
        return Err(CommandError::usage(format!("`{blank}` is no tag")));
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let entry = select::entry(&archive, &args.entry)?;
    let added = archive.tag(entry.id, &args.tags, TagOrigin::User)?;
    if added == 0 {
        context.terminal.note("the entry has these tags already");
    }
    Ok(Exit::Well)
}

pub(crate) fn untag(args: &UntagArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let entry = select::entry(&archive, &args.entry)?;
    let removed = archive.untag(entry.id, &args.tags)?;
    if removed == 0 {
        context.terminal.note("the entry has none of these tags");
    }
    Ok(Exit::Well)
}
