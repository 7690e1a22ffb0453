//! Writes XML, and knows what XML 1.0 lets a document hold.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Writes elements, without what XML forbids.
pub(super) struct Xml<'a>(Writer<&'a mut dyn Write>);

impl<'a> Xml<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self(Writer::new_with_indent(out, b' ', 2))
    }

    pub(super) fn declare(&mut self) -> io::Result<()> {
        let declaration = BytesDecl::new("1.0", Some("utf-8"), None);
        self.0.write_event(Event::Decl(declaration))
    }

    /// The last line's end.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.0.get_mut().write_all(b"\n")
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.0
            .write_event(Event::Text(BytesText::new(&legal(text))))
    }

    pub(super) fn close(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    pub(super) fn leaf(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.open(name, &[])?;
        self.text(text)?;
        self.close(name)
    }
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*legal(value)));
    }
    start
}

/// The text without the characters XML forbids even as references (XML 1.0, 2.2).
pub(super) fn legal(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(
            text.chars()
                .filter(|character| is_legal(*character))
                .collect(),
        )
    }
}

fn is_legal(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_dropped() {
        assert_eq!(legal("a\0b\u{1b}c\u{fffe}d\u{ffff}e\u{8}"), "abcde");
        assert_eq!(legal("a\tb\nc\u{10ffff}"), "a\tb\nc\u{10ffff}");
    }
}
