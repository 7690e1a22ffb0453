//! The two readers beside each other on every well-formed fixture: what they read differently has a
//! reason.

use std::fs;
use std::path::{Path, PathBuf};

use quick_xml::events::Event;

use super::reasons::REASONS;
use super::*;
use crate::parse::{detect, encoding};
use crate::source::Document;

fn every_file(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap().flatten() {
        let path = item.path();
        if path.is_dir() {
            every_file(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

fn is_well_formed(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return depth == 0,
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Every fixture that is XML, well formed and a feed: its name and text.
pub(super) fn well_formed() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    every_file(&root.join("documents"), &mut files);
    every_file(&root.join("feeds"), &mut files);
    let mut texts = Vec::new();
    for path in files {
        let document = Document::from_bytes(fs::read(&path).unwrap());
        let text = encoding::decode(&document).text.into_owned();
        // What it declares is no longer so.
        let text = match text.split_once("?>") {
            Some((declaration, rest)) if declaration.starts_with("<?xml") => rest.to_owned(),
            _ => text,
        };
        let is_feed = matches!(detect::shape(&text, None), Ok(detect::Shape::Feed(_)));
        if is_feed && Root::find(&text).is_some() && is_well_formed(&text) {
            let name = path.strip_prefix(&root).unwrap();
            texts.push((name.to_string_lossy().into_owned(), text));
        }
    }
    texts
}

fn facts(feed: &RawFeed) -> Vec<(&'static str, String)> {
    let mut facts = vec![("count", feed.entries.len().to_string())];
    for entry in &feed.entries {
        let title = entry.title.as_ref().map(|title| title.value.trim());
        let url = entry.url.as_deref().unwrap_or_default();
        facts.push(("title", title.unwrap_or_default().to_owned()));
        facts.push(("link", url.trim_end_matches('/').to_owned()));
        facts.push(("date", format!("{:?}", entry.published)));
    }
    facts
}

#[test]
fn both_readers_agree_or_there_is_a_reason() {
    let documents = well_formed();
    assert!(documents.len() > 200, "{} documents", documents.len());
    let location = Url::parse("https://fixtures.example/").unwrap();
    let mut unexplained = Vec::new();
    let mut explained = 0;
    for (name, text) in &documents {
        let root = Root::find(text).unwrap();
        let ours = read_xml(
            text,
            &root,
            Some(&location),
            Telling::Little,
            &mut Repairs::default(),
        );
        let ours = facts(&ours.unwrap());
        let format = reader::read(
            repair::stream(text, &root, &mut Repairs::default()),
            None,
            Telling::Little,
            &mut Repairs::default(),
        )
        .format;
        let mut what = match through_feed_rs(text, Some(&location), "XML") {
            Err(_) => vec!["all"],
            Ok(feed) => {
                let theirs = facts(&map::feed(feed, format));
                if ours.len() == theirs.len() {
                    let both = ours.iter().zip(&theirs);
                    both.filter(|(ours, theirs)| ours.1 != theirs.1)
                        .map(|(ours, _)| ours.0)
                        .collect()
                } else {
                    vec!["count"]
                }
            }
        };
        what.sort_unstable();
        what.dedup();
        let mut known = REASONS
            .iter()
            .filter(|(names, ..)| names.contains(&name.as_str()));
        let reasons: Vec<&str> = known.by_ref().map(|(_, field, _)| *field).collect();
        for reason in &reasons {
            if !what.contains(reason) {
                unexplained.push(format!("{reason} is no difference any more\t{name}"));
            }
        }
        for field in &what {
            if reasons.contains(field) {
                explained += 1;
            } else {
                unexplained.push(format!("{field}\t{name}"));
            }
        }
    }
    unexplained.sort();
    assert!(
        unexplained.is_empty(),
        "{} of {} documents are read differently without a reason ({explained} with one):\n{}",
        unexplained.len(),
        documents.len(),
        unexplained.join("\n")
    );
}
