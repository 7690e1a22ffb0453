//! Tags on entries, each with who put it there.

use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::{Connection, Row, params};

use super::Archive;
use super::duplicates;
use super::entries;
use super::error::ArchiveError;
use crate::model::{Category, Entry, EntryId, FeedId, Tag, TagOrigin};

/// Rows for [`placed`], of the entries that are asked for.
pub(super) const OF_ENTRIES: &str = entries::asked_for!(
    "SELECT entry, origin, name, position, term, scheme, label FROM tags",
    "entry"
);

/// The eras that `tags_by_key` is in, from the oldest on.
const ERAS: &str = "
    (WITH RECURSIVE up_to_now (era) AS (
         SELECT 0 UNION ALL SELECT era + 1 FROM up_to_now
         WHERE era < (SELECT max(entry) >> 15 FROM tags))
     SELECT era FROM up_to_now) AS eras";

/// Which tags are of an era, as `tags_by_key` says it.
const OF_ERA: &str = "tags.entry >> 15 = eras.era";

/// What to select from for the tags that fulfil a test of their `key`: era by era, so that `tags_by_key` serves.
pub(super) fn by_key(test: &str) -> String {
    format!("{ERAS} CROSS JOIN tags WHERE {OF_ERA} AND {test}")
}

/// A tag with its place among those of its origin.
pub(super) type Placed = (i64, Tag);

pub(super) fn placed(row: &Row<'_>) -> rusqlite::Result<Placed> {
    let origin = TagOrigin::from_word(row.get_ref(1)?.as_str()?).unwrap_or(TagOrigin::Feed);
    let term: Option<String> = row.get(4)?;
    let tag = Tag {
        name: row.get(2)?,
        origin,
        category: match term {
            None => None,
            Some(term) => Some(Box::new(Category {
                term,
                scheme: row.get(5)?,
                label: row.get(6)?,
            })),
        },
    };
    Ok((row.get(3)?, tag))
}

/// The publisher's in their order, then those of the subscription, of people and of rules.
pub(super) fn in_order((one, a): &Placed, (other, b): &Placed) -> Ordering {
    (a.origin, one, &a.name).cmp(&(b.origin, other, &b.name))
}

/// Of an entry's tags in their order, each once: without those that only spell an earlier one differently.
pub(super) fn keep_each_once(tags: &mut Vec<Tag>) {
    // Of one origin there is each key once.
    if tags.iter().any(|tag| tag.origin != tags[0].origin) {
        leave_out_other_spellings(tags);
    }
}

/// The same of tags of several entries.
pub(super) fn leave_out_other_spellings(tags: &mut Vec<Tag>) {
    let mut seen = HashSet::new();
    tags.retain(|tag| seen.insert(Tag::key(&tag.name)));
}

/// An entry's tags in their order, also the same tag from several origins.
pub(super) fn all_of_entry(db: &Connection, id: EntryId) -> Result<Vec<Tag>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT entry, origin, name, position, term, scheme, label FROM tags WHERE entry = ?1",
    )?;
    let rows = select.query_map([id.0], placed)?;
    let mut rows: Vec<Placed> = rows.collect::<Result<_, _>>()?;
    rows.sort_by(in_order);
    Ok(rows.into_iter().map(|(_, tag)| tag).collect())
}

/// Adds the publisher's tags to an entry that has none of them.
pub(super) fn add_of_publisher(
    db: &Connection,
    id: EntryId,
    entry: &Entry,
) -> Result<(), ArchiveError> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO tags (entry, key, origin, name, position, term, scheme, label)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         WHERE NOT EXISTS (SELECT 1 FROM untagged WHERE entry = ?1 AND key = ?2)",
    )?;
    for (position, tag) in entry.tags.iter().enumerate() {
        let name = tag.name.trim();
        let key = Tag::key(name);
        if key.is_empty() {
            continue;
        }
        let category = tag.category.as_deref();
        insert.execute(params![
            id.0,
            key,
            tag.origin.word(),
            name,
            position as i64,
            category.map(|category| &category.term),
            category.and_then(|category| category.scheme.as_ref()),
            category.and_then(|category| category.label.as_ref()),
        ])?;
    }
    Ok(())
}

impl Archive {
    /// Up to `most` tags whose key begins so: key and spelling.
    pub(crate) fn tags_beginning(
        &self,
        start: &str,
        most: usize,
    ) -> Result<Vec<(String, String)>, ArchiveError> {
        beginning(&*self.connections.reader()?, start, most)
    }
}

/// As `Archive::tag`.
pub(super) fn put_on(
    db: &Connection,
    id: EntryId,
    names: &[String],
    origin: TagOrigin,
) -> Result<usize, ArchiveError> {
    if !entries::exists(db, id)? {
        return Err(ArchiveError::NoSuchEntry);
    }
    if origin == TagOrigin::User {
        for one in duplicates::same_post(db, id)? {
            allow_again(db, one, names)?;
        }
    }
    add(db, id, names.iter().map(|name| (name.as_str(), origin)))
}

