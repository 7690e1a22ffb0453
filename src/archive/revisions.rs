//! Earlier states of entries.
//!
//! What an answer shows of them has columns; all else that the state said is JSON in `facts`: see [`Facts`],
//! with what is unknown left out and times in seconds. The facts and the content are kept by their hashes:
//! an entry that is changed back and forth, and a post that is edited in several feeds, is kept once.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::content::{self, Packer};
use super::entries;
use super::error::ArchiveError;
use super::instants::{certain, instant, seconds};
use super::tags;
use crate::model::{
    Category, ContentHash, Enclosure, Entry, EntryId, EntrySource, Extras, FeedId, Original,
    Person, Revision, Tag, TagOrigin, Talk, TalkKind,
};

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
    let entry = published(db, id)?.ok_or(ArchiveError::NoSuchEntry)?;
    let facts = serde_json::to_string(&Facts::of(&entry))
        .map_err(|error| ArchiveError::Failed(format!("a state cannot be kept: {error}")))?;
    let facts = Packer::new(None)?.pack_text(&facts)?;
    db.prepare_cached("INSERT OR IGNORE INTO revision_data (hash, data) VALUES (?1, ?2)")?
        .execute(params![facts.hash, facts.data])?;
    db.prepare_cached(
        "INSERT OR IGNORE INTO revision_data (hash, data)
         SELECT hash, data FROM contents WHERE entry = ?1",
    )?
    .execute([id.0])?;
    db.prepare_cached(
        "INSERT INTO revisions (entry, replaced_at, title, updated, hash, facts, content)
         SELECT e.id, ?2, e.title, e.updated, e.hash, ?3, c.hash
         FROM entries e JOIN contents c ON c.entry = e.id WHERE e.id = ?1",
    )?
    .execute(params![id.0, replaced_at, facts.hash])?;
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

