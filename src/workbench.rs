//! The stages one by one, for `benches/` and `fuzz/`; built with the feature `workbench` alone.
//!
//! Nothing here is promised to anybody: it follows the stages as they change. Each function takes bytes or
//! text and gives back what a measurement or a fuzzer can look at, so that no inner type has to be public.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::archive::{Archive, ArchiveError, NewSubscription, Subscribed};
use crate::model::{
    Attempt, Change, Changes, ContentHash, Entry, Feed, FeedFormat, FeedId, Outcome, Pace, RawFeed,
    SafeHtml, Whereabouts,
};
use crate::query::{self, By, Query, Sort};
use crate::render::{self, Format, Settings};
use crate::source::{Document, Source, Validators};
use crate::{clean, parse, split, update};

/// A feed as published.
pub struct Parsed(RawFeed);

/// A feed that may be shown, its entries split into their talks.
pub struct Cleaned {
    feed: Feed,
    entries: Vec<Entry>,
}

/// Bytes to text; answers its length.
pub fn decode(bytes: &[u8]) -> usize {
    parse::decoded_length(&Document::from_bytes(bytes.to_vec()))
}

/// The document after its repair; `None` for what is no XML feed.
pub fn repair(bytes: &[u8]) -> Option<String> {
    parse::normalised(&Document::from_bytes(bytes.to_vec()))
}

/// Any document; `None` for what is no feed and no note.
pub fn parse(bytes: &[u8]) -> Option<Parsed> {
    match parse::read(&Document::from_bytes(bytes.to_vec())) {
        Ok(parse::Parsed::Feed(feed)) => Some(Parsed(*feed)),
        _ => None,
    }
}

impl Parsed {
    pub fn entries(&self) -> usize {
        self.0.entries.len()
    }

    /// Cleans every entry and looks for no talks.
    pub fn clean(&self) -> Cleaned {
        let feed = clean::feed(&self.0, None);
        let clean = |raw: &_| clean::entry(Clone::clone(raw), &feed, None);
        let entries = self.0.entries.iter().map(clean).collect();
        Cleaned { feed, entries }
    }

    /// Cleans every entry and splits it into its talks.
    pub fn clean_and_split(&self) -> Cleaned {
        let feed = clean::feed(&self.0, None);
        let safe = |raw: &_| update::safe_entry(Clone::clone(raw), &feed, None);
        let entries = self.0.entries.iter().map(safe).collect();
        Cleaned { feed, entries }
    }
}

impl Cleaned {
    /// How many talks its entries hold.
    pub fn split(&self) -> usize {
        let talks = |entry: &Entry| split::talks(entry).len();
        self.entries.iter().map(talks).sum()
    }

    pub fn entries(&self) -> usize {
        self.entries.len()
    }
}

/// A publisher's HTML after the policy.
pub fn clean_html(html: &str) -> String {
    let mut feed = RawFeed::default();
    let entry = crate::model::RawEntry {
        guid: "fuzz".to_owned(),
        content: Some(crate::model::Text::html(html)),
        ..crate::model::RawEntry::default()
    };
    feed.format = FeedFormat::default();
    let safe = clean::feed(&feed, None);
    clean::entry(entry, &safe, None).content.as_str().to_owned()
}

/// The talks of one page of notes, each its title, speakers, and the bytes of its section.
pub fn split_html(title: &str, html: &str) -> Vec<(String, Vec<String>, String)> {
    let raw = crate::model::RawEntry {
        guid: "fuzz".to_owned(),
        title: Some(crate::model::Text::plain(title)),
        content: Some(crate::model::Text::html(html)),
        ..crate::model::RawEntry::default()
    };
    let entry = update::safe_entry(raw, &clean::feed(&RawFeed::default(), None), None);
    let section = |range| -> SafeHtml { entry.content.section(range) };
    let talks = entry.talks.iter();
    talks
        .map(|talk| {
            let html = section(talk.section.clone()).as_str().to_owned();
            (talk.title.clone(), talk.speakers.clone(), html)
        })
        .collect()
}

/// Whether the text is a query; panics never.
pub fn read_query(text: &str) -> bool {
    query::read(text, DateTime::<Utc>::UNIX_EPOCH).is_ok()
}

