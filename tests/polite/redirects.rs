//! Where redirects lead, and when they are believed.

use super::{DAY, HOUR, ONE, Scene, TWO, feed, page, well};
use crate::support::each;
use crate::support::server::{Reply, Server};

/// A feed that is redirected to `/new` with this status from the second poll on.
fn redirected(status: u16) -> Scene {
    let scene = Scene::of([well(), Reply::redirect(status, "/new")]);
    scene.server.reply("/new", [well()]);
    scene
}

/// Where the one feed is asked, by its path.
fn place(scene: &Scene) -> String {
    let feeds = scene.feeds();
    assert_eq!(feeds.len(), 1);
    feeds[0]["url"]
        .as_str()
        .unwrap()
        .replace(&scene.server.url(""), "")
}

#[test]
fn all_five_are_followed() {
    for status in [301, 302, 303, 307, 308] {
        let mut scene = redirected(status);
        assert_eq!(scene.status(0), "new", "{status}");
        assert_eq!(scene.status(DAY), "unchanged", "{status}");
        assert_eq!(scene.count("/new"), 1, "{status}");
    }
}

#[test]
fn a_location_may_be_relative_in_every_way() {
    for (location, path) in [
        ("new", "/blog/new"),
        ("../new", "/new"),
        ("/new#top", "/new"),
        ("?page=2", "/blog/feed?page=2"),
    ] {
        let mut scene = Scene::new();
        scene.server.reply(path, [well()]);
        scene.follow("/blog/feed", [Reply::redirect(302, location)]);
        assert_eq!(scene.status(0), "new", "{location}");
        assert_eq!(scene.server.all_requests()[1].target, path);
    }
    let mut scene = Scene::new();
    scene.server.reply("/new", [well()]);
    let address = format!("//{}/new", scene.server.address());
    scene.follow("/feed", [Reply::redirect(302, &address)]);
    assert_eq!(scene.status(0), "new");
}

#[test]
fn a_loop_ends_and_says_so() {
    let mut scene = Scene::of([Reply::redirect(302, "/other")]);
    scene
        .server
        .reply("/other", [Reply::redirect(302, "/feed")]);
    let lines = scene.fetch(0);
    assert_eq!(lines[0]["status"], "failed");
    assert_eq!(lines[0]["error_kind"], "redirect");
    assert!(lines[0]["error"].as_str().unwrap().contains("redirect"));
    let mut endless = Scene::of([Reply::redirect(301, "/0")]);
    for hop in 0..40 {
        let next = Reply::redirect(301, &format!("/{}", hop + 1));
        endless.server.reply(&format!("/{hop}"), [next]);
    }
    assert_eq!(endless.status(0), "failed");
    assert!(endless.server.all_requests().len() <= 21);
}

#[test]
fn a_temporary_one_is_never_stored() {
    for status in [302, 303, 307] {
        let mut scene = redirected(status);
        for day in 0..20 {
            scene.fetch(day * DAY);
        }
        assert_eq!(place(&scene), "/feed");
        assert_eq!(scene.count("/feed"), 20, "{status}");
    }
}

#[test]
fn a_permanent_one_is_stored_when_it_has_lasted_a_week() {
    for status in [301, 308] {
        let mut scene = redirected(status);
        let mut statuses = Vec::new();
        for day in 0..15 {
            statuses.push(scene.status(day * DAY));
        }
        // Seen from the second day on, for a week.
        assert_eq!(
            statuses.iter().position(|status| status == "moved"),
            Some(8)
        );
        assert_eq!(
            statuses.iter().filter(|status| *status == "moved").count(),
            1
        );
        assert_eq!(scene.count("/feed"), 9);
        assert_eq!(scene.count("/new"), 14);
        assert_eq!(place(&scene), "/new");
        assert_eq!(scene.titles(), ["First Evening"], "no entry twice");
        let moves = scene
            .hall
            .run(["feeds", "--moved", "--json"])
            .stdout_json_lines();
        assert_eq!(each(&moves, "from"), [scene.server.url("/feed")]);
        assert_eq!(each(&moves, "to"), [scene.server.url("/new")]);
    }
}

#[test]
fn it_is_stored_also_where_nothing_ever_changes_or_polls_are_few() {
    let mut scene = Scene::of([well().header("ETag", "\"1\""), Reply::redirect(301, "/new")]);
    scene
        .server
        .reply("/new", [well().header("ETag", "\"1\"").conditional()]);
    for day in 0..10 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/new");
    let mut weekly = redirected(301);
    for day in [0, 1, 8, 15] {
        weekly.fetch(day * DAY);
    }
    assert_eq!(place(&weekly), "/new");
}

#[test]
fn a_single_one_moves_nobody() {
    let mut scene = Scene::of([well(), Reply::redirect(301, "/new"), well()]);
    scene.server.reply("/new", [well()]);
    for day in 0..12 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/feed");
    assert_eq!((scene.count("/feed"), scene.count("/new")), (12, 1));
    // Nor one that is there when the feed is subscribed to.
    let mut scene = Scene::new();
    scene
        .server
        .reply("/feed", [Reply::redirect(301, "/new"), well()]);
    scene.server.reply("/new", [well()]);
    scene
        .hall
        .run(["add", &scene.server.url("/feed")])
        .status(0);
    for day in 1..12 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/feed");
    assert_eq!(scene.count("/new"), 1);
}

