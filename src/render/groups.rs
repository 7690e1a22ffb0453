//! Says where a group of items begins.

use std::io;

use super::wording;
use crate::model::Event;
use crate::query::{Digest, DigestHead, Found, Group, Item, Want};

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
                Some(event) => {
                    let key = Event::of(&archived.entry).map(|event| event.key());
                    (key.unwrap_or_default(), event.clone())
                }
                None => (String::new(), "Of no event".to_owned()),
            },
        }
    }
}

impl Digest for Grouped<'_> {
    fn wants(&self, what: Want) -> bool {
        self.digest.wants(what)
    }

    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.digest.begin(head)
    }

    fn found(&mut self, found: Found) {
        self.digest.found(found);
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

#[cfg(test)]
mod tests {
    use super::super::{Format, Settings, samples};
    use super::*;

    fn grouped(group: Group, format: Format) -> String {
        let settings = Settings {
            group,
            ..Settings::default()
        };
        samples::rendered(format, &settings, &samples::both())
    }

    fn headings(group: Group) -> Vec<String> {
        let text = grouped(group, Format::Markdown);
        let lines = text.lines().filter_map(|line| line.strip_prefix("## "));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn each_group_has_its_heading_above_its_items() {
        assert_eq!(headings(Group::Day), ["2019-10-30", "2019-05-06"]);
        assert_eq!(headings(Group::Feed), ["Notes of a Visitor", "Ops log"]);
        assert_eq!(headings(Group::Event).last().unwrap(), "Of no event");
        assert_eq!(headings(Group::None).len(), 2);
        let text = grouped(Group::Day, Format::Text);
        assert!(
            text.starts_with("2019-10-30\n──────────\n   12  DevOpsDays"),
            "{text}"
        );
        assert!(
            text.contains("\n\n2019-05-06\n──────────\n    7  Runbooks"),
            "{text}"
        );
        let html = grouped(Group::Day, Format::Html);
        assert!(
            html.contains("<section class=\"group\">\n<h2 dir=\"auto\">2019-10-30</h2>"),
            "{html}"
        );
        assert_eq!(
            html.matches("<section").count(),
            html.matches("</section>").count()
        );
        let item = "<h3 dir=\"auto\"><a";
        assert!(
            html.contains(item) && !html.contains("<h2 dir=\"auto\"><a"),
            "{html}"
        );
        let mail = grouped(Group::Day, Format::Eml);
        assert_ne!(mail, grouped(Group::None, Format::Eml));
    }

    #[test]
    fn formats_without_headings_are_as_ever() {
        for format in [
            Format::Atom,
            Format::Rss,
            Format::Jsonfeed,
            Format::Jsonl,
            Format::Csv,
        ] {
            assert_eq!(grouped(Group::Feed, format), grouped(Group::None, format));
        }
    }
}
