//! One walk over a table for many entries.

use rusqlite::{CachedStatement, Connection, Row};

use super::super::error::ArchiveError;

/// SQLite steps over a few rows that are not asked for sooner than a walk begins anew behind them.
const NEAR: i64 = 16;

/// How far the last is from the first where each has its bit in a number.
const MOST: i64 = 62;

/// What to select of the rows that a walk stops at, by the column that has their entries' numbers, in its order:
/// `?1` is the first that is asked for, each bit of `?2` one from it on, `?3` the last. The row behind them says
/// that they are over. The columns of other rows are not read.
///
/// * `$then`: by what the rows of one entry are ordered.
macro_rules! asked_for {
    ($select:expr, $entry:literal $(, $then:literal)?) => {
        concat!(
            $select,
            " WHERE ",
            $entry,
            " >= ?1 AND (",
            $entry,
            " > ?3 OR (?2 >> (",
            $entry,
            " - ?1)) & 1) ORDER BY ",
            $entry
            $(, ", ", $then)?
        )
    };
}

pub(in crate::archive) use asked_for;

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

    /// `sql` gives the rows that are [`asked_for`]; its first column is the entry's number.
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
            let (bits, last) = near(&ids[at..]);
            self.select.raw_bind_parameter(1, from)?;
            self.select.raw_bind_parameter(2, bits)?;
            self.select.raw_bind_parameter(3, last)?;
            let mut rows = self.select.raw_query();
            while ids.get(at).is_some_and(|next| *next <= last) {
                let Some(row) = rows.next()? else {
                    return Ok(ids.len());
                };
                let entry = row.get(0)?;
                at += ids[at..].iter().take_while(|id| **id < entry).count();
                if entry > last {
                    break;
                }
                if ids.get(at) == Some(&entry) {
                    held = held.saturating_add(put(at, row)?);
                    if held > most && at > 0 {
                        return Ok(at);
                    }
                    at += usize::from(self.is_single);
                }
            }
        }
        Ok(ids.len())
    }
}

/// Of entries that ascend those to ask for together: a bit for each from the first on, and the last.
fn near(ids: &[i64]) -> (i64, i64) {
    let first = ids[0];
    let (mut bits, mut last) = (1, first);
    for id in &ids[1..] {
        if id - last > NEAR || id - first > MOST {
            break;
        }
        last = *id;
        bits |= 1 << (last - first);
    }
    (bits, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = asked_for!("SELECT entry, part FROM t", "entry", "part");

    /// How many rows an entry has: some have none.
    fn parts(entry: i64, is_single: bool) -> i64 {
        match entry {
            700.. => 0,
            _ if entry % 7 == 0 => 0,
            _ if is_single => 1,
            _ => entry % 4,
        }
    }

    fn rows(is_single: bool) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (entry, part, PRIMARY KEY (entry, part)) WITHOUT ROWID")
            .unwrap();
        for entry in 0..700 {
            for part in 0..parts(entry, is_single) {
                db.execute("INSERT INTO t VALUES (?1, ?2)", [entry, part])
                    .unwrap();
            }
        }
        db
    }

    #[test]
    fn a_walk_meets_each_row_of_the_entries_that_are_asked_for_and_no_other() {
        for is_single in [true, false] {
            let db = rows(is_single);
            let mut walk = Walk {
                is_single,
                ..Walk::many(&db, ROWS).unwrap()
            };
            // From all of them to few that are far apart, now and then one beside another.
            for step in [1, 2, 3, 5, 16, 17, 61, 62, 63, 64, 200, 699] {
                for first in [0, 1, 6, 630] {
                    let far = (first..900).step_by(step);
                    let mut ids: Vec<i64> = far.flat_map(|id| [id, id + id % 2]).collect();
                    ids.sort_unstable();
                    ids.dedup();
                    let mut met = Vec::new();
                    let done = walk.over(&ids, usize::MAX, |at, row| {
                        met.push((ids[at], row.get(0)?, row.get(1)?));
                        Ok(1)
                    });
                    assert_eq!(done.unwrap(), ids.len());
                    let each = ids.iter().flat_map(|id| {
                        let parts = 0..parts(*id, is_single);
                        parts.map(|part| (*id, *id, part))
                    });
                    let expected: Vec<(i64, i64, i64)> = each.collect();
                    assert_eq!(met, expected, "every {step} from {first}, {is_single}");
                }
            }
        }
    }

    #[test]
    fn a_walk_ends_before_what_is_too_much() {
        let db = rows(true);
        let mut walk = Walk::single(&db, ROWS).unwrap();
        let mut over = |most| walk.over(&[1, 2, 90, 92], most, |_, _| Ok(10)).unwrap();
        assert_eq!(
            [over(0), over(10), over(29), over(30), over(40)],
            [1, 1, 2, 3, 4]
        );
    }
}
