//! The feed as other programs read it, beside what the archive holds.

use feed_rs::model::Entry;
use serde_json::{Value, json};

use super::corpus::exported;
use crate::support::Hall;

/// The entries as the archive has them, in the feed's order; without links to files, which no feed tells.
pub(crate) fn kept(hall: &Hall) -> Vec<Value> {
    let lines = exported(hall, "jsonl", "entry");
    let entries = lines.lines().map(|line| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        if let Some(content) = entry["content_html"].as_str() {
            entry["content_html"] = shared(content).into();
        }
        entry
    });
    entries.collect()
}

fn shared(content: &str) -> String {
    let mut pictures = String::new();
    let mut after = content;
    while let Some(at) = after.find("<img") {
        let end = at + after[at..].find('>').unwrap() + 1;
        let tag = &after[at..end];
        pictures.push_str(&after[..at]);
        let alt = tag
            .split_once(" alt=\"")
            .and_then(|(_, alt)| alt.split('"').next());
        let local = tag.contains(" src=\"file:");
        pictures.push_str(if local { alt.unwrap_or_default() } else { tag });
        after = &after[end..];
    }
    pictures.push_str(after);
    let mut rest = pictures.as_str();
    let mut shared = String::new();
    let local = |rest: &str| {
        [" href=\"file:", " src=\"file:"]
            .iter()
            .filter_map(|start| Some((rest.find(start)?, start.len())))
            .min()
    };
    while let Some((at, length)) = local(rest) {
        shared.push_str(&rest[..at]);
        let value = &rest[at + length..];
        rest = &value[value.find('"').unwrap() + 1..];
        rest = rest
            .strip_prefix(" rel=\"noopener noreferrer\"")
            .unwrap_or(rest);
    }
    shared + rest
}

/// Reads the three formats with hallway itself and with feed-rs.
pub(crate) fn check(hall: &Hall) {
    let kept = kept(hall);
    for format in ["atom", "rss", "jsonfeed"] {
        let feed = exported(hall, format, "entry");
        let ran = hall.run_with_stdin(["parse", "-"], feed.as_bytes());
        let read = ran.status(0).stdout_json();
        assert_eq!(read["_hallway"]["repairs"], json!([]), "{format}");
        by_hallway(&kept, &read, format);
        let read = feed_rs::parser::parse(feed.as_bytes()).unwrap();
        by_feed_rs(&kept, &read.entries, format);
    }
}

/// When an entry was last changed, as a feed says it.
fn changed(entry: &Value) -> &str {
    let known = [&entry["published"], &entry["updated"], &entry["date"]];
    known.into_iter().filter_map(Value::as_str).max().unwrap()
}

fn or_date<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().or(entry["date"].as_str()).unwrap()
}

/// White space around a text is none of it.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default().trim()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn names(people: &Value) -> Vec<String> {
    let people = list(people);
    let name = |person: &Value| {
        let name = person["name"].as_str().or(person["email"].as_str());
        let url = person["url"]
            .as_str()
            .map(|url| url.trim_start_matches("mailto:"));
        name.or(person["uri"].as_str()).or(url).map(str::to_owned)
    };
    people.iter().filter_map(name).collect()
}

/// A name that is only an address stands in Atom without its host.
fn as_in(format: &str, names: Vec<String>) -> Vec<String> {
    let user = |name: String| match (format, name.split_once('@')) {
        ("atom", Some((user, _))) => user.to_owned(),
        _ => name,
    };
    names.into_iter().map(user).collect()
}

