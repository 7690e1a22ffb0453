//! Puts an entry's content into a page among others: its headings below the page's, its ids apart from
//! other entries', its pictures as links unless they are wished for.
//!
//! What is safe was decided in `clean`; here it is only given its place.

use std::collections::HashSet;
use std::io::{self, Write};

use super::super::{Images, wording};
use super::escape;
use crate::model::{SafeHtml, Token};

/// Where content is put.
pub(super) struct Place<'a> {
    /// The id of the article, in front of each id in it.
    pub(super) name: &'a str,
    /// Of the entry: links to it with a fragment stay on the page.
    pub(super) permalink: Option<&'a str>,
    pub(super) images: Images,
    /// The level of the highest heading in the content: one below the article's.
    pub(super) highest: u8,
}

pub(super) fn put(content: &SafeHtml, place: &Place<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut ids = HashSet::new();
    for (_, token) in content.tokens() {
        if let Token::Open { attributes, .. } = token {
            ids.extend(attributes.get("id"));
        }
    }
    let ids: HashSet<&str> = ids.iter().map(AsRef::as_ref).collect();
    let mut writer = Writer {
        place,
        out,
        ids: &ids,
        above: Vec::new(),
        links: 0,
    };
    for (range, token) in content.tokens() {
        match token {
            Token::Open { name, attributes } => match name {
                "img" | "video" | "audio" | "source" | "iframe" | "embed"
                    if !(name == "img" && place.images == Images::Show) =>
                {
                    let address = attributes.get("src");
                    let words = attributes.get("alt").or_else(|| attributes.get("title"));
                    writer.medium(name, address.as_deref(), words.as_deref())?;
                }
                _ => writer.open(name, &content.as_str()[range])?,
            },
            Token::Close { name } => writer.close(name)?,
            Token::Text(text) => writer.text(text)?,
        }
    }
    Ok(())
}

struct Writer<'a> {
    place: &'a Place<'a>,
    out: &'a mut dyn Write,
    /// Of the content.
    ids: &'a HashSet<&'a str>,
    /// The levels of the headings above this place, outermost first.
    above: Vec<u8>,
    /// Links that are open: within one there is no room for another.
    links: usize,
}

impl Writer<'_> {
    fn open(&mut self, name: &str, tag: &str) -> io::Result<()> {
        if is_left_out(name) {
            return Ok(());
        }
        self.links += usize::from(name == "a");
        self.start(name)?;
        for (attribute, value) in attributes(tag) {
            match attribute {
                // They would take on the page's own looks, or name what has another name here.
                "class" | "style" | "name" | "for" | "headers" | "usemap" | "srcset" | "sizes" => {}
                _ if attribute.starts_with("aria-") => {}
                "id" => write!(self.out, " id=\"{}-{}\"", self.place.name, shown(value))?,
                "href" => match self.on_this_page(value) {
                    Some(id) => write!(self.out, " href=\"#{}-{}\"", self.place.name, shown(id))?,
                    None => write!(self.out, " href=\"{}\"", shown(value))?,
                },
                _ => write!(self.out, " {attribute}=\"{}\"", shown(value))?,
            }
        }
        if name == "img" {
            write!(self.out, " loading=\"lazy\"")?;
        }
        write!(self.out, ">")
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        if is_left_out(name) {
            return Ok(());
        }
        if name == "a" {
            self.links = self.links.saturating_sub(1);
        }
        match heading(name) {
            Some(_) => write!(self.out, "</h{}>", self.shown_level()),
            None => write!(self.out, "</{name}>"),
        }
    }

    fn start(&mut self, name: &str) -> io::Result<()> {
        let Some(level) = heading(name) else {
            return write!(self.out, "<{name}");
        };
        self.above.retain(|above| *above < level);
        self.above.push(level);
        write!(self.out, "<h{}", self.shown_level())
    }

    /// How deep the last heading stands among those of the content: who moves by headings meets no gap,
    /// whatever levels a publisher took for their looks.
    fn shown_level(&self) -> u8 {
        let below = u8::try_from(self.above.len().saturating_sub(1)).unwrap_or(6);
        self.place.highest.saturating_add(below).min(6)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(shown(text).as_bytes())
    }

    /// What would be loaded, as a link to it.
    fn medium(&mut self, name: &str, address: Option<&str>, words: Option<&str>) -> io::Result<()> {
        // A player names its files itself or by `source`; a picture's sources repeat its `img`.
        if address.is_none() && name != "img" {
            return Ok(());
        }
        let kind = match name {
            "img" => "image",
            "video" | "audio" => name,
            "source" => "recording",
            _ => "embedded page",
        };
        let words = words.map(str::trim).filter(|words| !words.is_empty());
        let label = words.map_or_else(
            || format!("[{kind}]"),
            |words| format!("[{kind}: {}]", escape(words)),
        );
        // A player or a page is nothing without its address; a picture's words may do.
        let is_linked = self.links == 0 && (name != "img" || self.place.images != Images::None);
        match address.and_then(wording::web).filter(|_| is_linked) {
            Some(link) => write!(
                self.out,
                "<a class=\"medium\" href=\"{}\">{label}</a>",
                escape(&link)
            ),
            None => write!(self.out, "<span class=\"medium\">{label}</span>"),
        }
    }

    /// The id a link leads to, where that is in this content.
    fn on_this_page<'h>(&self, href: &'h str) -> Option<&'h str> {
        let (before, fragment) = href.split_once('#')?;
        let is_here = before.is_empty() || self.place.permalink == Some(before);
        (is_here && self.ids.contains(fragment)).then_some(fragment)
    }
}

