//! Rules, asked of the archive itself: the same language with the same meaning as any question.

use std::collections::HashMap;

use rusqlite::{Connection, params, params_from_iter};

use super::error::ArchiveError;
use super::index;
use super::plan::Plan;
use super::tags;
use crate::model::{EntryId, FeedId, TagOrigin};
use crate::query::{Aliases, Filter, Query, Rule};

/// Applies rules to entries that have just been stored, `new` among them; answers whose were dropped.
pub(super) fn on_arrival(
    db: &Connection,
    rules: &[Rule],
    aliases: &Aliases,
    arrived: &[(EntryId, bool)],
    now: i64,
) -> Result<Vec<FeedId>, ArchiveError> {
    let mut dropped = Vec::new();
    if rules.is_empty() || arrived.is_empty() {
        return Ok(dropped);
    }
    let mut clear = db.prepare_cached("DELETE FROM tags WHERE entry = ?1 AND origin = 'rule'")?;
    for (id, _) in arrived {
        clear.execute([id.0])?;
    }
    let ids: Vec<i64> = arrived.iter().map(|(id, _)| id.0).collect();
    for rule in rules {
        for id in selected(db, &aliases.widen(&rule.when), Some(&ids))? {
            if rule.drop && arrived.contains(&(id, true)) {
                dropped.push(drop_entry(db, id, now)?);
            } else {
                give(db, id, &rule.tags)?;
            }
        }
    }
    Ok(dropped)
}

/// Takes every rule's tags off and gives those of the present rules, to all entries; answers how many
/// were given. What is kept stays kept: `drop` is for what arrives.
pub(super) fn to_the_past(
    db: &Connection,
    rules: &[Rule],
    aliases: &Aliases,
) -> Result<usize, ArchiveError> {
    db.execute("DELETE FROM tags WHERE origin = 'rule'", [])?;
    let mut given = 0;
    for rule in rules.iter().filter(|rule| !rule.tags.is_empty()) {
        for id in selected(db, &aliases.widen(&rule.when), None)? {
            given += give(db, id, &rule.tags)?;
        }
    }
    Ok(given)
}

/// How many entries the rules have kept out, by feed; feeds without any are left out.
pub(super) fn dropped(db: &Connection) -> Result<HashMap<FeedId, u64>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT feed, count(*) FROM dropped GROUP BY feed")?;
    let counted = select.query_map([], |row| {
        Ok((FeedId(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(counted.collect::<Result<_, _>>()?)
}

fn give(db: &Connection, id: EntryId, names: &[String]) -> Result<usize, ArchiveError> {
    let tags = names.iter().map(|name| (name.as_str(), TagOrigin::Rule));
    tags::add(db, id, tags)
}

/// The entries that a filter selects, among `ids` or all, each feed's for itself.
fn selected(
    db: &Connection,
    filter: &Filter,
    ids: Option<&[i64]>,
) -> Result<Vec<EntryId>, ArchiveError> {
    let query = Query {
        filter: filter.clone(),
        merge: false,
        ..Query::all()
    };
    matching(db, &query, ids)
}

pub(super) fn matching(
    db: &Connection,
    query: &Query,
    ids: Option<&[i64]>,
) -> Result<Vec<EntryId>, ArchiveError> {
    let plan = match ids {
        Some(ids) => Plan::among(db, query, ids)?,
        None => Plan::of(db, query)?,
    };
    let mut select = db.prepare(&plan.sql)?;
    let found = select.query_map(params_from_iter(&plan.parameters), |row| row.get(0))?;
    Ok(found.map(|id| id.map(EntryId)).collect::<Result<_, _>>()?)
}

/// Keeps of an entry only that it was dropped, so that it is not new at the next poll.
fn drop_entry(db: &Connection, id: EntryId, now: i64) -> Result<FeedId, ArchiveError> {
    let feed: i64 = db
        .prepare_cached(
            "INSERT OR REPLACE INTO dropped (feed, guid, title, hash, dropped_at)
             SELECT feed, guid, title, hash, ?2 FROM entries WHERE id = ?1 RETURNING feed",
        )?
        .query_row(params![id.0, now], |row| row.get(0))?;
    index::delete_entry(db, id)?;
    db.prepare_cached("DELETE FROM entries WHERE id = ?1")?
        .execute([id.0])?;
    db.prepare_cached("UPDATE feeds SET entries = entries - 1 WHERE id = ?1")?
        .execute([feed])?;
    Ok(FeedId(feed))
}
