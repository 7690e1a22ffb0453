//! Reads the raw answers that are kept anew, as this version of hallway does, without asking the network.

use super::{Update, inheriting, safe_entry};
use crate::archive::ArchiveError;
use crate::model::{EntryId, PageRead, RawAnswer, Subscription};
use crate::source::{Document, Failure, FailureKind};
use crate::{clean, parse};

/// What reading one answer anew came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reread {
    /// Entries that were not found before; as from the feed's past, no digest shows them.
    pub(crate) new: usize,
    /// Entries that read otherwise now.
    pub(crate) changed: usize,
}

impl Update {
    /// `is_latest`: what the feed says now, so entries that read otherwise take their new form. An older
    /// answer never overwrites what the feed said later.
    pub(crate) fn reread(
        &self,
        feed: &Subscription,
        answer: RawAnswer,
        is_latest: bool,
    ) -> Result<Reread, Failure> {
        let document = Document {
            location: url::Url::parse(&answer.url).ok(),
            content_type: content_type(&answer.response),
            ..Document::from_bytes(answer.body)
        };
        let mut raw = parse::read_feed(&document)?;
        if let Some(site) = &feed.given_site {
            parse::publish_notes(&mut raw, site);
        }
        let location = document.location;
        let safe = clean::feed(&raw, location.as_ref());
        let authors = match raw.format.entries_inherit_authors() {
            true => safe.authors.clone(),
            false => Vec::new(),
        };
        let guids: Vec<&str> = raw
            .entries
            .iter()
            .map(|entry| entry.guid.as_str())
            .collect();
        let mut known = self
            .archive
            .known(feed.id, &guids)
            .map_err(|error| of_archive(&error))?;
        let make = |entry| inheriting(safe_entry(entry, &safe, location.as_ref()), &authors);
        let republished = self.republished(feed, &raw.entries, &known, is_latest, make);
        known.extend(republished.map_err(|error| of_archive(&error))?.found);
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for entry in raw.entries {
            match known.get(&entry.guid) {
                None => new.push(make(entry)),
                // Number 0: a rule has kept it out.
                Some(known)
                    if is_latest && known.id != EntryId(0) && known.hash != entry.hash() =>
                {
                    changed.push((known.id, make(entry)));
                }
                Some(_) => {}
            }
        }
        let page = PageRead {
            feed: feed.id,
            step: None,
            entries: new,
            at: answer.at,
        };
        let new = self
            .archive
            .record_page(&page)
            .map_err(|error| of_archive(&error))?;
        if !changed.is_empty() {
            self.archive
                .reread(&changed)
                .map_err(|error| of_archive(&error))?;
        }
        Ok(Reread {
            new,
            changed: changed.len(),
        })
    }
}

fn of_archive(error: &ArchiveError) -> Failure {
    Failure::new(FailureKind::File, error.to_string())
}

/// The header as it was sent.
fn content_type(head: &str) -> Option<String> {
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then(|| value.trim().to_owned())
    })
}
