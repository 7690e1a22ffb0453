//! The event that notes were taken at, out of the post's title.

use super::dates::{SIGNS, has_day, without_date, year_of};
use super::furniture::{behind_count, is_furniture};
use super::tables::{EVENT_WORDS, NOT_EVENTS, TITLE_ENDS, TITLE_STARTS};
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
    "stammtisch",
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

/// Small words that stand in names of events without a capital.
const SMALL: &[&str] = &[
    "of", "the", "for", "in", "and", "at", "on", "de", "du", "des", "der", "die", "das", "och",
    "og", "et", "la", "le", "am", "im", "by", "to", "i", "på", "van", "und", "d",
];

/// A title as it is read for an event.
pub(super) struct Titled {
    /// Without its date and what stands around a name.
    name: String,
    is_like_a_name: bool,
    /// See [`names_one`].
    pub(super) names_one: bool,
}

impl Titled {
    pub(super) fn of(title: &str) -> Self {
        let undated = without_date(title);
        let name = stripped(&undated);
        let is_like_a_name = is_like_a_name(&name);
        Self {
            names_one: is_named(title, &undated, &name, is_like_a_name),
            is_like_a_name,
            name,
        }
    }

    /// The event's name, where the title, its date or a tag say that there was an event.
    pub(super) fn name<'t>(&self, mut tags: impl Iterator<Item = &'t str>) -> Option<&str> {
        let mut tagged = || tags.any(|tag| TAGS.contains(&&*bare(tag)) || names_a_kind(tag));
        let said = self.names_one || self.is_like_a_name && tagged();
        (said && !self.name.is_empty()).then_some(&self.name)
    }
}

/// What a title without anything else may name: for a post that is known to hold notes.
pub(super) fn name_of_notes(title: &str) -> Option<String> {
    let name = stripped(&without_date(title));
    let words = name.split_whitespace().count();
    let plain = !name.contains(['?', '!']) && words <= 6 && !has_day(&name);
    (plain && is_like_a_name(&name) && !name.is_empty()).then_some(name)
}

/// The event that stands behind a talk's title and its speakers: ` (Ann Poe, QueueConf 2019)`.
pub(super) fn beside(rest: &str, speakers: &[String]) -> Option<String> {
    let behind = speakers
        .iter()
        .filter_map(|speaker| Some(rest.find(speaker.as_str())? + speaker.len()))
        .max()?;
    let event = rest[behind..].trim_matches(SIGNS);
    let event = ["at ", "@ ", "bei ", "på ", "à "]
        .iter()
        .find_map(|at| event.strip_prefix(at))
        .unwrap_or(event);
    let titled = Titled::of(event);
    titled.names_one.then_some(titled.name)
}

/// `Conference: QueueConf 2021`, among the lines a text begins with: of these [`LABEL_LINES`] are read.
pub(super) fn labelled<'t>(lines: impl Iterator<Item = &'t str>) -> Option<String> {
    const LABELS: &[&str] = &[
        "event",
        "conference",
        "meetup",
        "konferenz",
        "veranstaltung",
        "konferens",
        "konferanse",
        "conférence",
        "conferencia",
        "congreso",
        "conferentie",
        "evento",
        "evenemang",
    ];
    let mut lines = lines.filter(|line| !line.trim().is_empty());
    lines.by_ref().take(LABEL_LINES).find_map(|line| {
        let (label, value) = line.split_once(':')?;
        let fits = LABELS.contains(&&*bare(label)) && is_like_a_name(value.trim());
        let named = fits.then(|| stripped(&without_date(value.trim())))?;
        named.starts_with(char::is_alphanumeric).then_some(named)
    })
}

/// Behind these a text is at its matter.
pub(super) const LABEL_LINES: usize = 10;

/// Whether a title names an event by itself.
pub(super) fn names_one(title: &str) -> bool {
    Titled::of(title).names_one
}

