//! The past of feeds: the pages their older entries stand on, and the URLs they moved from.

use chrono::{DateTime, Utc};
use url::Url;

use super::entry::Entry;
use super::ids::FeedId;

/// How one page of a feed's past leads to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `prev-archive` (RFC 5005, 4): documents that never change.
    Archive,
    /// `next` (RFC 5005, 3) and JSON Feed `next_url`: pages as of now.
    Next,
    /// WordPress `?paged=N`: pages that no link names.
    Paged,
}

impl Way {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Next => "next",
            Self::Paged => "paged",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "archive" => Self::Archive,
            "next" => Self::Next,
            _ => Self::Paged,
        }
    }
}

/// How far a feed's past has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Past {
    pub(crate) way: Way,
    /// To be read next. `None`: all is read.
    pub(crate) next: Option<Url>,
    /// How many have been read.
    pub(crate) pages: u64,
    /// How many entries came of them that were not known.
    pub(crate) entries: u64,
    pub(crate) read_at: DateTime<Utc>,
    /// Its server answered a page with `Retry-After`: not to be asked for one before.
    pub(crate) wait_until: Option<DateTime<Utc>>,
}

/// What the last document of a feed said of where its past is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PastLinks {
    pub(crate) prev_archive: Option<Url>,
    pub(crate) next: Option<Url>,
    pub(crate) generator: Option<String>,
    /// Where that document was, after redirects.
    pub(crate) location: Option<Url>,
}

/// One page of a feed's past, to be recorded.
#[derive(Debug)]
pub(crate) struct PageRead {
    pub(crate) feed: FeedId,
    /// `None` for a document that a person put in.
    pub(crate) step: Option<Step>,
    /// Those the archive does not hold; one that it holds by now is left as it is.
    pub(crate) entries: Vec<Entry>,
    pub(crate) at: DateTime<Utc>,
}

/// The step from one page to the next.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) way: Way,
    pub(crate) url: Url,
    pub(crate) next: Option<Url>,
}

/// A subscription's move to another URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) id: i64,
    pub(crate) feed: FeedId,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) at: DateTime<Utc>,
    /// `None`: it stands.
    pub(crate) undone_at: Option<DateTime<Utc>>,
}
