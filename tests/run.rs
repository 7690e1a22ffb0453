use std::fs;

use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom, each, repository};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of tubes.</p>");

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn the_demo_holds_every_feed_and_note_but_the_draft() {
    let hall = Hall::new();
    copy(&repository("fixtures"), &hall.path("fixtures"));
    hall.run(["run", "fixtures/feeds.opml"])
        .status(0)
        .stderr("");
    let entries = hall
        .run(["query", "--format", "jsonl"])
        .status(0)
        .stdout_json_lines();
    let mut titles = each(&entries, "title");
    titles.sort_unstable();
    assert_eq!(
        titles,
        [
            "All Ops Online 2021",
            "Boring Databases for Exciting Products",
            "Data Forum 2023: notes",
            "Data on the Lake 2024, the recordings",
            "Going to Data Days in June",
            "Harbour DevOps Days 2026: day one",
            "Harbour DevOps Days 2026: day two",
            "Inclusive Interfaces 2026 – what I learned",
            "My notes from Southern DevOps Days 2018",
            "Observability North 2025",
            "Renewing certificates with a systemd timer",
            "Rijnmond Reliability Day 2019",
            "Rust & Friends 2022",
            "Rust Meetup Tidewater, spring evening",
            "Standing Coffee 03/05/2021",
            "Standing Coffee 04/02/2021",
            "Testers' Gathering 2026",
            "Why I publish my notes",
        ]
    );
    let dated = |title: &str| -> Value {
        entries
            .iter()
            .find(|entry| entry["title"] == title)
            .unwrap()["published"]
            .clone()
    };
    assert_eq!(dated("Standing Coffee 03/05/2021"), "2021-03-05T00:00:00Z");
    assert_eq!(dated("Standing Coffee 04/02/2021"), "2021-04-02T00:00:00Z");
    assert_eq!(
        dated("My notes from Southern DevOps Days 2018"),
        "2018-11-06T00:00:00Z"
    );
    assert_eq!(dated("Rust & Friends 2022"), "2022-09-17T08:00:00Z");
    assert_eq!(dated("Data Forum 2023: notes"), "2023-04-20T00:00:00Z");
    for entry in &entries {
        let content = entry["content_html"].as_str().unwrap();
        assert!(
            !content.contains("{{"),
            "a shortcode is left in {}",
            entry["title"]
        );
        for author in entry["authors"].as_array().into_iter().flatten() {
            let name = author["name"].as_str().unwrap_or_default();
            assert!(!name.contains("map["), "{name}");
        }
    }
}

#[test]
fn a_second_run_asks_conditionally_prints_nothing_and_changes_nothing() {
    let server = Server::start();
    server.reply(
        "/feed",
        [Reply::ok(atom("Evenings", &[ONE, TWO]))
            .header("ETag", "W/\"a-1\"")
            .header("Last-Modified", "Sun, 01 Nov 2026 10:00:00 GMT")
            .conditional()],
    );
    let mut hall = Hall::with_server(&server);
    hall.write(
        "notes/third.md",
        "# Third Evening\n\n2026-11-03\n\nOf wires.\n",
    );
    hall.run(["run", &server.url("/feed"), "notes"])
        .status(0)
        .stderr("")
        .stdout_contains("First Evening")
        .stdout_contains("Second Evening")
        .stdout_contains("Third Evening");
    let before = hall.run(["query", "--format", "json"]).status(0).out();

    hall.later(LATER);
    hall.run(["run", &server.url("/feed"), "notes"])
        .status(0)
        .stdout("")
        .stderr("");
    let asked = server.requests("/feed");
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(asked[0].header("If-None-Match"), None);
    assert_eq!(asked[0].header("If-Modified-Since"), None);
    assert_eq!(asked[1].header("If-None-Match"), Some("W/\"a-1\""));
    assert_eq!(
        asked[1].header("If-Modified-Since"),
        Some("Sun, 01 Nov 2026 10:00:00 GMT")
    );
    assert_eq!(hall.run(["query", "--format", "json"]).out(), before);
    let revised = hall.run(["query", "is:revised", "--format", "jsonl"]);
    revised.status(0).stdout("");
}

#[test]
fn the_same_bytes_without_validators_are_no_edit_either() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Evenings", &[ONE]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")]).status(0).stderr("");
    hall.later(LATER);
    hall.run(["run"]).status(0).stdout("").stderr("");
    assert_eq!(server.requests("/feed").len(), 2);
    hall.run(["query", "is:revised", "--format", "jsonl"])
        .status(0)
        .stdout("");
}

