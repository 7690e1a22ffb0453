//! Points and spans of time as people write them: `7d`, `yesterday`, `monday`, `2018-10`.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc, Weekday};

/// The units of a span back from now, each with its spellings. `m` is the month: nobody asks a feed for
/// minutes.
const UNITS: [(Unit, &[&str]); 5] = [
    (Unit::Hours, &["h", "hr", "hrs", "hour", "hours"]),
    (Unit::Days, &["d", "day", "days"]),
    (Unit::Weeks, &["w", "wk", "wks", "week", "weeks"]),
    (Unit::Months, &["mo", "m", "mon", "month", "months"]),
    (Unit::Years, &["y", "yr", "yrs", "year", "years"]),
];

#[derive(Debug, Clone, Copy)]
enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Time {
    /// So long before now.
    Ago(DateTime<Utc>),
    /// A year, a month, a day or a second, in UTC.
    Span(Range<DateTime<Utc>>),
}

impl Time {
    /// A span back from now (`36h`, `7d`, `2w`, `3mo`, `1y`, `2 weeks`), `today`, `yesterday`, the last
    /// `monday`, or a date.
    pub(super) fn read(text: &str, now: DateTime<Utc>) -> Option<Self> {
        ago(text, now)
            .map(Self::Ago)
            .or_else(|| named_day(text, now).map(Self::Span))
            .or_else(|| read_instant(text).map(Self::Span))
    }

    pub(super) fn start(&self) -> DateTime<Utc> {
        match self {
            Self::Ago(instant) => *instant,
            Self::Span(span) => span.start,
        }
    }

    /// The whole of it; of a point so long ago, the day it falls on.
    pub(super) fn whole(&self) -> Option<Range<DateTime<Utc>>> {
        match self {
            Self::Ago(instant) => day(instant.date_naive()),
            Self::Span(span) => Some(span.clone()),
        }
    }
}

/// Reads what `since:` and `--since` take: see [`Time::read`].
pub(crate) fn read_since(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    Time::read(text, now).map(|time| time.start())
}

/// The same words, but for the end of what they name: of a year, a month or a day its last moment, of an
/// instant itself.
pub(crate) fn read_until(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    Some(match Time::read(text, now)? {
        Time::Ago(instant) => instant,
        Time::Span(span) => span.end - TimeDelta::seconds(1),
    })
}

/// Reads a year, month, day or RFC 3339 instant into the span of time it names, in UTC.
pub(super) fn read_instant(text: &str) -> Option<Range<DateTime<Utc>>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        let instant = instant.with_timezone(&Utc);
        return Some(instant..instant.checked_add_signed(TimeDelta::seconds(1))?);
    }
    let parts: Vec<&str> = text.split('-').collect();
    match *parts.as_slice() {
        [year] => span(date(year, "1", "1")?, 12),
        [year, month] => span(date(year, month, "1")?, 1),
        [year, month, of_month] => day(date(year, month, of_month)?),
        _ => None,
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
}

fn span(first: NaiveDate, months: u32) -> Option<Range<DateTime<Utc>>> {
    let next = first.checked_add_months(Months::new(months))?;
    Some(midnight(first)..midnight(next))
}

fn day(day: NaiveDate) -> Option<Range<DateTime<Utc>>> {
    Some(midnight(day)..midnight(day.checked_add_days(Days::new(1))?))
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// A number of at most `width` digits and nothing else.
fn digits<T: std::str::FromStr>(text: &str, width: usize) -> Option<T> {
    let fits = (1..=width).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn ago(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let count: u32 = digits(number, 6)?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let (unit, _) = UNITS
        .iter()
        .find(|(_, names)| names.contains(&unit.as_str()))?;
    match unit {
        Unit::Hours => now.checked_sub_signed(TimeDelta::hours(count.into())),
        Unit::Days => now.checked_sub_days(Days::new(count.into())),
        Unit::Weeks => now.checked_sub_days(Days::new(u64::from(count) * 7)),
        Unit::Months => now.checked_sub_months(Months::new(count)),
        Unit::Years => now.checked_sub_months(Months::new(count.checked_mul(12)?)),
    }
}

/// `today`, `yesterday` and the last day of such a name, today among them.
fn named_day(text: &str, now: DateTime<Utc>) -> Option<Range<DateTime<Utc>>> {
    let today = now.date_naive();
    let back = match text.to_ascii_lowercase().as_str() {
        "today" => 0,
        "yesterday" => 1,
        name => {
            let named: Weekday = name.parse().ok()?;
            u64::from(today.weekday().days_since(named))
        }
    };
    day(today.checked_sub_days(Days::new(back))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// A Saturday.
    fn now() -> DateTime<Utc> {
        at("2026-11-21T12:00:00Z")
    }

    #[test]
    fn spans_count_back_from_now() {
        for (text, expected) in [
            ("36h", "2026-11-20T00:00:00Z"),
            ("7d", "2026-11-14T12:00:00Z"),
            ("2w", "2026-11-07T12:00:00Z"),
            ("2 weeks", "2026-11-07T12:00:00Z"),
            ("3mo", "2026-08-21T12:00:00Z"),
            ("3m", "2026-08-21T12:00:00Z"),
            ("1Y", "2025-11-21T12:00:00Z"),
            ("today", "2026-11-21T00:00:00Z"),
            ("Yesterday", "2026-11-20T00:00:00Z"),
            ("monday", "2026-11-16T00:00:00Z"),
            ("sat", "2026-11-21T00:00:00Z"),
        ] {
            assert_eq!(read_since(text, now()), Some(at(expected)), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_span_is_its_last_moment() {
        for (text, expected) in [
            ("36h", "2026-11-20T00:00:00Z"),
            ("yesterday", "2026-11-20T23:59:59Z"),
            ("2018-10", "2018-10-31T23:59:59Z"),
            ("2018", "2018-12-31T23:59:59Z"),
            ("2018-10-02T08:00:00Z", "2018-10-02T08:00:00Z"),
        ] {
            assert_eq!(read_until(text, now()), Some(at(expected)), "{text}");
        }
        assert_eq!(read_until("soon", now()), None);
    }

    #[test]
    fn dates_are_spans_of_utc() {
        for (text, start, end) in [
            ("2018", "2018-01-01T00:00:00Z", "2019-01-01T00:00:00Z"),
            ("2018-12", "2018-12-01T00:00:00Z", "2019-01-01T00:00:00Z"),
            ("2020-2-29", "2020-02-29T00:00:00Z", "2020-03-01T00:00:00Z"),
            (
                "2019-01-01T01:00:00+01:00",
                "2019-01-01T00:00:00Z",
                "2019-01-01T00:00:01Z",
            ),
        ] {
            assert_eq!(read_instant(text), Some(at(start)..at(end)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "d",
            "7",
            "7x",
            "-7d",
            "7dd",
            "2019-13",
            "2019-02-30",
            "19",
            "2019-1-1-1",
            "0x7d",
            "999999y",
            "9999999d",
            "+2019",
            "soon",
            "2019-",
            "１d",
        ] {
            assert_eq!(Time::read(text, now()), None, "{text}");
        }
    }
}
