//! From feed-rs's model to ours, undoing what feed-rs makes up.

use feed_rs::model as theirs;

use crate::model::{
    Category, Enclosure, FeedFormat, PageLinks, Person, PollHints, RawEntry, RawFeed, Text,
};

pub(super) fn feed(feed: theirs::Feed, format: FeedFormat) -> RawFeed {
    let dialect = Dialect::of(format);
    let editors = feed
        .contributors
        .into_iter()
        .filter(|person| person.role.as_deref() == Some("managingEditor"));
    RawFeed {
        format,
        guid: Some(feed.id.trim().to_owned()).filter(|guid| !guid.is_empty()),
        title: feed.title.and_then(|title| dialect.text(title)),
        subtitle: feed.description.and_then(|text| dialect.text(text)),
        site_url: pick(&feed.links, is_alternate),
        self_url: pick(&feed.links, |link| has_rel(link, "self")),
        authors: feed
            .authors
            .into_iter()
            .chain(editors)
            .map(person)
            .collect(),
        language: feed.language.and_then(some_text),
        rights: feed.rights.and_then(|text| dialect.text(text)),
        generator: feed
            .generator
            .and_then(|generator| some_text(generator.content)),
        image: feed
            .logo
            .or(feed.icon)
            .and_then(|image| some_text(image.uri)),
        updated: feed.updated.or(feed.published),
        hints: PollHints {
            ttl: feed.ttl,
            ..PollHints::default()
        },
        pages: PageLinks {
            prev_archive: pick(&feed.links, |link| has_rel(link, "prev-archive")),
            next: pick(&feed.links, |link| has_rel(link, "next")),
        },
        entries: feed
            .entries
            .into_iter()
            .map(|entry| dialect.entry(entry))
            .collect(),
        ..RawFeed::default()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Atom,
    Rss,
    Json,
}

impl Dialect {
    fn of(format: FeedFormat) -> Self {
        match format {
            FeedFormat::Atom03 | FeedFormat::Atom10 => Self::Atom,
            FeedFormat::JsonFeed10 | FeedFormat::JsonFeed11 => Self::Json,
            _ => Self::Rss,
        }
    }

    fn text(self, text: theirs::Text) -> Option<Text> {
        let html = self == Self::Rss || is_html(text.content_type.as_str());
        Some(marked(some_text(text.content)?, html))
    }

    fn entry(self, entry: theirs::Entry) -> RawEntry {
        let mut summary = entry.summary.and_then(|text| self.text(text));
        let mut content = entry.content.and_then(|content| self.content(content));
        if self == Self::Rss && content.is_none() {
            content = summary.take();
        }
        // feed-rs copies RSS's date into the field that RSS has not.
        let updated = entry
            .updated
            .filter(|updated| self != Self::Rss || entry.published != Some(*updated));
        RawEntry {
            url: pick(&entry.links, is_alternate),
            title: entry.title.and_then(|title| self.text(title)),
            authors: entry.authors.into_iter().map(person).collect(),
            contributors: entry.contributors.into_iter().map(person).collect(),
            categories: entry.categories.into_iter().filter_map(category).collect(),
            published: entry.published,
            updated,
            summary,
            content,
            enclosures: enclosures(&entry.links, &entry.media),
            language: entry.language.and_then(some_text),
            base: entry.base.and_then(some_text),
            comments_url: pick(&entry.links, |link| {
                link.target == Some(theirs::LinkTarget::Comments)
                    || (has_rel(link, "replies") && link.media_type.as_deref().is_none_or(is_html))
            }),
            guid: entry.id,
            ..RawEntry::default()
        }
    }

    fn content(self, content: theirs::Content) -> Option<Text> {
        let media_type = content.content_type.as_str().to_ascii_lowercase();
        let html = self == Self::Rss || is_html(&media_type) || media_type.ends_with("xml");
        // Anything but text is base64 of a picture or the like.
        if !html && !media_type.starts_with("text/") {
            return None;
        }
        Some(marked(some_text(content.body?)?, html))
    }
}

fn marked(value: String, html: bool) -> Text {
    if html {
        Text::html(value)
    } else {
        Text::plain(value)
    }
}

fn is_html(media_type: &str) -> bool {
    media_type.to_ascii_lowercase().contains("html")
}

fn some_text(text: String) -> Option<String> {
    if text.trim().is_empty() {
        None
    } else {
        Some(text)
    }
}

fn has_rel(link: &theirs::Link, rel: &str) -> bool {
    link.rel.as_deref().is_some_and(|known| {
        known.eq_ignore_ascii_case(rel)
            // RFC 4287, 4.2.7.2: the registry's address and the word mean the same.
            || known.strip_prefix("http://www.iana.org/assignments/relation/") == Some(rel)
    })
}

/// What the feed or entry stands for on the web. RSS's own links and JSON Feed's have no `rel`.
fn is_alternate(link: &theirs::Link) -> bool {
    link.target.is_none() && (link.rel.is_none() || has_rel(link, "alternate"))
}

/// The first fitting link, one to a page before others.
fn pick(links: &[theirs::Link], fits: impl Fn(&theirs::Link) -> bool) -> Option<String> {
    let fitting = || {
        links
            .iter()
            .filter(|link| fits(link) && !link.href.trim().is_empty())
    };
    fitting()
        .find(|link| link.media_type.as_deref().is_none_or(is_html))
        .or_else(|| fitting().next())
        .map(|link| link.href.trim().to_owned())
}

fn person(person: theirs::Person) -> Person {
    // RSS's `mail (Name)` comes with its brackets.
    let bare = |name: String| {
        let trimmed = name.trim();
        let inside = trimmed
            .strip_prefix('(')
            .and_then(|name| name.strip_suffix(')'));
        some_text(inside.unwrap_or(trimmed).trim().to_owned())
    };
    Person {
        name: person.name.and_then(bare),
        uri: person.uri.and_then(some_text),
        email: person.email.and_then(some_text),
    }
}

fn category(category: theirs::Category) -> Option<Category> {
    Some(Category {
        term: some_text(category.term)?,
        scheme: category.scheme.and_then(some_text),
        label: category.label.and_then(some_text),
    })
}

fn enclosures(links: &[theirs::Link], media: &[theirs::MediaObject]) -> Vec<Enclosure> {
    let linked = links
        .iter()
        .filter(|link| has_rel(link, "enclosure"))
        .map(|link| Enclosure {
            url: link.href.clone(),
            media_type: link.media_type.clone(),
            length: link.length.filter(|length| *length > 0),
        });
    let attached = media
        .iter()
        .flat_map(|object| &object.content)
        .filter_map(|content| {
            Some(Enclosure {
                url: content.url.as_ref()?.as_str().to_owned(),
                media_type: content
                    .content_type
                    .as_ref()
                    .map(|kind| kind.as_str().to_owned()),
                length: content.size.filter(|length| *length > 0),
            })
        });
    let mut seen = std::collections::HashSet::new();
    linked
        .chain(attached)
        .filter(|enclosure| !enclosure.url.is_empty() && seen.insert(enclosure.url.clone()))
        .collect()
}
