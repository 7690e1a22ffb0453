//! A text cut into what dates are made of.

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Number(&'a str),
    /// Lower-cased month number, where the word is a month.
    Month(u32),
    Word(&'a str),
    Mark(char),
    /// Seconds since midnight.
    Clock(i64),
}

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
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
                rest = after;
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
