//! The links of a talk: its slides, its video, its code, told by host and wording.

use std::ops::Range;

use super::safe_html::{SafeHtml, Token, decode};

/// A link in a talk's heading or notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TalkLink {
    /// Absolute.
    pub(crate) url: String,
    pub(crate) kind: TalkLinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TalkLinkKind {
    Slides,
    Video,
    Code,
    Other,
}

/// No talk has more links worth listing.
const MOST: usize = 200;

/// Hosts and what is found there; a host's subdomains count, too.
const HOSTS: &[(&str, TalkLinkKind)] = &[
    ("youtube.com", TalkLinkKind::Video),
    ("youtu.be", TalkLinkKind::Video),
    ("vimeo.com", TalkLinkKind::Video),
    ("media.ccc.de", TalkLinkKind::Video),
    ("peertube.tv", TalkLinkKind::Video),
    ("infoq.com", TalkLinkKind::Video),
    ("confreaks.tv", TalkLinkKind::Video),
    ("video.fosdem.org", TalkLinkKind::Video),
    ("slideshare.net", TalkLinkKind::Slides),
    ("speakerdeck.com", TalkLinkKind::Slides),
    ("slides.com", TalkLinkKind::Slides),
    ("noti.st", TalkLinkKind::Slides),
    ("docs.google.com/presentation", TalkLinkKind::Slides),
    ("prezi.com", TalkLinkKind::Slides),
    ("github.com", TalkLinkKind::Code),
    ("gitlab.com", TalkLinkKind::Code),
    ("codeberg.org", TalkLinkKind::Code),
    ("bitbucket.org", TalkLinkKind::Code),
];

/// Words of a link's text and what they say; asked before the host.
const WORDS: &[(&str, TalkLinkKind)] = &[
    ("slides", TalkLinkKind::Slides),
    ("slide", TalkLinkKind::Slides),
    ("slidedeck", TalkLinkKind::Slides),
    ("deck", TalkLinkKind::Slides),
    ("folien", TalkLinkKind::Slides),
    ("video", TalkLinkKind::Video),
    ("recording", TalkLinkKind::Video),
    ("watch", TalkLinkKind::Video),
    ("aufzeichnung", TalkLinkKind::Video),
    ("code", TalkLinkKind::Code),
    ("repo", TalkLinkKind::Code),
    ("repository", TalkLinkKind::Code),
];

impl TalkLinkKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Slides => "slides",
            Self::Video => "video",
            Self::Code => "code",
            Self::Other => "other",
        }
    }

    fn of(url: &str, wording: &str) -> Self {
        let wording = wording.to_lowercase();
        let words: Vec<&str> = wording
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let said = WORDS
            .iter()
            .find(|(word, _)| words.len() <= 6 && words.contains(word));
        let address = url
            .split_once("://")
            .map_or(url, |(_, address)| address)
            .to_lowercase();
        let at = |host: &str| {
            let own = address
                .strip_prefix(host)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', ':']));
            let end = address.find('/').unwrap_or(address.len());
            own || address[..end]
                .strip_suffix(host)
                .is_some_and(|before| before.ends_with('.'))
        };
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let file = [
            (".pdf", Self::Slides),
            (".pptx", Self::Slides),
            (".key", Self::Slides),
            (".mp4", Self::Video),
            (".webm", Self::Video),
        ];
        said.map(|(_, kind)| *kind)
            .or_else(|| {
                HOSTS
                    .iter()
                    .find(|(host, _)| at(host))
                    .map(|(_, kind)| *kind)
            })
            .or_else(|| {
                file.into_iter()
                    .find(|(end, _)| path.ends_with(end))
                    .map(|(_, kind)| kind)
            })
            .unwrap_or(Self::Other)
    }
}

/// The links in a part of the content, each once, links within the page left out.
pub(super) fn links(content: &SafeHtml, part: Range<usize>) -> Vec<TalkLink> {
    let mut found: Vec<TalkLink> = Vec::new();
    let mut open: Option<(String, String)> = None;
    let section = content.section(part);
    for (_, token) in section.tokens() {
        match token {
            Token::Open {
                name: "a",
                attributes,
            } => {
                let url = attributes.get("href").map(std::borrow::Cow::into_owned);
                open = url
                    .filter(|url| !url.starts_with('#'))
                    .map(|url| (url, String::new()));
            }
            Token::Open { .. } => {}
            Token::Text(text) => {
                if let Some((_, wording)) = &mut open {
                    wording.push_str(&decode(text));
                }
            }
            Token::Close { name: "a" } => {
                if let Some((url, wording)) = open.take()
                    && found.len() < MOST
                    && found.iter().all(|link| link.url != url)
                {
                    found.push(TalkLink {
                        kind: TalkLinkKind::of(&url, &wording),
                        url,
                    });
                }
            }
            Token::Close { .. } => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_by_wording_and_host() {
        for (url, wording, kind) in [
            (
                "https://www.youtube.com/watch?v=1",
                "her talk",
                TalkLinkKind::Video,
            ),
            ("https://files.example/1", "Slides", TalkLinkKind::Slides),
            (
                "https://github.com/poe/pipes/deck.pdf",
                "the slide deck",
                TalkLinkKind::Slides,
            ),
            ("https://github.com/poe/pipes", "pipes", TalkLinkKind::Code),
            ("https://notgithub.com/poe", "pipes", TalkLinkKind::Other),
            ("https://poe.example/talk.pdf", "here", TalkLinkKind::Slides),
            ("https://poe.example/", "Ann Poe", TalkLinkKind::Other),
        ] {
            assert_eq!(TalkLinkKind::of(url, wording), kind, "{url}");
        }
    }

    #[test]
    fn each_link_is_listed_once() {
        let html = "<p><a href=\"https://a.example/\">A</a> <a href=\"#b\">b</a> <a href=\"https://a.example/\">again</a> <a>c</a></p>";
        let found = links(&SafeHtml::vouch(html.to_owned()), 0..html.len());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].url, "https://a.example/");
    }
}
