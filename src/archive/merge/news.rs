//! What is still to be shown after a merge.
//!
//! A cursor is one number: what arrived later is news. The entries of two archives lie in one row now, and
//! neither cursor fits it. So each view's cursor goes up to the first entry that neither archive has shown
//! it, and what lies behind that and was shown all the same is noted in `shown`.
//!
//! A view that one archive does not know has seen there what any view has: somebody was shown it.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use super::super::error::ArchiveError;

/// Of this archive before the other's entries came.
pub(super) struct Before {
    cursors: BTreeMap<String, (i64, i64)>,
}

fn cursors(db: &Connection) -> Result<BTreeMap<String, (i64, i64)>, ArchiveError> {
    let mut select = db.prepare("SELECT name, entry, moved_at FROM cursors")?;
    let cursors = select.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(cursors.collect::<Result<_, _>>()?)
}

/// Where a view stands, and since when.
fn position(cursors: &BTreeMap<String, (i64, i64)>, name: &str) -> (i64, i64) {
    let furthest = || cursors.values().max().copied().unwrap_or_default();
    cursors.get(name).copied().unwrap_or_else(furthest)
}

impl Before {
    pub(super) fn of(db: &Connection) -> Result<Self, ArchiveError> {
        Ok(Self {
            cursors: cursors(db)?,
        })
    }

    /// `numbers`: of the other's entries, here.
    pub(super) fn settle(
        self,
        from: &Connection,
        to: &Connection,
        numbers: &HashMap<i64, i64>,
    ) -> Result<(), ArchiveError> {
        let theirs = cursors(from)?;
        to.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS taken_in (here INTEGER PRIMARY KEY, there INTEGER NOT NULL);
             CREATE TEMP TABLE IF NOT EXISTS shown_there (here INTEGER PRIMARY KEY);
             DELETE FROM taken_in;",
        )?;
        {
            let mut insert =
                to.prepare("INSERT OR IGNORE INTO taken_in (here, there) VALUES (?1, ?2)")?;
            for (there, here) in numbers {
                insert.execute([here, there])?;
            }
        }
        let mut names: Vec<&String> = self.cursors.keys().chain(theirs.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let (ours, moved_here) = position(&self.cursors, name);
            let (other, moved_there) = position(&theirs, name);
            exceptions_of(from, to, name, numbers)?;
            // Shown: by then here, by then there, or noted so before.
            let unshown = "
                SELECT e.id FROM entries e LEFT JOIN taken_in t ON t.here = e.id
                WHERE NOT e.backfilled AND e.id > ?2 AND ifnull(t.there > ?3, 1)
                    AND e.id NOT IN (SELECT here FROM shown_there)
                    AND NOT EXISTS (SELECT 1 FROM shown s WHERE s.entry = e.id AND s.cursor = ?1)";
            let cursor: i64 = to.query_row(
                &format!("SELECT ifnull((SELECT min(id) - 1 FROM ({unshown})), (SELECT max(id) FROM entries))"),
                params![name, ours, other],
                |row| row.get::<_, Option<i64>>(0),
            )?
            .unwrap_or(0)
            .max(ours);
            to.execute(
                &format!(
                    "INSERT OR IGNORE INTO shown (cursor, entry)
                     SELECT ?1, id FROM entries
                     WHERE id > ?4 AND NOT backfilled AND id NOT IN ({unshown})"
                ),
                params![name, ours, other, cursor],
            )?;
            to.execute(
                "INSERT INTO cursors (name, entry, moved_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET entry = ?2, moved_at = ?3",
                params![name, cursor, moved_here.max(moved_there)],
            )?;
        }
        to.execute_batch("DROP TABLE taken_in; DROP TABLE shown_there;")?;
        Ok(())
    }
}

/// What the other archive has noted for a view, by the numbers here.
fn exceptions_of(
    from: &Connection,
    to: &Connection,
    name: &str,
    numbers: &HashMap<i64, i64>,
) -> Result<(), ArchiveError> {
    to.execute("DELETE FROM shown_there", [])?;
    let mut select = from.prepare_cached("SELECT entry FROM shown WHERE cursor = ?1")?;
    let mut shown = select.query([name])?;
    while let Some(row) = shown.next()? {
        if let Some(here) = numbers.get(&row.get::<_, i64>(0)?) {
            to.prepare_cached("INSERT OR IGNORE INTO shown_there (here) VALUES (?1)")?
                .execute([here])?;
        }
    }
    Ok(())
}
