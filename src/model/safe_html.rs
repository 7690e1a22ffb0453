//! HTML that has gone through the sanitizer, and ways to read it without parsing it again.
//!
//! `clean` writes one canonical serialization: every element closed, attributes in double quotes, `&`,
//! `<` and `>` in text escaped, no comments. So a scan over the bytes is enough to find tags and text.

mod text;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use memchr::memchr;

use text::TextWriter;

/// HTML that is safe to put into a page, a mail or a feed.
///
/// Made by `clean`, and by `archive` from what `clean` made: [`SafeHtml::vouch`] is the only way in, and
/// `tests/layout.rs` allows that name nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SafeHtml(String);

impl SafeHtml {
    /// States that the sanitizer wrote this.
    pub(crate) fn vouch(cleaned: String) -> Self {
        Self(cleaned)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tags and runs of text, in order.
    pub(crate) fn tokens(&self) -> Tokens<'_> {
        Tokens {
            html: &self.0,
            at: 0,
        }
    }

    /// A part of it, with elements closed that it leaves open and opened that it only closes. The
    /// bounds must lie between tokens; others give an empty part.
    pub(crate) fn section(&self, range: Range<usize>) -> Self {
        let Some(part) = self.0.get(range) else {
            return Self::default();
        };
        let mut open: Vec<&str> = Vec::new();
        let mut unopened: Vec<&str> = Vec::new();
        for (_, token) in (Tokens { html: part, at: 0 }) {
            match token {
                Token::Open { name, .. } if !is_void(name) => open.push(name),
                Token::Close { name } => {
                    if open.pop().is_none() {
                        unopened.push(name);
                    }
                }
                Token::Open { .. } | Token::Text(_) => {}
            }
        }
        let mut balanced = String::with_capacity(part.len() + 8 * (open.len() + unopened.len()));
        for name in unopened.iter().rev() {
            balanced.extend(["<", name, ">"]);
        }
        balanced.push_str(part);
        for name in open.iter().rev() {
            balanced.extend(["</", name, ">"]);
        }
        Self(balanced)
    }

    /// Whether it leads to files on the disk it was written on.
    pub(crate) fn has_local_addresses(&self) -> bool {
        self.0.contains("=\"file:")
    }

    /// For others than the person whose disk it is: without what leads to files on it. `places` are moved
    /// to where they stand then; between tokens they stay between tokens.
    pub(crate) fn without_local_addresses(&self, places: &mut [&mut usize]) -> Self {
        let mut kept = String::with_capacity(self.0.len());
        // Each cut: where it ends in the old text, and how much is gone by then.
        let mut cuts = vec![(0, 0)];
        for (range, token) in self.tokens() {
            let Token::Open { name, attributes } = token else {
                kept.push_str(&self.0[range]);
                continue;
            };
            let tag = &self.0[range.clone()];
            let local = attributes.local(tag.len());
            if name == "img" && !local.is_empty() {
                // What it shows, as where a picture's address leads nowhere; never longer than the tag.
                let words = attributes.get("alt").unwrap_or_default();
                kept.push_str(&words.replace(['<', '>'], " ").replace('&', "&amp;"));
                cuts.push((range.end, range.end - kept.len()));
                continue;
            }
            let mut from = 0;
            for (start, end) in local {
                kept.push_str(&tag[from..start]);
                from = end;
            }
            kept.push_str(&tag[from..]);
            cuts.push((range.end, range.end - kept.len()));
        }
        for place in places {
            let before = cuts.partition_point(|(end, _)| *end <= **place);
            **place -= cuts[before - 1].1;
        }
        Self(kept)
    }

    /// The text a reader sees, blocks on lines of their own, paragraphs divided by an empty line,
    /// list items behind `- `, preformatted text as it stands. For indexing, search results and plain
    /// outputs.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_text(&mut text);
        text.shrink_to_fit();
        text
    }

    /// As [`SafeHtml::to_text`], in the place of what stands in `text`, for its room.
    pub(crate) fn write_text(&self, text: &mut String) {
        let mut writer = TextWriter::into(std::mem::take(text), self.0.len());
        for (_, token) in self.tokens() {
            match token {
                Token::Open { name, attributes } => writer.open(name, attributes),
                Token::Close { name } => writer.close(name),
                Token::Text(raw) => writer.text(&decode(raw)),
            }
        }
        *text = writer.finish();
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A piece of [`SafeHtml`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Open {
        name: &'a str,
        attributes: Attributes<'a>,
    },
    Close {
        name: &'a str,
    },
    /// Still escaped; [`decode`] makes characters of it.
    Text(&'a str),
}

/// The attributes of one tag, as they stand between its name and its `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    /// An attribute's value, decoded.
    pub(crate) fn get(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let found = self.each().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| decode(value))
    }

    /// Names and values, still escaped, in order.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let name = memchr(b'"', rest.as_bytes())?;
            let value = name + 1;
            let end = value + memchr(b'"', &rest.as_bytes()[value..])?;
            let found = (
                rest[..name].strip_suffix('=')?.trim_start(),
                &rest[value..end],
            );
            rest = &rest[end + 1..];
            Some(found)
        })
    }

    /// Where the attributes stand whose values are addresses of files, in a tag of `length` bytes: with the
    /// space before each.
    fn local(&self, length: usize) -> Vec<(usize, usize)> {
        // The attributes end where the tag's `>` stands.
        let start = length - 1 - self.0.len();
        let (mut found, mut of_link) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(equals) = self.0[at..].find("=\"") {
            let value = at + equals + 2;
            let Some(quote) = self.0[value..].find('"') else {
                break;
            };
            let end = value + quote + 1;
            if self.0[value..end].starts_with("file:") {
                found.push((start + at, start + end));
            } else if self.0[at..equals + at].trim() == "rel" {
                // It says what a link is.
                of_link.push((start + at, start + end));
            }
            at = end;
        }
        if !found.is_empty() {
            found.append(&mut of_link);
            found.sort_unstable();
        }
        found
    }
}

