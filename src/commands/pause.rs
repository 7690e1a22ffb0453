use super::context::Context;
use super::exit::{CommandError, Exit};
use super::select;

/// Stop polling feeds until they are resumed
#[derive(Debug, clap::Args)]
pub(crate) struct PauseArgs {
    /// An address or a part of a title
    #[arg(required = true, value_name = "FEED")]
    feeds: Vec<String>,
}

/// Poll paused or gone feeds again
#[derive(Debug, clap::Args)]
pub(crate) struct ResumeArgs {
    /// An address or a part of a title
    #[arg(required = true, value_name = "FEED")]
    feeds: Vec<String>,
}

pub(crate) fn pause(args: &PauseArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    for name in &args.feeds {
        archive.pause(select::feed(&archive, name)?.id)?;
    }
    Ok(Exit::Well)
}

pub(crate) fn resume(args: &ResumeArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    for name in &args.feeds {
        archive.resume(select::feed(&archive, name)?.id, context.now)?;
    }
    Ok(Exit::Well)
}
