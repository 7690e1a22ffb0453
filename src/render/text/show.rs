//! One entry in full: what is known of it, its talks, its whole text.

use std::io::{self, Write};

use super::super::{Settings, wording};
use super::layout::{Look, Page};
use crate::model::{ArchivedEntry, Enclosure, Entry, Person, Standing, Talk};
use crate::terminal::escape;

/// Wider lines are hard to read; addresses and preformatted text may still be wider.
pub(super) const MEASURE: usize = 100;

/// Writes an entry for `show`; with `standing` where it is one of its states.
pub(crate) fn entry_in_full(
    archived: &ArchivedEntry,
    standing: Option<Standing>,
    settings: &Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let entry = &archived.entry;
    let mut page = Page::new(settings.width.min(MEASURE), settings.style, Box::new(out));
    let link = wording::entry_link(entry);
    page.block("", "", &wording::title(entry), Look::Bold, link.as_deref())?;
    let state = standing.map(|standing| ("State", state(standing)));
    for (label, value) in state.into_iter().chain(facts(archived)) {
        page.block(
            &format!("{label:<12}"),
            "            ",
            &value,
            Look::Plain,
            None,
        )?;
    }
    talks(entry, &mut page)?;
    text(entry, &mut page)
}

/// Writes one talk of an entry for `show`.
pub(crate) fn talk_in_full(
    archived: &ArchivedEntry,
    talk: &Talk,
    standing: Option<Standing>,
    settings: &Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(settings.width.min(MEASURE), settings.style, Box::new(out));
    let link = wording::talk_link(talk);
    page.block("", "", &talk.title, Look::Bold, link.as_deref())?;
    let mut known = vec![
        ("Speaker", talk.speakers.join(", ")),
        ("Kind", talk.kind.word().to_owned()),
        ("Link", link.unwrap_or_default()),
        ("In", wording::title(&archived.entry).into_owned()),
    ];
    known.extend(standing.map(|standing| ("State", state(standing))));
    let of_talk = ["Entry", "Feed", "By", "Event", "Published", "Tags"];
    known.extend(
        facts(archived)
            .into_iter()
            .filter(|(label, _)| of_talk.contains(label)),
    );
    known.retain(|(_, value)| !value.is_empty());
    for (label, value) in known {
        let label = format!("{label:<12}");
        page.block(&label, "            ", &value, Look::Plain, None)?;
    }
    lines(&archived.entry.content_of(talk).to_text(), &mut page)
}

