//! One page that needs nothing else: no script, no request, for a phone, a desk, the dark and paper.

mod content;

use std::io::{self, Write};
use std::ops::RangeInclusive;

use super::held::Held;
use super::{Images, Settings, wording};
use crate::model::{ArchivedEntry, Enclosure, Entry, Person, SafeHtml, Talk};
use crate::query::{Digest, DigestHead, Item};
use crate::terminal::escape as harmless;
use content::Place;

/// Texts of up to so many words stand open, longer ones behind a line to open them.
const OPEN_WORDS: usize = 150;

const STYLE: &str = include_str!("style.css");

/// A page of so many items has contents: fewer are seen at a glance, more are a list nobody reads.
const WITH_CONTENTS: RangeInclusive<usize> = 4..=300;

/// Contents of up to so many lines stand open.
const OPEN_CONTENTS: usize = 12;

/// Of a title in the contents, in characters.
const CONTENTS_LENGTH: usize = 120;

pub(super) struct Html<'a> {
    images: Images,
    out: Held<'a>,
    items: usize,
    /// A line for each item, as long as there may be contents.
    contents: Vec<String>,
    /// A group is open; its heading stands above those of its items.
    in_group: bool,
}

impl<'a> Html<'a> {
    pub(super) fn new(settings: &Settings, out: Box<dyn Write + 'a>) -> Self {
        Self {
            images: settings.images,
            out: Held::new(out),
            items: 0,
            contents: Vec::new(),
            in_group: false,
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let name = entry_name(archived);
        self.open_article(&name, entry)?;
        let title = linked(
            &wording::title(entry),
            wording::entry_link(entry).as_deref(),
        );
        let level = self.level();
        writeln!(self.out, "<h{level} dir=\"auto\">{title}</h{level}>")?;
        let mut facts = vec![escape(&wording::feed_name(&archived.feed)), time(archived)];
        facts.extend(wording::also_in(archived).map(|others| escape(&others)));
        facts.extend(by(&entry.authors));
        self.facts(&facts)?;
        self.tags(entry)?;
        self.lead(entry)?;
        self.talks(&entry.talks)?;
        self.enclosures(&entry.enclosures)?;
        self.text(&entry.content, entry, &name)?;
        writeln!(self.out, "</article>")
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let entry = &archived.entry;
        let name = talk_name(archived, talk);
        self.open_article(&name, entry)?;
        let title = linked(&talk.title, wording::talk_link(talk).as_deref());
        let level = self.level();
        writeln!(
            self.out,
            "<h{level} dir=\"auto\">{title}{}</h{level}>",
            kind(talk)
        )?;
        if !talk.speakers.is_empty() {
            let speakers = escape(&talk.speakers.join(", "));
            writeln!(self.out, "<p class=\"speakers\">{speakers}</p>")?;
        }
        let origin = linked(
            &wording::title(entry),
            wording::entry_link(entry).as_deref(),
        );
        let feed = escape(&wording::feed_name(&archived.feed));
        self.facts(&[format!("in {origin}"), feed, time(archived)])?;
        self.tags(entry)?;
        self.text(&entry.content_of(talk), entry, &name)?;
        writeln!(self.out, "</article>")
    }

    /// Of an item's heading: below the page's own, and below its group's.
    fn level(&self) -> u8 {
        if self.in_group { 3 } else { 2 }
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
        let (name, title) = match item {
            Item::Entry(entry) => (entry_name(archived), wording::title(&entry.entry)),
            Item::Talk(_, talk) => (talk_name(archived, talk), wording::talk_line(talk).into()),
        };
        let title = escape(&wording::clipped(&title, CONTENTS_LENGTH));
        let day = wording::day(archived.date());
        self.contents.push(format!(
            "<li><a href=\"#{name}\" dir=\"auto\">{title}</a> <span>{day}</span></li>\n"
        ));
        Ok(())
    }

    fn contents(&self) -> String {
        if !WITH_CONTENTS.contains(&self.contents.len()) {
            return String::new();
        }
        let open = if self.contents.len() <= OPEN_CONTENTS {
            " open"
        } else {
            ""
        };
        format!(
            "<nav class=\"contents\" aria-label=\"Contents\">\n<details{open}><summary>Contents \
             <span>{}</span></summary>\n<ol>\n{}</ol>\n</details>\n</nav>\n",
            self.contents.len(),
            self.contents.concat()
        )
    }

    fn open_article(&mut self, name: &str, entry: &Entry) -> io::Result<()> {
        match &entry.language {
            Some(language) => {
                writeln!(
                    self.out,
                    "<article id=\"{name}\" lang=\"{}\">",
                    escape(language)
                )
            }
            None => writeln!(self.out, "<article id=\"{name}\">"),
        }
    }

    fn facts(&mut self, facts: &[String]) -> io::Result<()> {
        let facts: Vec<String> = facts
            .iter()
            .map(|fact| format!("<span>{fact}</span>"))
            .collect();
        writeln!(
            self.out,
            "<p class=\"facts\">{}</p>",
            facts.join(" <i>·</i> ")
        )
    }

    fn tags(&mut self, entry: &Entry) -> io::Result<()> {
        let tags: String = entry
            .tag_names()
            .map(|tag| format!("<li>{}</li>", escape(tag)))
            .collect();
        if tags.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "<ul class=\"tags\" aria-label=\"Tags\">{tags}</ul>"
        )
    }

