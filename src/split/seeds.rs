//! The real posts, where they are at hand: what is found in them against labels made by hand.

use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use crate::model::{Category, Entry, Feed, RawEntry, Text};

/// `shared`, beside the repository or beside the folder of its worktrees.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared", "../../shared"].map(|place| root.join(place));
    places
        .into_iter()
        .find(|place| place.join("talks/labels_dev.jsonl").exists())
}

/// A post as the stages before this one would give it: the feed's by feed-rs, notes by pulldown-cmark.
fn entry(shared: &Path, label: &Value) -> Entry {
    let text = std::fs::read_to_string(shared.join("seeds").join(label["seed"].as_str().unwrap()))
        .unwrap();
    let raw = if label["kind"] == "feed" {
        of_feed(&text, label["entry"].as_str().unwrap())
    } else {
        of_notes(&text, label)
    };
    let mut entry = crate::clean::entry(raw, &Feed::default(), None);
    entry.talks = super::talks(&entry);
    entry.event = super::event(&entry);
    entry
}

fn of_feed(text: &str, title: &str) -> RawEntry {
    let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
    let mut entries = feed.entries.into_iter();
    let entry = entries
        .find(|entry| entry.title.as_ref().unwrap().content == title)
        .unwrap();
    RawEntry {
        guid: entry.id,
        url: entry.links.first().map(|link| link.href.clone()),
        title: Some(Text::html(entry.title.unwrap().content)),
        content: Some(Text::html(entry.content.unwrap().body.unwrap())),
        categories: entry
            .categories
            .into_iter()
            .map(|c| category(&c.term))
            .collect(),
        ..RawEntry::default()
    }
}

fn of_notes(text: &str, label: &Value) -> RawEntry {
    let body = match text.strip_prefix("---\n") {
        Some(rest) => rest.split_once("\n---\n").unwrap().1,
        None => text,
    };
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(body));
    RawEntry {
        guid: "note".to_owned(),
        url: Some("https://notes.example/post/".to_owned()),
        title: label["title"].as_str().map(Text::plain),
        content: Some(Text::html(html)),
        categories: label["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| category(tag.as_str().unwrap()))
            .collect(),
        ..RawEntry::default()
    }
}

fn category(term: &str) -> Category {
    Category {
        term: term.to_owned(),
        ..Category::default()
    }
}

/// What was right, too much, and missing.
#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn f1(&self) -> f64 {
        let right = 2 * self.right;
        if right + self.wrong + self.missed == 0 {
            1.0
        } else {
            right as f64 / (right + self.wrong + self.missed) as f64
        }
    }
}

fn same(title: &str) -> String {
    super::wording::bare(title).into_owned()
}

fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn compare(label: &Value, entry: &Entry, talks: &mut Count, speakers: &mut Count) {
    let mut wanted: Vec<&Value> = label["talks"].as_array().unwrap().iter().collect();
    let where_ = label["title"].as_str().unwrap();
    for talk in &entry.talks {
        let fits = |truth: &&Value| {
            let mut titles = strings(&truth["alt"]);
            titles.push(truth["title"].as_str().unwrap());
            titles.iter().any(|title| same(title) == same(&talk.title))
        };
        let Some(at) = wanted.iter().position(fits) else {
            println!("{where_}: false talk {:?} {:?}", talk.title, talk.speakers);
            talks.wrong += 1;
            speakers.wrong += talk.speakers.len();
            continue;
        };
        let truth = wanted.remove(at);
        talks.right += usize::from(truth["optional"] != true);
        let named: Vec<String> = strings(&truth["speakers"]).into_iter().map(same).collect();
        let found: Vec<String> = talk.speakers.iter().map(|name| same(name)).collect();
        let right = found.iter().filter(|name| named.contains(name)).count();
        speakers.right += right;
        speakers.wrong += found.len() - right;
        speakers.missed += named.len() - right;
        if right != named.len() || right != found.len() {
            println!("{where_}: {:?} is by {named:?}, not {found:?}", talk.title);
        }
    }
    for truth in wanted.iter().filter(|truth| truth["optional"] != true) {
        println!("{where_}: missed {}", truth["title"]);
        talks.missed += 1;
        speakers.missed += strings(&truth["speakers"]).len();
    }
}

#[test]
fn the_seeds_are_split_as_people_split_them() {
    let Some(shared) = shared() else {
        println!("skipped: no ../shared/talks with seeds and labels");
        return;
    };
    let labels = std::fs::read_to_string(shared.join("talks/labels_dev.jsonl")).unwrap();
    let labels: Vec<Value> = labels
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for kind in ["feed", "plain", "markdown"] {
        let (mut talks, mut speakers) = (Count::default(), Count::default());
        for label in labels.iter().filter(|label| label["kind"] == kind) {
            let entry = entry(&shared, label);
            compare(label, &entry, &mut talks, &mut speakers);
            let again = RawEntry {
                content: Some(Text::html(entry.content.as_str())),
                ..RawEntry::default()
            };
            let again = crate::clean::entry(again, &Feed::default(), None).content;
            assert_eq!(
                again, entry.content,
                "cleaning again changes {}",
                label["title"]
            );
            let mut events = strings(&label["event_alt"]);
            events.extend(label["event"].as_str());
            let named = entry.event.as_deref().map(same);
            let fits = events.iter().any(|event| Some(same(event)) == named)
                || (events.is_empty() && named.is_none());
            assert!(
                fits,
                "{}: the event is {events:?}, not {named:?}",
                label["title"]
            );
            for talk in entry.talks.iter().filter(|_| kind == "feed") {
                let anchor = talk.anchor.as_deref().unwrap();
                assert!(entry.content.as_str().contains(&format!("id=\"{anchor}\"")));
                let url = Url::parse(talk.url.as_deref().unwrap()).unwrap();
                assert!(url.fragment().is_some() && !entry.content_of(talk).is_empty());
            }
        }
        println!(
            "{kind}: talks F1 {:.3} ({}), speakers F1 {:.3} ({})",
            talks.f1(),
            talks.right,
            speakers.f1(),
            speakers.right
        );
        assert_eq!((talks.f1(), speakers.f1()), (1.0, 1.0), "{kind}");
    }
}
