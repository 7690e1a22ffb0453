//! Tags, speakers and events with how often they occur among what a question selects.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, params_from_iter};

use super::error::ArchiveError;
use super::fold;
use super::instants::certain;
use super::plan::Plan;
use crate::query::{Aliases, By, Counted, CountedEvent, Query};

/// One thing under all its spellings.
#[derive(Default)]
struct Spellings {
    names: BTreeMap<String, u64>,
    entries: HashSet<i64>,
    talks: u64,
}

impl Spellings {
    fn add(&mut self, name: &str, entry: i64) {
        match self.names.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                self.names.insert(name.to_owned(), 1);
            }
        }
        self.entries.insert(entry);
    }

    /// The commonest spelling; of equally common ones the first.
    fn name(&self) -> String {
        let commonest = self.names.iter().rev().max_by_key(|(_, count)| **count);
        commonest.map(|(name, _)| name.clone()).unwrap_or_default()
    }
}

fn sorted(groups: HashMap<String, Spellings>) -> Vec<Counted> {
    let mut counted: Vec<Counted> = groups
        .into_iter()
        .map(|(key, group)| Counted {
            name: group.name(),
            entries: group.entries.len() as u64,
            talks: group.talks,
            key,
        })
        .collect();
    counted.sort_by(|a, b| (b.talks.max(b.entries), &a.key).cmp(&(a.talks.max(a.entries), &b.key)));
    counted
}

pub(super) fn tags(
    db: &Connection,
    query: &Query,
    aliases: &Aliases,
) -> Result<Vec<Counted>, ArchiveError> {
    let plan = Plan::of(db, query)?;
    let of_others = match plan.merged {
        true => " OR g.entry IN (SELECT entry FROM duplicates WHERE shown = p.id)",
        false => "",
    };
    let sql = format!(
        "SELECT p.id, g.key, g.name FROM ({}) p JOIN tags g ON g.entry = p.id{of_others}",
        plan.sql
    );
    let mut groups: HashMap<String, Spellings> = HashMap::new();
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query(params_from_iter(&plan.parameters))?;
    while let Some(row) = rows.next()? {
        let (entry, key, name): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match aliases.name(&key) {
            Some(alias) => groups
                .entry(crate::model::Tag::key(alias))
                .or_default()
                .add(alias, entry),
            None => groups.entry(key).or_default().add(&name, entry),
        }
    }
    Ok(sorted(groups))
}

/// Spellings of a name that differ in case, accents and signs are one speaker.
pub(super) fn speakers(db: &Connection, query: &Query) -> Result<Vec<Counted>, ArchiveError> {
    let query = Query {
        by: By::Talk,
        ..query.clone()
    };
    let plan = Plan::of(db, &query)?;
    let sql = format!(
        "SELECT t.entry, t.speakers FROM ({}) p
         JOIN talks t ON t.entry = p.id AND t.number = p.number",
        plan.sql
    );
    let mut groups: HashMap<String, Spellings> = HashMap::new();
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query(params_from_iter(&plan.parameters))?;
    while let Some(row) = rows.next()? {
        let (entry, names): (i64, String) = (row.get(0)?, row.get(1)?);
        let names: Vec<String> = serde_json::from_str(&names).unwrap_or_default();
        for name in names {
            let group = groups.entry(fold::key(&name)).or_default();
            group.add(&name, entry);
            group.talks += 1;
        }
    }
    Ok(sorted(groups))
}

/// By how many talks or entries there are, then by name.
pub(super) fn events(db: &Connection, query: &Query) -> Result<Vec<CountedEvent>, ArchiveError> {
    let plan = Plan::of(db, query)?;
    let sql = format!(
        "SELECT e.id, e.event, e.date, e.feed,
                (SELECT count(*) FROM talks t WHERE t.entry = e.id), e.event_key
         FROM ({}) p JOIN entries e ON e.id = p.id WHERE e.event_key IS NOT NULL",
        plan.sql
    );
    let mut groups: HashMap<String, (Spellings, i64, i64, BTreeSet<i64>)> = HashMap::new();
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query(params_from_iter(&plan.parameters))?;
    while let Some(row) = rows.next()? {
        let (name, date): (String, i64) = (row.get(1)?, row.get(2)?);
        let group = groups
            .entry(row.get(5)?)
            .or_insert_with(|| (Spellings::default(), date, date, BTreeSet::new()));
        group.0.add(&name, row.get(0)?);
        group.0.talks += row.get::<_, i64>(4)?.unsigned_abs();
        group.1 = group.1.min(date);
        group.2 = group.2.max(date);
        group.3.insert(row.get(3)?);
    }
    let mut events: Vec<CountedEvent> = groups
        .into_iter()
        .map(|(key, (group, first, last, feeds))| CountedEvent {
            name: group.name(),
            first: certain(first),
            last: certain(last),
            entries: group.entries.len() as u64,
            talks: group.talks,
            feeds: feeds.len() as u64,
            key,
        })
        .collect();
    events.sort_by(|a, b| (b.talks.max(b.entries), &a.key).cmp(&(a.talks.max(a.entries), &b.key)));
    Ok(events)
}
