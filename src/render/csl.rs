//! CSL-JSON: an array with one item, as Zotero and citeproc take it in.
//! https://github.com/citation-style-language/schema (1.0.2)

use std::io::{self, Write};

use serde::Serialize;

use super::citation::{Citation, Date, Name};
use crate::model::{ArchivedEntry, Talk};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Item<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<NameVariable>,
    /// Who took the notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributor: Vec<NameVariable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_place: Option<&'a str>,
    container_title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<DateVariable>,
    accessed: DateVariable,
    #[serde(rename = "URL", skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum NameVariable {
    Person {
        family: String,
        given: String,
        #[serde(
            rename = "non-dropping-particle",
            skip_serializing_if = "Option::is_none"
        )]
        particle: Option<String>,
    },
    Whole {
        literal: String,
    },
}

#[derive(Serialize)]
struct DateVariable {
    #[serde(rename = "date-parts")]
    date_parts: [Vec<i64>; 1],
}

/// Writes a talk, or without one the entry.
pub(crate) fn csl(
    archived: &ArchivedEntry,
    talk: Option<&Talk>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let citation = Citation::of(archived, talk);
    let seen = citation.seen.date_naive();
    let item = Item {
        id: &citation.key,
        kind: if citation.is_talk {
            "speech"
        } else {
            "post-weblog"
        },
        title: &citation.title,
        author: names(&citation.authors),
        contributor: names(&citation.note_takers),
        genre: Some(citation.kind).filter(|_| citation.is_talk),
        event_title: citation.event,
        event_place: citation.place.as_deref(),
        container_title: &citation.feed,
        issued: citation.date.map(date),
        accessed: date(Date::Day(
            chrono::Datelike::year(&seen),
            chrono::Datelike::month(&seen),
            chrono::Datelike::day(&seen),
        )),
        url: citation.url.as_deref(),
        language: citation.language,
        note: citation.notes_by(),
    };
    serde_json::to_writer_pretty(&mut *out, &[item])?;
    out.write_all(b"\n")
}

fn names(names: &[String]) -> Vec<NameVariable> {
    names
        .iter()
        .map(|name| match Name::of(name) {
            Name::Person {
                given,
                particle,
                family,
            } => NameVariable::Person {
                family,
                given,
                particle,
            },
            Name::Whole(literal) => NameVariable::Whole { literal },
        })
        .collect()
}

fn date(date: Date) -> DateVariable {
    let parts = match date {
        Date::Year(year) => vec![year.into()],
        Date::Day(year, month, day) => vec![year.into(), month.into(), day.into()],
    };
    DateVariable {
        date_parts: [parts],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::samples;
    use super::*;

    fn written(entry: &ArchivedEntry, talk: Option<&Talk>) -> Value {
        let mut out = Vec::new();
        csl(entry, talk, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_talk_is_a_speech() {
        let entry = samples::conference();
        let mut item = written(&entry, Some(&entry.entry.talks[0]));
        let id = item[0]["id"].take();
        assert!(id.as_str().unwrap().starts_with("example2019-"));
        assert_eq!(
            item,
            json!([{
                "id": null,
                "type": "speech",
                "title": "Opening",
                "author": [{"family": "Example", "given": "Ann"}],
                "contributor": [{"family": "Visitor", "given": "Vera"}],
                "genre": "Keynote",
                "event-title": "DevOpsDays Ghent 2019",
                "event-place": "Ghent",
                "container-title": "Notes of a Visitor",
                "issued": {"date-parts": [[2019, 10, 30]]},
                "accessed": {"date-parts": [[2020, 1, 2]]},
                "URL": "https://notes.example/ghent#opening",
                "language": "en-GB",
                "note": "Notes by Vera Visitor"
            }])
        );
    }

    #[test]
    fn an_entry_is_a_post_and_has_no_date_it_did_not_claim() {
        let item = written(&samples::short(), None);
        assert_eq!(item[0]["type"], "post-weblog");
        assert_eq!(item[0]["container-title"], "Ops log");
        assert!(item[0].get("issued").is_none() && item[0].get("author").is_none());
    }
}
