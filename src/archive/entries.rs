//! Rows to entries and back.

mod loader;
mod walk;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::content::Packed;
use super::duplicates;
use super::error::ArchiveError;
use super::instants::{certain, seconds};
use crate::model::{ArchivedEntry, ContentHash, Entry, EntryId, Event, FeedId, Fingerprint, Known};

#[cfg(test)]
pub(super) use loader::WALKS;
pub(super) use loader::{Loader, feed_at};
pub(super) use walk::asked_for;

/// So many talks of an entry are kept: what its range of rows in the full-text index holds.
pub(super) const MAX_TALKS: usize = 255;

/// An entry in full, but for its original.
pub(super) fn load(db: &Connection, id: EntryId) -> Result<Option<ArchivedEntry>, ArchiveError> {
    let archived = Loader::new(db)?.take(id)?;
    Ok(archived.map(|archived| *archived))
}

/// An entry without its content, so also where that is damaged.
pub(super) fn load_facts(
    db: &Connection,
    id: EntryId,
) -> Result<Option<ArchivedEntry>, ArchiveError> {
    let archived = Loader::new(db)?.facts(id)?;
    Ok(archived.map(|archived| *archived))
}

/// The number that was given last; 0 where there is no entry.
pub(super) fn newest(db: &Connection) -> Result<EntryId, ArchiveError> {
    let mut select = db.prepare_cached("SELECT coalesce(max(id), 0) FROM entries")?;
    Ok(EntryId(select.query_row([], |row| row.get(0))?))
}

pub(super) fn known(
    db: &Connection,
    feed: FeedId,
    guid: &str,
) -> Result<Option<Known>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT id, hash, fingerprint FROM entries WHERE guid = ?1 AND feed = ?2",
    )?;
    let known = select.query_row(params![guid, feed.0], |row| {
        Ok(Known {
            by_later_guid: false,
            id: EntryId(row.get(0)?),
            hash: ContentHash(row.get(1)?),
            fingerprint: fingerprint(row, 2)?,
        })
    });
    Ok(known.optional()?)
}

pub(super) fn fingerprint(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Fingerprint>> {
    let stored: Option<i64> = row.get(column)?;
    Ok(stored.map(|stored| Fingerprint(stored.cast_unsigned())))
}

/// Whether anything of the feed is held, or was kept out by a rule.
pub(super) fn is_any_of(db: &Connection, feed: FeedId) -> Result<bool, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM entries WHERE feed = ?1)
             OR EXISTS (SELECT 1 FROM dropped WHERE feed = ?1)",
    )?;
    Ok(select.query_row([feed.0], |row| row.get(0))?)
}

/// What a rule kept out, as if it were held under the number 0, which no entry has: unedited, it is
/// nothing new; edited, it is.
pub(super) fn dropped(
    db: &Connection,
    feed: FeedId,
    guid: &str,
) -> Result<Option<Known>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT hash FROM dropped WHERE feed = ?1 AND guid = ?2")?;
    let hash = select.query_row(params![feed.0, guid], |row| row.get(0));
    Ok(hash.optional()?.map(|hash| Known {
        by_later_guid: false,
        id: EntryId(0),
        hash: ContentHash(hash),
        fingerprint: None,
    }))
}

/// As [`known`], by number; `None` also where the entry is another feed's.
pub(super) fn known_by_id(
    db: &Connection,
    feed: FeedId,
    id: EntryId,
) -> Result<Option<Known>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT hash FROM entries WHERE id = ?1 AND feed = ?2")?;
    let hash = select
        .query_row([id.0, feed.0], |row| row.get(0))
        .optional()?;
    Ok(hash.map(|hash| Known {
        by_later_guid: false,
        id,
        hash: ContentHash(hash),
        fingerprint: None,
    }))
}

