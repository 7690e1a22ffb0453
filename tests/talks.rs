//! How well notes are split, on the labelled documents of `fixtures/labelled/`.
//!
//! Each document is read two ways: as a file, and rendered into an Atom entry. `labels.jsonl` has a line a
//! document: `{"file", "held_out", "is_notes", "title", "event", "structure", "talks": [{"title", "speakers",
//! "speakers_prose"}]}`. Those held out were measured before anything was mended for them. To see the
//! figures: `cargo test --test main talks -- --nocapture`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Hall, strings};

mod normal;
use normal::{event, name, near, title};

#[derive(Default, Clone, Copy)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    fn f1(self) -> f64 {
        let all = 2 * self.right + self.wrong + self.missed;
        if all == 0 {
            1.0
        } else {
            2.0 * self.right as f64 / all as f64
        }
    }
}

#[derive(Default, Clone, Copy)]
struct Figures {
    documents: usize,
    talks: Count,
    speakers: Count,
    titles: Count,
    dates: Count,
    events: Count,
    false_talks: usize,
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.talks.add(other.talks);
        self.speakers.add(other.speakers);
        self.titles.add(other.titles);
        self.dates.add(other.dates);
        self.events.add(other.events);
        self.false_talks += other.false_talks;
    }

    fn line(&self) -> String {
        let Self {
            talks,
            speakers,
            titles,
            dates,
            events,
            ..
        } = self;
        format!(
            "{:3} documents  talks P {:.3} R {:.3} F1 {:.3}  speakers P {:.3} R {:.3} F1 {:.3}  titles {}/{}  dates {}/{}  events {}/{} ({} too many)  false talks {}",
            self.documents,
            talks.precision(),
            talks.recall(),
            talks.f1(),
            speakers.precision(),
            speakers.recall(),
            speakers.f1(),
            titles.right,
            titles.right + titles.missed,
            dates.right,
            dates.right + dates.missed,
            events.right,
            events.right + events.missed,
            events.wrong,
            self.false_talks
        )
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/labelled")
}

fn labels() -> Vec<Value> {
    let lines = fs::read_to_string(folder().join("labels.jsonl")).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn labelled_notes_are_split_as_people_split_them() {
    let hall = Hall::new();
    let mut all = Vec::new();
    for way in ["file", "feed"] {
        let mut known = Figures::default();
        let mut held_out = Figures::default();
        let mut by: BTreeMap<String, Figures> = BTreeMap::new();
        for label in labels() {
            let item = read(&hall, &label, way);
            let figures = measure(&label, &item, way);
            let into = if label["held_out"] == true {
                &mut held_out
            } else {
                &mut known
            };
            into.add(figures);
            let structure = label["structure"].as_str().unwrap();
            let round = label["round"]
                .as_u64()
                .map(|round| format!("round {round}"));
            for group in round.into_iter().chain([structure.to_owned()]) {
                by.entry(group).or_default().add(figures);
            }
        }
        println!(
            "{way}: known     {}\n{way}: held out  {}",
            known.line(),
            held_out.line()
        );
        for (structure, figures) in &by {
            println!("  {structure:13}{}", figures.line());
        }
        let negatives = by["negative"];
        all.push((way, known, held_out, negatives));
    }
    for (way, known, held_out, negatives) in all {
        for (figures, floor) in [(known, 0.99), (held_out, 0.97)] {
            assert!(
                figures.talks.f1() >= floor,
                "{way}: talks F1 {:.3}",
                figures.talks.f1()
            );
            assert!(
                figures.speakers.f1() >= floor,
                "{way}: speakers F1 {:.3}",
                figures.speakers.f1()
            );
            assert!(
                figures.events.f1() >= 0.95,
                "{way}: events F1 {:.3}",
                figures.events.f1()
            );
        }
        assert!(
            negatives.false_talks * 20 <= negatives.documents,
            "{way}: {} false talks",
            negatives.false_talks
        );
    }
}

/// The one entry of a document, as `hallway parse` prints it.
fn read(hall: &Hall, label: &Value, way: &str) -> Value {
    let file = label["file"].as_str().unwrap();
    let text = fs::read_to_string(folder().join(file)).unwrap();
    let name = if way == "feed" || file.ends_with(".html") {
        hall.write("feed.xml", wrapped(label, file, &text));
        "feed.xml"
    } else {
        hall.write(file, &text);
        file
    };
    let feed = hall.run(["parse", name]).stdout_json();
    feed["items"][0].clone()
}

/// The document as an Atom entry, its Markdown rendered.
fn wrapped(label: &Value, file: &str, text: &str) -> String {
    let (front, body) = front_matter(text);
    let mut html = String::new();
    if file.ends_with(".html") {
        html.push_str(body);
    } else {
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(body));
    }
    let tags = front.lines().find_map(|line| {
        line.strip_prefix("tags:")
            .or_else(|| line.strip_prefix("tags ="))
    });
    let tags = tags.unwrap_or_default().replace(['[', ']', '"'], "");
    let tags = tags.split([',', ' ']).filter(|tag| !tag.is_empty());
    let categories: String = tags
        .map(|tag| format!("<category term=\"{tag}\"/>"))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Notes</title>\
         <id>urn:example:notes</id><updated>2020-01-01T00:00:00Z</updated><entry><title>{}</title><id>urn:example:1</id>\
         <link href=\"https://notes.example/post/\"/><updated>2020-01-01T00:00:00Z</updated>{categories}\
         <content type=\"html\">{}</content></entry></feed>",
        escaped(label["title"].as_str().unwrap()),
        escaped(&html)
    )
}

