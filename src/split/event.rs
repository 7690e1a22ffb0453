//! The event that notes were taken at, out of the post's title.

use super::tables::{EVENT_WORDS, TITLE_ENDS, TITLE_STARTS};
use super::wording::bare;

/// Ends of words that name a kind of event: `QueueConf`, `PipeCon`.
const ENDINGS: &[&str] = &[
    "conf",
    "con",
    "camp",
    "fest",
    "days",
    "summit",
    "meetup",
    "cast",
    "dagen",
    "tage",
    "dagar",
    "konferenz",
    "konferens",
    "konferanse",
    "tagung",
    "treffen",
    "träffen",
    "treff",
    "weekend",
    "congress",
    "kongress",
];

/// Tags that say the post is of an event.
const TAGS: &[&str] = &[
    "conference",
    "conferences",
    "conf",
    "confs",
    "meetup",
    "meetups",
    "event",
    "events",
    "devopsdays",
    "unconference",
    "barcamp",
    "konferenz",
    "konferens",
    "konferanse",
    "conférence",
    "conférences",
    "conferentie",
    "conference notes",
    "conference report",
    "conference recap",
    "trip report",
];

const SIGNS: [char; 12] = [' ', ':', ',', '-', '–', '—', '(', ')', '|', '/', '[', ']'];

/// Small words that stand in names of events without a capital.
const SMALL: &[&str] = &[
    "of", "the", "for", "in", "and", "at", "on", "de", "du", "des", "der", "die", "das", "och",
    "og", "et", "la", "le", "am", "im", "by", "to", "i", "på", "van", "und", "d",
];

/// The event's name, where the title, its date or a tag say that there was an event.
pub(super) fn name<'t>(title: &str, mut tags: impl Iterator<Item = &'t str>) -> Option<String> {
    let name = stripped(&without_date(title));
    let tagged = tags.any(|tag| TAGS.contains(&bare(tag).as_str()) || names_a_kind(tag));
    let said = names_one(title) || tagged && is_like_a_name(&name);
    (said && !name.is_empty()).then_some(name)
}

/// Whether a title names an event by itself.
pub(super) fn names_one(title: &str) -> bool {
    let undated = without_date(title);
    let dated = undated != title;
    let name = stripped(&undated);
    let shortened = name.len() < undated.trim().len();
    if name.is_empty() || !is_like_a_name(&name) {
        return false;
    }
    let noted = shortened && says_notes(&undated, &name);
    names_a_kind(&name) || noted || dated || ends_with_year(&name)
}

/// Whether what was stripped speaks of notes or of days, not of an article alone.
fn says_notes(title: &str, name: &str) -> bool {
    let words = bare(title);
    let kept = bare(name);
    words.split(' ').any(|word| {
        !kept.split(' ').any(|kept| kept == word)
            && [
                "notes",
                "note",
                "recap",
                "day",
                "notizen",
                "anteckningar",
                "notater",
                "verslag",
                "report",
                "looking",
                "back",
                "tag",
                "dag",
                "jour",
                "blog",
                "liveblog",
                "rückblick",
                "impressions",
                "takeaways",
                "highlights",
                "review",
                "part",
                "noter",
                "days",
            ]
            .contains(&word)
    })
}

/// `Velocity 2016`: capitalised words before a year.
fn ends_with_year(name: &str) -> bool {
    let mut words = name.split_whitespace().rev();
    let year = words.next().is_some_and(|word| year_of(word).is_some());
    let rest: Vec<&str> = words.collect();
    year && !rest.is_empty()
        && rest.len() <= 5
        && !rest.iter().any(|word| {
            [
                "my",
                "best",
                "top",
                "year",
                "goals",
                "favorite",
                "favourite",
                "setup",
                "in",
                "review",
            ]
            .contains(&bare(word).as_str())
        })
}

fn year_of(word: &str) -> Option<&str> {
    let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
    (digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))).then_some(digits)
}

/// Few words, nearly all with a capital or a number in it: no sentence.
fn is_like_a_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let small = words.iter().filter(|word| {
        word.chars().next().is_some_and(char::is_lowercase)
            && word
                .chars()
                .all(|c| !c.is_uppercase() && !c.is_ascii_digit())
            && !SMALL.contains(word)
    });
    let small = small.count();
    let kind = words.iter().any(|word| is_kind(&bare(word)));
    words.len() <= 9
        && (small == 0 || small * 3 <= words.len() || kind && words.len() <= 4)
        && !name.ends_with('?')
}

fn names_a_kind(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .any(|word| {
            is_kind(&bare(word))
                && (word.starts_with(|c: char| !c.is_lowercase()) || !is_span(&bare(word)))
        })
}