/// As `Archive::untag`.
pub(super) fn take_off(
    db: &Connection,
    id: EntryId,
    names: &[String],
) -> Result<usize, ArchiveError> {
    if !entries::exists(db, id)? {
        return Err(ArchiveError::NoSuchEntry);
    }
    remove(db, &duplicates::same_post(db, id)?, names)
}

/// Adds tags, but for those that a person took off; answers how many were not there before from anyone.
pub(super) fn add<'a>(
    db: &Connection,
    id: EntryId,
    tags: impl IntoIterator<Item = (&'a str, TagOrigin)>,
) -> Result<usize, ArchiveError> {
    let mut is_there =
        db.prepare_cached("SELECT 1 FROM tags WHERE entry = ?1 AND key = ?2 LIMIT 1")?;
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO tags (entry, key, origin, name, position)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM untagged WHERE entry = ?1 AND key = ?2)",
    )?;
    let mut added = 0;
    for (position, (name, origin)) in tags.into_iter().enumerate() {
        let name = name.trim();
        let key = Tag::key(name);
        if key.is_empty() {
            continue;
        }
        let was_there = is_there.exists(params![id.0, key])?;
        let inserted = insert.execute(params![id.0, key, origin.word(), name, position as i64])?;
        added += usize::from(inserted > 0 && !was_there);
    }
    Ok(added)
}

/// A person's word counts over an earlier `untag`.
fn allow_again(db: &Connection, id: EntryId, names: &[String]) -> Result<(), ArchiveError> {
    let mut delete = db.prepare_cached("DELETE FROM untagged WHERE entry = ?1 AND key = ?2")?;
    for name in names {
        delete.execute(params![id.0, Tag::key(name)])?;
    }
    Ok(())
}

/// Takes tags off entries that are one post, whoever put them there, and keeps them off; answers how many
/// there were.
fn remove(db: &Connection, ids: &[EntryId], names: &[String]) -> Result<usize, ArchiveError> {
    let mut delete = db.prepare_cached("DELETE FROM tags WHERE entry = ?1 AND key = ?2")?;
    let mut keep_off =
        db.prepare_cached("INSERT OR IGNORE INTO untagged (entry, key) VALUES (?1, ?2)")?;
    let mut removed = 0;
    for name in names {
        let key = Tag::key(name);
        let mut was_there = false;
        for id in ids {
            was_there |= delete.execute(params![id.0, key])? > 0;
        }
        if was_there {
            removed += 1;
            for id in ids {
                keep_off.execute(params![id.0, key])?;
            }
        }
    }
    Ok(removed)
}

/// Takes off the publisher's tags, for an edit to bring its own.
pub(super) fn clear_of_publisher(db: &Connection, id: EntryId) -> Result<(), ArchiveError> {
    db.prepare_cached("DELETE FROM tags WHERE entry = ?1 AND origin = 'feed'")?
        .execute([id.0])?;
    Ok(())
}

/// A subscription's own tags, in the order they were given.
pub(super) fn of_feed(db: &Connection, feed: FeedId) -> Result<Vec<String>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT name FROM feed_tags WHERE feed = ?1 ORDER BY id")?;
    let names = select.query_map([feed.0], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Gives a subscription further tags, and each of its entries with it.
pub(super) fn add_to_feed(
    db: &Connection,
    feed: FeedId,
    names: &[String],
) -> Result<(), ArchiveError> {
    let mut insert =
        db.prepare_cached("INSERT OR IGNORE INTO feed_tags (feed, key, name) VALUES (?1, ?2, ?3)")?;
    let mut copy = db.prepare_cached(
        "INSERT OR IGNORE INTO tags (entry, key, origin, name, position)
         SELECT e.id, ?2, 'subscription', ?3, 0 FROM entries e
         WHERE e.feed = ?1
           AND NOT EXISTS (SELECT 1 FROM untagged u WHERE u.entry = e.id AND u.key = ?2)",
    )?;
    for name in names {
        let name = name.trim();
        let key = Tag::key(name);
        if !key.is_empty() {
            insert.execute(params![feed.0, key, name])?;
            copy.execute(params![feed.0, key, name])?;
        }
    }
    Ok(())
}

/// Tags by the beginning of their key, in its order, each with its first spelling.
fn beginning(
    db: &Connection,
    start: &str,
    most: usize,
) -> Result<Vec<(String, String)>, ArchiveError> {
    // From one to the next: the most common tag stands on half of all entries.
    let mut next = db.prepare_cached(&format!(
        "SELECT min((SELECT key FROM tags WHERE {OF_ERA} AND key >= ?1 AND key > ?2
                     ORDER BY key LIMIT 1))
         FROM {ERAS}"
    ))?;
    let mut first =
        db.prepare_cached(&format!("SELECT name FROM {} LIMIT 1", by_key("key = ?")))?;
    let mut found: Vec<(String, String)> = Vec::new();
    while found.len() < most {
        let last = found.last().map_or("", |(key, _)| key.as_str());
        let key: Option<String> = next.query_row([start, last], |row| row.get(0))?;
        let Some(key) = key.filter(|key| key.starts_with(start)) else {
            break;
        };
        let name = first.query_row([&key], |row| row.get(0))?;
        found.push((key, name));
    }
    Ok(found)
}
