//! What is sent back of what a server gave to recognise its answer by.

use super::{DAY, ONE, Scene, TWO, feed, page, tagged, well};
use crate::support::server::Reply;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The validators of the second of two polls a day apart.
fn second(reply: Reply) -> (Option<String>, Option<String>) {
    let mut scene = Scene::of([reply]);
    scene.fetch(0);
    scene.fetch(DAY);
    assert_eq!(scene.count("/feed"), 2);
    (
        scene.sent("If-None-Match").remove(1),
        scene.sent("If-Modified-Since").remove(1),
    )
}

const STAMP: &str = "Sat, 21 Nov 2026 10:00:00 GMT";

#[test]
fn both_come_back_byte_for_byte_and_a_304_keeps_everything() {
    let mut scene = Scene::of([tagged("\"a b\u{e9}\"").header("Last-Modified", STAMP)]);
    assert_eq!(scene.status(0), "new");
    assert_eq!(scene.status(DAY), "unchanged");
    assert_eq!(scene.sent("If-None-Match")[1], some("\"a b\u{e9}\""));
    assert_eq!(scene.sent("If-Modified-Since")[1], some(STAMP));
    assert_eq!(scene.titles(), ["First Evening"]);
    assert_eq!(scene.status(2 * DAY), "unchanged");
    assert_eq!(scene.sent("If-None-Match")[2], some("\"a b\u{e9}\""));
}

#[test]
fn no_validator_is_made_up() {
    let etag = well().header("ETag", "\"1\"").header("Date", STAMP);
    assert_eq!(second(etag), (some("\"1\""), None));
    assert_eq!(
        second(well().header("Last-Modified", STAMP)),
        (None, some(STAMP))
    );
    assert_eq!(second(well().header("Date", STAMP)), (None, None));
}

#[test]
fn an_etag_is_opaque() {
    for etag in ["W/\"1\"", "\"1-gzip\"", "\"1;gzip\"", "no-quotes", "'odd'"] {
        assert_eq!(second(well().header("ETag", etag)).0, some(etag));
    }
}

#[test]
fn a_last_modified_is_opaque() {
    for stamp in [
        "2026-11-21T10:00:00Z",
        "Saturday, 21-Nov-26 10:00:00 UTC",
        "0",
    ] {
        assert_eq!(second(well().header("Last-Modified", stamp)).1, some(stamp));
    }
}

#[test]
fn the_same_body_brings_its_new_validators() {
    let reply = |etag: &str| well().header("ETag", etag);
    let mut scene = Scene::of([reply("\"1\""), reply("\"2\""), reply("\"3\"")]);
    for day in 0..3 {
        scene.fetch(day * DAY);
    }
    assert_eq!(
        scene.sent("If-None-Match"),
        [None, some("\"1\""), some("\"2\"")]
    );
}

#[test]
fn a_304_replaces_what_it_carries_and_leaves_the_rest() {
    let mut scene = Scene::of([
        well()
            .header("ETag", "\"1\"")
            .header("Last-Modified", STAMP),
        Reply::status(304).header("ETag", "\"2\""),
        Reply::status(304),
        Reply::status(304),
    ]);
    for day in 0..4 {
        scene.fetch(day * DAY);
    }
    let etags = [None, some("\"1\""), some("\"2\""), some("\"2\"")];
    assert_eq!(scene.sent("If-None-Match"), etags);
    let stamps = [None, some(STAMP), some(STAMP), some(STAMP)];
    assert_eq!(scene.sent("If-Modified-Since"), stamps);
}

#[test]
fn a_200_without_validators_forgets_the_old_ones() {
    for body in [feed(&[ONE]), feed(&[ONE, TWO])] {
        let mut scene = Scene::of([tagged("\"1\""), Reply::ok(body)]);
        for day in 0..3 {
            scene.fetch(day * DAY);
        }
        assert_eq!(scene.sent("If-None-Match"), [None, some("\"1\""), None]);
    }
}

/// The If-None-Match after a good answer, this one, and a week.
fn after(bad: Reply) -> Option<String> {
    let mut scene = Scene::of([tagged("\"good\""), bad, tagged("\"good\"")]);
    assert_eq!(scene.status(0), "new");
    assert_eq!(scene.status(DAY), "failed");
    assert_eq!(scene.status(8 * DAY), "unchanged");
    assert_eq!(scene.titles(), ["First Evening"]);
    scene.sent("If-None-Match").remove(2)
}

#[test]
fn only_a_feed_that_was_read_leaves_validators() {
    let bad = |reply: Reply| {
        reply
            .header("ETag", "\"bad\"")
            .header("Last-Modified", STAMP)
    };
    assert_eq!(after(bad(Reply::status(500))), some("\"good\""));
    assert_eq!(
        after(bad(Reply::status(404).body("Not here"))),
        some("\"good\"")
    );
    assert_eq!(after(bad(page())), some("\"good\""));
    assert_eq!(after(bad(Reply::ok(""))), some("\"good\""));
}

#[test]
fn a_body_cut_short_is_read_whole_the_next_time() {
    let whole = Reply::ok(feed(&[ONE, TWO]))
        .header("ETag", "\"2\"")
        .conditional();
    let mut scene = Scene::of([whole.clone().cut_after(700), whole]);
    // What came of it is kept: the first entry.
    assert_eq!(scene.status(0), "new");
    assert_eq!(scene.titles(), ["First Evening"]);
    assert_eq!(scene.status(8 * DAY), "new");
    assert_eq!(scene.sent("If-None-Match"), [None, None]);
    assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
}

#[test]
fn a_changed_feed_adds_keeps_and_updates() {
    let edited = ("one", "First Evening, mended", "<p>Of better pipes.</p>");
    let mut scene = Scene::of([
        Reply::ok(feed(&[ONE, TWO])),
        Reply::ok(feed(&[edited, ("three", "Third Evening", "x")])),
    ]);
    scene.fetch(0);
    let lines = scene.fetch(DAY);
    assert_eq!(
        (&lines[0]["new"], &lines[0]["updated"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        scene.titles(),
        ["First Evening, mended", "Second Evening", "Third Evening"]
    );
}

#[test]
fn a_304_nobody_asked_for_is_an_error() {
    let mut scene = Scene::of([Reply::status(304), well()]);
    assert_eq!(scene.status(0), "failed");
    assert_eq!(scene.status(8 * DAY), "new");
    assert_eq!(scene.sent("If-None-Match"), [None, None]);
}
