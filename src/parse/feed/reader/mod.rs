//! Atom, RSS and CDF, read from the events of `repair`.
//!
//! feed-rs stops at the first text of an unexpected type, carries no source, and leaves out what stands
//! under another name or place than its format has it; to bend every such document until feed-rs reads it
//! right takes more code, and a second parse, than to read it. Its reading is what this one is checked
//! against in the tests, and what is fallen back to where nothing is found here.

mod best;
mod dialect;
mod entry;
mod extras;
mod fields;
mod lines;
mod links;
mod markup;
mod media;
mod people;
mod places;
mod scope;
mod text;

use std::borrow::Cow;

use url::Url;

use crate::model::{Dropped, FeedFormat, RawFeed, Text};
use crate::parse::error::excerpt;
use crate::parse::repair::{Attribute, Element, Event, Repairs, Rule, Stream};
use crate::parse::{MOST_ENTRIES, Telling};

use best::{Best, Name};
use fields::{Field, TextField, field};
use people::Role;
use scope::Scopes;
use text::Construct;

/// What an element's content belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Feed,
    Entry,
    Source,
    Image,
    TextInput,
    Person(Role),
}

/// An open element.
#[derive(Debug)]
struct Frame<'a> {
    what: What<'a>,
    /// How many elements that mean nothing stand between this one and its place.
    nested: u8,
    /// Whether what stands in it belongs to something else than the entry.
    foreign: bool,
    name: Name<'a>,
    /// The element's own text, for those that are a line.
    line: Cow<'a, str>,
}

#[derive(Debug, Clone, Copy)]
enum What<'a> {
    /// Means nothing itself; what stands in it is weaker than what does not.
    Nothing,
    /// Nothing that is known; the number of the entry's extension that it is.
    Other(u8),
    /// A file or group of Media RSS, by its number in the entry.
    Media(usize),
    /// As if it were not there.
    Group,
    Place(Place),
    Line(Field, u8),
    Construct,
    /// An element inside a text.
    Inline(&'a str),
}

/// A text with what it is for.
struct Reading<'a> {
    construct: Construct<'a>,
    field: Field,
    rank: u8,
}

struct Reader<'a> {
    feed: RawFeed,
    telling: Telling,
    /// The element that is being read.
    name: Name<'a>,
    /// The feed's fields of which several elements may speak.
    title: Best<'a, Text>,
    subtitle: Best<'a, Text>,
    rights: Best<'a, Text>,
    site_url: Best<'a, String>,
    self_url: Best<'a, String>,
    image: Best<'a, String>,
    language: Best<'a, String>,
    generator: Best<'a, String>,
    updated: Best<'a, chrono::DateTime<chrono::Utc>>,
    update_period: Option<u32>,
    update_frequency: Option<u32>,
    entry: Option<entry::Draft<'a>>,
    person: Option<people::Draft>,
    frames: Vec<Frame<'a>>,
    places: Vec<Place>,
    scopes: Scopes,
    reading: Option<Reading<'a>>,
    /// Elements open inside one that is skipped.
    skipped: usize,
    is_atom: bool,
    root_seen: bool,
}

/// Reads a stream to its end.
pub(super) fn read(
    mut stream: Stream<'_>,
    location: Option<&Url>,
    telling: Telling,
    repairs: &mut Repairs,
) -> RawFeed {
    let mut reader = Reader::new(location, telling);
    while let Some(event) = stream.next() {
        match event {
            Event::Start(element) => reader.start(&element, stream.attributes(), repairs),
            Event::Text(text) => reader.text(text),
            Event::End => reader.end(),
            Event::Cut => reader.cut(),
        }
    }
    repairs.join(stream.into_repairs());
    reader.finish()
}

