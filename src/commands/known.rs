//! Which subscription an address means, however it is spelt.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::exit::CommandError;
use crate::archive::Archive;
use crate::model::FeedId;
use crate::source::Source;

/// The addresses of all subscriptions.
pub(crate) struct KnownFeeds {
    /// What is polled, and what it was moved from.
    own: HashMap<String, FeedId>,
    /// What the feeds call their address, and where they are after redirects.
    others: HashMap<String, FeedId>,
}

impl KnownFeeds {
    pub(crate) fn read(archive: &Archive) -> Result<Self, CommandError> {
        let subscriptions = archive.subscriptions()?;
        let ids: HashSet<FeedId> = subscriptions.iter().map(|feed| feed.id).collect();
        let mut own = HashMap::new();
        // A feed goes on under its older address, too; what is at an address now goes before.
        for one in archive.moves()?.iter().rev() {
            if one.undone_at.is_none()
                && ids.contains(&one.feed)
                && let Some(from) = Source::from_key(&one.from)
            {
                own.insert(spelling(&from), one.feed);
            }
        }
        own.extend(
            subscriptions
                .iter()
                .map(|feed| (spelling(&feed.source), feed.id)),
        );
        let others = archive.other_addresses()?;
        Ok(Self {
            own,
            others: others
                .into_iter()
                .filter_map(|(id, url)| Some((spelling(&Source::from_web_address(&url)?), id)))
                .collect(),
        })
    }

    /// The subscription to this very feed, perhaps by another scheme, with `www.` or a slash.
    pub(crate) fn find(&self, source: &Source) -> Option<FeedId> {
        self.own.get(&spelling(source)).copied()
    }

    /// The subscription that may be the same feed: it says so itself.
    pub(crate) fn find_by_claim(&self, source: &Source) -> Option<FeedId> {
        self.others.get(&spelling(source)).copied()
    }
}

/// An address without what seldom makes a difference: the scheme, `www.`, the last slash. Of a file its
/// whole path.
pub(crate) fn spelling(source: &Source) -> String {
    let Source::Http(url) = source else {
        return source.key();
    };
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("//{}{host}{port}{path}{query}", login(url))
}

fn login(url: &Url) -> String {
    match url.username() {
        "" => String::new(),
        user => format!("{user}@"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let spelt = |url| spelling(&Source::from_web_address(url).unwrap());
        spelt(one) == spelt(other)
    }

    #[test]
    fn one_feed_is_spelt_in_many_ways() {
        assert!(same(
            "http://www.blog.example/feed",
            "https://blog.example/feed/"
        ));
        assert!(same("https://blog.example:443/", "http://BLOG.example"));
        assert!(!same(
            "https://blog.example/feed?a",
            "https://blog.example/feed?b"
        ));
        assert!(!same(
            "https://blog.example/Feed",
            "https://blog.example/feed"
        ));
        assert!(!same(
            "https://ann@blog.example/",
            "https://bo@blog.example/"
        ));
        assert!(!same("https://blog.example:8443/", "https://blog.example/"));
    }
}
