//! How many rows of the index say something, counted up to where it makes a difference.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::super::entries;
use super::super::error::ArchiveError;
use super::super::tags;
use super::words::{IN_PEOPLE, IN_TITLE};

/// What so many rows say is common: gathering it all would take longer than an answer may. What fewer say
/// is gathered in a few milliseconds.
pub(super) const COMMON: usize = 30_000 / SCALE;

/// Of a word that so many rows say it says little that a row says it, and to count them all for bm25 would
/// take longer than an answer may.
pub(super) const EVERYWHERE: usize = if cfg!(test) { 300 } else { 100_000 };

/// Of what is common, so many of the newest rows are gathered: a walk from the newest entry on seldom leaves
/// them.
pub(super) const RECENT: usize = 20_000 / SCALE;

/// Tests make do with archives a hundredth as large.
pub(super) const SCALE: usize = if cfg!(test) { 100 } else { 1 };

/// Up to so many rows are ranked by bm25, in 10 ms or so; and are counted.
pub(super) const RANKED: usize = 6_000 / SCALE;

/// Of what more rows say, so many are looked at to tell how many they are.
const SAMPLE: usize = 3_000 / SCALE;

/// As [`COMMON`], of tags: an entry's own stand together and are quicker to look at.
const MUCH_TAGGED: usize = 20_000 / SCALE;

/// Counts for one plan, each expression once.
pub(super) struct Reach<'a> {
    pub(super) db: &'a Connection,
    known: RefCell<HashMap<String, Known>>,
}

/// What is known of an expression.
#[derive(Clone, Copy)]
struct Known {
    rows: usize,
    /// How many entries there are to a row, on average.
    spacing: f64,
}

impl<'a> Reach<'a> {
    pub(super) fn new(db: &'a Connection) -> Self {
        Self {
            db,
            known: RefCell::default(),
        }
    }

    /// The rows of an expression; an estimate where they are more than [`RANKED`], or
    /// where a common word is asked for in one column only, for which every row that says it has to be
    /// looked at.
    pub(super) fn of(&self, expression: &str) -> Result<usize, ArchiveError> {
        Ok(self.known(expression)?.rows)
    }

    fn known(&self, expression: &str) -> Result<Known, ArchiveError> {
        let known = self.known.borrow().get(expression).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let known = match anywhere_of(expression) {
            Some(anywhere) if self.is_common(anywhere)? => Known {
                // What has to be walked over are the rows that say it anywhere.
                spacing: self.known(anywhere)?.spacing,
                ..self.sampled(expression, self.known(anywhere)?.spacing)?
            },
            _ => self.counted(expression)?,
        };
        self.known.borrow_mut().insert(expression.to_owned(), known);
        Ok(known)
    }

    /// What few rows say is counted; of more the first are, and some of the newer ones.
    fn counted(&self, expression: &str) -> Result<Known, ArchiveError> {
        let newest = entries::newest(self.db)?.0.max(1);
        let most = match is_of_beginnings(expression) {
            true => COMMON,
            false => RANKED + 1,
        };
        let (rows, last) = self.rows_from(expression, 0, most)?;
        if rows <= RANKED || most == COMMON {
            return Ok(Known {
                rows,
                spacing: newest as f64 / rows.max(1) as f64,
            });
        }
        let newer = newest / 4 * 3;
        let (sample, last_newer) = self.rows_from(expression, newer, SAMPLE)?;
        let until = if sample < SAMPLE { newest } else { last_newer };
        let spacing = (until - newer).max(1) as f64 / sample.max(1) as f64;
        let per_entry = f64::midpoint(rows as f64 / last.max(1) as f64, 1.0 / spacing);
        Ok(Known {
            rows: ((per_entry * newest as f64) as usize).max(rows),
            spacing: 1.0 / per_entry,
        })
    }

    /// Of a common word in one column: how many of the newer rows that say it say it there.
    fn sampled(&self, expression: &str, spacing: f64) -> Result<Known, ArchiveError> {
        let newest = entries::newest(self.db)?.0;
        let among = (SAMPLE as f64 * spacing).clamp(1.0, newest.max(1) as f64);
        let (rows, _) = self.rows_from(expression, newest - among as i64, SAMPLE)?;
        let all = rows as f64 * newest as f64 / among;
        Ok(Known {
            rows: all as usize,
            spacing,
        })
    }

    /// How many entries stand between two rows that say it.
    pub(super) fn spacing(&self, expression: &str) -> Result<f64, ArchiveError> {
        Ok(self.known(expression)?.spacing)
    }

    /// From which entry on about so many rows say it, or all of them.
    pub(super) fn newest_from(&self, expression: &str, rows: usize) -> Result<i64, ArchiveError> {
        let known = self.known(expression)?;
        let entries = (known.spacing * rows as f64) as i64;
        Ok((entries::newest(self.db)?.0 - entries).max(0))
    }

    /// How many rows say it, at most so many, from an entry on; and the entry of the last of these. From old to
    /// new: the other way the index is three times as slow.
    fn rows_from(
        &self,
        expression: &str,
        from: i64,
        most: usize,
    ) -> Result<(usize, i64), ArchiveError> {
        let mut select = self.db.prepare_cached(
            "SELECT count(*), ifnull(max(row), 0) >> 8 FROM (
                 SELECT rowid AS row FROM entry_text WHERE entry_text MATCH ?1 AND rowid >= ?2
                 LIMIT ?3)",
        )?;
        let (rows, last): (i64, i64) = select
            .query_row((expression, from << 8, most as i64), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok((usize::try_from(rows).unwrap_or(0), last))
    }

    /// The rows of an expression, at most so many.
    pub(super) fn rows(&self, expression: &str, most: usize) -> Result<Vec<i64>, ArchiveError> {
        let mut select = self
            .db
            .prepare_cached("SELECT rowid FROM entry_text WHERE entry_text MATCH ?1 LIMIT ?2")?;
        let rows = select.query_map((expression, most as i64), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many rows are looked at to find those of an expression.
    pub(super) fn walked(&self, expression: &str) -> Result<usize, ArchiveError> {
        self.of(anywhere_of(expression).unwrap_or(expression))
    }

    pub(super) fn is_common(&self, expression: &str) -> Result<bool, ArchiveError> {
        Ok(self.of(expression)? >= COMMON && !is_of_beginnings(expression))
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
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {MUCH_TAGGED})",
            tags::by_key(test)
        );
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

/// Without its column, what is asked for in one.
pub(super) fn anywhere_of(expression: &str) -> Option<&str> {
    expression
        .strip_prefix(IN_TITLE)
        .or_else(|| expression.strip_prefix(IN_PEOPLE))
}

/// Whether words are asked for by their beginning: the index gathers all their rows each time it is asked, so
/// that it is better asked once.
pub(super) fn is_of_beginnings(expression: &str) -> bool {
    expression.contains("\" *")
}
