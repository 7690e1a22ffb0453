//! By what an answer is ranked.
//!
//! The index ranks by bm25: how often a row says a word, and how rare the word is. That takes a look at
//! every row, a microsecond each, and at every row of each word, and says little of a word that stands
//! everywhere. So:
//! * where some word that must be there is not common, and none is, the rows that say the rarest are ranked,
//!   by it and by the other words that are not common;
//! * where others are common, or none is rare, but few rows say them all, those are ranked, by the words
//!   that do not stand everywhere;
//! * where many do, or all words stand everywhere, only the newest of those: titles before people
//!   before text, each newest first. What else answers follows, newest first.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::error::ArchiveError;
use super::Asks;
use super::reach::{COMMON, EVERYWHERE, RANKED, Reach, SCALE};
use super::words::{any_of, anywhere, in_people, in_title};
use crate::query::{Filter, Query, Sort};

/// Of common words, so many rows are ranked by their text, and of titles and people each so many among so
/// many.
const NEWEST: usize = 1_000 / SCALE;
const NEWEST_HEADS: usize = 500 / SCALE;
pub(super) const AMONG: usize = 50_000 / SCALE;

/// Rows of an expression with their score. A word in a title counts ten times one in the text, a name five
/// times.
const SCORED: &str = "SELECT rowid AS row, bm25(entry_text, 1.0, 10.0, 5.0) AS score
                      FROM entry_text WHERE entry_text MATCH ?";

pub(super) enum Ranking {
    /// By date.
    None,
    /// All rows of an FTS5 expression, one of which every item of the answer has; so many at most.
    Rows(String, usize),
    /// All rows of one that not every item has: what says the words in several talks has none. With words
    /// that are common beside it, which rows these are, as JSON.
    Together(String, Option<String>),
    /// The newest rows of such a one, from an entry on.
    Newest(String, i64),
}

impl Ranking {
    pub(super) fn of(reach: &Reach<'_>, query: &Query) -> Result<Self, ArchiveError> {
        if query.sort != Sort::Relevance {
            return Ok(Self::None);
        }
        let required = required(reach.db, &query.filter)?;
        let mut rarest: Option<(usize, &String)> = None;
        for expression in &required {
            let rows = reach.of(expression)?;
            if rarest.is_none_or(|(fewest, _)| rows < fewest) {
                rarest = Some((rows, expression));
            }
        }
        let Some((rows, rarest)) = rarest else {
            return Ok(Self::None);
        };
        let mut has_common = false;
        for expression in &required {
            has_common |= reach.walked(expression)? >= COMMON;
        }
        if rows > RANKED || (has_common && required.len() > 1) {
            return Self::together(reach, &required);
        }
        let mut words = Vec::new();
        collect(reach.db, &query.filter, &mut words)?;
        let mut scored = Vec::new();
        let mut sum = 0;
        for expression in words {
            let rows = reach.of(&expression)?;
            if rows <= RANKED && !scored.contains(&expression) {
                sum += rows;
                scored.push(expression);
            }
        }
        if scored.is_empty() {
            // Alternatives, all rare, that are many together.
            return Ok(Self::Rows(rarest.clone(), rows));
        }
        scored.sort();
        let scored = any_of(&scored);
        Ok(match sum <= RANKED {
            true => Self::Rows(scored, sum),
            // The rarest counts twice then, which does it no wrong.
            false => Self::Rows(format!("({rarest}) AND ({rarest} OR {scored})"), rows),
        })
    }

    /// By the rows that say all of it, if they are few and not every word stands everywhere.
    fn together(reach: &Reach<'_>, required: &[String]) -> Result<Self, ArchiveError> {
        // The rarest first: the index steps from one of its rows to the next.
        let mut by_rows = Vec::with_capacity(required.len());
        for expression in required {
            by_rows.push((reach.of(expression)?, expression.clone()));
        }
        by_rows.sort();
        let by_rows: Vec<String> = by_rows.into_iter().map(|(_, of)| of).collect();
        let mut scored = by_rows.clone();
        scored.retain(|of| reach.walked(of).is_ok_and(|rows| rows < EVERYWHERE));
        let together = all_of(&by_rows);
        if required.len() > 1 && !scored.is_empty() {
            let rows = reach.rows(&together, RANKED + 1)?;
            if rows.len() <= RANKED {
                let are_all = scored.len() == required.len();
                let rows = (!are_all).then(|| serde_json::Value::from(rows).to_string());
                return Ok(Self::Together(all_of(&scored), rows));
            }
        }
        let mut from = 0;
        for expression in required {
            from = from.max(reach.newest_from(expression, AMONG)?);
        }
        Ok(Self::Newest(together, from))
    }

