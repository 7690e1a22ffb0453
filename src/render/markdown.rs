//! Markdown that reads well raw and rendered (CommonMark, GitHub): for a repository, a wiki, a message.
//!
//! One paragraph a line, so that a diff shows what changed and nothing else.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::RangeInclusive;

use super::held::Held;
use super::wording;
use crate::model::{ArchivedEntry, Enclosure, Talk};
use crate::query::{Digest, DigestHead, Item, Want};
use crate::terminal::escape as harmless;

/// How many words of an entry without talks are quoted.
const QUOTED_WORDS: usize = 60;

/// A document of so many items has contents.
const WITH_CONTENTS: RangeInclusive<usize> = 8..=300;

pub(super) struct Markdown<'a> {
    out: Held<'a>,
    items: usize,
    /// A line for each item, as long as there may be contents.
    contents: Vec<String>,
    /// The anchors given, with how often.
    anchors: HashMap<String, usize>,
    /// Groups have headings of their own, so that those of items stand below.
    level: &'static str,
}

impl<'a> Markdown<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out: Held::new(Box::new(out)),
            items: 0,
            contents: Vec::new(),
            anchors: HashMap::new(),
            level: "##",
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let title = linked(
            &wording::title(entry),
            wording::entry_link(entry).as_deref(),
        );
        writeln!(
            self.out,
            "\n{} {title}\n\n{}",
            self.level,
            escape(&wording::byline(archived))
        )?;
        match entry.summary.as_deref() {
            Some(summary) => self.quote(&wording::first_words(summary, QUOTED_WORDS))?,
            None if entry.talks.is_empty() => self.quote(&entry.content.to_text())?,
            None => {}
        }
        if !entry.talks.is_empty() {
            writeln!(self.out)?;
        }
        for talk in &entry.talks {
            writeln!(self.out, "- {}", talk_line(talk))?;
        }
        self.enclosures(&entry.enclosures)
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let entry = &archived.entry;
        writeln!(self.out, "\n{} {}\n", self.level, talk_line(talk))?;
        let origin = linked(
            &wording::title(entry),
            wording::entry_link(entry).as_deref(),
        );
        writeln!(
            self.out,
            "in {origin} · {}",
            escape(&wording::byline(archived))
        )?;
        self.quote(&entry.content_of(talk).to_text())
    }

    /// Where there are too many, those that wait are written, without contents.
    fn add_to_contents(&mut self, item: Item<'_>) -> io::Result<()> {
        if !self.out.is_holding() {
            return Ok(());
        }
        if self.items > *WITH_CONTENTS.end() {
            self.contents = Vec::new();
            return self.out.release(b"");
        }
        let archived = item.entry();
        let title = match item {
            Item::Entry(entry) => wording::title(&entry.entry).into_owned(),
            Item::Talk(_, talk) => match wording::kind(talk) {
                Some(kind) => format!("{} ({kind})", wording::talk_line(talk)),
                None => wording::talk_line(talk),
            },
        };
        let anchor = self.anchor(&title);
        let (title, day) = (escape(&title), wording::day(archived.date()));
        self.contents
            .push(format!("- [{title}](#{anchor}) · {day}\n"));
        Ok(())
    }

    /// As forges make it of a heading.
    fn anchor(&mut self, heading: &str) -> String {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let lower = harmless(heading).to_lowercase();
        let slug: String = lower.trim().chars().filter(kept).collect();
        let slug = slug.replace(' ', "-");
        let times = self.anchors.entry(slug.clone()).or_default();
        *times += 1;
        match *times {
            1 => slug,
            more => format!("{slug}-{}", more - 1),
        }
    }

    /// The beginning of a text, line by line, its lists as lists.
    fn quote(&mut self, text: &str) -> io::Result<()> {
        let mut left = QUOTED_WORDS;
        let mut is_first = true;
        for line in text.lines() {
            if left == 0 {
                break;
            }
            let (mark, words_of_line) = match line.trim_start().strip_prefix("- ") {
                Some(item) => (&line[..line.len() - item.len()], item),
                None => ("", line),
            };
            let shown = wording::first_words(words_of_line, left);
            left = left.saturating_sub(words_of_line.split_whitespace().count());
            if is_first {
                writeln!(self.out)?;
                is_first = false;
            }
            // An indent this deep would be code.
            let mark = mark
                .get(mark.len().saturating_sub(22)..)
                .unwrap_or_default();
            let quoted = format!("> {mark}{}", escape(&shown));
            writeln!(self.out, "{}", quoted.trim_end())?;
        }
        Ok(())
    }

    fn enclosures(&mut self, enclosures: &[Enclosure]) -> io::Result<()> {
        for enclosure in enclosures {
            let Some(link) = wording::web(&enclosure.url) else {
                continue;
            };
            let name = link
                .rsplit('/')
                .find(|part| !part.is_empty())
                .unwrap_or(&link);
            let kind = enclosure.media_type.as_deref().map(escape);
            let size = enclosure.length.map(|length| wording::size(length).into());
            let facts: Vec<Cow<'_, str>> = kind.into_iter().chain(size).collect();
            write!(self.out, "\nEnclosure: {}", linked(name, Some(&link)))?;
            if facts.is_empty() {
                writeln!(self.out)?;
            } else {
                writeln!(self.out, " ({})", facts.join(", "))?;
            }
        }
        Ok(())
    }
}

