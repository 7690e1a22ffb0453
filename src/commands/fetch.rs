use std::io::{self, Write};
use std::sync::Arc;

use chrono::SecondsFormat;
use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::{poll, select};
use crate::model::{State, Subscription};
use crate::update::Report;

/// Poll the feeds that are due
///
/// Prints nothing when all is well; --json prints one object a feed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Poll these only, due or not: an address or a part of a title
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
    /// Poll every feed now, due or not
    #[arg(long, conflicts_with = "feeds")]
    all: bool,
    /// How many feeds may be in flight at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Print one JSON object a feed
    #[arg(long)]
    json: bool,
}

/// One line of `fetch --json`.
#[derive(Serialize)]
struct Line<'a> {
    url: String,
    status: &'a str,
    http_status: Option<u16>,
    new: usize,
    updated: usize,
    error: Option<&'a str>,
    /// The stable word for it.
    error_kind: Option<&'static str>,
    next_due: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let archive = Arc::new(archive);
    let (due, skipped) = if args.all {
        (pollable(archive.subscriptions()?), Vec::new())
    } else if args.feeds.is_empty() {
        let due = archive.due(context.now)?;
        let skipped = pollable(archive.subscriptions()?)
            .into_iter()
            .filter(|feed| due.iter().all(|polled| polled.id != feed.id))
            .collect();
        (due, skipped)
    } else {
        let named: Result<Vec<_>, _> = args
            .feeds
            .iter()
            .map(|name| select::feed(&archive, name))
            .collect();
        (named?, Vec::new())
    };
    if args.json {
        for feed in &skipped {
            print(&Line {
                url: feed.source.to_string(),
                status: "skipped",
                http_status: None,
                new: 0,
                updated: 0,
                error: None,
                error_kind: None,
                next_due: feed.next_due.map(rfc3339),
            })?;
        }
    }
    let fetcher = Arc::new(context.fetcher(args.jobs)?);
    let runtime = poll::runtime()?;
    let totals = poll::poll(context, &archive, &fetcher, &runtime, due, args.json, |report| {
        if args.json { print(&line(report)) } else { Ok(()) }
    })?;
    if context.terminal.is_watched() && !args.json {
        context.terminal.note(&format!(
            "{} polled, {} failed, {} not due; {} new entries, {} edited",
            totals.polled,
            totals.failed,
            skipped.len(),
            totals.new,
            totals.edited
        ));
    }
    Ok(totals.exit())
}

/// Those that a general poll asks: neither paused nor gone.
fn pollable(feeds: Vec<Subscription>) -> Vec<Subscription> {
    feeds
        .into_iter()
        .filter(|feed| matches!(feed.state, State::Active | State::Failing))
        .collect()
}

fn line(report: &Report) -> Line<'_> {
    let failure = report.failure.as_ref();
    Line {
        url: report.feed.source.to_string(),
        status: report.status.word(),
        http_status: report.http_status,
        new: report.recorded.new,
        updated: report.recorded.edited,
        error: failure.map(|failure| failure.message.as_str()),
        error_kind: failure.map(|failure| failure.kind.word()),
        next_due: Some(rfc3339(report.next_due)),
    }
}

fn rfc3339(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn print(line: &Line<'_>) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|error| CommandError::of_output(&error, "the result"))
}
