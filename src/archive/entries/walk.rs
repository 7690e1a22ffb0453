//! One walk over a table for many entries.

use rusqlite::{CachedStatement, Connection, Row};

use super::super::error::ArchiveError;

/// To step over a row costs less than to begin anew behind it, but not less than over many.
const NEAR: i64 = 4;

/// Rows of entries, by their numbers.
pub(super) struct Walk<'db> {
    select: CachedStatement<'db>,
    /// At most one row is an entry's.
    is_single: bool,
}

impl<'db> Walk<'db> {
    /// Over one row of each entry, as [`Walk::many`].
    pub(super) fn single(db: &'db Connection, sql: &str) -> Result<Self, ArchiveError> {
        Ok(Self {
            select: db.prepare_cached(sql)?,
            is_single: true,
        })
    }

    /// `sql` gives rows from one entry on (`?1`) in the order of entries; its first column is the entry's
    /// number.
    pub(super) fn many(db: &'db Connection, sql: &str) -> Result<Self, ArchiveError> {
        Ok(Self {
            select: db.prepare_cached(sql)?,
            is_single: false,
        })
    }

    /// Gives a further parameter, for all walks.
    pub(super) fn bind(mut self, parameter: usize, value: bool) -> Result<Self, ArchiveError> {
        self.select.raw_bind_parameter(parameter, value)?;
        Ok(self)
    }

    /// Calls `put` with each row of these entries, which ascend, and the entry's place among them; it answers
    /// how many bytes it has put. Answers how many of the entries were done before there were more than
    /// `most`; the first always is.
    pub(super) fn over(
        &mut self,
        ids: &[i64],
        most: usize,
        mut put: impl FnMut(usize, &Row<'_>) -> rusqlite::Result<usize>,
    ) -> Result<usize, ArchiveError> {
        let mut at = 0;
        let mut held: usize = 0;
        while let Some(from) = ids.get(at) {
            self.select.raw_bind_parameter(1, from)?;
            let mut rows = self.select.raw_query();
            loop {
                let Some(row) = rows.next()? else {
                    return Ok(ids.len());
                };
                let entry = row.get(0)?;
                at += ids[at..].iter().take_while(|id| **id < entry).count();
                if ids.get(at) == Some(&entry) {
                    held = held.saturating_add(put(at, row)?);
                    if held > most && at > 0 {
                        return Ok(at);
                    }
                    at += usize::from(self.is_single);
                }
                if ids.get(at).is_none_or(|next| *next > entry + NEAR) {
                    break;
                }
            }
        }
        Ok(ids.len())
    }
}
