//! The full-text index: one row for an entry itself, one for each of its talks.
//!
//! Derived from what the other tables hold and without a copy of any text. Rows are numbered by entry
//! and talk (see [`first_row`]), so that a hit names both without looking anything up.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::entries::{self, MAX_TALKS};
use super::error::ArchiveError;
use super::fold;
use super::stems::{self, KnownWords};
use crate::model::{Entry, EntryId, FeedId, Person, Talk};

/// The number of an entry's own row; those of its talks follow, up to [`last_row`].
fn first_row(id: EntryId) -> i64 {
    id.0 << 8
}

fn last_row(id: EntryId) -> i64 {
    first_row(id) + MAX_TALKS as i64
}

/// What is found of an entry or a talk.
#[derive(Clone)]
pub(super) struct TextRow {
    title: String,
    /// The entry's authors or the talk's speakers.
    people: String,
    text: String,
}

impl TextRow {
    /// In bytes, without its title and its people, which are few.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }

    fn folded(title: &str, people: String, text: String) -> Self {
        Self {
            title: fold::text(title).into_owned(),
            people: fold_owned(people),
            text: fold_owned(text),
        }
    }
}

/// Most texts are ASCII and stay as they are, without a copy.
fn fold_owned(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    fold::text(&text).into_owned()
}

/// An entry's own row and those of its talks, in order. Costs as much as its content is long, so it is
/// made before the write lock is taken.
pub(super) fn rows_of(entry: &Entry) -> Vec<TextRow> {
    let talks = &entry.talks[..entry.talks.len().min(MAX_TALKS)];
    let mut rows = Vec::with_capacity(talks.len() + 1);
    rows.push(TextRow::folded(
        entry.title.as_deref().unwrap_or_default(),
        lines(entry.authors.iter().flat_map(names)),
        match &entry.summary {
            Some(summary) => lines([summary.clone(), text_outside(entry, talks)]),
            None => text_outside(entry, talks),
        },
    ));
    rows.extend(talks.iter().map(|talk| {
        TextRow::folded(
            &talk.title,
            talk.speakers.join("\n"),
            entry.content_of(talk).to_text(),
        )
    }));
    rows
}

/// By what a person is found. A page is no name, but where it is all that is known it has to do.
fn names(person: &Person) -> Vec<String> {
    let known: Vec<String> = person.name.iter().chain(&person.email).cloned().collect();
    if known.is_empty() {
        return person.uri.clone().into_iter().collect();
    }
    known
}

/// The text of the content that stands in none of the talks.
fn text_outside(entry: &Entry, talks: &[Talk]) -> String {
    if talks.is_empty() {
        return entry.content.to_text();
    }
    let mut sections: Vec<_> = talks.iter().map(|talk| talk.section.clone()).collect();
    sections.sort_by_key(|section| section.start);
    let mut parts = Vec::new();
    let mut at = 0;
    for section in sections {
        if section.start > at {
            parts.push(entry.content.section(at..section.start).to_text());
        }
        at = at.max(section.end);
    }
    parts.push(
        entry
            .content
            .section(at..entry.content.as_str().len())
            .to_text(),
    );
    lines(parts)
}

fn lines(texts: impl IntoIterator<Item = String>) -> String {
    let mut texts = texts.into_iter().filter(|text| !text.is_empty());
    let mut joined = texts.next().unwrap_or_default();
    for text in texts {
        joined.push('\n');
        joined.push_str(&text);
    }
    joined
}

/// Rows that wait for the end of a transaction.
///
/// FTS5 writes what it has gathered to disk at every savepoint and whenever row numbers do not grow, so
/// a batch's rows are written once, at its end and in order.
#[derive(Default)]
pub(super) struct Pending<'a> {
    entries: BTreeMap<EntryId, PendingEntry<'a>>,
}

struct PendingEntry<'a> {
    rows: Cow<'a, [TextRow]>,
    /// Older rows of it stand in the index.
    replaces: bool,
}

impl<'a> Pending<'a> {
    pub(super) fn put(&mut self, id: EntryId, rows: impl Into<Cow<'a, [TextRow]>>, replaces: bool) {
        let rows = rows.into();
        // Twice in one batch: only the later rows count. Taking out rows that are not there yet is no harm.
        self.entries.insert(id, PendingEntry { rows, replaces });
    }

    /// The entries, each with whether it is new.
    pub(super) fn arrived(&self) -> Vec<(EntryId, bool)> {
        let entries = self.entries.iter();
        entries.map(|(id, entry)| (*id, !entry.replaces)).collect()
    }

    pub(super) fn append(&mut self, later: Self) {
        for (id, entry) in later.entries {
            self.put(id, entry.rows, entry.replaces);
        }
    }

