//! What is mended in an XML document's text before the reader sees it. A document in order is
//! borrowed, never copied.

use std::borrow::Cow;

use crate::model::Repair;

use super::head::head;

/// What was mended so far, each kind counted.
#[derive(Debug, Default)]
pub(super) struct Repairs(Vec<Repair>);

impl Repairs {
    pub(super) fn add(&mut self, kind: &'static str, count: usize) {
        if count == 0 {
            return;
        }
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match self.0.iter_mut().find(|repair| repair.kind == kind) {
            Some(known) => known.count = known.count.saturating_add(count),
            None => self.0.push(Repair { kind, count }),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Repair> {
        self.0
    }
}

/// The start tag of an XML document's root element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root<'a> {
    /// Where the tag begins in the text.
    pub(super) start: usize,
    /// From `<` to `>`, or to the end of a text that stops inside.
    pub(super) tag: &'a str,
    /// Without its prefix.
    pub(super) name: &'a str,
    /// Whether something else than white space stood before the declaration.
    pub(super) after_junk: bool,
    /// Whether `<!DOCTYPE html` stands before it.
    pub(super) html: bool,
}

impl<'a> Root<'a> {
    /// The root behind declaration, comments and DOCTYPE. `None` if the text does not begin so.
    pub(super) fn find(text: &'a str) -> Option<Self> {
        let mut at = 0;
        let mut html = false;
        loop {
            let rest = text.get(at..)?;
            let trimmed = rest.trim_start_matches(|c: char| {
                c.is_whitespace() || c.is_control() || c == '\u{FEFF}'
            });
            at += rest.len() - trimmed.len();
            let length = if trimmed.starts_with("<?") {
                trimmed.find("?>")? + 2
            } else if trimmed.starts_with("<!--") {
                trimmed.find("-->")? + 3
            } else if trimmed.starts_with("<!") {
                let name = trimmed.get(2..14).unwrap_or_default();
                html |= name.eq_ignore_ascii_case("doctype html");
                end_of_doctype(trimmed)?
            } else {
                break;
            };
            at += length;
        }
        let mut root = Self::at(text, at)?;
        root.html = html;
        Some(root)
    }

    /// A feed's root with something else before it: a warning of the program that made it, a header.
    /// Taken only where the document also ends as that feed does, so that prose about feeds is none.
    pub(super) fn find_behind_junk(text: &'a str) -> Option<Self> {
        const HEAD: usize = 4096;
        const TAIL: usize = 64;
        let beginning = head(text, HEAD).to_ascii_lowercase();
        let end = text.trim_end();
        let tail_start = (end.len().saturating_sub(TAIL)..).find(|at| end.is_char_boundary(*at))?;
        let tail = end.get(tail_start..)?.to_ascii_lowercase();
        ["<rss", "<feed", "<rdf:rdf", "<opml"]
            .into_iter()
            .find_map(|opening| {
                let closing = format!("</{}>", &opening[1..]);
                let start = tail
                    .contains(&closing)
                    .then(|| beginning.find(opening))
                    .flatten()?;
                let mut root = Self::at(text, start)?;
                root.after_junk = true;
                Some(root)
            })
    }

    fn at(text: &'a str, start: usize) -> Option<Self> {
        let inside = text.get(start..)?.strip_prefix('<')?;
        if !inside.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let end = end_of_tag(inside).map_or(text.len(), |end| start + 1 + end + 1);
        let tag = &text[start..end];
        let name = inside
            .split(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<'))
            .next()?;
        Some(Self {
            start,
            tag,
            name: name.rsplit(':').next()?,
            after_junk: false,
            html: false,
        })
    }

    /// Where the value of an attribute stands in the tag, between its quotes.
    pub(super) fn attribute(&self, name: &str) -> Option<(usize, &'a str)> {
        let mut from = 0;
        while let Some(found) = self.tag.get(from..)?.find(name) {
            let at = from + found;
            from = at + name.len();
            if !self.tag[..at].ends_with(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')) {
                continue;
            }
            let rest = self.tag[from..].trim_start();
            let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else {
                continue;
            };
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let value = rest[1..].split(quote).next()?;
            return Some((self.tag.len() - rest.len() + 1, value));
        }
        None
    }
}

fn end_of_tag(inside: &str) -> Option<usize> {
    let mut quote = None;
    inside.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        false
    })
}

