use std::fmt::Write as _;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, sorted_titles};

/// An Atom document with these links and, for each name, an entry of that day in 2018.
fn page(links: &[(&str, &str)], names: &[&str]) -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Third Row</title>\
         <id>tag:notes.example,2018:row</id><updated>2018-10-25T00:00:00Z</updated>\
         <generator>Handmade</generator>",
    );
    for (rel, href) in links {
        let _ = write!(feed, "<link rel=\"{rel}\" href=\"{href}\"/>");
    }
    for (day, name) in (1..).zip(names) {
        let _ = write!(
            feed,
            "<entry><title>{name}</title><id>tag:notes.example,2018:{name}</id>\
             <updated>2018-10-{day:02}T08:00:00Z</updated><content>{name}</content></entry>"
        );
    }
    feed + "</feed>"
}

fn json_page(next: &str, names: &[&str]) -> String {
    let items: Vec<String> = names
        .iter()
        .map(|name| {
            format!("{{\"id\":\"{name}\",\"title\":\"{name}\",\"content_text\":\"{name}\"}}")
        })
        .collect();
    format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"next_url\":\"{next}\",\
         \"items\":[{}]}}",
        items.join(",")
    )
}

fn rss(generator: &str, names: &[&str]) -> String {
    let mut feed = format!("<rss version=\"2.0\"><channel><title>W</title>{generator}");
    for name in names {
        let _ = write!(
            feed,
            "<item><title>{name}</title><guid>{name}</guid></item>"
        );
    }
    feed + "</channel></rss>"
}

fn titles(hall: &Hall) -> Vec<String> {
    let entries = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    sorted_titles(&entries)
}

