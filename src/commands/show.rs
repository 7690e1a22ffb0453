use std::io::Write;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::select;
use crate::render;
use crate::terminal::result_output;

/// Show one entry in full
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The entry's number, address or guid
    entry: String,
    /// List its earlier states instead, newest first
    #[arg(long)]
    history: bool,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let entry = select::entry(&archive, &args.entry)?;
    let settings = context.render_settings();
    let mut out = result_output();
    let written = if args.history {
        render::history(&entry, &archive.revisions(entry.id)?, &settings, &mut out)
    } else {
        render::entry_in_full(&entry, &settings, &mut out)
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the entry"))?;
    Ok(Exit::Well)
}
