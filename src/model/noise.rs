//! What an entry says, in a form in which two ways to write the same come out the same. One pass, no tree.
//!
//! | Noise, so no edit | An edit all the same |
//! | --- | --- |
//! | white space: its kind and amount, beside block elements also whether there is any; zero-width characters | white space within `pre` |
//! | a tag's upper and lower case, the order and quoting of attributes, `<br>` and `<br/>`, optional end tags of `p` and `li` | an element more or less |
//! | a character or a reference to it: `’`, `&rsquo;`, `&#8217;` | another character |
//! | comments, scripts, styles, pictures of one pixel, closed share widgets | any other element |
//! | attributes that only say how it looks or loads: see [`is_spoken`] | `href`, `src`, `alt`, `title`, `id`, … |
//! | in addresses `http:` or `https:`, tracking, session, signature and nonce parameters: see [`words`] | any other part; in links to pages also `sid=3`, `ts=90`, which may say which page it is |
//! | in addresses of pictures and files also cache busters and wished sizes | `?v=` of a page: it may be a video |
//! | numbers in a text of its own that is a counter or an age: `12 comments`, `Views: 7`, `3 days ago` | the same within a sentence |

mod words;

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

use super::safe_html::lower_name;
use super::spaced::words_ahead;

/// Longer texts are no counters.
const LONGEST_COUNTER: usize = 60;
/// Attributes past this are kept as they stand: sorting a million of them serves nobody.
const MAX_SORTED: usize = 64;

/// What a decoded `<` becomes, so that it cannot be taken for markup's.
const LESS: char = '\u{1}';

/// The normalised form of plain text.
pub(super) fn of_plain(text: &str) -> String {
    let mut form = Form::default();
    form.text(text, false);
    form.finish()
}

/// The normalised form of HTML.
pub(super) fn of_html(html: &str) -> String {
    let mut form = Form {
        out: String::with_capacity(html.len()),
        ..Form::default()
    };
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        form.text(&rest[..at], true);
        rest = form.markup(&rest[at..]);
    }
    form.text(rest, true);
    form.finish()
}

/// The normalised form of an address.
///
/// * `file`: of a picture or another file, where cache busters and sizes are noise too.
pub(super) fn of_url(url: &str, file: bool) -> Cow<'_, str> {
    let url = url.trim();
    let bare = ["https:", "http:"].iter().find_map(|scheme| {
        let head = url.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme)
            .then(|| &url[scheme.len()..])
    });
    let bare = bare.unwrap_or(url);
    let (bare, fragment) = match bare.split_once('#') {
        Some((bare, fragment)) => (bare, Some(fragment)),
        None => (bare, None),
    };
    let (path, query) = match bare.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (bare, None),
    };
    let path = path
        .split_once(';')
        .filter(|(_, more)| words::is_session(more))
        .map_or(path, |(path, _)| path);
    if query.is_none() && fragment.is_none() {
        return Cow::Borrowed(path);
    }
    let mut normal = path.to_owned();
    let mut mark = '?';
    for pair in query.unwrap_or_default().split('&') {
        let pair = pair.strip_prefix("amp;").unwrap_or(pair);
        if !pair.is_empty() && !words::is_noise_parameter(pair, file) {
            normal.push(mark);
            normal.push_str(pair);
            mark = '&';
        }
    }
    if let Some(fragment) = fragment {
        normal.push('#');
        normal.push_str(fragment);
    }
    Cow::Owned(normal)
}

/// What no rule touches. Beyond ASCII these are the bytes that begin no white space and nothing that is not
/// seen, and those that follow them: a run of plain bytes never ends within a character.
fn is_plain(byte: u8) -> bool {
    match byte {
        0x80.. => !matches!(byte, 0xc2 | 0xe1..=0xe3 | 0xef),
        _ => byte.is_ascii_graphic() && byte != b'&' && byte != b'<',
    }
}

#[derive(Default)]
struct Form {
    out: String,
    /// Where the text since the last tag begins.
    text_from: usize,
    /// White space was seen since the last character.
    gap: bool,
    /// Nothing visible came since a block element's tag.
    at_edge: bool,
    /// Open `pre` elements.
    pre: usize,
    /// The text before this one, when only inline tags stand between: a number, or what is counted.
    before: Option<(usize, usize, Part)>,
    widget: Option<Widget>,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Number,
    Counted,
}

