//! Answers as servers gave them, for those who keep them (`[archive] raw`).

use rusqlite::{Connection, params};

use super::Archive;
use super::content::Packer;
use super::dictionary;
use super::duplicates;
use super::entries;
use super::error::ArchiveError;
use super::index::{self, Pending};
use super::instants::{certain, seconds};
use super::stems::KnownWords;
use super::tags;
use crate::model::{Entry, EntryId, FeedId, RawAnswer};

/// A feed's document rarely takes more than a few seconds at this level, and a third less than at 3.
const LEVEL: i32 = 9;

/// One that is ready to be written.
pub(super) struct PackedRaw {
    answer: RawAnswer,
    hash: [u8; 32],
    size: usize,
}

impl PackedRaw {
    pub(super) fn pack(mut answer: RawAnswer) -> Result<Self, ArchiveError> {
        let hash = *blake3::hash(&answer.body).as_bytes();
        let size = answer.body.len();
        answer.body = zstd::bulk::compress(&answer.body, LEVEL).map_err(|error| {
            ArchiveError::Failed(format!("an answer cannot be compressed: {error}"))
        })?;
        Ok(Self { answer, hash, size })
    }
}

/// Keeps an answer, in the place of the feed's earlier ones where it is to be alone. What is there byte for
/// byte is not kept again.
pub(super) fn keep(db: &Connection, feed: FeedId, raw: &PackedRaw) -> Result<(), ArchiveError> {
    let answer = &raw.answer;
    if answer.alone {
        db.prepare_cached("DELETE FROM raw_answers WHERE feed = ?1")?
            .execute([feed.0])?;
    }
    db.prepare_cached(
        "INSERT INTO raw_answers (feed, url, at, request, response, hash, size, body)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         WHERE ?6 IS NOT (SELECT hash FROM raw_answers WHERE feed = ?1 ORDER BY id DESC LIMIT 1)",
    )?
    .execute(params![
        feed.0,
        answer.url,
        seconds(answer.at),
        answer.request,
        answer.response,
        &raw.hash[..],
        raw.size as i64,
        answer.body,
    ])?;
    Ok(())
}

impl Archive {
    /// The next raw answer after a number (0: the first), by arrival, with its number and feed.
    pub(crate) fn raw_after(
        &self,
        after: i64,
    ) -> Result<Option<(i64, FeedId, RawAnswer)>, ArchiveError> {
        let reader = self.connections.reader()?;
        let mut select = reader.prepare_cached(
            "SELECT id, feed, url, at, request, response, size, body, hash FROM raw_answers
             WHERE id > ?1 ORDER BY id LIMIT 1",
        )?;
        let mut rows = select.query([after])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let (id, size): (i64, i64) = (row.get(0)?, row.get(6)?);
        let packed = row.get_ref(7)?.as_blob().map_err(rusqlite::Error::from)?;
        let hash: [u8; 32] = row.get(8)?;
        let answer = RawAnswer {
            url: row.get(2)?,
            at: certain(row.get(3)?),
            request: row.get(4)?,
            response: row.get(5)?,
            body: unpack(id, packed, size, hash)?,
            alone: false,
        };
        Ok(Some((id, FeedId(row.get(1)?), answer)))
    }

    /// The number of each feed's latest raw answer.
    pub(crate) fn latest_raw(&self) -> Result<Vec<(FeedId, i64)>, ArchiveError> {
        let reader = self.connections.reader()?;
        let mut select =
            reader.prepare_cached("SELECT feed, id FROM raw_answers r
             WHERE id = (SELECT id FROM raw_answers WHERE feed = r.feed ORDER BY at DESC, id DESC LIMIT 1)")?;
        let latest = select.query_map([], |row| Ok((FeedId(row.get(0)?), row.get(1)?)))?;
        Ok(latest.collect::<Result<_, _>>()?)
    }

    /// Puts what reading anew made of entries in the place of what was read before. The publisher has
    /// changed nothing, so no revision is kept.
    pub(crate) fn reread(&self, entries: &[(EntryId, Entry)]) -> Result<(), ArchiveError> {
        self.indexed
            .fetch_add(entries.len(), std::sync::atomic::Ordering::Relaxed);
        self.write_learning(|db, words| reread(db, words, entries))
    }
}

fn reread(
    db: &Connection,
    words: &mut KnownWords,
    states: &[(EntryId, Entry)],
) -> Result<(), ArchiveError> {
    let dictionary = dictionary::newest(db)?;
    let mut packer = Packer::new(dictionary)?;
    let mut pending = Pending::default();
    for (id, entry) in states {
        if !entries::exists(db, *id)? {
            continue;
        }
        let data = packer.pack(&entry.content, &entry.original)?;
        entries::replace(db, *id, entries::first_seen(db, *id)?, entry, &data)?;
        tags::clear_of_publisher(db, *id)?;
        tags::add_of_publisher(db, *id, entry)?;
        pending.put(*id, index::rows_of(entry), true);
    }
    pending.write(db, words)?;
    duplicates::settle(db, states.iter().map(|(id, _)| *id))
}

fn unpack(id: i64, packed: &[u8], size: i64, hash: [u8; 32]) -> Result<Vec<u8>, ArchiveError> {
    let damaged = || ArchiveError::Damaged(format!("raw answer {id} cannot be read"));
    // A damaged size may name any; no document is larger than the frame says it is.
    let size = usize::try_from(size).map_err(|_| damaged())?;
    match zstd::zstd_safe::get_frame_content_size(packed) {
        Ok(Some(told)) if told == size as u64 => {}
        _ => return Err(damaged()),
    }
    let body = zstd::bulk::decompress(packed, size).map_err(|_| damaged())?;
    match *blake3::hash(&body).as_bytes() == hash {
        true => Ok(body),
        false => Err(damaged()),
    }
}

/// For `check`: every raw answer can be read and is what its hash says.
pub(super) fn problems(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let mut select = db.prepare("SELECT id, size, hash, body FROM raw_answers")?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let is_sound = match (
            row.get(1),
            row.get::<_, [u8; 32]>(2),
            row.get_ref(3)?.as_blob(),
        ) {
            (Ok(size), Ok(hash), Ok(packed)) => unpack(id, packed, size, hash).is_ok(),
            _ => false,
        };
        if !is_sound {
            found.push(format!("raw answer {id} cannot be read"));
        }
    }
    Ok(found)
}
