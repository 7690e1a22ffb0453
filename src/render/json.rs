//! JSON for scripts: one array, or one object a line. The fields and their order are contract.
//!
//! Everything is said as the archive has it; what is not known is `null`.

mod object;

use std::io::{self, Write};

use self::object::Object;
use super::wording;
use crate::model::{
    AlsoIn, ArchivedEntry, Enclosure, Entry, FeedOfEntry, Person, SafeHtml, Talk, TalkLink,
    write_rfc3339,
};
use crate::query::{Digest, DigestHead, Found, Item, Want};

pub(super) struct Json<'a> {
    out: &'a mut dyn Write,
    /// Also in an array each item is on a line of its own, so that two outputs can be compared.
    is_array: bool,
    is_empty: bool,
    /// Of the next item.
    found: Found,
    line: Line,
}

impl<'a> Json<'a> {
    pub(super) fn array(out: &'a mut dyn Write) -> Self {
        Self::new(out, true)
    }

    pub(super) fn lines(out: &'a mut dyn Write) -> Self {
        Self::new(out, false)
    }

    fn new(out: &'a mut dyn Write, is_array: bool) -> Self {
        Self {
            out,
            is_array,
            is_empty: true,
            found: Found::default(),
            line: Line::default(),
        }
    }
}

impl Digest for Json<'_> {
    fn wants(&self, what: Want) -> bool {
        what == Want::Found
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
        self.out.write_all(self.line.of(item, &found))?;
        if self.is_array {
            Ok(())
        } else {
            self.out.write_all(b"\n")
        }
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

/// An item as one line has it. Kept from item to item for its room.
#[derive(Default)]
pub(super) struct Line {
    json: Vec<u8>,
    /// Room for texts that are made on the way: its dates, what its HTML reads as.
    text: String,
}

impl Line {
    pub(super) fn of(&mut self, item: Item<'_>, found: &Found) -> &[u8] {
        let Self { json, text } = self;
        json.clear();
        Object::write(json, |object| {
            match item {
                Item::Entry(archived) => entry(object, archived, text),
                Item::Talk(archived, talk) => talk_by_itself(object, archived, talk, text),
            }
            // How many of an entry's talks answer; left out where it is no question that talks answer.
            if let (Item::Entry(_), Some(talks)) = (item, found.talks) {
                object.number("talks_matching", talks as i64);
            }
            // Plain text, the words that were asked for between `**` and `**`; left out where there are none.
            if let Some(snippet) = &found.snippet {
                object.text("snippet", &snippet.with_marks("**", "**"));
            }
        });
        json
    }
}

fn entry(object: &mut Object<'_>, archived: &ArchivedEntry, text: &mut String) {
    // Taken apart whole, so that a new field of an entry asks here whether it belongs to the contract.
    let Entry {
        guid,
        url,
        title,
        authors,
        tags: _,
        published: _,
        updated: _,
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
    object.number("id", archived.id.0);
    feed(object, &archived.feed);
    object.text("guid", guid);
    object.maybe_text("url", url.as_deref());
    object.maybe_text("title", title.as_deref());
    object.objects("authors", authors, person);
    object.texts("tags", archived.entry.tag_names());
    dates(object, archived, text);
    object.maybe_text("summary", summary.as_deref());
    said(object, content, text);
    object.objects("enclosures", enclosures, enclosure);
    object.objects("talks", talks, |object, one| {
        talk(object, &archived.entry, one);
    });
    object.maybe_text("event", event.as_deref());
    object.objects("also_in", &archived.also_in, also_in);
}

/// A talk by itself.
fn talk_by_itself(
    object: &mut Object<'_>,
    archived: &ArchivedEntry,
    one: &Talk,
    text: &mut String,
) {
    let entry = &archived.entry;
    talk(object, entry, one);
    said(object, &entry.content_of(one), text);
    object.object("entry", |object| {
        object.number("id", archived.id.0);
        object.maybe_text("url", entry.url.as_deref());
        object.maybe_text("title", entry.title.as_deref());
        feed(object, &archived.feed);
        dates(object, archived, text);
    });
}

fn feed(object: &mut Object<'_>, feed: &FeedOfEntry) {
    object.text("feed_url", &wording::feed_address(feed));
    object.maybe_text("feed_title", feed.title.as_deref());
}

fn dates(object: &mut Object<'_>, archived: &ArchivedEntry, text: &mut String) {
    let (date, rule) = archived.dated();
    let times = [
        ("published", archived.entry.published),
        ("updated", archived.entry.updated),
        ("first_seen", Some(archived.first_seen)),
        ("date", Some(date)),
    ];
    for (name, at) in times {
        text.clear();
        let is_there = at.is_some_and(|at| write_rfc3339(at, text));
        object.maybe_text(name, is_there.then_some(text.as_str()));
    }
    object.text("date_rule", rule.word());
}

/// As HTML and as text.
fn said(object: &mut Object<'_>, content: &SafeHtml, text: &mut String) {
    content.write_text(text);
    let is_there = !content.is_empty();
    object.maybe_text("content_html", is_there.then_some(content.as_str()));
    object.maybe_text("content_text", is_there.then_some(text.as_str()));
}

fn person(object: &mut Object<'_>, person: &Person) {
    object.maybe_text("name", person.name.as_deref());
    object.maybe_text("uri", person.uri.as_deref());
    object.maybe_text("email", person.email.as_deref());
}

fn enclosure(object: &mut Object<'_>, enclosure: &Enclosure) {
    object.text("url", &enclosure.url);
    object.maybe_text("type", enclosure.media_type.as_deref());
    object.maybe_number("length", enclosure.length);
}

fn talk(object: &mut Object<'_>, entry: &Entry, talk: &Talk) {
    object.text("title", &talk.title);
    object.texts("speakers", talk.speakers.iter().map(String::as_str));
    object.maybe_text("anchor", talk.anchor.as_deref());
    object.maybe_text("url", talk.url.as_deref());
    object.number("level", talk.level.into());
    object.text("kind", talk.kind.word());
    let links = entry.links_of(talk);
    if !links.is_empty() {
        object.objects("links", &links, link);
    }
}

/// A link of a talk: its slides, its video, its code.
fn link(object: &mut Object<'_>, link: &TalkLink) {
    object.text("url", &link.url);
    object.text("kind", link.kind.word());
}

/// Another feed that brought the same post.
fn also_in(object: &mut Object<'_>, other: &AlsoIn) {
    object.text("feed_url", &wording::address(&other.feed_url));
    object.maybe_text("feed_title", other.feed_title.as_deref());
    // The entry's number there.
    object.number("id", other.id.0);
    object.maybe_text("url", other.url.as_deref());
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
