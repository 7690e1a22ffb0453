use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom, each};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");

#[test]
fn each_feed_tells_how_it_does() {
    let server = Server::start();
    server.reply("/well", [Reply::ok(atom("Well", &[ONE]))]);
    server.reply("/ill", [Reply::status(500)]);
    let hall = Hall::with_server(&server);
    hall.run([
        "add",
        "--no-fetch",
        &server.url("/well"),
        &server.url("/ill"),
    ])
    .status(0);
    hall.run(["fetch"]).status(3);
    let lines = hall.run(["feeds", "--json"]).status(0).stdout_json_lines();
    let of = |path: &str| {
        lines
            .iter()
            .find(|line| line["url"] == server.url(path))
            .unwrap()
    };

    assert_eq!(of("/well")["title"], "Well");
    assert_eq!(of("/well")["site_url"], "https://notes.example/");
    assert_eq!(of("/well")["state"], "active");
    assert_eq!(of("/well")["entries"], 1);
    assert_eq!(of("/well")["last_success"], "2026-11-21T12:00:00Z");
    assert_eq!(of("/well")["error"], Value::Null);

    assert_eq!(of("/ill")["state"], "failing");
    assert_eq!(of("/ill")["last_success"], Value::Null);
    assert_eq!(of("/ill")["error_since"], "2026-11-21T12:00:00Z");
    assert!(of("/ill")["error"].as_str().unwrap().contains("500"));

    let ran = hall.run(["feeds"]);
    ran.status(0)
        .stderr("")
        .stdout_contains("Well")
        .stdout_contains("500");
}

#[test]
fn people_get_a_table_and_with_v_all_there_is() {
    let server = Server::start();
    let well = Reply::ok(atom("Well", &[ONE])).header("Cache-Control", "max-age=7200");
    server.reply("/well", [well]);
    server.reply("/ill", [Reply::status(500)]);
    server.reply("/gone", [Reply::status(410)]);
    let hall = Hall::with_server(&server);
    for (path, title) in [("/well", "Well"), ("/ill", "Ill"), ("/gone", "Gone")] {
        let url = server.url(path);
        hall.run(["add", "--no-fetch", "--title", title, &url])
            .status(0);
    }
    hall.run(["fetch"]).status(3);
    hall.run(["feeds"]).status(0).stderr("").stdout(
        "TITLE  ENTRIES  LAST SUCCESS      NEXT DUE          STATE    TROUBLE SINCE\n\
         Gone         0                                      gone     2026-11-21 gone: the server answered 410 Gone\n\
         Ill          0                    2026-11-21 12:59  failing  2026-11-21 http_5xx: the server answered 500 Internal Server Error\n\
         Well         1  2026-11-21 12:00  2026-11-21 14:00  active\n",
    );
    hall.run(["-v", "feeds"])
        .status(0)
        .stdout_contains(
            "Gone\n  [SERVER]/gone\n  0 entries, never polled, gone, no longer polled\n",
        )
        .stdout_contains("  failing since 2026-11-21 12:00: the server answered 500");
    let lines = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(lines[0]["next_due"], Value::Null);
}

#[test]
fn a_paused_feed_is_left_alone_until_it_is_resumed() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["pause", "well"]).status(0).stdout("");
    hall.later(LATER);
    hall.run(["run"]).status(0);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.requests("/feed").len(), 1);
    let lines = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(each(&lines, "state"), ["paused"]);
    hall.run(["resume", "well"]).status(0).stdout("");
    hall.run(["run"]).status(0);
    assert_eq!(server.requests("/feed").len(), 2);
}

#[test]
fn removing_keeps_the_entries() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["remove", "well"])
        .status(0)
        .stdout("")
        .stderr("removed Well ([DIR]/feed.xml), 1 entry kept\n");
    hall.run(["feeds", "--json"]).status(0).stdout("");
    let kept = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    assert_eq!(each(&kept, "title"), ["First Evening"]);
    hall.run(["add", "feed.xml"]).status(0);
    let lines = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(lines[0]["entries"], 1, "it is the same feed again");
    let kept = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    assert_eq!(kept.len(), 1);
}

#[test]
fn a_slip_in_one_name_removes_nothing() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["remove", "well", "elsewhere"])
        .status(1)
        .stdout("");
    let lines = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(each(&lines, "title"), ["Well"]);
}

#[test]
fn a_name_that_fits_two_feeds_is_no_name() {
    let hall = Hall::new();
    hall.write("a.xml", atom("Evenings north", &[ONE]));
    hall.write("b.xml", atom("Evenings south", &[ONE]));
    hall.run(["add", "a.xml", "b.xml"]).status(0);
    hall.run(["pause", "evenings"])
        .status(1)
        .stderr_contains("2 feeds")
        .stderr_contains("Evenings north")
        .stderr_contains("Evenings south");
}
