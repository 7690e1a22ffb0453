//! Any XML document, however broken, to well-formed events whose names have namespaces.
//!
//! The lexer is our own: quick-xml stops at a bare `<`, at a tag or a CDATA section without end, and at
//! what stands before the root, and cannot be set going again behind them. It is the judge in the tests:
//! what is printed here has to be well formed for it. A document in order is read in place; its text is
//! borrowed up to the reader.

mod attributes;
mod entities;
mod lexer;
mod namespaces;
mod nesting;
mod print;
mod root;
mod rules;
mod stream;

use std::borrow::Cow;

use memchr::{memchr_iter, memmem};

use crate::model::Repair;

pub(super) use attributes::Attribute;
pub(super) use namespaces::Namespace;
pub(super) use nesting::is_void;
pub(super) use root::Root;
pub(super) use rules::Rule;
pub(super) use stream::{Element, Event, Stream};

use entities::{is_xml, windows_1252};

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

    pub(super) fn count(&mut self, rule: Rule) {
        self.add(rule.word(), 1);
    }

    /// Adds what was counted elsewhere.
    pub(super) fn join(&mut self, other: Self) {
        for repair in other.0 {
            self.add(repair.kind, repair.count as usize);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Repair> {
        self.0
    }
}

/// The document's characters as XML may hold them. A document in order is borrowed.
pub(super) fn characters<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    let bytes = text.as_bytes();
    // Without a branch a byte, so that the compiler can look at many at once.
    let has_control = bytes.chunks(4096).any(|chunk| {
        chunk.iter().fold(false, |found, b| {
            found | ((*b < 0x20) & !matches!(*b, b'\t' | b'\n' | b'\r'))
        })
    });
    let forbidden = has_control
        || memmem::find(bytes, "\u{FFFE}".as_bytes()).is_some()
        || memmem::find(bytes, "\u{FFFF}".as_bytes()).is_some();
    let c1 = memchr_iter(0xC2, bytes).any(|at| {
        bytes
            .get(at + 1)
            .is_some_and(|next| (0x80..0xA0).contains(next))
    });
    if !forbidden && !c1 {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{80}'..='\u{9F}' => {
                repairs.count(Rule::ControlCharacter);
                mended.push(windows_1252(c));
            }
            c if is_xml(c) => mended.push(c),
            _ => repairs.count(Rule::ForbiddenCharacter),
        }
    }
    Cow::Owned(mended)
}

/// The events of a document whose characters are in order.
pub(super) fn stream<'a>(text: &'a str, root: &Root<'_>, repairs: &mut Repairs) -> Stream<'a> {
    let (before, text) = text.split_at(root.start.min(text.len()));
    let declared_late = before.find("<?xml ").is_some_and(|at| at > 0);
    let twice = before.matches("<?xml ").count() > 1;
    if root.after_junk || declared_late || twice {
        repairs.count(Rule::LeadingJunk);
    }
    Stream::new(before, text)
}

/// The document as the reader sees it, printed as well-formed XML.
pub(super) fn normalised(text: &str, root: &Root<'_>) -> String {
    let mut repairs = Repairs::default();
    let mut stream = stream(text, root, &mut repairs);
    print::print(&mut stream)
}

#[cfg(test)]
mod tests;