#[test]
fn one_of_many_polls_on_one_day_is_no_week() {
    let mut scene = redirected(301);
    for hour in 0..48 {
        scene.fetch(hour * HOUR);
    }
    assert_eq!(place(&scene), "/feed");
}

#[test]
fn what_stands_behind_a_temporary_hop_is_not_stored() {
    let mut scene = Scene::of([Reply::redirect(301, "/between")]);
    scene
        .server
        .reply("/between", [Reply::redirect(302, "/end")]);
    scene.server.reply("/end", [well()]);
    for day in 0..16 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/feed");
    assert_eq!(scene.count("/feed"), 16);
}

#[test]
fn a_page_or_nothing_at_the_end_never_replaces_the_url() {
    for end in [page(), Reply::status(404), Reply::ok("")] {
        let mut scene = redirected(301);
        scene.server.reply("/new", [end]);
        assert_eq!(scene.status(0), "new");
        assert_eq!(scene.status(DAY), "failed");
        for day in 2..30 {
            scene.fetch(day * DAY);
        }
        assert_eq!(place(&scene), "/feed");
        assert_eq!(scene.feeds()[0]["state"], "failing");
        assert_eq!(scene.titles(), ["First Evening"]);
        // And when it is gone, all is as before.
        scene.server.reply("/feed", [well()]);
        scene.fetch(45 * DAY);
        assert_eq!(scene.feeds()[0]["state"], "active");
    }
}

#[test]
fn a_move_that_was_taken_back_is_not_made_again() {
    let mut scene = redirected(301);
    for day in 0..10 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/new");
    scene.hall.run(["undo"]).status(0);
    assert_eq!(place(&scene), "/feed");
    for day in 11..30 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/feed");
}

#[test]
fn what_is_gone_behind_a_redirect_does_not_retire_the_feed() {
    for status in [301, 302] {
        let other = Server::start();
        other.reply("/feed", [Reply::status(410)]);
        let mut scene = Scene::of([well(), Reply::redirect(status, &other.url("/feed"))]);
        scene.fetch(0);
        let lines = scene.fetch(DAY);
        assert_eq!(lines[0]["status"], "failed");
        assert_eq!(lines[0]["http_status"], 410);
        let error = lines[0]["error"].as_str().unwrap();
        assert!(error.contains(&other.url("/feed")), "{error}");
        for day in 2..20 {
            scene.fetch(day * DAY);
        }
        assert_eq!(scene.feeds()[0]["state"], "failing");
        scene.server.reply("/feed", [well()]);
        scene.fetch(30 * DAY);
        assert_eq!(scene.feeds()[0]["state"], "active");
    }
}

#[test]
fn an_old_url_that_is_gone_after_it_led_elsewhere_moves_at_once() {
    for status in [404, 410] {
        let mut scene = Scene::of([
            well(),
            Reply::redirect(301, "/new"),
            Reply::redirect(301, "/new"),
            Reply::status(status),
        ]);
        scene.server.reply("/new", [well()]);
        let statuses: Vec<String> = (0..5).map(|day| scene.status(day * DAY)).collect();
        assert_eq!(
            statuses,
            ["new", "unchanged", "unchanged", "moved", "unchanged"],
            "{status}"
        );
        assert_eq!(place(&scene), "/new");
        assert_eq!(scene.feeds()[0]["state"], "active");
        assert_eq!(scene.feeds()[0]["error"], serde_json::Value::Null);
        assert_eq!(scene.count("/feed"), 4);
    }
}

/// A feed that was moved from `/feed` to `/new` for good.
fn moved() -> Scene {
    let mut scene = redirected(301);
    for day in 0..10 {
        scene.fetch(day * DAY);
    }
    assert_eq!(place(&scene), "/new");
    scene
}

#[test]
fn a_moved_feed_that_is_gone_is_looked_for_where_it_was() {
    for end in [Reply::status(404), Reply::status(410), page()] {
        let mut scene = moved();
        scene.server.reply("/new", [end]);
        scene.server.reply("/feed", [Reply::ok(feed(&[ONE, TWO]))]);
        assert_eq!(scene.status(11 * DAY), "failed");
        assert_eq!(scene.feeds()[0]["state"], "failing", "not retired yet");
        let asked = scene.count("/new");
        assert_eq!(scene.status(12 * DAY), "moved");
        assert_eq!(scene.count("/new"), asked, "one poll is one GET");
        assert_eq!(place(&scene), "/feed");
        assert_eq!(scene.feeds()[0]["state"], "active");
        assert_eq!(scene.titles(), ["First Evening", "Second Evening"]);
        let moves = scene
            .hall
            .run(["feeds", "--moved", "--json"])
            .stdout_json_lines();
        assert_eq!(moves[0]["undone_at"], "2026-12-03T12:00:00Z");
        assert_eq!(scene.status(13 * DAY), "unchanged");
    }
}

