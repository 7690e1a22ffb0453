//! Entries out of their tables, many at once.
//!
//! Each table is walked over once in the order of the entries' numbers, and begun anew where the next of them
//! is far away. So an entry costs a few steps of these walks and not a statement for each table, and a table
//! that has nothing of any of them is asked once.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

use super::super::duplicates;
use super::super::error::ArchiveError;
use super::super::instants::{certain, instant};
use super::super::tags;
use super::super::unpack;
use super::walk::{Walk, asked_for};
use crate::model::{
    ArchivedEntry, ContentHash, Enclosure, Entry, EntryId, EntrySource, FeedOfEntry, Original,
    Person, SafeHtml, Talk, TalkKind,
};
use crate::query::{Digest, Want};

/// An entry without what stands in tables of its own; behind what every digest shows its details.
macro_rules! entries {
    ($details:literal) => {
        asked_for!(
            concat!(
                "
    SELECT e.id, e.feed, e.guid, e.url, e.title, e.summary, e.published, e.updated, e.first_seen, e.event,
           e.hash,
           CASE WHEN ?4 THEN EXISTS (
               SELECT 1 FROM entries o
               LEFT JOIN duplicates other ON other.entry = o.id LEFT JOIN duplicates own ON own.entry = e.id
               WHERE o.guid = e.guid AND o.id <> e.id
                 -- Of one post the entry that is shown has the guid, of several posts the first.
                 AND CASE WHEN ifnull(other.shown, o.id) = ifnull(own.shown, e.id)
                          THEN own.shown <> e.id ELSE o.id < e.id END)
           ELSE 0 END",
                $details,
                "
    FROM entries e"
            ),
            "e.id"
        )
    };
}

const ENTRIES: &str = entries!("");
const ENTRIES_IN_DETAIL: &str = entries!(
    ",
           e.language, e.comments_url, e.source_guid, e.source_title, e.source_url, e.extras"
);

const FEED: &str = "
    SELECT f.url, f.guid, coalesce(f.given_title, f.title), f.site_url, f.self_url, f.rights, f.updated,
           ifnull((SELECT from_url FROM moves WHERE feed_id = f.id ORDER BY id LIMIT 1), f.url)
    FROM feeds f WHERE f.id = ?1";

const AUTHORS: &str = asked_for!(
    "SELECT entry, name, uri, email FROM authors",
    "entry",
    "position"
);

const ENCLOSURES: &str = asked_for!(
    "SELECT entry, url, media_type, length FROM enclosures",
    "entry",
    "position"
);

const TALKS: &str = asked_for!(
    "SELECT entry, title, speakers, kind, level, anchor, url, start, end FROM talks",
    "entry",
    "number"
);

const CONTENTS: &str = asked_for!("SELECT entry, data FROM contents", "entry");

const SHOWN: &str = asked_for!("SELECT shown FROM duplicates", "shown");

/// Every one that walks.
#[cfg(test)]
pub(in crate::archive) const WALKS: [&str; 8] = [
    ENTRIES,
    ENTRIES_IN_DETAIL,
    AUTHORS,
    tags::OF_ENTRIES,
    ENCLOSURES,
    TALKS,
    CONTENTS,
    SHOWN,
];

/// So much of each table is held of entries that are read together, in bytes of text; a single one may have
/// more.
const MOST_HELD: usize = 1 << 20;

/// Feeds whose facts are held.
const MOST_FEEDS: usize = 2_000;

pub(in crate::archive) struct Loader<'db> {
    db: &'db Connection,
    entries: Walk<'db>,
    in_detail: bool,
    authors: Walk<'db>,
    tags: Walk<'db>,
    enclosures: Walk<'db>,
    talks: Walk<'db>,
    contents: Walk<'db>,
    /// Where entries stand for their posts in every feed: which of them do.
    shown: Option<Walk<'db>>,
    feed: CachedStatement<'db>,
    feeds: HashMap<i64, Arc<FeedOfEntry>>,
    ahead: Ahead,
}

