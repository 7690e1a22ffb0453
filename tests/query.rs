use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Hall, LATER, atom, each, strings};

const HARBOUR: (&str, &str, &str) = (
    "harbour",
    "Harbour Days 2026",
    "<p>By the water.</p>\
     <h2 id=\"queues\">Queues at Night &mdash; Ann Poe</h2><p>Keep them short, says terraform.</p>\
     <h2 id=\"locks\">Locks by Day &mdash; Ben Ude and Cleo Marsh</h2><p>Fewer is better.</p>\
     <h2 id=\"wrap-up\">Wrap-up</h2><p>Good food.</p>",
);
const TIMERS: (&str, &str, &str) = (
    "timers",
    "Setting a timer",
    "<h2 id=\"why\">Why</h2><p>Because cron forgets.</p>",
);

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Third Row", &[HARBOUR, TIMERS]));
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn found(hall: &Hall, query: &str) -> Vec<String> {
    let ran = hall.run(["query", query, "--format", "jsonl"]);
    let entries = ran.status(0).stdout_json_lines();
    each(&entries, "title")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn words_fields_and_signs_select() {
    let hall = hall();
    let harbour = ["Harbour Days 2026"];
    let timers = ["Setting a timer"];
    let both = ["Setting a timer", "Harbour Days 2026"];
    for (query, expected) in [
        ("", &both[..]),
        ("terraform", &harbour),
        ("TERRAFORM water", &harbour),
        ("terraform cron", &[]),
        ("terraform OR cron", &both),
        ("-terraform", &timers),
        ("\"cron forgets\"", &timers),
        ("\"forgets cron\"", &[]),
        ("terra*", &harbour),
        ("tag:devops", &both),
        ("tag:DevOps (water OR pipes)", &harbour),
        ("tag:nosuch", &[]),
        ("speaker:poe", &harbour),
        ("speaker:\"cleo marsh\"", &harbour),
        ("author:quist", &both),
        ("title:timer", &timers),
        ("url:/timers/", &timers),
        ("feed:\"third row\"", &both),
        ("has:talks", &harbour),
        ("has:enclosure", &[]),
        ("on:2026-11-02", &timers),
        ("after:2026-11-02", &timers),
        ("before:2026-11-02", &harbour),
        ("since:20d", &timers),
        ("since:2026-11-02", &timers),
        ("since:yesterday", &[]),
        ("before:19d terraform", &harbour),
        ("tag:dev*", &both),
        ("terraform AND NOT cron", &harbour),
        ("has:speaker", &harbour),
        ("has:event -has:talks", &[]),
        ("is:undated", &[]),
        ("is:backfilled", &[]),
        ("limit:1", &timers),
        ("terraform OR cron limit:1", &timers),
    ] {
        assert_eq!(found(&hall, query), expected, "{query}");
    }
}

#[test]
fn a_query_is_explained_without_an_archive() {
    let hall = Hall::new();
    let query = "Tag:Dev-Ops (\"state file\" OR -speaker:poe) since:7d limit:5";
    hall.run(["query", "--explain", "--by", "talk", query])
        .status(0)
        .stderr("")
        .stdout(
            "tag:devops (\"state file\" OR -speaker:poe) after:2026-11-14T12:00:00Z limit:5

talks for which holds
  all of:
    the tag “devops”, however it is spelled
    at least one of:
      the phrase “state file” in the talk or the title of its entry
      not:
        “poe” in the name of a speaker
    dated 2026-11-14T12:00:00Z or later
the newest first, at most 5
",
        );
}

#[test]
fn the_page_of_help_has_every_field_and_its_examples_are_read() {
    let hall = Hall::new();
    let help = hall.run(["help", "query"]).status(0).out();
    let page = &help[help.find("The query language:").unwrap()..];
    for field in [
        "tag:", "feed:", "author:", "speaker:", "event:", "title:", "url:", "lang:", "kind:",
        "has:", "is:", "since:", "after:", "before:", "on:", "limit:",
    ] {
        assert!(page.contains(field), "{field}");
    }
    let examples = &page[..page.find("Times:").unwrap()];
    let mut asked = 0;
    for line in examples.lines() {
        // The example stands left of two blanks.
        let (example, _) = line.trim_start().split_once("  ").unwrap_or_default();
        if line.starts_with("  ") && !example.is_empty() && example != "since:last" {
            hall.run(["query", "--explain", example.trim()]).status(0);
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
    for command in page
        .lines()
        .filter(|line| line.starts_with("  hallway query"))
    {
        assert!(command.len() < 100, "{command}");
    }
}

#[test]
fn talks_answer_with_their_speakers_and_permalinks() {
    let hall = hall();
    let ran = hall.run(["query", "--by", "talk", "--format", "jsonl"]);
    let talks = ran.status(0).stdout_json_lines();
    assert_eq!(each(&talks, "title"), ["Queues at Night", "Locks by Day"]);
    assert_eq!(strings(&talks[1]["speakers"]), ["Ben Ude", "Cleo Marsh"]);
    assert_eq!(each(&talks, "anchor"), ["queues", "locks"]);
    assert_eq!(talks[0]["url"], "https://notes.example/harbour/#queues");
    assert_eq!(talks[0]["level"], 2);
    assert_eq!(talks[0]["entry"]["title"], "Harbour Days 2026");
    let content = talks[0]["content_html"].as_str().unwrap();
    assert!(
        content.contains("short") && !content.contains("Fewer"),
        "{content}"
    );

    let ran = hall.run(["query", "terraform", "--by", "talk", "--format", "jsonl"]);
    assert_eq!(
        each(&ran.status(0).stdout_json_lines(), "title"),
        ["Queues at Night"]
    );
}

#[test]
fn a_line_has_the_members_of_the_contract() {
    let hall = hall();
    let ran = hall.run(["query", "harbour", "--format", "jsonl"]);
    let entry = ran.status(0).stdout_json_lines().remove(0);
    for member in [
        "id",
        "feed_url",
        "guid",
        "url",
        "title",
        "authors",
        "tags",
        "published",
        "first_seen",
        "content_html",
        "content_text",
        "talks",
    ] {
        assert_ne!(
            entry[member],
            Value::Null,
            "{member} is missing in {entry:#}"
        );
    }
    assert_eq!(entry["feed_title"], "Third Row");
    assert_eq!(entry["published"], "2026-11-01T08:00:00Z");
    assert_eq!(entry["first_seen"], "2026-11-21T12:00:00Z");
    assert_eq!(strings(&entry["tags"]), ["devops"]);
    assert_eq!(entry["authors"][0]["name"], "Ida Quist");
    let known = [
        "id",
        "feed_url",
        "feed_title",
        "guid",
        "url",
        "title",
        "authors",
        "tags",
        "published",
        "updated",
        "first_seen",
        "date",
        "date_rule",
        "summary",
        "content_html",
        "content_text",
        "enclosures",
        "talks",
        "event",
        "also_in",
        "snippet",
        "talks_matching",
    ];
    for member in entry.as_object().unwrap().keys() {
        assert!(
            known.contains(&member.as_str()),
            "{member} is not in the contract"
        );
    }
}

#[test]
fn flags_narrow_like_fields() {
    let hall = hall();
    let lines = |arguments: &[&str]| -> usize {
        let all = [&["query", "--format", "jsonl"], arguments].concat();
        hall.run(all).status(0).stdout_json_lines().len()
    };
    assert_eq!(lines(&[]), 2);
    assert_eq!(lines(&["--tag", "devops"]), 2);
    assert_eq!(lines(&["--tag", "devops", "--tag", "none"]), 0);
    assert_eq!(lines(&["--since", "20d"]), 1);
    assert_eq!(lines(&["--until", "2026-11-02"]), 1);
    assert_eq!(lines(&["--limit", "1"]), 1);
    let oldest = hall.run([
        "query", "--sort", "oldest", "--limit", "1", "--format", "jsonl",
    ]);
    assert_eq!(
        each(&oldest.stdout_json_lines(), "title"),
        ["Harbour Days 2026"]
    );
}

#[test]
fn every_format_answers_and_none_prints_beside_it() {
    let hall = hall();
    for (format, beginning) in [
        ("text", ""),
        ("markdown", "# "),
        ("html", "<!"),
        ("json", "["),
        ("jsonl", "{"),
        ("atom", "<?xml"),
    ] {
        let ran = hall.run(["query", "--format", format]);
        ran.status(0)
            .stderr("")
            .stdout_contains("Harbour Days 2026");
        assert!(
            ran.out().trim_start().to_lowercase().starts_with(beginning),
            "{format}: {}",
            ran.out()
        );
    }
}

#[test]
fn the_exported_feed_can_be_subscribed_to() {
    let hall = hall();
    hall.run(["query", "--format", "atom", "-o", "out.xml"])
        .status(0)
        .stdout("")
        .stderr("");
    let parsed = hall.run(["parse", "out.xml"]).status(0).stdout_json();
    let titles: Vec<&str> = each(parsed["items"].as_array().unwrap(), "title");
    assert_eq!(titles, ["Setting a timer", "Harbour Days 2026"]);
    let first = hall.read("out.xml");
    hall.run(["query", "--format", "atom", "-o", "out.xml"])
        .status(0);
    assert_eq!(
        hall.read("out.xml"),
        first,
        "the same answer gives the same bytes"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_with_its_name() {
    hall()
        .run(["query", "-o", "no/such/folder.txt"])
        .status(1)
        .stdout("")
        .stderr_contains("no/such/folder.txt");
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    let hall = hall();
    for query in [
        "tga:devops",
        "(water",
        "water)",
        "on:yesterdayish",
        "\"open",
    ] {
        let ran = hall.run(["query", query]);
        ran.status(2)
            .stdout("")
            .stderr_contains(query)
            .stderr_contains("^");
    }
    hall.run(["query", "tga:devops"]).stderr_contains("tag");
}

#[test]
fn bad_usage_is_told_from_failure() {
    let hall = hall();
    for arguments in [
        &["query", "--format", "papyrus"][..],
        &["query", "--since", "soonish"],
        &["query", "--limit", "many"],
        &["query", "--by", "chapter"],
        &["quarry"],
        &[],
    ] {
        let ran = hall.run(arguments);
        ran.status(2).stdout("");
        assert_ne!(ran.err(), "", "{arguments:?}");
    }
}

#[test]
fn without_an_archive_a_question_makes_none() {
    let hall = Hall::new();
    hall.run(["query"])
        .status(0)
        .stdout("")
        .stderr_contains("hallway add");
    assert!(!hall.archive().exists());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let hall = Hall::new();
    let long = "<p>word word word word word word word word word word</p>".repeat(2_000);
    let entries: Vec<(String, String)> = (0..20)
        .map(|at| (format!("e{at}"), format!("Entry {at}")))
        .collect();
    let borrowed: Vec<(&str, &str, &str)> = entries
        .iter()
        .map(|(name, title)| (name.as_str(), title.as_str(), long.as_str()))
        .collect();
    hall.write("feed.xml", atom("Long", &borrowed));
    hall.run(["add", "feed.xml"]).status(0);
    let mut child = hall
        .command()
        .arg("--archive")
        .arg(hall.archive())
        .args(["query", "--format", "json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut few = [0; 10];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut few).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn hostile_html_comes_out_harmless() {
    let hall = Hall::new();
    let content =
        "<script>alert(1)</script><p onclick=\"x()\">Fine</p><a href=\"javascript:x()\">y</a>";
    hall.write(
        "feed.xml",
        atom("Hostile", &[("one", "One &lt;b&gt;", content)]),
    );
    hall.run(["add", "feed.xml"]).status(0);
    for format in ["html", "jsonl", "atom", "markdown"] {
        let ran = hall.run(["query", "--format", format]);
        ran.status(0).stdout_contains("Fine");
        for bad in ["alert(1)", "onclick", "javascript:"] {
            ran.stdout_lacks(bad);
        }
    }
}

/// Claimed, first seen, used: each is kept, and the rule that chose is named.
#[test]
fn a_date_in_the_future_does_not_stay_on_top() {
    let mut hall = Hall::new();
    let feed = |dates: [&str; 4]| {
        let items: Vec<String> = (1..)
            .zip(dates)
            .map(|(n, date)| format!("{{\"id\": \"{n}\", \"content_text\": \"x\"{date}}}"))
            .collect();
        format!(
            "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"T\", \"items\": [{}]}}",
            items.join(",")
        )
    };
    let dates = [
        ", \"date_published\": \"2199-01-01T00:00:00Z\"",
        ", \"date_published\": \"2026-11-20T08:00:00Z\"",
        ", \"date_modified\": \"2026-11-19T08:00:00Z\"",
        "",
    ];
    hall.write("feed.json", feed(dates));
    hall.run(["add", "feed.json"]).status(0);
    // A day later one more comes, honestly dated: it stands above the one from 2199.
    hall.later(LATER);
    hall.write(
        "later.json",
        feed(["", "", "", ""]).replace(
            "\"id\": \"1\", \"content_text\": \"x\"",
            "\"id\": \"later\", \"content_text\": \"x\", \"date_published\": \"2026-11-22T08:00:00Z\"",
        ).replace("\"title\": \"T\"", "\"title\": \"Later\""),
    );
    hall.run(["add", "later.json"]).status(0);
    let entries = hall
        .run(["query", "--format", "jsonl"])
        .status(0)
        .stdout_json_lines();
    let of = |guid: &str, feed: &str| {
        let found = entries
            .iter()
            .position(|entry| entry["guid"] == guid && entry["feed_title"] == feed);
        found.unwrap_or_else(|| panic!("{guid} of {feed} is missing"))
    };
    let chosen = |at: usize| {
        (
            entries[at]["date"].as_str().unwrap(),
            entries[at]["date_rule"].as_str().unwrap(),
        )
    };
    let future = of("1", "T");
    assert_eq!(entries[future]["published"], "2199-01-01T00:00:00Z");
    assert_eq!(chosen(future), ("2026-11-21T12:00:00Z", "future-clamped"));
    assert_eq!(chosen(of("2", "T")), ("2026-11-20T08:00:00Z", "published"));
    assert_eq!(chosen(of("3", "T")), ("2026-11-19T08:00:00Z", "updated"));
    assert_eq!(chosen(of("4", "T")), ("2026-11-21T12:00:00Z", "first-seen"));
    assert!(of("later", "Later") < future, "{entries:#?}");
}
