//! Whatever becomes of a feed, the archive keeps what it said.

use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom, sorted_titles};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of wells and of valves.</p>");
const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of gauges and of pumps.</p>");
const THREE: (&str, &str, &str) = ("three", "Third Evening", "<p>Of pipes and of taps.</p>");

/// The feed with some of its three entries, each as it always is.
fn well(names: &[&str]) -> String {
    let all = atom("Well", &[ONE, TWO, THREE]);
    let (head, rest) = all.split_once("<entry>").unwrap();
    let entries: Vec<&str> = rest.split("<entry>").collect();
    let mut feed = head.to_owned();
    for name in names {
        let at = ["one", "two", "three"]
            .iter()
            .position(|one| one == name)
            .unwrap();
        feed.push_str("<entry>");
        feed.push_str(entries[at].trim_end().trim_end_matches("</feed>"));
    }
    feed + "</feed>\n"
}

/// A feed that says these things one after the other, after a first poll that found two entries.
fn served(replies: impl IntoIterator<Item = Reply>) -> (Server, Hall) {
    let server = Server::start();
    let first = Reply::ok(well(&["one", "two"])).header("ETag", "\"1\"");
    let mut all = vec![first];
    all.extend(replies);
    server.reply("/feed", all);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.later(LATER);
    (server, hall)
}

fn titles(hall: &Hall) -> Vec<String> {
    let ran = hall.run(["query", "", "--format", "jsonl"]);
    let entries = ran.status(0).stdout_json_lines();
    sorted_titles(&entries)
}

/// Both are there, whole and without an earlier state.
#[track_caller]
fn keeps_both(hall: &Hall) {
    assert_eq!(titles(hall), ["First Evening", "Second Evening"]);
    for (text, entry) in [
        ("Of wells and of valves.", "one"),
        ("Of gauges and of pumps.", "two"),
    ] {
        let shown = hall.run(["show", &format!("https://notes.example/{entry}/")]);
        shown.status(0).stdout_contains(text);
    }
    let revised = hall.run(["query", "is:revised", "--format", "jsonl"]);
    revised.status(0).stdout("");
    hall.run(["check"]).status(0);
}

fn feed_line(hall: &Hall) -> Value {
    hall.run(["feeds", "--json"])
        .status(0)
        .stdout_json_lines()
        .remove(0)
}

#[test]
fn an_entry_that_the_feed_drops_is_kept() {
    let (_server, hall) = served([Reply::ok(well(&["two"]))]);
    hall.run(["fetch", "--all"]).status(0);
    keeps_both(&hall);
    assert_eq!(feed_line(&hall)["entries"], 2);
}

#[test]
fn a_page_in_place_of_the_feed_is_a_failure_and_nothing_more() {
    let pages = [
        "<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Down</h1></body></html>",
        "<html><body>Log in <form><input type=\"password\"></form></body></html>",
        "Error establishing a database connection",
        "",
    ];
    for page in pages {
        let good = Reply::ok(well(&["one", "two"]));
        let reply = Reply::ok(page)
            .header("Content-Type", "application/rss+xml")
            .header("ETag", "\"page\"");
        let (server, mut hall) = served([reply, good]);
        let lines = hall
            .run(["fetch", "--all", "--json"])
            .status(3)
            .stdout_json_lines();
        assert_eq!(lines[0]["status"], "failed", "{page}");
        keeps_both(&hall);
        let line = feed_line(&hall);
        assert_eq!(line["state"], "failing", "{page}");
        assert_eq!(line["title"], "Well");
        assert!(line["error"].is_string());
        // The feed is asked for as of its last good answer, and is well again.
        hall.later("2026-12-23T11:50:00Z");
        hall.run(["fetch", "--all"]).status(0);
        let asked = server.requests("/feed");
        assert_eq!(asked[2].header("If-None-Match"), Some("\"1\""));
        assert_eq!(feed_line(&hall)["state"], "active");
        keeps_both(&hall);
    }
}

#[test]
fn an_emptied_feed_keeps_its_entries() {
    let (_server, hall) = served([Reply::ok(well(&[])), Reply::ok(well(&["one", "two"]))]);
    hall.run(["fetch", "--all"]).status(0);
    keeps_both(&hall);
    assert_eq!(feed_line(&hall)["entries"], 2);
    let lines = hall.run(["fetch", "--all", "--json"]).stdout_json_lines();
    assert_eq!(lines[0]["new"], 0, "nothing is new when they are back");
    keeps_both(&hall);
}

