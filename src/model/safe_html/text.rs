//! Plain text out of safe HTML.

use super::{Attributes, is_block};
use crate::model::spaced::words_ahead;

/// Builds plain text out of tokens: remembers the break that is due and writes it before the next word.
#[derive(Default)]
pub(super) struct TextWriter {
    text: String,
    /// Line breaks due before the next word: 0, 1 (a new line), 2 (an empty line).
    breaks: usize,
    /// A space is due before the next word.
    space: bool,
    /// How deep in `pre`.
    preformatted: usize,
    /// How deep in `ul` and `ol`.
    lists: usize,
    /// A list item has begun and not yet said anything.
    bullet: bool,
}

impl TextWriter {
    /// * `text`: is emptied and written into, for its room.
    /// * `length`: of the HTML in bytes. What is markup is no text, but for a bullet here and there.
    pub(super) fn into(mut text: String, length: usize) -> Self {
        text.clear();
        text.reserve(length);
        Self {
            text,
            ..Self::default()
        }
    }

    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "br" => self.line_break(),
            "img" => {
                if let Some(alternative) = attributes.get("alt") {
                    self.text(&alternative);
                }
            }
            "pre" => {
                self.block(name);
                self.preformatted += 1;
            }
            "ul" | "ol" => {
                self.block(name);
                self.lists += 1;
            }
            "li" => {
                self.block(name);
                self.bullet = true;
            }
            "td" | "th" => self.space = true,
            _ if is_block(name) => self.block(name),
            _ => {}
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "ul" | "ol" => self.lists = self.lists.saturating_sub(1),
            "li" => self.bullet = false,
            "td" | "th" => return,
            _ => {}
        }
        if is_block(name) {
            self.block(name);
        }
    }

    /// Between list items and table rows a new line, between other blocks an empty one.
    fn block(&mut self, name: &str) {
        let close = matches!(
            name.as_bytes(),
            b"li" | b"tr" | b"dt" | b"dd" | b"thead" | b"tbody" | b"tfoot"
        );
        let due = if close || self.lists > 0 { 1 } else { 2 };
        self.breaks = self.breaks.max(due);
    }

    fn line_break(&mut self) {
        self.breaks = self.breaks.max(1);
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            if !text.is_empty() {
                self.write_breaks();
                self.text.push_str(text);
            }
            return;
        }
        let mut rest = text.trim_start_matches(is_space);
        if rest.is_empty() {
            self.space |= !text.is_empty();
            return;
        }
        self.space |= rest.len() < text.len();
        self.write_breaks();
        if self.space && !self.text.is_empty() && !self.text.ends_with(['\n', ' ']) {
            self.text.push(' ');
        }
        loop {
            let length = words_ahead(rest.as_bytes(), |byte| !is_space(byte.into()));
            let (words, behind) = rest.split_at(length);
            self.text.push_str(words);
            rest = behind.trim_start_matches(is_space);
            if rest.is_empty() {
                self.space = !behind.is_empty();
                return;
            }
            self.text.push(' ');
        }
    }

    fn write_breaks(&mut self) {
        if self.breaks > 0 {
            self.space = false;
            if !self.text.is_empty() {
                let present = self.text.len() - self.text.trim_end_matches('\n').len();
                for _ in present..self.breaks {
                    self.text.push('\n');
                }
            }
            self.breaks = 0;
        }
        if self.bullet {
            self.bullet = false;
            self.text
                .push_str(&"  ".repeat(self.lists.saturating_sub(1)));
            self.text.push_str("- ");
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// White space; the other controls, which cleaned HTML has none of, are as good as a space. One comparison
/// serves many bytes at once, a look for each kind of white space does not.
fn is_space(c: char) -> bool {
    c <= ' '
}
