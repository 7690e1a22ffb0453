//! Markup brought into a form that no parser can be made slow with: well nested, of bounded depth, with
//! few attributes a tag.
//!
//! html5ever follows the standard, and the standard takes quadratic time and space for nesting without
//! end, for formatting elements left open across blocks and for tags of a million attributes. This pass
//! is linear. It reads markup roughly as the standard does and says nothing about safety: the sanitizer
//! behind it reads what is written here, which can only be read one way.

use std::borrow::Cow;

use memchr::memchr;

use crate::model::{is_block, is_void, lower_name};

/// Browsers stop nesting at 512; notes need a dozen.
const DEPTH: usize = 100;
/// How many formatting elements may be open at once.
const FORMATS: usize = 12;
/// Attributes of one tag that are looked at.
const ATTRIBUTES: usize = 40;

/// Tags and attributes of one text that are written. Each is a node or an entry in the sanitizer's tree, of
/// some two hundred bytes; a book has a tenth of it. Behind them the text goes on without markup.
const MARKS: usize = 200_000;
/// Bytes of one attribute; addresses beyond it are data.
const VALUE: usize = 64 << 10;
/// Bytes that are written, after which the rest is left out: twice the longest of books. Data in attributes
/// does not count, so that this is text and markup.
pub(super) const LENGTH: usize = 8 << 20;

/// Characters in one run of text that are written as references (`&`, `>`, no-break spaces), at most;
/// html5ever's serializer takes quadratic time in them. No reader notices where a longer run is divided.
const SIGNS: usize = 20_000;

/// The attributes the policy may want.
const KEPT: [&str; 35] = [
    "style", "hidden", "abbr", "align", "alt", "checked", "cite", "class", "colspan", "data",
    "datetime", "dir", "disabled", "headers", "height", "href", "id", "kind", "label", "lang",
    "name", "open", "reversed", "rowspan", "scope", "span", "src", "srclang", "srcset", "start",
    "title", "type", "value", "width", "data-src",
];

/// Elements that are dropped with what is in them.
fn is_dropped(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"script"
            | b"style"
            | b"svg"
            | b"template"
            | b"textarea"
            | b"title"
            | b"noembed"
            | b"noframes"
            | b"select"
            | b"math"
            | b"head"
    )
}

/// Elements that the standard opens again in the next block when a block closes over them.
fn is_formatting(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"a" | b"b"
            | b"big"
            | b"code"
            | b"em"
            | b"font"
            | b"i"
            | b"nobr"
            | b"s"
            | b"small"
            | b"strike"
            | b"strong"
            | b"tt"
            | b"u"
    )
}

/// What a start tag closes, and where the search for it ends.
struct Implied {
    closed: &'static [&'static str],
    bounds: &'static [&'static str],
}

fn implied(start: &str) -> Option<Implied> {
    let (closed, bounds): (&[_], &[_]) = match start.as_bytes() {
        b"li" => (&["li"], &["ul", "ol", "menu"]),
        b"dt" | b"dd" => (&["dt", "dd"], &["dl"]),
        b"td" | b"th" => (&["td", "th"], &["tr", "table"]),
        b"tr" => (&["tr"], &["table"]),
        b"thead" | b"tbody" | b"tfoot" => (&["thead", "tbody", "tfoot", "tr"], &["table"]),
        _ => return None,
    };
    Some(Implied { closed, bounds })
}

/// Rewrites markup so that everything opened is closed, in order, and nothing is deep.
pub(super) fn bounded(html: &str) -> String {
    let mut writer = Writer {
        out: String::with_capacity(html.len() + html.len() / 8),
        ..Writer::default()
    };
    let mut reader = Reader {
        html,
        at: 0,
        endless: Vec::new(),
    };
    while let Some(piece) = reader.next() {
        if writer.out.len() > LENGTH {
            break;
        }
        match piece {
            Piece::Text(text) => writer.text(text),
            Piece::Sign => writer.text("&lt;"),
            Piece::Open { name, attributes } => writer.open(name, &attributes),
            Piece::Close(name) => writer.close(&name),
        }
    }
    writer.close_down_to(0);
    writer.out
}

