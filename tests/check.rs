use std::fs;
use std::io::{Seek, SeekFrom, Write};

use crate::support::{Hall, LATER, atom};

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
             UPDATE entries SET event = 'Old', event_key = 'old' WHERE id = 1",
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

/// Two entries, the first of them with an earlier state.
fn edited() -> Hall {
    let mut hall = Hall::new();
    let two = ("two", "Second Evening", "<p>Of valves.</p>");
    hall.write("feed.xml", atom("Well", &[ONE, two]));
    hall.run(["add", "feed.xml"]).status(0);
    let again = ("one", "First Evening, corrected", "<p>Of drums.</p>");
    hall.write("feed.xml", atom("Well", &[again, two]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["check"]).status(0);
    hall
}

/// All that no repair may touch.
fn originals(hall: &Hall) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let archive = rusqlite::Connection::open(hall.archive()).unwrap();
    let all = "SELECT 'entry ' || e.id || e.title, e.hash, c.data
               FROM entries e LEFT JOIN contents c ON c.entry = e.id
               UNION ALL SELECT 'revision ' || r.id, r.hash, r.content FROM revisions r
               UNION ALL SELECT 'data', hash, data FROM revision_data ORDER BY 1, 2";
    let mut select = archive.prepare(all).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_content_that_is_not_what_its_hash_says_is_named_and_never_mended_away() {
    // A bit that fell over, one entry's content in another's place, and the same of an earlier state.
    let flip = "UPDATE contents SET data = CAST(substr(data, 1, length(data) - 9) || x'00'
                || substr(data, length(data) - 7) AS BLOB) WHERE entry = 2";
    let swap =
        "UPDATE contents SET data = (SELECT data FROM contents WHERE entry = 1) WHERE entry = 2";
    let of_state = |table: &str| {
        format!(
            "UPDATE revision_data SET data = CAST(substr(data, 1, length(data) - 9) || x'00'
             || substr(data, length(data) - 7) AS BLOB) WHERE hash IN (SELECT {table} FROM revisions)"
        )
    };
    let swapped_state =
        "UPDATE revision_data SET data = (SELECT data FROM contents WHERE entry = 2)
                         WHERE hash IN (SELECT content FROM revisions)";
    let lost_state = "DELETE FROM revision_data WHERE hash IN (SELECT content FROM revisions)";
    let (entry, state) = ("entry 2", "state 1 in the history of entry 1");
    for (damage, whose, title) in [
        (flip.to_owned(), entry, "Second Evening"),
        (swap.to_owned(), entry, "Second Evening"),
        (of_state("content"), state, "First Evening"),
        (of_state("facts"), state, "First Evening"),
        (swapped_state.to_owned(), state, "First Evening"),
        (lost_state.to_owned(), state, "First Evening"),
    ] {
        let hall = edited();
        let archive = rusqlite::Connection::open(hall.archive()).unwrap();
        assert_eq!(archive.execute(&damage, []).unwrap(), 1, "{damage}");
        drop(archive);
        let before = originals(&hall);
        let check = hall.run(["check"]);
        check
            .status(1)
            .stderr_contains("hint: `hallway check --repair`");
        let lines: Vec<String> = check.out().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with(whose) && lines[0].ends_with(&format!("({title})")),
            "{lines:?}"
        );
        hall.run(["check", "--repair"])
            .status(1)
            .stdout(&format!("{}\n", lines[0]))
            .stderr_contains("the full-text index (")
            .stderr_contains("what is left is original and cannot be rebuilt");
        assert_eq!(originals(&hall), before, "{damage}");
        // All else can still be read.
        hall.run(["show", "1"])
            .status(0)
            .stdout_contains("Of drums.");
    }
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
