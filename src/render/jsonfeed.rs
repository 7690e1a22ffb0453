//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).
//!
//! [`parsed`] is what `hallway parse` prints: a document as it was read, with what had to be decided on
//! the way under `_hallway`. [`JsonFeed`] is an answer as one combined feed.

use std::io::{self, Write};

use serde::Serialize;

use super::Settings;
use super::identity::Identities;
use super::wording::{self, rfc3339};
use crate::model::{
    ArchivedEntry, Contributor, Entry, Event, Extension, ExtraLink, Extras, Feed, FeedFormat,
    InReplyTo, MediaObject, Person, Repair, SourceFacts, Talk, TalkLink,
};

/// How a document was read.
pub(crate) struct Reading<'a> {
    pub(crate) format: FeedFormat,
    pub(crate) encoding: &'a str,
    pub(crate) repairs: &'a [Repair],
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    _hallway: FeedFacts<'a>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct FeedFacts<'a> {
    format: &'static str,
    encoding: &'a str,
    repairs: Vec<RepairFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<&'a str>,
}

#[derive(Serialize)]
struct RepairFact {
    kind: &'static str,
    count: u32,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    content_html: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    _hallway: EntryFacts<'a>,
}

#[derive(Serialize)]
struct Author<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct EntryFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedOfItem<'a>>,
    /// The other feeds that brought the same post.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_in: Vec<AlsoInFact<'a>>,
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_facts: Option<EventFacts>,
    talks: Vec<TalkFacts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceOfItem<'a>>,
    /// Whatever else was said, by the names of `Extras`.
    #[serde(flatten)]
    extras: Option<OtherFacts<'a>>,
}

/// The feed an item was copied from.
#[derive(Serialize)]
struct SourceOfItem<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(flatten)]
    facts: Option<&'a SourceFacts>,
}

#[derive(Serialize)]
struct OtherFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    licenses: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    contributors: &'a [Contributor],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    links: &'a [ExtraLink],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    in_reply_to: &'a [InReplyTo],
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    places: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    media: &'a [MediaObject],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    extensions: &'a [Extension],
}

/// The feed an item of a combined feed comes from.
#[derive(Serialize)]
struct FeedOfItem<'a> {
    id: String,
    title: String,
    url: Option<String>,
    site_url: Option<String>,
    updated: Option<String>,
    rights: Option<&'a str>,
}

#[derive(Serialize)]
struct AlsoInFact<'a> {
    feed_url: Option<String>,
    feed_title: Option<&'a str>,
}

#[derive(Serialize)]
struct TalkFacts<'a> {
    title: &'a str,
    speakers: &'a [String],
    anchor: Option<&'a str>,
    level: u8,
    kind: &'static str,
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkFacts>,
}

#[derive(Serialize)]
struct LinkFacts {
    url: String,
    kind: &'static str,
}

/// What the event's name, the tags, the URL and the date say of it.
#[derive(Serialize)]
struct EventFacts {
    name: String,
    place: Option<String>,
    year: Option<i32>,
    day: Option<u8>,
    /// What events are compared by.
    key: String,
}

