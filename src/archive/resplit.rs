//! Takes in anew what splitting makes of entries: talks and event.

use rusqlite::{Connection, params};

use super::entries;
use super::error::ArchiveError;
use super::index;
use super::stems::KnownWords;
use crate::model::{ArchivedEntry, EntryId};

/// Entries in full after a number, in their order; one whose content is damaged is left out.
pub(super) fn next(
    db: &Connection,
    after: EntryId,
    most: usize,
) -> Result<(Vec<ArchivedEntry>, Option<EntryId>), ArchiveError> {
    let mut select =
        db.prepare_cached("SELECT id FROM entries WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let ids: Vec<i64> = select
        .query_map(params![after.0, most as i64], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let last = ids.last().copied().map(EntryId);
    let mut loaded = Vec::with_capacity(ids.len());
    for id in ids {
        match entries::load(db, EntryId(id)) {
            Err(ArchiveError::Damaged(_)) => {}
            entry => loaded.extend(entry?),
        }
    }
    Ok((loaded, last))
}

/// Puts the entries' present talks and events in the place of the older ones. One that was edited since
/// it was read is left as it is: it has been split anew with its edit.
pub(super) fn replace(
    db: &Connection,
    words: &mut KnownWords,
    split: &[ArchivedEntry],
) -> Result<(), ArchiveError> {
    for archived in split {
        let ArchivedEntry { id, entry, .. } = archived;
        let updated = db
            .prepare_cached(
                "UPDATE entries SET event = ?2, event_key = ?4 WHERE id = ?1 AND hash = ?3",
            )?
            .execute(params![
                id.0,
                entry.event,
                &entry.hash.0[..],
                entries::event_key(entry)
            ])?;
        if updated > 0 {
            db.prepare_cached("DELETE FROM talks WHERE entry = ?1")?
                .execute([id.0])?;
            entries::insert_talks(db, *id, entry)?;
            index::delete_entry(db, *id)?;
            index::insert(db, *id, &index::rows_of(entry), words)?;
        }
    }
    Ok(())
}
