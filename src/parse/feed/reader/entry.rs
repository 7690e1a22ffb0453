//! An entry while it is being read, and what is made of all that was found.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{
    Category, Contributor, Enclosure, EntrySource, Extension, ExtraLink, Extras, MediaObject,
    Origin, Person, RawEntry, SourceFacts, Text, TextKind,
};

use super::best::{Best, Name};
use super::{extras, media};
use crate::parse::Telling;

/// More texts, people, categories or enclosures than any entry has are noise.
pub(super) const MOST: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub(super) guid: Best<'a, String>,
    /// `guid isPermaLink="false"`.
    pub(super) not_a_permalink: bool,
    /// The id is RSS 1.0's `rdf:about`: a name, with the link beside it.
    pub(super) is_about: bool,
    pub(super) url: Best<'a, String>,
    pub(super) original: Best<'a, String>,
    pub(super) title: Best<'a, Text>,
    pub(super) authors: Vec<Person>,
    pub(super) source_authors: Vec<Person>,
    pub(super) contributors: Vec<Person>,
    pub(super) categories: Vec<Category>,
    pub(super) published: Best<'a, DateTime<Utc>>,
    pub(super) updated: Best<'a, DateTime<Utc>>,
    pub(super) date: Best<'a, DateTime<Utc>>,
    pub(super) created: Best<'a, DateTime<Utc>>,
    pub(super) summaries: Vec<Found<'a>>,
    pub(super) contents: Vec<Found<'a>>,
    pub(super) content_src: Best<'a, String>,
    pub(super) enclosures: Vec<Enclosure>,
    pub(super) language: Best<'a, String>,
    pub(super) base: Best<'a, String>,
    pub(super) source: Option<EntrySource>,
    pub(super) comments_url: Best<'a, String>,
    pub(super) rights: Best<'a, Text>,
    pub(super) image: Best<'a, String>,
    pub(super) licenses: Vec<String>,
    pub(super) links: Vec<ExtraLink>,
    pub(super) comments: Option<u64>,
    pub(super) people: Vec<Contributor>,
    pub(super) source_facts: SourceFacts,
    pub(super) media: Vec<MediaObject>,
    pub(super) media_of_all: MediaObject,
    pub(super) extensions: Vec<Extension>,
    /// Of the fields that are lists, where their first was read.
    pub(super) lists: Vec<(&'static str, Name<'a>)>,
}

/// A text that may become the content or the summary.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) rank: u8,
    pub(super) text: Text,
    pub(super) from: Name<'a>,
}

impl<'a> Draft<'a> {
    /// Whether nothing was found; a document cut in the middle ends so.
    pub(super) fn is_empty(&self) -> bool {
        self.guid.is_none()
            && self.url.is_none()
            && self.title.is_none()
            && self.summaries.is_empty()
            && self.contents.is_empty()
    }

    /// Our own combined feed names the source itself where Atom wants an author and nobody is known.
    pub(super) fn drop_stand_in(&mut self) {
        let title = self
            .source
            .as_ref()
            .and_then(|source| source.title.as_ref());
        self.source_authors.retain(|author| {
            author.name.as_ref() != title || author.uri.is_some() || author.email.is_some()
        });
    }

    /// Takes down where the first of a list was read.
    pub(super) fn list(&mut self, field: &'static str, from: Name<'a>) {
        if self.lists.iter().all(|(known, _)| *known != field) {
            self.lists.push((field, from));
        }
    }

    pub(super) fn finish(mut self, is_atom: bool, telling: Telling) -> RawEntry {
        let (content, summary) = self.texts(is_atom);
        self.media_is_told(&[&content, &summary]);
        let mut told = Told::default();
        let dates = self.dates(&mut told);
        let guid_from = self.guid.from();
        let guid = self.guid.take();
        told.tell("id", guid_from);
        let url = self.permalink(guid.as_deref(), guid_from, &mut told);
        told.tell("title", self.title.from());
        told.tell("summary", summary.as_ref().map(|found| found.from));
        told.tell("content", content.as_ref().map(|found| found.from));
        told.tell("language", self.language.from());
        told.tell("comments", self.comments_url.from());
        told.0.append(&mut self.lists);
        if self.authors.is_empty() {
            // RFC 4287, 4.2.1.
            self.authors = std::mem::take(&mut self.source_authors);
        } else {
            let others = std::mem::take(&mut self.source_authors).into_iter();
            let others = others.map(|person| extras::contributor(person, None));
            self.source_facts.authors = others.take(MOST).collect();
        }
        self.authors.truncate(MOST);
        self.contributors.truncate(MOST);
        self.categories.truncate(MOST);
        self.enclosures.truncate(MOST);
        told.tell("rights", self.rights.from());
        told.tell("image", self.image.from());
        RawEntry {
            extras: self.extras().some(),
            guid: guid.unwrap_or_default(),
            url,
            title: self.title.take(),
            authors: self.authors,
            contributors: self.contributors,
            categories: self.categories,
            published: dates.0,
            updated: dates.1,
            summary: summary.map(|found| found.text),
            content: content.map(|found| found.text),
            enclosures: self.enclosures,
            language: self.language.take(),
            base: self.base.take(),
            source: self
                .source
                .filter(|source| *source != EntrySource::default()),
            comments_url: self.comments_url.take(),
            origins: match telling {
                Telling::Little => Vec::new(),
                Telling::All => told.into_origins(),
            },
            ..RawEntry::default()
        }
    }

