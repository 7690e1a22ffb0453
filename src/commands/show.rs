use std::io::{self, Write};

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::select;
use crate::archive::Archive;
use crate::model::{
    ArchivedEntry, Entry, Revision, Standing, Tag, TagOrigin, Talk, rfc3339_seconds,
};
use crate::query::{self, DigestHead, Item};
use crate::render::{self, Format, bibtex, citation, csl};
use crate::terminal::result_output;

/// Show one entry or one talk in full, or as a citation
///
/// A talk is named by its entry with `#` and the talk's anchor or its number in the entry's list: `12#2`, or
/// by its own address.
///
/// Every edit of an entry keeps the state before it. --history lists these states with what was changed,
/// --diff shows one edit, --at shows the entry as it stood at some time. Of an entry that changes at every
/// poll only some states are kept; --at then takes the next one that is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The entry's number, address or guid; with #ANCHOR or #NUMBER a talk of it
    entry: String,
    /// List its earlier states instead, newest first, and what each edit changed; also as --format json
    #[arg(long)]
    history: bool,
    /// What its last edit changed, or the edit that ended state REV of its --history
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "0", conflicts_with_all = ["format", "history"])]
    diff: Option<usize>,
    /// As it stood then: a date, or 7d, 2w, yesterday, as in since: and before: of a query. A year, a month
    /// or a day means its end
    #[arg(long, value_name = "DATE", conflicts_with_all = ["history", "diff"])]
    at: Option<String>,
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
    let at = args.at.as_deref().map(|text| instant(text, context));
    let at = at.transpose()?;
    if args.history && !matches!(args.format, ShowFormat::Text | ShowFormat::Json) {
        let message = "--history has the formats text and json";
        return Err(CommandError::usage(message));
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let (mut entry, of_talk) = select::entry_or_talk(&archive, &args.entry)?;
    let settings = context.render_settings();
    let mut out = result_output();
    let written = if args.history {
        let (present, revisions) = states(&archive, &entry)?;
        match args.format {
            ShowFormat::Json => history(&entry, &present, &revisions, &mut out),
            _ => render::history(&present, &revisions, &settings, &mut out),
        }
    } else if let Some(number) = args.diff {
        let (present, revisions) = states(&archive, &entry)?;
        let (older, newer) = edit(&entry, &present, &revisions, number)?;
        render::difference(older, newer, &settings, &mut out)
    } else {
        let standing = match at {
            Some(at) => Some(go_back(&archive, &mut entry, at)?),
            None => None,
        };
        let talk = of_talk.map(|name| select::talk(&entry, name)).transpose()?;
        let talk = talk.and_then(|at| entry.entry.talks.get(at));
        match args.format {
            ShowFormat::Text => match talk {
                Some(talk) => render::talk_in_full(&entry, talk, standing, &settings, &mut out),
                None => render::entry_in_full(&entry, standing, &settings, &mut out),
            },
            ShowFormat::Json => json(&entry, talk, standing, &settings, &mut out),
            ShowFormat::Bibtex => bibtex::bibtex(&entry, talk, &mut out),
            ShowFormat::CslJson => csl::csl(&entry, talk, &mut out),
            ShowFormat::Markdown => citation::markdown(&entry, talk, &mut out),
        }
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the entry"))?;
    Ok(Exit::Well)
}

fn instant(text: &str, context: &Context<'_>) -> Result<DateTime<Utc>, CommandError> {
    query::read_until(text, context.now).ok_or_else(|| {
        CommandError::usage(format!("--at cannot be {text}"))
            .with_hint("for example --at 2019-01-31, --at yesterday or --at 7d")
    })
}

/// An entry's present state and its earlier ones, all as the publisher had them.
fn states(
    archive: &Archive,
    entry: &ArchivedEntry,
) -> Result<(Entry, Vec<Revision>), CommandError> {
    let mut present = entry.entry.clone();
    if let Some(published) = archive.published(entry.id)? {
        present.tags = published.tags;
    }
    Ok((present, archive.revisions(entry.id)?))
}

/// Makes an entry what it was at that time.
fn go_back(
    archive: &Archive,
    entry: &mut ArchivedEntry,
    at: DateTime<Utc>,
) -> Result<Standing, CommandError> {
    if at < entry.first_seen {
        return Err(CommandError::failed(format!(
            "entry {} was not known yet at {}: it was first seen at {}",
            entry.id.0,
            rfc3339_seconds(at),
            rfc3339_seconds(entry.first_seen)
        )));
    }
    let mut revisions = archive.revisions(entry.id)?;
    // Newest first, so those that still stood then come before the others.
    let later = revisions.iter().take_while(|one| one.replaced_at > at);
    let later = later.count();
    let since = revisions.get(later).map(|one| one.replaced_at);
    let mut standing = Standing {
        since: since.unwrap_or(entry.first_seen),
        until: None,
    };
    if later > 0 {
        let state = revisions.swap_remove(later - 1);
        standing.until = Some(state.replaced_at);
        let others = std::mem::take(&mut entry.entry.tags);
        entry.entry = state.entry;
        // Of what people and rules put on it nobody knows when.
        let keys: Vec<String> = entry
            .entry
            .tags
            .iter()
            .map(|tag| Tag::key(&tag.name))
            .collect();
        entry.entry.tags.extend(
            others.into_iter().filter(|tag| {
                tag.origin != TagOrigin::Feed && !keys.contains(&Tag::key(&tag.name))
            }),
        );
    }
    Ok(standing)
}

/// The states before and after an edit.
///
/// * `number`: of the older state, the oldest is 1; 0 is the last one that was replaced.
fn edit<'a>(
    entry: &ArchivedEntry,
    present: &'a Entry,
    revisions: &'a [Revision],
    number: usize,
) -> Result<(&'a Entry, &'a Entry), CommandError> {
    let number = if number == 0 { revisions.len() } else { number };
    let at = revisions.len().checked_sub(number);
    let Some((at, older)) = at.and_then(|at| Some((at, revisions.get(at)?))) else {
        let message = match revisions.len() {
            0 => format!("entry {} was never edited since it arrived", entry.id.0),
            most => format!("entry {} has states 1 to {most} in its history", entry.id.0),
        };
        return Err(CommandError::failed(message));
    };
    let newer = at.checked_sub(1).and_then(|at| revisions.get(at));
    Ok((&older.entry, newer.map_or(present, |newer| &newer.entry)))
}