fn facts(archived: &ArchivedEntry) -> Vec<(&'static str, String)> {
    let entry = &archived.entry;
    let feed = format!(
        "{} <{}>",
        wording::feed_name(&archived.feed),
        wording::feed_address(&archived.feed)
    );
    let authors: Vec<String> = entry.authors.iter().map(author).collect();
    let others = archived.also_in.iter().map(|other| {
        let name = other.feed_title.as_deref().unwrap_or_default();
        let address = wording::address(&other.feed_url);
        let number = other.id.0;
        format!("{name} <{address}>, entry {number}")
            .trim_start()
            .to_owned()
    });
    let also_in: Vec<String> = others.collect();
    let mut facts = vec![
        ("Entry", archived.id.0.to_string()),
        ("Link", entry.url.clone().unwrap_or_default()),
        ("Feed", feed),
        ("Also in", also_in.join("; ")),
        ("By", authors.join(", ")),
        ("Event", entry.event.clone().unwrap_or_default()),
        (
            "Published",
            entry.published.map(wording::minute).unwrap_or_default(),
        ),
        (
            "Updated",
            entry.updated.map(wording::minute).unwrap_or_default(),
        ),
        ("First seen", wording::minute(archived.first_seen)),
        ("Tags", wording::hashtags(entry)),
        ("Language", entry.language.clone().unwrap_or_default()),
        ("Comments", entry.comments_url.clone().unwrap_or_default()),
    ];
    facts.extend(
        entry
            .enclosures
            .iter()
            .map(|file| ("Enclosure", enclosure(file))),
    );
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// From when to when it was as it is shown.
fn state(standing: Standing) -> String {
    let since = wording::minute(standing.since);
    match standing.until {
        Some(until) => format!("as seen since {since}, until {}", wording::minute(until)),
        None => format!("as seen since {since}, and still today"),
    }
}

pub(super) fn author(person: &Person) -> String {
    let name = wording::person(person).unwrap_or_default();
    match person.email.as_deref().or(person.uri.as_deref()) {
        Some(address) if address != name => format!("{name} <{address}>"),
        _ => name.to_owned(),
    }
}

pub(super) fn enclosure(file: &Enclosure) -> String {
    let facts: Vec<String> = file
        .media_type
        .iter()
        .cloned()
        .chain(file.length.map(wording::size))
        .collect();
    if facts.is_empty() {
        file.url.clone()
    } else {
        format!("{} ({})", file.url, facts.join(", "))
    }
}

fn talks(entry: &Entry, page: &mut Page<'_>) -> io::Result<()> {
    if entry.talks.is_empty() {
        return Ok(());
    }
    page.empty_line()?;
    page.line("", &wording::count(entry.talks.len(), "talk"), Look::Bold)?;
    for (index, talk) in entry.talks.iter().enumerate() {
        let number = format!("{:>4}. ", index + 1);
        let link = wording::talk_link(talk);
        page.block(
            &number,
            "      ",
            &super::talk_line(talk),
            Look::Plain,
            link.as_deref(),
        )?;
        if let Some(link) = link.filter(|_| !page.style.hyperlinks) {
            page.line("      ", &link, Look::Dim)?;
        }
    }
    Ok(())
}

/// The text, else the summary. What is indented stands as it is: it was preformatted, or a list.
fn text(entry: &Entry, page: &mut Page<'_>) -> io::Result<()> {
    let content = entry.content.to_text();
    let text = match entry.summary.as_deref() {
        Some(summary) if content.is_empty() => summary,
        _ => content.as_str(),
    };
    lines(text, page)
}

fn lines(text: &str, page: &mut Page<'_>) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    page.empty_line()?;
    for line in text.lines() {
        let line = line.replace('\t', "    ");
        let line = escape(line.trim_end());
        if line.is_empty() {
            page.empty_line()?;
        } else if line.starts_with("  ") && !line.trim_start().starts_with("- ") {
            page.line("", &line, Look::Plain)?;
        } else {
            let (mark, words) = list_item(&line);
            let below = " ".repeat(mark.len());
            page.block(mark, &below, words, Look::Plain, None)?;
        }
    }
    Ok(())
}

/// A list item's mark with its indent, and what stands behind it.
fn list_item(line: &str) -> (&str, &str) {
    let start = line.len() - line.trim_start().len();
    if line[start..].starts_with("- ") {
        // A list in a list in a list …: the indent leaves room for words.
        let kept = start.min(20);
        (&line[start - kept..start + 2], &line[start + 2..])
    } else {
        ("", line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;
    use crate::model::SafeHtml;

    fn shown(entry: &ArchivedEntry, width: usize) -> String {
        let settings = Settings {
            width,
            ..Settings::default()
        };
        let mut out = Vec::new();
        entry_in_full(entry, None, &settings, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything_known_stands_above_the_text() {
        assert_eq!(
            shown(&samples::conference(), 80),
            "DevOpsDays Ghent 2019: <two> days & many talks
Entry       12
Link        https://notes.example/ghent
Feed        Notes of a Visitor <https://notes.example/feed.xml>
By          Vera Visitor <vera@notes.example>
Event       DevOpsDays Ghent 2019
Published   2019-10-30 12:00 UTC
Updated     2019-11-01 08:30 UTC
First seen  2020-01-02 00:00 UTC
Tags        #devops #Ghent-2019
Language    en-GB
Enclosure   https://notes.example/slides.pdf (application/pdf, 1 MB)

2 talks
   1. Opening — Ann Example (keynote)
      https://notes.example/ghent#opening
   2. Chaos for small teams — Bob Sample, Åsa Öberg
      https://notes.example/ghent#chaos

Opening — Ann Example

Small steps & fast feedback. See below.

Chaos for small teams

- Break one thing
- Write it down

Questions

The board

kill -9 1
"
        );
    }

    #[test]
    fn lists_hang_and_preformatted_text_stands() {
        let mut entry = samples::short();
        let html = "<ul><li>one two three four five six</li></ul><pre>    a very long line of code indeed\n\tx</pre>";
        entry.entry.content = SafeHtml::vouch(html.into());
        let text = shown(&entry, 20);
        assert!(
            text.contains("- one two three four\n  five six\n"),
            "{text}"
        );
        assert!(
            text.contains("    a very long line of code indeed\n    x\n"),
            "{text}"
        );
    }

    #[test]
    fn nothing_in_it_acts_on_the_terminal() {
        let mut entry = samples::hostile().entries.remove(0);
        entry.entry.content = SafeHtml::vouch("<pre>a\u{1b}[2J\n\u{202e}b</pre>".into());
        let text = shown(&entry, 80);
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{text:?}"
        );
        assert!(
            !text.contains('\u{202e}') && text.contains("a␛[2J\nb\n"),
            "{text}"
        );
    }
}
