use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use crate::model::{FeedCount, Stats, rfc3339_seconds};
use crate::source::Source;
use crate::terminal::{escape, result_output};

/// So long without a new entry, and a feed is called quiet.
const QUIET: TimeDelta = TimeDelta::days(365);

/// So many feeds, and so many months, are shown to people.
const MOST_SHOWN: usize = 20;

/// Count what the archive holds: by feed, by year, growth, quiet feeds, disk
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object, with every feed and every month
    #[arg(long)]
    json: bool,
}

/// `stats --json`.
#[derive(Serialize)]
struct Report<'a> {
    entries: u64,
    backfilled: u64,
    talks: u64,
    revisions: u64,
    raw_answers: u64,
    raw_bytes: u64,
    disk_bytes: u64,
    free_bytes: u64,
    feeds: Vec<FeedLine<'a>>,
    by_year: Vec<Period<'a>>,
    growth: Vec<Period<'a>>,
}

#[derive(Serialize)]
struct FeedLine<'a> {
    url: String,
    title: Option<&'a str>,
    state: &'a str,
    entries: u64,
    newest: Option<String>,
    quiet: bool,
}

#[derive(Serialize)]
struct Period<'a> {
    period: &'a str,
    entries: u64,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let stats = archive.stats()?;
    let mut out = result_output();
    let written = if args.json {
        serde_json::to_writer(&mut out, &report(&stats, context.now))
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
    } else {
        describe(&stats, context.now, &mut out)
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the numbers"))?;
    Ok(Exit::Well)
}

fn report(stats: &Stats, now: DateTime<Utc>) -> Report<'_> {
    let feeds = stats.by_feed.iter().map(|feed| FeedLine {
        url: address(feed),
        title: feed.title.as_deref(),
        state: &feed.state,
        entries: feed.entries,
        newest: feed.newest.map(rfc3339_seconds),
        quiet: is_quiet(feed, now),
    });
    Report {
        entries: stats.entries,
        backfilled: stats.backfilled,
        talks: stats.talks,
        revisions: stats.revisions,
        raw_answers: stats.raw_answers,
        raw_bytes: stats.raw_bytes,
        disk_bytes: stats.disk,
        free_bytes: stats.free,
        feeds: feeds.collect(),
        by_year: periods(&stats.by_year),
        growth: periods(&stats.growth),
    }
}

fn periods(periods: &[(String, u64)]) -> Vec<Period<'_>> {
    periods
        .iter()
        .map(|(period, entries)| Period {
            period,
            entries: *entries,
        })
        .collect()
}

fn describe(stats: &Stats, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
    let count = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    writeln!(
        out,
        "{} entries ({} from the past), {} talks, {} revisions, {}",
        stats.entries,
        stats.backfilled,
        stats.talks,
        stats.revisions,
        size(stats.disk)
    )?;
    if stats.raw_answers > 0 {
        let number = usize::try_from(stats.raw_answers).unwrap_or(usize::MAX);
        writeln!(
            out,
            "{} kept as they came, {}",
            count(number, "answer"),
            size(stats.raw_bytes)
        )?;
    }
    section(
        out,
        "By feed",
        stats
            .by_feed
            .iter()
            .take(MOST_SHOWN)
            .map(|feed| (feed.entries, name(feed))),
    )?;
    if stats.by_feed.len() > MOST_SHOWN {
        writeln!(
            out,
            "          and {}",
            count(stats.by_feed.len() - MOST_SHOWN, "more feed")
        )?;
    }
    let of = |(period, entries): &(String, u64)| (*entries, period.clone());
    section(out, "By year", stats.by_year.iter().map(of))?;
    let recent = stats.growth.len().saturating_sub(MOST_SHOWN);
    section(
        out,
        "Growth by month",
        stats.growth[recent..].iter().map(of),
    )?;
    let quiet = stats.by_feed.iter().filter(|feed| is_quiet(feed, now));
    section(
        out,
        "Quiet for a year",
        quiet.take(MOST_SHOWN).map(|feed| {
            let newest = feed.newest.map_or_else(
                || "no entries".to_owned(),
                |at| format!("last {}", at.format("%Y-%m-%d")),
            );
            (feed.entries, format!("{}, {newest}", name(feed)))
        }),
    )
}

fn section(
    out: &mut dyn Write,
    title: &str,
    rows: impl Iterator<Item = (u64, String)>,
) -> io::Result<()> {
    for (number, (count, name)) in rows.enumerate() {
        if number == 0 {
            writeln!(out, "\n{title}")?;
        }
        writeln!(out, "{count:>8}  {}", escape(&name))?;
    }
    Ok(())
}

fn is_quiet(feed: &FeedCount, now: DateTime<Utc>) -> bool {
    let heard = feed.newest.unwrap_or(feed.subscribed_at);
    feed.state != "removed" && now - heard > QUIET
}

fn name(feed: &FeedCount) -> String {
    feed.title.clone().unwrap_or_else(|| address(feed))
}

/// Without a password.
fn address(feed: &FeedCount) -> String {
    Source::from_key(&feed.url).map_or_else(String::new, |source| source.to_string())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} bytes on disk"),
        10_240..10_485_760 => format!("{} KiB on disk", bytes >> 10),
        _ => format!("{} MiB on disk", bytes >> 20),
    }
}
