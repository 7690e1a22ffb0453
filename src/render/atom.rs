//! Atom 1.0 (RFC 4287) for reader apps: one feed combined from many.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::identity::{self, Identities};
use super::xml::Xml;
use super::{Settings, wording};
use crate::model::{ArchivedEntry, Enclosure, Entry, Person, SafeHtml, Talk};
use crate::query::{Digest, DigestHead, Item};

/// Atom wants a date of a feed that has none, as it is empty; the clock's would change at every export.
const BEFORE_ALL: &str = "1970-01-01T00:00:00Z";

pub(super) struct Atom<'a> {
    settings: &'a Settings,
    xml: Xml<'a>,
    identities: Identities,
}

impl<'a> Atom<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        let xml = Xml::new(out);
        Self {
            settings,
            xml,
            identities: Identities::default(),
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let id = self.identities.entry(archived);
        let dates = Dates::of(archived);
        self.xml.open("entry", &language(entry))?;
        self.xml.leaf("id", &id)?;
        self.xml
            .leaf("title", entry.title.as_deref().unwrap_or_default())?;
        let link = wording::entry_link(entry);
        self.xml.link("alternate", link.as_deref())?;
        self.xml.dates(&dates)?;
        self.authors(&entry.authors, archived)?;
        for tag in wording::tags(entry) {
            self.xml.empty("category", &[("term", tag)])?;
        }
        if let Some(summary) = &entry.summary {
            self.xml.leaf("summary", summary)?;
        }
        self.xml.content(&entry.content, link.is_none())?;
        for enclosure in &entry.enclosures {
            self.xml.enclosure(enclosure)?;
        }
        let comments = entry.comments_url.as_deref().and_then(wording::web);
        self.xml.link("replies", comments.as_deref())?;
        self.xml.source(archived, &dates)?;
        self.xml.close("entry")
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let entry = &archived.entry;
        let id = self.identities.talk(archived, talk);
        let dates = Dates::of(archived);
        self.xml.open("entry", &language(entry))?;
        self.xml.leaf("id", &id)?;
        self.xml.leaf("title", &wording::talk_line(talk))?;
        let link = wording::talk_link(talk);
        self.xml.link("alternate", link.as_deref())?;
        self.xml
            .link("related", wording::entry_link(entry).as_deref())?;
        self.xml.dates(&dates)?;
        // Who wrote the notes, not who spoke: the speakers stand in the title.
        self.authors(&entry.authors, archived)?;
        for tag in wording::tags(entry) {
            self.xml.empty("category", &[("term", tag)])?;
        }
        self.xml.content(&entry.content_of(talk), link.is_none())?;
        self.xml.source(archived, &dates)?;
        self.xml.close("entry")
    }

    /// Atom wants an author: where nobody is named, the feed has written it.
    fn authors(&mut self, authors: &[Person], archived: &ArchivedEntry) -> io::Result<()> {
        let mut is_named = false;
        for author in authors {
            let Some(name) = wording::person(author) else {
                continue;
            };
            is_named = true;
            self.xml.open("author", &[])?;
            self.xml.leaf("name", name)?;
            if let Some(uri) = author.uri.as_deref().and_then(wording::web) {
                self.xml.leaf("uri", &uri)?;
            }
            if let Some(email) = author.email.as_deref().filter(|email| is_address(email)) {
                self.xml.leaf("email", email)?;
            }
            self.xml.close("author")?;
        }
        if is_named {
            return Ok(());
        }
        self.xml.open("author", &[])?;
        self.xml.leaf("name", &wording::feed_name(&archived.feed))?;
        self.xml.close("author")
    }
}

impl Digest for Atom<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.xml.declare()?;
        self.xml
            .open("feed", &[("xmlns", "http://www.w3.org/2005/Atom")])?;
        self.xml.leaf("id", &identity::digest(&head.title))?;
        self.xml.leaf("title", &head.title)?;
        let updated = head.updated.and_then(wording::rfc3339);
        self.xml
            .leaf("updated", updated.as_deref().unwrap_or(BEFORE_ALL))?;
        let self_url = self
            .settings
            .self_url
            .as_ref()
            .and_then(|url| wording::web(url.as_str()));
        self.xml.link("self", self_url.as_deref())?;
        self.xml
            .open("generator", &[("version", env!("CARGO_PKG_VERSION"))])?;
        self.xml.text("hallway")?;
        self.xml.close("generator")?;
        self.xml.pages(self.settings, "link")
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Entry(entry) => self.entry(entry),
            Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.xml.close("feed")?;
        self.xml.finish()
    }
}

