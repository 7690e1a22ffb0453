//! A document as `hallway parse` prints it.

use std::io::{self, Write};

use serde::Serialize;

use super::super::wording::rfc3339;
use super::{Author, Item, VERSION, author, item};
use crate::model::{Feed, FeedFormat, Repair};

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

/// Writes a parsed document, its entries cleaned and split.
pub(crate) fn parsed(feed: &Feed, reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: VERSION,
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

fn repair(repair: &Repair) -> RepairFact {
    RepairFact {
        kind: repair.kind,
        count: repair.count,
    }
}
