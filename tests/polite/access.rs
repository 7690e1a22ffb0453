//! Logins, proxies, addresses, certificates.

use std::net::TcpListener;

use super::{DAY, Scene, well};
use crate::support::server::{Reply, Server};

#[test]
fn a_login_in_the_url_is_sent_and_its_password_never_shown() {
    let mut scene = Scene::new();
    scene.server.reply("/feed", [well(), Reply::status(500)]);
    let url = scene
        .server
        .url("/feed")
        .replace("http://", "http://ann:secret@");
    let ran = scene.hall.run(["-v", "add", &url]);
    let mut told = ran.status(0).err() + &ran.out();
    assert_eq!(
        scene.sent("Authorization"),
        [Some("Basic YW5uOnNlY3JldA==".to_owned())]
    );
    assert_eq!(scene.server.all_requests()[0].target, "/feed");
    scene.fetch(DAY);
    for arguments in [
        &["-v", "fetch", "--all", "--json"][..],
        &["feeds"],
        &["feeds", "--json"],
        &["query", "--format", "jsonl"],
        &["query", "--format", "atom"],
        &["query", "--format", "opml"],
        &["stats", "--json"],
    ] {
        let ran = scene.hall.run(arguments);
        told += &(ran.out() + &ran.err());
    }
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn the_proxy_is_used_and_no_proxy_heeded() {
    let proxy = Server::start();
    proxy.reply("http://notes.example/feed", [well()]);
    let scene = Scene::of([well()]);
    scene
        .hall
        .run(["add", "--no-fetch", "http://notes.example/feed"])
        .status(0);
    let mut command = scene.hall.command();
    command
        .arg("--archive")
        .arg(scene.hall.archive())
        .args(["fetch", "--json"])
        .env("http_proxy", proxy.url(""))
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    let lines = scene
        .hall
        .finish(command, b"")
        .status(0)
        .stdout_json_lines();
    assert!(
        lines.iter().all(|line| line["status"] == "new"),
        "{lines:?}"
    );
    let asked = proxy.all_requests();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].target, "http://notes.example/feed");
    assert_eq!(scene.count("/feed"), 1);
}

#[test]
fn a_proxy_on_this_machine_is_used_for_it_as_well() {
    let proxy = Server::start();
    let scene = Scene::of([well()]);
    let url = scene.server.url("/feed");
    proxy.reply(&url, [well()]);
    let mut command = scene.hall.command();
    command
        .arg("--archive")
        .arg(scene.hall.archive())
        .args(["fetch", "--json"])
        .env("http_proxy", proxy.url(""))
        .env_remove("NO_PROXY");
    let ran = scene.hall.finish(command, b"");
    assert_eq!(ran.status(0).stdout_json_lines()[0]["status"], "new");
    assert_eq!(proxy.all_requests().len(), 1);
    assert_eq!(scene.count("/feed"), 0);
}

#[test]
fn an_ipv6_address_is_asked() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return;
    };
    let address = listener.local_addr().unwrap();
    let body = super::feed(&[super::ONE]);
    let answering = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let length = stream.read(&mut head).unwrap();
        let length_of_body = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length_of_body}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let mut scene = Scene::new();
    let url = format!("http://{address}/feed");
    scene.hall.run(["add", "--no-fetch", &url]).status(0);
    assert_eq!(scene.status(0), "new");
    let head = answering.join().unwrap().to_ascii_lowercase();
    assert!(head.contains(&format!("host: {address}")), "{head}");
}

#[test]
fn a_port_that_does_not_speak_tls_is_a_failure() {
    let mut scene = Scene::new();
    let url = scene.server.url("/feed").replace("http:", "https:");
    scene.hall.run(["add", "--no-fetch", &url]).status(0);
    let lines = scene.fetch(0);
    assert_eq!(
        (&lines[0]["status"], &lines[0]["error_kind"]),
        (&"failed".into(), &"tls".into())
    );
}
