//! Which of the entries that come under a guid nobody knows are held under another one: the feed's
//! program changed how it makes them, or the feed moved to another program. Pure.
//!
//! What a feed still says under its old guid is not asked: two in one document are two. Of the rest, that
//! two have something in common proves little: every `Weekly links` has the same title, a link blog's
//! entries may all link to its home page, a podcast has the same words under each episode. So a link
//! counts only where one held entry and one new one have it, and nothing counts alone:
//!
//! | In common | It is the same entry when also |
//! | --- | --- |
//! | link | the text is alike, and the title or the date; or the date, or the title and all that is known |
//! | title | the text, of more than a few words, and no other date; in a move also less |
//! | text | the date; in a move also less |
//!
//! A move: most of what a document holds is unknown at once, so that each entry vouches for the others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use super::renames::Likeness;
use crate::model::canonical_link;

/// So many unknown entries at once make a move, if they are most of a document.
const MOVE: usize = 3;
/// So many entries of a feed are looked at for titles, the newest.
const MOST_HELD: usize = 5_000;
/// The same for entries without any date, when there is no move.
const MOST_UNDATED: usize = 500;
/// Held entries with the same title or date that are compared with a new one.
const MOST_SHARING: usize = 64;
/// Programs disagree by some hours on an instant whose time zone they lost; past this it is another one.
const OTHER_DATE: TimeDelta = TimeDelta::hours(15);

/// What tells an entry, apart from its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Post {
    /// [`canonical_link`]
    link: Option<String>,
    /// The address to the letter but for its scheme: with a fragment it may tell what the link does not.
    place: Option<String>,
    /// Letters and digits only, in lower case; `None` where there are none.
    title: Option<String>,
    published: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
}

impl Post {
    pub(crate) fn of(
        url: Option<&str>,
        title: Option<&str>,
        published: Option<DateTime<Utc>>,
        updated: Option<DateTime<Utc>>,
    ) -> Self {
        let title = title.map(|title| {
            let letters = title.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        });
        let link = url.and_then(canonical_link);
        let place = url.and_then(|url| url.split_once("://"));
        Self {
            place: place
                .filter(|_| link.is_some())
                .map(|(_, rest)| rest.to_owned()),
            link,
            title: title.filter(|title| !title.is_empty()),
            published,
            updated,
        }
    }

    /// What it is sorted by in the archive, where it says so itself.
    pub(crate) fn date(&self) -> Option<DateTime<Utc>> {
        self.published.or(self.updated)
    }
}

/// What a text is recognised by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wording {
    /// Of its words; `None` where there are none.
    hash: Option<u64>,
    /// `None` where they are few.
    likeness: Option<Likeness>,
}

impl Wording {
    pub(crate) fn of(text: &str) -> Self {
        let mut words = text.split_whitespace().peekable();
        let hash = words.peek().is_some().then(|| {
            let mut hasher = DefaultHasher::new();
            words.for_each(|word| word.hash(&mut hasher));
            hasher.finish()
        });
        Self {
            hash,
            likeness: Likeness::of_text(text),
        }
    }
}

/// How two things stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kinship {
    Other,
    /// At least one of them does not say.
    Unknown,
    /// Of texts: edited. Of dates: by some hours.
    Near,
    Same,
}

use Kinship::{Near, Other, Same, Unknown};

/// How an entry that is held stands to a new one; greater is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    /// Only these two have it.
    link: bool,
    text: Kinship,
    date: Kinship,
    title: Kinship,
    /// The text is of more than a few words.
    is_long: bool,
    /// Nothing else that was looked at has the text.
    only_text: bool,
    /// Nor the title.
    only_title: bool,
}

impl Pair {
    fn is_one(self, is_move: bool) -> bool {
        let Self {
            text, date, title, ..
        } = self;
        if self.link {
            return match text {
                Same | Near => title != Other || date == Same || (date == Unknown && self.is_long),
                Unknown => {
                    (title == Same && (is_move || date != Other))
                        || (title != Other && date == Same)
                }
                Other => match date {
                    Same => is_move || title != Other,
                    Near | Unknown => is_move && title == Same,
                    Other => false,
                },
            };
        }
        let by_title = title == Same
            && match (text, date) {
                (Same, Same) => self.is_long || is_move,
                (Same, Near | Unknown) => self.is_long || (is_move && self.only_title),
                (Same, Other) => is_move && self.is_long && self.only_text,
                (Near, Same) => true,
                (Near, Near | Unknown) => is_move,
                (Other | Unknown, Same) => is_move && self.only_title,
                _ => false,
            };
        let by_text = title != Same
            && self.only_text
            && match (text, date) {
                (Same, Same) => self.is_long || title == Unknown,
                (Near, Same) | (Same, Unknown) => is_move && self.is_long,
                _ => false,
            };
        by_title || by_text
    }
}

