use std::io::{self, Write};

use super::context::Context;
use super::exit::{CommandError, Exit};

/// Verify the archive
///
/// Looks at the database's own integrity, at references, at the full-text index against the entries, and
/// at every stored content. Prints a line a problem and exits with 1 if there is one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Rebuild what can be derived from the entries; the entries are never touched
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    if args.repair {
        for rebuilt in archive.repair()? {
            context.terminal.note(&rebuilt);
        }
    }
    let problems = archive.check()?;
    let mut out = io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{}", crate::terminal::escape(problem))
            .map_err(|error| CommandError::of_output(&error, "the result"))?;
    }
    if problems.is_empty() {
        context.terminal.note("the archive is sound");
        return Ok(Exit::Well);
    }
    if !args.repair {
        context
            .terminal
            .hint("`hallway check --repair` rebuilds what can be derived");
    }
    Ok(Exit::Failed)
}
