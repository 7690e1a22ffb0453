//! The laptop's archive and the server's become one.

use std::fs;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, Ran, atom, each};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of tubes.</p>");
const THREE: (&str, &str, &str) = ("three", "Third Evening", "<p>Of wires.</p>");

fn on<'a>(hall: &'a Hall, archive: &str, arguments: &[&str]) -> Ran<'a> {
    let mut command = hall.command();
    command.args(["--archive", archive]).args(arguments);
    hall.finish(command, b"")
}

fn guids(hall: &Hall, archive: &str, query: &[&str]) -> Vec<String> {
    let arguments = [&["query", "--format", "jsonl"], query].concat();
    let lines = on(hall, archive, &arguments).status(0).stdout_json_lines();
    let mut guids: Vec<String> = each(&lines, "guid")
        .into_iter()
        .map(|guid| guid.rsplit(':').next().unwrap().to_owned())
        .collect();
    guids.sort_unstable();
    guids
}

fn reply(entries: &[(&str, &str, &str)]) -> Reply {
    Reply::ok(atom("Well", entries))
}

/// Every file beside an archive with its bytes.
fn bytes(hall: &Hall, archive: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(hall.dir())
        .unwrap()
        .flatten()
        .map(|file| (file.file_name().into_string().unwrap(), file.path()))
        .filter(|(name, _)| name.starts_with(archive))
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn two_archives_become_one_without_duplicates_and_the_other_is_untouched() {
    let server = Server::start();
    server.reply("/both", [reply(&[ONE, TWO]), reply(&[TWO, THREE])]);
    server.reply("/server", [reply(&[("four", "Of a server", "<p>x</p>")])]);
    server.reply("/laptop", [reply(&[("five", "Of a laptop", "<p>y</p>")])]);
    let mut hall = Hall::with_server(&server);
    let (both, at_server) = (server.url("/both"), server.url("/server"));
    let at_laptop = server.url("/laptop");
    on(&hall, "server.db", &["add", &both, &at_server]).status(0);
    hall.later("2026-11-22T12:00:00Z");
    on(
        &hall,
        "laptop.db",
        &["add", "--tag", "home", &both, &at_laptop],
    )
    .status(0);
    on(
        &hall,
        "laptop.db",
        &["tag", "tag:notes.example,2026:two", "mine"],
    )
    .status(0);
    let before = bytes(&hall, "laptop.db");

    // The dates of the test's feeds go by place, so that `two` was edited.
    let merged = "1 feed and 2 entries came in, 0 replaced by newer states, 1 earlier state\n";
    on(&hall, "server.db", &["merge", "laptop.db"])
        .status(0)
        .stdout("")
        .stderr(merged);
    assert_eq!(bytes(&hall, "laptop.db"), before, "the other is only read");
    on(&hall, "server.db", &["check"]).status(0).stdout("");
    let all = ["five", "four", "one", "three", "two"];
    assert_eq!(guids(&hall, "server.db", &[]), all);
    assert_eq!(guids(&hall, "server.db", &["tag:mine"]), ["two"]);
    assert_eq!(
        guids(&hall, "server.db", &["tag:home"]),
        ["five", "one", "three", "two"],
        "a subscription's tag is on each of its entries"
    );
    assert_eq!(guids(&hall, "server.db", &["wires"]), ["three"], "found");
    on(&hall, "server.db", &["feeds", "--format", "opml"])
        .stdout_contains(&at_laptop)
        .stdout_contains(&at_server);

    let once = on(&hall, "server.db", &["query", "--format", "json"]).out();
    on(&hall, "server.db", &["merge", "laptop.db"])
        .status(0)
        .stderr("0 feeds and 0 entries came in, 0 replaced by newer states\n");
    assert_eq!(
        on(&hall, "server.db", &["query", "--format", "json"]).out(),
        once
    );
    // And back: then both hold the same.
    on(&hall, "laptop.db", &["merge", "server.db"]).status(0);
    assert_eq!(guids(&hall, "laptop.db", &[]), all);
    on(&hall, "laptop.db", &["check"]).status(0).stdout("");
}

#[test]
fn the_newer_state_stays_and_every_older_one_is_kept_once() {
    let server = Server::start();
    let edit = |text: &'static str| [("one", "First Evening", text)];
    server.reply(
        "/feed",
        [
            reply(&edit("<p>Of pipes.</p>")),
            reply(&edit("<p>Of pipes.</p>")),
            reply(&edit("<p>Of longer pipes.</p>")),
        ],
    );
    let mut hall = Hall::with_server(&server);
    let feed = server.url("/feed");
    on(&hall, "a.db", &["add", &feed]).status(0);
    hall.later("2026-11-22T12:00:00Z");
    on(&hall, "b.db", &["add", &feed]).status(0);
    hall.later("2026-11-23T12:00:00Z");
    on(&hall, "b.db", &["fetch", "--all"]).status(0);
    fs::copy(hall.path("a.db"), hall.path("older.db")).unwrap();

    let shown = |archive: &str| {
        on(
            &hall,
            archive,
            &["show", "tag:notes.example,2026:one", "--format", "json"],
        )
        .out()
    };
    on(&hall, "a.db", &["merge", "b.db"])
        .status(0)
        .stderr("0 feeds and 0 entries came in, 1 replaced by newer states\n");
    assert!(shown("a.db").contains("longer pipes"));
    assert!(
        shown("a.db").contains("2026-11-21T12:00:00Z"),
        "first seen by the earlier"
    );
    // The other way round: what comes is the older state, and held already.
    on(&hall, "b.db", &["merge", "older.db"]).status(0);
    assert!(shown("b.db").contains("longer pipes"));
    for archive in ["a.db", "b.db"] {
        assert_eq!(guids(&hall, archive, &["longer"]), ["one"]);
        assert_eq!(guids(&hall, archive, &["is:revised"]), ["one"]);
        on(&hall, archive, &["stats"])
            .status(0)
            .stdout_contains("1 revisions");
        on(&hall, archive, &["check"]).status(0).stdout("");
    }
}

#[test]
fn what_either_has_shown_is_no_news_and_what_neither_has_is_shown_once() {
    let server = Server::start();
    let feeds = ["/a", "/b"].map(|path| server.url(path));
    server.reply("/a", [reply(&[ONE]), reply(&[ONE, TWO])]);
    server.reply(
        "/b",
        [
            reply(&[THREE]),
            reply(&[THREE, ("six", "Sixth Evening", "<p>z</p>")]),
        ],
    );
    let mut hall = Hall::with_server(&server);
    // The server has shown `one` and holds `two`; the laptop has shown `three` and holds `six`.
    on(&hall, "server.db", &["run", &feeds[0]])
        .status(0)
        .stdout_contains("First");
    on(&hall, "laptop.db", &["run", &feeds[1]])
        .status(0)
        .stdout_contains("Third");
    hall.later("2026-11-24T12:00:00Z");
    on(&hall, "server.db", &["fetch", "--all"]).status(0);
    on(&hall, "laptop.db", &["fetch", "--all"]).status(0);

    for time in 0..2 {
        on(&hall, "server.db", &["merge", "laptop.db"]).status(0);
        let ran = on(&hall, "server.db", &["run"]);
        match time {
            0 => ran
                .stdout_contains("Second Evening")
                .stdout_contains("Sixth Evening")
                .stdout_lacks("First Evening")
                .stdout_lacks("Third Evening"),
            _ => ran.stdout(""),
        };
    }
    // The laptop hears of it too: all has been shown somewhere.
    on(&hall, "laptop.db", &["merge", "server.db"]).status(0);
    on(&hall, "laptop.db", &["run"]).status(0).stdout("");
    assert_eq!(guids(&hall, "laptop.db", &[]).len(), 4);
}

#[test]
fn what_was_shown_elsewhere_behind_something_new_is_not_shown_again() {
    let server = Server::start();
    let feed = server.url("/feed");
    server.reply(
        "/feed",
        [
            reply(&[ONE]),
            reply(&[ONE]),
            reply(&[ONE, TWO]),
            reply(&[TWO, THREE]),
        ],
    );
    let mut hall = Hall::with_server(&server);
    on(&hall, "a.db", &["run", &feed]).status(0);
    on(&hall, "b.db", &["run", &feed]).status(0);
    hall.later("2026-11-24T12:00:00Z");
    // Only a holds `two`, unshown; b has shown `three`, which comes behind it.
    let other = server.url("/other");
    server.reply(
        "/other",
        [reply(&[("seven", "Seventh Evening", "<p>q</p>")])],
    );
    on(&hall, "a.db", &["fetch", "--all"]).status(0);
    on(&hall, "b.db", &["run", &other])
        .status(0)
        .stdout_contains("Seventh");
    on(&hall, "a.db", &["merge", "b.db"]).status(0);
    on(&hall, "a.db", &["run"])
        .status(0)
        .stdout_lacks("Seventh Evening")
        .stdout_lacks("First Evening");
    on(&hall, "a.db", &["run"]).status(0).stdout("");
}

#[test]
fn a_tag_taken_off_stays_off_and_one_put_on_wins() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE, TWO]));
    for archive in ["a.db", "b.db"] {
        on(&hall, archive, &["add", "--tag", "old", "feed.xml"]).status(0);
    }
    on(
        &hall,
        "b.db",
        &["untag", "tag:notes.example,2026:one", "old"],
    )
    .status(0);
    on(
        &hall,
        "b.db",
        &["tag", "tag:notes.example,2026:two", "kept"],
    )
    .status(0);
    on(
        &hall,
        "a.db",
        &["tag", "tag:notes.example,2026:two", "kept"],
    )
    .status(0);
    on(
        &hall,
        "a.db",
        &["untag", "tag:notes.example,2026:two", "kept"],
    )
    .status(0);
    for _ in 0..2 {
        on(&hall, "a.db", &["merge", "b.db"]).status(0);
        assert_eq!(guids(&hall, "a.db", &["tag:old"]), ["two"]);
        assert_eq!(guids(&hall, "a.db", &["tag:kept"]), ["two"]);
    }
}

