//! The way out: a [`Digest`] for each output format, one file a format.
//!
//! A format writes item by item to a `&mut dyn Write` and holds none of them, so an answer of any size
//! takes the memory of one entry. The same answer gives the same bytes: no clock, no order of a map,
//! times in UTC. None knows stdout or the archive. What formats share is in [`wording`] (what things
//! are called), [`identity`] (ids for feeds) and [`xml`].
//!
//! A new format is a file with a `Digest`, a word in [`Format`] and an arm in [`renderer`].

mod atom;
pub(crate) mod bibtex;
pub(crate) mod citation;
pub(crate) mod csl;
mod csv;
mod eml;
pub(crate) mod explain;
mod groups;
mod held;
mod html;
mod identity;
mod json;
pub(crate) mod jsonfeed;
mod markdown;
pub(crate) mod opml;
mod origin;
mod paging;
#[cfg(test)]
mod properties;
mod rss;
#[cfg(test)]
mod samples;
mod shared;
mod template;
mod text;
mod warc;
mod wording;
mod xml;

use std::io::Write;
use std::str::FromStr;

use clap::ValueEnum;
use url::Url;

use crate::query::{Digest, Group};

pub(crate) use template::{Template, TemplateError};
pub(crate) use text::{changed, difference, entry_in_full, history, talk_in_full};
pub(crate) use warc::Warc;

/// What an answer is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal or a mail
    #[default]
    Text,
    /// For a repository, a wiki or a message
    Markdown,
    /// One page that needs nothing else
    Html,
    /// One array
    Json,
    /// One object a line
    Jsonl,
    /// A feed for a reader app
    Atom,
    /// The same as RSS 2.0, for readers that know no Atom
    Rss,
    /// The same as JSON Feed 1.1
    Jsonfeed,
    /// The feeds that match, as subscriptions
    Opml,
    /// A table for a spreadsheet
    Csv,
    /// A mail with text and HTML, for `sendmail -t`
    Eml,
    /// As --template says
    Template,
}

impl Format {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::Jsonfeed => "jsonfeed",
            Self::Opml => "opml",
            Self::Csv => "csv",
            Self::Eml => "eml",
            Self::Template => "template",
        }
    }

    /// How many items are enough where nobody says so; `None` is all.
    pub(crate) fn default_limit(self) -> Option<u64> {
        match self {
            Self::Text => Some(20),
            Self::Markdown
            | Self::Html
            | Self::Atom
            | Self::Rss
            | Self::Jsonfeed
            | Self::Eml
            | Self::Template => Some(100),
            Self::Json | Self::Jsonl | Self::Opml | Self::Csv => None,
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::value_variants()
            .iter()
            .copied()
            .find(|format| format.word() == word)
            .ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// A word that names no format, as in `hallway.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such format: `{0}` (there are {words})", words = words())]
pub(crate) struct UnknownFormat(String);

fn words() -> String {
    let words: Vec<_> = Format::value_variants()
        .iter()
        .map(|format| format.word())
        .collect();
    words.join(", ")
}

/// What a person or a terminal decides about an output.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Columns to wrap text to.
    pub(crate) width: usize,
    /// For text only.
    pub(crate) style: Style,
    /// What a page makes of the pictures of its entries.
    pub(crate) images: Images,
    /// Where a feed will be found, for its `rel=self` link.
    pub(crate) self_url: Option<Url>,
    /// Whom a mail is for: addresses with commas between, without names.
    pub(crate) to: Option<String>,
    /// Who sends it: an address without a name.
    pub(crate) from: Option<String>,
    /// For [`Format::Template`].
    pub(crate) template: Option<Template>,
    /// Headings between the items, whose order has them together.
    pub(crate) group: Group,
    /// Where the feed's other documents are.
    pub(crate) pages: Option<Pages>,
}

/// One document of a feed that stands on several (RFC 5005, section 4).
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    /// Not the feed's own document, but one of those that hold what is older.
    pub(crate) is_archive: bool,
    pub(crate) current: Url,
    /// The archive document with the next older entries.
    pub(crate) previous: Option<Url>,
    /// The one with the next newer entries.
    pub(crate) next: Option<Url>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            width: 80,
            style: Style::default(),
            images: Images::default(),
            self_url: None,
            to: None,
            from: None,
            template: None,
            group: Group::None,
            pages: None,
        }
    }
}

/// Whether these are mail addresses with commas between, so that nothing else gets into a mail's head.
pub(crate) fn are_addresses(to: &str) -> bool {
    to.split(',').map(str::trim).all(|address| {
        atom::is_address(address) && !address.contains(['<', '>', '"', ';', ':', '(', ')'])
    })
}

/// Pictures in a page or a mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Images {
    /// What they show, in words
    #[default]
    None,
    /// Links to them
    Link,
    /// The pictures, asked for from their servers, which then know who reads and when
    Show,
}

/// Which escape sequences the reader's terminal is to get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) colour: bool,
    /// OSC 8.
    pub(crate) hyperlinks: bool,
}