enum Piece<'a> {
    Text(&'a str),
    /// A `<` that begins no tag.
    Sign,
    Open {
        name: Cow<'a, str>,
        attributes: Vec<(&'static str, &'a str)>,
    },
    Close(Cow<'a, str>),
}

/// A start or end tag: its name, and the attributes that the policy may want.
type Tag<'a> = (Cow<'a, str>, Vec<(&'static str, &'a str)>);

struct Reader<'a> {
    html: &'a str,
    at: usize,
    /// What was looked for to the end in vain, so that it is looked for once.
    endless: Vec<String>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
            let Some(after) = rest.strip_prefix('<') else {
                let length = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.at += length;
                return Some(Piece::Text(&rest[..length]));
            };
            let first = after.bytes().next().unwrap_or(b' ');
            let second = after.as_bytes().get(1).copied().unwrap_or(b' ');
            if first.is_ascii_alphabetic() {
                let (name, attributes) = self.tag(1)?;
                if is_dropped(&name) {
                    self.skip_past(&format!("</{name}"));
                    continue;
                }
                if name == "iframe" {
                    self.skip_past("</iframe");
                }
                return Some(Piece::Open { name, attributes });
            }
            if first == b'/' && second.is_ascii_alphabetic() {
                let (name, _) = self.tag(2)?;
                return Some(Piece::Close(name));
            }
            if after.starts_with("!--") {
                self.at += 2;
                if !self.skip_past("-->") {
                    self.at += 2;
                }
            } else if matches!(first, b'!' | b'?' | b'/') {
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
            } else {
                self.at += 1;
                return Some(Piece::Sign);
            }
        }
    }

    /// Goes on behind the first `end`, and behind the `>` of an end tag. Without one nothing is skipped:
    /// a cut document keeps its text.
    fn skip_past(&mut self, end: &str) -> bool {
        if self.endless.iter().any(|known| known == end) {
            return false;
        }
        let Some(found) = find_ignoring_case(&self.html[self.at..], end) else {
            self.endless.push(end.to_owned());
            return false;
        };
        self.at += found + end.len();
        if end.starts_with("</") {
            let rest = &self.html[self.at..];
            self.at += rest.find('>').map_or(rest.len(), |at| at + 1);
        }
        true
    }

    /// Reads the tag whose name begins `offset` bytes on. `None` at an end of file inside the tag.
    fn tag(&mut self, offset: usize) -> Option<Tag<'a>> {
        let bytes = self.html.as_bytes();
        let mut at = self.at + offset;
        let ends = |byte: u8| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>';
        let name_end = first_from(bytes, at, ends)?;
        let name = lower_name(&self.html[at..name_end]);
        at = name_end;
        let mut attributes = Vec::new();
        loop {
            at = first_from(bytes, at, |byte| {
                !byte.is_ascii_whitespace() && byte != b'/'
            })?;
            if bytes[at] == b'>' {
                self.at = at + 1;
                return Some((name, attributes));
            }
            // A `=` in front belongs to the name.
            let stop = first_from(bytes, at + 1, |byte| ends(byte) || byte == b'=')?;
            let attribute = &self.html[at..stop];
            at = first_from(bytes, stop, |byte| !byte.is_ascii_whitespace())?;
            let mut value = "";
            if bytes[at] == b'=' {
                at = first_from(bytes, at + 1, |byte| !byte.is_ascii_whitespace())?;
                let quote = bytes[at];
                if quote == b'"' || quote == b'\'' {
                    let close = at + 1 + memchr(quote, &bytes[at + 1..])?;
                    value = &self.html[at + 1..close];
                    at = close + 1;
                } else {
                    let close =
                        first_from(bytes, at, |byte| byte.is_ascii_whitespace() || byte == b'>')?;
                    value = &self.html[at..close];
                    at = close;
                }
            }
            if attributes.len() < ATTRIBUTES {
                let known = KEPT
                    .iter()
                    .find(|kept| kept.eq_ignore_ascii_case(attribute));
                let known = known.filter(|_| value.len() <= VALUE);
                attributes.extend(known.map(|kept| (*kept, value)));
            }
        }
    }
}

