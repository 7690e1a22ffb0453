//! What is stored and what was parsed, at one instant, make the changes to record and the time to ask
//! again. Pure: no I/O, no clock.

mod renames;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{ContentHash, EntryId, Known};
use crate::source::{Failure, Source};

pub(crate) use renames::{Likeness, renamed};

/// How often a feed may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The least time between two polls of a feed that needs the network.
    pub(crate) min_interval: TimeDelta,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_interval: TimeDelta::hours(1),
        }
    }
}

/// Whatever a server or a feed says, it is asked again within this time.
const MAX_INTERVAL: TimeDelta = TimeDelta::days(31);

/// A feed that keeps failing is still asked once in this time.
const MAX_BACKOFF: TimeDelta = TimeDelta::days(7);

/// How much earlier than `min_interval` a poll may come, so that a cron job that starts a moment
/// earlier than the last time does not skip every other hour.
const CRON_SLACK: TimeDelta = TimeDelta::seconds(30);

/// How a parsed entry stands to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    New,
    Edited(EntryId),
    Unchanged,
}

/// Compares an entry as parsed with what the archive holds under its guid.
pub(crate) fn standing(known: &HashMap<String, Known>, guid: &str, hash: ContentHash) -> Standing {
    match known.get(guid) {
        None => Standing::New,
        Some(stored) if stored.hash == hash => Standing::Unchanged,
        Some(stored) => Standing::Edited(stored.id),
    }
}

/// When to ask again after an answer.
///
/// * `fresh_until`: what the server's caching headers say, `ttl_minutes`: what the feed says; the later
///   counts, between `min_interval` and a month.
/// * Files and folders cost nobody anything: they are looked at every time.
pub(crate) fn due_after_success(
    source: &Source,
    fresh_until: Option<DateTime<Utc>>,
    ttl_minutes: Option<u32>,
    now: DateTime<Utc>,
    settings: Settings,
) -> DateTime<Utc> {
    if source.host().is_none() {
        return now;
    }
    let earliest = now + settings.min_interval - CRON_SLACK;
    let by_ttl = ttl_minutes.map(|minutes| now + TimeDelta::minutes(minutes.into()));
    [fresh_until, by_ttl]
        .into_iter()
        .flatten()
        .fold(earliest, DateTime::max)
        .min(now + MAX_INTERVAL)
}

/// When to ask again after the `failures`th failure in a row: the gap doubles from `min_interval` up to
/// a week, and is never shorter than the server asked for.
pub(crate) fn due_after_failure(
    source: &Source,
    failure: &Failure,
    failures: u32,
    now: DateTime<Utc>,
    settings: Settings,
) -> DateTime<Utc> {
    if source.host().is_none() {
        return now;
    }
    let doublings = failures.saturating_sub(1).min(10);
    let gap =
        (settings.min_interval * (1 << doublings)).min(MAX_BACKOFF.max(settings.min_interval));
    let asked = failure.retry_at.unwrap_or(now).min(now + MAX_INTERVAL);
    (now + gap - CRON_SLACK).max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FailureKind;

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn feed() -> Source {
        Source::from_web_address("https://blog.example/feed").unwrap()
    }

    fn success(fresh_for: Option<TimeDelta>, ttl: Option<u32>) -> TimeDelta {
        let fresh_until = fresh_for.map(|span| now() + span);
        due_after_success(&feed(), fresh_until, ttl, now(), Settings::default()) - now()
    }

    fn failure(failures: u32, retry_after: Option<TimeDelta>) -> TimeDelta {
        let mut failure = Failure::new(FailureKind::HttpServer, "the server answered 500");
        failure.retry_at = retry_after.map(|span| now() + span);
        due_after_failure(&feed(), &failure, failures, now(), Settings::default()) - now()
    }

    #[test]
    fn an_entry_is_new_edited_or_unchanged() {
        let stored = Known {
            id: EntryId(7),
            hash: ContentHash([1; 32]),
        };
        let known = HashMap::from([("a".to_owned(), stored)]);
        assert_eq!(
            standing(&known, "a", ContentHash([1; 32])),
            Standing::Unchanged
        );
        assert_eq!(
            standing(&known, "a", ContentHash([2; 32])),
            Standing::Edited(EntryId(7))
        );
        assert_eq!(standing(&known, "b", ContentHash([1; 32])), Standing::New);
    }

    #[test]
    fn an_hour_is_the_least_and_a_month_the_most() {
        let hour = TimeDelta::hours(1) - CRON_SLACK;
        assert_eq!(success(None, None), hour);
        assert_eq!(success(Some(TimeDelta::minutes(5)), Some(1)), hour);
        assert_eq!(
            success(Some(TimeDelta::hours(6)), Some(60)),
            TimeDelta::hours(6)
        );
        assert_eq!(success(None, Some(720)), TimeDelta::hours(12));
        assert_eq!(success(Some(TimeDelta::days(3650)), None), MAX_INTERVAL);
        assert_eq!(success(None, Some(u32::MAX)), MAX_INTERVAL);
    }

    #[test]
    fn gaps_grow_to_a_week_and_never_undercut_retry_after() {
        assert_eq!(failure(1, None), TimeDelta::hours(1) - CRON_SLACK);
        assert_eq!(failure(2, None), TimeDelta::hours(2) - CRON_SLACK);
        assert_eq!(failure(4, None), TimeDelta::hours(8) - CRON_SLACK);
        assert_eq!(failure(u32::MAX, None), MAX_BACKOFF - CRON_SLACK);
        assert_eq!(failure(1, Some(TimeDelta::days(2))), TimeDelta::days(2));
        assert_eq!(failure(1, Some(TimeDelta::days(9999))), MAX_INTERVAL);
    }

    #[test]
    fn what_lies_on_the_disk_is_looked_at_every_time() {
        let folder = Source::Folder("/notes".into());
        let settings = Settings::default();
        assert_eq!(
            due_after_success(&folder, None, Some(60), now(), settings),
            now()
        );
    }
}
