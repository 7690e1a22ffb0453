//! The policy on markup that any parser reads as it stands, without building a tree of it.
//!
//! Most of what blogs publish needs no mending. Where elements stand only where the HTML standard's tree
//! construction does nothing but insert them, and close in order, the tree is the markup, and the policy
//! can be applied tag by tag. [`applied`] knows this much of the grammar and no more: at the first
//! sign of anything else (frames, unknown elements, misplaced ones, rare references) it gives up, and
//! ammonia is asked. What it writes is what ammonia writes, byte for byte: debug builds, and so all tests and
//! fuzzers, compare the two each time.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};
use url::Url;

use super::super::finish::{escape_value, push_escaped};
use super::{ANYWHERE, ATTRIBUTES, LINK_REL, SCHEMES, filter};
use crate::model::is_void;

/// Where an element may stand so that no parser moves it or closes another for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere.
    Phrasing,
    /// Not within its like, which parsers close, or open again elsewhere.
    Formatting,
    /// Not within a paragraph, which ends before it.
    Block,
    /// As [`Place::Block`], and not directly within another heading.
    Heading,
    /// Directly within a list.
    Item,
    /// Directly within a `dl`.
    Term,
    /// Directly within a table.
    Section,
    /// Directly within a part of a table, which parsers open where it is missing.
    Row,
    /// Directly within a row.
    Cell,
}

/// The place of an element, if it is one of those known here: a part of what the policy allows.
fn place(name: &str) -> Option<Place> {
    Some(match name.as_bytes() {
        b"abbr" | b"bdi" | b"bdo" | b"br" | b"cite" | b"del" | b"dfn" | b"img" | b"ins"
        | b"kbd" | b"mark" | b"q" | b"samp" | b"span" | b"sub" | b"sup" | b"time" | b"var"
        | b"wbr" => Place::Phrasing,
        b"a" | b"b" | b"code" | b"em" | b"i" | b"s" | b"small" | b"strike" | b"strong" | b"tt"
        | b"u" => Place::Formatting,
        b"address" | b"article" | b"aside" | b"blockquote" | b"details" | b"div" | b"dl"
        | b"figcaption" | b"figure" | b"footer" | b"header" | b"hgroup" | b"hr" | b"main"
        | b"nav" | b"ol" | b"p" | b"pre" | b"section" | b"summary" | b"table" | b"ul" => {
            Place::Block
        }
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Place::Heading,
        b"li" => Place::Item,
        b"dd" | b"dt" => Place::Term,
        b"tbody" | b"tfoot" | b"thead" => Place::Section,
        b"tr" => Place::Row,
        b"td" | b"th" => Place::Cell,
        _ => return None,
    })
}

/// What the policy leaves of markup that [`super::super::bounds`] wrote; `None` where a parser might
/// read another tree than it shows.
pub(super) fn applied(markup: &str) -> Option<String> {
    // Parsers drop the one and make line feeds of the other.
    if memchr2(0, b'\r', markup.as_bytes()).is_some() || markup.starts_with('\u{feff}') {
        return None;
    }
    let mut direct = Direct {
        out: String::with_capacity(markup.len() + markup.len() / 8),
        open: Vec::new(),
    };
    let mut rest = markup;
    // Directly behind it parsers swallow a line break.
    let mut is_behind_pre = false;
    while let Some(sign) = memchr(b'<', rest.as_bytes()) {
        let (text, tag) = rest.split_at(sign);
        if is_behind_pre && (text.starts_with('\n') || text.starts_with("&#")) {
            return None;
        }
        direct.text(text)?;
        is_behind_pre = false;
        if let Some(closing) = tag.strip_prefix("</") {
            let name = direct.open.pop()?;
            rest = closing.strip_prefix(name)?.strip_prefix('>')?;
            direct.out.extend(["</", name, ">"]);
        } else {
            let (name, behind) = direct.open(&tag[1..])?;
            is_behind_pre = name == "pre";
            rest = behind;
        }
    }
    direct.text(rest)?;
    direct.open.is_empty().then_some(direct.out)
}

struct Direct<'a> {
    out: String,
    open: Vec<&'a str>,
}

impl<'a> Direct<'a> {
    /// Reads a start tag behind its `<`: its name, and what stands behind it.
    fn open(&mut self, tag: &'a str) -> Option<(&'a str, &'a str)> {
        let end = memchr2(b' ', b'>', tag.as_bytes())?;
        let (name, attributes) = tag.split_at(end);
        let place = place(name)?;
        if !self.may_stand(name, place) {
            return None;
        }
        self.out.extend(["<", name]);
        let behind = match attributes.strip_prefix('>') {
            Some(behind) if name != "a" => behind,
            _ => self.attributes(name, attributes)?,
        };
        self.out.push('>');
        if !is_void(name) {
            self.open.push(name);
        }
        Some((name, behind))
    }

