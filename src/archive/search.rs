//! Answers questions, item by item and in flat memory.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, params_from_iter};

use super::duplicates;
use super::entries;
use super::error::{ArchiveError, SearchError};
use super::instants::instant;
use super::plan::Plan;
use crate::model::{ArchivedEntry, EntryId, Talk};
use crate::query::{By, Digest, DigestHead, Item, Query};

/// Passes what the query selects to the digest; answers how many items there were.
pub(super) fn search(
    db: &mut Connection,
    query: &Query,
    title: &str,
    digest: &mut dyn Digest,
) -> Result<u64, SearchError> {
    // One state of the archive for the whole answer, whatever is written meanwhile.
    let snapshot = db.transaction()?;
    let plan = Plan::of(&snapshot, query)?;
    let mut head = DigestHead {
        title: title.to_owned(),
        updated: None,
    };
    let mut select = snapshot.prepare(&plan.sql)?;
    let mut rows = select.query(params_from_iter(&plan.parameters))?;
    let mut entry: Option<ArchivedEntry> = None;
    let mut items = 0;
    while let Some(row) = rows.next()? {
        if items == 0 {
            if digest.wants_date() {
                head.updated = newest(&snapshot, &plan)?;
            }
            digest.begin(&head).map_err(SearchError::Output)?;
        }
        let id = EntryId(row.get(0)?);
        // Talks of one entry come one after the other.
        let current = match entry.take().filter(|loaded| loaded.id == id) {
            Some(loaded) => loaded,
            None => {
                let mut entry = entries::load(&snapshot, id)?.ok_or(ArchiveError::NoSuchEntry)?;
                if plan.merged {
                    duplicates::unite(&snapshot, &mut entry, true)?;
                }
                entry
            }
        };
        let current = entry.insert(current);
        let item = match query.by {
            By::Entry => Item::Entry(current),
            By::Talk => Item::Talk(current, numbered(current, row.get(2)?)?),
        };
        digest.item(item).map_err(SearchError::Output)?;
        items += 1;
    }
    if items == 0 {
        digest.begin(&head).map_err(SearchError::Output)?;
    }
    digest.end().map_err(SearchError::Output)?;
    Ok(items)
}

fn numbered(entry: &ArchivedEntry, number: i64) -> Result<&Talk, ArchiveError> {
    // Talks are numbered from 1 without gaps.
    let talk = usize::try_from(number - 1)
        .ok()
        .and_then(|at| entry.entry.talks.get(at));
    talk.ok_or_else(|| ArchiveError::Damaged(format!("entry {} lacks talk {number}", entry.id.0)))
}

/// The newest `ArchivedEntry::changed` among the items. Dates beyond the year 9999 are no dates.
fn newest(snapshot: &Transaction<'_>, plan: &Plan) -> Result<Option<DateTime<Utc>>, ArchiveError> {
    let newest = snapshot
        .prepare(&format!(
            "SELECT max(max(e.date, {}, {})) FROM ({}) AS items CROSS JOIN entries e ON e.id = items.id",
            written("e.published"),
            written("e.updated"),
            plan.sql
        ))?
        .query_row(params_from_iter(&plan.parameters), |row| row.get(0))?;
    Ok(instant(newest))
}

fn written(column: &str) -> String {
    const FIRST_AND_LAST: &str = "BETWEEN -62135596800 AND 253402300799";
    format!("CASE WHEN {column} {FIRST_AND_LAST} THEN {column} ELSE e.date END")
}
