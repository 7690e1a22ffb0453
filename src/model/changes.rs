//! Subscriptions, and what an attempt to poll one of them changed.

use chrono::{DateTime, Utc};
use url::Url;

use super::entry::Entry;
use super::feed::Feed;
use super::ids::{ContentHash, EntryId, FeedId, Fingerprint};
use super::polling::{Former, Hold, Pace, PollHints, SeenRedirect, Whereabouts};
use super::raw_answer::RawAnswer;
use crate::source::{Failure, Source, Validators};

/// A feed somebody follows, with what the polls so far have shown.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: FeedId,
    pub(crate) source: Source,
    /// The person's title, else the feed's own; `None` before the first poll.
    pub(crate) title: Option<String>,
    pub(crate) site_url: Option<String>,
    /// Where a person says that these notes are published (`add --site`): what their relative links are
    /// resolved against. `None` for feeds, which say it themselves.
    pub(crate) given_site: Option<Url>,
    /// Given to every entry of the feed.
    pub(crate) tags: Vec<String>,
    pub(crate) state: State,
    /// Of the last document that was read to its end.
    pub(crate) validators: Validators,
    /// Of that document's bytes.
    pub(crate) body_hash: Option<ContentHash>,
    /// The last document that was read was cut off; what came of it is kept.
    pub(crate) is_cut: bool,
    /// How many entries the archive keeps of it.
    pub(crate) entries: u64,
    pub(crate) last_attempt: Option<DateTime<Utc>>,
    /// The last attempt that was answered well, changed or not.
    pub(crate) last_success: Option<DateTime<Utc>>,
    /// Not to be polled before. `None`: at once.
    pub(crate) next_due: Option<DateTime<Utc>>,
    /// What its server said with `Retry-After`, or a hold on the whole host: not to be asked before, also
    /// when a person asks for it. `None`: nobody said so.
    pub(crate) held_until: Option<DateTime<Utc>>,
    pub(crate) hints: PollHints,
    pub(crate) pace: Pace,
    pub(crate) redirect: Option<SeenRedirect>,
    /// `None`: it was never moved, or a move was taken back.
    pub(crate) former: Option<Former>,
    /// Of the last attempt, if it failed.
    pub(crate) error: Option<Failure>,
    /// When the present row of failures began.
    pub(crate) error_since: Option<DateTime<Utc>>,
    /// How many attempts have failed in a row.
    pub(crate) failures: u32,
    /// Since when its URL gives nothing (404) or no feed, other troubles between not counted.
    pub(crate) absent_since: Option<DateTime<Utc>>,
}

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    /// Its last attempt failed; polled less and less often, for ever.
    Failing,
    /// By a person, until resumed.
    Paused,
    /// Retired: taken down (410), or no feed for months. No longer polled, its entries stay.
    Gone,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Gone => "gone",
        }
    }
}

/// What the archive already holds of an entry that was just parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Found by a guid that its feed gave it later, not by the one it is kept under.
    pub(crate) by_later_guid: bool,
    pub(crate) id: EntryId,
    pub(crate) hash: ContentHash,
    /// `None` where the archive does not say.
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// What an entry that is held says, apart from its text: enough to ask whether it is what now comes under
/// another guid.
#[derive(Debug, Clone)]
pub(crate) struct HeldPost {
    pub(crate) id: EntryId,
    pub(crate) hash: ContentHash,
    pub(crate) url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) published: Option<DateTime<Utc>>,
    pub(crate) updated: Option<DateTime<Utc>>,
}

/// What `decide` makes of a feed and what is stored of it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) entries: Vec<Change>,
    /// Entries of the document that the archive already holds as they are.
    pub(crate) unchanged: usize,
    /// New guids of entries that the archive holds under older ones, to be remembered.
    pub(crate) later_guids: Vec<(String, EntryId)>,
}

#[derive(Debug)]
pub(crate) enum Change {
    New(Box<Entry>),
    /// The older state becomes a revision.
    Edited(EntryId, Box<Entry>),
}

/// One attempt to poll one feed, whatever came of it: the only thing the archive records.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) feed: FeedId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) http_status: Option<u16>,
    pub(crate) outcome: Outcome,
    /// Not to be polled again before.
    pub(crate) next_due: DateTime<Utc>,
    /// What was read, as it came; `None` where it is not to be kept.
    pub(crate) raw: Option<Box<RawAnswer>>,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// A document was read to its end.
    Read {
        /// What the feed says of itself; its entries have moved into `changes`.
        feed: Box<Feed>,
        changes: Changes,
        /// Replace the stored ones whole.
        validators: Validators,
        /// `None` where the document was cut off: the next poll reads it again, whatever comes.
        body_hash: Option<ContentHash>,
        /// The document ended too early.
        is_cut: bool,
        pace: Pace,
        whereabouts: Whereabouts,
    },
    /// The source said, or its bytes showed, that nothing has changed.
    Unchanged {
        /// Replace the stored ones whole.
        validators: Validators,
        whereabouts: Whereabouts,
    },
    /// Nothing of the stored state but the trouble is touched.
    Failed(Box<Setback>),
    /// It redirected to a host that wants to be left alone: nothing but when to ask again is touched.
    HeldBack,
}

/// A failure with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Setback {
    pub(crate) failure: Failure,
    /// See [`Subscription::absent_since`].
    pub(crate) absent_since: Option<DateTime<Utc>>,
    /// No longer to be polled.
    pub(crate) retired: bool,
    pub(crate) hold: Option<Hold>,
    /// Where the feed is instead: its URL is gone, and led there for good before.
    pub(crate) moved_to: Option<Url>,
    /// It was [`Former::url`] that was asked.
    pub(crate) of_former: bool,
}

/// What recording an [`Attempt`] came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) new: usize,
    pub(crate) edited: usize,
    /// New ones that a rule kept out.
    pub(crate) dropped: usize,
    /// The subscription has its new URL.
    pub(crate) moved: bool,
}
