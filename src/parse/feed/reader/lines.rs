//! Elements that are one line of text, or say all in their attributes, and where what they say goes.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::{Category, Enclosure, Text};
use crate::parse::dates;
use crate::parse::repair::{Attribute, Namespace};

use super::fields::{Field, TextField};
use super::markup::looks_like_html;
use super::text::own;
use super::{Place, Reader, What, get};

pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    dates::instant(text)
}

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
        match (self.place(), rel) {
            (Place::Entry, "alternate") => self.entry_mut().url.put(Some(href), rank),
            (Place::Entry, "replies") if is_page => {
                self.entry_mut().comments_url.put(Some(href), 1);
            }
            (Place::Entry, "enclosure") => {
                let length = get(attributes, "length").and_then(number);
                self.entry_mut().enclosures.push(Enclosure {
                    url: href,
                    media_type,
                    length,
                });
            }
            (Place::Source, "alternate") => {
                if let Some(source) = &mut self.entry_mut().source {
                    source.url = Some(href);
                }
            }
            (Place::Source, "self") => {
                if let Some(source) = &mut self.entry_mut().source {
                    source.url.get_or_insert(href);
                }
            }
            (Place::Feed, "alternate") => self.site_url.put(Some(href), rank),
            (Place::Feed, "self") => self.self_url.put(Some(href), rank),
            (Place::Feed, "next") => _ = self.feed.pages.next.get_or_insert(href),
            (Place::Feed, "prev-archive") => _ = self.feed.pages.prev_archive.get_or_insert(href),
            _ => {}
        }
        What::Nothing
    }

    pub(super) fn enclosure(&mut self, attributes: &[Attribute<'_>]) {
        let url = get(attributes, "url").or_else(|| get(attributes, "href"));
        let Some(url) = url.or_else(|| get(attributes, "uri")) else {
            return;
        };
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
        match url.map(|url| self.scopes.resolve(url)) {
            Some(url) if self.place() == Place::Feed => self.image.put(Some(url), rank),
            Some(_) => {}
            None => return What::Line(Field::Logo, rank + 1),
        }
        What::Nothing
    }

    pub(super) fn open_category(&mut self, attributes: &[Attribute<'_>], rank: u8) -> What<'a> {
        if self.place() != Place::Entry {
            return What::Nothing;
        }
        let term = get(attributes, "term").or_else(|| get(attributes, "text"));
        let label = get(attributes, "label").map(str::to_owned);
        let scheme = get(attributes, "scheme").or_else(|| get(attributes, "domain"));
        self.entry_mut().categories.push(Category {
            term: term.unwrap_or_default().to_owned(),
            scheme: scheme.map(str::to_owned),
            label,
        });
        What::Line(Field::Category, rank)
    }

    /// The line is complete.
    pub(super) fn line(&mut self, field: Field, rank: u8, line: Cow<'a, str>) {
        let Some(text) = own(line) else {
            if field == Field::Category {
                self.category(None);
            }
            return;
        };
        match self.place() {
            Place::Entry => self.entry_line(field, rank, text),
            Place::Feed => self.feed_line(field, rank, text),
            Place::Person(_) => self.person_line(field, text),
            Place::Source => {
                let url = self.scopes.resolve(&text);
                if let Some(source) = &mut self.entry_mut().source {
                    match field {
                        Field::Guid => source.guid = Some(text),
                        Field::Link => source.url = Some(url),
                        _ => {}
                    }
                }
            }
            Place::Image => {
                let shown = self.places.len() == 2;
                if shown && field == Field::Uri {
                    let url = self.scopes.resolve(&text);
                    self.image.put(Some(url), 0);
                }
            }
            Place::TextInput => {}
        }
    }

    fn entry_line(&mut self, field: Field, rank: u8, text: String) {
        let resolved = self.scopes.resolve(&text);
        let based = self.scopes.base().is_some();
        let entry = self.entry_mut();
        match field {
            Field::Link => entry.url.put(Some(resolved), rank),
            Field::OrigLink => entry.original = Some(resolved),
            Field::Guid => {
                // Where the document names its base, its ids are the same wherever it is fetched from.
                let relative = based && !entry.not_a_permalink;
                entry.is_about &= rank > 0;
                entry
                    .guid
                    .put(Some(if relative { resolved } else { text }), rank);
            }
            Field::Comments => entry.comments_url.put(Some(resolved), rank),
            Field::Published => entry.published.put(instant(&text), rank),
            Field::Updated => entry.updated.put(instant(&text), rank),
            Field::Created => entry.created = entry.created.or_else(|| instant(&text)),
            Field::Date => entry.date = entry.date.or_else(|| instant(&text)),
            Field::Language => entry.language.put(Some(text), rank + 1),
            Field::Category => self.category(Some(text)),
            Field::Keywords => {
                let terms = text
                    .split(',')
                    .map(str::trim)
                    .filter(|term| !term.is_empty());
                entry.categories.extend(terms.map(|term| Category {
                    term: term.to_owned(),
                    ..Category::default()
                }));
            }
            _ => {}
        }
    }

    /// The category that is open has this text.
    fn category(&mut self, text: Option<String>) {
        if self.place() != Place::Entry {
            return;
        }
        let entry = self.entry_mut();
        let Some(last) = entry.categories.last_mut() else {
            return;
        };
        match text {
            Some(text) if last.term.is_empty() => last.term = text,
            Some(text) if last.term != text => entry.categories.push(Category {
                term: text,
                ..Category::default()
            }),
            Some(_) => {}
            None if last.term.is_empty() => match last.label.clone() {
                Some(label) => last.term = label,
                None => {
                    entry.categories.pop();
                }
            },
            None => {}
        }
    }

    fn feed_line(&mut self, field: Field, rank: u8, text: String) {
        match field {
            Field::Link => {
                let url = self.scopes.resolve(&text);
                self.site_url.put(Some(url), rank);
            }
            Field::Guid => self.feed.guid = self.feed.guid.take().or(Some(text)),
            Field::Updated => self.updated.put(instant(&text), rank),
            Field::Date => self.updated.put(instant(&text), rank + 1),
            Field::Published => self.updated.put(instant(&text), rank + 2),
            Field::Created => self.updated.put(instant(&text), rank + 3),
            Field::Language => self.language.put(Some(text), rank),
            Field::Generator => self.generator.put(Some(text), rank),
            Field::Logo => {
                let url = self.scopes.resolve(&text);
                self.image.put(Some(url), rank);
            }
            Field::Ttl => self.feed.ttl = text.parse().ok(),
            Field::UpdatePeriod => self.update_period = period(&text),
            Field::UpdateFrequency => self.update_frequency = text.parse().ok(),
            _ => {}
        }
    }

    fn person_line(&mut self, field: Field, text: String) {
        let uri = self.scopes.resolve(&text);
        let Some(draft) = &mut self.person else {
            return;
        };
        let person = &mut draft.person;
        match field {
            Field::Name => person.name = Some(plain(text)),
            Field::Email => person.email = Some(text),
            Field::Uri => person.uri = Some(uri),
            _ => {}
        }
    }

    pub(super) fn put_text(
        &mut self,
        field: Field,
        rank: u8,
        text: Option<Text>,
        src: Option<String>,
    ) {
        match (self.place(), field) {
            (Place::Entry, Field::Title) => self.entry_mut().title.put(text, rank),
            (Place::Source, Field::Title) => {
                if let Some(source) = &mut self.entry_mut().source {
                    source.title = text.map(|text| text.value).or_else(|| source.title.take());
                }
            }
            (Place::Entry, Field::Text(kind)) => self.entry_text(kind, rank, text, src),
            (Place::Feed, Field::Title) => self.title.put(text, rank),
            (Place::Feed, Field::Text(TextField::Rights)) => self.rights.put(text, rank),
            (Place::Feed, Field::Text(TextField::Subtitle)) => self.subtitle.put(text, rank),
            (Place::Feed, Field::Text(_)) => self.subtitle.put(text, rank + 1),
            _ => {}
        }
    }

    fn entry_text(&mut self, kind: TextField, rank: u8, text: Option<Text>, src: Option<String>) {
        const MOST: usize = 100;
        let base = self.scopes.base().map(str::to_owned);
        let language = self.scopes.language_inside().map(str::to_owned);
        let src = src.map(|src| self.scopes.resolve(&src));
        let entry = self.entry_mut();
        let is_content = matches!(
            kind,
            TextField::Content | TextField::FullContent | TextField::Body
        );
        if is_content && src.is_some() {
            entry.content_src = src;
        }
        let Some(text) = text else {
            return;
        };
        match kind {
            TextField::Rights => return entry.rights.put(Some(text), rank),
            _ if is_content && entry.contents.len() < MOST => entry.contents.push((rank, text)),
            TextField::Subtitle if entry.summaries.len() < MOST => {
                entry.summaries.push((rank + 3, text));
            }
            _ if entry.summaries.len() < MOST => entry.summaries.push((rank, text)),
            _ => {}
        }
        let rank = if is_content {
            rank
        } else {
            rank.saturating_add(10)
        };
        entry.base.put(base, rank);
        entry.language.put(language, rank.saturating_add(10));
    }
}

/// A name is text; some programs escape it twice.
fn plain(name: String) -> String {
    if name.contains('&') && looks_like_html(&name) {
        quick_xml::escape::unescape_with(&name, quick_xml::escape::resolve_html5_entity)
            .map(Cow::into_owned)
            .unwrap_or(name)
    } else {
        name
    }
}

fn number(text: &str) -> Option<u64> {
    text.replace([',', '.', ' '], "")
        .parse()
        .ok()
        .filter(|length| *length > 0)
}

/// The syndication module's periods, in minutes.
fn period(text: &str) -> Option<u32> {
    Some(match text.to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    })
}