/// Text as the serialization has it, escaped, without what may not stand in a page.
fn shown(escaped: &str) -> String {
    escaped
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect()
}

/// The attributes of a tag, as the serialization writes them; values still escaped.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// Around what has become a link there is nothing to frame.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "picture" | "source" | "track" | "video" | "audio" | "iframe" | "embed"
    )
}

/// The level of a heading: `h1` to `h6`.
fn heading(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_at(html: &str, images: Images) -> String {
        let mut out = Vec::new();
        let place = Place {
            name: "e7",
            permalink: Some("https://a.example/p"),
            images,
            highest: 3,
        };
        put(&SafeHtml::vouch(html.into()), &place, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn headings_go_below_the_page_s_own() {
        assert_eq!(
            put_at("<h1>a</h1><h2>b</h2>", Images::None),
            "<h3>a</h3><h4>b</h4>"
        );
        assert_eq!(
            put_at("<h4>a</h4><h6>b</h6>", Images::None),
            "<h3>a</h3><h4>b</h4>"
        );
        assert_eq!(
            put_at("<h1>a</h1><h6>b</h6>", Images::None),
            "<h3>a</h3><h4>b</h4>"
        );
        assert_eq!(
            put_at("<h4>a</h4><h1>b</h1><h3>c</h3><h2>d</h2>", Images::None),
            "<h3>a</h3><h3>b</h3><h4>c</h4><h4>d</h4>"
        );
    }

    #[test]
    fn ids_are_the_entry_s_own_and_links_find_them() {
        assert_eq!(
            put_at(
                "<p id=\"x\" class=\"facts\">a</p><a href=\"https://a.example/p#x\">b</a><a \
                 href=\"https://a.example/p#y\">c</a><a href=\"#x\">d</a>",
                Images::None
            ),
            "<p id=\"e7-x\">a</p><a href=\"#e7-x\">b</a><a href=\"https://a.example/p#y\">c</a><a \
             href=\"#e7-x\">d</a>"
        );
    }

    #[test]
    fn pictures_are_links_unless_they_are_wished_for() {
        let picture = "<img src=\"https://a.example/i.png\" alt=\"a &lt;b&gt;\">";
        assert_eq!(
            put_at(picture, Images::Link),
            "<a class=\"medium\" href=\"https://a.example/i.png\">[image: a &lt;b&gt;]</a>"
        );
        assert_eq!(
            put_at(
                &format!("<a href=\"https://b.example/\">{picture}</a>"),
                Images::Link
            ),
            "<a href=\"https://b.example/\"><span class=\"medium\">[image: a &lt;b&gt;]</span></a>"
        );
        assert_eq!(
            put_at(picture, Images::None),
            "<span class=\"medium\">[image: a &lt;b&gt;]</span>"
        );
        assert_eq!(
            put_at(picture, Images::Show),
            "<img src=\"https://a.example/i.png\" alt=\"a &lt;b&gt;\" loading=\"lazy\">"
        );
        assert_eq!(
            put_at(
                "<video src=\"https://a.example/v\"><source src=\"https://a.example/w\">x</video><picture><source srcset=\"y\"></picture>",
                Images::Show
            ),
            "<a class=\"medium\" href=\"https://a.example/v\">[video]</a><a class=\"medium\" \
             href=\"https://a.example/w\">[recording]</a>x"
        );
    }
}