#[test]
fn each_entry_is_printed_once() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(atom("Evenings", &[ONE])),
            Reply::ok(atom("Evenings", &[ONE, TWO])),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")])
        .status(0)
        .stdout_contains("First Evening");
    hall.later(LATER);
    hall.run(["run"])
        .status(0)
        .stderr("")
        .stdout_contains("Second Evening")
        .stdout_lacks("First Evening");
    hall.run(["run"]).status(0).stdout("").stderr("");
}

#[test]
fn an_edit_is_kept_as_a_revision_and_is_not_news() {
    let server = Server::start();
    let edited = ("one", "First Evening", "<p>Of pipes and drums.</p>");
    server.reply(
        "/feed",
        [
            Reply::ok(atom("Evenings", &[ONE])),
            Reply::ok(atom("Evenings", &[edited])),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")]).status(0);
    hall.later(LATER);
    hall.run(["run"]).status(0).stdout("").stderr("");
    let found = hall
        .run(["query", "is:revised", "--format", "jsonl"])
        .stdout_json_lines();
    assert_eq!(each(&found, "title"), ["First Evening"]);
    assert!(found[0]["content_html"].as_str().unwrap().contains("drums"));
}

#[test]
fn what_a_feed_drops_stays() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(atom("Evenings", &[ONE, TWO])),
            Reply::ok(atom("Evenings", &[TWO])),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")]).status(0);
    hall.later(LATER);
    hall.run(["run"]).status(0).stdout("").stderr("");
    let found = hall
        .run(["query", "title:\"first evening\"", "--format", "jsonl"])
        .stdout_json_lines();
    assert_eq!(found.len(), 1);
}

/// One bad feed among good ones: a line that names it, status 3, the good ones kept.
fn assert_one_line_and_the_rest_kept(bad: Reply) {
    let server = Server::start();
    server.reply("/good", [Reply::ok(atom("Evenings", &[ONE]))]);
    server.reply("/bad", [bad]);
    let hall = Hall::with_server(&server);
    hall.run([
        "add",
        "--no-fetch",
        &server.url("/bad"),
        &server.url("/good"),
    ])
    .status(0);
    let ran = hall.run(["run"]);
    ran.status(3)
        .stdout_contains("First Evening")
        .stderr_contains("[SERVER]/bad: ");
    ran.stderr_lacks("[SERVER]/good");
    let warnings = ran.stderr_lines("warning: ");
    let says_what_to_do = ran.err().contains("hint: ") || warnings.concat().contains("; ");
    if warnings.len() != 1 || !says_what_to_do {
        ran.fail("expected one warning that says what to do");
    }
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    let good = feeds
        .iter()
        .find(|feed| feed["url"] == server.url("/good"))
        .unwrap();
    assert_eq!(good["entries"], 1);
}

#[test]
fn a_feed_that_answers_500_stops_nobody() {
    assert_one_line_and_the_rest_kept(Reply::status(500));
}

#[test]
fn a_feed_that_became_a_page_stops_nobody() {
    assert_one_line_and_the_rest_kept(
        Reply::ok("<!doctype html><html><body><h1>Domain for sale</h1></body></html>")
            .header("Content-Type", "text/html"),
    );
}

#[test]
fn a_feed_that_answers_nothing_stops_nobody() {
    assert_one_line_and_the_rest_kept(Reply::raw(""));
    assert_one_line_and_the_rest_kept(Reply::ok(""));
}

#[test]
fn a_feed_that_breaks_off_loses_nothing_that_was_kept() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(atom("Evenings", &[ONE, TWO])),
            Reply::status(500),
            Reply::ok("<html><body>Maintenance</body></html>").header("Content-Type", "text/html"),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")]).status(0);
    // Told when it has lasted.
    for (now, told) in [(LATER, false), ("2026-11-28T12:00:00Z", true)] {
        hall.later(now);
        let ran = hall.run(["run"]);
        ran.status(3).stdout("");
        match told {
            false => ran.stderr(""),
            true => ran.stderr_contains("Evenings ([SERVER]/feed)"),
        };
    }
    let kept = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    assert_eq!(kept.len(), 2);
    hall.run(["check"]).status(0).stdout("");
}

#[test]
fn cron_hears_nothing_when_all_is_well() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Evenings", &[]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.run(["run"]).status(0).stdout("").stderr("");
    hall.later(LATER);
    hall.run(["run"]).status(0).stdout("").stderr("");
}

#[test]
fn a_title_cannot_act_on_the_terminal() {
    let hall = Hall::new();
    let title = "Evening \u{9b}31m\u{202e}gnp.exe";
    hall.write(
        "feed.xml",
        atom("Evenings", &[("one", title, "<p>Of pipes.</p>")]),
    );
    let ran = hall.run(["run", "feed.xml"]);
    ran.status(0).stdout_contains("Evening");
    let bad: Vec<char> = ran
        .out()
        .chars()
        .filter(|&c| (c.is_control() && c != '\n') || c == '\u{202e}')
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
}
