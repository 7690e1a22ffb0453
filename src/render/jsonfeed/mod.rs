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
use crate::model::{
    Category, Contributor, Entry, Event, Extension, ExtraLink, Extras, InReplyTo, MediaObject,
    Person, SourceFacts, Talk, TalkLink,
};

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
    url: Cow<'a, str>,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct EntryFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedOfItem<'a>>,
    /// Of the tags those that are more than a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryFacts<'a>>,
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

#[derive(Serialize)]
struct CategoryFacts<'a> {
    term: &'a str,
    scheme: Option<&'a str>,
    label: Option<&'a str>,
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
    /// Through which feed the entry came here, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<String>,
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
        tags: entry.tag_names().collect(),
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
            categories: entry
                .tags
                .iter()
                .filter_map(|tag| tag.category.as_deref())
                .map(category)
                .collect(),
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
