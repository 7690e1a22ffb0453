//! The genre's words, out of text files that say their own notation.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words in any order; lines that begin with `#` are remarks.
pub(super) struct Words(LazyLock<HashSet<&'static str>>);

impl Words {
    const fn new(read: fn() -> HashSet<&'static str>) -> Self {
        Self(LazyLock::new(read))
    }

    /// `word` in lower case.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

pub(super) static GIVEN_NAMES: Words = Words::new(|| {
    let mut names = words(include_str!("tables/given_names.txt"));
    names.extend(words(include_str!("tables/more_given_names.txt")));
    names
});
/// Of the words that names have not, those that surnames are all the same.
pub(super) static SURNAMES: Words = Words::new(|| words(include_str!("tables/surnames.txt")));
pub(super) static NOT_NAMES: Words = Words::new(|| words(include_str!("tables/not_names.txt")));
pub(super) static JOBS: Words = Words::new(|| words(include_str!("tables/jobs.txt")));
pub(super) static VERBS: Words = Words::new(|| words(include_str!("tables/verbs.txt")));

/// Words that stand in sentences and not in the names of events.
pub(super) static NOT_EVENTS: Words = Words::new(|| words(include_str!("tables/not_events.txt")));
/// What lists are made of, where a title counts them.
pub(super) static COUNTED: Words = Words::new(|| words(include_str!("tables/counted.txt")));
pub(super) static EVENT_WORDS: Words = Words::new(|| words(include_str!("tables/event_words.txt")));
/// Phrases around an event's name in a title, longest first.
pub(super) static TITLE_STARTS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| longest_first(include_str!("tables/title_starts.txt")));
pub(super) static TITLE_ENDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| longest_first(include_str!("tables/title_ends.txt")));

pub(super) static FURNITURE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("tables/furniture.txt")));
pub(super) static GROUPS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("tables/groups.txt")));
pub(super) static OTHER_POSTS: LazyLock<Titles> =
    LazyLock::new(|| Titles::read(include_str!("tables/other_posts.txt")));

fn words(table: &'static str) -> HashSet<&'static str> {
    entries(table).flat_map(str::split_whitespace).collect()
}

fn entries(table: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = table.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !is_remark(line))
}

fn longest_first(table: &'static str) -> Vec<&'static str> {
    let mut phrases: Vec<&str> = entries(table).collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases
}

/// `# tag` is an entry of one table, so a remark is told by being a sentence or by naming the notation.
fn is_remark(line: &str) -> bool {
    line.starts_with('#') && line.split_whitespace().count() != 2
}

/// Whole lines told by phrases and by the words they are made of.
pub(super) struct Phrases {
    whole: HashSet<&'static str>,
    beginnings: Vec<&'static str>,
    words: HashSet<&'static str>,
    beside: HashSet<&'static str>,
}

impl Phrases {
    fn read(table: &'static str) -> Self {
        let mut read = Self {
            whole: HashSet::new(),
            beginnings: Vec::new(),
            words: HashSet::new(),
            beside: HashSet::new(),
        };
        for entry in entries(table) {
            if let Some(words) = entry.strip_prefix("+ ") {
                read.words.extend(words.split_whitespace());
            } else if let Some(words) = entry.strip_prefix("= ") {
                read.beside.extend(words.split_whitespace());
            } else if let Some(beginning) = entry.strip_suffix(" *") {
                read.beginnings.push(beginning);
            } else {
                read.whole.insert(entry);
            }
        }
        read
    }

    /// `bare` as [`super::furniture::bare`] makes it, numbers left out.
    pub(super) fn has(&self, bare: &str) -> bool {
        let words: Vec<&str> = bare.split_whitespace().collect();
        let made_of = words.len() <= 8
            && words.iter().any(|word| self.is_word(word))
            && words
                .iter()
                .all(|word| self.is_word(word) || self.beside.contains(word));
        made_of
            || self.whole.contains(bare)
            || self.beginnings.iter().any(|beginning| {
                let rest = bare.strip_prefix(beginning);
                rest.is_some_and(|rest| {
                    (rest.is_empty() || rest.starts_with(' '))
                        && rest.split_whitespace().count() <= 4
                })
            })
    }

    /// `wrap-up` stands in the table as people write it.
    fn is_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// Titles and tags of posts of one sort.
pub(super) struct Titles {
    beginnings: HashSet<&'static str>,
    anywhere: HashSet<&'static str>,
    /// How many words the longest of these has.
    longest: usize,
    tags: HashSet<&'static str>,
}

impl Titles {
    fn read(table: &'static str) -> Self {
        let mut read = Self {
            beginnings: HashSet::new(),
            anywhere: HashSet::new(),
            longest: 0,
            tags: HashSet::new(),
        };
        for entry in entries(table) {
            read.longest = read.longest.max(entry.split(' ').count());
            if let Some(tag) = entry.strip_prefix("# ") {
                read.tags.insert(tag);
            } else if let Some(beginning) = entry.strip_prefix("^ ") {
                read.beginnings.insert(beginning);
            } else {
                read.anywhere.insert(entry);
            }
        }
        read
    }

    pub(super) fn has_title(&self, bare: &str) -> bool {
        let starts = std::iter::once(0).chain(bare.match_indices(' ').map(|(at, _)| at + 1));
        starts.into_iter().any(|start| {
            let rest = &bare[start..];
            let ends = rest.match_indices(' ').map(|(at, _)| at);
            ends.chain([rest.len()]).take(self.longest).any(|end| {
                let phrase = &rest[..end];
                self.anywhere.contains(phrase) || start == 0 && self.beginnings.contains(phrase)
            })
        })
    }

    pub(super) fn has_tag(&self, bare: &str) -> bool {
        self.tags.contains(bare)
    }
}
