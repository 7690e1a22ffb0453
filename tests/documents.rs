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