/// The writer of a format.
pub(crate) fn renderer<'a>(
    format: Format,
    settings: &'a Settings,
    out: &'a mut dyn Write,
) -> Box<dyn Digest + 'a> {
    let digest: Box<dyn Digest + 'a> = match format {
        Format::Text => Box::new(text::Text::new(settings, Box::new(out))),
        Format::Markdown => Box::new(markdown::Markdown::new(out)),
        Format::Html => Box::new(html::Html::new(settings, Box::new(out))),
        Format::Json => Box::new(json::Json::array(out)),
        Format::Jsonl => Box::new(json::Json::lines(out)),
        Format::Atom => Box::new(atom::Atom::new(settings, out)),
        Format::Rss => Box::new(rss::Rss::new(settings, out)),
        Format::Jsonfeed => Box::new(jsonfeed::JsonFeed::new(settings, out)),
        Format::Opml => Box::new(opml::Opml::new(out)),
        Format::Csv => Box::new(csv::Csv::new(out)),
        Format::Eml => Box::new(eml::Eml::new(settings, out)),
        Format::Template => {
            let template = settings.template.clone();
            let template = template.unwrap_or_else(Template::titles);
            Box::new(template::Templated::new(template, out))
        }
    };
    // What stays with the person may lead to their files; a page, a feed or a mail may go anywhere.
    let digest = match format {
        Format::Text | Format::Json | Format::Jsonl => digest,
        _ => Box::new(shared::Shared::new(digest)),
    };
    match settings.group {
        Group::None => digest,
        group => Box::new(groups::Grouped::new(group, digest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntrySource, Extras};
    use crate::query::Want;

    #[test]
    fn each_format_is_known_by_its_word_on_the_command_line_and_in_the_config() {
        for format in Format::value_variants() {
            assert_eq!(format.word().parse(), Ok(*format));
            assert_eq!(
                format.to_possible_value().unwrap().get_name(),
                format.word()
            );
        }
        let mistake = "yaml".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            mistake,
            "no such format: `yaml` (there are text, markdown, html, json, jsonl, atom, rss, jsonfeed, opml, \
             csv, eml, template)"
        );
    }

    #[test]
    fn the_same_answer_gives_the_same_bytes() {
        for format in Format::value_variants() {
            let once = samples::rendered(*format, &Settings::default(), &samples::both());
            let again = samples::rendered(*format, &Settings::default(), &samples::both());
            assert_eq!(once, again);
        }
    }

    #[test]
    fn what_a_format_does_not_want_it_does_not_show() {
        let settings = Settings::default();
        let answer = |ids: bool, details: bool| {
            let mut answer = samples::both();
            for archived in &mut answer.entries {
                archived.guid_is_taken = ids;
                let entry = &mut archived.entry;
                (entry.language, entry.comments_url) = (None, None);
                if details {
                    let elsewhere = || Some("https://elsewhere.example/1".to_owned());
                    (entry.language, entry.comments_url) = (Some("nl".to_owned()), elsewhere());
                    entry.source = Some(EntrySource {
                        guid: elsewhere(),
                        title: Some("Elsewhere".to_owned()),
                        url: elsewhere(),
                    });
                    entry.extras = Some(Box::new(Extras {
                        rights: Some("CC0".to_owned()),
                        image: elsewhere(),
                        ..Extras::default()
                    }));
                }
            }
            answer
        };
        for format in Format::value_variants() {
            let mut out = Vec::new();
            let digest = renderer(*format, &settings, &mut out);
            let wanted = answer(digest.wants(Want::Ids), digest.wants(Want::Details));
            drop(digest);
            let rendered = |answer| samples::rendered(*format, &settings, answer);
            assert_eq!(
                rendered(&answer(true, true)),
                rendered(&wanted),
                "{}",
                format.word()
            );
        }
    }

    #[test]
    fn what_people_read_carries_no_control_and_no_bidi_characters() {
        for format in [Format::Text, Format::Markdown, Format::Html] {
            for answer in [
                samples::both(),
                samples::hostile(),
                samples::hostile_talks(),
            ] {
                let output = samples::rendered(format, &Settings::default(), &answer);
                let found = output.chars().find(|c| {
                    (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}')
                });
                assert_eq!(found, None, "{output}");
            }
        }
    }

    #[test]
    fn no_output_for_others_tells_a_path_or_a_password() {
        for format in [
            Format::Markdown,
            Format::Html,
            Format::Atom,
            Format::Rss,
            Format::Jsonfeed,
            Format::Opml,
            Format::Csv,
            Format::Eml,
        ] {
            let output = samples::rendered(format, &Settings::default(), &samples::hostile());
            for secret in ["/home/ann", "secret", "javascript:alert"] {
                assert!(!output.contains(secret), "{secret} in {output}");
            }
        }
        for format in [Format::Text, Format::Json, Format::Jsonl] {
            let output = samples::rendered(format, &Settings::default(), &samples::hostile());
            assert!(!output.contains("secret"), "{output}");
        }
    }
}
