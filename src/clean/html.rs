//! The policy: what of a publisher's HTML may stand in a page.
//!
//! Kept is what notes need: headings with their ids, lists, `dl`, figures, tables, code with its
//! language, quotes, `details`. Nothing that runs, loads at once other than pictures, tracks, styles or
//! asks for input. Three passes: [`super::bounds`] makes markup harmless to parse, ammonia enforces
//! this policy ([`direct`] does the same where markup needs no tree), [`super::finish`] writes the last
//! details on its canonical output.

mod direct;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::bounds::bounded;
use super::finish::finished;
use super::links::Bases;
use super::pixels::is_tiny;
use crate::model::SafeHtml;

/// `iframe`, `embed` and `input` do not survive `finish`: it writes a link or a sign instead.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "name"]),
    ("audio", &["src"]),
    ("blockquote", &["cite"]),
    ("code", &["class"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open"]),
    ("div", &["class"]),
    ("embed", &["src"]),
    ("iframe", &["src"]),
    // `style` and `hidden` tell `finish` whether the picture is there to be seen; they end there.
    (
        "img",
        &[
            "src", "srcset", "data-src", "alt", "width", "height", "style", "hidden",
        ],
    ),
    ("input", &["type", "checked"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["start", "reversed", "type"]),
    ("pre", &["class"]),
    ("q", &["cite"]),
    ("source", &["src", "type"]),
    ("td", &["align", "colspan", "rowspan", "headers"]),
    ("th", &["align", "colspan", "rowspan", "headers", "scope"]),
    ("time", &["datetime"]),
    ("video", &["src", "width", "height"]),
];

const ANYWHERE: &[&str] = &["id", "title", "lang", "dir"];

/// Of links and of what is loaded. Relative ones go on to the filter, which resolves or drops them; so does
/// `file`, which it drops but for a note.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel", "ftp", "file"];

const LINK_REL: &str = "noopener noreferrer";

/// Dropped with their content; for all others that are not allowed the content stays.
const WITH_CONTENT: &[&str] = &[
    "script",
    "style",
    "svg",
    "math",
    "template",
    "textarea",
    "title",
    "noembed",
    "noframes",
    "select",
    "noscript",
    "xmp",
    "plaintext",
    "frameset",
];

/// Building one costs more than cleaning an entry.
static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: HashMap<&str, HashSet<&str>> = ATTRIBUTES
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect();
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(WITH_CONTENT.iter().copied().collect())
        .tag_attributes(attributes)
        .generic_attributes(ANYWHERE.iter().copied().collect())
        .url_schemes(SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(LINK_REL))
        .strip_comments(true)
        .attribute_filter(filter);
    builder
});

thread_local! {
    /// The bases of the entry this thread is cleaning: the one policy serves all of them.
    static BASES: RefCell<Bases> = RefCell::default();
}

/// Puts the bases back that were there before, also when cleaning panics.
struct Basing(Bases);

impl Basing {
    fn on(bases: &Bases) -> Self {
        Self(BASES.with(|slot| slot.replace(bases.clone())))
    }
}

impl Drop for Basing {
    fn drop(&mut self) {
        let before = std::mem::take(&mut self.0);
        BASES.with(|slot| slot.replace(before));
    }
}

/// Cleans a publisher's HTML; relative addresses are resolved against `bases` and dropped where that
/// leads nowhere.
pub(super) fn clean(html: &str, bases: &Bases) -> SafeHtml {
    if html.trim().is_empty() {
        return SafeHtml::default();
    }
    let _basing = Basing::on(bases);
    let once = finished(&sanitized(html));
    // Taking out elements can leave others where no parser would put them (a `p` in a `p`); a reader's
    // second parse must not find another tree than the one judged here.
    let mut html = if once.settled {
        once.html
    } else {
        finished(&sanitized(&once.html)).html
    };
    if html.trim().is_empty() {
        return SafeHtml::default();
    }
    // It is held until its feed's other entries are clean, too.
    html.shrink_to_fit();
    SafeHtml::vouch(html)
}

/// The first two passes.
fn sanitized(html: &str) -> SafeHtml {
    let bounded = bounded(html);
    let written = direct::applied(&bounded);
    debug_assert!(
        written
            .as_ref()
            .is_none_or(|written| *written == by_ammonia(&bounded))
    );
    SafeHtml::vouch(written.unwrap_or_else(|| by_ammonia(&bounded)))
}

fn by_ammonia(bounded: &str) -> String {
    let document = POLICY.clean(bounded);
    // Rather than by `to_string`, which makes three copies on the way.
    let mut written = Vec::with_capacity(bounded.len() + bounded.len() / 8);
    match document.write_to(&mut written) {
        Ok(()) => String::from_utf8(written)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        Err(_) => document.to_string(),
    }
}

fn filter<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let owned = |value: Option<String>| value.map(Cow::Owned);
    match (element, attribute) {
        ("a", "href") => BASES.with_borrow(|bases| owned(bases.link_within(value))),
        (_, "href") => None,
        (_, "src" | "data-src" | "cite") => {
            BASES.with_borrow(|bases| owned(bases.media_within(value)))
        }
        (_, "srcset") => BASES.with_borrow(|bases| owned(bases.srcset(value))),
        // Any other size is bounded below; a picture of one pixel is known by it.
        ("img", "width" | "height") if is_tiny(value) => Some(Cow::Borrowed("1")),
        (_, "class") => owned(language(value)),
        (_, "id" | "name") => id(value).map(Cow::Borrowed),
        (_, "width" | "height" | "colspan" | "rowspan" | "span" | "start" | "value") => {
            number(value).map(Cow::Borrowed)
        }
        (_, "dir") => one_of(value, &["ltr", "rtl", "auto"]),
        (_, "align") => one_of(value, &["left", "right", "center"]),
        ("ol", "type") => one_of(value, &["1", "a", "A", "i", "I"]),
        (_, "open" | "reversed" | "checked") => Some(Cow::Borrowed("")),
        _ => (value.len() <= 2_000).then_some(Cow::Borrowed(value)),
    }
}

fn one_of<'v>(value: &'v str, known: &[&str]) -> Option<Cow<'v, str>> {
    known.contains(&value).then_some(Cow::Borrowed(value))
}

/// The classes that name a programming language, which highlighters go by.
fn language(classes: &str) -> Option<String> {
    let kept: Vec<&str> = classes
        .split_ascii_whitespace()
        .filter(|class| {
            let name = class
                .strip_prefix("language-")
                .or_else(|| class.strip_prefix("lang-"));
            name.is_some_and(|name| {
                name.len() <= 30
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"+#-_.".contains(&byte))
            })
        })
        .take(2)
        .collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// An id as permalinks carry it. It is not prefixed here: what writes a page does that.
fn id(value: &str) -> Option<&str> {
    let fine =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | '<' | '>');
    (!value.is_empty() && value.len() <= 500 && value.chars().all(fine)).then_some(value)
}

/// A bounded whole number: a table of a billion columns hangs a browser.
fn number(value: &str) -> Option<&str> {
    let value = value.trim();
    let fine =
        !value.is_empty() && value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit());
    fine.then_some(value)
}

#[cfg(test)]
mod tests;