/// Writes a parsed document, its entries cleaned and split.
pub(crate) fn parsed(feed: &Feed, reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        // Required by the format; a feed without a title says so with an empty one.
        title: feed.title.as_deref().unwrap_or_default(),
        home_page_url: feed.site_url.as_deref(),
        feed_url: feed.self_url.as_deref(),
        description: feed.subtitle.as_deref(),
        icon: feed.image.as_deref(),
        authors: feed.authors.iter().map(author).collect(),
        language: feed.language.as_deref(),
        _hallway: FeedFacts {
            format: reading.format.word(),
            encoding: reading.encoding,
            repairs: reading.repairs.iter().map(repair).collect(),
            id: feed.guid.as_deref(),
            updated: feed.updated.and_then(rfc3339),
            rights: feed.rights.as_deref(),
        },
        items: feed.entries.iter().map(item).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn item(entry: &Entry) -> Item<'_> {
    Item {
        id: &entry.guid,
        url: entry.url.as_deref(),
        title: entry.title.as_deref(),
        content_html: entry.content.as_str(),
        summary: entry.summary.as_deref(),
        image: entry
            .extras
            .as_deref()
            .and_then(|extras| extras.image.as_deref()),
        date_published: entry.published.and_then(rfc3339),
        date_modified: entry.updated.and_then(rfc3339),
        authors: entry.authors.iter().map(author).collect(),
        tags: entry.tags.iter().map(|tag| tag.name.as_str()).collect(),
        language: entry.language.as_deref(),
        attachments: entry
            .enclosures
            .iter()
            .map(|enclosure| Attachment {
                url: &enclosure.url,
                // Required by the format; this type is its word for "unknown".
                mime_type: enclosure
                    .media_type
                    .as_deref()
                    .unwrap_or("application/octet-stream"),
                size_in_bytes: enclosure.length,
            })
            .collect(),
        _hallway: EntryFacts {
            feed: None,
            also_in: Vec::new(),
            event: entry.event.as_deref(),
            event_facts: Event::of(entry).map(event),
            talks: entry.talks.iter().map(|of| talk(entry, of)).collect(),
            comments_url: entry.comments_url.as_deref(),
            source: source(entry),
            extras: entry.extras.as_deref().map(others),
        },
    }
}

fn source(entry: &Entry) -> Option<SourceOfItem<'_>> {
    let source = entry.source.as_ref();
    let facts = entry
        .extras
        .as_deref()
        .and_then(|extras| extras.source.as_ref());
    if source.is_none() && facts.is_none() {
        return None;
    }
    Some(SourceOfItem {
        id: source.and_then(|source| source.guid.as_deref()),
        title: source.and_then(|source| source.title.as_deref()),
        url: source.and_then(|source| source.url.as_deref()),
        facts,
    })
}

fn others(extras: &Extras) -> OtherFacts<'_> {
    OtherFacts {
        rights: extras.rights.as_deref(),
        licenses: &extras.licenses,
        contributors: &extras.contributors,
        links: &extras.links,
        in_reply_to: &extras.in_reply_to,
        comments: extras.comments,
        places: &extras.places,
        media: &extras.media,
        extensions: &extras.extensions,
    }
}

/// JSON Feed knows no mail addresses; a `mailto:` address is the specification's own suggestion.
fn author(person: &Person) -> Author<'_> {
    let mail = || person.email.as_ref().map(|email| format!("mailto:{email}"));
    Author {
        name: person.name.as_deref(),
        url: person.uri.clone().or_else(mail),
    }
}

fn repair(repair: &Repair) -> RepairFact {
    RepairFact {
        kind: repair.kind,
        count: repair.count,
    }
}

fn event(event: Event) -> EventFacts {
    EventFacts {
        key: event.key(),
        name: event.name,
        place: event.place,
        year: event.year,
        day: event.day,
    }
}

fn talk<'a>(entry: &Entry, talk: &'a Talk) -> TalkFacts<'a> {
    let link = |link: TalkLink| LinkFacts {
        url: link.url,
        kind: link.kind.word(),
    };
    TalkFacts {
        links: entry.links_of(talk).into_iter().map(link).collect(),
        title: &talk.title,
        speakers: &talk.speakers,
        anchor: talk.anchor.as_deref(),
        level: talk.level,
        kind: talk.kind.word(),
        url: talk.url.as_deref(),
    }
}

/// An answer as one combined feed, an item a line.
pub(super) struct JsonFeed<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    identities: Identities,
    is_empty: bool,
}

