//! An archive of each released schema, brought up to date by the present hallway.
//!
//! `HALLWAY_RECORD=1 cargo test --test main archives` makes that of the present schema anew, as long as it
//! is not released; those of older schemas are never touched.

use std::fs;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rusqlite::Connection;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, repository};

/// The schema of the next release.
const PRESENT: &str = "v1";

const TALKS: &str = "<p>An evening in Aver.</p><h2>Pipes that heal — Ann Poe</h2><p>Of valves.</p>\
    <h2>Quiet pagers — Bob Roe</h2><p>Of sleep. <a href='https://talks.example/1'>Slides</a></p>";

/// The server is a proxy, so that the archive holds no machine's address.
fn run(hall: &Hall, server: &Server, arguments: &[&str]) {
    let mut command = hall.command();
    command
        .env("http_proxy", server.url(""))
        .env("NO_PROXY", "")
        .arg("--archive")
        .arg(hall.archive())
        .args(arguments);
    hall.finish(command, b"").status(0);
}

/// A little of everything an archive can hold.
fn make() -> Vec<u8> {
    let server = Server::start();
    let mut hall = Hall::with_server(&server);
    let (notes, planet) = ("http://notes.example/feed", "http://planet.example/feed");
    let gone = "http://gone.example/feed";
    let one = ("one", "Notes of Aver Conf", TALKS);
    let two = ("two", "Second evening", "<p>Of tubes, naïve and 東京.</p>");
    let edited = (
        "two",
        "Second evening, corrected",
        "<p>Of longer tubes.</p>",
    );
    let feed = |title: &str, entries: &[(&str, &str, &str)]| {
        Reply::ok(atom(title, entries)).header("ETag", "\"1\"")
    };
    server.reply(
        notes,
        [feed("Notes", &[one, two]), feed("Notes", &[one, edited])],
    );
    server.reply(planet, [feed("Planet", &[one])]);
    server.reply(gone, [feed("Gone", &[("x", "Of old", "<p>Old.</p>")])]);
    run(&hall, &server, &["add", "--tag", "conf", notes, planet]);
    run(&hall, &server, &["add", gone]);
    run(&hall, &server, &["run"]);
    run(
        &hall,
        &server,
        &["tag", "tag:notes.example,2026:one", "mine", "read"],
    );
    run(
        &hall,
        &server,
        &["untag", "tag:notes.example,2026:one", "read"],
    );
    hall.later("2026-11-23T11:50:00Z");
    run(&hall, &server, &["fetch", "--all"]);
    run(&hall, &server, &["remove", gone]);
    run(&hall, &server, &["pause", planet]);
    run(&hall, &server, &["backup", "copy.db"]);
    fs::read(hall.path("copy.db")).unwrap()
}

fn entries(hall: &Hall) -> String {
    hall.run(["query", "--format", "json"]).status(0).out()
}

fn record() {
    let archive = make();
    let hall = Hall::new();
    hall.write("hallway.db", &archive);
    let folder = repository("fixtures/archives");
    fs::create_dir_all(&folder).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&archive).unwrap();
    fs::write(
        folder.join(format!("{PRESENT}.db.gz")),
        packed.finish().unwrap(),
    )
    .unwrap();
    fs::write(
        folder.join(format!("{PRESENT}.expected.json")),
        entries(&hall),
    )
    .unwrap();
}

/// Tables, indices and the rest, without what only layout says.
fn schema(archive: &std::path::Path) -> Vec<String> {
    let db = Connection::open(archive).unwrap();
    let all = "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema ORDER BY type, name";
    let mut select = db.prepare(all).unwrap();
    let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|row| {
        row.unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    })
    .filter(|row| !row.contains("sqlite_stat"))
    .collect()
}

#[test]
fn an_archive_of_each_schema_is_brought_up_to_date_with_every_entry() {
    if std::env::var_os("HALLWAY_RECORD").is_some() {
        record();
    }
    let fresh = Hall::new();
    fresh
        .run(["add", "--no-fetch", "https://blog.example/feed"])
        .status(0);
    let wanted = schema(&fresh.archive());
    let mut found = 0;
    for file in fs::read_dir(repository("fixtures/archives"))
        .unwrap()
        .flatten()
    {
        let name = file.file_name().into_string().unwrap();
        let Some(version) = name.strip_suffix(".db.gz") else {
            continue;
        };
        found += 1;
        assert!(
            file.metadata().unwrap().len() < 200 * 1024,
            "{name} is large"
        );
        let mut archive = Vec::new();
        GzDecoder::new(fs::File::open(file.path()).unwrap())
            .read_to_end(&mut archive)
            .unwrap();
        let hall = Hall::new();
        hall.write("hallway.db", &archive);
        let expected = fs::read_to_string(
            file.path()
                .with_file_name(format!("{version}.expected.json")),
        );
        let ran = hall.run(["query", "--format", "json"]);
        ran.status(0);
        assert_eq!(ran.out(), expected.unwrap(), "{name}");
        let again = "HALLWAY_RECORD=1 cargo test --test main archives";
        assert_eq!(
            schema(&hall.archive()),
            wanted,
            "{name}: while unreleased: {again}"
        );
        hall.run(["check"]).status(0).stdout("");
        let copy = hall.path(&format!("hallway.db.schema-{}.bak", &version[1..]));
        if version != PRESENT {
            ran.stderr_contains(&copy.to_string_lossy());
            assert!(copy.exists());
        } else {
            ran.stderr("");
            assert!(!copy.exists(), "what is up to date needs no copy");
        }
    }
    assert!(found > 0, "no archive in fixtures/archives");
}

#[test]
fn what_is_newer_or_not_ours_is_refused_untouched() {
    let hall = Hall::new();
    hall.run(["add", "--no-fetch", "https://blog.example/feed"])
        .status(0);
    let mut newer = fs::read(hall.archive()).unwrap();
    // The schema's version stands at byte 60, big-endian (SQLite's file format, 1.3).
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    let foreign = hall.path("bookmarks.db");
    let db = Connection::open(&foreign).unwrap();
    db.execute_batch("CREATE TABLE bookmarks (url)").unwrap();
    drop(db);
    let foreign = fs::read(foreign).unwrap();
    let cases: [(&str, &[u8], &str, &str); 4] = [
        (
            "newer.db",
            &newer,
            "was written by a newer hallway",
            "use the hallway that wrote it",
        ),
        (
            "foreign.db",
            &foreign,
            "another program's SQLite file",
            "name another file with --archive",
        ),
        (
            "notes.md",
            b"# Notes\n",
            "it is no SQLite file",
            "name another file with --archive",
        ),
        (
            "feed.xml",
            b"<rss version='2.0'/>",
            "it is no SQLite file",
            "name another file",
        ),
    ];
    for (name, bytes, problem, advice) in cases {
        hall.write(&format!("{name}.d/{name}"), bytes);
        let folder = hall.path(&format!("{name}.d"));
        for arguments in [
            &["run"][..],
            &["check", "--repair"],
            &["query"],
            &["merge", "hallway.db"],
        ] {
            let mut command = hall.command();
            command
                .arg("--archive")
                .arg(folder.join(name))
                .args(arguments);
            hall.finish(command, b"")
                .status(1)
                .stdout("")
                .stderr_contains(problem)
                .stderr_contains(advice);
            assert_eq!(fs::read(folder.join(name)).unwrap(), bytes, "{name}");
            assert_eq!(
                fs::read_dir(&folder).unwrap().count(),
                1,
                "{name}: nothing beside it"
            );
        }
    }
}
