//! What `hallway parse --explain` says to whoever writes a feed: how the document was read, what had to
//! be repaired, where each field comes from, and what came to nothing.

use std::io::{self, Write};

use super::jsonfeed::Reading;
use super::wording::rfc3339;
use crate::model::{Dropped, Entry, Feed, Origin, Person};

/// What the reader says of its work, beside the feed itself.
pub(crate) struct Told<'a> {
    pub(crate) encoding_by: Option<&'static str>,
    /// For each entry of the feed, in its order.
    pub(crate) origins: &'a [Vec<Origin>],
    pub(crate) dropped: &'a [Dropped],
}

/// Columns of a value; the rest of a long one says nothing more about how it was read.
const WIDTH: usize = 72;

/// Writes the report. It begins with the document and ends with what was dropped.
pub(crate) fn explained(
    feed: &Feed,
    reading: &Reading<'_>,
    told: &Told<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    line(out, "format", reading.format.word())?;
    let by = told.encoding_by.map(|by| format!(", by its {by}"));
    let encoding = format!("{}{}", reading.encoding, by.unwrap_or_default());
    line(out, "encoding", &encoding)?;
    line(out, "title", feed.title.as_deref().unwrap_or("none"))?;
    line(out, "page", feed.site_url.as_deref().unwrap_or("none"))?;
    line(out, "entries", &feed.entries.len().to_string())?;
    let repairs: Vec<String> = reading
        .repairs
        .iter()
        .map(|repair| format!("{} × {}", repair.count, repair.kind))
        .collect();
    line(out, "repaired", &or_none(&repairs.join(", ")))?;
    for (number, entry) in (1..).zip(&feed.entries) {
        writeln!(out)?;
        writeln!(
            out,
            "{number}. {}",
            short(entry.title.as_deref().unwrap_or("(no title)"))
        )?;
        let origins = told.origins.get(number - 1).map_or(&[][..], Vec::as_slice);
        fields(entry, origins, out)?;
    }
    writeln!(out)?;
    if told.dropped.is_empty() {
        return line(out, "dropped", "nothing");
    }
    writeln!(out, "dropped:")?;
    for dropped in told.dropped {
        writeln!(
            out,
            "  {} “{}”: {}",
            dropped.from, dropped.value, dropped.why
        )?;
    }
    Ok(())
}

/// The fields that were found, each with the element or member it was read from, where that is known.
fn fields(entry: &Entry, origins: &[Origin], out: &mut dyn Write) -> io::Result<()> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let content = entry.content.to_text();
    let tags: Vec<&str> = entry.tags.iter().map(|tag| tag.name.as_str()).collect();
    let people: Vec<&str> = entry.authors.iter().filter_map(name).collect();
    let files: Vec<&str> = entry
        .enclosures
        .iter()
        .map(|file| file.url.as_str())
        .collect();
    let values = [
        ("id", text(&entry.guid)),
        ("url", entry.url.clone()),
        ("published", entry.published.and_then(rfc3339)),
        ("updated", entry.updated.and_then(rfc3339)),
        ("authors", text(&people.join(", "))),
        ("tags", text(&tags.join(", "))),
        ("summary", entry.summary.clone()),
        ("content", text(content.trim())),
        ("enclosures", text(&files.join(", "))),
        ("language", entry.language.clone()),
    ];
    if let Some(origin) = from(origins, "title") {
        writeln!(out, "   {:<11}from {origin}", "title")?;
    }
    for (field, value) in values {
        let origin = from(origins, field);
        match (value, origin) {
            (Some(value), Some(origin)) => {
                writeln!(out, "   {field:<11}{}  (from {origin})", short(&value))?;
            }
            (Some(value), None) => writeln!(out, "   {field:<11}{}", short(&value))?,
            // Something stood there and cleaning left nothing of it: an unsafe link, an empty list.
            (None, Some(origin)) => {
                writeln!(out, "   {field:<11}nothing was left of {origin}")?;
            }
            (None, None) => {}
        }
    }
    let talks = entry.talks.len();
    if talks > 0 {
        writeln!(out, "   {:<11}{talks}", "talks")?;
    }
    if entry.published.is_none() && entry.updated.is_none() {
        writeln!(
            out,
            "   {:<11}none; the moment it is first seen is used",
            "date"
        )?;
    }
    Ok(())
}

fn from<'a>(origins: &'a [Origin], field: &str) -> Option<&'a str> {
    let origin = origins.iter().find(|origin| origin.field == field)?;
    Some(&origin.from)
}

fn name(person: &Person) -> Option<&str> {
    let name = person.name.as_deref().or(person.email.as_deref());
    name.or(person.uri.as_deref())
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{name:<12}{}", short(value))
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "nothing" } else { text }.to_owned()
}

/// One line, cut where nobody reads on.
fn short(text: &str) -> String {
    let words = text.split_whitespace().flat_map(|word| [" ", word]).skip(1);
    let one_line: String = words.take(2 * WIDTH).collect();
    match one_line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeedFormat, Repair};

    #[test]
    fn a_report_names_repairs_and_what_was_dropped() {
        let feed = Feed {
            title: Some("Side Door".to_owned()),
            ..Feed::default()
        };
        let reading = Reading {
            format: FeedFormat::JsonFeed11,
            encoding: "UTF-8",
            repairs: &[Repair {
                kind: "json-comma",
                count: 2,
            }],
        };
        let dropped = [Dropped {
            from: "date_published".into(),
            value: "soon".to_owned(),
            why: "not a date",
        }];
        let told = Told {
            encoding_by: Some("byte order mark"),
            origins: &[],
            dropped: &dropped,
        };
        let mut out = Vec::new();
        explained(&feed, &reading, &told, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "format      json11\nencoding    UTF-8, by its byte order mark\ntitle       Side Door\n\
             page        none\nentries     0\nrepaired    2 × json-comma\n\n\
             dropped:\n  date_published “soon”: not a date\n"
        );
    }
}
