//! Tags and text to events that are well formed: each start has its end, each name its namespace.

use std::borrow::Cow;
use std::collections::HashSet;

use super::attributes::{self, Attribute};
use super::entities::Entities;
use super::lexer::{Lexer, Token};
use super::namespaces::Namespace;
use super::nesting::{self, Nesting};
use super::{Repairs, Rule};
use crate::model::lower_name;

/// Deeper elements are left out, their text stays. Enough for any page somebody put into a feed.
const DEEPEST: usize = 512;
const MOST_NAMESPACES: usize = 500;

#[derive(Debug, PartialEq)]
pub(in crate::parse) enum Event<'a> {
    Start(Element<'a>),
    /// Unescaped. Never empty; one text may come in several.
    Text(Cow<'a, str>),
    End,
    /// The document stopped in the middle: what is open is not complete. Ends follow.
    Cut,
}

#[derive(Debug, PartialEq)]
pub(in crate::parse) struct Element<'a> {
    pub(in crate::parse) namespace: Namespace,
    /// In lower case, without prefix.
    pub(in crate::parse) local: Cow<'a, str>,
    /// As written, without prefix.
    pub(in crate::parse) written: &'a str,
    pub(in crate::parse) prefix: &'a str,
}

#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    nesting: Nesting,
}

#[derive(Debug)]
struct Declared<'a> {
    depth: usize,
    prefix: &'a str,
    /// `None`: an address nobody knows.
    namespace: Option<Namespace>,
}

#[derive(Debug)]
pub(in crate::parse) struct Stream<'a> {
    lexer: Lexer<'a>,
    entities: Entities<'a>,
    open: Vec<Open<'a>>,
    declared: Vec<Declared<'a>>,
    attributes: Vec<Attribute<'a>>,
    /// So many elements end before anything else comes.
    ending: usize,
    held: Option<Token<'a>>,
    /// Elements deeper than the limit that are open.
    beyond: usize,
    ended: bool,
    cut_told: bool,
    told: HashSet<&'a str>,
    repairs: Repairs,
}

impl<'a> Stream<'a> {
    /// `text` begins with the root; `prolog` is what stands before it.
    pub(super) fn new(prolog: &'a str, text: &'a str) -> Self {
        let mut entities = Entities::default();
        if prolog.contains("<!ENTITY") {
            entities.declare(prolog);
        }
        Self {
            lexer: Lexer::new(text),
            entities,
            open: Vec::new(),
            declared: Vec::new(),
            attributes: Vec::new(),
            ending: 0,
            held: None,
            beyond: 0,
            ended: false,
            cut_told: false,
            told: HashSet::new(),
            repairs: Repairs::default(),
        }
    }

    /// The attributes of the element that started last.
    pub(in crate::parse) fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    pub(in crate::parse) fn into_repairs(self) -> Repairs {
        self.repairs
    }

