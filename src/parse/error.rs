//! Why a document gave no feed.

use url::Url;

use crate::source::{Failure, FailureKind, without_password};

/// A document that could not be read as what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("the answer is empty")]
    Empty,
    /// Something else altogether, by its name with an article: `a PDF`, `plain text`.
    #[error("this is {0}, not a feed")]
    NotAFeed(String),
    #[error("this is {}, not a feed{}", if *.login { "a login page" } else { "a web page" }, named(.feed.as_ref()))]
    Page {
        /// The best feed the page links to.
        feed: Option<Url>,
        /// Whether it asks for a password.
        login: bool,
    },
    #[error("this is a list of {feeds} feed{} (OPML), not a feed", if *.feeds == 1 { "" } else { "s" })]
    Opml { feeds: usize },
    /// A feed or list by its looks, but broken beyond what can be read.
    #[error("the {format} document is broken: {message}")]
    Broken {
        format: &'static str,
        message: String,
    },
    /// The feed reader itself gave up.
    #[error("the {format} document could not be read: the reader stopped at it ({message})")]
    Panicked {
        format: &'static str,
        message: String,
    },
    /// A document built to exhaust whoever reads it.
    #[error("the document has too many {what} (more than {limit})")]
    TooMuch { what: &'static str, limit: usize },
    #[error("nothing in the {format} document could be read: no title and no entries")]
    Hollow { format: &'static str },
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        let kind = match &error {
            ParseError::Empty
            | ParseError::NotAFeed(_)
            | ParseError::Page { .. }
            | ParseError::Opml { .. } => FailureKind::NotAFeed,
            ParseError::Broken { .. }
            | ParseError::Panicked { .. }
            | ParseError::TooMuch { .. }
            | ParseError::Hollow { .. } => FailureKind::Parse,
        };
        let failure = Self::new(kind, error.to_string());
        match error {
            ParseError::Opml { feeds: 1.. } => {
                failure.with_hint("hallway add FILE.opml subscribes to them all")
            }
            _ => failure,
        }
    }
}

const NAMED: &str = "; the feed it names is ";

/// Which feed a page names, as the end of a line.
fn named(feed: Option<&Url>) -> String {
    feed.map(without_password)
        .map(|url| format!("{NAMED}{url}"))
        .unwrap_or_default()
}

/// The feed that a page names which was taken for one.
pub(crate) fn feed_named_in(failure: &Failure) -> Option<&str> {
    let is_page = failure.kind == FailureKind::NotAFeed;
    let (_, feed) = failure.message.split_once(NAMED).filter(|_| is_page)?;
    Some(feed)
}

/// What an error repeats of the document: one short line without control characters.
pub(super) fn excerpt(text: &str) -> String {
    const LIMIT: usize = 120;
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LIMIT)
        .collect();
    if text.chars().nth(LIMIT).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_of_a_page_is_named() {
        let feed = Url::parse("https://blog.example/atom.xml").ok();
        let failure = Failure::from(ParseError::Page { feed, login: false });
        assert_eq!(failure.kind, FailureKind::NotAFeed);
        assert_eq!(
            failure.message,
            "this is a web page, not a feed; the feed it names is https://blog.example/atom.xml"
        );
        assert_eq!(
            feed_named_in(&failure),
            Some("https://blog.example/atom.xml")
        );
        let login = ParseError::Page {
            feed: None,
            login: true,
        };
        assert_eq!(login.to_string(), "this is a login page, not a feed");
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\u{1b}[2J\nb"), "a [2J b");
        assert_eq!(excerpt(&"x".repeat(1_000_000)).chars().count(), 121);
    }
}