/// Walks [`SafeHtml`]: each item is the byte range of a token and the token.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Range<usize>, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.html.get(start..).filter(|rest| !rest.is_empty())?;
        if rest.as_bytes()[0] != b'<' {
            let end = start + memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.at = end;
            return Some((start..end, Token::Text(&self.html[start..end])));
        }
        let length = tag_length(rest);
        self.at = start + length;
        let mut inside = &rest[1..length];
        while let Some(shorter) = inside.strip_suffix('>') {
            inside = shorter;
        }
        let token = match inside.as_bytes().first() {
            Some(b'/') => Token::Close { name: &inside[1..] },
            _ => {
                let end = inside.bytes().position(|byte| byte == b' ');
                let end = end.unwrap_or(inside.len());
                Token::Open {
                    name: &inside[..end],
                    attributes: Attributes(&inside[end..]),
                }
            }
        };
        Some((start..self.at, token))
    }
}

/// How long the tag at the start of `html` is: up to the first `>` outside quotes.
fn tag_length(html: &str) -> usize {
    let bytes = html.as_bytes();
    let mut at = 0;
    // Names are short and values long: of these only the end is looked for.
    while let Some(near) = bytes[at..].iter().position(|b| matches!(b, b'"' | b'>')) {
        at += near + 1;
        if bytes[at - 1] == b'>' {
            return at;
        }
        let Some(end) = memchr(b'"', &bytes[at..]) else {
            break;
        };
        at += end + 1;
    }
    bytes.len()
}

/// The characters behind the few references the serialization uses.
pub(crate) fn decode(escaped: &str) -> Cow<'_, str> {
    const REFERENCES: [(&str, &str); 5] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", "\u{a0}"),
    ];
    if memchr(b'&', escaped.as_bytes()).is_none() {
        return Cow::Borrowed(escaped);
    }
    let mut decoded = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        match REFERENCES.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, character)) => {
                decoded.push_str(character);
                rest = &rest[name.len()..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The name of a tag or an attribute in lower case, which it nearly always has.
pub(crate) fn lower_name(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// Elements without content, so without an end tag.
///
/// Bytes are matched by their number and one after the other, texts one text after the other.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Elements that begin a line of their own.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"div"
            | b"dl"
            | b"dt"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"header"
            | b"hgroup"
            | b"hr"
            | b"li"
            | b"main"
            | b"nav"
            | b"ol"
            | b"p"
            | b"pre"
            | b"section"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"td"
            | b"tfoot"
            | b"th"
            | b"thead"
            | b"tr"
            | b"ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(html: &str) -> SafeHtml {
        SafeHtml::vouch(html.to_owned())
    }

    #[test]
    fn what_leads_to_files_is_left_out_and_places_move_with_it() {
        let html = "<p>a <a href=\"file:///n/a.pdf\" rel=\"x\">file:</a></p><h2>b</h2><img alt=\"c\" src=\"file:///n/c.png\">";
        let (mut from, mut to, mut end) = (
            html.find("<h2").unwrap(),
            html.find("<img").unwrap(),
            html.len(),
        );
        let content = safe(html);
        assert!(content.has_local_addresses());
        let shared = content.without_local_addresses(&mut [&mut from, &mut to, &mut end]);
        assert_eq!(shared.as_str(), "<p>a <a>file:</a></p><h2>b</h2>c");
        assert_eq!(&shared.as_str()[from..to], "<h2>b</h2>");
        assert_eq!(end, shared.as_str().len());
        assert!(!shared.has_local_addresses());
    }

    #[test]
    fn tokens_cover_the_whole() {
        let html = safe(r#"<p class="a > b">x &lt; y<br>z</p>"#);
        let tokens: Vec<_> = html.tokens().collect();
        assert_eq!(tokens.first().unwrap().0.start, 0);
        assert_eq!(tokens.last().unwrap().0.end, html.as_str().len());
        let Token::Open { name, attributes } = tokens[0].1 else {
            panic!("expected a tag, found {:?}", tokens[0])
        };
        assert_eq!(name, "p");
        assert_eq!(attributes.get("class").unwrap(), "a > b");
        assert_eq!(attributes.get("id"), None);
        assert_eq!(tokens[1].1, Token::Text("x &lt; y"));
    }

    #[test]
    fn a_section_is_balanced_again() {
        let html = safe("<div><h2>A</h2><p>one</p></div><div><p>two</p></div>");
        let from = html.as_str().find("<p>one").unwrap();
        let to = html.as_str().find("<p>two").unwrap();
        assert_eq!(
            html.section(from..to).as_str(),
            "<div><p>one</p></div><div></div>"
        );
        assert_eq!(html.section(5..9999), SafeHtml::default());
    }

    #[test]
    fn text_reads_as_a_person_sees_it() {
        let html = safe(
            "<h2>Ann &amp; Bob</h2>\n<p>One\ntwo <em>three</em>.<br>Four</p><ul>\n<li>a</li>\n<li>b\
             <ul><li>c</li></ul></li></ul><pre><code>x  = 1\n  y</code></pre><p>end</p>",
        );
        assert_eq!(
            html.to_text(),
            "Ann & Bob\n\nOne two three.\nFour\n\n- a\n- b\n  - c\n\nx  = 1\n  y\n\nend"
        );
    }

    #[test]
    fn references_are_decoded_once() {
        assert_eq!(decode("a &amp;lt; b &unknown; c"), "a &lt; b &unknown; c");
    }
}