    /// What Media RSS says of no file in particular, and became a field of the entry, is not said twice.
    fn media_is_told(&mut self, texts: &[&Option<Found<'a>>]) {
        let is_media = |from: Name<'_>| from.prefix.eq_ignore_ascii_case("media");
        if self.title.from().is_some_and(is_media) {
            self.media_of_all.title = None;
        }
        if texts
            .iter()
            .copied()
            .flatten()
            .any(|found| is_media(found.from))
        {
            self.media_of_all.description = None;
        }
        // They are tags.
        self.media_of_all.keywords.clear();
    }

    fn dates(&mut self, told: &mut Told<'a>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let published_from = self.published.from();
        let published = self.published.take();
        let updated_from = self.updated.from();
        let mut updated = self.updated.take();
        let (date_from, created_from) = (self.date.from(), self.created.from());
        let date = self.date.take();
        told.tell("published", published_from);
        told.tell("updated", updated_from);
        if published.is_none() {
            told.tell("published", date_from.or(created_from));
            return (date.or(self.created.take()), updated);
        }
        if updated.is_none() {
            updated = date.filter(|date| Some(*date) != published);
            told.tell("updated", date_from.filter(|_| updated.is_some()));
        }
        (published, updated)
    }

    fn permalink(
        &mut self,
        guid: Option<&str>,
        guid_from: Option<Name<'a>>,
        told: &mut Told<'a>,
    ) -> Option<String> {
        for best in [&mut self.original, &mut self.url] {
            if let Some(from) = best.from() {
                told.tell("url", Some(from));
                return best.take();
            }
        }
        let is_permalink = !self.not_a_permalink && !self.is_about;
        if let Some(guid) = guid.filter(|guid| is_permalink && is_web_address(guid)) {
            told.tell("url", guid_from);
            return Some(guid.to_owned());
        }
        told.tell("url", self.content_src.from());
        self.content_src.take()
    }

    /// Whatever has no field of its own.
    fn extras(&mut self) -> Extras {
        let mut extras = Extras {
            rights: self.rights.take().map(extras::html),
            licenses: std::mem::take(&mut self.licenses),
            links: std::mem::take(&mut self.links),
            comments: self.comments,
            contributors: std::mem::take(&mut self.people),
            media: media::all(
                std::mem::take(&mut self.media),
                std::mem::take(&mut self.media_of_all),
            ),
            ..Extras::default()
        };
        let facts = std::mem::take(&mut self.source_facts);
        extras.source = (facts != SourceFacts::default()).then_some(facts);
        let mut thumbnails = extras.media.iter().flat_map(|file| &file.thumbnails);
        extras.image = self.image.take().or_else(|| thumbnails.next().cloned());
        if !self.extensions.is_empty() {
            extras::sort(&mut extras, std::mem::take(&mut self.extensions));
        }
        extras
    }

    /// The content and the summary.
    fn texts(&mut self, is_atom: bool) -> (Option<Found<'a>>, Option<Found<'a>>) {
        let mut summaries = std::mem::take(&mut self.summaries);
        // Stable: of equals the first counts.
        summaries.sort_by_key(|found| found.rank);
        let content = best_content(std::mem::take(&mut self.contents));
        let mut summaries = summaries.into_iter();
        let Some(first) = summaries.next() else {
            return (content, None);
        };
        if content.is_some() {
            return (content, Some(first));
        }
        // A caption or a subtitle is no rival of a description.
        let second = summaries.find(|other| {
            other.rank < 3.max(first.rank + 1) && other.text.value != first.text.value
        });
        match second {
            // A second description is what did not fit the first; of others the longer says more.
            Some(second)
                if second.rank == first.rank
                    || second.text.value.len() > first.text.value.len() =>
            {
                (Some(second), Some(first))
            }
            Some(second) => (Some(first), Some(second)),
            None if is_atom => (None, Some(first)),
            None => (Some(first), None),
        }
    }
}

/// Where fields were read.
#[derive(Debug, Default)]
pub(super) struct Told<'a>(Vec<(&'static str, Name<'a>)>);

impl<'a> Told<'a> {
    pub(super) fn tell(&mut self, field: &'static str, from: Option<Name<'a>>) {
        self.0.extend(from.map(|from| (field, from)));
    }

    pub(super) fn into_origins(self) -> Vec<Origin> {
        let each = self.0.into_iter();
        each.map(|(field, from)| Origin::new(field, from.told()))
            .collect()
    }
}

/// The first of the lowest rank; HTML before plain text of the same.
fn best_content(contents: Vec<Found<'_>>) -> Option<Found<'_>> {
    contents
        .into_iter()
        .min_by_key(|found| (found.rank, found.text.kind == TextKind::Plain))
}

pub(super) fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
