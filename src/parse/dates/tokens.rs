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

/// In full, and cut short where that is no other word: English, German, French, Dutch, the Scandinavian
/// languages, Spanish, Portuguese, Italian, Polish, Czech, Finnish, Russian.
fn month(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "jan january januar jänner januari janvier janv enero janeiro gennaio stycznia styczeń ledna leden tammikuuta января январь",
        "feb february februar februari février fevrier févr fév fev febrero fevereiro febbraio lutego luty února únor helmikuuta февраля февраль",
        "mar march märz maerz mär mrz mars maart marzo março marca marzec března březen maaliskuuta марта март",
        "apr april avr avril abril aprile kwietnia kwiecień dubna duben huhtikuuta апреля апрель",
        "may mai maj mei mayo maio maggio maja května květen toukokuuta мая май",
        "jun june juni juin junio junho giugno czerwca czerwiec června červen kesäkuuta июня июнь",
        "jul july juli juillet juil julio julho luglio lipca lipiec července červenec heinäkuuta июля июль",
        "aug august augusti augustus août aout agosto sierpnia sierpień srpna srpen elokuuta августа август",
        "sep sept september septembre septiembre setiembre setembro settembre września wrzesień září syyskuuta сентября сентябрь",
        "oct october okt oktober octobre octubre outubro ottobre października październik října říjen lokakuuta октября октябрь",
        "nov november novembre noviembre novembro listopada listopad marraskuuta ноября ноябрь",
        "dec december dez dezember déc décembre des desember diciembre dezembro dicembre grudnia grudzień prosince prosinec joulukuuta декабря декабрь",
    ];
    if word.len() > 24 {
        return None;
    }
    let lower = word.to_lowercase();
    (1..)
        .zip(NAMES)
        .find(|(_, names)| names.split(' ').any(|name| name == lower))
        .map(|(number, _)| number)
}
