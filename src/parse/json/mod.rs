//! JSON Feed 1.0 and 1.1, and what calls itself so. <https://www.jsonfeed.org/version/1.1/>
//!
//! A member that is missing or of a wrong type costs itself only. `_extensions` and what the
//! specification does not know are left alone. `banner_image` is furniture of a page, and kept as such.

mod lenient;
mod members;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::MOST_ENTRIES;
use super::dates;
use super::error::{ParseError, excerpt};
use super::feed;
use super::repair::{Repairs, Rule};
use crate::model::{
    Dropped, Extension, ExtraLink, Extras, FeedFormat, Origin, PageLinks, RawEntry, RawFeed, Text,
};

use members::{attachments, people, tags, text};

/// Reads a text that begins with a curly bracket.
pub(super) fn read(source: &str, repairs: &mut Repairs) -> Result<RawFeed, ParseError> {
    let source = source.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let fitting = fitting(source);
    let document = match serde_json::from_str(fitting) {
        Ok(document) => document,
        // That it ends too early is not its writer's fault.
        Err(_) if fitting.len() < source.len() => {
            repairs.count(Rule::TooManyEntries);
            lenient::read(fitting, &mut Repairs::default())
        }
        Err(_) => lenient::read(fitting, repairs),
    };
    let format = format(&document, repairs)?;
    let mut read = Feed {
        repairs,
        dropped: Vec::new(),
    };
    let mut feed = read.feed(&document, format);
    feed.dropped = read.dropped;
    feed::finish(feed, repairs)
}

/// What the values of one document may take, in units of some hundred and fifty bytes.
const MOST_VALUES: usize = 1_500_000;

/// The text up to where its values would fill the memory: each takes far more there than it is long.
fn fitting(source: &str) -> &str {
    let bytes = source.as_bytes();
    let (mut left, mut at, mut quoted) = (MOST_VALUES, 0, false);
    while let Some(byte) = bytes.get(at) {
        let cost = match byte {
            b'\\' if quoted => {
                at += 1;
                0
            }
            b'"' => {
                quoted = !quoted;
                0
            }
            _ if quoted => 0,
            b'{' => 5,
            b'[' | b',' => 1,
            _ => 0,
        };
        if cost > left {
            return &source[..at];
        }
        left -= cost;
        at += 1;
    }
    source
}

/// By `version`; without one, by the members that no other JSON has together.
fn format(document: &Value, repairs: &mut Repairs) -> Result<FeedFormat, ParseError> {
    let version = text(&document["version"]).unwrap_or_default();
    let known = version.to_ascii_lowercase();
    if let Some((_, number)) = known.split_once("jsonfeed.org/version/") {
        return Ok(match number.trim_matches('/') {
            "1" | "1.0" => FeedFormat::JsonFeed10,
            "1.1" => FeedFormat::JsonFeed11,
            _ => {
                repairs.add("json-version", 1);
                FeedFormat::JsonFeed11
            }
        });
    }
    let has = |holder: &Value, names: &[&str]| names.iter().any(|name| !holder[*name].is_null());
    let items = items(document);
    let is_feed = has(document, &["title", "home_page_url", "feed_url"])
        && items.first().is_some_and(|item| {
            has(item, &["id", "url"])
                && has(item, &["content_html", "content_text", "date_published"])
        });
    if is_feed || (known.contains("jsonfeed") && !items.is_empty()) {
        repairs.add("json-version", 1);
        return Ok(FeedFormat::JsonFeed11);
    }
    Err(ParseError::NotAFeed("JSON of another kind".to_owned()))
}

/// A list, or one item alone.
fn items(document: &Value) -> &[Value] {
    match &document["items"] {
        Value::Array(items) => items,
        item @ Value::Object(_) => std::slice::from_ref(item),
        _ => &[],
    }
}

struct Feed<'a> {
    repairs: &'a mut Repairs,
    dropped: Vec<Dropped>,
}

