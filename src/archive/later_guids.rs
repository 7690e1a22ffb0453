//! Further guids of entries: what a feed calls them since it moved to another program.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Archive;
use super::duplicates;
use super::entries;
use super::error::ArchiveError;
use super::instants::{instant, seconds};
use crate::model::{ContentHash, EntryId, FeedId, HeldPost, Known};

/// A link or a date that more entries of a feed have names none of them.
const MOST_SHARING: usize = 64;

/// As `Archive::known`.
pub(super) fn all_known(
    db: &Connection,
    feed: FeedId,
    guids: &[&str],
) -> Result<HashMap<String, Known>, ArchiveError> {
    let mut all = HashMap::new();
    let mut is_any = false;
    // The oldest stand last, and are held most likely.
    for &guid in guids.iter().rev() {
        let mut found = entries::known(db, feed, guid)?;
        is_any |= found.is_some();
        if found.is_none() {
            // Of most feeds that are new nothing is held.
            if !is_any && !entries::is_any_of(db, feed)? {
                return Ok(all);
            }
            is_any = true;
            found = match entries::dropped(db, feed, guid)? {
                None => known(db, feed, guid)?,
                dropped => dropped,
            };
        }
        all.extend(found.map(|known| (guid.to_owned(), known)));
    }
    Ok(all)
}

/// The entry that a feed now calls so.
pub(super) fn known(
    db: &Connection,
    feed: FeedId,
    guid: &str,
) -> Result<Option<Known>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT e.id, e.hash, e.fingerprint FROM later_guids l JOIN entries e ON e.id = l.entry
         WHERE l.guid = ?1 AND l.feed = ?2",
    )?;
    let known = select.query_row(params![guid, feed.0], |row| {
        Ok(Known {
            by_later_guid: true,
            id: EntryId(row.get(0)?),
            hash: ContentHash(row.get(1)?),
            fingerprint: entries::fingerprint(row, 2)?,
        })
    });
    Ok(known.optional()?)
}

/// Remembers what a feed calls an entry now. Nothing happens where the entry was deleted meanwhile, or
/// where an entry is kept under that guid.
pub(super) fn put(
    db: &Connection,
    feed: FeedId,
    guid: &str,
    entry: EntryId,
) -> Result<(), ArchiveError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO later_guids (guid, feed, entry)
         SELECT ?1, feed, id FROM entries
         WHERE id = ?3 AND feed = ?2
             AND NOT EXISTS (SELECT 1 FROM entries WHERE guid = ?1 AND feed = ?2)",
    )?
    .execute(params![guid, feed.0, entry.0])?;
    Ok(())
}

/// All that a feed calls an entry, the guid it is kept under first.
pub(super) fn names(db: &Connection, entry: EntryId) -> Result<Vec<String>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT guid FROM entries WHERE id = ?1
         UNION ALL SELECT guid FROM later_guids WHERE entry = ?1",
    )?;
    let names = select.query_map([entry.0], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// The guid turned out to be another entry's own.
pub(super) fn forget(db: &Connection, feed: FeedId, guid: &str) -> Result<(), ArchiveError> {
    db.prepare_cached("DELETE FROM later_guids WHERE guid = ?1 AND feed = ?2")?
        .execute(params![guid, feed.0])?;
    Ok(())
}

impl Archive {
    /// What is held of a feed that may be what now comes under other guids: all with one of these links or
    /// dates, as far as those can name a post, and the `newest` by date. Oldest first.
    pub(crate) fn held_posts(
        &self,
        feed: FeedId,
        links: &[&str],
        dates: &[DateTime<Utc>],
        newest: usize,
    ) -> Result<Vec<HeldPost>, ArchiveError> {
        held_posts(&*self.connections.reader()?, feed, links, dates, newest)
    }
}

fn held_posts(
    db: &Connection,
    feed: FeedId,
    links: &[&str],
    dates: &[DateTime<Utc>],
    newest: usize,
) -> Result<Vec<HeldPost>, ArchiveError> {
    const COLUMNS: &str = "SELECT id, hash, url, title, published, updated FROM entries";
    let mut found = BTreeMap::new();
    let limit = MOST_SHARING + 1;
    let mut by_link = db.prepare_cached(&format!(
        "{COLUMNS} WHERE link_key = ?2 AND feed = ?1 LIMIT {limit}"
    ))?;
    for key in links.iter().filter_map(|link| duplicates::link_key(link)) {
        take(by_link.query(params![feed.0, key])?, &mut found)?;
    }
    let mut by_date = db.prepare_cached(&format!(
        "{COLUMNS} WHERE feed = ?1 AND date = ?2 LIMIT {limit}"
    ))?;
    for date in dates {
        take(by_date.query(params![feed.0, seconds(*date)])?, &mut found)?;
    }
    if newest > 0 {
        let mut select = db.prepare_cached(&format!(
            "{COLUMNS} WHERE feed = ?1 ORDER BY date DESC, id DESC LIMIT ?2"
        ))?;
        let rows = select.query(params![feed.0, i64::try_from(newest).unwrap_or(i64::MAX)])?;
        take(rows, &mut found)?;
    }
    Ok(found.into_values().collect())
}

fn take(
    mut rows: rusqlite::Rows<'_>,
    found: &mut BTreeMap<i64, HeldPost>,
) -> Result<(), ArchiveError> {
    while let Some(row) = rows.next()? {
        let post = post_of(row)?;
        found.insert(post.id.0, post);
    }
    Ok(())
}

fn post_of(row: &Row<'_>) -> rusqlite::Result<HeldPost> {
    Ok(HeldPost {
        id: EntryId(row.get(0)?),
        hash: ContentHash(row.get(1)?),
        url: row.get(2)?,
        title: row.get(3)?,
        published: instant(row.get(4)?),
        updated: instant(row.get(5)?),
    })
}
