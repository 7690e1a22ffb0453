//! `fixtures/documents/`: a folder a class of breakage or a format, a document a slip, and beside it in
//! `NAME.expected.json` the members that `hallway parse` must print for it. What is not named there is not
//! compared, so that each expectation says what its document is about; `null` is a member that must be
//! missing. `{"error": "…"}` is a document that is no feed: exit 1, and this in the one line on stderr.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Hall, missing_in_json, repository};

const EXPECTED: &str = ".expected.json";

/// What relative links are resolved against.
const BASE: &str = "https://fixtures.example/";

fn every_file(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            every_file(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// Documents with what is expected of each.
fn pairs() -> Vec<(PathBuf, Value)> {
    let mut all = Vec::new();
    every_file(&repository("fixtures/documents"), &mut all);
    let documents = all
        .into_iter()
        .filter(|path| !path.to_string_lossy().ends_with(EXPECTED));
    documents
        .map(|path| {
            let expected = format!("{}{EXPECTED}", path.display());
            let expected =
                fs::read(&expected).unwrap_or_else(|error| panic!("{expected}: {error}"));
            let expected = serde_json::from_slice(&expected)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, expected)
        })
        .collect()
}

/// What the binary makes of a document: its JSON Feed, or its error.
fn read(hall: &Hall, path: &Path) -> Result<Value, String> {
    let ran = hall.run([
        "parse".as_ref(),
        "--base".as_ref(),
        BASE.as_ref(),
        path.as_os_str(),
    ]);
    match ran.code() {
        Some(0) => Ok(ran.stdout_json()),
        Some(1) if ran.out().is_empty() => Err(ran.err()),
        _ => ran.fail("expected a feed on stdout, or status 1 and nothing there"),
    }
}

fn differences(expected: &Value, read: &Result<Value, String>) -> Vec<String> {
    match (expected["error"].as_str(), read) {
        (None, Ok(feed)) => missing_in_json(expected, feed),
        (Some(said), Err(error)) if error.contains(said) => Vec::new(),
        (None, Err(error)) => vec![format!("no feed: {}", error.trim_end())],
        (Some(said), Err(error)) => {
            vec![format!("expected {said:?}, is {}", error.trim_end())]
        }
        (Some(said), Ok(feed)) => vec![format!(
            "expected {said:?}, is a feed of {} entries",
            feed["items"].as_array().map_or(0, Vec::len)
        )],
    }
}

/// All that fail are named at once.
#[test]
fn each_document_gives_what_was_meant() {
    let hall = Hall::new();
    let root = repository("fixtures/documents");
    let pairs = pairs();
    let mut failed = Vec::new();
    for (path, expected) in &pairs {
        let lines = differences(expected, &read(&hall, path));
        if !lines.is_empty() {
            let name = path.strip_prefix(&root).unwrap_or(path).display();
            failed.push(format!("{name}\n    {}", lines.join("\n    ")));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} documents are not read as they were meant:\n{}\n",
        failed.len(),
        pairs.len(),
        failed.join("\n")
    );
}

/// The document's first lines say what the case is; what cannot hold a comment is named for it.
#[test]
fn each_document_says_what_it_is_about() {
    for (path, expected) in pairs() {
        let bytes = fs::read(&path).unwrap();
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).replace('\0', "");
        let says = head.contains("<!--") || head.contains("_comment") || head.contains("# ");
        let cannot = !expected["_comment"].is_null() || expected["error"].is_string();
        assert!(says || cannot, "{} says nothing of itself", path.display());
    }
}

