//! Atom 1.0 (RFC 4287) for reader apps: one feed combined from many.

use std::io::{self, Write};

use super::Settings;
use super::identity::{self, Identities};
use super::origin::Origin;
use super::wording::{self, rfc3339};
use super::xml::Xml;
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
        let origin = Origin::of(archived);
        self.xml.open("entry", &language(entry))?;
        self.xml.leaf("id", &id)?;
        self.xml
            .leaf("title", entry.title.as_deref().unwrap_or_default())?;
        let link = wording::entry_link(entry);
        self.xml.link("alternate", link.as_deref())?;
        self.xml.link("via", origin.via.as_deref())?;
        self.xml.dates(archived)?;
        self.xml.people("author", &entry.authors)?;
        self.xml.contributors(archived)?;
        self.xml.categories(entry)?;
        if let Some(summary) = &entry.summary {
            self.xml.leaf("summary", summary)?;
        }
        self.xml.content(&entry.content, link.is_none())?;
        for enclosure in &entry.enclosures {
            self.xml.enclosure(enclosure)?;
        }
        let comments = entry.comments_url.as_deref().and_then(wording::web);
        self.xml.link("replies", comments.as_deref())?;
        self.xml.other_links(archived)?;
        self.finish_entry(archived, &origin)
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let entry = &archived.entry;
        let id = self.identities.talk(archived, talk);
        let origin = Origin::of(archived);
        self.xml.open("entry", &language(entry))?;
        self.xml.leaf("id", &id)?;
        self.xml.leaf("title", &wording::talk_line(talk))?;
        let link = wording::talk_link(talk);
        self.xml.link("alternate", link.as_deref())?;
        self.xml
            .link("related", wording::entry_link(entry).as_deref())?;
        self.xml.link("via", origin.via.as_deref())?;
        self.xml.dates(archived)?;
        // Who wrote the notes; who spoke has contributed what they are about.
        self.xml.people("author", &entry.authors)?;
        for speaker in &talk.speakers {
            self.xml.open("contributor", &[])?;
            self.xml.leaf("name", speaker)?;
            self.xml.close("contributor")?;
        }
        self.xml.categories(entry)?;
        self.xml.content(&entry.content_of(talk), link.is_none())?;
        self.finish_entry(archived, &origin)
    }

    fn finish_entry(&mut self, archived: &ArchivedEntry, origin: &Origin<'_>) -> io::Result<()> {
        let extras = archived.entry.extras.as_deref();
        if let Some(rights) = extras.and_then(|extras| extras.rights.as_ref()) {
            self.xml.leaf("rights", rights)?;
        }
        for license in extras.map_or(&[][..], |extras| &extras.licenses) {
            self.xml.link("license", wording::web(license).as_deref())?;
        }
        self.xml.source(archived, origin)?;
        self.xml.close("entry")
    }
}

impl Digest for Atom<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.xml.declare()?;
        self.xml
            .open("feed", &[("xmlns", "http://www.w3.org/2005/Atom")])?;
        self.xml.leaf("id", &identity::digest(&head.title))?;
        self.xml.leaf("title", &head.title)?;
        let updated = head.updated.and_then(rfc3339);
        self.xml
            .leaf("updated", updated.as_deref().unwrap_or(BEFORE_ALL))?;
        let self_url = self
            .settings
            .self_url
            .as_ref()
            .and_then(|url| wording::web(url.as_str()));
        if let Some(href) = &self_url {
            let media_type = "application/atom+xml";
            let attributes = [("rel", "self"), ("href", href), ("type", media_type)];
            self.xml.empty("link", &attributes)?;
        }
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