/// An element that is left out, once it turns out to be closed.
struct Widget {
    name: String,
    /// Elements of its name that are open.
    depth: usize,
    /// Where it begins in the form.
    from: usize,
}

impl Form {
    fn text(&mut self, text: &str, references: bool) {
        let mut rest = text;
        loop {
            // Nearly all of nearly every text, taken at a stroke.
            let words = words_ahead(rest.as_bytes(), is_plain);
            if words > 0 {
                self.space();
                self.at_edge = false;
                self.out.push_str(&rest[..words]);
                rest = &rest[words..];
            }
            let Some(c) = rest.chars().next() else {
                return;
            };
            if c == '&'
                && references
                && let Some((decoded, length)) = reference(rest)
            {
                decoded.chars().for_each(|c| self.char(c));
                rest = &rest[length..];
            } else {
                self.char(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }

    fn char(&mut self, c: char) {
        if c.is_whitespace() && self.pre == 0 {
            self.gap = true;
            return;
        }
        if matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
        ) {
            return;
        }
        self.space();
        self.at_edge = false;
        self.out.push(if c == '<' { LESS } else { c });
    }

    fn space(&mut self) {
        if self.gap && !self.at_edge && !self.out.is_empty() {
            self.out.push(' ');
        }
        self.gap = false;
    }

    /// Ends the text since the last tag: what is a counter loses its numbers.
    fn end_text(&mut self) {
        let from = self.text_from.min(self.out.len());
        let text = self.out[from..].trim();
        if text.is_empty() || text.len() > LONGEST_COUNTER {
            if !text.is_empty() {
                self.before = None;
            }
            return;
        }
        let to = self.out.len();
        let part = match () {
            () if words::is_number(text) => Some(Part::Number),
            () if words::is_counted(text) => Some(Part::Counted),
            () => None,
        };
        if words::is_counter(text) {
            self.blank(from, to);
            self.before = None;
        } else if let (Some(part), Some((before_from, before_to, before))) = (part, self.before)
            && part != before
        {
            match part {
                Part::Number => self.blank(from, to),
                Part::Counted => self.blank(before_from, before_to),
            }
            self.before = None;
        } else {
            self.before = part.map(|part| (from, to, part));
        }
    }

    /// Writes as many zeros as make the form's length independent of the number.
    fn blank(&mut self, from: usize, to: usize) {
        let mut blanked = String::with_capacity(to - from);
        for c in self.out[from..to].chars() {
            let of_number = c.is_ascii_digit() || matches!(c, '.' | ',' | '\'');
            match of_number {
                true if blanked.ends_with('0') => {}
                true => blanked.push('0'),
                false => blanked.push(c),
            }
        }
        let plain = words::without_plural(&blanked);
        let rest = self.out.split_off(to);
        self.out.truncate(from);
        self.out.push_str(&plain);
        self.out.push_str(&rest);
    }

    /// Takes what begins with `<`; returns what follows it.
    fn markup<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(comment) = text.strip_prefix("<!--") {
            return match memchr::memmem::find(comment.as_bytes(), b"-->") {
                Some(end) => &comment[end + 3..],
                None => "",
            };
        }
        let closing = text[1..].starts_with('/');
        let name_from = 1 + usize::from(closing);
        let after_name = text[name_from..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':'))
            .map_or(text.len(), |at| name_from + at);
        let name = lower_name(&text[name_from..after_name]);
        if name.is_empty() || !name.as_bytes()[0].is_ascii_alphabetic() {
            if text[1..].starts_with(['!', '?']) {
                return text.split_once('>').map_or("", |(_, rest)| rest);
            }
            self.char('<');
            return &text[1..];
        }
        let (attributes, rest) = attributes(&text[after_name..]);
        self.end_text();
        if closing {
            self.close(&name);
        } else {
            self.open(&name, attributes);
        }
        self.text_from = self.out.len();
        if !closing && matches!(&*name, "script" | "style") {
            return after_raw_text(rest, &name);
        }
        rest
    }

