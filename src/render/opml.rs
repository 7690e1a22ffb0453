//! OPML 2.0: feeds as subscriptions that another program can take over. http://opml.org/spec2.opml
//!
//! Each tag is a folder, and a feed with several stands in each of them, as readers write it that know
//! folders only. `category` says the tags again, for readers that know it, but for those with its own
//! separators.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::wording;
use super::xml::Xml;
use crate::model::{ArchivedEntry, Subscription, Tag, TagOrigin};
use crate::query::{Digest, DigestHead, Item};

/// The feeds of an answer.
pub(super) struct Opml<'a> {
    out: &'a mut dyn Write,
    title: String,
    feeds: Feeds,
}

/// By title and address, so that the order is the same however the feeds came.
type Feeds = BTreeMap<(String, String), Outline>;

#[derive(Default)]
struct Outline {
    site: Option<String>,
    tags: Vec<String>,
}

impl Outline {
    fn tag(&mut self, name: &str) {
        let key = Tag::key(name);
        if !self.tags.iter().any(|tag| Tag::key(tag) == key) {
            self.tags.push(name.to_owned());
        }
    }
}

/// Writes all subscriptions, also those to files, which only the same machine can take over again.
pub(crate) fn subscriptions(
    title: &str,
    feeds: &[Subscription],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut outlines = Feeds::new();
    for feed in feeds {
        // A list goes to others: without user and password.
        let key = feed.source.key();
        let address = wording::web(&key).unwrap_or(key);
        let title = feed.title.clone().unwrap_or_else(|| address.clone());
        let outline = outlines.entry((title, address)).or_default();
        outline.site = feed.site_url.as_deref().and_then(wording::web);
        for tag in &feed.tags {
            outline.tag(tag);
        }
    }
    write(title, &outlines, out)
}

fn write(title: &str, feeds: &Feeds, out: &mut dyn Write) -> io::Result<()> {
    let mut folders: BTreeMap<String, (&str, Vec<_>)> = BTreeMap::new();
    for (name, outline) in feeds {
        for tag in &outline.tags {
            let folder = folders.entry(Tag::key(tag)).or_insert((tag, Vec::new()));
            folder.1.push((name, outline));
        }
    }
    let mut xml = Xml::new(out);
    xml.declare()?;
    xml.open("opml", &[("version", "2.0")])?;
    xml.open("head", &[])?;
    xml.leaf("title", title)?;
    xml.close("head")?;
    xml.open("body", &[])?;
    for (name, feeds) in folders.values() {
        xml.open("outline", &[("text", name), ("title", name)])?;
        for (name, outline) in feeds {
            write_feed(&mut xml, name, outline)?;
        }
        xml.close("outline")?;
    }
    for (name, outline) in feeds.iter().filter(|(_, outline)| outline.tags.is_empty()) {
        write_feed(&mut xml, name, outline)?;
    }
    xml.close("body")?;
    xml.close("opml")?;
    xml.finish()
}

fn write_feed(
    xml: &mut Xml<'_>,
    (title, address): &(String, String),
    outline: &Outline,
) -> io::Result<()> {
    let mut categories: Vec<&str> = outline
        .tags
        .iter()
        .map(String::as_str)
        .filter(|tag| !tag.contains([',', '/']))
        .collect();
    categories.sort_by_key(|tag| Tag::key(tag));
    let categories = categories.join(",");
    // Also of Atom feeds: readers take only this type for a subscription.
    let mut attributes = vec![
        ("type", "rss"),
        ("text", title.as_str()),
        ("title", title),
        ("xmlUrl", address),
    ];
    attributes.extend(outline.site.as_deref().map(|site| ("htmlUrl", site)));
    if !categories.is_empty() {
        attributes.push(("category", &categories));
    }
    xml.empty("outline", &attributes)
}

impl<'a> Opml<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            title: String::new(),
            feeds: Feeds::new(),
        }
    }

    fn add(&mut self, archived: &ArchivedEntry) {
        for other in &archived.also_in {
            let name = wording::feed_called(other.feed_title.as_deref(), &other.feed_url);
            if let Some(address) = wording::web(&other.feed_url) {
                self.feeds.entry((name.into_owned(), address)).or_default();
            }
        }
        // Nobody else can subscribe to a file of this machine.
        let Some(address) = wording::web(&archived.feed.url) else {
            return;
        };
        let key = (wording::feed_name(&archived.feed).into_owned(), address);
        let outline = self.feeds.entry(key).or_default();
        outline.site = archived.feed.site_url.as_deref().and_then(wording::web);
        // Of a post in several feeds nobody knows here whose subscription a tag is.
        if archived.also_in.is_empty() {
            for tag in &archived.entry.tags {
                // What stands in every entry of the feed is the subscription's.
                if tag.origin == TagOrigin::Subscription {
                    outline.tag(&tag.name);
                }
            }
        }
    }
}

impl Digest for Opml<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.title.clone_from(&head.title);
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.add(item.entry());
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        write(&self.title, &self.feeds, self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Settings, samples};
    use super::*;

    #[test]
    fn each_feed_is_one_outline_by_title() {
        let mut answer = samples::both();
        answer.entries.push(samples::conference());
        let folder = Tag::new("Operations", TagOrigin::Subscription);
        answer.entries[0].entry.tags.push(folder);
        let opml = samples::rendered(Format::Opml, &Settings::default(), &answer);
        let outlines: Vec<_> = opml
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("<outline"))
            .collect();
        assert_eq!(
            outlines,
            [
                "<outline text=\"Operations\" title=\"Operations\">",
                "<outline type=\"rss\" text=\"Notes of a Visitor\" title=\"Notes of a Visitor\" \
                 xmlUrl=\"https://notes.example/feed.xml\" htmlUrl=\"https://notes.example/\" \
                 category=\"Operations\"/>",
                "<outline type=\"rss\" text=\"Ops log\" title=\"Ops log\" \
                 xmlUrl=\"https://log.example/rss\"/>",
            ]
        );
    }
}
