//! The way in, over many feeds: the only file that names every stage.
//!
//! ```text
//! feeds | fetch                          `jobs` at once, two a host       <- the only async part
//!       | parse | clean | split | decide  one a core, on the blocking pool
//!       | archive.record                  one writer, in batches, every outcome
//!       | report                          to the command, once it is safely stored
//! ```
//!
//! Memory stays flat whatever the number of feeds: a feed holds one of the `jobs` from its request until
//! the writer has taken it.

mod bounds;
mod documents;
mod history;
mod reparse;
mod report;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinSet, spawn_blocking};
use url::Url;

use crate::archive::{Archive, ArchiveError, PackedAttempt};
use crate::decide::{self, Likeness, Standing};
use crate::fetch::{Fetcher, Slot};
use crate::model::{
    Attempt, Change, Changes, Entry, Feed, Outcome, Pace, Person, PollHints, RawEntry, Recorded,
    Subscription, Whereabouts,
};
use crate::source::{Answer, Body, ByAddress, Failure, FailureKind, Source};
use crate::{clean, parse, split};
use documents::{hash_of, parse_documents, raw_answer};
use report::Draft;
pub(crate) use report::{Report, Status};

pub(crate) use history::{End, HistoryLimits, HistoryReport};
pub(crate) use reparse::Reread;

/// How many attempts the writer takes into one commit at most.
const BATCH: usize = 64;

/// What every poll of a run shares.
#[derive(Clone)]
pub(crate) struct Update {
    pub(crate) archive: Arc<Archive>,
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) settings: decide::Settings,
    /// In place of `settings`, for single feeds.
    pub(crate) feeds: Arc<ByAddress<decide::Settings>>,
}

/// One feed on its way from its answer to the archive.
struct Poll {
    draft: Draft,
    /// `None`: the feed was not asked, so nothing is recorded of it.
    attempt: Option<PackedAttempt>,
    /// Given back when the writer has taken the poll.
    slot: Slot,
}

impl Update {
    /// Polls the feeds and calls `report` for each once it is stored. Ends early, keeping what is
    /// complete, when `stop` resolves; says whether it did.
    pub(crate) async fn run(
        &self,
        feeds: Vec<Subscription>,
        stop: impl Future<Output = ()>,
        mut report: impl FnMut(Report),
    ) -> Result<bool, ArchiveError> {
        let (polled, to_write) = mpsc::channel(BATCH);
        let (written, mut reports) = mpsc::channel(BATCH);
        let cores = Arc::new(Semaphore::new(bounds::cores()));

        let mut polls = JoinSet::new();
        for feed in feeds {
            polls.spawn(self.clone().poll(feed, Arc::clone(&cores), polled.clone()));
        }
        drop(polled);
        let archive = Arc::clone(&self.archive);
        let writer = spawn_blocking(move || write(&archive, to_write, &written));

        tokio::pin!(stop);
        let mut stopped = false;
        loop {
            tokio::select! {
                next = reports.recv() => match next {
                    Some(done) => report(done),
                    None => break,
                },
                () = &mut stop, if !stopped => {
                    stopped = true;
                    polls.abort_all();
                }
            }
        }
        match writer.await {
            Ok(result) => result.map(|()| stopped),
            Err(_) => Err(ArchiveError::Stumbled),
        }
    }

    async fn poll(self, feed: Subscription, cores: Arc<Semaphore>, polled: mpsc::Sender<Poll>) {
        let fetched = self
            .fetcher
            .fetch(&feed.source, &feed.validators, self.now)
            .await;
        if fetched.held_back {
            let until = fetched.answer.err().and_then(|failure| failure.retry_at);
            let poll = Poll {
                draft: Draft::held_back(feed, until.unwrap_or(self.now)),
                attempt: None,
                slot: fetched.slot,
            };
            let _ = polled.send(poll).await;
            return;
        }
        let share = bounds::share(&fetched.answer);
        let _cores = cores.acquire_many_owned(share).await;
        let slot = fetched.slot;
        if let Some((draft, attempt)) = self.settle(feed, fetched.answer).await {
            let poll = Poll {
                draft,
                attempt: Some(attempt),
                slot,
            };
            // The writer only hangs up when the archive cannot be written any more, and says so itself.
            let _ = polled.send(poll).await;
        }
    }

    /// Makes an attempt of an answer on the blocking pool, compressed for the writer. A panic in a
    /// stage costs this feed alone. `None` when the runtime is shutting down.
    async fn settle(
        &self,
        feed: Subscription,
        answer: Result<Answer, Failure>,
    ) -> Option<(Draft, PackedAttempt)> {
        let this = self.clone();
        let copy = feed.clone();
        let packed = spawn_blocking(move || {
            let (attempt, warnings) = this.read(&copy, answer);
            this.pack(copy, attempt, warnings)
        });
        match packed.await {
            Ok(packed) => packed,
            Err(stumble) if stumble.is_panic() => {
                let failure =
                    Failure::new(FailureKind::Parse, "hallway stumbled over what it sent")
                        .with_hint("please report this feed as a bug");
                let attempt = self.failed(&feed, failure);
                self.pack(feed, attempt, Vec::new())
            }
            Err(_) => None,
        }
    }

