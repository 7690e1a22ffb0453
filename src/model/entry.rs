//! An entry made safe, and an entry as the archive holds it.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};

use super::attribution::{Enclosure, Person};
use super::extras::Extras;
use super::ids::{ContentHash, EntryId, Fingerprint};
use super::raw::{EntrySource, Text};
use super::safe_html::SafeHtml;
use super::talk::{Tag, Talk};
use super::talk_link::{TalkLink, links};

/// An entry made safe; see `RawEntry` for each field's origin.
///
/// Texts are plain: no markup, no control characters, white space collapsed. URLs are absolute and of
/// a safe scheme.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What names the entry within its feed; never empty.
    pub(crate) guid: String,
    /// The permalink.
    pub(crate) url: Option<String>,
    /// `None` where the publisher gave none.
    pub(crate) title: Option<String>,
    pub(crate) authors: Vec<Person>,
    /// Out of the archive each once, however it is spelled.
    pub(crate) tags: Vec<Tag>,
    /// As claimed, also when it lies in the future.
    pub(crate) published: Option<DateTime<Utc>>,
    pub(crate) updated: Option<DateTime<Utc>>,
    /// Plain text.
    pub(crate) summary: Option<String>,
    /// Empty where the publisher gave none.
    pub(crate) content: SafeHtml,
    pub(crate) enclosures: Vec<Enclosure>,
    pub(crate) language: Option<String>,
    /// The feed an aggregated entry first stood in.
    pub(crate) source: Option<EntrySource>,
    pub(crate) comments_url: Option<String>,
    /// Whatever else the publisher said of it.
    pub(crate) extras: Option<Box<Extras>>,
    /// The talks the content holds, in its order; empty for a post that is no conference notes.
    pub(crate) talks: Vec<Talk>,
    /// The event the notes were taken at: `DevOpsDays Ghent 2019`.
    pub(crate) event: Option<String>,
    /// Of the entry as published, before cleaning.
    pub(crate) hash: ContentHash,
    /// Of the same; `None` where the entry comes from the archive.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// What the content and summary were before cleaning.
    pub(crate) original: Original,
}

impl Entry {
    /// What its tags are called, in their order.
    pub(crate) fn tag_names(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(|tag| tag.name.as_str())
    }

    /// The date the entry is sorted and shown by, see [`Entry::dated`].
    pub(crate) fn date(&self, first_seen: DateTime<Utc>) -> DateTime<Utc> {
        self.dated(first_seen).0
    }

    /// The date that is used, and the rule that chose it: published, else updated, else first seen; a
    /// claimed date that lies after the moment the entry was first seen counts as that moment, so that a
    /// future date never sticks on top. What was claimed stays as it is.
    pub(crate) fn dated(&self, first_seen: DateTime<Utc>) -> (DateTime<Utc>, DateRule) {
        let (claimed, rule) = match (self.published, self.updated) {
            (Some(published), _) => (published, DateRule::Published),
            (None, Some(updated)) => (updated, DateRule::Updated),
            (None, None) => return (first_seen, DateRule::FirstSeen),
        };
        if claimed > first_seen {
            (first_seen, DateRule::FutureClamped)
        } else {
            (claimed, rule)
        }
    }

    /// A talk's part of the content, balanced.
    pub(crate) fn content_of(&self, talk: &Talk) -> SafeHtml {
        self.content.section(talk.section.clone())
    }

    /// The links of a talk, those in its heading included.
    pub(crate) fn links_of(&self, talk: &Talk) -> Vec<TalkLink> {
        let before = &self.content.as_str()[..talk.section.start];
        let heading = (talk.level > 0).then(|| before.rfind(&format!("<h{}", talk.level)));
        let start = heading.flatten().unwrap_or(talk.section.start);
        let mut links = links(&self.content, start..talk.section.end);
        // Links from one part of the post to another are no links of the talk.
        let own = self.url.as_deref().and_then(|url| url.split('#').next());
        links.retain(|link| {
            link.url
                .split_once('#')
                .is_none_or(|(page, _)| Some(page) != own)
        });
        links
    }
}

