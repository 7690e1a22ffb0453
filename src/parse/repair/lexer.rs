//! Text to tags and text, whatever is wrong with it. Nothing here knows which tags belong together.

use memchr::{memchr, memchr2, memmem};

use super::{Repairs, Rule};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Start {
        name: &'a str,
        /// All behind the name, without `/` and `>`.
        attributes: &'a str,
        empty: bool,
    },
    End(&'a str),
    Text(&'a str),
    Cdata(&'a str),
    Doctype(&'a str),
}

#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Where a search for these came to the end of the document in vain: not searched again.
    no_comment_end: bool,
    no_cdata_end: bool,
    /// The document stops inside a tag, a comment or CDATA.
    pub(super) cut: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            no_comment_end: false,
            no_cdata_end: false,
            cut: false,
        }
    }

    /// Whether the end tag of this name comes right now.
    pub(super) fn ends_now(&self, name: &str) -> bool {
        self.rest()
            .strip_prefix("</")
            .is_some_and(|rest| rest.starts_with(name))
    }

    /// The next token. `inside` is the name of the element that is open: an endless CDATA ends with it.
    pub(super) fn next(&mut self, inside: &str, repairs: &mut Repairs) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let first = rest.as_bytes().first()?;
            if *first != b'<' {
                let length = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.at += length;
                return Some(Token::Text(&rest[..length]));
            }
            match rest.as_bytes().get(1) {
                Some(b'/') => {
                    if let Some(token) = self.end_tag(rest, repairs) {
                        return Some(token);
                    }
                }
                Some(b'!') => {
                    if let Some(token) = self.declaration(rest, inside, repairs) {
                        return Some(token);
                    }
                    continue;
                }
                Some(b'?') => {
                    let end = memmem::find(rest.as_bytes(), b"?>").map(|end| end + 2);
                    let end = end.or_else(|| memchr(b'>', rest.as_bytes()).map(|end| end + 1));
                    self.at += end.unwrap_or(rest.len());
                    continue;
                }
                Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80 => {
                    if let Some(token) = self.start_tag(rest, repairs) {
                        return Some(token);
                    }
                    if self.cut {
                        return None;
                    }
                }
                _ => {}
            }
            repairs.count(Rule::BareLessThan);
            self.at += 1;
            return Some(Token::Text(&rest[..1]));
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn end_tag(&mut self, rest: &'a str, repairs: &mut Repairs) -> Option<Token<'a>> {
        let inside = &rest[2..];
        let Some(length) = memchr2(b'>', b'<', inside.as_bytes()) else {
            self.cut = true;
            self.at = self.text.len();
            return Some(Token::Text(""));
        };
        let name = inside[..length].trim();
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '/') {
            return None;
        }
        let closed = inside.as_bytes()[length] == b'>';
        if !closed {
            repairs.count(Rule::UnclosedTag);
        }
        self.at += 2 + length + usize::from(closed);
        Some(Token::End(name))
    }

    /// `<!…`: CDATA and DOCTYPE are tokens, all else is left out.
    fn declaration(
        &mut self,
        rest: &'a str,
        inside: &str,
        repairs: &mut Repairs,
    ) -> Option<Token<'a>> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = (!self.no_comment_end)
                .then(|| memmem::find(comment.as_bytes(), b"-->"))
                .flatten();
            if let Some(end) = end {
                self.at += 4 + end + 3;
            } else {
                self.no_comment_end = true;
                repairs.count(Rule::OpenComment);
                // As HTML reads `<!-->`, and what was meant by `<!-- note ->`.
                self.at += match memchr2(b'>', b'<', comment.as_bytes()) {
                    Some(end) => 4 + end + usize::from(comment.as_bytes()[end] == b'>'),
                    None => rest.len(),
                };
            }
            return None;
        }
        if let Some(cdata) = rest.strip_prefix("<![CDATA[") {
            return Some(self.cdata(cdata, inside, repairs));
        }
        let is_doctype = rest
            .get(2..9)
            .is_some_and(|word| word.eq_ignore_ascii_case("doctype"));
        let length = is_doctype
            .then(|| super::root::end_of_doctype(rest))
            .flatten()
            .or_else(|| memchr(b'>', rest.as_bytes()).map(|end| end + 1))
            .unwrap_or(rest.len());
        self.at += length;
        is_doctype.then(|| Token::Doctype(&rest[..length]))
    }

    fn cdata(&mut self, cdata: &'a str, inside: &str, repairs: &mut Repairs) -> Token<'a> {
        let start = self.at + "<![CDATA[".len();
        let end = (!self.no_cdata_end)
            .then(|| memmem::find(cdata.as_bytes(), b"]]>"))
            .flatten();
        self.no_cdata_end |= end.is_none();
        // Where another begins before this one ends, this one was never closed.
        let within = &cdata[..end.unwrap_or(cdata.len())];
        let suspect = end.is_none() || memmem::find(within.as_bytes(), b"<![CDATA[").is_some();
        if suspect && !inside.is_empty() {
            let closing = format!("</{inside}>");
            if let Some(end) = memmem::find(within.as_bytes(), closing.as_bytes()) {
                repairs.count(Rule::OpenCdata);
                self.at = start + end;
                return Token::Cdata(&cdata[..end]);
            }
        }
        if let Some(end) = end {
            self.at = start + end + 3;
        } else {
            repairs.count(Rule::OpenCdata);
            self.cut = true;
            self.at = self.text.len();
        }
        Token::Cdata(within)
    }

    fn start_tag(&mut self, rest: &'a str, repairs: &mut Repairs) -> Option<Token<'a>> {
        let inside = &rest[1..];
        let name_length = inside
            .bytes()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'<' | b'='))
            .unwrap_or(inside.len());
        let name = &inside[..name_length];
        let (length, closed) = match end_of_tag(&inside[name_length..]) {
            Some(TagEnd::Closed(at)) => (name_length + at, true),
            Some(TagEnd::Broken(at)) => {
                repairs.count(Rule::UnquotedAttribute);
                (name_length + at, true)
            }
            Some(TagEnd::Open(at)) => {
                let attributes = inside[name_length..name_length + at].trim();
                if !attributes.is_empty() && !attributes.contains('=') {
                    return None;
                }
                repairs.count(Rule::UnclosedTag);
                (name_length + at, false)
            }
            None => {
                self.cut = true;
                self.at = self.text.len();
                return None;
            }
        };
        let attributes = &inside[name_length..length];
        let (attributes, empty) = match attributes.strip_suffix('/') {
            Some(attributes) => (attributes, true),
            None => (attributes, false),
        };
        self.at += 1 + length + usize::from(closed);
        Some(Token::Start {
            name,
            attributes,
            empty,
        })
    }
}

