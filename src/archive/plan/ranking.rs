//! By what an answer is ranked.
//!
//! The index ranks by bm25: how often a row says a word, and how rare the word is. That takes a look at
//! every row, a microsecond each, and says little of a word that stands everywhere. So:
//! * where some word that must be there is not common, the rows that say it are ranked, by it and by the
//!   other words that are not common;
//! * where all of them are common, but few rows say them all, those are ranked;
//! * where many do, only the newest of those: titles before people
//!   before text, each newest first. What else answers follows, newest first.

use rusqlite::Connection;

use super::super::error::ArchiveError;
use super::Asks;
use super::reach::{Reach, SCALE};
use super::words::{any_of, anywhere, in_people, in_title};
use crate::query::{Filter, Query, Sort};

/// So many rows are ranked by bm25, in 10 ms or so.
const RANKED: usize = 6_000 / SCALE;
/// Of common words, so many rows are ranked of each kind, among so many.
const NEWEST: usize = 1_000 / SCALE;
const AMONG: usize = 100_000 / SCALE;

pub(super) enum Ranking {
    /// By date.
    None,
    /// All rows of an FTS5 expression, one of which every item of the answer has; so many at most.
    Rows(String, usize),
    /// All rows of one that not every item has: what says the words in several talks has none.
    Together(String),
    /// The newest rows of such a one.
    Newest(String),
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
        if rows > RANKED {
            let together = all_of(&required);
            let is_seldom = required.len() > 1 && reach.up_to(&together, RANKED + 1)? <= RANKED;
            return Ok(match is_seldom {
                true => Self::Together(together),
                false => Self::Newest(together),
            });
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

    /// Defines `hits`: rows of the index with how well they answer; the lower the better. A word in a
    /// title counts ten times one in the text, a name five times.
    pub(super) fn hits(&self) -> Option<(String, Vec<String>)> {
        match self {
            Self::None => None,
            Self::Rows(expression, _) | Self::Together(expression) => Some((
                "WITH hits AS MATERIALIZED (
                     SELECT rowid AS row, bm25(entry_text, 1.0, 10.0, 5.0) AS score
                     FROM entry_text WHERE entry_text MATCH ?) "
                    .to_owned(),
                vec![expression.clone()],
            )),
            Self::Newest(expression) => {
                // Which column says a word is not in the index: each row has to be looked at.
                let newest = |score: &str| {
                    format!(
                        "SELECT row, {score} AS score FROM (
                             SELECT rowid AS row FROM entry_text WHERE entry_text MATCH ?
                                 AND rowid >= (SELECT row FROM oldest)
                             ORDER BY rowid DESC LIMIT {NEWEST})"
                    )
                };
                let sql = format!(
                    "WITH oldest AS MATERIALIZED (SELECT ifnull((
                         SELECT rowid FROM entry_text WHERE entry_text MATCH ?
                         ORDER BY rowid DESC LIMIT 1 OFFSET {AMONG}), 0) AS row),
                     hits AS MATERIALIZED ({} UNION ALL {} UNION ALL {}) ",
                    newest("-3"),
                    newest("-2"),
                    newest("-1")
                );
                let expressions = vec![
                    expression.clone(),
                    format!("title : ({expression})"),
                    format!("people : ({expression})"),
                    expression.clone(),
                ];
                Some((sql, expressions))
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

    /// Whether something may answer that is not ranked.
    pub(super) fn is_partial(&self) -> bool {
        matches!(self, Self::Together(_) | Self::Newest(_))
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