    fn talks(&mut self, talks: &[Talk]) -> io::Result<()> {
        if talks.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "<ol class=\"talks\" aria-label=\"Talks\">")?;
        for talk in talks {
            let title = linked(&talk.title, wording::talk_link(talk).as_deref());
            write!(self.out, "<li>{title}{}", kind(talk))?;
            if !talk.speakers.is_empty() {
                write!(
                    self.out,
                    " <span class=\"by\">{}</span>",
                    escape(&talk.speakers.join(", "))
                )?;
            }
            writeln!(self.out, "</li>")?;
        }
        writeln!(self.out, "</ol>")
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
            let facts: Vec<String> = kind
                .into_iter()
                .chain(enclosure.length.map(wording::size))
                .collect();
            let name = linked(name, Some(&link));
            writeln!(
                self.out,
                "<p class=\"file\">{name} <span>{}</span></p>",
                facts.join(", ")
            )?;
        }
        Ok(())
    }

    /// What the publisher says the entry is about.
    fn lead(&mut self, entry: &Entry) -> io::Result<()> {
        match entry
            .summary
            .as_deref()
            .filter(|summary| !summary.is_empty())
        {
            Some(summary) => writeln!(
                self.out,
                "<p class=\"lead\" dir=\"auto\">{}</p>",
                escape(summary)
            ),
            None => Ok(()),
        }
    }

    fn text(&mut self, content: &SafeHtml, entry: &Entry, name: &str) -> io::Result<()> {
        if content.is_empty() {
            return Ok(());
        }
        let words = content.to_text().split_whitespace().count();
        let place = Place {
            name,
            permalink: entry.url.as_deref(),
            images: self.images,
            highest: self.level() + 1,
        };
        let is_long = words > OPEN_WORDS;
        if is_long {
            let words = thousands(words);
            writeln!(
                self.out,
                "<details><summary>Read the notes <span>{words} words</span></summary>"
            )?;
        }
        write!(self.out, "<div class=\"text\" dir=\"auto\">")?;
        content::put(content, &place, &mut self.out)?;
        writeln!(self.out, "</div>")?;
        if is_long {
            writeln!(self.out, "</details>")
        } else {
            Ok(())
        }
    }
}

impl Digest for Html<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        let title = escape(&head.title);
        let images = match self.images {
            Images::Show => "https: http:",
            Images::None | Images::Link => "'none'",
        };
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
             'unsafe-inline'; style-src-attr 'none'; img-src {images}; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"generator\" content=\"hallway {version}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#entries\">Skip to the entries</a>\n\
             <header>\n<h1 dir=\"auto\">{title}</h1>\n",
            version = env!("CARGO_PKG_VERSION"),
        )?;
        if let Some(updated) = head.updated {
            writeln!(self.out, "<p>up to {}</p>", stamp(updated))?;
        }
        writeln!(self.out, "</header>")?;
        self.out.hold();
        writeln!(self.out, "<main id=\"entries\">")
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
        if self.in_group {
            writeln!(self.out, "</section>")?;
        }
        self.in_group = true;
        let heading = escape(heading);
        writeln!(
            self.out,
            "<section class=\"group\">\n<h2 dir=\"auto\">{heading}</h2>"
        )
    }

    fn end(&mut self) -> io::Result<()> {
        if self.in_group {
            writeln!(self.out, "</section>")?;
        }
        let contents = self.contents();
        if self.out.is_holding() {
            self.out.release(contents.as_bytes())?;
        }
        if self.items == 0 {
            writeln!(self.out, "<p class=\"empty\">No entries.</p>")?;
        }
        writeln!(
            self.out,
            "</main>\n<footer>Collected by hallway</footer>\n</body>\n</html>"
        )
    }
}

/// What an article is called within the page.
fn entry_name(archived: &ArchivedEntry) -> String {
    format!("e{}", archived.id.0)
}

fn talk_name(archived: &ArchivedEntry, talk: &Talk) -> String {
    let mut talks = archived.entry.talks.iter();
    let place = talks.position(|other| other == talk).unwrap_or_default();
    format!("e{}t{}", archived.id.0, place + 1)
}

fn by(authors: &[Person]) -> Option<String> {
    let names = wording::people(authors);
    (!names.is_empty()).then(|| format!("by {}", escape(&names)))
}

fn kind(talk: &Talk) -> String {
    wording::kind(talk).map_or_else(String::new, |kind| format!(" <small>{kind}</small>"))
}

fn time(archived: &ArchivedEntry) -> String {
    stamp(archived.date())
}

fn stamp(at: chrono::DateTime<chrono::Utc>) -> String {
    let day = wording::day(at);
    match wording::rfc3339(at) {
        Some(exact) => format!("<time datetime=\"{exact}\">{day}</time>"),
        None => day,
    }
}

fn linked(text: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("<a href=\"{}\">{}</a>", escape(link), escape(text)),
        None => escape(text),
    }
}

/// `12,345`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Foreign text as text, in an element or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in harmless(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
