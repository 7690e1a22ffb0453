//! The last pass over the sanitizer's canonical output: players become links, pictures load late and
//! tell nobody where from, tracking pixels go, old anchors become ids.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use memchr::{memchr2, memchr2_iter};

use super::pixels::{hides, is_counter, is_tiny};
use crate::model::{Attributes, SafeHtml, Token, decode, is_block};

pub(super) struct Finished {
    pub(super) html: String,
    /// Whether a parser reads the same tree out of it again.
    pub(super) settled: bool,
}

pub(super) fn finished(safe: &SafeHtml) -> Finished {
    let mut finish = Finish {
        source: safe.as_str(),
        is_plain: !is_anything_forbidden(safe.as_str()),
        out: String::with_capacity(safe.as_str().len() + 256),
        open: Vec::new(),
        settled: true,
        pre_end: None,
        ids: HashSet::new(),
    };
    let mut skipped_to = 0;
    for (range, token) in safe.tokens() {
        if range.start < skipped_to {
            continue;
        }
        skipped_to = finish.token(range, token);
    }
    Finished {
        html: finish.out,
        settled: finish.settled,
    }
}

struct Finish<'a> {
    source: &'a str,
    /// No character of it is one to look at.
    is_plain: bool,
    out: String,
    /// The open `a`, `p` and headings, in order: what may not hold its like.
    open: Vec<&'a str>,
    settled: bool,
    /// Where the last `<pre>` ends: directly behind it parsers swallow a line break.
    pre_end: Option<usize>,
    /// Those that are given: a second one of the same name leads nowhere.
    ids: HashSet<String>,
}

impl<'a> Finish<'a> {
    /// Writes what stands for a token; where reading goes on.
    fn token(&mut self, range: Range<usize>, token: Token<'a>) -> usize {
        let end = range.end;
        match token {
            Token::Open { name, attributes } => {
                self.watch(name);
                match name.as_bytes() {
                    b"a" => self.anchor(attributes),
                    b"img" => self.picture(attributes),
                    b"audio" | b"video" => self.player(name, attributes),
                    b"source" => self.source(attributes),
                    b"input" => self.check_box(attributes),
                    b"embed" => self.link_to(attributes),
                    b"iframe" => {
                        self.link_to(attributes);
                        // What stands in it is raw text, so its end is the first of these.
                        let close = "</iframe>";
                        let rest = &self.source[end..];
                        return end + rest.find(close).map_or(rest.len(), |at| at + close.len());
                    }
                    _ => self.element(attributes, &self.source[range]),
                }
                if name == "pre" {
                    self.pre_end = Some(self.out.len());
                }
            }
            Token::Close { name } => {
                if matches!(name, "a" | "p") || is_heading(name) {
                    self.open.pop();
                }
                self.text(&self.source[range]);
            }
            // Also where what stood between is left out, such as a picture of one pixel.
            Token::Text(raw) if self.pre_end == Some(self.out.len()) => {
                self.text(raw.trim_start_matches(|c| c == '\n' || !is_allowed(c)));
            }
            Token::Text(raw) => self.text(raw),
        }
        end
    }

    fn watch(&mut self, name: &'a str) {
        let within = |wanted: &dyn Fn(&str) -> bool| self.open.iter().any(|open| wanted(open));
        let misplaced = (name == "a" && within(&|open| open == "a"))
            || (is_block(name) && within(&|open| open == "p"))
            || (is_heading(name) && within(&is_heading));
        if misplaced {
            self.settled = false;
        }
        if matches!(name, "a" | "p") || is_heading(name) {
            self.open.push(name);
        }
    }

    /// Characters that XML forbids would make the combined feed unreadable.
    fn text(&mut self, text: &str) {
        if self.is_plain {
            self.out.push_str(text);
            return;
        }
        let mut rest = text;
        while let Some(at) = rest.bytes().position(may_be_forbidden) {
            let (fine, from) = rest.split_at(at);
            self.out.push_str(fine);
            let mut chars = from.chars();
            self.out.extend(chars.next().filter(|&c| is_allowed(c)));
            rest = chars.as_str();
        }
        self.out.push_str(rest);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.extend([" ", name, "=\""]);
        self.text(&escape_value(value));
        self.out.push('"');
    }

    fn copy(&mut self, attributes: Attributes<'_>, names: &[&str]) {
        if attributes.each().next().is_none() {
            return;
        }
        for name in names {
            if *name == "id" {
                if let Some(id) = self.fresh_id(attributes.get("id")) {
                    self.attribute(name, &id);
                }
            } else if let Some((_, value)) = attributes.each().find(|(known, _)| known == name) {
                self.escaped_attribute(name, value);
            }
        }
    }

    /// As the sanitizer wrote it, but for signs that it leaves as they are in attributes.
    fn escaped_attribute(&mut self, name: &str, value: &str) {
        if memchr2(b'<', b'>', value.as_bytes()).is_some() {
            return self.attribute(name, &decode(value));
        }
        self.out.extend([" ", name, "=\""]);
        self.text(value);
        self.out.push('"');
    }

