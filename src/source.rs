//! Where entries come from, and what asking there answered.
//!
//! | kind     | named by                                  | how it is read                                         |
//! |----------|-------------------------------------------|--------------------------------------------------------|
//! | `Http`   | `https://…`, `http://…`, `feed:…`         | conditional GET                                        |
//! | `File`   | a path, `file:///…`                       | a feed document or one Markdown note, read when changed |
//! | `Folder` | a path to a folder, `file:///…/`          | every Markdown note below it; the folder is one feed   |
//! | `Stdin`  | `-`                                       | once, to its end; `parse` only, never subscribed       |
//!
//! Vocabulary: nothing here reads, asks or writes. Telling a file from a folder takes a look at the
//! disk, so `fetch::local` makes those two.

mod by_address;
mod secret;

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use url::{Host, Url};

pub(crate) use by_address::ByAddress;
pub(crate) use secret::Secret;

/// One place entries come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// A feed's URL, `http` or `https`, without a fragment.
    Http(Url),
    /// The absolute path of a feed document or of one note.
    File(PathBuf),
    /// The absolute path of a folder of notes.
    Folder(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Reads a web address as people paste it: `https:`, `http:`, `feed:https://…`, `feed://…`, and the
    /// same with the schemes of podcast programs. `None` for anything that is no web address (a path,
    /// another scheme).
    pub(crate) fn from_web_address(address: &str) -> Option<Self> {
        let trimmed = address.trim();
        let feed = FEED_SCHEMES
            .iter()
            .find_map(|scheme| strip_scheme(trimmed, scheme));
        let absolute = match (feed, trimmed) {
            (Some(rest), _) if is_web(rest.trim_start_matches('/')) => {
                rest.trim_start_matches('/').to_owned()
            }
            // `feed:blog.example/rss` is written as well.
            (Some(rest), _) if has_scheme(rest) => return None,
            (Some(rest), _) => format!("http://{}", rest.trim_start_matches('/')),
            (None, whole) => match whole.strip_prefix("//") {
                Some(authority) => format!("http://{authority}"),
                None => whole.to_owned(),
            },
        };
        let mut url = Url::parse(&absolute).ok()?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return None;
        }
        url.set_fragment(None);
        Some(Self::Http(url))
    }

    /// The source a key of [`Source::key`] names.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        if key == "-" {
            return Some(Self::Stdin);
        }
        let url = Url::parse(key).ok()?;
        match url.scheme() {
            "http" | "https" => Some(Self::Http(url)),
            "file" => {
                let path = url.to_file_path().ok()?;
                Some(if url.path().ends_with('/') {
                    Self::Folder(path)
                } else {
                    Self::File(path)
                })
            }
            _ => None,
        }
    }

    /// The one spelling under which the archive knows this source: the URL, `file:///path`,
    /// `file:///folder/`, or `-`. May hold a password; print the source itself instead.
    pub(crate) fn key(&self) -> String {
        match self.location() {
            Some(url) => url.into(),
            None => "-".to_owned(),
        }
    }

    /// The address relative links are resolved against when the document names no better one.
    pub(crate) fn location(&self) -> Option<Url> {
        match self {
            Self::Http(url) => Some(url.clone()),
            Self::File(path) => Url::from_file_path(path).ok(),
            Self::Folder(path) => Url::from_directory_path(path).ok(),
            Self::Stdin => None,
        }
    }

    /// The host with its port, where that is not the usual one of its scheme: what a server speaks for when
    /// it asks for patience. `None` for what needs no network.
    pub(crate) fn server(&self) -> Option<String> {
        let Self::Http(url) = self else {
            return None;
        };
        let host = url.host_str()?;
        Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// Whether it is asked of this very machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Http(url) => is_loopback(url),
            Self::File(_) | Self::Folder(_) | Self::Stdin => false,
        }
    }

    /// The host that politeness counts by; `None` for what needs no network.
    pub(crate) fn host(&self) -> Option<&str> {
        match self {
            Self::Http(url) => url.host_str(),
            Self::File(_) | Self::Folder(_) | Self::Stdin => None,
        }
    }
}

/// As a person may see it: a password in the URL is left out.
impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => out.write_str(&without_password(url)),
            Self::File(path) | Self::Folder(path) => write!(out, "{}", path.display()),
            Self::Stdin => out.write_str("standard input"),
        }
    }
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL with its password, if it has one, replaced by `…`.
pub(crate) fn without_password(url: &Url) -> String {
    if url.password().is_none() {
        return url.as_str().to_owned();
    }
    let mut shown = url.clone();
    // Cannot fail: a URL with a password has a host.
    let _ = shown.set_password(Some("…"));
    shown.into()
}

/// The URL with neither user nor password: what relative links are resolved against, and what settings are
/// looked up by.
pub(crate) fn without_credentials(url: &Url) -> Url {
    let mut shown = url.clone();
    // Neither can fail: the URL has a host.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown
}

