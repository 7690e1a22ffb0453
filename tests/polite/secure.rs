//! Over TLS: whose certificate, which protocol.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{self, ServerConfig};

use super::{HOUR, ONE, Scene, feed, instant};
use crate::support::each;

/// A server for `localhost` that speaks HTTP/2 alone, with a certificate it has given itself.
struct Secure {
    address: SocketAddr,
    /// Vouches for it, in PEM.
    certificate: String,
    heard: Arc<Heard>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Heard {
    connections: AtomicUsize,
    /// Path and `If-None-Match` of each request.
    requests: Mutex<Vec<(String, Option<String>)>>,
}

impl Secure {
    fn start() -> Self {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Runtime::new().unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Heard::default());
        runtime.spawn({
            let heard = Arc::clone(&heard);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, heard) = (acceptor.clone(), Arc::clone(&heard));
                    tokio::spawn(async move {
                        // A client that does not trust it breaks off.
                        if let Ok(stream) = acceptor.accept(stream).await {
                            heard.connections.fetch_add(1, Ordering::SeqCst);
                            heard.serve(stream).await;
                        }
                    });
                }
            }
        });
        Self {
            address,
            certificate: signed.cert.pem(),
            heard,
            _runtime: runtime,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }
}

impl Heard {
    async fn serve(&self, stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            let path = request.uri().path().to_owned();
            let etag = request.headers().get("if-none-match");
            let etag = etag.map(|etag| etag.to_str().unwrap().to_owned());
            let known = etag.is_some();
            self.requests.lock().unwrap().push((path.clone(), etag));
            let answer = http::Response::builder()
                .status(if known { 304 } else { 200 })
                .header("etag", "\"1\"")
                .body(())
                .unwrap();
            let mut body = respond.send_response(answer, known).unwrap();
            if !known {
                let text = feed(&[ONE]).replace("Evenings", &path);
                body.send_data(text.into(), true).unwrap();
            }
        }
    }
}

/// `fetch --json` at this minute, trusting this authority beside none of the machine's.
fn fetch(
    scene: &mut Scene,
    minute: i64,
    authority: Option<&str>,
) -> (i32, Vec<serde_json::Value>, String) {
    scene.hall.later(&instant(minute));
    let mut command = scene.hall.command();
    command.arg("--archive").arg(scene.hall.archive());
    command.args(["-v", "fetch", "--json"]);
    if let Some(pem) = authority {
        scene.hall.write("authority.pem", pem);
        command.env("SSL_CERT_FILE", scene.hall.path("authority.pem"));
    }
    let ran = scene.hall.finish(command, b"");
    (ran.code().unwrap(), ran.stdout_json_lines(), ran.err())
}

#[test]
fn http_2_is_spoken_over_one_connection() {
    let server = Secure::start();
    let mut scene = Scene::new();
    for path in ["/a", "/b", "/c"] {
        scene
            .hall
            .run(["add", "--no-fetch", &server.url(path)])
            .status(0);
    }
    for (minute, status) in [(0, "new"), (2 * HOUR, "unchanged")] {
        let (code, lines, told) = fetch(&mut scene, minute, Some(&server.certificate));
        assert_eq!(code, 0, "{told}");
        assert_eq!(each(&lines, "status"), [status; 3]);
    }
    // A run has one: requests of one host go side by side in it. The first two may begin before either is
    // there.
    let connections = server.heard.connections.load(Ordering::SeqCst);
    assert!((2..=4).contains(&connections), "{connections}");
    let mut heard = server.heard.requests.lock().unwrap().clone();
    heard.sort();
    let etag = || Some("\"1\"".to_owned());
    assert_eq!(
        heard,
        ["/a", "/b", "/c"]
            .map(|path| [(path.to_owned(), None), (path.to_owned(), etag())])
            .concat()
    );
}

#[test]
fn a_certificate_nobody_vouches_for_is_a_failure_and_nothing_is_asked() {
    let server = Secure::start();
    let mut scene = Scene::new();
    scene
        .hall
        .run(["add", "--no-fetch", &server.url("/a")])
        .status(0);
    let (code, lines, told) = fetch(&mut scene, 0, None);
    assert_eq!(code, 3);
    assert_eq!(
        (&lines[0]["status"], &lines[0]["error_kind"]),
        (&"failed".into(), &"tls".into())
    );
    assert!(
        told.contains("not signed by an authority this machine knows"),
        "{told}"
    );
    assert!(told.contains("SSL_CERT_FILE"), "what to do: {told}");
    assert!(server.heard.requests.lock().unwrap().is_empty());
    // Nor is it when a feed is subscribed to.
    scene
        .hall
        .run(["add", &server.url("/b")])
        .status(1)
        .stderr_contains("certificate");
    assert_eq!(scene.feeds().len(), 1);
}