    /// An id, unless the entry has it already.
    fn fresh_id<'v>(&mut self, id: Option<Cow<'v, str>>) -> Option<Cow<'v, str>> {
        id.filter(|id| self.ids.insert(id.clone().into_owned()))
    }

    /// As the sanitizer wrote it, but for an id that was there before.
    fn element(&mut self, attributes: Attributes<'_>, tag: &str) {
        let id = attributes.get("id");
        if id.is_none() || self.fresh_id(id).is_some() {
            return self.text(tag);
        }
        // Values hold no bare quote, so this is the attribute and nothing within another.
        let marks = tag.split_once(" id=\"");
        if let Some((before, (_, after))) =
            marks.and_then(|(before, rest)| Some((before, rest.split_once('"')?)))
        {
            self.text(before);
            self.text(after);
        }
    }

    fn anchor(&mut self, attributes: Attributes<'_>) {
        self.out.push_str("<a");
        let address = attributes.each().find(|(name, _)| *name == "href");
        if let Some((name, address)) = address {
            self.escaped_attribute(name, address);
        }
        // Most links have nothing else but what the sanitizer puts on them.
        let is_more = |(name, _): (&str, &str)| !matches!(name, "href" | "rel");
        if attributes.each().any(is_more) {
            let id = attributes.get("id").or_else(|| attributes.get("name"));
            if let Some(id) = self.fresh_id(id) {
                self.attribute("id", &id);
            }
            self.copy(attributes, &["title", "lang", "dir"]);
        }
        if address.is_some() {
            self.out.push_str(" rel=\"noopener noreferrer\"");
        }
        self.out.push('>');
    }

    fn picture(&mut self, attributes: Attributes<'_>) {
        if is_out_of_sight(attributes) {
            return;
        }
        // Pages that load pictures by script keep the address elsewhere.
        let address = attributes.get("data-src").or_else(|| attributes.get("src"));
        if address.as_deref().is_some_and(is_counter) {
            return;
        }
        let set = attributes.get("srcset");
        if address.is_none() && set.is_none() {
            if let Some(alternative) = attributes.get("alt") {
                self.text(&escape(&alternative));
            }
            return;
        }
        self.out.push_str("<img");
        if let Some(address) = address {
            self.attribute("src", &address);
        }
        self.copy(
            attributes,
            &[
                "srcset", "alt", "title", "width", "height", "id", "lang", "dir",
            ],
        );
        self.out
            .push_str(" loading=\"lazy\" referrerpolicy=\"no-referrer\">");
    }

    fn player(&mut self, name: &str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        self.copy(
            attributes,
            &["src", "width", "height", "title", "id", "lang", "dir"],
        );
        self.out.push_str(" controls=\"\" preload=\"none\">");
    }

    fn source(&mut self, attributes: Attributes<'_>) {
        if attributes.get("src").is_some() {
            self.out.push_str("<source");
            self.copy(attributes, &["src", "type"]);
            self.out.push('>');
        }
    }

    /// Of task lists; other inputs say nothing.
    fn check_box(&mut self, attributes: Attributes<'_>) {
        if attributes
            .get("type")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"))
        {
            let checked = attributes.get("checked").is_some();
            self.out.push_str(if checked { "☑ " } else { "☐ " });
        }
    }

    /// A player or another page inside the page: a link, so that a talk's video is not lost.
    fn link_to(&mut self, attributes: Attributes<'_>) {
        let Some(address) = attributes.get("src") else {
            return;
        };
        let title = attributes
            .get("title")
            .filter(|title| !title.trim().is_empty());
        let text = escape(&title.unwrap_or_else(|| address.clone()));
        if self.open.contains(&"a") {
            self.text(&text);
            return;
        }
        self.out.push_str("<a");
        self.attribute("href", &address);
        self.out.push_str(" rel=\"noopener noreferrer\">");
        self.text(&text);
        self.out.push_str("</a>");
    }
}

/// A picture that its page keeps from being seen: a counter.
fn is_out_of_sight(attributes: Attributes<'_>) -> bool {
    let tiny = |name| attributes.get(name).is_some_and(|size| is_tiny(&size));
    tiny("width")
        || tiny("height")
        || attributes.get("hidden").is_some()
        || attributes.get("style").is_some_and(|style| hides(&style))
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
}

/// Whether a character that begins with the byte is one to look at: see [`is_allowed`].
fn may_be_forbidden(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f | 0xc2 | 0xef)
}

/// Whether a character stands in it that is not allowed.
fn is_anything_forbidden(text: &str) -> bool {
    // At a stroke, without a branch a byte.
    let below_space = |byte: u8| matches!(byte, 0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f);
    let ascii = (text.bytes()).fold(false, |seen, byte| seen | below_space(byte));
    let begin_like_one = || memchr2_iter(0xc2, 0xef, text.as_bytes());
    ascii || begin_like_one().any(|at| text[at..].chars().next().is_some_and(|c| !is_allowed(c)))
}

/// What XML 1.0 lets through, less the C1 controls, and less the byte order mark: parsers drop one that
/// came to stand at the very beginning.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Text as the canonical serialization writes it between tags.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(&mut escaped, c));
    debug_assert_eq!(decode(&escaped), text);
    escaped
}

/// An attribute's value as the canonical serialization writes it; most have nothing to escape.
pub(super) fn escape_value(value: &str) -> Cow<'_, str> {
    let may_be_sign = |byte: u8| matches!(byte, b'&' | b'"' | b'<' | b'>' | 0xc2);
    match value.bytes().any(may_be_sign) {
        true => Cow::Owned(escape(value).replace('"', "&quot;")),
        false => Cow::Borrowed(value),
    }
}

/// A character of a text as the canonical serialization writes it.
pub(super) fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{a0}' => out.push_str("&nbsp;"),
        c => out.push(c),
    }
}
