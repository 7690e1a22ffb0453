//! A talk or an entry as what a writer cites: the facts once, and as a line of Markdown.
//!
//! Nothing is made up: where no date was claimed there is none, and of an event that lies in another year
//! than its notes only the year is said.

use std::io::{self, Write};

use chrono::{DateTime, Datelike, Utc};

use super::{identity, markdown, wording};
use crate::model::{ArchivedEntry, Event, Talk};

/// What is cited, ready for each format.
pub(super) struct Citation<'a> {
    pub(super) is_talk: bool,
    pub(super) title: String,
    /// Of a talk its speakers, of a post who wrote it.
    pub(super) authors: Vec<String>,
    /// Of a talk who took the notes.
    pub(super) note_takers: Vec<String>,
    /// `Keynote`, `Talk`.
    pub(super) kind: &'static str,
    pub(super) event: Option<&'a str>,
    pub(super) place: Option<String>,
    pub(super) date: Option<Date>,
    pub(super) url: Option<String>,
    /// The feed the notes stand in.
    pub(super) feed: String,
    pub(super) language: Option<&'a str>,
    /// When the archive took it in.
    pub(super) seen: DateTime<Utc>,
    /// The same at each export, from whatever archive.
    pub(super) key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date {
    Year(i32),
    Day(i32, u32, u32),
}

impl Date {
    pub(super) fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Day(year, _, _) => year,
        }
    }
}

impl<'a> Citation<'a> {
    pub(super) fn of(archived: &'a ArchivedEntry, talk: Option<&'a Talk>) -> Self {
        let entry = &archived.entry;
        let event = Event::of(entry);
        let written = entry.authors.iter().filter_map(wording::person);
        let written: Vec<String> = written.map(str::to_owned).collect();
        let (title, authors, note_takers, url) = match talk {
            Some(talk) => (
                talk.title.clone(),
                talk.speakers.clone(),
                written,
                wording::talk_link(talk).or_else(|| wording::entry_link(entry)),
            ),
            None => (
                wording::title(entry).into_owned(),
                written,
                Vec::new(),
                wording::entry_link(entry),
            ),
        };
        let date = date(
            archived,
            talk.and(event.as_ref()).and_then(|event| event.year),
        );
        let mut citation = Self {
            is_talk: talk.is_some(),
            title,
            authors,
            note_takers,
            kind: talk.map_or("Post", kind),
            event: entry.event.as_deref(),
            place: event.and_then(|event| event.place),
            date,
            url,
            feed: wording::feed_name(&archived.feed).into_owned(),
            language: entry.language.as_deref(),
            seen: archived.first_seen,
            key: String::new(),
        };
        citation.key = citation.made_key(&identity::lasting(archived, talk));
        citation
    }

    /// `example2019-1a2b3c4d`: readable in front, its own behind.
    fn made_key(&self, lasting: &str) -> String {
        let first = self.authors.first().or(self.note_takers.first());
        let name = first.map(|name| Name::of(name));
        let family = match &name {
            Some(Name::Person { family, .. }) => family.as_str(),
            Some(Name::Whole(name)) => name,
            None => self.feed.as_str(),
        };
        let plain: String = unicode_normalization::UnicodeNormalization::nfd(family)
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .take(20)
            .collect();
        let plain = if plain.is_empty() {
            "notes".to_owned()
        } else {
            plain
        };
        let year = self.date.map(|date| date.year().to_string());
        format!("{plain}{}-{lasting}", year.unwrap_or_default())
    }

    /// `Keynote at DevOpsDays Ghent 2019`.
    pub(super) fn occasion(&self) -> Option<String> {
        match (self.is_talk, self.event) {
            (true, Some(event)) => Some(format!("{} at {event}", self.kind)),
            (true, None) => Some(self.kind.to_owned()),
            (false, Some(event)) => Some(format!("Notes from {event}")),
            (false, None) => None,
        }
    }

    /// `Notes by Vera Visitor`.
    pub(super) fn notes_by(&self) -> Option<String> {
        (!self.note_takers.is_empty()).then(|| format!("Notes by {}", self.note_takers.join(", ")))
    }
}

fn kind(talk: &Talk) -> &'static str {
    use crate::model::TalkKind as Kind;
    match talk.kind {
        Kind::Talk => "Talk",
        Kind::Keynote => "Keynote",
        Kind::Ignite => "Ignite talk",
        Kind::OpenSpace => "Open space session",
        Kind::Workshop => "Workshop",
        Kind::Panel => "Panel",
        Kind::Topic => "Topic",
    }
}

fn date(archived: &ArchivedEntry, event: Option<i32>) -> Option<Date> {
    let claimed = archived.entry.published.or(archived.entry.updated);
    match (claimed.map(|_| archived.date()), event) {
        (Some(date), Some(year)) if date.year() != year => Some(Date::Year(year)),
        (Some(date), _) => Some(Date::Day(date.year(), date.month(), date.day())),
        (None, year) => year.map(Date::Year),
    }
}

/// A name as lists of references sort it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    Person {
        given: String,
        /// `van`, `de la`
        particle: Option<String>,
        family: String,
    },
    /// Of a group, of one word, or in a script that puts the family first.
    Whole(String),
}

/// Words between the given and the family name.
const PARTICLES: &[&str] = &[
    "van", "von", "de", "del", "della", "der", "den", "di", "da", "dos", "du", "la", "le", "ten",
    "ter", "zu", "af", "av", "al", "el", "bin", "ben", "ibn", "y", "e",
];

