//! An entry while it is being read, and what is made of all that was found.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{Category, Enclosure, EntrySource, Person, RawEntry, Text, TextKind};

use super::best::Best;

/// More texts, people, categories or enclosures than any entry has are noise.
const MOST: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) guid: Best<String>,
    /// `guid isPermaLink="false"`.
    pub(super) not_a_permalink: bool,
    /// The id is RSS 1.0's `rdf:about`: a name, with the link beside it.
    pub(super) is_about: bool,
    pub(super) url: Best<String>,
    pub(super) original: Option<String>,
    pub(super) title: Best<Text>,
    pub(super) authors: Vec<Person>,
    pub(super) source_authors: Vec<Person>,
    pub(super) contributors: Vec<Person>,
    pub(super) categories: Vec<Category>,
    pub(super) published: Best<DateTime<Utc>>,
    pub(super) updated: Best<DateTime<Utc>>,
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) summaries: Vec<(u8, Text)>,
    pub(super) contents: Vec<(u8, Text)>,
    pub(super) content_src: Option<String>,
    pub(super) enclosures: Vec<Enclosure>,
    pub(super) language: Best<String>,
    pub(super) base: Best<String>,
    pub(super) source: Option<EntrySource>,
    pub(super) comments_url: Best<String>,
    pub(super) rights: Best<Text>,
}

impl Draft {
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

    pub(super) fn finish(mut self, is_atom: bool) -> RawEntry {
        let (content, summary) = self.texts(is_atom);
        let mut published = self.published.take();
        let mut updated = self.updated.take();
        if published.is_none() {
            published = self.date.or(self.created);
        } else if updated.is_none() {
            updated = self.date.filter(|date| Some(*date) != published);
        }
        let guid = self.guid.take();
        let permalink = guid
            .as_ref()
            .filter(|guid| !self.not_a_permalink && !self.is_about && is_web_address(guid));
        let url = self
            .original
            .take()
            .or_else(|| self.url.take())
            .or_else(|| permalink.cloned())
            .or_else(|| self.content_src.take());
        if self.authors.is_empty() {
            // RFC 4287, 4.2.1.
            self.authors = self.source_authors;
        }
        self.authors.truncate(MOST);
        self.contributors.truncate(MOST);
        self.categories.truncate(MOST);
        self.enclosures.truncate(MOST);
        RawEntry {
            guid: guid.unwrap_or_default(),
            url,
            title: self.title.take(),
            authors: self.authors,
            contributors: self.contributors,
            categories: self.categories,
            published,
            updated,
            summary,
            content,
            enclosures: self.enclosures,
            language: self.language.take(),
            base: self.base.take(),
            source: self
                .source
                .filter(|source| *source != EntrySource::default()),
            comments_url: self.comments_url.take(),
            rights: self.rights.take(),
            ..RawEntry::default()
        }
    }

    /// The content and the summary.
    fn texts(&mut self, is_atom: bool) -> (Option<Text>, Option<Text>) {
        let mut summaries = std::mem::take(&mut self.summaries);
        // Stable: of equals the first counts.
        summaries.sort_by_key(|(rank, _)| *rank);
        let content = best_content(std::mem::take(&mut self.contents));
        if let Some(content) = content {
            return (
                Some(content),
                summaries.into_iter().next().map(|(_, text)| text),
            );
        }
        let mut summaries = summaries.into_iter();
        let Some((rank, first)) = summaries.next() else {
            return (None, None);
        };
        // A caption or a subtitle is no rival of a description.
        let second =
            summaries.find(|(other, text)| *other < 3.max(rank + 1) && text.value != first.value);
        match second {
            // A second description is what did not fit the first; of others the longer says more.
            Some((other, second)) if other == rank || second.value.len() > first.value.len() => {
                (Some(second), Some(first))
            }
            Some((_, second)) => (Some(first), Some(second)),
            None if is_atom => (None, Some(first)),
            None => (Some(first), None),
        }
    }
}

/// The first of the lowest rank; HTML before plain text of the same.
fn best_content(contents: Vec<(u8, Text)>) -> Option<Text> {
    contents
        .into_iter()
        .min_by_key(|(rank, text)| (*rank, text.kind == TextKind::Plain))
        .map(|(_, text)| text)
}

pub(super) fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
