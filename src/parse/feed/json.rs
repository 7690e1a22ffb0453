//! What feed-rs leaves out of a JSON Feed: its version, and which of its links is which.
//! https://www.jsonfeed.org/version/1.1/

use serde::Deserialize;
use serde_json::Value;

use crate::model::{Enclosure, FeedFormat, RawFeed};
use crate::parse::error::{ParseError, excerpt};

/// Each member is taken as it comes: a wrong type in one must not cost the others.
#[derive(Debug, Deserialize)]
pub(super) struct Facts {
    #[serde(default)]
    version: Value,
    #[serde(default)]
    home_page_url: Value,
    #[serde(default)]
    feed_url: Value,
    #[serde(default)]
    next_url: Value,
    #[serde(default)]
    items: Vec<Value>,
}

impl Facts {
    pub(super) fn read(text: &str) -> Result<Self, ParseError> {
        let facts: Self = serde_json::from_str(text).map_err(|error| ParseError::Broken {
            format: "JSON",
            message: excerpt(&error.to_string()),
        })?;
        if facts
            .version
            .as_str()
            .is_some_and(|version| version.contains("jsonfeed.org/version/"))
        {
            Ok(facts)
        } else {
            Err(ParseError::NotAFeed("JSON of another kind".to_owned()))
        }
    }

    pub(super) fn format(&self) -> FeedFormat {
        let version = self.version.as_str().unwrap_or_default();
        if version.trim_end_matches('/').ends_with("/1") {
            FeedFormat::JsonFeed10
        } else {
            FeedFormat::JsonFeed11
        }
    }

    /// Puts links, attachments and languages in their places.
    pub(super) fn add_to(&self, feed: &mut RawFeed) {
        feed.site_url = text(&self.home_page_url);
        feed.self_url = text(&self.feed_url);
        feed.pages.next = text(&self.next_url);
        if self.items.len() != feed.entries.len() {
            return;
        }
        for (entry, item) in feed.entries.iter_mut().zip(&self.items) {
            entry.url = text(&item["url"]).or_else(|| text(&item["external_url"]));
            entry.language = text(&item["language"]);
            entry.enclosures = item["attachments"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(attachment)
                .collect();
            // feed-rs takes the plain content for a summary where there is HTML as well.
            if text(&item["summary"]).is_none() {
                entry.summary = None;
            }
        }
    }
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn attachment(value: &Value) -> Option<Enclosure> {
    Some(Enclosure {
        url: text(&value["url"])?,
        media_type: text(&value["mime_type"]),
        length: value["size_in_bytes"].as_u64().filter(|length| *length > 0),
    })
}
