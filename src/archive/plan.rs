//! A question as SQL, with every value bound.
//!
//! The rows come in the answer's order, so that nothing is gathered before the first item goes out. There
//! are two ways to that, and SQLite, which knows nothing of how often a word or a tag occurs, cannot tell
//! which is better:
//! * walk along `entries_by_date` and test each entry, where much of the archive matches;
//! * begin with what the rarest word or tag gives and sort that, where little does.
//!
//! So the rarest one is looked for first, by counting a little.

mod candidates;
mod conditions;
mod words;

use rusqlite::Connection;
use rusqlite::types::Value;

use self::candidates::rarest;
use self::conditions::Conditions;
use self::words::{any_of, anywhere, in_people, in_title};
use super::duplicates::{self, shown_for};
use super::error::ArchiveError;
use super::order;
use crate::query::{By, Cursor, Filter, Query, Sort};

/// Columns of each row: the entry's `id`, its `date`, and by talk the talk's `number`.
pub(super) struct Plan {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
    /// Each row stands for its post in every feed; see `duplicates`.
    pub(super) merged: bool,
    /// The only entry that is asked about: its rows are found in the index without the others'.
    only: Option<i64>,
}

impl Plan {
    pub(super) fn of(db: &Connection, query: &Query) -> Result<Self, ArchiveError> {
        Self::among(db, query, None)
    }

    /// With `ids`, only of these entries.
    pub(super) fn among(
        db: &Connection,
        query: &Query,
        ids: Option<&[i64]>,
    ) -> Result<Self, ArchiveError> {
        let mut plan = Self {
            sql: String::new(),
            parameters: Vec::new(),
            merged: query.merge && ids.is_none() && duplicates::are_there(db)?,
            only: match ids {
                Some([id]) => Some(*id),
                _ => None,
            },
        };
        let ranked = ranked(db, query)?;
        if let Some(expression) = &ranked {
            plan.push(RANKED, expression.clone());
        }
        plan.sql.push_str("SELECT e.id AS id, e.date AS date");
        if query.by == By::Talk {
            plan.sql.push_str(", t.number AS number");
        }
        if ranked.is_some() {
            // A talk that answers by its entry's title alone comes behind those that say the words.
            plan.sql.push_str(match query.by {
                By::Entry => ", best.score AS score",
                By::Talk => {
                    ", ifnull((SELECT score FROM hits WHERE row = (e.id << 12) + t.number), 0)
                         AS score"
                }
            });
        }
        plan.sql.push_str(" FROM ");
        if ranked.is_some() {
            plan.sql.push_str(&format!(
                "(SELECT {} AS entry, min(score) AS score FROM hits GROUP BY 1) AS best
                 CROSS JOIN entries e ON e.id = best.entry",
                plan.shown("(hits.row >> 12)"),
            ));
        } else if let Some(ids) = ids {
            let list = serde_json::Value::from(ids).to_string();
            plan.push(
                "json_each(?) AS few CROSS JOIN entries e ON e.id = few.value",
                list,
            );
        } else if let Some(few) = rarest(db, query, plan.merged)? {
            plan.sql
                .push_str(&format!("({}) AS few CROSS JOIN ", few.sql));
            plan.parameters.extend(few.parameters);
            plan.sql.push_str("entries e ON e.id = few.entry");
        } else {
            plan.sql.push_str("entries e");
        }
        if query.by == By::Talk {
            plan.sql.push_str(" CROSS JOIN talks t ON t.entry = e.id");
        }
        plan.sql.push_str(" WHERE ");
        plan.select(db, query)?;
        Ok(order::finish(query, plan, ranked.is_some()))
    }

    /// What the rows have to fulfil.
    fn select(&mut self, db: &Connection, query: &Query) -> Result<(), ArchiveError> {
        let filter = |plan: &mut Self, by_then: Option<Cursor>| {
            let mut conditions = Conditions {
                db,
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

/// Every row that says one of the words, with how well: a word in a title counts ten times one in the
/// text, a name five times. The lower the better.
const RANKED: &str = "WITH hits AS MATERIALIZED (
    SELECT rowid AS row, bm25(entry_text, 10.0, 5.0, 1.0) AS score
    FROM entry_text WHERE entry_text MATCH ?) ";

/// The words to rank by, if that is asked for and there are any.
fn ranked(db: &Connection, query: &Query) -> Result<Option<String>, ArchiveError> {
    if query.sort != Sort::Relevance {
        return Ok(None);
    }
    let mut expressions = Vec::new();
    if !collect_words(db, &query.filter, &mut expressions)? || expressions.is_empty() {
        return Ok(None);
    }
    expressions.sort();
    expressions.dedup();
    Ok(Some(any_of(&expressions)))
}

/// Collects what is to be found. Says whether every item must have one of them: where `OR` offers
/// something else, as in `tag:devops OR terraform`, ranking would lose items.
fn collect_words(
    db: &Connection,
    filter: &Filter,
    expressions: &mut Vec<String>,
) -> Result<bool, ArchiveError> {
    Ok(match filter {
        Filter::And(parts) => {
            let mut bound = false;
            for part in parts {
                bound |= collect_words(db, part, expressions)?;
            }
            bound
        }
        Filter::Or(parts) => {
            let mut bound = !parts.is_empty();
            for part in parts {
                bound &= collect_words(db, part, expressions)?;
            }
            bound
        }
        Filter::Text(words) => {
            expressions.push(anywhere(db, words)?);
            true
        }
        Filter::Title(words) => {
            expressions.push(in_title(db, words)?);
            true
        }
        Filter::Author(words) | Filter::Speaker(words) => {
            expressions.push(in_people(words));
            true
        }
        _ => false,
    })
}