    fn may_stand(&self, name: &str, place: Place) -> bool {
        let parent = self.parent();
        let is_in_paragraph = || self.open.contains(&"p");
        match place {
            Place::Section => parent == "table",
            Place::Row => is_section(parent),
            Place::Cell => parent == "tr",
            // All else in a table moves before it.
            _ if is_between_cells(parent) => false,
            Place::Phrasing => true,
            Place::Formatting => !self.open.contains(&name),
            Place::Block => !is_in_paragraph(),
            Place::Heading => !is_in_paragraph() && self::place(parent) != Some(Place::Heading),
            Place::Item => matches!(parent, "ol" | "ul"),
            Place::Term => parent == "dl",
        }
    }

    fn parent(&self) -> &'a str {
        self.open.last().copied().unwrap_or_default()
    }

    /// Reads attributes to behind the tag's `>` and writes those that the policy keeps, with ammonia's
    /// steps in ammonia's order.
    fn attributes(&mut self, element: &str, attributes: &'a str) -> Option<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        let mut kept: Vec<(&str, Option<String>)> = Vec::new();
        let mut rest = attributes;
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"")?;
            let (value, behind) = value.split_once('"')?;
            rest = behind;
            // Of two the first counts, also where the policy drops it.
            if names.contains(&name) {
                return None;
            }
            names.push(name);
            let value = decoded(value)?;
            if is_allowed(element, name) {
                let filtered = filter(element, name, &value).map(Cow::into_owned);
                // What the filter leaves as it is has a scheme that it allows.
                let is_let_through = !is_address(name)
                    || filtered.as_deref() == Some(&*value)
                    || has_allowed_scheme(&value);
                if is_let_through {
                    kept.push((name, filtered));
                }
            }
        }
        if element == "a" {
            kept.push(("rel", Some(LINK_REL.to_owned())));
        }
        // As ammonia takes them out: the last one comes into the place of each.
        for at in (0..kept.len()).rev() {
            if kept[at].1.is_none() {
                kept.swap_remove(at);
            }
        }
        for (name, value) in &kept {
            let value = value.as_deref().unwrap_or_default();
            self.out
                .extend([" ", name, "=\"", &escape_value(value), "\""]);
        }
        rest.strip_prefix('>')
    }

    /// Text with its references as ammonia writes it.
    fn text(&mut self, text: &str) -> Option<()> {
        if is_between_cells(self.parent())
            && !text.bytes().all(|b| matches!(b, b' ' | b'\n' | b'\t'))
        {
            return None;
        }
        let mut rest = text;
        // The first byte of a no-break space is that of a few other characters, too.
        while let Some(at) = memchr3(b'&', b'>', 0xc2, rest.as_bytes()) {
            self.out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (character, length) = match rest.as_bytes()[0] {
                b'&' => reference(rest)?,
                _ => {
                    let character = rest.chars().next()?;
                    (character, character.len_utf8())
                }
            };
            push_escaped(&mut self.out, character);
            rest = &rest[length..];
        }
        self.out.push_str(rest);
        Some(())
    }
}

fn is_section(name: &str) -> bool {
    matches!(name, "tbody" | "tfoot" | "thead")
}

/// Where a table holds parts of itself and nothing else.
fn is_between_cells(parent: &str) -> bool {
    matches!(parent, "table" | "tr") || is_section(parent)
}

fn is_allowed(element: &str, attribute: &str) -> bool {
    let mut of_elements = ATTRIBUTES.iter();
    ANYWHERE.contains(&attribute)
        || of_elements.any(|(name, allowed)| *name == element && allowed.contains(&attribute))
}

/// Those of the attributes allowed here whose scheme ammonia looks at.
fn is_address(attribute: &str) -> bool {
    matches!(attribute, "href" | "src")
}

/// Also of what is relative, which the filter resolves.
fn has_allowed_scheme(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => SCHEMES.contains(&url.scheme()),
        Err(error) => error == url::ParseError::RelativeUrlWithoutBase,
    }
}

