//! The way in, over many feeds: the only file that names every stage.
//!
//! ```text
//! feeds | fetch                          `jobs` at once, two a host       <- the only async part
//!       | parse | clean | split | decide  one a core
//!       | archive.record                  one writer, in batches, every outcome
//!       | report                          to the command, once it is safely stored
//! ```
//!
//! Memory stays flat whatever the number of feeds: a feed holds one of the `jobs` from its request until
//! the writer has taken it.

mod bounds;
mod changes;
mod cores;
mod documents;
mod former;
mod history;
mod network;
mod reparse;
mod report;
mod writer;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use url::Url;

use crate::archive::{Archive, ArchiveError, PackedAttempt};
use crate::decide;
use crate::fetch::{Fetcher, HeldBack, Slot};
use crate::model::{
    Attempt, Change, Entry, Feed, Outcome, Pace, Person, PollHints, RawEntry, Subscription,
    Whereabouts,
};
use crate::source::{
    Answer, Body, ByAddress, Document, Failure, FailureKind, Source, Validators,
    without_credentials,
};
use crate::{clean, parse, split};
use cores::{Cores, Stumbled};
use documents::{hash_of, parse_documents, raw_answer};
use network::Network;
use report::Draft;
pub(crate) use report::{Report, Status};
#[cfg(feature = "workbench")]
pub(crate) use writer::is_batch;
use writer::{MOST_ATTEMPTS, send, write};

pub(crate) use history::{End, HistoryLimits, HistoryReport};
pub(crate) use reparse::Reread;

