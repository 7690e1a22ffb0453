//! The event that notes were taken at, out of the post's title.

use super::furniture::bare;

/// Words that name a kind of event, alone or as a word's beginning or end.
const KINDS: &[&str] = &[
    "devopsdays",
    "conference",
    "conf",
    "summit",
    "camp",
    "meetup",
    "meeting",
    "unconference",
    "fest",
    "festival",
    "forum",
    "symposium",
    "congress",
    "expo",
    "con",
    "days",
    "day",
    "world",
    "jam",
    "barcamp",
    "kubecon",
    "fosdem",
    "connect",
    "week",
    "retreat",
];

/// Ends of words that do: `QueueConf`, `PipeCon`.
const ENDINGS: &[&str] = &[
    "conf", "con", "camp", "fest", "days", "summit", "meetup", "cast",
];

/// Tags that say the post is of an event.
const TAGS: &[&str] = &[
    "conference",
    "conferences",
    "conf",
    "meetup",
    "meetups",
    "event",
    "events",
    "devopsdays",
    "unconference",
    "barcamp",
];

const BEGINNINGS: &[&str] = &[
    "my notes from ",
    "my notes on ",
    "some notes from ",
    "notes from ",
    "notes on ",
    "notes of ",
    "notes: ",
    "notes - ",
    "looking back at ",
    "looking back on ",
    "recap: ",
    "recap of ",
    "a recap of ",
    "review: ",
    "review of ",
    "trip report: ",
    "summary of ",
    "takeaways from ",
    "thoughts on ",
    "impressions from ",
    "highlights from ",
    "report from ",
    "back from ",
    "attending ",
    "day one of ",
    "day two of ",
    "day 1 of ",
    "day 2 of ",
    "the ",
];

const ENDINGS_OF_TITLES: &[&str] = &[
    "random notes",
    "my notes",
    "notes",
    "recap",
    "summary",
    "review",
    "report",
    "trip report",
    "wrap-up",
    "wrap up",
    "takeaways",
    "highlights",
    "retrospective",
    "thoughts",
    "impressions",
    "day one",
    "day two",
    "day three",
    "day 1",
    "day 2",
    "day 3",
    "day 4",
    "part 1",
    "part 2",
    "part 3",
    "part one",
    "part two",
    "part i",
    "part ii",
    "first day",
    "second day",
];

/// The event's name, where the title, its date or a tag say that there was an event.
pub(super) fn name<'t>(title: &str, tags: impl Iterator<Item = &'t str>) -> Option<String> {
    let undated = without_date(title);
    let name = stripped(&undated);
    let dated = undated != title;
    let mut tags = tags;
    let said = dated || names_a_kind(&name) || tags.any(|tag| TAGS.contains(&bare(tag).as_str()));
    (said && !name.is_empty() && name.split_whitespace().count() <= 8).then_some(name)
}

fn names_a_kind(name: &str) -> bool {
    bare(name).split(' ').any(|word| {
        KINDS.contains(&word)
            || ENDINGS
                .iter()
                .any(|end| word.len() > end.len() + 2 && word.ends_with(end))
    })
}

fn stripped(title: &str) -> String {
    const SIGNS: [char; 9] = [' ', ':', ',', '-', '–', '—', '(', ')', '|'];
    let mut name = title.trim();
    loop {
        let before = name;
        for start in BEGINNINGS {
            if name
                .get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start))
            {
                name = name[start.len()..].trim_start();
            }
        }
        for end in ENDINGS_OF_TITLES {
            let whole = name.trim_end_matches(SIGNS);
            let Some(at) = whole.len().checked_sub(end.len()) else {
                continue;
            };
            let fits = whole
                .get(at..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end));
            if fits && at > 0 && whole[..at].ends_with(SIGNS) {
                name = whole[..at].trim_end_matches(SIGNS);
            }
        }
        if name == before {
            return name.to_owned();
        }
    }
}

/// Without a full date in digits (`02/06/2020`, `2020-02-06`); a year alone stays.
fn without_date(title: &str) -> String {
    let is_date = |word: &str| {
        let parts: Vec<&str> = word
            .trim_matches(['(', ')', ','])
            .split(['/', '-', '.'])
            .collect();
        parts.len() == 3
            && parts.iter().all(|part| {
                (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
            })
            && parts.iter().any(|part| part.len() == 4)
    };
    let words: Vec<&str> = title.split(' ').collect();
    let kept: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !is_date(word))
        .collect();
    kept.join(" ")
        .trim_end_matches([' ', ',', '-', '–', ':'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(name(title, [].into_iter()).as_deref(), Some(event));
        }
        assert_eq!(name("All about pipes", [].into_iter()), None);
        assert_eq!(
            name("All Pipes", ["Conference"].into_iter()).unwrap(),
            "All Pipes"
        );
    }
}
