//! Instants and days as people and their programs write them.

mod days;
mod tokens;

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};

use days::{Years, lone_year_or_month, scan};
use tokens::{Token, tokens};

pub(super) use days::{Day, days};

/// A date of a feed or of front matter: RFC 3339, RFC 822, and what is written in their stead (no zone,
/// no seconds, month names in full, other orders, Unix seconds). Without a zone it is taken as UTC,
/// without a time as midnight.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    // No date is longer; a megabyte of it is not looked at.
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Some(exact.to_utc());
    }
    if let Ok(exact) = DateTime::parse_from_rfc2822(text) {
        return Some(exact.to_utc());
    }
    if (9..=11).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        return DateTime::from_timestamp(text.parse().ok()?, 0);
    }
    let tokens = tokens(text);
    let (clock, rest) = take_clock(tokens);
    let day = match scan(&rest, Years::Short).into_iter().next() {
        Some(day) => day.month_first()?,
        None => lone_year_or_month(&rest)?,
    };
    let local = NaiveDateTime::new(day, NaiveTime::MIN) + Duration::seconds(clock.seconds);
    local
        .checked_sub_signed(Duration::minutes(clock.offset))
        .map(|utc| utc.and_utc())
}

#[derive(Default)]
struct Clock {
    seconds: i64,
    /// Minutes east of UTC.
    offset: i64,
}

/// Takes the time of day and the zone out of the tokens.
fn take_clock(mut tokens: Vec<Token<'_>>) -> (Clock, Vec<Token<'_>>) {
    let mut found = Clock::default();
    let Some(at) = tokens
        .iter()
        .position(|token| matches!(token, Token::Clock(_)))
    else {
        return (found, tokens);
    };
    if let Token::Clock(seconds) = tokens[at] {
        // 24:00 is written for midnight; feeds mean the day they name.
        found.seconds = if seconds >= 24 * 3600 {
            seconds % (24 * 3600)
        } else {
            seconds
        };
    }
    tokens.remove(at);
    if let Some(Token::Word(half)) = tokens.get(at) {
        let noon = 12 * 3600;
        // `a.m.` comes as `a`, `.`, `m`, `.`
        match (half.to_ascii_lowercase().as_str(), found.seconds) {
            ("pm" | "p", before) if before < noon => found.seconds += noon,
            ("am" | "a", after) if after >= noon => found.seconds -= noon,
            _ => {}
        }
    }
    for index in at..tokens.len() {
        match tokens[index] {
            Token::Word(name) => {
                if let Some(minutes) = zone(name) {
                    found.offset = minutes;
                }
            }
            Token::Mark(sign @ ('+' | '-' | '−')) => {
                let minutes = match tokens.get(index + 1) {
                    Some(Token::Clock(seconds)) => Some(seconds / 60),
                    Some(Token::Number(digits)) => offset(digits),
                    _ => None,
                };
                let Some(minutes) = minutes else { continue };
                found.offset = if sign == '+' { minutes } else { -minutes };
                tokens.truncate(index);
                break;
            }
            _ => {}
        }
    }
    (found, tokens)
}

fn offset(digits: &str) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        1 | 2 => Some(number * 60),
        4 => Some(number / 100 * 60 + number % 100),
        _ => None,
    }
}

