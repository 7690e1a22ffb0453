//! What `hallway parse --explain` says to whoever writes a feed: how the document was read, what had to
//! be repaired, where each field comes from, and what came to nothing.

use std::io::{self, Write};

use super::jsonfeed::Reading;
use super::wording::rfc3339;
use crate::model::{Dropped, Entry, Extras, Feed, Origin, Person};

/// What the reader says of its work, beside the feed itself.
pub(crate) struct Told<'a> {
    pub(crate) encoding_by: Option<&'static str>,
    /// Of the feed's own fields.
    pub(crate) feed_origins: &'a [Origin],
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
    let by = told.encoding_by.map(|by| format!(", by {by}"));
    let encoding = format!("{}{}", reading.encoding, by.unwrap_or_default());
    line(out, "encoding", &encoding)?;
    let origin = |field: &str| from(told.feed_origins, field);
    let none = "none: readers show the address instead";
    head(out, "title", feed.title.as_deref(), origin("title"), none)?;
    head(
        out,
        "page",
        feed.site_url.as_deref(),
        origin("page"),
        "none",
    )?;
    let updated = feed.updated.and_then(rfc3339);
    for (field, value) in [
        ("subtitle", feed.subtitle.as_deref()),
        ("feed", feed.self_url.as_deref()),
        ("updated", updated.as_deref()),
        ("language", feed.language.as_deref()),
        ("rights", feed.rights.as_deref()),
        ("image", feed.image.as_deref()),
        ("generator", feed.generator.as_deref()),
    ] {
        if value.is_some() || origin(field).is_some() {
            head(out, field, value, origin(field), "")?;
        }
    }
    line(out, "entries", &feed.entries.len().to_string())?;
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
    repaired(reading, out)?;
    dropped(told.dropped, out)
}

fn head(
    out: &mut dyn Write,
    field: &str,
    value: Option<&str>,
    origin: Option<&str>,
    none: &str,
) -> io::Result<()> {
    let value = match (value, origin) {
        (Some(value), Some(origin)) => format!("{}  (from {origin})", short(value)),
        (Some(value), None) => short(value),
        (None, Some(origin)) => format!("nothing was left of {origin}"),
        (None, None) => none.to_owned(),
    };
    writeln!(out, "{field:<12}{value}")
}

fn repaired(reading: &Reading<'_>, out: &mut dyn Write) -> io::Result<()> {
    if reading.repairs.is_empty() {
        return line(out, "repaired", "nothing");
    }
    writeln!(out, "repaired:")?;
    for repair in reading.repairs {
        let known = REPAIRS.iter().find(|(kind, _)| *kind == repair.kind);
        let meaning = known.map_or(String::new(), |(_, meaning)| format!(": {meaning}"));
        writeln!(out, "  {} × {}{meaning}", repair.count, repair.kind)?;
    }
    Ok(())
}

/// What was dropped, each kind once with how often.
fn dropped(dropped: &[Dropped], out: &mut dyn Write) -> io::Result<()> {
    if dropped.is_empty() {
        return line(out, "dropped", "nothing");
    }
    writeln!(out, "dropped:")?;
    let mut told: Vec<(&Dropped, usize)> = Vec::new();
    for one in dropped {
        let full = told.len() >= MOST;
        match told.iter_mut().find(|(known, _)| *known == one) {
            Some((_, times)) => *times += 1,
            None if full => {}
            None => told.push((one, 1)),
        }
    }
    for (one, times) in told {
        let times = if times > 1 {
            format!(", {times} times")
        } else {
            String::new()
        };
        let value = if one.value.is_empty() {
            String::new()
        } else {
            format!(" “{}”", short(&one.value))
        };
        writeln!(out, "  {}{value}: {}{times}", one.from, one.why)?;
    }
    Ok(())
}

/// So many different things that were dropped are enough to read.
const MOST: usize = 100;

