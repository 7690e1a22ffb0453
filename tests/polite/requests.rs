//! The request itself.

use super::{DAY, Scene, tagged, well};
use crate::support::server::Reply;

#[test]
fn the_first_request_has_no_validators() {
    let mut scene = Scene::of([tagged("\"1\"")]);
    scene.fetch(0);
    assert_eq!(scene.sent("If-None-Match"), [None]);
    assert_eq!(scene.sent("If-Modified-Since"), [None]);
}

#[test]
fn the_user_agent_names_program_version_and_contact() {
    let mut scene = Scene::of([well()]);
    scene.fetch(0);
    let agent = scene.sent("User-Agent").remove(0).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(agent.starts_with(&format!("hallway/{version}")), "{agent}");
    assert!(agent.contains("http") || agent.contains('@'), "{agent}");
}

#[test]
fn accept_names_the_feed_formats_and_a_fallback() {
    let mut scene = Scene::of([well()]);
    scene.fetch(0);
    let accept = scene.sent("Accept").remove(0).unwrap();
    for wanted in [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "*/*",
    ] {
        assert!(accept.contains(wanted), "{accept}");
    }
}

#[test]
fn compression_is_asked_for_alike_on_every_poll() {
    let mut scene = Scene::of([tagged("\"1\"")]);
    scene.fetch(0);
    scene.fetch(DAY);
    let sent = scene.sent("Accept-Encoding");
    assert_eq!(sent[0], sent[1]);
    let sent = sent[0].clone().unwrap();
    for coding in ["gzip", "br", "zstd", "deflate"] {
        assert!(sent.contains(coding), "{sent}");
    }
}

#[test]
fn cookies_are_never_sent_back() {
    let cookie = |reply: Reply| reply.header("Set-Cookie", "id=7; Path=/");
    let mut scene = Scene::of([cookie(Reply::redirect(302, "/there"))]);
    scene.server.reply("/there", [cookie(well())]);
    scene.fetch(0);
    scene.fetch(DAY);
    let requests = scene.server.all_requests();
    assert_eq!(requests.len(), 4);
    assert!(
        requests
            .iter()
            .all(|request| request.header("Cookie").is_none())
    );
}

#[test]
fn there_is_no_referer_also_after_a_redirect() {
    let mut scene = Scene::of([Reply::redirect(301, "/there")]);
    scene.server.reply("/there", [well()]);
    scene.fetch(0);
    let requests = scene.server.all_requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests
            .iter()
            .all(|request| request.header("Referer").is_none())
    );
}

#[test]
fn the_url_is_asked_for_as_given() {
    let mut scene = Scene::new();
    let path = "/feed?tag=a+b&x=%7e%2F&empty=&order";
    scene.server.reply(path, [well()]);
    let url = format!("{}#top", scene.server.url(path));
    scene.hall.run(["add", "--no-fetch", &url]).status(0);
    scene.fetch(0);
    let requests = scene.server.all_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].target, path);
}

#[test]
fn one_poll_is_one_get() {
    let mut scene = Scene::of([well()]);
    scene.fetch(0);
    let requests = scene.server.all_requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].method, "GET");
    let scene = Scene::new();
    scene.server.reply("/feed", [well()]);
    scene
        .hall
        .run(["add", &scene.server.url("/feed")])
        .status(0);
    assert_eq!(scene.server.all_requests().len(), 1);
}

#[test]
fn the_host_names_its_port_and_caches_may_answer() {
    let mut scene = Scene::of([well()]);
    scene.fetch(0);
    let address = scene.server.address().to_string();
    assert_eq!(scene.sent("Host"), [Some(address)]);
    assert_eq!(scene.sent("Cache-Control"), [None]);
    assert_eq!(scene.sent("Pragma"), [None]);
}
