use crate::support::{Hall, LATER, atom};

const BEFORE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const AFTER: (&str, &str, &str) = (
    "one",
    "First Evening, corrected",
    "<p>Of pipes and drums.</p>",
);

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Evenings", &[BEFORE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn number(hall: &Hall) -> String {
    let lines = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    lines[0]["id"].to_string().trim_matches('"').to_owned()
}

#[test]
fn an_entry_is_shown_by_its_number_its_address_or_its_guid() {
    let hall = hall();
    let number = number(&hall);
    for name in [
        number.as_str(),
        "https://notes.example/one/",
        "tag:notes.example,2026:one",
    ] {
        hall.run(["show", name])
            .status(0)
            .stderr("")
            .stdout_contains("First Evening")
            .stdout_contains("Of pipes.")
            .stdout_contains("https://notes.example/one/");
    }
}

#[test]
fn history_lists_what_was_before() {
    let mut hall = hall();
    let number = number(&hall);
    hall.write("feed.xml", atom("Evenings", &[AFTER]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["show", &number])
        .status(0)
        .stdout_contains("First Evening, corrected");
    hall.run(["show", &number, "--history"])
        .status(0)
        .stderr("")
        .stdout_contains("  1. until ")
        .stdout_contains("First Evening, 2 words")
        .stdout_contains("then changed: title, content +3 −1 words");
}

#[test]
fn a_diff_in_a_pipe_is_a_unified_one() {
    let mut hall = hall();
    let number = number(&hall);
    hall.run(["show", &number, "--diff"])
        .status(1)
        .stdout("")
        .stderr(&format!(
            "error: entry {number} was never edited since it arrived\n"
        ));
    hall.write("feed.xml", atom("Evenings", &[AFTER]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    for arguments in [vec!["--diff"], vec!["--diff", "1"]] {
        let mut all = vec!["show", number.as_str()];
        all.extend(arguments);
        hall.run(all)
            .status(0)
            .stderr("")
            .stdout_contains("--- older\n+++ newer\n")
            .stdout_contains("-First Evening\n+First Evening, corrected\n")
            .stdout_contains("-Of pipes.\n+Of pipes and drums.\n");
    }
    hall.run(["show", &number, "--diff", "7"])
        .status(1)
        .stdout("");
}

#[test]
fn noise_is_no_revision() {
    let mut hall = hall();
    let number = number(&hall);
    let noisy = "<p class='x'>Of  pipes.</p><!-- generated at 12:01 -->";
    hall.write("feed.xml", atom("Evenings", &[(BEFORE.0, BEFORE.1, noisy)]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["show", &number, "--history"])
        .status(0)
        .stdout_contains("never edited since it arrived");
}

#[test]
fn an_unknown_entry_is_named() {
    hall()
        .run(["show", "4711"])
        .status(1)
        .stdout("")
        .stderr("error: there is no entry 4711\nhint: `hallway query` shows the numbers\n");
}

#[test]
fn what_changes_at_every_poll_is_damped_and_its_present_state_kept() {
    let mut hall = hall();
    let number = number(&hall);
    let edit = |hall: &Hall, turn: usize, kept: usize| {
        let title = format!("Evening, turn {turn}");
        hall.write("feed.xml", atom("Evenings", &[("one", &title, "<p>x</p>")]));
        hall.run(["fetch", "--all"]).status(0);
        hall.run(["show", &number, "--history"])
            .stdout_contains(&format!("{title}\n"))
            .stdout_contains(&format!("  {kept}. until "))
            .stdout_lacks(&format!("  {}. until ", kept + 1));
    };
    for turn in 1..=24 {
        edit(&hall, turn, turn.min(20));
    }
    let said = "damped: 1 entry changes at every poll, a state a week is kept";
    hall.run(["feeds"]).status(0).stdout_contains(said);
    hall.run(["feeds", "-v"]).status(0).stdout_contains(said);
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(feeds[0]["damped"], 1);
    hall.later("2026-11-29T12:00:00Z");
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert!(feeds[0].get("damped").is_none(), "it has not changed since");
    edit(&hall, 25, 21);
    edit(&hall, 26, 21);
}

/// A feed of one entry, with what an edit can change.
fn post(title: &str, author: &str, tag: &str, link: &str, published: &str, html: &str) -> String {
    format!(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:evenings</id><title>Evenings</title>
        <updated>2026-11-01T00:00:00Z</updated>
        <entry><id>urn:one</id><title>{title}</title><author><name>{author}</name></author>
        <category term="pipes"/><category term="{tag}"/><link href="{link}"/>
        <published>{published}</published><updated>{published}</updated>
        <content type="html"><![CDATA[{html}]]></content></entry></feed>"#
    )
}

/// Three states: of the 21st, the 23rd and the 25th of November 2026, each from noon on.
fn edited() -> (Hall, String) {
    let mut hall = Hall::new();
    let one = "https://notes.example/one";
    let first = "2026-11-01T10:00:00Z";
    let html = "<h2>Pipes — Ann Poe</h2><p>Of <a href='https://pipes.example/old'>pipes</a>.</p>\
                <h2>Drums — Bob Roe</h2><p>Of drums.</p>";
    let states = [
        post("PipeConf 2019", "Ann Poe", "old", one, first, html),
        post(
            "PipeConf 2019",
            "Ann Poe & Bob Roe",
            "new",
            one,
            first,
            &html.replace("/old", "/new"),
        ),
        post(
            "Second",
            "Ann Poe & Bob Roe",
            "new",
            "https://notes.example/two",
            "2026-11-02T10:00:00Z",
            "<p>All else.</p>",
        ),
    ];
    for (at, state) in [21, 23, 25].into_iter().zip(states) {
        hall.later(&format!("2026-11-{at}T12:00:00Z"));
        hall.write("feed.xml", state.replace('&', "&amp;"));
        match at {
            21 => hall.run(["add", "feed.xml"]).status(0),
            _ => hall.run(["fetch", "--all"]).status(0),
        };
    }
    let number = number(&hall);
    (hall, number)
}

#[test]
fn an_entry_is_shown_as_it_stood_at_any_time() {
    let (hall, number) = edited();
    let show = |at: &str| hall.run(["show", &number, "--at", at]);
    for at in [
        "2026-11-21",
        "2026-11-22T08:00:00Z",
        "2026-11-22",
        "3d",
        "sunday",
    ] {
        show(at)
            .status(0)
            .stderr("")
            .stdout_contains("PipeConf 2019\nState       as seen since 2026-11-21 12:00 UTC, until 2026-11-23 12:00 UTC\n")
            .stdout_contains("Link        https://notes.example/one\n")
            .stdout_contains("By          Ann Poe\n")
            .stdout_contains("Published   2026-11-01 10:00 UTC\n")
            .stdout_contains("#old")
            .stdout_contains("2. Drums — Bob Roe")
            .stdout_lacks("#new");
    }
    show("2026-11-23T12:00:00Z")
        .status(0)
        .stdout_contains("since 2026-11-23 12:00 UTC, until 2026-11-25 12:00 UTC")
        .stdout_contains("By          Ann Poe & Bob Roe\n");
    for at in ["2026-11-25", "2026", "today", "2031-01"] {
        show(at).status(0).stdout_contains(
            "Second\nState       as seen since 2026-11-25 12:00 UTC, and still today\n",
        );
    }
    for at in ["2026-11-20", "2018", "1y", "2026-11-21T11:59:59Z"] {
        show(at)
            .status(1)
            .stdout("")
            .stderr_contains(&format!("error: entry {number} was not known yet at "))
            .stderr_contains(": it was first seen at 2026-11-21T12:00:00Z\n");
    }
    show("soon")
        .status(2)
        .stdout("")
        .stderr_contains("--at cannot be soon");
    let line = hall.run(["show", &number, "--at", "2026-11-22", "--format", "json"]);
    let line = &line.stdout_json_lines()[0];
    assert_eq!(line["title"], "PipeConf 2019");
    assert_eq!(line["url"], "https://notes.example/one");
    assert_eq!(line["authors"][0]["name"], "Ann Poe");
    assert_eq!(line["tags"], serde_json::json!(["pipes", "old"]));
    assert_eq!(line["first_seen"], "2026-11-21T12:00:00Z");
    assert_eq!(line["state"]["since"], "2026-11-21T12:00:00Z");
    assert_eq!(line["state"]["until"], "2026-11-23T12:00:00Z");
    assert_eq!(line["talks"].as_array().unwrap().len(), 2);
    let line = hall.run(["show", &number, "--at", "today", "--format", "json"]);
    assert_eq!(
        line.stdout_json_lines()[0]["state"]["until"],
        serde_json::Value::Null
    );
    // A talk that the entry has no more.
    let talk = format!("{number}#2");
    hall.run(["show", &talk]).status(1).stdout("");
    hall.run(["show", &talk, "--at", "2026-11-22"])
        .status(0)
        .stdout_contains("Drums\n")
        .stdout_contains("Of drums.");
}

#[test]
fn what_a_person_put_on_an_entry_is_no_edit_and_in_each_state() {
    let (hall, number) = edited();
    hall.run(["tag", &number, "mine"]).status(0);
    hall.run(["untag", &number, "pipes"]).status(0);
    hall.run(["show", &number, "--at", "2026-11-22"])
        .status(0)
        .stdout_contains("Tags        #old #mine\n");
    hall.run(["show", &number, "--history"])
        .status(0)
        .stdout_lacks("mine")
        .stdout_lacks("#pipes");
}

#[test]
fn history_and_diff_tell_of_all_that_an_edit_changed() {
    let (hall, number) = edited();
    hall.run(["show", &number, "--history"]).status(0).stdout(
        "Second
  2. until 2026-11-25 12:00 UTC: PipeConf 2019, 12 words, updated 2026-11-01
    10:00 UTC
     then changed: title, content +2 −12 words, links in the text, link,
     published, updated
       −https://pipes.example/new
       link: https://notes.example/one → https://notes.example/two
       published: 2026-11-01 10:00 UTC → 2026-11-02 10:00 UTC
       updated: 2026-11-01 10:00 UTC → 2026-11-02 10:00 UTC
  1. until 2026-11-23 12:00 UTC: PipeConf 2019, 12 words, updated 2026-11-01
    10:00 UTC
     then changed: links in the text, tags, authors
       +https://pipes.example/new
       −https://pipes.example/old
       tags: +#new −#old
       authors: Ann Poe → Ann Poe & Bob Roe
",
    );
    let lines = hall.run(["show", &number, "--history", "--format", "json"]);
    let lines = lines.stdout_json_lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["state"], serde_json::Value::Null);
    assert_eq!(lines[1]["state"], 2);
    assert_eq!(
        lines[1]["changed"],
        serde_json::json!(["links in the text", "tags", "authors"])
    );
    assert_eq!(lines[2]["changed"], serde_json::json!([]));
    assert_eq!(lines[2]["until"], lines[1]["since"]);
    hall.run(["show", &number, "--history", "--format", "bibtex"])
        .status(2)
        .stdout("");
    hall.run(["show", &number, "--diff", "1"])
        .status(0)
        .stderr("")
        .stdout_contains(
            "-By: Ann Poe\n-Tags: #pipes #old\n+By: Ann Poe & Bob Roe\n+Tags: #pipes #new\n",
        )
        .stdout_contains("-https://pipes.example/old\n+https://pipes.example/new\n");
    hall.run(["show", &number, "--diff"])
        .status(0)
        .stdout_contains("-Link: https://notes.example/one\n")
        .stdout_contains("+Published: 2026-11-02 10:00 UTC\n")
        .stdout_lacks("By:");
}

/// Runs the binary where its output is a terminal; `None` where nothing here can play one.
fn on_a_terminal(hall: &Hall, arguments: &[&str]) -> Option<String> {
    let command = hall.command();
    let binary = command.get_program().to_owned();
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let play = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let mut command = std::process::Command::new("python3");
    command
        .args(["-c", play])
        .arg(binary)
        .arg("--archive")
        .arg(hall.archive())
        .args(arguments)
        .env_clear()
        .envs(environment)
        .env("PATH", std::env::var_os("PATH")?)
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::null());
    let output = command.output().ok()?;
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

#[test]
fn a_diff_on_a_terminal_has_its_words_in_colour() {
    let mut hall = hall();
    let number = number(&hall);
    hall.write("feed.xml", atom("Evenings", &[AFTER]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    let Some(sent) = on_a_terminal(&hall, &["show", &number, "--diff"]) else {
        eprintln!("skipped: no python3 here");
        return;
    };
    assert!(
        sent.contains("\u{1b}[9;31m") && sent.contains("\u{1b}[32m"),
        "{sent:?}"
    );
    assert!(!sent.contains("+++"), "{sent:?}");
    let (mut older, mut newer) = (sent.clone(), sent);
    for (text, gone) in [(&mut older, "\u{1b}[32m"), (&mut newer, "\u{1b}[9;31m")] {
        while let Some(start) = text.find(gone) {
            let end = start + text[start..].find("\u{1b}[0m").unwrap();
            text.replace_range(start..end + 4, "");
        }
    }
    let plain = |text: &str| {
        let text = text.replace("\u{1b}[32m", "").replace("\u{1b}[9;31m", "");
        text.replace("\u{1b}[0m", "")
    };
    assert!(
        plain(&older).starts_with("First Evening\n\nOf pipes.\n"),
        "{older:?}"
    );
    assert!(
        plain(&newer).starts_with("First Evening, corrected\n\nOf pipes and drums.\n"),
        "{newer:?}"
    );
    let piped = on_a_terminal(&hall, &["--color", "never", "show", &number, "--diff"]).unwrap();
    assert!(
        piped.contains("--- older\n+++ newer\n") && !piped.contains('\u{1b}'),
        "{piped:?}"
    );
}
