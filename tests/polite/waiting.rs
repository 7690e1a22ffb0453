//! Errors, and how long they are waited out.

use std::time::{Duration, Instant};

use super::{DAY, HOUR, ONE, Scene, feed, http_date, minute_of, page, tagged, well};
use crate::support::server::{Reply, Server};

/// Polls a feed as soon as it is due, and not a moment before: the gaps in minutes, for so many days.
fn gaps(scene: &mut Scene, from: i64, days: i64) -> Vec<i64> {
    let mut gaps = Vec::new();
    let mut now = from;
    while now < from + days * DAY {
        let due = minute_of(scene.fetch(now)[0]["next_due"].as_str().unwrap());
        let asked = scene.count("/feed");
        scene.fetch(due - 1);
        assert_eq!(scene.count("/feed"), asked, "asked a minute before {due}");
        gaps.push(due - now);
        now = due;
    }
    gaps
}

#[track_caller]
fn assert_patient(reply: Reply) {
    let mut scene = Scene::of([tagged("\"1\""), reply]);
    scene.fetch(0);
    let failing = gaps(&mut scene, DAY, 25);
    assert!(failing.len() >= 4, "it never stops: {failing:?}");
    assert!(failing.len() <= 12, "it slows down: {failing:?}");
    assert!(failing.is_sorted(), "{failing:?}");
    assert!(failing[failing.len() - 1] >= 4 * failing[0], "{failing:?}");
    assert!(failing.iter().all(|gap| *gap <= 7 * DAY), "{failing:?}");
    assert_eq!(scene.titles(), ["First Evening"], "entries stay");
    assert_eq!(scene.feeds()[0]["state"], "failing");
    // It works again, and all is as before.
    scene.server.reply("/feed", [tagged("\"1\"")]);
    let began = DAY + failing.iter().sum::<i64>();
    let recovered = gaps(&mut scene, began, 3);
    assert!(recovered.iter().all(|gap| *gap <= DAY), "{recovered:?}");
    assert_eq!(scene.feeds()[0]["state"], "active");
    assert_eq!(scene.feeds()[0]["error"], serde_json::Value::Null);
}

#[test]
fn a_500_is_asked_less_and_less_and_recovers() {
    assert_patient(Reply::status(500));
}

#[test]
fn a_404_is_asked_less_and_less_and_recovers() {
    assert_patient(Reply::status(404));
}

#[test]
fn a_403_is_asked_less_and_less_and_recovers() {
    assert_patient(Reply::status(403));
}

#[test]
fn a_429_without_a_time_is_asked_less_and_less_and_recovers() {
    assert_patient(Reply::status(429));
}

#[test]
fn a_feed_that_became_a_page_is_asked_less_and_less_and_recovers() {
    assert_patient(page());
}

/// The minutes at which a feed is asked that answers so to its first poll.
fn asked_after(reply: Reply) -> Vec<i64> {
    let mut scene = Scene::of([reply, well()]);
    scene.asked_at("/feed", (0..=12 * 6).map(|turn| turn * 10))
}

#[test]
fn retry_after_is_kept() {
    let seconds = |status| Reply::status(status).header("Retry-After", "18000");
    let date = |status| Reply::status(status).header("Retry-After", &http_date(5 * HOUR));
    for reply in [seconds(429), date(429), seconds(503), date(503)] {
        assert_eq!(asked_after(reply)[..2], [0, 5 * HOUR]);
    }
    // Less than the least interval is no licence.
    let soon = Reply::status(429).header("Retry-After", "60");
    assert_eq!(asked_after(soon)[..2], [0, HOUR]);
}