/// Entries that were read and not taken yet.
#[derive(Default)]
struct Ahead {
    /// They ascend.
    ids: Vec<i64>,
    /// Of each its facts; `None`: taken.
    entries: Vec<Option<Box<ArchivedEntry>>>,
    /// What each says; `None`: the archive does not have it. All are unpacked one after the other, while the
    /// dictionary is near.
    contents: Vec<Option<Result<SafeHtml, ArchiveError>>>,
}

impl Ahead {
    fn take(&mut self, id: EntryId) -> Result<Option<Box<ArchivedEntry>>, ArchiveError> {
        let Ok(at) = self.ids.binary_search(&id.0) else {
            return Ok(None);
        };
        let Some(mut archived) = self.entries[at].take() else {
            return Ok(None);
        };
        archived.entry.content = self.contents[at].take().unwrap_or_else(|| {
            let missing = format!("entry {} has no content", id.0);
            Err(ArchiveError::Damaged(missing))
        })?;
        Ok(Some(archived))
    }
}

impl<'db> Loader<'db> {
    /// Of entries that stand for nothing but themselves, with all that is known.
    pub(in crate::archive) fn new(db: &'db Connection) -> Result<Self, ArchiveError> {
        Self::with(db, false, |_| true)
    }

    /// `merged`: each entry stands for its post in every feed, see `duplicates`.
    pub(in crate::archive) fn of_digest(
        db: &'db Connection,
        merged: bool,
        digest: &dyn Digest,
    ) -> Result<Self, ArchiveError> {
        Self::with(db, merged, |what| digest.wants(what))
    }

    fn with(
        db: &'db Connection,
        merged: bool,
        wants: impl Fn(Want) -> bool,
    ) -> Result<Self, ArchiveError> {
        let in_detail = wants(Want::Details);
        let entries = match in_detail {
            true => ENTRIES_IN_DETAIL,
            false => ENTRIES,
        };
        Ok(Self {
            db,
            entries: Walk::single(db, entries)?.bind(4, wants(Want::Ids))?,
            in_detail,
            authors: Walk::many(db, AUTHORS)?,
            tags: Walk::many(db, tags::OF_ENTRIES)?,
            enclosures: Walk::many(db, ENCLOSURES)?,
            talks: Walk::many(db, TALKS)?,
            contents: Walk::single(db, CONTENTS)?,
            shown: match merged {
                true => Some(Walk::many(db, SHOWN)?),
                false => None,
            },
            feed: db.prepare_cached(FEED)?,
            feeds: HashMap::new(),
            ahead: Ahead::default(),
        })
    }

    /// Reads these ahead, as far as they take little memory. What goes wrong is said to who takes the entry
    /// that it goes wrong with.
    pub(in crate::archive) fn read_ahead(&mut self, mut ids: Vec<i64>) {
        ids.sort_unstable();
        ids.dedup();
        self.ahead = self.read(&ids, MOST_HELD).unwrap_or_default();
    }

    /// How many entries lie ready.
    #[cfg(test)]
    pub(in crate::archive) fn ahead(&self) -> usize {
        self.ahead.entries.iter().flatten().count()
    }

    /// An entry in full, but for its original.
    pub(in crate::archive) fn take(
        &mut self,
        id: EntryId,
    ) -> Result<Option<Box<ArchivedEntry>>, ArchiveError> {
        match self.ahead.take(id)? {
            Some(archived) => Ok(Some(archived)),
            None => self.read(&[id.0], usize::MAX)?.take(id),
        }
    }

    /// An entry without its content, so also where that is damaged.
    pub(super) fn facts(
        &mut self,
        id: EntryId,
    ) -> Result<Option<Box<ArchivedEntry>>, ArchiveError> {
        Ok(self.gather(&[id.0], usize::MAX)?.entries.pop())
    }

    fn read(&mut self, ids: &[i64], most: usize) -> Result<Ahead, ArchiveError> {
        let mut bunch = self.gather(ids, most)?;
        let mut contents: Vec<_> = bunch.ids.iter().map(|_| None).collect();
        bunch.add(&mut self.contents, |at, _, row| {
            let content = unpack::html(self.db, row.get_ref(1)?.as_blob()?);
            let length = content.as_ref().map_or(0, |html| html.as_str().len());
            contents[at] = Some(content);
            Ok(length)
        })?;
        Ok(Ahead {
            ids: bunch.ids,
            entries: bunch.entries.into_iter().map(Some).collect(),
            contents,
        })
    }

