//! Five real documents that are not part of the repository: where the machine has them, in
//! `../shared/seeds` or one folder up, they are read; elsewhere these tests say so and pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Hall, each, repository, strings};

const FEED: &str = "002_a37f468b28b0a00b.txt";

/// Each note with the name it gets here and its day.
const NOTES: [(&str, &str, &str); 4] = [
    ("000_58cd9aca27786d07.txt", "notes/000.md", "2020-02-06"),
    ("001_9108f3a44495c0c3.txt", "notes/001.md", "2020-01-16"),
    ("003_08f247d741cf62b6.txt", "notes/003.md", "2018-10-25"),
    ("004_fef153d987a80b62.txt", "notes/004.md", "2018-11-06"),
];

pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    ["../shared", "../../shared"]
        .iter()
        .map(|above| repository(above).join(name))
        .find(|path| path.exists())
}

/// A hall that has taken in all five, or `None` with a message.
pub(crate) fn hall() -> Option<Hall> {
    let Some(folder) = shared("seeds") else {
        println!("skipped: there is no ../shared/seeds beside this repository");
        return None;
    };
    let hall = Hall::new();
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    hall.write("feed.xml", read(FEED));
    for (seed, name, _) in NOTES {
        hall.write(name, read(seed));
    }
    hall.run(["add", "feed.xml", "notes"]).status(0).stdout("");
    Some(hall)
}

fn entries(hall: &Hall, query: &str) -> Vec<Value> {
    let ran = hall.run(["query", query, "--format", "jsonl"]);
    ran.status(0).stderr("").stdout_json_lines()
}

fn of_feed(hall: &Hall) -> Vec<Value> {
    entries(hall, "url:markvanlent.dev")
}

