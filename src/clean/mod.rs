//! Untrusted to safe: a feed and its entries as published become ones that may be shown.
//!
//! Texts become plain, addresses absolute and of a safe scheme, HTML goes through the one policy of
//! [`html`]. Nothing is judged here (dates, duplicates, what is new): that is `decide`'s. Looks for no
//! talks: that is `split`'s.

mod bounds;
mod extras;
mod finish;
mod html;
mod links;
mod pixels;
mod text;

use std::collections::HashSet;

use url::Url;

use crate::model::{
    Category, Enclosure, Entry, EntrySource, Feed, Original, PageLinks, Person, RawEntry, RawFeed,
    SafeHtml, Tag, TagOrigin, Text, TextKind,
};
use links::Bases;

/// Bytes of an entry's content, behind which the rest is left out.
pub(crate) const LONGEST: usize = bounds::LENGTH;

/// The feed made safe, without its entries. `location` is where the document stood.
pub(crate) fn feed(raw: &RawFeed, location: Option<&Url>) -> Feed {
    let self_url = raw.self_url.as_deref();
    let self_url = self_url.and_then(|url| links::page(url, location));
    let site_url = raw.site_url.as_deref();
    let site_url = site_url.and_then(|url| links::page(url, location));
    let address = |url: Option<&String>| url.and_then(|url| links::page(url, location));
    let bases = Bases::new(&[site_url.as_deref(), self_url.as_deref()], location, None);
    Feed {
        guid: raw.guid.as_deref().map(text::guid),
        title: raw.title.as_ref().and_then(text::title),
        subtitle: raw.subtitle.as_ref().and_then(text::summary),
        authors: people(&raw.authors, bases.base()),
        language: raw.language.as_deref().and_then(text::language),
        rights: raw.rights.as_ref().and_then(text::title),
        image: raw.image.as_deref().and_then(|url| bases.media(url)),
        updated: raw.updated,
        hints: raw.hints,
        generator: raw
            .generator
            .as_deref()
            .map(Text::plain)
            .as_ref()
            .and_then(text::title),
        location: location.map(Url::to_string),
        pages: PageLinks {
            prev_archive: address(raw.pages.prev_archive.as_ref()),
            next: address(raw.pages.next.as_ref()),
        },
        entries: Vec::new(),
        site_url,
        self_url,
    }
}

/// One entry of `feed` made safe, with no talks yet. `location` is where the document stood.
pub(crate) fn entry(raw: RawEntry, feed: &Feed, location: Option<&Url>) -> Entry {
    let (hash, fingerprint) = (raw.hash(), Some(raw.fingerprint()));
    let around = [feed.site_url.as_deref(), feed.self_url.as_deref()];
    let feed_bases = Bases::new(&around, location, None);
    let page = |url: &String| links::page(url, feed_bases.base());
    let url = raw.url.as_ref().and_then(page);
    let bases = Bases::new(
        &[raw.base.as_deref(), url.as_deref(), around[0], around[1]],
        location,
        url.as_deref(),
    );
    let on_disk = location.filter(|at| raw.is_note && url.is_none() && at.scheme() == "file");
    let bases = on_disk.map_or(bases, |folder| Bases::of_note(&raw.guid, folder));
    let blank = |text: &&Text| !text.value.trim().is_empty();
    // A summary alone is all there is to read.
    let shown = raw.content.as_ref().filter(blank).or(raw.summary.as_ref());
    Entry {
        guid: text::guid(&raw.guid),
        title: raw.title.as_ref().and_then(text::title),
        authors: people(&raw.authors, feed_bases.base()),
        tags: tags(&raw.categories),
        published: raw.published,
        updated: raw.updated,
        summary: raw.summary.as_ref().and_then(text::summary),
        content: shown
            .map(|shown| content(shown, &bases))
            .unwrap_or_default(),
        enclosures: enclosures(&raw.enclosures, &bases),
        language: language(&raw, feed),
        source: raw.source.and_then(|source| entry_source(&source)),
        comments_url: raw.comments_url.as_ref().and_then(page),
        extras: extras::extras(raw.extras.as_deref(), &raw.contributors, &bases),
        talks: Vec::new(),
        event: None,
        hash,
        fingerprint,
        original: Original {
            content: raw.unmended.or(raw.content),
            summary: raw.summary,
            base: bases.base().map(Url::to_string),
        },
        url,
    }
}

fn content(text: &Text, bases: &Bases) -> SafeHtml {
    match text.kind {
        TextKind::Html => html::clean(&text.value, bases),
        TextKind::Plain => html::clean(&text::to_html(&text.value), bases),
    }
}

fn language(raw: &RawEntry, feed: &Feed) -> Option<String> {
    let own = raw.language.as_deref().and_then(text::language);
    own.or_else(|| feed.language.clone())
}

fn people(raw: &[Person], base: Option<&Url>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    // A handful of authors is the rule; a list without end is noise, and comparing it is quadratic.
    for person in raw.iter().take(100) {
        let person = Person {
            name: person.name.as_deref().and_then(text::name),
            uri: person
                .uri
                .as_deref()
                .and_then(|uri| links::contact(uri, base)),
            email: person.email.as_deref().and_then(text::email),
        };
        if person != Person::default() && !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

fn tags(categories: &[Category]) -> Vec<Tag> {
    let mut known = HashSet::new();
    categories
        .iter()
        .filter_map(tag)
        .filter(|tag| known.insert(Tag::key(&tag.name)))
        .collect()
}

fn tag(raw: &Category) -> Option<Tag> {
    let category = Category {
        term: text::name(&raw.term).unwrap_or_default(),
        scheme: raw.scheme.as_deref().and_then(text::name),
        label: raw.label.as_deref().and_then(text::name),
    };
    // The term is what people and peers match by; where it is an address, the label says it.
    let name = match &category.label {
        Some(label) if category.term.is_empty() || category.term.contains("://") => label,
        _ => &category.term,
    };
    let mut tag = Tag::new(name, TagOrigin::Feed);
    let says_more = category.scheme.is_some()
        || category
            .label
            .as_ref()
            .is_some_and(|label| *label != category.term);
    if says_more {
        tag.category = Some(Box::new(category));
    }
    (!tag.name.is_empty()).then_some(tag)
}

fn enclosures(raw: &[Enclosure], bases: &Bases) -> Vec<Enclosure> {
    let mut known = HashSet::new();
    raw.iter()
        .filter_map(|enclosure| {
            Some(Enclosure {
                url: bases.media(&enclosure.url)?,
                media_type: enclosure.media_type.as_deref().and_then(text::media_type),
                length: enclosure.length.filter(|&length| length > 0),
            })
        })
        .filter(|enclosure| known.insert(enclosure.url.clone()))
        .collect()
}

fn entry_source(raw: &EntrySource) -> Option<EntrySource> {
    let source = EntrySource {
        guid: raw.guid.as_deref().map(text::guid),
        title: raw
            .title
            .as_deref()
            .and_then(|title| text::title(&Text::html(title))),
        url: raw.url.as_deref().and_then(|url| links::page(url, None)),
    };
    (source != EntrySource::default()).then_some(source)
}

#[cfg(test)]
mod tests;