/// Where, from `from` on, the first byte stands that is wanted.
fn first_from(bytes: &[u8], from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let length = bytes[from..].iter().position(|&byte| is_wanted(byte))?;
    Some(from + length)
}

/// Where `needle`, which is ASCII and begins with no letter, first stands.
fn find_ignoring_case(hay: &str, needle: &str) -> Option<usize> {
    let first = needle.chars().next()?;
    hay.match_indices(first).map(|(at, _)| at).find(|&at| {
        hay.get(at..at + needle.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(needle))
    })
}

#[derive(Default)]
struct Writer<'a> {
    out: String,
    open: Vec<Cow<'a, str>>,
    /// How many of the open ones are formatting elements.
    formats: usize,
    /// Start tags left out, so that their end tags are left out, too.
    left_out: Vec<(Cow<'a, str>, usize)>,
    /// How many signs the run of text has that is being written.
    signs: usize,
    /// How many tags and attributes are written.
    marks: usize,
}

impl<'a> Writer<'a> {
    fn text(&mut self, text: &str) {
        let mut rest = &text[..text.floor_char_boundary(LENGTH)];
        loop {
            let room = SIGNS - self.signs;
            // The first byte of a no-break space is that of a few other characters, too.
            let mut signs = memchr::memchr3_iter(b'&', b'>', 0xc2, rest.as_bytes());
            let seen = signs.by_ref().take(room).count();
            self.signs += seen;
            let Some(cut) = signs.next() else {
                self.out.push_str(rest);
                return;
            };
            self.out.extend([&rest[..cut], "<wbr>"]);
            self.signs = 0;
            rest = &rest[cut..];
        }
    }

    fn open(&mut self, name: Cow<'a, str>, attributes: &[(&'static str, &str)]) {
        self.signs = 0;
        if !is_name(&name) {
            return;
        }
        if self.marks >= MARKS {
            if is_block(&name) || name == "br" {
                self.out.push('\n');
            }
            return;
        }
        self.close_implied(&name);
        if is_void(&name) {
            self.write(&name, attributes);
            return;
        }
        let formatting = is_formatting(&name);
        if self.open.len() >= DEPTH || (formatting && self.formats >= FORMATS) {
            if let Some((_, count)) = self.left_out.iter_mut().find(|(known, _)| *known == name) {
                *count += 1;
            } else if self.left_out.len() < 64 {
                // Names are the sender's: beyond a few, end tags find nothing to close anyway.
                self.left_out.push((name, 1));
            }
            return;
        }
        self.write(&name, attributes);
        if name == "iframe" {
            self.out.push_str("</iframe>");
            return;
        }
        self.formats += usize::from(formatting);
        self.open.push(name);
    }

    fn write(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        self.marks += 1 + attributes.len();
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            if value.contains('"') {
                self.out.push_str(&value.replace('"', "&quot;"));
            } else {
                self.out.push_str(value);
            }
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.signs = 0;
        if let Some((_, count)) = self
            .left_out
            .iter_mut()
            .find(|(known, count)| known == name && *count > 0)
        {
            *count -= 1;
            return;
        }
        // A cell's stray end tag must not close the table around its neighbours.
        let within = self.open.iter().rposition(|open| open == "table");
        let floor = if name == "table" {
            0
        } else {
            within.unwrap_or(0)
        };
        if let Some(at) = self.open[floor..].iter().rposition(|open| open == name) {
            self.close_down_to(floor + at);
        }
    }

    fn close_implied(&mut self, name: &str) {
        if let Some(Implied { closed, bounds }) = implied(name) {
            let known = |names: &[&str], open: &str| names.contains(&open);
            let floor = self.open.iter().rposition(|open| known(bounds, open));
            let floor = floor.map_or(0, |at| at + 1);
            if let Some(at) = self.open[floor..]
                .iter()
                .position(|open| known(closed, open))
            {
                self.close_down_to(floor + at);
            }
        }
        if is_block(name) {
            let inline = |open: &str| !is_block(open);
            let at = self.open.iter().rposition(|open| !inline(open));
            if let Some(at) = at.filter(|&at| self.open[at] == "p") {
                self.close_down_to(at);
            }
        }
        if name == "a"
            && let Some(at) = self.open.iter().rposition(|open| open == "a")
        {
            self.close_down_to(at);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(name) = self.open.pop() else { return };
            self.formats -= usize::from(is_formatting(&name));
            self.out.extend(["</", &name, ">"]);
        }
    }
}

