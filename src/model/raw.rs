//! A feed as its publisher wrote it: decoded and given structure, but not one string of it trusted.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::attribution::{Enclosure, Person};
use super::extras::Extras;
use super::polling::PollHints;

/// A document read by `parse`, before `clean` has made it safe.
///
/// Where a field is `None` or empty the document does not say it; nothing is made up here.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawFeed {
    pub(crate) format: FeedFormat,
    /// The encoding the bytes were read in, by its name in the Encoding Standard (`UTF-8`).
    pub(crate) encoding: String,
    /// What decided that: `byte order mark`, `HTTP header`. `None` where the reader does not say.
    pub(crate) encoding_by: Option<&'static str>,
    /// What had to be mended before the document could be read.
    pub(crate) repairs: Vec<Repair>,
    /// Atom `id`; RSS and JSON Feed have none of their own.
    pub(crate) guid: Option<String>,
    /// Atom, RSS and JSON Feed `title`.
    pub(crate) title: Option<Text>,
    /// Atom `subtitle`, RSS `description`, JSON Feed `description`.
    pub(crate) subtitle: Option<Text>,
    /// Atom `link rel=alternate`, RSS `link`, JSON Feed `home_page_url`. May be relative.
    pub(crate) site_url: Option<String>,
    /// Atom `link rel=self`, RSS `atom:link rel=self`, JSON Feed `feed_url`. May be relative.
    pub(crate) self_url: Option<String>,
    /// Atom `author`, RSS `managingEditor` and `dc:creator`, JSON Feed `authors`.
    pub(crate) authors: Vec<Person>,
    /// Atom `xml:lang`, RSS `language`, JSON Feed `language`.
    pub(crate) language: Option<String>,
    /// Atom `rights`, RSS `copyright`.
    pub(crate) rights: Option<Text>,
    /// Atom `generator`, RSS `generator`.
    pub(crate) generator: Option<String>,
    /// Atom `logo` or `icon`, RSS `image/url`, JSON Feed `icon`. May be relative.
    pub(crate) image: Option<String>,
    /// Atom `updated`, RSS `lastBuildDate` or `pubDate`.
    pub(crate) updated: Option<DateTime<Utc>>,
    /// RSS `ttl`, `skipHours`, `skipDays`, and `sy:`.
    pub(crate) hints: PollHints,
    /// Where the feed's older entries are. URLs may be relative.
    pub(crate) pages: PageLinks,
    /// In the document's order.
    pub(crate) entries: Vec<RawEntry>,
    /// Where the feed's own fields were read; see [`RawEntry::origins`].
    pub(crate) origins: Vec<Origin>,
    /// What was there but could not be kept, in the document's order; for people, so not all of very much.
    pub(crate) dropped: Vec<Dropped>,
}

/// Something a document says that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// The element or member, as written: `pubDate`, `date_published`.
    pub(crate) from: Cow<'static, str>,
    /// Its beginning.
    pub(crate) value: String,
    /// A few words: `not a date`.
    pub(crate) why: &'static str,
}

/// Where a field of an entry was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The field's name in `RawEntry`.
    pub(crate) field: &'static str,
    /// The element or member, as written: `dc:date`, `content_html`.
    pub(crate) from: Cow<'static, str>,
}

impl Origin {
    pub(crate) fn new(field: &'static str, from: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field,
            from: from.into(),
        }
    }
}

/// The documents a feed goes on in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PageLinks {
    /// `link rel=prev-archive` in Atom and RSS: an archive document, which never changes (RFC 5005, 4).
    pub(crate) prev_archive: Option<String>,
    /// `link rel=next` in Atom and RSS (RFC 5005, 3), JSON Feed `next_url`: the next page as of now.
    pub(crate) next: Option<String>,
}

