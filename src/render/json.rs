//! JSON for scripts: one array, or one object a line. The fields and their order are contract.
//!
//! Everything is said as the archive has it; what is not known is `null`.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::wording;
use crate::model::{AlsoIn, ArchivedEntry, Enclosure, Entry, Person, SafeHtml, Talk, TalkLink};
use crate::query::{Digest, DigestHead, Found, Item, Snippet};

pub(super) struct Json<'a> {
    out: &'a mut dyn Write,
    /// Also in an array each item is on a line of its own, so that two outputs can be compared.
    is_array: bool,
    is_empty: bool,
    /// Of the next item.
    found: Found,
}

impl<'a> Json<'a> {
    pub(super) fn array(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            is_array: true,
            is_empty: true,
            found: Found::default(),
        }
    }

    pub(super) fn lines(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            is_array: false,
            is_empty: true,
            found: Found::default(),
        }
    }
}

impl Digest for Json<'_> {
    fn wants_date(&self) -> bool {
        false
    }

    fn begin(&mut self, _: &DigestHead) -> io::Result<()> {
        if self.is_array {
            self.out.write_all(b"[")
        } else {
            Ok(())
        }
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        if self.is_array {
            self.out
                .write_all(if self.is_empty { b"\n" } else { b",\n" })?;
        }
        self.is_empty = false;
        let found = std::mem::take(&mut self.found);
        serde_json::to_writer(&mut *self.out, &object(item, &found))?;
        if self.is_array {
            Ok(())
        } else {
            self.out.write_all(b"\n")
        }
    }

    fn shows_found(&self) -> bool {
        true
    }

    fn found(&mut self, found: Found) {
        self.found = found;
    }

    fn end(&mut self) -> io::Result<()> {
        match (self.is_array, self.is_empty) {
            (false, _) => Ok(()),
            (true, true) => self.out.write_all(b"]\n"),
            (true, false) => self.out.write_all(b"\n]\n"),
        }
    }
}

/// An item as one line has it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Object<'a> {
    Entry(Box<EntryObject<'a>>),
    Talk(Box<TalkItem<'a>>),
}

pub(super) fn object<'a>(item: Item<'a>, found: &Found) -> Object<'a> {
    match item {
        Item::Entry(entry) => Object::Entry(Box::new(EntryObject {
            talks_matching: found.talks,
            snippet: found.snippet.as_ref().map(marked),
            ..EntryObject::from(entry)
        })),
        Item::Talk(entry, talk) => Object::Talk(Box::new(TalkItem {
            snippet: found.snippet.as_ref().map(marked),
            ..TalkItem::new(entry, talk)
        })),
    }
}

#[derive(Serialize)]
pub(super) struct EntryObject<'a> {
    id: i64,
    feed_url: String,
    feed_title: Option<&'a str>,
    guid: &'a str,
    url: Option<&'a str>,
    title: Option<&'a str>,
    authors: Vec<PersonObject<'a>>,
    tags: Vec<&'a str>,
    published: Option<String>,
    updated: Option<String>,
    first_seen: Option<String>,
    date: Option<String>,
    date_rule: &'static str,
    summary: Option<&'a str>,
    content_html: Option<&'a str>,
    content_text: Option<String>,
    enclosures: Vec<EnclosureObject<'a>>,
    talks: Vec<TalkObject<'a>>,
    event: Option<&'a str>,
    also_in: Vec<AlsoInObject<'a>>,
    /// How many of the talks answer the question; left out where it is none that talks answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    talks_matching: Option<usize>,
    /// Plain text, the words that were asked for between `**` and `**`; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<String>,
}

fn marked(snippet: &Snippet) -> String {
    snippet.with_marks("**", "**")
}

/// Another feed that brought the same post.
#[derive(Serialize)]
struct AlsoInObject<'a> {
    feed_url: String,
    feed_title: Option<&'a str>,
    /// The entry's number there.
    id: i64,
    url: Option<&'a str>,
}

impl<'a> From<&'a AlsoIn> for AlsoInObject<'a> {
    fn from(other: &'a AlsoIn) -> Self {
        Self {
            feed_url: wording::address(&other.feed_url),
            feed_title: other.feed_title.as_deref(),
            id: other.id.0,
            url: other.url.as_deref(),
        }
    }
}