    /// Defines `hits`: rows of the index with how well they answer; the lower the better.
    pub(super) fn hits(&self) -> Option<(String, Vec<Value>)> {
        match self {
            Self::None => None,
            Self::Rows(expression, _) | Self::Together(expression, None) => Some((
                format!("WITH hits AS MATERIALIZED ({SCORED}) "),
                vec![expression.clone().into()],
            )),
            Self::Together(expression, Some(rows)) => Some((
                format!(
                    "WITH hits AS MATERIALIZED ({SCORED}
                         AND +rowid IN (SELECT value FROM json_each(?))) "
                ),
                vec![expression.clone().into(), rows.clone().into()],
            )),
            Self::Newest(expression, from) => {
                // Which column says a word is not in the index: each row has to be looked at, from old to
                // new, for the other way the index does not stop where it is told to.
                let in_column = |score: &str| {
                    format!(
                        "SELECT row, {score} AS score FROM (
                             SELECT rowid AS row FROM entry_text
                             WHERE entry_text MATCH ? AND rowid >= ?
                             ORDER BY +rowid DESC LIMIT {NEWEST_HEADS})"
                    )
                };
                let sql = format!(
                    "WITH hits AS MATERIALIZED ({} UNION ALL {} UNION ALL
                         SELECT row, -1 AS score FROM (
                             SELECT rowid AS row FROM entry_text WHERE entry_text MATCH ?
                             ORDER BY rowid DESC LIMIT {NEWEST})) ",
                    in_column("-3"),
                    in_column("-2"),
                );
                let from = Value::from(from << 8);
                let parameters = vec![
                    format!("title : ({expression})").into(),
                    from.clone(),
                    format!("people : ({expression})").into(),
                    from,
                    expression.clone().into(),
                ];
                Some((sql, parameters))
            }
        }
    }

    /// Whether the hits are so few that each is asked for the other words.
    pub(super) fn asks(&self) -> Asks {
        match self {
            Self::Rows(_, rows) => Asks::of_so_many(*rows),
            _ => Asks::AtOnce,
        }
    }

    /// Whether scores are as good as never the same.
    pub(super) fn is_fine(&self) -> bool {
        matches!(self, Self::Rows(..) | Self::Together(..))
    }

    /// Whether something may answer that is not ranked.
    pub(super) fn is_partial(&self) -> bool {
        matches!(self, Self::Together(..) | Self::Newest(..))
    }

    /// What an entry that was not ranked has to fulfil. Where all rows were that say all the words, others can
    /// only answer by several rows, and what has no talks has one.
    pub(super) fn rest_of(&self, filter: &Filter) -> Filter {
        let mut parts = match filter {
            Filter::And(parts) => parts.clone(),
            one => vec![one.clone()],
        };
        if let Self::Together(..) = self {
            parts.push(Filter::HasTalks);
        }
        Filter::all_of(parts)
    }

    /// What is left to be asked of an item by entry that is among the hits.
    pub(super) fn left_of(&self, filter: &Filter) -> Filter {
        let is_said = |part: &Filter| matches!(part, Filter::Text(_) | Filter::Title(_));
        match filter {
            // One word alone is what was ranked.
            part if is_said(part) => Filter::All,
            Filter::And(parts) if self.is_partial() => {
                let left = parts.iter().filter(|part| !is_said(part));
                Filter::And(left.cloned().collect())
            }
            _ => filter.clone(),
        }
    }
}

/// What every item must say: an expression for each word, one for alternatives that are all words.
pub(super) fn required(db: &Connection, filter: &Filter) -> Result<Vec<String>, ArchiveError> {
    let mut found = Vec::new();
    match filter {
        Filter::And(parts) => {
            for part in parts {
                found.extend(required(db, part)?);
            }
        }
        Filter::Or(parts) => {
            let mut any = Vec::new();
            for part in parts {
                let of_part = required(db, part)?;
                // Where something else is offered, as in `tag:devops OR terraform`, ranking would lose items.
                if of_part.is_empty() {
                    return Ok(Vec::new());
                }
                any.extend(of_part);
            }
            if !any.is_empty() {
                found.push(any_of(&any));
            }
        }
        _ => found.extend(expression(db, filter)?),
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Every word that is asked for, whether it must be there or may.
fn collect(db: &Connection, filter: &Filter, words: &mut Vec<String>) -> Result<(), ArchiveError> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            for part in parts {
                collect(db, part, words)?;
            }
        }
        _ => words.extend(expression(db, filter)?),
    }
    Ok(())
}

fn expression(db: &Connection, filter: &Filter) -> Result<Option<String>, ArchiveError> {
    Ok(match filter {
        Filter::Text(words) => Some(anywhere(db, words)?),
        Filter::Title(words) => Some(in_title(db, words)?),
        Filter::Author(words) | Filter::Speaker(words) => Some(in_people(words)),
        _ => None,
    })
}

/// Rows that say all of it; balanced as [`any_of`].
pub(super) fn all_of(expressions: &[String]) -> String {
    match expressions {
        [] => "\"\"".to_owned(),
        [one] => format!("({one})"),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({} AND {})", all_of(left), all_of(right))
        }
    }
}
