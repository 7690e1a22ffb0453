//! Instants and days as people and their programs write them.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

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

/// A day found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Sure(NaiveDate),
    /// `02/06/2020`: month first, day first, both are days.
    Either {
        month_first: NaiveDate,
        day_first: NaiveDate,
    },
}

impl Day {
    fn month_first(self) -> Option<NaiveDate> {
        match self {
            Self::Sure(day)
            | Self::Either {
                month_first: day, ..
            } => Some(day),
        }
    }
}

/// The days a text names, in its order: `6 Nov 2018`, `November 6-7, 2018`, `2018-11-06`, `02/06/2020`.
pub(super) fn days(text: &str) -> Vec<Day> {
    scan(&tokens(text), Years::Full)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    Number(&'a str),
    /// Lower-cased month number, where the word is a month.
    Month(u32),
    Word(&'a str),
    Mark(char),
    /// Seconds since midnight.
    Clock(i64),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((clock, after)) = clock(rest) {
            tokens.push(Token::Clock(clock));
            rest = after;
            continue;
        }
        let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let (digit, letter) = class(first);
        let length = if digit || letter {
            rest.find(|c| class(c) != (digit, letter))
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if digit {
            tokens.push(Token::Number(token));
        } else if letter {
            tokens.push(month(token).map_or(Token::Word(token), Token::Month));
        } else if !first.is_whitespace() {
            tokens.push(Token::Mark(first));
        }
    }
    tokens
}

/// `10:00`, `9:05:30`, `10:00:00.123` at the beginning of the text.
fn clock(text: &str) -> Option<(i64, &str)> {
    let mut rest = text;
    let mut parts = [0_i64; 3];
    let mut count = 0;
    for part in &mut parts {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 2 || (count > 0 && digits != 2) {
            break;
        }
        *part = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        count += 1;
        match rest.strip_prefix(':') {
            Some(after) if count < 3 && after.starts_with(|c: char| c.is_ascii_digit()) => {
                rest = after
            }
            _ => break,
        }
    }
    if count < 2 || parts[1] > 59 || parts[2] > 60 {
        return None;
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    Some(((parts[0] * 60 + parts[1]) * 60 + parts[2], rest))
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

/// English, German and French, in full and cut short.
fn month(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "jan january januar janvier",
        "feb february februar février fevrier fév fev",
        "mar march märz maerz mär mrz mars",
        "apr april avr avril",
        "may mai",
        "jun june juni juin",
        "jul july juli juillet",
        "aug august août aout",
        "sep sept september septembre",
        "oct october okt oktober octobre",
        "nov november novembre",
        "dec december dez dezember déc décembre",
    ];
    if word.len() > 12 {
        return None;
    }
    let lower = word.to_lowercase();
    (1..)
        .zip(NAMES)
        .find(|(_, names)| names.split(' ').any(|name| name == lower))
        .map(|(number, _)| number)
}

#[derive(Clone, Copy, PartialEq)]
enum Years {
    /// Four digits only: what stands in prose.
    Full,
    /// Two digits as well, as RFC 822 had them.
    Short,
}

fn scan(tokens: &[Token<'_>], years: Years) -> Vec<Day> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        match day_at(rest, years) {
            Some((day, length)) => {
                found.push(day);
                rest = &rest[length..];
            }
            None => rest = &rest[1..],
        }
    }
    found
}

/// The day that begins with the first token, and how many tokens it takes.
fn day_at(tokens: &[Token<'_>], years: Years) -> Option<(Day, usize)> {
    match tokens {
        [
            Token::Number(y),
            Token::Mark(a @ ('-' | '.' | '/' | '_')),
            Token::Number(m),
            Token::Mark(b),
            Token::Number(d),
            ..,
        ] if a == b && y.len() == 4 => Some((sure(y, number(m)?, d)?, 5)),
        [Token::Number(all), ..] if all.len() == 8 => {
            Some((sure(&all[..4], number(&all[4..6])?, &all[6..])?, 1))
        }
        [
            Token::Number(a),
            Token::Mark(first @ ('/' | '-' | '.')),
            Token::Number(b),
            Token::Mark(second),
            Token::Number(y),
            ..,
        ] if first == second && y.len() == 4 => Some((slashed(a, b, y, *first)?, 5)),
        [
            Token::Number(y),
            Token::Mark('-' | '/'),
            Token::Month(m),
            Token::Mark('-' | '/'),
            Token::Number(d),
            ..,
        ] if y.len() == 4 => Some((sure(y, *m, d)?, 5)),
        [Token::Number(y), Token::Month(m), Token::Number(d), ..] if y.len() == 4 => {
            Some((sure(y, *m, d)?, 3))
        }
        [Token::Number(d), ..] => {
            let mut at = skip_range(tokens, 1);
            while matches!(
                tokens.get(at),
                Some(Token::Mark('-' | '.' | '/' | ',')) | Some(Token::Word("of" | "de"))
            ) {
                at += 1;
            }
            let Some(Token::Month(m)) = tokens.get(at) else {
                return None;
            };
            at += 1;
            while matches!(tokens.get(at), Some(Token::Mark('-' | '.' | '/' | ','))) {
                at += 1;
            }
            let Some(Token::Number(y)) = tokens.get(at) else {
                return None;
            };
            Some((sure(&full_year(y, years)?, *m, d)?, at + 1))
        }
        [Token::Month(m), ..] => {
            let mut at = 1;
            if tokens.get(at) == Some(&Token::Mark('.')) {
                at += 1;
            }
            let Some(Token::Number(d)) = tokens.get(at) else {
                return None;
            };
            at = skip_range(tokens, at + 1);
            if tokens.get(at) == Some(&Token::Mark(',')) {
                at += 1;
            }
            // asctime has zone and year in any order behind the day.
            if years == Years::Short && matches!(tokens.get(at), Some(Token::Word(_))) {
                at += 1;
            }
            let Some(Token::Number(y)) = tokens.get(at) else {
                return None;
            };
            (y.len() == 4).then_some(())?;
            Some((sure(y, *m, d)?, at + 1))
        }
        _ => None,
    }
}

/// Steps over `th`, `-8`, `– 8th`, `& 8`: the first day of several counts.
fn skip_range(tokens: &[Token<'_>], mut at: usize) -> usize {
    let ordinal =
        |at: usize| matches!(tokens.get(at), Some(Token::Word("st" | "nd" | "rd" | "th")));
    at += usize::from(ordinal(at));
    let joined = matches!(
        tokens.get(at),
        Some(Token::Mark('-' | '–' | '&' | '/') | Token::Word("and" | "to"))
    );
    if joined && matches!(tokens.get(at + 1), Some(Token::Number(d)) if d.len() <= 2) {
        at += 2;
        at += usize::from(ordinal(at));
    }
    at
}

fn full_year(digits: &str, years: Years) -> Option<String> {
    match (digits.len(), years) {
        (4, _) => Some(digits.to_owned()),
        // RFC 2822, 4.3: below 50 is this century.
        (2, Years::Short) => {
            let century = if digits < "50" { "20" } else { "19" };
            Some(format!("{century}{digits}"))
        }
        _ => None,
    }
}

fn slashed(a: &str, b: &str, year: &str, mark: char) -> Option<Day> {
    let as_day_first = number(b).and_then(|month| date(year, month, a));
    let as_month_first = number(a).and_then(|month| date(year, month, b));
    Some(match (as_month_first, as_day_first) {
        // With dots it is always the day that comes first.
        (_, Some(day)) if mark == '.' => Day::Sure(day),
        (Some(month_first), Some(day_first)) if month_first != day_first => Day::Either {
            month_first,
            day_first,
        },
        (Some(day), _) | (None, Some(day)) => Day::Sure(day),
        (None, None) => return None,
    })
}

fn lone_year_or_month(tokens: &[Token<'_>]) -> Option<NaiveDate> {
    match tokens {
        [Token::Number(y)] => date(y, 1, "1"),
        [Token::Number(y), Token::Mark('-'), Token::Number(m)] => date(y, number(m)?, "1"),
        [Token::Month(m), Token::Number(y)] => date(y, *m, "1"),
        _ => None,
    }
}

fn sure(year: &str, month: u32, day: &str) -> Option<Day> {
    date(year, month, day).map(Day::Sure)
}

fn date(year: &str, month: u32, day: &str) -> Option<NaiveDate> {
    if year.len() != 4 || day.len() > 2 {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    // Version numbers and addresses look like dates too; nobody blogged before or will after.
    (1970..2100).contains(&year).then_some(())?;
    NaiveDate::from_ymd_opt(year, month, number(day)?)
}

fn number(digits: &str) -> Option<u32> {
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten()
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
