//! How many ask at once, and that one bad feed never stops the others.

use std::sync::Arc;
use std::time::Instant;

use super::*;
use crate::fetch::HeldBack;

/// Polls all at once, and says for each whether it was answered well.
async fn ask_all(settings: Settings, urls: Vec<String>) -> Vec<bool> {
    let fetcher = Arc::new(Fetcher::new(settings));
    let tasks: Vec<_> = urls
        .into_iter()
        .map(|url| {
            let fetcher = Arc::clone(&fetcher);
            tokio::spawn(async move {
                let source = Source::from_web_address(&url).unwrap();
                let fetched = fetcher.fetch(&source, &Validators::default(), now()).await;
                fetched.answer.is_ok()
            })
        })
        .collect();
    let mut answered = Vec::new();
    for task in tasks {
        answered.push(task.await.unwrap());
    }
    answered
}

#[tokio::test]
async fn one_host_is_asked_by_two_at_once_over_two_connections() {
    let server = Server::start();
    let urls: Vec<_> = (0..12)
        .map(|feed| server.url(&format!("/{feed}")))
        .collect();
    for feed in 0..12 {
        server.reply(
            &format!("/{feed}"),
            [Reply::ok(FEED).delay(Duration::from_millis(40))],
        );
    }
    assert_eq!(ask_all(settings(), urls).await, [true; 12]);
    assert_eq!(server.max_in_flight(), 2);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_host_that_others_redirect_to_is_asked_by_two_at_once_as_well() {
    let (first, end) = (Server::start(), Server::start());
    first.reply("/", [Reply::redirect(302, &end.url("/"))]);
    end.reply("/", [Reply::ok(FEED).delay(Duration::from_millis(60))]);
    let elsewhere = first.url("/").replace("127.0.0.1", "localhost");
    let urls = (0..8)
        .map(|feed| {
            if feed % 2 == 0 {
                elsewhere.clone()
            } else {
                end.url("/")
            }
        })
        .collect();
    assert_eq!(ask_all(settings(), urls).await, [true; 8]);
    assert_eq!(end.max_in_flight(), 2);
}

#[tokio::test]
async fn one_bad_feed_never_stops_the_others() {
    let (silent, broken, good) = (Server::start(), Server::start(), Server::start());
    silent.reply("/", [Reply::never()]);
    broken.reply("/", [Reply::raw("junk")]);
    good.reply("/", [Reply::ok(FEED)]);
    let settings = Settings {
        jobs: 2,
        ..settings()
    };
    let urls = vec![
        silent.url("/"),
        broken.url("/"),
        good.url("/"),
        "http://nobody.invalid/".to_owned(),
    ];
    let began = Instant::now();
    assert_eq!(ask_all(settings, urls).await, [false, false, true, false]);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_body_that_is_held_holds_its_job() {
    let (_server, url) = serve([Reply::ok(FEED)]);
    let source = Source::from_web_address(&url).unwrap();
    let settings = Settings {
        jobs: 1,
        ..settings()
    };
    let fetcher = Fetcher::new(settings);
    let none = Validators::default();
    let first = fetcher.fetch(&source, &none, now()).await;
    let second = fetcher.fetch(&source, &none, now());
    let waited = tokio::time::timeout(Duration::from_millis(300), second).await;
    assert!(
        waited.is_err(),
        "two bodies are in memory where one job is allowed"
    );
    drop(first.slot);
    assert!(fetcher.fetch(&source, &none, now()).await.answer.is_ok());
}

#[tokio::test]
async fn a_host_that_wants_patience_is_not_asked_for_its_other_feeds_in_that_run() {
    let (busy, well) = (Server::start(), Server::start());
    busy.reply("/1", [Reply::status(429).header("Retry-After", "600")]);
    busy.reply("/2", [Reply::ok(FEED)]);
    well.reply("/", [Reply::redirect(302, &busy.url("/2"))]);
    let fetcher = Fetcher::new(settings());
    let ask = async |url: String, now| {
        let source = Source::from_web_address(&url).unwrap();
        fetcher.fetch(&source, &Validators::default(), now).await
    };
    let first = ask(busy.url("/1"), now()).await;
    assert_eq!(first.held_back, None);
    let ways = [HeldBack::Unasked, HeldBack::OnTheWay];
    for (url, way) in [busy.url("/2"), well.url("/")].into_iter().zip(ways) {
        let held = ask(url, now()).await;
        assert_eq!(held.held_back, Some(way));
        assert_eq!(
            held.answer.unwrap_err().retry_at,
            Some("2026-01-05T12:10:00Z".parse().unwrap())
        );
    }
    assert_eq!(busy.all_requests().len(), 1);
    // As long as it said, also in the next round of a watch.
    let soon = now() + chrono::TimeDelta::minutes(5);
    assert!(ask(busy.url("/2"), soon).await.held_back.is_some());
    let later = now() + chrono::TimeDelta::minutes(15);
    assert!(ask(busy.url("/2"), later).await.answer.is_ok());
}

#[tokio::test]
async fn hosts_that_never_answer_hold_no_jobs() {
    let servers: Vec<Server> = (0..3).map(|_| Server::start()).collect();
    servers[0].reply("/", [Reply::never()]);
    servers[1].reply("/", [Reply::never()]);
    servers[2].reply("/", [Reply::ok(FEED)]);
    let settings = Settings {
        jobs: 2,
        connect_timeout: Duration::from_secs(10),
        stall_timeout: Duration::from_secs(10),
        total_timeout: Duration::from_secs(20),
        ..settings()
    };
    let fetcher = Arc::new(Fetcher::new(settings));
    for server in &servers[..2] {
        let (fetcher, source) = (Arc::clone(&fetcher), server.url("/"));
        tokio::spawn(async move {
            let source = Source::from_web_address(&source).unwrap();
            fetcher.fetch(&source, &Validators::default(), now()).await
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let source = Source::from_web_address(&servers[2].url("/")).unwrap();
    let began = Instant::now();
    let fetched = fetcher.fetch(&source, &Validators::default(), now()).await;
    assert!(fetched.answer.is_ok());
    assert!(began.elapsed() < Duration::from_secs(4));
}