impl Feed<'_> {
    fn feed(&mut self, document: &Value, format: FeedFormat) -> RawFeed {
        self.check_types(document, &FEED_TEXTS);
        if !matches!(document["items"], Value::Array(_)) {
            self.repairs.add("json-items", 1);
        }
        let items = items(document);
        self.repairs.add(
            Rule::TooManyEntries.word(),
            items.len().saturating_sub(MOST_ENTRIES),
        );
        let entries = items
            .iter()
            .take(MOST_ENTRIES)
            .filter_map(|item| match item {
                Value::Object(_) => Some(self.entry(item)),
                _ => {
                    self.drop("items", item, "not an object");
                    None
                }
            })
            .collect();
        let authors = people(document);
        let first = |names: [&str; 2]| names.iter().find_map(|name| text(&document[*name]));
        RawFeed {
            format,
            title: text(&document["title"]).map(Text::plain),
            subtitle: text(&document["description"]).map(Text::plain),
            site_url: text(&document["home_page_url"]),
            self_url: text(&document["feed_url"]),
            pages: PageLinks {
                next: text(&document["next_url"]),
                prev_archive: None,
            },
            authors,
            language: text(&document["language"]),
            image: first(["icon", "favicon"]),
            entries,
            ..RawFeed::default()
        }
    }

    fn entry(&mut self, item: &Value) -> RawEntry {
        self.check_types(item, &ITEM_TEXTS);
        let mut origins = Vec::new();
        let mut take = |field: &'static str, names: &[&'static str]| {
            let name = names.iter().find(|name| text(&item[**name]).is_some())?;
            origins.push(Origin::new(field, *name));
            text(&item[*name])
        };
        let guid = take("id", &["id"]).unwrap_or_default();
        let url = take("url", &["url", "external_url"]);
        let title = take("title", &["title"]).map(Text::plain);
        let summary = take("summary", &["summary"]).map(Text::plain);
        let language = take("language", &["language"]);
        let content = take("content", &["content_html"])
            .map(Text::html)
            .or_else(|| take("content", &["content_text"]).map(Text::plain));
        for (field, name) in [("tags", "tags"), ("enclosures", "attachments")] {
            if !item[name].is_null() {
                origins.push(Origin::new(field, name));
            }
        }
        for name in ["authors", "author"] {
            if !item[name].is_null() {
                origins.push(Origin::new("authors", name));
                break;
            }
        }
        let extras = extras(item, url.as_deref());
        if extras.as_ref().is_some_and(|extras| extras.image.is_some()) {
            origins.push(Origin::new("image", "image"));
        }
        let published = self.date(item, "date_published");
        let updated = self.date(item, "date_modified");
        for (field, name, date) in [
            ("published", "date_published", published),
            ("updated", "date_modified", updated),
        ] {
            origins.extend(date.map(|_| Origin::new(field, name)));
        }
        RawEntry {
            guid,
            url,
            title,
            authors: people(item),
            categories: tags(&item["tags"]),
            published,
            updated,
            summary,
            content,
            enclosures: attachments(&item["attachments"]),
            language,
            extras,
            origins,
            ..RawEntry::default()
        }
    }

    fn date(&mut self, item: &Value, name: &'static str) -> Option<DateTime<Utc>> {
        let written = text(&item[name])?;
        let date = dates::instant(&written);
        if date.is_none() {
            self.drop(name, &item[name], "not a date");
        }
        date
    }

    /// Counts members that are there in a type nothing can be made of, or only by a guess.
    fn check_types(&mut self, holder: &Value, texts: &[&'static str]) {
        for name in texts {
            match &holder[*name] {
                Value::Null | Value::String(_) => {}
                Value::Number(_) => self.repairs.add("json-type", 1),
                other => {
                    self.repairs.add("json-type", 1);
                    self.drop(name, other, "not text");
                }
            }
        }
        let is_wrong = |name: &str| !matches!(holder[name], Value::Null | Value::Array(_));
        let wrong = ["authors", "tags", "attachments"]
            .iter()
            .filter(|name| is_wrong(name));
        self.repairs.add("json-type", wrong.count());
    }

    fn drop(&mut self, from: &'static str, value: &Value, why: &'static str) {
        // A hostile feed would fill the memory with its own faults.
        if self.dropped.len() < 1000 {
            let value = text(value).unwrap_or_else(|| match value {
                Value::Object(_) => "an object".to_owned(),
                Value::Array(_) => "a list".to_owned(),
                other => other.to_string(),
            });
            self.dropped.push(Dropped {
                from: from.into(),
                value: excerpt(&value),
                why,
            });
        }
    }
}

/// What has no field of its own; `url` is the item's.
fn extras(item: &Value, url: Option<&str>) -> Option<Box<Extras>> {
    let elsewhere = text(&item["external_url"]).filter(|other| Some(other.as_str()) != url);
    let banner = text(&item["banner_image"]).map(|banner| Extension {
        name: "banner_image".to_owned(),
        value: Some(banner),
        ..Extension::default()
    });
    Extras {
        image: text(&item["image"]),
        links: elsewhere
            .map(|url| ExtraLink {
                rel: "related".to_owned(),
                url,
                ..ExtraLink::default()
            })
            .into_iter()
            .collect(),
        extensions: banner.into_iter().collect(),
        ..Extras::default()
    }
    .some()
}

const FEED_TEXTS: [&str; 7] = [
    "title",
    "description",
    "home_page_url",
    "feed_url",
    "language",
    "icon",
    "favicon",
];

const ITEM_TEXTS: [&str; 10] = [
    "id",
    "url",
    "external_url",
    "title",
    "summary",
    "language",
    "content_html",
    "content_text",
    "date_published",
    "date_modified",
];

#[cfg(test)]
mod tests;
