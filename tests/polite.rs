//! What a feed client owes the web: one test a behaviour, the clock moved on over hours and weeks, the
//! requests recorded and compared.

mod access;
mod bodies;
mod finding;
mod hosts;
mod lists;
mod past;
mod redirects;
mod requests;
mod schedule;
mod secure;
mod validators;
mod waiting;

use chrono::{DateTime, SecondsFormat, TimeDelta};
use serde_json::Value;

use crate::support::server::{Reply, Request, Server};
use crate::support::{Hall, NOW, atom};

/// Of yesterday, so that the feed's own pace asks for no patience.
const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of queues.</p>");

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// One server, one archive, and minutes since the beginning.
struct Scene {
    server: Server,
    hall: Hall,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start();
        let hall = Hall::with_server(&server);
        Self { server, hall }
    }

    /// With one feed subscribed to, unasked so far.
    fn of(replies: impl IntoIterator<Item = Reply>) -> Self {
        let scene = Self::new();
        scene.follow("/feed", replies);
        scene
    }

    fn follow(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.server.reply(path, replies);
        self.hall
            .run(["add", "--no-fetch", &self.server.url(path)])
            .status(0);
    }

    /// `fetch` at this minute; a JSON object a feed.
    fn fetch(&mut self, minute: i64) -> Vec<Value> {
        self.fetch_with(minute, &[])
    }

    fn fetch_with(&mut self, minute: i64, arguments: &[&str]) -> Vec<Value> {
        self.hall.later(&instant(minute));
        let ran = self.hall.run([&["fetch", "--json"], arguments].concat());
        assert!(matches!(ran.code(), Some(0 | 3)), "{}", ran.err());
        ran.stdout_json_lines()
    }

    /// The status of the one feed at this minute.
    fn status(&mut self, minute: i64) -> String {
        let lines = self.fetch(minute);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines[0]["status"].as_str().unwrap().to_owned()
    }

    /// Fetches from minute to minute, and names those at which the path was asked.
    fn asked_at(&mut self, path: &str, minutes: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut asked = Vec::new();
        for minute in minutes {
            let before = self.count(path);
            self.fetch(minute);
            if self.count(path) > before {
                asked.push(minute);
            }
        }
        asked
    }

    fn requests(&self, path: &str) -> Vec<Request> {
        self.server.requests(path)
    }

    fn count(&self, path: &str) -> usize {
        self.requests(path).len()
    }

    /// One header of each request for the feed, `None` where it was not sent.
    fn sent(&self, name: &str) -> Vec<Option<String>> {
        self.requests("/feed")
            .iter()
            .map(|request| request.header(name).map(str::to_owned))
            .collect()
    }

    fn feeds(&self) -> Vec<Value> {
        self.hall
            .run(["feeds", "--json"])
            .status(0)
            .stdout_json_lines()
    }

    fn titles(&self) -> Vec<String> {
        let entries = self
            .hall
            .run(["query", "--format", "jsonl"])
            .stdout_json_lines();
        let mut titles: Vec<String> = entries
            .iter()
            .map(|entry| entry["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort_unstable();
        titles
    }
}

/// So many minutes after the beginning.
fn instant(minute: i64) -> String {
    let began = DateTime::parse_from_rfc3339(NOW).unwrap().to_utc();
    (began + TimeDelta::minutes(minute)).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The whole minute at or after this instant.
fn minute_of(instant: &str) -> i64 {
    let began = DateTime::parse_from_rfc3339(NOW).unwrap();
    let seconds = (DateTime::parse_from_rfc3339(instant).unwrap() - began).num_seconds();
    (seconds + 59) / 60
}

/// The same as a server writes it.
fn http_date(minute: i64) -> String {
    let began = DateTime::parse_from_rfc3339(NOW).unwrap().to_utc();
    (began + TimeDelta::minutes(minute))
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

/// An Atom feed that posted just now.
fn feed(entries: &[(&str, &str, &str)]) -> String {
    atom("Evenings", entries).replace("2026-11-0", "2026-11-2")
}

fn well() -> Reply {
    Reply::ok(feed(&[ONE]))
}

fn tagged(etag: &str) -> Reply {
    well().header("ETag", etag).conditional()
}

fn page() -> Reply {
    Reply::ok("<!doctype html><html><head><title>Shop</title></head><body>For sale</body></html>")
        .header("Content-Type", "text/html")
}