/// The same of a title whose date and then what stands around a name were taken off.
fn is_named(title: &str, undated: &str, name: &str, is_like_a_name: bool) -> bool {
    let dated = undated != title;
    let shortened = name.len() < undated.trim().len();
    // `Ops guild 2020.11.05`: a meeting is called by few words and its day.
    let meeting = dated
        && (2..=3).contains(&name.split_whitespace().count())
        && name.starts_with(char::is_uppercase)
        && !name
            .split_whitespace()
            .any(|word| NOT_EVENTS.has(&bare(word)));
    if name.is_empty() || !meeting && !is_like_a_name {
        return false;
    }
    // `Saturday 14 May`: a day and no event.
    if has_day(name) && is_furniture(name) {
        return false;
    }
    let noted = shortened && says_notes(undated, name) && !is_on_a_topic(undated);
    let year = name.split_whitespace().any(|word| year_of(word).is_some());
    let head = until_year(name);
    names_a_kind(name) || noted || dated || year && ends_with_year(head)
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

/// `QueueConf 2013` of `QueueConf 2013 (was PipeConf)`.
fn until_year(name: &str) -> &str {
    if !name.bytes().any(|byte| byte.is_ascii_digit()) {
        return name;
    }
    let year = name
        .split_inclusive(char::is_whitespace)
        .scan(0, |at, word| {
            *at += word.len();
            Some((*at, word))
        })
        .find(|(_, word)| year_of(word.trim()).is_some());
    year.map_or(name, |(end, _)| name[..end].trim_end_matches(SIGNS))
}

/// `Velocity 2016`: capitalised words before a year.
fn ends_with_year(name: &str) -> bool {
    let mut words = name.split_whitespace().rev();
    let year = words.next().is_some_and(|word| year_of(word).is_some());
    if !year {
        return false;
    }
    let rest: Vec<&str> = words.collect();
    let small = |word: &&str| word.starts_with(char::is_lowercase) && !SMALL.contains(word);
    !rest.is_empty()
        && (rest.len() == 1 || !rest.iter().any(small))
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
            .contains(&&*bare(word))
        })
}

/// Few words, nearly all with a capital or a number in it: no sentence.
fn is_like_a_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 9 || name.ends_with('?') {
        return false;
    }
    let small = words.iter().filter(|word| {
        word.chars().next().is_some_and(char::is_lowercase)
            && word
                .chars()
                .all(|c| !c.is_uppercase() && !c.is_ascii_digit() && !matches!(c, '.' | '_'))
            && !SMALL.contains(word)
    });
    let small = small.count();
    let kind = || words.len() <= 4 && words.iter().any(|word| is_kind(&bare(word)));
    if small * 3 > words.len() && !kind() {
        return false;
    }
    let dated = words.len() <= 5 && words.last().is_some_and(|word| year_of(word).is_some());
    let told = |word: &&&str| NOT_EVENTS.has(&bare(word));
    let says_something = if dated {
        words.first().filter(told).is_some()
    } else {
        words.iter().any(|word| told(&word))
    };
    !says_something
}

