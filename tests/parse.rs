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

#[test]
fn a_page_is_answered_with_the_feed_it_names_in_one_line() {
    let hall = Hall::new();
    hall.write(
        "page.html",
        "<!doctype html><link rel=alternate type=application/rss+xml href=/rss.xml>",
    );
    hall.run(["parse", "page.html", "--base", "https://blog.example/about/"])
        .status(1)
        .stdout("")
        .stderr(
            "error: page.html: this is a web page, not a feed; the feed it names is https://blog.example/rss.xml\n",
        );
    hall.write(
        "list.opml",
        "<opml><body><outline xmlUrl='https://a.example/rss'/><outline xmlUrl='https://b.example/rss'/></body></opml>",
    );
    hall.run(["parse", "list.opml"])
        .status(1)
        .stdout("")
        .stderr(
            "error: list.opml: this is a list of 2 feeds (OPML), not a feed\n\
         hint: hallway add FILE.opml subscribes to them all\n",
        );
}

#[test]
fn a_blogger_is_told_what_was_repaired_read_and_dropped() {
    let hall = Hall::new();
    hall.write(
        "feed.json",
        r#"{"version": "https://jsonfeed.org/version/1", "title": "Side Door", "items": [
            {"id": 7, "content_text": "Of queues.", "author": {"name": "Ann Poe"}, "date_published": "soon"},]}"#,
    );
    hall.run(["parse", "--explain", "feed.json"])
        .status(0)
        .stderr("")
        .stdout(
            "format      json10\n\
             encoding    UTF-8, by its bytes, which are valid UTF-8\n\
             title       Side Door\n\
             page        none\n\
             entries     1\n\
             \n\
             1. (no title)\n\
             \x20  id         7  (from id)\n\
             \x20  authors    Ann Poe  (from author)\n\
             \x20  content    Of queues.  (from content_text)\n\
             \x20  date       none; the moment it is first seen is used\n\
             \n\
             repaired:\n\
             \x20 1 × json-comma: a comma too many or too few\n\
             \x20 1 × json-type: a member of a wrong type\n\
             dropped:\n\
             \x20 date_published “soon”: not a date\n",
        );
}

#[test]
fn a_damaged_feed_is_explained_element_by_element() {
    let hall = Hall::new();
    hall.write(
        "feed.xml",
        "\n<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><title>Café & Queue</title>\
         <link>https://cafe.example/</link><item><link>https://cafe.example/1</link>\
         <media:title>Of queues</media:title><dc:creator>Ann Poe</dc:creator><pubDate>tomorrow-ish</pubDate>\
         <dc:date>2021-02-03</dc:date><category>ops</category><enclosure type='audio/mpeg'/>\
         <slash:comments>4</slash:comments><x:mood>fine</x:mood>\
         <description>Short &nbsp;ones</description></item></channel></rss>",
    );
    hall.run(["parse", "--explain", "feed.xml"])
        .status(0)
        .stderr("")
        .stdout(
            "format      rss20\n\
             encoding    UTF-8, by its bytes, which are valid UTF-8\n\
             title       Café & Queue  (from title)\n\
             page        https://cafe.example/  (from link)\n\
             entries     1\n\
             \n\
             1. Of queues\n\
             \x20  title      from media:title\n\
             \x20  id         https://cafe.example/1  (made up, the entry has none)\n\
             \x20  url        https://cafe.example/1  (from link)\n\
             \x20  published  2021-02-03T00:00:00Z  (from dc:date)\n\
             \x20  authors    Ann Poe  (from dc:creator)\n\
             \x20  tags       ops  (from category)\n\
             \x20  content    Short ones  (from description)\n\
             \x20  also       4 comments, x:mood\n\
             \n\
             repaired:\n\
             \x20 1 × encoding: bytes that are not in the encoding they claim\n\
             \x20 1 × leading-junk: something stood before the XML declaration\n\
             \x20 1 × rss-version: no RSS version, or one that does not exist; read as 2.0\n\
             \x20 2 × reference: an “&” that begins no reference stands for itself; write “&amp;”\n\
             \x20 4 × undeclared-prefix: a prefix without xmlns; read as it is usually meant\n\
             dropped:\n\
             \x20 the XML declaration “windows-1252”: not the encoding of the bytes\n\
             \x20 pubDate “tomorrow-ish”: not a date\n\
             \x20 enclosure: it has no url\n",
        );
}

#[test]
fn the_mended_document_can_be_looked_at() {
    let hall = Hall::new();
    hall.write(
        "feed.xml",
        "junk <?xml version='1.0'?><rss version='2'><channel><title>A & B</title>\
         <item><dc:creator>Ann</dc:creator><title>One<link>https://x.example/1</link></item>",
    );
    let ran = hall.run(["parse", "--normalised", "feed.xml"]);
    let text = ran.status(0).stderr("").out();
    assert!(
        text.contains("<title>A &amp; B</title><item><dc:creator>Ann</dc:creator><title>One</title><link>https://x.example/1</link></item></channel></rss>"),
        "{text}"
    );
    hall.write("again.xml", &text);
    let again = hall.run(["parse", "--normalised", "again.xml"]);
    assert_eq!(again.status(0).out(), text, "what is normalised stays so");
    hall.write("note.md", "# A note\n\n- one\n");
    let ran = hall.run(["parse", "--normalised", "note.md"]);
    ran.status(1).stderr_contains("no XML feed");
}
