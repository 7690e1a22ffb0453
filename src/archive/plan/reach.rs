//! How many rows of the index say something, counted up to where it makes a difference.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::super::error::ArchiveError;

/// What so many rows say is common: gathering it all would take longer than an answer may. What fewer say
/// is gathered in a few milliseconds.
pub(super) const COMMON: usize = 30_000 / SCALE;

/// Of what is common, so many of the newest rows are gathered: a walk from the newest entry on seldom leaves
/// them.
pub(super) const RECENT: usize = 20_000 / SCALE;

/// Tests make do with archives a hundredth as large.
pub(super) const SCALE: usize = if cfg!(test) { 100 } else { 1 };

/// As [`COMMON`], of tags: an entry's own stand together and are quicker to look at.
const MUCH_TAGGED: usize = 20_000 / SCALE;

/// Counts for one plan, each expression once.
pub(super) struct Reach<'a> {
    pub(super) db: &'a Connection,
    known: RefCell<HashMap<String, usize>>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(db: &'a Connection) -> Self {
        Self {
            db,
            known: RefCell::default(),
        }
    }

    /// The rows of an expression, at most [`COMMON`].
    pub(super) fn of(&self, expression: &str) -> Result<usize, ArchiveError> {
        let known = self.known.borrow().get(expression).copied();
        if let Some(rows) = known {
            return Ok(rows);
        }
        let rows = self.up_to(expression, COMMON)?;
        self.known.borrow_mut().insert(expression.to_owned(), rows);
        Ok(rows)
    }

    pub(super) fn is_common(&self, expression: &str) -> Result<bool, ArchiveError> {
        Ok(self.of(expression)? >= COMMON)
    }

    /// The first entry of which all rows are among the [`RECENT`] ones that an expression has.
    pub(super) fn recent_from(&self, expression: &str) -> Result<i64, ArchiveError> {
        let mut select = self.db.prepare_cached(
            "SELECT rowid >> 8 FROM entry_text WHERE entry_text MATCH ?1
             ORDER BY rowid DESC LIMIT 1 OFFSET ?2",
        )?;
        let last: Option<i64> = select
            .query_row((expression, RECENT as i64), |row| row.get(0))
            .optional()?;
        Ok(last.map_or(0, |last| last + 1))
    }

    /// Whether so many entries have a tag that gathering them would take longer than looking at those met.
    pub(super) fn is_much_tagged(
        &self,
        test: &str,
        parameters: &[Value],
    ) -> Result<bool, ArchiveError> {
        let sql =
            format!("SELECT count(*) FROM (SELECT 1 FROM tags WHERE {test} LIMIT {MUCH_TAGGED})");
        let mut count = self.db.prepare_cached(&sql)?;
        let tags: i64 = count.query_row(params_from_iter(parameters), |row| row.get(0))?;
        Ok(usize::try_from(tags).unwrap_or(0) >= MUCH_TAGGED)
    }

    /// The rows of an expression, at most so many.
    pub(super) fn up_to(&self, expression: &str, most: usize) -> Result<usize, ArchiveError> {
        let mut count = self.db.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM entry_text WHERE entry_text MATCH ?1 LIMIT ?2)",
        )?;
        let rows: i64 = count.query_row((expression, most as i64), |row| row.get(0))?;
        Ok(usize::try_from(rows).unwrap_or(0))
    }
}
