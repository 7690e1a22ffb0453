//! Answers as they came: kept, written as WARC, read anew.

use std::collections::HashMap;
use std::fs;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use rusqlite::Connection;
use sha2_free::sha256;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of tubes.</p>");

/// SHA-256 by the library that the program itself does not compare with.
mod sha2_free {
    pub(super) fn sha256(bytes: &[u8]) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
        format!("sha256:{}", hex.collect::<String>())
    }
}

fn keeping(hall: &Hall, which: &str) {
    hall.write(
        "home/config/hallway/hallway.toml",
        format!("[archive]\nraw = \"{which}\"\n"),
    );
}

struct Record {
    fields: HashMap<String, String>,
    block: Vec<u8>,
}

/// A reader of its own, strict about lengths, ends and digests.
fn records(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        assert_eq!(lines.next(), Some("WARC/1.1"));
        let fields: HashMap<String, String> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let length: usize = fields["Content-Length"].parse().unwrap();
        let block = bytes[end + 4..end + 4 + length].to_vec();
        assert_eq!(fields["WARC-Block-Digest"], sha256(&block));
        assert_eq!(&bytes[end + 4 + length..][..4], b"\r\n\r\n");
        bytes = &bytes[end + 8 + length..];
        records.push(Record { fields, block });
    }
    records
}

#[test]
fn answers_are_written_as_warc_without_what_is_secret() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    let body = atom("Well", &[ONE]);
    let reply = Reply::ok(body.clone())
        .header("Content-Type", "application/atom+xml")
        .header("Set-Cookie", "session=hunter2")
        .chunked();
    server.reply("/feed", [reply]);
    let url = server.url("/feed");
    hall.write(
        "home/config/hallway/hallway.toml",
        format!(
            "[archive]\nraw = \"all\"\n[[feed]]\nurl = \"{url}\"\n\
             auth = {{ user = \"ann\", password = \"hunter2\" }}\nheaders = {{ X-Key = \"hunter2\" }}\n"
        ),
    );
    hall.run(["add", "--no-fetch", &url]).status(0);
    hall.run(["fetch"]).status(0);
    let asked = server.requests("/feed");
    assert!(asked[0].header("Authorization").is_some() && asked[0].header("X-Key").is_some());
    for name in ["out.warc", "out.warc.gz"] {
        hall.run(["export", "--warc", name])
            .status(0)
            .stdout("")
            .stderr("1 answer written\n");
    }
    let plain = fs::read(hall.path("out.warc")).unwrap();
    let packed = fs::read(hall.path("out.warc.gz")).unwrap();
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(&packed[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(
        packed
            .windows(3)
            .filter(|three| *three == [0x1f, 0x8b, 8])
            .count(),
        3,
        "a member each"
    );

    let text = String::from_utf8_lossy(&plain).into_owned();
    assert!(
        !text.contains("hunter2") && !text.contains("YW5uOmh1bnRlcjI"),
        "{text}"
    );
    for bytes in [plain, unpacked] {
        let records = records(&bytes);
        let types: Vec<&str> = records
            .iter()
            .map(|r| r.fields["WARC-Type"].as_str())
            .collect();
        assert_eq!(types, ["warcinfo", "response", "request"]);
        let (response, request) = (&records[1], &records[2]);
        assert_eq!(
            response.fields["WARC-Concurrent-To"],
            request.fields["WARC-Record-ID"]
        );
        assert_eq!(
            request.fields["WARC-Concurrent-To"],
            response.fields["WARC-Record-ID"]
        );
        assert_eq!(response.fields["WARC-Target-URI"], url);
        assert_eq!(response.fields["WARC-Date"], "2026-11-21T12:00:00Z");
        assert_eq!(
            response.fields["WARC-Payload-Digest"],
            sha256(body.as_bytes())
        );
        let answer = String::from_utf8(response.block.clone()).unwrap();
        let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(rest, body);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(
            head.contains(&format!("\r\nContent-Length: {}", body.len())),
            "{head}"
        );
        let asked = String::from_utf8(request.block.clone()).unwrap();
        assert!(
            asked.starts_with("GET /feed HTTP/1.1\r\nhost: 127.0.0.1:"),
            "{asked}"
        );
        assert!(
            asked.contains("user-agent: hallway/") && asked.ends_with("\r\n\r\n"),
            "{asked}"
        );
    }
}

#[test]
fn the_config_says_how_many_are_kept_and_stats_what_they_take() {
    for (which, kept) in [("off", 0), ("latest", 1), ("all", 2)] {
        let server = Server::start();
        let mut hall = Hall::with_server(&server);
        let first = Reply::ok(atom("Well", &[ONE]));
        server.reply("/feed", [first, Reply::ok(atom("Well", &[ONE, TWO]))]);
        keeping(&hall, which);
        hall.run(["add", &server.url("/feed")]).status(0);
        hall.later("2026-11-23T12:00:00Z");
        hall.run(["fetch", "--all"]).status(0);
        hall.run(["fetch", "--all"]).status(0);
        let stats = hall.run(["stats", "--json"]).status(0).stdout_json();
        assert_eq!(stats["raw_answers"], kept, "{which}");
        assert_eq!(stats["raw_bytes"].as_u64().unwrap() > 0, kept > 0);
        hall.run(["check"]).status(0).stdout("");
    }
}

#[test]
fn everything_is_read_anew_without_the_network_and_is_no_news() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE, TWO]))]);
    keeping(&hall, "latest");
    hall.run(["run", &server.url("/feed")]).status(0);
    // As an older hallway would have left it: one entry it did not find, one it read otherwise.
    let db = Connection::open(hall.archive()).unwrap();
    db.execute_batch(
        "PRAGMA foreign_keys = ON;
         UPDATE entries SET title = 'First', hash = zeroblob(32) WHERE guid LIKE '%one';
         DELETE FROM entry_text WHERE rowid >> 8 = (SELECT id FROM entries WHERE guid LIKE '%two');
         DELETE FROM entries WHERE guid LIKE '%two';
         UPDATE feeds SET entries = 1;",
    )
    .unwrap();
    drop(db);
    let asked = server.all_requests().len();
    hall.run(["check", "--reparse"])
        .status(0)
        .stdout("")
        .stderr_contains("1 entry found and 1 entry changed by reading 1 answer anew");
    assert_eq!(server.all_requests().len(), asked);
    let lines = hall
        .run(["query", "--format", "jsonl"])
        .status(0)
        .stdout_json_lines();
    let mut titles = each(&lines, "title");
    titles.sort_unstable();
    assert_eq!(titles, ["First Evening", "Second Evening"]);
    hall.run(["run"]).status(0).stdout("");
    hall.run(["check", "--reparse"])
        .status(0)
        .stderr_contains("0 entries found and 0 entries changed");
    hall.run(["check"]).status(0).stdout("");
}