impl Digest for Markdown<'_> {
    fn wants(&self, _: Want) -> bool {
        false
    }

    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        writeln!(self.out, "# {}", escape(&head.title))?;
        self.out.hold();
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.items += 1;
        self.add_to_contents(item)?;
        match item {
            Item::Entry(entry) => self.entry(entry),
            Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        self.level = "###";
        writeln!(self.out, "\n## {}", escape(heading))
    }

    fn end(&mut self) -> io::Result<()> {
        if self.out.is_holding() {
            let contents = match WITH_CONTENTS.contains(&self.items) {
                true => format!("\n{}", self.contents.concat()),
                false => String::new(),
            };
            self.out.release(contents.as_bytes())?;
        }
        if self.items == 0 {
            writeln!(self.out, "\nNo entries.")?;
        }
        Ok(())
    }
}

fn talk_line(talk: &Talk) -> String {
    let mut line = linked(&talk.title, wording::talk_link(talk).as_deref());
    if !talk.speakers.is_empty() {
        line.push_str(" — ");
        line.push_str(&escape(&talk.speakers.join(", ")));
    }
    if let Some(kind) = wording::kind(talk) {
        line.extend([" (", kind, ")"]);
    }
    line
}

pub(super) fn linked(text: &str, link: Option<&str>) -> String {
    let text = escape(text);
    match link {
        None => text.into_owned(),
        // Round brackets need not be balanced in angle brackets.
        Some(link) if link.contains(['(', ')']) => format!("[{text}](<{link}>)"),
        Some(link) => format!("[{text}]({link})"),
    }
}

/// The text with everything escaped that Markdown would act on, and no more, so that it still reads
/// well raw.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let text = harmless(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        let is_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
        let acts = match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' => true,
            // Within a word an underscore is one.
            '_' => !is_word(before) || !is_word(after),
            '&' => is_word(after) || after == Some('#'),
            // A heading or a list at the start; at the end the close of a heading.
            '#' => before.is_none() || after.is_none() || after == Some('#'),
            '+' | '-' | '=' => before.is_none(),
            // `1.` and `1)` begin a list.
            '.' | ')' => is_number(&escaped) && after.is_none_or(char::is_whitespace),
            _ => false,
        };
        if acts {
            escaped.push('\\');
        }
        escaped.push(character);
        before = Some(character);
    }
    if escaped == *text {
        text
    } else {
        Cow::Owned(escaped)
    }
}