/// How many polls are asking or wait for their host's turn, of ten kibibytes each.
const WAITING: usize = 4096;

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
    slot: Option<Slot>,
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
        self.keep_holds()?;
        let (polled, to_write) = mpsc::channel(MOST_ATTEMPTS);
        let (written, mut reports) = mpsc::channel(MOST_ATTEMPTS);
        let cores = Arc::new(Cores::start());
        let network = Arc::new(Network::default());
        let now = self.now;
        let this = self.clone();
        let asking = tokio::spawn(async move {
            let mut polls = JoinSet::new();
            for feed in feeds {
                if polls.len() >= WAITING {
                    polls.join_next().await;
                }
                let (cores, network) = (Arc::clone(&cores), Arc::clone(&network));
                let (this, polled) = (this.clone(), polled.clone());
                polls.spawn(async move {
                    if let Some(poll) = this.poll(feed, cores).await {
                        send(network.pass(poll), &polled).await;
                    }
                });
            }
            while polls.join_next().await.is_some() {}
            send(network.left(now), &polled).await;
        });
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
                    asking.abort();
                }
            }
        }
        match writer.await {
            Ok(result) => result.map(|()| stopped),
            Err(_) => Err(ArchiveError::Stumbled),
        }
    }

    /// Lets the fetcher know which hosts want to be left alone: redirects may lead to them.
    fn keep_holds(&self) -> Result<(), ArchiveError> {
        for hold in self.archive.holds()? {
            // What was stored under a clock that was far ahead is not believed.
            if hold.until > self.now && hold.until - self.now <= decide::MAX_INTERVAL {
                self.fetcher.hold(&hold, self.now);
            }
        }
        Ok(())
    }

    /// `None` when the runtime is shutting down.
    async fn poll(self, feed: Subscription, cores: Arc<Cores>) -> Option<Poll> {
        let former = decide::former_turn(&feed, self.now).cloned();
        let fetched = match &former {
            // What the newer URL gave to recognise an answer by says nothing there.
            Some(url) => {
                let source = Source::Http(url.clone());
                let none = Validators::default();
                self.fetcher.fetch(&source, &none, self.now).await
            }
            None => {
                let validators = &feed.validators;
                (self.fetcher.fetch(&feed.source, validators, self.now)).await
            }
        };
        if let Some(held_back) = fetched.held_back {
            let until = fetched.answer.err().and_then(|failure| failure.retry_at);
            let until = until.unwrap_or(self.now);
            let attempt = match held_back {
                HeldBack::Unasked => None,
                HeldBack::OnTheWay => {
                    let due = until.max(decide::soonest(self.now, self.settings_of(&feed)));
                    let attempt = self.attempt(&feed, None, Outcome::HeldBack, due);
                    self.archive.pack(attempt).ok()
                }
            };
            return Some(Poll {
                draft: Draft::held_back(feed, until),
                attempt,
                slot: Some(fetched.slot),
            });
        }
        let body = fetched.answer.as_ref().map(|answer| &answer.body);
        if matches!(body, Ok(Body::Unchanged)) && former.is_none() {
            // Nothing to work on and nothing that takes memory: neither a core nor the slot is held.
            let (attempt, warnings) = self.read(&feed, fetched.answer);
            let (draft, attempt) = self.pack(feed, attempt, warnings)?;
            return Some(Poll {
                draft,
                attempt: Some(attempt),
                slot: None,
            });
        }
        let (draft, attempt) = self.settle(&cores, feed, former, fetched.answer).await?;
        Some(Poll {
            draft,
            attempt: Some(attempt),
            slot: Some(fetched.slot),
        })
    }

    /// Makes an attempt of an answer on one of the cores, compressed for the writer. A panic in a stage
    /// costs this feed alone.
    async fn settle(
        &self,
        cores: &Cores,
        feed: Subscription,
        former: Option<Url>,
        answer: Result<Answer, Failure>,
    ) -> Option<(Draft, PackedAttempt)> {
        let this = self.clone();
        let copy = feed.clone();
        let share = bounds::share(&answer);
        let work = move || {
            let (attempt, warnings) = match former {
                Some(former) => this.read_former(&copy, former, answer),
                None => this.read(&copy, answer),
            };
            this.pack(copy, attempt, warnings)
        };
        match cores.run(share, work).await {
            Ok(packed) => packed,
            Err(Stumbled) => {
                let failure =
                    Failure::new(FailureKind::Parse, "hallway stumbled over what it sent")
                        .with_hint("please report this feed as a bug");
                let attempt = self.failed(&feed, failure);
                self.pack(feed, attempt, Vec::new())
            }
        }
    }

    /// An attempt that cannot be packed is recorded as a failure; that one always can.
    fn pack(
        &self,
        feed: Subscription,
        attempt: Attempt,
        warnings: Vec<Failure>,
    ) -> Option<(Draft, PackedAttempt)> {
        let draft = Draft::new(feed, &attempt, warnings);
        if let Ok(packed) = self.archive.pack(attempt) {
            return Some((draft, packed));
        }
        let feed = draft.into_feed();
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
        let (failure, part) = match answer {
            Ok(answer) => match self.outcome(feed, answer) {
                Ok(success) => return success,
                Err(failure) => (failure, None),
            },
            Err(mut failure) => {
                let part = failure.part.take();
                (failure, part)
            }
        };
        // What came before an answer broke off may hold entries all the same.
        let part = part.map(|part| documents::broken_off(*part, failure.http_status));
        match part.map(|part| self.outcome(feed, part)) {
            Some(Ok(success)) => success,
            _ => (self.failed(feed, failure), Vec::new()),
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
        let (mut raw, mut warnings) = parse_documents(&feed.source, &documents, unreadable)
            .map_err(|failure| blamed(failure, &feed.source, &documents))?;
        let is_cut = documents::is_cut(&raw);
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
            // They name the whole document, and part of it came.
            validators: match is_cut {
                true => Validators::default(),
                false => answer.validators,
            },
            body_hash: (!is_cut).then_some(body_hash),
            is_cut,
            pace,
            whereabouts: self.whereabouts(feed, answer.moved_to),
        };
        let attempt = Attempt {
            raw: kept,
            ..self.attempt(feed, answer.http_status, outcome, due)
        };
        Ok((attempt, warnings))
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

/// With where redirects led, if it is what stands there that is no feed.
fn blamed(failure: Failure, source: &Source, documents: &[Document]) -> Failure {
    let end = documents.first().and_then(|first| first.location.as_ref());
    match (source, end) {
        (Source::Http(asked), Some(end)) if without_credentials(asked) != *end => {
            failure.redirected_to(end)
        }
        _ => failure,
    }
}

/// When an entry came out, as far as its publisher says.
fn date_of(entry: &RawEntry) -> Option<DateTime<Utc>> {
    entry.published.or(entry.updated)
}

/// An entry made safe and split into its talks.
pub(crate) fn safe_entry(raw: RawEntry, feed: &Feed, location: Option<&Url>) -> Entry {
    let mut entry = clean::entry(raw, feed, location);
    split::split(&mut entry);
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

#[cfg(test)]
mod properties;
