//! What an answer's headers say about time: when to come back, and how long it stays fresh.
//!
//! Servers have been seen to say sixteen years; nothing here says more than [`longest`] from now.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

/// The furthest a server's word reaches.
fn longest() -> TimeDelta {
    TimeDelta::days(31)
}

/// `Retry-After` in seconds or as a date. RFC 9110, 10.2.3. `None`: not said, or not understood.
pub(super) fn retry_at(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let value = text(headers, &RETRY_AFTER)?;
    let at = seconds(value).map_or_else(
        || http_date(value, now),
        |delta| now.checked_add_signed(delta),
    )?;
    Some(clamp(at, now))
}

/// Until when the answer is fresh: `max-age` less `Age` (RFC 9111, 5.2.2.1, 4.2.3), else `Expires`
/// against the server's own `Date` (5.3), so that a wrong clock on either side does no harm.
/// `None`: not said, or `no-cache` or `no-store` takes it back.
pub(super) fn fresh_until(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        let Ok(value) = value.to_str() else { continue };
        for directive in value.split(',') {
            let (name, argument) = directive
                .split_once('=')
                .map_or((directive, None), |(name, argument)| (name, Some(argument)));
            let name = name.trim().to_ascii_lowercase();
            match (name.as_str(), argument) {
                // With an argument it speaks of single headers only.
                ("no-cache", None) | ("no-store", _) => return None,
                ("max-age", Some(argument)) => {
                    max_age = max_age.or_else(|| seconds(argument.trim().trim_matches('"')));
                }
                _ => {}
            }
        }
    }
    let fresh_for = match max_age {
        Some(max_age) => max_age - text(headers, &AGE).and_then(seconds).unwrap_or_default(),
        None => match http_date(text(headers, &EXPIRES)?, now) {
            Some(expires) => {
                let sent = text(headers, &DATE).and_then(|date| http_date(date, now));
                expires - sent.unwrap_or(now)
            }
            // Anything that is no date, `0` above all, means the past.
            None => TimeDelta::zero(),
        },
    };
    Some(clamp(now.checked_add_signed(fresh_for).unwrap_or(now), now))
}

fn clamp(at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let latest = now.checked_add_signed(longest()).unwrap_or(now);
    at.max(now).min(latest)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Delta-seconds (RFC 9111, 1.2.2). More digits than anybody means are a very long time.
fn seconds(value: &str) -> Option<TimeDelta> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = value.parse().unwrap_or(i64::MAX);
    Some(TimeDelta::seconds(seconds.min(i64::from(i32::MAX))))
}

/// The three forms of RFC 9110, 5.6.7, the two obsolete ones included.
fn http_date(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    if let Ok(date) = NaiveDateTime::parse_from_str(value, "%A, %d-%b-%y %H:%M:%S GMT") {
        let date = date.and_utc();
        // Two digits that seem to be more than 50 years ahead mean the past.
        let ahead = date - now > TimeDelta::days(50 * 365);
        return if ahead { Some(now) } else { Some(date) };
    }
    NaiveDateTime::parse_from_str(value, "%a %b %e %H:%M:%S %Y")
        .ok()
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-05T12:00:00Z".parse().unwrap()
    }

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn retry_seconds(value: &str) -> Option<i64> {
        retry_at(&headers(&[("retry-after", value)]), now()).map(|at| (at - now()).num_seconds())
    }

    fn fresh_seconds(fields: &[(&'static str, &str)]) -> Option<i64> {
        fresh_until(&headers(fields), now()).map(|at| (at - now()).num_seconds())
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        assert_eq!(retry_seconds("120"), Some(120));
        assert_eq!(retry_seconds("Mon, 05 Jan 2026 13:00:00 GMT"), Some(3600));
        assert_eq!(retry_seconds("Monday, 05-Jan-26 13:00:00 GMT"), Some(3600));
        assert_eq!(retry_seconds("Mon Jan  5 13:00:00 2026"), Some(3600));
    }

    #[test]
    fn retry_after_is_never_more_than_a_month_nor_in_the_past() {
        let month = 31 * 24 * 3600;
        assert_eq!(retry_seconds("315360000"), Some(month));
        assert_eq!(retry_seconds(&"9".repeat(400)), Some(month));
        assert_eq!(
            retry_seconds("Wed, 01 Jan 2125 00:00:00 GMT"),
            None,
            "that day is a Monday"
        );
        assert_eq!(retry_seconds("Mon, 01 Jan 2125 00:00:00 GMT"), Some(month));
        assert_eq!(retry_seconds("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(retry_seconds("-5"), None);
        assert_eq!(retry_seconds("soon"), None);
    }

    #[test]
    fn max_age_is_how_long_an_answer_is_fresh() {
        assert_eq!(
            fresh_seconds(&[("cache-control", "public, Max-Age=7200")]),
            Some(7200)
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=7200"), ("age", "200")]),
            Some(7000)
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=10"), ("age", "200")]),
            Some(0)
        );
        assert_eq!(
            fresh_seconds(&[
                ("cache-control", "public"),
                ("cache-control", "max-age=\"60\"")
            ]),
            Some(60)
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=315360000")]),
            Some(31 * 24 * 3600)
        );
        assert_eq!(fresh_seconds(&[("cache-control", "max-age=junk")]), None);
        assert_eq!(fresh_seconds(&[]), None);
    }

    #[test]
    fn no_cache_and_no_store_take_it_back() {
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=7200, no-cache")]),
            None
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "no-store, max-age=7200")]),
            None
        );
        assert_eq!(
            fresh_seconds(&[("cache-control", "max-age=60, no-cache=\"Set-Cookie\"")]),
            Some(60)
        );
    }

    #[test]
    fn expires_counts_from_the_servers_own_date() {
        let expires = ("expires", "Mon, 05 Jan 2026 15:00:00 GMT");
        assert_eq!(fresh_seconds(&[expires]), Some(3 * 3600));
        assert_eq!(
            fresh_seconds(&[expires, ("date", "Mon, 05 Jan 2026 14:00:00 GMT")]),
            Some(3600)
        );
        assert_eq!(
            fresh_seconds(&[expires, ("cache-control", "max-age=60")]),
            Some(60)
        );
        let yesterday = ("date", "Sun, 04 Jan 2026 12:00:00 GMT");
        assert_eq!(fresh_seconds(&[("expires", "0"), yesterday]), Some(0));
    }
}
