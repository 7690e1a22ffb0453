//! The archive: one SQLite file, behind few coarse verbs.
//!
//! The only place with SQL; no type of SQLite's leaves it. Nothing here asks the network, reads the clock
//! or cleans HTML: what comes in has been decided by others and is recorded, what goes out is model.
//!
//! ```text
//! connections, schema     the file: whose it is, who writes, who reads, migrations
//! lock                    who is at work on it
//! feeds, tags             subscriptions and what people say of them
//! record                  an attempt into the archive: entries, content, revisions, index
//! duplicates              the same post in several feeds
//! health                  how feeds came to do otherwise
//! past, moves, holds      what was read of feeds' pasts; URLs they moved from; hosts to leave alone
//! plan, order, search     a question to SQL, rows to a digest
//! cursors                 up to where views have been shown
//! raw                     answers as they came
//! merge                   another archive taken in
//! stats                   numbers about the whole
//! check                   verify and mend
//! ```

mod check;
mod connections;
mod content;
mod counts;
mod cursors;
mod dictionary;
mod duplicates;
mod entries;
mod error;
mod feeds;
mod fold;
mod health;
mod holds;
mod index;
mod instants;
mod later_guids;
mod lock;
mod merge;
mod moves;
mod order;
mod past;
mod plan;
mod raw;
mod record;
mod resplit;
mod revisions;
mod rules;
mod schema;
mod search;
mod snippet;
mod stats;
mod stems;
mod tags;
#[cfg(test)]
mod tests;
mod unpack;

use std::collections::HashMap;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use url::Url;

use self::connections::{Connections, write};
use crate::model::{
    ArchivedEntry, Attempt, Entry, EntryId, FeedId, Known, PageRead, Past, PastLinks, Recorded,
    Revision, Stats, Subscription, TagOrigin, Way,
};
use crate::query::{Aliases, Counted, CountedEvent, Digest, Filter, Query, Rule};

pub(crate) use cursors::{Announced, Moved};
pub(crate) use error::{ArchiveError, SearchError};
pub(crate) use feeds::{NewSubscription, Subscribed};
pub(crate) use lock::{AtWork, Taken};
pub(crate) use merge::Merged;
pub(crate) use record::PackedAttempt;
pub(crate) use schema::Upgrade;

/// Everything that was ever kept. Any number of threads may read while one writes.
pub(crate) struct Archive {
    connections: Connections,
    /// What opening it came to, where it was an older one.
    upgrade: Option<Upgrade>,
    /// How many entries the index got since it was last merged.
    indexed: AtomicUsize,
    /// Words whose stem stands in the archive already.
    words: std::sync::Mutex<stems::KnownWords>,
    /// What new contents are packed with.
    dictionary: std::sync::RwLock<Option<&'static dictionary::Dictionary>>,
    rules: Vec<Rule>,
    aliases: Aliases,
}

impl Archive {
    /// Opens the archive, bringing it up to date; makes it, with its folder, where there is none. What is
    /// no archive or was written by a newer hallway is refused untouched.
    pub(crate) fn open(path: &Path) -> Result<Self, ArchiveError> {
        let (connections, upgrade) = Connections::open(path)?;
        Ok(Self {
            connections,
            upgrade,
            indexed: AtomicUsize::new(0),
            words: std::sync::Mutex::default(),
            dictionary: std::sync::RwLock::default(),
            rules: Vec::new(),
            aliases: Aliases::default(),
        })
    }

    /// From which version it was just brought up to date.
    pub(crate) fn upgrade(&self) -> Option<&Upgrade> {
        self.upgrade.as_ref()
    }

    /// Says to other hallways that this one polls, as long as the answer lives. Nothing needs it to be
    /// safe; it spares publishers and people the same work twice.
    pub(crate) fn begin_work(&self) -> Result<AtWork, Taken> {
        lock::take(self.connections.path())
    }

    /// What a person's config says of tags and of what arrives.
    pub(crate) fn with_rules(mut self, rules: Vec<Rule>, aliases: Aliases) -> Self {
        self.rules = rules;
        self.aliases = aliases;
        self
    }

    /// Applies the rules' tags to every entry, and takes those of rules that are no more; answers how many
    /// were given.
    pub(crate) fn apply_rules(&self) -> Result<usize, ArchiveError> {
        self.write(|db| rules::to_the_past(db, &self.rules, &self.aliases))
    }