impl<'a> Reader<'a> {
    fn new(location: Option<&Url>, telling: Telling) -> Self {
        Self {
            feed: RawFeed::default(),
            telling,
            name: Name::default(),
            title: Best::default(),
            subtitle: Best::default(),
            rights: Best::default(),
            site_url: Best::default(),
            self_url: Best::default(),
            image: Best::default(),
            language: Best::default(),
            generator: Best::default(),
            updated: Best::default(),
            update_period: None,
            update_frequency: None,
            entry: None,
            person: None,
            frames: Vec::new(),
            places: vec![Place::Feed],
            scopes: Scopes::new(location),
            reading: None,
            skipped: 0,
            is_atom: false,
            root_seen: false,
        }
    }

    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Feed)
    }

    /// Whether the entry that begins here is one too many.
    fn is_full(&self) -> bool {
        self.feed.entries.len() >= MOST_ENTRIES
            && self.entry.is_none()
            && self.place() == Place::Feed
    }

    fn start(
        &mut self,
        element: &Element<'a>,
        attributes: &[Attribute<'a>],
        repairs: &mut Repairs,
    ) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        self.name = Name {
            prefix: element.prefix,
            written: element.written,
            attribute: "",
        };
        if let Some(reading) = &mut self.reading {
            reading.construct.start(element, attributes);
            self.push(What::Inline(element.written));
            return;
        }
        if !self.root_seen {
            self.root_seen = true;
            self.root(element, attributes, repairs);
        }
        self.scopes.open(self.frames.len(), attributes);
        let foreign = matches!(self.frames.last(), Some(frame) if matches!(frame.what, What::Other(_)) && frame.foreign);
        // CDF says the address of a channel or item in an element of its own.
        if self.feed.format == FeedFormat::Cdf && element.local == "a" {
            let what = self.link(attributes, element.namespace, 4);
            self.push(what);
            return;
        }
        let found = field(element.namespace, &element.local).filter(|_| !foreign);
        let Some((field, rank)) = found else {
            let what = self.open_other(element, attributes);
            self.push(what);
            if let (true, Some(frame)) = (foreign, self.frames.last_mut()) {
                frame.foreign = true;
            }
            return;
        };
        let nested = self.frames.last().map_or(0, |frame| frame.nested);
        let rank = rank + nested.min(20) * 4;
        let what = match field {
            Field::Skip => {
                self.skipped = 1;
                return;
            }
            // What it holds is kept, but says nothing of the entry itself.
            Field::Foreign => match self.open_other(element, attributes) {
                what @ What::Other(_) => {
                    self.push(what);
                    if let Some(frame) = self.frames.last_mut() {
                        frame.foreign = true;
                    }
                    return;
                }
                _ => {
                    self.skipped = 1;
                    return;
                }
            },
            Field::Root | Field::Channel => self.open_feed(attributes),
            Field::Entry if self.is_full() => {
                repairs.count(Rule::TooManyEntries);
                self.skipped = 1;
                return;
            }
            Field::Entry => self.open_entry(attributes),
            Field::Source => self.open_source(attributes),
            Field::Image => self.open_image(attributes),
            Field::TextInput => self.open_place(Place::TextInput),
            Field::Author | Field::Contributor | Field::OtherPerson => {
                self.open_person(field, attributes)
            }
            Field::Group => What::Group,
            Field::Title => self.open_text(None, field, rank, attributes),
            Field::Text(kind) => self.open_text(Some(kind), field, rank, attributes),
            Field::Link => self.link(attributes, element.namespace, rank),
            Field::Enclosure => {
                self.enclosure(attributes);
                What::Group
            }
            Field::MediaContent => {
                self.enclosure(attributes);
                self.open_media(attributes)
            }
            Field::MediaGroup => self.open_media(&[]),
            Field::MediaPlayer => {
                let url = get(attributes, "url").map(|url| self.scopes.resolve(url));
                if let Some(media) = self.media_mut() {
                    media.player = media.player.take().or(url);
                }
                What::Nothing
            }
            Field::ImageLink => self.image_link(attributes, rank),
            Field::Thumbnail => self.thumbnail(attributes, rank),
            Field::Category => self.open_category(attributes, rank),
            Field::GeneratorAgent => {
                let agent = get(attributes, "resource").map(str::to_owned);
                self.generator.put(agent, rank + 1, self.name);
                What::Nothing
            }
            Field::Guid => {
                if self.place() == Place::Entry
                    && get(attributes, "ispermalink")
                        .is_some_and(|value| value.eq_ignore_ascii_case("false"))
                {
                    self.entry_mut().not_a_permalink = true;
                }
                What::Line(field, rank)
            }
            _ => What::Line(field, rank),
        };
        self.push(what);
    }

    fn push(&mut self, what: What<'a>) {
        let outer = self.frames.last().map_or(0, |frame| frame.nested);
        let nested = match what {
            What::Nothing | What::Other(_) | What::Line(..) => outer.saturating_add(1),
            What::Place(_) => 0,
            _ => outer,
        };
        self.frames.push(Frame {
            what,
            nested,
            foreign: false,
            name: self.name,
            line: Cow::Borrowed(""),
        });
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if self.skipped > 0 {
            return;
        }
        if let Some(reading) = &mut self.reading {
            reading.construct.text(text);
            return;
        }
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match frame.what {
            What::Line(..) | What::Place(Place::Source | Place::Image | Place::Person(_)) => {
                if frame.line.is_empty() {
                    frame.line = text;
                } else {
                    frame.line.to_mut().push_str(&text);
                }
            }
            What::Other(at) => self.other_text(at, &text),
            // `<dc:subject><rdf:Bag><rdf:li>`: a line's text may stand deeper.
            What::Nothing => {
                let lines = self.frames.iter_mut().rev();
                let mut lines =
                    lines.take_while(|frame| matches!(frame.what, What::Nothing | What::Line(..)));
                if !text.trim().is_empty()
                    && let Some(line) = lines.find(|frame| matches!(frame.what, What::Line(..)))
                {
                    line.line.to_mut().push_str(&text);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.scopes.close(self.frames.len());
            }
            return;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        self.name = frame.name;
        match frame.what {
            What::Inline(name) => {
                if let Some(reading) = &mut self.reading {
                    reading.construct.end(name);
                }
                return;
            }
            What::Construct => self.close_text(),
            What::Line(field, rank) => self.line(field, rank, frame.line),
            What::Place(place) => self.close_place(place, frame.line),
            What::Media(at) => self.close_media(at),
            What::Nothing | What::Other(_) | What::Group => {}
        }
        self.scopes.close(self.frames.len());
    }

    /// What is open is not complete: its text is dropped. What it holds already stays.
    fn cut(&mut self) {
        self.skipped = 0;
        if self.reading.take().is_some() {
            while self
                .frames
                .pop_if(|frame| matches!(frame.what, What::Inline(_) | What::Construct))
                .is_some()
            {}
        }
        while self
            .frames
            .pop_if(|frame| !matches!(frame.what, What::Place(_) | What::Group | What::Media(_)))
            .is_some()
        {}
        for frame in &mut self.frames {
            frame.line = Cow::Borrowed("");
            if matches!(frame.what, What::Line(..)) {
                frame.what = What::Nothing;
            }
        }
        // An entry of which nothing was complete is none.
        self.entry = self.entry.take().filter(|draft| !draft.is_empty());
        let within = self.entry.is_some();
        // The ends of what was taken away come without their frames; those that stay are closed here.
        while !self.frames.is_empty() {
            self.end();
        }
        if let Some(last) = self.feed.entries.last_mut().filter(|_| within) {
            last.is_cut = true;
        }
    }

    fn open_text(
        &mut self,
        kind: Option<TextField>,
        field: Field,
        rank: u8,
        attributes: &[Attribute<'a>],
    ) -> What<'a> {
        // A page's body is an entry's content, wherever else it stands.
        let fits = match self.place() {
            Place::Entry => kind != Some(TextField::Body) || rank < 4,
            Place::Feed | Place::Source => kind != Some(TextField::Body),
            _ => false,
        };
        if !fits {
            return What::Nothing;
        }
        // Only elements inside a text can name another base.
        let around = self.scopes.around();
        self.reading = Some(Reading {
            construct: Construct::new(kind, attributes, self.is_atom, around),
            field,
            rank,
        });
        What::Construct
    }

    /// Something was there and came to nothing.
    fn drop(&mut self, value: &str, why: &'static str) {
        // A hostile feed would fill the memory with its own faults.
        if self.telling == Telling::All && self.feed.dropped.len() < 1000 {
            self.feed.dropped.push(Dropped {
                from: self.name.told(),
                value: excerpt(value),
                why,
            });
        }
    }

    fn close_text(&mut self) {
        let Some(reading) = self.reading.take() else {
            return;
        };
        let src = reading.construct.src.clone();
        let text = reading.construct.finish();
        self.put_text(reading.field, reading.rank, text, src);
    }
}

/// The value of an attribute by its name in lower case, whatever its prefix. Never blank.
fn get<'s>(attributes: &'s [Attribute<'_>], name: &str) -> Option<&'s str> {
    let find = |exact: bool| {
        attributes.iter().find(|attribute| {
            let local = if exact {
                attribute.name
            } else {
                attribute.name.rsplit(':').next().unwrap_or_default()
            };
            local.eq_ignore_ascii_case(name) && !attribute.name.starts_with("xmlns")
        })
    };
    find(true)
        .or_else(|| find(false))
        .map(|attribute| attribute.value.trim())
        .filter(|value| !value.is_empty())
}