impl<'a> From<&'a ArchivedEntry> for EntryObject<'a> {
    fn from(archived: &'a ArchivedEntry) -> Self {
        // Taken apart whole, so that a new field of an entry asks here whether it belongs to the contract.
        let Entry {
            guid,
            url,
            title,
            authors,
            tags: _,
            published,
            updated,
            summary,
            content,
            enclosures,
            language: _,
            source: _,
            comments_url: _,
            extras: _,
            talks,
            event,
            hash: _,
            fingerprint: _,
            original: _,
        } = &archived.entry;
        let (date, rule) = archived.dated();
        Self {
            id: archived.id.0,
            feed_url: wording::feed_address(&archived.feed),
            feed_title: archived.feed.title.as_deref(),
            guid,
            url: url.as_deref(),
            title: title.as_deref(),
            authors: authors.iter().map(PersonObject::from).collect(),
            tags: wording::tag_names(&archived.entry),
            published: time(*published),
            updated: time(*updated),
            first_seen: time(Some(archived.first_seen)),
            date: time(Some(date)),
            date_rule: rule.word(),
            summary: summary.as_deref(),
            content_html: html(content),
            content_text: text(content),
            enclosures: enclosures.iter().map(EnclosureObject::from).collect(),
            talks: talks
                .iter()
                .map(|talk| TalkObject::new(&archived.entry, talk))
                .collect(),
            event: event.as_deref(),
            also_in: archived.also_in.iter().map(AlsoInObject::from).collect(),
            talks_matching: None,
            snippet: None,
        }
    }
}

#[derive(Serialize)]
struct PersonObject<'a> {
    name: Option<&'a str>,
    uri: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> From<&'a Person> for PersonObject<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            name: person.name.as_deref(),
            uri: person.uri.as_deref(),
            email: person.email.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct EnclosureObject<'a> {
    url: &'a str,
    #[serde(rename = "type")]
    media_type: Option<&'a str>,
    length: Option<u64>,
}

impl<'a> From<&'a Enclosure> for EnclosureObject<'a> {
    fn from(enclosure: &'a Enclosure) -> Self {
        Self {
            url: &enclosure.url,
            media_type: enclosure.media_type.as_deref(),
            length: enclosure.length,
        }
    }
}

#[derive(Serialize)]
struct TalkObject<'a> {
    title: &'a str,
    speakers: &'a [String],
    anchor: Option<&'a str>,
    url: Option<&'a str>,
    level: u8,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkObject>,
}

/// A link of a talk: its slides, its video, its code.
#[derive(Serialize)]
struct LinkObject {
    url: String,
    kind: &'static str,
}

impl<'a> TalkObject<'a> {
    fn new(entry: &Entry, talk: &'a Talk) -> Self {
        let link = |link: TalkLink| LinkObject {
            url: link.url,
            kind: link.kind.word(),
        };
        Self {
            links: entry.links_of(talk).into_iter().map(link).collect(),
            title: &talk.title,
            speakers: &talk.speakers,
            anchor: talk.anchor.as_deref(),
            url: talk.url.as_deref(),
            level: talk.level,
            kind: talk.kind.word(),
        }
    }
}

/// A talk by itself.
#[derive(Serialize)]
pub(super) struct TalkItem<'a> {
    #[serde(flatten)]
    talk: TalkObject<'a>,
    content_html: Option<String>,
    content_text: Option<String>,
    entry: EntryOfTalk<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<String>,
}

#[derive(Serialize)]
struct EntryOfTalk<'a> {
    id: i64,
    url: Option<&'a str>,
    title: Option<&'a str>,
    feed_url: String,
    feed_title: Option<&'a str>,
    published: Option<String>,
    updated: Option<String>,
    first_seen: Option<String>,
    date: Option<String>,
    date_rule: &'static str,
}

impl<'a> TalkItem<'a> {
    fn new(archived: &'a ArchivedEntry, talk: &'a Talk) -> Self {
        let entry = &archived.entry;
        let content = entry.content_of(talk);
        let (date, rule) = archived.dated();
        Self {
            talk: TalkObject::new(entry, talk),
            content_html: html(&content).map(str::to_owned),
            content_text: text(&content),
            entry: EntryOfTalk {
                id: archived.id.0,
                url: entry.url.as_deref(),
                title: entry.title.as_deref(),
                feed_url: wording::feed_address(&archived.feed),
                feed_title: archived.feed.title.as_deref(),
                published: time(entry.published),
                updated: time(entry.updated),
                first_seen: time(Some(archived.first_seen)),
                date: time(Some(date)),
                date_rule: rule.word(),
            },
            snippet: None,
        }
    }
}

