//! What feed-rs leaves out of Atom and RSS, read beside it in one pass: languages and bases in scope,
//! whether a `guid` is a permalink, `rdf:about`, `source`, `dc:subject`. The pass also refuses what is
//! built to exhaust a reader. It knows elements by their names as written, `dc:` and `xml:` included.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::model::{Category, EntrySource, RawEntry, RawFeed};
use crate::parse::error::ParseError;

const MAX_DEPTH: usize = 512;
const MAX_ATTRIBUTES: usize = 500;
const MAX_NAMESPACES: usize = 500;
const MAX_BASE: usize = 2048;

/// What was found, an item for each entry in the document's order.
#[derive(Debug, Default)]
pub(super) struct Facts {
    language: Option<String>,
    items: Vec<Item>,
}

#[derive(Debug, Default)]
struct Item {
    /// `xml:lang` in scope of the entry, else its `dc:language`.
    language: Option<String>,
    /// `xml:base` in scope of the content.
    base: Option<String>,
    /// `rdf:about`.
    about: Option<String>,
    /// `isPermaLink`; true where the `guid` does not say.
    permalink: bool,
    source: Option<EntrySource>,
    subjects: Vec<String>,
    /// RSS 1.0 items without are not in feed-rs's answer.
    has_link: bool,
    is_rdf: bool,
}

/// Where captured text goes.
#[derive(Clone, Copy)]
enum Target {
    Subject,
    Language,
    FeedLanguage,
    SourceTitle,
    SourceGuid,
}

struct Scan<'a> {
    facts: Facts,
    location: Option<&'a Url>,
    /// Names of the open elements, lower case.
    path: Vec<String>,
    /// `xml:base` and `xml:lang` with the depth they were set at.
    bases: Vec<(usize, String)>,
    languages: Vec<(usize, String)>,
    /// The depth each namespace in scope was declared at. Readers search them all for each name.
    namespaces: Vec<usize>,
    /// The depth of the entry that is open.
    item_depth: Option<usize>,
    capture: Option<(Target, usize, String)>,
}

/// Reads up to the document's end or its first fault; the fault is feed-rs's to report.
pub(super) fn read(text: &str, location: Option<&Url>) -> Result<Facts, ParseError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut scan = Scan {
        facts: Facts::default(),
        location,
        path: Vec::new(),
        bases: Vec::new(),
        languages: Vec::new(),
        namespaces: Vec::new(),
        item_depth: None,
        capture: None,
    };
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => scan.start(&tag)?,
            Event::End(_) => scan.end(),
            Event::Text(text) => scan.text(&text),
            Event::CData(text) => scan.text(&text),
            Event::GeneralRef(reference) if scan.capture.is_some() => {
                let name = format!("&{};", reference.as_ref());
                let text = quick_xml::escape::unescape(&name).map(std::borrow::Cow::into_owned);
                scan.text(&text.unwrap_or(name));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(scan.facts)
}

