//! RSS 2.0 (<https://www.rssboard.org/rss-specification>) with the modules that every reader knows:
//! `content:encoded`, `dc:creator`, `dcterms:modified`, `atom:link`.

use std::io::{self, Write};

use chrono::{DateTime, Datelike, Utc};

use super::atom::media_type;
use super::identity::Identities;
use super::origin::Origin;
use super::xml::Xml;
use super::{Settings, wording};
use crate::model::{ArchivedEntry, SafeHtml, Talk};
use crate::query::{Digest, DigestHead, Item};

pub(super) struct Rss<'a> {
    settings: &'a Settings,
    xml: Xml<'a>,
    identities: Identities,
}

impl<'a> Rss<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        Self {
            settings,
            xml: Xml::new(out),
            identities: Identities::default(),
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let id = self.identities.entry(archived);
        let link = wording::entry_link(entry);
        self.xml.open("item", &[])?;
        if let Some(title) = &entry.title {
            self.xml.leaf("title", &as_html(title))?;
        }
        self.address(&id, link.as_deref())?;
        self.about(archived)?;
        self.texts(entry.summary.as_deref(), &entry.content)?;
        self.enclosures(archived)?;
        if let Some(comments) = entry.comments_url.as_deref().and_then(wording::web) {
            self.xml.leaf("comments", &comments)?;
        }
        self.source(archived)?;
        self.xml.close("item")
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let id = self.identities.talk(archived, talk);
        self.xml.open("item", &[])?;
        self.xml
            .leaf("title", &as_html(&wording::talk_line(talk)))?;
        self.address(&id, wording::talk_link(talk).as_deref())?;
        self.about(archived)?;
        self.texts(None, &archived.entry.content_of(talk))?;
        self.source(archived)?;
        self.xml.close("item")
    }

    fn address(&mut self, id: &str, link: Option<&str>) -> io::Result<()> {
        if let Some(link) = link {
            self.xml.leaf("link", link)?;
        }
        let is_permalink = if link == Some(id) { "true" } else { "false" };
        self.xml.open("guid", &[("isPermaLink", is_permalink)])?;
        self.xml.text(id)?;
        self.xml.close("guid")
    }

    /// Dates, authors and tags: what a talk has of its entry.
    fn about(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        // A reader dates what has no date by the moment it looks.
        let published = entry.published.unwrap_or_else(|| archived.date());
        if let Some(published) = rfc822(published) {
            self.xml.leaf("pubDate", &published)?;
        }
        if let Some(updated) = entry.updated.and_then(wording::rfc3339) {
            self.xml.leaf("dcterms:modified", &updated)?;
        }
        for author in entry.authors.iter().filter_map(wording::person) {
            self.xml.leaf("dc:creator", author)?;
        }
        let extras = entry.extras.as_deref();
        for contributor in extras.map_or(&[][..], |extras| &extras.contributors) {
            if let Some(name) = contributor.name.as_ref().or(contributor.email.as_ref()) {
                self.xml.leaf("dc:contributor", name)?;
            }
        }
        for tag in &entry.tags {
            let category = tag.category.as_ref();
            let domain = category.and_then(|category| category.scheme.as_deref());
            let attributes: Vec<_> = domain
                .map(|domain| ("domain", domain))
                .into_iter()
                .collect();
            self.xml.open("category", &attributes)?;
            self.xml.text(&tag.name)?;
            self.xml.close("category")?;
        }
        if let Some(rights) = extras.and_then(|extras| extras.rights.as_ref()) {
            self.xml.leaf("dc:rights", rights)?;
        }
        Ok(())
    }

    /// An item has a title or a description, and many readers want one in front of any content, be it
    /// empty.
    fn texts(&mut self, description: Option<&str>, content: &SafeHtml) -> io::Result<()> {
        match description {
            Some(text) => self.xml.leaf("description", &as_html(text))?,
            None => self.xml.empty("description", &[])?,
        }
        if content.is_empty() {
            return Ok(());
        }
        self.xml.leaf("content:encoded", content.as_str())
    }

    /// RSS knows one enclosure an item; the others go by Atom's word for them.
    fn enclosures(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let mut is_first = true;
        for enclosure in &archived.entry.enclosures {
            let Some(url) = wording::web(&enclosure.url) else {
                continue;
            };
            let media_type = enclosure.media_type.as_deref().and_then(media_type);
            let length = enclosure.length.map(|length| length.to_string());
            if is_first {
                // Both are required; these are the words for "unknown".
                let length = length.as_deref().unwrap_or("0");
                let media_type = media_type.unwrap_or("application/octet-stream");
                let attributes = [("url", &*url), ("length", length), ("type", media_type)];
                self.xml.empty("enclosure", &attributes)?;
            } else {
                let mut attributes = vec![("rel", "enclosure"), ("href", &*url)];
                attributes.extend(media_type.map(|media_type| ("type", media_type)));
                attributes.extend(length.as_deref().map(|length| ("length", length)));
                self.xml.empty("atom:link", &attributes)?;
            }
            is_first = false;
        }
        Ok(())
    }

    fn source(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let origin = Origin::of(archived);
        if let Some(via) = &origin.via {
            self.xml
                .empty("atom:link", &[("rel", "via"), ("href", via)])?;
        }
        let Some(url) = origin.feed.or(origin.site) else {
            return Ok(());
        };
        self.xml.open("source", &[("url", &url)])?;
        self.xml.text(&origin.title)?;
        self.xml.close("source")
    }
}

