//! Lists and notes from disk that mean harm: OPML for `import`, Markdown for a folder.

use std::fs;

use crate::support::Hall;
use crate::support::server::{Reply, Server};

use super::{CONFIG, MOST_MEMORY, Run, measured};

fn opml(outlines: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>Bad</title></head><body>{outlines}</body></opml>"
    )
}

fn import(list: impl AsRef<[u8]>) -> (Hall, Run) {
    let hall = Hall::new();
    hall.write("hallway.toml", CONFIG);
    hall.write("list.opml", list);
    let run = measured(&hall, &["import", "list.opml"]);
    assert!(run.memory < MOST_MEMORY, "{} KiB", run.memory);
    let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!run.out.contains(controls) && !run.err.contains(controls));
    (hall, run)
}

/// What it subscribed to, in the end.
fn subscribed(hall: &Hall) -> usize {
    hall.run(["feeds", "--json"]).stdout_json_lines().len()
}

#[test]
fn a_list_with_entities_asks_for_nothing_and_shows_no_file() {
    let server = Server::start();
    server.reply("/canary", [Reply::ok("CANARY")]);
    let web = server.url("/canary");
    let secret = Hall::new();
    secret.write("secret", "CANARY");
    let file = secret.path("secret").display().to_string();
    let mut laughs = String::from("<!ENTITY l0 \"haha\">");
    for level in 1..12 {
        let inner = format!("&l{};", level - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY l{level} \"{inner}\">"));
    }
    for entities in [
        laughs,
        format!("<!ENTITY l11 SYSTEM \"file://{file}\">"),
        format!("<!ENTITY l11 SYSTEM \"{web}\">"),
        format!("<!ENTITY % p SYSTEM \"{web}\">%p;"),
        "<!ENTITY l11 \"&l11;\">".to_owned(),
    ] {
        let list = opml(
            "<outline text=\"&l11;\" title=\"&l11;\" xmlUrl=\"https://a.example/?q=&l11;\"/>&l11;",
        );
        let list = list.replacen("<opml", &format!("<!DOCTYPE opml [{entities}]><opml"), 1);
        let (hall, run) = import(list);
        assert!(
            matches!(run.status, Some(0 | 1 | 3)),
            "{:?} {}",
            run.status,
            run.err
        );
        assert!(
            run.out.len() + run.err.len() < 20_000,
            "{}",
            run.out.len() + run.err.len()
        );
        let shown = hall.run(["feeds", "--json"]).out();
        assert!(
            !shown.contains("CANARY") && !run.out.contains("CANARY") && !run.err.contains("CANARY")
        );
    }
    assert_eq!(server.requests("/canary").len(), 0);
}

#[test]
fn a_list_may_be_deep_long_cut_or_nothing_but_noise() {
    let feed = "<outline text=\"Good\" xmlUrl=\"https://good.example/feed\"/>";
    let (hall, run) = import(opml(&format!(
        "{feed}{}",
        "<outline text=\"x\">".repeat(1_000_000)
    )));
    // Nobody sorts feeds so deep: refused as a whole, in a line that says why.
    assert_eq!(run.status, Some(1), "{}", run.err);
    assert!(
        run.err.contains("too many folders inside one another"),
        "{}",
        run.err
    );
    assert!(!hall.archive().exists() || subscribed(&hall) == 0);

    // Cut in the middle of a tag: refused as well, rather than half of it taken in.
    let (hall, run) = import(&opml(&feed.repeat(100_000))[..200_000]);
    assert_eq!(run.status, Some(1), "{}", run.err);
    assert!(run.err.contains("list.opml"), "{}", run.err);
    assert!(!hall.archive().exists() || subscribed(&hall) == 0);

    let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"\"")).collect();
    let (hall, _) = import(opml(&format!("<outline{attributes}/>{feed}")));
    assert_eq!(subscribed(&hall), 1);

    let long = "x".repeat(1 << 20);
    let (hall, _) = import(opml(&format!(
        "{feed}<outline text=\"{long}\" title=\"{long}\" xmlUrl=\"https://long.example/{long}\" category=\"{long}\"/>"
    )));
    assert!(matches!(subscribed(&hall), 1 | 2));

    for noise in [&b""[..], b"\x00\xff\xfe\x00", b"<opml", b"{}", b"<html>"] {
        let (hall, run) = import(noise);
        assert_ne!(run.status, Some(0), "{noise:?}");
        assert!((1..=3).contains(&run.err.lines().count()), "{}", run.err);
        assert!(run.err.contains("list.opml"), "{}", run.err);
        assert!(!hall.archive().exists() || subscribed(&hall) == 0);
    }
}