/// What each kind of repair means to whoever writes the feed.
const REPAIRS: [(&str, &str); 38] = [
    ("encoding", "bytes that are not in the encoding they claim"),
    ("leading-junk", "something stood before the XML declaration"),
    ("trailing-junk", "something stood behind the end"),
    (
        "forbidden-character",
        "a character XML forbids was left out",
    ),
    (
        "control-character",
        "a control character was read as the windows-1252 one that was meant",
    ),
    (
        "reference",
        "an “&” that begins no reference stands for itself; write “&amp;”",
    ),
    (
        "undefined-entity",
        "an entity nobody defines was left as it is written",
    ),
    (
        "bare-less-than",
        "a “<” that begins no tag stands for itself; write “&lt;”",
    ),
    ("unclosed-tag", "a tag without “>”"),
    ("unclosed-element", "an element without its end tag"),
    ("unmatched-end-tag", "an end tag of nothing that is open"),
    (
        "unquoted-attribute",
        "an attribute without quotation marks or value",
    ),
    (
        "doubled-attribute",
        "an attribute stood twice; the first counts",
    ),
    (
        "undeclared-prefix",
        "a prefix without xmlns; read as it is usually meant",
    ),
    (
        "unknown-namespace",
        "a namespace nobody knows; read by its prefix",
    ),
    ("open-comment", "a comment without “-->”"),
    ("open-cdata", "a CDATA section without “]]>”"),
    (
        "truncated",
        "the document stops in the middle; what is complete was kept",
    ),
    (
        "too-deep",
        "elements inside one another beyond any measure were left out",
    ),
    (
        "too-many-attributes",
        "attributes beyond any measure were left out",
    ),
    (
        "rss-version",
        "no RSS version, or one that does not exist; read as 2.0",
    ),
    (
        "second-reader",
        "read by the second reader, since the first found nothing",
    ),
    (
        "shared-id",
        "entries that share one id; each was given its own",
    ),
    ("author-map", "a name written as a template’s “map[…]”"),
    (
        "mojibake",
        "text that was decoded wrongly once was put right",
    ),
    ("json-comma", "a comma too many or too few"),
    ("json-comment", "a comment, which JSON has not"),
    ("json-surrogate", "half a character was left out"),
    ("json-quote", "a text without “\"” round it"),
    ("json-word", "a word JSON does not know"),
    (
        "json-depth",
        "values inside one another beyond any measure were left out",
    ),
    (
        "json-control-character",
        "a line break or control character inside a text",
    ),
    ("junk-after-end", "something stood behind the end"),
    ("json-type", "a member of a wrong type"),
    (
        "json-version",
        "no version of JSON Feed, or one that does not exist",
    ),
    ("json-items", "“items” is no list"),
    (
        "front-matter",
        "front matter that is not quite YAML or TOML",
    ),
    (
        "shortcode",
        "a template’s shortcode was taken out of the text",
    ),
];

/// The fields that were found, each with the element or member it was read from, where that is known.
fn fields(entry: &Entry, origins: &[Origin], out: &mut dyn Write) -> io::Result<()> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let content = entry.content.to_text();
    let tags: Vec<&str> = entry.tag_names().collect();
    let people: Vec<&str> = entry.authors.iter().filter_map(name).collect();
    let files: Vec<&str> = entry
        .enclosures
        .iter()
        .map(|file| file.url.as_str())
        .collect();
    let extras = entry.extras.as_deref();
    let rights = extras.and_then(|extras| extras.rights.clone());
    let image = extras.and_then(|extras| extras.image.clone());
    let also = extras.map(others).unwrap_or_default();
    let source = entry.source.as_ref();
    let source = source.and_then(|source| source.title.clone().or_else(|| source.url.clone()));
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
        ("comments", entry.comments_url.clone()),
        ("rights", rights),
        ("image", image),
        ("source", source),
        ("also", text(&also.join(", "))),
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
            // Nothing is said of the origin where nobody told any.
            (Some(value), None) if field == "id" && !origins.is_empty() => {
                let value = short(&value);
                writeln!(out, "   {field:<11}{value}  (made up, the entry has none)")?;
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

/// What else is kept, by name.
fn others(extras: &Extras) -> Vec<String> {
    let counted = [
        ("contributor", extras.contributors.len()),
        ("licence", extras.licenses.len()),
        ("answered entry", extras.in_reply_to.len()),
        ("place", extras.places.len()),
        ("media file", extras.media.len()),
    ];
    let counted = counted.iter().filter(|(_, count)| *count > 0);
    let counted = counted.map(|(name, count)| format!("{count} × {name}"));
    let links = extras
        .links
        .iter()
        .map(|link| format!("link rel={}", link.rel));
    let comments = extras
        .comments
        .map(|comments| format!("{comments} comments"));
    let names = extras
        .extensions
        .iter()
        .map(|extension| extension.name.clone());
    counted.chain(links).chain(comments).chain(names).collect()
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
            encoding_by: Some("the byte order mark"),
            feed_origins: &[Origin::new("title", "title")],
            origins: &[],
            dropped: &dropped,
        };
        let mut out = Vec::new();
        explained(&feed, &reading, &told, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "format      json11\nencoding    UTF-8, by the byte order mark\n\
             title       Side Door  (from title)\n\
             page        none\nentries     0\n\nrepaired:\n  2 × json-comma: a comma too many or too few\n\
             dropped:\n  date_published “soon”: not a date\n"
        );
    }
}
