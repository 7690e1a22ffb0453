//! The links between the documents of one feed (RFC 5005, section 4), and what marks those that hold what
//! is older.

use std::io;

use super::xml::Xml;
use super::{Pages, Settings, wording};

/// Of feed history.
const NAMESPACE: &str = "http://purl.org/syndication/history/1.0";

impl Xml<'_> {
    /// `link`: how the feed's format calls Atom's link.
    pub(super) fn pages(&mut self, settings: &Settings, link: &str) -> io::Result<()> {
        let Some(pages) = &settings.pages else {
            return Ok(());
        };
        if pages.is_archive {
            self.empty("fh:archive", &[("xmlns:fh", NAMESPACE)])?;
        }
        for (rel, href) in links(pages) {
            self.empty(link, &[("rel", rel), ("href", &href)])?;
        }
        Ok(())
    }
}

fn links(pages: &Pages) -> Vec<(&'static str, String)> {
    // The feed's own document is the current one: it says so by its `self`.
    let current = pages.is_archive.then_some(&pages.current);
    let all = [
        ("current", current),
        ("prev-archive", pages.previous.as_ref()),
        ("next-archive", pages.next.as_ref()),
    ];
    all.into_iter()
        .filter_map(|(rel, url)| Some((rel, wording::web(url?.as_str())?)))
        .collect()
}

/// Where JSON Feed goes on with what is older.
pub(super) fn next_url(settings: &Settings) -> Option<String> {
    let pages = settings.pages.as_ref()?;
    wording::web(pages.previous.as_ref()?.as_str())
}