/// What browsers and podcast programs put before a feed's address, each for `http` where no other scheme
/// follows.
const FEED_SCHEMES: [&str; 5] = ["feed:", "itpc:", "itms-pcast:", "pcast:", "podcast:"];

fn is_web(address: &str) -> bool {
    ["http:", "https:"]
        .iter()
        .any(|scheme| strip_scheme(address, scheme).is_some())
}

/// Whether a word and a colon stand before what is neither a port nor a password.
fn has_scheme(address: &str) -> bool {
    let authority = address.split('/').next().unwrap_or_default();
    !authority.contains('@')
        && authority.split_once(':').is_some_and(|(_, port)| {
            !port
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit())
        })
}

fn strip_scheme<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let head = address.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme)
        .then(|| &address[scheme.len()..])
}

/// What a server gave to recognise the state of a feed by, sent back in the next conditional request.
///
/// Opaque: kept and returned byte for byte (each byte a `char` below U+0100), never parsed, made up or
/// tidied. For files and folders `etag` holds a fingerprint of names, sizes and times instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Validators {
    /// `ETag` with its quotes and its `W/`, for `If-None-Match`. RFC 9110, 8.8.3.
    pub(crate) etag: Option<String>,
    /// `Last-Modified`, for `If-Modified-Since`. RFC 9110, 8.8.2.
    pub(crate) last_modified: Option<String>,
}

impl Validators {
    /// Whether a request made with these is a conditional one.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These as a 304 leaves them: what it carries replaces, what it leaves out stays (RFC 9111, 4.3.4).
    pub(crate) fn refreshed_by(&self, answer: &Self) -> Self {
        Self {
            etag: answer.etag.clone().or_else(|| self.etag.clone()),
            last_modified: answer
                .last_modified
                .clone()
                .or_else(|| self.last_modified.clone()),
        }
    }
}

/// One document, whole and decoded from its content coding, not yet from its charset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) bytes: Vec<u8>,
    /// Where the bytes were in the end, after redirects: the last base for relative links.
    /// `None` for standard input.
    pub(crate) location: Option<Url>,
    /// The `Content-Type` header as sent; `None` for files and where the server sent none.
    pub(crate) content_type: Option<String>,
    /// When the file was last changed; `None` for anything but a file.
    pub(crate) modified: Option<DateTime<Utc>>,
    /// When the file came into the git repository it stands in: its oldest commit's author date. `None`
    /// where there is none.
    pub(crate) created: Option<DateTime<Utc>>,
    /// For a file below a subscribed folder its path relative to that folder (`talks/2019.md`), for a
    /// single file its name. What names an entry of a note, so that moving the folder keeps its
    /// entries. `None` for HTTP and standard input.
    pub(crate) file_name: Option<String>,
    /// How it came, where raw answers are kept.
    pub(crate) exchange: Option<Box<Exchange>>,
}

/// The heads of a request and of its answer as text, a line each, ended by CR LF; each `char` is a byte.
/// Without what is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) url: String,
    pub(crate) request: String,
    pub(crate) response: String,
    /// Only the latest of a feed is kept.
    pub(crate) alone: bool,
}

impl Document {
    /// A document without any of the facts around it.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            location: None,
            content_type: None,
            modified: None,
            created: None,
            file_name: None,
            exchange: None,
        }
    }
}

/// What a source answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status of the last hop; `None` for what needs no network.
    pub(crate) http_status: Option<u16>,
    /// Where the feed went for good: the end of a chain of nothing but permanent redirects (301, 308)
    /// from its URL. `None`: it did not move.
    pub(crate) moved_to: Option<Url>,
    /// What this answer carried; see [`Validators::refreshed_by`] for a 304.
    pub(crate) validators: Validators,
    /// Until when the server calls its answer fresh, from `Cache-Control: max-age` or `Expires`.
    /// `None`: it did not say.
    pub(crate) fresh_until: Option<DateTime<Utc>>,
    pub(crate) body: Body,
}

/// What came with an [`Answer`].
#[derive(Debug)]
pub(crate) enum Body {
    /// Nothing has changed since the validators sent: 304, or a file with the same fingerprint.
    Unchanged,
    /// One document, or for a folder each of its notes, in the order of their paths.
    Documents {
        documents: Vec<Document>,
        /// Notes of a folder that could not be read, each with a line saying why.
        unreadable: Vec<Failure>,
    },
}

