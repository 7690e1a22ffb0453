//! Keeps from others what leads to files on a person's own disk.

use std::io;

use crate::model::{ArchivedEntry, Talk};
use crate::query::{Digest, DigestHead, Found, Item, Want};

/// Notes link to files beside them; outside of their disk nobody could follow, and everybody could read
/// where they are.
pub(super) struct Shared<'a> {
    digest: Box<dyn Digest + 'a>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(digest: Box<dyn Digest + 'a>) -> Self {
        Self { digest }
    }
}

impl Digest for Shared<'_> {
    fn wants(&self, what: Want) -> bool {
        self.digest.wants(what)
    }

    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.digest.begin(head)
    }

    fn found(&mut self, found: Found) {
        self.digest.found(found);
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        self.digest.group(heading)
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        if !item.entry().entry.content.has_local_addresses() {
            return self.digest.item(item);
        }
        let shared = for_others(item.entry());
        match item {
            Item::Entry(_) => self.digest.item(Item::Entry(&shared)),
            Item::Talk(archived, talk) => {
                let at = archived.entry.talks.iter().position(|own| own == talk);
                let own = at.and_then(|at| shared.entry.talks.get(at));
                self.digest.item(Item::Talk(&shared, own.unwrap_or(talk)))
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.digest.end()
    }
}

fn for_others(archived: &ArchivedEntry) -> ArchivedEntry {
    let mut shared = archived.clone();
    let section = |talk: &Talk| [talk.section.start, talk.section.end];
    let mut bounds: Vec<[usize; 2]> = shared.entry.talks.iter().map(section).collect();
    let mut places: Vec<&mut usize> = bounds.iter_mut().flatten().collect();
    shared.entry.content = archived.entry.content.without_local_addresses(&mut places);
    for (talk, [start, end]) in shared.entry.talks.iter_mut().zip(bounds) {
        talk.section = start..end;
    }
    shared
}
