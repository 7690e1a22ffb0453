use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each, strings};

const POST: (&str, &str, &str) = (
    "harbour",
    "Notes from Harbour Days 2026",
    "<p><a href=\"/last-year/\">Last year</a></p>\
     <h2 id=\"queues\">Queues at Night &mdash; Ann Poe</h2><p>Short ones.</p>\
     <h2 id=\"locks\">Locks by Day &mdash; Ben Ude</h2><p>Fewer.</p>",
);

#[test]
fn a_feed_comes_out_as_json_feed() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Third Row", &[POST]));
    let ran = hall.run(["parse", "feed.xml"]);
    let feed = ran.status(0).stderr("").stdout_json();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["title"], "Third Row");
    assert_eq!(feed["_hallway"]["format"], "atom10");
    assert_eq!(feed["_hallway"]["encoding"], "UTF-8");
    let item = &feed["items"][0];
    assert_eq!(item["id"], "tag:notes.example,2026:harbour");
    assert_eq!(item["url"], "https://notes.example/harbour/");
    assert_eq!(item["date_published"], "2026-11-01T08:00:00Z");
    assert_eq!(strings(&item["tags"]), ["devops"]);
    assert_eq!(item["_hallway"]["event"], "Harbour Days 2026");
    let talks = item["_hallway"]["talks"].as_array().unwrap();
    assert_eq!(each(talks, "title"), ["Queues at Night", "Locks by Day"]);
    assert_eq!(each(talks, "anchor"), ["queues", "locks"]);
    assert_eq!(strings(&talks[0]["speakers"]), ["Ann Poe"]);
    let content = item["content_html"].as_str().unwrap();
    assert!(
        content.contains("https://notes.example/last-year/"),
        "{content}"
    );
    assert!(!hall.archive().exists(), "parse makes no archive");
}

#[test]
fn a_base_resolves_what_the_document_leaves_open() {
    let hall = Hall::new();
    let feed = "<rss version=\"2.0\"><channel><title>T</title><link>/</link><description>d</description>\
                <item><title>A</title><link>/a/</link><description>&lt;a href=\"b\"&gt;b&lt;/a&gt;</description>\
                </item></channel></rss>";
    let ran = hall.run_with_stdin(
        ["parse", "-", "--base", "https://base.example/x/"],
        feed.as_bytes(),
    );
    let feed = ran.status(0).stdout_json();
    assert_eq!(feed["items"][0]["url"], "https://base.example/a/");
}

#[test]
fn what_is_no_feed_is_named_for_what_it_is() {
    let server = Server::start();
    server.reply(
        "/page",
        [Reply::ok("<!doctype html><html><body>Hello</body></html>")
            .header("Content-Type", "text/html")],
    );
    let hall = Hall::with_server(&server);
    hall.run(["parse", &server.url("/page")])
        .status(1)
        .stdout("")
        .stderr_contains("[SERVER]/page: ")
        .stderr_contains("page");
    for (bytes, name) in [
        (&b""[..], "nothing"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
        (b"%PDF-1.7", "a paper"),
    ] {
        let ran = hall.run_with_stdin(["parse", "-"], bytes);
        ran.status(1).stdout("");
        assert_ne!(ran.err(), "", "{name}");
    }
    hall.run(["parse", "missing.xml"])
        .status(1)
        .stdout("")
        .stderr_contains("missing.xml");
}

#[test]
fn a_hostile_document_ends_in_a_line_not_in_a_crash() {
    let hall = Hall::new();
    let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(100_000));
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><feed xmlns=\"http://www.w3.org/2005/Atom\">\
                <title>&c;</title><id>x</id><updated>2026-01-01T00:00:00Z</updated></feed>";
    for document in [
        deep.as_str(),
        bomb,
        "{\"version\": \"https://jsonfeed.org/version/1.1\"",
        "\0\0\0\0",
    ] {
        let ran = hall.run_with_stdin(["parse", "-"], document.as_bytes());
        let short = ran.out().len() < 1_000_000 && ran.err().lines().count() <= 3;
        if !short || ran.err().contains('\0') || ran.err().contains("panicked") {
            ran.fail("expected a short answer");
        }
    }
}