impl Xml<'_> {
    fn link(&mut self, rel: &str, href: Option<&str>) -> io::Result<()> {
        match href {
            Some(href) => self.empty("link", &[("rel", rel), ("href", href)]),
            None => Ok(()),
        }
    }

    /// As Atom wants them: always an `updated`, and none before `published`.
    fn dates(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        if let Some(published) = archived.entry.published.and_then(rfc3339) {
            self.leaf("published", &published)?;
        }
        self.leaf("updated", &changed(archived))
    }

    fn people(&mut self, role: &str, people: &[Person]) -> io::Result<()> {
        for person in people {
            let Some(name) = name(person) else {
                continue;
            };
            self.open(role, &[])?;
            self.leaf("name", name)?;
            if let Some(uri) = person.uri.as_deref().and_then(wording::web) {
                self.leaf("uri", &uri)?;
            }
            if let Some(email) = person.email.as_deref().filter(|email| is_addr_spec(email)) {
                self.leaf("email", email)?;
            }
            self.close(role)?;
        }
        Ok(())
    }

    fn contributors(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let extras = archived.entry.extras.as_deref();
        let people: Vec<Person> = extras
            .map_or(&[][..], |extras| &extras.contributors)
            .iter()
            .map(|one| Person {
                name: one.name.clone(),
                uri: one.uri.clone(),
                email: one.email.clone(),
            })
            .collect();
        self.people("contributor", &people)
    }

    /// What the entry is about or was made from; other relations are between a publisher and programs.
    fn other_links(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let extras = archived.entry.extras.as_deref();
        for link in extras.map_or(&[][..], |extras| &extras.links) {
            let Some(href) = wording::web(&link.url) else {
                continue;
            };
            if !matches!(link.rel.as_str(), "related" | "via") {
                continue;
            }
            let mut attributes = vec![("rel", link.rel.as_str()), ("href", &*href)];
            let media_type = link.media_type.as_deref().and_then(media_type);
            attributes.extend(media_type.map(|media| ("type", media)));
            let title = link.title.as_deref().filter(|title| !title.is_empty());
            attributes.extend(title.map(|title| ("title", title)));
            self.empty("link", &attributes)?;
        }
        Ok(())
    }

    fn categories(&mut self, entry: &Entry) -> io::Result<()> {
        for tag in &entry.tags {
            let Some(category) = &tag.category else {
                self.empty("category", &[("term", &tag.name)])?;
                continue;
            };
            let term = Some(category.term.as_str()).filter(|term| !term.is_empty());
            let mut attributes = vec![("term", term.unwrap_or(&tag.name))];
            let scheme = category.scheme.as_deref();
            let scheme = scheme.filter(|scheme| identity::is_absolute_iri(scheme));
            attributes.extend(scheme.map(|scheme| ("scheme", scheme)));
            attributes.extend(category.label.as_deref().map(|label| ("label", label)));
            self.empty("category", &attributes)?;
        }
        Ok(())
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
        let media_type = enclosure.media_type.as_deref().and_then(media_type);
        attributes.extend(media_type.map(|media| ("type", media)));
        attributes.extend(length.as_deref().map(|length| ("length", length)));
        self.empty("link", &attributes)
    }

    /// Where the entry comes from. Last of all: some readers take the title of a source that stands
    /// before the entry's own for the entry's.
    fn source(&mut self, archived: &ArchivedEntry, origin: &Origin<'_>) -> io::Result<()> {
        self.open("source", &[])?;
        self.leaf("id", &origin.id)?;
        self.leaf("title", &origin.title)?;
        // The feed is at least as new as this entry of it.
        let changed = changed(archived);
        let updated = origin.updated.and_then(rfc3339);
        let updated = updated.filter(|updated| *updated > changed);
        self.leaf("updated", updated.as_ref().unwrap_or(&changed))?;
        self.link("alternate", origin.site.as_deref())?;
        self.link("self", origin.feed.as_deref())?;
        // Atom wants an author of the entry, of its source or of the whole feed. Where nobody is named,
        // the source has written it; from there the entry's own silence can still be told.
        if archived.entry.authors.iter().all(|one| name(one).is_none()) {
            self.open("author", &[])?;
            self.leaf("name", &origin.title)?;
            self.close("author")?;
        }
        if let Some(rights) = origin.rights {
            self.leaf("rights", rights)?;
        }
        self.close("source")
    }
}

fn changed(archived: &ArchivedEntry) -> String {
    rfc3339(archived.changed()).unwrap_or_else(|| BEFORE_ALL.to_owned())
}

/// Atom wants a name of everybody. An address is none (and for some readers an error).
fn name(person: &Person) -> Option<&str> {
    let name = wording::person(person)?;
    let is_address = person.email.as_deref() == Some(name);
    let user = name.split_once('@').filter(|_| is_address);
    user.map_or(Some(name), |(user, _)| Some(user))
        .filter(|name| !name.is_empty())
}

pub(super) fn language(entry: &Entry) -> Vec<(&str, &str)> {
    let language = entry.language.as_deref().filter(|tag| is_language(tag));
    language.map(|tag| ("xml:lang", tag)).into_iter().collect()
}

/// Whether it looks like a language tag (RFC 5646) whose language has a code in ISO 639.
pub(super) fn is_language(tag: &str) -> bool {
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let language = tag.split('-').next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.len() <= 35
        && tag.split('-').all(is_part)
}

/// The media type (RFC 6838), with its parameters where they are in order.
pub(super) fn media_type(media_type: &str) -> Option<&str> {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_parameter = |part: &str| {
        part.trim()
            .split_once('=')
            .is_some_and(|(name, value)| is_token(name) && is_token(value))
    };
    let mut parts = media_type.split(';');
    let essence = parts.next()?.trim();
    let (kind, sub) = essence.split_once('/')?;
    if !is_token(kind) || !is_token(sub) {
        return None;
    }
    let whole = media_type.trim();
    let is_in_order = parts.all(is_parameter);
    Some(if is_in_order { whole } else { essence })
}

/// Whether mail to it could arrive from anywhere: a user and a domain with a dot.
fn is_addr_spec(email: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    email.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && user
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-+.'".contains(&byte))
            && domain.contains('.')
            && domain.split('.').all(is_label)
    })
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
