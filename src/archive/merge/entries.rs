//! A feed's entries of two archives.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::super::content::Packed;
use super::super::entries;
use super::super::error::ArchiveError;
use super::super::index::{self, Pending};
use super::super::later_guids;
use super::super::revisions;
use super::super::stems::KnownWords;
use super::super::tags;
use super::Merge;
use super::feeds::Feed;
use super::rows::{Row, rows};
use crate::model::{EntryId, FeedId, Known, TagOrigin};

/// So many entries' index rows wait in memory.
const BATCH: usize = 256;

/// What belongs to one state of an entry, with what orders it.
const PARTS: [(&str, &str); 3] = [
    ("authors", "position"),
    ("enclosures", "position"),
    ("talks", "number"),
];

pub(super) struct Entries<'a, 'b> {
    merge: &'a mut Merge<'b>,
    feed: &'a Feed,
    words: &'a mut KnownWords,
    /// The subscription's tags, for entries that are new here.
    given: Vec<String>,
    pending: Pending<'static>,
    waiting: usize,
    /// Those of this archive that are new or have another state.
    pub(super) changed: Vec<EntryId>,
}

/// Which archive's state of an entry is the newer one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Newer {
    Same,
    There,
    Here,
}

impl<'a, 'b> Entries<'a, 'b> {
    pub(super) fn new(merge: &'a mut Merge<'b>, feed: &'a Feed, words: &'a mut KnownWords) -> Self {
        Self {
            merge,
            feed,
            words,
            given: Vec::new(),
            pending: Pending::default(),
            waiting: 0,
            changed: Vec::new(),
        }
    }

    /// In the order in which they came to the other archive.
    pub(super) fn take_in(&mut self) -> Result<(), ArchiveError> {
        self.given = tags::of_feed(self.merge.to, FeedId(self.feed.to))?;
        let ids: Vec<i64> = {
            let sql = "SELECT id FROM entries WHERE feed = ?1 ORDER BY id";
            let mut select = self.merge.from.prepare_cached(sql)?;
            let ids = select.query_map([self.feed.from], |row| row.get(0))?;
            ids.collect::<Result<_, _>>()?
        };
        for id in ids {
            match self.one(id) {
                // Its own archive's check names it.
                Err(ArchiveError::Damaged(_)) => self.merge.merged.damaged += 1,
                taken => taken?,
            }
        }
        self.flush()?;
        self.merge
            .to
            .prepare_cached(
                "UPDATE feeds SET entries = (SELECT count(*) FROM entries e WHERE e.feed = feeds.id)
                 WHERE id = ?1",
            )?
            .execute([self.feed.to])?;
        Ok(())
    }

    fn one(&mut self, id: i64) -> Result<(), ArchiveError> {
        let there = self.merge.from;
        let mut found = rows(there, "entries", "id", id, "id")?;
        let Some(mut row) = found.pop() else {
            return Ok(());
        };
        // First of all what may be damaged, so that an entry comes whole or not at all.
        let content = self.content(id)?;
        let names = later_guids::names(there, EntryId(id))?;
        let known = self.known(&names)?;
        row.set("feed", self.feed.to);
        let here = match known {
            None => self.insert(&row.without("id"), &content)?,
            Some(known) => {
                self.unite(&row, id, known.id.0, &content)?;
                known.id.0
            }
        };
        for name in &names {
            later_guids::put(self.merge.to, FeedId(self.feed.to), name, EntryId(here))?;
        }
        self.merge.numbers.insert(id, here);
        self.tags(id, here, known.is_none())?;
        self.revisions(id, here)
    }