enum TagEnd {
    /// At `>`.
    Closed(usize),
    /// At a `>`, behind a quotation mark that is never closed.
    Broken(usize),
    /// At the `<` of what comes next.
    Open(usize),
}

/// Where the tag ends; `None` where the document does first.
fn end_of_tag(inside: &str) -> Option<TagEnd> {
    let bytes = inside.as_bytes();
    let mut at = 0;
    let mut after_equals = false;
    loop {
        match bytes.get(at)? {
            b'>' => return Some(TagEnd::Closed(at)),
            b'<' => return Some(TagEnd::Open(at)),
            b'=' => after_equals = true,
            quote @ (b'"' | b'\'') if after_equals => {
                after_equals = false;
                let value = &bytes[at + 1..];
                let stop = memchr2(*quote, b'<', value)?;
                let end = if value[stop] == *quote {
                    stop
                } else if let Some(end) = memchr(b'>', &value[..stop]) {
                    return Some(TagEnd::Broken(at + 1 + end));
                } else {
                    let end = memchr2(*quote, b'>', value)?;
                    if value[end] == b'>' {
                        return Some(TagEnd::Broken(at + 1 + end));
                    }
                    end
                };
                at += 1 + end;
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => after_equals = false,
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> (String, usize) {
        let mut lexer = Lexer::new(text);
        let mut repairs = Repairs::default();
        let mut seen = String::new();
        while let Some(token) = lexer.next("t", &mut repairs) {
            seen.push_str(&match token {
                Token::Start {
                    name,
                    attributes,
                    empty,
                } => {
                    format!(
                        "<{name}|{}|{}>",
                        attributes.trim(),
                        if empty { "/" } else { "" }
                    )
                }
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => format!("'{text}'"),
                Token::Cdata(text) => format!("[{text}]"),
                Token::Doctype(_) => "!".to_owned(),
            });
        }
        let count: u32 = repairs.into_vec().iter().map(|repair| repair.count).sum();
        (seen, count as usize)
    }

    #[test]
    fn what_is_in_order_is_told_apart() {
        assert_eq!(
            tokens(
                "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x '>'>]><a b='>' c=\"'\"><d/>t<!-- < --><![CDATA[<b>]]></a >"
            ),
            ("!<a|b='>' c=\"'\"|><d||/>'t'[<b>]</a>".to_owned(), 0)
        );
    }

    #[test]
    fn what_is_broken_is_told_apart_too() {
        for (text, expected, repairs) in [
            ("a < b <3", "'a ''<'' b ''<''3'", 2),
            ("<a <b>x</b</a>", "<a||><b||>'x'</b></a>", 2),
            ("a <b c <d>", "'a ''<''b c '<d||>", 1),
            ("<a b='1' <b>", "<a|b='1'|><b||>", 1),
            (
                "<a b=\"x>y</a><c d=\"e\">",
                "<a|b=\"x|>'y'</a><c|d=\"e\"|>",
                1,
            ),
            ("<a b='x < y'>", "<a|b='x < y'|>", 0),
            ("<!-- never <a>", "<a||>", 1),
            ("<![CDATA[x</t><a>", "[x]</t><a||>", 1),
            (
                "<![CDATA[x</t><t><![CDATA[y]]></t>",
                "[x]</t><t||>[y]</t>",
                1,
            ),
            ("<![CDATA[x", "[x]", 1),
            ("x<a b", "'x'", 0),
        ] {
            let (seen, count) = tokens(text);
            assert_eq!((seen.as_str(), count), (expected, repairs), "{text}");
        }
    }
}
