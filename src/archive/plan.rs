//! A question as SQL, with every value bound.
//!
//! The rows come in the answer's order, so that nothing is gathered before the first item goes out. There
//! are two ways to that, and SQLite, which knows nothing of how often a word or a tag occurs, cannot tell
//! which is better:
//! * walk along `entries_by_date` and test each entry, where much of the archive matches;
//! * begin with what the rarest word or tag gives and sort that, where little does.
//!
//! So the rarest one is looked for first, by counting a little (see `candidates`). Whether an entry says a
//! word is asked in one of two ways, too: what few rows say is gathered first; of a common word gathering
//! would take longer than the whole answer, so each entry that is met is looked up by itself.

mod bunches;
mod candidates;
mod conditions;
mod ranking;
mod reach;
mod turns;
mod words;

use rusqlite::types::Value;
use rusqlite::Connection;

use self::candidates::{Start, start};
use self::conditions::Conditions;
use self::ranking::{Ranking, all_of, required};
use self::reach::{Reach, SCALE};
use super::duplicates::{self, shown_for};
use super::error::ArchiveError;
use super::order;
use crate::query::{By, Cursor, Group, Query, Sort};

/// Of words that are each common, so many rows have to say all before entries are met by date until enough
/// of them do.
const OFTEN_TOGETHER: usize = 2_000 / SCALE;

/// Longer answers mean much of the archive.
const A_PAGE: u64 = 1_000;

/// Fewer entries than these are asked one by one whether they say a common word.
const FEW_TO_ASK: usize = 1_000;

/// Columns of each row: the entry's `id`, its `date`, and by talk the talk's `number`.
pub(super) struct Plan {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
    /// Each row stands for its post in every feed; see `duplicates`.
    pub(super) merged: bool,
    /// How the index is asked.
    asks: Asks,
    /// What an earlier part of the answer holds.
    except: Places,
}

/// How the index is asked whether an entry says something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Entry by entry: a handful is met.
    Each,
    /// What is common entry by entry, all else at once: few are met.
    EachIfCommon,
    /// Of what is common the newest rows at once and the others entry by entry, all else at once: the
    /// newest are met until there are enough.
    Newest,
    /// For all at once: much of the archive is met.
    AtOnce,
}

impl Asks {
    /// To ask of one entry takes as long as to gather a few hundred rows.
    fn of_so_many(entries: usize) -> Self {
        match entries < FEW_TO_ASK {
            true => Self::EachIfCommon,
            false => Self::AtOnce,
        }
    }
}

/// Items that go before or are left out: an entry's number and, by talk, the talk's.
pub(super) type Places = Vec<(i64, i64)>;

impl Plan {
    /// The whole answer, in its order.
    pub(super) fn of(db: &Connection, query: &Query) -> Result<Self, ArchiveError> {
        let reach = Reach::new(db);
        let ranking = Ranking::of(&reach, query)?;
        Self::begun(db, query)?.complete(&reach, query, &ranking)
    }

    /// Only of some entries, which are few; not ranked.
    pub(super) fn among(db: &Connection, query: &Query, ids: &[i64]) -> Result<Self, ArchiveError> {
        let mut plan = Self {
            merged: false,
            asks: Asks::Each,
            ..Self::begun(db, query)?
        };
        plan.columns(query.by);
        plan.push(
            " FROM json_each(?) AS few CROSS JOIN entries e NOT INDEXED ON e.id = few.value",
            serde_json::Value::from(ids).to_string(),
        );
        plan.select(&Reach::new(db), query)?;
        Ok(order::finish(query, plan, false))
    }

    fn begun(db: &Connection, query: &Query) -> Result<Self, ArchiveError> {
        Ok(Self {
            sql: String::new(),
            parameters: Vec::new(),
            merged: query.merge && duplicates::are_there(db)?,
            asks: Asks::AtOnce,
            except: Places::new(),
        })
    }

    /// Everything the query selects, by date, asked in one way where entries are many.
    fn by_date(self, reach: &Reach<'_>, query: &Query, asks: Asks) -> Result<Self, ArchiveError> {
        self.all(reach, query, &Ranking::None, Some(asks))
    }

    /// Everything the query selects.
    fn complete(
        self,
        reach: &Reach<'_>,
        query: &Query,
        ranking: &Ranking,
    ) -> Result<Self, ArchiveError> {
        self.all(reach, query, ranking, None)
    }

