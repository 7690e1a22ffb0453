use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Hall, LATER, Ran, atom, each, repository};

/// A feed file with entries of these names, each titled by its name.
fn feed(hall: &Hall, file: &str, names: &[&str]) {
    let entries: Vec<(&str, &str, &str)> = names
        .iter()
        .map(|name| (*name, *name, "<p>Text.</p>"))
        .collect();
    hall.write(file, atom(file, &entries));
}

fn hall(config: &str, names: &[&str]) -> Hall {
    let hall = Hall::new();
    hall.write("conf/hallway.toml", config);
    feed(&hall, "feed.xml", names);
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn ask<'a>(hall: &'a Hall, arguments: &[&str]) -> Ran<'a> {
    hall.run([&["--config", "conf/hallway.toml"], arguments].concat())
}

/// More entries in the feed, which are polled.
fn arrive(hall: &Hall, names: &[&str]) {
    feed(hall, "feed.xml", names);
    hall.run(["fetch", "--all"]).status(0);
}

const WEEKLY: &str =
    "[views.weekly]\nsince = \"last\"\nformat = \"jsonl\"\noutput = \"weekly.jsonl\"\n";

fn titles(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines
        .map(|line| line["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_digest_holds_what_arrived_since_the_last_one() {
    let hall = hall(WEEKLY, &["a", "b"]);
    ask(&hall, &["query", "@weekly"])
        .status(0)
        .stdout("")
        .stderr("");
    assert_eq!(titles(&hall.read("conf/weekly.jsonl")), ["b", "a"]);

    // Nothing new: the file stays, cron hears nothing, -v does.
    let before = fs::metadata(hall.path("conf/weekly.jsonl"))
        .unwrap()
        .modified()
        .unwrap();
    ask(&hall, &["query", "@weekly"])
        .status(0)
        .stdout("")
        .stderr("");
    ask(&hall, &["query", "@weekly", "-v"])
        .status(0)
        .stdout("")
        .stderr("nothing new\n");
    let after = fs::metadata(hall.path("conf/weekly.jsonl"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);

    arrive(&hall, &["a", "b", "c"]);
    ask(&hall, &["query", "@weekly", "--peek"])
        .status(0)
        .stdout_contains("\"c\"")
        .stdout_lacks("\"b\"");
    assert_eq!(titles(&hall.read("conf/weekly.jsonl")), ["b", "a"]);
    ask(&hall, &["query", "@weekly"])
        .status(0)
        .stdout("")
        .stderr("");
    assert_eq!(titles(&hall.read("conf/weekly.jsonl")), ["c"]);
}

#[test]
fn late_undated_and_backdated_entries_come_once() {
    let mut hall = hall(WEEKLY, &["a"]);
    ask(&hall, &["query", "@weekly"]).status(0);
    hall.later(LATER);
    let items = [
        r#"{"id": "old", "title": "old", "content_text": "x", "date_published": "1999-01-01T00:00:00Z"}"#,
        r#"{"id": "none", "title": "none", "content_text": "x"}"#,
        r#"{"id": "far", "title": "far", "content_text": "x", "date_published": "2199-01-01T00:00:00Z"}"#,
    ];
    let odd = format!(
        r#"{{"version": "https://jsonfeed.org/version/1.1", "title": "Odd", "items": [{}]}}"#,
        items.join(",")
    );
    hall.write("odd.json", odd);
    hall.run(["add", "odd.json"]).status(0);
    ask(&hall, &["query", "@weekly"]).status(0);
    let mut shown = titles(&hall.read("conf/weekly.jsonl"));
    shown.sort();
    assert_eq!(shown, ["far", "none", "old"]);
    ask(&hall, &["query", "@weekly", "-o", "-"])
        .status(0)
        .stdout("");
}

#[test]
fn the_past_of_a_feed_floods_no_digest() {
    let hall = hall(WEEKLY, &["a"]);
    ask(&hall, &["query", "@weekly"]).status(0);
    feed(&hall, "old.xml", &["x", "y"]);
    hall.run(["import-entries", "old.xml", "--feed", "feed.xml"])
        .status(0);
    ask(&hall, &["query", "@weekly", "-o", "-"])
        .status(0)
        .stdout("");
    let all = hall
        .run(["query", "is:backfilled", "--format", "jsonl"])
        .stdout_json_lines();
    assert_eq!(all.len(), 2);
}

#[test]
fn a_limit_leaves_the_rest_for_the_next_digest() {
    let config = format!("{WEEKLY}limit = 2\n");
    let hall = hall(&config, &["a", "b", "c", "d", "e"]);
    let mut shown = Vec::new();
    for expected in [2, 2, 1, 0] {
        let ran = ask(&hall, &["query", "@weekly", "-o", "-"]);
        let lines = titles(&ran.status(0).out());
        assert_eq!(lines.len(), expected);
        shown.extend(lines);
    }
    shown.sort();
    assert_eq!(shown, ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_digest_has_no_limit_of_its_own() {
    let names: Vec<String> = (0..130).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let config = "[views.w]\nsince = \"last\"\n[views.all]\nquery = \"tag:devops\"\n";
    let hall = hall(config, &names);
    let count = |ran: Ran<'_>| {
        ran.status(0)
            .out()
            .matches("https://notes.example/")
            .count()
    };
    assert_eq!(count(ask(&hall, &["query", "@all"])), 20);
    assert_eq!(count(ask(&hall, &["query", "@w"])), 130);
    assert_eq!(count(ask(&hall, &["query", "@w"])), 0);
}

#[test]
fn who_asks_for_a_part_has_not_seen_the_rest() {
    let hall = hall(WEEKLY, &["a", "b"]);
    let part = ask(&hall, &["query", "@weekly", "title:a"]);
    assert_eq!(titles(&part.status(0).out()), ["a"]);
    // Another format goes to stdout, and what was printed is shown.
    ask(&hall, &["query", "@weekly", "--format", "text"])
        .status(0)
        .stdout_contains("  b\n");
    assert!(!hall.path("conf/weekly.jsonl").exists());
    ask(&hall, &["query", "@weekly"]).status(0);
    assert!(!hall.path("conf/weekly.jsonl").exists());
}

#[test]
fn run_publishes_all_views_and_one_that_fails_stops_no_other() {
    let config = "[views.a]\noutput = \"/dev/null/x\"\n\
                  [views.b]\nsince = \"last\"\noutput = \"b-{date}.txt\"\n\
                  [views.c]\nformat = \"papyrus\"\noutput = \"c.txt\"\n\
                  [views.d]\nformat = \"atom\"\noutput = \"deep/%Y/all.xml\"\n";
    let hall = hall(config, &["a"]);
    let ran = ask(&hall, &["run"]);
    ran.status(3)
        .stdout("")
        .stderr_contains("error: view a: cannot write /dev/null")
        .stderr_contains(
            "error: view c: conf/hallway.toml is not right, line 7:\n7 | format = \"papyrus\"",
        )
        .stderr_contains("there are text, markdown");
    assert!(hall.read("conf/b-2026-11-21.txt").contains("  a\n"));
    assert!(hall.read("conf/deep/2026/all.xml").contains("<entry"));

    hall.write(
        "conf/hallway.toml",
        "[views.b]\nsince = \"last\"\noutput = \"b-{date}.txt\"\n",
    );
    ask(&hall, &["run"]).status(0).stdout("").stderr("");
    ask(&hall, &["run", "-v"])
        .status(0)
        .stdout("")
        .stderr_contains("view b: nothing new");
}

#[test]
fn without_views_run_prints_what_is_new_and_with_them_it_does_not() {
    let hall = hall("", &["a"]);
    ask(&hall, &["run"]).status(0).stdout_contains("  a\n");
    ask(&hall, &["run"]).status(0).stdout("");
    // A view of that name has a cursor of its own.
    hall.write("conf/hallway.toml", "[views.run]\nsince = \"last\"\n");
    ask(&hall, &["run"]).status(0).stdout_contains("  a\n");
    ask(&hall, &["run"]).status(0).stdout("");
}

#[test]
fn mistakes_in_a_view_are_shown_where_they_are() {
    for (line, message) in [
        ("query = \"a (b\"", "this `(` is never closed"),
        (
            "query = \"since:last\"\nuntil = \"soon\"",
            "this is no time",
        ),
        ("since = \"lst\"", "this is no time"),
        ("by = \"event\"", "a view is by entry or by talk"),
        ("sort = \"best\"", "there are newest, oldest, relevance"),
        ("group = \"year\"", "there are none, day, feed, event"),
        ("to = \"nobody\"", "these are no mail addresses"),
        ("self_url = \"here\"", "this is no URL"),
        ("output = \"a-{dte}.txt\"", "there is no such placeholder"),
        (
            "output = \"a-%!.txt\"",
            "there is no such placeholder behind the %",
        ),
        ("output = \"a/\"", "this names no file"),
        ("pages = 0", "nonzero"),
        ("outptu = \"a\"", "unknown field `outptu`"),
    ] {
        let hall = hall(&format!("[views.w]\n{line}\n"), &["a"]);
        ask(&hall, &["query", "@w"])
            .status(2)
            .stdout("")
            .stderr_contains(message)
            .stderr_contains(line.lines().last().unwrap());
    }
    let paged = hall("[views.w]\npages = 5\n", &["a"]);
    ask(&paged, &["query", "@w"])
        .status(2)
        .stderr_contains("[views.w] in the config: only feeds have pages");
    let hall = hall(WEEKLY, &["a"]);
    ask(&hall, &["query", "@weekyl"])
        .status(2)
        .stderr_contains("did you mean @weekly?");
    ask(&hall, &["query", "@other"])
        .status(2)
        .stderr_contains("there are @weekly");
    ask(&hall, &["query", "since:last"])
        .status(2)
        .stderr_contains("is for views");
    ask(&hall, &["query", "--peek"])
        .status(2)
        .stderr_contains("@weekly");
}

#[test]
fn a_cursor_moves_only_when_all_was_written() {
    let config = "[views.w]\nsince = \"last\"\nformat = \"json\"\n";
    let hall = hall(config, &["a", "b"]);
    // Longer than any pipe holds, so that the reader is gone before the end.
    let long = "<p>word word word word</p>".repeat(20_000);
    hall.write("long.xml", atom("Long", &[("l", "l", long.as_str())]));
    hall.run(["add", "long.xml"]).status(0);
    let mut child = spawn(&hall, &["query", "@w"]);
    let mut few = [0; 10];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut few).unwrap();
    drop(pipe);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    // The same again, whole.
    assert_eq!(
        ask(&hall, &["query", "@w"])
            .status(0)
            .stdout_json()
            .as_array()
            .unwrap()
            .len(),
        3
    );
    ask(&hall, &["query", "@w"]).status(0).stdout("");

    arrive(&hall, &["a", "b", "c"]);
    ask(&hall, &["query", "@w", "-o", "/dev/full"])
        .status(1)
        .stderr_contains("/dev/full");
    assert_eq!(
        ask(&hall, &["query", "@w"])
            .status(0)
            .stdout_json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_dated_file_gathers_its_day_and_the_next_day_begins_another() {
    let config = "[views.d]\nsince = \"last\"\nformat = \"jsonl\"\noutput = \"{date}.jsonl\"\n";
    let mut hall = hall(config, &["a"]);
    ask(&hall, &["query", "@d"]).status(0);
    arrive(&hall, &["a", "b"]);
    ask(&hall, &["query", "@d"]).status(0);
    assert_eq!(titles(&hall.read("conf/2026-11-21.jsonl")), ["b", "a"]);
    hall.later(LATER);
    arrive(&hall, &["a", "b", "c"]);
    ask(&hall, &["query", "@d"]).status(0);
    assert_eq!(titles(&hall.read("conf/2026-11-23.jsonl")), ["c"]);
    assert_eq!(titles(&hall.read("conf/2026-11-21.jsonl")), ["b", "a"]);
    // Sent and removed: what was in it does not come again.
    fs::remove_file(hall.path("conf/2026-11-23.jsonl")).unwrap();
    arrive(&hall, &["a", "b", "c", "d"]);
    ask(&hall, &["query", "@d"]).status(0);
    assert_eq!(titles(&hall.read("conf/2026-11-23.jsonl")), ["d"]);
}

#[test]
fn several_at_once_show_each_entry_once() {
    let config = "[views.d]\nsince = \"last\"\nformat = \"jsonl\"\noutput = \"d.jsonl\"\n";
    let hall = hall(config, &["a"]);
    let outputs: Vec<String> = (0..4).map(|at| format!("{at}.jsonl")).collect();
    let children: Vec<Child> = outputs
        .iter()
        .map(|output| spawn(&hall, &["query", "@d", "-o", output]))
        .collect();
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert_eq!(
            ended.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
    }
    let written = outputs
        .iter()
        .filter(|output| hall.path(output).exists())
        .count();
    assert_eq!(written, 1);
}

fn spawn(hall: &Hall, arguments: &[&str]) -> Child {
    let mut command = hall.command();
    command
        .arg("--archive")
        .arg(hall.archive())
        .args(["--config", "conf/hallway.toml"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What tells one writing of a file from another.
fn identity(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    use std::os::unix::fs::MetadataExt;
    let facts = fs::metadata(path).ok()?;
    Some((facts.ino(), facts.modified().ok()?))
}

/// Kills `query @d` at some moment: half of the times as soon as the file is in place, which is between
/// writing and moving the cursor, else anywhere within the time it usually takes. Says whether it was cut short.
fn kill_somewhere(hall: &Hall, output: &Path, round: u64, usual: Duration) -> bool {
    let before = identity(output);
    let mut child = spawn(hall, &["query", "@d"]);
    if round.is_multiple_of(2) {
        let give_up = Instant::now() + Duration::from_secs(10);
        while identity(output) == before && Instant::now() < give_up {
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        // From at once to a moment later, when the cursor may have moved.
        thread::sleep(Duration::from_micros(round * 7 % 300));
    } else {
        thread::sleep(usual.mul_f64((round * 7_919 % 1_000) as f64 / 1_000.0));
    }
    let _ = child.kill();
    child.wait_with_output().unwrap().status.code().is_none()
}

/// Rounds of: something arrives, a digest is killed, and every third time one ends well.
fn kill_a_hundred_times(output: &str, mut look: impl FnMut(&Hall, &str)) -> Vec<String> {
    let config =
        format!("[views.d]\nsince = \"last\"\nformat = \"jsonl\"\noutput = \"{output}\"\n");
    let mut hall = hall(&config, &[]);
    let mut names: Vec<String> = Vec::new();
    let mut cut_short = 0;
    let began = Instant::now();
    ask(&hall, &["query", "@d"]).status(0).stderr("");
    let usual = began.elapsed();
    for round in 0..100_u64 {
        names.push(format!("n{round}"));
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        // Feeds show the newest few.
        arrive(&hall, &known[known.len().saturating_sub(20)..]);
        let day = format!("2026-12-{:02}", round / 4 + 1);
        hall.later(&format!("{day}T12:00:00Z"));
        let file = output.replace("{date}", &day);
        let path = hall.path("conf").join(&file);
        cut_short += usize::from(kill_somewhere(&hall, &path, round, usual));
        look(&hall, &file);
        if round % 3 == 2 {
            ask(&hall, &["query", "@d"]).status(0).stderr("");
            look(&hall, &file);
        }
    }
    ask(&hall, &["query", "@d"]).status(0).stderr("");
    look(&hall, &output.replace("{date}", "2026-12-25"));
    hall.run(["check"]).status(0).stdout("");
    assert!(
        cut_short > 50,
        "only {cut_short} were cut short: the test tests nothing"
    );
    names
}

#[test]
fn a_hundred_kills_repeat_nothing_and_lose_nothing_in_dated_files() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let names = kill_a_hundred_times("{date}.jsonl", |hall, file| {
        let path = hall.path("conf").join(file);
        if path.exists() {
            files.insert(file.to_owned(), titles(&fs::read_to_string(path).unwrap()));
        }
    });
    let mut shown: Vec<&String> = files.values().flatten().collect();
    let mut expected: Vec<&String> = names.iter().collect();
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
    assert!(files.len() > 20, "{files:?}");
}

/// Keeps the cursor from reaching an entry, as a kill would.
fn stop_before(hall: &Hall, entry: i64) {
    let archive = rusqlite::Connection::open(hall.archive()).unwrap();
    let stop = format!(
        "DROP TRIGGER IF EXISTS stop;
         CREATE TRIGGER stop BEFORE INSERT ON cursors WHEN NEW.entry = {entry}
         BEGIN SELECT RAISE(ABORT, 'stopped'); END"
    );
    archive.execute_batch(&stop).unwrap();
}

#[test]
fn a_day_that_is_cut_short_twice_is_not_shown_on_the_next() {
    let config = "[views.d]\nsince = \"last\"\nformat = \"jsonl\"\noutput = \"{date}.jsonl\"\n";
    let mut hall = hall(config, &["a"]);
    hall.later("2026-12-01T12:00:00Z");
    // Once behind the file …
    stop_before(&hall, 1);
    ask(&hall, &["query", "@d"]).status(1);
    let first = hall.read("conf/2026-12-01.jsonl");
    assert_eq!(titles(&first), ["a"]);
    // … and once before it, when the next one was announced.
    arrive(&hall, &["a", "b"]);
    stop_before(&hall, 2);
    ask(&hall, &["query", "@d"]).status(1);
    hall.write("conf/2026-12-01.jsonl", &first);
    stop_before(&hall, 0);
    hall.later("2026-12-02T12:00:00Z");
    ask(&hall, &["query", "@d"]).status(0);
    assert_eq!(titles(&hall.read("conf/2026-12-02.jsonl")), ["b"]);
}

#[test]
fn a_hundred_kills_repeat_nothing_and_lose_nothing_in_one_file() {
    // Each digest as a reader of the file may have met it.
    let mut digests: Vec<Vec<String>> = Vec::new();
    let names = kill_a_hundred_times("d.jsonl", |hall, file| {
        let Ok(text) = fs::read_to_string(hall.path("conf").join(file)) else {
            return;
        };
        let digest = titles(&text);
        match digests.last_mut() {
            // Cut off before the cursor moved: the same again, with what came meanwhile.
            Some(last) if last.iter().all(|title| digest.contains(title)) => *last = digest,
            _ => digests.push(digest),
        }
    });
    let mut shown: Vec<&String> = digests.iter().flatten().collect();
    let mut expected: Vec<&String> = names.iter().collect();
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
    assert!(digests.len() > 20, "{digests:?}");
}

#[test]
fn a_view_by_talk_is_a_digest_of_talks() {
    let hall = hall(
        "[views.t]\nsince = \"last\"\nby = \"talk\"\nformat = \"jsonl\"\nlimit = 1\n",
        &[],
    );
    let notes = "<p>By the water.</p><h2 id=\"queues\">Queues at Night &mdash; Ann Poe</h2>\
                 <p>Keep them short, says terraform.</p>\
                 <h2 id=\"locks\">Locks by Day &mdash; Ben Ude and Cleo Marsh</h2><p>Fewer is better.</p>";
    let days = [
        ("one", "Harbour Days 2025", notes),
        ("two", "Harbour Days 2026", notes),
    ];
    hall.write("feed.xml", atom("Days", &days));
    hall.run(["fetch", "--all"]).status(0);
    // A post's talks stay together.
    for _ in 0..2 {
        let talks = ask(&hall, &["query", "@t"]).status(0).stdout_json_lines();
        assert_eq!(each(&talks, "title"), ["Queues at Night", "Locks by Day"]);
    }
    ask(&hall, &["query", "@t"]).status(0).stdout("");
}

#[test]
fn a_digest_of_a_question_shows_what_answers_it_as_the_question_does() {
    let hall = hall(
        "[views.piers]\nquery = \"piers\"\nsince = \"last\"\n",
        &["other"],
    );
    let text = "<p>By the water.</p><p>A boat needs long piers.</p>";
    hall.write("feed.xml", atom("Days", &[("a", "Harbour Days", text)]));
    hall.run(["fetch", "--all"]).status(0);
    for format in ["text", "jsonl", "csv"] {
        let digest = ask(&hall, &["query", "@piers", "--peek", "--format", format]).out();
        let answer = ask(&hall, &["query", "piers", "--format", format]).out();
        assert_eq!(digest, answer, "{format}");
    }
    ask(&hall, &["query", "@piers", "--peek", "--format", "jsonl"])
        .status(0)
        .stdout_contains("long **piers**");
}

#[test]
fn items_are_put_together_by_day_feed_or_event() {
    let hall = hall("", &["a", "b"]);
    feed(&hall, "other.xml", &["c"]);
    hall.run(["add", "other.xml"]).status(0);
    hall.run(["query", "--group", "feed", "--format", "markdown"]).status(0).stdout(
        "# hallway\n\n## feed.xml\n\n### [b](https://notes.example/b/)\n\nfeed.xml · 2026-11-02 · #devops\n\n> Text.\n\n\
         ### [a](https://notes.example/a/)\n\nfeed.xml · 2026-11-01 · #devops\n\n> Text.\n\n\
         ## other.xml\n\n### [c](https://notes.example/c/)\n\nother.xml · 2026-11-01 · #devops\n\n> Text.\n",
    );
    let text = hall.run(["query", "--group", "day"]).status(0).out();
    assert!(text.starts_with("2026-11-02\n"), "{text}");
    assert_eq!(text.matches("2026-11-01\n──────────\n").count(), 1);
    hall.run(["query", "--per-feed", "1", "--format", "jsonl"])
        .status(0)
        .stdout_lacks("\"a\"");
}

#[test]
fn an_equal_file_is_left_alone_where_that_is_wished() {
    let hall = hall("", &["a"]);
    let write = |more: &[&str]| {
        hall.run([&["query", "--format", "atom", "-o", "all.xml"], more].concat())
            .status(0);
        identity(&hall.path("all.xml")).unwrap()
    };
    let first = write(&[]);
    assert_eq!(write(&["--if-changed"]), first);
    assert_ne!(write(&[]), first);
    let second = write(&["--if-changed"]);
    arrive(&hall, &["a", "b"]);
    assert_ne!(write(&["--if-changed"]), second);
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(hall.path("all.xml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644);
}

/// What a reader gets that follows `prev-archive` to the end.
fn followed(hall: &Hall, folder: &str) -> Vec<String> {
    let mut guids = Vec::new();
    let mut name = "all.xml".to_owned();
    loop {
        let document = hall.read(&format!("{folder}{name}"));
        guids.extend(
            document
                .split("<id>tag:notes.example,2026:")
                .skip(1)
                .filter_map(|rest| {
                    let id = rest.split('<').next().unwrap();
                    (!id.ends_with(".xml")).then(|| id.to_owned())
                }),
        );
        let Some(at) = document.find("<link rel=\"prev-archive\" href=\"https://you.example/f/")
        else {
            break;
        };
        let rest = &document[at..];
        name = rest
            .split('"')
            .nth(3)
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        assert!(
            hall.read(&format!("{folder}{name}"))
                .contains("<fh:archive "),
            "{name}"
        );
    }
    guids.sort();
    guids.dedup();
    guids
}

#[test]
fn a_feed_on_pages_gives_everything_and_full_pages_stay() {
    let config = "[views.all]\nformat = \"atom\"\npages = 3\noutput = \"all.xml\"\n\
                  self_url = \"https://you.example/f/all.xml\"\n";
    let names: Vec<String> = (0..17).map(|number| format!("n{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hall = hall(config, &names[..2]);
    ask(&hall, &["run"]).status(0).stderr("");
    assert!(!hall.path("conf/all-1.xml").exists());
    assert!(!hall.read("conf/all.xml").contains("archive"));
    let mut first = None;
    for count in 3..17 {
        arrive(&hall, &names[..count]);
        ask(&hall, &["run"]).status(0).stderr("");
        assert_eq!(followed(&hall, "conf/"), names[..count], "{count}");
        if count == 8 {
            first = Some((
                hall.read("conf/all-1.xml"),
                identity(&hall.path("conf/all-1.xml")),
            ));
        }
    }
    let (text, facts) = first.unwrap();
    assert_eq!(hall.read("conf/all-1.xml"), text);
    assert_eq!(identity(&hall.path("conf/all-1.xml")), facts);
    for link in [
        "rel=\"self\" href=\"https://you.example/f/all-1.xml\"",
        "rel=\"current\" href=\"https://you.example/f/all.xml\"",
        "rel=\"next-archive\" href=\"https://you.example/f/all-2.xml\"",
    ] {
        assert!(text.contains(link), "{text}");
    }
    assert!(!text.contains("prev-archive"));

    let plain = ["query", "--format", "rss", "--pages", "5"];
    hall.run(plain).status(2).stderr_contains("need a file");
    let to_file = [&plain[..], &["-o", "r.rss"]].concat();
    hall.run(&to_file).status(2).stderr_contains("own URL");
    let whole = [&to_file[..], &["--self-url", "https://you.example/r.rss"]].concat();
    hall.run([&whole[..], &["--limit", "5"]].concat())
        .status(2)
        .stderr_contains("no limit");
    hall.run(&whole).status(0);
    assert!(
        hall.read("r.rss")
            .contains("<atom:link rel=\"prev-archive\" href=\"https://you.example/r-3.rss\"/>")
    );
    assert!(
        hall.read("r-1.rss")
            .contains("<fh:archive xmlns:fh=\"http://purl.org/syndication/history/1.0\"/>")
    );
    let json: Vec<&str> = whole
        .iter()
        .map(|word| match *word {
            "rss" => "jsonfeed",
            other => other,
        })
        .collect();
    hall.run(&json).status(0);
    assert!(
        hall.read("r.rss")
            .contains("\"next_url\": \"https://you.example/r-3.rss\"")
    );
}

const HARBOUR: (&str, &str, &str) = (
    "harbour",
    "Harbour &amp; Days 2026",
    "<p>By the water.</p><h2 id=\"queues\">Queues at Night &mdash; Ann Poe</h2>\
     <p>Keep them short, says terraform.</p>\
     <h2 id=\"locks\">Locks by Day &mdash; Ben Ude and Cleo Marsh</h2><p>Fewer is better.</p>",
);

#[test]
fn a_template_is_a_format_of_ones_own() {
    let hall = hall(
        "[views.week]\ntemplate = \"week.html.j2\"\ngroup = \"day\"\noutput = \"week.html\"\n",
        &[],
    );
    let template = fs::read(repository("fixtures/templates/week.html.j2")).unwrap();
    hall.write("conf/week.html.j2", template);
    let plain = ("plain", "Plain", "<p>Words &amp; more.</p>");
    hall.write("feed.xml", atom("Third Row", &[HARBOUR, plain]));
    hall.run(["fetch", "--all"]).status(0);
    ask(&hall, &["run"]).status(0).stdout("").stderr("");
    let expected = fs::read_to_string(repository("fixtures/templates/week.expected.html")).unwrap();
    assert_eq!(hall.read("conf/week.html"), expected);

    hall.write(
        "talks.txt",
        "{% for t in talks %}{{ t.title }} ({{ t.entry.feed_title }})\n{% endfor %}",
    );
    let by_talk = ["query", "--by", "talk", "--template", "talks.txt"];
    hall.run(by_talk)
        .status(0)
        .stdout("Queues at Night (Third Row)\nLocks by Day (Third Row)\n");

    hall.write("bad.txt", "one\n{{ items[0].nosuch.more }}\n");
    hall.run(["query", "--template", "bad.txt", "-o", "out.txt"])
        .status(1)
        .stderr_contains("error: template bad.txt, line 2: undefined value");
    assert!(!hall.path("out.txt").exists());
    hall.write("worse.txt", "{% for %}");
    hall.run(["query", "--template", "worse.txt"])
        .status(2)
        .stderr_contains("line 1: syntax error");
    hall.run(["query", "--template", "none.txt"])
        .status(2)
        .stderr_contains("cannot read the template none.txt");
    hall.run(["query", "--format", "template"])
        .status(2)
        .stderr_contains("needs a template");
    hall.run(["query", "--template", "talks.txt", "--format", "json"])
        .status(2);
}

#[test]
fn the_same_bytes_in_another_time_zone_and_language() {
    let hall = hall("", &[]);
    hall.write(
        "feed.xml",
        atom(
            "Third Row",
            &[HARBOUR, ("x", "Ünder &lt;b&gt;", "<p>Ärger</p>")],
        ),
    );
    hall.run(["fetch", "--all"]).status(0);
    hall.write(
        "t.txt",
        "{{ title }} {{ updated }} {% for i in items %}{{ i }}{% endfor %}",
    );
    for format in [
        "text", "markdown", "html", "json", "jsonl", "atom", "rss", "jsonfeed", "opml", "csv",
        "eml", "template",
    ] {
        for by in ["entry", "talk"] {
            for group in ["none", "day", "feed", "event"] {
                let mut outputs = Vec::new();
                for (zone, language) in [
                    ("UTC", "C"),
                    ("Pacific/Kiritimati", "tr_TR.UTF-8"),
                    ("America/Los_Angeles", "de_DE.UTF-8"),
                ] {
                    let mut command = hall.command();
                    command.arg("--archive").arg(hall.archive());
                    command.args(["query", "water OR Ärger", "--by", by, "--group", group]);
                    match format {
                        "template" => command.args(["--template", "t.txt"]),
                        other => command.args(["--format", other]),
                    };
                    command
                        .env("TZ", zone)
                        .env("LC_ALL", language)
                        .env("LANG", language);
                    let ran = hall.finish(command, b"");
                    outputs.push(ran.status(0).stderr("").out());
                }
                assert!(!outputs[0].is_empty() || by == "talk", "{format}");
                assert!(
                    outputs.iter().all(|output| *output == outputs[0]),
                    "{format} by {by}"
                );
            }
        }
    }
}