    /// The entry here that its feed calls by one of these guids, or has called so.
    fn known(&self, names: &[String]) -> Result<Option<Known>, ArchiveError> {
        let (to, feed) = (self.merge.to, FeedId(self.feed.to));
        for name in names {
            if let Some(known) = entries::known(to, feed, name)? {
                return Ok(Some(known));
            }
        }
        for name in names {
            if let Some(known) = later_guids::known(to, feed, name)? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    fn content(&mut self, id: i64) -> Result<Packed, ArchiveError> {
        let found = rows(self.merge.from, "contents", "entry", id, "entry")?;
        match found.first() {
            Some(row) => self.repacked(row.blob("data"), row.blob("hash")),
            None => Err(ArchiveError::Damaged(format!("entry {id} has no content"))),
        }
    }

    fn repacked(&mut self, data: &[u8], hash: &[u8]) -> Result<Packed, ArchiveError> {
        self.merge.packer.repack(self.merge.from, data, hash)
    }

    fn insert(&mut self, row: &Row, content: &Packed) -> Result<i64, ArchiveError> {
        let to = self.merge.to;
        row.insert(to, "entries")?;
        let here = to.last_insert_rowid();
        to.prepare_cached("INSERT INTO contents (entry, hash, data) VALUES (?1, ?2, ?3)")?
            .execute(params![here, content.hash, content.data])?;
        to.prepare_cached("DELETE FROM dropped WHERE guid = ?1 AND feed = ?2")?
            .execute(params![row.text("guid"), self.feed.to])?;
        self.merge.merged.entries += 1;
        Ok(here)
    }

    /// The same entry on both sides.
    fn unite(
        &mut self,
        row: &Row,
        there: i64,
        here: i64,
        content: &Packed,
    ) -> Result<(), ArchiveError> {
        let (from, to) = (self.merge.from, self.merge.to);
        let mut found = rows(to, "entries", "id", here, "id")?;
        let Some(own) = found.pop() else {
            return Ok(());
        };
        let newer = newer(from, to, (row, there), (&own, here))?;
        match newer {
            Newer::Same => {}
            Newer::Here => {
                // The copy is this merge's own: the older state becomes a revision there, and comes along.
                let replaced_at = arrived(to, &own)?;
                revisions::keep(from, EntryId(there), replaced_at)?;
            }
            Newer::There => {
                revisions::keep(to, EntryId(here), arrived(from, row)?)?;
                row.update(to, "entries", here, |name| {
                    !["id", "feed", "guid", "first_seen", "backfilled"].contains(&name)
                })?;
                to.prepare_cached("UPDATE contents SET hash = ?2, data = ?3 WHERE entry = ?1")?
                    .execute(params![here, content.hash, content.data])?;
                for (table, _) in PARTS {
                    to.execute(&format!("DELETE FROM {table} WHERE entry = ?1"), [here])?;
                }
                tags::clear_of_publisher(to, EntryId(here))?;
                self.merge.merged.edited += 1;
            }
        }
        let earlier = row.number("first_seen") < own.number("first_seen");
        to.prepare_cached(
            "UPDATE entries SET first_seen = min(first_seen, ?2), date = iif(?3, ?4, date) WHERE id = ?1",
        )?
        .execute(params![
            here,
            row.number("first_seen"),
            // Of the same state, dated by when it was first seen.
            earlier && newer != Newer::Here,
            row.number("date"),
        ])?;
        if newer == Newer::There {
            self.parts(there, here)?;
            self.index(here, true)?;
        }
        Ok(())
    }

    fn parts(&self, there: i64, here: i64) -> Result<(), ArchiveError> {
        for (table, order) in PARTS {
            for mut row in rows(self.merge.from, table, "entry", there, order)? {
                row.set("entry", here);
                row.insert(self.merge.to, table)?;
            }
        }
        Ok(())
    }

    /// Puts the entry's present state into the index, as soon as some more are to be.
    fn index(&mut self, here: i64, replaces: bool) -> Result<(), ArchiveError> {
        let id = EntryId(here);
        if let Some(archived) = entries::load(self.merge.to, id)? {
            self.pending
                .put(id, index::rows_of(&archived.entry), replaces);
            self.waiting += 1;
            self.changed.push(id);
        }
        if self.waiting >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ArchiveError> {
        self.waiting = 0;
        std::mem::take(&mut self.pending).write(self.merge.to, self.words)
    }

    /// What people took off, then what they put on, then all else that was put on there.
    fn tags(&mut self, there: i64, here: i64, is_new: bool) -> Result<(), ArchiveError> {
        let (from, to) = (self.merge.from, self.merge.to);
        let is_by_user = |db: &Connection, entry: i64, key: &str| -> Result<bool, ArchiveError> {
            let sql = "SELECT 1 FROM tags WHERE entry = ?1 AND key = ?2 AND origin = 'user'";
            Ok(db.prepare_cached(sql)?.exists(params![entry, key])?)
        };
        for mut row in rows(from, "untagged", "entry", there, "key")? {
            if !is_by_user(to, here, row.text("key"))? {
                to.prepare_cached("DELETE FROM tags WHERE entry = ?1 AND key = ?2")?
                    .execute(params![here, row.text("key")])?;
                row.set("entry", here);
                row.insert(to, "untagged")?;
            }
        }
        let is_publishers = self.has_state_of(there, here)?;
        for mut row in rows(from, "tags", "entry", there, "position")? {
            if row.text("origin") == "user" {
                to.prepare_cached("DELETE FROM untagged WHERE entry = ?1 AND key = ?2")?
                    .execute(params![here, row.text("key")])?;
            } else if row.text("origin") == "feed" && !is_publishers {
                continue;
            }
            let is_off = to
                .prepare_cached("SELECT 1 FROM untagged WHERE entry = ?1 AND key = ?2")?
                .exists(params![here, row.text("key")])?;
            if !is_off {
                row.set("entry", here);
                row.insert(to, "tags")?;
            }
        }
        if is_new {
            let given = self.given.iter();
            let given = given.map(|name| (name.as_str(), TagOrigin::Subscription));
            tags::add(to, EntryId(here), given)?;
            self.parts(there, here)?;
            self.index(here, false)?;
        }
        Ok(())
    }

    /// Whether both now hold the same state: only then its publisher's tags are that entry's.
    fn has_state_of(&self, there: i64, here: i64) -> Result<bool, ArchiveError> {
        let hash = |db: &Connection, id: i64| -> Result<Value, ArchiveError> {
            let mut select = db.prepare_cached("SELECT hash FROM entries WHERE id = ?1")?;
            Ok(select.query_row([id], |row| row.get(0))?)
        };
        Ok(hash(self.merge.from, there)? == hash(self.merge.to, here)?)
    }

    /// Each earlier state once, in the order of time: their numbers are what orders them.
    fn revisions(&mut self, there: i64, here: i64) -> Result<(), ArchiveError> {
        let (from, to) = (self.merge.from, self.merge.to);
        let theirs = rows(from, "revisions", "entry", there, "id")?;
        if theirs.is_empty() {
            return Ok(());
        }
        let mut all = rows(to, "revisions", "entry", here, "id")?;
        let before = all.len();
        // An entry may have come back to a state: the first time there is the first time here, and so on.
        let mut is_theirs = vec![false; before];
        let mut earlier = false;
        for mut row in theirs {
            let mut known = all.iter_mut().zip(&mut is_theirs);
            let known = known.find(|(own, taken)| !**taken && own.get("hash") == row.get("hash"));
            if let Some((own, taken)) = known {
                *taken = true;
                if row.number("replaced_at") < own.number("replaced_at") {
                    own.set("replaced_at", row.number("replaced_at"));
                    earlier = true;
                }
                continue;
            }
            self.revision_data(row.blob("facts"))?;
            self.revision_data(row.blob("content"))?;
            row.set("entry", here);
            all.push(row);
            is_theirs.push(true);
        }
        if all.len() == before && !earlier {
            return Ok(());
        }
        self.merge.merged.revisions += (all.len() - before) as u64;
        all.sort_by_key(|row| row.number("replaced_at"));
        to.prepare_cached("DELETE FROM revisions WHERE entry = ?1")?
            .execute([here])?;
        for row in all {
            row.without("id").insert(to, "revisions")?;
        }
        Ok(())
    }

    /// What an earlier state holds, if it is not held here.
    fn revision_data(&mut self, hash: &[u8]) -> Result<(), ArchiveError> {
        let (from, to) = (self.merge.from, self.merge.to);
        let is_here = to
            .prepare_cached("SELECT 1 FROM revision_data WHERE hash = ?1")?
            .exists([hash])?;
        if is_here {
            return Ok(());
        }
        let data = revisions::data(from, hash)?;
        let packed = self.repacked(&data, hash)?;
        to.prepare_cached("INSERT INTO revision_data (hash, data) VALUES (?1, ?2)")?
            .execute(params![packed.hash, packed.data])?;
        Ok(())
    }
}

/// Since when an archive has had an entry's present state.
fn arrived(db: &Connection, entry: &Row) -> Result<i64, ArchiveError> {
    let mut select =
        db.prepare_cached("SELECT max(replaced_at) FROM revisions WHERE entry = ?1")?;
    let replaced: Option<i64> = select.query_row([entry.number("id")], |row| row.get(0))?;
    Ok(replaced.unwrap_or(entry.number("first_seen")))
}

/// The state that the other archive knows as an earlier one is the older; else what the publisher says of
/// it counts, and then when it came.
fn newer(
    from: &Connection,
    to: &Connection,
    (row, there): (&Row, i64),
    (own, here): (&Row, i64),
) -> Result<Newer, ArchiveError> {
    if row.get("hash") == own.get("hash") {
        return Ok(Newer::Same);
    }
    let was = |db: &Connection, entry: i64, hash: &Value| -> Result<bool, ArchiveError> {
        let sql = "SELECT 1 FROM revisions WHERE entry = ?1 AND hash = ?2";
        Ok(db.prepare_cached(sql)?.exists(params![entry, hash])?)
    };
    let known_here = was(to, here, row.get("hash"))?;
    let known_there = was(from, there, own.get("hash"))?;
    if known_here != known_there {
        return Ok(if known_here {
            Newer::Here
        } else {
            Newer::There
        });
    }
    let (theirs, ours) = (row.number("updated"), own.number("updated"));
    if theirs != 0 && ours != 0 && theirs != ours {
        return Ok(if theirs > ours {
            Newer::There
        } else {
            Newer::Here
        });
    }
    // A tie goes to what is here, so that merging again changes nothing.
    Ok(match arrived(from, row)? > arrived(to, own)? {
        true => Newer::There,
        false => Newer::Here,
    })
}
