//! What a person set for one feed, and where it may go.

use super::*;
use crate::fetch::{FeedSettings, Login};
use crate::source::{ByAddress, FailureKind, Secret};

fn login() -> Option<Result<Login, Failure>> {
    Some(Ok(Login {
        user: "ann".to_owned(),
        password: Secret::new("hunter2"),
    }))
}

fn own() -> FeedSettings {
    FeedSettings {
        user_agent: Some("Row Reader/3".to_owned()),
        headers: vec![
            ("x-member".to_owned(), Secret::new("17")),
            ("accept".to_owned(), Secret::new("text/xml")),
        ],
        login: login(),
        ..FeedSettings::default()
    }
}

fn with(url: &str, own: FeedSettings) -> Settings {
    Settings {
        feeds: ByAddress::new([(url.to_owned(), own)]).unwrap(),
        ..settings()
    }
}

async fn ask_as(url: &str, own: FeedSettings) -> Result<Answer, Failure> {
    ask_with(with(url, own), url, &Validators::default()).await
}

#[tokio::test]
async fn headers_agent_and_login_go_to_the_feeds_own_server() {
    let (server, url) = serve([Reply::ok(FEED)]);
    ask_as(&url, own()).await.unwrap();
    let request = only_request(&server);
    assert_eq!(request.header("X-Member"), Some("17"));
    assert_eq!(request.header("User-Agent"), Some("Row Reader/3"));
    assert_eq!(request.header("Accept"), Some("text/xml"));
    assert_eq!(
        request.header("Authorization"),
        Some("Basic YW5uOmh1bnRlcjI=")
    );
}

#[tokio::test]
async fn they_follow_a_redirect_on_that_server_and_to_no_other() {
    let (first, other) = (Server::start(), Server::start());
    first.reply("/a", [Reply::redirect(301, "/b")]);
    first.reply("/b", [Reply::redirect(302, &other.url("/c"))]);
    other.reply("/c", [Reply::redirect(302, &first.url("/d"))]);
    first.reply("/d", [Reply::ok(FEED)]);
    ask_as(&first.url("/a"), own()).await.unwrap();
    for request in first.all_requests() {
        assert_eq!(request.header("X-Member"), Some("17"), "{}", request.target);
        assert!(request.header("Authorization").is_some());
    }
    let away = only_request(&other);
    assert_eq!(away.header("X-Member"), None);
    assert_eq!(away.header("Authorization"), None);
}

#[tokio::test]
async fn one_login_is_sent_and_the_config_wins() {
    let (server, url) = serve([Reply::ok(FEED)]);
    let in_url = url.replace("http://", "http://bob:other%21@");
    ask(&in_url).await.unwrap();
    let as_ann = with(&url, own());
    ask_with(as_ann, &in_url, &Validators::default())
        .await
        .unwrap();
    let key = FeedSettings {
        headers: vec![("authorization".to_owned(), Secret::new("Bearer k"))],
        ..own()
    };
    ask_with(with(&url, key), &in_url, &Validators::default())
        .await
        .unwrap();
    let sent: Vec<_> = server
        .all_requests()
        .iter()
        .map(|request| {
            let all = request.headers.iter();
            let logins = all.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            logins.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        sent,
        [
            vec!["Basic Ym9iOm90aGVyIQ=="],
            vec!["Basic YW5uOmh1bnRlcjI="],
            vec!["Bearer k"]
        ]
    );
}

#[tokio::test]
async fn a_refused_login_and_a_missing_one_have_different_advice() {
    let (server, url) = serve([Reply::status(401)]);
    let missing = ask(&url).await.unwrap_err();
    assert!(missing.hint.unwrap().contains("[[feed]]"));
    let refused = ask_as(&url, own()).await.unwrap_err();
    assert!(refused.hint.unwrap().contains("refused"));
    assert_eq!(
        server.all_requests().len(),
        2,
        "nothing is asked a second time"
    );
}

#[tokio::test]
async fn a_login_that_cannot_be_read_fails_the_feed_before_it_is_asked() {
    let (server, url) = serve([Reply::ok(FEED)]);
    let lost = FeedSettings {
        login: Some(Err(Failure::new(FailureKind::File, "it is lost"))),
        ..own()
    };
    let failure = ask_as(&url, lost).await.unwrap_err();
    assert_eq!(failure.message, "it is lost");
    assert!(server.all_requests().is_empty());
}

#[tokio::test]
async fn a_feed_has_a_time_and_a_size_of_its_own() {
    let (_server, url) = serve([Reply::ok(vec![b'x'; 80 * 1024])]);
    let large = FeedSettings {
        max_size: Some(1 << 20),
        ..FeedSettings::default()
    };
    assert!(ask_as(&url, large).await.is_ok());
    let (_server, url) = serve([Reply::never()]);
    let hasty = FeedSettings {
        total_timeout: Some(Duration::from_millis(100)),
        ..FeedSettings::default()
    };
    let failure = ask_as(&url, hasty).await.unwrap_err();
    assert_eq!(failure.message, "took longer than 100 milliseconds");
    assert!(failure.hint.unwrap().contains("`timeout`"));
}

/// What a TLS client says it speaks.
fn protocols(listener: &std::net::TcpListener) -> Vec<Vec<u8>> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut acceptor = rustls::server::Acceptor::default();
    loop {
        acceptor.read_tls(&mut stream).unwrap();
        if let Some(accepted) = acceptor.accept().unwrap() {
            let hello = accepted.client_hello();
            let offered = hello.alpn().into_iter().flatten();
            return offered.map(<[u8]>::to_vec).collect();
        }
    }
}

#[tokio::test]
async fn http_2_is_offered_unless_a_person_says_no() {
    for (http1_only, offered) in [
        (false, vec![b"h2".to_vec(), b"http/1.1".to_vec()]),
        (true, vec![b"http/1.1".to_vec()]),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/feed", listener.local_addr().unwrap());
        let heard = std::thread::spawn(move || protocols(&listener));
        let own = FeedSettings {
            http1_only,
            ..FeedSettings::default()
        };
        ask_as(&url, own).await.unwrap_err();
        assert_eq!(heard.join().unwrap(), offered);
    }
}