/// Which of an entry's dates is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateRule {
    Published,
    Updated,
    FirstSeen,
    /// The claimed date lay in the future when the entry was first seen.
    FutureClamped,
}

impl DateRule {
    /// The word of `date_rule`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Updated => "updated",
            Self::FirstSeen => "first-seen",
            Self::FutureClamped => "future-clamped",
        }
    }
}

/// The untrusted source of an entry's content and summary, kept so that a better cleaner can be run
/// over the past. Never shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) content: Option<Text>,
    pub(crate) summary: Option<Text>,
    /// What relative links were resolved against.
    pub(crate) base: Option<String>,
}

/// An entry with what the archive knows of it.
#[derive(Debug, Clone)]
pub(crate) struct ArchivedEntry {
    pub(crate) id: EntryId,
    /// Shared by the entries that are read together.
    pub(crate) feed: Arc<FeedOfEntry>,
    /// Whether the same guid names another post that came earlier, or another feed's entry that is shown
    /// for this one. `false` also where nobody asked.
    pub(crate) guid_is_taken: bool,
    /// When the archive took it in.
    pub(crate) first_seen: DateTime<Utc>,
    /// With `original` left empty: it stays in the archive. Of a post that came through several feeds the
    /// tags are all of theirs.
    pub(crate) entry: Entry,
    /// Through which other feeds the same post came, by arrival.
    pub(crate) also_in: Vec<AlsoIn>,
}

/// The same post as another feed has it, stored as an entry of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlsoIn {
    pub(crate) id: EntryId,
    /// `Source::key` of the subscription.
    pub(crate) feed_url: String,
    /// As `FeedOfEntry::title`.
    pub(crate) feed_title: Option<String>,
    /// The permalink there.
    pub(crate) url: Option<String>,
}

impl ArchivedEntry {
    /// See [`Entry::date`].
    pub(crate) fn date(&self) -> DateTime<Utc> {
        self.entry.date(self.first_seen)
    }

    /// When it was last written to: the latest of all dates it claims that a calendar can show (years of
    /// four digits), never before [`ArchivedEntry::date`].
    pub(crate) fn changed(&self) -> DateTime<Utc> {
        let claimed = [self.entry.published, self.entry.updated];
        claimed
            .into_iter()
            .flatten()
            .filter(|at| (1..=9999).contains(&at.year()))
            .fold(self.date(), DateTime::max)
    }

    /// See [`Entry::dated`].
    pub(crate) fn dated(&self) -> (DateTime<Utc>, DateRule) {
        self.entry.dated(self.first_seen)
    }
}

/// The feed beside an entry.
#[derive(Debug, Clone)]
pub(crate) struct FeedOfEntry {
    /// `Source::key` of the subscription.
    pub(crate) url: String,
    /// What `url` was before the feed was ever moved: the same for good.
    pub(crate) first_url: String,
    /// The feed's own id (Atom).
    pub(crate) guid: Option<String>,
    /// The person's title for it, else its own; `None` where it has neither.
    pub(crate) title: Option<String>,
    pub(crate) site_url: Option<String>,
    /// Where the feed says it is found.
    pub(crate) self_url: Option<String>,
    pub(crate) rights: Option<String>,
    /// What the feed says of itself as a whole.
    pub(crate) updated: Option<DateTime<Utc>>,
}

/// From when to when an entry said what it says in one of its states, as far as the archive knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// When it was first seen to say it.
    pub(crate) since: DateTime<Utc>,
    /// When a newer state took its place; `None`: it still stands.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// An earlier state of an entry.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    /// When a newer state took its place.
    pub(crate) replaced_at: DateTime<Utc>,
    /// As the publisher had it: with no other tags, and with `original` left empty.
    pub(crate) entry: Entry,
}
