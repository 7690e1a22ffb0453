use std::fs;
use std::io::{Seek, SeekFrom, Write};

use crate::support::{Hall, atom};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");

#[test]
fn a_sound_archive_is_called_sound() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["check"])
        .status(0)
        .stdout("")
        .stderr("the archive is sound\n");
    hall.run(["check", "--repair"]).status(0).stdout("");
    hall.run(["query", "pipes", "--format", "jsonl"])
        .status(0)
        .stdout_contains("First Evening");
}

#[test]
fn entries_are_split_anew() {
    let hall = Hall::new();
    let day = "<h2>Queues — Ann Poe</h2><p>Of queues.</p><h2>Boats — Bo Lee</h2><p>Of boats.</p>";
    hall.write(
        "feed.xml",
        atom("Well", &[("1", "PipeConf 2019", day), ONE]),
    );
    hall.run(["add", "feed.xml"]).status(0);
    // As an older hallway might have split it.
    let archive = rusqlite::Connection::open(hall.archive()).unwrap();
    archive
        .execute_batch(
            "DELETE FROM talks WHERE number = 2; UPDATE talks SET title = 'Old';
             UPDATE entries SET event = 'Old', event_key = 'old' WHERE event IS NOT NULL",
        )
        .unwrap();
    drop(archive);
    let by_talk = ["query", "speaker:lee OR boats", "--by", "talk"];
    hall.run(by_talk).status(0).stdout("");
    hall.run(["check", "--resplit"])
        .status(0)
        .stdout("")
        .stderr("1 entry changed by splitting anew\nthe archive is sound\n");
    hall.run(by_talk)
        .status(0)
        .stdout_contains("Boats — Bo Lee");
    hall.run(["query", "event:pipeconf", "--by", "talk", "queues"])
        .status(0)
        .stdout_contains("Queues — Ann Poe");
    hall.run(["check", "--resplit"])
        .status(0)
        .stderr("0 entries changed by splitting anew\nthe archive is sound\n");
}

#[test]
fn a_damaged_archive_is_not_called_sound() {
    let hall = Hall::new();
    let long = format!("<p>{}</p>", "word ".repeat(200));
    let posts: Vec<(String, String)> = (0..28)
        .map(|at| (format!("e{at}"), format!("Entry {at}")))
        .collect();
    let borrowed: Vec<(&str, &str, &str)> = posts
        .iter()
        .map(|(name, title)| (name.as_str(), title.as_str(), long.as_str()))
        .collect();
    hall.write("feed.xml", atom("Well", &borrowed));
    hall.run(["add", "feed.xml"]).status(0);
    let size = fs::metadata(hall.archive()).unwrap().len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(hall.archive())
        .unwrap();
    file.seek(SeekFrom::Start(size / 2)).unwrap();
    file.write_all(&[0xAA; 16_384]).unwrap();
    drop(file);
    let ran = hall.run(["check"]);
    ran.status(1);
    assert!(!ran.out().is_empty() || !ran.err().is_empty());
}

#[test]
fn another_programs_file_is_left_as_it_is() {
    let hall = Hall::new();
    hall.write("hallway.db", "These are my shopping lists.\n");
    for command in [&["check"][..], &["query"], &["run", "feed.xml"]] {
        let ran = hall.run(command);
        ran.status(1).stdout("").stderr_contains("hallway.db");
    }
    assert_eq!(hall.read("hallway.db"), "These are my shopping lists.\n");
}
