//! Up to where views have been shown, and which file each was last written to.
//!
//! Entries are numbered as they arrive: there is one writer at a time, so what has a larger number was
//! stored later, whatever its publisher says. A cursor is such a number.
//!
//! A file is put in place and the cursor moved one after the other, and a kill may come between. So the
//! file is announced first: afterwards its hash tells whether it was finished.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::Archive;
use super::error::ArchiveError;
use super::instants;
use super::plan::Plan;
use crate::query::{Cursor, Query};

/// The file that a view was last written to, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) path: PathBuf,
    /// BLAKE3 of its bytes.
    pub(crate) hash: [u8; 32],
    /// It holds what arrived later than this …
    pub(crate) after: Cursor,
    /// … and by then.
    pub(crate) until: Cursor,
}

/// What became of the wish to move a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    Done,
    /// Somebody else has shown the view meanwhile; nothing was done.
    Elsewhere,
}

impl Archive {
    /// Up to where a view has been shown; `None`: never.
    pub(crate) fn cursor(&self, name: &str) -> Result<Option<Cursor>, ArchiveError> {
        cursor(&*self.connections.reader()?, name)
    }

    /// Where a cursor stands that has seen everything but the past (see [`Archive::record_page`]).
    pub(crate) fn latest(&self) -> Result<Cursor, ArchiveError> {
        let reader = self.connections.reader()?;
        let latest = "SELECT coalesce(max(id), 0) FROM entries WHERE NOT backfilled";
        Ok(Cursor(reader.query_row(latest, [], |row| row.get(0))?))
    }

    /// Moves a cursor from where it stood, once `put_in_place` has done its work. Both happen while
    /// nobody else writes, so of several that show a view at once one does and the others learn of it.
    pub(crate) fn move_cursor<E: From<ArchiveError>>(
        &self,
        name: &str,
        from: Option<Cursor>,
        to: Cursor,
        now: DateTime<Utc>,
        put_in_place: impl FnOnce() -> Result<(), E>,
    ) -> Result<Moved, E> {
        let mut failed = None;
        let moved = self.write(|db| {
            if cursor(db, name)? != from {
                return Ok(Moved::Elsewhere);
            }
            if let Err(error) = put_in_place() {
                failed = Some(error);
                return Ok(Moved::Elsewhere);
            }
            db.execute(
                "INSERT INTO cursors (name, entry, moved_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET entry = ?2, moved_at = ?3",
                params![name, to.0, instants::seconds(now)],
            )?;
            Ok(Moved::Done)
        })?;
        failed.map_or(Ok(moved), Err)
    }

    /// The file that a view was last written to, or was about to be.
    pub(crate) fn announced(&self, name: &str) -> Result<Option<Announced>, ArchiveError> {
        let reader = self.connections.reader()?;
        let mut select = reader
            .prepare_cached("SELECT path, hash, after, until FROM outputs WHERE cursor = ?1")?;
        let announced = select.query_row([name], |row| {
            Ok(Announced {
                path: PathBuf::from(row.get::<_, String>(0)?),
                hash: row.get(1)?,
                after: Cursor(row.get(2)?),
                until: Cursor(row.get(3)?),
            })
        });
        Ok(announced.optional()?)
    }

    /// Notes which file is about to be put in place.
    pub(crate) fn announce(&self, name: &str, file: &Announced) -> Result<(), ArchiveError> {
        let path = file.path.to_string_lossy();
        self.write(|db| {
            db.execute(
                "INSERT OR REPLACE INTO outputs (cursor, path, hash, after, until)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![name, path, file.hash, file.after.0, file.until.0],
            )?;
            Ok(())
        })
    }

    /// Where the first `most` items that arrived within the query's bounds end: an entry's talks are
    /// never divided, and one entry at least is within. `None`: all are within.
    pub(crate) fn end_of_first(
        &self,
        query: &Query,
        most: u64,
    ) -> Result<Option<Cursor>, ArchiveError> {
        let mut end = None;
        let mut items = 0;
        // Of a post in several feeds each coming is counted: it is when something arrived that matters.
        let each = Query {
            merge: false,
            ..query.clone()
        };
        self.each_arrival(&each, |entry, count| {
            if end.is_some() && items + count > most {
                return false;
            }
            items += count;
            end = Some(entry);
            true
        })
        .map(|all| if all { None } else { end })
    }

    /// The last entry of each page, if what the query selects is laid on pages of `size` items by
    /// arrival; the last page may have fewer.
    pub(crate) fn pages(&self, query: &Query, size: u64) -> Result<Vec<Cursor>, ArchiveError> {
        let mut ends = Vec::new();
        let mut last = None;
        let mut items = 0;
        self.each_arrival(query, |entry, count| {
            items += count;
            last = Some(entry);
            if items >= size {
                ends.extend(last.take());
                items = 0;
            }
            true
        })?;
        ends.extend(last);
        Ok(ends)
    }

    /// Whether the query selects anything.
    pub(crate) fn any(&self, query: &Query) -> Result<bool, ArchiveError> {
        self.each_arrival(query, |_, _| false).map(|none| !none)
    }

    /// Each entry the query selects, by arrival, with how many items it gives; says whether `visit`
    /// wanted them all.
    fn each_arrival(
        &self,
        query: &Query,
        mut visit: impl FnMut(Cursor, u64) -> bool,
    ) -> Result<bool, ArchiveError> {
        let query = Query {
            limit: None,
            per_feed: None,
            ..self.widened(query)
        };
        let reader = self.connections.reader()?;
        let plan = Plan::of(&reader, &query)?;
        let sql = format!(
            "SELECT id, count(*) FROM ({}) GROUP BY id ORDER BY id",
            plan.sql
        );
        let mut select = reader.prepare(&sql)?;
        let mut rows = select.query(params_from_iter(&plan.parameters))?;
        while let Some(row) = rows.next()? {
            if !visit(Cursor(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn cursor(db: &Connection, name: &str) -> Result<Option<Cursor>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT entry FROM cursors WHERE name = ?1")?;
    let entry = select.query_row([name], |row| row.get(0)).optional()?;
    Ok(entry.map(Cursor))
}

impl Announced {
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        self.path.to_string_lossy() == path.to_string_lossy()
    }
}