    /// An attempt that cannot be packed is recorded as a failure; that one always can.
    fn pack(
        &self,
        feed: Subscription,
        attempt: Attempt,
        warnings: Vec<Failure>,
    ) -> Option<(Draft, PackedAttempt)> {
        let draft = Draft::new(feed.clone(), &attempt, warnings);
        if let Ok(packed) = self.archive.pack(attempt) {
            return Some((draft, packed));
        }
        let failure = Failure::new(FailureKind::TooLarge, "what it sent is too large to keep");
        let attempt = self.failed(&feed, failure);
        let draft = Draft::new(feed, &attempt, Vec::new());
        self.archive
            .pack(attempt)
            .ok()
            .map(|packed| (draft, packed))
    }

    /// Takes in the answer to a question that was asked while subscribing, so that subscribing costs
    /// the publisher one request.
    pub(crate) fn take(&self, feed: Subscription, answer: Answer) -> Result<Report, ArchiveError> {
        let (attempt, warnings) = self.read(&feed, Ok(answer));
        let report = Draft::new(feed, &attempt, warnings);
        let recorded = self
            .archive
            .record(vec![attempt])?
            .into_iter()
            .next()
            .unwrap_or(Err(ArchiveError::Stumbled))?;
        Ok(report.finish(recorded))
    }

    fn read(
        &self,
        feed: &Subscription,
        answer: Result<Answer, Failure>,
    ) -> (Attempt, Vec<Failure>) {
        match answer.and_then(|answer| self.outcome(feed, answer)) {
            Ok(success) => success,
            Err(failure) => (self.failed(feed, failure), Vec::new()),
        }
    }

    fn outcome(
        &self,
        feed: &Subscription,
        answer: Answer,
    ) -> Result<(Attempt, Vec<Failure>), Failure> {
        let (mut documents, unreadable) = match answer.body {
            Body::Unchanged => {
                let outcome = Outcome::Unchanged {
                    validators: feed.validators.refreshed_by(&answer.validators),
                    whereabouts: self.whereabouts(feed, answer.moved_to),
                };
                let due = self.due(feed, answer.fresh_until, &feed.hints, feed.pace);
                return Ok((
                    self.attempt(feed, answer.http_status, outcome, due),
                    Vec::new(),
                ));
            }
            Body::Documents {
                documents,
                unreadable,
            } => (documents, unreadable),
        };
        let body_hash = hash_of(&documents);
        if feed.body_hash == Some(body_hash) {
            let outcome = Outcome::Unchanged {
                validators: answer.validators,
                whereabouts: self.whereabouts(feed, answer.moved_to),
            };
            let due = self.due(feed, answer.fresh_until, &feed.hints, feed.pace);
            return Ok((
                self.attempt(feed, answer.http_status, outcome, due),
                unreadable,
            ));
        }
        let (mut raw, mut warnings) = parse_documents(&feed.source, &documents, unreadable)?;
        if let Some(site) = &feed.given_site {
            parse::publish_notes(&mut raw, site);
        }
        let location = documents
            .first()
            .filter(|_| !matches!(feed.source, Source::Folder(_)))
            .and_then(|document| document.location.clone())
            .or_else(|| feed.source.location());
        let kept = documents
            .first_mut()
            .and_then(|first| raw_answer(first, self.now));
        drop(documents);
        let safe = clean::feed(&raw, location.as_ref());
        let dates: Vec<_> = raw.entries.iter().filter_map(date_of).collect();
        let authors = if raw.format.entries_inherit_authors() {
            safe.authors.clone()
        } else {
            Vec::new()
        };
        let make = |raw| inheriting(safe_entry(raw, &safe, location.as_ref()), &authors);
        let changes = self
            .changes(feed, raw.entries, make)
            .map_err(|error| Failure::new(FailureKind::File, error.to_string()))?;
        warnings.extend(bounds::too_long(&changes));
        let arrived = feed.last_success.is_some()
            && (changes.entries.iter()).any(|change| matches!(change, Change::New(_)));
        let pace = decide::pace(feed.pace, dates, arrived, self.now);
        let due = self.due(feed, answer.fresh_until, &safe.hints, pace);
        let outcome = Outcome::Read {
            feed: Box::new(safe),
            changes,
            validators: answer.validators,
            body_hash,
            pace,
            whereabouts: self.whereabouts(feed, answer.moved_to),
        };
        let attempt = Attempt {
            raw: kept,
            ..self.attempt(feed, answer.http_status, outcome, due)
        };
        Ok((attempt, warnings))
    }

