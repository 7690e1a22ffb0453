use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll;
use crate::archive::Archive;
use crate::model::{EntryId, FeedId};
use crate::split;
use crate::update::Reread;

/// Verify the archive
///
/// Looks at the database's own integrity, at references, at the full-text index against the entries, and
/// at every stored content, of earlier states too, against its hash. Prints a line a problem and exits with 1 if there is one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Rebuild what can be derived from the entries; the entries are never touched, and what cannot be
    /// rebuilt is listed
    #[arg(long)]
    repair: bool,
    /// Split every entry into its talks anew, as this version of hallway does; may be repeated
    #[arg(long)]
    resplit: bool,
    /// Read the raw answers that are kept anew, as this version of hallway does, without the network. What
    /// is found is no news
    #[arg(long)]
    reparse: bool,
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
    let archive = Arc::new(archive);
    if args.reparse {
        reparse(context, &archive)?;
    }
    if args.resplit {
        let changed = resplit(&archive)?;
        let number = poll::entries_of(changed);
        context
            .terminal
            .note(&format!("{number} changed by splitting anew"));
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
    context.terminal.hint(match args.repair {
        false => "`hallway check --repair` rebuilds what can be derived",
        true => {
            "what is left is original and cannot be rebuilt: a `hallway backup` from before has it"
        }
    });
    Ok(Exit::Failed)
}

/// A line for each feed whose answer cannot be read (any more), and one for all.
fn reparse(context: &Context<'_>, archive: &Arc<Archive>) -> Result<(), CommandError> {
    let fetcher = Arc::new(context.fetcher(None, None)?);
    let update = context.update(Arc::clone(archive), fetcher)?;
    let latest: HashMap<FeedId, i64> = archive.latest_raw()?.into_iter().collect();
    let mut all = Reread::default();
    let (mut at, mut answers) = (0, 0);
    while let Some((id, feed, answer)) = archive.raw_after(at)? {
        at = id;
        // Of a feed that was removed there is nothing to add to.
        let Some(feed) = archive.subscription(feed)? else {
            continue;
        };
        answers += 1;
        match update.reread(&feed, answer, latest.get(&feed.id) == Some(&id)) {
            Ok(reread) => {
                all.new += reread.new;
                all.changed += reread.changed;
            }
            Err(failure) => poll::warn(context, &poll::name_of(&feed), &failure, None),
        }
    }
    let answers = match answers {
        1 => "1 answer".to_owned(),
        some => format!("{some} answers"),
    };
    context.terminal.note(&format!(
        "{} found and {} changed by reading {answers} anew",
        poll::entries_of(all.new as u64),
        poll::entries_of(all.changed as u64)
    ));
    Ok(())
}

/// So many entries at once: a batch is a transaction, and what is done stays done.
const BATCH: usize = 64;

/// Answers how many entries have other talks or another event than before.
fn resplit(archive: &Archive) -> Result<u64, CommandError> {
    let mut changed = Vec::new();
    let mut number = 0;
    let mut at = EntryId(0);
    loop {
        let (entries, last) = archive.entries_after(at, BATCH)?;
        let Some(last) = last else {
            return Ok(number);
        };
        at = last;
        for mut archived in entries {
            let talks = split::talks(&archived.entry);
            let event = split::event(&archived.entry);
            if talks != archived.entry.talks || event != archived.entry.event {
                archived.entry.talks = talks;
                archived.entry.event = event;
                changed.push(archived);
            }
        }
        if !changed.is_empty() {
            number += changed.len() as u64;
            archive.resplit(&changed)?;
            changed.clear();
        }
    }
}
