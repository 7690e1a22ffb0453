//! Dates in titles and headings.

use std::borrow::Cow;

use super::tables::Words;
use super::wording::bare;

/// What divides the parts of a title.
pub(super) const SIGNS: [char; 12] = [' ', ':', ',', '-', '–', '—', '(', ')', '|', '/', '[', ']'];

static WEEKDAYS: Words = Words::new(|| {
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "måndag",
        "tisdag",
        "onsdag",
        "torsdag",
        "fredag",
        "lördag",
        "söndag",
        "mandag",
        "tirsdag",
        "lørdag",
        "søndag",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "maandag",
        "dinsdag",
        "woensdag",
        "donderdag",
        "vrijdag",
        "zaterdag",
        "zondag",
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
    ]
    .into_iter()
    .collect()
});

/// Whether a line says a day: a weekday, a date in digits or in words.
pub(super) fn has_day(line: &str) -> bool {
    bare(line).split(' ').any(|word| WEEKDAYS.has(word)) || without_date(line) != line
}

/// Without a date: in digits (`02/06/2020`, `2020-02-06`) or in words (`June 2015`, `12-14 March 2018`); a
/// year alone stays.
pub(super) fn without_date(title: &str) -> Cow<'_, str> {
    if !title.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(title);
    }
    let words: Vec<&str> = title.split(' ').collect();
    let month = words.iter().position(|word| is_month(&bare(word)));
    let mut dropped = vec![false; words.len()];
    for (at, word) in words.iter().enumerate() {
        dropped[at] = is_date(word);
    }
    if let Some(at) = month {
        let is_day = |word: &str| {
            let digits = bare(word);
            let digits = digits
                .split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches(char::is_alphabetic);
            (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        };
        let before = at.checked_sub(1).filter(|&n| is_day(words[n]));
        let after = (at + 1 < words.len() && is_day(words[at + 1])).then_some(at + 1);
        let year = after.unwrap_or(at) + 1;
        let year = (year < words.len() && year_of(words[year]).is_some()).then_some(year);
        if before.is_some() || after.is_some() || year.is_some() {
            for n in [before, Some(at), after, year].into_iter().flatten() {
                dropped[n] = true;
            }
        }
    }
    if !dropped.contains(&true) {
        return Cow::Borrowed(title);
    }
    let kept: Vec<&str> = words
        .iter()
        .zip(dropped)
        .filter(|(_, dropped)| !dropped)
        .map(|(word, _)| *word)
        .collect();
    Cow::Owned(kept.join(" ").trim_matches(SIGNS).to_owned())
}

pub(super) fn is_month(word: &str) -> bool {
    static MONTHS: Words = Words::new(|| {
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "jan",
            "feb",
            "mar",
            "apr",
            "jun",
            "jul",
            "aug",
            "sep",
            "sept",
            "oct",
            "nov",
            "dec",
            "januar",
            "februar",
            "märz",
            "mai",
            "juni",
            "juli",
            "oktober",
            "dezember",
            "januari",
            "februari",
            "mars",
            "augusti",
            "desember",
            "janvier",
            "février",
            "avril",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
            "maart",
            "mei",
            "augustus",
        ]
        .into_iter()
        .collect()
    });
    MONTHS.has(word)
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word
        .trim_matches(['(', ')', ',', ':', '[', ']'])
        .split(['/', '-', '.'])
        .collect();
    let whole = parts.len() == 1
        && parts[0].len() == 8
        && parts[0].bytes().all(|byte| byte.is_ascii_digit())
        && (parts[0].starts_with("19") || parts[0].starts_with("20"));
    whole
        || parts.len() == 3
            && parts.iter().all(|part| {
                (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
            })
            && parts.iter().any(|part| part.len() == 4)
}

pub(super) fn year_of(word: &str) -> Option<&str> {
    let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
    (digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))).then_some(digits)
}