    pub(super) fn write(self, db: &Connection, words: &mut KnownWords) -> Result<(), ArchiveError> {
        for (id, _) in self.entries.iter().filter(|(_, entry)| entry.replaces) {
            delete_entry(db, *id)?;
        }
        for (id, entry) in &self.entries {
            insert(db, *id, &entry.rows, words)?;
        }
        words.keep(db)
    }
}

pub(super) fn insert(
    db: &Connection,
    id: EntryId,
    rows: &[TextRow],
    words: &mut KnownWords,
) -> Result<(), ArchiveError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO entry_text (rowid, title, people, text) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (row, number) in rows.iter().zip(first_row(id)..) {
        insert.execute(params![number, row.title, row.people, row.text])?;
    }
    words.learn(db, rows.iter().flat_map(|row| [&*row.title, &row.text]))
}

pub(super) fn delete_entry(db: &Connection, id: EntryId) -> Result<(), ArchiveError> {
    db.prepare_cached("DELETE FROM entry_text WHERE rowid BETWEEN ?1 AND ?2")?
        .execute([first_row(id), last_row(id)])?;
    Ok(())
}

/// Takes every entry of a feed out, before its rows go.
pub(super) fn delete_feed(db: &Connection, feed: FeedId) -> Result<(), ArchiveError> {
    let mut select = db.prepare_cached("SELECT id FROM entries WHERE feed = ?1")?;
    let mut rows = select.query([feed.0])?;
    while let Some(row) = rows.next()? {
        delete_entry(db, EntryId(row.get(0)?))?;
    }
    Ok(())
}

/// Builds the index anew, in the order of the entries and in flat memory. Answers how many rows it has.
pub(super) fn rebuild(db: &Connection) -> Result<usize, ArchiveError> {
    // Made anew rather than emptied, for emptying reads what may be damaged.
    let schema: String = db.query_row(
        "SELECT sql FROM sqlite_schema WHERE name = 'entry_text'",
        [],
        |row| row.get(0),
    )?;
    db.execute_batch(&format!(
        "DROP TABLE entry_text;
         {schema};
         INSERT INTO entry_text (entry_text, rank) VALUES ('hashsize', 16777216);
         INSERT INTO entry_text (entry_text, rank) VALUES ('automerge', 0);
         INSERT INTO entry_text (entry_text, rank) VALUES ('crisismerge', 40);"
    ))?;
    stems::forget(db)?;
    let mut select = db.prepare("SELECT id FROM entries ORDER BY id")?;
    let mut ids = select.query([])?;
    let mut written = 0;
    let mut words = KnownWords::default();
    while let Some(row) = ids.next()? {
        let id = EntryId(row.get(0)?);
        let archived = match entries::load(db, id) {
            // A content that is lost is no reason to lose the others from the index.
            Err(ArchiveError::Damaged(_)) => entries::load_facts(db, id)?,
            loaded => loaded?,
        };
        if let Some(archived) = archived {
            let rows = rows_of(&archived.entry);
            insert(db, id, &rows, &mut words)?;
            written += rows.len();
        }
    }
    words.keep(db)?;
    Ok(written)
}

/// More pieces than these are merged: each costs a search one more look. Looks cost little in a small archive,
/// of which a first poll leaves some twenty.
const MOST_PIECES: usize = 16;
const MOST_PIECES_OF_FEW: usize = 32;

/// Fewer entries than these are few.
const FEW: i64 = 100_000;

/// Pages of the index that are merged at once, in 60 ms or so, before its pieces are counted again.
const STEP: usize = 2000;

/// Merges what commits have left in pieces, as much as what is new is worth: a page that is written is written
/// again some four times until it lies where it stays, and an entry takes a page or two. A run that brought
/// little so never pays for what an earlier one left; and no run merges for longer than half a second.
///
/// * `arrived`: how many entries the index got.
pub(super) fn merge(db: &Connection, arrived: usize) -> Result<(), ArchiveError> {
    let mut left = arrived.saturating_mul(8).saturating_add(64).min(8 * STEP);
    let most = match entries::newest(db)?.0 < FEW {
        true => MOST_PIECES_OF_FEW,
        false => MOST_PIECES,
    };
    while left > 0 && pieces(db)? > most {
        let step = left.min(STEP);
        db.execute(
            "INSERT INTO entry_text (entry_text, rank) VALUES ('merge', ?1)",
            [step as i64],
        )?;
        left -= step;
    }
    Ok(())
}

/// Counted by hopping: a piece has a row for each of its pages.
fn pieces(db: &Connection) -> Result<usize, ArchiveError> {
    let mut next = db.prepare_cached("SELECT min(segid) FROM entry_text_idx WHERE segid > ?1")?;
    let mut pieces = 0;
    let mut last = 0;
    while let Some(piece) = next.query_row([last], |row| row.get::<_, Option<i64>>(0))? {
        pieces += 1;
        last = piece;
    }
    Ok(pieces)
}