#[test]
fn what_is_no_other_archive_is_refused_untouched() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    on(&hall, "a.db", &["add", "feed.xml"]).status(0);
    on(&hall, "a.db", &["merge", "a.db"])
        .status(2)
        .stderr_contains("this archive itself");
    fs::hard_link(hall.path("a.db"), hall.path("link.db")).unwrap();
    on(&hall, "a.db", &["merge", "link.db"]).status(2);
    on(&hall, "a.db", &["merge", "none.db"])
        .status(2)
        .stderr_contains("there is no archive at none.db");
    hall.write("text.db", "no archive").write("empty.db", "");
    for name in ["text.db", "empty.db"] {
        let before = bytes(&hall, name);
        on(&hall, "a.db", &["merge", name])
            .status(1)
            .stderr_contains("is no hallway archive");
        assert_eq!(bytes(&hall, name), before);
    }
    // One version further: user_version stands at byte 60, big-endian.
    let mut newer = fs::read(hall.path("a.db")).unwrap();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    hall.write("newer.db", &newer);
    on(&hall, "a.db", &["merge", "newer.db"])
        .status(1)
        .stderr_contains("newer hallway");
    assert_eq!(fs::read(hall.path("newer.db")).unwrap(), newer);
    assert_eq!(guids(&hall, "a.db", &[]), ["one"]);
}