    pub(in crate::parse) fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if self.ending > 0 {
                self.ending -= 1;
                self.open.pop();
                let depth = self.open.len();
                while self.declared.pop_if(|known| known.depth > depth).is_some() {}
                return Some(Event::End);
            }
            let inside = self.open.last().map_or("", |open| open.name);
            let token = match self.held.take() {
                Some(token) => Some(token),
                None => self.lexer.next(inside, &mut self.repairs),
            };
            let token = match token {
                Some(token) if !self.lexer.cut => token,
                _ => return self.at_end(),
            };
            let event = match token {
                Token::Start {
                    name,
                    attributes,
                    empty,
                } => self.start(name, attributes, empty),
                Token::End(name) => {
                    self.end(name);
                    None
                }
                Token::Text(text) => self.text(text),
                Token::Cdata(text) => {
                    let inside = !text.is_empty() && !self.open.is_empty();
                    inside.then_some(Event::Text(Cow::Borrowed(text)))
                }
                Token::Doctype(doctype) => {
                    self.entities.declare(doctype);
                    None
                }
            };
            if event.is_some() {
                return event;
            }
        }
    }

    fn at_end(&mut self) -> Option<Event<'a>> {
        if self.open.is_empty() {
            return None;
        }
        if !self.cut_told {
            self.cut_told = true;
            self.repairs.count(Rule::Truncated);
            return Some(Event::Cut);
        }
        self.open.pop();
        Some(Event::End)
    }

    fn text(&mut self, text: &'a str) -> Option<Event<'a>> {
        if !self.open.is_empty() {
            let text = self.entities.resolve(text, &mut self.repairs);
            return (!text.is_empty()).then_some(Event::Text(text));
        }
        if self.ended && !text.trim().is_empty() {
            self.repairs.count(Rule::TrailingJunk);
        }
        None
    }

    fn start(&mut self, name: &'a str, tag: &'a str, empty: bool) -> Option<Event<'a>> {
        if self.beyond > 0 || self.open.len() >= DEEPEST {
            self.repairs.count(Rule::TooDeep);
            self.beyond += usize::from(!empty);
            return None;
        }
        // A root behind the end of the root: entries there are still read.
        if tag.is_empty() {
            self.attributes.clear();
        } else {
            attributes::read(
                tag,
                &mut self.entities,
                &mut self.attributes,
                &mut self.repairs,
            );
        }
        let declared = self.declared.len();
        self.declare();
        let (prefix, written) = name.split_once(':').unwrap_or(("", name));
        let namespace = self.namespace(prefix);
        let local = lower_name(written);
        let mut nesting = Nesting::Anything;
        if namespace.is_core() {
            if let Some(open) = self.open.last()
                && open.nesting.ends_with(&local)
            {
                self.repairs.count(Rule::UnclosedElement);
                self.declared.truncate(declared);
                self.ending = 1;
                self.held = Some(Token::Start {
                    name,
                    attributes: tag,
                    empty,
                });
                return None;
            }
            nesting = Nesting::of(&local);
        }
        self.open.push(Open { name, nesting });
        let void = !empty && nesting::is_void(&local) && !self.lexer.ends_now(name);
        if void {
            self.repairs.count(Rule::UnclosedElement);
        }
        self.ending = usize::from(empty || void);
        Some(Event::Start(Element {
            namespace,
            local,
            written,
            prefix,
        }))
    }

    fn end(&mut self, name: &'a str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let found = match self.open.last() {
            Some(open) if open.name == name => Some(0),
            _ => self
                .open
                .iter()
                .rev()
                .position(|open| open.name.eq_ignore_ascii_case(name)),
        };
        match found {
            Some(above) => {
                for _ in 0..above {
                    self.repairs.count(Rule::UnclosedElement);
                }
                self.ending = above + 1;
                self.ended |= self.ending == self.open.len();
            }
            None => self.repairs.count(Rule::UnmatchedEnd),
        }
    }

    /// Takes down the namespaces that the element's attributes declare, for itself and what it holds.
    fn declare(&mut self) {
        let depth = self.open.len() + 1;
        for attribute in &self.attributes {
            let Some(rest) = attribute.name.strip_prefix("xmlns") else {
                continue;
            };
            let prefix = match rest.strip_prefix(':') {
                Some(prefix) => prefix,
                None if rest.is_empty() => "",
                None => continue,
            };
            if self.declared.len() >= MOST_NAMESPACES {
                self.repairs.count(Rule::TooMany);
                return;
            }
            self.declared.push(Declared {
                depth,
                prefix,
                namespace: Namespace::of_address(&attribute.value),
            });
        }
    }

    fn namespace(&mut self, prefix: &'a str) -> Namespace {
        let declared = self
            .declared
            .iter()
            .rev()
            .find(|known| known.prefix == prefix)
            .map(|known| known.namespace);
        match declared {
            Some(Some(namespace)) => namespace,
            None if prefix.is_empty() => Namespace::Core,
            None if prefix == "xml" => Namespace::Xml,
            undeclared => {
                let namespace = match prefix {
                    "" => Namespace::Core,
                    prefix => Namespace::of_prefix(prefix),
                };
                // Prefixes of vocabularies nobody reads are no mistake as long as they are declared.
                let wrong = undeclared.is_none() || namespace != Namespace::Other;
                if wrong && self.told.len() < MOST_NAMESPACES && self.told.insert(prefix) {
                    self.repairs.count(match undeclared {
                        None => Rule::UndeclaredPrefix,
                        Some(_) => Rule::UnknownNamespace,
                    });
                }
                namespace
            }
        }
    }
}

#[cfg(test)]
mod tests;