    /// The entries without their contents, up to where they take more than so much memory.
    fn gather(&mut self, ids: &[i64], most: usize) -> Result<Bunch, ArchiveError> {
        let mut bunch = Bunch {
            ids: Vec::with_capacity(ids.len()),
            entries: Vec::with_capacity(ids.len()),
            most,
        };
        self.entries.over(ids, most, |_, row| {
            let Some(feed) = feed_of_entry(&mut self.feed, &mut self.feeds, row.get(1)?)? else {
                return Ok(0);
            };
            let mut archived = entry_of(row, feed)?;
            let entry = &mut archived.entry;
            let mut length = entry.guid.len() + length(&entry.title) + length(&entry.summary);
            if self.in_detail {
                length += add_details(entry, row)?;
            }
            bunch.ids.push(archived.id.0);
            bunch.entries.push(archived);
            Ok(length)
        })?;
        bunch.add(&mut self.authors, |_, entry, row| {
            let author = author_of(row)?;
            let length = length(&author.name) + length(&author.uri) + length(&author.email);
            entry.authors.push(author);
            Ok(length)
        })?;
        bunch.add(&mut self.enclosures, |_, entry, row| {
            let enclosure = enclosure_of(row)?;
            let length = enclosure.url.len();
            entry.enclosures.push(enclosure);
            Ok(length)
        })?;
        bunch.add(&mut self.talks, |_, entry, row| {
            let talk = talk_of(row)?;
            let names = talk.speakers.iter().map(String::len);
            let length = names.fold(talk.title.len(), |all, name| all + name);
            entry.talks.push(talk);
            Ok(length)
        })?;
        let mut found = Vec::with_capacity(2 * bunch.ids.len());
        bunch.add(&mut self.tags, |at, _, row| {
            let placed = tags::placed(row)?;
            let length = placed.1.name.len();
            found.push((at, placed));
            Ok(length)
        })?;
        for of_entry in found.chunk_by_mut(|(one, _), (other, _)| one == other) {
            of_entry.sort_by(|(_, a), (_, b)| tags::in_order(a, b));
        }
        for (at, (_, tag)) in found {
            if let Some(archived) = bunch.entries.get_mut(at) {
                archived.entry.tags.push(tag);
            }
        }
        for archived in &mut bunch.entries {
            tags::keep_each_once(&mut archived.entry.tags);
        }
        if let Some(shown) = &mut self.shown {
            let mut several = Vec::new();
            bunch.add(shown, |at, _, _| {
                several.push(at);
                Ok(0)
            })?;
            several.dedup();
            for at in several {
                duplicates::unite(self.db, &mut bunch.entries[at], true)?;
            }
        }
        Ok(bunch)
    }
}

/// Entries that are read together, in the order of their numbers.
struct Bunch {
    ids: Vec<i64>,
    #[expect(clippy::vec_box, reason = "they are large and change hands")]
    entries: Vec<Box<ArchivedEntry>>,
    /// How much of a table may be held, in bytes.
    most: usize,
}

