//! A line that might start a talk.

use super::below;
use super::heading::{Divided, Line};
use super::names::People;
use super::outline::Block;
use super::tidy::tidy;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Heading,
    Bold,
    Item,
    Plain,
    /// `**Queues:** Ann Poe spoke on ..`, `“Queues at night” by Ann Poe. She ..`
    Sentence,
}

/// What a line stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    Nothing,
    Furniture,
    /// The heading's block.
    Group(usize),
    Line,
}

#[derive(Debug)]
pub(super) struct Candidate {
    /// Where among the blocks.
    pub(super) at: usize,
    pub(super) level: u8,
    pub(super) parent: Parent,
    /// The whole line, as a title.
    pub(super) title: String,
    pub(super) line: Line,
    /// Title and speakers, however they were told.
    pub(super) told: Option<Divided>,
    /// Told by the line itself, in the post's form.
    pub(super) by_form: bool,
    /// The text below begins with somebody who speaks.
    pub(super) prose: Option<People>,
}

impl Candidate {
    pub(super) fn new(blocks: &[Block], at: usize, parent: Parent) -> Self {
        let line = Line::of(&blocks[at]);
        Self {
            at,
            level: blocks[at].level,
            parent,
            title: tidy(&line.text),
            line,
            told: None,
            by_form: false,
            prose: blocks.get(at + 1).and_then(below::in_prose),
        }
    }

    pub(super) fn is_named(&self) -> bool {
        self.told.is_some()
    }

    /// The line is a speaker's name and nothing else.
    pub(super) fn is_name_alone(&self) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|told| told.title == self.title && told.speakers == [self.title.as_str()])
    }

    pub(super) fn sureness(&self) -> u8 {
        self.told.as_ref().map_or(0, |told| told.sureness)
    }

    pub(super) fn tell(&mut self, title: String, people: People) {
        if !title.is_empty() {
            self.told = Some(Divided {
                title,
                speakers: people.names,
                sureness: people.sureness,
            });
        }
    }
}

/// In characters.
const SHORT: usize = 160;

pub(super) fn is_short(text: &str) -> bool {
    text.len() <= 4 * SHORT
        && text.chars().count() <= SHORT
        && text.lines().count() <= 3
        && !text.ends_with([':', ','])
        && (!text.ends_with('.') || text.ends_with("..") || text.split_whitespace().count() <= 3)
}