/// One entry as published.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawEntry {
    /// What names the entry within its feed: Atom `id`, RSS `guid`, JSON Feed `id`; else the link; else
    /// a hash of title, date and content. The same at every poll. Notes: the file's name. Never empty.
    pub(crate) guid: String,
    /// Atom `link rel=alternate`, RSS `link` or a permalink `guid`, JSON Feed `url`. May be relative.
    pub(crate) url: Option<String>,
    /// Atom, RSS and JSON Feed `title`.
    pub(crate) title: Option<Text>,
    /// Atom `author`, RSS `author` and `dc:creator`, JSON Feed `authors`, front matter `author`.
    pub(crate) authors: Vec<Person>,
    /// Atom `contributor`.
    pub(crate) contributors: Vec<Person>,
    /// Atom and RSS `category`, `dc:subject`, JSON Feed `tags`, front matter `tags` and `categories`.
    pub(crate) categories: Vec<Category>,
    /// Atom `published`, RSS `pubDate`, `dc:date`, JSON Feed `date_published`; of notes the date found.
    pub(crate) published: Option<DateTime<Utc>>,
    /// Atom `updated`, JSON Feed `date_modified`, `dcterms:modified`.
    pub(crate) updated: Option<DateTime<Utc>>,
    /// Atom `summary`, RSS `description` beside a `content:encoded`, JSON Feed `summary`.
    pub(crate) summary: Option<Text>,
    /// Atom `content`, RSS `content:encoded` or `description`, JSON Feed `content_html` or `content_text`.
    pub(crate) content: Option<Text>,
    /// Atom `link rel=enclosure`, RSS `enclosure` and `media:content`, JSON Feed `attachments`. URLs may
    /// be relative.
    pub(crate) enclosures: Vec<Enclosure>,
    /// `xml:lang` in scope, `dc:language`, JSON Feed `language`.
    pub(crate) language: Option<String>,
    /// `xml:base` in scope of the content, as far as the reader resolved it. May be relative.
    pub(crate) base: Option<String>,
    /// Atom `source`, RSS `source`: the feed an aggregated entry first stood in.
    pub(crate) source: Option<EntrySource>,
    /// RSS `comments`, Atom `link rel=replies`. May be relative.
    pub(crate) comments_url: Option<String>,
    /// Whatever else the entry says.
    pub(crate) extras: Option<Box<Extras>>,
    /// The content before damaged text in it was mended; `None` where none was.
    pub(crate) unmended: Option<Text>,
    /// The document ended within it: something of it may be missing.
    pub(crate) is_cut: bool,
    /// What was mended in this entry's own text.
    pub(crate) repairs: Vec<Repair>,
    /// Markdown or a page out of a notes folder; no part of what the entry says.
    pub(crate) is_note: bool,
    /// Where the fields were read, as far as the reader says; no part of what the entry says.
    pub(crate) origins: Vec<Origin>,
}

/// A string with the way it has to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) kind: TextKind,
}

impl Text {
    pub(crate) fn plain(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            kind: TextKind::Plain,
        }
    }

    pub(crate) fn html(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            kind: TextKind::Html,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// Every character means itself.
    Plain,
    /// HTML, as RSS always means it and Atom by `type="html"` and `type="xhtml"`.
    Html,
}

/// A category as published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Category {
    /// Atom `term`, RSS `category`'s text, JSON Feed's tag.
    pub(crate) term: String,
    /// Atom `scheme`, RSS `domain`.
    pub(crate) scheme: Option<String>,
    /// Atom `label`.
    pub(crate) label: Option<String>,
}

impl Category {
    pub(super) fn parts(&self) -> [Option<&str>; 3] {
        [
            Some(&self.term),
            self.scheme.as_deref(),
            self.label.as_deref(),
        ]
    }
}

/// The feed an aggregated entry came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EntrySource {
    /// Atom `source/id`.
    pub(crate) guid: Option<String>,
    /// Atom `source/title`, RSS `source`'s text. HTML, and plain text in an `Entry`.
    pub(crate) title: Option<String>,
    /// Atom `source/link`, RSS `source url`.
    pub(crate) url: Option<String>,
}

/// One kind of mending, and how often it was needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repair {
    /// A stable word with hyphens: `undeclared-entity`, `author-map`.
    pub(crate) kind: &'static str,
    pub(crate) count: u32,
}

/// The dialect a document was written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum FeedFormat {
    Atom03,
    #[default]
    Atom10,
    Rss090,
    Rss091,
    Rss092,
    Rss093,
    Rss094,
    Rss10,
    Rss20,
    Cdf,
    JsonFeed10,
    JsonFeed11,
    Markdown,
}

impl FeedFormat {
    /// Whether the feed's authors wrote every entry that names none: RFC 4287, 4.2.1; JSON Feed 1.1,
    /// `authors`. RSS promises nothing of the kind.
    pub(crate) fn entries_inherit_authors(self) -> bool {
        matches!(
            self,
            Self::Atom03 | Self::Atom10 | Self::JsonFeed10 | Self::JsonFeed11
        )
    }

    /// The word of `_hallway.format`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Atom03 => "atom03",
            Self::Atom10 => "atom10",
            Self::Rss090 => "rss090",
            Self::Rss091 => "rss091",
            Self::Rss092 => "rss092",
            Self::Rss093 => "rss093",
            Self::Rss094 => "rss094",
            Self::Rss10 => "rss10",
            Self::Rss20 => "rss20",
            Self::Cdf => "cdf",
            Self::JsonFeed10 => "json10",
            Self::JsonFeed11 => "json11",
            Self::Markdown => "markdown",
        }
    }
}
