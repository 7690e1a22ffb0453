//! A question as SQL, with every value bound.
//!
//! The rows come in the answer's order, so that nothing is gathered before the first item goes out. There
//! are two ways to that, and SQLite, which knows nothing of how often a word or a tag occurs, cannot tell
//! which is better:
//! * walk along `entries_by_date` and test each entry, where much of the archive matches;
//! * begin with what the rarest word or tag gives and sort that, where little does.
//!
//! So the rarest one is looked for first, by counting up to [`FEW`].

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::error::ArchiveError;
use super::fold;
use super::instants::seconds;
use super::order;
use crate::model::event_key;
use crate::query::{By, Filter, Query, Sort, Words};

/// Up to so many entries are fetched and sorted rather than met on a walk: about 10 ms.
const FEW: usize = 5_000;

/// Columns of each row: the entry's `id`, its `date`, and by talk the talk's `number`.
pub(super) struct Plan {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
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
            plan.sql.push_str(
                "(SELECT row >> 12 AS entry, min(score) AS score FROM hits GROUP BY 1) AS best
                 CROSS JOIN entries e ON e.id = best.entry",
            );
        } else if let Some(ids) = ids {
            let list = serde_json::Value::from(ids).to_string();
            plan.push(
                "json_each(?) AS few CROSS JOIN entries e ON e.id = few.value",
                list,
            );
        } else if let Some(few) = rarest(db, query)? {
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
        let mut conditions = Conditions {
            db,
            by: query.by,
            plan: &mut plan,
        };
        conditions.push(&query.filter)?;
        if query.only_news {
            // What was read from a feed's past is old: it may be looked for, but nobody is told of it.
            plan.sql.push_str(" AND NOT e.backfilled");
        }
        if let Some(cursor) = query.arrived_after {
            plan.push(" AND +e.id > ?", cursor.0);
        }
        if let Some(cursor) = query.arrived_until {
            plan.push(" AND +e.id <= ?", cursor.0);
        }
        Ok(order::finish(query, plan, ranked.is_some()))
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

/// FTS5 parses `OR` into a tree that it refuses beyond 256 levels, so as a balanced one.
fn any_of(expressions: &[String]) -> String {
    match expressions {
        [] => "\"\"".to_owned(),
        [one] => one.clone(),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({} OR {})", any_of(left), any_of(right))
        }
    }
}

/// A way to the few entries that can be among the answer at all, with `entry` as its column.
struct Few {
    sql: String,
    parameters: Vec<Value>,
}

