//! What of a parsed document is new or edited; and what only comes under another name, and is neither.

use std::collections::{HashMap, HashSet};

use super::Update;
use crate::archive::ArchiveError;
use crate::decide::{self, Likeness, Post, Standing, Wording};
use crate::model::{Change, Changes, Entry, EntryId, Known, RawEntry, Subscription};
use crate::source::Source;

/// What of a document the archive holds under an older guid.
#[derive(Default)]
pub(super) struct Republished {
    /// By the new guid.
    pub(super) found: HashMap<String, Known>,
    /// Entries that had to be made to see it, by guid.
    made: HashMap<String, Entry>,
}

impl Update {
    /// Cleans and splits what is new or edited, and nothing else.
    pub(super) fn changes(
        &self,
        feed: &Subscription,
        mut entries: Vec<RawEntry>,
        make: impl Fn(RawEntry) -> Entry,
    ) -> Result<Changes, ArchiveError> {
        let is_folder = matches!(feed.source, Source::Folder(_));
        if is_folder && feed.entries > 0 {
            self.follow_renames(feed, &mut entries, &make)?;
        }
        let guids: Vec<&str> = entries.iter().map(|entry| entry.guid.as_str()).collect();
        let mut known = self.archive.known(feed.id, &guids)?;
        let mut changes = Changes::default();
        let mut made = HashMap::new();
        if !is_folder {
            let mut republished = self.republished(feed, &entries, &known, true, &make)?;
            let found = republished.found.iter();
            changes.later_guids = found.map(|(guid, held)| (guid.clone(), held.id)).collect();
            known.extend(republished.found.drain());
            made = republished.made;
        }
        let mut taken = own(&entries, &known);
        for raw in entries {
            // Of an entry that the document ends within, the state that is held may say more. One that is
            // new needs a name that the rest of it would not have changed.
            if raw.is_cut && (known.contains_key(&raw.guid) || raw.url.is_none()) {
                changes.unchanged += usize::from(known.contains_key(&raw.guid));
                continue;
            }
            // Two names of one entry side by side: they are one only as long as they say the same.
            let stands_twice = (known.get(&raw.guid))
                .is_some_and(|held| held.by_later_guid && !taken.insert(held.id));
            let (fingerprint, hash) = (|| raw.fingerprint(), || raw.hash());
            let standing = match decide::standing(&known, &raw.guid, fingerprint, hash) {
                Standing::Edited(_) if stands_twice => Standing::New,
                standing => standing,
            };
            let mut make = |raw: RawEntry| {
                let made = made.remove(&raw.guid);
                Box::new(made.unwrap_or_else(|| make(raw)))
            };
            let change = match standing {
                Standing::Unchanged => {
                    changes.unchanged += 1;
                    continue;
                }
                Standing::New => Change::New(make(raw)),
                Standing::Edited(id) => Change::Edited(id, make(raw)),
            };
            changes.entries.push(change);
        }
        Ok(changes)
    }

    /// What of the entries that are not `known` is held under a guid that the document has no more.
    ///
    /// * `may_be_move`: the document is what the feed says now, so that it may have moved.
    pub(super) fn republished(
        &self,
        feed: &Subscription,
        entries: &[RawEntry],
        known: &HashMap<String, Known>,
        may_be_move: bool,
        make: impl Fn(RawEntry) -> Entry,
    ) -> Result<Republished, ArchiveError> {
        let mut republished = Republished::default();
        let unknown: Vec<&RawEntry> = entries
            .iter()
            .filter(|entry| !known.contains_key(&entry.guid))
            .collect();
        if feed.entries == 0 || unknown.is_empty() {
            return Ok(republished);
        }
        let new: Vec<Entry> = unknown.into_iter().cloned().map(make).collect();
        let posts: Vec<Post> = new.iter().map(post_of).collect();
        let is_move = may_be_move && decide::is_move(new.len(), entries.len());
        let links: Vec<&str> = new
            .iter()
            .filter_map(|entry| entry.url.as_deref())
            .collect();
        let dates: Vec<_> = posts.iter().filter_map(Post::date).collect();
        let newest = decide::newest_to_compare(&posts, is_move);
        let held = self.archive.held_posts(feed.id, &links, &dates, newest)?;
        if !held.is_empty() {
            let here: HashSet<EntryId> = known.values().map(|held| held.id).collect();
            let old: Vec<(Post, bool)> = held
                .iter()
                .map(|held| {
                    let (url, title) = (held.url.as_deref(), held.title.as_deref());
                    let post = Post::of(url, title, held.published, held.updated);
                    (post, here.contains(&held.id))
                })
                .collect();
            let posts: Vec<(Post, Wording)> =
                posts.into_iter().zip(new.iter().map(wording_of)).collect();
            let wording = |at: usize| -> Result<Wording, ArchiveError> {
                let held = self.archive.entry(held[at].id)?;
                Ok(held.map_or_else(Wording::default, |held| wording_of(&held.entry)))
            };
            for (place, at) in decide::republished(&old, &posts, is_move, wording)? {
                let known = Known {
                    by_later_guid: true,
                    id: held[at].id,
                    hash: held[at].hash,
                    fingerprint: None,
                };
                republished.found.insert(new[place].guid.clone(), known);
            }
        }
        let made = new.into_iter().map(|entry| (entry.guid.clone(), entry));
        republished.made = made.collect();
        Ok(republished)
    }

    /// A note that was renamed keeps its entry: it takes the guid of one whose file is gone and whose text
    /// it has.
    fn follow_renames(
        &self,
        feed: &Subscription,
        entries: &mut [RawEntry],
        make: impl Fn(RawEntry) -> Entry,
    ) -> Result<(), ArchiveError> {
        let here: HashSet<&str> = entries.iter().map(|entry| entry.guid.as_str()).collect();
        let mut known = HashSet::new();
        let mut vanished = Vec::new();
        for (guid, id) in self.archive.guids(feed.id)? {
            if !here.contains(guid.as_str())
                && let Some(gone) = self.archive.entry(id)?
                && let Some(likeness) = Likeness::of(&gone.entry.content)
            {
                vanished.push((guid, likeness));
            } else {
                known.insert(guid);
            }
        }
        if vanished.is_empty() {
            return Ok(());
        }
        let new = entries
            .iter()
            .filter(|entry| !known.contains(&entry.guid))
            .filter_map(|entry| {
                let content = make(entry.clone()).content;
                Some((entry.guid.clone(), Likeness::of(&content)?))
            })
            .collect();
        let renamed = decide::renamed(vanished, new);
        for entry in entries {
            if let Some(old) = renamed.get(&entry.guid) {
                entry.guid.clone_from(old);
            }
        }
        Ok(())
    }
}

/// The held entries that a document has under their own guids.
fn own(entries: &[RawEntry], known: &HashMap<String, Known>) -> HashSet<EntryId> {
    let held = entries.iter().filter_map(|entry| known.get(&entry.guid));
    held.filter(|held| !held.by_later_guid)
        .map(|held| held.id)
        .collect()
}

fn post_of(entry: &Entry) -> Post {
    let (url, title) = (entry.url.as_deref(), entry.title.as_deref());
    Post::of(url, title, entry.published, entry.updated)
}

fn wording_of(entry: &Entry) -> Wording {
    match entry.content.is_empty() {
        true => Wording::of(entry.summary.as_deref().unwrap_or_default()),
        false => Wording::of(&entry.content.to_text()),
    }
}
