//! RSS 2.0 as the W3C's validator and the RSS Board's profile want it.

use std::collections::HashSet;

use super::values::{self, Faults};
use crate::support::xml::{Element, tree};

pub(crate) fn faults(document: &str) -> Faults {
    let mut faults = Faults::new();
    values::characters(document, &mut faults);
    let rss = tree(document);
    let channel = match rss.child("channel") {
        Some(channel) if rss.name == "rss" && rss.get("version") == Some("2.0") => channel,
        _ => return vec![format!("the root is {}", rss.name)],
    };
    for name in ["title", "link", "description"] {
        if channel.all(name).count() != 1
            || channel
                .text_of(name)
                .is_some_and(|text| text.trim().is_empty())
        {
            faults.push(format!("the channel has no {name}"));
        }
    }
    let own: Vec<_> = channel
        .all("atom:link")
        .filter(|link| link.get("rel") == Some("self"))
        .collect();
    if own.len() != 1 || own[0].get("type") != Some("application/rss+xml") {
        faults.push("the channel has no atom:link to itself".to_owned());
    }
    values::web(
        channel.text_of("link").unwrap_or_default(),
        "the channel's link",
        &mut faults,
    );
    let built = channel.text_of("lastBuildDate");
    let built = built.and_then(|text| values::rfc822(text, "lastBuildDate", &mut faults));
    let mut ids = HashSet::new();
    for item in channel.all("item") {
        let id = item.text_of("guid").unwrap_or_default();
        if id.is_empty() || !ids.insert(id) {
            faults.push(format!("two items are {id:?}"));
        }
        let changed = check_item(item, id, &mut faults);
        if changed > built {
            faults.push(format!("{id} is newer than the channel"));
        }
    }
    faults
}

type Date = Option<chrono::DateTime<chrono::Utc>>;

fn check_item(item: &Element, id: &str, faults: &mut Faults) -> Date {
    for name in [
        "title",
        "link",
        "guid",
        "description",
        "content:encoded",
        "enclosure",
        "pubDate",
        "source",
        "comments",
    ] {
        if item.all(name).count() > 1 {
            faults.push(format!("{id} has two {name}"));
        }
    }
    if item.child("title").is_none() && item.child("description").is_none() {
        faults.push(format!("{id} has neither title nor description"));
    }
    let place = |name: &str| item.children.iter().position(|child| child.name == name);
    if place("content:encoded").is_some()
        && place("description").is_none_or(|at| Some(at) > place("content:encoded"))
    {
        faults.push(format!("{id} has its content before its description"));
    }
    check_guid(item, id, faults);
    for name in ["link", "comments"] {
        if let Some(address) = item.text_of(name) {
            values::web(address, &format!("{name} of {id}"), faults);
        }
    }
    if item.child("author").is_some() {
        faults.push(format!(
            "{id} has an author, which would have to be an address"
        ));
    }
    for name in ["dc:creator", "category"] {
        if item.all(name).any(|child| child.text.trim().is_empty()) {
            faults.push(format!("{id} has an empty {name}"));
        }
    }
    for enclosure in item.all("enclosure") {
        values::web(
            enclosure.get("url").unwrap_or_default(),
            &format!("the enclosure of {id}"),
            faults,
        );
        values::media_type(enclosure.get("type").unwrap_or_default(), id, faults);
        if enclosure
            .get("length")
            .is_none_or(|length| length.parse::<u64>().is_err())
        {
            faults.push(format!("{id} has an enclosure without length"));
        }
    }
    if let Some(source) = item.child("source") {
        values::web(
            source.get("url").unwrap_or_default(),
            &format!("the source of {id}"),
            faults,
        );
    }
    if let Some(content) = item.text_of("content:encoded") {
        values::html(content, &format!("the content of {id}"), faults);
    }
    let published = item
        .text_of("pubDate")
        .and_then(|text| values::rfc822(text, id, faults));
    let modified = item.text_of("dcterms:modified");
    let modified = modified.and_then(|text| values::rfc3339(text, id, faults));
    published.max(modified)
}

fn check_guid(item: &Element, id: &str, faults: &mut Faults) {
    match item.child("guid").and_then(|guid| guid.get("isPermaLink")) {
        Some("true") => values::web(id, "a permalink", faults),
        Some("false") => values::id(id, "a guid", faults),
        other => faults.push(format!("{id} has isPermaLink={other:?}")),
    }
}
