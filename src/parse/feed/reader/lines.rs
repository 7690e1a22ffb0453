//! Elements that are one line of text, or say all in their attributes, and where what they say goes.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::model::{Category, Text, rfc3339_seconds};
use crate::parse::dates;
use crate::parse::repair::Attribute;

use super::best::Name;
use super::entry::Found;
use super::extras::html;
use super::fields::{Field, TextField};
use super::markup::looks_like_html;
use super::text::own;
use super::{Place, Reader, What, get};

pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    dates::instant(text)
}

impl<'a> Reader<'a> {
    pub(super) fn open_category(&mut self, attributes: &[Attribute<'_>], rank: u8) -> What<'a> {
        if !matches!(self.place(), Place::Entry | Place::Source) {
            return What::Nothing;
        }
        let name = self.name;
        let term = get(attributes, "term").or_else(|| get(attributes, "text"));
        let label = get(attributes, "label").map(str::to_owned);
        let scheme = get(attributes, "scheme").or_else(|| get(attributes, "domain"));
        if self.place() == Place::Source {
            let term = term.or(label.as_deref()).map(str::to_owned);
            self.entry_mut().source_facts.categories.extend(term);
            return What::Line(Field::Category, rank);
        }
        self.entry_mut().list("tags", name);
        self.entry_mut().categories.push(Category {
            term: term.unwrap_or_default().to_owned(),
            scheme: scheme.map(str::to_owned),
            label,
        });
        What::Line(Field::Category, rank)
    }

    /// The line is complete.
    pub(super) fn line(&mut self, field: Field, rank: u8, line: Cow<'a, str>) {
        let Some(text) = own(line) else {
            if field == Field::Category {
                self.category(None);
            }
            return;
        };
        match self.place() {
            Place::Entry => self.entry_line(field, rank, text),
            Place::Feed => self.feed_line(field, rank, text),
            Place::Person(_) => self.person_line(field, text),
            Place::Source => self.source_line(field, text),
            Place::Image => {
                let outer = self.places.iter().rev().nth(1).copied();
                let url = self.scopes.resolve(&text);
                let name = self.name;
                match outer {
                    Some(Place::Feed) if field == Field::Uri => self.image.put(Some(url), 0, name),
                    Some(Place::Entry) if field == Field::Uri => {
                        self.entry_mut().image.put(Some(url), 0, name);
                    }
                    _ => {}
                }
            }
            Place::TextInput => {}
        }
    }

    fn source_line(&mut self, field: Field, text: String) {
        let url = self.scopes.resolve(&text);
        let is_icon = self.name.written.eq_ignore_ascii_case("icon");
        let entry = self.entry_mut();
        let facts = &mut entry.source_facts;
        match field {
            Field::Updated | Field::Date => {
                facts.updated = facts.updated.take().or_else(|| {
                    let date = instant(&text)?;
                    Some(rfc3339_seconds(date))
                });
            }
            Field::Language => facts.language = Some(text),
            Field::Generator => facts.generator = Some(text),
            Field::Logo if is_icon => facts.icon = Some(url),
            Field::Logo => facts.logo = Some(url),
            Field::Category => facts.categories.push(text),
            _ => {
                if let Some(source) = &mut entry.source {
                    match field {
                        Field::Guid => source.guid = Some(text),
                        Field::Link => source.url = Some(url),
                        _ => {}
                    }
                }
            }
        }
    }

    /// A date, or none where it is none.
    fn date(&mut self, text: &str) -> Option<DateTime<Utc>> {
        let date = instant(text);
        if date.is_none() {
            self.drop(text, "not a date");
        }
        date
    }

    fn entry_line(&mut self, field: Field, rank: u8, text: String) {
        let resolved = self.scopes.resolve(&text);
        let based = self.scopes.base().is_some();
        let name = self.name;
        let date = match field {
            Field::Published | Field::Updated | Field::Created | Field::Date => self.date(&text),
            _ => None,
        };
        let entry = self.entry_mut();
        match field {
            Field::Link => entry.url.put(Some(resolved), rank, name),
            Field::OrigLink => entry.original.put(Some(resolved), rank, name),
            Field::Guid => {
                // Where the document names its base, its ids are the same wherever it is fetched from.
                let relative = based && !entry.not_a_permalink;
                entry.is_about &= rank > 0;
                let guid = if relative { resolved } else { text };
                entry.guid.put(Some(guid), rank, name);
            }
            Field::Comments => entry.comments_url.put(Some(resolved), rank, name),
            Field::Published => entry.published.put(date, rank, name),
            Field::Updated => entry.updated.put(date, rank, name),
            Field::Created => entry.created.put(date, 0, name),
            Field::Date => entry.date.put(date, 0, name),
            Field::Language => entry.language.put(Some(text), rank + 1, name),
            Field::Logo => entry.image.put(Some(resolved), rank + 1, name),
            Field::Category => self.category(Some(text)),
            Field::Keywords => {
                entry.list("tags", name);
                let terms = text
                    .split(',')
                    .map(str::trim)
                    .filter(|term| !term.is_empty());
                entry.categories.extend(terms.clone().map(|term| Category {
                    term: term.to_owned(),
                    ..Category::default()
                }));
                let terms: Vec<String> = terms.take(100).map(str::to_owned).collect();
                if name.prefix.eq_ignore_ascii_case("media")
                    && let Some(media) = self.media_mut()
                {
                    media.keywords = terms;
                }
            }
            _ => {}
        }
    }

    /// The category that is open has this text.
    fn category(&mut self, text: Option<String>) {
        if self.place() != Place::Entry {
            return;
        }
        let entry = self.entry_mut();
        let Some(last) = entry.categories.last_mut() else {
            return;
        };
        match text {
            Some(text) if last.term.is_empty() => last.term = text,
            Some(text) if last.term != text => entry.categories.push(Category {
                term: text,
                ..Category::default()
            }),
            Some(_) => {}
            None if last.term.is_empty() => match last.label.clone() {
                Some(label) => last.term = label,
                None => {
                    entry.categories.pop();
                }
            },
            None => {}
        }
    }

    fn feed_line(&mut self, field: Field, rank: u8, text: String) {
        let name = self.name;
        let date = match field {
            Field::Published | Field::Updated | Field::Created | Field::Date => self.date(&text),
            _ => None,
        };
        match field {
            Field::Link => {
                let url = self.scopes.resolve(&text);
                self.site_url.put(Some(url), rank, name);
            }
            Field::Guid => self.feed.guid = self.feed.guid.take().or(Some(text)),
            Field::Updated => self.updated.put(date, rank, name),
            Field::Date => self.updated.put(date, rank + 1, name),
            Field::Published => self.updated.put(date, rank + 2, name),
            Field::Created => self.updated.put(date, rank + 3, name),
            Field::Language => self.language.put(Some(text), rank, name),
            Field::Generator => self.generator.put(Some(text), rank, name),
            Field::Logo => {
                let url = self.scopes.resolve(&text);
                self.image.put(Some(url), rank, name);
            }
            Field::Ttl => self.feed.hints.ttl = text.parse().ok(),
            Field::SkipHour => self.feed.hints.skip_hours |= hour_bit(&text),
            Field::SkipDay => self.feed.hints.skip_days |= day_bit(&text),
            Field::UpdatePeriod => self.update_period = period(&text),
            Field::UpdateFrequency => self.update_frequency = text.parse().ok(),
            Field::UpdateBase => self.feed.hints.update_base = instant(&text),
            _ => {}
        }
    }

    fn person_line(&mut self, field: Field, text: String) {
        let uri = self.scopes.resolve(&text);
        let Some(draft) = &mut self.person else {
            return;
        };
        let person = &mut draft.person;
        match field {
            Field::Name => person.name = Some(plain(text)),
            Field::Email => person.email = Some(text),
            Field::Uri => person.uri = Some(uri),
            _ => {}
        }
    }

    pub(super) fn put_text(
        &mut self,
        field: Field,
        rank: u8,
        text: Option<Text>,
        src: Option<String>,
    ) {
        let name = self.name;
        if name.prefix.eq_ignore_ascii_case("media")
            && let (Some(text), Some(media)) = (text.clone(), self.media_mut())
        {
            match field {
                Field::Title => media.title = Some(html(text)),
                Field::Text(TextField::Description) => media.description = Some(html(text)),
                _ => {}
            }
        }
        match (self.place(), field) {
            (Place::Entry, Field::Title) => self.entry_mut().title.put(text, rank, name),
            (Place::Source, Field::Title) => {
                if let Some(source) = &mut self.entry_mut().source {
                    source.title = text.map(html).or_else(|| source.title.take());
                }
            }
            (Place::Source, Field::Text(kind)) => {
                let facts = &mut self.entry_mut().source_facts;
                match kind {
                    TextField::Rights => facts.rights = text.map(html),
                    _ => facts.subtitle = text.map(html).or_else(|| facts.subtitle.take()),
                }
            }
            (Place::Entry, Field::Text(kind)) => self.entry_text(kind, rank, text, src),
            (Place::Feed, Field::Title) => self.title.put(text, rank, name),
            (Place::Feed, Field::Text(TextField::Rights)) => self.rights.put(text, rank, name),
            (Place::Feed, Field::Text(TextField::Subtitle)) => self.subtitle.put(text, rank, name),
            (Place::Feed, Field::Text(_)) => self.subtitle.put(text, rank + 1, name),
            _ => {}
        }
    }

    fn entry_text(&mut self, kind: TextField, rank: u8, text: Option<Text>, src: Option<String>) {
        const MOST: usize = 100;
        let base = self.scopes.base().map(str::to_owned);
        let language = self.scopes.language_inside().map(str::to_owned);
        let src = src.map(|src| self.scopes.resolve(&src));
        let from = self.name;
        let entry = self.entry_mut();
        let is_content = matches!(
            kind,
            TextField::Content | TextField::FullContent | TextField::Body
        );
        if is_content {
            entry.content_src.put(src, 0, from.attribute("src"));
        }
        let Some(text) = text else {
            return;
        };
        let found = Found { rank, text, from };
        match kind {
            TextField::Rights => return entry.rights.put(Some(found.text), rank, from),
            _ if is_content && entry.contents.len() < MOST => entry.contents.push(found),
            TextField::Subtitle if entry.summaries.len() < MOST => {
                entry.summaries.push(Found {
                    rank: rank + 3,
                    ..found
                });
            }
            _ if entry.summaries.len() < MOST => entry.summaries.push(found),
            _ => {}
        }
        let rank = if is_content {
            rank
        } else {
            rank.saturating_add(10)
        };
        entry.base.put(base, rank, Name::default());
        let lang = Name::default().attribute("xml:lang");
        entry.language.put(language, rank.saturating_add(10), lang);
    }
}

/// A name is text; some programs escape it twice.
fn plain(name: String) -> String {
    if name.contains('&') && looks_like_html(&name) {
        quick_xml::escape::unescape_with(&name, quick_xml::escape::resolve_html5_entity)
            .map(Cow::into_owned)
            .unwrap_or(name)
    } else {
        name
    }
}

/// RSS 2.0 counts hours from 0 to 23, RSS 0.91 from 1 to 24. What is no hour is none.
fn hour_bit(text: &str) -> u32 {
    match text.parse::<u32>() {
        Ok(hour @ 0..=24) => 1 << (hour % 24),
        _ => 0,
    }
}

/// `Monday`, `mon`.
fn day_bit(text: &str) -> u8 {
    text.parse::<chrono::Weekday>()
        .map_or(0, |day| 1 << day.num_days_from_monday())
}

/// The syndication module's periods, in minutes.
fn period(text: &str) -> Option<u32> {
    Some(match text.to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    })
}
