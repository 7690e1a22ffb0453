//! Earlier states of entries.
//!
//! What an answer shows of them has columns; all else that the state said is JSON in `facts`: `url`,
//! `summary`, `published`, `language`, `event`, `comments_url` (each left out where unknown; times in
//! seconds), `source` {`guid`, `title`, `url`}, `extras` (as in entries), `authors` [{`name`, `uri`, `email`}], `tags` [the
//! publisher's], `enclosures` [{`url`, `type`, `length`}], `talks` [{`title`, `speakers`, `kind`, `level`,
//! `anchor`, `url`, `start`, `end`}].

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::content;
use super::entries;
use super::error::ArchiveError;
use super::instants::{certain, instant, seconds};
use super::tags;
use crate::model::{Entry, EntryId, Revision, TagOrigin};

/// So many edits of one entry are believed to be edits. What has more is most likely changed by its
/// generator at every poll.
const PLENTY: i64 = 20;

/// Past them one state is kept in this time, in seconds.
const DAMPED: i64 = 7 * 24 * 3600;

/// Makes a revision of an entry's present state, which is about to be replaced; not of each one where an
/// entry changes all the time.
pub(super) fn keep(db: &Connection, id: EntryId, replaced_at: i64) -> Result<(), ArchiveError> {
    if is_damped(db, id, replaced_at)? {
        return Ok(());
    }
    let archived = entries::load_facts(db, id)?.ok_or(ArchiveError::NoSuchEntry)?;
    let mut entry = archived.entry;
    entry.tags = tags::all_of_entry(db, id)?;
    entry.tags.retain(|tag| tag.origin == TagOrigin::Feed);
    db.prepare_cached(
        "INSERT INTO revisions (entry, replaced_at, title, updated, hash, facts, content)
         SELECT e.id, ?2, e.title, e.updated, e.hash, ?3, c.data
         FROM entries e JOIN contents c ON c.entry = e.id WHERE e.id = ?1",
    )?
    .execute(params![id.0, replaced_at, facts(&entry).to_string()])?;
    Ok(())
}

fn is_damped(db: &Connection, id: EntryId, at: i64) -> Result<bool, ArchiveError> {
    let mut select =
        db.prepare_cached("SELECT count(*), max(replaced_at) FROM revisions WHERE entry = ?1")?;
    let (kept, last): (i64, Option<i64>) =
        select.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // A clock that was ahead damps nothing.
    Ok(kept >= PLENTY && last.is_some_and(|last| (0..DAMPED).contains(&(at - last))))
}

fn facts(entry: &Entry) -> Value {
    let mut facts = Map::new();
    let texts = [
        ("url", &entry.url),
        ("summary", &entry.summary),
        ("language", &entry.language),
        ("event", &entry.event),
        ("comments_url", &entry.comments_url),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            facts.insert(name.to_owned(), json!(text));
        }
    }
    if let Some(published) = entry.published {
        facts.insert("published".to_owned(), json!(seconds(published)));
    }
    if let Some(source) = &entry.source {
        let source = json!({"guid": source.guid, "title": source.title, "url": source.url});
        facts.insert("source".to_owned(), source);
    }
    if let Some(extras) = &entry.extras {
        facts.insert("extras".to_owned(), json!(extras));
    }
    let mut list = |name: &str, values: Vec<Value>| {
        if !values.is_empty() {
            facts.insert(name.to_owned(), values.into());
        }
    };
    let authors = entry.authors.iter();
    list(
        "authors",
        authors
            .map(|p| json!({"name": p.name, "uri": p.uri, "email": p.email}))
            .collect(),
    );
    list(
        "tags",
        entry.tags.iter().map(|tag| json!(tag.name)).collect(),
    );
    let files = entry.enclosures.iter();
    list(
        "enclosures",
        files
            .map(|file| json!({"url": file.url, "type": file.media_type, "length": file.length}))
            .collect(),
    );
    let talks = entry.talks.iter().map(|talk| {
        json!({
            "title": talk.title, "speakers": talk.speakers, "kind": talk.kind.word(), "level": talk.level,
            "anchor": talk.anchor, "url": talk.url, "start": talk.section.start, "end": talk.section.end,
        })
    });
    list("talks", talks.collect());
    facts.into()
}

/// Newest first.
pub(super) fn of_entry(db: &Connection, id: EntryId) -> Result<Vec<Revision>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT replaced_at, title, updated, content FROM revisions WHERE entry = ?1 ORDER BY id DESC",
    )?;
    let mut rows = select.query([id.0])?;
    let mut revisions = Vec::new();
    while let Some(row) = rows.next()? {
        let packed = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
        revisions.push(Revision {
            replaced_at: certain(row.get(0)?),
            title: row.get(1)?,
            updated: instant(row.get(2)?),
            content: content::unpack_html(db, packed)?,
        });
    }
    Ok(revisions)
}
