//! What follows from a failure: a longer gap, a host left alone, in the end a feed that is retired.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::schedule::spread;
use super::{MAX_INTERVAL, Settings, earliest};
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

/// A redirect that was seen for less than this may itself be part of the trouble.
const LEAST_REDIRECT: TimeDelta = TimeDelta::hours(23);

/// The URL that a feed was moved from is asked so often while the newer one gives nothing.
const FORMER_AGAIN: TimeDelta = TimeDelta::days(7);

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
    let hold = refusing_server(&failure, &feed.source).map(|server| Hold {
        server,
        until: match failure.retry_at {
            Some(at) => at.min(now + MAX_INTERVAL),
            None => due.min(now + LONGEST_GUESSED_HOLD),
        },
    });
    let setback = Setback {
        retired: given_up || (is_gone(&failure) && !may_be_back(feed, absent_since)),
        moved_to: moved_before(feed, &failure, now),
        failure,
        absent_since,
        hold,
        of_former: false,
    };
    let due = match setback.moved_to {
        Some(_) => now + earliest(settings),
        None => due,
    };
    (setback, due)
}

/// Whose patience a 429 asks for: that of the host that said it, which a redirect may have led to.
fn refusing_server(failure: &Failure, asked: &Source) -> Option<String> {
    if failure.http_status != Some(429) {
        return None;
    }
    match &failure.led_to {
        Some(url) => Source::Http((**url).clone()).server(),
        None => asked.server(),
    }
}

/// The hold that a failure of a page of a feed's past puts on its host.
pub(crate) fn hold_of(failure: &Failure, page: &Url, now: DateTime<Utc>) -> Option<Hold> {
    let server = refusing_server(failure, &Source::Http(page.clone()))?;
    let until = failure.retry_at.unwrap_or_else(|| patience(now));
    let until = until.min(now + MAX_INTERVAL);
    Some(Hold { server, until })
}

/// Until when a host is left alone that asked for it and named no time.
pub(crate) fn patience(now: DateTime<Utc>) -> DateTime<Utc> {
    now + AFTER_REFUSAL
}

/// Where the feed went, if its URL gives nothing any more and led there for good, to the feed itself, up to
/// the last poll that was answered well: what is gone will not lead there for the rest of the week.
fn moved_before(feed: &Subscription, failure: &Failure, now: DateTime<Utc>) -> Option<Url> {
    let seen = feed.redirect.as_ref()?;
    let is_gone = matches!(failure.http_status, Some(404 | 410)) && failure.led_to.is_none();
    let lasted = (LEAST_REDIRECT..MAX_INTERVAL * 12).contains(&(now - seen.since));
    (is_gone && lasted).then(|| seen.to.clone())
}

/// Whether the URL that a feed was moved from has not been asked since the newer one gives nothing.
fn may_be_back(feed: &Subscription, absent_since: Option<DateTime<Utc>>) -> bool {
    let Some(former) = &feed.former else {
        return false;
    };
    former.asked_at.is_none_or(|at| Some(at) < absent_since)
}

/// The URL a feed was moved from, where it is that one's turn to be asked: the newer one gives nothing, and
/// the redirect that led there may have been a slip that lasted for a week.
pub(crate) fn former_turn(feed: &Subscription, now: DateTime<Utc>) -> Option<&Url> {
    let former = feed.former.as_ref()?;
    let absent_since = feed.absent_since?;
    let is_absent = feed.error.as_ref().is_some_and(is_absent);
    let was_asked = former
        .asked_at
        .is_some_and(|at| at >= absent_since && now - at < FORMER_AGAIN);
    (is_absent && !was_asked).then_some(&former.url)
}

/// The publisher took down this very URL. Where redirects lead is for whoever answers there to say, and the
/// redirect may be changed.
fn is_gone(failure: &Failure) -> bool {
    failure.kind == FailureKind::Gone && failure.led_to.is_none()
}

/// Nothing is there, or something else: a page of the publisher's, of whoever bought the domain.
fn is_absent(failure: &Failure) -> bool {
    matches!(failure.http_status, Some(404 | 410)) || failure.kind == FailureKind::NotAFeed
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
