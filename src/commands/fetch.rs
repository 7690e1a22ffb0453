use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::Audience;
use super::{history, metrics, poll, select, watch};
use crate::archive::Archive;
use crate::decide;
use crate::model::{FeedId, State, Subscription, rfc3339_seconds};
use crate::update::{Report, Status};

/// Poll the feeds that are due
///
/// Prints nothing when all is well; --json prints one object a feed. While another hallway polls for the
/// same archive it says so and does nothing, unless feeds are named.
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
    /// Read the past of the feeds too: older pages that a feed or WordPress offers, slowly, each once.
    /// A run that is ended goes on where it was. No digest shows what comes of it
    #[arg(long)]
    history: bool,
    /// Read at most so many pages of each feed's past in this run
    #[arg(long, value_name = "N", requires = "history", value_parser = clap::value_parser!(u32).range(1..))]
    pages: Option<u32>,
    /// Poll until stopped: sleeps until the next feed is due, reads the config again on SIGHUP
    #[arg(long, conflicts_with_all = ["feeds", "all", "history"])]
    watch: bool,
    /// Write numbers for Prometheus' textfile collector into this file
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
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
    /// New ones that the rules kept out; left out where there are none.
    #[serde(skip_serializing_if = "is_none")]
    dropped: usize,
    error: Option<&'a str>,
    /// The stable word for it.
    error_kind: Option<&'static str>,
    next_due: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let each = |report: &Report| {
        if args.json {
            print(&line(report))
        } else {
            Ok(())
        }
    };
    if args.watch {
        return watch::run(context, args.jobs, args.metrics.as_deref(), args.json, each);
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let archive = Arc::new(archive);
    // Who names feeds wants an answer; all else the other one is polling already.
    let at_work = match args.feeds.is_empty() {
        true => match poll::begin(context, &archive) {
            Some(at_work) => Some(at_work),
            None => return Ok(Exit::Well),
        },
        false => None,
    };
    let fetcher = Arc::new(context.fetcher(args.jobs, Some(&archive))?);
    let runtime = poll::runtime()?;
    let (due, skipped) = choose(args, context, &archive)?;
    if args.json {
        for feed in &skipped {
            print(&skipped_line(feed, context.now))?;
        }
    }
    let mut with_past = match (args.history, args.feeds.is_empty()) {
        (false, _) => Vec::new(),
        (true, false) => due.iter().chain(&skipped).cloned().collect(),
        (true, true) => archive.subscriptions()?,
    };
    // The past lies with the same server.
    with_past.retain(|feed| decide::held_until(feed, context.now).is_none());
    let with_past: Vec<FeedId> = with_past.iter().map(|feed| feed.id).collect();
    let audience = match args {
        Args { json: true, .. } => Audience::Program,
        _ if args.feeds.is_empty() => Audience::Schedule,
        _ => Audience::Person,
    };
    let mut totals = poll::poll(context, &archive, &fetcher, &runtime, due, audience, each)?;
    // Reading pasts may take hours; each page is stored as it comes.
    drop(at_work);
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
    if args.history && !totals.stopped && totals.offline == 0 {
        totals.failed += history::read(
            context, &archive, &fetcher, &runtime, &with_past, args.pages,
        )?;
    }
    if let Some(file) = &args.metrics {
        metrics::write(file, context, &archive, &totals)?;
    }
    Ok(totals.exit())
}

/// Which feeds to poll, and which are left out. Who names feeds, or wants all, goes before the schedule, but
/// not before a server that asked for patience.
fn choose(
    args: &Args,
    context: &Context<'_>,
    archive: &Archive,
) -> Result<(Vec<Subscription>, Vec<Subscription>), CommandError> {
    let now = context.now;
    let is_held = |feed: &Subscription| decide::held_until(feed, now).is_some();
    if args.all {
        let feeds = pollable(archive.subscriptions()?);
        return Ok(feeds.into_iter().partition(|feed| !is_held(feed)));
    }
    let due = poll::due(archive, now)?;
    let is_due = |feed: &Subscription| due.iter().any(|polled| polled.id == feed.id);
    if args.feeds.is_empty() {
        let mut skipped = pollable(archive.subscriptions()?);
        skipped.retain(|feed| !is_due(feed));
        return Ok((due, skipped));
    }
    let mut named: Vec<Subscription> = Vec::new();
    for name in &args.feeds {
        let feed = select::feed(archive, name)?;
        if named.iter().all(|known| known.id != feed.id) {
            named.push(feed);
        }
    }
    for feed in &named {
        if let Some(until) = decide::held_until(feed, now) {
            context.terminal.note(&format!(
                "{}: not asked, its server wants to be left alone until {} UTC",
                poll::name_of(feed),
                until.format("%Y-%m-%d %H:%M")
            ));
        }
    }
    // Who asks for a feed's past does not ask for its present once more.
    let is_asked = |feed: &Subscription| !is_held(feed) && (!args.history || is_due(feed));
    Ok(named.into_iter().partition(is_asked))
}

fn skipped_line(feed: &Subscription, now: DateTime<Utc>) -> Line<'_> {
    Line {
        url: feed.source.to_string(),
        status: "skipped",
        http_status: None,
        new: 0,
        updated: 0,
        dropped: 0,
        error: None,
        error_kind: None,
        next_due: feed
            .next_due
            .map(|_| rfc3339_seconds(decide::turn(feed, now))),
    }
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
        dropped: report.recorded.dropped,
        error: failure.map(|failure| failure.message.as_str()),
        error_kind: failure.map(|failure| failure.kind.word()),
        next_due: (report.status != Status::Gone).then(|| rfc3339_seconds(report.next_due)),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(count: &usize) -> bool {
    *count == 0
}

fn print(line: &Line<'_>) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|error| CommandError::of_output(&error, "the result"))
}