/// Every entry of a feed by what names it.
pub(super) fn guids(db: &Connection, feed: FeedId) -> Result<Vec<(String, EntryId)>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT guid, id FROM entries WHERE feed = ?1")?;
    let rows = select.query_map([feed.0], |row| Ok((row.get(0)?, EntryId(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn first_seen(db: &Connection, id: EntryId) -> Result<i64, ArchiveError> {
    let mut select = db.prepare_cached("SELECT first_seen FROM entries WHERE id = ?1")?;
    Ok(select.query_row([id.0], |row| row.get(0))?)
}

pub(super) fn exists(db: &Connection, id: EntryId) -> Result<bool, ArchiveError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM entries WHERE id = ?1")?
        .exists([id.0])?)
}

/// Adds an entry of a feed. Its date stands still from now on, but for edits.
pub(super) fn insert(
    db: &Connection,
    feed: FeedId,
    first_seen: i64,
    entry: &Entry,
    packed: &Packed,
) -> Result<EntryId, ArchiveError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO entries (url, title, summary, published, updated, date, language, event,
             comments_url, source_guid, source_title, source_url, hash, extras, event_key, fingerprint,
             link_key, guid_key, feed, guid, first_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
             ?21)",
    )?;
    bind_facts(&mut insert, entry, first_seen)?;
    bind_keys(&mut insert, db, feed, &entry.guid, entry)?;
    insert.raw_bind_parameter(19, feed.0)?;
    insert.raw_bind_parameter(20, &entry.guid)?;
    insert.raw_bind_parameter(21, first_seen)?;
    insert.raw_execute()?;
    let id = EntryId(db.last_insert_rowid());
    db.prepare_cached("INSERT INTO contents (entry, hash, data) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, packed.hash, packed.data])?;
    insert_parts(db, id, entry)?;
    Ok(id)
}

/// Puts an entry's newer state in the place of the older one, which must have become a revision before.
pub(super) fn replace(
    db: &Connection,
    id: EntryId,
    first_seen: i64,
    entry: &Entry,
    packed: &Packed,
) -> Result<(), ArchiveError> {
    let mut update = db.prepare_cached(
        "UPDATE entries SET url = ?1, title = ?2, summary = ?3, published = ?4, updated = ?5,
             date = ?6, language = ?7, event = ?8, comments_url = ?9, source_guid = ?10,
             source_title = ?11, source_url = ?12, hash = ?13, extras = ?14,
             event_key = ?15, fingerprint = ?16, link_key = ?17, guid_key = ?18
         WHERE id = ?19",
    )?;
    // It keeps its guid, whatever the feed calls it by now.
    let (feed, guid) = db
        .prepare_cached("SELECT feed, guid FROM entries WHERE id = ?1")?
        .query_row([id.0], |row| Ok((row.get(0).map(FeedId)?, row.get(1)?)))?;
    let guid: String = guid;
    bind_facts(&mut update, entry, first_seen)?;
    bind_keys(&mut update, db, feed, &guid, entry)?;
    update.raw_bind_parameter(19, id.0)?;
    update.raw_execute()?;
    db.prepare_cached("UPDATE contents SET hash = ?2, data = ?3 WHERE entry = ?1")?
        .execute(params![id.0, packed.hash, packed.data])?;
    for delete in [
        "DELETE FROM authors WHERE entry = ?1",
        "DELETE FROM enclosures WHERE entry = ?1",
        "DELETE FROM talks WHERE entry = ?1",
    ] {
        db.prepare_cached(delete)?.execute([id.0])?;
    }
    insert_parts(db, id, entry)
}

/// The columns that an insert and an update share, as parameters 1 to 16.
fn bind_facts(
    statement: &mut rusqlite::Statement<'_>,
    entry: &Entry,
    first_seen: i64,
) -> Result<(), ArchiveError> {
    let source = entry.source.as_ref();
    statement.raw_bind_parameter(1, &entry.url)?;
    statement.raw_bind_parameter(2, &entry.title)?;
    statement.raw_bind_parameter(3, &entry.summary)?;
    statement.raw_bind_parameter(4, entry.published.map(seconds))?;
    statement.raw_bind_parameter(5, entry.updated.map(seconds))?;
    statement.raw_bind_parameter(6, seconds(entry.date(certain(first_seen))))?;
    statement.raw_bind_parameter(7, &entry.language)?;
    statement.raw_bind_parameter(8, &entry.event)?;
    statement.raw_bind_parameter(9, &entry.comments_url)?;
    statement.raw_bind_parameter(10, source.and_then(|source| source.guid.as_deref()))?;
    statement.raw_bind_parameter(11, source.and_then(|source| source.title.as_deref()))?;
    statement.raw_bind_parameter(12, source.and_then(|source| source.url.as_deref()))?;
    statement.raw_bind_parameter(13, &entry.hash.0[..])?;
    let extras = entry.extras.as_deref();
    let extras = extras.and_then(|extras| serde_json::to_string(extras).ok());
    statement.raw_bind_parameter(14, extras)?;
    statement.raw_bind_parameter(15, event_key(entry))?;
    let fingerprint = entry.fingerprint.map(|it| it.0.cast_signed());
    statement.raw_bind_parameter(16, fingerprint)?;
    Ok(())
}

/// The same, as parameters 17 and 18.
fn bind_keys(
    statement: &mut rusqlite::Statement<'_>,
    db: &Connection,
    feed: FeedId,
    guid: &str,
    entry: &Entry,
) -> Result<(), ArchiveError> {
    let keys = duplicates::Keys::of(db, feed, guid, entry.url.as_deref())?;
    statement.raw_bind_parameter(17, keys.link)?;
    statement.raw_bind_parameter(18, keys.guid)?;
    Ok(())
}

/// By what an entry's event is known; `None` where it is of none.
pub(super) fn event_key(entry: &Entry) -> Option<String> {
    let event = Event::of(entry)?;
    Some(event.key()).filter(|key| !key.is_empty())
}

/// Authors, enclosures and talks; tags have rules of their own.
fn insert_parts(db: &Connection, id: EntryId, entry: &Entry) -> Result<(), ArchiveError> {
    let mut author = db.prepare_cached(
        "INSERT INTO authors (entry, position, name, uri, email) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, person) in entry.authors.iter().enumerate() {
        author.execute(params![
            id.0,
            position as i64,
            person.name,
            person.uri,
            person.email
        ])?;
    }
    let mut enclosure = db.prepare_cached(
        "INSERT INTO enclosures (entry, position, url, media_type, length) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, file) in entry.enclosures.iter().enumerate() {
        // A length beyond i64 is a publisher's lie.
        let length = file.length.and_then(|length| i64::try_from(length).ok());
        enclosure.execute(params![
            id.0,
            position as i64,
            file.url,
            file.media_type,
            length
        ])?;
    }
    insert_talks(db, id, entry)
}

pub(super) fn insert_talks(
    db: &Connection,
    id: EntryId,
    entry: &Entry,
) -> Result<(), ArchiveError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO talks (entry, number, title, speakers, kind, level, anchor, url, start, end)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (talk, number) in entry.talks.iter().zip(1..=MAX_TALKS as i64) {
        insert.execute(params![
            id.0,
            number,
            talk.title,
            serde_json::Value::from(talk.speakers.as_slice()).to_string(),
            talk.kind.word(),
            talk.level,
            talk.anchor,
            talk.url,
            talk.section.start as i64,
            talk.section.end as i64,
        ])?;
    }
    Ok(())
}

