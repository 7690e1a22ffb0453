//! The narrowest way to begin with.

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::super::duplicates::shown_for;
use super::super::error::ArchiveError;
use super::super::instants::seconds;
use super::super::tags;
use super::conditions::{are_shown_themselves, event_test, feeds_called, language_test, tag_test};
use super::ranking::required;
use super::reach::{COMMON, Reach, SCALE};
use super::words::{anywhere, in_people, in_title};
use crate::model::TalkKind;
use crate::query::{By, Filter, Query};

/// Up to so many entries are fetched and sorted rather than met on a walk: about 10 ms.
pub(super) const FEW: usize = 5_000 / SCALE;

/// A way to the few entries that can be among the answer at all, with `entry` as its column.
pub(super) struct Few {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
}

/// Where an answer begins.
pub(super) enum Start {
    /// With what is narrow, to be sorted: at most so many entries.
    Few(Few, usize),
    /// Along an index that has the answer's order.
    Walk {
        /// The index by date, which SQLite must not take another for; not where a narrower one has the
        /// order as well.
        by_date: bool,
        /// How many can be among the answer, where they are few.
        entries: Option<usize>,
    },
}

/// The narrowest of what every item has to match, if it is narrow.
pub(super) fn start(reach: &Reach<'_>, query: &Query, merged: bool) -> Result<Start, ArchiveError> {
    let mut candidates = Candidates {
        reach,
        merged,
        found: Vec::new(),
        from: None,
        until: None,
        feed: None,
        by_date: true,
    };
    candidates.collect(&query.filter)?;
    candidates.together(&required(reach.db, &query.filter)?)?;
    if let Some(cursor) = query.arrived_after {
        candidates.push("entries.id", "entries WHERE id > ?", vec![cursor.0.into()]);
    }
    if query.by == By::Talk {
        candidates.push_shown("SELECT DISTINCT entry FROM talks", vec![]);
    }
    let mut fewest = match candidates.walk() {
        Some(walk) => count(reach, &walk, FEW)?,
        None => FEW,
    };
    let mut start = Start::Walk {
        by_date: candidates.by_date,
        entries: Some(fewest).filter(|entries| *entries < FEW),
    };
    for candidate in candidates.found {
        if fewest == 0 {
            break;
        }
        let found = count(reach, &candidate, fewest)?;
        if found < fewest {
            fewest = found;
            start = Start::Few(candidate, found);
        }
    }
    Ok(start)
}

fn count(reach: &Reach<'_>, of: &Few, most: usize) -> Result<usize, ArchiveError> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM ({}) LIMIT {most})",
        of.sql
    );
    let mut count = reach.db.prepare(&sql)?;
    let found: i64 = count.query_row(params_from_iter(&of.parameters), |row| row.get(0))?;
    Ok(usize::try_from(found).unwrap_or(0))
}

/// The ways to begin with that a filter offers.
struct Candidates<'a> {
    reach: &'a Reach<'a>,
    merged: bool,
    found: Vec<Few>,
    /// In seconds since 1970, the first within and the first beyond.
    from: Option<i64>,
    until: Option<i64>,
    /// The one feed whose entries can be among the answer.
    feed: Option<i64>,
    /// No narrower index has the answer's order.
    by_date: bool,
}

