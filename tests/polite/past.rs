//! What stays, and what older documents give.

use super::{DAY, ONE, Scene, TWO, feed, tagged, well};
use crate::support::server::Reply;

#[test]
fn entries_that_slide_out_of_the_feed_stay() {
    let mut scene = Scene::of([
        Reply::ok(feed(&[ONE, TWO])),
        Reply::ok(feed(&[("three", "Third Evening", "x")])),
    ]);
    scene.fetch(0);
    scene.fetch(DAY);
    assert_eq!(
        scene.titles(),
        ["First Evening", "Second Evening", "Third Evening"]
    );
}

#[test]
fn a_226_with_the_new_entries_only_is_taken_as_such() {
    let delta = Reply::status(226)
        .body(feed(&[TWO]))
        .header("IM", "feed")
        .header("ETag", "\"2\"");
    let mut scene = Scene::of([tagged("\"1\""), delta, Reply::status(304)]);
    scene.fetch(0);
    assert_eq!(scene.status(DAY), "new");
    assert_eq!(scene.status(2 * DAY), "unchanged");
    assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
    let wanted = scene.sent("A-IM");
    assert!(
        wanted[1]
            .as_deref()
            .is_some_and(|sent| sent.contains("feed")),
        "{wanted:?}"
    );
    assert_eq!(scene.sent("If-None-Match")[2].as_deref(), Some("\"2\""));
}

fn linked(rel: &str, to: &str, entries: &[(&str, &str, &str)]) -> Reply {
    Reply::ok(feed(entries).replace(
        "<updated>",
        &format!("<link rel=\"{rel}\" href=\"{to}\"/><updated>"),
    ))
}

#[test]
fn archive_documents_are_read_once() {
    let mut scene = Scene::of([linked("prev-archive", "/1", &[TWO])]);
    scene.server.reply("/1", [Reply::ok(feed(&[ONE]))]);
    for day in 0..3 {
        scene.fetch_with(day * DAY, &["--history"]);
    }
    assert_eq!(scene.count("/1"), 1);
    assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
}

#[test]
fn circular_paging_ends() {
    let mut scene = Scene::of([linked("next", "/2", &[ONE])]);
    scene.server.reply("/2", [linked("next", "/feed", &[TWO])]);
    for day in 0..3 {
        scene.fetch_with(day * DAY, &["--history"]);
    }
    assert!(
        scene.server.all_requests().len() <= 8,
        "{:?}",
        scene.server.all_requests().len()
    );
    assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
}

#[test]
fn own_address_hub_and_enclosures_are_not_asked_for() {
    let mut scene = Scene::new();
    let links = ["self", "hub", "next", "prev-archive", "icon"]
        .map(|rel| format!("<link rel=\"{rel}\" href=\"/{rel}\"/>"))
        .concat();
    let body = feed(&[ONE])
        .replacen("<updated>", &format!("{links}<updated>"), 1)
        .replace(
            "</entry>",
            "<link rel=\"enclosure\" href=\"/talk.mp3\"/></entry>",
        );
    scene.follow("/feed", [Reply::ok(body)]);
    assert_eq!(scene.status(0), "new");
    scene.fetch(DAY);
    assert_eq!(scene.server.all_requests().len(), scene.count("/feed"));
    let _ = well();
}
