use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");

/// The members of a line, in the contract's order.
const MEMBERS: [&str; 8] = [
    "url",
    "status",
    "http_status",
    "new",
    "updated",
    "error",
    "error_kind",
    "next_due",
];

fn of<'a>(lines: &'a [Value], url: &str) -> &'a Value {
    lines
        .iter()
        .find(|line| line["url"] == url)
        .unwrap_or_else(|| panic!("no line of {url} in {lines:#?}"))
}

#[test]
fn json_gives_one_object_a_feed() {
    let server = Server::start();
    server.reply(
        "/well",
        [Reply::ok(atom("Well", &[ONE]))
            .header("ETag", "\"1\"")
            .conditional()],
    );
    server.reply("/ill", [Reply::status(500)]);
    server.reply("/gone", [Reply::status(410)]);
    let mut hall = Hall::with_server(&server);
    let (well, ill, gone) = (server.url("/well"), server.url("/ill"), server.url("/gone"));
    hall.run(["add", "--no-fetch", &well, &ill, &gone])
        .status(0);

    let ran = hall.run(["fetch", "--json"]);
    let lines = ran.status(3).stdout_json_lines();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        let members: Vec<&str> = line
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(members, MEMBERS);
    }
    assert_eq!(of(&lines, &well)["status"], "new");
    assert_eq!(of(&lines, &well)["http_status"], 200);
    assert_eq!(of(&lines, &well)["new"], 1);
    assert_eq!(of(&lines, &well)["error"], Value::Null);
    assert_eq!(of(&lines, &ill)["status"], "failed");
    assert_eq!(of(&lines, &ill)["http_status"], 500);
    assert_ne!(of(&lines, &ill)["error"], Value::Null);
    assert_eq!(of(&lines, &gone)["status"], "gone");
    for line in &lines {
        if let Some(due) = line["next_due"].as_str() {
            assert!(due > "2026-11-21T12:00:00Z" && due.ends_with('Z'), "{due}");
        }
    }

    // Nothing is due yet.
    let lines = hall.run(["fetch", "--json"]).status(0).stdout_json_lines();
    assert_eq!(of(&lines, &well)["status"], "skipped");

    hall.later(LATER);
    let lines = hall.run(["fetch", "--json"]).stdout_json_lines();
    assert_eq!(of(&lines, &well)["status"], "unchanged");
    assert_eq!(of(&lines, &well)["http_status"], 304);
    assert_eq!(of(&lines, &well)["new"], 0);
    assert_eq!(
        server.requests("/gone").len(),
        1,
        "a feed that is gone is left alone"
    );
}

#[test]
fn without_json_stdout_stays_empty() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.run(["fetch"]).status(0).stdout("").stderr("");
}

#[test]
fn all_polls_what_is_not_due() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["fetch"]).status(0);
    assert_eq!(server.requests("/feed").len(), 1);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.requests("/feed").len(), 2);
    hall.run(["fetch", "well"]).status(0);
    assert_eq!(server.requests("/feed").len(), 3);
}

#[test]
fn a_validator_comes_with_its_entries_or_not_at_all() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok("<html><body>Try later</body></html>")
                .header("Content-Type", "text/html")
                .header("ETag", "\"page\""),
            Reply::ok(atom("Well", &[ONE])).header("ETag", "\"feed\""),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.run(["fetch"]).status(3);
    hall.later("2026-12-21T12:00:00Z");
    hall.run(["fetch"]).status(0);
    let asked = server.requests("/feed");
    assert_eq!(asked.last().unwrap().header("If-None-Match"), None);
}

#[test]
fn an_unknown_feed_is_named() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["fetch", "elsewhere"])
        .status(1)
        .stdout("")
        .stderr("error: no feed is called elsewhere\nhint: `hallway feeds` lists them\n");
}