/// The narrowest of what every item has to match, if it is narrow.
fn rarest(db: &Connection, query: &Query) -> Result<Option<Few>, ArchiveError> {
    let mut candidates = Vec::new();
    collect_candidates(db, &query.filter, &mut candidates)?;
    if let Some(cursor) = query.arrived_after {
        candidates.push(Few {
            sql: "SELECT id AS entry FROM entries WHERE id > ?".to_owned(),
            parameters: vec![cursor.0.into()],
        });
    }
    let mut rarest = None;
    let mut fewest = FEW;
    for candidate in candidates {
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

fn collect_candidates(
    db: &Connection,
    filter: &Filter,
    candidates: &mut Vec<Few>,
) -> Result<(), ArchiveError> {
    let text = |expression: String| Few {
        sql: "SELECT DISTINCT rowid >> 12 AS entry FROM entry_text WHERE entry_text MATCH ?"
            .to_owned(),
        parameters: vec![expression.into()],
    };
    match filter {
        Filter::And(parts) => {
            for part in parts {
                collect_candidates(db, part, candidates)?;
            }
        }
        Filter::Text(words) => candidates.push(text(anywhere(db, words)?)),
        Filter::Title(words) => candidates.push(text(in_title(db, words)?)),
        Filter::Author(words) | Filter::Speaker(words) => candidates.push(text(in_people(words))),
        Filter::Tag { key, prefix } => {
            let (test, parameters) = tag_test(key, *prefix);
            candidates.push(Few {
                sql: format!("SELECT DISTINCT entry FROM tags WHERE {test}"),
                parameters,
            });
        }
        // The others are no way in, and of what must not or need not match nothing can be begun with.
        _ => {}
    }
    Ok(())
}

/// Writes a filter as a condition on `e` (the entry) and by talk on `t`.
///
/// The `+` before a column keeps SQLite from beginning there: where that pays, [`rarest`] has done so.
struct Conditions<'a> {
    db: &'a Connection,
    by: By,
    plan: &'a mut Plan,
}

impl Conditions<'_> {
    fn push(&mut self, filter: &Filter) -> Result<(), ArchiveError> {
        match filter {
            Filter::All => self.plan.sql.push('1'),
            Filter::And(parts) => self.join(parts, " AND ", "1")?,
            Filter::Or(parts) => self.join(parts, " OR ", "0")?,
            Filter::Not(inner) => {
                self.plan.sql.push_str("NOT (");
                self.push(inner)?;
                self.plan.sql.push(')');
            }
            Filter::Text(words) => self.text(anywhere(self.db, words)?, in_title(self.db, words)?),
            Filter::Title(words) => {
                let expression = in_title(self.db, words)?;
                self.text(expression.clone(), expression);
            }
            Filter::Author(words) => self.entry_row(in_people(words)),
            Filter::Speaker(words) => self.speaker(in_people(words)),
            Filter::Tag { key, prefix } => {
                let (test, parameters) = tag_test(key, *prefix);
                let sql = format!("EXISTS (SELECT 1 FROM tags WHERE entry = e.id AND {test})");
                self.plan.sql.push_str(&sql);
                self.plan.parameters.extend(parameters);
            }
            Filter::Feed(part) => self.feed(part)?,
            Filter::Event(part) => self.plan.push("event_holds(e.event, ?)", event_key(part)),
            Filter::Url(part) => self.contains("e.url", part),
            Filter::Lang(language) => {
                let language = language.to_lowercase();
                self.plan
                    .push("(lower(ifnull(e.language, '')) = ?", language.clone());
                self.plan.push(
                    " OR lower(ifnull(e.language, '')) LIKE ?",
                    like_start(&language),
                );
                self.plan.sql.push_str(" ESCAPE '\\')");
            }
            Filter::Kind(kind) => self.plan.push(
                match self.by {
                    By::Entry => "EXISTS (SELECT 1 FROM talks WHERE entry = e.id AND kind = ?)",
                    By::Talk => "t.kind = ?",
                },
                kind.word().to_owned(),
            ),
            Filter::HasEnclosure => self.has("enclosures"),
            Filter::HasTalks => self.has("talks"),
            Filter::HasSpeaker => self.plan.sql.push_str(match self.by {
                By::Entry => "EXISTS (SELECT 1 FROM talks WHERE entry = e.id AND speakers <> '[]')",
                By::Talk => "t.speakers <> '[]'",
            }),
            Filter::HasEvent => self.plan.sql.push_str("e.event IS NOT NULL"),
            Filter::IsRevised => self.has("revisions"),
            Filter::IsUndated => {
                let sql = "(e.published IS NULL AND e.updated IS NULL)";
                self.plan.sql.push_str(sql);
            }
            Filter::IsBackfilled => self.plan.sql.push_str("e.backfilled"),
            Filter::From(instant) => self.plan.push("e.date >= ?", seconds(*instant)),
            Filter::Until(instant) => self.plan.push("e.date < ?", seconds(*instant)),
        }
        Ok(())
    }

    /// As a balanced tree: SQLite refuses one that is a thousand deep, which a long query would be.
    fn join(&mut self, parts: &[Filter], word: &str, empty: &str) -> Result<(), ArchiveError> {
        match parts {
            [] => self.plan.sql.push_str(empty),
            [one] => self.push(one)?,
            _ => {
                let (left, right) = parts.split_at(parts.len() / 2);
                self.plan.sql.push('(');
                self.join(left, word, empty)?;
                self.plan.sql.push_str(word);
                self.join(right, word, empty)?;
                self.plan.sql.push(')');
            }
        }
        Ok(())
    }

    /// Full text: of an entry all rows count, whichever talk they stand for; of a talk its own and the
    /// title of the entry it stands in.
    fn text(&mut self, expression: String, title: String) {
        match self.by {
            By::Entry => self.plan.push(
                "+e.id IN (SELECT rowid >> 12 FROM entry_text WHERE entry_text MATCH ?)",
                expression,
            ),
            By::Talk => {
                self.plan.sql.push('(');
                self.talk_row(expression);
                self.plan.sql.push_str(" OR ");
                self.entry_row(title);
                self.plan.sql.push(')');
            }
        }
    }

    fn speaker(&mut self, expression: String) {
        match self.by {
            By::Entry => self.plan.push(
                "+e.id IN (SELECT rowid >> 12 FROM entry_text
                     WHERE entry_text MATCH ? AND (rowid & 4095) > 0)",
                expression,
            ),
            By::Talk => self.talk_row(expression),
        }
    }

    fn talk_row(&mut self, expression: String) {
        self.plan.push(
            "(e.id << 12) + t.number IN (SELECT rowid FROM entry_text
                 WHERE entry_text MATCH ? AND (rowid & 4095) > 0)",
            expression,
        );
    }

    fn entry_row(&mut self, expression: String) {
        self.plan.push(
            "+e.id IN (SELECT rowid >> 12 FROM entry_text
                 WHERE entry_text MATCH ? AND (rowid & 4095) = 0)",
            expression,
        );
    }

    /// Feeds are few: they are compared here, where upper and lower case of every script is known.
    fn feed(&mut self, part: &str) -> Result<(), ArchiveError> {
        let part = part.to_lowercase();
        let mut select = self
            .db
            .prepare_cached("SELECT id, url, given_title, title FROM feeds")?;
        let mut rows = select.query([])?;
        let mut ids: Vec<i64> = Vec::new();
        while let Some(row) = rows.next()? {
            let names: [Option<String>; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
            if names
                .iter()
                .flatten()
                .any(|name| name.to_lowercase().contains(&part))
            {
                ids.push(row.get(0)?);
            }
        }
        match ids.as_slice() {
            // Leaves SQLite the way along `entries_by_feed`, which has the answer's order.
            [id] => self.plan.push("e.feed = ?", *id),
            ids => {
                let list = serde_json::Value::from(ids).to_string();
                self.plan
                    .push("e.feed IN (SELECT value FROM json_each(?))", list);
            }
        }
        Ok(())
    }

    fn contains(&mut self, column: &str, part: &str) {
        self.plan.push(
            &format!("contains_folded({column}, ?)"),
            part.to_lowercase(),
        );
    }

    fn has(&mut self, table: &str) {
        let sql = format!("EXISTS (SELECT 1 FROM {table} WHERE entry = e.id)");
        self.plan.sql.push_str(&sql);
    }
}

