//! Days in text.

use chrono::{Datelike, NaiveDate};

use super::tokens::{Token, tokens};

/// A day found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Day {
    Sure(NaiveDate),
    /// `02/06/2020`: month first, day first, both are days.
    Either {
        month_first: NaiveDate,
        day_first: NaiveDate,
    },
}

/// The days a text names, in its order: `6 Nov 2018`, `November 6-7, 2018`, `2018-11-06`, `02/06/2020`.
pub(in crate::parse) fn days(text: &str) -> Vec<Day> {
    scan(&tokens(text))
}

fn scan(tokens: &[Token<'_>]) -> Vec<Day> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        match day_at(rest) {
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
fn day_at(tokens: &[Token<'_>]) -> Option<(Day, usize)> {
    in_numbers(tokens).or_else(|| in_words(tokens))
}

/// The months a text names with their year alone, in its order, as their first days: `November 2018`.
pub(in crate::parse) fn months(text: &str) -> Vec<NaiveDate> {
    let tokens = tokens(text);
    let month = |pair: &[Token<'_>]| match pair {
        [Token::Month(month), Token::Number(year)] => date(year, *month, "1"),
        _ => None,
    };
    tokens.windows(2).filter_map(month).collect()
}

/// Year first, or all in numbers.
fn in_numbers(tokens: &[Token<'_>]) -> Option<(Day, usize)> {
    match tokens {
        [
            Token::Number(y),
            Token::Word("年" | "년"),
            Token::Number(m),
            Token::Word("月" | "월"),
            Token::Number(d),
            ..,
        ] if y.len() == 4 => Some((sure(y, number(m)?, d)?, 5)),
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
        _ => None,
    }
}

/// Day and month by name, in either order.
fn in_words(tokens: &[Token<'_>]) -> Option<(Day, usize)> {
    match tokens {
        [Token::Number(d), ..] => {
            let at = skip_between(tokens, skip_range(tokens, 1));
            let Some(Token::Month(m)) = tokens.get(at) else {
                return None;
            };
            let at = skip_between(tokens, at + 1);
            if let Some(Token::Number(y)) = tokens.get(at)
                && y.len() == 4
            {
                return Some((sure(y, *m, d)?, at + 1));
            }
            // `30 Nov – 1 Dec 2017`
            let at = joined(tokens, at)?;
            let Some(Token::Number(_)) = tokens.get(at) else {
                return None;
            };
            let at = skip_between(tokens, skip_ordinal(tokens, at + 1));
            let Some(Token::Month(last)) = tokens.get(at) else {
                return None;
            };
            let at = skip_between(tokens, at + 1);
            Some((beginning(tokens.get(at)?, *m, *last, d)?, at + 1))
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
            if let Some(Token::Number(y)) = tokens.get(at) {
                return Some((sure(y, *m, d)?, at + 1));
            }
            // `Nov 30 – Dec 2, 2017`
            let at = joined(tokens, at)?;
            let (Some(Token::Month(last)), Some(Token::Number(_))) =
                (tokens.get(at), tokens.get(at + 1))
            else {
                return None;
            };
            let at = skip_between(tokens, skip_ordinal(tokens, at + 2));
            Some((beginning(tokens.get(at)?, *m, *last, d)?, at + 1))
        }
        _ => None,
    }
}

/// The first day of several that end in another month; it may lie in the year before.
fn beginning(year: &Token<'_>, first: u32, last: u32, day: &str) -> Option<Day> {
    let Token::Number(year) = year else {
        return None;
    };
    let day = date(year, first, day)?;
    let earlier = || day.with_year(day.year() - 1);
    let day = if first > last { earlier()? } else { day };
    Some(Day::Sure(day))
}

/// Steps over what stands between day, month and year.
fn skip_between(tokens: &[Token<'_>], mut at: usize) -> usize {
    while matches!(
        tokens.get(at),
        Some(Token::Mark('-' | '.' | '/' | ',') | Token::Word("of" | "de" | "den" | "del"))
    ) {
        at += 1;
    }
    at
}

fn skip_ordinal(tokens: &[Token<'_>], at: usize) -> usize {
    let ordinal = matches!(
        tokens.get(at),
        Some(
            Token::Word("st" | "nd" | "rd" | "th" | "er" | "e" | "º" | "ª")
                | Token::Mark('°' | '.')
        )
    );
    at + usize::from(ordinal)
}

/// Behind what joins two days.
fn joined(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let joins = |at: usize| {
        matches!(
            tokens.get(at),
            Some(
                Token::Mark('-' | '–' | '—' | '&' | '/' | '+')
                    | Token::Word(
                        "and"
                            | "to"
                            | "til"
                            | "till"
                            | "bis"
                            | "und"
                            | "och"
                            | "og"
                            | "et"
                            | "au"
                            | "y"
                            | "a"
                            | "e"
                    )
            )
        )
    };
    joins(at).then_some(at + 1).or_else(|| {
        // `30 Nov.–1 Dec`: the mark was taken for one within the day.
        (at > 0 && joins(at - 1)).then_some(at)
    })
}

/// Steps over `th`, `-8`, `– 8th`, `& 8`: the first day of several counts.
fn skip_range(tokens: &[Token<'_>], at: usize) -> usize {
    let at = skip_ordinal(tokens, at);
    match joined(tokens, at).filter(|next| *next > at) {
        Some(next) if matches!(tokens.get(next), Some(Token::Number(d)) if d.len() <= 2) => {
            skip_ordinal(tokens, next + 1)
        }
        _ => at,
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