/// Entries by number, permalink or guid, oldest first. A permalink or guid that several feeds' entries of
/// one post have means the one of them that is shown.
pub(super) fn find(
    db: &Connection,
    name: &str,
    most: usize,
) -> Result<Vec<ArchivedEntry>, ArchiveError> {
    let name = name.trim();
    let number = name.parse::<i64>().ok();
    let mut select = db.prepare_cached(
        "SELECT id FROM entries WHERE id = ?1
         UNION SELECT id FROM entries WHERE link_key = ?4 AND url = ?2
         UNION SELECT id FROM entries WHERE link_key IS NULL AND url = ?2
         UNION SELECT id FROM entries WHERE guid = ?2
         UNION SELECT entry FROM later_guids WHERE guid = ?2
         ORDER BY id LIMIT ?3",
    )?;
    let link = duplicates::link_key(name);
    let mut ids: Vec<i64> = select
        .query_map(params![number, name, most as i64, link], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if ids.len() > 1 {
        for id in ids.iter_mut().filter(|id| Some(**id) != number) {
            *id = duplicates::shown_instead(db, *id)?;
        }
        ids.sort_unstable();
        ids.dedup();
    }
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(mut entry) = load(db, EntryId(id))? {
            duplicates::unite(db, &mut entry, false)?;
            found.push(entry);
        }
    }
    Ok(found)
}
