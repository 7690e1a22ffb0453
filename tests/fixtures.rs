//! A document and beside it `NAME.expected.json`: what `hallway parse` makes of it. See
//! `fixtures/README.md`. With `HALLWAY_RECORD=1` in the environment the expected files are written anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::server::{Reply, Server};
use crate::support::{Hall, json_difference, repository};

const EXPECTED: &str = ".expected.json";

/// What relative links are resolved against, whichever way the document is read.
const BASE: &str = "https://fixtures.example/";

/// The documents of `fixtures/`, relative to it: each that `parse` can read.
fn documents() -> Vec<String> {
    let root = repository("fixtures");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        if name == "documents" {
            // One slip each, and only what it is about is expected of them: see `documents`.
            continue;
        }
        // Labelled documents are measured as a whole, by the test of talks.
        if path.is_dir() && name != "labelled" {
            collect(root, &path, found);
        } else if path.is_file()
            && media_type(&name).is_some()
            && name != "README.md"
            && !name.ends_with(EXPECTED)
        {
            found.push(name);
        }
    }
}

fn media_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "xml" | "rss" | "atom" | "rdf" => Some("application/xml"),
        "json" => Some("application/feed+json"),
        "md" => Some("text/markdown"),
        _ => None,
    }
}

fn expected_path(name: &str) -> PathBuf {
    repository("fixtures").join(format!("{name}{EXPECTED}"))
}

/// By its path.
fn by_path(hall: &Hall, name: &str) -> Value {
    let path = repository("fixtures").join(name);
    let ran = hall.run([
        "parse".as_ref(),
        "--base".as_ref(),
        BASE.as_ref(),
        path.as_os_str(),
    ]);
    ran.status(0).stdout_json()
}

/// On stdin.
fn by_stdin(hall: &Hall, name: &str) -> Value {
    let bytes = fs::read(repository("fixtures").join(name)).unwrap();
    let ran = hall.run_with_stdin(["parse", "--base", BASE, "-"], &bytes);
    ran.status(0).stdout_json()
}

/// From a web server.
fn by_http(hall: &Hall, server: &Server, name: &str) -> Value {
    let bytes = fs::read(repository("fixtures").join(name)).unwrap();
    let reply = Reply::ok(bytes).header("Content-Type", media_type(name).unwrap());
    let address = format!("/{}", name.replace(' ', "%20"));
    server.reply(&address, [reply]);
    let ran = hall.run(["parse", "--base", BASE, &server.url(&address)]);
    ran.status(0).stdout_json()
}

/// What is the same of a note however it is read: its id and its date may come from the file's name.
fn without_the_files_name(feed: &Value) -> Value {
    let items: Vec<Value> = feed["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| json!({ "title": item["title"], "talks": titles(item), "tags": item["tags"] }))
        .collect();
    json!(items)
}

fn titles(item: &Value) -> Value {
    let talks = item["_hallway"]["talks"].as_array();
    let each = talks
        .into_iter()
        .flatten()
        .map(|talk| json!([talk["title"], talk["speakers"]]));
    each.collect()
}

#[test]
fn each_document_gives_what_stands_beside_it() {
    let hall = Hall::new();
    let server = Server::start();
    let record = env::var_os("HALLWAY_RECORD").is_some();
    let mut differences = Vec::new();
    for name in documents() {
        let path = expected_path(&name);
        if record {
            let feed = by_path(&hall, &name);
            fs::write(&path, format!("{feed:#}\n")).unwrap();
        } else if !path.exists() {
            continue;
        }
        let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let read = [
            ("by its path", by_path(&hall, &name)),
            ("on stdin", by_stdin(&hall, &name)),
            ("from a server", by_http(&hall, &server, &name)),
        ];
        for (way, feed) in read {
            let difference = if way != "by its path" && media_type(&name) == Some("text/markdown") {
                json_difference(
                    &without_the_files_name(&expected),
                    &without_the_files_name(&feed),
                )
            } else {
                json_difference(&expected, &feed)
            };
            differences.extend(difference.map(|lines| format!("{name}, read {way}:\n{lines}\n")));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn no_expected_file_has_lost_its_document() {
    let documents = documents();
    let root = repository("fixtures");
    let mut all = Vec::new();
    fn every_file(folder: &Path, all: &mut Vec<PathBuf>) {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            // These have tests of their own.
            if path.ends_with("documents") || path.ends_with("archives") {
                continue;
            }
            if path.is_dir() {
                every_file(&path, all);
            } else {
                all.push(path);
            }
        }
    }
    every_file(&root, &mut all);
    for path in all {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        if let Some(document) = name.strip_suffix(EXPECTED) {
            assert!(
                documents.iter().any(|known| known == document),
                "{name} stands alone"
            );
        }
    }
}