fn is_number(start: &str) -> bool {
    (1..=9).contains(&start.len()) && start.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Settings, samples};
    use super::*;

    fn markdown(answer: &samples::Answer) -> String {
        samples::rendered(Format::Markdown, &Settings::default(), answer)
    }

    #[test]
    fn entries_stand_under_headings_with_their_talks() {
        assert_eq!(
            markdown(&samples::both()),
            r"# tag:devops

## [DevOpsDays Ghent 2019: \<two\> days & many talks](https://notes.example/ghent)

Notes of a Visitor · 2019-10-30 · #devops #Ghent-2019

> Two days in Ghent.

- [Opening](https://notes.example/ghent#opening) — Ann Example (keynote)
- [Chaos for small teams](https://notes.example/ghent#chaos) — Bob Sample, Åsa Öberg

Enclosure: [slides.pdf](https://notes.example/slides.pdf) (application/pdf, 1 MB)

## [Runbooks](https://log.example/runbooks)

Ops log · 2019-05-06 · #ops

> Runbooks rot. Test them like code, said the panel, and throw away the rest.
"
        );
    }

    #[test]
    fn talks_stand_under_headings_with_their_notes() {
        assert_eq!(
            markdown(&samples::talks()),
            r"# tag:devops

## [Opening](https://notes.example/ghent#opening) — Ann Example (keynote)

in [DevOpsDays Ghent 2019: \<two\> days & many talks](https://notes.example/ghent) · Notes of a Visitor · 2019-10-30 · #devops #Ghent-2019

> Small steps & fast feedback. See below.

## [Chaos for small teams](https://notes.example/ghent#chaos) — Bob Sample, Åsa Öberg

in [DevOpsDays Ghent 2019: \<two\> days & many talks](https://notes.example/ghent) · Notes of a Visitor · 2019-10-30 · #devops #Ghent-2019

> - Break one thing
> - Write it down
>
> Questions
>
> The board
>
> kill -9 1
"
        );
    }

    #[test]
    fn lists_are_quoted_as_lists_and_only_so_far() {
        let mut out = Vec::new();
        let text = format!("- one\n  - two\n\n{}", "word ".repeat(100));
        let mut markdown = Markdown::new(&mut out);
        markdown.quote(&text).unwrap();
        drop(markdown);
        let quoted = String::from_utf8(out).unwrap();
        assert!(
            quoted.starts_with("\n> - one\n>   - two\n>\n> word "),
            "{quoted}"
        );
        assert!(
            quoted.ends_with(" word…\n") && quoted.matches("word").count() == 58,
            "{quoted}"
        );
    }

    #[test]
    fn a_long_document_has_contents_that_lead_to_its_headings() {
        let mut answer = samples::both();
        let mut titles = vec!["C# & F#: `who`?", "Same", "Same"];
        titles.resize(7, "Übung_1");
        answer.entries.truncate(1);
        for title in titles {
            let mut entry = samples::short();
            entry.entry.title = Some(title.into());
            answer.entries.push(entry);
        }
        let written = markdown(&answer);
        let contents = written.split("\n## ").next().unwrap();
        assert!(
            contents.starts_with(
                r"# tag:devops

- [DevOpsDays Ghent 2019: \<two\> days & many talks](#devopsdays-ghent-2019-two-days--many-talks) · 2019-10-30
- [C# & F#: \`who\`?](#c--f-who) · 2019-05-06
- [Same](#same) · 2019-05-06
- [Same](#same-1) · 2019-05-06
- [Übung_1](#übung_1) · 2019-05-06
"
            ),
            "{contents}"
        );
    }

    #[test]
    fn text_stays_text() {
        for (text, escaped) in [
            ("# 1. Title", r"\# 1. Title"),
            ("1. First", r"1\. First"),
            ("2019) a", r"2019\) a"),
            ("- dash - dash", r"\- dash - dash"),
            ("*a* _b_ snake_case `c`", r"\*a\* \_b\_ snake_case \`c\`"),
            (
                "![x](y) <b> &amp; &c R&D a & b",
                r"!\[x\](y) \<b\> \&amp; \&c R\&D a & b",
            ),
            ("C#", r"C\#"),
            ("a|b ~~c~~ \\", r"a\|b \~\~c\~\~ \\"),
            ("plain: text, 3.5 (really)!", "plain: text, 3.5 (really)!"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn rendered_again_hostile_text_is_still_text() {
        for answer in [samples::hostile(), samples::hostile_talks()] {
            let written = markdown(&answer);
            let mut page = String::new();
            pulldown_cmark::html::push_html(&mut page, pulldown_cmark::Parser::new(&written));
            assert!(
                !page.contains("<script") && !page.contains("href=\"javascript"),
                "{page}"
            );
            assert_eq!(page.matches("<h2").count(), 2, "{page}");
        }
    }

    #[test]
    fn a_link_with_brackets_is_one_link() {
        assert_eq!(
            linked("a", Some("https://a.example/b_(c)")),
            "[a](<https://a.example/b_(c)>)"
        );
    }

    #[test]
    fn an_empty_answer_says_so() {
        assert_eq!(
            samples::nothing(Format::Markdown),
            "# tag:devops\n\nNo entries.\n"
        );
    }
}
