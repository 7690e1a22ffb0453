//! The feeds a web page names by `<link rel="alternate">`.

mod rank;
mod sites;

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use url::Url;

use super::head::head;

pub(crate) use rank::Choice;
pub(crate) use sites::known_feed;

/// A web page, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) title: Option<String>,
    /// `meta name=generator`.
    pub(crate) generator: Option<String>,
    /// Best first: the page's own feeds in its order, then podcasts and those of comments.
    pub(crate) feeds: Vec<FeedLink>,
    /// Links in the page's text that look like feeds, in its order.
    pub(crate) anchors: Vec<Url>,
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedLink {
    pub(crate) url: Url,
    pub(crate) title: Option<String>,
    /// As written: `application/atom+xml`.
    pub(crate) media_type: Option<String>,
    /// See [`rank::demerit`].
    demerit: u8,
}

/// The head of a page is not longer; the rest of a huge one is not looked at.
const MAX_LENGTH: usize = 1 << 20;
const MAX_LINKS: usize = 200;
const MAX_TITLE: usize = 1000;
const MAX_ANCHORS: usize = 20;

/// The tokenizer compares each attribute of a tag with all before it; nothing real has longer tags
/// before its links.
const MAX_TAG: usize = 64 * 1024;

pub(super) fn read(text: &str, location: Option<&Url>) -> Page {
    let text = head(text, MAX_LENGTH);
    let mut from = 0;
    let too_long = text.split_inclusive('>').find_map(|part| {
        let start = from;
        from += part.len();
        let open = part.find('<')?;
        (part.len() - open > MAX_TAG).then_some(start + open)
    });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&text[..too_long.unwrap_or(text.len())]));
    let tokenizer = Tokenizer::new(Links::default(), TokenizerOpts::default());
    // Scripts and charset hints stop the tokenizer; there is nothing to do about either.
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.into_page(location)
}

#[derive(Default)]
struct Links {
    base: RefCell<Option<String>>,
    found: RefCell<Vec<Found>>,
    anchors: RefCell<Vec<String>>,
    generator: RefCell<Option<String>>,
    title: RefCell<String>,
    in_title: Cell<bool>,
}