    fn open(&mut self, name: &str, mut attributes: Vec<(Cow<'_, str>, &str)>) {
        let value = |wanted: &str| {
            attributes
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| *value)
        };
        let is_dot =
            |side: &str| value(side).is_some_and(|v| matches!(v, "0" | "1" | "1px" | "0px"));
        if matches!(name, "script" | "style")
            || name == "img" && is_dot("width") && is_dot("height")
        {
            return;
        }
        let is_widget = value("class").is_some_and(words::is_share_widget);
        self.tag_gap(name);
        match &mut self.widget {
            Some(widget) if widget.name == name => widget.depth += 1,
            None if is_widget => {
                self.widget = Some(Widget {
                    name: name.to_owned(),
                    depth: 1,
                    from: self.out.len(),
                });
            }
            _ => {}
        }
        if name == "pre" {
            self.pre += 1;
        }
        self.out.push('<');
        self.out.push_str(name);
        attributes.retain(|(name, _)| is_spoken(name));
        if attributes.len() <= MAX_SORTED {
            attributes.sort_unstable();
        }
        for (attribute, value) in attributes {
            let value = of_references(value);
            self.out.push(' ');
            self.out.push_str(&attribute);
            self.out.push('=');
            let value = match &*attribute {
                "href" | "cite" => of_url(&value, false),
                "src" | "poster" | "data" => of_url(&value, true),
                _ => Cow::Borrowed(value.trim()),
            };
            self.out
                .extend(value.chars().map(|c| if c == '<' { LESS } else { c }));
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.tag_gap(name);
        if name == "pre" {
            self.pre = self.pre.saturating_sub(1);
        }
        // Where these end is told by what follows.
        if !matches!(name, "p" | "li" | "br" | "img" | "hr" | "script" | "style") {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        if let Some(widget) = self.widget.as_mut().filter(|widget| widget.name == name) {
            widget.depth -= 1;
            if widget.depth == 0 {
                self.out.truncate(widget.from);
                self.widget = None;
                self.before = None;
            }
        }
    }

    /// White space beside a block element shows nothing.
    fn tag_gap(&mut self, name: &str) {
        if words::is_inline(name) {
            self.space();
        } else {
            self.gap = false;
            self.at_edge = true;
            self.before = None;
        }
    }

    fn finish(mut self) -> String {
        self.end_text();
        self.out
    }
}

/// Whether an attribute says something to a reader, or to a link that leads here.
fn is_spoken(name: &str) -> bool {
    matches!(
        name,
        "href"
            | "src"
            | "alt"
            | "title"
            | "id"
            | "name"
            | "cite"
            | "datetime"
            | "lang"
            | "poster"
            | "data"
            | "type"
            | "start"
            | "value"
            | "colspan"
            | "rowspan"
            | "reversed"
            | "abbr"
            | "label"
    )
}

/// The attributes of a tag behind its name, undecoded, and what follows the tag.
fn attributes(text: &str) -> (Vec<(Cow<'_, str>, &str)>, &str) {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let Some(first) = rest.chars().next() else {
            return (found, "");
        };
        if first == '>' {
            return (found, &rest[1..]);
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(rest.len(), |(at, _)| at);
        let name = lower_name(&rest[..end]);
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => {
                    let end = after.find(|c: char| c.is_ascii_whitespace() || c == '>');
                    after.split_at(end.unwrap_or(after.len()))
                }
            };
        }
        found.push((name, value));
    }
}

/// What follows a script or a style sheet, whose text may hold anything.
fn after_raw_text<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&text.as_bytes()[from..], b"</") {
        let end = from + at;
        let found = text.as_bytes().get(end + 2..end + 2 + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return &text[end..];
        }
        from = end + 2;
    }
    ""
}

fn of_references(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (text, length) = reference(rest).unwrap_or((Cow::Borrowed("&"), 1));
        decoded.push_str(&text);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The reference a text begins with, and its length as written.
fn reference(text: &str) -> Option<(Cow<'static, str>, usize)> {
    const LONGEST: usize = 34;
    let window = &text.as_bytes()[1..text.len().min(LONGEST)];
    let end = 1 + window
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'#'))?;
    if text.as_bytes()[end] != b';' {
        return None;
    }
    let name = &text[1..end];
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(|text| (Cow::Borrowed(text), end + 1));
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let c = char::from_u32(number.ok()?)?;
    Some((Cow::Owned(c.to_string()), end + 1))
}

#[cfg(test)]
mod tests;
