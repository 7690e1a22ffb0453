//! What people ask for: the query language's plain form, and the shape of its answer.
//!
//! Vocabulary: no SQL and no output format. The text form is read by [`parser::read`].

#[cfg(test)]
mod generate;
mod in_words;
mod mistake;
mod parser;
mod print;
mod rules;
mod times;

use std::io;
use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::model::{ArchivedEntry, Talk, TalkKind};

pub(crate) use in_words::in_words;
pub(crate) use mistake::QueryError;
pub(crate) use parser::{read, read_asked};
pub(crate) use rules::{Aliases, Rule};
pub(crate) use times::{read_since, read_until};

/// What a query's text says: what it selects, and of the whole how much and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) filter: Filter,
    /// `limit:`
    pub(crate) limit: Option<u64>,
    /// `since:last`: only what arrived since the view was last shown.
    pub(crate) since_last: bool,
}

/// A question to the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) filter: Filter,
    pub(crate) by: By,
    pub(crate) sort: Sort,
    /// `None`: all.
    pub(crate) limit: Option<u64>,
    /// At most so many of each feed; `None`: all.
    pub(crate) per_feed: Option<u64>,
    /// What the answer is put together by; the groups come as their first item would.
    pub(crate) group: Group,
    /// Only what arrived later than this (see `Cursor`), and was not read from a feed's past.
    pub(crate) arrived_after: Option<Cursor>,
    /// The view that asks for news; what it was shown elsewhere (see `Cursor`) is none.
    pub(crate) shown_to: Option<String>,
    /// Only what had arrived by then, so that what another run stores meanwhile waits for the next digest.
    pub(crate) arrived_until: Option<Cursor>,
    /// Only entries with larger numbers than the first and no larger ones than the second.
    pub(crate) numbered: Option<(Cursor, Cursor)>,
    /// A post that came through several feeds is one item.
    pub(crate) merge: bool,
}

impl Query {
    pub(crate) fn all() -> Self {
        Self {
            filter: Filter::All,
            by: By::Entry,
            sort: Sort::Newest,
            limit: None,
            per_feed: None,
            group: Group::None,
            numbered: None,
            arrived_after: None,
            shown_to: None,
            arrived_until: None,
            merge: true,
        }
    }
}

/// Up to where somebody has seen what arrived: the number of the last entry they were shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor(pub(crate) i64);

/// A question for changes of feeds' health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct HealthQuery {
    /// Only what nobody was told of yet.
    pub(crate) untold: Option<Untold>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
    /// `None`: all.
    pub(crate) limit: Option<u64>,
}

/// Changes of feeds' health that are to be told of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Untold {
    /// Not those after this one, by their own numbers.
    pub(crate) up_to: Cursor,
    /// A feed that broke later than this may come back by itself: it waits, and if it does nobody is told.
    pub(crate) settled: DateTime<Utc>,
}

/// What one line of the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Entry,
    /// Talks; an entry without talks gives none.
    Talk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// By `Entry::date`, then by arrival.
    Newest,
    Oldest,
    /// How well title, people and text answer the words, titles before people before text; where the
    /// query has no words, as `Newest`.
    Relevance,
}

/// What items of an answer have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Group {
    #[default]
    None,
    /// The day of `Entry::date`, in UTC.
    Day,
    Feed,
    /// Several spellings of an event's name are one, see `event_key`.
    Event,
}

/// Which entries, or with [`By::Talk`] which talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// Full text: title, people and notes of the entry or the talk.
    Text(Words),
    /// Full text in the title of the entry or of one of its talks.
    Title(Words),
    /// Full text in an author's name or address.
    Author(Words),
    /// Full text in a speaker's name.
    Speaker(Words),
    /// `Tag::key` of any tag, whoever put it there; with `prefix` of any tag that begins so.
    Tag {
        key: String,
        prefix: bool,
    },
    /// A part of the feed's title or URL, ignoring case.
    Feed(String),
    /// A part of the event's name, see `is_event_called`.
    Event(String),
    /// A part of the permalink, ignoring case.
    Url(String),
    /// Language: the whole tag or its first part (`en` finds `en-GB`), ignoring case.
    Lang(String),
    /// The talk's kind; of an entry, that it holds such a talk.
    Kind(TalkKind),
    HasEnclosure,
    HasTalks,
    /// Of an entry, that one of its talks has a speaker.
    HasSpeaker,
    HasEvent,
    IsRevised,
    /// The publisher gave no date.
    IsUndated,
    /// Read from the feed's past.
    IsBackfilled,
    /// `Entry::date` at or after.
    From(DateTime<Utc>),
    /// `Entry::date` before.
    Until(DateTime<Utc>),
}

