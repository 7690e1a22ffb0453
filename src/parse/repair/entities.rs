//! References: `&amp;`, `&#233;`, `&eacute;`, what a DTD declares, and a `&` that is none.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memchr;
use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};

use super::{Repairs, Rule};

/// All that a document's entities may expand to, together: each use counts, so that entities made of
/// entities end early.
const MOST_EXPANDED: usize = 1 << 20;
const MOST_DECLARED: usize = 1000;
/// Entities inside one another.
const DEEPEST: usize = 8;
/// No reference is longer: what follows a bare `&` must not be searched to the document's end.
const LONGEST: usize = 40;

/// What HTML reads without `;`, as far as it is met so.
const WITHOUT_END: [&str; 8] = ["lt", "gt", "amp", "quot", "nbsp", "copy", "reg", "middot"];

/// The entities that a document's own DTD declares, as text: markup in them stays text. External ones
/// are never read.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    declared: HashMap<&'a str, &'a str>,
    expanded: usize,
}

impl<'a> Entities<'a> {
    /// Reads `<!ENTITY name "value">` out of a DOCTYPE.
    pub(super) fn declare(&mut self, doctype: &'a str) {
        for declaration in doctype.split("<!ENTITY").skip(1) {
            if self.declared.len() >= MOST_DECLARED {
                return;
            }
            let declaration = declaration.trim_start();
            let Some((name, rest)) = declaration.split_once(|c: char| c.is_whitespace()) else {
                continue;
            };
            let rest = rest.trim_start();
            // `SYSTEM` and `PUBLIC` entities stand elsewhere.
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            if let Some(value) = rest[1..].split(quote).next() {
                // XML 1.0, 4.2: the first declaration binds.
                self.declared.entry(name).or_insert(value);
            }
        }
    }

    /// Text or an attribute's value with its references resolved.
    pub(super) fn resolve(&mut self, text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
        let Some(first) = memchr(b'&', text.as_bytes()) else {
            return Cow::Borrowed(text);
        };
        let mut resolved = String::with_capacity(text.len());
        self.expand(text, first, 0, &mut resolved, repairs);
        Cow::Owned(resolved)
    }

    fn expand(
        &mut self,
        text: &str,
        first: usize,
        depth: usize,
        into: &mut String,
        repairs: &mut Repairs,
    ) {
        let mut copied = 0;
        let mut next = Some(first);
        while let Some(at) = next {
            into.push_str(&text[copied..at]);
            let rest = &text[at..];
            let length = self.reference(rest, depth, into, repairs);
            copied = at + length;
            next = memchr(b'&', &text.as_bytes()[copied..]).map(|found| copied + found);
        }
        into.push_str(&text[copied..]);
    }

    /// Writes what the reference at the beginning stands for; its length.
    fn reference(
        &mut self,
        rest: &str,
        depth: usize,
        into: &mut String,
        repairs: &mut Repairs,
    ) -> usize {
        if let Some(number) = rest.strip_prefix("&#") {
            return numeric(number, into, repairs) + 2;
        }
        let window = &rest.as_bytes()[1..rest.len().min(LONGEST)];
        let length = window
            .iter()
            .position(|b| {
                !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || *b >= 0x80)
            })
            .unwrap_or(window.len());
        let Some(name) = rest.get(1..=length).filter(|name| !name.is_empty()) else {
            return bare(into, repairs);
        };
        let next = window.get(length);
        if next != Some(&b';') {
            let ends = next.is_none_or(u8::is_ascii_whitespace);
            return match resolve_html5_entity(name).filter(|_| ends && WITHOUT_END.contains(&name))
            {
                Some(text) => {
                    repairs.count(Rule::Reference);
                    into.push_str(text);
                    length + 1
                }
                None => bare(into, repairs),
            };
        }
        if let Some(text) = resolve_xml_entity(name) {
            into.push_str(text);
        } else if let Some(value) = self.declared.get(name).copied() {
            self.expanded += value.len();
            if depth < DEEPEST && self.expanded <= MOST_EXPANDED {
                match memchr(b'&', value.as_bytes()) {
                    Some(first) => self.expand(value, first, depth + 1, into, repairs),
                    None => into.push_str(value),
                }
            }
        } else if let Some(text) = resolve_html5_entity(name) {
            repairs.count(Rule::Reference);
            into.push_str(text);
        } else {
            repairs.count(Rule::UndefinedEntity);
            into.push_str(&rest[..length + 2]);
        }
        length + 2
    }
}

