//! A filter as SQL.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::error::ArchiveError;
use super::super::instants::seconds;
use super::super::tags;
use super::reach::Reach;
use super::words::{anywhere, in_people, in_title};
use super::{Asks, Plan};
use crate::model::is_event_called;
use crate::query::{By, Cursor, Filter};

/// Writes a filter as a condition on `e` (the entry) and by talk on `t`.
///
/// The `+` before a column keeps SQLite from beginning there: where that pays, [`rarest`] has done so.
pub(super) struct Conditions<'a> {
    pub(super) reach: &'a Reach<'a>,
    pub(super) by: By,
    /// Of a post in several feeds, only what had arrived by then counts.
    pub(super) by_then: Option<Cursor>,
    /// What is written stands inside of `NOT`.
    pub(super) negated: bool,
    pub(super) plan: &'a mut Plan,
}

/// Which rows of an entry are looked at.
#[derive(Clone, Copy)]
enum Rows {
    All,
    /// The entry's own.
    Entry,
    Talks,
}

impl Rows {
    /// As a test that follows others.
    fn test(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Entry => " AND (rowid & 255) = 0",
            Self::Talks => " AND (rowid & 255) > 0",
        }
    }

    /// As the range of rows of one entry.
    fn of(self, entry: &str) -> String {
        let (first, last) = match self {
            Self::All => (0, 255),
            Self::Entry => (0, 0),
            Self::Talks => (1, 255),
        };
        let first_row = format!("({entry} << 8)");
        format!("entry_text.rowid BETWEEN {first_row} + {first} AND {first_row} + {last}")
    }
}