#[test]
fn an_entry_that_came_back_to_a_state_has_each_of_its_states_once() {
    let server = Server::start();
    let (one, other) = ("<p>Of pipes.</p>", "<p>Of longer pipes.</p>");
    let turns = [one, other, one, other, one];
    server.reply(
        "/feed",
        turns.map(|text| reply(&[("one", "First Evening", text)])),
    );
    let mut hall = Hall::with_server(&server);
    on(&hall, "a.db", &["add", &server.url("/feed")]).status(0);
    for day in 22..26 {
        hall.later(&format!("2026-11-{day}T12:00:00Z"));
        on(&hall, "a.db", &["fetch", "--all"]).status(0);
    }
    let history = |archive: &str| {
        let entry = "tag:notes.example,2026:one";
        on(&hall, archive, &["show", entry, "--history"])
            .status(0)
            .out()
    };
    let states = history("a.db");
    assert!(states.contains("  4. until "), "{states}");
    for _ in 0..2 {
        on(&hall, "b.db", &["merge", "a.db"]).status(0);
        assert_eq!(history("b.db"), states);
    }
    on(&hall, "b.db", &["check"]).status(0).stdout("");
    on(&hall, "a.db", &["merge", "b.db"]).status(0);
    assert_eq!(history("a.db"), states);
}
