//! What decides when a feed is asked, and at which URL.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// What a feed says of when to ask for it. Kept, so that an answer without a body goes by it as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PollHints {
    /// RSS `ttl`, in minutes.
    pub(crate) ttl: Option<u32>,
    /// RSS `skipHours`: bit 0 is the hour from midnight GMT.
    pub(crate) skip_hours: u32,
    /// RSS `skipDays`: bit 0 is Monday, GMT.
    pub(crate) skip_days: u8,
    /// `sy:updatePeriod` by `sy:updateFrequency`, in minutes.
    pub(crate) update_every: Option<u32>,
    /// `sy:updateBase`: what that is counted from.
    pub(crate) update_base: Option<DateTime<Utc>>,
}

/// How often a feed publishes, as far as its documents and what arrived have shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The date of its newest entry, or when an entry last arrived. `None` before the first poll.
    pub(crate) newest: Option<DateTime<Utc>>,
    /// The usual time between two of its latest entries.
    pub(crate) usual_gap: Option<TimeDelta>,
}

/// A permanent redirect that led to the feed, but has not lasted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenRedirect {
    pub(crate) to: Url,
    pub(crate) since: DateTime<Utc>,
    /// The last poll that counted.
    pub(crate) last: DateTime<Utc>,
    /// Polls at least a day apart that were led there, and nowhere else between them.
    pub(crate) times: u32,
}

/// The URL that a subscription was moved from by a permanent redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Former {
    pub(crate) url: Url,
    /// When it was last asked since, because the newer one gave nothing. `None`: never.
    pub(crate) asked_at: Option<DateTime<Utc>>,
}

/// What an answer says of where the feed is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    /// To be remembered until the next poll. `None` forgets what was.
    pub(crate) seen: Option<SeenRedirect>,
    /// The subscription's new URL.
    pub(crate) moved_to: Option<Url>,
    /// The URL that it was moved from, where the feed is again: the move is taken back.
    pub(crate) back_at: Option<Url>,
}

/// A host that asked for patience: none of its feeds is asked until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    /// As [`crate::source::Source::server`] names it.
    pub(crate) server: String,
    pub(crate) until: DateTime<Utc>,
}
