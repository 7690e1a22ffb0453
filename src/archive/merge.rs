//! Takes another archive in: the laptop's into the server's.
//!
//! The other file is only read. A copy of it is made beside this archive and brought up to date, so that
//! an older one can be taken in as well, and read from there; everything is written in one transaction,
//! so that a merge that is ended leaves no trace. Merging twice gives what merging once does:
//!
//! * a feed is the same by its address, or by one that it moved from; an entry by its feed and guid;
//! * of two states of an entry the newer stays, the older becomes a revision; `first_seen` is the earlier;
//! * what a person said (tags, titles, tags taken off) adds up, and putting a tag on wins over taking it off;
//! * what either archive has shown is no news in the other (see `news`).

mod entries;
mod feeds;
mod news;
mod rows;

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;

use super::Archive;
use super::connections::write;
use super::content::Packer;
use super::error::ArchiveError;
use super::schema;
use super::stems::KnownWords;
use super::{dictionary, duplicates};
use crate::model::EntryId;
use entries::Entries;

/// What came of taking another archive in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    /// Feeds that were not subscribed here.
    pub(crate) feeds: u64,
    /// Entries that were not held here.
    pub(crate) entries: u64,
    /// Entries whose newer state the other archive had.
    pub(crate) edited: u64,
    /// Earlier states that were not held here.
    pub(crate) revisions: u64,
    /// Entries of the other archive that are damaged there and were left out.
    pub(crate) damaged: u64,
}

/// One archive being read into another.
struct Merge<'a> {
    /// A copy of the other archive, for this merge alone.
    from: &'a Connection,
    to: &'a Connection,
    packer: Packer,
    merged: Merged,
    /// The number of each of the other's entries here.
    numbers: HashMap<i64, i64>,
}

impl Archive {
    /// `progress` hears of each feed, with how many there are.
    pub(crate) fn take_in(
        &self,
        other: &Path,
        mut progress: impl FnMut(&str, u64),
    ) -> Result<Merged, ArchiveError> {
        let path = self.connections.path();
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let aside = tempfile::Builder::new()
            .prefix(".hallway-merge-")
            .tempdir_in(folder)
            .map_err(|error| ArchiveError::open(folder, &error))?;
        let from = schema::open_copy(other, &aside.path().join("other.db"))?;
        let mut writer = self.connections.writer();
        let to = write(&mut writer)?;
        let dictionary = dictionary::newest(&to)?;
        let mut merge = Merge {
            from: &from,
            to: &to,
            packer: Packer::new(dictionary)?,
            merged: Merged::default(),
            numbers: HashMap::new(),
        };
        merge.run(&mut progress)?;
        let merged = merge.merged;
        drop(merge);
        to.commit()?;
        self.indexed.fetch_add(
            usize::try_from(merged.entries + merged.edited).unwrap_or(usize::MAX),
            std::sync::atomic::Ordering::Relaxed,
        );
        Ok(merged)
    }
}

impl Merge<'_> {
    fn run(&mut self, progress: &mut dyn FnMut(&str, u64)) -> Result<(), ArchiveError> {
        let news = news::Before::of(self.to)?;
        let feeds = self.feeds()?;
        let count = feeds.len() as u64;
        let mut words = KnownWords::default();
        let mut changed: Vec<EntryId> = Vec::new();
        for feed in feeds {
            let mut entries = Entries::new(&mut *self, &feed, &mut words);
            entries.take_in()?;
            changed.append(&mut entries.changed);
            progress(&feed.name, count);
        }
        duplicates::settle(self.to, changed)?;
        news.settle(self.from, self.to, &self.numbers)
    }
}