    /// How many entries the rules have kept out, by feed.
    pub(crate) fn dropped(&self) -> Result<HashMap<FeedId, u64>, ArchiveError> {
        rules::dropped(&*self.connections.reader()?)
    }

    /// The numbers of all entries that a filter selects, newest first; of a post in several feeds the one
    /// that is shown.
    pub(crate) fn select(&self, filter: &Filter) -> Result<Vec<EntryId>, ArchiveError> {
        let query = Query {
            filter: self.aliases.widen(filter),
            ..Query::all()
        };
        rules::matching(&*self.connections.reader()?, &query, None)
    }

    /// The tags of what the query selects, the most frequent first.
    pub(crate) fn count_tags(&self, query: &Query) -> Result<Vec<Counted>, ArchiveError> {
        let reader = self.connections.reader()?;
        counts::tags(&reader, &self.widened(query), &self.aliases)
    }

    /// The speakers of the talks the query selects, the most frequent first.
    pub(crate) fn count_speakers(&self, query: &Query) -> Result<Vec<Counted>, ArchiveError> {
        counts::speakers(&*self.connections.reader()?, &self.widened(query))
    }

    /// The events of the entries the query selects, the most talked at first.
    pub(crate) fn count_events(&self, query: &Query) -> Result<Vec<CountedEvent>, ArchiveError> {
        counts::events(&*self.connections.reader()?, &self.widened(query))
    }

    fn widened(&self, query: &Query) -> Query {
        Query {
            filter: self.aliases.widen(&query.filter),
            ..query.clone()
        }
    }

    pub(crate) fn subscribe(
        &self,
        new: &NewSubscription,
        now: DateTime<Utc>,
    ) -> Result<Subscribed, ArchiveError> {
        self.write(|db| feeds::subscribe(db, new, now))
    }

    /// All of them, by title.
    pub(crate) fn subscriptions(&self) -> Result<Vec<Subscription>, ArchiveError> {
        feeds::all(&*self.connections.reader()?)
    }

    pub(crate) fn subscription(&self, id: FeedId) -> Result<Option<Subscription>, ArchiveError> {
        feeds::one(&*self.connections.reader()?, id)
    }

    /// Those to be polled now, longest waiting first.
    pub(crate) fn due(&self, now: DateTime<Utc>) -> Result<Vec<Subscription>, ArchiveError> {
        feeds::due(&*self.connections.reader()?, now)
    }

    /// As [`Archive::subscribe`], all of them or none.
    pub(crate) fn subscribe_all(
        &self,
        new: &[NewSubscription],
        now: DateTime<Utc>,
    ) -> Result<Vec<Subscribed>, ArchiveError> {
        self.write(|db| {
            new.iter()
                .map(|one| feeds::subscribe(db, one, now))
                .collect()
        })
    }

    /// The other addresses of the subscriptions: what each names as its own (`rel=self`), and where its
    /// last document was after redirects.
    pub(crate) fn other_addresses(&self) -> Result<Vec<(FeedId, String)>, ArchiveError> {
        feeds::other_addresses(&*self.connections.reader()?)
    }

    /// How far a feed's past has been read; `None`: not at all.
    pub(crate) fn past(&self, feed: FeedId) -> Result<Option<Past>, ArchiveError> {
        past::past(&*self.connections.reader()?, feed)
    }

    /// Where a feed's past is, by the last document that was read.
    pub(crate) fn past_links(&self, feed: FeedId) -> Result<PastLinks, ArchiveError> {
        past::links(&*self.connections.reader()?, feed)
    }

    /// Whether this page of a feed's past was ever read.
    pub(crate) fn was_read(
        &self,
        feed: FeedId,
        page: &Url,
        now: DateTime<Utc>,
    ) -> Result<bool, ArchiveError> {
        let at = instants::seconds(now);
        past::was_read(&*self.connections.reader()?, feed, page, at)
    }

    /// Notes that a page of a feed's past is not there: it counts as read for a month.
    pub(crate) fn page_missing(
        &self,
        feed: FeedId,
        page: &Url,
        now: DateTime<Utc>,
    ) -> Result<(), ArchiveError> {
        self.write(|db| past::missing(db, feed, page, instants::seconds(now)))
    }

    /// Notes that no page of a feed's past is to be asked for before.
    pub(crate) fn past_waits(
        &self,
        feed: FeedId,
        until: DateTime<Utc>,
    ) -> Result<(), ArchiveError> {
        self.write(|db| past::wait(db, feed, instants::seconds(until)))
    }

