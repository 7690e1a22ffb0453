//! `[views.NAME]`: a saved query with where and how its answer goes.
//!
//! ```toml
//! [views.weekly]
//! query    = "tag:devops"
//! since    = "last"           # a digest: what arrived since it was last shown
//! format   = "markdown"
//! output   = "weekly-{week}.md"   # beside this file; none: to stdout
//!
//! [views.all]                 # one combined feed
//! format   = "atom"
//! per_feed = 10
//! self_url = "https://you.example/all.xml"
//! output   = "/srv/www/all.xml"
//! ```

use std::num::NonZeroU64;

use serde::Deserialize;
use toml::Spanned;

/// As written; what the words mean is found out when the view is asked for, and a mistake is shown at
/// its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ViewConfig {
    /// In the query language; nothing: everything.
    pub(crate) query: Option<Spanned<String>>,
    /// `last`, or as `--since`.
    pub(crate) since: Option<Spanned<String>>,
    pub(crate) until: Option<Spanned<String>>,
    pub(crate) limit: Option<NonZeroU64>,
    /// At most so many of each feed.
    pub(crate) per_feed: Option<NonZeroU64>,
    /// `entry` or `talk`
    pub(crate) by: Option<Spanned<String>>,
    /// `newest`, `oldest` or `relevance`
    pub(crate) sort: Option<Spanned<String>>,
    /// `none`, `day`, `feed` or `event`
    pub(crate) group: Option<Spanned<String>>,
    /// As `--format`.
    pub(crate) format: Option<Spanned<String>>,
    /// A template; relative to the config's folder.
    pub(crate) template: Option<String>,
    /// A file, relative to the config's folder, with placeholders as `{date}`; `None`: stdout.
    pub(crate) output: Option<Spanned<String>>,
    /// Whether a post that came through several feeds is one item; `None`: it is.
    pub(crate) merge: Option<bool>,
    /// What stands above the answer; `None`: the view's name.
    pub(crate) title: Option<String>,
    /// Whom a mail is for.
    pub(crate) to: Option<Spanned<String>>,
    /// Where a feed will be found.
    pub(crate) self_url: Option<Spanned<String>>,
    /// How many entries an archive document of a feed holds (RFC 5005); `None`: there are none.
    pub(crate) pages: Option<NonZeroU64>,
}
