//! Numbers about a whole archive.

use chrono::{DateTime, Utc};

#[derive(Debug, Clone, Default)]
pub(crate) struct Stats {
    pub(crate) entries: u64,
    /// Of those the ones read from feeds' pasts.
    pub(crate) backfilled: u64,
    pub(crate) talks: u64,
    /// Earlier states that are kept.
    pub(crate) revisions: u64,
    /// Answers that are kept as they came, and the bytes they take.
    pub(crate) raw_answers: u64,
    pub(crate) raw_bytes: u64,
    /// The file's size in bytes.
    pub(crate) disk: u64,
    /// Of that what new entries will fill before the file grows.
    pub(crate) free: u64,
    /// Every feed that was ever followed, most entries first.
    pub(crate) by_feed: Vec<FeedCount>,
    /// `2018` and how many entries are dated so, oldest first.
    pub(crate) by_year: Vec<(String, u64)>,
    /// `2026-11` and how many entries came into the archive then, oldest first.
    pub(crate) growth: Vec<(String, u64)>,
}

#[derive(Debug, Clone)]
pub(crate) struct FeedCount {
    /// `Source::key`: may hold a password.
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    /// `State::word`, or `removed`.
    pub(crate) state: String,
    pub(crate) entries: u64,
    /// The newest entry's date.
    pub(crate) newest: Option<DateTime<Utc>>,
    pub(crate) subscribed_at: DateTime<Utc>,
}