    fn all(
        mut self,
        reach: &Reach<'_>,
        query: &Query,
        ranking: &Ranking,
        asks: Option<Asks>,
    ) -> Result<Self, ArchiveError> {
        if let Ranking::Rows(..) = ranking {
            return self.best(reach, query, ranking);
        }
        let is_ranked = self.hits(ranking);
        self.columns(query.by);
        if is_ranked {
            // What is not among the rows that were ranked comes behind them.
            self.sql.push_str(match query.by {
                By::Entry => ", ifnull(best.score, 0) AS score",
                By::Talk => TALK_SCORE,
            });
        }
        self.sql.push_str(" FROM ");
        self.asks = match asks {
            Some(asks) => asks,
            None => self.asking(reach, query)?,
        };
        match start(reach, query, self.merged)? {
            Start::Few(few, entries) => {
                self.sql
                    .push_str(&format!("({}) AS few CROSS JOIN ", few.sql));
                self.parameters.extend(few.parameters);
                self.sql
                    .push_str("entries e NOT INDEXED ON e.id = few.entry");
                self.asks = Asks::of_so_many(entries);
            }
            Start::Walk { by_date, entries } => {
                self.sql.push_str("entries e");
                if by_date {
                    self.sql.push_str(" INDEXED BY entries_by_date");
                }
                if let Some(entries) = entries {
                    self.asks = Asks::of_so_many(entries);
                }
            }
        }
        if is_ranked {
            let best = self.best_hits();
            self.sql
                .push_str(&format!(" LEFT JOIN {best} ON best.entry = e.id"));
        }
        self.select(reach, query)?;
        Ok(order::finish(query, self, is_ranked))
    }

    /// What is ranked, and nothing else.
    fn best(
        mut self,
        reach: &Reach<'_>,
        query: &Query,
        ranking: &Ranking,
    ) -> Result<Self, ArchiveError> {
        self.hits(ranking);
        self.columns(query.by);
        self.sql.push_str(match query.by {
            By::Entry => ", best.score AS score",
            By::Talk => TALK_SCORE,
        });
        let met_best_first =
            query.by == By::Entry && query.limit.is_some() && is_plain(query) && ranking.is_fine();
        let best = match met_best_first {
            true => self.best_hits_first(),
            false => self.best_hits(),
        };
        self.sql.push_str(&format!(
            " FROM {best} CROSS JOIN entries e NOT INDEXED ON e.id = best.entry"
        ));
        // An answer as of an earlier time asks of each row when it came.
        if query.by == By::Entry && query.arrived_until.is_none() && query.arrived_after.is_none() {
            let left = Query {
                filter: ranking.left_of(&query.filter),
                ..query.clone()
            };
            self.asks = ranking.asks();
            self.select(reach, &left)?;
        } else {
            self.asks = ranking.asks();
            self.select(reach, query)?;
        }
        if let (true, Some(limit)) = (met_best_first, query.limit) {
            self.push(" LIMIT ?", order::whole(limit));
            self.sql = format!("SELECT * FROM ({})", self.sql);
        }
        Ok(order::finish(query, self, true))
    }

    /// Whether entries are met one after the other until there are enough, so that only these need be
    /// asked; not where that could mean the whole archive.
    fn asking(&self, reach: &Reach<'_>, query: &Query) -> Result<Asks, ArchiveError> {
        let is_long = query.limit.is_none_or(|limit| limit > A_PAGE);
        if is_long || query.per_feed.is_some() || query.group != Group::None {
            return Ok(Asks::AtOnce);
        }
        let mut common = Vec::new();
        for expression in required(reach.db, &query.filter)? {
            if reach.is_common(&expression)? {
                common.push(expression);
            }
        }
        let are_together =
            common.len() < 2 || reach.up_to(&all_of(&common), OFTEN_TOGETHER)? == OFTEN_TOGETHER;
        // That rows say several things says nothing of talks, to which what their entries say belongs too.
        let are_together = are_together && (query.by == By::Entry || common.len() < 2);
        Ok(match are_together && query.sort != Sort::Oldest {
            true => Asks::Newest,
            false => Asks::AtOnce,
        })
    }

    /// Puts what is ranked in front; says whether anything is.
    fn hits(&mut self, ranking: &Ranking) -> bool {
        let Some((sql, parameters)) = ranking.hits() else {
            return false;
        };
        self.sql.push_str(&sql);
        self.parameters.extend(parameters);
        true
    }

    fn best_hits(&self) -> String {
        let entry = self.shown("(hits.row >> 8)");
        format!("(SELECT {entry} AS entry, min(score) AS score FROM hits GROUP BY 1) AS best")
    }