/// The characters of an attribute's value.
fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let Some(mut at) = memchr(b'&', value.as_bytes()) else {
        return Some(Cow::Borrowed(value));
    };
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    loop {
        decoded.push_str(&rest[..at]);
        let (character, length) = reference(&rest[at..])?;
        decoded.push(character);
        rest = &rest[at + length..];
        match memchr(b'&', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    decoded.push_str(rest);
    Some(Cow::Owned(decoded))
}

/// The character that the `&` at the start of `rest` stands for, and how many bytes do; `None` for all
/// but the usual ones.
fn reference(rest: &str) -> Option<(char, usize)> {
    let next = rest.as_bytes().get(1).copied().unwrap_or(b' ');
    if !next.is_ascii_alphanumeric() && next != b'#' {
        return Some(('&', 1));
    }
    let length = rest.bytes().take(9).position(|byte| byte == b';')? + 1;
    let character = match &rest[1..length - 1] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        number => {
            let digits = number.strip_prefix('#')?;
            // A sign, which numbers may have elsewhere, makes it none here.
            if digits.contains('+') {
                return None;
            }
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => digits.parse(),
            };
            // Below are controls, and what the standard reads as Windows-1252.
            let number = number
                .ok()
                .filter(|n| (0x20..0x7f).contains(n) || *n >= 0xa0)?;
            char::from_u32(number)?
        }
    };
    Some((character, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, prop_oneof, proptest};

    use super::super::{Bases, Basing, TAGS, bounded, by_ammonia};
    use super::*;

    /// What is written without a tree, compared with what ammonia writes.
    fn applied_to(html: &str) -> Option<String> {
        let base = Url::parse("https://notes.example/post/").unwrap();
        let _basing = Basing::on(&Bases::new(&[], Some(&base), None));
        let bounded = bounded(html);
        let direct = applied(&bounded);
        if let Some(direct) = &direct {
            assert_eq!(*direct, by_ammonia(&bounded), "of {html:?}");
        }
        direct
    }

    #[test]
    fn what_notes_are_made_of_needs_no_tree() {
        for html in [
            "<h2 id=\"a\">Queues &mdash; Ann &#38; Bob</h2>\n<p>One <a href=\"../b?c=1&amp;d=2\" \
             class=\"x\">two</a> <em>th<b>r</b>ee</em>.<br>Fo>ur & f\u{a0}ive&nbsp;&#8217;&#x1F980;</p>",
            "<ul class=wp>\n<li><p>a</p><ol start=3 x=y><li>b</ol></li>\n<li>c</li></ul><hr><dl><dt>d<dd>e</dl>",
            "<figure><img src=\"/a.png\" alt=\"a &lt; &quot;b&quot;\" onload=x><figcaption>c</figcaption></figure>",
            "<blockquote><p>q</p></blockquote><pre><code class=\"language-rust\">\nx &lt; y</code></pre>",
            "<a name=x></a><a href=javascript:x title=t>u</a><a id=1 href=https:// dir=no lang=en>v</a>",
            "<strong>a<div>b<p>c</p></div></strong><details open><summary>s</summary>t</details>",
            "<table title=a x=y>\n<thead>\t<tr> <th scope=col>a</th></tr>\n</thead><tbody><tr><td colspan=2><p>b \
             <i>c</i></p><table><tbody><tr><td><i>d</td></tr></tbody></table>e</td></tr></tbody>\n</table>f",
            "<b>a<table><tbody><tr><td>b<em>c</em></td><td>d</td></tr></tbody></table>e</b>",
            "",
        ] {
            assert!(applied_to(html).is_some(), "{html}");
        }
    }

    #[test]
    fn what_parsers_would_mend_or_drop_is_left_to_ammonia() {
        for markup in [
            "<li>a</li>",
            "<ul><div><li>a</li></div></ul>",
            "<dl><div><dt>a</dt></div></dl>",
            "<p>a<span><div>b</div></span></p>",
            "<p>a<hr></p>",
            "<h2><h3>a</h3></h2>",
            "<b>a<i><b>c</b></i></b>",
            "<a>a<b><a>c</a></b></a>",
            "<pre>\na</pre>",
            "<pre>&#10;a</pre>",
            "<table><tr><td>a</td></tr></table>",
            "<table>a</table>",
            "<table><thead><tr><th>a</th></tr> b</thead></table>",
            "<table><tbody><tr>&nbsp;<td>a</td></tr></tbody></table>",
            "<table><tbody><tr><img></tr></tbody></table>",
            "<table><tbody><p>a</p></tbody></table>",
            "<table><caption>a</caption></table>",
            "<table><tbody><td>a</td></tbody></table>",
            "<tr><td>a</td></tr>",
            "<p><table></table></p>",
            "<iframe src=\"/a\"></iframe>",
            "<font>a</font>",
            "<x-y>a</x-y>",
            "<svg><p>a</p></svg>",
            "<p title=\"a\" title=\"b\">c</p>",
            "<p title=a>c</p>",
            "<p title=\"a",
            "<p>a",
            "<p>a</em>",
            "a</p>",
            "a<",
            "a\r\nb",
            "a\0b",
            "\u{feff}a",
            "&copy a",
            "&notin; a",
            "&#128; a",
            "&#0; a",
            "&#xd800; a",
            "&#+65; a",
            "<p title=\"&lt\">a</p>",
            "<a href=\"/?a=1&b=2\">a</a>",
        ] {
            assert_eq!(applied(markup), None, "{markup}");
        }
    }

    #[test]
    fn it_knows_no_element_that_the_policy_does_not_allow() {
        let mut known: Vec<&str> = TAGS.to_vec();
        known.retain(|tag| place(tag).is_some());
        assert_eq!(known.len(), 67);
        // The elements that the standard has rules of their own for, and the policy does not allow.
        for name in "applet base basefont bgsound big body button center dialog dir fieldset font form frame \
                     frameset head html image keygen legend link listing marquee math menu meta nobr noembed \
                     noframes noscript object optgroup option param plaintext rb rtc script search select style \
                     svg template textarea title track xmp"
            .split_ascii_whitespace()
        {
            assert!(place(name).is_none(), "{name}");
        }
    }

    /// Elements within elements, of those known and a few others, with what stands in attributes and text.
    fn markup() -> impl Strategy<Value = String> {
        let names = TAGS.iter().copied().filter(|tag| place(tag).is_some());
        let names: Vec<&str> = names.chain(["caption", "video", "center"]).collect();
        let text = || {
            prop_oneof![
                3 => "[a-z \n]{0,8}",
                1 => proptest::sample::select(vec![
                    "&amp;", "&lt;b&gt;", "&", "& b", "&amp", "&nbsp;", "\u{a0}", ">", "é", "–", "&mdash;",
                    "&#39;", "&#x22;", "&#x1f980;", "&#8217", "&#150;", "\r\n", "\u{1}", "&#1;", "\u{c2}",
                ]).prop_map(str::to_owned),
            ]
        };
        let value = prop_oneof![
            text(),
            proptest::sample::select(vec![
                "/a?b=1&amp;c=2",
                "https://a.example/b",
                "javascript:x",
                "#c",
                "mailto:a@b.example",
                "java&#115;cript:x",
                "data:x",
                "https://",
                "3",
                "ltr",
                "language-c++",
                "a\"b",
                "<i>",
                "file:///etc/passwd",
                " https://a.example/?utm_source=x ",
                "feed:a",
            ])
            .prop_map(str::to_owned),
        ];
        let attribute = proptest::sample::select(vec![
            "id", "title", "href", "src", "class", "lang", "dir", "name", "alt", "width", "start",
            "cite", "style", "rel", "datetime", "open", "srcset", "onclick",
        ]);
        let attributes = proptest::collection::vec((attribute, value), 0..3);
        let tag = (proptest::sample::select(names), attributes).prop_map(|(name, attributes)| {
            let attributes = attributes
                .iter()
                .map(|(name, value)| format!(" {name}='{value}'"));
            (name, attributes.collect::<String>())
        });
        let frames = [
            (
                "<table><tbody><tr><td>",
                "</td><th scope=col>",
                "</th></tr></tbody></table>",
            ),
            (
                "<table>\n<thead><tr><th>",
                "</th></tr> <tr><td>",
                "</td></tr></thead></table>",
            ),
            ("<ul>\n<li>", "</li>\n<li value=3>", "</li></ul>"),
            ("<dl><dt>", "</dt><dd>", "</dd></dl>"),
        ];
        text().prop_recursive(6, 40, 4, move |inner| {
            let element = (
                tag.clone(),
                proptest::collection::vec(inner.clone(), 0..4),
                text(),
            );
            let frame = (
                proptest::sample::select(frames.to_vec()),
                inner.clone(),
                inner,
            );
            prop_oneof![
                3 => element.prop_map(|((name, attributes), inner, behind)| match is_void(name) {
                    true => format!("<{name}{attributes}>{behind}"),
                    false => format!("<{name}{attributes}>{}</{name}>{behind}", inner.concat()),
                }),
                1 => frame.prop_map(|((before, between, behind), first, second)| {
                    [before, &first, between, &second, behind].concat()
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_writes_what_ammonia_writes(html in markup()) {
            applied_to(&html);
        }
    }
}
