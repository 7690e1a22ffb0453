//! The fetch stage against a server that lies and disks that hold anything but notes.

#[path = "../../tests/support/server.rs"]
mod server;

mod bodies;
mod local;
mod network;
mod own;
mod politeness;
mod poll;
mod private;

use std::time::Duration;

use chrono::{DateTime, Utc};

use self::server::{Reply, Request, Server};
use super::{Fetcher, Settings};
use crate::source::{Answer, Body, Document, Failure, Source, Validators};

const FEED: &str = "<feed xmlns='http://www.w3.org/2005/Atom'/>";

fn now() -> DateTime<Utc> {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

/// Limits that a test can wait for.
fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(500),
        stall_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_secs(3),
        max_size: 64 * 1024,
        ..Settings::default()
    }
}

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators {
        etag: etag.map(str::to_owned),
        last_modified: last_modified.map(str::to_owned),
    }
}

async fn ask_with(
    settings: Settings,
    url: &str,
    validators: &Validators,
) -> Result<Answer, Failure> {
    let source = Source::from_web_address(url).unwrap();
    let fetcher = Fetcher::new(settings);
    fetcher.fetch(&source, validators, now()).await.answer
}

/// One poll of a URL that has never been asked before.
async fn ask(url: &str) -> Result<Answer, Failure> {
    ask_with(settings(), url, &Validators::default()).await
}

/// A server with one path, `/feed`, that gives these replies.
fn serve(replies: impl IntoIterator<Item = Reply>) -> (Server, String) {
    let server = Server::start();
    server.reply("/feed", replies);
    let url = server.url("/feed");
    (server, url)
}

fn only_request(server: &Server) -> Request {
    let mut requests = server.all_requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

fn documents(answer: Answer) -> Vec<Document> {
    match answer.body {
        Body::Documents { documents, .. } => documents,
        Body::Unchanged => panic!("it says that nothing has changed"),
    }
}

fn text(answer: Answer) -> String {
    let mut documents = documents(answer);
    assert_eq!(documents.len(), 1);
    String::from_utf8(documents.remove(0).bytes).unwrap()
}
