//! CSV (RFC 4180) for spreadsheets: a line of names, then a line an entry or talk.

use std::io::{self, Write};

use super::wording;
use crate::model::{ArchivedEntry, Talk};
use crate::query::{Digest, DigestHead, Item, Want};

const COLUMNS: [&str; 10] = [
    "entry", "date", "title", "url", "authors", "tags", "feed", "feed_url", "event", "guid",
];
const TALK_COLUMNS: [&str; 4] = ["talk", "speakers", "kind", "talk_url"];

pub(super) struct Csv<'a> {
    /// Rows go through a buffer of their own: the writer wants to own what it writes to.
    out: &'a mut dyn Write,
    has_head: bool,
}

impl<'a> Csv<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            has_head: false,
        }
    }

    fn head(&mut self, by_talk: bool) -> io::Result<()> {
        if self.has_head {
            return Ok(());
        }
        self.has_head = true;
        let talk: &[&str] = if by_talk { &TALK_COLUMNS } else { &[] };
        let names: Vec<&str> = COLUMNS.iter().chain(talk).copied().collect();
        self.row(&names)
    }

    fn row(&mut self, cells: &[impl AsRef<[u8]>]) -> io::Result<()> {
        let mut row = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        row.write_record(cells)?;
        let bytes = row.into_inner().map_err(csv::IntoInnerError::into_error)?;
        self.out.write_all(&bytes)
    }

    fn line(&mut self, archived: &ArchivedEntry, talk: Option<&Talk>) -> io::Result<()> {
        self.head(talk.is_some())?;
        let entry = &archived.entry;
        let mut cells = vec![
            archived.id.0.to_string(),
            wording::rfc3339(archived.date()).unwrap_or_default(),
            harmless(entry.title.as_deref().unwrap_or_default()),
            wording::entry_link(entry).unwrap_or_default(),
            harmless(&wording::people(&entry.authors)),
            harmless(&entry.tag_names().collect::<Vec<_>>().join(", ")),
            harmless(&wording::feed_name(&archived.feed)),
            wording::web(&archived.feed.url).unwrap_or_default(),
            harmless(entry.event.as_deref().unwrap_or_default()),
            Some(&entry.guid)
                .filter(|guid| super::identity::is_absolute_iri(guid) || !guid.contains(':'))
                .map(|guid| harmless(guid))
                .unwrap_or_default(),
        ];
        if let Some(talk) = talk {
            cells.push(harmless(&talk.title));
            cells.push(harmless(&talk.speakers.join(", ")));
            cells.push(talk.kind.word().to_owned());
            cells.push(wording::talk_link(talk).unwrap_or_default());
        }
        self.row(&cells)
    }
}

impl Digest for Csv<'_> {
    fn wants(&self, _: Want) -> bool {
        false
    }

    fn begin(&mut self, _: &DigestHead) -> io::Result<()> {
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Entry(entry) => self.line(entry, None),
            Item::Talk(entry, talk) => self.line(entry, Some(talk)),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.head(false)
    }
}

/// What begins like a formula is one to a spreadsheet; an apostrophe in front makes it text.
fn harmless(text: &str) -> String {
    let begins_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if begins_formula {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Settings, samples};

    #[test]
    fn entries_and_talks_are_lines_under_their_names() {
        let mut answer = samples::both();
        answer.entries[1].entry.title = Some("=cmd()|'a', \"b\"".into());
        let csv = samples::rendered(Format::Csv, &Settings::default(), &answer);
        let lines: Vec<_> = csv.split_terminator("\r\n").collect();
        assert_eq!(
            lines[0],
            "entry,date,title,url,authors,tags,feed,feed_url,event,guid"
        );
        assert!(
            lines[2].contains("\"'=cmd()|'a', \"\"b\"\"\""),
            "{}",
            lines[2]
        );
        let talks = samples::rendered(Format::Csv, &Settings::default(), &samples::talks());
        assert!(talks.contains("Opening,Ann Example,keynote,https://notes.example/ghent#opening"));
        assert_eq!(talks.lines().count(), 3);
        assert!(samples::nothing(Format::Csv).starts_with("entry,date"));
    }
}
