//! Elements that hold others: the feed, its entries, their sources, people, images.

use std::borrow::Cow;

use crate::model::{EntrySource, Person, RawFeed, Text};
use crate::parse::Telling;
use crate::parse::repair::{Attribute, Element, Repairs, Rule};

use super::best::Name;
use super::dialect::format;
use super::extras::{contributor, html};
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
        self.site_url.put(href, 1, self.name.attribute("href"));
        let changed = get(attributes, "lastmod").and_then(super::lines::instant);
        self.updated.put(changed, 1, self.name.attribute("lastmod"));
        let language = get(attributes, "lang").map(str::to_owned);
        self.language.put(language, 5, self.name.attribute("lang"));
        What::Group
    }

    pub(super) fn open_entry(&mut self, attributes: &[Attribute<'_>]) -> What<'a> {
        if self.entry.is_some() || self.place() != Place::Feed {
            return What::Nothing;
        }
        let mut draft = entry::Draft::default();
        let name = self.name;
        let about = get(attributes, "about").map(str::to_owned);
        draft.is_about = about.is_some();
        draft.guid.put(about, 1, name.attribute("about"));
        let href = get(attributes, "href").map(|href| self.scopes.resolve(href));
        draft.url.put(href, 3, name.attribute("href"));
        let changed = get(attributes, "lastmod").and_then(super::lines::instant);
        draft.updated.put(changed, 3, name.attribute("lastmod"));
        let language = get(attributes, "lang").map(str::to_owned);
        draft.language.put(language, 0, name.attribute("lang"));
        let around = self.scopes.language_inside().map(str::to_owned);
        draft
            .language
            .put(around, 9, Name::default().attribute("xml:lang"));
        self.entry = Some(draft);
        self.open_place(Place::Entry)
    }

    /// The entry that is open.
    pub(super) fn entry_mut(&mut self) -> &mut entry::Draft<'a> {
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
        let name = self.name;
        match self.place() {
            Place::Feed => self.image.put(url, 1, name),
            Place::Entry => self.entry_mut().image.put(url, 1, name),
            _ => {}
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
        draft.role = get(attributes, "role").map(str::to_owned);
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
                    self.feed
                        .entries
                        .push(draft.finish(self.is_atom, self.telling));
                }
            }
            Place::Source => {
                if let Some(source) = &mut self.entry_mut().source {
                    let line = text::own(line).map(|line| html(Text::plain(line)));
                    source.title = source.title.take().or(line);
                }
            }
            Place::Image => {
                let url = text::own(line).filter(|line| entry::is_web_address(line));
                let name = self.name;
                match self.place() {
                    Place::Feed => self.image.put(url, 2, name),
                    Place::Entry => self.entry_mut().image.put(url, 2, name),
                    _ => {}
                }
            }
            Place::Person(role) => self.close_person(role, &line),
            Place::Feed | Place::TextInput => {}
        }
    }

    fn close_person(&mut self, role: Role, line: &str) {
        let Some(mut draft) = self.person.take() else {
            return;
        };
        line.clone_into(&mut draft.text);
        let name = self.name;
        let described = draft.role.take();
        let found = draft.finish();
        if found.is_empty() {
            self.drop("", "nobody is named");
        }
        for person in found {
            self.add_person(role, person, described.clone(), name);
        }
    }

    fn add_person(
        &mut self,
        role: Role,
        person: Person,
        described: Option<String>,
        name: Name<'a>,
    ) {
        let people: &mut Vec<Person> = match (self.place(), role) {
            (Place::Source, Role::Author) => &mut self.entry_mut().source_authors,
            (Place::Source, Role::Contributor) => {
                let person = contributor(person, None);
                self.entry_mut().source_facts.contributors.push(person);
                return;
            }
            (Place::Entry, Role::Other) => return self.other_person(person, described, name),
            (Place::Entry, Role::Author) => {
                self.entry_mut().list("authors", name);
                &mut self.entry_mut().authors
            }
            (Place::Entry, Role::Contributor) => {
                self.entry_mut().list("contributors", name);
                &mut self.entry_mut().contributors
            }
            (Place::Feed, Role::Author) => &mut self.feed.authors,
            _ => return,
        };
        if people.len() < entry::MOST {
            people.push(person);
        }
    }

    pub(super) fn finish(mut self) -> RawFeed {
        if let Some(draft) = self.entry.take().filter(|draft| !draft.is_empty()) {
            self.feed
                .entries
                .push(draft.finish(self.is_atom, self.telling));
        }
        let mut told = entry::Told::default();
        if self.telling == Telling::All {
            told.tell("title", self.title.from());
            told.tell("subtitle", self.subtitle.from());
            told.tell("page", self.site_url.from());
            told.tell("feed", self.self_url.from());
            told.tell("language", self.language.from());
            told.tell("rights", self.rights.from());
            told.tell("image", self.image.from());
            told.tell("generator", self.generator.from());
            told.tell("updated", self.updated.from());
        }
        let mut feed = self.feed;
        feed.origins = told.into_origins();
        feed.title = self.title.take();
        feed.subtitle = self.subtitle.take();
        feed.rights = self.rights.take();
        feed.site_url = self.site_url.take();
        feed.self_url = self.self_url.take();
        feed.image = self.image.take();
        feed.language = self.language.take();
        feed.generator = self.generator.take();
        feed.updated = self.updated.take();
        let times = self.update_frequency.unwrap_or(1).max(1);
        feed.hints.update_every = self.update_period.map(|minutes| minutes / times);
        feed
    }
}
