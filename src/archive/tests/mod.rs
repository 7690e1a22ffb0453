//! The archive's contract, asked of [`Archive`] alone: a second backend would have to pass the same.
//! Only `file` and `plans` know that it is SQLite.

mod attempts;
mod check;
mod duplicates;
mod entries;
mod file;
mod loading;
mod plans;
mod queries;
mod subscriptions;

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::*;
use crate::model::{
    Change, Changes, ContentHash, Entry, Feed, Original, Outcome, Pace, Person, SafeHtml, Setback,
    Tag, Talk, TalkKind, Text, Whereabouts,
};
use crate::query::{By, DigestHead, Item};
use crate::source::{Source, Validators};

/// A folder with an archive in it.
struct Hall {
    folder: TempDir,
    archive: Archive,
}

impl Hall {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(&folder.path().join("new folder/hallway.db")).unwrap();
        Self { folder, archive }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("new folder/hallway.db")
    }

    fn follow(&self, url: &str) -> FeedId {
        self.archive.subscribe(&wish(url), at(0)).unwrap().id()
    }

    fn record(&self, feed: FeedId, changes: Vec<Change>) -> Recorded {
        let attempts = vec![read(feed, changes)];
        self.archive.record(attempts).unwrap().remove(0).unwrap()
    }

    fn add(&self, feed: FeedId, entry: Entry) -> EntryId {
        let guid = entry.guid.clone();
        self.record(feed, vec![new(entry)]);
        self.archive.known(feed, &[&guid]).unwrap()[&guid].id
    }

    /// The titles of what a query in the query language selects.
    fn titles(&self, query: &str, by: By) -> Vec<String> {
        let filter = crate::query::read(query, at(0)).unwrap_or_else(|error| panic!("{error}"));
        self.titles_of(&Query {
            filter,
            by,
            ..Query::all()
        })
    }

    fn titles_of(&self, query: &Query) -> Vec<String> {
        let mut taken = Taken::default();
        let items = self.archive.search(query, "test", &mut taken).unwrap();
        assert_eq!(items as usize, taken.titles.len());
        assert!(taken.ended);
        taken.titles
    }
}

/// Keeps the titles of a digest.
#[derive(Default)]
struct Taken {
    head: Option<DigestHead>,
    titles: Vec<String>,
    ended: bool,
}

impl Digest for Taken {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        assert!(self.head.replace(head.clone()).is_none());
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        assert!(self.head.is_some());
        self.titles.push(match item {
            Item::Entry(entry) => entry.entry.title.clone().unwrap_or_default(),
            Item::Talk(_, talk) => talk.title.clone(),
        });
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.ended = true;
        Ok(())
    }
}

/// Hours after the start of 2026-11-01.
fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_491_200, 0).unwrap() + TimeDelta::hours(hours)
}

fn wish(url: &str) -> NewSubscription {
    NewSubscription {
        site: None,
        html_url: None,
        source: Source::from_web_address(url).unwrap(),
        title: None,
        tags: Vec::new(),
    }
}

/// An entry first published at 2026-10-01, so that it lies before every attempt.
fn entry(guid: &str, title: &str, html: &str) -> Entry {
    Entry {
        guid: guid.to_owned(),
        url: Some(format!("https://blog.example/{guid}")),
        title: Some(title.to_owned()),
        authors: Vec::new(),
        tags: Vec::new(),
        published: Some(at(-24 * 31)),
        updated: None,
        summary: None,
        content: SafeHtml::vouch(html.to_owned()),
        enclosures: Vec::new(),
        language: None,
        source: None,
        comments_url: None,
        extras: None,
        talks: Vec::new(),
        event: None,
        hash: hash(&format!("{title}{html}")),
        fingerprint: None,
        original: Original {
            content: Some(Text::html(format!("{html}<script>no</script>"))),
            ..Original::default()
        },
    }
}

fn hash(text: &str) -> ContentHash {
    ContentHash(*blake3::hash(text.as_bytes()).as_bytes())
}

/// Adds talks to an entry whose content becomes `(title, speakers, text)` one after the other.
fn with_talks(mut entry: Entry, talks: &[(&str, &[&str], &str)]) -> Entry {
    let mut html = entry.content.as_str().to_owned();
    for (title, speakers, text) in talks {
        html.push_str(&format!("<h2>{title}</h2>"));
        let start = html.len();
        html.push_str(&format!("<p>{text}</p>"));
        entry.talks.push(Talk {
            title: (*title).to_owned(),
            speakers: speakers.iter().map(|name| (*name).to_owned()).collect(),
            kind: TalkKind::Keynote,
            level: 2,
            anchor: None,
            url: None,
            section: start..html.len(),
        });
    }
    entry.content = SafeHtml::vouch(html);
    entry
}

fn with_tags(mut entry: Entry, names: &[&str]) -> Entry {
    entry.tags = names
        .iter()
        .map(|name| Tag::new(*name, TagOrigin::Feed))
        .collect();
    entry
}

fn person(name: &str) -> Person {
    Person {
        name: Some(name.to_owned()),
        ..Person::default()
    }
}

fn new(entry: Entry) -> Change {
    Change::New(Box::new(entry))
}

fn read(feed: FeedId, entries: Vec<Change>) -> Attempt {
    let outcome = Outcome::Read {
        feed: Box::new(Feed {
            title: Some("Hallway notes".to_owned()),
            ..Feed::default()
        }),
        changes: Changes {
            entries,
            unchanged: 0,
            later_guids: Vec::new(),
        },
        validators: Validators {
            etag: Some("\"1\"".to_owned()),
            last_modified: None,
        },
        body_hash: Some(hash("body")),
        is_cut: false,
        pace: Pace::default(),
        whereabouts: Whereabouts::default(),
    };
    attempt(feed, outcome)
}

fn attempt(feed: FeedId, outcome: Outcome) -> Attempt {
    Attempt {
        raw: None,
        feed,
        at: at(0),
        http_status: Some(200),
        outcome,
        next_due: at(1),
    }
}

fn names(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(|tag| tag.name.as_str()).collect()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
