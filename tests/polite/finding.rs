//! From a page to its feed.

use super::{ONE, Scene, feed};
use crate::support::each;
use crate::support::server::Reply;

fn html(head: &str) -> Reply {
    Reply::ok(format!(
        "<!doctype html><html><head><title>Blog</title>{head}</head></html>"
    ))
    .header("Content-Type", "text/html; charset=utf-8")
}

/// Where the one feed is that `add` of this page subscribed to.
fn found(scene: &Scene, page: &str) -> String {
    scene.hall.run(["add", &scene.server.url(page)]).status(0);
    let feeds = scene.feeds();
    assert_eq!(feeds.len(), 1, "{feeds:?}");
    feeds[0]["url"]
        .as_str()
        .unwrap()
        .replace(&scene.server.url(""), "")
}

fn with_feed(path: &str) -> Scene {
    let scene = Scene::new();
    scene.server.reply(path, [Reply::ok(feed(&[ONE]))]);
    scene
}

#[test]
fn one_link_is_found_and_resolved() {
    let scene = with_feed("/blog/atom.xml");
    let link = "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"atom.xml\">";
    scene.server.reply("/blog/", [html(link)]);
    assert_eq!(found(&scene, "/blog/"), "/blog/atom.xml");
}

#[test]
fn the_base_is_heeded() {
    let scene = with_feed("/deep/er/atom.xml");
    let link =
        "<base href=\"/deep/er/\"><link rel=alternate type=application/atom+xml href=atom.xml>";
    scene.server.reply("/", [html(link)]);
    assert_eq!(found(&scene, "/"), "/deep/er/atom.xml");
}

#[test]
fn of_several_the_first_that_is_not_for_comments_is_taken() {
    let scene = with_feed("/posts.xml");
    let links = "<link rel=alternate type=application/rss+xml title='Blog: comments' href=/comments/feed>\
        <link rel=alternate type=application/rss+xml title='Blog' href=/posts.xml>\
        <link rel=alternate type=application/atom+xml title='Blog' href=/posts.atom>";
    scene.server.reply("/", [html(links)]);
    assert_eq!(found(&scene, "/"), "/posts.xml");
    assert_eq!(scene.server.all_requests().len(), 2);
}

#[test]
fn links_are_found_however_they_are_written() {
    for link in [
        "<LINK REL=ALTERNATE TYPE=Application/RSS+XML HREF=/f>",
        "<link href=/f type='application/atom+xml' rel='home alternate'/>",
        "<link rel=\"alternate\" type=\"application/feed+json\" href=\"/f\">",
        "<link rel = 'alternate' type = \"application/rss+xml; charset=utf-8\" href = '/f'>",
    ] {
        let scene = with_feed("/f");
        scene.server.reply("/", [html(link)]);
        assert_eq!(found(&scene, "/"), "/f", "{link}");
    }
}

#[test]
fn what_is_no_feed_is_not_taken_for_one() {
    let scene = Scene::new();
    let links = "<link rel=stylesheet type=text/css href=/style.css>\
        <link rel=alternate hreflang=de href=/de/>\
        <link rel=alternate type=application/json+oembed href=/oembed.json>\
        <link rel='alternate stylesheet' href=/dark.css>";
    scene.server.reply("/", [html(links)]);
    scene
        .hall
        .run(["add", &scene.server.url("/")])
        .status(1)
        .stderr_contains("names no feed");
    assert!(scene.feeds().is_empty());
    assert!(
        scene.server.all_requests().len() <= 8,
        "{:?}",
        scene.server.all_requests()
    );
    for unwanted in ["/style.css", "/de/", "/oembed.json", "/dark.css"] {
        assert_eq!(scene.count(unwanted), 0, "{unwanted}");
    }
}

#[test]
fn relative_links_count_from_where_a_page_ended() {
    let scene = with_feed("/new/place/atom.xml");
    scene
        .server
        .reply("/old", [Reply::redirect(301, "/new/place/")]);
    let link = "<link rel=alternate type=application/atom+xml href=atom.xml>";
    scene.server.reply("/new/place/", [html(link)]);
    assert_eq!(found(&scene, "/old"), "/new/place/atom.xml");
}

#[test]
fn feed_urls_are_http() {
    let scene = with_feed("/feed");
    let http = scene.server.url("/feed");
    let bare = http.strip_prefix("http://").unwrap();
    for url in [
        format!("feed://{bare}"),
        format!("feed:{http}"),
        http.clone(),
    ] {
        scene.hall.run(["add", &url]).status(0);
    }
    assert_eq!(each(&scene.feeds(), "url"), [http]);
    assert_eq!(scene.count("/feed"), 1);
}

#[test]
fn what_must_be_is_percent_encoded_once() {
    for (given, sent) in [
        ("/gr\u{fc}n feed", "/gr%C3%BCn%20feed"),
        ("/gr%C3%BCn%20feed", "/gr%C3%BCn%20feed"),
        ("/feed?q=caf\u{e9}", "/feed?q=caf%C3%A9"),
    ] {
        let scene = with_feed(sent);
        scene.hall.run(["add", &scene.server.url(given)]).status(0);
        assert_eq!(scene.server.all_requests()[0].target, sent);
    }
}

#[test]
fn the_same_feed_added_twice_is_one() {
    let scene = with_feed("/feed");
    let url = scene.server.url("/feed");
    scene
        .hall
        .run(["add", &url, &url])
        .status(0)
        .stderr_contains("already subscribed");
    for _ in 0..2 {
        scene.hall.run(["run", &url]).status(0);
    }
    assert_eq!(scene.feeds().len(), 1);
    assert_eq!(scene.count("/feed"), 1);
    assert_eq!(scene.titles(), ["First Evening"]);
}

#[test]
fn files_are_feeds_and_ask_nobody() {
    let mut scene = Scene::new();
    scene.hall.write("one.xml", feed(&[ONE]));
    scene.hall.write(
        "two.xml",
        feed(&[("two", "Second Evening", "x")]).replace("Evenings", "Two"),
    );
    let url = format!("file://{}", scene.hall.path("two.xml").display());
    scene.hall.run(["add", "one.xml", &url]).status(0);
    assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
    scene
        .hall
        .write("one.xml", feed(&[ONE, ("three", "Third Evening", "x")]));
    // At once: the disk is nobody's server.
    let lines = scene.fetch(1);
    assert!(
        lines.iter().any(|line| line["status"] == "new"),
        "{lines:?}"
    );
    assert_eq!(scene.titles().len(), 3);
    assert!(scene.server.all_requests().is_empty());
}
