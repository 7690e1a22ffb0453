//! JSON Feed 1.1 as its specification wants it.

use std::collections::HashSet;

use serde_json::Value;

use super::values::{self, Faults};

pub(crate) fn faults(document: &str) -> Faults {
    let mut faults = Faults::new();
    let feed: Value = serde_json::from_str(document).unwrap();
    each_text(&feed, &mut |text| values::characters(text, &mut faults));
    if feed["version"] != "https://jsonfeed.org/version/1.1" || !feed["title"].is_string() {
        faults.push("the head is incomplete".to_owned());
    }
    values::web(
        feed["feed_url"].as_str().unwrap_or_default(),
        "feed_url",
        &mut faults,
    );
    if feed["next_url"] == feed["feed_url"] {
        faults.push("the next page is this one".to_owned());
    }
    let mut ids = HashSet::new();
    for item in feed["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap_or_default();
        if !ids.insert(id) {
            faults.push(format!("two items are {id}"));
        }
        check_item(item, id, &mut faults);
    }
    faults
}

fn check_item(item: &Value, id: &str, faults: &mut Faults) {
    values::id(id, "an item's id", faults);
    match item["content_html"].as_str() {
        Some(html) => values::html(html, &format!("the content of {id}"), faults),
        None => faults.push(format!("{id} has no content")),
    }
    for name in ["url", "external_url", "image"] {
        if let Some(address) = item[name].as_str() {
            values::web(address, &format!("{name} of {id}"), faults);
        }
    }
    for name in ["title", "summary", "language"] {
        if !matches!(item[name], Value::Null | Value::String(_)) {
            faults.push(format!("{name} of {id} is no text"));
        }
    }
    for name in ["date_published", "date_modified"] {
        if let Some(date) = item[name].as_str() {
            values::rfc3339(date, &format!("{name} of {id}"), faults);
        }
    }
    for author in item["authors"].as_array().into_iter().flatten() {
        if author["name"].is_null() && author["url"].is_null() {
            faults.push(format!("{id} has an author of whom nothing is known"));
        }
    }
    for tag in item["tags"].as_array().into_iter().flatten() {
        if tag.as_str().is_none_or(|tag| tag.trim().is_empty()) {
            faults.push(format!("{id} has the tag {tag}"));
        }
    }
    for file in item["attachments"].as_array().into_iter().flatten() {
        values::web(
            file["url"].as_str().unwrap_or_default(),
            &format!("a file of {id}"),
            faults,
        );
        values::media_type(file["mime_type"].as_str().unwrap_or_default(), id, faults);
    }
}

fn each_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, look)),
        Value::Object(members) => members.values().for_each(|value| each_text(value, look)),
        _ => {}
    }
}
