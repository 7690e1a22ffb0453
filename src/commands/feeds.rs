use std::collections::HashMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::feeds_table;
use super::poll::entries_of;
use crate::archive::Archive;
use crate::decide;
use crate::model::{FeedId, HealthEvent, HealthKind, State, Subscription, rfc3339_seconds};
use crate::render::opml;
use crate::source::Source;
use crate::terminal::{escape, result_output};

/// List subscriptions and how they do
///
/// A table; with -v each feed's address, tags and trouble in full. Damped is a feed with entries that change
/// at every poll: after twenty edits a state a week is kept of each.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object a feed
    #[arg(long)]
    json: bool,
    /// List the moves that permanent redirects made instead; `undo` takes one back
    #[arg(long)]
    moved: bool,
    /// opml: a list that hallway and other readers can take over, each tag a folder
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with_all = ["json", "moved"])]
    format: Option<ListFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Text,
    Json,
    Opml,
}

/// One line of `feeds --moved --json`.
#[derive(Serialize)]
struct MoveLine {
    id: i64,
    from: String,
    to: String,
    at: String,
    undone_at: Option<String>,
}

/// One line of `feeds --json`.
#[derive(Serialize)]
struct Line<'a> {
    url: String,
    title: Option<&'a str>,
    site_url: Option<&'a str>,
    tags: &'a [String],
    state: &'a str,
    entries: u64,
    /// How many the rules kept out; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<u64>,
    /// The last document was cut off; left out where it was whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    /// How many change so often that only some of their states are kept; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    damped: Option<u64>,
    last_success: Option<String>,
    next_due: Option<String>,
    error: Option<&'a str>,
    /// The stable word for it.
    error_kind: Option<&'static str>,
    error_since: Option<String>,
    /// How it last came to do otherwise; null: never.
    health: Option<HealthObject<'a>>,
}

/// A change of health: when, how and why.
#[derive(Serialize)]
struct HealthObject<'a> {
    kind: &'static str,
    at: String,
    message: &'a str,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    if args.moved {
        return list_moves(args, &archive);
    }
    let feeds = archive.subscriptions()?;
    let health = archive.health()?.into_iter();
    let health: HashMap<FeedId, HealthEvent> = health.map(|event| (event.feed, event)).collect();
    let dropped = archive.dropped()?;
    let damped = archive.damped(context.now)?;
    let as_json = args.json || args.format == Some(ListFormat::Json);
    let mut out = result_output();
    let now = context.now;
    let written = if args.format == Some(ListFormat::Opml) {
        opml::subscriptions("Subscriptions of hallway", &feeds, &mut out)
    } else if as_json {
        feeds.iter().try_for_each(|feed| {
            let line = Line {
                dropped: dropped.get(&feed.id).copied(),
                damped: damped.get(&feed.id).copied(),
                ..line(feed, health.get(&feed.id), now)
            };
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")
        })
    } else if context.terminal.is_verbose() {
        feeds.iter().try_for_each(|feed| {
            let dropped = dropped.get(&feed.id).copied();
            describe(feed, health.get(&feed.id), dropped, &mut out)?;
            match damped.get(&feed.id) {
                Some(number) => writeln!(out, "  {}", feeds_table::damped(*number)),
                None => Ok(()),
            }
        })
    } else if feeds.is_empty() {
        Ok(())
    } else {
        let width = context.terminal.result_width();
        feeds_table::write(&feeds, &health, &damped, width, now, &mut out)
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the list"))?;
    if feeds.is_empty() {
        context.terminal.note("there are no subscriptions yet");
        context
            .terminal
            .hint("`hallway add URL` subscribes to a feed");
    }
    Ok(Exit::Well)
}

fn list_moves(args: &Args, archive: &Archive) -> Result<Exit, CommandError> {
    let shown = |url: &str| Source::from_key(url).map_or_else(String::new, |url| url.to_string());
    let mut out = result_output();
    let written = archive.moves()?.into_iter().try_for_each(|one| {
        let (from, to) = (shown(&one.from), shown(&one.to));
        if args.json {
            let line = MoveLine {
                id: one.id,
                from,
                to,
                at: rfc3339_seconds(one.at),
                undone_at: one.undone_at.map(rfc3339_seconds),
            };
            serde_json::to_writer(&mut out, &line)?;
            return out.write_all(b"\n");
        }
        let undone = one
            .undone_at
            .map_or_else(String::new, |at| format!(", undone {}", minute(at)));
        let (id, at) = (one.id, minute(one.at));
        writeln!(
            out,
            "{id:>4}  {at}  {} -> {}{undone}",
            escape(&from),
            escape(&to)
        )
    });
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the list"))?;
    Ok(Exit::Well)
}

fn line<'a>(
    feed: &'a Subscription,
    health: Option<&'a HealthEvent>,
    now: DateTime<Utc>,
) -> Line<'a> {
    let polled = matches!(feed.state, State::Active | State::Failing);
    Line {
        url: feed.source.to_string(),
        title: feed.title.as_deref(),
        site_url: feed.site_url.as_deref(),
        tags: &feed.tags,
        state: feed.state.word(),
        entries: feed.entries,
        dropped: None,
        truncated: feed.is_cut,
        damped: None,
        last_success: feed.last_success.map(rfc3339_seconds),
        next_due: (feed.next_due.filter(|_| polled))
            .map(|_| rfc3339_seconds(decide::turn(feed, now))),
        error: feed.error.as_ref().map(|failure| failure.message.as_str()),
        error_kind: feed.error.as_ref().map(|failure| failure.kind.word()),
        error_since: feed.error_since.map(rfc3339_seconds),
        health: health.map(|event| HealthObject {
            kind: event.kind.word(),
            at: rfc3339_seconds(event.at),
            message: &event.message,
        }),
    }
}

/// A feed for people: what it is, where, how it does, and its trouble if it has one.
fn describe(
    feed: &Subscription,
    health: Option<&HealthEvent>,
    dropped: Option<u64>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let address = feed.source.to_string();
    let title = feed.title.as_deref().unwrap_or(&address);
    writeln!(out, "{}", escape(title))?;
    if feed.title.is_some() {
        writeln!(out, "  {}", escape(&address))?;
    }
    let polled = match feed.last_success {
        Some(at) => format!("polled {}", minute(at)),
        None => "never polled".to_owned(),
    };
    let next = match (feed.state, feed.next_due) {
        (State::Paused, _) => "paused".to_owned(),
        (State::Gone, _) => "gone, no longer polled".to_owned(),
        (_, Some(at)) if feed.source.host().is_some() => format!("next {}", minute(at)),
        _ => "next run".to_owned(),
    };
    let dropped = dropped.map_or_else(String::new, |number| format!("{number} dropped by rules, "));
    let entries = entries_of(feed.entries);
    write!(out, "  {entries}, {dropped}{polled}, {next}")?;
    for tag in &feed.tags {
        write!(out, " #{}", escape(tag))?;
    }
    writeln!(out)?;
    if let (Some(failure), Some(since)) = (&feed.error, feed.error_since) {
        let message = escape(&failure.message);
        writeln!(out, "  failing since {}: {message}", minute(since))?;
    }
    if feed.is_cut {
        writeln!(
            out,
            "  the last document ended too early; what came of it is kept, the next poll asks for all of it"
        )?;
    }
    if let Some(event) = health.filter(|event| event.kind == HealthKind::Silent) {
        writeln!(out, "  silent: {}", escape(&event.message))?;
    }
    Ok(())
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