impl Digest for Rss<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.xml.declare()?;
        self.xml.open(
            "rss",
            &[
                ("version", "2.0"),
                ("xmlns:atom", "http://www.w3.org/2005/Atom"),
                ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
                ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
                ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ],
        )?;
        self.xml.open("channel", &[])?;
        self.xml.leaf("title", &as_html(&head.title))?;
        let own = self.settings.self_url.as_ref();
        let own = own.and_then(|url| wording::web(url.as_str()));
        // RSS wants a web page of the feed; a combined one has none but, at best, itself.
        let page = own.as_deref().unwrap_or(env!("CARGO_PKG_HOMEPAGE"));
        self.xml.leaf("link", page)?;
        self.xml.leaf("description", &as_html(&head.title))?;
        if let Some(own) = &own {
            let attributes = [
                ("rel", "self"),
                ("href", own),
                ("type", "application/rss+xml"),
            ];
            self.xml.empty("atom:link", &attributes)?;
        }
        if let Some(updated) = head.updated.and_then(rfc822) {
            self.xml.leaf("lastBuildDate", &updated)?;
        }
        self.xml
            .leaf("generator", concat!("hallway ", env!("CARGO_PKG_VERSION")))?;
        self.xml.pages(self.settings, "atom:link")
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Entry(entry) => self.entry(entry),
            Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.xml.close("channel")?;
        self.xml.close("rss")?;
        self.xml.finish()
    }
}

/// Readers take RSS titles and descriptions for HTML. A sign that no HTML begins with is left as it is,
/// for those who take them for text: `Rust & Friends` is then the same for both.
fn as_html(text: &str) -> String {
    let begins_markup =
        |after: &str| after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#');
    let is_markup = text.contains('<') || text.split('&').skip(1).any(begins_markup);
    if !is_markup {
        return text.to_owned();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// `Sat, 21 Nov 2026 07:00:00 +0000`. `None` for years that do not have four digits.
fn rfc822(at: DateTime<Utc>) -> Option<String> {
    (1..=9999)
        .contains(&at.year())
        .then(|| at.format("%a, %d %b %Y %H:%M:%S +0000").to_string())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, samples};
    use super::*;

    #[test]
    fn a_reader_finds_what_the_archive_holds() {
        let answer = samples::both();
        let rss = samples::rendered(Format::Rss, &Settings::default(), &answer);
        let feed = feed_rs::parser::parse(rss.as_bytes()).unwrap();
        assert_eq!(feed.feed_type, feed_rs::model::FeedType::RSS2);
        let (read, kept) = (&feed.entries[0], &answer.entries[0].entry);
        assert_eq!(read.id, kept.guid);
        assert_eq!(read.published, kept.published);
        assert_eq!(read.authors[0].name.as_deref(), Some("Vera Visitor"));
        assert_eq!(
            read.content.as_ref().unwrap().body.as_deref(),
            Some(kept.content.as_str())
        );
        let terms: Vec<_> = read
            .categories
            .iter()
            .map(|tag| tag.term.as_str())
            .collect();
        assert_eq!(terms, ["devops", "Ghent 2019"]);
        assert!(
            rss.contains("<title>DevOpsDays Ghent 2019: &amp;lt;two&amp;gt; days &amp;amp; many")
        );
        assert!(rss.contains("<guid isPermaLink=\"true\">https://notes.example/ghent</guid>"));
        assert!(rss.contains("<pubDate>Wed, 30 Oct 2019 12:00:00 +0000</pubDate>"));
    }

    #[test]
    fn talks_and_hostile_text_make_a_feed_too() {
        for answer in [
            samples::talks(),
            samples::hostile(),
            samples::hostile_talks(),
        ] {
            let rss = samples::rendered(Format::Rss, &Settings::default(), &answer);
            let feed = feed_rs::parser::parse(rss.as_bytes()).unwrap();
            assert_eq!(feed.entries.len(), 2);
            assert_ne!(feed.entries[0].id, feed.entries[1].id);
        }
    }
}
