//! Where an entry first stood, for formats that hand it on: the feed it was read from, or, where that feed
//! itself had gathered it from another, that other one (RFC 4287, 4.2.11).

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use url::Url;

use super::identity;
use super::wording;
use crate::model::{ArchivedEntry, EntrySource, FeedOfEntry, SourceFacts};

pub(super) struct Origin<'a> {
    pub(super) id: String,
    pub(super) title: Cow<'a, str>,
    /// `None` where nobody says, or no calendar can show it.
    pub(super) updated: Option<DateTime<Utc>>,
    /// Its web page.
    pub(super) site: Option<String>,
    /// Where the feed itself is found.
    pub(super) feed: Option<String>,
    pub(super) rights: Option<&'a str>,
    /// The feed through which the entry came here, where that is another one.
    pub(super) via: Option<String>,
}

impl<'a> Origin<'a> {
    pub(super) fn of(archived: &'a ArchivedEntry) -> Self {
        let feed = &archived.feed;
        match &archived.entry.source {
            Some(source) if !is_itself(source, feed) => {
                let extras = archived.entry.extras.as_deref();
                let facts = extras.and_then(|extras| extras.source.as_ref());
                Self::of_source(source, facts, feed)
            }
            _ => Self::of_feed(feed),
        }
    }

    fn of_feed(feed: &'a FeedOfEntry) -> Self {
        let own = feed.self_url.as_deref().and_then(wording::web);
        Self {
            id: identity::feed(feed),
            title: wording::feed_name(feed),
            updated: feed.updated,
            site: feed.site_url.as_deref().and_then(wording::web),
            // Its own word for where it is found, else where it was found.
            feed: own.or_else(|| wording::web(&feed.url)),
            rights: feed.rights.as_deref(),
            via: None,
        }
    }

    fn of_source(
        source: &'a EntrySource,
        facts: Option<&'a SourceFacts>,
        through: &FeedOfEntry,
    ) -> Self {
        let address = source.url.as_deref().and_then(wording::web);
        let link = |rel: &str| {
            let mut links = facts?.links.iter().filter(|link| link.rel == rel);
            links.find_map(|link| wording::web(&link.url))
        };
        let updated = facts.and_then(|facts| facts.updated.as_deref());
        let host = || {
            let url = Url::parse(source.url.as_deref()?).ok()?;
            Some(url.host_str()?.to_owned())
        };
        let title = source.title.as_deref().filter(|title| !title.is_empty());
        Self {
            id: identity::source(source),
            title: title
                .map(Cow::Borrowed)
                .or_else(|| host().map(Cow::Owned))
                .unwrap_or("(unnamed feed)".into()),
            updated: updated
                .and_then(|at| DateTime::parse_from_rfc3339(at).ok())
                .map(|at| at.to_utc()),
            // Atom's source has an id and links to its page, RSS's is the address of a feed.
            site: link("alternate").or(address.clone().filter(|_| source.guid.is_some())),
            feed: link("self").or(address.filter(|_| source.guid.is_none())),
            rights: facts.and_then(|facts| facts.rights.as_deref()),
            via: wording::web(&through.url),
        }
    }
}

/// Whether the source that an entry names is the feed it was read from: some feeds say so of each entry.
fn is_itself(source: &EntrySource, feed: &FeedOfEntry) -> bool {
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    let is_here = |url: &String| {
        [
            Some(&feed.url),
            feed.self_url.as_ref(),
            feed.site_url.as_ref(),
        ]
        .contains(&Some(url))
    };
    let says_nothing = source.guid.is_none() && source.url.is_none();
    says_nothing || same(&source.guid, &feed.guid) || source.url.as_ref().is_some_and(is_here)
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn what_a_planet_gathered_comes_from_the_blog() {
        let mut entry = samples::conference();
        entry.entry.source = Some(EntrySource {
            guid: Some("tag:ann.example,2011:blog".into()),
            title: Some("Ann's blog".into()),
            url: Some("https://ann.example/".into()),
        });
        let origin = Origin::of(&entry);
        assert_eq!(origin.id, "tag:ann.example,2011:blog");
        assert_eq!(origin.title, "Ann's blog");
        assert_eq!(origin.site.as_deref(), Some("https://ann.example/"));
        assert_eq!(origin.feed, None);
        assert_eq!(
            origin.via.as_deref(),
            Some("https://notes.example/feed.xml")
        );
    }

    #[test]
    fn a_source_that_is_the_feed_itself_is_no_other() {
        let mut entry = samples::conference();
        for (guid, url) in [
            (Some("tag:notes.example,2005:feed"), None),
            (None, Some("https://notes.example/")),
            (None, None),
        ] {
            entry.entry.source = Some(EntrySource {
                guid: guid.map(str::to_owned),
                title: Some("Somebody".into()),
                url: url.map(str::to_owned),
            });
            let origin = Origin::of(&entry);
            assert_eq!(origin.title, "Notes of a Visitor");
            assert_eq!(origin.rights, Some("CC BY 4.0, Vera Visitor"));
            assert_eq!(origin.via, None);
        }
    }
}
