use std::io::{self, Write};

use clap::ValueEnum;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::select;
use crate::model::{ArchivedEntry, Revision, Talk};
use crate::query::{DigestHead, Item};
use crate::render::{self, Format, bibtex, citation, csl};
use crate::terminal::result_output;

/// Show one entry or one talk in full, or as a citation
///
/// A talk is named by its entry with `#` and the talk's anchor or its number in the entry's list: `12#2`, or
/// by its own address.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The entry's number, address or guid; with #ANCHOR or #NUMBER a talk of it
    entry: String,
    /// List its earlier states instead, newest first
    #[arg(long, conflicts_with = "format")]
    history: bool,
    /// What its last edit changed, or the edit that ended state REV of its --history
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "0", conflicts_with_all = ["format", "history"])]
    diff: Option<usize>,
    #[arg(long, value_enum, default_value = "text")]
    format: ShowFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShowFormat {
    /// For a terminal
    Text,
    /// One object
    Json,
    /// A reference for LaTeX
    Bibtex,
    /// A reference for Zotero, Pandoc and citeproc
    CslJson,
    /// A reference as one line
    Markdown,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let (entry, talk) = select::entry_or_talk(&archive, &args.entry)?;
    let talk = talk.and_then(|at| entry.entry.talks.get(at));
    let settings = context.render_settings();
    let mut out = result_output();
    let written = match args.format {
        _ if args.history => {
            render::history(&entry, &archive.revisions(entry.id)?, &settings, &mut out)
        }
        _ if args.diff.is_some() => {
            let revisions = archive.revisions(entry.id)?;
            difference(
                &entry,
                &revisions,
                args.diff.unwrap_or(0),
                &settings,
                &mut out,
            )?
        }
        ShowFormat::Text => match talk {
            Some(talk) => render::talk_in_full(&entry, talk, &settings, &mut out),
            None => render::entry_in_full(&entry, &settings, &mut out),
        },
        ShowFormat::Json => json(&entry, talk, &settings, &mut out),
        ShowFormat::Bibtex => bibtex::bibtex(&entry, talk, &mut out),
        ShowFormat::CslJson => csl::csl(&entry, talk, &mut out),
        ShowFormat::Markdown => citation::markdown(&entry, talk, &mut out),
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the entry"))?;
    Ok(Exit::Well)
}

/// * `number`: of the older state, the oldest is 1; 0 is the last one that was replaced.
fn difference(
    entry: &ArchivedEntry,
    revisions: &[Revision],
    number: usize,
    settings: &render::Settings,
    out: &mut dyn Write,
) -> Result<io::Result<()>, CommandError> {
    let number = if number == 0 { revisions.len() } else { number };
    let at = revisions.len().checked_sub(number);
    let Some((at, older)) = at.and_then(|at| Some((at, revisions.get(at)?))) else {
        let message = match revisions.len() {
            0 => format!("entry {} was never edited since it arrived", entry.id.0),
            most => format!("entry {} has states 1 to {most} in its history", entry.id.0),
        };
        return Err(CommandError::failed(message));
    };
    let newer = match at.checked_sub(1).and_then(|at| revisions.get(at)) {
        Some(newer) => (newer.title.as_deref(), &newer.content),
        None => (entry.entry.title.as_deref(), &entry.entry.content),
    };
    Ok(render::difference(older, newer, settings, out))
}

/// The line that `query --format jsonl` has for it.
fn json(
    entry: &ArchivedEntry,
    talk: Option<&Talk>,
    settings: &render::Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines = render::renderer(Format::Jsonl, settings, out);
    lines.begin(&DigestHead::default())?;
    lines.item(match talk {
        Some(talk) => Item::Talk(entry, talk),
        None => Item::Entry(entry),
    })?;
    lines.end()
}