#[test]
fn nobody_goes_before_retry_after() {
    for status in [429, 503] {
        let refused = Reply::status(status).header("Retry-After", "18000");
        let mut scene = Scene::of([refused, well()]);
        scene.fetch(0);
        for arguments in [&["--all"][..], &["evenings"], &["127.0.0.1"]] {
            let url = scene.server.url("/feed");
            let arguments = match arguments {
                ["--all"] => vec!["--all"],
                _ => vec![url.as_str()],
            };
            let lines = scene.fetch_with(4 * HOUR, &arguments);
            assert_eq!(lines[0]["status"], "skipped", "{arguments:?}");
            assert_eq!(lines[0]["next_due"], "2026-11-21T17:00:00Z");
        }
        scene.fetch_with(4 * HOUR, &["--history"]);
        assert_eq!(scene.server.all_requests().len(), 1);
        let url = scene.server.url("/feed");
        scene
            .hall
            .run(["fetch", &url])
            .status(0)
            .stdout("")
            .stderr_contains("wants to be left alone until 2026-11-21 17:00 UTC");
        assert_eq!(scene.fetch_with(5 * HOUR, &["--all"])[0]["status"], "new");
    }
}

#[test]
fn a_retry_after_of_ten_years_is_a_month() {
    let mut scene = Scene::of([
        Reply::status(429).header("Retry-After", "315360000"),
        well(),
    ]);
    let asked = scene.asked_at("/feed", (0..=32).map(|day| day * DAY));
    assert_eq!(asked[..2], [0, 31 * DAY]);
}

#[test]
fn a_429_holds_back_its_host_and_no_other() {
    let other = Server::start();
    other.reply("/feed", [well()]);
    let mut scene = Scene::new();
    for path in ["/a", "/b", "/c"] {
        scene.follow(path, [Reply::ok(feed(&[ONE]).replace("Evenings", path))]);
    }
    scene
        .hall
        .run(["add", "--no-fetch", &other.url("/feed")])
        .status(0);
    scene.fetch(0);
    let refused = Reply::status(429).header("Retry-After", "36000");
    scene.server.reply("/b", [refused, well()]);
    let url = scene.server.url("/b");
    scene.fetch_with(30, &[&url]);
    assert_eq!(scene.server.all_requests().len(), 4);
    for hour in [2, 5, 10] {
        let lines = scene.fetch(hour * HOUR);
        let skipped = lines
            .iter()
            .filter(|line| line["status"] == "skipped")
            .count();
        assert_eq!(skipped, 3, "{lines:?}");
    }
    scene.fetch_with(10 * HOUR, &["--all"]);
    assert_eq!(scene.server.all_requests().len(), 4);
    assert_eq!(other.requests("/feed").len(), 5);
    scene.fetch(10 * HOUR + 31);
    assert_eq!(scene.server.all_requests().len(), 7);
}

#[test]
fn a_429_behind_a_redirect_holds_back_the_host_that_said_it() {
    let busy = Server::start();
    let refused = Reply::status(429).header("Retry-After", "36000");
    busy.reply("/a", [refused, well()]);
    busy.reply("/b", [well()]);
    busy.reply("/own", [well()]);
    let mut scene = Scene::of([well()]);
    scene.follow("/to-a", [Reply::redirect(302, &busy.url("/a"))]);
    scene.follow("/to-b", [Reply::redirect(302, &busy.url("/b"))]);
    let add = |url: &str| {
        scene.hall.run(["add", "--no-fetch", url]).status(0);
    };
    add(&busy.url("/own"));
    let to_a = scene.server.url("/to-a");
    scene.fetch_with(0, &[&to_a]);
    // One that redirects there is told so, and its own host is not asked again and again.
    scene.fetch(10);
    for minute in [20, 30, 40] {
        let lines = scene.fetch(minute);
        let skipped = |url: &str| {
            lines
                .iter()
                .any(|l| l["url"] == url && l["status"] == "skipped")
        };
        assert!(skipped(&busy.url("/own")), "{lines:?}");
        assert!(skipped(&scene.server.url("/to-b")), "{lines:?}");
    }
    assert_eq!(busy.all_requests().len(), 1);
    assert_eq!((scene.count("/feed"), scene.count("/to-b")), (1, 1));
    assert_eq!(
        scene
            .feeds()
            .iter()
            .filter(|f| f["state"] == "failing")
            .count(),
        1
    );
    scene.fetch(70);
    assert_eq!(scene.count("/feed"), 2, "the host that redirects is well");
    scene.fetch(601);
    assert_eq!(
        (busy.requests("/own").len(), busy.requests("/b").len()),
        (1, 1)
    );
}

