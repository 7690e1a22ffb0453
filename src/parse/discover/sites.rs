//! Sites whose pages are so many and whose feeds' addresses are so well known that nobody need be asked.

use url::Url;

/// Which pages of which host, and the feed's address with the page's parts in it.
struct Site {
    hosts: &'static [&'static str],
    /// Path segments: a word for itself, `{x}` for any one, `*` for any that follow, also none.
    path: &'static [&'static str],
    /// A parameter the query must have, bound to its own name.
    parameter: Option<&'static str>,
    feed: &'static str,
}

const YOUTUBE: &[&str] = &["youtube.com", "www.youtube.com", "m.youtube.com"];
const GITHUB: &[&str] = &["github.com", "www.github.com"];
const REDDIT: &[&str] = &[
    "reddit.com",
    "www.reddit.com",
    "old.reddit.com",
    "new.reddit.com",
];
const MEDIUM: &[&str] = &["medium.com", "www.medium.com"];

/// The first that fits is taken.
const SITES: &[Site] = &[
    site(
        YOUTUBE,
        &["channel", "{id}", "*"],
        "https://www.youtube.com/feeds/videos.xml?channel_id={id}",
    ),
    Site {
        parameter: Some("list"),
        ..site(
            YOUTUBE,
            &["*"],
            "https://www.youtube.com/feeds/videos.xml?playlist_id={list}",
        )
    },
    site(
        GITHUB,
        &["{owner}", "{repo}", "releases", "*"],
        "https://github.com/{owner}/{repo}/releases.atom",
    ),
    site(
        GITHUB,
        &["{owner}", "{repo}", "tags"],
        "https://github.com/{owner}/{repo}/tags.atom",
    ),
    site(
        GITHUB,
        &["{owner}", "{repo}", "commits", "{branch}"],
        "https://github.com/{owner}/{repo}/commits/{branch}.atom",
    ),
    site(
        GITHUB,
        &["{owner}", "{repo}", "commits"],
        "https://github.com/{owner}/{repo}/commits.atom",
    ),
    site(
        GITHUB,
        &["{owner}", "{repo}"],
        "https://github.com/{owner}/{repo}/commits.atom",
    ),
    site(GITHUB, &["{owner}"], "https://github.com/{owner}.atom"),
    site(
        REDDIT,
        &["r", "{name}"],
        "https://www.reddit.com/r/{name}/.rss",
    ),
    site(
        REDDIT,
        &["user", "{name}"],
        "https://www.reddit.com/user/{name}/.rss",
    ),
    site(
        REDDIT,
        &["u", "{name}"],
        "https://www.reddit.com/user/{name}/.rss",
    ),
    site(MEDIUM, &["{name}"], "https://medium.com/feed/{name}"),
    site(
        &["vimeo.com"],
        &["{name}"],
        "https://vimeo.com/{name}/videos/rss",
    ),
];

/// First segments that are the site's own pages, not somebody's name.
const OWN_PAGES: &[&str] = &[
    "about",
    "collections",
    "customer-stories",
    "enterprise",
    "events",
    "explore",
    "feed",
    "features",
    "issues",
    "join",
    "login",
    "marketplace",
    "me",
    "new",
    "notifications",
    "orgs",
    "pricing",
    "pulls",
    "search",
    "security",
    "settings",
    "sponsors",
    "team",
    "topics",
    "trending",
    "watch",
    "tag",
    "m",
    "p",
    "categories",
    "channels",
    "log_in",
    "upgrade",
];

const fn site(
    hosts: &'static [&'static str],
    path: &'static [&'static str],
    feed: &'static str,
) -> Site {
    Site {
        hosts,
        path,
        parameter: None,
        feed,
    }
}

/// The feed of a page of one of these sites.
pub(crate) fn known_feed(page: &Url) -> Option<Url> {
    let host = page.host_str()?;
    let segments: Vec<&str> = page
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .collect();
    let is_feed = segments.last().is_some_and(|last| {
        [".atom", ".rss", ".xml"]
            .iter()
            .any(|end| last.ends_with(end))
    });
    if is_feed {
        return None;
    }
    SITES
        .iter()
        .filter(|site| site.hosts.contains(&host))
        .find_map(|site| site.feed_of(page, &segments))
}

impl Site {
    fn feed_of(&self, page: &Url, segments: &[&str]) -> Option<Url> {
        let mut feed = self.feed.to_owned();
        let mut rest = segments.iter();
        for (at, wanted) in self.path.iter().enumerate() {
            if *wanted == "*" {
                rest = [].iter();
                break;
            }
            let segment = rest.next()?;
            if wanted.starts_with('{') {
                if at == 0 && OWN_PAGES.contains(segment) {
                    return None;
                }
                feed = feed.replace(wanted, segment);
            } else if wanted != segment {
                return None;
            }
        }
        if rest.next().is_some() {
            return None;
        }
        if let Some(name) = self.parameter {
            let (_, value) = page.query_pairs().find(|(known, _)| known == name)?;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            if value.is_empty() || !value.chars().all(plain) {
                return None;
            }
            feed = feed.replace(&format!("{{{name}}}"), &value);
        }
        Url::parse(&feed).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(page: &str) -> String {
        known_feed(&Url::parse(page).unwrap()).map_or_else(String::new, String::from)
    }

    #[test]
    fn known_sites_are_not_asked() {
        for (page, expected) in [
            (
                "https://www.youtube.com/channel/UC12_-x/videos",
                "https://www.youtube.com/feeds/videos.xml?channel_id=UC12_-x",
            ),
            (
                "https://youtube.com/playlist?list=PLa&x=1",
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PLa",
            ),
            ("https://www.youtube.com/@somebody", ""),
            (
                "https://www.youtube.com/feeds/videos.xml?channel_id=UC1",
                "",
            ),
            ("https://github.com/ann", "https://github.com/ann.atom"),
            ("https://github.com/ann.atom", ""),
            (
                "https://github.com/ann/tool/",
                "https://github.com/ann/tool/commits.atom",
            ),
            (
                "https://github.com/ann/tool/releases",
                "https://github.com/ann/tool/releases.atom",
            ),
            (
                "https://github.com/ann/tool/commits/main",
                "https://github.com/ann/tool/commits/main.atom",
            ),
            ("https://github.com/ann/tool/issues", ""),
            ("https://github.com/features", ""),
            (
                "https://old.reddit.com/r/devops/",
                "https://www.reddit.com/r/devops/.rss",
            ),
            ("https://blog.example/r/devops/", ""),
        ] {
            assert_eq!(feed(page), expected, "{page}");
        }
    }
}
