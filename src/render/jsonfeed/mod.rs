//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).
//!
//! [`parsed`] is what `hallway parse` prints: a document as it was read, with what had to be decided on
//! the way under `_hallway`. [`JsonFeed`] is an answer as one combined feed. Here is what the items of
//! both have in common.

mod combined;
mod parsed;

use std::borrow::Cow;

use serde::Serialize;

use super::wording::rfc3339;
use crate::model::{Category, Entry, Event, Person, Talk, TalkLink};

pub(super) use combined::JsonFeed;
pub(crate) use parsed::{Reading, parsed};

const VERSION: &str = "https://jsonfeed.org/version/1.1";

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
    url: Cow<'a, str>,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

/// What JSON Feed has no word for.
#[derive(Serialize)]
struct EntryFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedOfItem<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributors: Vec<Author<'a>>,
    /// Of the tags those that are more than a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryFacts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceFacts<'a>>,
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_facts: Option<EventFacts>,
    talks: Vec<TalkFacts<'a>>,
}

#[derive(Serialize)]
struct CategoryFacts<'a> {
    term: &'a str,
    scheme: Option<&'a str>,
    label: Option<&'a str>,
}

/// The feed an aggregated entry first stood in, as its publisher says.
#[derive(Serialize)]
struct SourceFacts<'a> {
    id: Option<&'a str>,
    title: Option<&'a str>,
    url: Option<&'a str>,
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
    /// Through which feed the entry came here, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<String>,
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

fn item(entry: &Entry) -> Item<'_> {
    Item {
        id: &entry.guid,
        url: entry.url.as_deref(),
        title: entry.title.as_deref(),
        content_html: entry.content.as_str(),
        summary: entry.summary.as_deref(),
        date_published: entry.published.and_then(rfc3339),
        date_modified: entry.updated.and_then(rfc3339),
        authors: entry.authors.iter().map(author).collect(),
        tags: entry.tags.iter().map(|tag| tag.name.as_str()).collect(),
        language: entry.language.as_deref(),
        attachments: entry
            .enclosures
            .iter()
            .map(|enclosure| Attachment {
                url: Cow::Borrowed(&enclosure.url),
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
            contributors: entry.contributors.iter().map(author).collect(),
            categories: entry
                .tags
                .iter()
                .filter_map(|tag| tag.category.as_deref())
                .map(category)
                .collect(),
            rights: entry.rights.as_deref(),
            comments_url: entry.comments_url.as_deref(),
            source: entry.source.as_ref().map(|source| SourceFacts {
                id: source.guid.as_deref(),
                title: source.title.as_deref(),
                url: source.url.as_deref(),
            }),
            event: entry.event.as_deref(),
            event_facts: Event::of(entry).map(event),
            talks: entry.talks.iter().map(|of| talk(entry, of)).collect(),
        },
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

fn category(category: &Category) -> CategoryFacts<'_> {
    CategoryFacts {
        term: &category.term,
        scheme: category.scheme.as_deref(),
        label: category.label.as_deref(),
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
