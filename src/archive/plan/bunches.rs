//! Entries asked for common words, many at once.
//!
//! To ask of one entry whether it says a word costs a look into each piece of the index, as much as to walk
//! over a thousand rows that say it. So entries are met in the answer's order without their common words,
//! in growing bunches, and of each bunch those that say the words are kept, until there are enough: entries
//! that stand near each other are asked by one walk over the rows between them.

use std::collections::HashSet;

use rusqlite::params_from_iter;

use super::super::error::ArchiveError;
use super::candidates::{FEW, Start, start};
use super::ranking::{AMONG, all_of, required};
use super::reach::{COMMON, RANKED, Reach, anywhere_of, is_of_beginnings};
use super::words::{IN_PEOPLE, IN_TITLE, anywhere, in_title};
use super::{A_PAGE, Asks, OFTEN_TOGETHER, Places, Plan, is_plain};
use crate::query::{By, Filter, Query, Sort};

/// To walk over so many rows takes as long as to begin anew further on.
const ROWS_OF_A_LOOK: f64 = 1_000.0;

/// Of the entries that are met first at least so many are asked, and later at most so many at once.
const FIRST: usize = 64;
const MOST: usize = 16_384;

/// A question in two: what is asked of bunches, and the way to the entries they are made of.
pub(super) struct Bunches<'a> {
    reach: &'a Reach<'a>,
    merged: bool,
    /// What every entry has to say, as expressions of the index; at least one.
    words: Vec<String>,
    /// All else, in the answer's order.
    others: Query,
    limit: usize,
    /// There are few of these, whatever they say.
    is_narrow: bool,
}

impl<'a> Bunches<'a> {
    /// `None` where nothing common is asked for, or entries would be met for long.
    pub(super) fn of(
        reach: &'a Reach<'a>,
        query: &Query,
        merged: bool,
    ) -> Result<Option<Self>, ArchiveError> {
        let Some(limit) = query.limit.filter(|limit| *limit <= A_PAGE) else {
            return Ok(None);
        };
        let is_of_now = query.arrived_after.is_none() && query.arrived_until.is_none();
        if query.by == By::Talk || !is_of_now || !is_plain(query) {
            return Ok(None);
        }
        for (least, has_to_be_narrow) in [(RANKED, true), (COMMON, false)] {
            let (words, filter) = parted(reach, &query.filter, least)?;
            if words.is_empty() {
                return Ok(None);
            }
            let others = Query {
                filter,
                sort: match query.sort {
                    Sort::Oldest => Sort::Oldest,
                    _ => Sort::Newest,
                },
                limit: None,
                ..query.clone()
            };
            let is_narrow = match start(reach, &others, merged)? {
                Start::Few(_, entries) => entries < FEW,
                Start::Walk { entries, .. } => entries.is_some(),
            };
            let bunches = Self {
                reach,
                merged,
                words,
                others,
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
                is_narrow,
            };
            if bunches.is_narrow || (!has_to_be_narrow && bunches.are_met_soon(&query.filter)?) {
                return Ok(Some(bunches));
            }
        }
        Ok(None)
    }

    /// Whether there are enough among the entries that are met first.
    fn are_met_soon(&self, filter: &Filter) -> Result<bool, ArchiveError> {
        let all = required(self.reach.db, filter)?;
        Ok(all.len() < 2 || self.reach.up_to(&all_of(&all), OFTEN_TOGETHER)? == OFTEN_TOGETHER)
    }

    /// The first entries by date, without some that are known.
    pub(super) fn by_date(&self, known: &Places) -> Result<Places, ArchiveError> {
        let known = known.iter().map(|(id, _)| *id).collect();
        let found = self.further(&known, self.limit)?;
        Ok(found.into_iter().map(|id| (id, 0)).collect())
    }

    /// Those whose titles say it all, then those whose people do, then the others, each by date; as for all
    /// common words, of titles and people only the newest are looked at. `None` where the entries are too
    /// many to look at all of them.
    pub(super) fn by_kind(&self) -> Result<Option<Places>, ArchiveError> {
        if !self.is_narrow {
            return Ok(None);
        }
        let mut from = 0;
        for word in &self.words {
            from = from.max(self.reach.newest_from(word, AMONG)?);
        }
        let base = self.base()?;
        let mut ids = base.places(self.reach.db, By::Entry)?;
        ids.retain(|(id, _)| *id >= from);
        let ids: Vec<i64> = ids.into_iter().map(|(id, _)| id).collect();
        let mut first = Vec::new();
        for column in [IN_TITLE, IN_PEOPLE] {
            let said = format!("{column}{}", all_of(&self.words));
            let found = self.that_say(&said, &ids)?;
            let found = ids.iter().filter(|id| found.contains(id));
            first.extend(
                found
                    .copied()
                    .filter(|id| !first.contains(id))
                    .collect::<Vec<_>>(),
            );
            if first.len() >= self.limit {
                break;
            }
        }
        first.truncate(self.limit);
        let known = first.iter().copied().collect();
        first.extend(self.further(&known, self.limit - first.len())?);
        Ok(Some(first.into_iter().map(|id| (id, 0)).collect()))
    }