    /// Notes that a feed's past goes on at `next`, or with `None` that it has ended.
    pub(crate) fn go_on(
        &self,
        feed: FeedId,
        way: Way,
        next: Option<&Url>,
        now: DateTime<Utc>,
    ) -> Result<(), ArchiveError> {
        self.write(|db| past::go_on(db, feed, way, next, instants::seconds(now)))
    }

    /// Records a page of a feed's past with the step to the next one, in one transaction; answers how
    /// many entries were new. They are marked as backfilled: no digest shows them.
    pub(crate) fn record_page(&self, page: &PageRead) -> Result<usize, ArchiveError> {
        let new = self.write_learning(|db, words| {
            past::record(db, words, page, &self.rules, &self.aliases)
        })?;
        self.indexed.fetch_add(new, Ordering::Relaxed);
        Ok(new)
    }

    pub(crate) fn stats(&self) -> Result<Stats, ArchiveError> {
        stats::stats(&*self.connections.reader()?)
    }

    pub(crate) fn pause(&self, id: FeedId) -> Result<(), ArchiveError> {
        self.write(|db| feeds::pause(db, id))
    }

    /// Also wakes what a publisher took down.
    pub(crate) fn resume(&self, id: FeedId, now: DateTime<Utc>) -> Result<(), ArchiveError> {
        self.write(|db| feeds::resume(db, id, now))
    }

    /// Ends a subscription; answers how many entries it has. They stay, with their feed's title and URL,
    /// unless `purge` deletes them.
    pub(crate) fn remove(&self, id: FeedId, purge: bool) -> Result<u64, ArchiveError> {
        self.write(|db| feeds::remove(db, id, purge))
    }

    /// What is held of a feed's entries, by guid; those that are not held are left out.
    pub(crate) fn known(
        &self,
        feed: FeedId,
        guids: &[&str],
    ) -> Result<HashMap<String, Known>, ArchiveError> {
        let reader = self.connections.reader()?;
        later_guids::all_known(&reader, feed, guids)
    }

    /// Every entry held of a feed: what names it, and its number.
    pub(crate) fn guids(&self, feed: FeedId) -> Result<Vec<(String, EntryId)>, ArchiveError> {
        let reader = self.connections.reader()?;
        entries::guids(&reader, feed)
    }

    /// Does what of recording an attempt needs no lock (most of it), on whatever thread has time.
    pub(crate) fn pack(&self, attempt: Attempt) -> Result<PackedAttempt, ArchiveError> {
        PackedAttempt::pack(attempt, || self.dictionary())
    }

    /// Records attempts in one transaction: each wholly or, with an error in its place, not at all. An
    /// error for the whole means that none was recorded.
    pub(crate) fn record(
        &self,
        attempts: Vec<Attempt>,
    ) -> Result<Vec<Result<Recorded, ArchiveError>>, ArchiveError> {
        let packed = attempts.into_iter().map(|attempt| self.pack(attempt));
        self.record_packed(&packed.collect::<Result<Vec<_>, _>>()?)
    }

    /// As [`Archive::record`].
    pub(crate) fn record_packed(
        &self,
        attempts: &[PackedAttempt],
    ) -> Result<Vec<Result<Recorded, ArchiveError>>, ArchiveError> {
        let mut writer = self.connections.writer();
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let arriving = attempts.iter().map(PackedAttempt::entries).sum();
        let held = self.hold_packing(&writer, arriving)?;
        let answers = record::record(
            &mut writer,
            &mut words,
            &self.rules,
            &self.aliases,
            attempts,
        )?;
        let recorded = answers.iter().flatten();
        let changed: usize = recorded.map(|done| done.new + done.edited).sum();
        if changed > 0 {
            self.indexed.fetch_add(changed, Ordering::Relaxed);
            self.learn(&mut writer, held)?;
        }
        Ok(answers)
    }

    /// Passes what the query selects to the digest, one by one; answers how many items there were.
    pub(crate) fn search(
        &self,
        query: &Query,
        title: &str,
        digest: &mut dyn Digest,
    ) -> Result<u64, SearchError> {
        let query = self.widened(query);
        search::search(&mut *self.connections.reader()?, &query, title, digest)
    }

    pub(crate) fn entry(&self, id: EntryId) -> Result<Option<ArchivedEntry>, ArchiveError> {
        entries::load(&*self.connections.reader()?, id)
    }

    /// What a person may mean by a name: an entry's number, its permalink or its guid. At most 10.
    pub(crate) fn find_entries(&self, name: &str) -> Result<Vec<ArchivedEntry>, ArchiveError> {
        entries::find(&*self.connections.reader()?, name, 10)
    }