#[test]
fn a_moved_feed_that_is_gone_in_both_places_is_retired_and_the_newer_one_blamed() {
    for old in [
        Reply::status(410),
        Reply::redirect(301, "/new"),
        page(),
        Reply::status(500),
    ] {
        let mut scene = moved();
        scene.server.reply("/new", [Reply::status(410)]);
        scene.server.reply("/feed", [old]);
        let before = scene.count("/feed");
        let statuses: Vec<String> = (11..15)
            .map(|day| scene.fetch(day * DAY))
            .filter_map(|lines| Some(lines.first()?["status"].as_str()?.to_owned()))
            .collect();
        assert_eq!(statuses, ["failed", "failed", "gone"], "skipped when gone");
        assert_eq!(scene.count("/feed"), before + 1);
        assert_eq!(place(&scene), "/new");
        let feed = &scene.feeds()[0];
        assert_eq!(feed["state"], "gone");
        assert!(feed["error"].as_str().unwrap().contains("410"), "{feed}");
    }
}

#[test]
fn what_the_config_says_of_a_feed_holds_where_it_moved_to() {
    let other = Server::start();
    other.reply("/new", [well()]);
    for (end, is_home) in [(String::from("/new"), true), (other.url("/new"), false)] {
        let mut scene = Scene::of([well(), Reply::redirect(301, &end)]);
        scene.server.reply("/new", [well()]);
        scene.hall.write(
            "home/config/hallway/hallway.toml",
            format!(
                "[[feed]]\nurl = \"{}\"\nuser_agent = \"Ann\"\nmin_interval = \"6h\"\n\
                 headers = {{ X-Key = \"k\" }}\n",
                scene.server.url("/feed")
            ),
        );
        for day in 0..12 {
            scene.fetch(day * DAY);
        }
        scene.fetch(12 * DAY);
        assert_eq!(scene.fetch(12 * DAY + 5 * HOUR)[0]["status"], "skipped");
        let at = if is_home { &scene.server } else { &other };
        assert_eq!(scene.feeds()[0]["url"], at.url("/new"));
        let asked = at.requests("/new");
        let last = asked.last().unwrap();
        assert_eq!(last.header("User-Agent"), Some("Ann"));
        assert_eq!(last.header("X-Key"), is_home.then_some("k"), "{end}");
        let before = scene.server.all_requests().len();
        // Nor does the older address make a second subscription.
        let url = scene.server.url("/feed");
        scene
            .hall
            .run(["add", "--no-fetch", &url])
            .status(0)
            .stderr_contains("already subscribed");
        let list = format!("<opml version='2.0'><body><outline xmlUrl='{url}'/></body></opml>");
        scene.hall.write("list.opml", list);
        scene.hall.run(["import", "list.opml"]).status(0);
        scene.hall.run(["run", &url]).status(0);
        assert_eq!(scene.feeds().len(), 1);
        assert_eq!(scene.server.all_requests().len(), before);
    }
}

#[test]
fn credentials_do_not_follow_to_another_host() {
    let other = Server::start();
    other.reply("/feed", [well()]);
    let mut scene = Scene::new();
    scene
        .server
        .reply("/feed", [Reply::redirect(302, &other.url("/feed"))]);
    let url = scene
        .server
        .url("/feed")
        .replace("http://", "http://ann:secret@");
    scene.hall.run(["add", "--no-fetch", &url]).status(0);
    assert_eq!(scene.status(0), "new");
    assert!(scene.sent("Authorization")[0].is_some());
    assert_eq!(other.requests("/feed")[0].header("Authorization"), None);
}

#[test]
fn only_the_web_is_followed() {
    for location in [
        "file:///etc/hostname",
        "ftp://127.0.0.1/feed",
        "data:text/xml,a",
    ] {
        let mut scene = Scene::of([Reply::redirect(301, location)]);
        let lines = scene.fetch(0);
        assert_eq!(lines[0]["status"], "failed");
        assert_eq!(lines[0]["error_kind"], "redirect");
    }
}

#[test]
fn two_feeds_that_lead_to_one_place_show_each_entry_once() {
    let mut scene = Scene::new();
    for path in ["/a", "/b"] {
        scene.follow(path, [Reply::redirect(301, "/new")]);
    }
    let later = Reply::ok(feed(&[ONE, TWO]));
    scene.server.reply("/new", [well(), well(), later]);
    for day in 0..20 {
        for line in scene.fetch(day * DAY) {
            assert_ne!(line["status"], "failed");
        }
        let expected = ["First Evening", "Second Evening"];
        assert_eq!(scene.titles(), expected[..1 + usize::from(day > 0)]);
    }
    scene.hall.run(["check"]).status(0);
    // Whichever of them goes, the other brings what comes next.
    let first = scene.feeds()[0]["url"].as_str().unwrap().to_owned();
    scene.hall.run(["remove", &first]).status(0);
    let last = ("three", "Third Evening", "x");
    scene
        .server
        .reply("/new", [Reply::ok(feed(&[ONE, TWO, last]))]);
    scene.fetch(30 * DAY);
    assert!(scene.titles().contains(&"Third Evening".to_owned()));
}