    /// So many of the others by date.
    fn further(&self, known: &HashSet<i64>, most: usize) -> Result<Vec<i64>, ArchiveError> {
        let base = self.base()?;
        let mut select = self.reach.db.prepare(&base.sql)?;
        let ids = select.query_map(params_from_iter(&base.parameters), |row| row.get(0))?;
        let mut ids = ids.filter(|id| !id.as_ref().is_ok_and(|id| known.contains(id)));
        let mut found = Vec::new();
        let mut size = FIRST.max(most * 2);
        let mut met = 0;
        while found.len() < most {
            let mut bunch: Vec<i64> = ids.by_ref().take(size).collect::<Result<_, _>>()?;
            if bunch.is_empty() {
                break;
            }
            for word in &self.words {
                let that_say = self.that_say(word, &bunch)?;
                bunch.retain(|id| that_say.contains(id));
            }
            met += size;
            found.extend(bunch);
            // As many more as it should take, by what has been found.
            let left = most.saturating_sub(found.len());
            let needed = (left * met * 5 / 4).checked_div(found.len());
            size = needed.unwrap_or(MOST).clamp(FIRST, (met * 2).min(MOST));
        }
        found.truncate(most);
        Ok(found)
    }

    /// The way to the entries.
    pub(super) fn base(&self) -> Result<Plan, ArchiveError> {
        let asks = match self.others.sort {
            Sort::Oldest => Asks::AtOnce,
            _ => Asks::Newest,
        };
        Plan::begun(self.reach.db, &self.others)?.by_date(self.reach, &self.others, asks)
    }

    /// Which of these entries say it, or are shown for one that does.
    fn that_say(&self, expression: &str, ids: &[i64]) -> Result<HashSet<i64>, ArchiveError> {
        let mut asked: Vec<(i64, i64)> = ids.iter().map(|id| (*id, *id)).collect();
        if self.merged {
            let mut others = self.reach.db.prepare_cached(
                "SELECT entry, shown FROM duplicates
                 WHERE shown IN (SELECT value FROM json_each(?1))",
            )?;
            let list = serde_json::Value::from(ids).to_string();
            let others = others.query_map([list], |row| Ok((row.get(0)?, row.get(1)?)))?;
            asked.extend(others.collect::<Result<Vec<_>, _>>()?);
        }
        asked.sort_unstable();
        let mut says = self.reach.db.prepare_cached(
            "SELECT DISTINCT rowid >> 8 FROM entry_text WHERE entry_text MATCH ?1
                 AND rowid >= ?2 AND rowid <= ?3
                 AND (rowid >> 8) IN (SELECT value FROM json_each(?4))",
        )?;
        let mut found = HashSet::new();
        let gap = match anywhere_of(expression).is_some() {
            // A walk in search of one column does not end where it is told to, but with the next hit.
            true => i64::MAX,
            false => (self.reach.spacing(expression)? * ROWS_OF_A_LOOK) as i64,
        };
        for near in asked.chunk_by(|(one, _), (next, _)| next - one <= gap) {
            let [(first, _), ..] = near else { continue };
            let last = near.last().map_or(*first, |(last, _)| *last);
            let own: Vec<i64> = near.iter().map(|(entry, _)| *entry).collect();
            let list = serde_json::Value::from(own).to_string();
            let entries = says
                .query_map((expression, first << 8, (last << 8) + 255, list), |row| {
                    row.get::<_, i64>(0)
                })?;
            for entry in entries {
                let entry = entry?;
                if let Ok(at) = near.binary_search_by_key(&entry, |(entry, _)| *entry) {
                    found.insert(near[at].1);
                }
            }
        }
        Ok(found)
    }
}

/// The words that stand in so many rows, the rarest first, and the filter without them.
fn parted(
    reach: &Reach<'_>,
    filter: &Filter,
    least: usize,
) -> Result<(Vec<String>, Filter), ArchiveError> {
    let mut words = Vec::new();
    let mut others = Vec::new();
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        let expression = match part {
            Filter::Text(words) => Some(anywhere(reach.db, words)?),
            Filter::Title(words) => Some(in_title(reach.db, words)?),
            _ => None,
        };
        match expression {
            Some(expression)
                if reach.walked(&expression)? >= least && !is_of_beginnings(&expression) =>
            {
                words.push((reach.of(&expression)?, expression));
            }
            _ => others.push(part.clone()),
        }
    }
    words.sort();
    words.dedup();
    let words = words.into_iter().map(|(_, word)| word).collect();
    Ok((words, Filter::all_of(others)))
}
