//! Addresses that stand in attributes: links by their relation, enclosures, images.

use crate::model::{Enclosure, ExtraLink, Text};
use crate::parse::repair::{Attribute, Namespace};

use super::extras::html;
use super::fields::Field;
use super::{Place, Reader, What, get};

/// RFC 4287, 4.2.7.2: the registry's address and the word mean the same.
const REGISTRY: &str = "http://www.iana.org/assignments/relation/";

impl<'a> Reader<'a> {
    /// A link with an address in its attributes; else its text is one.
    pub(super) fn link(
        &mut self,
        attributes: &[Attribute<'_>],
        namespace: Namespace,
        rank: u8,
    ) -> What<'a> {
        let href = get(attributes, "href").or_else(|| get(attributes, "url"));
        let Some(href) = href.or_else(|| get(attributes, "uri")) else {
            return What::Line(Field::Link, rank);
        };
        let href = self.scopes.resolve(href);
        let rel = get(attributes, "rel")
            .unwrap_or("alternate")
            .to_ascii_lowercase();
        let rel = rel.strip_prefix(REGISTRY).unwrap_or(&rel);
        let media_type = get(attributes, "type").map(str::to_ascii_lowercase);
        let is_page = media_type
            .as_deref()
            .is_none_or(|media_type| media_type.contains("html"));
        // RSS's own link before one borrowed from Atom, a page before other things.
        let borrowed = u8::from(namespace == Namespace::Atom && !self.is_atom);
        let rank = rank + borrowed + if is_page { 0 } else { 2 };
        let name = self.name.attribute("href");
        match (self.place(), rel) {
            (Place::Entry, "alternate") => {
                let other = self.entry_mut().url.is_none();
                if !other {
                    self.extra_link(rel, &href, attributes);
                }
                self.entry_mut().url.put(Some(href), rank, name);
            }
            (Place::Entry, "enclosure") => {
                let length = get(attributes, "length").and_then(number);
                let entry = self.entry_mut();
                entry.list("enclosures", name);
                entry.enclosures.push(Enclosure {
                    url: href,
                    media_type,
                    length,
                });
            }
            (Place::Entry, "license") => self.entry_mut().licenses.push(href),
            (Place::Entry, "replies") => {
                let count = get(attributes, "count").and_then(|count| count.parse().ok());
                let entry = self.entry_mut();
                entry.comments = entry.comments.or(count);
                if is_page {
                    entry.comments_url.put(Some(href), 1, name);
                } else {
                    self.extra_link(rel, &href, attributes);
                }
            }
            (Place::Entry, _) => self.extra_link(rel, &href, attributes),
            (Place::Source, _) => {
                self.extra_link(rel, &href, attributes);
                if let Some(source) = &mut self.entry_mut().source {
                    match rel {
                        "alternate" => source.url = Some(href),
                        "self" => _ = source.url.get_or_insert(href),
                        _ => {}
                    }
                }
            }
            (Place::Feed, "alternate") => self.site_url.put(Some(href), rank, name),
            (Place::Feed, "self") => self.self_url.put(Some(href), rank, name),
            (Place::Feed, "next") => _ = self.feed.pages.next.get_or_insert(href),
            (Place::Feed, "prev-archive") => _ = self.feed.pages.prev_archive.get_or_insert(href),
            _ => {}
        }
        What::Nothing
    }

    /// A link that no field of the entry or of its source takes, or not alone.
    fn extra_link(&mut self, rel: &str, href: &str, attributes: &[Attribute<'_>]) {
        let text = |name: &str| get(attributes, name).map(str::to_owned);
        let link = ExtraLink {
            rel: rel.to_owned(),
            url: href.to_owned(),
            media_type: text("type"),
            title: text("title").map(|title| html(Text::plain(title))),
            language: text("hreflang"),
        };
        let place = self.place();
        let entry = self.entry_mut();
        let links = match place {
            Place::Source => &mut entry.source_facts.links,
            _ => &mut entry.links,
        };
        if links.len() < 100 {
            links.push(link);
        }
    }

    pub(super) fn enclosure(&mut self, attributes: &[Attribute<'_>]) {
        let url = get(attributes, "url").or_else(|| get(attributes, "href"));
        let Some(url) = url.or_else(|| get(attributes, "uri")) else {
            if self.name.written.eq_ignore_ascii_case("enclosure") {
                self.drop("", "it has no url");
            }
            return;
        };
        let name = self.name;
        let url = self.scopes.resolve(url);
        if self.place() != Place::Entry {
            return;
        }
        let length = get(attributes, "length").or_else(|| get(attributes, "filesize"));
        let enclosure = Enclosure {
            media_type: get(attributes, "type").map(str::to_owned),
            length: length.and_then(number),
            url,
        };
        self.entry_mut().list("enclosures", name);
        let known = &mut self.entry_mut().enclosures;
        // The same file is often named by RSS and by Media RSS.
        match known
            .iter_mut()
            .take(100)
            .find(|known| known.url == enclosure.url)
        {
            Some(known) => {
                known.media_type = known.media_type.take().or(enclosure.media_type);
                known.length = known.length.or(enclosure.length);
            }
            None => known.push(enclosure),
        }
    }

    pub(super) fn image_link(&mut self, attributes: &[Attribute<'_>], rank: u8) -> What<'a> {
        let url = get(attributes, "href").or_else(|| get(attributes, "url"));
        let Some(url) = url.map(|url| self.scopes.resolve(url)) else {
            return What::Line(Field::Logo, rank + 1);
        };
        let name = self.name;
        match self.place() {
            Place::Feed => self.image.put(Some(url), rank, name),
            Place::Entry => self.entry_mut().image.put(Some(url), rank, name),
            Place::Source => self.entry_mut().source_facts.icon = Some(url),
            _ => {}
        }
        What::Nothing
    }

    pub(super) fn thumbnail(&mut self, attributes: &[Attribute<'_>], rank: u8) -> What<'a> {
        let url = get(attributes, "url").or_else(|| get(attributes, "href"));
        if self.place() == Place::Entry
            && let Some(url) = url.map(|url| self.scopes.resolve(url))
        {
            if let Some(media) = self.media_mut()
                && media.thumbnails.len() < 100
            {
                media.thumbnails.push(url);
            }
            return What::Nothing;
        }
        self.image_link(attributes, rank)
    }
}

fn number(text: &str) -> Option<u64> {
    text.replace([',', '.', ' '], "")
        .parse()
        .ok()
        .filter(|length| *length > 0)
}
