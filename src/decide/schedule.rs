//! When to ask a feed again, and whether to ask it now.
//!
//! What a publisher says goes before what its habits show: HTTP freshness, RSS `ttl`, `sy:updatePeriod`,
//! whichever lasts longest. Where nothing beyond the least interval is said, a feed that publishes often is
//! asked up to that often, one that sleeps once a day. Nothing is believed beyond a month.

use chrono::{DateTime, Datelike, DurationRound, TimeDelta, Timelike, Utc};

use super::{MAX_INTERVAL, Settings, earliest};
use crate::model::{Pace, PollHints, Subscription};
use crate::source::Source;

/// A feed is asked after this part of its silence: who was quiet for a week is asked each hour, and for
/// half a year once a day.
const PART_OF_SILENCE: i32 = 7 * 24;

/// What publishes seldom is asked so often all the same.
const SLEEPY_INTERVAL: TimeDelta = TimeDelta::days(1);

/// Where gaps are free to choose, they are shortened by up to a tenth, each feed's by its own part, so
/// that feeds that were subscribed to together are not asked together for ever.
const JITTER_PARTS: i64 = 10;

/// A feed that is overdue for so long is asked in hours it asked to be left alone: a cron job that only
/// runs in those would never ask it.
const PATIENCE_WITH_SKIPS: TimeDelta = TimeDelta::days(7);

/// When to ask again after an answer.
///
/// * `fresh_until`: what the server's caching headers say.
/// * Files and folders cost nobody anything: they are looked at every time.
pub(crate) fn due_after_success(
    source: &Source,
    fresh_until: Option<DateTime<Utc>>,
    hints: &PollHints,
    pace: Pace,
    now: DateTime<Utc>,
    settings: Settings,
) -> DateTime<Utc> {
    if source.host().is_none() {
        return now;
    }
    let by_ttl = hints
        .ttl
        .map(|minutes| now + TimeDelta::minutes(minutes.into()));
    let told = [fresh_until, by_ttl, next_update(hints, now)]
        .into_iter()
        .flatten()
        .max()
        .map(|told| told.min(now + MAX_INTERVAL));
    let by_pace = now + spread(source, gap_of(pace, now, settings), settings);
    let due = match told {
        Some(told) if told > now + settings.min_interval => told,
        Some(told) => told.max(by_pace),
        None => by_pace,
    };
    outside_skips(hints, due)
}

/// When a feed may be asked next. Not after `now` means: it is due.
///
/// What was stored under a clock that was far ahead is not believed.
pub(crate) fn turn(feed: &Subscription, now: DateTime<Utc>) -> DateTime<Utc> {
    let clock_was_ahead = feed
        .last_attempt
        .is_some_and(|at| at - now > TimeDelta::days(1));
    let Some(due) = feed.next_due.filter(|due| {
        // The longest interval, moved on by skipDays.
        !clock_was_ahead && *due - now <= MAX_INTERVAL + TimeDelta::days(8)
    }) else {
        return held_until(feed, now).unwrap_or(now);
    };
    let due = held_until(feed, now).map_or(due, |held| held.max(due));
    if now - due > PATIENCE_WITH_SKIPS {
        return due;
    }
    if due > now {
        return outside_skips(&feed.hints, due);
    }
    let free = outside_skips(&feed.hints, now);
    if free > now { free } else { due }
}

/// Until when a feed must not be asked whoever wants it. `None`: it may.
pub(crate) fn held_until(feed: &Subscription, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    feed.held_until
        .filter(|until| *until > now && *until - now <= MAX_INTERVAL)
}

/// How a feed's pace stands after a document: `dates` are those of its entries, `arrived` tells that one
/// came that was not there at the last poll.
pub(crate) fn pace(
    stored: Pace,
    dates: impl IntoIterator<Item = DateTime<Utc>>,
    arrived: bool,
    now: DateTime<Utc>,
) -> Pace {
    const LATEST: usize = 11;
    let mut dates: Vec<_> = dates.into_iter().filter(|date| *date <= now).collect();
    dates.sort_unstable_by(|a, b| b.cmp(a));
    dates.truncate(LATEST);
    let mut gaps: Vec<TimeDelta> = dates.windows(2).map(|pair| pair[0] - pair[1]).collect();
    gaps.sort_unstable();
    let known = stored.newest.filter(|newest| *newest <= now);
    let newest = [dates.first().copied(), arrived.then_some(now), known]
        .into_iter()
        .flatten()
        .max();
    Pace {
        // Of a feed without dates nothing is known but that it is followed since now.
        newest: newest.or(Some(now)),
        usual_gap: gaps.get(gaps.len() / 2).copied().or(stored.usual_gap),
    }
}

fn gap_of(pace: Pace, now: DateTime<Utc>, settings: Settings) -> TimeDelta {
    let silence = pace.newest.map_or(TimeDelta::zero(), |newest| now - newest);
    let rhythm = pace.usual_gap.unwrap_or_default() / 2;
    (silence.max(rhythm) / PART_OF_SILENCE)
        .min(SLEEPY_INTERVAL)
        .max(settings.min_interval)
}

/// A gap shortened by the feed's own part, never below the least interval. The same feed's gap of the same
/// length always comes to the same.
pub(super) fn spread(source: &Source, gap: TimeDelta, settings: Settings) -> TimeDelta {
    if gap <= settings.min_interval {
        return earliest(settings);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(source.key().as_bytes());
    hasher.update(&gap.num_seconds().to_le_bytes());
    let part = hasher.finalize().as_bytes()[0];
    let jitter = gap.num_seconds() / JITTER_PARTS * i64::from(part) / 256;
    (gap - TimeDelta::seconds(jitter)).max(earliest(settings))
}

/// The end of the syndication module's period. Where a base is named, it is neared from poll to poll, so
/// that a feed which is written at noon is asked soon after noon.
fn next_update(hints: &PollHints, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let every = TimeDelta::minutes(i64::from(hints.update_every?).clamp(1, 31 * 24 * 60));
    let Some(base) = hints.update_base else {
        return Some(now + every);
    };
    let from = now + every - every / 8;
    let passed = (from - base).num_seconds().rem_euclid(every.num_seconds());
    let wait = (every.num_seconds() - passed) % every.num_seconds();
    Some((from + TimeDelta::seconds(wait)).min(now + every + every / 4))
}

/// The first moment from `at` on that is in no hour and on no day that the feed wants skipped. A feed that
/// wants all of them skipped means none.
fn outside_skips(hints: &PollHints, at: DateTime<Utc>) -> DateTime<Utc> {
    let is_skipped = |at: DateTime<Utc>| {
        hints.skip_hours >> at.hour() & 1 == 1
            || hints.skip_days >> at.weekday().num_days_from_monday() & 1 == 1
    };
    if !is_skipped(at) {
        return at;
    }
    let hour = TimeDelta::hours(1);
    let Ok(began) = at.duration_trunc(hour) else {
        return at;
    };
    (1..=8 * 24)
        .map(|hours| began + hour * hours)
        .find(|at| !is_skipped(*at))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests;