/// An archive to measure.
pub struct Shelf(Archive);

impl Shelf {
    pub fn open(path: &Path) -> Self {
        match Archive::open(path) {
            Ok(archive) => Self(archive),
            Err(error) => unreachable!("a new archive opens: {error}"),
        }
    }

    /// Subscribes to a feed and records all its entries as new, in one transaction.
    pub fn record(&self, number: usize, cleaned: Cleaned) -> usize {
        self.record_all(vec![(number, cleaned)], 0)
    }

    /// The same of several feeds, in as many transactions as a poll takes, at a time in seconds since 1970.
    pub fn record_all(&self, feeds: Vec<(usize, Cleaned)>, at: i64) -> usize {
        let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
        let new: Vec<NewSubscription> = feeds
            .iter()
            .filter_map(|(number, _)| {
                let address = format!("https://blog-{number}.example/feed");
                Some(NewSubscription {
                    source: Source::from_web_address(&address)?,
                    title: None,
                    site: None,
                    tags: Vec::new(),
                    html_url: None,
                })
            })
            .collect();
        let Ok(subscribed) = self.0.subscribe_all(&new, at) else {
            return 0;
        };
        let feeds = subscribed.into_iter().map(Subscribed::id).zip(feeds);
        let mut attempts = feeds
            .map(|(feed, (_, cleaned))| attempt(feed, cleaned, at))
            .peekable();
        let mut new = 0;
        while attempts.peek().is_some() {
            new += self.record_batch(&mut attempts).unwrap_or_default();
        }
        new
    }

    /// As many of the attempts as go into one transaction; answers how many entries were new.
    fn record_batch(
        &self,
        attempts: &mut impl Iterator<Item = Attempt>,
    ) -> Result<usize, ArchiveError> {
        let has_dictionary = self.0.has_dictionary()?;
        let (mut batch, mut size) = (Vec::new(), 0);
        for attempt in attempts {
            let packed = self.0.pack(attempt)?;
            size += packed.size();
            batch.push(packed);
            if update::is_batch(batch.len(), size, has_dictionary) {
                break;
            }
        }
        let recorded = self.0.record_packed(&batch)?;
        Ok(recorded.into_iter().flatten().map(|done| done.new).sum())
    }

    /// Answers a question in a format, by its word; answers how many bytes that is.
    pub fn query(&self, text: &str, format: &str, relevance: bool, limit: Option<u64>) -> usize {
        self.ask(text, format, relevance, limit, 0).1
    }

    /// As [`Shelf::query`] at a time in seconds since 1970; answers how many items and bytes.
    pub fn ask(
        &self,
        text: &str,
        format: &str,
        relevance: bool,
        limit: Option<u64>,
        at: i64,
    ) -> (u64, usize) {
        let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
        let (Ok(filter), Ok(format)) = (query::read(text, at), format.parse::<Format>()) else {
            return (0, 0);
        };
        let query = Query {
            filter,
            by: By::Entry,
            sort: if relevance {
                Sort::Relevance
            } else {
                Sort::Newest
            },
            limit,
            ..Query::all()
        };
        let mut out = Counter(0);
        let settings = Settings::default();
        let mut digest = render::renderer(format, &settings, &mut out);
        let found = self.0.search(&query, "bench", &mut *digest);
        drop(digest);
        found.map_or((0, 0), |items| (items, out.0))
    }
}

/// All entries as new.
fn attempt(feed: FeedId, cleaned: Cleaned, at: DateTime<Utc>) -> Attempt {
    let entries = cleaned.entries.into_iter();
    let outcome = Outcome::Read {
        feed: Box::new(cleaned.feed),
        changes: Changes {
            entries: entries.map(|entry| Change::New(Box::new(entry))).collect(),
            unchanged: 0,
            later_guids: Vec::new(),
        },
        validators: Validators::default(),
        body_hash: Some(ContentHash([0; 32])),
        is_cut: false,
        pace: Pace::default(),
        whereabouts: Whereabouts::default(),
    };
    Attempt {
        feed,
        at,
        http_status: Some(200),
        outcome,
        next_due: at,
        raw: None,
    }
}

/// Counts what is written.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