/// Whether so many unknown entries of a document are a move.
pub(crate) fn is_move(unknown: usize, document: usize) -> bool {
    unknown >= MOVE && unknown * 2 > document
}

/// How many of a feed's newest entries are to be looked at, beside those that share a link or a date with
/// a new one.
pub(crate) fn newest_to_compare(new: &[Post], is_move: bool) -> usize {
    match () {
        () if is_move => MOST_HELD,
        () if new.iter().any(|post| post.date().is_none()) => MOST_UNDATED,
        () => 0,
    }
}

/// Pairs new entries with those held that they are, as places in `new` and `held`. Each is used once.
///
/// * `held`: oldest first; with whether the document still has it.
/// * `wording`: of a held entry; asked only where it may matter.
pub(crate) fn republished<E>(
    held: &[(Post, bool)],
    new: &[(Post, Wording)],
    is_move: bool,
    mut wording: impl FnMut(usize) -> Result<Wording, E>,
) -> Result<Vec<(usize, usize)>, E> {
    let common = Common::of(held, new);
    let by_text = is_move && !new.iter().all(|(post, _)| is_newer(post, held));
    // What is far back in the past is not what a document begins with again.
    let recent = by_text.then(|| new.len() * 4 + MOST_SHARING);
    let recent: Vec<usize> = (0..held.len())
        .rev()
        .filter(|&at| !held[at].1)
        .take(recent.unwrap_or_default())
        .collect();
    let mut texts: HashMap<usize, Wording> = HashMap::new();
    let mut candidates = Vec::new();
    for (place, (post, _)) in new.iter().enumerate() {
        let mut near = common.near(post, held, is_move);
        near.extend(&recent);
        near.sort_unstable();
        near.dedup();
        for at in near {
            if let std::collections::hash_map::Entry::Vacant(vacant) = texts.entry(at) {
                vacant.insert(wording(at)?);
            }
            candidates.push((place, at));
        }
    }
    let mut having: HashMap<u64, usize> = HashMap::new();
    for hash in texts.values().filter_map(|text| text.hash) {
        *having.entry(hash).or_default() += 1;
    }
    let mut saying: HashMap<u64, usize> = HashMap::new();
    for hash in new.iter().filter_map(|(_, text)| text.hash) {
        *saying.entry(hash).or_default() += 1;
    }
    let only = |counts: &HashMap<u64, usize>, text: &Wording| {
        text.hash
            .is_none_or(|hash| counts.get(&hash).is_none_or(|count| *count == 1))
    };
    let mut pairs = Vec::new();
    for (place, at) in candidates {
        let ((post, text), (old, _), old_text) = (&new[place], &held[at], &texts[&at]);
        let pair = Pair {
            link: common.is_link(post, old),
            text: of_texts(text, old_text),
            date: of_dates(post, old),
            title: of_titles(post, old),
            is_long: text.likeness.is_some() && old_text.likeness.is_some(),
            only_text: only(&saying, text) && only(&having, old_text),
            only_title: common.has_only_title(post),
        };
        if pair.is_one(is_move) {
            pairs.push((pair, place, at));
        }
    }
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.0));
    let (mut taken, mut used) = (vec![false; new.len()], vec![false; held.len()]);
    pairs.retain(|&(_, place, at)| {
        let free = !taken[place] && !used[at];
        if free {
            (taken[place], used[at]) = (true, true);
        }
        free
    });
    Ok(pairs
        .into_iter()
        .map(|(_, place, at)| (place, at))
        .collect())
}

/// Dated after everything that is held: no entry that was there before.
fn is_newer(post: &Post, held: &[(Post, bool)]) -> bool {
    let newest = held.iter().filter_map(|(old, _)| old.published).max();
    match (post.published, newest) {
        (Some(published), Some(newest)) => published > newest,
        _ => false,
    }
}

/// What entries have in common with others.
struct Common<'a> {
    links: Shared<'a>,
    places: Shared<'a>,
    titles: Shared<'a>,
    /// Held entries that the document has no more.
    by_date: HashMap<DateTime<Utc>, Vec<usize>>,
}