/// The length of `<!DOCTYPE …>` with its internal subset.
fn end_of_doctype(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_u32, 0);
    loop {
        let rest = text.get(at..)?;
        let found = rest.find(['"', '\'', '[', '<', ']', '>'])?;
        at += found;
        let rest = &rest[found..];
        if rest.starts_with("<!--") {
            at += rest.find("-->")? + 3;
            continue;
        }
        at += 1;
        match rest.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => at += rest[1..].find(char::from(*quote))? + 1,
            Some(b'[' | b'<') => depth += 1,
            _ => {
                depth = depth.saturating_sub(1);
                if depth == 0 && rest.starts_with('>') {
                    return Some(at);
                }
            }
        }
    }
}

/// The document from its root element on, as the reader takes it. The prolog is left out: with it go
/// the declared encoding (the text is UTF-8 by now) and every DTD.
pub(super) fn mend<'a>(text: &'a str, root: &Root<'_>, repairs: &mut Repairs) -> Cow<'a, str> {
    let before = &text[..root.start];
    let declared_late = before.find("<?xml ").is_some_and(|at| at > 0);
    repairs.add(
        "leading-junk",
        usize::from(root.after_junk || declared_late),
    );
    let body = &text[root.start..];
    let body = without_forbidden(body, repairs);
    match body {
        Cow::Borrowed(body) => mend_references(body, repairs),
        Cow::Owned(body) => Cow::Owned(mend_references(&body, repairs).into_owned()),
    }
}

/// Cuts the characters that no XML 1.0 document may hold.
fn without_forbidden<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    // U+FFFE and U+FFFF begin with this byte, as few other characters do.
    let suspicious =
        |byte: u8| byte == 0xEF || (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'));
    if !text.bytes().any(suspicious) {
        return Cow::Borrowed(text);
    }
    let count = text.chars().filter(|c| !is_xml(*c)).count();
    repairs.add("forbidden-character", count);
    if count == 0 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_xml(*c)).collect())
}

fn is_xml(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        c => c >= ' ',
    }
}

/// Mends `&` that begins no reference, and references to characters that XML forbids or that are meant
/// in windows-1252 (`&#146;`). Inside CDATA everything stays: there it is HTML's matter.
fn mend_references<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    let mut mended = String::new();
    let (mut copied, mut from, mut count) = (0, 0, 0_usize);
    while let Some(found) = text[from..].find(['&', '<']) {
        let at = from + found;
        let rest = &text[at..];
        if rest.starts_with('<') {
            let skipped = if rest.starts_with("<![CDATA[") {
                rest.find("]]>")
            } else {
                Some(1)
            };
            // An unclosed CDATA section is the reader's to complain about.
            let Some(skipped) = skipped else { break };
            from = at + skipped;
            continue;
        }
        let (replacement, length) = match reference(rest) {
            Reference::Fine(length) => {
                from = at + length;
                continue;
            }
            Reference::Bare => ("&amp;".to_owned(), 1),
            Reference::Instead(c, length) => (c.map(String::from).unwrap_or_default(), length),
        };
        mended.push_str(&text[copied..at]);
        mended.push_str(&replacement);
        copied = at + length;
        from = copied;
        count += 1;
    }
    repairs.add("reference", count);
    if count == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[copied..]);
    Cow::Owned(mended)
}

enum Reference {
    /// In order; so many bytes.
    Fine(usize),
    /// A `&` that means itself.
    Bare,
    /// To be put as this character, or left out; so many bytes.
    Instead(Option<char>, usize),
}

