use std::fmt::Write as _;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each};

const POST: (&str, &str, &str) = ("harbour", "Harbour Days", "<p>Queues.</p>");

fn feed() -> String {
    atom("Third Row", &[POST])
}

fn events(hall: &Hall) -> Vec<(String, String)> {
    let lines = hall
        .run(["query", "--health", "--format", "jsonl"])
        .stdout_json_lines();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| (text(&line["title"]), text(&line["summary"])))
        .collect()
}

fn titles(hall: &Hall) -> Vec<String> {
    let titles = events(hall).into_iter();
    titles
        .map(|(title, _)| title.split(": ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_feed_that_breaks_is_told_of_once_and_again_when_it_works() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(feed()),
            Reply::status(404),
            Reply::status(404),
            Reply::status(404),
            Reply::status(404),
            Reply::ok(feed()),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["run", &server.url("/feed")]).status(0);
    assert!(titles(&hall).is_empty());
    let said = "    !  Third Row is broken: the server answered 404 Not Found
       Third Row · 2026-11-23 · #health #broke
       https://notes.example/
";
    // It may pass by itself; after three days it is told, once.
    for (now, expected) in [
        ("11-23T12", ""),
        ("11-25T12", ""),
        ("11-27T12", said),
        ("11-30T12", ""),
    ] {
        hall.later(&format!("2026-{now}:00:00Z"));
        hall.run(["run"]).stdout(expected);
    }
    assert_eq!(titles(&hall), ["Third Row is broken"]);
    hall.later("2026-12-20T12:00:00Z");
    hall.run(["run"])
        .status(0)
        .stdout_contains("Third Row works again");
    hall.later("2026-12-21T12:00:00Z");
    hall.run(["run"]).status(0).stdout("");
    assert_eq!(
        titles(&hall),
        ["Third Row works again", "Third Row is broken"]
    );
    assert_eq!(events(&hall)[1].1, "the server answered 404 Not Found");
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(feeds[0]["health"]["kind"], "recovered");
}

#[test]
fn in_a_digest_it_is_told_at_once_and_what_passed_untold_never() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(feed()),
            Reply::status(404),
            Reply::ok(feed()),
            Reply::status(404),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.write("notes/a.md", "# One\n\nOf pipes.\n");
    hall.run(["run", "notes", &server.url("/feed")]).status(0);
    hall.later("2026-11-23T12:00:00Z");
    hall.run(["run"]).status(3).stdout("");
    hall.later("2026-12-23T12:00:00Z");
    hall.run(["run"]).status(0).stdout("");
    hall.later("2027-01-23T12:00:00Z");
    hall.write("notes/b.md", "# Two\n\nOf drums.\n");
    let ran = hall.run(["run"]);
    ran.status(3)
        .stdout_contains("Two")
        .stdout_contains("Third Row is broken");
    ran.stdout_lacks("works again");
    assert_eq!(titles(&hall).len(), 3);
    hall.later("2027-01-24T12:00:00Z");
    hall.run(["run"]).stdout("");
}

#[test]
fn what_passes_by_itself_is_no_news() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(feed()),
            Reply::status(500),
            Reply::ok(feed()),
            Reply::status(503),
            Reply::status(503),
            Reply::status(503),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    let mut told = Vec::new();
    for day in 22..27 {
        hall.later(&format!("2026-11-{day}T18:00:00Z"));
        hall.run(["fetch", "--all"]);
        told.push(titles(&hall).len());
    }
    assert_eq!(told, [0, 0, 0, 1, 1]);
}