/// Looks at a feed that holds two entries when it is cut, and three later.
#[track_caller]
fn keeps_what_came(cut: Reply) {
    let whole = well(&["three", "one", "two"]);
    let (server, mut hall) = served([cut, Reply::ok(whole).header("ETag", "\"2\"")]);
    hall.run(["fetch", "--all"])
        .status(3)
        .stderr_contains("the document ends too early: what came of it is kept");
    let mut all = vec!["First Evening", "Second Evening"];
    let found = titles(&hall);
    assert!(found.contains(&"Third Evening".to_owned()), "{found:?}");
    all.push("Third Evening");
    assert_eq!(found, all);
    for (text, entry) in [
        ("Of wells and of valves.", "one"),
        ("Of gauges and of pumps.", "two"),
    ] {
        let shown = hall.run(["show", &format!("https://notes.example/{entry}/")]);
        shown.status(0).stdout_contains(text);
    }
    hall.run(["query", "is:revised", "--format", "jsonl"])
        .stdout("");
    assert_eq!(feed_line(&hall)["truncated"], true);
    assert_eq!(feed_line(&hall)["title"], "Well");
    hall.run(["feeds", "-v"]).stdout_contains("ended too early");
    hall.later("2026-12-23T11:50:00Z");
    hall.run(["fetch", "--all"])
        .status(0)
        .stderr_lacks("warning");
    let asked = server.requests("/feed");
    assert_eq!(
        asked[2].header("If-None-Match"),
        None,
        "asked for all of it"
    );
    assert_eq!(titles(&hall), all);
    assert_eq!(feed_line(&hall)["truncated"], Value::Null);
    hall.run(["check"]).status(0);
}

#[test]
fn of_a_feed_that_was_written_in_part_what_came_is_kept() {
    let whole = well(&["three", "one", "two"]);
    for end in ["valves", "<title>Second", "</entry>\n<entry><title>Second"] {
        let part = &whole[..whole.find(end).unwrap_or(whole.len() - 30)];
        keeps_what_came(Reply::ok(part).header("ETag", "\"part\""));
    }
}

#[test]
fn of_an_answer_that_broke_off_what_came_is_kept() {
    let whole = well(&["three", "one", "two"]);
    let at = whole.find("valves").unwrap();
    keeps_what_came(Reply::ok(whole).header("ETag", "\"2\"").cut_after(at));
}

#[test]
fn the_same_part_again_is_still_a_part() {
    let whole = well(&["one", "two"]);
    let part = Reply::ok(&whole[..whole.len() - 40]).header("ETag", "\"part\"");
    let (server, mut hall) = served([part.clone(), part.clone(), part]);
    for day in 1..=3 {
        hall.later(&format!("2027-01-0{day}T12:00:00Z"));
        hall.run(["fetch", "--all"]).status(3);
        keeps_both(&hall);
        assert_eq!(feed_line(&hall)["truncated"], true);
    }
    assert_eq!(server.requests("/feed")[3].header("If-None-Match"), None);
}

#[test]
fn a_feed_that_moved_keeps_its_entries_and_goes_on() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(well(&["one", "two"])),
            Reply::redirect(301, "/new"),
        ],
    );
    server.reply("/new", [Reply::ok(well(&["three", "two"]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    for month in ["2026-12", "2027-01", "2027-02", "2027-03"] {
        for day in ["01", "05", "09"] {
            hall.later(&format!("{month}-{day}T12:00:00Z"));
            hall.run(["fetch", "--all"]).status(0);
        }
    }
    assert_eq!(
        titles(&hall),
        ["First Evening", "Second Evening", "Third Evening"]
    );
    let line = feed_line(&hall);
    assert_eq!(line["entries"], 3);
    assert_eq!(line["url"], server.url("/new"));
    hall.run(["check"]).status(0);
}

#[test]
fn a_feed_that_was_taken_down_keeps_its_entries() {
    let (server, mut hall) = served([Reply::status(410)]);
    hall.run(["fetch", "--all"]).status(3);
    keeps_both(&hall);
    assert_eq!(feed_line(&hall)["state"], "gone");
    hall.later("2027-06-23T11:50:00Z");
    hall.run(["fetch"]).status(0);
    assert_eq!(server.requests("/feed").len(), 2, "asked no more");
    keeps_both(&hall);
}

#[test]
fn removing_a_feed_keeps_its_entries_unless_they_are_purged() {
    let (server, hall) = served([Reply::ok(well(&["one", "two"]))]);
    let url = server.url("/feed");
    hall.run(["remove", &url]).status(0);
    hall.run(["feeds", "--json"]).stdout("");
    keeps_both(&hall);
    // Subscribed to again it is the same feed, and nothing of it is new.
    hall.run(["add", &url]).status(0);
    keeps_both(&hall);
    assert_eq!(feed_line(&hall)["entries"], 2);
    hall.run(["remove", &url, "--purge"]).status(0);
    assert!(titles(&hall).is_empty());
    hall.run(["check"]).status(0);
}