/// How many entries of each feed change so often that only some of their states are kept now; feeds
/// without any are left out.
pub(super) fn damped(db: &Connection, now: i64) -> Result<HashMap<FeedId, u64>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT e.feed, count(*)
         FROM (SELECT entry FROM revisions GROUP BY entry HAVING count(*) >= ?1) busy
         JOIN entries e ON e.id = busy.entry
         WHERE (SELECT ?2 - max(replaced_at) FROM revisions r WHERE r.entry = busy.entry)
               BETWEEN 0 AND ?3 - 1
         GROUP BY e.feed",
    )?;
    let counted = select.query_map([PLENTY, now, DAMPED], |row| {
        Ok((FeedId(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(counted.collect::<Result<_, _>>()?)
}

/// Lets go of what no state holds any more, after entries were deleted.
pub(super) fn sweep(db: &Connection) -> Result<(), ArchiveError> {
    db.execute(
        "DELETE FROM revision_data WHERE hash NOT IN
             (SELECT content FROM revisions UNION SELECT facts FROM revisions)",
        [],
    )?;
    Ok(())
}

/// An entry's present state as its publisher has it: without the tags that others put on it. Its content
/// is left empty.
pub(super) fn published(db: &Connection, id: EntryId) -> Result<Option<Entry>, ArchiveError> {
    let Some(archived) = entries::load_facts(db, id)? else {
        return Ok(None);
    };
    let mut entry = archived.entry;
    entry.tags = tags::all_of_entry(db, id)?;
    entry.tags.retain(|tag| tag.origin == TagOrigin::Feed);
    Ok(Some(entry))
}

/// Newest first. A tag that a person took off is in none: no edit took it away.
pub(super) fn of_entry(db: &Connection, id: EntryId) -> Result<Vec<Revision>, ArchiveError> {
    let taken_off: HashSet<String> = {
        let mut select = db.prepare_cached("SELECT key FROM untagged WHERE entry = ?1")?;
        let keys = select.query_map([id.0], |row| row.get(0))?;
        keys.collect::<Result<_, _>>()?
    };
    let mut select = db.prepare_cached(
        "SELECT r.replaced_at, r.title, r.updated, r.hash, r.facts, r.content, e.guid
         FROM revisions r JOIN entries e ON e.id = r.entry WHERE r.entry = ?1 ORDER BY r.id DESC",
    )?;
    let mut rows = select.query([id.0])?;
    let mut revisions = Vec::new();
    let damaged = |error: ArchiveError| match error {
        ArchiveError::Damaged(message) => {
            ArchiveError::Damaged(format!("an earlier state of entry {}: {message}", id.0))
        }
        error => error,
    };
    while let Some(row) = rows.next()? {
        revisions.push(of_row(db, row, &taken_off).map_err(damaged)?);
    }
    Ok(revisions)
}

fn of_row(
    db: &Connection,
    row: &Row<'_>,
    taken_off: &HashSet<String>,
) -> Result<Revision, ArchiveError> {
    let facts = content::unpack_text(db, &data(db, &row.get::<_, Vec<u8>>(4)?)?)?;
    let facts: Facts = serde_json::from_str(&facts).map_err(|error| {
        ArchiveError::Damaged(format!("an earlier state cannot be read: {error}"))
    })?;
    let mut entry = facts.into_entry(row.get(6)?, ContentHash(row.get(3)?));
    entry
        .tags
        .retain(|tag| !taken_off.contains(&Tag::key(&tag.name)));
    entry.title = row.get(1)?;
    entry.updated = instant(row.get(2)?);
    entry.content = content::unpack_html(db, &data(db, &row.get::<_, Vec<u8>>(5)?)?)?;
    Ok(Revision {
        replaced_at: certain(row.get(0)?),
        entry,
    })
}

/// What is kept under a hash.
pub(super) fn data(db: &Connection, hash: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let data = db
        .prepare_cached("SELECT data FROM revision_data WHERE hash = ?1")?
        .query_row([hash], |row| row.get(0))
        .optional()?;
    data.ok_or_else(|| ArchiveError::Damaged("what an earlier state held is missing".to_owned()))
}

/// All that a state said but its title, its content and when it was updated.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceFact>,
    /// As in entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    extras: Option<Box<Extras>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<AuthorFact>,
    /// The publisher's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagFact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enclosures: Vec<EnclosureFact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    talks: Vec<TalkFact>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct SourceFact {
    guid: Option<String>,
    title: Option<String>,
    url: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct AuthorFact {
    name: Option<String>,
    uri: Option<String>,
    email: Option<String>,
}

/// With what the publisher's category says beyond its name, if it says more.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct TagFact {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    term: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct EnclosureFact {
    url: String,
    #[serde(rename = "type")]
    media_type: Option<String>,
    length: Option<u64>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct TalkFact {
    title: String,
    speakers: Vec<String>,
    kind: String,
    level: u8,
    anchor: Option<String>,
    url: Option<String>,
    start: usize,
    end: usize,
}

impl Facts {
    fn of(entry: &Entry) -> Self {
        Self {
            url: entry.url.clone(),
            summary: entry.summary.clone(),
            language: entry.language.clone(),
            event: entry.event.clone(),
            comments_url: entry.comments_url.clone(),
            published: entry.published.map(seconds),
            source: entry.source.clone().map(|source| SourceFact {
                guid: source.guid,
                title: source.title,
                url: source.url,
            }),
            extras: entry.extras.clone(),
            authors: entry.authors.iter().cloned().map(AuthorFact::of).collect(),
            tags: entry.tags.iter().cloned().map(TagFact::of).collect(),
            enclosures: entry
                .enclosures
                .iter()
                .cloned()
                .map(EnclosureFact::of)
                .collect(),
            talks: entry.talks.iter().cloned().map(TalkFact::of).collect(),
        }
    }

    fn into_entry(self, guid: String, hash: ContentHash) -> Entry {
        Entry {
            guid,
            url: self.url,
            title: None,
            authors: self.authors.into_iter().map(AuthorFact::person).collect(),
            tags: self.tags.into_iter().map(TagFact::tag).collect(),
            published: instant(self.published),
            updated: None,
            summary: self.summary,
            content: Default::default(),
            enclosures: self
                .enclosures
                .into_iter()
                .map(EnclosureFact::enclosure)
                .collect(),
            language: self.language,
            source: self.source.map(|source| EntrySource {
                guid: source.guid,
                title: source.title,
                url: source.url,
            }),
            comments_url: self.comments_url,
            extras: self.extras,
            talks: self.talks.into_iter().map(TalkFact::talk).collect(),
            event: self.event,
            hash,
            fingerprint: None,
            original: Original::default(),
        }
    }
}

impl AuthorFact {
    fn of(person: Person) -> Self {
        Self {
            name: person.name,
            uri: person.uri,
            email: person.email,
        }
    }

    fn person(self) -> Person {
        Person {
            name: self.name,
            uri: self.uri,
            email: self.email,
        }
    }
}

impl TagFact {
    fn of(tag: Tag) -> Self {
        let category = tag.category.map(|category| *category);
        let (term, scheme, label) = category.map_or((None, None, None), |category| {
            (Some(category.term), category.scheme, category.label)
        });
        Self {
            name: tag.name,
            term,
            scheme,
            label,
        }
    }

    fn tag(self) -> Tag {
        let (scheme, label) = (self.scheme, self.label);
        let category = self.term.map(|term| {
            Box::new(Category {
                term,
                scheme,
                label,
            })
        });
        Tag {
            category,
            ..Tag::new(self.name, TagOrigin::Feed)
        }
    }
}

impl EnclosureFact {
    fn of(file: Enclosure) -> Self {
        Self {
            url: file.url,
            media_type: file.media_type,
            length: file.length,
        }
    }

    fn enclosure(self) -> Enclosure {
        Enclosure {
            url: self.url,
            media_type: self.media_type,
            length: self.length,
        }
    }
}

impl TalkFact {
    fn of(talk: Talk) -> Self {
        Self {
            title: talk.title,
            speakers: talk.speakers,
            kind: talk.kind.word().to_owned(),
            level: talk.level,
            anchor: talk.anchor,
            url: talk.url,
            start: talk.section.start,
            end: talk.section.end,
        }
    }

    fn talk(self) -> Talk {
        Talk {
            title: self.title,
            speakers: self.speakers,
            kind: TalkKind::from_word(&self.kind),
            level: self.level,
            anchor: self.anchor,
            url: self.url,
            section: self.start..self.end,
        }
    }
}