    /// Cleans and splits what is new or edited, and nothing else.
    fn changes(
        &self,
        feed: &Subscription,
        mut entries: Vec<RawEntry>,
        make: impl Fn(RawEntry) -> Entry,
    ) -> Result<Changes, ArchiveError> {
        if matches!(feed.source, Source::Folder(_)) && feed.entries > 0 {
            self.follow_renames(feed, &mut entries, &make)?;
        }
        let guids: Vec<&str> = entries.iter().map(|entry| entry.guid.as_str()).collect();
        let known = self.archive.known(feed.id, &guids)?;
        let mut changes = Changes::default();
        for raw in entries {
            let change = match decide::standing(&known, &raw.guid, raw.hash()) {
                Standing::Unchanged => {
                    changes.unchanged += 1;
                    continue;
                }
                Standing::New => Change::New(Box::new(make(raw))),
                Standing::Edited(id) => Change::Edited(id, Box::new(make(raw))),
            };
            changes.entries.push(change);
        }
        Ok(changes)
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

    fn failed(&self, feed: &Subscription, failure: Failure) -> Attempt {
        let http_status = failure.http_status;
        let (setback, due) = decide::setback(feed, failure, self.now, self.settings_of(feed));
        self.attempt(feed, http_status, Outcome::Failed(Box::new(setback)), due)
    }

    fn whereabouts(&self, feed: &Subscription, moved_to: Option<Url>) -> Whereabouts {
        decide::whereabouts(&feed.source, feed.redirect.as_ref(), moved_to, self.now)
    }

    fn due(
        &self,
        feed: &Subscription,
        fresh_until: Option<DateTime<Utc>>,
        hints: &PollHints,
        pace: Pace,
    ) -> DateTime<Utc> {
        decide::due_after_success(
            &feed.source,
            fresh_until,
            hints,
            pace,
            self.now,
            self.settings_of(feed),
        )
    }

    fn settings_of(&self, feed: &Subscription) -> decide::Settings {
        self.feeds
            .of(&feed.source)
            .copied()
            .unwrap_or(self.settings)
    }

    fn attempt(
        &self,
        feed: &Subscription,
        http_status: Option<u16>,
        outcome: Outcome,
        next_due: DateTime<Utc>,
    ) -> Attempt {
        Attempt {
            feed: feed.id,
            at: self.now,
            http_status,
            outcome,
            next_due,
            raw: None,
        }
    }
}

/// When an entry came out, as far as its publisher says.
fn date_of(entry: &RawEntry) -> Option<DateTime<Utc>> {
    entry.published.or(entry.updated)
}

/// An entry made safe and split into its talks.
pub(crate) fn safe_entry(raw: RawEntry, feed: &Feed, location: Option<&Url>) -> Entry {
    let mut entry = clean::entry(raw, feed, location);
    entry.talks = split::talks(&entry);
    entry.event = split::event(&entry);
    entry
}

/// An entry with the feed's authors where it names none and is not another feed's (RFC 4287, 4.2.1). Only
/// for the archive: `parse` shows what the document says, and the hash is of what the entry itself says.
fn inheriting(mut entry: Entry, authors: &[Person]) -> Entry {
    if entry.authors.is_empty() && entry.source.is_none() {
        entry.authors = authors.to_vec();
    }
    entry
}

/// The one writer: takes what is there, up to a batch, and commits it together.
fn write(
    archive: &Archive,
    mut polled: mpsc::Receiver<Poll>,
    written: &mpsc::Sender<Report>,
) -> Result<(), ArchiveError> {
    let mut batch = Vec::with_capacity(BATCH);
    while polled.blocking_recv_many(&mut batch, BATCH) > 0 {
        let mut drafts = Vec::with_capacity(batch.len());
        let mut attempts = Vec::with_capacity(batch.len());
        for poll in batch.drain(..) {
            match poll.attempt {
                Some(attempt) => {
                    drafts.push((poll.draft, poll.slot));
                    attempts.push(attempt);
                }
                None => {
                    let _ = written.blocking_send(poll.draft.finish(Recorded::default()));
                }
            }
        }
        for ((draft, slot), recorded) in drafts.into_iter().zip(archive.record_packed(attempts)?) {
            drop(slot);
            let report = match recorded {
                Ok(recorded) => draft.finish(recorded),
                Err(error) => draft.unrecorded(&error),
            };
            // Nobody listens any more when the command was stopped; storing goes on.
            let _ = written.blocking_send(report);
        }
    }
    Ok(())
}

#[cfg(test)]
mod properties;