#[test]
fn a_feed_that_is_gone_is_left_alone_and_it_is_said() {
    let mut scene = Scene::of([well(), Reply::status(410), well()]);
    scene.fetch(0);
    scene.hall.later("2026-11-22T12:00:00Z");
    scene.hall.run(["fetch"]).status(3).stderr_contains("410");
    for day in 2..40 {
        scene.fetch(day * DAY);
    }
    scene.fetch_with(40 * DAY, &["--all"]);
    assert_eq!(scene.count("/feed"), 2);
    assert_eq!(scene.titles(), ["First Evening"]);
    assert_eq!(scene.feeds()[0]["state"], "gone");
    scene.hall.run(["resume", "evenings"]).status(0);
    assert_eq!(scene.status(41 * DAY), "unchanged");
    assert_eq!(scene.feeds()[0]["state"], "active");
}

#[test]
fn what_is_absent_for_months_is_retired_and_can_come_back() {
    for absent in [Reply::status(404), page()] {
        let mut scene = Scene::of([well(), absent]);
        scene.fetch(0);
        let statuses: Vec<String> = (1..120)
            .map(|day| scene.fetch(day * DAY))
            .filter_map(|lines| {
                lines
                    .first()
                    .map(|line| line["status"].as_str().unwrap().to_owned())
            })
            .collect();
        let gone = statuses.iter().position(|status| status == "gone").unwrap() + 1;
        assert!((90..105).contains(&gone), "{gone}");
        assert_eq!(scene.feeds()[0]["state"], "gone");
        let asked = scene.count("/feed");
        scene.fetch(130 * DAY);
        assert_eq!(scene.count("/feed"), asked);
        assert_eq!(scene.titles(), ["First Evening"]);
        scene.hall.run(["resume", "evenings"]).status(0);
        // Still absent: that is no reason to give up at once.
        assert_eq!(scene.status(131 * DAY), "failed");
        assert_eq!(scene.feeds()[0]["state"], "failing");
        scene.server.reply("/feed", [well()]);
        assert_eq!(scene.status(132 * DAY), "unchanged");
    }
}

#[test]
fn an_error_is_not_tried_again_in_the_same_run() {
    for reply in [
        Reply::status(500),
        Reply::status(503),
        Reply::status(429),
        Reply::status(401).header("WWW-Authenticate", "Basic realm=\"x\""),
        well().cut_after(100),
        Reply::raw(""),
    ] {
        let mut scene = Scene::of([reply]);
        assert_eq!(scene.status(0), "failed");
        scene.fetch(30);
        assert_eq!(scene.count("/feed"), 1);
    }
}