impl Candidates<'_> {
    fn push(&mut self, entry: &str, from: &str, parameters: Vec<Value>) {
        let entry = match self.merged {
            true => shown_for(entry),
            false => entry.to_owned(),
        };
        self.found.push(Few {
            sql: format!("SELECT DISTINCT {entry} AS entry FROM {from}"),
            parameters,
        });
    }

    /// As [`Self::push`], of what says nothing of the entries that are shown for others.
    fn push_shown(&mut self, sql: &str, parameters: Vec<Value>) {
        self.found.push(Few {
            sql: sql.to_owned(),
            parameters,
        });
    }

    /// What says several words, none of them common, though each may not be rare.
    fn together(&mut self, expressions: &[String]) -> Result<(), ArchiveError> {
        let mut sets = Vec::new();
        for expression in expressions {
            if self.reach.walked(expression)? < COMMON {
                sets.push((self.reach.of(expression)?, expression));
            }
        }
        sets.sort();
        // Some of them say what is narrow; SQLite refuses hundreds.
        sets.truncate(8);
        // Where one of them is rare, it will do.
        let [(fewest, rarest), others @ ..] = sets.as_slice() else {
            return Ok(());
        };
        if *fewest < FEW || others.is_empty() {
            return Ok(());
        }
        let entry = match self.merged {
            true => shown_for("(entry_text.rowid >> 8)"),
            false => "(entry_text.rowid >> 8)".to_owned(),
        };
        let set = format!("SELECT {entry} FROM entry_text WHERE entry_text MATCH ?");
        let mut sql =
            format!("SELECT DISTINCT {entry} AS entry FROM entry_text WHERE entry_text MATCH ?");
        let mut parameters = vec![Value::from((*rarest).clone())];
        for (_, other) in others {
            sql.push_str(&format!(" AND {entry} IN ({set})"));
            parameters.push((*other).clone().into());
        }
        self.push_shown(&sql, parameters);
        Ok(())
    }

    fn text(&mut self, expression: String) -> Result<(), ArchiveError> {
        // To count what only looks rare would be to walk over a common word.
        let most = match self.reach.walked(&expression)? < COMMON {
            true => COMMON,
            false => FEW,
        };
        if self.reach.of(&expression)? < most {
            let from = "entry_text WHERE entry_text MATCH ?";
            self.push("(entry_text.rowid >> 8)", from, vec![expression.into()]);
        }
        Ok(())
    }

    /// The part of the walk along an index that dates and one feed leave.
    fn walk(&self) -> Option<Few> {
        if self.from.is_none() && self.until.is_none() && self.feed.is_none() {
            return None;
        }
        let mut walk = Few {
            sql: "SELECT 1 FROM entries WHERE 1".to_owned(),
            parameters: Vec::new(),
        };
        for (test, value) in [
            (" AND feed = ?", self.feed),
            (" AND date >= ?", self.from),
            (" AND date < ?", self.until),
        ] {
            if let Some(value) = value {
                walk.sql.push_str(test);
                walk.parameters.push(value.into());
            }
        }
        Some(walk)
    }

    fn collect(&mut self, filter: &Filter) -> Result<(), ArchiveError> {
        let db = self.reach.db;
        match filter {
            Filter::And(parts) => {
                for part in parts {
                    self.collect(part)?;
                }
            }
            Filter::Text(words) => self.text(anywhere(db, words)?)?,
            Filter::Title(words) => self.text(in_title(db, words)?)?,
            Filter::Author(words) | Filter::Speaker(words) => self.text(in_people(words))?,
            Filter::Tag { key, prefix } => {
                let (test, parameters) = tag_test(key, *prefix);
                self.push("tags.entry", &tags::by_key(test), parameters);
            }
            Filter::Event(part) => {
                let (test, parameter) = event_test(db, part)?;
                self.push_shown(
                    &format!("SELECT id AS entry FROM entries WHERE {test}"),
                    vec![parameter],
                );
            }
            Filter::Lang(language) => {
                let (test, parameter) = language_test(db, language)?;
                self.push_shown(
                    &format!("SELECT id AS entry FROM entries WHERE {test}"),
                    vec![parameter],
                );
            }
            Filter::Kind(kind) if *kind != TalkKind::Talk => self.push_shown(
                // As the index says it.
                "SELECT DISTINCT entry FROM talks WHERE kind = ? AND kind <> 'talk'",
                vec![kind.word().to_owned().into()],
            ),
            Filter::HasEnclosure => {
                self.push_shown("SELECT DISTINCT entry FROM enclosures", vec![]);
            }
            Filter::IsRevised => self.push_shown("SELECT DISTINCT entry FROM revisions", vec![]),
            Filter::HasTalks => self.push_shown("SELECT DISTINCT entry FROM talks", vec![]),
            Filter::Feed(part) => self.feed(feeds_called(db, part)?)?,
            Filter::IsUndated | Filter::IsBackfilled => self.by_date = false,
            Filter::From(at) => self.from = self.from.max(Some(seconds(*at))),
            Filter::Until(at) => {
                let at = seconds(*at);
                self.until = Some(self.until.map_or(at, |before| before.min(at)));
            }
            // The others are no way in, and of what must not or need not match nothing can be begun with.
            _ => {}
        }
        Ok(())
    }

    fn feed(&mut self, ids: Vec<i64>) -> Result<(), ArchiveError> {
        let plain = !self.merged || are_shown_themselves(self.reach.db, &ids)?;
        if let ([id], true) = (ids.as_slice(), plain) {
            // There is a way in its order.
            self.feed = Some(*id);
            self.by_date = false;
            return Ok(());
        }
        let list = serde_json::Value::from(ids).to_string();
        let from = "entries WHERE feed IN (SELECT value FROM json_each(?))";
        self.push("entries.id", from, vec![list.into()]);
        Ok(())
    }
}
