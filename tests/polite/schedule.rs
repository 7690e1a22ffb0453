//! When a feed is asked.

use super::{DAY, HOUR, ONE, Scene, feed, http_date, instant, tagged, well};
use crate::support::atom;
use crate::support::server::Reply;

/// The minutes at which a feed is asked that always answers so, where `fetch` is run every ten minutes
/// for so long.
fn asked(reply: Reply, minutes: i64) -> Vec<i64> {
    let mut scene = Scene::of([reply]);
    scene.asked_at("/feed", (0..=minutes / 10).map(|turn| turn * 10))
}

fn rss(hints: &str) -> Reply {
    Reply::ok(format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" \
         xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel><title>Evenings</title>\
         <link>https://notes.example/</link><description>x</description>{hints}\
         <item><title>First Evening</title><guid>one</guid>\
         <pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    ))
}

#[test]
fn without_hints_a_feed_is_asked_once_an_hour() {
    let mut scene = Scene::of([well()]);
    let asked = scene.asked_at("/feed", (0..=36).map(|turn| turn * 5));
    assert_eq!(asked, [0, 60, 120, 180]);
}

#[test]
fn max_age_is_obeyed() {
    let reply = well().header("Cache-Control", "public, max-age=10800");
    assert_eq!(asked(reply, 6 * HOUR), [0, 180, 360]);
    let aged = well()
        .header("Cache-Control", "max-age=10800")
        .header("Age", "3600");
    assert_eq!(asked(aged, 5 * HOUR), [0, 120, 240]);
}

#[test]
fn expires_is_obeyed_by_the_servers_own_clock() {
    let reply = well().header("Expires", &http_date(3 * HOUR));
    assert_eq!(asked(reply, 3 * HOUR), [0, 180]);
    // Its clock is a year ahead.
    let year = 365 * DAY;
    let reply = well()
        .header("Date", &http_date(year))
        .header("Expires", &http_date(year + 3 * HOUR));
    assert_eq!(asked(reply, 3 * HOUR), [0, 180]);
}

#[test]
fn a_304_renews_the_max_age_it_carries() {
    let mut scene = Scene::of([
        tagged("\"1\""),
        Reply::status(304).header("Cache-Control", "max-age=14400"),
    ]);
    let asked = scene.asked_at("/feed", (0..=60).map(|turn| turn * 10));
    assert_eq!(asked, [0, 60, 300, 540]);
}

#[test]
fn ttl_is_obeyed_also_after_a_304() {
    assert_eq!(asked(rss("<ttl>240</ttl>"), 8 * HOUR), [0, 240, 480]);
    let reply = rss("<ttl>240</ttl>").header("ETag", "\"1\"").conditional();
    assert_eq!(asked(reply, 8 * HOUR), [0, 240, 480]);
}

#[test]
fn the_update_period_is_obeyed() {
    let daily = rss("<sy:updatePeriod>daily</sy:updatePeriod>");
    assert_eq!(asked(daily, DAY + HOUR), [0, DAY]);
    let eight_hours =
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>3</sy:updateFrequency>";
    assert_eq!(asked(rss(eight_hours), 9 * HOUR), [0, 8 * HOUR]);
}

#[test]
fn skipped_hours_and_days_are_left_alone() {
    let hours = "<skipHours><hour>13</hour><hour>14</hour><hour>15</hour></skipHours>";
    assert_eq!(asked(rss(hours), 4 * HOUR), [0, 240]);
    // Saturday it is; a run that falls into an hour to be skipped asks nothing either.
    let sunday = "<skipDays><day>Sunday</day></skipDays><skipHours><hour>13</hour></skipHours>";
    let mut scene = Scene::of([rss(sunday).header("ETag", "\"1\"").conditional()]);
    let runs = [
        0,
        70,
        2 * HOUR,
        20 * HOUR,
        30 * HOUR,
        49 * HOUR + 20,
        50 * HOUR,
    ];
    assert_eq!(scene.asked_at("/feed", runs), [0, 2 * HOUR, 50 * HOUR]);
    let all: String = (0..24).map(|hour| format!("<hour>{hour}</hour>")).collect();
    assert_eq!(
        asked(rss(&format!("<skipHours>{all}</skipHours>")), HOUR),
        [0, 60]
    );
}

#[test]
fn ten_years_are_a_month() {
    for reply in [
        well().header("Cache-Control", "max-age=315360000"),
        well().header("Expires", &http_date(3650 * DAY)),
        rss("<ttl>5256000</ttl>"),
    ] {
        let mut scene = Scene::of([reply]);
        let asked = scene.asked_at("/feed", (0..=31).map(|day| day * DAY));
        assert_eq!(asked, [0, 31 * DAY]);
    }
}

#[test]
fn nothing_is_a_licence_to_hammer() {
    for reply in [
        well().header("Cache-Control", "max-age=0"),
        well().header("Cache-Control", "no-cache"),
        well().header("Cache-Control", "no-store, must-revalidate"),
        well().header("Expires", "0"),
        well().header("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
        rss("<ttl>1</ttl>"),
        rss("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>60</sy:updateFrequency>"),
    ] {
        assert_eq!(asked(reply, 2 * HOUR), [0, 60, 120]);
    }
}

#[test]
fn who_publishes_is_asked_more_often_than_who_sleeps() {
    let mut scene = Scene::new();
    let asleep = atom("Asleep", &[ONE]).replace("2026-11", "2024-10");
    scene.follow("/asleep", [Reply::ok(asleep)]);
    scene.follow("/busy", [well()]);
    for hour in 0..48 {
        scene.fetch(hour * HOUR);
    }
    assert_eq!(scene.count("/busy"), 48);
    assert!(
        (2..=3).contains(&scene.count("/asleep")),
        "{}",
        scene.count("/asleep")
    );
}

#[test]
fn the_least_interval_is_the_configs() {
    let mut scene = Scene::of([well()]);
    scene
        .hall
        .write("slow.toml", "[fetch]\nmin_interval = \"6h\"\n");
    for hour in 0..13 {
        scene.hall.later(&instant(hour * HOUR));
        scene.hall.run(["--config", "slow.toml", "fetch"]).status(0);
    }
    assert_eq!(scene.count("/feed"), 3);
}

#[test]
fn fetch_after_add_asks_nothing_and_all_asks() {
    let mut scene = Scene::new();
    scene.server.reply("/feed", [tagged("\"1\"")]);
    scene
        .hall
        .run(["add", &scene.server.url("/feed")])
        .status(0);
    assert_eq!(scene.status(0), "skipped");
    scene.hall.run(["run"]).status(0);
    assert_eq!(scene.count("/feed"), 1);
    assert_eq!(scene.fetch_with(1, &["--all"])[0]["status"], "unchanged");
    assert_eq!(scene.count("/feed"), 2);
}

#[test]
fn fetch_of_one_asks_that_one() {
    let mut scene = Scene::of([well()]);
    scene.follow(
        "/other",
        [Reply::ok(feed(&[]).replace("Evenings", "Mornings"))],
    );
    scene.fetch(0);
    let url = scene.server.url("/other");
    let lines = scene.fetch_with(1, &[&url, &url]);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["url"], url);
    assert_eq!((scene.count("/feed"), scene.count("/other")), (1, 2));
}

#[test]
fn a_clock_that_was_ten_years_ahead_freezes_nothing() {
    let mut scene = Scene::of([well(), Reply::status(500), well()]);
    scene.fetch(3650 * DAY);
    scene.fetch(3651 * DAY);
    assert_eq!(scene.status(0), "unchanged");
    assert_eq!(scene.status(30), "skipped");
    assert_eq!(scene.status(61), "unchanged");
}
