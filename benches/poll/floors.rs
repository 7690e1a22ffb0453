//! The floors: each part of the work done bare, by the same libraries, with nothing else around it.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ammonia::{Url, UrlRelative};
use reqwest::header::{ETAG, IF_NONE_MATCH};
use rusqlite::{Connection, params};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

type Done = Result<(), Box<dyn Error>>;

/// Gets every address of a list, 64 at once; with `conditional` each twice, the second time with the ETag
/// of the first, so that what it costs more than the plain loop is the 304s.
pub(crate) fn fetch(list: &Path, conditional: bool) -> Done {
    let addresses = fs::read_to_string(list)?;
    let etags = list.with_extension("etags");
    let known = fs::read_to_string(&etags).unwrap_or_default();
    let mut known = known.lines();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let answers = runtime.block_on(async {
        let client = reqwest::Client::new();
        let places = Arc::new(Semaphore::new(64));
        let mut requests = JoinSet::new();
        for (number, address) in addresses.lines().enumerate() {
            let mut request = client.get(address);
            if conditional && let Some(etag) = known.next() {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let places = Arc::clone(&places);
            requests.spawn(async move {
                let _place = places.acquire_owned().await;
                let answer = request.send().await?;
                let etag = answer.headers().get(ETAG).cloned();
                answer.bytes().await?;
                Ok::<_, reqwest::Error>((number, etag))
            });
        }
        requests.join_all().await
    });
    let mut answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    if !conditional {
        answers.sort_by_key(|(number, _)| *number);
        let lines = answers
            .iter()
            .filter_map(|(_, etag)| etag.as_ref()?.to_str().ok());
        fs::write(etags, lines.collect::<Vec<_>>().join("\n"))?;
    }
    Ok(())
}

/// Reads every document of the set with feed-rs.
pub(crate) fn parse(folder: &Path) -> Done {
    each(folder, |feed| {
        std::hint::black_box(feed.entries.len());
        Ok(())
    })
}

/// Reads and sanitizes every entry with ammonia, one policy for all, relative addresses resolved; what reading
/// costs is to be taken off.
pub(crate) fn clean(folder: &Path) -> Done {
    let mut policy = ammonia::Builder::default();
    let base = Url::parse("https://notes.example/")?;
    policy.url_relative(UrlRelative::RewriteWithBase(base));
    each(folder, |feed| {
        for entry in &feed.entries {
            std::hint::black_box(policy.clean(html(entry)).to_string());
        }
        Ok(())
    })
}

/// Reads, and writes rows and a contentless full-text index; what reading costs is to be taken off.
pub(crate) fn store(folder: &Path, archive: &Path) -> Done {
    let db = Connection::open(archive)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         CREATE TABLE entries (id INTEGER PRIMARY KEY, guid TEXT UNIQUE, title TEXT, url TEXT, html TEXT);
         CREATE VIRTUAL TABLE words USING fts5 (title, text, content='', tokenize='unicode61');
         BEGIN",
    )?;
    each(folder, |feed| {
        let mut row = db.prepare_cached(
            "INSERT OR IGNORE INTO entries (guid, title, url, html) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut words =
            db.prepare_cached("INSERT INTO words (rowid, title, text) VALUES (?1, ?2, ?3)")?;
        for entry in &feed.entries {
            let title = entry.title.as_ref().map(|title| title.content.as_str());
            let url = entry.links.first().map(|link| link.href.as_str());
            row.execute(params![entry.id, title, url, html(entry)])?;
            words.execute(params![
                db.last_insert_rowid(),
                title,
                without_tags(html(entry))
            ])?;
        }
        Ok(())
    })?;
    db.execute_batch("COMMIT")?;
    Ok(())
}

fn each(folder: &Path, mut work: impl FnMut(&feed_rs::model::Feed) -> Done) -> Done {
    for file in fs::read_dir(folder.join("1"))? {
        let bytes = fs::read(file?.path())?;
        work(&feed_rs::parser::parse(&bytes[..])?)?;
    }
    Ok(())
}

/// What there is to read of an entry. feed-rs takes a lone `description` of RSS for the summary.
fn html(entry: &feed_rs::model::Entry) -> &str {
    let content = entry.content.as_ref();
    let content = content.and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref();
    let summary = summary.map(|summary| summary.content.as_str());
    content.or(summary).unwrap_or_default()
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
    }
    text
}
