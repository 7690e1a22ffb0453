//! What follows from a failure: a longer gap, a host left alone, in the end a feed that is retired.

use chrono::{DateTime, TimeDelta, Utc};

use super::schedule::spread;
use super::{MAX_INTERVAL, Settings};
use crate::model::{Hold, Setback, Subscription};
use crate::source::{Failure, FailureKind, Source};

/// A feed that keeps failing is still asked once in this time.
const MAX_BACKOFF: TimeDelta = TimeDelta::days(7);

/// The first gap where the server refused (401, 403, 429): asking soon again is what it is annoyed by.
const AFTER_REFUSAL: TimeDelta = TimeDelta::hours(4);

/// A 429 that names no time holds its host for so long at most.
const LONGEST_GUESSED_HOLD: TimeDelta = TimeDelta::days(1);

/// A URL that has given nothing, or no feed, for so long is given up.
const RETIRED_AFTER: TimeDelta = TimeDelta::days(90);

/// And not by fewer answers than this: a machine that was off for a summer has seen nothing.
const LEAST_ANSWERS: u32 = 4;

/// What comes of a failure: what to record, and when to ask again.
pub(crate) fn setback(
    feed: &Subscription,
    mut failure: Failure,
    now: DateTime<Utc>,
    settings: Settings,
) -> (Setback, DateTime<Utc>) {
    let failures = feed.failures.saturating_add(1);
    let due = due_after(&feed.source, &failure, failures, now, settings);
    let absent_since = match is_absent(&failure) {
        true => Some(feed.absent_since.filter(|at| *at <= now).unwrap_or(now)),
        false => feed.absent_since,
    };
    let given_up = is_absent(&failure)
        && failures >= LEAST_ANSWERS
        && absent_since.is_some_and(|since| now - since >= RETIRED_AFTER);
    if given_up {
        let since = absent_since.unwrap_or(now).format("%Y-%m-%d");
        failure.hint = Some(format!(
            "so it is since {since}: no longer polled, its entries stay; `hallway resume` asks again"
        ));
    }
    let hold = (failure.http_status == Some(429))
        .then(|| feed.source.server())
        .flatten()
        .map(|server| Hold {
            server,
            until: match failure.retry_at {
                Some(at) => at.min(now + MAX_INTERVAL),
                None => due.min(now + LONGEST_GUESSED_HOLD),
            },
        });
    let setback = Setback {
        retired: given_up || failure.kind == FailureKind::Gone,
        failure,
        absent_since,
        hold,
    };
    (setback, due)
}

/// Nothing is there, or something else: a page of the publisher's, of whoever bought the domain.
fn is_absent(failure: &Failure) -> bool {
    failure.http_status == Some(404) || failure.kind == FailureKind::NotAFeed
}

/// The gap doubles from failure to failure up to a week, and is never shorter than the server asked for.
fn due_after(
    source: &Source,
    failure: &Failure,
    failures: u32,
    now: DateTime<Utc>,
    settings: Settings,
) -> DateTime<Utc> {
    if source.host().is_none() {
        return now;
    }
    let least = settings.min_interval;
    let first = match (failure.http_status, failure.retry_at) {
        (Some(401 | 403 | 429), None) => AFTER_REFUSAL.max(least),
        _ => least,
    };
    let doublings = failures.saturating_sub(1).min(10);
    let gap = (first * (1 << doublings)).min(MAX_BACKOFF.max(least));
    let gap = spread(source, gap, settings);
    let asked = failure.retry_at.unwrap_or(now).min(now + MAX_INTERVAL);
    (now + gap).max(asked)
}

#[cfg(test)]
mod tests;
