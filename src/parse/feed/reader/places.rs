//! Elements that hold others: the feed, its entries, their sources, people, images.

use std::borrow::Cow;

use crate::model::{EntrySource, Person, RawFeed};
use crate::parse::repair::{Attribute, Element, Repairs, Rule};

use super::dialect::format;
use super::fields::Field;
use super::people::Role;
use super::{Place, Reader, What, entry, get, people, text};

impl<'a> Reader<'a> {
    pub(super) fn root(
        &mut self,
        element: &Element<'_>,
        attributes: &[Attribute<'_>],
        repairs: &mut Repairs,
    ) {
        let (format, known) = format(element, attributes);
        self.feed.format = format;
        self.is_atom = matches!(&*element.local, "feed" | "entry");
        if !known {
            repairs.count(Rule::RssVersion);
        }
    }

    pub(super) fn open_feed(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        // CDF.
        let href = get(attributes, "href").map(|href| self.scopes.resolve(href));
        self.site_url.put(href, 1);
        let changed = get(attributes, "lastmod").and_then(super::lines::instant);
        self.updated.put(changed, 1);
        let language = get(attributes, "lang").map(str::to_owned);
        self.language.put(language, 5);
        What::Group
    }

    pub(super) fn open_entry(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        if self.entry.is_some() || self.place() != Place::Feed {
            return What::Nothing;
        }
        let mut draft = entry::Draft::default();
        draft
            .guid
            .put(get(attributes, "about").map(str::to_owned), 1);
        draft.is_about = get(attributes, "about").is_some();
        let href = get(attributes, "href").map(|href| self.scopes.resolve(href));
        draft.url.put(href, 3);
        let changed = get(attributes, "lastmod").and_then(super::lines::instant);
        draft.updated.put(changed, 3);
        let language = get(attributes, "lang").map(str::to_owned);
        draft.language.put(language, 0);
        let around = self.scopes.language_inside().map(str::to_owned);
        draft.language.put(around, 9);
        self.entry = Some(draft);
        self.open_place(Place::Entry)
    }

    /// The entry that is open.
    pub(super) fn entry_mut(&mut self) -> &mut entry::Draft {
        self.entry.get_or_insert_default()
    }

    pub(super) fn open_place(&mut self, place: Place) -> What<'a> {
        self.places.push(place);
        What::Place(place)
    }

    pub(super) fn open_source(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        if self.place() != Place::Entry {
            return What::Nothing;
        }
        let url = get(attributes, "url").or_else(|| get(attributes, "href"));
        let url = url.map(|url| self.scopes.resolve(url));
        self.entry_mut().source = Some(EntrySource {
            url,
            ..EntrySource::default()
        });
        self.open_place(Place::Source)
    }

    pub(super) fn open_image(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        let url = get(attributes, "href").or_else(|| get(attributes, "url"));
        let url = url.or_else(|| get(attributes, "resource"));
        let url = url.map(|url| self.scopes.resolve(url));
        if self.place() == Place::Feed {
            self.image.put(url, 1);
        }
        self.open_place(Place::Image)
    }

    pub(super) fn open_person(&mut self, field: Field, attributes: &[Attribute<'_>]) -> What<'a> {
        if !matches!(self.place(), Place::Feed | Place::Entry | Place::Source) {
            return What::Nothing;
        }
        let role = match field {
            Field::Author => Role::Author,
            Field::Contributor => Role::Contributor,
            _ => Role::Other,
        };
        let mut draft = people::Draft::default();
        // podcast:person; Atom's `author` has no attributes.
        draft.person.uri = get(attributes, "href").map(|uri| self.scopes.resolve(uri));
        self.person = Some(draft);
        self.open_place(Place::Person(role))
    }

    pub(super) fn close_place(&mut self, place: Place, line: Cow<'a, str>) {
        self.places.pop();
        match place {
            Place::Entry => {
                if let Some(mut draft) = self.entry.take() {
                    if self.generator.get().map(String::as_str) == Some("hallway") {
                        draft.drop_stand_in();
                    }
                    self.feed.entries.push(draft.finish(self.is_atom));
                }
            }
            Place::Source => {
                if let Some(source) = &mut self.entry_mut().source {
                    source.title = source.title.take().or_else(|| text::own(line));
                }
            }
            Place::Image if self.place() == Place::Feed => {
                let url = text::own(line).filter(|line| entry::is_web_address(line));
                self.image.put(url, 2);
            }
            Place::Person(role) => self.close_person(role, &line),
            Place::Feed | Place::Image | Place::TextInput => {}
        }
    }

    fn close_person(&mut self, role: Role, line: &str) {
        let Some(mut draft) = self.person.take() else {
            return;
        };
        line.clone_into(&mut draft.text);
        let Some(person) = draft.finish() else {
            return;
        };
        let people: &mut Vec<Person> = match (self.place(), role) {
            (_, Role::Other) => return,
            (Place::Source, Role::Author) => &mut self.entry_mut().source_authors,
            (Place::Entry, Role::Author) => &mut self.entry_mut().authors,
            (Place::Entry, Role::Contributor) => &mut self.entry_mut().contributors,
            (Place::Feed, Role::Author) => &mut self.feed.authors,
            _ => return,
        };
        people.push(person);
    }

    pub(super) fn finish(mut self) -> RawFeed {
        if let Some(draft) = self.entry.take().filter(|draft| !draft.is_empty()) {
            self.feed.entries.push(draft.finish(self.is_atom));
        }
        let mut feed = self.feed;
        feed.title = self.title.take();
        feed.subtitle = self.subtitle.take();
        feed.rights = self.rights.take();
        feed.site_url = self.site_url.take();
        feed.self_url = self.self_url.take();
        feed.image = self.image.take();
        feed.language = self.language.take();
        feed.generator = self.generator.take();
        feed.updated = self.updated.take();
        if feed.ttl.is_none() {
            let times = self.update_frequency.unwrap_or(1).max(1);
            feed.ttl = self.update_period.map(|minutes| minutes / times);
        }
        feed
    }
}