impl Conditions<'_> {
    pub(super) fn push(&mut self, filter: &Filter) -> Result<(), ArchiveError> {
        match filter {
            Filter::All => self.plan.sql.push('1'),
            Filter::And(parts) => self.join(parts, " AND ", "1")?,
            Filter::Or(parts) => self.join(parts, " OR ", "0")?,
            Filter::Not(inner) => {
                self.plan.sql.push_str("NOT (");
                self.negated = !self.negated;
                self.push(inner)?;
                self.negated = !self.negated;
                self.plan.sql.push(')');
            }
            Filter::Text(words) => {
                let db = self.reach.db;
                self.text(anywhere(db, words)?, in_title(db, words)?)?;
            }
            Filter::Title(words) => {
                let expression = in_title(self.reach.db, words)?;
                self.text(expression.clone(), expression)?;
            }
            Filter::Author(words) => self.any_row(Rows::Entry, in_people(words))?,
            Filter::Speaker(words) => self.speaker(in_people(words))?,
            Filter::Tag { key, prefix } => self.tag(key, *prefix)?,
            Filter::Feed(part) => self.feed(part)?,
            Filter::Event(part) => {
                let (test, parameter) = event_test(self.reach.db, part)?;
                // Inside of `NOT` an unknown event is another one.
                let test = format!("(+e.event_key IS NOT NULL AND +e.{test})");
                self.plan.push(&test, parameter);
            }
            Filter::Url(part) => self.contains("e.url", part),
            Filter::Lang(language) => {
                let (test, parameter) = language_test(self.reach.db, language)?;
                // Inside of `NOT` an unknown language is another one.
                let test = format!("(+e.language IS NOT NULL AND +e.{test})");
                self.plan.push(&test, parameter);
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
    fn text(&mut self, expression: String, title: String) -> Result<(), ArchiveError> {
        match self.by {
            By::Entry => self.any_row(Rows::All, expression),
            By::Talk => {
                self.plan.sql.push('(');
                self.talk_row(expression)?;
                self.plan.sql.push_str(" OR ");
                self.any_row(Rows::Entry, title)?;
                self.plan.sql.push(')');
                Ok(())
            }
        }
    }

    fn speaker(&mut self, expression: String) -> Result<(), ArchiveError> {
        match self.by {
            By::Entry => self.any_row(Rows::Talks, expression),
            By::Talk => self.talk_row(expression),
        }
    }

    /// Whether each entry that is met is looked up by itself; not those whose rows are gathered.
    fn is_asked_each(&self, expression: &str) -> Result<bool, ArchiveError> {
        match self.plan.asks {
            Asks::Each => Ok(true),
            Asks::EachIfCommon | Asks::Newest => self.reach.is_common(expression),
            Asks::AtOnce => Ok(false),
        }
    }

    fn talk_row(&mut self, expression: String) -> Result<(), ArchiveError> {
        if let Some(Cursor(last)) = self.by_then {
            self.plan.push("e.id <= ? AND ", last);
        }
        let sql = match self.is_asked_each(&expression)? {
            true => {
                "EXISTS (SELECT 1 FROM entry_text
                     WHERE entry_text MATCH ? AND rowid = (e.id << 8) + t.number)"
            }
            false => {
                "(e.id << 8) + t.number IN (SELECT rowid FROM entry_text
                     WHERE entry_text MATCH ? AND (rowid & 255) > 0)"
            }
        };
        self.plan.push(sql, expression);
        Ok(())
    }

    /// A row of the index, of the entry or of one that it is shown for.
    fn any_row(&mut self, rows: Rows, expression: String) -> Result<(), ArchiveError> {
        if !self.is_asked_each(&expression)? {
            self.gathered(rows, expression, None);
        } else if self.plan.asks == Asks::Newest && self.by_then.is_none() {
            let from = self.reach.recent_from(&expression)?;
            self.plan.sql.push('(');
            self.gathered(rows, expression.clone(), Some(from));
            self.plan.push(" OR ((e.id < ?", from);
            if self.plan.merged {
                self.plan
                    .sql
                    .push_str(" OR EXISTS (SELECT 1 FROM duplicates WHERE shown = e.id)");
            }
            self.plan.sql.push_str(") AND ");
            self.looked_up(rows, expression);
            self.plan.sql.push_str("))");
        } else {
            self.looked_up(rows, expression);
        }
        Ok(())
    }

    /// All rows at once, or those from an entry on.
    fn gathered(&mut self, rows: Rows, expression: String, from: Option<i64>) {
        let entry = self.plan.shown("(entry_text.rowid >> 8)");
        let test = rows.test();
        let sql =
            format!("+e.id IN (SELECT {entry} FROM entry_text WHERE entry_text MATCH ?{test}");
        self.plan.push(&sql, expression);
        if let Some(from) = from {
            self.plan.push(" AND rowid >= ?", from << 8);
        }
        if let Some(Cursor(last)) = self.by_then {
            self.plan.push(" AND (rowid >> 8) <= ?", last);
        }
        self.plan.sql.push(')');
    }

    /// The rows of each entry by itself.
    fn looked_up(&mut self, rows: Rows, expression: String) {
        let of_entry = rows.of("e.id");
        let sql =
            format!("(EXISTS (SELECT 1 FROM entry_text WHERE entry_text MATCH ? AND {of_entry})");
        self.plan.push(&sql, expression.clone());
        if let Some(Cursor(last)) = self.by_then {
            self.plan.push(" AND e.id <= ?", last);
        }
        if self.plan.merged {
            let of_other = rows.of("d.entry");
            let sql = format!(
                " OR EXISTS (SELECT 1 FROM duplicates d CROSS JOIN entry_text
                     WHERE d.shown = e.id AND entry_text MATCH ? AND {of_other}"
            );
            self.plan.push(&sql, expression);
            self.until_then();
            self.plan.sql.push(')');
        }
        self.plan.sql.push(')');
    }

    fn tag(&mut self, key: &str, prefix: bool) -> Result<(), ArchiveError> {
        let (test, parameters) = tag_test(key, prefix);
        let is_gathered = self.plan.asks != Asks::Each
            && self.by_then.is_none()
            && !self.reach.is_much_tagged(test, &parameters)?;
        if is_gathered {
            let entry = self.plan.shown("tags.entry");
            let sql = format!("+e.id IN (SELECT {entry} FROM {})", tags::by_key(test));
            self.plan.sql.push_str(&sql);
            self.plan.parameters.extend(parameters);
            return Ok(());
        }
        self.plan.sql.push('(');
        self.plan.sql.push_str(&format!(
            "EXISTS (SELECT 1 FROM tags WHERE entry = e.id AND {test})"
        ));
        self.plan.parameters.extend(parameters.clone());
        if let Some(Cursor(last)) = self.by_then {
            self.plan.push(" AND e.id <= ?", last);
        }
        if self.plan.merged {
            self.plan.sql.push_str(&format!(
                " OR EXISTS (SELECT 1 FROM duplicates d JOIN tags ON tags.entry = d.entry
                     WHERE d.shown = e.id AND {test}"
            ));
            self.plan.parameters.extend(parameters);
            self.until_then();
            self.plan.sql.push(')');
        }
        self.plan.sql.push(')');
        Ok(())
    }

    /// Whether a feed brought the post; inside of `NOT`, whether no other feed brought it: who does not
    /// want the planet wants the blog's own post all the same.
    fn feed(&mut self, part: &str) -> Result<(), ArchiveError> {
        let ids = feeds_called(self.reach.db, part)?;
        let plain = !self.plan.merged
            || (!self.negated
                && self.by_then.is_none()
                && are_shown_themselves(self.reach.db, &ids)?);
        if let ([id], true) = (ids.as_slice(), plain) {
            // Leaves SQLite the way along `entries_by_feed`, which has the answer's order.
            self.plan.push("e.feed = ?", *id);
            return Ok(());
        }
        let list = serde_json::Value::from(ids).to_string();
        let among = "IN (SELECT value FROM json_each(?))";
        if plain {
            self.plan.push(&format!("e.feed {among}"), list);
            return Ok(());
        }
        let (or, not) = if self.negated {
            ("AND NOT", "NOT ")
        } else {
            ("OR", "")
        };
        let own = format!("(e.feed {among}");
        match self.by_then {
            Some(Cursor(last)) if self.negated => {
                self.plan.push("((e.id > ? OR ", last);
                self.plan.push(&format!("{own})"), list.clone());
                self.plan.sql.push(')');
            }
            Some(Cursor(last)) => {
                self.plan.push(&format!("({own}"), list.clone());
                self.plan.push(" AND e.id <= ?)", last);
            }
            None => self.plan.push(&own, list.clone()),
        }
        self.plan.push(
            &format!(
                " {or} EXISTS (SELECT 1 FROM duplicates d WHERE d.shown = e.id AND d.feed {not}{among}"
            ),
            list,
        );
        self.until_then();
        self.plan.sql.push_str("))");
        Ok(())
    }

    fn until_then(&mut self) {
        if let Some(Cursor(last)) = self.by_then {
            self.plan.push(" AND d.entry <= ?", last);
        }
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

pub(super) fn tag_test(key: &str, prefix: bool) -> (&'static str, Vec<Value>) {
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

/// Events are few beside their entries: they are compared here, each once, by hopping along their index.
pub(super) fn event_test(
    db: &Connection,
    part: &str,
) -> Result<(&'static str, Value), ArchiveError> {
    let mut next = db.prepare_cached("SELECT min(event_key) FROM entries WHERE event_key > ?1")?;
    let mut called = Vec::new();
    let mut at = String::new();
    while let Some(key) = next.query_row([&at], |row| row.get::<_, Option<String>>(0))? {
        if is_event_called(&key, part) {
            called.push(key.clone());
        }
        at = key;
    }
    Ok(match called.as_slice() {
        [one] => ("event_key = ?", one.clone().into()),
        _ => (
            "event_key IN (SELECT value FROM json_each(?))",
            serde_json::Value::from(called).to_string().into(),
        ),
    })
}

/// As [`event_test`]: a language or one of its kinds, `en` and `en-GB`.
pub(super) fn language_test(
    db: &Connection,
    language: &str,
) -> Result<(&'static str, Value), ArchiveError> {
    let asked = language.to_lowercase();
    let mut next = db.prepare_cached("SELECT min(language) FROM entries WHERE language > ?1")?;
    let mut called = Vec::new();
    let mut at = String::new();
    while let Some(known) = next.query_row([&at], |row| row.get::<_, Option<String>>(0))? {
        let name = known.to_lowercase();
        if name
            .strip_prefix(&asked)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        {
            called.push(known.clone());
        }
        at = known;
    }
    Ok(match called.as_slice() {
        [one] => ("language = ?", one.clone().into()),
        _ => (
            "language IN (SELECT value FROM json_each(?))",
            serde_json::Value::from(called).to_string().into(),
        ),
    })
}

/// The feeds whose title or address holds this. Feeds are few: they are compared here, where upper and
/// lower case of every script is known.
pub(super) fn feeds_called(db: &Connection, part: &str) -> Result<Vec<i64>, ArchiveError> {
    let part = part.to_lowercase();
    let mut select = db.prepare_cached("SELECT id, url, given_title, title FROM feeds")?;
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
    Ok(ids)
}

/// Whether no entry of these feeds is shown by another's.
pub(super) fn are_shown_themselves(db: &Connection, feeds: &[i64]) -> Result<bool, ArchiveError> {
    let mut hidden = db.prepare_cached("SELECT 1 FROM duplicates WHERE feed = ?1 LIMIT 1")?;
    for feed in feeds {
        if hidden.exists([feed])? {
            return Ok(false);
        }
    }
    Ok(true)
}
