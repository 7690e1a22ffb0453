//! The request, the validators, the statuses, the redirects.

use super::*;
use crate::source::FailureKind;

#[tokio::test]
async fn the_first_request_says_who_asks_and_has_no_condition() {
    let (server, url) = serve([Reply::ok(FEED)]);
    ask(&format!("{url}?a=b&a=%20c+d#top")).await.unwrap();
    let request = only_request(&server);
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("GET", "/feed?a=b&a=%20c+d")
    );
    let homepage = env!("CARGO_PKG_HOMEPAGE");
    let agent = format!("hallway/{} (+{homepage})", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("User-Agent"), Some(agent.as_str()));
    assert_eq!(
        request.header("Host"),
        Some(server.address().to_string().as_str())
    );
    let accept = request.header("Accept").unwrap();
    for kind in [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "*/*",
    ] {
        assert!(accept.contains(kind), "{accept}");
    }
    let codings = request.header("Accept-Encoding").unwrap();
    for coding in ["gzip", "br", "zstd", "deflate"] {
        assert!(
            codings.split(',').any(|asked| asked.trim() == coding),
            "{codings}"
        );
    }
    for absent in [
        "If-None-Match",
        "If-Modified-Since",
        "Referer",
        "Cookie",
        "Authorization",
        "Cache-Control",
        "Pragma",
    ] {
        assert_eq!(request.header(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn the_contact_is_the_persons_own_and_cannot_add_a_header() {
    let (server, url) = serve([Reply::ok(FEED)]);
    let settings = Settings {
        contact: Some("mailto:ann@a.example)\r\nCookie: x".to_owned()),
        ..settings()
    };
    ask_with(settings, &url, &Validators::default())
        .await
        .unwrap();
    let request = only_request(&server);
    let agent = request.header("User-Agent").unwrap();
    assert!(
        agent.ends_with("(+mailto:ann@a.exampleCookie:x)"),
        "{agent}"
    );
    assert_eq!(request.header("Cookie"), None);
}

#[tokio::test]
async fn validators_go_back_byte_for_byte() {
    let odd = [
        ("\"1\"", "Mon, 05 Jan 2026 10:00:00 GMT"),
        ("W/\"weak\"", "2026-01-05 10:00"),
        ("\"abc-gzip\"", "Mon, 5 Jan 2026 10:00:00 +0100"),
        ("unquoted", "yesterday"),
        ("\"latin \u{e9}\u{ff}\"", "Tue, 19 Jan 2038 03:14:07 GMT"),
        ("\"a, \\\" b\"", "0"),
    ];
    for (etag, last_modified) in odd {
        let reply = Reply::ok(FEED)
            .header("ETag", etag)
            .header("Last-Modified", last_modified);
        let (server, url) = serve([reply.conditional()]);
        let first = ask(&url).await.unwrap();
        assert_eq!(
            first.validators,
            validators(Some(etag), Some(last_modified))
        );
        let second = ask_with(settings(), &url, &first.validators).await.unwrap();
        assert!(matches!(second.body, Body::Unchanged), "{etag}");
        assert_eq!(second.http_status, Some(304));
        let request = server.all_requests().remove(1);
        assert_eq!(request.header("If-None-Match"), Some(etag));
        assert_eq!(request.header("If-Modified-Since"), Some(last_modified));
    }
}

#[tokio::test]
async fn no_validator_is_made_up_for_one_that_was_not_given() {
    let (server, url) = serve([Reply::ok(FEED)]);
    ask_with(settings(), &url, &validators(Some("\"1\""), None))
        .await
        .unwrap();
    ask_with(settings(), &url, &validators(None, Some("then")))
        .await
        .unwrap();
    let requests = server.all_requests();
    assert_eq!(requests[0].header("If-None-Match"), Some("\"1\""));
    assert_eq!(requests[0].header("If-Modified-Since"), None);
    assert_eq!(requests[1].header("If-None-Match"), None);
    assert_eq!(requests[1].header("If-Modified-Since"), Some("then"));
}

#[tokio::test]
async fn a_304_carries_what_it_renews() {
    let not_modified = Reply::status(304)
        .header("ETag", "\"2\"")
        .header("Cache-Control", "max-age=7200");
    let (_server, url) = serve([not_modified]);
    let answer = ask_with(settings(), &url, &validators(Some("\"1\""), None))
        .await
        .unwrap();
    assert_eq!(answer.validators, validators(Some("\"2\""), None));
    assert_eq!(
        answer.fresh_until,
        Some("2026-01-05T14:00:00Z".parse().unwrap())
    );
}

#[tokio::test]
async fn a_304_to_a_request_without_a_condition_is_a_failure() {
    let (_server, url) = serve([Reply::status(304)]);
    let failure = ask(&url).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::HttpServer);
    assert_eq!(
        failure.message,
        "the server answered 304 to a request without a condition"
    );
}

#[tokio::test]
async fn a_validator_too_long_to_be_sent_back_is_not_kept() {
    let etag = format!("\"{}\"", "x".repeat(10_000));
    let (_server, url) = serve([Reply::ok(FEED)
        .header("ETag", &etag)
        .header("Last-Modified", "")]);
    assert_eq!(ask(&url).await.unwrap().validators, Validators::default());
}

#[tokio::test]
async fn a_status_without_a_document_is_a_failure_of_its_kind() {
    let kinds = [
        (
            401,
            FailureKind::HttpClient,
            "the server answered 401 Unauthorized",
        ),
        (
            404,
            FailureKind::HttpClient,
            "the server answered 404 Not Found",
        ),
        (410, FailureKind::Gone, "the server answered 410 Gone"),
        (
            429,
            FailureKind::HttpClient,
            "the server answered 429 Too Many Requests",
        ),
        (
            500,
            FailureKind::HttpServer,
            "the server answered 500 Internal Server Error",
        ),
        (
            204,
            FailureKind::HttpServer,
            "the server answered 204 No Content",
        ),
        (
            226,
            FailureKind::HttpServer,
            "the server answered 226 to a request for all",
        ),
        (599, FailureKind::HttpServer, "the server answered 599"),
    ];
    for (status, kind, message) in kinds {
        let (server, url) = serve([Reply::status(status)]);
        let failure = ask(&url).await.unwrap_err();
        assert_eq!((failure.kind, failure.message.as_str()), (kind, message));
        assert_eq!(failure.http_status, Some(status));
        only_request(&server);
    }
}

#[tokio::test]
async fn retry_after_is_heard_in_both_forms() {
    for (status, retry_after) in [(429, "3600"), (503, "Mon, 05 Jan 2026 13:00:00 GMT")] {
        let (_server, url) = serve([Reply::status(status).header("Retry-After", retry_after)]);
        let failure = ask(&url).await.unwrap_err();
        assert_eq!(
            failure.retry_at,
            Some("2026-01-05T13:00:00Z".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn redirects_are_followed_and_only_permanent_ones_move_the_feed() {
    let server = Server::start();
    server.reply("/a", [Reply::redirect(301, "/b?x=1#part")]);
    server.reply("/b", [Reply::redirect(308, "../c")]);
    server.reply(
        "/c",
        [Reply::redirect(307, "d").header("Set-Cookie", "id=1")],
    );
    server.reply("/d", [Reply::redirect(303, &server.url("/e"))]);
    server.reply("/e", [Reply::redirect(302, "/f")]);
    server.reply("/f", [Reply::ok(FEED)]);
    server.reply("/p", [Reply::redirect(308, "/q")]);
    server.reply("/q", [Reply::redirect(301, "/f")]);
    let answer = ask(&server.url("/a")).await.unwrap();
    assert_eq!(answer.moved_to, None);
    let answer_of_permanent = ask(&server.url("/p")).await.unwrap();
    assert_eq!(
        answer_of_permanent
            .moved_to
            .as_ref()
            .map(ToString::to_string),
        Some(server.url("/f"))
    );
    let document = documents(answer).remove(0);
    assert_eq!(document.location.unwrap().as_str(), server.url("/f"));
    let requests = server.all_requests();
    let targets: Vec<_> = requests
        .iter()
        .map(|request| request.target.as_str())
        .collect();
    assert_eq!(
        targets,
        ["/a", "/b?x=1", "/c", "/d", "/e", "/f", "/p", "/q", "/f"]
    );
    for request in &requests {
        assert_eq!(
            (request.header("Cookie"), request.header("Referer")),
            (None, None)
        );
    }
}

#[tokio::test]
async fn a_feed_behind_a_redirect_can_say_that_nothing_has_changed() {
    let server = Server::start();
    server.reply("/a", [Reply::redirect(302, "/b")]);
    server.reply(
        "/b",
        [Reply::ok(FEED).header("ETag", "\"1\"").conditional()],
    );
    let first = ask(&server.url("/a")).await.unwrap();
    let second = ask_with(settings(), &server.url("/a"), &first.validators)
        .await
        .unwrap();
    assert!(matches!(second.body, Body::Unchanged));
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_a_failure() {
    let cases = [
        ("/feed", "redirects in a circle"),
        (
            "file:///etc/passwd",
            "redirects to an address that is neither http nor https",
        ),
        ("http://[", "redirects to something that is no URL"),
    ];
    for (location, message) in cases {
        let (server, url) = serve([Reply::redirect(301, location)]);
        let failure = ask(&url).await.unwrap_err();
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (FailureKind::Redirect, message)
        );
        only_request(&server);
    }
}

#[tokio::test]
async fn a_redirect_to_an_error_is_that_error() {
    let (_server, url) = serve([Reply::redirect(301, "/nowhere")]);
    assert_eq!(ask(&url).await.unwrap_err().http_status, Some(404));
}

#[tokio::test]
async fn a_password_goes_to_its_own_host_alone_and_into_no_link() {
    let (here, elsewhere) = (Server::start(), Server::start());
    here.reply("/feed", [Reply::redirect(302, "/same")]);
    here.reply("/same", [Reply::redirect(302, &elsewhere.url("/other"))]);
    elsewhere.reply("/other", [Reply::ok(FEED)]);
    let url = here.url("/feed").replace("http://", "http://ann:secret@");
    let answer = ask(&url).await.unwrap();
    for request in here.all_requests() {
        assert_eq!(
            request.header("Authorization"),
            Some("Basic YW5uOnNlY3JldA==")
        );
    }
    assert_eq!(only_request(&elsewhere).header("Authorization"), None);
    assert_eq!(
        documents(answer)[0].location.as_ref().unwrap().as_str(),
        elsewhere.url("/other")
    );

    here.reply("/feed", [Reply::ok(FEED)]);
    let answer = ask(&url).await.unwrap();
    assert_eq!(
        documents(answer)[0].location.as_ref().unwrap().as_str(),
        here.url("/feed")
    );
}

#[tokio::test]
async fn what_is_new_since_an_entity_tag_may_be_told_alone() {
    let delta = || Reply::status(226).header("ETag", "\"2\"").body(FEED);
    let (server, url) = serve([
        delta().header("IM", "feed"),
        delta().header("IM", "feed, gzip"),
        delta(),
        delta().header("IM", "vcdiff"),
        Reply::ok(FEED),
    ]);
    let known = validators(Some("\"1\""), Some("then"));
    for _ in 0..3 {
        let answer = ask_with(settings(), &url, &known).await.unwrap();
        assert_eq!(answer.http_status, Some(226));
        assert_eq!(answer.validators, validators(Some("\"2\""), None));
        assert_eq!(text(answer), FEED);
    }
    let failure = ask_with(settings(), &url, &known).await.unwrap_err();
    assert_eq!(
        failure.message,
        "the server answered with a delta that was not asked for"
    );
    ask_with(settings(), &url, &validators(None, Some("then")))
        .await
        .unwrap();
    let asked: Vec<_> = server
        .all_requests()
        .iter()
        .map(|request| request.header("A-IM").map(str::to_owned))
        .collect();
    let feed = Some("feed".to_owned());
    assert_eq!(asked[..4], [feed.clone(), feed.clone(), feed.clone(), feed]);
    assert_eq!(asked[4], None, "there is no entity tag to count from");
}