fn by_hallway(kept: &[Value], read: &Value, format: &str) {
    let items = list(&read["items"]);
    assert_eq!(items.len(), kept.len(), "{format}");
    for (kept, read) in kept.iter().zip(&items) {
        let what = format!("{format}: {} of {}", kept["guid"], kept["feed_url"]);
        assert_eq!(read["title"], kept["title"], "{what}");
        if kept["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("http"))
        {
            assert_eq!(read["url"], kept["url"], "{what}");
        }
        assert_eq!(
            text(&read["content_html"]),
            text(&kept["content_html"]),
            "{what}"
        );
        assert_eq!(read["summary"], kept["summary"], "{what}");
        assert_eq!(list(&read["tags"]), list(&kept["tags"]), "{what}");
        assert_eq!(
            as_in(format, names(&read["authors"])),
            as_in(format, names(&kept["authors"])),
            "{what}"
        );
        let published = match format {
            "atom" => kept["published"].as_str(),
            // Where nobody says when, the day it came.
            _ => Some(or_date(kept, "published")),
        };
        assert_eq!(read["date_published"].as_str(), published, "{what}");
        let updated = match format {
            "atom" => Some(changed(kept)),
            "rss" => kept["updated"].as_str(),
            _ => kept["updated"].as_str().map(|_| changed(kept)),
        };
        assert_eq!(read["date_modified"].as_str(), updated, "{what}");
        let files = |entry: &Value| -> Vec<Value> {
            list(entry).iter().map(|file| file["url"].clone()).collect()
        };
        assert_eq!(
            files(&read["attachments"]),
            files(&kept["enclosures"]),
            "{what}"
        );
    }
}

fn by_feed_rs(kept: &[Value], read: &[Entry], format: &str) {
    assert_eq!(read.len(), kept.len(), "{format}");
    for (kept, read) in kept.iter().zip(read) {
        let what = format!("{format}: {} of {}", kept["guid"], kept["feed_url"]);
        let guid = kept["guid"].as_str().unwrap();
        assert!(
            read.id == guid || read.id.starts_with("tag:hallway.example,2026:"),
            "{what} is {}",
            read.id
        );
        let content = read
            .content
            .as_ref()
            .and_then(|content| content.body.as_deref());
        assert_eq!(
            content.unwrap_or_default().trim(),
            kept["content_html"].as_str().unwrap_or_default().trim(),
            "{what}"
        );
        let tags: Vec<_> = read
            .categories
            .iter()
            .map(|tag| tag.label.as_ref().unwrap_or(&tag.term))
            .collect();
        assert_eq!(tags.len(), list(&kept["tags"]).len(), "{what}");
        let published = read
            .published
            .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        if format != "atom" || kept["published"].is_string() {
            assert_eq!(
                published.as_deref(),
                Some(or_date(kept, "published")),
                "{what}"
            );
        }
    }
}

pub(crate) fn compare_with_feedparser(kept: &[Value], read: &Value, format: &str) {
    let entries = list(&read["entries"]);
    assert_eq!(entries.len(), kept.len(), "{format}");
    let stamp = |text: &str| {
        chrono::DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp()
    };
    for (kept, read) in kept.iter().zip(&entries) {
        let what = format!("{format}: {} of {}", kept["guid"], kept["feed_url"]);
        let guid = &kept["guid"];
        let id = read["id"].as_str().unwrap();
        assert!(
            guid == id || id.starts_with("tag:hallway.example,2026:"),
            "{what} is {id}"
        );
        // feedparser takes white space of titles for what it is to HTML.
        assert_eq!(read["title"], kept["title"], "{what}");
        if kept["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("http"))
        {
            assert_eq!(read["link"], kept["url"], "{what}");
        }
        assert_eq!(
            read["content"].as_str().unwrap().trim(),
            kept["content_html"].as_str().unwrap_or_default().trim(),
            "{what}"
        );
        let authors = as_in(format, names(&kept["authors"]));
        // Out of an address feedparser makes a name of its own.
        if !authors.iter().any(|name| name.contains('@')) {
            assert_eq!(json!(authors), read["authors"], "{what}");
        }

        let published = if format == "atom" {
            kept["published"].as_str()
        } else {
            Some(or_date(kept, "published"))
        };
        assert_eq!(read["published"].as_i64(), published.map(stamp), "{what}");
        if format == "atom" {
            assert_eq!(
                read["updated"].as_i64(),
                Some(stamp(changed(kept))),
                "{what}"
            );
        }
        assert_eq!(
            list(&read["tags"]).len(),
            list(&kept["tags"]).len(),
            "{what}"
        );
        assert_eq!(
            list(&read["enclosures"]).len(),
            list(&kept["enclosures"]).len(),
            "{what}"
        );
    }
}