fn time(at: Option<DateTime<Utc>>) -> Option<String> {
    at.and_then(wording::rfc3339)
}

fn html(content: &SafeHtml) -> Option<&str> {
    Some(content.as_str()).filter(|html| !html.is_empty())
}

fn text(content: &SafeHtml) -> Option<String> {
    html(content).map(|_| content.to_text())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::{Format, Settings, samples};

    fn json(format: Format, answer: &samples::Answer) -> String {
        samples::rendered(format, &Settings::default(), answer)
    }

    #[test]
    fn an_entry_is_one_line_with_the_fields_of_the_contract() {
        let answer = samples::Answer {
            by_talk: false,
            entries: vec![samples::short()],
        };
        assert_eq!(
            json(Format::Jsonl, &answer),
            concat!(
                r#"{"id":7,"feed_url":"https://log.example/rss","feed_title":"Ops log","guid":"12345","#,
                r#""url":"https://log.example/runbooks","title":"Runbooks","authors":[],"tags":["ops"],"#,
                r#""published":null,"updated":null,"first_seen":"2019-05-06T07:08:09Z","date":"2019-05-06T07:08:09Z","date_rule":"first-seen","summary":null,"#,
                r#""content_html":"<p>Runbooks rot. Test them like code, said the panel, and throw away the rest.</p>","#,
                r#""content_text":"Runbooks rot. Test them like code, said the panel, and throw away the rest.","#,
                r#""enclosures":[],"talks":[],"event":null,"also_in":[]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn what_is_in_an_entry_is_in_its_object() {
        let line = json(Format::Jsonl, &samples::both());
        let entry: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert_eq!(entry["authors"][0]["email"], "vera@notes.example");
        assert_eq!(entry["tags"], serde_json::json!(["devops", "Ghent 2019"]));
        assert_eq!(entry["published"], "2019-10-30T12:00:00Z");
        assert_eq!(entry["enclosures"][0]["type"], "application/pdf");
        assert_eq!(
            entry["talks"][0].to_string(),
            r#"{"title":"Opening","speakers":["Ann Example"],"anchor":"opening","url":"https://notes.example/ghent#opening","level":2,"kind":"keynote"}"#
        );
    }

    #[test]
    fn a_talk_carries_its_own_notes_and_names_its_entry() {
        let lines = json(Format::Jsonl, &samples::talks());
        assert_eq!(
            lines.lines().next().unwrap(),
            concat!(
                r#"{"title":"Opening","speakers":["Ann Example"],"anchor":"opening","#,
                r#""url":"https://notes.example/ghent#opening","level":2,"kind":"keynote","#,
                r#""content_html":"<p>Small steps &amp; <em>fast</em> feedback. See <a href=\"https://notes.example/ghent#chaos\">below</a>.</p>","#,
                r#""content_text":"Small steps & fast feedback. See below.","#,
                r#""entry":{"id":12,"url":"https://notes.example/ghent","title":"DevOpsDays Ghent 2019: <two> days & many talks","#,
                r#""feed_url":"https://notes.example/feed.xml","feed_title":"Notes of a Visitor","#,
                r#""published":"2019-10-30T12:00:00Z","updated":"2019-11-01T08:30:00Z","first_seen":"2020-01-02T00:00:00Z","date":"2019-10-30T12:00:00Z","date_rule":"published"}}"#
            )
        );
    }

    #[test]
    fn an_array_holds_the_lines() {
        for answer in [samples::both(), samples::talks(), samples::hostile()] {
            let array: Vec<Value> = serde_json::from_str(&json(Format::Json, &answer)).unwrap();
            let lines = json(Format::Jsonl, &answer);
            let lines: Vec<Value> = lines
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(array, lines);
        }
        assert_eq!(samples::nothing(Format::Json), "[]\n");
        assert_eq!(samples::nothing(Format::Jsonl), "");
    }
}
