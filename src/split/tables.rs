//! The genre's words, out of text files that say their own notation.

use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::edges::Edges;

/// Nobody sends us what is in it, so it needs no hash that is safe from that.
type HashSet<T> = std::collections::HashSet<T, FixedState>;

/// Words in any order; lines that begin with `#` are remarks.
pub(super) struct Words(LazyLock<HashSet<&'static str>>);

impl Words {
    pub(super) const fn new(read: fn() -> HashSet<&'static str>) -> Self {
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
pub(super) static TITLE_STARTS: LazyLock<Edges> =
    LazyLock::new(|| Edges::starts(longest_first(include_str!("tables/title_starts.txt"))));
pub(super) static TITLE_ENDS: LazyLock<Edges> =
    LazyLock::new(|| Edges::ends(longest_first(include_str!("tables/title_ends.txt"))));

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
    beginnings: Edges,
    words: HashSet<&'static str>,
    beside: HashSet<&'static str>,
}

impl Phrases {
    fn read(table: &'static str) -> Self {
        let (mut whole, mut beginnings) = (HashSet::default(), Vec::new());
        let (mut made_of, mut beside) = (HashSet::default(), HashSet::default());
        for entry in entries(table) {
            if let Some(words) = entry.strip_prefix("+ ") {
                made_of.extend(words.split_whitespace());
            } else if let Some(words) = entry.strip_prefix("= ") {
                beside.extend(words.split_whitespace());
            } else if let Some(beginning) = entry.strip_suffix(" *") {
                beginnings.push(beginning);
            } else {
                whole.insert(entry);
            }
        }
        Self {
            whole,
            beginnings: Edges::starts(beginnings),
            words: made_of,
            beside,
        }
    }

    /// `bare` as [`super::furniture::bare`] makes it, numbers left out.
    pub(super) fn has(&self, bare: &str) -> bool {
        let mut words = bare.split_whitespace();
        let made_of = words
            .clone()
            .all(|word| self.is_word(word) || self.beside.contains(word))
            && words.clone().count() <= 8
            && words.any(|word| self.is_word(word));
        made_of
            || self.whole.contains(bare)
            || self.beginnings.alike(bare).any(|(_, beginning)| {
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
    /// The first words of these, and how many words the longest has.
    first: HashSet<&'static str>,
    longest: usize,
    tags: HashSet<&'static str>,
}

impl Titles {
    fn read(table: &'static str) -> Self {
        let mut read = Self {
            beginnings: HashSet::default(),
            anywhere: HashSet::default(),
            first: HashSet::default(),
            longest: 0,
            tags: HashSet::default(),
        };
        for entry in entries(table) {
            read.longest = read.longest.max(entry.split(' ').count());
            if let Some(tag) = entry.strip_prefix("# ") {
                read.tags.insert(tag);
                continue;
            }
            let (phrases, phrase) = match entry.strip_prefix("^ ") {
                Some(beginning) => (&mut read.beginnings, beginning),
                None => (&mut read.anywhere, entry),
            };
            phrases.insert(phrase);
            read.first.extend(phrase.split(' ').next());
        }
        read
    }

    pub(super) fn has_title(&self, bare: &str) -> bool {
        let mut next = 0;
        bare.split(' ').any(|first| {
            let start = next;
            next += first.len() + 1;
            if !self.first.contains(first) {
                return false;
            }
            let rest = &bare[start..];
            let ends = rest.match_indices(' ').map(|(at, _)| at);
            let mut ends = ends.chain([rest.len()]).take(self.longest);
            ends.any(|end| {
                let phrase = &rest[..end];
                self.anywhere.contains(phrase) || start == 0 && self.beginnings.contains(phrase)
            })
        })
    }

    pub(super) fn has_tag(&self, bare: &str) -> bool {
        self.tags.contains(bare)
    }
}