#[test]
fn a_401_is_a_failure_that_says_what_to_do() {
    let mut scene = Scene::of([Reply::status(401).header("WWW-Authenticate", "Basic realm=\"x\"")]);
    let lines = scene.fetch(0);
    assert_eq!(
        (&lines[0]["status"], &lines[0]["http_status"]),
        (&"failed".into(), &401.into())
    );
    assert_eq!(lines[0]["error_kind"], "http_4xx");
    assert_eq!(scene.sent("Authorization"), [None]);
    let asked = scene.asked_at("/feed", (1..4).map(|hour| hour * HOUR));
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn the_good_one_is_kept_beside_the_dead() {
    let scene = Scene::of([well()]);
    scene.follow("/dead", [Reply::status(500)]);
    // A port where nobody listens.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead_host = format!("http://{}/feed", nobody.local_addr().unwrap());
    drop(nobody);
    scene.hall.run(["add", "--no-fetch", &dead_host]).status(0);
    let ran = scene.hall.run(["fetch", "--json"]);
    let lines = ran.status(3).stdout_json_lines();
    assert_eq!(lines.len(), 3);
    for (url, status, kind) in [
        (scene.server.url("/feed"), "new", serde_json::Value::Null),
        (scene.server.url("/dead"), "failed", "http_5xx".into()),
        (dead_host, "failed", "connect".into()),
    ] {
        let line = lines
            .iter()
            .find(|line| line["url"] == url.as_str())
            .unwrap();
        assert_eq!(
            (&line["status"], &line["error_kind"]),
            (&status.into(), &kind)
        );
        assert!(line["next_due"].as_str().unwrap() > "2026-11-21T12:59");
    }
    assert_eq!(scene.titles(), ["First Evening"]);
}

/// `fetch` at this minute; through a proxy names are found that nobody has.
fn fetch_by(
    scene: &mut Scene,
    proxy: Option<&Server>,
    minute: i64,
    verbose: bool,
) -> (i32, Vec<serde_json::Value>, String) {
    scene.hall.later(&super::instant(minute));
    let mut command = scene.hall.command();
    command.arg("--archive").arg(scene.hall.archive());
    if verbose {
        command.arg("-v");
    }
    command.args(["fetch", "--json"]);
    if let Some(proxy) = proxy {
        command
            .env("http_proxy", proxy.url(""))
            .env("NO_PROXY", "127.0.0.1");
    }
    let ran = scene.hall.finish(command, b"");
    (ran.code().unwrap(), ran.stdout_json_lines(), ran.err())
}

#[test]
fn a_machine_without_a_network_blames_no_feed() {
    let proxy = Server::start();
    let mut scene = Scene::new();
    for name in ["a", "b", "c"] {
        let url = format!("http://{name}.invalid/feed");
        proxy.reply(&url, [Reply::ok(feed(&[ONE]).replace("Evenings", name))]);
        scene.hall.run(["add", "--no-fetch", &url]).status(0);
    }
    let (code, lines, _) = fetch_by(&mut scene, Some(&proxy), 0, false);
    assert_eq!((code, lines.len()), (0, 3));
    // For a day, every hour.
    for hour in 2..26 {
        let (code, lines, told) = fetch_by(&mut scene, None, hour * HOUR, false);
        assert_eq!(code, 3, "{lines:?}");
        assert_eq!(told, "", "cron waits until it has lasted");
        for line in &lines {
            assert_eq!(
                (&line["status"], &line["error_kind"]),
                (&"failed".into(), &"dns".into())
            );
            assert_eq!(
                line["next_due"],
                super::instant(hour * HOUR),
                "due at the next run"
            );
        }
        for feed in scene.feeds() {
            assert_eq!(
                (&feed["state"], &feed["error"]),
                (&"active".into(), &serde_json::Value::Null)
            );
        }
    }
    let (_, _, told) = fetch_by(&mut scene, None, 27 * HOUR, true);
    assert_eq!(
        told,
        "warning: no network: none of the 3 feeds could be reached, the last answer came \
         2026-11-21 12:00 UTC; nothing is held against them, the next run asks again\n"
    );
    let (_, _, told) = fetch_by(&mut scene, None, 4 * DAY, false);
    assert_eq!(told.lines().count(), 1, "one line for all: {told}");
    let (code, lines, _) = fetch_by(&mut scene, Some(&proxy), 4 * DAY + 5, false);
    assert_eq!(code, 0);
    assert!(
        lines.iter().all(|line| line["status"] == "unchanged"),
        "{lines:?}"
    );
}

#[test]
fn one_host_that_cannot_be_reached_is_its_own_trouble() {
    let proxy = Server::start();
    let mut scene = Scene::new();
    for name in ["a", "b"] {
        let url = format!("http://{name}.invalid/feed");
        proxy.reply(&url, [Reply::ok(feed(&[ONE]).replace("Evenings", name))]);
        scene.hall.run(["add", "--no-fetch", &url]).status(0);
    }
    fetch_by(&mut scene, Some(&proxy), 0, false);
    let state = |scene: &Scene| -> Vec<String> {
        let feeds = scene.feeds();
        feeds
            .iter()
            .map(|feed| feed["state"].as_str().unwrap().to_owned())
            .collect()
    };
    // Somebody answers: it is these two.
    scene.follow("/feed", [well()]);
    let (code, _, _) = fetch_by(&mut scene, None, 2 * HOUR, false);
    assert_eq!(code, 3);
    assert_eq!(state(&scene), ["failing", "failing", "active"]);
    // Alone, and never reached before.
    let mut alone = Scene::new();
    alone
        .hall
        .run(["add", "--no-fetch", "http://a.invalid/feed"])
        .status(0);
    alone
        .hall
        .run(["add", "--no-fetch", "http://b.invalid/feed"])
        .status(0);
    fetch_by(&mut alone, None, 0, false);
    assert_eq!(state(&alone), ["failing", "failing"]);
}

#[test]
fn a_server_that_never_answers_is_given_up_and_holds_up_nobody() {
    let silent = Server::start();
    silent.reply("/feed", [Reply::never()]);
    let mut scene = Scene::of([well()]);
    scene
        .hall
        .run(["add", "--no-fetch", &silent.url("/feed")])
        .status(0);
    scene
        .hall
        .write("quick.toml", "[fetch]\ntimeout = \"2s\"\n");
    let began = Instant::now();
    let ran = scene
        .hall
        .run(["--config", "quick.toml", "fetch", "--json"]);
    let lines = ran.status(3).stdout_json_lines();
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(lines[0]["status"], "new", "the quick one is told first");
    assert_eq!(lines[1]["error_kind"], "timeout");
    scene.fetch(HOUR);
}

#[test]
fn cron_is_told_of_a_failure_when_it_has_lasted_and_since_when() {
    let mut scene = Scene::of([well(), Reply::status(500)]);
    scene.fetch(0);
    let run = |scene: &mut Scene, now: &str, arguments: &[&str]| {
        scene.hall.later(now);
        let ran = scene.hall.run(arguments);
        ran.status(3).stdout("");
        ran.err()
    };
    // The digest of what the first poll brought.
    scene.hall.run(["run"]).status(0);
    assert_eq!(run(&mut scene, "2026-11-22T12:00:00Z", &["fetch"]), "");
    assert_eq!(run(&mut scene, "2026-11-23T12:00:00Z", &["run"]), "");
    let told = run(&mut scene, "2026-11-24T08:00:00Z", &["-v", "fetch"]);
    assert!(
        told.contains("500") && told.contains("failing since 2026-11-22 12:00 UTC"),
        "{told}"
    );
    let url = scene.server.url("/feed");
    let told = run(&mut scene, "2026-11-24T09:00:00Z", &["fetch", &url]);
    assert!(told.contains("500"), "who asks is answered: {told}");
    let told = run(&mut scene, "2026-11-27T12:00:00Z", &["fetch"]);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.starts_with(&format!("warning: Evenings ({url}): ")),
        "{told}"
    );
    assert!(
        told.contains("failing since 2026-11-22 12:00 UTC"),
        "{told}"
    );
    // As the config has it.
    let mut scene = Scene::of([well(), Reply::status(500)]);
    scene
        .hall
        .write("at-once.toml", "[fetch]\nreport_after = \"1s\"\n");
    scene.fetch(0);
    run(&mut scene, "2026-11-22T12:00:00Z", &["fetch"]);
    let told = run(
        &mut scene,
        "2026-11-23T12:00:00Z",
        &["--config", "at-once.toml", "fetch"],
    );
    assert!(told.contains("500"), "{told}");
}

#[test]
fn the_feed_that_a_page_names_is_offered() {
    let page = Reply::ok(
        "<!doctype html><html><head><link rel=alternate type=application/atom+xml href=/atom.xml>\
         </head><body>New site</body></html>",
    );
    let mut scene = Scene::of([well(), page]);
    scene.fetch(0);
    scene.hall.later("2026-11-22T12:00:00Z");
    let offer = format!(
        "`hallway add {}` subscribes to that one",
        scene.server.url("/atom.xml")
    );
    scene
        .hall
        .run(["-v", "fetch"])
        .status(3)
        .stderr_contains(&offer);
    assert_eq!(scene.titles(), ["First Evening"]);
}