fn talks(entry: &Value) -> &[Value] {
    entry["talks"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn the_feed_keeps_its_entries_categories_and_author() {
    let Some(hall) = hall() else { return };
    let entries = of_feed(&hall);
    assert_eq!(entries.len(), 10, "{:#?}", each(&entries, "title"));
    let categories: usize = entries
        .iter()
        .map(|entry| strings(&entry["tags"]).len())
        .sum();
    assert_eq!(categories, 51);
    for entry in &entries {
        let authors = entry["authors"].as_array().unwrap();
        assert_eq!(
            each(authors, "name"),
            ["Mark van Lent"],
            "{}",
            entry["title"]
        );
    }
}

#[test]
fn every_address_in_the_feeds_content_is_absolute() {
    let Some(hall) = hall() else { return };
    let mut seen = 0;
    for entry in of_feed(&hall) {
        let content = entry["content_html"].as_str().unwrap().to_owned();
        for attribute in [" href=\"", " src=\""] {
            for (_, rest) in content
                .match_indices(attribute)
                .map(|(at, _)| content.split_at(at))
            {
                let value = rest[attribute.len()..].split('"').next().unwrap();
                seen += 1;
                let is_absolute = ["http://", "https://", "mailto:", "#"]
                    .iter()
                    .any(|beginning| value.starts_with(beginning));
                assert!(is_absolute, "{value} in {}", entry["title"]);
            }
        }
    }
    assert!(seen > 200, "only {seen} addresses were found");
}

#[test]
fn the_feeds_headings_are_talks_with_speakers_and_permalinks() {
    let Some(hall) = hall() else { return };
    let entries = of_feed(&hall);
    let second: Vec<&Value> = entries
        .iter()
        .flat_map(talks)
        .filter(|talk| talk["level"] == 2 && !strings(&talk["speakers"]).is_empty())
        .collect();
    assert!(second.len() >= 53, "{} talks on level 2", second.len());
    for talk in second {
        let anchor = talk["anchor"].as_str().unwrap_or_default();
        let url = talk["url"].as_str().unwrap_or_default();
        assert!(
            !anchor.is_empty() && url.ends_with(&format!("#{anchor}")),
            "{talk:#}"
        );
        let title = talk["title"].as_str().unwrap();
        assert!(!title.contains('—'), "{title}");
    }
    for title in ["Continuous deployment", "Podcasts I listen to"] {
        let entry = entries
            .iter()
            .find(|entry| {
                entry["title"]
                    .as_str()
                    .is_some_and(|known| known.starts_with(title))
            })
            .unwrap();
        assert!(
            talks(entry).is_empty(),
            "{title} holds no talks: {:#?}",
            talks(entry)
        );
    }
}

#[test]
fn each_note_is_one_entry_of_its_day() {
    let Some(hall) = hall() else { return };
    let all = entries(&hall, "");
    assert_eq!(all.len(), 14, "{:#?}", each(&all, "title"));
    for (seed, _, day) in NOTES {
        let of_day = all
            .iter()
            .filter(|entry| {
                entry["published"]
                    .as_str()
                    .is_some_and(|at| at.starts_with(day))
            })
            .count();
        assert_eq!(of_day, 1, "{seed} is of {day}");
    }
}

#[test]
fn the_damaged_note_is_mended() {
    let Some(hall) = hall() else { return };
    let all = entries(&hall, "on:2018-10-25");
    let entry = &all[0];
    let content = entry["content_html"].as_str().unwrap();
    for damage in ["‚Ä", "üòä", "{{<", "{{%"] {
        assert!(!content.contains(damage), "{damage} is left");
    }
    assert_eq!(entry["title"], "DevOpsDays London 2018");
    assert!(strings(&entry["tags"]).contains(&"serverless"));
}

#[test]
fn a_question_is_answered_with_talks() {
    let Some(hall) = hall() else { return };
    let ran = hall.run([
        "query",
        "tag:devops terraform",
        "--by",
        "talk",
        "--format",
        "jsonl",
    ]);
    let found = ran.status(0).stdout_json_lines();
    let titles = each(&found, "title");
    for expected in [
        "Comprehending Terraform Infrastructure as Code: How to Evolve Fast & Safe",
        "Common Pitfalls of Infrastructure as Code (And how to avoid them!)",
    ] {
        assert!(
            titles.contains(&expected),
            "{expected} is not among {titles:#?}"
        );
    }
    hall.run(["query", "tag:devops terraform", "--by", "talk"])
        .status(0)
        .stderr("")
        .stdout_contains("Anton Babenko");
}

/// What two spellings of a title or a name have in common: no case, signs, or kind in front.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let bare = ["keynote:", "ignite session:", "ignite:"]
        .iter()
        .find_map(|kind| lower.strip_prefix(kind))
        .unwrap_or(&lower);
    let words: Vec<&str> = bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Lists of labelled talks made by people, one document a line: title, speakers, and what may be missing.
#[test]
fn the_talks_are_the_labelled_ones() {
    let Some(hall) = hall() else { return };
    let Some(labels) = shared("talks/labels_dev.jsonl") else {
        println!("skipped: there are no labels beside the seeds");
        return;
    };
    let all = entries(&hall, "");
    let mut wrong = Vec::new();
    for line in fs::read_to_string(labels).unwrap().lines() {
        let label: Value = serde_json::from_str(line).unwrap();
        let name = label["entry"].as_str().or(label["title"].as_str()).unwrap();
        let day = label["date"].as_str().unwrap();
        let entry = all.iter().find(|entry| {
            plain(entry["title"].as_str().unwrap_or_default()) == plain(name)
                && entry["published"]
                    .as_str()
                    .is_some_and(|at| at.starts_with(day))
        });
        let Some(entry) = entry else {
            wrong.push(format!("{name}: no entry of {day}"));
            continue;
        };
        compare(name, &label, entry, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(name: &str, label: &Value, entry: &Value, wrong: &mut Vec<String>) {
    let labelled = label["talks"].as_array().unwrap();
    let spellings = |talk: &Value| -> BTreeSet<String> {
        let others = strings(&talk["alt"]).into_iter().map(plain);
        others
            .chain([plain(talk["title"].as_str().unwrap())])
            .collect()
    };
    for talk in labelled {
        let known = spellings(talk);
        let found = talks(entry)
            .iter()
            .find(|found| known.contains(&plain(found["title"].as_str().unwrap())));
        match found {
            None if talk["optional"] == true => {}
            None => wrong.push(format!("{name}: missing: {}", talk["title"])),
            Some(found) => {
                let names = |list: &Value| -> Vec<String> {
                    strings(list).into_iter().map(plain).collect()
                };
                let wanted = names(&talk["speakers"]);
                // Who is only named in the prose may be found or not.
                let in_prose = talk.get("speakers_prose").is_some();
                if names(&found["speakers"]) != wanted && !(wanted.is_empty() && in_prose) {
                    wrong.push(format!(
                        "{name}: {}: speakers {} instead of {}",
                        talk["title"], found["speakers"], talk["speakers"]
                    ));
                }
            }
        }
    }
    for found in talks(entry) {
        let title = plain(found["title"].as_str().unwrap());
        if !labelled.iter().any(|talk| spellings(talk).contains(&title)) {
            wrong.push(format!("{name}: no talk: {}", found["title"]));
        }
    }
}

/// The one entry of a note, as `query` and `parse` give it.
fn note(hall: &Hall, name: &str) -> (Value, Value) {
    let all = entries(hall, "");
    let guid = name.strip_prefix("notes/").unwrap();
    let mut of_note = all.into_iter().filter(|entry| entry["guid"] == guid);
    let entry = of_note
        .next()
        .unwrap_or_else(|| panic!("no entry of {name}"));
    assert!(of_note.next().is_none(), "{name} is one entry");
    let parsed = hall.run(["parse", name]).status(0).stdout_json();
    assert_eq!(parsed["items"].as_array().unwrap().len(), 1);
    (entry, parsed)
}

fn kinds<'e>(entry: &'e Value, kind: &str) -> Vec<&'e str> {
    let of_kind = talks(entry).iter().filter(|talk| talk["kind"] == kind);
    of_kind
        .map(|talk| talk["title"].as_str().unwrap())
        .collect()
}

#[test]
fn the_feeds_author_is_mended_and_said_to_be() {
    let Some(hall) = hall() else { return };
    let parsed = hall.run(["parse", "feed.xml"]).status(0).stdout_json();
    assert_eq!(parsed["_hallway"]["format"], "atom10");
    assert_eq!(parsed["_hallway"]["repairs"][0]["kind"], "author-map");
    assert_eq!(parsed["_hallway"]["repairs"][0]["count"], 10);
    let all = entries(&hall, "");
    assert!(!format!("{all:?}").contains("map[name"));
    let by_author = entries(&hall, "author:\"Mark van Lent\"");
    assert_eq!(by_author.len(), 10);
}

#[test]
fn the_feeds_pictures_are_absolute() {
    let Some(hall) = hall() else { return };
    let mut seen = 0;
    for entry in of_feed(&hall) {
        let content = entry["content_html"].as_str().unwrap().to_owned();
        for (at, _) in content.match_indices("<img") {
            let tag = &content[at..at + content[at..].find('>').unwrap()];
            assert!(tag.contains(" src=\"https://"), "{tag}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} pictures");
}

#[test]
fn the_feeds_speakers_are_found_by_name() {
    let Some(hall) = hall() else { return };
    for (speaker, title) in [
        ("Bram Vogelaar", "Gamification of Chaos Testing"),
        ("Ixchel Ruiz", "Failure Is Not an Option. It’s a Fact"),
        (
            "Anton Babenko",
            "Comprehending Terraform Infrastructure as Code: How to Evolve Fast & Safe",
        ),
    ] {
        let query = format!("speaker:\"{speaker}\"");
        let ran = hall.run(["query", &query, "--by", "talk", "--format", "jsonl"]);
        let found = ran.status(0).stdout_json_lines();
        assert!(
            each(&found, "title").contains(&title),
            "{speaker}: {found:#?}"
        );
    }
}

#[test]
fn the_damaged_note_keeps_its_tags_and_its_day() {
    let Some(hall) = hall() else { return };
    let (entry, parsed) = note(&hall, "notes/003.md");
    assert_eq!(entry["published"], "2018-10-25T00:00:00Z");
    let tags: BTreeSet<&str> = strings(&entry["tags"]).into_iter().collect();
    for tag in [
        "devopsdays",
        "aws",
        "cloud",
        "devops",
        "capitalone",
        "cloud-custodian",
        "dashboards",
        "bash",
        "monolith",
        "serverless",
        "management",
        "agile",
        "testing",
        "microservices",
    ] {
        assert!(tags.contains(tag), "{tag} is not among {tags:?}");
    }
    // Its two other categories.
    assert_eq!(tags.len(), 16, "{tags:?}");
    let repairs: Vec<&str> = each(parsed["_hallway"]["repairs"].as_array().unwrap(), "kind");
    assert_eq!(repairs, ["mojibake-macroman", "shortcode"]);
}

#[test]
fn the_damaged_notes_talks_are_its_headings() {
    let Some(hall) = hall() else { return };
    let (entry, _) = note(&hall, "notes/003.md");
    assert!(talks(&entry).len() >= 20, "{:#?}", talks(&entry));
    for talk in talks(&entry) {
        assert_eq!(talk["level"], 2, "{talk:#}");
    }
    assert_eq!(entry["event"], "DevOpsDays London 2018");
}

#[test]
fn the_folded_description_is_one_summary() {
    let Some(hall) = hall() else { return };
    let (entry, _) = note(&hall, "notes/004.md");
    let summary = entry["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("My takeaways") && summary.ends_with("Wellington, 6 Nov 2018"),
        "{summary}"
    );
    assert_eq!(
        entry["title"],
        "My notes from Devops Days Wellington, Day Two"
    );
    assert_eq!(strings(&entry["tags"]), ["technology"]);
    assert_eq!(entry["published"], "2018-11-06T00:00:00Z");
}

#[test]
fn the_emphasized_speakers_ignites_and_open_sessions_are_told_apart() {
    let Some(hall) = hall() else { return };
    let (entry, _) = note(&hall, "notes/004.md");
    let speakers: Vec<Vec<&str>> = talks(&entry)
        .iter()
        .map(|talk| strings(&talk["speakers"]))
        .collect();
    assert_eq!(
        speakers,
        [
            vec!["Alison Polton-Simon"],
            vec!["Theresa Neate"],
            vec!["Mrinal Mukherjee"],
            vec![],
            vec![],
            vec!["Allan Geer", "Amanda Baker"],
            vec!["Jules Clements"],
        ]
    );
    assert_eq!(kinds(&entry, "talk").len(), 3);
    assert_eq!(kinds(&entry, "open-space").len(), 2);
    assert_eq!(kinds(&entry, "ignite").len(), 2);
}

#[test]
fn the_meetings_topics_are_talks_and_their_lists_are_none() {
    let Some(hall) = hall() else { return };
    for (name, title, topics) in [
        ("notes/000.md", "Coffee Ops 02/06/2020", 6),
        ("notes/001.md", "CoffeeOps 01/16/2020", 6),
    ] {
        let (entry, _) = note(&hall, name);
        assert_eq!(entry["title"], title);
        let found = kinds(&entry, "topic");
        assert_eq!(found.len(), topics, "{found:?}");
        assert_eq!(talks(&entry).len(), topics);
        for list in ["All Topics", "Epiphanies", title] {
            assert!(!found.contains(&list), "{list} is no talk");
        }
    }
}