/// Where something stands: in how many new entries, in which of those held.
#[derive(Default)]
struct Shared<'a>(HashMap<&'a str, (usize, Vec<usize>)>);

impl<'a> Shared<'a> {
    fn of(
        held: &'a [(Post, bool)],
        new: &'a [(Post, Wording)],
        part: impl Fn(&'a Post) -> Option<&'a str>,
    ) -> Self {
        let mut shared = Self::default();
        for part in new.iter().filter_map(|(post, _)| part(post)) {
            shared.0.entry(part).or_default().0 += 1;
        }
        for (at, (post, _)) in held.iter().enumerate() {
            if let Some(found) = part(post).and_then(|part| shared.0.get_mut(part)) {
                found.1.push(at);
            }
        }
        shared
    }

    fn holding(&self, part: Option<&str>) -> &[usize] {
        let found = part.and_then(|part| self.0.get(part));
        found.map_or(&[], |(_, held)| held.as_slice())
    }

    /// One new entry has it, and at most one that is held.
    fn is_of_one(&self, part: Option<&str>) -> bool {
        part.and_then(|part| self.0.get(part))
            .is_some_and(|(new, held)| *new == 1 && held.len() <= 1)
    }
}

impl<'a> Common<'a> {
    fn of(held: &'a [(Post, bool)], new: &'a [(Post, Wording)]) -> Self {
        let mut by_date: HashMap<DateTime<Utc>, Vec<usize>> = HashMap::new();
        for (at, (post, is_here)) in held.iter().enumerate() {
            if let Some(date) = post.date().filter(|_| !is_here) {
                by_date.entry(date).or_default().push(at);
            }
        }
        Self {
            links: Shared::of(held, new, |post| post.link.as_deref()),
            places: Shared::of(held, new, |post| post.place.as_deref()),
            titles: Shared::of(held, new, |post| post.title.as_deref()),
            by_date,
        }
    }

    fn is_link(&self, post: &Post, old: &Post) -> bool {
        let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
        let (link, place) = (post.link.as_deref(), post.place.as_deref());
        (same(link, old.link.as_deref()) && self.links.is_of_one(link))
            || (same(place, old.place.as_deref()) && self.places.is_of_one(place))
    }

    fn has_only_title(&self, post: &Post) -> bool {
        self.titles.is_of_one(post.title.as_deref())
    }

    /// The held entries that may be this new one.
    fn near(&self, post: &Post, held: &[(Post, bool)], is_move: bool) -> Vec<usize> {
        let is_gone = |at: &&usize| !held[**at].1;
        let mut near: Vec<usize> = Vec::new();
        for found in [
            self.links.holding(post.link.as_deref()),
            self.places.holding(post.place.as_deref()),
        ] {
            let linked = found.iter().filter(is_gone);
            near.extend(linked.filter(|at| self.is_link(post, &held[**at].0)));
        }
        let dated = post.date().and_then(|date| self.by_date.get(&date));
        near.extend(dated.into_iter().flatten().take(MOST_SHARING));
        let titled = self.titles.holding(post.title.as_deref()).iter().rev();
        let titled = titled
            .filter(is_gone)
            .filter(|at| is_move || of_dates(post, &held[**at].0) != Other);
        near.extend(titled.take(MOST_SHARING));
        near
    }
}

fn of_texts(a: &Wording, b: &Wording) -> Kinship {
    match (a.hash, b.hash) {
        (None, _) | (_, None) => Unknown,
        (Some(a), Some(b)) if a == b => Same,
        _ => match (&a.likeness, &b.likeness) {
            (Some(a), Some(b)) if a.is_like(b) => Near,
            _ => Other,
        },
    }
}

fn of_titles(a: &Post, b: &Post) -> Kinship {
    match (&a.title, &b.title) {
        (Some(a), Some(b)) if a == b => Same,
        (Some(_), Some(_)) => Other,
        // Without a title on both sides, as on microblogs.
        (None, None) => Unknown,
        _ => Other,
    }
}

/// What a program says of the last change proves nothing where it differs.
fn of_dates(a: &Post, b: &Post) -> Kinship {
    match (a.published, b.published) {
        (Some(a), Some(b)) if a == b => Same,
        (Some(a), Some(b)) if (a - b).abs() < OTHER_DATE => Near,
        (Some(_), Some(_)) => Other,
        _ if a.date().is_some() && a.date() == b.date() => Same,
        _ => Unknown,
    }
}

#[cfg(test)]
mod tests;