#[test]
fn a_list_of_fifty_thousand_feeds_is_taken_in() {
    let outlines: String = (0..50_000)
        .map(|n| format!("<outline text=\"Feed {n}\" xmlUrl=\"https://a{n}.example/feed\"/>"))
        .collect();
    let hall = Hall::new();
    hall.write("hallway.toml", CONFIG);
    hall.write("list.opml", opml(&outlines));
    let run = measured(&hall, &["import", "--no-fetch", "list.opml"]);
    assert!(run.memory < MOST_MEMORY, "{} KiB", run.memory);
    assert_eq!(run.status, Some(0), "{}", run.err);
    assert_eq!(subscribed(&hall), 50_000);
}

#[test]
fn notes_of_any_markdown_are_read_in_time() {
    let lines =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let bombs = [
        ("quotes", "> ".repeat(200_000)),
        ("quoted-lists", "> - ".repeat(100_000)),
        (
            "deeper",
            lines(1_000, &|n| format!("{}> x\n", "> ".repeat(n))),
        ),
        (
            "nested",
            lines(1_000, &|n| format!("{}- x\n", "  ".repeat(n))),
        ),
        (
            "references",
            format!(
                "{}{}",
                lines(20_000, &|n| format!(
                    "[{n}]: https://a.example/{}\n",
                    "x".repeat(50)
                )),
                "[1] ".repeat(100_000)
            ),
        ),
        (
            "one-reference",
            format!(
                "[a]: https://a.example/{}\n\n{}",
                "x".repeat(100_000),
                "[a]".repeat(50_000)
            ),
        ),
        ("brackets", "[".repeat(500_000)),
        ("links", "[a](".repeat(200_000)),
        ("pictures", "![a](<".repeat(150_000)),
        ("stars", "*a_ ".repeat(250_000)),
        ("strong", "**a *b ".repeat(150_000)),
        (
            "backticks",
            lines(2_000, &|n| format!("{} ", "`".repeat(n))),
        ),
        ("tags", "<a href=\"".repeat(100_000)),
        ("comments", "<!-- ".repeat(200_000)),
        (
            "wide-table",
            format!("|{}\n|{}\n|x|\n", "a|".repeat(50_000), "-|".repeat(50_000)),
        ),
        (
            "long-table",
            format!("|a|b|\n|-|-|\n{}", "|c|d|\n".repeat(100_000)),
        ),
        (
            "square-table",
            format!(
                "|{}\n|{}\n{}",
                "a|".repeat(2_000),
                "-|".repeat(2_000),
                "|x\n".repeat(20_000)
            ),
        ),
        ("headings", "## A talk — Ann Poe\n\nx\n\n".repeat(40_000)),
        (
            "footnotes",
            lines(30_000, &|n| format!("[^{n}]: [^{n}]\n\n")),
        ),
        ("entities", "&amp;".repeat(200_000)),
        (
            "yaml",
            format!(
                "---\n{}---\nx\n",
                lines(50_000, &|n| format!("a{n}: &a [*a, *a]\n"))
            ),
        ),
        (
            "yaml-deep",
            format!("---\na: {}\n---\nx\n", "[".repeat(100_000)),
        ),
        ("toml", format!("+++\n{}\n+++\nx\n", "[a.".repeat(100_000))),
        ("shortcodes", "{{< a ".repeat(150_000)),
        ("fences", "```\n".repeat(200_000)),
        ("underlines", "a\n=\n".repeat(150_000)),
        ("lines", "\n".repeat(2_000_000)),
    ];
    let hall = Hall::new();
    hall.write("hallway.toml", CONFIG);
    hall.write(
        "notes/good.md",
        "---\ndate: 2026-11-20\n---\n# A Good Evening\n\nKept.\n",
    );
    for (name, text) in &bombs {
        hall.write(
            &format!("notes/{name}.md"),
            format!("# Bomb\n\nKept.\n\n{text}\n"),
        );
        if matches!(*name, "yaml" | "yaml-deep" | "toml") {
            hall.write(&format!("notes/{name}.md"), text);
        }
        let run = measured(&hall, &["run", "notes"]);
        assert!(run.memory < MOST_MEMORY, "{name}: {} KiB", run.memory);
        assert!(matches!(run.status, Some(0 | 3)), "{name}: {}", run.err);
        assert!(run.err.lines().count() <= 2, "{name}: {}", run.err);
        fs::remove_file(hall.path(&format!("notes/{name}.md"))).unwrap();
    }
    hall.run(["query", "Kept", "--limit", "100"])
        .status(0)
        .stdout_contains("A Good Evening");
    hall.run(["check"]).status(0);
}
