//! Where an XML document begins.

use crate::parse::head::head;

/// The start tag of an XML document's root element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) struct Root<'a> {
    /// Where the tag begins in the text.
    pub(in crate::parse) start: usize,
    /// From `<` to `>`, or to the end of a text that stops inside.
    pub(in crate::parse) tag: &'a str,
    /// Without its prefix.
    pub(in crate::parse) name: &'a str,
    /// Whether something else than white space stood before the declaration.
    pub(in crate::parse) after_junk: bool,
    /// Whether `<!DOCTYPE html` stands before it.
    pub(in crate::parse) html: bool,
}

impl<'a> Root<'a> {
    /// The root behind declaration, comments and DOCTYPE. `None` if the text does not begin so.
    pub(in crate::parse) fn find(text: &'a str) -> Option<Self> {
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
    /// Taken only where the document also ends as that feed does or a declaration stands before the root,
    /// so that prose about feeds is none.
    pub(in crate::parse) fn find_behind_junk(text: &'a str) -> Option<Self> {
        const HEAD: usize = 4096;
        const TAIL: usize = 1024;
        let beginning = head(text, HEAD).to_ascii_lowercase();
        let end = text.trim_end();
        let tail_start = (end.len().saturating_sub(TAIL)..).find(|at| end.is_char_boundary(*at))?;
        let tail = end.get(tail_start..)?.to_ascii_lowercase();
        ["<rss", "<feed", "<rdf:rdf", "<opml"]
            .into_iter()
            .find_map(|opening| {
                let closing = format!("</{}>", &opening[1..]);
                let start = beginning.find(opening)?;
                let declared = || beginning[..start].trim_end().ends_with("?>");
                if !tail.contains(&closing) && !declared() {
                    return None;
                }
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
pub(super) fn end_of_doctype(text: &str) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_behind_every_prolog() {
        let text = "\u{FEFF}\n<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a '>'><!-- ]> -->]>\n<r:rss a='>' version = \"0.91\">";
        let root = Root::find(text).unwrap();
        assert_eq!((root.name, root.html), ("rss", false));
        assert!(root.tag.ends_with("version = \"0.91\">"));
        assert!(Root::find("<!doctype html><html>").unwrap().html);
        let cut = "junk <?xml version='1.0'?>\n<rss version='2.0'><channel><title>x";
        assert!(Root::find_behind_junk(cut).is_some());
        assert_eq!(Root::find_behind_junk("How to write <rss> by hand"), None);
        assert_eq!(Root::find("plain"), None);
        assert_eq!(Root::find("<!-- open"), None);
    }
}