/// One line of `--history --format json`: a state, the present one first.
#[derive(Serialize)]
struct StateLine<'a> {
    entry: i64,
    /// As `--diff` takes it; null: the present one.
    state: Option<usize>,
    since: String,
    until: Option<String>,
    title: Option<&'a str>,
    url: Option<&'a str>,
    published: Option<String>,
    updated: Option<String>,
    /// What the edit changed that made it this state; empty: it arrived so.
    changed: Vec<String>,
}

fn history(
    archived: &ArchivedEntry,
    present: &Entry,
    revisions: &[Revision],
    out: &mut dyn Write,
) -> io::Result<()> {
    for at in 0..=revisions.len() {
        let one = at.checked_sub(1).and_then(|at| revisions.get(at));
        let entry = one.map_or(present, |one| &one.entry);
        let before = revisions.get(at);
        let line = StateLine {
            entry: archived.id.0,
            state: one.map(|_| revisions.len() + 1 - at),
            since: rfc3339_seconds(before.map_or(archived.first_seen, |one| one.replaced_at)),
            until: one.map(|one| rfc3339_seconds(one.replaced_at)),
            title: entry.title.as_deref(),
            url: entry.url.as_deref(),
            published: entry.published.map(rfc3339_seconds),
            updated: entry.updated.map(rfc3339_seconds),
            changed: before.map_or_else(Vec::new, |before| render::changed(&before.entry, entry)),
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The line that `query --format jsonl` has for it; of a state with `state` behind.
fn json(
    entry: &ArchivedEntry,
    talk: Option<&Talk>,
    standing: Option<Standing>,
    settings: &render::Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut lines = render::renderer(Format::Jsonl, settings, &mut line);
    lines.begin(&DigestHead::default())?;
    lines.item(match talk {
        Some(talk) => Item::Talk(entry, talk),
        None => Item::Entry(entry),
    })?;
    lines.end()?;
    drop(lines);
    if let Some(standing) = standing {
        let mut object: serde_json::Map<String, Value> = serde_json::from_slice(&line)?;
        let state = json!({
            "since": rfc3339_seconds(standing.since),
            "until": standing.until.map(rfc3339_seconds),
        });
        object.insert("state".to_owned(), state);
        line = serde_json::to_vec(&object)?;
        line.push(b'\n');
    }
    out.write_all(&line)
}