/// Words that make a name a group's.
const GROUPS: &[&str] = &[
    "inc",
    "ltd",
    "gmbh",
    "ag",
    "llc",
    "team",
    "group",
    "community",
    "university",
    "institute",
    "company",
    "foundation",
    "project",
    "crew",
    "staff",
    "panel",
    "organizers",
    "organisers",
    "everyone",
    "various",
    "the",
    "and",
];

impl Name {
    pub(super) fn of(name: &str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let is_particle = |word: &str| PARTICLES.contains(&word.to_lowercase().as_str());
        let is_plain = |word: &str| {
            let bare = word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            let named = word
                .chars()
                .all(|c| c.is_alphabetic() || "-'’.".contains(c));
            let tall = word.chars().next().is_some_and(char::is_uppercase);
            named && !GROUPS.contains(&bare.as_str()) && (tall || is_particle(word))
        };
        let last = words.last().copied().unwrap_or_default();
        let is_person = (2..=6).contains(&words.len())
            && words.iter().all(|word| is_plain(word))
            && !is_particle(words[0])
            && last.chars().next().is_some_and(char::is_uppercase);
        if !is_person {
            return Self::Whole(words.join(" "));
        }
        let from = words[1..words.len() - 1]
            .iter()
            .position(|word| is_particle(word) && word.starts_with(char::is_lowercase))
            .map(|at| at + 1);
        let (given, particle) = match from {
            Some(from) => (&words[..from], Some(words[from..words.len() - 1].join(" "))),
            None => (&words[..words.len() - 1], None),
        };
        Self::Person {
            given: given.join(" "),
            particle,
            family: last.to_owned(),
        }
    }
}

/// One line: who, what and where, when, and whose notes.
pub(crate) fn markdown(
    archived: &ArchivedEntry,
    talk: Option<&Talk>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let citation = Citation::of(archived, talk);
    let mut parts = Vec::new();
    let title = markdown::linked(&citation.title, citation.url.as_deref());
    parts.push(match citation.authors.is_empty() {
        true => title,
        false => format!(
            "{}: {title}",
            markdown::escape(&citation.authors.join(", "))
        ),
    });
    let day = citation.date.map(|date| match date {
        Date::Year(year) => year.to_string(),
        Date::Day(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
    });
    let occasion = citation
        .occasion()
        .map(|said| markdown::escape(&said).into_owned());
    let when: Vec<String> = occasion.into_iter().chain(day).collect();
    parts.extend(Some(when.join(", ")).filter(|when| !when.is_empty()));
    let site = archived.feed.site_url.as_deref().and_then(wording::web);
    let feed = markdown::linked(&citation.feed, site.as_deref());
    parts.push(match citation.notes_by() {
        Some(by) => format!("{}, {feed}", markdown::escape(&by)),
        None => feed,
    });
    writeln!(out, "{}.", parts.join(". "))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn person(given: &str, particle: Option<&str>, family: &str) -> Name {
        Name::Person {
            given: given.into(),
            particle: particle.map(str::to_owned),
            family: family.into(),
        }
    }

    #[test]
    fn names_are_taken_apart_where_that_is_safe() {
        assert_eq!(Name::of("Ann Poe"), person("Ann", None, "Poe"));
        assert_eq!(
            Name::of("Åsa B. Öberg-Lind"),
            person("Åsa B.", None, "Öberg-Lind")
        );
        assert_eq!(
            Name::of("Jan van der Berg"),
            person("Jan", Some("van der"), "Berg")
        );
        for whole in [
            "Ann",
            "山田 太郎",
            "The Ops Team",
            "Poe Ltd",
            "ann poe",
            "R2 D2",
            "van Poe",
            "Ann Poe and Bo Ray",
        ] {
            assert_eq!(Name::of(whole), Name::Whole(whole.to_owned()), "{whole}");
        }
    }

    #[test]
    fn a_talk_is_one_line_with_all_that_finds_it_again() {
        let mut entry = samples::conference();
        entry.entry.talks[0].title = "*Open* [it]".into();
        let mut out = Vec::new();
        markdown(&entry, Some(&entry.entry.talks[0]), &mut out).unwrap();
        markdown(&entry, None, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "Ann Example: [\\*Open\\* \\[it\\]](https://notes.example/ghent#opening). Keynote at DevOpsDays Ghent 2019, \
             2019-10-30. Notes by Vera Visitor, [Notes of a Visitor](https://notes.example/).\n\
             Vera Visitor: [DevOpsDays Ghent 2019: \\<two\\> days & many talks](https://notes.example/ghent). Notes \
             from DevOpsDays Ghent 2019, 2019-10-30. [Notes of a Visitor](https://notes.example/).\n"
        );
    }

    #[test]
    fn nothing_is_made_up() {
        let entry = samples::short();
        let mut out = Vec::new();
        markdown(&entry, None, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "[Runbooks](https://log.example/runbooks). Ops log.\n"
        );
        let mut late = samples::conference();
        late.entry.published = Some("2021-01-01T00:00:00Z".parse().unwrap());
        late.first_seen = late.entry.published.unwrap();
        let talk = late.entry.talks[0].clone();
        assert_eq!(
            Citation::of(&late, Some(&talk)).date,
            Some(Date::Year(2019))
        );
    }

    #[test]
    fn a_key_depends_on_nothing_that_changes() {
        let one = samples::conference();
        let mut other = samples::conference();
        other.id = crate::model::EntryId(99);
        other.entry.talks[1].title = "Chaos for everybody".into();
        let key = |entry: &ArchivedEntry, at: usize| {
            Citation::of(entry, Some(&entry.entry.talks[at])).key
        };
        assert_eq!(key(&one, 1), key(&other, 1));
        assert_ne!(key(&one, 0), key(&one, 1));
        assert!(key(&one, 0).starts_with("example2019-"), "{}", key(&one, 0));
    }
}