/// `Days` names an event, `days` in a title counts them.
fn is_span(word: &str) -> bool {
    [
        "day",
        "days",
        "dag",
        "dagar",
        "week",
        "weekend",
        "night",
        "nights",
        "tage",
        "con",
        "evening",
        "evenings",
        "breakfast",
        "journée",
        "journées",
    ]
    .contains(&word)
}

fn is_kind(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    EVENT_WORDS.has(word)
        || ENDINGS.iter().any(|end| {
            word.len() > end.len() + 2
                && word.ends_with(end)
                && ![
                    "second",
                    "silicon",
                    "icon",
                    "beacon",
                    "falcon",
                    "forecast",
                    "broadcast",
                    "podcast",
                    "mondays",
                    "tuesdays",
                    "fridays",
                    "saturdays",
                    "sundays",
                    "holidays",
                    "birthdays",
                    "manifest",
                    "nowadays",
                    "recon",
                ]
                .contains(&word)
        })
}

fn stripped(title: &str) -> String {
    let mut name = title
        .trim()
        .trim_start_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric())
        .trim();
    name = name.trim_end_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric() || c == ' ');
    loop {
        let before = name;
        for start in TITLE_STARTS.iter() {
            let rest = name
                .get(..start.len())
                .filter(|head| head.to_lowercase() == **start);
            let rest = rest.map(|_| &name[start.len()..]);
            if let Some(rest) = rest.filter(|rest| rest.starts_with(SIGNS)) {
                name = rest.trim_start_matches(SIGNS);
            }
        }
        for end in TITLE_ENDS.iter() {
            let whole =
                name.trim_end_matches([' ', ':', ',', '-', '–', '—', '(', ')', '|', '.', '!']);
            let Some(at) = whole.len().checked_sub(end.len()) else {
                continue;
            };
            let fits = whole
                .get(at..)
                .is_some_and(|tail| tail.to_lowercase() == **end);
            if fits && at > 0 && whole[..at].ends_with(SIGNS) {
                name = whole[..at].trim_end_matches(SIGNS);
            }
        }
        if name == before {
            break;
        }
    }
    let name = name.trim_end_matches([' ', ':', ',', '-', '–', '—', '|', '(']);
    let name = if name.contains('(') {
        name
    } else {
        name.trim_end_matches(')')
    };
    let inner = name
        .strip_prefix(['"', '“', '\''])
        .and_then(|inner| inner.strip_suffix(['"', '”', '\'']));
    inner.unwrap_or(name).to_owned()
}

/// Without a date: in digits (`02/06/2020`, `2020-02-06`) or in words (`June 2015`, `12-14 March 2018`); a
/// year alone stays.
fn without_date(title: &str) -> String {
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
        return title.to_owned();
    }
    let kept: Vec<&str> = words
        .iter()
        .zip(dropped)
        .filter(|(_, dropped)| !dropped)
        .map(|(word, _)| *word)
        .collect();
    kept.join(" ").trim_matches(SIGNS).to_owned()
}

fn is_month(word: &str) -> bool {
    const MONTHS: &[&str] = &[
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
    ];
    MONTHS.contains(&word)
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word
        .trim_matches(['(', ')', ',', ':', '[', ']'])
        .split(['/', '-', '.'])
        .collect();
    parts.len() == 3
        && parts.iter().all(|part| {
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
        && parts.iter().any(|part| part.len() == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(title: &str) -> Option<String> {
        name(title, [].into_iter())
    }

    #[test]
    fn the_title_names_the_event() {
        for (title, event) in [
            (
                "My notes from PipeConf Oslo 2019, Day Two",
                "PipeConf Oslo 2019",
            ),
            ("PipeConf Oslo 2019: random notes", "PipeConf Oslo 2019"),
            ("Pipe Talk 02/06/2020", "Pipe Talk"),
            ("Recap: DevOpsDays Rome (part 1)", "DevOpsDays Rome"),
            ("Velocity 2016 - Day 1", "Velocity 2016"),
            ("Notes from Lambda World", "Lambda World"),
            ("Notizen von der Wolkentagung 2019", "Wolkentagung 2019"),
            ("Anteckningar från Rördagen, dag 2", "Rördagen"),
            ("Pipe Meetup, June 2015", "Pipe Meetup"),
            ("Looking back at Pipes 2013", "Pipes 2013"),
        ] {
            assert_eq!(named(title).as_deref(), Some(event), "{title}");
        }
        assert_eq!(named("All about pipes"), None);
        assert_eq!(
            named("Lessons learned organizing a meetup for five years"),
            None
        );
        assert_eq!(
            name("All Pipes", ["Conference"].into_iter()).unwrap(),
            "All Pipes"
        );
    }
}
