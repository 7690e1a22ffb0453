//! What is no talk though it looks like one: days, tracks, food, thanks, lists of links.

use super::dividers::Dividers;
use super::tables::{COUNTED, FURNITURE, GROUPS, OTHER_POSTS, Words};
use super::tidy::head;
use super::wording::bare;

/// What a line is, by its words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Nothing speaks against a talk.
    Open,
    /// A day, a track, `Ignites`: what stands below may be talks.
    Group,
    /// Introduction, lunch, takeaways: nothing below is a talk.
    Furniture,
}

pub(super) fn sort(line: &str) -> Sort {
    let bare = bare(&line[head(line)..]);
    let undated = if bare.bytes().any(|byte| byte.is_ascii_digit()) {
        let words = bare.split(' ');
        words
            .map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()))
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
            .into()
    } else {
        bare
    };
    // A bare time or number says nothing; what is below it may be anything.
    if undated.is_empty() || matches!(&*undated, "a" | "p" | "h" | "am" | "pm" | "uhr") {
        Sort::Group
    } else if FURNITURE.has(&undated) {
        Sort::Furniture
    } else if GROUPS.has(&undated) {
        Sort::Group
    } else {
        Sort::Open
    }
}

pub(super) fn is_furniture(line: &str) -> bool {
    sort(line) != Sort::Open
}

/// Whether title or tags say that a post holds no notes: a list of podcasts, advice, a tutorial.
pub(super) fn is_about_other_things<'t>(
    title: &str,
    mut tags: impl Iterator<Item = &'t str>,
    names_an_event: bool,
) -> bool {
    let said = bare(title);
    OTHER_POSTS.has_title(&said)
        || counts_things(&said) && !(names_an_event && behind_count(title).is_some())
        || (!names_an_event && tags.any(|tag| OTHER_POSTS.has_tag(&bare(tag))))
}

/// `Nine talks`, `my top 10 technical books`: a list, told by its length.
fn counts_things(bare: &str) -> bool {
    const BEFORE_ORDINALS: &[&str] = &[
        "day", "part", "tag", "dag", "jour", "track", "teil", "del", "week", "talk", "session",
        "dia",
    ];
    let mut words = bare.split(' ');
    let mut before = "";
    while let Some(word) = words.next() {
        let digits =
            (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        if (digits || NUMBERS.has(word))
            && !BEFORE_ORDINALS.contains(&before)
            && words.clone().take(3).any(|word| COUNTED.has(word))
        {
            return true;
        }
        before = word;
    }
    false
}

static NUMBERS: Words = Words::new(|| {
    [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "top", "zwei", "drei", "fünf", "sieben", "zehn", "cinco", "diez", "trois", "cinq", "dix",
        "tre", "fem", "vijf", "tien",
    ]
    .into_iter()
    .collect()
});

/// What stands behind a count of things heard: `QueueConf` of `Three talks I liked at QueueConf`.
pub(super) fn behind_count(title: &str) -> Option<&str> {
    static SIGNS: Dividers =
        Dividers::new(&[" at ", " from ", " bei ", " från ", " fra ", " van "]);
    let (at, sign) = SIGNS.places(title).next()?;
    let at = at + sign.len();
    let said = bare(&title[..at]);
    (said.split(' ').count() <= 6 && counts_things(&said)).then(|| &title[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_is_told_from_talks() {
        for line in [
            "Wrap-up",
            "Day 1",
            "Thursday, 3rd May 2018",
            "Key takeaways:",
            "Ignites",
            "Q&A",
            "Track B",
            "Fazit",
            "Lunch & hallway track",
            "🍕 Food and drinks",
            "12:30",
            "—",
        ] {
            assert!(is_furniture(line), "{line}");
        }
        for line in [
            "Days of Our Pipelines",
            "Lunch with Kafka - Ann Poe of Acme",
            "Questions to ask a queue",
            "Trackers everywhere",
            "Keynote",
        ] {
            assert!(!is_furniture(line), "{line}");
        }
        assert_eq!(sort("Day 1"), Sort::Group);
        assert_eq!(sort("Takeaways"), Sort::Furniture);
    }
}
