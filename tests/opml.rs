use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom, each, strings};

const POST: (&str, &str, &str) = ("harbour", "Harbour Days", "<p>Queues.</p>");

/// What a list has to carry of each subscription, by address.
fn carried(hall: &Hall) -> Vec<(String, String, String, Vec<String>)> {
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = feeds
        .iter()
        .map(|feed| {
            let mut tags: Vec<String> = strings(&feed["tags"])
                .iter()
                .map(|tag| (*tag).to_owned())
                .collect();
            tags.sort();
            (
                text(&feed["url"]),
                text(&feed["title"]),
                text(&feed["site_url"]),
                tags,
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn out_and_in_again_nothing_is_lost() {
    let hall = Hall::new();
    hall.write("notes/2026-11-01 harbour.md", "# Harbour\n\nQueues.\n");
    hall.write(
        "mine.opml",
        "<opml version='2.0'><body>
         <outline text='Ops &amp; &quot;Dev&quot;'><outline text='Rust/Async, mostly'>
           <outline type='rss' text='Ann &lt;b&gt; &amp; Bo' xmlUrl='https://ann.example/feed?a=1&amp;b=2' htmlUrl='https://ann.example/'/>
         </outline></outline>
         <outline text='Talks'>
           <outline text='Ann &lt;b&gt; &amp; Bo' xmlUrl='https://ann.example/feed?a=1&amp;b=2'/>
           <outline text='会議' xmlUrl='https://kaigi.example/atom.xml' category='/a/b,c'/>
         </outline>
         <outline title='Bare' xmlUrl='https://bare.example/rss'/>
         <outline text='Mine' xmlUrl='notes/'/>
         <outline text='Off' isComment='true'><outline text='No' xmlUrl='https://no.example/rss'/></outline>
         </body></opml>",
    );
    hall.run(["import", "--no-fetch", "mine.opml"])
        .status(0)
        .stderr("4 added, 1 already there\n");
    let before = carried(&hall);
    assert_eq!(before.len(), 4);
    let ann = &before[before
        .iter()
        .position(|feed| feed.0.contains("ann"))
        .unwrap()];
    assert_eq!(ann.1, "Ann <b> & Bo");
    assert_eq!(ann.2, "https://ann.example/");
    assert_eq!(ann.3, ["Ops & \"Dev\"", "Rust/Async, mostly", "Talks"]);

    let list = hall.run(["feeds", "--format", "opml"]);
    list.status(0).stderr("");
    assert_eq!(list.out(), hall.run(["feeds", "--format", "opml"]).out());
    let other = Hall::new();
    other.write("theirs.opml", list.out());
    other.run(["import", "--no-fetch", "theirs.opml"]).status(0);
    assert_eq!(carried(&other), before);
    other.run(["feeds", "--format", "opml"]).stdout(&list.out());
}

#[test]
fn a_list_is_folders_of_feeds() {
    let hall = Hall::new();
    for (url, tags) in [
        ("https://a.example/feed", ["x", "y"]),
        ("https://b.example/feed", ["y", "X"]),
    ] {
        hall.run(["add", "--no-fetch", url, "--tag", tags[0], "--tag", tags[1]])
            .status(0);
    }
    hall.run(["add", "--no-fetch", "https://ann:secret@c.example/feed"])
        .status(0);
    hall.run(["feeds", "--format", "opml"]).status(0).stdout(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<opml version=\"2.0\">
  <head>
    <title>Subscriptions of hallway</title>
  </head>
  <body>
    <outline text=\"x\" title=\"x\">
      <outline type=\"rss\" text=\"https://a.example/feed\" title=\"https://a.example/feed\" xmlUrl=\"https://a.example/feed\" category=\"x,y\"/>
      <outline type=\"rss\" text=\"https://b.example/feed\" title=\"https://b.example/feed\" xmlUrl=\"https://b.example/feed\" category=\"X,y\"/>
    </outline>
    <outline text=\"y\" title=\"y\">
      <outline type=\"rss\" text=\"https://a.example/feed\" title=\"https://a.example/feed\" xmlUrl=\"https://a.example/feed\" category=\"x,y\"/>
      <outline type=\"rss\" text=\"https://b.example/feed\" title=\"https://b.example/feed\" xmlUrl=\"https://b.example/feed\" category=\"X,y\"/>
    </outline>
    <outline type=\"rss\" text=\"https://c.example/feed\" title=\"https://c.example/feed\" xmlUrl=\"https://c.example/feed\"/>
  </body>
</opml>
",
    );
}

#[test]
fn a_feed_that_leads_to_another_is_there_already() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Third Row", &[POST]))]);
    server.reply("/old", [Reply::redirect(302, &server.url("/feed"))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.write(
        "mine.opml",
        format!(
            "<opml><body><outline text='Ops'><outline text='Old' xmlUrl='{}'/></outline></body></opml>",
            server.url("/old")
        ),
    );
    hall.run(["import", "mine.opml"])
        .status(0)
        .stdout("already there  Old ([SERVER]/feed), listed as [SERVER]/old, 1 entry\n");
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(each(&feeds, "url"), [server.url("/feed")]);
    assert_eq!(strings(&feeds[0]["tags"]), ["Ops"]);
    hall.run(["check"]).status(0);
}

#[test]
fn a_run_that_was_ended_is_gone_on_with() {
    let server = Server::start();
    server.reply("/a", [Reply::ok(atom("A", &[POST]))]);
    server.reply(
        "/page",
        [Reply::ok(
            "<html><link rel=alternate type=application/rss+xml href=/a></html>",
        )],
    );
    let mut hall = Hall::with_server(&server);
    hall.write(
        "mine.opml",
        format!(
            "<opml><body><outline text='A' xmlUrl='{0}/a'/><outline text='P' xmlUrl='{0}/page'/></body></opml>",
            server.url("").trim_end_matches('/')
        ),
    );
    // As a kill leaves it between entering the list and asking the feeds.
    hall.run(["import", "--no-fetch", "mine.opml"]).status(0);
    hall.later(LATER);
    let lines = hall
        .run(["import", "mine.opml", "--json"])
        .status(3)
        .stdout_json_lines();
    assert_eq!(each(&lines, "status"), ["added", "not a feed"]);
    assert_eq!(lines[1]["feed"], server.url("/a"));
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(each(&feeds, "url"), [server.url("/a")]);
}

#[test]
fn trouble_with_the_archive_is_told_once() {
    let hall = Hall::new();
    hall.write("hallway.db", "no archive");
    hall.write("a.xml", atom("A", &[POST]));
    hall.write("b.xml", atom("B", &[POST]));
    hall.write(
        "mine.opml",
        "<opml><body><outline xmlUrl='a.xml'/><outline xmlUrl='b.xml'/></body></opml>",
    );
    for command in [
        vec!["import", "mine.opml"],
        vec!["add", "a.xml", "b.xml"],
        vec!["run", "a.xml", "b.xml"],
    ] {
        let ran = hall.run(command);
        ran.status(1).stdout("");
        assert_eq!(ran.stderr_lines("error").len(), 1, "{}", ran.err());
    }
}
