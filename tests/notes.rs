use std::process::Command;

use serde_json::Value;

use crate::support::{Hall, each, strings};

const TEXT: &str =
    "We spoke of queues at night, of locks by day, and of the harbour that closes at six.\n";

fn entry(hall: &Hall, guid: &str) -> Value {
    let ran = hall.run(["query", "", "--format", "jsonl"]);
    let found = ran.status(0).stdout_json_lines();
    let entry = found.iter().find(|entry| entry["guid"] == guid);
    entry
        .unwrap_or_else(|| panic!("no {guid} in {found:#?}"))
        .clone()
}

fn count(hall: &Hall) -> usize {
    let ran = hall.run(["query", "", "--format", "jsonl"]);
    ran.status(0).stdout_json_lines().len()
}

#[test]
fn a_renamed_note_keeps_its_entry_and_a_deleted_one_too() {
    let hall = Hall::new();
    hall.write("notes/one.md", format!("# One\n\n{TEXT}"));
    hall.write(
        "notes/two.md",
        "# Two\n\nAnother evening, another harbour, and boats all around the bay.\n",
    );
    hall.run(["add", "notes"]).status(0);
    std::fs::rename(hall.path("notes/one.md"), hall.path("notes/first.md")).unwrap();
    std::fs::remove_file(hall.path("notes/two.md")).unwrap();
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(count(&hall), 2);
    hall.write("notes/first.md", format!("# One\n\n{TEXT}\nAnd more.\n"));
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(count(&hall), 2);
    let one = entry(&hall, "one.md");
    assert!(one["content_text"].as_str().unwrap().contains("And more."));
}

#[test]
fn a_folders_other_notes_settle_month_against_day() {
    let hall = Hall::new();
    hall.write("notes/a.md", "Coffee 02/06/2020\n\n- boats\n");
    hall.write("notes/b.md", "Coffee 16/05/2020\n\n- boats\n");
    hall.run(["add", "notes"]).status(0);
    assert_eq!(entry(&hall, "a.md")["published"], "2020-06-02T00:00:00Z");
    let alone = hall.run(["parse", "notes/a.md"]);
    let feed = alone.status(0).stdout_json();
    assert_eq!(feed["items"][0]["date_published"], "2020-02-06T00:00:00Z");
    assert_eq!(feed["_hallway"]["repairs"][0]["kind"], "ambiguous-date");
}

#[test]
fn damaged_text_is_mended_and_named() {
    let hall = Hall::new();
    hall.write("a.md", "# It‚Äôs üòä\n\nA caf√© on the quay.\n");
    let feed = hall.run(["parse", "a.md"]).status(0).stdout_json();
    assert_eq!(feed["items"][0]["title"], "It’s 😊");
    assert!(
        feed["items"][0]["content_html"]
            .as_str()
            .unwrap()
            .contains("café")
    );
    assert_eq!(feed["_hallway"]["repairs"][0]["kind"], "mojibake-macroman");
}

#[test]
fn a_site_gives_notes_their_addresses() {
    let hall = Hall::new();
    hall.write(
        "notes/content/2019/ghent/index.md",
        "# Ghent\n\n[slides](slides.pdf) ![](a.png)\n",
    );
    hall.run(["add", "notes", "--site", "https://ann.example/blog"])
        .status(0);
    let note = entry(&hall, "content/2019/ghent/index.md");
    assert_eq!(note["url"], "https://ann.example/blog/2019/ghent/");
    let html = note["content_html"].as_str().unwrap();
    assert!(
        html.contains("https://ann.example/blog/2019/ghent/slides.pdf"),
        "{html}"
    );
    hall.run(["add", "notes", "--site", "file:///x"]).status(2);
}