impl Bunch {
    /// Adds what one table has of them, and leaves out those for which there is no room any more.
    fn add(
        &mut self,
        walk: &mut Walk<'_>,
        mut put: impl FnMut(usize, &mut Entry, &Row<'_>) -> rusqlite::Result<usize>,
    ) -> Result<(), ArchiveError> {
        let entries = &mut self.entries;
        let done = walk.over(&self.ids, self.most, |at, row| {
            put(at, &mut entries[at].entry, row)
        })?;
        self.ids.truncate(done);
        self.entries.truncate(done);
        Ok(())
    }
}

fn length(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

/// The feed that a row describes from this column on, in the order of [`FEED`].
pub(in crate::archive) fn feed_at(row: &Row<'_>, from: usize) -> rusqlite::Result<FeedOfEntry> {
    Ok(FeedOfEntry {
        url: row.get(from)?,
        guid: row.get(from + 1)?,
        title: row.get(from + 2)?,
        site_url: row.get(from + 3)?,
        self_url: row.get(from + 4)?,
        rights: row.get(from + 5)?,
        updated: instant(row.get(from + 6)?),
        first_url: row.get(from + 7)?,
    })
}

/// The feed beside an entry; entries of one feed often come together.
fn feed_of_entry(
    select: &mut CachedStatement<'_>,
    known: &mut HashMap<i64, Arc<FeedOfEntry>>,
    id: i64,
) -> rusqlite::Result<Option<Arc<FeedOfEntry>>> {
    if let Some(feed) = known.get(&id) {
        return Ok(Some(Arc::clone(feed)));
    }
    let feed = select.query_row([id], |row| feed_at(row, 0).map(Arc::new));
    let Some(feed) = feed.optional()? else {
        return Ok(None);
    };
    if known.len() == MOST_FEEDS {
        known.clear();
    }
    known.insert(id, Arc::clone(&feed));
    Ok(Some(feed))
}

fn entry_of(row: &Row<'_>, feed: Arc<FeedOfEntry>) -> rusqlite::Result<Box<ArchivedEntry>> {
    let entry = Entry {
        guid: row.get(2)?,
        url: row.get(3)?,
        title: row.get(4)?,
        authors: Vec::new(),
        tags: Vec::new(),
        published: instant(row.get(6)?),
        updated: instant(row.get(7)?),
        summary: row.get(5)?,
        content: SafeHtml::default(),
        enclosures: Vec::new(),
        language: None,
        source: None,
        comments_url: None,
        extras: None,
        talks: Vec::new(),
        event: row.get(9)?,
        hash: ContentHash(row.get(10)?),
        fingerprint: None,
        original: Original::default(),
    };
    Ok(Box::new(ArchivedEntry {
        id: EntryId(row.get(0)?),
        feed,
        guid_is_taken: row.get(11)?,
        first_seen: certain(row.get(8)?),
        entry,
        also_in: Vec::new(),
    }))
}

/// What [`ENTRIES_IN_DETAIL`] has behind [`ENTRIES`]; answers how long the longest of it is.
fn add_details(entry: &mut Entry, row: &Row<'_>) -> rusqlite::Result<usize> {
    let source = EntrySource {
        guid: row.get(14)?,
        title: row.get(15)?,
        url: row.get(16)?,
    };
    let extras = row.get_ref(17)?.as_str_or_null()?;
    entry.language = row.get(12)?;
    entry.comments_url = row.get(13)?;
    entry.source = Some(source).filter(|source| *source != EntrySource::default());
    // What is no `Extras` can only be damage; `check` finds it.
    entry.extras = extras.and_then(|json| serde_json::from_str(json).ok());
    Ok(extras.map_or(0, str::len))
}

fn author_of(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        name: row.get(1)?,
        uri: row.get(2)?,
        email: row.get(3)?,
    })
}

fn enclosure_of(row: &Row<'_>) -> rusqlite::Result<Enclosure> {
    Ok(Enclosure {
        url: row.get(1)?,
        media_type: row.get(2)?,
        length: row
            .get::<_, Option<i64>>(3)?
            .and_then(|length| length.try_into().ok()),
    })
}

fn talk_of(row: &Row<'_>) -> rusqlite::Result<Talk> {
    let byte = |column: usize| {
        row.get(column)
            .map(|at: i64| usize::try_from(at).unwrap_or(0))
    };
    Ok(Talk {
        title: row.get(1)?,
        // What is no list of names can only be damage; `check` finds it.
        speakers: serde_json::from_str(row.get_ref(2)?.as_str()?).unwrap_or_default(),
        kind: TalkKind::from_word(row.get_ref(3)?.as_str()?),
        level: row.get(4)?,
        anchor: row.get(5)?,
        url: row.get(6)?,
        section: byte(7)?..byte(8)?,
    })
}
