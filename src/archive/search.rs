//! Answers questions, item by item and in flat memory.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Rows, Transaction, params_from_iter};

use super::entries::Loader;
use super::error::{ArchiveError, SearchError};
use super::instants::instant;
use super::plan::{Places, Plan};
use super::snippet::{self, Wanted};
use crate::model::{ArchivedEntry, EntryId, Talk};
use crate::query::{By, Digest, DigestHead, Found, Item, Query, Sort, Want};

/// So many entries are read together at first, for a first item soon, and later.
const FIRST: usize = 64;
const MOST: usize = 512;

/// Passes what the query selects to the digest; answers how many items there were.
pub(super) fn search(
    db: &mut Connection,
    query: &Query,
    title: &str,
    digest: &mut dyn Digest,
) -> Result<u64, SearchError> {
    // The index of a large archive is walked over more than once for an answer.
    db.pragma_update(None, "cache_size", -16_000)?;
    // One state of the archive for the whole answer, whatever is written meanwhile.
    let snapshot = db.transaction()?;
    let parts = Plan::in_turn(&snapshot, query)?;
    let finder = digest
        .wants(Want::Found)
        .then(|| Finder::new(&snapshot, query));
    let mut items = 0;
    let mut has_begun = false;
    let mut begin = |digest: &mut dyn Digest| -> Result<(), SearchError> {
        if !std::mem::replace(&mut has_begun, true) {
            let head = DigestHead {
                title: title.to_owned(),
                updated: match digest.wants(Want::Date) {
                    true => newest(&snapshot, &parts)?,
                    false => None,
                },
            };
            digest.begin(&head).map_err(SearchError::Output)?;
        }
        Ok(())
    };
    for plan in &parts {
        let mut loader = Loader::of_digest(&snapshot, plan.merged, digest)?;
        let mut select = snapshot.prepare(&plan.sql)?;
        let mut rows = select.query(params_from_iter(&plan.parameters))?;
        let mut entry: Option<Box<ArchivedEntry>> = None;
        let mut bunch = Vec::new();
        let mut size = FIRST;
        loop {
            let read = next_places(&mut rows, query.by, size, &mut bunch);
            loader.read_ahead(bunch.iter().map(|(id, _)| *id).collect());
            for (id, number) in &bunch {
                begin(digest)?;
                let id = EntryId(*id);
                // Talks of one entry come one after the other.
                let current = match entry.take().filter(|loaded| loaded.id == id) {
                    Some(loaded) => loaded,
                    None => loader.take(id)?.ok_or(ArchiveError::NoSuchEntry)?,
                };
                let current = entry.insert(current);
                let item = match query.by {
                    By::Entry => Item::Entry(current),
                    By::Talk => Item::Talk(current, numbered(current, *number)?),
                };
                if let Some(finder) = &finder {
                    digest.found(finder.found(item)?);
                }
                digest.item(item).map_err(SearchError::Output)?;
                items += 1;
            }
            read?;
            if bunch.len() < size {
                break;
            }
            size = (size * 2).min(MOST);
        }
    }
    begin(digest)?;
    digest.end().map_err(SearchError::Output)?;
    Ok(items)
}

/// The next items of the answer, up to so many. They are there also where reading on failed.
fn next_places(
    rows: &mut Rows<'_>,
    by: By,
    most: usize,
    places: &mut Places,
) -> Result<(), ArchiveError> {
    places.clear();
    while places.len() < most
        && let Some(row) = rows.next()?
    {
        let number = match by {
            By::Entry => 0,
            By::Talk => row.get(2)?,
        };
        places.push((row.get(0)?, number));
    }
    Ok(())
}

/// Says of each item where it answers the question.
struct Finder<'a> {
    db: &'a Connection,
    wanted: Option<Wanted>,
    /// By talk, where talks can differ.
    by_talk: Option<Query>,
}

impl<'a> Finder<'a> {
    fn new(db: &'a Connection, query: &Query) -> Self {
        let by_talk = Query {
            by: By::Talk,
            sort: Sort::Oldest,
            limit: None,
            ..query.clone()
        };
        Self {
            db,
            wanted: Wanted::of(&query.filter),
            by_talk: snippet::is_about_talks(&query.filter).then_some(by_talk),
        }
    }

    fn found(&self, item: Item<'_>) -> Result<Found, ArchiveError> {
        let in_text = |wanted: &Wanted| {
            let content = match item {
                Item::Entry(archived) => archived.entry.content.to_text(),
                Item::Talk(archived, talk) => archived.entry.content_of(talk).to_text(),
            };
            let summary = item.entry().entry.summary.as_deref().unwrap_or_default();
            let in_summary = || {
                matches!(item, Item::Entry(_))
                    .then(|| wanted.in_text(summary))
                    .flatten()
            };
            wanted.in_text(&content).or_else(in_summary)
        };
        Ok(Found {
            snippet: self.wanted.as_ref().and_then(in_text),
            talks: match (item, &self.by_talk) {
                (Item::Entry(archived), Some(by_talk)) if !archived.entry.talks.is_empty() => {
                    Some(self.talks_of(archived.id, by_talk)?)
                }
                _ => None,
            },
        })
    }

    fn talks_of(&self, id: EntryId, by_talk: &Query) -> Result<usize, ArchiveError> {
        let plan = Plan::among(self.db, by_talk, &[id.0])?;
        let mut count = self
            .db
            .prepare_cached(&format!("SELECT count(*) FROM ({})", plan.sql))?;
        let count: i64 = count.query_row(params_from_iter(&plan.parameters), |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

fn numbered(entry: &ArchivedEntry, number: i64) -> Result<&Talk, ArchiveError> {
    // Talks are numbered from 1 without gaps.
    let talk = usize::try_from(number - 1)
        .ok()
        .and_then(|at| entry.entry.talks.get(at));
    talk.ok_or_else(|| ArchiveError::Damaged(format!("entry {} lacks talk {number}", entry.id.0)))
}

/// The newest `ArchivedEntry::changed` among the items. Dates beyond the year 9999 are no dates.
fn newest(
    snapshot: &Transaction<'_>,
    parts: &[Plan],
) -> Result<Option<DateTime<Utc>>, ArchiveError> {
    let mut newest: Option<i64> = None;
    for plan in parts {
        let of_part = snapshot
            .prepare(&format!(
                "SELECT max(max(e.date, {}, {})) FROM ({}) AS items CROSS JOIN entries e ON e.id = items.id",
                written("e.published"),
                written("e.updated"),
                plan.sql
            ))?
            .query_row(params_from_iter(&plan.parameters), |row| row.get(0))?;
        newest = newest.max(of_part);
    }
    Ok(instant(newest))
}

fn written(column: &str) -> String {
    const FIRST_AND_LAST: &str = "BETWEEN -62135596800 AND 253402300799";
    format!("CASE WHEN {column} {FIRST_AND_LAST} THEN {column} ELSE e.date END")
}
