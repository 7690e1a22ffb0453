//! Instants and days as people and their programs write them.

mod calendar;
mod clock;
mod days;
mod fold;
mod tokens;
mod words;
mod zones;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};

use fold::{Parts, fold};
use zones::Zone;

pub(super) use days::{Day, days, months};

/// No date is longer; a megabyte of it is not looked at.
const LONGEST: usize = 200;

/// A date of a feed or of front matter: RFC 3339, RFC 822, and what is written in their stead (other
/// orders, no zone, no seconds, names in full and in other languages, weeks, Unix seconds). Without a
/// zone it is taken as UTC, without a time as midnight. What is no date is `None`, never a made-up one.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return in_range(exact.to_utc());
    }
    // What most feeds write, for speed. Zones by letter are ours to judge, and so is a wrong weekday.
    let is_sure = text.ends_with(|c: char| c.is_ascii_digit()) || text.ends_with("GMT");
    if is_sure && let Ok(exact) = DateTime::parse_from_rfc2822(text) {
        return in_range(exact.to_utc());
    }
    if let Some(counted) = counted(text) {
        return in_range(counted);
    }
    let folded = fold(text);
    let mut parts = Parts::of(&folded);
    let clock = clock::take(&mut parts)?;
    let day = calendar::day(&parts.rest())?;
    // ISO 8601's 24:00 ends the day; RFC 822 knows none, and the programs that write it there mean 0:00.
    let is_iso = folded.starts_with(|c: char| c.is_ascii_digit()) && folded.contains('-');
    let seconds = match clock.seconds {
        86_400 if !is_iso => 0,
        seconds => seconds,
    };
    let local = day.and_time(NaiveTime::MIN) + Duration::seconds(seconds);
    let unnamed = Zone::Fixed(if parts.korean { 540 } else { 0 });
    let east = clock.zone.unwrap_or(unnamed).minutes(local);
    let utc = local.checked_sub_signed(Duration::minutes(east))?;
    in_range(utc.and_utc())
}

/// Seconds, milliseconds or microseconds since 1970, or all of a date's digits in a row.
fn counted(text: &str) -> Option<DateTime<Utc>> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !(9..=16).contains(&digits.len()) || !all_digits(digits) || !all_digits(fraction) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        9..=11 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        16 => DateTime::from_timestamp_micros(number),
        12 | 14 => {
            let pair = |from: usize| digits.get(from..from + 2).and_then(|two| two.parse().ok());
            let year = digits.get(..4)?.parse().ok()?;
            let day = NaiveDate::from_ymd_opt(year, pair(4)?, pair(6)?)?;
            let time = day.and_hms_opt(pair(8)?, pair(10)?, pair(12).unwrap_or_default());
            time.map(|time| time.and_utc())
        }
        _ => None,
    }
}

/// RFC 3339 has four digits for a year, and so has everything that prints it. Parts of a second are let
/// go, as the archive and every other reader do.
fn in_range(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let whole = DateTime::from_timestamp(at.timestamp(), 0)?;
    (1..=9999).contains(&whole.year()).then_some(whole)
}