fn reference(rest: &str) -> Reference {
    // No reference is longer: what follows a bare `&` must not be searched to the document's end.
    let window = rest
        .as_bytes()
        .get(1..rest.len().min(40))
        .unwrap_or_default();
    let Some(end) = window.iter().position(|b| *b == b';') else {
        return Reference::Bare;
    };
    let Some(name) = rest.get(1..=end) else {
        return Reference::Bare;
    };
    let length = end + 2;
    let Some(digits) = name.strip_prefix('#') else {
        let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        return if named {
            Reference::Fine(length)
        } else {
            Reference::Bare
        };
    };
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let Ok(code) = code else {
        return Reference::Bare;
    };
    match char::from_u32(code) {
        Some(c @ '\u{80}'..='\u{9F}') => Reference::Instead(Some(windows_1252(c)), length),
        Some(c) if is_xml(c) && !digits.starts_with('X') => Reference::Fine(length),
        // A written-out `<` or `&` must stay text.
        Some(c) if is_xml(c) && !matches!(c, '<' | '&') => Reference::Instead(Some(c), length),
        Some('<' | '&') => Reference::Bare,
        _ => Reference::Instead(None, length),
    }
}

fn windows_1252(control: char) -> char {
    let byte = [u8::try_from(u32::from(control)).unwrap_or(b'?')];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().unwrap_or(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> (String, Vec<(&'static str, u32)>) {
        let root = Root::find(text)
            .or_else(|| Root::find_behind_junk(text))
            .unwrap();
        let mut repairs = Repairs::default();
        let mended = mend(text, &root, &mut repairs).into_owned();
        let counted = repairs
            .into_vec()
            .iter()
            .map(|r| (r.kind, r.count))
            .collect();
        (mended, counted)
    }

    #[test]
    fn a_document_in_order_is_borrowed() {
        let text = "<?xml version='1.0'?>\n<!-- x --><rss version='2.0'>&amp; &#233; &eacute; <![CDATA[a & b]]></rss>";
        let root = Root::find(text).unwrap();
        let mut repairs = Repairs::default();
        assert!(matches!(mend(text, &root, &mut repairs), Cow::Borrowed(_)));
        assert_eq!(repairs.into_vec(), []);
    }

    #[test]
    fn the_root_is_found_behind_every_prolog() {
        let text = "\u{FEFF}\n<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a '>'><!-- ]> -->]>\n<r:rss a='>' version = \"0.91\">";
        let root = Root::find(text).unwrap();
        assert_eq!((root.name, root.html), ("rss", false));
        assert_eq!(root.attribute("version").unwrap().1, "0.91");
        assert_eq!(root.attribute("sion"), None);
        assert!(Root::find("<!doctype html><html>").unwrap().html);
        assert_eq!(Root::find("plain"), None);
        assert_eq!(Root::find("<!-- open"), None);
    }

    #[test]
    fn leading_junk_is_cut_and_counted() {
        let (text, counted) =
            mended("<br />Warning: x in y.php\n<?xml version='1.0'?><rss></rss>\n");
        // The root of this one is `br` at first sight; the caller asks for what is behind.
        assert!(text.starts_with("<br"), "{counted:?}");
        let (text, counted) = mended("Warning: x\n<?xml version='1.0'?><rss></rss>\n");
        assert_eq!(
            (text.trim_end(), counted),
            ("<rss></rss>", vec![("leading-junk", 1)])
        );
        assert_eq!(
            mended(" \n<?xml version='1.0'?><rss/>").1,
            [("leading-junk", 1)]
        );
        assert_eq!(Root::find_behind_junk("How to write <rss> by hand"), None);
    }

    #[test]
    fn forbidden_characters_are_cut() {
        let (text, counted) = mended("<rss>a\u{1}b\u{FFFE}c\0</rss>");
        assert_eq!(
            (text.as_str(), counted),
            ("<rss>abc</rss>", vec![("forbidden-character", 3)])
        );
    }

    #[test]
    fn references_are_mended_outside_cdata() {
        let (text, counted) =
            mended("<rss>A & B &#146; &#0; &#X41; &#X3C; <![CDATA[a & b]]> ?a=1&b=2</rss>");
        assert_eq!(
            text,
            "<rss>A &amp; B \u{2019}  A &amp;#X3C; <![CDATA[a & b]]> ?a=1&amp;b=2</rss>"
        );
        assert_eq!(counted, [("reference", 6)]);
    }

    #[test]
    fn a_million_bare_ampersands_are_quickly_mended() {
        let text = format!("<rss>{}</rss>", "&".repeat(1_000_000));
        assert_eq!(mended(&text).1, [("reference", 1_000_000)]);
    }
}