#[test]
fn a_feed_that_went_or_moved_is_told_of() {
    let server = Server::start();
    server.reply(
        "/gone",
        [Reply::ok(atom("Old", &[POST])), Reply::status(410)],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/gone")]).status(0);
    hall.later("2026-11-23T12:00:00Z");
    hall.run(["fetch", "--all"]).status(3);
    hall.later("2026-11-24T12:00:00Z");
    hall.run(["fetch", "--all"]);
    assert_eq!(titles(&hall), ["Old is gone"]);

    server.reply(
        "/old",
        [Reply::ok(feed()), Reply::redirect(301, &server.url("/new"))],
    );
    server.reply("/new", [Reply::ok(feed())]);
    hall.run(["add", &server.url("/old")]).status(0);
    for day in 2..20 {
        hall.later(&format!("2026-12-{day:02}T12:00:00Z"));
        hall.run(["fetch", "--all"]);
    }
    let moved: Vec<_> = events(&hall)
        .into_iter()
        .filter(|(title, _)| title.starts_with("Third Row has moved: "))
        .collect();
    assert_eq!(moved.len(), 1);
    assert_eq!(
        moved[0].1,
        format!("from {} to {}", server.url("/old"), server.url("/new"))
    );
}

/// A feed with an entry every so many days, the newest on the day before the clock of tests.
fn habit(days: i64, more: &str) -> String {
    let mut rss = String::from(
        "<rss version='2.0'><channel><title>Diary</title><link>https://diary.example/</link><description/>",
    );
    let newest = chrono::DateTime::parse_from_rfc3339("2026-11-20T08:00:00Z").unwrap();
    for n in 0..8 {
        let date = (newest - chrono::TimeDelta::days(n * days)).to_rfc2822();
        let _ = write!(
            rss,
            "<item><guid>n{n}</guid><title>Day {n}</title><pubDate>{date}</pubDate></item>"
        );
    }
    format!("{rss}{more}</channel></rss>")
}

#[test]
fn a_feed_that_falls_silent_by_its_own_habit_is_told_of_once() {
    let mut hall = Hall::new();
    hall.write("weekly.xml", habit(7, ""));
    hall.write("yearly.xml", habit(360, ""));
    hall.run(["run", "weekly.xml", "yearly.xml"]).status(0);
    for (now, expected) in [
        ("2026-12-15T12:00:00Z", 0),
        ("2026-12-22T12:00:00Z", 1),
        ("2027-03-01T12:00:00Z", 1),
        ("2028-10-01T12:00:00Z", 1),
        ("2028-12-01T12:00:00Z", 2),
    ] {
        hall.later(now);
        hall.run(["run"]).status(0);
        assert_eq!(titles(&hall).len(), expected, "{now}");
    }
    assert_eq!(
        events(&hall)[1].1,
        "no new entry since 2026-11-20, though it never took more than 7 days for one"
    );
    hall.run(["feeds"])
        .stdout_contains("  silent: no new entry since 2026-11-20");
    let more = "<item><guid>new</guid><title>New</title><pubDate>Fri, 01 Dec 2028 08:00:00 GMT</pubDate></item>";
    hall.write("weekly.xml", habit(7, more));
    hall.later("2028-12-02T12:00:00Z");
    hall.run(["run"]).stdout_contains("Diary speaks again");

    // Who subscribes to what sleeps already knows it.
    let late = Hall::new();
    late.write("weekly.xml", habit(7, ""));
    let mut late = late;
    late.later("2027-03-01T12:00:00Z");
    late.run(["run", "weekly.xml"]).status(0);
    late.later("2027-04-01T12:00:00Z");
    late.run(["run"]).status(0).stdout("");
}

#[test]
fn health_is_a_feed_of_its_own() {
    let server = Server::start();
    let title = "Row &lt;b&gt; &amp;amp; friends";
    server.reply(
        "/feed",
        [Reply::ok(atom(title, &[POST])), Reply::status(404)],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.later("2026-11-23T12:00:00Z");
    hall.run(["fetch", "--all"]).status(3);
    for format in [
        "atom", "rss", "jsonfeed", "html", "markdown", "json", "csv", "text", "eml", "opml",
    ] {
        let ran = hall.run(["query", "--health", "--format", format]);
        ran.status(0).stderr("");
        assert_eq!(
            ran.out(),
            hall.run(["query", "--health", "--format", format]).out()
        );
    }
    let atom = hall.run(["query", "--health", "--format", "atom"]).out();
    let id = "<id>tag:hallway.example,2026:health/";
    assert!(atom.contains(id), "{atom}");
    hall.write("health.xml", &atom);
    let read = hall.run(["parse", "health.xml"]).stdout_json();
    let items = read["items"].as_array().unwrap();
    assert_eq!(each(items, "title").len(), 1);
    hall.run(["query", "--health", "--until", "2026-11-20"])
        .stdout("");
    hall.run(["query", "--health", "--since", "2d"])
        .stdout_contains("is broken");
    hall.run(["query", "--health", "words"]).status(2);
    hall.run(["query", "-o", "h.atom", "--health", "--format", "atom"])
        .status(0);
    assert_eq!(hall.read("h.atom"), atom);
}
