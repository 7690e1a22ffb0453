//! What an entry says in other vocabularies: its elements as they come, and what is known of some.

use crate::model::{Contributor, Extension, ExtraLink, Extras, InReplyTo, Person, Text, TextKind};
use crate::parse::repair::{Attribute, Element, Namespace};

use super::best::Name;
use super::text::escape;
use super::{Place, Reader, What};

/// More elements, or longer ones, are no facts about an entry any more.
const MOST: usize = 100;
const LONGEST: usize = 4096;
const MOST_ATTRIBUTES: usize = 20;

impl<'a> Reader<'a> {
    /// An element that no table knows. Where it says something, it is kept.
    pub(super) fn open_other(
        &mut self,
        element: &Element<'a>,
        attributes: &[Attribute<'_>],
    ) -> What<'a> {
        if self.place() != Place::Entry || element.namespace == Namespace::Rdf || self.in_line() {
            return What::Nothing;
        }
        let mut name = match element.namespace.prefix() {
            Some(prefix) => format!("{prefix}:{}", element.written),
            None if element.prefix.is_empty() => element.written.to_owned(),
            None => format!("{}:{}", element.prefix, element.written),
        };
        if let Some(What::Other(outer)) = self.frames.last().map(|frame| frame.what)
            && let Some(outer) = self.entry_mut().extensions.get(usize::from(outer))
        {
            name = format!("{}/{name}", outer.name);
        }
        let attributes = attributes
            .iter()
            .filter(|attribute| !attribute.name.starts_with("xmlns"))
            .take(MOST_ATTRIBUTES);
        let attributes = attributes
            .map(|attribute| (attribute.name.to_owned(), self.said(attribute)))
            .collect();
        let known = &mut self.entry_mut().extensions;
        let at = known.len();
        if at >= MOST || name.len() > LONGEST {
            return What::Nothing;
        }
        known.push(Extension {
            name,
            value: None,
            attributes,
        });
        What::Other(at as u8)
    }

    /// Where lines are looked for in elements that mean nothing.
    fn in_line(&self) -> bool {
        let frames = self.frames.iter().rev();
        let mut frames = frames.take_while(|frame| !matches!(frame.what, What::Place(_)));
        frames.any(|frame| matches!(frame.what, What::Line(..)))
    }

    fn said(&self, attribute: &Attribute<'_>) -> String {
        let value = attribute.value.trim();
        let local = attribute.name.rsplit(':').next().unwrap_or_default();
        let is_address = matches!(
            &*local.to_ascii_lowercase(),
            "href" | "url" | "uri" | "resource"
        );
        if is_address && !value.is_empty() {
            self.scopes.resolve(&value[..cut(value)])
        } else {
            value[..cut(value)].to_owned()
        }
    }

    pub(super) fn other_text(&mut self, at: u8, text: &str) {
        let Some(extension) = self.entry_mut().extensions.get_mut(usize::from(at)) else {
            return;
        };
        let value = extension.value.get_or_insert_default();
        let room = LONGEST.saturating_sub(value.len());
        let end = (0..=text.len().min(room))
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        value.push_str(&text[..end]);
    }

    /// People of an entry who are neither its authors nor plain contributors.
    pub(super) fn other_person(&mut self, person: Person, role: Option<String>, from: Name<'a>) {
        let role = role.or_else(|| Some(from.written.to_ascii_lowercase()));
        if self.place() == Place::Entry && self.entry_mut().people.len() < MOST {
            self.entry_mut().people.push(contributor(person, role));
        }
    }
}

/// Where a text is cut: at most `LONGEST` bytes.
fn cut(text: &str) -> usize {
    (0..=text.len().min(LONGEST))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0)
}

pub(super) fn contributor(person: Person, role: Option<String>) -> Contributor {
    Contributor {
        name: person.name,
        uri: person.uri,
        email: person.email,
        role,
    }
}

/// As HTML, whichever way it was written.
pub(super) fn html(text: Text) -> String {
    match text.kind {
        TextKind::Html => text.value,
        TextKind::Plain => {
            let mut html = String::with_capacity(text.value.len());
            escape(&text.value, false, &mut html);
            html
        }
    }
}

/// Sorts what is known out of an entry's extensions.
pub(super) fn sort(extras: &mut Extras, extensions: Vec<Extension>) {
    let mut latitude = None;
    for mut extension in extensions {
        let value = extension.value.take().unwrap_or_default();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let get = |name: &str| {
            let attributes = extension.attributes.iter();
            let local = |known: &str| known.rsplit(':').next().is_some_and(|local| local == name);
            let mut named = attributes.filter(|(known, value)| local(known) && !value.is_empty());
            named.next().map(|(_, value)| value.clone())
        };
        let link = |rel: &str, url: Option<String>| {
            Some(ExtraLink {
                rel: rel.to_owned(),
                url: url?,
                media_type: get("type"),
                title: get("title"),
                language: get("language"),
            })
        };
        let said = || Some(value.clone()).filter(|value| !value.is_empty());
        let lower = extension.name.to_ascii_lowercase();
        match lower.as_str() {
            "creativecommons:license" | "cc:license" => {
                extras.licenses.extend(get("resource").or_else(said));
                continue;
            }
            "slash:comments" | "thr:total" => {
                extras.comments = extras.comments.or_else(|| value.parse().ok());
                continue;
            }
            "thr:in-reply-to" => {
                extras.in_reply_to.push(InReplyTo {
                    id: get("ref"),
                    url: get("href"),
                    source: get("source"),
                });
                continue;
            }
            "wfw:commentrss" | "wfw:commentrsslink" => {
                extras.links.extend(link("replies", said()));
                continue;
            }
            "podcast:transcript" => {
                extras.links.extend(link("transcript", get("url")));
                continue;
            }
            "podcast:chapters" => {
                extras.links.extend(link("chapters", get("url")));
                continue;
            }
            "geo:lat" | "geo:point/geo:lat" => {
                latitude = said();
                continue;
            }
            "geo:long" | "geo:point/geo:long" => {
                let place = latitude.take().zip(said());
                let place =
                    place.map(|(latitude, longitude)| format!("point {latitude} {longitude}"));
                extras.places.extend(place);
                continue;
            }
            _ => {}
        }
        if let Some(kind) = place_kind(&lower) {
            extras
                .places
                .extend(said().map(|said| format!("{kind} {}", said.replace(',', " "))));
            continue;
        }
        extension.value = said();
        if extension.value.is_some() || !extension.attributes.is_empty() {
            extras.extensions.push(extension);
        }
    }
}

/// GeoRSS, simple or as GML in a `georss:where`.
fn place_kind(name: &str) -> Option<&'static str> {
    let last = name.rsplit('/').next().unwrap_or_default();
    let inside = name.contains("georss:where/");
    Some(match last {
        "georss:point" => "point",
        "georss:line" => "line",
        "georss:polygon" => "polygon",
        "georss:box" => "box",
        "georss:circle" => "circle",
        "gml:pos" if inside => "point",
        "gml:poslist" if inside && name.contains("linestring") => "line",
        "gml:poslist" if inside => "polygon",
        _ => return None,
    })
}
