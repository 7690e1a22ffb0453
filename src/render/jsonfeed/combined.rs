//! An answer as one combined feed.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::super::identity::{self, Identities};
use super::super::origin::Origin;
use super::super::wording::{self, rfc3339};
use super::super::xml::legal;
use super::super::{Settings, atom, paging};
use super::{AlsoInFact, Author, FeedOfItem, Item, TalkFacts, VERSION, item, talk};
use crate::model::{ArchivedEntry, Entry, Talk};
use crate::query::{self, Digest, DigestHead};

/// An answer as one combined feed, an item a line.
pub(in super::super) struct JsonFeed<'a> {
    settings: &'a Settings,
    out: &'a mut dyn Write,
    identities: Identities,
    is_empty: bool,
}

impl<'a> JsonFeed<'a> {
    pub(in super::super) fn new(settings: &'a Settings, out: &'a mut dyn Write) -> Self {
        Self {
            settings,
            out,
            identities: Identities::default(),
            is_empty: true,
        }
    }

    fn entry(&mut self, archived: &ArchivedEntry) -> io::Result<()> {
        let id = self.identities.entry(archived);
        let link = wording::entry_link(&archived.entry);
        self.write(&combined(archived, &id, link.as_deref()))
    }

    fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> io::Result<()> {
        let id = self.identities.talk(archived, talk);
        let title = wording::talk_line(talk);
        let content = archived.entry.content_of(talk);
        let link = wording::talk_link(talk);
        let mut item = combined(archived, &id, link.as_deref());
        item.title = Some(&title);
        item.content_html = content.as_str();
        item.summary = None;
        item.attachments = Vec::new();
        item._hallway.extras = None;
        item._hallway.talks = talk_facts(&archived.entry, talk);
        self.write(&item)
    }

    fn write(&mut self, item: &Item<'_>) -> io::Result<()> {
        let before: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.out.write_all(before)?;
        self.is_empty = false;
        let mut json = Serializer::with_formatter(&mut *self.out, WithoutControls);
        Ok(item.serialize(&mut json)?)
    }
}

fn talk_facts<'a>(entry: &Entry, of: &'a Talk) -> Vec<TalkFacts<'a>> {
    let mut facts = talk(entry, of);
    // The item's own address says it, where others can follow it.
    facts.url = None;
    vec![facts]
}

/// An item that others may read: links that lead somewhere, an id that is theirs alone, and its feed.
fn combined<'a>(archived: &'a ArchivedEntry, id: &'a str, link: Option<&'a str>) -> Item<'a> {
    let entry = &archived.entry;
    let mut item = item(entry);
    item.id = id;
    item.url = link;
    // A dated item is sorted by its date; one without would be "now" in many readers, each time anew.
    item.date_published = rfc3339(entry.published.unwrap_or_else(|| archived.date()));
    item.date_modified = entry.updated.and(rfc3339(archived.changed()));
    item.language = item.language.filter(|tag| atom::is_language(tag));
    item.attachments
        .retain(|attachment| wording::web(&attachment.url).is_some());
    for attachment in &mut item.attachments {
        attachment.url = wording::web(&attachment.url).unwrap_or_default().into();
        attachment.mime_type =
            atom::media_type(attachment.mime_type).unwrap_or("application/octet-stream");
    }
    keep_web_addresses(&mut item.authors);
    for talk in &mut item._hallway.talks {
        talk.url = talk.url.filter(|url| wording::web(url).is_some());
    }
    item.image = item
        .image
        .filter(|url| wording::web(url).as_deref() == Some(*url));
    let facts = &mut item._hallway;
    facts.comments_url = facts.comments_url.filter(|url| wording::web(url).is_some());
    // What leads somewhere else is for who parses a feed; a combined feed says what others can use. The
    // source stands in `feed`.
    facts.source = None;
    if let Some(extras) = &mut facts.extras {
        extras.links = &[];
        extras.in_reply_to = &[];
        extras.media = &[];
        extras.extensions = &[];
    }
    let others = archived.also_in.iter().map(|other| AlsoInFact {
        feed_url: wording::web(&other.feed_url),
        feed_title: other.feed_title.as_deref(),
    });
    facts.also_in = others.collect();
    let origin = Origin::of(archived);
    facts.feed = Some(FeedOfItem {
        id: origin.id,
        title: origin.title.into_owned(),
        url: origin.feed,
        site_url: origin.site,
        updated: origin.updated.and_then(rfc3339),
        rights: origin.rights,
        via: origin.via,
    });
    item
}

impl Digest for JsonFeed<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        let facts = HeadFacts {
            id: identity::digest(&head.title),
            updated: head.updated.and_then(rfc3339),
        };
        write!(
            self.out,
            "{{\n\"version\": {},\n\"title\": {},\n",
            json(VERSION)?,
            json(&head.title)?
        )?;
        let own = self.settings.self_url.as_ref();
        if let Some(url) = own.and_then(|url| wording::web(url.as_str())) {
            writeln!(self.out, "\"feed_url\": {},", json(&url)?)?;
        }
        if let Some(url) = paging::next_url(self.settings) {
            writeln!(self.out, "\"next_url\": {},", json(&url)?)?;
        }
        writeln!(self.out, "\"_hallway\": {},", json(&facts)?)?;
        self.out.write_all(b"\"items\": [")
    }

    fn item(&mut self, item: query::Item<'_>) -> io::Result<()> {
        match item {
            query::Item::Entry(entry) => self.entry(entry),
            query::Item::Talk(entry, talk) => self.talk(entry, talk),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let end: &[u8] = if self.is_empty {
            b"]\n}\n"
        } else {
            b"\n]\n}\n"
        };
        self.out.write_all(end)
    }
}

/// What JSON Feed has no word for.
#[derive(Serialize)]
struct HeadFacts {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
}

fn keep_web_addresses(people: &mut Vec<Author<'_>>) {
    let is_mail = |url: &str| url.strip_prefix("mailto:").is_some_and(atom::is_address);
    for person in &mut *people {
        let url = person.url.take();
        person.url = url.and_then(|url| match is_mail(&url) {
            true => Some(url),
            false => wording::web(&url),
        });
    }
    people.retain(|person| person.name.is_some() || person.url.is_some());
}

fn json(value: &(impl Serialize + ?Sized)) -> io::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, WithoutControls))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Leaves out the characters that XML forbids: JSON may hold them, but many a reader makes XML or a
/// page of what it was given.
struct WithoutControls;

impl Formatter for WithoutControls {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        writer.write_all(legal(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(_) | CharEscape::Backspace | CharEscape::FormFeed => Ok(()),
            kept => CompactFormatter.write_char_escape(writer, kept),
        }
    }
}