impl<'a> JsonFeed<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        Self {
            settings,
            out,
            identities: Identities::default(),
            is_empty: true,
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let id = self.identities.entry(archived);
        let link = wording::entry_link(&archived.entry);
        self.write(&combined(archived, &id, link.as_deref()))
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let id = self.identities.talk(archived, talk);
        let title = wording::talk_line(talk);
        let content = archived.entry.content_of(talk);
        let link = wording::talk_link(talk);
        let mut item = combined(archived, &id, link.as_deref());
        item.title = Some(&title);
        item.content_html = content.as_str();
        item.summary = None;
        item.attachments = Vec::new();
        item._hallway.talks = talk_facts(&archived.entry, talk);
        self.write(&item)
    }

    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        let before: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.out.write_all(before)?;
        self.is_empty = false;
        Ok(serde_json::to_writer(&mut *self.out, item)?)
    }
}

fn talk_facts<'a>(entry: &Entry, of: &'a Talk) -> Vec<TalkFacts<'a>> {
    let mut facts = talk(entry, of);
    // The item's own address says it, where others can follow it.
    facts.url = None;
    vec![facts]
}

/// An item that others may read: links that lead somewhere, an id that is theirs alone, and its feed.
fn combined<'a>(archived: &'a ArchivedEntry, id: &'a str, link: Option<&'a str>) -> Item<'a> {
    let entry = &archived.entry;
    let feed = &archived.feed;
    let mut item = item(entry);
    item.id = id;
    item.url = link;
    // A dated item is sorted by its date; one without would be "now" in many readers, each time anew.
    item.date_published = rfc3339(entry.published.unwrap_or_else(|| archived.date()));
    item.tags = wording::tags(entry);
    item.attachments
        .retain(|attachment| wording::web(attachment.url).as_deref() == Some(attachment.url));
    for author in &mut item.authors {
        author.url = author.url.take().filter(|url| {
            url.starts_with("mailto:") && super::atom::is_address(&url[7..])
                || wording::web(url).is_some()
        });
    }
    item.authors
        .retain(|author| author.name.is_some() || author.url.is_some());
    for talk in &mut item._hallway.talks {
        talk.url = talk.url.filter(|url| wording::web(url).is_some());
    }
    // What leads somewhere else is for who parses a feed; a combined feed says what others can use.
    item._hallway.comments_url = None;
    item._hallway.extras = None;
    item._hallway.source = None;
    item.image = item
        .image
        .filter(|url| wording::web(url).as_deref() == Some(*url));
    let others = archived.also_in.iter().map(|other| AlsoInFact {
        feed_url: wording::web(&other.feed_url),
        feed_title: other.feed_title.as_deref(),
    });
    item._hallway.also_in = others.collect();
    item._hallway.feed = Some(FeedOfItem {
        id: super::identity::feed(feed),
        title: wording::feed_name(feed).into_owned(),
        url: wording::web(&feed.url),
        site_url: feed.site_url.as_deref().and_then(wording::web),
        updated: feed.updated.and_then(rfc3339),
        rights: feed.rights.as_deref(),
    });
    item
}

impl crate::query::Digest for JsonFeed<'_> {
    fn begin(&mut self, head: &crate::query::DigestHead) -> io::Result<()> {
        let title = serde_json::to_string(&head.title)?;
        write!(
            self.out,
            "{{\n\"version\": \"https://jsonfeed.org/version/1.1\",\n\"title\": {title},\n"
        )?;
        let own = self.settings.self_url.as_ref();
        if let Some(url) = own.and_then(|url| wording::web(url.as_str())) {
            let url = serde_json::to_string(&url)?;
            writeln!(self.out, "\"feed_url\": {url},")?;
        }
        self.out.write_all(b"\"items\": [")
    }

    fn item(&mut self, item: crate::query::Item<'_>) -> io::Result<()> {
        match item {
            crate::query::Item::Entry(entry) => self.entry(entry),
            crate::query::Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let end: &[u8] = if self.is_empty {
            b"]\n}\n"
        } else {
            b"\n]\n}\n"
        };
        self.out.write_all(end)
    }
}
