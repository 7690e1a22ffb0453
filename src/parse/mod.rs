//! Bytes to a `RawFeed`: detect, decode, repair, read.
//!
//! Not here: fetching, HTML policy, what makes a talk. Everything read stays as the publisher wrote it.

mod dates;
mod detect;
mod discover;
mod encoding;
mod error;
mod feed;
mod head;
mod json;
mod mojibake;
mod notes;
mod opml;
mod repair;

use std::cmp::Reverse;

use url::Url;

use crate::model::{Dropped, FeedFormat, RawFeed};
use crate::source::Document;

use detect::Shape;
use repair::Repairs;

pub(crate) use discover::{Choice, Page, known_feed};
pub(crate) use error::{ParseError, feed_named_in};
pub(crate) use opml::{Opml, Outline};

/// How many entries are read of one document; the first, which in a feed are the newest. A million of them
/// would take a gigabyte.
pub(crate) const MOST_ENTRIES: usize = 50_000;

/// The repair that says that there were more, or more of everything than fits the memory.
pub(crate) const TOO_MANY_ENTRIES: &str = "too-many-entries";

/// The repair that says that the document ended too early.
pub(crate) const TRUNCATED: &str = "truncated";

/// What a document turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed {
    Feed(Box<RawFeed>),
    Opml(Opml),
    Page(Page),
}

/// How much the reader says of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// What was repaired.
    Little,
    /// Beside it where each field was read, and what came to nothing.
    All,
}

/// Reads whatever a document holds. A single note is a feed of one entry.
pub(crate) fn read(document: &Document) -> Result<Parsed, ParseError> {
    read_telling(document, Telling::Little)
}

fn read_telling(document: &Document, telling: Telling) -> Result<Parsed, ParseError> {
    detect::refuse_binary(&document.bytes)?;
    let decoded = encoding::decode(document);
    let text = decoded.text.as_ref();
    let location = document.location.as_ref();
    let mut repairs = Repairs::default();
    repairs.add("encoding", usize::from(decoded.mended));
    let mut feed = match detect::shape(text, document.file_name.as_deref())? {
        Shape::Feed(root) => feed::read_xml(text, &root, location, telling, &mut repairs)?,
        Shape::Json => json::read(text, &mut repairs)?,
        Shape::Note => {
            let mut note = [notes::read(text, document)];
            notes::settle(&mut note);
            RawFeed {
                format: FeedFormat::Markdown,
                entries: note.into_iter().map(|note| note.entry).collect(),
                ..RawFeed::default()
            }
        }
        Shape::Opml(root) => return opml::read(&text[root.start..], location).map(Parsed::Opml),
        Shape::Page => return Ok(Parsed::Page(discover::read(text, location))),
    };
    decoded.encoding.clone_into(&mut feed.encoding);
    feed.encoding_by = Some(decoded.by);
    if let Some(claim) = decoded.disbelieved.filter(|_| telling == Telling::All) {
        let dropped = Dropped {
            from: claim.by.into(),
            value: claim.encoding.name().to_owned(),
            why: "not the encoding of the bytes",
        };
        feed.dropped.insert(0, dropped);
    }
    mojibake::mend_feed(&mut feed, &mut repairs);
    feed.repairs = repairs.into_vec();
    Ok(Parsed::Feed(Box::new(feed)))
}

/// The XML document as the reader sees it: in UTF-8, well formed, each element under its usual name.
/// `None` for what is no XML feed.
pub(crate) fn normalised(document: &Document) -> Option<String> {
    let decoded = encoding::decode(document);
    match detect::shape(&decoded.text, document.file_name.as_deref()) {
        Ok(Shape::Feed(root)) => Some(feed::normalised(&decoded.text, &root)),
        _ => None,
    }
}

/// As [`read`], where only a feed will do.
pub(crate) fn read_feed(document: &Document) -> Result<RawFeed, ParseError> {
    only_feed(read(document)?)
}

/// As [`read_feed`], and the reader says where each field was read and what came to nothing.
pub(crate) fn explain(document: &Document) -> Result<RawFeed, ParseError> {
    only_feed(read_telling(document, Telling::All)?)
}

fn only_feed(parsed: Parsed) -> Result<RawFeed, ParseError> {
    match parsed {
        Parsed::Feed(feed) => Ok(*feed),
        Parsed::Opml(list) => Err(ParseError::Opml {
            feeds: list.outlines.len(),
        }),
        Parsed::Page(page) => Err(ParseError::Page {
            login: page.login && page.feeds.is_empty(),
            feed: match page.choice() {
                Choice::One(feed) => Some(feed.url.clone()),
                Choice::Several(_) | Choice::None => None,
            },
        }),
    }
}

/// Reads a folder of notes as one feed: an entry a note, newest first, drafts left out. Beside it the
/// names of the notes that could not be read.
pub(crate) fn read_notes(documents: &[Document]) -> (RawFeed, Vec<(String, ParseError)>) {
    let mut feed = RawFeed {
        format: FeedFormat::Markdown,
        encoding: "UTF-8".to_owned(),
        ..RawFeed::default()
    };
    let mut unread = Vec::new();
    let mut repairs = Repairs::default();
    let mut notes = Vec::new();
    for document in documents {
        if notes::is_list_page(document) {
            continue;
        }
        if let Err(error) = detect::refuse_binary(&document.bytes) {
            unread.push((document.file_name.clone().unwrap_or_default(), error));
            continue;
        }
        let decoded = encoding::decode(document);
        repairs.add("encoding", usize::from(decoded.mended));
        if notes::is_binary(&decoded.text) {
            let error = ParseError::NotAFeed("binary data".to_owned());
            unread.push((document.file_name.clone().unwrap_or_default(), error));
            continue;
        }
        let note = notes::read(&decoded.text, document);
        if !note.draft {
            notes.push(note);
        }
    }
    notes::settle(&mut notes);
    feed.entries = notes.into_iter().map(|note| note.entry).collect();
    // Stable: notes of one day stay in the order of their paths.
    feed.entries.sort_by_key(|entry| Reverse(entry.published));
    mojibake::mend_feed(&mut feed, &mut repairs);
    feed.repairs = repairs.into_vec();
    (feed, unread)
}

/// Gives notes the addresses they have on their site: where front matter names none, the file's path
/// without its extension.
pub(crate) fn publish_notes(feed: &mut RawFeed, site: &Url) {
    if feed.format != FeedFormat::Markdown {
        return;
    }
    feed.site_url = Some(site.to_string());
    for entry in &mut feed.entries {
        entry.url = match entry.url.take() {
            None => notes::address(&entry.guid, site),
            Some(path) if path.starts_with('/') && !path.starts_with("//") => {
                notes::below(&path, site)
            }
            whole => whole,
        };
    }
}

/// How long the text of a document is, once decoded.
#[cfg(feature = "workbench")]
pub(crate) fn decoded_length(document: &Document) -> usize {
    encoding::decode(document).text.len()
}

#[cfg(test)]
mod tests;