#[test]
fn archives_are_read_once_and_flood_no_digest() {
    let server = Server::start();
    server.reply(
        "/feed",
        [Reply::ok(page(&[("prev-archive", "/2")], &["e"]))],
    );
    server.reply(
        "/2",
        [Reply::ok(page(&[("prev-archive", "/1")], &["c", "d"]))],
    );
    server.reply("/1", [Reply::ok(page(&[], &["a", "b"]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["run"]).status(0).stdout_contains("1 ");
    hall.run(["fetch", "--history"])
        .status(0)
        .stdout("")
        .stderr_contains("Third Row ([SERVER]/feed): 4 entries of its past, 2 pages, complete");
    assert_eq!(titles(&hall), ["a", "b", "c", "d", "e"]);
    hall.run(["run"]).status(0).stdout("");
    hall.run(["fetch", "--history"]).status(0);
    hall.later(LATER);
    hall.run(["fetch", "--history", "third row"]).status(0);
    assert_eq!(server.requests("/2").len(), 1);
    assert_eq!(server.requests("/1").len(), 1);

    // A newer archive document: it is read, those before are not asked for again.
    server.reply(
        "/feed",
        [Reply::ok(page(&[("prev-archive", "/3")], &["g"]))],
    );
    server.reply("/3", [Reply::ok(page(&[("prev-archive", "/2")], &["f"]))]);
    hall.later("2026-11-25T12:00:00Z");
    hall.run(["fetch", "--history"])
        .status(0)
        .stderr_contains("1 entry of its past");
    assert_eq!(server.requests("/2").len(), 1);
    hall.run(["run"])
        .status(0)
        .stdout_contains("g")
        .stdout_lacks("\nf");
}

#[test]
fn a_past_that_was_broken_off_goes_on_where_it_was() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(json_page("/p2", &["1"]))]);
    server.reply("/p2", [Reply::ok(json_page("/p3", &["2"]))]);
    server.reply(
        "/p3",
        [Reply::status(503), Reply::ok(json_page("", &["3"]))],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", "--history", &server.url("/feed")])
        .status(3)
        .stderr_contains("page [SERVER]/p3 of its past")
        .stderr_contains("503");
    assert_eq!(titles(&hall), ["1", "2"]);
    hall.run(["fetch", "--history"]).status(0);
    assert_eq!(titles(&hall), ["1", "2", "3"]);
    assert_eq!(server.requests("/p2").len(), 1);
    assert_eq!(server.requests("/feed").len(), 1);
}

#[test]
fn wordpress_pages_are_numbered_until_there_is_none() {
    let server = Server::start();
    let generator = "<generator>https://wordpress.org/?v=6.4</generator>";
    server.reply("/feed/", [Reply::ok(rss(generator, &["5", "4"]))]);
    server.reply("/feed/?paged=2", [Reply::ok(rss(generator, &["3", "2"]))]);
    server.reply("/feed/?paged=3", [Reply::ok(rss(generator, &["1"]))]);
    server.reply("/feed/?paged=4", [Reply::status(404)]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--history", &server.url("/feed/")])
        .status(0);
    assert_eq!(titles(&hall), ["1", "2", "3", "4", "5"]);
    assert_eq!(server.requests("/feed/").len(), 4);
}

#[test]
fn what_is_no_wordpress_is_asked_once_or_not_at_all() {
    let server = Server::start();
    server.reply("/plain", [Reply::ok(rss("", &["1"]))]);
    server.reply(
        "/hugo",
        [Reply::ok(rss("<generator>Hugo</generator>", &["1"]))],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/plain"), &server.url("/hugo")])
        .status(0);
    for _ in 0..3 {
        hall.run(["fetch", "--history"]).status(0);
    }
    assert_eq!(server.requests("/plain").len(), 2);
    assert_eq!(server.requests("/hugo").len(), 1);
}

#[test]
fn circles_and_repetitions_end() {
    let server = Server::start();
    server.reply(
        "/feed",
        [Reply::ok(page(&[("prev-archive", "/a")], &["e"]))],
    );
    server.reply("/a", [Reply::ok(page(&[("prev-archive", "/b")], &["a"]))]);
    server.reply("/b", [Reply::ok(page(&[("prev-archive", "/a")], &["b"]))]);
    // Every page names another one and says the same.
    server.reply(
        "/endless",
        [Reply::ok(page(&[("next", "/endless?p=1")], &["x"]))],
    );
    server.reply(
        "/endless?p=1",
        [Reply::ok(page(&[("next", "/endless?p=2")], &["y"]))],
    );
    server.reply(
        "/endless?p=2",
        [Reply::ok(page(&[("next", "/endless?p=3")], &["y"]))],
    );
    server.reply("/self", [Reply::ok(json_page("/self", &["s"]))]);
    let hall = Hall::with_server(&server);
    let urls = ["/feed", "/endless", "/self"].map(|path| server.url(path));
    hall.run(["add", "--history", &urls[0], &urls[1], &urls[2]])
        .status(0)
        .stderr_contains("its pages lead in a circle");
    assert_eq!(server.requests("/a").len(), 1);
    assert_eq!(server.requests("/b").len(), 1);
    assert_eq!(server.requests("/endless").len(), 3);
    assert!(server.requests("/self").len() <= 2);
    let asked = server.all_requests().len();
    hall.run(["fetch", "--history"]).status(0);
    assert_eq!(server.all_requests().len(), asked);
}

#[test]
fn a_feed_sends_nobody_to_another_host() {
    let (server, victim) = (Server::start(), Server::start());
    let next = victim.url("/secret");
    server.reply("/feed", [Reply::ok(page(&[("next", &next)], &["e"]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--history", &server.url("/feed")])
        .status(3)
        .stderr_contains("another host");
    assert_eq!(victim.all_requests().len(), 0);
}

#[test]
fn pages_of_one_host_come_slowly_and_plain_polls_ask_for_none() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(page(&[("next", "/2")], &["c"]))]);
    server.reply("/2", [Reply::ok(page(&[("next", "/3")], &["b"]))]);
    server.reply("/3", [Reply::ok(page(&[], &["a"]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.requests("/2").len(), 0);
    hall.run(["fetch", "--history"]).status(0);
    let gap = server.requests("/3")[0].at - server.requests("/2")[0].at;
    assert!(gap.as_millis() >= 400, "{gap:?}");
}

#[test]
fn old_documents_are_put_in_and_overwrite_nothing() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(page(&[], &["a"]))]);
    let hall = Hall::with_server(&server);
    hall.write("old.xml", page(&[], &["z", "a"]));
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["run"]).status(0);
    hall.run(["import-entries", "old.xml", "--feed", &server.url("/feed")])
        .status(0)
        .stdout("")
        .stderr("old.xml: 1 entry of 2 were new to Third Row ([SERVER]/feed)\n");
    assert_eq!(titles(&hall), ["a", "z"]);
    hall.run(["query", "is:revised", "--format", "jsonl"])
        .stdout("");
    hall.run(["run"]).status(0).stdout("");
    hall.run(["check"]).status(0);
    hall.run(["import-entries", "old.xml", "--feed", "nobody"])
        .status(1);
}

/// `/endless?p=N` for N up to 60, each with an entry of its own.
fn endless(server: &Server) {
    server.reply(
        "/endless",
        [Reply::ok(page(&[("next", "/endless?p=1")], &["p0"]))],
    );
    for number in 1..60 {
        let (here, next) = (
            format!("/endless?p={number}"),
            format!("/endless?p={}", number + 1),
        );
        let name = format!("p{number}");
        server.reply(&here, [Reply::ok(page(&[("next", &next)], &[&name]))]);
    }
}

#[test]
fn endless_pages_are_bounded_and_the_next_run_goes_on() {
    let server = Server::start();
    endless(&server);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/endless")]).status(0);
    for expected in [4, 7] {
        hall.run(["fetch", "--history", "--pages", "3"])
            .status(0)
            .stderr_contains("there is more");
        assert_eq!(server.all_requests().len(), expected);
        assert_eq!(titles(&hall).len(), expected);
    }
}

/// A run in the middle of a past without end.
fn half_read(server: &Server) -> (Hall, std::process::Child) {
    endless(server);
    let hall = Hall::with_server(server);
    hall.run(["add", &server.url("/endless")]).status(0);
    let mut command = hall.command();
    command
        .arg("--archive")
        .arg(hall.archive())
        .args(["fetch", "--history"]);
    let child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    while server.all_requests().len() < 4 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    (hall, child)
}

#[test]
fn a_kill_costs_one_page_at_most() {
    let server = Server::start();
    let (hall, mut child) = half_read(&server);
    child.kill().unwrap();
    child.wait().unwrap();
    hall.run(["fetch", "--history", "--pages", "2"]).status(0);
    hall.run(["check"]).status(0);
    let mut targets: Vec<String> = server
        .all_requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    let in_all = targets.len();
    targets.sort_unstable();
    targets.dedup();
    assert!(in_all - targets.len() <= 1, "{targets:?}");
    assert_eq!(titles(&hall).len(), targets.len());
}

#[test]
fn a_signal_ends_it_and_keeps_what_was_read() {
    let server = Server::start();
    let (hall, mut child) = half_read(&server);
    let began = std::time::Instant::now();
    let killed = std::process::Command::new("kill")
        .arg(child.id().to_string())
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(began.elapsed().as_secs() < 1);
    assert!(titles(&hall).len() >= 3);
}

#[test]
fn an_archive_page_that_is_not_there_is_said_once() {
    let server = Server::start();
    server.reply(
        "/feed",
        [Reply::ok(page(&[("prev-archive", "/2")], &["c"]))],
    );
    server.reply("/2", [Reply::ok(page(&[("prev-archive", "/1")], &["b"]))]);
    server.reply("/1", [Reply::status(404), Reply::ok(page(&[], &["a"]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", "--history", &server.url("/feed")])
        .status(3)
        .stderr_contains("1 entry of its past, 1 page; what came before is not there: [SERVER]/1");
    for _ in 0..2 {
        hall.run(["fetch", "--history"])
            .status(0)
            .stderr_lacks("not there");
    }
    assert_eq!(server.requests("/1").len(), 1);

    // After a month it is looked for again where a document names it.
    server.reply(
        "/feed",
        [Reply::ok(page(&[("prev-archive", "/1")], &["d"]))],
    );
    hall.later("2027-01-21T12:00:00Z");
    hall.run(["fetch", "--history"]).status(0);
    assert_eq!(titles(&hall), ["a", "b", "c", "d"]);
}

#[test]
fn a_server_that_asks_for_patience_is_left_alone_for_its_past_too() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(page(&[("next", "/2")], &["c"]))]);
    server.reply(
        "/2",
        [
            Reply::status(503).header("Retry-After", "7200"),
            Reply::ok(page(&[("next", "/3")], &["b"])),
        ],
    );
    server.reply(
        "/3",
        [
            Reply::status(429).header("Retry-After", "7200"),
            Reply::ok(page(&[], &["a"])),
        ],
    );
    server.reply("/other", [Reply::ok(page(&[("next", "/o2")], &["x"]))]);
    server.reply("/o2", [Reply::ok(page(&[], &["y"]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["fetch", "--history"])
        .status(0)
        .stderr_contains("left alone until 2026-11-21 14:00 UTC");
    hall.later("2026-11-21T13:30:00Z");
    hall.run(["fetch", "--history"])
        .status(0)
        .stderr_contains("left alone until 2026-11-21 14:00 UTC");
    assert_eq!(server.requests("/2").len(), 1);
    hall.later("2026-11-21T14:30:00Z");
    hall.run(["fetch", "--history"])
        .status(0)
        .stderr_contains("1 entry of its past, 1 page; its server wants to be left alone until")
        .stderr_contains("2026-11-21 16:30 UTC");
    assert_eq!(server.requests("/3").len(), 1);
    // It speaks for its host, whatever is asked of it.
    hall.run(["add", "--no-fetch", &server.url("/other")])
        .status(0);
    hall.later("2026-11-21T16:00:00Z");
    hall.run(["fetch", "--history"]).status(0);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.requests("/other").len(), 0);
    hall.later("2026-11-21T17:00:00Z");
    hall.run(["fetch", "--history"]).status(0);
    assert_eq!(titles(&hall), ["a", "b", "c", "x", "y"]);
}

#[test]
fn a_past_waits_while_another_feed_of_its_host_is_refused() {
    let server = Server::start();
    for name in ["a", "b"] {
        let feed = page(&[("next", &format!("/{name}2"))], &[name]).replace("Third Row", name);
        server.reply(&format!("/{name}"), [Reply::ok(feed)]);
        let older = page(&[], &[&format!("{name}2")]);
        server.reply(&format!("/{name}2"), [Reply::status(429), Reply::ok(older)]);
    }
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/a"), &server.url("/b")])
        .status(0);
    let ran = hall.run(["fetch", "--history"]);
    ran.status(0)
        .stderr_contains("left alone until 2026-11-21 16:00 UTC");
    assert_eq!(ran.err().lines().count(), 2, "{}", ran.err());
    assert_eq!(server.all_requests().len(), 3, "one page was asked for");
    for now in ["2026-11-21T16:30:00Z", "2026-11-21T21:00:00Z"] {
        hall.later(now);
        hall.run(["fetch", "--history"]).status(0);
    }
    assert_eq!(titles(&hall), ["a", "a2", "b", "b2"]);
}