fn front_matter(text: &str) -> (&str, &str) {
    for fence in ["---\n", "+++\n"] {
        if let Some(rest) = text.strip_prefix(fence)
            && let Some(end) = rest.find(&format!("\n{fence}"))
        {
            return (&rest[..end], &rest[end + fence.len() + 1..]);
        }
    }
    if text.starts_with("Title: ") {
        return text.split_once("\n\n").unwrap();
    }
    ("", text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn measure(label: &Value, item: &Value, way: &str) -> Figures {
    let facts = &item["_hallway"];
    let found: Vec<&Value> = facts["talks"].as_array().into_iter().flatten().collect();
    let mut figures = Figures {
        documents: 1,
        ..Figures::default()
    };
    let mut say = Vec::new();
    let wanted = label["event"].as_str().map(event);
    match (wanted, facts["event"].as_str().map(event)) {
        (Some(wanted), Some(found)) if wanted == found => figures.events.right += 1,
        (Some(wanted), found) => {
            figures.events.missed += 1;
            say.push(format!("event {wanted:?}, got {found:?}"));
        }
        (None, Some(found)) => {
            figures.events.wrong += 1;
            say.push(format!("no event, got {found:?}"));
        }
        (None, None) => {}
    }
    if label["title"] == item["title"] {
        figures.titles.right += 1;
    } else {
        figures.titles.missed += 1;
        say.push(format!("title {}, got {}", label["title"], item["title"]));
    }
    if let (Some(day), "file") = (label["date"].as_str(), way) {
        let found = item["date_published"].as_str().unwrap_or_default();
        if found.starts_with(day) {
            figures.dates.right += 1;
        } else {
            figures.dates.missed += 1;
            say.push(format!("date {day}, got {found:?}"));
        }
    }
    if label["is_notes"] == false {
        figures.false_talks = found.len();
        say.extend(
            found
                .iter()
                .map(|talk| format!("false talk {}", talk["title"])),
        );
    } else {
        talks(
            label["talks"].as_array().unwrap(),
            &found,
            &mut figures,
            &mut say,
        );
    }
    for line in say {
        println!("    {}: {line}", label["file"]);
    }
    figures
}

/// Matches exact titles first, then near ones, which count as a wrong and a missed one.
fn talks(wanted: &[Value], found: &[&Value], figures: &mut Figures, say: &mut Vec<String>) {
    let of = |talk: &Value| talk["title"].as_str().unwrap_or_default().to_owned();
    let mut open: Vec<&Value> = wanted.iter().collect();
    let mut left: Vec<&Value> = found.to_vec();
    for exact in [true, false] {
        left.retain(|talk| {
            let same = |truth: &&Value| {
                let (truth, talk) = (of(truth), of(talk));
                if exact {
                    title(&truth) == title(&talk)
                } else {
                    near(&truth, &talk)
                }
            };
            let Some(at) = open.iter().position(same) else {
                return true;
            };
            let truth = open.remove(at);
            if exact {
                figures.talks.right += 1;
            } else {
                figures.talks.wrong += 1;
                figures.talks.missed += 1;
                say.push(format!("title {}, got {}", truth["title"], talk["title"]));
            }
            speakers(truth, talk, figures, say);
            false
        });
    }
    figures.talks.wrong += left.len();
    figures.talks.missed += open.len();
    let none = Value::Null;
    for talk in left {
        say.push(format!("false talk {}", talk["title"]));
        speakers(&none, talk, figures, say);
    }
    for truth in open {
        say.push(format!("missed talk {}", truth["title"]));
        speakers(truth, &none, figures, say);
    }
}

fn speakers(truth: &Value, talk: &Value, figures: &mut Figures, say: &mut Vec<String>) {
    let list = |value: &Value| -> Vec<String> {
        if value.is_array() {
            strings(value).into_iter().map(name).collect()
        } else {
            Vec::new()
        }
    };
    let mut wanted = list(&truth["speakers"]);
    let prose = list(&truth["speakers_prose"]);
    for found in list(&talk["speakers"]) {
        if let Some(at) = wanted.iter().position(|name| *name == found) {
            wanted.remove(at);
            figures.speakers.right += 1;
        } else if !prose.contains(&found) {
            figures.speakers.wrong += 1;
            say.push(format!("false speaker {found:?} at {}", talk["title"]));
        }
    }
    figures.speakers.missed += wanted.len();
    if !wanted.is_empty() && !talk.is_null() {
        say.push(format!("missed speakers {wanted:?} at {}", truth["title"]));
    }
}