impl Filter {
    /// What selects what all of these select.
    pub(crate) fn all_of(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::All,
            1 => parts.remove(0),
            _ => Self::And(parts),
        }
    }
}

/// Words to be found next to each other, in this order; one word is the usual case. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// As typed, without quotes.
    pub(crate) text: String,
    /// The last word may be the beginning of a word (`deploy*`).
    pub(crate) prefix: bool,
    /// In quotes: just so, without other endings.
    pub(crate) exact: bool,
}

/// A tag or a speaker, with how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// What its spellings have in common.
    pub(crate) key: String,
    /// In its commonest spelling.
    pub(crate) name: String,
    pub(crate) entries: u64,
    /// 0 for a tag.
    pub(crate) talks: u64,
}

/// An event, with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountedEvent {
    /// `Event::key`
    pub(crate) key: String,
    pub(crate) name: String,
    /// The oldest and the newest date of its entries.
    pub(crate) first: DateTime<Utc>,
    pub(crate) last: DateTime<Utc>,
    pub(crate) entries: u64,
    pub(crate) talks: u64,
    pub(crate) feeds: u64,
}

/// What stands above the items of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DigestHead {
    /// What the digest is called: the query or the view.
    pub(crate) title: String,
    /// When the newest change among the items was, by `ArchivedEntry::changed`: an output's own date, so
    /// that the same answer gives the same bytes. `None` when there are no items, and to a digest that
    /// does not want it.
    pub(crate) updated: Option<DateTime<Utc>>,
}

/// One line of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    Entry(&'a ArchivedEntry),
    Talk(&'a ArchivedEntry, &'a Talk),
}

impl<'a> Item<'a> {
    /// The entry, or the one the talk stands in.
    pub(crate) fn entry(&self) -> &'a ArchivedEntry {
        match self {
            Self::Entry(entry) | Self::Talk(entry, _) => entry,
        }
    }
}

/// Where an item answers the words of the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// `None` where no text answers them, as when a title alone does.
    pub(crate) snippet: Option<Snippet>,
    /// Of an entry: how many of its talks `By::Talk` would give. `None` where the question asks nothing
    /// that one talk answers and another does not, or the entry has no talks.
    pub(crate) talks: Option<usize>,
}

/// A piece of plain text on one line, cut by words, with an ellipsis where the text goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) text: String,
    /// The words that were asked for, as bytes of `text`, in order and apart.
    pub(crate) marks: Vec<Range<usize>>,
}

impl Snippet {
    /// The text with something before and after each marked word.
    pub(crate) fn with_marks(&self, before: &str, after: &str) -> String {
        let mut marked = String::with_capacity(self.text.len() + 16);
        let mut at = 0;
        for mark in &self.marks {
            marked.push_str(&self.text[at..mark.start]);
            marked.push_str(before);
            marked.push_str(&self.text[mark.clone()]);
            marked.push_str(after);
            at = mark.end;
        }
        marked.push_str(&self.text[at..]);
        marked
    }
}

/// What not every digest shows, and what costs something to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// The digest's own date, for [`Digest::begin`]: a second walk over the items.
    Date,
    /// `ArchivedEntry::guid_is_taken`: a look for each guid.
    Ids,
    /// An entry's language, comments, source and extras: few have any, and to see that costs a twentieth of
    /// an answer.
    Details,
    /// [`Digest::found`] for each item: reading its text once more.
    Found,
}

/// Takes a digest in as it comes out of the archive, item by item: an output format, or a test.
/// Called in this order: `begin` once, `item` for each with `group` before the first of each group,
/// `end` once.
pub(crate) trait Digest {
    /// What is not wanted is not told.
    fn wants(&self, what: Want) -> bool {
        what != Want::Found
    }

    fn begin(&mut self, head: &DigestHead) -> io::Result<()>;
    fn item(&mut self, item: Item<'_>) -> io::Result<()>;
    /// Of the item that comes next.
    fn found(&mut self, _: Found) {}
    /// What the items that follow have in common; formats without headings leave it out.
    fn group(&mut self, _heading: &str) -> io::Result<()> {
        Ok(())
    }
    fn end(&mut self) -> io::Result<()>;
}
