//! A document as `hallway parse` prints it.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::super::wording::rfc3339;
use super::{Author, VERSION, author, item};
use crate::model::{Entry, Feed, FeedFormat, Repair};

/// How a document was read.
pub(crate) struct Reading<'a> {
    pub(crate) format: FeedFormat,
    pub(crate) encoding: &'a str,
    pub(crate) repairs: &'a [Repair],
}

#[derive(Serialize)]
#[serde(bound = "I: Iterator<Item = Entry>")]
struct Document<'a, I: Iterator<Item = Entry>> {
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
    items: Items<I>,
}

/// Entries, each printed and let go before the next is made.
struct Items<I>(RefCell<I>);

impl<I: Iterator<Item = Entry>> Serialize for Items<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for entry in self.0.borrow_mut().by_ref() {
            list.serialize_element(&item(&entry))?;
        }
        list.end()
    }
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

/// Writes a parsed document; `entries` are the feed's, cleaned and split.
pub(crate) fn parsed(
    feed: &Feed,
    entries: impl Iterator<Item = Entry>,
    reading: &Reading<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
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
        items: Items(RefCell::new(entries)),
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