impl Scan<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ParseError> {
        let depth = self.path.len() + 1;
        if depth > MAX_DEPTH {
            return Err(ParseError::TooMuch {
                what: "elements inside one another",
                limit: MAX_DEPTH,
            });
        }
        let attributes = self.attributes(tag, depth)?;
        let name = tag.name().as_ref().to_ascii_lowercase();
        self.path.push(name);
        if self.opens_item() {
            self.item_depth = Some(depth);
            let item = Item {
                language: self.languages.last().map(|(_, language)| language.clone()),
                base: self.bases.last().map(|(_, base)| base.clone()),
                about: attributes.about,
                permalink: true,
                is_rdf: self.local(0) == "rdf",
                ..Item::default()
            };
            self.facts.items.push(item);
        } else {
            self.inside(depth, &attributes);
        }
        Ok(())
    }

    fn inside(&mut self, depth: usize, attributes: &Attributes) {
        let name = self.local(depth - 1).to_owned();
        let qualified = self.path[depth - 1].clone();
        let base = self.bases.last().map(|(_, base)| base.clone());
        let in_channel = depth == 3 && self.local(1) == "channel";
        let (Some(item_depth), Some(item)) = (self.item_depth, self.facts.items.last_mut()) else {
            if in_channel && qualified == "dc:language" {
                self.capture = Some((Target::FeedLanguage, depth, String::new()));
            }
            return;
        };
        let target = match (depth - item_depth, name.as_str()) {
            (1, "link") => {
                item.has_link = true;
                None
            }
            (1, "guid") => {
                item.permalink = attributes.permalink.as_deref() != Some("false");
                None
            }
            // The element that is taken for the content in the end.
            (1, "content" | "encoded") => {
                item.base = base;
                None
            }
            (1, "source") => {
                let url = attributes.url.clone();
                item.source = Some(EntrySource {
                    url,
                    ..EntrySource::default()
                });
                Some(Target::SourceTitle)
            }
            (1, _) if qualified == "dc:subject" => Some(Target::Subject),
            (1, _) if qualified == "dc:language" => Some(Target::Language),
            (2, "title" | "id" | "link") if self.path[item_depth].ends_with("source") => {
                match (name.as_str(), item.source.as_mut()) {
                    ("title", _) => Some(Target::SourceTitle),
                    ("id", _) => Some(Target::SourceGuid),
                    (_, Some(source)) => {
                        let alternate = attributes
                            .rel
                            .as_deref()
                            .is_none_or(|rel| rel == "alternate");
                        if source.url.is_none() || alternate {
                            source.url = attributes.href.clone().or_else(|| source.url.take());
                        }
                        None
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(target) = target {
            self.capture = Some((target, depth, String::new()));
        }
    }

    /// The local name of the open element at this depth, counted from 0.
    fn local(&self, depth: usize) -> &str {
        let name = self.path.get(depth).map_or("", String::as_str);
        name.rsplit(':').next().unwrap_or(name)
    }

    fn opens_item(&self) -> bool {
        if self.item_depth.is_some() {
            return false;
        }
        match (self.path.len(), self.local(0), self.local(1)) {
            (1, "entry", _) | (2, "feed", "entry") | (2, "rdf", "item") => true,
            (3, "rss", "channel") => self.local(2) == "item",
            _ => false,
        }
    }

    fn end(&mut self) {
        let depth = self.path.len();
        if let Some((target, _, text)) = self.capture.take_if(|(_, at, _)| *at >= depth) {
            self.put(target, text.trim());
        }
        if self.item_depth == Some(depth) {
            self.item_depth = None;
        }
        self.bases.pop_if(|(at, _)| *at >= depth);
        self.languages.pop_if(|(at, _)| *at >= depth);
        while self.namespaces.pop_if(|at| *at >= depth).is_some() {}
        self.path.pop();
    }

    fn text(&mut self, text: &str) {
        if let Some((_, depth, captured)) = &mut self.capture
            && *depth == self.path.len()
        {
            captured.push_str(text);
        }
    }

    fn put(&mut self, target: Target, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = text.to_owned();
        let Some(item) = self.facts.items.last_mut() else {
            self.facts.language.get_or_insert(text);
            return;
        };
        match (target, &mut item.source) {
            (Target::Subject, _) => item.subjects.push(text),
            (Target::Language, _) => item.language = Some(text),
            (Target::SourceTitle, Some(source)) => source.title = Some(text),
            (Target::SourceGuid, Some(source)) => source.guid = Some(text),
            (Target::FeedLanguage, _) => self.facts.language = Some(text),
            _ => {}
        }
    }

    fn attributes(&mut self, tag: &BytesStart<'_>, depth: usize) -> Result<Attributes, ParseError> {
        let mut found = Attributes::default();
        let mut attributes = tag.attributes();
        // The check for doubled attributes is quadratic.
        attributes.with_checks(false);
        for (count, attribute) in attributes.flatten().enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(ParseError::TooMuch {
                    what: "attributes in one tag",
                    limit: MAX_ATTRIBUTES,
                });
            }
            let key = attribute.key.as_ref();
            if key.starts_with("xmlns") {
                self.namespaces.push(depth);
                if self.namespaces.len() > MAX_NAMESPACES {
                    return Err(ParseError::TooMuch {
                        what: "namespaces",
                        limit: MAX_NAMESPACES,
                    });
                }
                continue;
            }
            let value = || {
                let value = quick_xml::escape::unescape(&attribute.value);
                let value = value.as_deref().unwrap_or(&attribute.value).trim();
                (!value.is_empty()).then(|| value.to_owned())
            };
            match key {
                "xml:lang" => self
                    .languages
                    .extend(value().map(|language| (depth, language))),
                "xml:base" => {
                    if let Some(base) = value() {
                        self.push_base(depth, &base)?;
                    }
                }
                "rdf:about" => found.about = value(),
                "isPermaLink" | "ispermalink" => {
                    found.permalink = value().map(|value| value.to_ascii_lowercase());
                }
                "url" => found.url = value(),
                "href" => found.href = value(),
                "rel" => found.rel = value(),
                _ => {}
            }
        }
        Ok(found)
    }

    fn push_base(&mut self, depth: usize, written: &str) -> Result<(), ParseError> {
        let outer = match self.bases.last() {
            Some((_, base)) => Url::parse(base).ok(),
            None => self.location.cloned(),
        };
        let base = match outer {
            Some(outer) => outer
                .join(written)
                .map_or_else(|_| outer.into(), String::from),
            None => written.to_owned(),
        };
        // Relative bases inside one another grow with the depth, squared.
        if base.len() > MAX_BASE {
            return Err(ParseError::TooMuch {
                what: "bytes in an xml:base",
                limit: MAX_BASE,
            });
        }
        self.bases.push((depth, base));
        Ok(())
    }
}

#[derive(Default)]
struct Attributes {
    about: Option<String>,
    permalink: Option<String>,
    url: Option<String>,
    href: Option<String>,
    rel: Option<String>,
}

impl Facts {
    /// Adds what was found to the entries, if they are the same ones.
    pub(super) fn add_to(self, feed: &mut RawFeed) {
        feed.language = feed.language.take().or(self.language);
        let items: Vec<Item> = self
            .items
            .into_iter()
            .filter(|item| item.has_link || !item.is_rdf)
            .collect();
        if items.len() == feed.entries.len() {
            for (entry, item) in feed.entries.iter_mut().zip(items) {
                item.add_to(entry);
            }
        }
    }
}

impl Item {
    fn add_to(self, entry: &mut RawEntry) {
        if entry.guid.trim().is_empty() {
            entry.guid = self.about.unwrap_or_default();
        }
        let address = entry.guid.trim();
        if entry.url.is_none() && self.permalink && is_web_address(address) {
            entry.url = Some(address.to_owned());
        }
        entry.base = self.base.or_else(|| entry.base.take());
        entry.language = entry.language.take().or(self.language);
        entry.source = self.source;
        let mut known: HashSet<String> = entry
            .categories
            .iter()
            .map(|category| category.term.clone())
            .collect();
        for term in self.subjects {
            if known.insert(term.clone()) {
                entry.categories.push(Category {
                    term,
                    ..Category::default()
                });
            }
        }
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
