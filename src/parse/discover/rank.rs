//! Which of the feeds that a page names is the one a person means, and where a feed may be on a page
//! that names none.

use url::Url;

use super::{FeedLink, Page};

/// Which of a page's feeds to take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice<'a> {
    One(&'a FeedLink),
    /// Nothing but a person can tell; also comments alone.
    Several(&'a [FeedLink]),
    None,
}

/// Words for comments, as titles and paths have them.
const COMMENTS: &[&str] = &[
    "comment",
    "comments",
    "kommentar",
    "kommentare",
    "commentaires",
    "comentarios",
    "comentários",
    "commenti",
    "reacties",
    "комментарии",
    "replies",
    "discussion",
];

const COMMENTS_ONLY: u8 = 4;

/// How far down a feed stands on the list: 0 the page's own, then what is about something else.
pub(super) fn demerit(feed: &FeedLink, page: Option<&Url>) -> u8 {
    let title = feed.title.as_deref().unwrap_or_default().to_lowercase();
    let path = feed.url.path().to_ascii_lowercase();
    let is_word = |text: &str, word: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|part| part == word)
    };
    let speaks_of = |words: &[&str]| {
        words
            .iter()
            .any(|word| is_word(&title, word) || is_word(&path, word))
    };
    let media_type = feed.media_type.as_deref().unwrap_or_default();
    if speaks_of(COMMENTS) {
        COMMENTS_ONLY
    } else if speaks_of(&["podcast", "podcasts"]) {
        3
    } else if media_type
        .to_ascii_lowercase()
        .starts_with("application/json")
    {
        // A type of interfaces too.
        2
    } else {
        // A tag's page names the site's feed first, and its own, which lies below it.
        let folder = page.map_or("/", Url::path).trim_end_matches('/');
        u8::from(folder.is_empty() || !feed.url.path().starts_with(&format!("{folder}/")))
    }
}

impl Page {
    /// The first is the default (HTML, 4.6.7.1), unless another of its kind has a name that says that it
    /// is something else.
    pub(crate) fn choice(&self) -> Choice<'_> {
        let Some(first) = self.feeds.first() else {
            return Choice::None;
        };
        let rank = first.demerit;
        if rank == COMMENTS_ONLY {
            return Choice::Several(&self.feeds);
        }
        let equals = self
            .feeds
            .iter()
            .take_while(|feed| feed.demerit == rank)
            .count();
        let equals = &self.feeds[..equals];
        let is_other = |feed: &FeedLink| {
            let (one, other) = (subject(first), subject(feed));
            first.media_type == feed.media_type
                && !one.is_empty()
                && !other.is_empty()
                && !one.contains(&other)
                && !other.contains(&one)
        };
        if equals.iter().any(is_other) {
            Choice::Several(equals)
        } else {
            Choice::One(first)
        }
    }

    /// Where the feed of a page that names none may be, likeliest first and never many.
    pub(crate) fn likely_feeds(&self, at: &Url) -> Vec<Url> {
        const MOST: usize = 4;
        const USUAL: [&str; 5] = ["/feed.xml", "/index.xml", "/feed/", "/atom.xml", "/rss.xml"];
        /// What programs that make sites call theirs.
        const BY_GENERATOR: [(&str, &str); 12] = [
            ("hugo", "/index.xml"),
            ("jekyll", "/feed.xml"),
            ("wordpress", "/feed/"),
            ("ghost", "/rss/"),
            ("hexo", "/atom.xml"),
            ("zola", "/atom.xml"),
            ("pelican", "/feeds/all.atom.xml"),
            ("eleventy", "/feed/feed.xml"),
            ("nikola", "/rss.xml"),
            ("docusaurus", "/blog/rss.xml"),
            ("astro", "/rss.xml"),
            ("blogger", "/feeds/posts/default"),
        ];
        let generator = self.generator.as_deref().unwrap_or_default().to_lowercase();
        let known = BY_GENERATOR
            .iter()
            .filter(|(name, _)| generator.contains(name))
            .map(|(_, path)| *path);
        let guesses = known.chain(USUAL).filter_map(|path| at.join(path).ok());
        let mut likely: Vec<Url> = Vec::new();
        for url in self.anchors.iter().take(2).cloned().chain(guesses) {
            if url.origin() == at.origin() && url != *at && !likely.contains(&url) {
                likely.push(url);
            }
        }
        likely.truncate(MOST);
        likely
    }
}

