//! What came of one feed: drafted when its attempt is made, told once that is stored.

use chrono::{DateTime, Utc};

use crate::archive::ArchiveError;
use crate::model::{Attempt, Outcome, Recorded, Subscription};
use crate::source::{Failure, FailureKind};

/// What came of one feed, after it is stored.
#[derive(Debug)]
pub(crate) struct Report {
    /// As it stood before this attempt.
    pub(crate) feed: Subscription,
    pub(crate) status: Status,
    pub(crate) http_status: Option<u16>,
    pub(crate) recorded: Recorded,
    /// Why it failed; `None` for any other status.
    pub(crate) failure: Option<Failure>,
    /// The failure is the archive's, not the feed's.
    pub(crate) is_unrecorded: bool,
    /// Nobody could be reached: it is this machine that has no network, and nothing is recorded.
    pub(crate) is_offline: bool,
    /// Notes of a folder that could not be read, while the rest was.
    pub(crate) warnings: Vec<Failure>,
    pub(crate) next_due: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    Unchanged,
    Moved,
    Gone,
    Failed,
    /// Not asked: its host answered another feed with 429.
    Skipped,
}

impl Status {
    /// The word of `fetch --json`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A report that waits for what recording comes to.
pub(super) struct Draft(Report);

impl Draft {
    pub(super) fn new(feed: Subscription, attempt: &Attempt, warnings: Vec<Failure>) -> Self {
        let (status, failure) = match &attempt.outcome {
            Outcome::Read { changes, .. } if !changes.entries.is_empty() => (Status::New, None),
            Outcome::Read { .. } | Outcome::Unchanged { .. } => (Status::Unchanged, None),
            Outcome::Failed(setback) if setback.retired => {
                (Status::Gone, Some(setback.failure.clone()))
            }
            Outcome::Failed(setback) => (Status::Failed, Some(setback.failure.clone())),
            Outcome::HeldBack => (Status::Skipped, None),
        };
        Self(Report {
            feed,
            status,
            http_status: attempt.http_status,
            recorded: Recorded::default(),
            failure,
            is_unrecorded: false,
            is_offline: false,
            warnings,
            next_due: attempt.next_due,
        })
    }

    /// Of a feed that was not asked, because its host wants to be left alone until then.
    pub(super) fn held_back(feed: Subscription, until: DateTime<Utc>) -> Self {
        let due = feed.next_due.map_or(until, |due| due.max(until));
        Self(Report {
            feed,
            status: Status::Skipped,
            http_status: None,
            recorded: Recorded::default(),
            failure: None,
            warnings: Vec::new(),
            is_unrecorded: false,
            is_offline: false,
            next_due: due,
        })
    }

    pub(super) fn into_feed(self) -> Subscription {
        self.0.feed
    }

    pub(super) fn feed(&self) -> &Subscription {
        &self.0.feed
    }

    /// Whether it failed as every poll does without a network.
    pub(super) fn lacks_network(&self) -> bool {
        let failure = self.0.failure.as_ref();
        failure.is_some_and(|failure| failure.lacks_network)
    }

    /// Whether somebody out there was reached.
    pub(super) fn was_answered(&self) -> bool {
        // What a person forbids, or a login that cannot be read, asks nobody.
        let was_asked = self.0.failure.as_ref().is_none_or(|failure| {
            !matches!(failure.kind, FailureKind::Private | FailureKind::File)
        });
        self.0.feed.source.host().is_some()
            && self.0.status != Status::Skipped
            && was_asked
            && !self.lacks_network()
    }

    /// The feed is asked again as if it had not been asked now.
    pub(super) fn blame_network(&mut self, now: DateTime<Utc>) {
        self.0.is_offline = true;
        self.0.next_due = self.0.feed.next_due.map_or(now, |due| due.max(now));
    }

    pub(super) fn finish(mut self, recorded: Recorded) -> Report {
        self.0.recorded = recorded;
        if recorded.moved {
            self.0.status = Status::Moved;
            self.0.failure = None;
        } else if self.0.status == Status::New && recorded.new + recorded.edited == 0 {
            // What it brought is kept already.
            self.0.status = Status::Unchanged;
        }
        self.0
    }

    pub(super) fn unrecorded(mut self, error: &ArchiveError) -> Report {
        self.0.status = Status::Failed;
        self.0.is_unrecorded = true;
        self.0.failure = Some(Failure::new(FailureKind::File, error.to_string()));
        self.0
    }
}