/// Whether every parser reads this as a tag's name.
fn is_name(name: &str) -> bool {
    name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        // Raw text in every parser; what stands in them is read as markup here.
        && !matches!(
            name.as_bytes(),
            b"plaintext" | b"xmp" | b"noscript" | b"listing" | b"html" | b"body" | b"frameset" | b"image"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_is_closed_in_order() {
        assert_eq!(
            bounded("<ul><li>a<li><b>b</ul>c"),
            "<ul><li>a</li><li><b>b</b></li></ul>c"
        );
        assert_eq!(bounded("<p>a<p>b<div>c"), "<p>a</p><p>b</p><div>c</div>");
        assert_eq!(bounded("<p><b>a</p>b</b>"), "<p><b>a</b></p>b");
        assert_eq!(
            bounded("<table><tr><td>a<td>b<tr><td>c</table>"),
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
        );
    }

    #[test]
    fn signs_comments_and_declarations_are_told_apart() {
        assert_eq!(
            bounded("a < b <!-- <p> --> c<!doctype x><?x?>d<![CDATA[e]]>"),
            "a &lt; b  cd"
        );
        assert_eq!(
            bounded("a <!-- cut off <b>text</b>"),
            "a  cut off <b>text</b>"
        );
        assert_eq!(bounded("a<script>1 < 2</SCRIPT >b<script>c"), "abc");
    }

    #[test]
    fn a_long_run_of_signs_is_divided_without_losing_one() {
        let few = "&amp; ".repeat(SIGNS);
        assert_eq!(bounded(&few), few);
        let many = "é&\u{a0}>".repeat(SIGNS);
        let divided = bounded(&many);
        assert_eq!(divided.matches("<wbr>").count(), 2);
        assert_eq!(divided.replace("<wbr>", ""), many);
        assert_eq!(bounded(&divided), divided);
    }

    #[test]
    fn attributes_are_quoted_and_few() {
        assert_eq!(
            bounded("<A HREF='x\"y' onclick=z ID=q/ title>t</a>"),
            "<a href=\"x&quot;y\" id=\"q/\" title=\"\">t</a>"
        );
        let many: String = (0..100_000)
            .map(|n| format!(" a{n}=\"x\" id=\"{n}\""))
            .collect();
        assert!(bounded(&format!("<p{many}>t</p>")).len() < 2_000);
    }

    #[test]
    fn markup_ends_where_a_tree_would_fill_the_memory() {
        let many = format!("<ul>{}</ul><p>end", "<li title=t>x".repeat(MARKS));
        let few = bounded(&many);
        assert_eq!(few.matches("<li").count(), (MARKS - 1) / 2 + 1);
        assert_eq!(few.matches('x').count(), MARKS);
        assert!(
            few.ends_with("</li></ul>\nend") || few.ends_with("x</ul>\nend"),
            "{}",
            &few[few.len() - 40..]
        );
        let long = "words ".repeat(LENGTH);
        assert_eq!(bounded(&long).len(), LENGTH);
        assert!(bounded(&"<p>words ".repeat(LENGTH / 8)).len() < LENGTH + 100);
        let data = format!("<img src=\"data:{}\" alt=a>", "A".repeat(LENGTH));
        assert_eq!(bounded(&data), "<img alt=\"a\">");
    }

    #[test]
    fn depth_ends_and_text_goes_on() {
        let deep = format!("{}x{}y", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let bounded = bounded(&deep);
        assert_eq!(bounded.matches("<div>").count(), DEPTH);
        assert!(bounded.ends_with("</div>y"));
    }
}