struct Found {
    href: String,
    title: Option<String>,
    media_type: Option<String>,
}

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return self.start(&tag),
            Token::TagToken(tag) if &*tag.name == "title" => {
                self.in_title.set(false);
            }
            Token::CharacterTokens(text) if self.in_title.get() => {
                let mut title = self.title.borrow_mut();
                if title.len() < MAX_TITLE {
                    title.extend(text.chars().take(MAX_TITLE));
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Links {
    fn start(&self, tag: &Tag) -> TokenSinkResult<()> {
        match &*tag.name {
            // What stands in these is text: a link written there is none.
            "title" => {
                self.in_title.set(self.title.borrow().is_empty());
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            "plaintext" => return TokenSinkResult::Plaintext,
            "base" if self.base.borrow().is_none() => {
                *self.base.borrow_mut() = attribute(tag, "href");
            }
            "meta"
                if attribute(tag, "name")
                    .is_some_and(|name| name.eq_ignore_ascii_case("generator")) =>
            {
                *self.generator.borrow_mut() = attribute(tag, "content");
            }
            "a" if self.anchors.borrow().len() < MAX_ANCHORS => {
                let href = attribute(tag, "href").filter(|href| {
                    rank::looks_like_feed(href.split(['?', '#']).next().unwrap_or_default())
                });
                self.anchors.borrow_mut().extend(href);
            }
            "link" if self.found.borrow().len() < MAX_LINKS => {
                self.found.borrow_mut().extend(feed_link(tag));
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn into_page(self, location: Option<&Url>) -> Page {
        let base = self.base.into_inner();
        let base = match (location, base) {
            (Some(location), Some(base)) => {
                location.join(&base).ok().or_else(|| Some(location.clone()))
            }
            (Some(location), None) => Some(location.clone()),
            (None, base) => base.and_then(|base| Url::parse(&base).ok()),
        };
        let mut feeds: Vec<FeedLink> = Vec::new();
        for found in self.found.into_inner() {
            let url = match &base {
                Some(base) => base.join(&found.href),
                None => Url::parse(&found.href),
            };
            let Ok(url) = url else { continue };
            let readable = matches!(url.scheme(), "http" | "https" | "file");
            if readable && !feeds.iter().any(|known| known.url == url) {
                feeds.push(FeedLink {
                    url,
                    title: found.title,
                    media_type: found.media_type,
                    demerit: 0,
                });
            }
        }
        for feed in &mut feeds {
            feed.demerit = rank::demerit(feed, location);
        }
        feeds.sort_by_key(|feed| feed.demerit);
        let anchors = self
            .anchors
            .into_inner()
            .into_iter()
            .filter_map(|href| match &base {
                Some(base) => base.join(&href).ok(),
                None => Url::parse(&href).ok(),
            });
        let title = self.title.into_inner();
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        Page {
            title: Some(title).filter(|title| !title.is_empty()),
            generator: self.generator.into_inner(),
            anchors: anchors.collect(),
            feeds,
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let value = &tag
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)?
        .value;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn feed_link(tag: &Tag) -> Option<Found> {
    let href = attribute(tag, "href")?;
    let rel = attribute(tag, "rel")?.to_ascii_lowercase();
    let has = |word: &str| rel.split_whitespace().any(|known| known == word);
    let media_type = attribute(tag, "type");
    let is_feed = has("feed")
        || has("alternate")
            && media_type
                .as_deref()
                .is_some_and(|kind| is_feed_type(kind, &href));
    (is_feed && !has("stylesheet")).then(|| Found {
        href,
        title: attribute(tag, "title"),
        media_type,
    })
}

fn is_feed_type(media_type: &str, href: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json"
        | "application/x-rss+xml"
        | "application/x.atom+xml"
        | "application/rss"
        | "application/atom"
        | "text/rss+xml"
        | "text/atom+xml"
        | "text/rss"
        | "text/atom" => true,
        // JSON Feed 1.0 had no type of its own; interfaces of publishing systems have this one too.
        "application/json" => href.to_ascii_lowercase().contains("feed"),
        "text/xml" | "application/xml" => {
            let href = href.to_ascii_lowercase();
            ["rss", "atom", "feed", "rdf"]
                .iter()
                .any(|word| href.contains(word))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(page: &str, location: Option<&str>) -> Vec<String> {
        let location = location.map(|location| Url::parse(location).unwrap());
        read(page, location.as_ref())
            .feeds
            .into_iter()
            .map(|feed| feed.url.into())
            .collect()
    }

    #[test]
    fn feeds_are_found_and_comments_come_last() {
        let page = "<!DOCTYPE html><TITLE>A
             &amp; B</TITLE><LINK REL='home Alternate' TYPE='application/rss+xml' HREF='/comments/feed/' title='Comments'>
             <link rel=alternate type=application/atom+xml href=atom.xml title='Posts'>
             <link rel=alternate type='application/feed+json; charset=utf-8' href='//cdn.example/feed.json'>";
        assert_eq!(
            urls(page, Some("https://blog.example/a/")),
            [
                "https://blog.example/a/atom.xml",
                "https://cdn.example/feed.json",
                "https://blog.example/comments/feed/"
            ]
        );
        let read = read(page, Url::parse("https://blog.example/").ok().as_ref());
        assert_eq!(read.title.as_deref(), Some("A & B"));
        assert_eq!(read.feeds[0].title.as_deref(), Some("Posts"));
    }

    #[test]
    fn other_alternates_are_no_feeds() {
        let page = "<link rel='alternate stylesheet' type='text/css' href='a.css'>
             <link rel=alternate hreflang=de href='/de/'>
             <link rel=alternate type='application/json+oembed' href='/oembed'>
             <link rel=alternate type='text/xml+oembed' href='/oembed.xml'>
             <link rel=alternate type='application/activity+json' href='/ap'>
             <link rel=alternate type='application/json' href='/wp-json/wp/v2/posts/1'>
             <link rel=icon type='application/rss+xml' href='/icon'>
             <link rel=alternate type='application/rss+xml' href='javascript:alert(1)'>
             <script>'<link rel=alternate type=application/rss+xml href=/js>'</script>
             <!-- <link rel=alternate type=application/rss+xml href=/comment> -->
             <textarea><link rel=alternate type=application/rss+xml href=/text></textarea>";
        assert_eq!(
            urls(page, Some("https://blog.example/")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_base_of_the_page_counts() {
        let page = "<base href='/sub/'><base href='/no/'><link rel=alternate type=application/rss+xml href='rss'>";
        assert_eq!(
            urls(page, Some("https://blog.example/")),
            ["https://blog.example/sub/rss"]
        );
        assert_eq!(urls(page, None), Vec::<String>::new());
    }

    #[test]
    fn a_huge_page_is_bounded() {
        let page = format!(
            "<title>{}</title>{}",
            "x".repeat(50_000),
            "<link rel=alternate type=application/rss+xml href=/a>".repeat(100_000)
        );
        assert_eq!(urls(&page, Some("https://blog.example/")).len(), 1);
        let attributes: String = (0..200_000).map(|n| format!(" a{n}")).collect();
        let page = format!("<link rel=alternate type=application/rss+xml href=/a><p{attributes}>");
        let started = std::time::Instant::now();
        assert_eq!(urls(&page, Some("https://blog.example/")).len(), 1);
        assert!(started.elapsed().as_secs() < 5);
    }
}
