//! When a permanent redirect is believed.
//!
//! Hotel networks, expired domains and slips of the pen answer 301 as well. A subscription gets its new URL
//! once every hop has been permanent and has led to the feed itself, on polls at least a day apart, for
//! about a week.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::model::{SeenRedirect, Whereabouts};
use crate::source::Source;

/// Polls closer together than this show nothing new; a daily cron job may start a little earlier.
const BETWEEN_POLLS: TimeDelta = TimeDelta::hours(23);

/// About a week, with three polls that agree ...
const PROVED: (TimeDelta, u32) = (TimeDelta::hours(6 * 24 + 12), 3);

/// ... or two weeks, for who polls once a week.
const PROVED_SLOWLY: (TimeDelta, u32) = (TimeDelta::days(13), 2);

/// What an answer that was read as the feed says of its URL. `moved_to`: the end of a chain of permanent
/// redirects that it came through, if it did.
pub(crate) fn whereabouts(
    source: &Source,
    seen: Option<&SeenRedirect>,
    moved_to: Option<Url>,
    now: DateTime<Utc>,
) -> Whereabouts {
    let (Source::Http(from), Some(to)) = (source, moved_to) else {
        return Whereabouts::default();
    };
    if to == *from {
        return Whereabouts::default();
    }
    if is_upgrade(from, &to) {
        return Whereabouts {
            moved_to: Some(to),
            ..Whereabouts::default()
        };
    }
    let seen = match seen {
        // A clock that was ahead has seen nothing.
        Some(seen) if seen.to == to && seen.last <= now => {
            let mut seen = seen.clone();
            if now - seen.last >= BETWEEN_POLLS {
                seen.times = seen.times.saturating_add(1);
                seen.last = now;
            }
            seen
        }
        _ => SeenRedirect {
            to: to.clone(),
            since: now,
            last: now,
            times: 1,
        },
    };
    let span = seen.last - seen.since;
    let proved = [PROVED, PROVED_SLOWLY]
        .iter()
        .any(|(least, times)| span >= *least && seen.times >= *times);
    match proved {
        true => Whereabouts {
            moved_to: Some(to),
            ..Whereabouts::default()
        },
        false => Whereabouts {
            seen: Some(seen),
            ..Whereabouts::default()
        },
    }
}

/// The same address, only that nobody can listen: believed at once.
pub(crate) fn is_upgrade(from: &Url, to: &Url) -> bool {
    from.scheme() == "http"
        && to.scheme() == "https"
        && from.host() == to.host()
        && (from.port(), to.port()) == (None, None)
        && from.path() == to.path()
        && from.query() == to.query()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_262_400, 0).unwrap() + TimeDelta::days(day)
    }

    /// The day on which the URL is changed, by what polls on these days were led to.
    fn moved_on(polls: &[(i64, Option<&str>)]) -> Option<i64> {
        let source = Source::from_web_address("https://blog.example/old").unwrap();
        let mut seen = None;
        for (on, to) in polls {
            let found = whereabouts(&source, seen.as_ref(), to.map(url), day(*on));
            if found.moved_to.is_some() {
                return Some(*on);
            }
            seen = found.seen;
        }
        None
    }

    const NEW: Option<&str> = Some("https://blog.example/new");

    #[test]
    fn a_redirect_is_believed_when_it_has_lasted() {
        for (polls, expected) in [
            (vec![(0, NEW)], None),
            (vec![(0, NEW), (30, None)], None),
            ((0..10).map(|day| (day, NEW)).collect(), Some(7)),
            (vec![(0, NEW), (4, NEW), (8, NEW)], Some(8)),
            (vec![(0, NEW), (7, NEW), (14, NEW)], Some(14)),
            (vec![(0, NEW), (14, NEW)], Some(14)),
            // Between them it was not so.
            (vec![(0, NEW), (4, NEW), (5, None), (8, NEW)], None),
            (
                vec![
                    (0, NEW),
                    (4, Some("https://b.example/")),
                    (8, NEW),
                    (9, NEW),
                ],
                None,
            ),
        ] {
            assert_eq!(moved_on(&polls), expected, "{polls:?}");
        }
    }

    #[test]
    fn many_polls_of_one_day_are_one() {
        let source = Source::from_web_address("https://blog.example/old").unwrap();
        let mut seen = None;
        for hour in 0..20 {
            let now = day(0) + TimeDelta::hours(hour);
            let found = whereabouts(&source, seen.as_ref(), NEW.map(url), now);
            assert_eq!(found.moved_to, None);
            seen = found.seen;
        }
        assert_eq!(seen.unwrap().times, 1);
    }

    #[test]
    fn a_clock_that_was_ahead_proves_nothing() {
        let seen = SeenRedirect {
            to: url("https://blog.example/new"),
            since: day(0),
            last: day(3650),
            times: 2,
        };
        let source = Source::from_web_address("https://blog.example/old").unwrap();
        let found = whereabouts(&source, Some(&seen), NEW.map(url), day(8));
        assert_eq!(found.moved_to, None);
        assert_eq!(found.seen.unwrap().since, day(8));
    }

    #[test]
    fn the_step_to_https_is_believed_at_once() {
        let at_once = |from: &str, to: &str| {
            let source = Source::from_web_address(from).unwrap();
            whereabouts(&source, None, Some(url(to)), day(0))
                .moved_to
                .is_some()
        };
        assert!(at_once("http://a.example/f?x=1", "https://a.example/f?x=1"));
        assert!(!at_once("http://a.example/f", "https://a.example/g"));
        assert!(!at_once("http://a.example/f", "https://b.example/f"));
        assert!(!at_once("http://a.example:81/f", "https://a.example/f"));
        assert!(!at_once("https://a.example/f", "http://a.example/f"));
    }
}