/// A title without the words for the format, by which a page's Atom and RSS have the same one.
fn subject(feed: &FeedLink) -> String {
    const FORMATS: &[&str] = &[
        "rss",
        "rss1",
        "rss2",
        "atom",
        "json",
        "jsonfeed",
        "xml",
        "rdf",
        "feed",
        "feeds",
        "via",
        "v1",
        "v2",
        "0",
        "1",
        "2",
        "10",
        "20",
        "full",
        "subscribe",
        "the",
    ];
    let title = feed.title.as_deref().unwrap_or_default().to_lowercase();
    title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !FORMATS.contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a link in a page's text leads to a feed, by its address alone.
pub(super) fn looks_like_feed(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    [
        ".rss",
        ".atom",
        "/feed.xml",
        "/atom.xml",
        "/rss.xml",
        "/index.xml",
        "/feed.json",
        "/rss",
        "/feed",
        "/index.rdf",
    ]
    .iter()
    .any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const BLOG: &str = "https://blog.example/tags/devops/";

    fn page(links: &[(&str, &str, &str)]) -> Page {
        let links: String = links
            .iter()
            .map(|(kind, href, title)| {
                format!(
                    "<link rel=alternate type='application/{kind}' href='{href}' title='{title}'>"
                )
            })
            .collect();
        read(&links, Url::parse(BLOG).ok().as_ref())
    }

    fn chosen(links: &[(&str, &str, &str)]) -> String {
        match page(links).choice() {
            Choice::One(feed) => feed.url.path().to_owned(),
            Choice::Several(feeds) => format!("{} feeds", feeds.len()),
            Choice::None => "none".to_owned(),
        }
    }

    #[test]
    fn one_best_feed_is_taken() {
        assert_eq!(
            chosen(&[
                ("rss+xml", "/comments/feed/", "Blog: Comments Feed"),
                ("atom+xml", "/atom.xml", "Blog (Atom)"),
                ("rss+xml", "/rss.xml", "Blog RSS 2.0"),
            ]),
            "/atom.xml"
        );
        assert_eq!(
            chosen(&[("json", "/feed.json", ""), ("rss+xml", "/rss.xml", "")]),
            "/rss.xml"
        );
        assert_eq!(
            chosen(&[
                ("rss+xml", "/podcast.xml", "Podcast"),
                ("rss+xml", "/rss.xml", "Blog")
            ]),
            "/rss.xml"
        );
        assert_eq!(
            chosen(&[
                ("rss+xml", "/index.xml", "Blog"),
                ("rss+xml", "/tags/devops/index.xml", "devops on Blog"),
            ]),
            "/tags/devops/index.xml"
        );
    }

    #[test]
    fn different_things_are_not_chosen_between() {
        let two = [
            ("rss+xml", "/news.xml", "News"),
            ("rss+xml", "/events.xml", "Events"),
        ];
        assert_eq!(chosen(&two), "2 feeds");
        assert_eq!(chosen(&[("rss+xml", "/comments.xml", "")]), "1 feeds");
        assert_eq!(chosen(&[]), "none");
    }

    #[test]
    fn guesses_are_few_and_stay_at_home() {
        let html = "<meta name=Generator content='Hugo 0.120'><a href=/blog/feed.xml>RSS</a>
             <a href=https://other.example/feed>theirs</a>";
        let at = Url::parse("https://blog.example/about/").unwrap();
        let likely = read(html, Some(&at)).likely_feeds(&at);
        let paths: Vec<&str> = likely.iter().map(Url::path).collect();
        assert_eq!(
            paths,
            ["/blog/feed.xml", "/index.xml", "/feed.xml", "/feed/"]
        );
        assert!(
            likely
                .iter()
                .all(|url| url.host_str() == Some("blog.example"))
        );
    }
}
