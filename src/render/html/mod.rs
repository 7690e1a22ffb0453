//! One page that needs nothing else: no script, no request, for a phone, a desk, the dark and paper.

mod content;

use std::io::{self, Write};

use super::{Settings, wording};
use crate::model::{ArchivedEntry, Enclosure, Entry, Person, SafeHtml, Talk};
use crate::query::{Digest, DigestHead, Item};
use crate::terminal::escape as harmless;
use content::Place;

/// Texts of up to so many words stand open, longer ones behind a line to open them.
const OPEN_WORDS: usize = 150;

const STYLE: &str = include_str!("style.css");

pub(super) struct Html<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl<'a> Html<'a> {
    pub(super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        Self {
            settings,
            out,
            is_empty: true,
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let entry = &archived.entry;
        let name = format!("e{}", archived.id.0);
        self.open_article(&name, entry)?;
        let title = linked(
            &wording::title(entry),
            wording::entry_link(entry).as_deref(),
        );
        writeln!(self.out, "<h2>{title}</h2>")?;
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
        let place = entry
            .talks
            .iter()
            .position(|other| other == talk)
            .unwrap_or_default();
        let name = format!("e{}t{}", archived.id.0, place + 1);
        self.open_article(&name, entry)?;
        let title = linked(&talk.title, wording::talk_link(talk).as_deref());
        writeln!(self.out, "<h2>{title}{}</h2>", kind(talk))?;
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
        let tags: String = wording::tag_names(entry)
            .iter()
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
            Some(summary) => writeln!(self.out, "<p class=\"lead\">{}</p>", escape(summary)),
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
            images: self.settings.images,
        };
        let is_long = words > OPEN_WORDS;
        if is_long {
            let words = thousands(words);
            writeln!(
                self.out,
                "<details><summary>Read the notes <span>{words} words</span></summary>"
            )?;
        }
        write!(self.out, "<div class=\"text\">")?;
        content::put(content, &place, self.out)?;
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
        let images = if self.settings.images {
            "https: http:"
        } else {
            "'none'"
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
             <header>\n<h1>{title}</h1>\n",
            version = env!("CARGO_PKG_VERSION"),
        )?;
        if let Some(updated) = head.updated {
            writeln!(self.out, "<p>up to {}</p>", stamp(updated))?;
        }
        writeln!(self.out, "</header>\n<main>")
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.is_empty = false;
        match item {
            Item::Entry(entry) => self.entry(entry),
            Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if self.is_empty {
            writeln!(self.out, "<p class=\"empty\">No entries.</p>")?;
        }
        writeln!(
            self.out,
            "</main>\n<footer>Collected by hallway</footer>\n</body>\n</html>"
        )
    }
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
