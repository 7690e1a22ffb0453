//! Which dialect a document is written in.

use crate::model::FeedFormat;
use crate::parse::repair::{Attribute, Element};

use super::get;

/// The dialect, by the root's name, version and namespaces, and whether that version exists.
pub(super) fn format(element: &Element<'_>, attributes: &[Attribute<'_>]) -> (FeedFormat, bool) {
    let version = get(attributes, "version").unwrap_or_default();
    let has = |part: &str| {
        attributes.iter().any(|attribute| {
            attribute.name.starts_with("xmlns")
                && attribute.value.to_ascii_lowercase().contains(part)
        })
    };
    let atom03 = ["0.1", "0.2", "0.3"].contains(&version)
        || [
            "purl.org/atom/ns",
            "necho",
            "newformat",
            "purl.org/echo",
            "purl.org/pie",
            "uri/of/echo",
        ]
        .iter()
        .any(|old| has(old));
    match &*element.local {
        "feed" | "entry" if atom03 => (FeedFormat::Atom03, true),
        "feed" | "entry" => (FeedFormat::Atom10, true),
        "rdf" if has("netscape.com/rdf/simple/0.9") => (FeedFormat::Rss090, true),
        "rdf" => (FeedFormat::Rss10, true),
        "channel" if get(attributes, "href").is_some() || !element.written.starts_with('c') => {
            (FeedFormat::Cdf, true)
        }
        _ => match version {
            "0.90" => (FeedFormat::Rss090, true),
            "0.91" => (FeedFormat::Rss091, true),
            "0.92" => (FeedFormat::Rss092, true),
            "0.93" => (FeedFormat::Rss093, true),
            "0.94" => (FeedFormat::Rss094, true),
            "2.0" => (FeedFormat::Rss20, true),
            _ => (FeedFormat::Rss20, false),
        },
    }
}