/// Zones by name, in minutes east; RFC 822's and those that publishers write beside them.
fn zone(name: &str) -> Option<i64> {
    const HOURS: [(&str, i64); 29] = [
        ("Z", 0),
        ("UT", 0),
        ("UTC", 0),
        ("GMT", 0),
        ("WET", 0),
        ("WEST", 1),
        ("BST", 1),
        ("CET", 1),
        ("MET", 1),
        ("MEZ", 1),
        ("CEST", 2),
        ("MEST", 2),
        ("MESZ", 2),
        ("EET", 2),
        ("EEST", 3),
        ("MSK", 3),
        ("JST", 9),
        ("KST", 9),
        ("AEST", 10),
        ("AEDT", 11),
        ("NZST", 12),
        ("NZDT", 13),
        ("EST", -5),
        ("EDT", -4),
        ("CST", -6),
        ("CDT", -5),
        ("MST", -7),
        ("PST", -8),
        ("PDT", -7),
    ];
    match name.to_ascii_uppercase().as_str() {
        "MDT" => Some(-6 * 60),
        "IST" => Some(5 * 60 + 30),
        upper => HOURS
            .iter()
            .find(|(known, _)| *known == upper)
            .map(|(_, hours)| hours * 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        instant(text).map_or_else(|| "-".to_owned(), |found| found.format("%F %T").to_string())
    }

    #[test]
    fn instants_are_read_as_publishers_write_them() {
        for (text, expected) in [
            ("2018-11-06T10:00:00+13:00", "2018-11-05 21:00:00"),
            ("Tue, 06 Nov 2018 10:00:00 GMT", "2018-11-06 10:00:00"),
            ("Wed, 06 Nov 2018 10:00:00 +0100", "2018-11-06 09:00:00"),
            ("06 Nov 18 10:00 EDT", "2018-11-06 14:00:00"),
            ("2018-11-06", "2018-11-06 00:00:00"),
            ("2018-11-06 10:00", "2018-11-06 10:00:00"),
            ("2018-11-06 10:00:00 +0200", "2018-11-06 08:00:00"),
            ("2018-11-06T10:00:00", "2018-11-06 10:00:00"),
            ("2018-11-06T10:00:00.25Z", "2018-11-06 10:00:00"),
            ("2018-11-06T10:00:00-0800", "2018-11-06 18:00:00"),
            ("Tue Nov  6 10:00:00 2018", "2018-11-06 10:00:00"),
            ("Tue Nov  6 10:00:00 CET 2018", "2018-11-06 09:00:00"),
            ("Tuesday, November 6, 2018 10:00 PM", "2018-11-06 22:00:00"),
            ("6. Dezember 2018 um 9:30", "2018-12-06 09:30:00"),
            ("Tue, 06 Nov 2018 12:30 a.m.", "2018-11-06 00:30:00"),
            ("Tue, 06 Nov 2018 10:00:00 GMT+01:00", "2018-11-06 09:00:00"),
            ("1541498400", "2018-11-06 10:00:00"),
            ("20181106", "2018-11-06 00:00:00"),
            ("2018", "2018-01-01 00:00:00"),
            ("2018-11", "2018-11-01 00:00:00"),
            ("yesterday", "-"),
            ("2018-13-45", "-"),
            ("", "-"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    fn found(text: &str) -> Vec<String> {
        days(text)
            .into_iter()
            .map(|day| match day {
                Day::Sure(day) => day.to_string(),
                Day::Either {
                    month_first,
                    day_first,
                } => format!("{month_first}|{day_first}"),
            })
            .collect()
    }

    #[test]
    fn days_are_found_in_prose() {
        assert_eq!(found("notes from Ghent, 6 Nov 2018"), ["2018-11-06"]);
        assert_eq!(
            found("on November 6th, 2018 and 3rd Sep 2011"),
            ["2018-11-06", "2011-09-03"]
        );
        assert_eq!(found("June 7-8, 2017"), ["2017-06-07"]);
        assert_eq!(found("7 – 8 June 2017"), ["2017-06-07"]);
        assert_eq!(found("images/2020.02.06.png"), ["2020-02-06"]);
        assert_eq!(found("Coffee 02/06/2020"), ["2020-02-06|2020-06-02"]);
        assert_eq!(
            found("Coffee 01/16/2020, 16/01/2020"),
            ["2020-01-16", "2020-01-16"]
        );
        assert_eq!(found("Treffen am 6.2.2020"), ["2020-02-06"]);
        assert_eq!(
            found("we may see 10.0.0.1 and 3 of 4"),
            Vec::<String>::new()
        );
    }
}
