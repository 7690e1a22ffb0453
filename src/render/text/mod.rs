//! Text for a terminal of 80 columns and for a mail from cron.
//!
//! An entry's number stands in front, as `hallway show 12` wants it; below it where and when, then its
//! talks. Nothing at all is written for an empty answer, so that cron sends no mail.

mod changes;
mod layout;
mod show;

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Settings, wording};
use crate::model::{ArchivedEntry, Talk};
use crate::query::{Digest, DigestHead, Found, Item, Snippet, Want};
use layout::{Look, Page};

pub(crate) use changes::{changed, difference, history};
pub(crate) use show::{entry_in_full, talk_in_full};

/// Longer titles are cut, so that no feed fills the screen with one; `show` has them in full.
const TITLE_LENGTH: usize = 300;

/// Where everything below an entry's first line begins: behind its number.
const INDENT: &str = "       ";

pub(super) struct Text<'a> {
    page: Page<'a>,
    is_first: bool,
    /// Of the next item.
    found: Found,
}

impl<'a> Text<'a> {
    pub(super) fn new(settings: &Settings, out: Box<dyn Write + 'a>) -> Self {
        let page = Page::new(settings.width, settings.style, out);
        Self {
            page,
            is_first: true,
            found: Found::default(),
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let title = wording::title(entry);
        let link = wording::entry_link(entry);
        self.first_line(
            archived,
            &wording::clipped(&title, TITLE_LENGTH),
            link.as_deref(),
        )?;
        self.page
            .block(INDENT, INDENT, &wording::byline(archived), Look::Dim, None)?;
        self.address(entry.url.as_deref(), link.as_deref())?;
        let found = std::mem::take(&mut self.found);
        self.snippet(found.snippet.as_ref())?;
        if let Some(matching) = found.talks {
            let line = wording::talks_matching(matching, entry.talks.len());
            self.page.block(INDENT, INDENT, &line, Look::Dim, None)?;
        }
        for talk in &entry.talks {
            let link = wording::talk_link(talk);
            let bullet = format!("{INDENT}• ");
            let below = format!("{INDENT}  ");
            self.page.block(
                &bullet,
                &below,
                &talk_line(talk),
                Look::Plain,
                link.as_deref(),
            )?;
        }
        Ok(())
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let link = wording::talk_link(talk);
        self.first_line(archived, &talk_line(talk), link.as_deref())?;
        let title = wording::title(&archived.entry);
        let feed = wording::feed_name(&archived.feed);
        let day = wording::day(archived.date());
        let origin = format!(
            "in {}, {feed}, {day}",
            wording::clipped(&title, TITLE_LENGTH)
        );
        self.page.block(INDENT, INDENT, &origin, Look::Dim, None)?;
        self.address(talk.url.as_deref(), link.as_deref())?;
        let found = std::mem::take(&mut self.found);
        self.snippet(found.snippet.as_ref())
    }

    fn snippet(&mut self, snippet: Option<&Snippet>) -> io::Result<()> {
        match snippet {
            Some(snippet) => self.page.marked(INDENT, snippet),
            None => Ok(()),
        }
    }

    fn first_line(
        &mut self,
        archived: &ArchivedEntry,
        title: &str,
        link: Option<&str>,
    ) -> io::Result<()> {
        // What only tells of a feed is no entry that `show` could find.
        let number = match archived.id.0 {
            ..=0 => "    !  ".to_owned(),
            number => format!("{number:>5}  "),
        };
        self.page.block(&number, INDENT, title, Look::Bold, link)
    }

    /// The address on a line of its own, where the title is no link to it.
    fn address(&mut self, url: Option<&str>, link: Option<&str>) -> io::Result<()> {
        match url {
            Some(_) if link.is_some() && self.page.style.hyperlinks => Ok(()),
            Some(url) => self.page.line(INDENT, link.unwrap_or(url), Look::Plain),
            None => Ok(()),
        }
    }
}

fn talk_line(talk: &Talk) -> String {
    let line = wording::talk_line(talk);
    let line = wording::clipped(&line, TITLE_LENGTH);
    match wording::kind(talk) {
        Some(kind) => format!("{line} ({kind})"),
        None => line.into_owned(),
    }
}

impl Digest for Text<'_> {
    fn wants(&self, what: Want) -> bool {
        what == Want::Found
    }

    fn begin(&mut self, _: &DigestHead) -> io::Result<()> {
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        if !self.is_first {
            self.page.empty_line()?;
        }
        self.is_first = false;
        match item {
            Item::Entry(entry) => self.entry(entry),
            Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn found(&mut self, found: Found) {
        self.found = found;
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        if !self.is_first {
            self.page.empty_line()?;
        }
        let heading = wording::clipped(heading, TITLE_LENGTH);
        self.page.block("", "", &heading, Look::Bold, None)?;
        let length = heading.width().clamp(1, self.page.width());
        self.is_first = true;
        self.page.line("", &"─".repeat(length), Look::Dim)
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Style, samples};
    use super::*;

    fn text(settings: &Settings, answer: &samples::Answer) -> String {
        samples::rendered(Format::Text, settings, answer)
    }

    #[test]
    fn an_entry_shows_its_number_where_it_comes_from_and_its_talks() {
        assert_eq!(
            text(&Settings::default(), &samples::both()),
            "   12  DevOpsDays Ghent 2019: <two> days & many talks
       Notes of a Visitor · 2019-10-30 · #devops #Ghent-2019
       https://notes.example/ghent
       • Opening — Ann Example (keynote)
       • Chaos for small teams — Bob Sample, Åsa Öberg

    7  Runbooks
       Ops log · 2019-05-06 · #ops
       https://log.example/runbooks
"
        );
    }

    #[test]
    fn a_talk_comes_before_the_entry_it_stands_in() {
        assert_eq!(
            text(&Settings::default(), &samples::talks()),
            "   12  Opening — Ann Example (keynote)
       in DevOpsDays Ghent 2019: <two> days & many talks, Notes of a Visitor,
       2019-10-30
       https://notes.example/ghent#opening

   12  Chaos for small teams — Bob Sample, Åsa Öberg
       in DevOpsDays Ghent 2019: <two> days & many talks, Notes of a Visitor,
       2019-10-30
       https://notes.example/ghent#chaos
"
        );
    }

    #[test]
    fn on_a_terminal_the_titles_are_the_links() {
        let style = Style {
            colour: true,
            hyperlinks: true,
        };
        let settings = Settings {
            width: 40,
            style,
            ..Settings::default()
        };
        let answer = samples::Answer {
            by_talk: false,
            entries: vec![samples::short()],
        };
        assert_eq!(
            text(&settings, &answer),
            "    7  \u{1b}]8;;https://log.example/runbooks\u{1b}\\\u{1b}[1mRunbooks\u{1b}[0m\u{1b}]8;;\u{1b}\\\n       \
             \u{1b}[2mOps log · 2019-05-06 · #ops\u{1b}[0m\n"
        );
    }

    #[test]
    fn nothing_is_said_about_nothing() {
        assert_eq!(samples::nothing(Format::Text), "");
    }

    #[test]
    fn no_title_fills_the_screen() {
        let mut entry = samples::short();
        entry.entry.title = Some("very ".repeat(100_000));
        let answer = samples::Answer {
            by_talk: false,
            entries: vec![entry],
        };
        assert!(text(&Settings::default(), &answer).len() < 600);
    }
}