fn bare(into: &mut String, repairs: &mut Repairs) -> usize {
    repairs.count(Rule::Reference);
    into.push('&');
    1
}

/// `&#233;`, `&#xE9;`, and both without `;`. The length behind `&#`.
fn numeric(number: &str, into: &mut String, repairs: &mut Repairs) -> usize {
    let bytes = number.as_bytes();
    let hex = matches!(bytes.first(), Some(b'x' | b'X'));
    let start = usize::from(hex);
    let digits = bytes[start..]
        .iter()
        .take(LONGEST)
        .take_while(|b| {
            if hex {
                b.is_ascii_hexdigit()
            } else {
                b.is_ascii_digit()
            }
        })
        .count();
    if digits == 0 {
        repairs.count(Rule::Reference);
        into.push_str("&#");
        return 0;
    }
    let end = start + digits;
    let code = u32::from_str_radix(&number[start..end], if hex { 16 } else { 10 });
    let closed = bytes.get(end) == Some(&b';');
    match code.ok().and_then(char::from_u32) {
        Some(c @ '\u{80}'..='\u{9F}') => {
            repairs.count(Rule::Reference);
            into.push(windows_1252(c));
        }
        Some(c) if is_xml(c) => {
            if !closed || bytes[0] == b'X' {
                repairs.count(Rule::Reference);
            }
            into.push(c);
        }
        _ => repairs.count(Rule::Reference),
    }
    end + usize::from(closed)
}

/// What XML 1.0 allows in a document (2.2).
pub(super) fn is_xml(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        c => c >= ' ',
    }
}

/// The character that was meant by a C1 control.
pub(super) fn windows_1252(control: char) -> char {
    let byte = [u8::try_from(u32::from(control)).unwrap_or(b'?')];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().unwrap_or(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(doctype: &str, text: &str) -> (String, usize) {
        let mut entities = Entities::default();
        entities.declare(doctype);
        let mut repairs = Repairs::default();
        let text = entities.resolve(text, &mut repairs).into_owned();
        let count: u32 = repairs.into_vec().iter().map(|repair| repair.count).sum();
        (text, count as usize)
    }

    #[test]
    fn references_become_what_they_stand_for() {
        for (text, expected, repairs) in [
            ("a &lt; b &amp;amp; &#233;&#xe9;", "a < b &amp; éé", 0),
            ("&eacute; &hellip;", "é …", 2),
            ("A & B &", "A & B &", 2),
            ("?a=1&b=2", "?a=1&b=2", 1),
            ("&copy 2004 &lt", "© 2004 <", 2),
            ("?a&lt=1 &D x", "?a&lt=1 &D x", 2),
            ("&#146; &#X41; &#8217 x", "’ A ’ x", 3),
            ("&#0;&#xFFFFFFFFF; &#; &#x", " &#; &#x", 4),
            ("&nothing; &é; &", "&nothing; &é; &", 3),
        ] {
            assert_eq!(resolved("", text), (expected.to_owned(), repairs), "{text}");
        }
    }

    #[test]
    fn a_dtd_declares_text_and_nothing_explodes() {
        let doctype = "<!DOCTYPE rss [<!ENTITY who 'Ann &amp; Bo'><!ENTITY two \"&who;, &who;\"><!ENTITY out SYSTEM 'file:///etc/passwd'>]>";
        assert_eq!(resolved(doctype, "&two;").0, "Ann & Bo, Ann & Bo");
        assert_eq!(resolved(doctype, "&out;").0, "&out;");
        let bomb: String = (1..20)
            .map(|n| format!("<!ENTITY e{n} '{}'>", format!("&e{};", n - 1).repeat(10)))
            .collect();
        let bomb = format!("<!ENTITY e0 'aaaaaaaaaa'>{bomb}<!ENTITY me '&me;&me;'>");
        assert!(resolved(&bomb, &"&e19;&me;&e7;".repeat(1000)).0.len() <= MOST_EXPANDED);
    }

    #[test]
    fn a_million_bare_ampersands_are_quickly_mended() {
        assert_eq!(resolved("", &"&".repeat(1_000_000)).1, 1_000_000);
    }
}
