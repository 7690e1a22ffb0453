//! What can go wrong before and in the middle of an answer, and the words for it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::*;
use crate::fetch::clients::Clients;
use crate::fetch::resolve::Resolver;
use crate::source::FailureKind;

async fn failure_of(url: &str) -> Failure {
    ask(url).await.expect_err(url)
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_a_dns_failure() {
    if std::env::var_os("http_proxy").is_some() {
        eprintln!("skipped: with http_proxy the proxy looks names up");
        return;
    }
    let settings = Settings {
        connect_timeout: Duration::from_secs(20),
        ..settings()
    };
    let url = "http://nobody.invalid/feed";
    let failure = ask_with(settings, url, &Validators::default())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Dns, "the host name was not found")
    );
    assert!(failure.hint.is_some());
}

#[tokio::test]
async fn a_port_that_nobody_listens_at_is_a_connect_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://ann:secret@{}/feed", listener.local_addr().unwrap());
    drop(listener);
    let failure = failure_of(&url).await;
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Connect, "the connection was refused")
    );
    assert!(!format!("{failure:?}").contains("secret"));
}

#[tokio::test]
async fn tls_at_a_plain_port_is_a_tls_failure() {
    let server = Server::start();
    let url = server.url("/feed").replace("http://", "https://");
    let failure = failure_of(&url).await;
    assert_eq!(failure.kind, FailureKind::Tls);
    assert_eq!(
        failure.message,
        "the server does not speak TLS at that port"
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_a_tls_failure() {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key =
        rustls::pki_types::PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}/feed",
        listener.local_addr().unwrap().port()
    );
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        // The client breaks off, which is an error here.
        let _ = tls.complete_io(&mut stream);
    });
    let failure = failure_of(&url).await;
    assert_eq!(failure.kind, FailureKind::Tls);
    assert_eq!(
        failure.message,
        "the server's certificate is not signed by an authority this machine knows"
    );
    server.join().unwrap();
}

#[tokio::test]
async fn what_is_not_http_is_said_to_be_so() {
    let answers: [&[u8]; 5] = [
        b"<rss/>",
        b"HTTP/1.1 junk\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    ];
    for answer in answers {
        let (_server, url) = serve([Reply::raw(answer)]);
        let failure = failure_of(&url).await;
        assert_eq!(failure.kind, FailureKind::Truncated, "{answer:?}");
        assert_eq!(
            failure.message,
            "the server broke off, or what it answered is not HTTP"
        );
    }
}

#[tokio::test]
async fn headers_without_end_are_given_up() {
    let mut endless = b"HTTP/1.1 200 OK\r\n".to_vec();
    for line in 0..100_000 {
        endless.extend_from_slice(format!("X-{line}: y\r\n").as_bytes());
    }
    let mut long = b"HTTP/1.1 200 OK\r\nX: ".to_vec();
    long.resize(1 << 20, b'y');
    for head in [endless, long] {
        let (_server, url) = serve([Reply::raw(head)]);
        let failure = failure_of(&url).await;
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (
                FailureKind::TooLarge,
                "its headers are too many or too large"
            )
        );
        assert!(failure.hint.is_some());
    }
}

#[tokio::test]
async fn the_servers_own_words_are_not_shown() {
    let (_server, url) = serve([Reply::raw(
        "HTTP/1.1 500 \x1b[31mBuy now\r\nContent-Length: 0\r\n\r\n",
    )]);
    let failure = failure_of(&url).await;
    assert!(!format!("{failure:?}").contains("Buy"), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let (_server, url) = serve([Reply::never()]);
    let failure = failure_of(&url).await;
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert_eq!(
        failure.message,
        "the server did not answer within 300 milliseconds"
    );
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let (_server, url) = serve([Reply::ok(FEED).stall_after(10)]);
    let failure = failure_of(&url).await;
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert_eq!(
        failure.message,
        "the server stopped sending for 300 milliseconds"
    );
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up_after_the_total_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/feed", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        trickle(&mut stream)
    });
    let settings = Settings {
        total_timeout: Duration::from_secs(1),
        ..settings()
    };
    let began = Instant::now();
    let failure = ask_with(settings, &url, &Validators::default())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Timeout, "took longer than 1 second")
    );
    assert!(began.elapsed() < Duration::from_secs(3));
    // On another thread: the connection is closed by a task on this one.
    let written = tokio::task::spawn_blocking(|| server.join().unwrap())
        .await
        .unwrap();
    assert!(written.is_err(), "the connection is closed");
}

#[tokio::test]
async fn a_body_slower_than_the_lowest_speed_is_given_up_before_its_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/feed", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let _ = trickle(&mut stream);
    });
    let settings = Settings {
        min_speed: 256,
        speed_window: Duration::from_secs(1),
        total_timeout: Duration::from_secs(30),
        ..settings()
    };
    let failure = ask_with(settings, &url, &Validators::default())
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (
            FailureKind::Timeout,
            "the server sent less than 256 bytes a second for 1 second"
        )
    );
    assert!(failure.hint.unwrap().contains("min_speed"));
}

/// A listener on IPv6 at this port whose queue is full: whoever connects waits. Its guests keep it so.
fn silent_v6(port: u16) -> Option<(TcpListener, Vec<TcpStream>)> {
    let listener = TcpListener::bind(("::1", port)).ok()?;
    let address = listener.local_addr().ok()?;
    let mut guests = Vec::new();
    // Longer than any system's queue.
    while guests.len() < 10_000 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
            Ok(guest) => guests.push(guest),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                return Some((listener, guests));
            }
            Err(_) => return None,
        }
    }
    None
}

#[tokio::test]
async fn a_dead_ipv6_address_does_not_keep_a_live_ipv4_one_waiting() {
    let (server, _) = serve([Reply::ok(FEED)]);
    let port = server.address().port();
    let Some(_silent) = silent_v6(port) else {
        eprintln!("skipped: no IPv6 here, or a queue without end");
        return;
    };
    let both = ["[::1]:0", "127.0.0.1:0"].map(|address| address.parse().unwrap());
    for addresses in [both, [both[1], both[0]]] {
        let settings = Settings {
            connect_timeout: Duration::from_secs(10),
            ..settings()
        };
        let resolver = Resolver::knowing("twofold.example", &addresses);
        let clients = Clients::with_resolver(settings, resolver);
        let url = url::Url::parse(&format!("http://twofold.example:{port}/feed")).unwrap();
        let began = Instant::now();
        let client = clients.of(&url, false).unwrap();
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(
            began.elapsed() < Duration::from_secs(3),
            "{:?}",
            began.elapsed()
        );
    }
    // Alone it is waited for in vain.
    let resolver = Resolver::knowing("dead.example", &both[..1]);
    let clients = Clients::with_resolver(settings(), resolver);
    let url = url::Url::parse(&format!("http://dead.example:{port}/feed")).unwrap();
    let client = clients.of(&url, false).unwrap();
    assert!(client.get(url).send().await.unwrap_err().is_connect());
}

fn trickle(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
    for _ in 0..1000 {
        stream.write_all(b"x")?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
