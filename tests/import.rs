use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each, strings};

const POST: (&str, &str, &str) = ("harbour", "Harbour Days", "<p>Queues.</p>");

#[test]
fn each_outline_has_its_line() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Third Row", &[POST]))]);
    server.reply("/there", [Reply::ok(atom("There", &[POST]))]);
    server.reply(
        "/page",
        [Reply::ok(
            "<html><link rel=alternate type=application/rss+xml href=/feed></html>",
        )],
    );
    server.reply("/dead", [Reply::status(404)]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/there")]).status(0);
    let at = server.url("");
    hall.write(
        "mine.opml",
        format!(
            "<?xml version='1.0' encoding='ISO-8859-1'?><OPML version='1.0'><body>\
             <outline text='Ops'><outline text='Deep'>\
             <outline text='  Row ' xmlurl=' {at}/feed ' category='/a/b,c'/></outline></outline>\
             <outline title='Again'><outline text='Row' XMLURL='{at}/feed/'/></outline>\
             <outline type='rss' text='There' xmlUrl='{at}/there'/>\
             <outline type='rss' text='Page' xmlUrl='{at}/page'/>\
             <outline type='rss' text='Dead' xmlUrl='{at}/dead'/>\
             <outline type='rss' text='Broken' xmlUrl='htp://['/>\
             <outline type='link' text='A page' url='{at}/x'/></body></OPML>"
        ),
    );
    let ran = hall.run(["import", "mine.opml", "--json"]);
    let lines = ran.status(3).stdout_json_lines();
    assert_eq!(
        each(&lines, "status"),
        [
            "added",
            "already there",
            "already there",
            "not a feed",
            "dead",
            "unreadable"
        ]
    );
    assert_eq!(lines[0]["url"], server.url("/feed"));
    assert!(
        lines[3]["error"]
            .as_str()
            .unwrap()
            .contains(&server.url("/feed"))
    );
    ran.stderr("1 added, 2 already there, 1 not a feed, 1 dead, 1 unreadable\n");
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    let mut urls = each(&feeds, "url");
    urls.sort_unstable();
    assert_eq!(
        urls,
        [
            server.url("/dead"),
            server.url("/feed"),
            server.url("/there")
        ]
    );
    let row = feeds
        .iter()
        .find(|feed| feed["url"] == server.url("/feed"))
        .unwrap();
    assert_eq!(
        strings(&row["tags"]),
        ["Ops", "Deep", "a", "b", "c", "Again"]
    );
    assert_eq!(row["title"], "Row");
}

#[test]
fn people_read_the_report_on_stdout() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.write(
        "mine.opml",
        format!(
            "<opml><body><outline text='Row' xmlUrl='{}'/></body></opml>",
            server.url("/feed")
        ),
    );
    hall.run(["import", "mine.opml"])
        .status(0)
        .stdout("added          Row ([SERVER]/feed), 1 entry\n")
        .stderr("1 added\n");
    hall.run(["import", "mine.opml"])
        .status(0)
        .stdout("already there  Row ([SERVER]/feed), 1 entry\n");
    assert_eq!(server.all_requests().len(), 1);
}

#[test]
fn what_is_no_list_changes_nothing() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Third Row", &[POST]));
    hall.write("page.html", "<html><body>x</body></html>");
    hall.write(
        "broken.opml",
        "<opml><body><outline xmlUrl='https://blog.example/'/><outline xmlUrl='x",
    );
    hall.write(
        "bomb.opml",
        format!("<opml>{}", "<outline text='a'>".repeat(200_000)),
    );
    for name in [
        "feed.xml",
        "page.html",
        "broken.opml",
        "bomb.opml",
        "nowhere.opml",
    ] {
        let ran = hall.run(["import", name]);
        ran.status(1).stdout("").stderr_contains(name);
        assert_eq!(ran.err().lines().count(), 1, "{}", ran.err());
        assert!(!hall.archive().exists());
    }
}

#[test]
fn a_large_list_is_taken_at_once() {
    let hall = Hall::new();
    let outlines: String = (0..5_000)
        .map(|n| format!("<outline text='{n}' xmlUrl='https://blog{n}.example/feed'/>"))
        .collect();
    hall.write(
        "large.opml",
        format!("<opml><body>{outlines}</body></opml>"),
    );
    hall.run(["import", "--no-fetch", "large.opml"])
        .status(0)
        .stderr("5000 added\n");
}