    /// The same in their order, so that no more of them are looked at than are wanted. Where scores are the
    /// same, what came last goes first.
    fn best_hits_first(&self) -> String {
        let entry = self.shown("(hits.row >> 8)");
        // An order without an end SQLite would leave out.
        format!(
            "(SELECT {entry} AS entry, min(score) AS score FROM hits
              GROUP BY 1 ORDER BY score, entry DESC LIMIT -1) AS best"
        )
    }

    fn columns(&mut self, by: By) {
        self.sql.push_str("SELECT e.id AS id, e.date AS date");
        if by == By::Talk {
            self.sql.push_str(", t.number AS number");
        }
    }

    /// What the rows have to fulfil.
    fn select(&mut self, reach: &Reach<'_>, query: &Query) -> Result<(), ArchiveError> {
        if query.by == By::Talk {
            self.sql.push_str(" CROSS JOIN talks t ON t.entry = e.id");
        }
        self.sql.push_str(" WHERE ");
        let filter = |plan: &mut Self, by_then: Option<Cursor>| {
            let mut conditions = Conditions {
                reach,
                by: query.by,
                // Of a post that stands alone nothing had come before it came.
                by_then: by_then.filter(|_| plan.merged),
                negated: false,
                plan,
            };
            conditions.push(&query.filter)
        };
        filter(self, query.arrived_until)?;
        if self.merged {
            self.sql
                .push_str(" AND NOT EXISTS (SELECT 1 FROM duplicates WHERE entry = e.id)");
        }
        self.push_except(query.by);
        if let Some((after, until)) = query.numbered {
            self.push(" AND +e.id > ?", after.0);
            self.push(" AND +e.id <= ?", until.0);
        }
        match query.arrived_after {
            Some(cursor) if self.merged => {
                self.push_news(query, cursor);
                filter(self, Some(cursor))?;
                self.sql.push_str(")) END");
            }
            _ => self.push_arrival("e", query),
        }
        Ok(())
    }

    fn push_except(&mut self, by: By) {
        if self.except.is_empty() {
            return;
        }
        let places = std::mem::take(&mut self.except);
        let rows: Vec<i64> = places.iter().map(|(id, talk)| (id << 8) + talk).collect();
        let row = match by {
            By::Entry => "(e.id << 8)",
            By::Talk => "(e.id << 8) + t.number",
        };
        self.push(
            &format!(" AND {row} NOT IN (SELECT value FROM json_each(?))"),
            serde_json::Value::from(rows).to_string(),
        );
    }

    /// That an entry arrived in time. What was read from a feed's past is old: it may be looked for, but
    /// nobody is told of it.
    fn push_arrival(&mut self, entry: &str, query: &Query) {
        if let Some(cursor) = query.arrived_after {
            let sql = format!(" AND NOT {entry}.backfilled AND +{entry}.id > ?");
            self.push(&sql, cursor.0);
            if let Some(view) = &query.shown_to {
                let sql = format!(
                    " AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.entry = {entry}.id AND shown.cursor = ?)"
                );
                self.push(&sql, view.clone());
            }
        }
        if let Some(cursor) = query.arrived_until {
            self.push(&format!(" AND +{entry}.id <= ?"), cursor.0);
        }
    }

    /// That a post is news, up to the filter as of the cursor, which is put into the last brackets: some
    /// feed brought it since, and what had come of it before did not answer the question already, or it
    /// would be told of twice.
    fn push_news(&mut self, query: &Query, cursor: Cursor) {
        self.sql.push_str(
            " AND CASE WHEN NOT EXISTS (SELECT 1 FROM duplicates WHERE shown = e.id) THEN (1",
        );
        self.push_arrival("e", query);
        self.sql.push_str(") ELSE ((1");
        self.push_arrival("e", query);
        self.sql.push_str(
            " OR EXISTS (SELECT 1 FROM duplicates d JOIN entries m ON m.id = d.entry
                 WHERE d.shown = e.id",
        );
        self.push_arrival("m", query);
        self.push(")) AND NOT ((e.id <= ?", cursor.0);
        self.push(
            " OR EXISTS (SELECT 1 FROM duplicates WHERE shown = e.id AND entry <= ?)) AND ",
            cursor.0,
        );
    }

    /// For SQL: the entry's number, or that of the one it is shown by.
    fn shown(&self, entry: &str) -> String {
        match self.merged {
            true => shown_for(entry),
            false => entry.to_owned(),
        }
    }

    fn push(&mut self, sql: &str, value: impl Into<Value>) {
        self.sql.push_str(sql);
        self.parameters.push(value.into());
    }
}

/// Whether the limit is of all items alike.
fn is_plain(query: &Query) -> bool {
    query.per_feed.is_none() && query.group == Group::None
}

/// A talk that answers by its entry's title alone comes behind those that say the words.
const TALK_SCORE: &str =
    ", ifnull((SELECT min(score) FROM hits WHERE row = (e.id << 8) + t.number), 0) AS score";
