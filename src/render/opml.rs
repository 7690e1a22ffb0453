//! OPML 2.0: the feeds of an answer, as subscriptions that another program can take over.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::wording;
use super::xml::Xml;
use crate::model::{ArchivedEntry, TagOrigin};
use crate::query::{Digest, DigestHead, Item};

pub(super) struct Opml<'a> {
    xml: Xml<'a>,
    /// By title and address, so that the order is the same however the entries came.
    feeds: BTreeMap<(String, String), Outline>,
}

struct Outline {
    site: Option<String>,
    tags: Vec<String>,
}

impl<'a> Opml<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            xml: Xml::new(out),
            feeds: BTreeMap::new(),
        }
    }

    fn add(&mut self, archived: &ArchivedEntry) {
        // Nobody else can subscribe to a file of this machine.
        let Some(address) = wording::web(&archived.feed.url) else {
            return;
        };
        let key = (wording::feed_name(&archived.feed).into_owned(), address);
        let outline = self.feeds.entry(key).or_insert_with(|| Outline {
            site: archived.feed.site_url.as_deref().and_then(wording::web),
            tags: Vec::new(),
        });
        for tag in &archived.entry.tags {
            // What stands in every entry of the feed is the subscription's.
            if tag.origin == TagOrigin::Subscription && !outline.tags.contains(&tag.name) {
                outline.tags.push(tag.name.clone());
            }
        }
    }
}

impl Digest for Opml<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.xml.declare()?;
        self.xml.open("opml", &[("version", "2.0")])?;
        self.xml.open("head", &[])?;
        self.xml.leaf("title", &head.title)?;
        self.xml.close("head")?;
        self.xml.open("body", &[])
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.add(item.entry());
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        for ((title, address), outline) in &self.feeds {
            // OPML 2.0: a comma ends a category.
            let mut tags: Vec<_> = outline
                .tags
                .iter()
                .map(|tag| tag.replace(',', " "))
                .collect();
            tags.sort();
            let tags = tags.join(",");
            // Also of Atom feeds: readers take only this type for a subscription.
            let mut attributes = vec![
                ("type", "rss"),
                ("text", title.as_str()),
                ("title", title),
                ("xmlUrl", address),
            ];
            attributes.extend(outline.site.as_deref().map(|site| ("htmlUrl", site)));
            if !tags.is_empty() {
                attributes.push(("category", &tags));
            }
            self.xml.empty("outline", &attributes)?;
        }
        self.xml.close("body")?;
        self.xml.close("opml")?;
        self.xml.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Settings, samples};

    #[test]
    fn each_feed_is_one_outline_by_title() {
        let mut answer = samples::both();
        answer.entries.push(samples::conference());
        let opml = samples::rendered(Format::Opml, &Settings::default(), &answer);
        let outlines: Vec<_> = opml
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("<outline"))
            .collect();
        assert_eq!(
            outlines,
            [
                "<outline type=\"rss\" text=\"Notes of a Visitor\" title=\"Notes of a Visitor\" \
                 xmlUrl=\"https://notes.example/feed.xml\" htmlUrl=\"https://notes.example/\" \
                 category=\"DevOps\"/>",
                "<outline type=\"rss\" text=\"Ops log\" title=\"Ops log\" \
                 xmlUrl=\"https://log.example/rss\"/>",
            ]
        );
    }
}
