//! Numbers for monitoring: a text file in Prometheus' exposition format, for the node exporter's
//! textfile collector. Written aside and renamed, so that nobody reads half of it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::exit::CommandError;
use super::poll::Totals;
use crate::archive::Archive;
use crate::model::{State, Subscription};

pub(crate) fn write(
    file: &Path,
    context: &Context<'_>,
    archive: &Archive,
    totals: &Totals,
) -> Result<(), CommandError> {
    let text = text(&archive.subscriptions()?, totals, context.now);
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |error: std::io::Error| {
        CommandError::failed(format!("cannot write {}: {error}", file.display()))
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hallway-metrics");
    // The collector runs as somebody else.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut aside = builder.tempfile_in(folder).map_err(failed)?;
    aside.write_all(text.as_bytes()).map_err(failed)?;
    aside
        .persist(file)
        .map_err(|error| failed(error.error))
        .map(|_| ())
}

fn text(feeds: &[Subscription], totals: &Totals, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let mut one = |name: &str, help: &str, samples: &[(String, i64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let alone = |value: i64| [(String::new(), value)];
    let states = [State::Active, State::Failing, State::Paused, State::Gone].map(|state| {
        let count = feeds.iter().filter(|feed| feed.state == state).count();
        (format!("{{state=\"{}\"}}", state.word()), count as i64)
    });
    let each = |value: &dyn Fn(&Subscription) -> Option<i64>| -> Vec<(String, i64)> {
        feeds
            .iter()
            .filter_map(|feed| Some((labels(feed), value(feed)?)))
            .collect()
    };
    let seconds = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp());
    one("hallway_feeds", "Subscriptions by state.", &states);
    one(
        "hallway_last_run_timestamp_seconds",
        "When the last poll was made.",
        &alone(now.timestamp()),
    );
    one(
        "hallway_last_run_polled",
        "Feeds polled by it.",
        &alone(totals.polled as i64),
    );
    one(
        "hallway_last_run_failed",
        "Of these the ones that failed.",
        &alone(totals.failed as i64),
    );
    one(
        "hallway_last_run_new_entries",
        "New entries it brought.",
        &alone(totals.new as i64),
    );
    one(
        "hallway_last_run_edited_entries",
        "Edited entries it brought.",
        &alone(totals.edited as i64),
    );
    one(
        "hallway_feed_entries",
        "Entries kept of a feed.",
        &each(&|feed| i64::try_from(feed.entries).ok()),
    );
    one(
        "hallway_feed_failures",
        "Failures in a row.",
        &each(&|feed| Some(feed.failures.into())),
    );
    one(
        "hallway_feed_last_success_timestamp_seconds",
        "When a feed last answered well.",
        &each(&|feed| seconds(feed.last_success)),
    );
    one(
        "hallway_feed_next_due_timestamp_seconds",
        "When a feed is asked next.",
        &each(&|feed| {
            let polled = matches!(feed.state, State::Active | State::Failing);
            seconds(feed.next_due.filter(|_| polled))
        }),
    );
    text
}

fn labels(feed: &Subscription) -> String {
    format!("{{url=\"{}\"}}", escaped(&feed.source.to_string()))
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_one_label() {
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
