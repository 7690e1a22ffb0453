//! What single values in a feed must be like: dates, addresses, ids, HTML.

use chrono::{DateTime, Utc};

/// What was found wrong; empty is well.
pub(crate) type Faults = Vec<String>;

/// Characters that XML 1.0 forbids, whatever the format.
pub(crate) fn characters(document: &str, faults: &mut Faults) {
    let forbidden = |c: &char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if let Some(found) = document.chars().find(forbidden) {
        faults.push(format!("holds {found:?}"));
    }
}

/// RFC 3339 with seconds and a zone.
pub(crate) fn rfc3339(text: &str, what: &str, faults: &mut Faults) -> Option<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text).ok();
    if read.is_none() || !text.is_ascii() || text.as_bytes().get(10) != Some(&b'T') {
        faults.push(format!("{what} is no RFC 3339 date: {text:?}"));
    }
    read.map(|read| read.to_utc())
}

/// RFC 822 with a year of four digits and the right day of the week.
pub(crate) fn rfc822(text: &str, what: &str, faults: &mut Faults) -> Option<DateTime<Utc>> {
    let read = DateTime::parse_from_str(text, "%a, %d %b %Y %H:%M:%S %z").ok();
    // Written again it is the same: chrono reads some forms that it does not write.
    let again = read.map(|read| read.format("%a, %d %b %Y %H:%M:%S %z").to_string());
    if again.as_deref() != Some(text) {
        faults.push(format!("{what} is no RFC 822 date: {text:?}"));
    }
    read.map(|read| read.to_utc())
}

/// An absolute address on the web, of characters that a URI can hold (RFC 3986).
pub(crate) fn web(text: &str, what: &str, faults: &mut Faults) {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let is_uri = |c: char| c.is_ascii_alphanumeric() || ";/?:@&=+$.-_!~*'()%,#".contains(c);
    let is_well = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https")
        && !authority.is_empty()
        && !authority.contains('@')
        && behind.chars().all(is_uri);
    if !is_well {
        faults.push(format!("{what} is no web address: {text:?}"));
    }
}

/// An absolute IRI that the whole world can know.
pub(crate) fn id(text: &str, what: &str, faults: &mut Faults) {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.len() > 1
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_private = ["file", "javascript", "data"].contains(&scheme);
    let holds = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    if !is_scheme || is_private || text.contains(holds) {
        faults.push(format!("{what} is no id: {text:?}"));
    }
}

pub(crate) fn media_type(text: &str, what: &str, faults: &mut Faults) {
    let is_token = |part: &str| {
        !part.is_empty()
            && !part.contains(|c: char| c.is_whitespace() || "()<>,;:\\\"/[]?=".contains(c))
    };
    let mut parts = text.split(';');
    let essence = parts.next().and_then(|essence| essence.split_once('/'));
    let is_well = essence.is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
        && parts.all(|part| {
            part.trim()
                .split_once('=')
                .is_some_and(|(n, v)| is_token(n) && is_token(v))
        });
    if !is_well {
        faults.push(format!("{what} is no media type: {text:?}"));
    }
}

/// A language tag whose language has a code of ISO 639.
pub(crate) fn language(tag: &str, what: &str, faults: &mut Faults) {
    let first = tag.split('-').next().unwrap_or_default();
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    if !(2..=3).contains(&first.len()) || !tag.split('-').all(is_part) {
        faults.push(format!("{what} is no language: {tag:?}"));
    }
}

/// HTML in a feed: nothing that runs, no looks of its own, every address absolute.
pub(crate) fn html(html: &str, what: &str, faults: &mut Faults) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag
            .split([' ', '/'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if [
            "script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "svg",
            "math",
        ]
        .contains(&name.as_str())
        {
            faults.push(format!("{what} holds <{name}>"));
        }
        for part in tag.split("=\"").collect::<Vec<_>>().windows(2) {
            let attribute = part[0].rsplit([' ', '"']).next().unwrap_or_default();
            let value = part[1].split('"').next().unwrap_or_default();
            attribute_of_html(attribute, value, what, faults);
        }
    }
}

fn attribute_of_html(attribute: &str, value: &str, what: &str, faults: &mut Faults) {
    let schemes = ["http:", "https:", "mailto:", "tel:", "ftp:"];
    let is_absolute = |url: &str| {
        let url = url.trim().to_ascii_lowercase();
        schemes.iter().any(|scheme| url.starts_with(scheme))
    };
    let is_well = match attribute {
        "style" => false,
        "src" | "cite" | "poster" | "longdesc" => is_absolute(value),
        // A link into the same text needs no address where the entry has none.
        "href" => is_absolute(value) || value.starts_with('#'),
        "srcset" => value.split(", ").all(is_absolute),
        _ => !attribute.starts_with("on"),
    };
    if !is_well {
        faults.push(format!("{what} holds {attribute}={value:?}"));
    }
}