/// Why an attempt gave nothing, as it is shown, recorded and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    /// A sentence fragment without the feed's name: `the server answered 500 Internal Server Error`.
    pub(crate) message: String,
    /// What a person can do about it, where that is known.
    pub(crate) hint: Option<String>,
    pub(crate) http_status: Option<u16>,
    /// When the server said to come back (`Retry-After`, RFC 9110, 10.2.3).
    pub(crate) retry_at: Option<DateTime<Utc>>,
    /// Who answered so, without credentials, where redirects had led away from the URL that was asked.
    /// `None`: that URL itself. Not stored; the message says it.
    pub(crate) led_to: Option<Box<Url>>,
    /// It is what comes of every poll on a machine without a network. Not stored.
    pub(crate) lacks_network: bool,
    /// What came of a document before it broke off. Not stored.
    pub(crate) part: Option<Box<Document>>,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            http_status: None,
            retry_at: None,
            led_to: None,
            lacks_network: false,
            part: None,
        }
    }

    /// One that may be this machine's own: nobody was reached.
    pub(crate) fn of_network(self) -> Self {
        Self {
            lacks_network: true,
            ..self
        }
    }

    /// Of an answer that came from `url`, where redirects had led, instead of the URL that was asked.
    pub(crate) fn redirected_to(mut self, url: &Url) -> Self {
        /// A longer one fills a line of its own; of that the host says enough.
        const LONGEST: usize = 120;
        let url = without_credentials(url);
        let shown = match url.as_str() {
            whole if whole.len() <= LONGEST => whole,
            _ => url.host_str().unwrap_or_default(),
        };
        self.message = format!("redirected to {shown}: {}", self.message);
        if self.kind == FailureKind::Gone {
            self.hint = Some("asked again: its own URL has not said that it is gone".to_owned());
        }
        self.led_to = Some(Box::new(url));
        // Who redirected was reached.
        self.lacks_network = false;
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The stable word for a failure: monitoring scripts match on [`FailureKind::word`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FailureKind {
    Dns,
    Connect,
    /// The address is a private one, and a person refuses those.
    Private,
    Tls,
    Timeout,
    /// 4xx other than 410.
    HttpClient,
    /// 5xx, and any other status that is no answer to a GET.
    HttpServer,
    /// 410: the publisher took the feed down on purpose.
    Gone,
    Redirect,
    /// The body is larger than the limit.
    TooLarge,
    /// The connection broke in the middle, or the content coding was damaged.
    Truncated,
    /// The document is something else: a web page, an image, nothing at all.
    NotAFeed,
    /// It is a feed, but could not be read.
    Parse,
    /// A file or folder that is not there or may not be read.
    File,
}

impl FailureKind {
    const WORDS: [(Self, &'static str); 14] = [
        (Self::Dns, "dns"),
        (Self::Connect, "connect"),
        (Self::Private, "private_address"),
        (Self::Tls, "tls"),
        (Self::Timeout, "timeout"),
        (Self::HttpClient, "http_4xx"),
        (Self::HttpServer, "http_5xx"),
        (Self::Gone, "gone"),
        (Self::Redirect, "redirect"),
        (Self::TooLarge, "too_large"),
        (Self::Truncated, "truncated"),
        (Self::NotAFeed, "not_a_feed"),
        (Self::Parse, "parse"),
        (Self::File, "file"),
    ];

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("parse", |(_, word)| word)
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(kind, _)| *kind)
    }
}

/// Whether a file name is that of a Markdown note.
pub(crate) fn is_note_name(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| {
            ["md", "markdown", "mdown", "mkd", "mkdn"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(address: &str) -> Option<String> {
        Source::from_web_address(address).map(|source| source.key())
    }

    #[test]
    fn web_addresses_are_read_as_people_paste_them() {
        assert_eq!(
            web(" https://blog.example/feed#top ").unwrap(),
            "https://blog.example/feed"
        );
        assert_eq!(
            web("feed://blog.example/atom").unwrap(),
            "http://blog.example/atom"
        );
        assert_eq!(
            web("feed:https://blog.example/atom").unwrap(),
            "https://blog.example/atom"
        );
        for address in [
            "feed:blog.example/atom",
            "itpc://blog.example/atom",
            "PCAST:http://blog.example/atom",
            "pcast://http://blog.example/atom",
        ] {
            assert_eq!(
                web(address).unwrap(),
                "http://blog.example/atom",
                "{address}"
            );
        }
        assert_eq!(web("feed:javascript:alert(1)"), None);
        assert_eq!(web("feed:file:///etc/passwd"), None);
        assert_eq!(web("feed:"), None);
        assert_eq!(web("notes/2019.md"), None);
        assert_eq!(web("javascript:alert(1)"), None);
        assert_eq!(web("file:///etc/passwd"), None);
    }

    #[test]
    fn a_key_names_its_source_again() {
        for source in [
            Source::from_web_address("https://u:p@blog.example/feed?a=b").unwrap(),
            Source::File("/notes/a b.md".into()),
            Source::Folder("/notes".into()),
            Source::Stdin,
        ] {
            assert_eq!(Source::from_key(&source.key()), Some(source));
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let source = Source::from_web_address("https://ann:secret@blog.example/feed").unwrap();
        assert!(!source.to_string().contains("secret"));
    }

    #[test]
    fn each_failure_word_names_its_kind_again() {
        for (kind, word) in FailureKind::WORDS {
            assert_eq!(kind.word(), word);
            assert_eq!(FailureKind::from_word(word), Some(kind));
        }
    }
}
