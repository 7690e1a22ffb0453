//! Wraps text to columns, in the look and with the links a terminal can have.

use std::io::{self, Write};

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::super::Style;
use crate::query::Snippet;
use crate::terminal::escape;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Bold,
    Dim,
}

/// Writes lines. Every foreign text goes through here, so it is made harmless here.
pub(super) struct Page<'a> {
    width: usize,
    pub(super) style: Style,
    out: Box<dyn Write + 'a>,
}

impl<'a> Page<'a> {
    pub(super) fn new(width: usize, style: Style, out: Box<dyn Write + 'a>) -> Self {
        Self { width, style, out }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// One paragraph: `first` in front of its first line, `below` in front of the others. With `link`
    /// each line leads there, where the terminal can.
    pub(super) fn block(
        &mut self,
        first: &str,
        below: &str,
        text: &str,
        look: Look,
        link: Option<&str>,
    ) -> io::Result<()> {
        self.wrapped(first, below, &escape(text), look, link)
    }

    /// A piece of text with its marked words bold, where the terminal can.
    pub(super) fn marked(&mut self, indent: &str, snippet: &Snippet) -> io::Result<()> {
        let (before, after) = match self.style.colour {
            true => ("\u{1b}[1m", "\u{1b}[22m"),
            false => ("", ""),
        };
        let mut text = String::new();
        let mut at = 0;
        for mark in &snippet.marks {
            text.push_str(&escape(&snippet.text[at..mark.start]));
            text.push_str(before);
            text.push_str(&escape(&snippet.text[mark.clone()]));
            text.push_str(after);
            at = mark.end;
        }
        text.push_str(&escape(&snippet.text[at..]));
        self.wrapped(indent, indent, &text, Look::Plain, None)
    }

    fn wrapped(
        &mut self,
        first: &str,
        below: &str,
        harmless: &str,
        look: Look,
        link: Option<&str>,
    ) -> io::Result<()> {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(below)
            .break_words(false)
            .wrap_algorithm(WrapAlgorithm::FirstFit)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(WordSeparator::Custom(words));
        let mut indent = first;
        for line in textwrap::wrap(harmless, options) {
            let words = line.strip_prefix(indent).unwrap_or(&line);
            self.write(indent, words, look, link)?;
            indent = below;
        }
        Ok(())
    }

    /// One line, however long: addresses are not broken, so that they can be followed and copied.
    pub(super) fn line(&mut self, indent: &str, text: &str, look: Look) -> io::Result<()> {
        self.write(indent, &escape(text), look, None)
    }

    pub(super) fn empty_line(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    fn write(
        &mut self,
        indent: &str,
        harmless: &str,
        look: Look,
        link: Option<&str>,
    ) -> io::Result<()> {
        let link = link.filter(|_| self.style.hyperlinks);
        let code = match look {
            Look::Bold if self.style.colour => Some("1"),
            Look::Dim if self.style.colour => Some("2"),
            Look::Plain | Look::Bold | Look::Dim => None,
        };
        write!(self.out, "{indent}")?;
        if let Some(link) = link {
            write!(self.out, "\u{1b}]8;;{link}\u{1b}\\")?;
        }
        match code {
            Some(code) => write!(self.out, "\u{1b}[{code}m{harmless}\u{1b}[0m")?,
            None => write!(self.out, "{harmless}")?,
        }
        if link.is_some() {
            write!(self.out, "\u{1b}]8;;\u{1b}\\")?;
        }
        self.empty_line()
    }
}

/// The pieces a line may be broken between: by Unicode's rules, so that Chinese and Japanese wrap too,
/// but an address stays whole.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut at = 0;
    Box::new(
        WordSeparator::AsciiSpace
            .find_words(line)
            .flat_map(move |word| {
                let whole = &line[at..at + word.word.len() + word.whitespace.len()];
                at += whole.len();
                if word.word.contains("://") {
                    Box::new(std::iter::once(word)) as Box<dyn Iterator<Item = Word<'_>>>
                } else {
                    WordSeparator::UnicodeBreakProperties.find_words(whole)
                }
            }),
    )
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn wrapped(width: usize, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        Page::new(width, Style::default(), Box::new(&mut out))
            .block("- ", "  ", text, Look::Bold, Some("https://a.example/"))
            .unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn lines_are_as_wide_as_they_look() {
        let lines = wrapped(20, "分散システムの運用について、三つの教訓と一つの失敗");
        assert!(lines.len() > 2, "{lines:?}");
        for line in &lines {
            assert!(line.width() <= 20, "{line}");
        }
        assert!(lines[1].starts_with("  "));
    }

    #[test]
    fn an_address_is_never_broken() {
        let address = "https://notes.example/a/very/long/path/to/some-talk?with=query";
        assert_eq!(
            wrapped(20, &format!("see {address} for more")),
            ["- see", &format!("  {address}"), "  for more"]
        );
    }

    #[test]
    fn an_empty_text_is_an_empty_line() {
        assert_eq!(wrapped(20, ""), ["- "]);
    }

    #[test]
    fn each_line_of_a_link_leads_there() {
        let mut out = Vec::new();
        let style = Style {
            colour: false,
            hyperlinks: true,
        };
        Page::new(8, style, Box::new(&mut out))
            .block(
                "",
                "",
                "one two\u{1b}]8;;x three",
                Look::Plain,
                Some("https://a.example/"),
            )
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text.matches("\u{1b}]8;;https://a.example/\u{1b}\\").count(),
            text.lines().count()
        );
        assert!(
            !text.contains("\u{1b}]8;;x") && text.contains("␛]8;;x"),
            "{text:?}"
        );
    }
}