fn tag_test(key: &str, prefix: bool) -> (&'static str, Vec<Value>) {
    if !prefix {
        return ("key = ?", vec![key.to_owned().into()]);
    }
    // No key goes on with the last of all characters.
    let end = format!("{key}{}", char::MAX);
    (
        "key >= ? AND key < ?",
        vec![key.to_owned().into(), end.into()],
    )
}

fn anywhere(db: &Connection, words: &Words) -> Result<String, ArchiveError> {
    if words.exact || words.prefix {
        return Ok(phrase(words));
    }
    let Some(stem) = fold::stem(&words.text) else {
        return Ok(phrase(words));
    };
    let mut select = db.prepare_cached("SELECT word FROM word_stems WHERE stem = ?1 LIMIT 64")?;
    let mut endings: Vec<String> = select
        .query_map([&stem], |row| row.get::<_, String>(0))?
        .collect::<Result<_, _>>()?;
    endings.extend([words.text.to_ascii_lowercase(), stem]);
    endings.sort();
    endings.dedup();
    // Only letters of ASCII are in there.
    let quoted: Vec<String> = endings.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(any_of(&quoted))
}

fn in_title(db: &Connection, words: &Words) -> Result<String, ArchiveError> {
    Ok(format!("title : ({})", anywhere(db, words)?))
}

/// Names have no endings.
fn in_people(words: &Words) -> String {
    format!("people : {}", phrase(words))
}

/// Always an FTS5 string, so that no word of the query is an operator there. FTS5 reads up to the first
/// NUL, which would leave the string open.
fn phrase(words: &Words) -> String {
    let folded = fold::phrase(&words.text);
    let text = folded.replace('"', "\"\"").replace('\0', " ");
    // One East Asian character alone is the beginning of the pairs it stands in.
    let mut characters = words.text.chars();
    let alone = characters.next().is_some_and(fold::is_east_asian) && characters.next().is_none();
    let star = if words.prefix || alone { " *" } else { "" };
    format!("\"{text}\"{star}")
}

/// A LIKE pattern for a language with a further part: `en` to `en-…`.
fn like_start(language: &str) -> String {
    let mut pattern = String::with_capacity(language.len() + 2);
    for character in language.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push_str("-%");
    pattern
}
