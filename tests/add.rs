use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each};

const POST: (&str, &str, &str) = (
    "harbour",
    "Harbour Days 2026",
    "<h2 id=\"queues\">Queues at Night &mdash; Ann Poe</h2><p>Short ones.</p>\
     <h2 id=\"locks\">Locks by Day &mdash; Ben Ude</h2><p>Fewer.</p>",
);

#[test]
fn a_feed_is_subscribed_with_one_request() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")])
        .status(0)
        .stdout("")
        .stderr("subscribed to Third Row ([SERVER]/feed), 1 entry\n");
    assert_eq!(server.requests("/feed").len(), 1);
    hall.run(["add", &server.url("/feed")])
        .status(0)
        .stdout("")
        .stderr("already subscribed to Third Row ([SERVER]/feed), 1 entry\n");
    assert_eq!(server.requests("/feed").len(), 1);
}

#[test]
fn a_web_page_leads_to_its_feed() {
    let server = Server::start();
    server.reply(
        "/",
        [Reply::ok(
            "<!doctype html><html><head><title>Blog</title>\
             <link rel=\"alternate\" type=\"application/atom+xml\" href=\"/blog.xml\"></head>\
             <body><p>Hello</p></body></html>",
        )
        .header("Content-Type", "text/html; charset=utf-8")],
    );
    server.reply("/blog.xml", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/")])
        .status(0)
        .stderr_contains("subscribed to Third Row ([SERVER]/blog.xml)");
    let feeds = hall.run(["feeds", "--json"]).status(0).stdout_json_lines();
    assert_eq!(each(&feeds, "url"), [server.url("/blog.xml")]);
}

#[test]
fn a_page_without_a_feed_is_told_from_a_feed() {
    let server = Server::start();
    server.reply(
        "/",
        [
            Reply::ok("<!doctype html><html><head><title>Blog</title></head><body></body></html>")
                .header("Content-Type", "text/html"),
        ],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/")])
        .status(1)
        .stdout("")
        .stderr_contains("[SERVER]/")
        .stderr_contains("hint: ");
    assert_eq!(hall.run(["feeds", "--json"]).out(), "");
}

#[test]
fn tags_and_a_title_are_the_subscribers_own() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Third Row", &[POST]));
    hall.run([
        "add", "feed.xml", "--tag", "ops", "--tag", "to read", "--title", "Maren",
    ])
    .status(0)
    .stdout("");
    let feeds = hall.run(["feeds", "--json"]).status(0).stdout_json_lines();
    assert_eq!(feeds[0]["title"], "Maren");
    assert_eq!(feeds[0]["tags"], serde_json::json!(["ops", "to read"]));
    let found = hall
        .run(["query", "tag:to-read", "--format", "jsonl"])
        .stdout_json_lines();
    assert_eq!(each(&found, "title"), ["Harbour Days 2026"]);
}

#[test]
fn a_title_names_one_feed() {
    Hall::new()
        .run(["add", "a.xml", "b.xml", "--title", "Both"])
        .status(2)
        .stdout("")
        .stderr_contains("--title");
}

#[test]
fn a_list_brings_its_folders_as_tags() {
    let hall = Hall::new();
    hall.write("lists/feeds/a.xml", atom("A", &[POST]));
    hall.write("lists/notes/b.md", "# Evening\n\nSomething was said.\n");
    hall.write(
        "lists/all.opml",
        "<?xml version=\"1.0\"?><opml version=\"2.0\"><body><outline text=\"blogs\">\
         <outline type=\"rss\" text=\"First\" xmlUrl=\"feeds/a.xml\"/></outline>\
         <outline type=\"rss\" text=\"Second\" xmlUrl=\"notes/\"/></body></opml>",
    );
    hall.run(["add", "lists/all.opml"]).status(0).stdout("");
    let feeds = hall.run(["feeds", "--json"]).status(0).stdout_json_lines();
    let mut titles = each(&feeds, "title");
    titles.sort_unstable();
    assert_eq!(titles, ["First", "Second"]);
    let first = feeds.iter().find(|feed| feed["title"] == "First").unwrap();
    assert_eq!(first["tags"], serde_json::json!(["blogs"]));
    assert_eq!(first["entries"], 1);
}

#[test]
fn a_list_from_the_web_names_no_file_of_this_machine() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    hall.write("secret.xml", atom("Secret", &[POST]));
    let list = format!(
        "<?xml version=\"1.0\"?><opml version=\"2.0\"><body>\
         <outline type=\"rss\" text=\"Theirs\" xmlUrl=\"file://{}\"/></body></opml>",
        hall.path("secret.xml").display()
    );
    server.reply("/list.opml", [Reply::ok(list)]);
    let ran = hall.run(["add", &server.url("/list.opml")]);
    ran.stdout("");
    assert_ne!(ran.err(), "");
    assert_eq!(hall.run(["query", "--format", "jsonl"]).out(), "");
}

#[test]
fn without_fetching_nobody_is_asked() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0)
        .stdout("");
    assert_eq!(server.requests("/feed").len(), 0);
    hall.run(["run"])
        .status(0)
        .stdout_contains("Harbour Days 2026")
        .stderr("");
}

#[test]
fn what_can_be_added_is_added_beside_what_cannot() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Third Row", &[POST]));
    hall.run(["add", "missing.xml", "feed.xml"])
        .status(3)
        .stdout("")
        .stderr_contains("missing.xml")
        .stderr_contains("subscribed to Third Row");
}

#[test]
fn adding_nothing_is_bad_usage() {
    Hall::new()
        .run(["add"])
        .status(2)
        .stdout("")
        .stderr_contains("Usage:");
}
