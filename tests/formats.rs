//! The combined feed of everything that `fixtures/` and the seeds hold.
//!
//! The W3C's checks are made here again, one file a format; then other programs and hallway itself read
//! the feed, and what they read is what the archive holds.

mod atom;
mod corpus;
mod jsonfeed;
mod readback;
mod rss;
mod values;

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::seeds;
use crate::support::Hall;
use crate::support::xml::tree;
pub(crate) use corpus::{exported, fixtures};

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn check(hall: &Hall) {
    for by in ["entry", "talk"] {
        assert_none(&atom::faults(&exported(hall, "atom", by)));
        assert_none(&rss::faults(&exported(hall, "rss", by)));
        assert_none(&jsonfeed::faults(&exported(hall, "jsonfeed", by)));
    }
}

#[test]
fn the_feed_of_every_fixture_is_valid() {
    check(&fixtures());
}

#[test]
fn the_feed_of_the_seeds_is_valid() {
    if let Some(hall) = seeds::hall() {
        check(&hall);
        readback::check(&hall);
    }
}

#[test]
fn the_three_feeds_say_the_same() {
    let hall = fixtures();
    for by in ["entry", "talk"] {
        let atom = tree(&exported(&hall, "atom", by));
        let rss = tree(&exported(&hall, "rss", by));
        let json: Value = serde_json::from_str(&exported(&hall, "jsonfeed", by)).unwrap();
        let entries: Vec<_> = atom.all("entry").collect();
        let channel = rss.child("channel").unwrap();
        let items: Vec<_> = channel.all("item").collect();
        let objects = json["items"].as_array().unwrap();
        assert!(entries.len() > 100 || by == "talk");
        assert_eq!((entries.len(), entries.len()), (items.len(), objects.len()));
        for ((entry, item), object) in entries.iter().zip(&items).zip(objects) {
            let id = object["id"].as_str();
            assert_eq!(entry.text_of("id"), id);
            assert_eq!(item.text_of("guid"), id);
            let title = object["title"].as_str().unwrap_or_default();
            assert_eq!(entry.text_of("title"), Some(title));
            let content = object["content_html"].as_str().unwrap();
            assert_eq!(entry.text_of("content").unwrap_or_default(), content);
            assert_eq!(item.text_of("content:encoded").unwrap_or_default(), content);
            let link = object["url"].as_str();
            assert_eq!(item.text_of("link"), link);
            let tags: Vec<_> = item.all("category").map(|tag| tag.text.as_str()).collect();
            assert_eq!(
                serde_json::json!(tags),
                object.get("tags").cloned().unwrap_or(Value::Array(vec![]))
            );
        }
    }
}

#[test]
fn what_is_read_back_is_what_the_archive_holds() {
    readback::check(&fixtures());
}

#[test]
fn feedparser_reads_what_the_archive_holds() {
    let script = include_str!("formats/feedparser.py");
    // The first is where `.ci/run` puts it.
    let python = ["target/feedparser/bin/python3", "python3"];
    let has_it = |python: &&&str| {
        let asked = Command::new(python)
            .args(["-c", "import feedparser"])
            .output();
        asked.is_ok_and(|asked| asked.status.success())
    };
    let Some(python) = python.iter().find(has_it) else {
        println!("skipped: no python3 here can import feedparser");
        return;
    };
    let hall = fixtures();
    let kept = readback::kept(&hall);
    for format in ["atom", "rss"] {
        let mut child = Command::new(python)
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let feed = exported(&hall, format, "entry");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(feed.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let read: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(read["bozo"], false, "{format}");
        readback::compare_with_feedparser(&kept, &read, format);
    }
}
