//! Says where a group of items begins.

use std::io;

use super::wording;
use crate::model::event_key;
use crate::query::{Digest, DigestHead, Group, Item};

/// Items come with those of their group together; before the first of each stands what they have in
/// common.
pub(super) struct Grouped<'a> {
    group: Group,
    digest: Box<dyn Digest + 'a>,
    /// What the last item's group is told from others by.
    last: Option<String>,
}

impl<'a> Grouped<'a> {
    pub(super) fn new(group: Group, digest: Box<dyn Digest + 'a>) -> Self {
        Self {
            group,
            digest,
            last: None,
        }
    }

    /// What tells an item's group from others, and its heading.
    fn group_of(&self, item: &Item<'_>) -> (String, String) {
        let archived = item.entry();
        match self.group {
            Group::None => (String::new(), String::new()),
            Group::Day => {
                let day = wording::day(archived.date());
                (day.clone(), day)
            }
            // Two feeds may have one title.
            Group::Feed => (
                archived.feed.url.clone(),
                wording::feed_name(&archived.feed).into_owned(),
            ),
            Group::Event => match &archived.entry.event {
                Some(event) => (event_key(event), event.clone()),
                None => (String::new(), "Of no event".to_owned()),
            },
        }
    }
}

impl Digest for Grouped<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.digest.begin(head)
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        let (key, heading) = self.group_of(&item);
        if self.last.as_ref() != Some(&key) {
            self.digest.group(&heading)?;
            self.last = Some(key);
        }
        self.digest.item(item)
    }

    fn end(&mut self) -> io::Result<()> {
        self.digest.end()
    }
}
