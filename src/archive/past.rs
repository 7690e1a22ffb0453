//! The past of feeds: pages read, and how far.

use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::content::Packer;
use super::dictionary;
use super::duplicates;
use super::entries;
use super::error::ArchiveError;
use super::index::{self, Pending};
use super::instants::{certain, seconds};
use super::rules;
use super::stems::KnownWords;
use super::tags;
use crate::model::{FeedId, PageRead, Past, PastLinks, Step, TagOrigin, Way};
use crate::query::{Aliases, Rule};

pub(super) fn past(db: &Connection, feed: FeedId) -> Result<Option<Past>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT way, next, pages, entries, read_at, wait_until FROM pasts WHERE feed = ?1",
    )?;
    let past = select.query_row([feed.0], |row| {
        Ok(Past {
            way: Way::from_word(row.get_ref(0)?.as_str()?),
            next: url_of(row.get(1)?),
            pages: row.get::<_, i64>(2)?.try_into().unwrap_or(0),
            entries: row.get::<_, i64>(3)?.try_into().unwrap_or(0),
            read_at: certain(row.get(4)?),
            wait_until: row.get::<_, Option<i64>>(5)?.map(certain),
        })
    });
    Ok(past.optional()?)
}

pub(super) fn links(db: &Connection, feed: FeedId) -> Result<PastLinks, ArchiveError> {
    let links = db
        .prepare_cached(
            "SELECT prev_archive, next_page, generator, location FROM feeds WHERE id = ?1",
        )?
        .query_row([feed.0], |row| {
            Ok(PastLinks {
                prev_archive: url_of(row.get(0)?),
                next: url_of(row.get(1)?),
                generator: row.get(2)?,
                location: url_of(row.get(3)?),
            })
        });
    Ok(links.optional()?.unwrap_or_default())
}

fn url_of(text: Option<String>) -> Option<Url> {
    Url::parse(&text?).ok()
}

/// A page that was missing is looked for again after this time, in seconds: its server may have been half
/// set up.
const MISSING_FOR: i64 = 30 * 24 * 3600;

/// Whether a page is not to be asked for at `at`.
pub(super) fn was_read(
    db: &Connection,
    feed: FeedId,
    url: &Url,
    at: i64,
) -> Result<bool, ArchiveError> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM past_pages WHERE feed = ?1 AND url = ?2
             AND (missing_at IS NULL OR missing_at > ?3)",
        )?
        .exists(params![feed.0, url.as_str(), at - MISSING_FOR])?)
}

/// Notes that a page is not there.
pub(super) fn missing(
    db: &Connection,
    feed: FeedId,
    url: &Url,
    at: i64,
) -> Result<(), ArchiveError> {
    db.execute(
        "INSERT INTO past_pages (feed, url, missing_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (feed, url) DO UPDATE SET missing_at = ?3 WHERE missing_at IS NOT NULL",
        params![feed.0, url.as_str(), at],
    )?;
    Ok(())
}

/// Notes until when the server of a feed's past wants to be left alone.
pub(super) fn wait(db: &Connection, feed: FeedId, until: i64) -> Result<(), ArchiveError> {
    db.execute(
        "UPDATE pasts SET wait_until = ?2 WHERE feed = ?1",
        params![feed.0, until],
    )?;
    Ok(())
}

/// Notes that a feed's past goes on at `next`, or with `None` that it has ended.
pub(super) fn go_on(
    db: &Connection,
    feed: FeedId,
    way: Way,
    next: Option<&Url>,
    at: i64,
) -> Result<(), ArchiveError> {
    db.execute(
        "INSERT INTO pasts (feed, way, next, read_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (feed) DO UPDATE SET way = ?2, next = ?3, read_at = ?4",
        params![feed.0, way.word(), next.map(Url::as_str), at],
    )?;
    Ok(())
}

/// Stores the entries of a page that are not known, as read from the past; answers how many.
/// The rules of arrival hold for it, too.
pub(super) fn record(
    db: &Connection,
    words: &mut KnownWords,
    page: &PageRead,
    rules: &[Rule],
    aliases: &Aliases,
) -> Result<usize, ArchiveError> {
    let subscribed = db
        .prepare_cached("SELECT 1 FROM feeds WHERE id = ?1 AND state <> 'removed'")?
        .exists([page.feed.0])?;
    if !subscribed {
        return Err(ArchiveError::NotSubscribed);
    }
    let at = seconds(page.at);
    let given = tags::of_feed(db, page.feed)?;
    let dictionary = dictionary::newest(db)?;
    let mut packer = Packer::new(dictionary)?;
    let mut pending = Pending::default();
    let mut new = 0_usize;
    for entry in &page.entries {
        if entries::known(db, page.feed, &entry.guid)?.is_some() {
            continue;
        }
        let data = packer.pack(&entry.content, &entry.original)?;
        let id = entries::insert(db, page.feed, at, entry, &data)?;
        db.prepare_cached("UPDATE entries SET backfilled = 1 WHERE id = ?1")?
            .execute([id.0])?;
        tags::add_of_publisher(db, id, entry)?;
        let given = given
            .iter()
            .map(|name| (name.as_str(), TagOrigin::Subscription));
        tags::add(db, id, given)?;
        pending.put(id, index::rows_of(entry), false);
        new += 1;
    }
    let arrived = pending.arrived();
    pending.write(db, words)?;
    let dropped = rules::on_arrival(db, rules, aliases, &arrived, at)?.len();
    duplicates::settle(db, arrived.iter().map(|(id, _)| *id))?;
    db.execute(
        "UPDATE feeds SET entries = entries + ?2 WHERE id = ?1",
        params![page.feed.0, new as i64],
    )?;
    let new = new.saturating_sub(dropped);
    if let Some(Step { way, url, next }) = &page.step {
        go_on(db, page.feed, *way, next.as_ref(), at)?;
        db.execute(
            "UPDATE pasts SET pages = pages + 1, entries = entries + ?2 WHERE feed = ?1",
            params![page.feed.0, new as i64],
        )?;
        db.execute(
            "INSERT INTO past_pages (feed, url) VALUES (?1, ?2)
             ON CONFLICT (feed, url) DO UPDATE SET missing_at = NULL",
            params![page.feed.0, url.as_str()],
        )?;
    }
    Ok(new)
}
