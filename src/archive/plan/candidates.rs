//! The narrowest way to begin with.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::duplicates::shown_for;
use super::super::error::ArchiveError;
use super::conditions::{are_shown_themselves, event_test, feeds_called, tag_test};
use super::words::{anywhere, in_people, in_title};
use crate::query::{Filter, Query};

/// Up to so many entries are fetched and sorted rather than met on a walk: about 10 ms.
const FEW: usize = 5_000;

/// A way to the few entries that can be among the answer at all, with `entry` as its column.
pub(super) struct Few {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
}

/// The narrowest of what every item has to match, if it is narrow.
pub(super) fn rarest(
    db: &Connection,
    query: &Query,
    merged: bool,
) -> Result<Option<Few>, ArchiveError> {
    let mut candidates = Candidates {
        db,
        merged,
        found: Vec::new(),
    };
    candidates.collect(&query.filter)?;
    if let Some(cursor) = query.arrived_after {
        candidates.push("entries.id", "entries WHERE id > ?", vec![cursor.0.into()]);
    }
    let mut rarest = None;
    let mut fewest = FEW;
    for candidate in candidates.found {
        let count = format!(
            "SELECT count(*) FROM (SELECT 1 FROM ({}) LIMIT {fewest})",
            candidate.sql
        );
        let found: i64 = db
            .prepare(&count)?
            .query_row(params_from_iter(&candidate.parameters), |row| row.get(0))?;
        let found = usize::try_from(found).unwrap_or(0);
        if found < fewest {
            fewest = found;
            rarest = Some(candidate);
        }
        if fewest == 0 {
            break;
        }
    }
    Ok(rarest)
}

/// The ways to begin with that a filter offers.
struct Candidates<'a> {
    db: &'a Connection,
    merged: bool,
    found: Vec<Few>,
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

    fn text(&mut self, expression: String) {
        let from = "entry_text WHERE entry_text MATCH ?";
        self.push("(entry_text.rowid >> 12)", from, vec![expression.into()]);
    }

    fn collect(&mut self, filter: &Filter) -> Result<(), ArchiveError> {
        match filter {
            Filter::And(parts) => {
                for part in parts {
                    self.collect(part)?;
                }
            }
            Filter::Text(words) => self.text(anywhere(self.db, words)?),
            Filter::Title(words) => self.text(in_title(self.db, words)?),
            Filter::Author(words) | Filter::Speaker(words) => self.text(in_people(words)),
            Filter::Tag { key, prefix } => {
                let (test, parameters) = tag_test(key, *prefix);
                // Sorted by entry already, if of one tag.
                self.push("tags.entry", &format!("tags WHERE {test}"), parameters);
            }
            Filter::Event(part) => {
                let (test, parameter) = event_test(self.db, part)?;
                self.push(
                    "entries.id",
                    &format!("entries WHERE {test}"),
                    vec![parameter],
                );
            }
            // Of a feed alone there is a way in its order; not of one whose entries others are shown for.
            Filter::Feed(part) if self.merged => {
                let ids = feeds_called(self.db, part)?;
                if !are_shown_themselves(self.db, &ids)? {
                    let list = serde_json::Value::from(ids).to_string();
                    let from = "entries WHERE feed IN (SELECT value FROM json_each(?))";
                    self.push("entries.id", from, vec![list.into()]);
                }
            }
            // The others are no way in, and of what must not or need not match nothing can be begun with.
            _ => {}
        }
        Ok(())
    }
}
