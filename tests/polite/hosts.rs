//! Many feeds, few hosts.

use std::time::{Duration, Instant};

use super::{ONE, Scene, feed, well};
use crate::support::server::{Reply, Server};

#[test]
fn one_host_is_asked_by_two_at_once_over_shared_connections() {
    let mut scene = Scene::new();
    for number in 0..12 {
        let title = format!("Feed {number}");
        let reply = Reply::ok(feed(&[ONE]).replace("Evenings", &title));
        scene.follow(
            &format!("/{number}"),
            [reply.delay(Duration::from_millis(60))],
        );
    }
    let lines = scene.fetch(0);
    assert!(
        lines.iter().all(|line| line["status"] == "new"),
        "{lines:?}"
    );
    // Each takes 60 ms from when it is heard: a third within those would be a third at once.
    let began: Vec<Instant> = (scene.server.all_requests().iter())
        .map(|request| request.at)
        .collect();
    for three in began.windows(3) {
        let between = three[2] - three[0];
        assert!(between >= Duration::from_millis(60), "{between:?}");
    }
    assert!(
        scene.server.connections() <= 4,
        "{}",
        scene.server.connections()
    );
}

#[test]
fn hosts_are_polled_side_by_side_and_a_slow_one_holds_up_nobody() {
    let (slow, quick) = (Server::start(), Server::start());
    let mut scene = Scene::of([well()]);
    slow.reply("/feed", [well().delay(Duration::from_secs(3))]);
    quick.reply("/feed", [well()]);
    for server in [&slow, &quick] {
        scene
            .hall
            .run(["add", "--no-fetch", &server.url("/feed")])
            .status(0);
    }
    let began = Instant::now();
    let lines = scene.fetch(0);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(
        lines[2]["url"],
        slow.url("/feed"),
        "the slow one is told last"
    );
}