fn names_a_kind(name: &str) -> bool {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .filter(|word| !word.is_empty())
        .collect();
    // `a meetup`, `conference talks`: some event or other.
    let any = |at: usize| {
        let before = at.checked_sub(1).map(|at| bare(words[at]));
        let after = words.get(at + 1).map(|word| bare(word));
        before.is_some_and(|word| {
            [
                "a", "an", "any", "each", "every", "another", "your", "ein", "eine", "un", "une",
            ]
            .contains(&&*word)
        }) || after.is_some_and(|word| {
            [
                "talk",
                "talks",
                "speaker",
                "speakers",
                "speaking",
                "proposal",
                "proposals",
                "badge",
            ]
            .contains(&&*word)
                && words[at].chars().all(char::is_alphabetic)
                && EVENT_WORDS.has(&bare(words[at]))
        })
    };
    (0..words.len()).any(|at| {
        let word = bare(words[at]);
        is_kind(&word)
            && (words[at].starts_with(|c: char| !c.is_lowercase()) || !is_span(&word))
            && !any(at)
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

/// `Notas de la ..`, `Retour sur l'..`
fn without_article<'n>(start: &str, name: &'n str) -> &'n str {
    const BEFORE: &[&str] = &[
        "de", "von", "auf", "sur", "der", "från", "fra", "van", "of", "from", "at", "di", "da",
    ];
    const ARTICLES: &[&str] = &[
        "la ", "las ", "los ", "el ", "le ", "les ", "l'", "l’", "der ", "die ", "den ", "dem ",
        "das ", "het ", "the ", "o ", "a ", "os ", "as ",
    ];
    let of = start.rsplit(' ').next().unwrap_or_default();
    let article = ARTICLES.iter().find(|article| name.starts_with(**article));
    match article.filter(|_| BEFORE.contains(&of)) {
        Some(article) => &name[article.len()..],
        None => name,
    }
}

/// `Notes on queues`, `Review: a book`: what stands behind is seldom an event.
fn is_on_a_topic(title: &str) -> bool {
    let said = bare(title);
    ["my", "some", "a", "quick"]
        .iter()
        .fold(&*said, |said, small| {
            said.strip_prefix(small)
                .and_then(|rest| rest.strip_prefix(' '))
                .unwrap_or(said)
        })
        .split_once(' ')
        .is_some_and(|(first, rest)| {
            matches!(first, "review" | "thoughts")
                || first == "notes" && (rest.starts_with("on ") || rest.starts_with("for "))
        })
}

fn stripped(title: &str) -> String {
    let mut name = behind_count(title)
        .unwrap_or(title)
        .trim()
        .trim_start_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric())
        .trim();
    name = name.trim_end_matches(|c: char| !c.is_ascii() && !c.is_alphanumeric() || c == ' ');
    // `4.2. PipeConf`
    let unnumbered = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if let Some(rest) = unnumbered.strip_prefix(' ')
        && name[..name.len() - unnumbered.len()].contains('.')
    {
        name = rest.trim_start();
    }
    loop {
        let before = name;
        let mut next = 0;
        while let Some((n, start)) = TITLE_STARTS.find_from(name, next) {
            next = n + 1;
            let rest = &name[start.len()..];
            if rest.starts_with(SIGNS) {
                name = without_article(start, rest.trim_start_matches(SIGNS));
            }
        }
        next = 0;
        loop {
            let whole =
                name.trim_end_matches([' ', ':', ',', '-', '–', '—', '(', ')', '|', '.', '!']);
            let Some((n, end)) = TITLE_ENDS.find_from(whole, next) else {
                break;
            };
            next = n + 1;
            let at = whole.len() - end.len();
            if at > 0 && whole[..at].ends_with(SIGNS) {
                name = whole[..at].trim_end_matches(SIGNS);
                // `..: a recap`
                if let Some((before, small)) = name.rsplit_once(' ')
                    && ["a", "an", "my", "the", "some", "our", "ein", "mein", "un"]
                        .contains(&small.to_lowercase().as_str())
                    && before.ends_with(SIGNS)
                {
                    name = before.trim_end_matches(SIGNS);
                }
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
    // `QueueConf 2013 - what I saw`: behind the year a place may stand, and no words.
    let head = until_year(name);
    let behind = &name[head.len()..];
    let words = behind.trim_matches(SIGNS).split_whitespace();
    let said = words
        .filter(|word| {
            word.starts_with(char::is_lowercase) || NOT_EVENTS.has(&bare(word)) || has_day(word)
        })
        .count();
    let name = if said > 0 && behind.starts_with([',', ':', ' ', '(']) {
        head
    } else {
        name
    };
    let inner = name
        .strip_prefix(['"', '“', '\''])
        .and_then(|inner| inner.strip_suffix(['"', '”', '\'']));
    inner.unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(title: &str) -> Option<String> {
        Titled::of(title).name([].into_iter()).map(str::to_owned)
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
        let tagged = Titled::of("All Pipes");
        assert_eq!(tagged.name(["Conference"].into_iter()), Some("All Pipes"));
    }
}