#[test]
fn the_oldest_commit_dates_a_note() {
    let hall = Hall::new();
    hall.write("notes/a b.md", "# A note\n\n- boats\n");
    let git = |arguments: &[&str]| {
        Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@ann.example"])
            .args(arguments)
            .current_dir(hall.path("notes"))
            .env("GIT_AUTHOR_DATE", "2017-05-04T12:00:00Z")
            .output()
    };
    if git(&["init", "-q"]).is_err() {
        println!("skipped: there is no git");
        return;
    }
    git(&["add", "."]).unwrap();
    git(&["commit", "-qm", "a"]).unwrap();
    hall.run(["add", "notes"]).status(0);
    assert_eq!(entry(&hall, "a b.md")["published"], "2017-05-04T12:00:00Z");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_costs_one_line_each() {
    let hall = Hall::new();
    hall.write("notes/fine.md", "# Fine\n\n- boats\n");
    hall.write(
        "notes/broken.md",
        "---\ntitle: \"Bro: ken\ntags: [a, b\n---\n\nText\n",
    );
    hall.write(
        "notes/binary.md",
        [0_u8, 159, 146, 150, 0, 1, 2, 3].repeat(100),
    );
    hall.write("notes/large.md", "boats ".repeat(50 * 1024 * 1024 / 6));
    std::os::unix::fs::symlink("loop.md", hall.path("notes/loop.md")).unwrap();
    std::os::unix::fs::symlink(".", hall.path("notes/circle")).unwrap();
    std::os::unix::fs::symlink("nowhere", hall.path("notes/lost.md")).unwrap();
    Command::new("mkfifo")
        .arg(hall.path("notes/pipe.md"))
        .status()
        .unwrap();
    let ran = hall.run(["add", "notes"]);
    ran.status(3);
    for name in ["binary.md", "large.md", "loop.md", "lost.md", "pipe.md"] {
        let lines = ran.err().lines().filter(|line| line.contains(name)).count();
        assert_eq!(lines, 1, "{name}: {}", ran.err());
    }
    assert_eq!(count(&hall), 2);
    assert_eq!(strings(&entry(&hall, "broken.md")["tags"]).len(), 2);
}

#[test]
fn broken_front_matter_of_every_kind_keeps_its_note() {
    let hall = Hall::new();
    hall.write(
        "notes/a.md",
        "---\ntitle: \"Queues: ends\n\ttags: [\n---\n\nBoats.\n",
    );
    hall.write(
        "notes/b.md",
        "+++\ntitle = Boats = 1\ndate = yesterday\n+++\n\nBoats.\n",
    );
    hall.write(
        "notes/c.md",
        "{\n \"title\": \"Trains\",\n \"tags\": [1,\n}\n\nBoats.\n",
    );
    hall.write("notes/d.md", "---\ntitle: never closed\n\nBoats.\n");
    hall.write("notes/folder.md/inside.md", "# Inside\n\nBoats.\n");
    hall.run(["add", "notes"]).status(0);
    assert_eq!(count(&hall), 5);
    hall.run(["query", "boats", "--format", "csv"])
        .status(0)
        .stdout_contains("Inside");
}

#[test]
fn calls_of_generators_leave_no_trace() {
    let hall = Hall::new();
    hall.write(
        "notes/a.md",
        "---\ntitle: Calls\n---\n\n{{< youtube aB3 >}}\n\n{{< figure src=\"/a.png\" caption=\"Board\" >}}\n\n\
         {{% note %}}Mind the **gap**.{{% /note %}}\n\n{% raw %}{{ kept }}{% endraw %}\n\n\
         See www.harbour.example/plan, and {% unknown thing %}that.\n\nQueue\n: A line.\n",
    );
    hall.run(["add", "notes", "--site", "https://ann.example/"])
        .status(0);
    let note = entry(&hall, "a.md");
    let html = note["content_html"].as_str().unwrap();
    for part in [
        "https://www.youtube.com/watch?v=aB3",
        "https://ann.example/a.png",
        "<figcaption>Board",
        "<strong>gap</strong>",
        "{{ kept }}",
        "href=\"http://www.harbour.example/plan\"",
        "<dt>Queue</dt>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for part in ["{%", "{{<", "{{%", "%}", ">}}"] {
        assert!(!html.contains(part), "{part}: {html}");
    }
}

#[test]
fn markup_and_plain_text_are_notes_in_a_folder() {
    let hall = Hall::new();
    hall.write(
        "notes/a.html",
        "---\ntitle: By hand\ndate: 2018-01-02\n---\n<h2>Queues</h2>\n\n    <p>Boats.</p>\n",
    );
    hall.write(
        "notes/b.html",
        "<!doctype html><html><head><title>A page</title></head><body><nav>Home</nav>\
         <main><h1>A page</h1><p>Boats.</p></main></body></html>",
    );
    hall.write("notes/c.txt", "Coffee 16/05/2020\n\nBoats\n- one\n");
    hall.write("notes/d.mdown", "# Down\n");
    hall.write("notes/robots.txt", "User-agent: *\n");
    hall.write("notes/_layouts/default.html", "<p>{{ content }}</p>");
    hall.run(["add", "notes"]).status(0);
    assert_eq!(count(&hall), 4);
    assert_eq!(entry(&hall, "a.html")["title"], "By hand");
    assert_eq!(
        entry(&hall, "a.html")["content_html"],
        "<h2>Queues</h2>\n\n    <p>Boats.</p>\n"
    );
    assert_eq!(entry(&hall, "b.html")["title"], "A page");
    let page = entry(&hall, "b.html");
    assert!(!page["content_text"].as_str().unwrap().contains("Home"));
    assert_eq!(entry(&hall, "c.txt")["published"], "2020-05-16T00:00:00Z");
}

#[test]
fn permalinks_and_slugs_give_notes_their_addresses() {
    let hall = Hall::new();
    let note = |front: &str| format!("---\ntitle: Day\n{front}---\n\nBoats and trains: {front}\n");
    hall.write(
        "notes/_posts/2018-11-06-day-two.md",
        note("categories: conf\n"),
    );
    hall.write(
        "notes/_posts/2018-11-07-day.md",
        note("permalink: /:year/:title/\n"),
    );
    hall.write("notes/content/talks/a.md", note("slug: Queues\n"));
    hall.write("notes/content/b.md", note("url: /x/y/\naliases: [/old/]\n"));
    hall.run(["add", "notes", "--site", "https://ann.example/blog/"])
        .status(0);
    for (guid, url) in [
        (
            "_posts/2018-11-06-day-two.md",
            "https://ann.example/blog/conf/2018/11/06/day-two.html",
        ),
        (
            "_posts/2018-11-07-day.md",
            "https://ann.example/blog/2018/day/",
        ),
        (
            "content/talks/a.md",
            "https://ann.example/blog/talks/queues/",
        ),
        ("content/b.md", "https://ann.example/blog/x/y/"),
    ] {
        assert_eq!(entry(&hall, guid)["url"], url);
    }
}

#[test]
fn drafts_and_hidden_notes_are_left_out_and_a_folder_named_as_a_note_is_a_folder() {
    let hall = Hall::new();
    hall.write("notes/fine.md", "# Fine\n\n- boats\n");
    hall.write("notes/_drafts/early.md", "# Early\n\n- boats\n");
    hall.write("notes/.hidden/secret.md", "# Secret\n\n- boats\n");
    hall.write("notes/.note.md", "# Hidden\n\n- boats\n");
    hall.write(
        "notes/draft.md",
        "---\ntitle: Draft\ndraft: true\n---\n\n- boats\n",
    );
    hall.write("notes/x.md/inner.md", "# Inner\n\n- locks\n");
    hall.run(["add", "notes"]).status(0);
    assert_eq!(count(&hall), 2);
    assert_eq!(entry(&hall, "fine.md")["title"], "Fine");
    assert_eq!(entry(&hall, "x.md/inner.md")["title"], "Inner");
}

#[cfg(unix)]
#[test]
fn a_note_without_the_right_to_read_it_costs_one_line() {
    use std::os::unix::fs::PermissionsExt;
    let hall = Hall::new();
    hall.write("notes/fine.md", "# Fine\n\n- boats\n");
    hall.write("notes/locked.md", "# Locked\n\n- boats\n");
    let locked = hall.path("notes/locked.md");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&locked).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let ran = hall.run(["add", "notes"]);
    ran.status(3);
    let errors = ran.err();
    let lines = errors.lines().filter(|line| line.contains("locked.md"));
    assert_eq!(lines.count(), 1, "{errors}");
    assert_eq!(count(&hall), 1);
}

#[test]
fn links_beside_a_note_stay_with_the_person() {
    let hall = Hall::new();
    hall.write(
        "notes/2019/ghent.md",
        "# Ghent 2019\n\n## Pipes - Ann Poe\n\n[slides](pipes%20deck.pdf#2), [more](../all.md), ![Ann](ann.png),\n\
         [host](//evil.example/x), [whole](file://evil.example/x), [run](javascript:x)\n\n## Locks - Bo Roe\n\nClosed.\n",
    );
    let feed = "<rss version='2.0'><channel><title>F</title><item><guid>1</guid><title>T</title>\
                <description>&lt;a href='a.pdf'&gt;a&lt;/a&gt; &lt;a href='file:///etc/passwd'&gt;b&lt;/a&gt;</description>\
                </item></channel></rss>";
    hall.write("feed.xml", feed);
    hall.write(
        "all.txt",
        "{% for item in items %}{{ item.content_html }}{% endfor %}",
    );
    hall.run(["add", "notes", "feed.xml"]).status(0);
    let folder = format!(
        "file://{}",
        hall.path("notes").canonicalize().unwrap().display()
    );
    let content = entry(&hall, "2019/ghent.md")["content_html"]
        .as_str()
        .unwrap()
        .to_owned();
    for kept in ["/2019/pipes%20deck.pdf#2", "/all.md", "/2019/ann.png"] {
        assert!(
            content.contains(&format!("=\"{folder}{kept}\"")),
            "{kept} in {content}"
        );
    }
    for dropped in ["evil.example", "javascript"] {
        assert!(!content.contains(dropped), "{content}");
    }
    let of_feed = entry(&hall, "1")["content_html"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!of_feed.contains("file:"), "{of_feed}");
    for format in [
        "atom", "rss", "jsonfeed", "opml", "csv", "eml", "markdown", "html", "template",
    ] {
        for by in ["entry", "talk"] {
            let mut arguments = vec!["query", "ghent", "--by", by, "--format", format];
            if format == "template" {
                arguments.extend(["--template", "all.txt"]);
            }
            let ran = hall.run(arguments);
            let out = ran.status(0).out();
            assert!(!out.contains("file:"), "{format} by {by}: {out}");
            let said = ["atom", "rss", "jsonfeed", "html"].contains(&format);
            assert!(
                !said || out.contains("Closed.") && out.contains("Pipes"),
                "{out}"
            );
        }
    }
}

/// A hall whose `git` is a script; the note stands in a repository, and nothing else dates it.
#[cfg(unix)]
fn with_git(script: &str) -> (Hall, Command) {
    use std::os::unix::fs::PermissionsExt;
    let hall = Hall::new();
    hall.write("notes/.git/HEAD", "ref: refs/heads/main\n");
    hall.write("notes/one.md", format!("# Queues\n\n{TEXT}"));
    hall.write("bin/git", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(hall.path("bin/git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        hall.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = hall.command();
    command
        .env("PATH", path)
        .arg("--archive")
        .arg(hall.archive());
    (hall, command)
}

#[cfg(unix)]
#[test]
fn a_git_that_fails_or_talks_nonsense_costs_no_note() {
    for script in [
        "exit 128",
        "printf 'fatal: \\001x\\000one.md\\000'",
        "kill -9 $$",
    ] {
        let (hall, mut command) = with_git(script);
        command.args(["add", "notes"]);
        hall.finish(command, b"").status(0).stderr_lacks("git");
        assert_eq!(count(&hall), 1, "{script}");
        assert_eq!(entry(&hall, "one.md")["title"], "Queues");
    }
    let (hall, mut command) = with_git("printf '\\0011300000000\\000\\none.md\\000'");
    command.args(["add", "notes"]);
    hall.finish(command, b"").status(0);
    assert_eq!(entry(&hall, "one.md")["published"], "2011-03-13T07:06:40Z");
}

#[cfg(unix)]
#[test]
#[ignore = "waits half a minute"]
fn a_git_that_does_not_answer_is_given_up() {
    let (hall, mut command) = with_git("sleep 300");
    command.args(["add", "notes"]);
    let began = std::time::Instant::now();
    hall.finish(command, b"").status(0);
    let waited = began.elapsed().as_secs();
    assert!((25..60).contains(&waited), "{waited} s");
    assert_eq!(count(&hall), 1);
}

#[test]
fn a_note_of_the_future_is_used_as_of_the_day_it_was_found() {
    let hall = Hall::new();
    let note =
        |title: &str, date: &str| format!("---\ntitle: {title}\ndate: {date}\n---\n\n{TEXT}");
    hall.write(
        "notes/content/later.md",
        note("Later", "2031-05-01T09:00:00Z"),
    );
    hall.write("notes/content/before.md", note("Before", "2026-11-20"));
    hall.run(["add", "notes"]).status(0);
    hall.write("notes/content/after.md", note("After", "2026-11-23"));
    let mut hall = hall;
    hall.later("2026-11-24T12:00:00Z");
    hall.run(["fetch", "--all"]).status(0);
    let ran = hall.run(["query", "", "--format", "jsonl"]);
    let found = ran.status(0).stdout_json_lines();
    assert_eq!(each(&found, "title"), ["After", "Later", "Before"]);
    let later = entry(&hall, "content/later.md");
    // What was claimed stays as it is; what is used is when it was first seen.
    assert_eq!(later["published"], "2031-05-01T09:00:00Z");
    assert_eq!(later["date"], later["first_seen"]);
    assert_eq!(later["date_rule"], "future-clamped");
    hall.run(["query", "since:1d"])
        .status(0)
        .stdout_lacks("Later");
}

#[cfg(unix)]
#[test]
fn bad_notes_are_named_in_clear_lines_and_the_rest_is_kept() {
    let hall = Hall::new();
    for name in ["a", "b", "c"] {
        hall.write(
            &format!("notes/{name}.md"),
            format!("# Note {name}\n\n{TEXT}"),
        );
    }
    hall.write("notes/binary.md", [0_u8, 255, 3, 4].repeat(2_000));
    hall.write("notes/deep/large.md", "boats ".repeat(9 * 1024 * 1024));
    std::os::unix::fs::symlink("round.md", hall.path("notes/round.md")).unwrap();
    std::os::unix::fs::symlink("nowhere.md", hall.path("notes/dangling.md")).unwrap();
    std::os::unix::fs::symlink("..", hall.path("notes/deep/up")).unwrap();
    std::fs::create_dir(hall.path("notes/folder.md")).unwrap();
    let ran = hall.run(["add", "notes"]);
    ran.status(3);
    let said = ran.err();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(".md")).collect();
    for (name, why) in [
        ("binary.md", "binary data"),
        ("deep/large.md", "larger than"),
        ("round.md", "symbolic links"),
        ("dangling.md", "there is no such file"),
    ] {
        let told: Vec<&&str> = lines.iter().filter(|line| line.contains(name)).collect();
        assert!(told.len() == 1 && told[0].contains(why), "{name}: {said}");
    }
    assert_eq!(lines.len(), 4, "{said}");
    assert_eq!(count(&hall), 3);
    // What is bad is bad again, and what is good stays.
    hall.run(["fetch", "--all"]).status(3);
    assert_eq!(count(&hall), 3);
    hall.run(["check"]).status(0);
}