/// What the specification of JSON Feed 1.1 demands, and nothing let through that it does not know.
fn faults(feed: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let texts = [
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "description",
        "icon",
        "language",
    ];
    check_members(feed, &texts, &["authors", "items"], "feed", &mut faults);
    if feed["version"] != "https://jsonfeed.org/version/1.1" || !feed["title"].is_string() {
        faults.push("feed: version and title are required".to_owned());
    }
    let mut ids = std::collections::HashSet::new();
    for item in feed["items"].as_array().into_iter().flatten() {
        let texts = [
            "id",
            "url",
            "external_url",
            "title",
            "content_html",
            "content_text",
            "summary",
            "date_published",
            "date_modified",
            "language",
            "image",
        ];
        check_members(
            item,
            &texts,
            &["authors", "tags", "attachments"],
            "item",
            &mut faults,
        );
        let id = item["id"].as_str().unwrap_or_default();
        if id.is_empty() || !ids.insert(id) {
            faults.push(format!("item: id {id:?} is missing or doubled"));
        }
        if item["content_html"].is_null() && item["content_text"].is_null() {
            faults.push(format!("item {id}: no content"));
        }
        for name in ["date_published", "date_modified"] {
            let fine = item[name].as_str().is_none_or(is_rfc3339);
            if !fine {
                faults.push(format!("item {id}: {name} is {}", item[name]));
            }
        }
        for tag in item["tags"].as_array().into_iter().flatten() {
            if !tag.is_string() {
                faults.push(format!("item {id}: tag {tag}"));
            }
        }
        for file in item["attachments"].as_array().into_iter().flatten() {
            let size = &file["size_in_bytes"];
            if !is_address(&file["url"])
                || !file["mime_type"].is_string()
                || !(size.is_null() || size.is_u64())
            {
                faults.push(format!("item {id}: attachment {file}"));
            }
        }
    }
    for holder in feed["items"].as_array().into_iter().flatten().chain([feed]) {
        for author in holder["authors"].as_array().into_iter().flatten() {
            if !author["name"].is_string() && !author["url"].is_string() {
                faults.push(format!("author {author}"));
            }
        }
        for name in [
            "url",
            "external_url",
            "home_page_url",
            "feed_url",
            "icon",
            "image",
        ] {
            if !holder[name].is_null() && !is_address(&holder[name]) {
                faults.push(format!("{name} {}", holder[name]));
            }
        }
    }
    faults
}

fn check_members(
    holder: &Value,
    texts: &[&str],
    lists: &[&str],
    what: &str,
    faults: &mut Vec<String>,
) {
    for (name, value) in holder.as_object().into_iter().flatten() {
        let fine = match name.as_str() {
            name if texts.contains(&name) => value.is_string(),
            name if lists.contains(&name) => value.is_array(),
            "_hallway" => value.is_object(),
            _ => false,
        };
        if !fine {
            faults.push(format!("{what}: {name} is {value}"));
        }
    }
}

fn is_address(value: &Value) -> bool {
    let address = value.as_str().unwrap_or_default();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
        && !address.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_rfc3339(text: &str) -> bool {
    let digits = |c: char| if c.is_ascii_digit() { '9' } else { c };
    let shape: String = text.chars().map(digits).collect();
    let (seconds, fraction) = shape.split_once('.').unwrap_or((&shape, "9Z"));
    seconds.trim_end_matches('Z') == "9999-99-99T99:99:99"
        && shape.ends_with('Z')
        && fraction.trim_end_matches('Z').chars().all(|c| c == '9')
}

#[test]
fn what_is_printed_is_json_feed_to_the_letter() {
    let hall = Hall::new();
    let mut all = Vec::new();
    every_file(&repository("fixtures"), &mut all);
    let mut failed = Vec::new();
    for path in all
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(EXPECTED))
    {
        if let Ok(feed) = read(&hall, path) {
            let faults = faults(&feed);
            failed.extend(
                faults
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", path.display())),
            );
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let bad = json!({"version": "1", "items": [{"id": "", "tags": "x", "url": "a b"}], "hubs": []});
    assert_eq!(faults(&bad).len(), 6, "{:?}", faults(&bad));
}

#[test]
fn an_expectation_is_held_to_what_it_names() {
    let feed = json!({"a": 1, "items": [{"id": "x", "url": "y"}]});
    assert_eq!(
        missing_in_json(&json!({"items": [{"id": "x", "title": null}]}), &feed),
        [""; 0]
    );
    assert_eq!(
        missing_in_json(&json!({"items": [{"id": "z", "url": null}]}), &feed),
        [
            ".items[0].id: expected \"z\", is \"x\"",
            ".items[0].url: expected null, is \"y\""
        ]
    );
    assert_eq!(
        missing_in_json(&json!({"items": []}), &feed),
        [".items: 0 expected, 1 came"]
    );
}
