//! A feed made safe.

use chrono::{DateTime, Utc};

use super::attribution::Person;
use super::entry::Entry;
use super::polling::PollHints;
use super::raw::PageLinks;

/// What a feed says of itself, safe to show; see `RawFeed` for each field's origin.
///
/// Texts are plain: no markup, no control characters, white space collapsed. URLs are absolute and of
/// a safe scheme, else `None`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    pub(crate) guid: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) subtitle: Option<String>,
    pub(crate) site_url: Option<String>,
    pub(crate) self_url: Option<String>,
    pub(crate) authors: Vec<Person>,
    pub(crate) language: Option<String>,
    pub(crate) rights: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) updated: Option<DateTime<Utc>>,
    pub(crate) hints: PollHints,
    /// The program that wrote it, as it calls itself.
    pub(crate) generator: Option<String>,
    /// Where the document was in the end, after redirects; without credentials.
    pub(crate) location: Option<String>,
    /// Where the feed's older entries are, absolute.
    pub(crate) pages: PageLinks,
    /// The entries that were asked for: in an update only the new and the changed ones.
    pub(crate) entries: Vec<Entry>,
}