    /// An entry's earlier states, newest first.
    pub(crate) fn revisions(&self, id: EntryId) -> Result<Vec<Revision>, ArchiveError> {
        revisions::of_entry(&*self.connections.reader()?, id)
    }

    /// An entry's present state with its publisher's tags alone, to be compared with earlier ones; its
    /// content left out.
    pub(crate) fn published(&self, id: EntryId) -> Result<Option<Entry>, ArchiveError> {
        revisions::published(&*self.connections.reader()?, id)
    }

    /// How many entries of each feed change so often that only some of their states are kept.
    pub(crate) fn damped(&self, now: DateTime<Utc>) -> Result<HashMap<FeedId, u64>, ArchiveError> {
        revisions::damped(&*self.connections.reader()?, instants::seconds(now))
    }

    /// Answers how many of the tags the entry did not have. What a person took off only a person puts on
    /// again.
    pub(crate) fn tag(
        &self,
        id: EntryId,
        names: &[String],
        origin: TagOrigin,
    ) -> Result<usize, ArchiveError> {
        self.write(|db| tags::put_on(db, id, names, origin))
    }

    /// Takes tags off, whoever put them there, for good, and off the same post in other feeds too; answers
    /// how many there were.
    pub(crate) fn untag(&self, id: EntryId, names: &[String]) -> Result<usize, ArchiveError> {
        self.write(|db| tags::take_off(db, id, names))
    }

    /// Reads everything; answers what is wrong, a line for each problem.
    pub(crate) fn check(&self) -> Result<Vec<String>, ArchiveError> {
        let mut writer = self.connections.writer();
        // FTS5 takes its check for a write. Nothing was written, so the transaction is left to end.
        let checked = write(&mut writer).and_then(|transaction| check::check(&transaction));
        match checked {
            Err(ArchiveError::Damaged(message)) => Ok(vec![message]),
            checked => checked,
        }
    }

    /// Up to `most` entries after a number, by arrival, and the number to go on after; `None`: no more.
    pub(crate) fn entries_after(
        &self,
        after: EntryId,
        most: usize,
    ) -> Result<(Vec<ArchivedEntry>, Option<EntryId>), ArchiveError> {
        resplit::next(&*self.connections.reader()?, after, most)
    }

    /// Takes over the talks and events of entries that were split anew, in one transaction.
    pub(crate) fn resplit(&self, split: &[ArchivedEntry]) -> Result<(), ArchiveError> {
        self.indexed.fetch_add(split.len(), Ordering::Relaxed);
        self.write_learning(|db, words| resplit::replace(db, words, split))
    }

    /// Writes a copy of one moment into a file that must not exist yet, while others read and write.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), ArchiveError> {
        let Some(name) = path.to_str() else {
            return Err(ArchiveError::open(path, &"its name is not UTF-8"));
        };
        // SQLite wants a connection that may write, though of the archive this only reads.
        self.connections
            .writer()
            .execute("VACUUM INTO ?1", [name])?;
        Ok(())
    }

    /// Builds anew what is derived, and nothing else; answers what that was.
    pub(crate) fn repair(&self) -> Result<Vec<String>, ArchiveError> {
        self.write(check::repair)
    }

    /// Tidies up and empties the write-ahead log. Dropping does the same, but cannot tell of trouble.
    #[cfg(test)]
    pub(crate) fn close(self) -> Result<(), ArchiveError> {
        self.tidy_up()
    }

    fn tidy_up(&self) -> Result<(), ArchiveError> {
        self.connections.close_readers();
        let writer = self.connections.writer();
        // Not worth waiting for: another hallway that is at work will do it in its turn.
        writer.busy_timeout(std::time::Duration::ZERO)?;
        let done = self.merge(&writer);
        match done {
            Ok(()) | Err(ArchiveError::Busy) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn merge(&self, writer: &rusqlite::Connection) -> Result<(), ArchiveError> {
        let indexed = self.indexed.swap(0, Ordering::Relaxed);
        if indexed > 0 {
            index::merge(writer, indexed)?;
            writer.execute_batch("PRAGMA optimize")?;
        }
        // Answers a row, also where others keep it from being done.
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// One transaction that writes.
    fn write<T>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        let mut writer = self.connections.writer();
        let transaction = write(&mut writer)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // What was recorded is safe either way; the next one to open the archive finds the log.
        let _ = self.tidy_up();
    }
}