/// As Atom wants them: always an `updated`, and none before `published`.
struct Dates {
    published: Option<String>,
    updated: String,
}

impl Dates {
    fn of(archived: &ArchivedEntry) -> Self {
        let entry = &archived.entry;
        let updated = entry
            .updated
            .max(entry.published)
            .unwrap_or_else(|| archived.date());
        let written = |at: DateTime<Utc>| wording::rfc3339(at);
        Self {
            published: entry.published.and_then(written),
            updated: written(updated).unwrap_or_else(|| BEFORE_ALL.to_owned()),
        }
    }
}

impl Xml<'_> {
    fn link(&mut self, rel: &str, href: Option<&str>) -> io::Result<()> {
        match href {
            Some(href) => self.empty("link", &[("rel", rel), ("href", href)]),
            None => Ok(()),
        }
    }

    fn dates(&mut self, dates: &Dates) -> io::Result<()> {
        if let Some(published) = &dates.published {
            self.leaf("published", published)?;
        }
        self.leaf("updated", &dates.updated)
    }

    /// An entry without a link must have content, be it empty (RFC 4287, 4.1.2).
    fn content(&mut self, content: &SafeHtml, is_required: bool) -> io::Result<()> {
        if content.is_empty() && !is_required {
            return Ok(());
        }
        self.open("content", &[("type", "html")])?;
        self.text(content.as_str())?;
        self.close("content")
    }

    fn enclosure(&mut self, enclosure: &Enclosure) -> io::Result<()> {
        let Some(href) = wording::web(&enclosure.url) else {
            return Ok(());
        };
        let length = enclosure.length.map(|length| length.to_string());
        let mut attributes = vec![("rel", "enclosure"), ("href", href.as_str())];
        let media_type = enclosure
            .media_type
            .as_deref()
            .filter(|media| is_media_type(media));
        attributes.extend(media_type.map(|media| ("type", media)));
        attributes.extend(length.as_deref().map(|length| ("length", length)));
        self.empty("link", &attributes)
    }

    /// Where the entry comes from. Last of all: some readers take the title of a source that stands
    /// before the entry's own for the entry's.
    fn source(&mut self, archived: &ArchivedEntry, dates: &Dates) -> io::Result<()> {
        let feed = &archived.feed;
        self.open("source", &[])?;
        self.leaf("id", &identity::feed(feed))?;
        self.leaf("title", &wording::feed_name(feed))?;
        // The feed is at least as new as this entry of it.
        let updated = feed.updated.and_then(wording::rfc3339);
        let updated = updated.filter(|updated| *updated > dates.updated);
        self.leaf("updated", updated.as_ref().unwrap_or(&dates.updated))?;
        let site = feed.site_url.as_deref().and_then(wording::web);
        self.link("alternate", site.as_deref())?;
        // Its own word for where it is found, else where it was found.
        let own = feed.self_url.as_deref().and_then(wording::web);
        let own = own.or_else(|| wording::web(&feed.url));
        self.link("self", own.as_deref())?;
        if let Some(rights) = &feed.rights {
            self.leaf("rights", rights)?;
        }
        self.close("source")
    }
}

pub(super) fn language(entry: &Entry) -> Vec<(&str, &str)> {
    let is_tag = |tag: &&str| {
        tag.len() <= 35
            && tag.starts_with(|c: char| c.is_ascii_alphabetic())
            && tag.split('-').all(|part| {
                (1..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    };
    entry
        .language
        .as_deref()
        .filter(is_tag)
        .map(|tag| ("xml:lang", tag))
        .into_iter()
        .collect()
}

pub(super) fn is_media_type(media_type: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence
        .split_once('/')
        .is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
        && media_type.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

pub(super) fn is_address(email: &str) -> bool {
    let is_plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
    email
        .split_once('@')
        .is_some_and(|(user, host)| is_plain(user) && is_plain(host) && !host.contains('@'))
}

#[cfg(test)]
mod tests;
