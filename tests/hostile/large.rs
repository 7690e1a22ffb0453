//! Documents of the most bytes that are taken, made of whatever fills a memory or a minute best.

use crate::support::Hall;
use crate::support::server::{Reply, Server};

use super::{CONFIG, MOST_MEMORY, fails, feed, is_survived, measured, serve};

/// A little less than `max_size`.
const BYTES: usize = 31 << 20;

/// Enough markup for a tree of two gibibytes.
const MARKUP: usize = 12 << 20;

/// As often as fits, each with its number.
fn filled(piece: impl Fn(usize) -> String) -> String {
    let mut all = String::with_capacity(BYTES + 1000);
    let mut number = 0;
    while all.len() < BYTES {
        all.push_str(&piece(number));
        number += 1;
    }
    all
}

fn repeated(piece: &str) -> String {
    piece.repeat(BYTES / piece.len())
}

fn marked_up(piece: &str) -> String {
    piece.repeat(MARKUP / piece.len())
}

fn entry(content: &str) -> String {
    format!(
        "<entry><id>urn:1</id><title>Large</title><updated>2026-11-20T00:00:00Z</updated>\
         <content type=\"html\"><![CDATA[{content}]]></content></entry>"
    )
}

fn json(items: &str) -> String {
    format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Bad\",\"items\":[{items}]}}"
    )
}

const TOO_MANY: &str = "holds more entries than are read of one document: the first 50000 are kept";

/// The first are kept, a line says that there were more, and the next poll, which finds the same, is quiet.
#[test]
fn of_a_million_entries_the_first_are_kept() {
    let server = Server::start();
    let many: String = (0..1_000_000)
        .map(|n| format!("<entry><id>u{n}</id></entry>"))
        .collect();
    server.reply(
        "/xml",
        [Reply::ok(feed(&many)).header("ETag", "\"1\"").conditional()],
    );
    fails(&server, "/xml", TOO_MANY);
    let items: Vec<String> = (0..1_000_000).map(|n| format!("{{\"id\":{n}}}")).collect();
    server.reply("/json", [Reply::ok(json(&items.join(",")))]);
    fails(&server, "/json", TOO_MANY);

    let hall = Hall::new();
    hall.write("hallway.toml", CONFIG);
    hall.write("many.xml", feed(&many));
    let run = measured(&hall, &["add", "many.xml"]);
    assert_eq!(run.status, Some(3), "{}", run.err);
    assert!(run.memory < MOST_MEMORY, "{} KiB", run.memory);
    assert!(run.err.contains(TOO_MANY), "{}", run.err);
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(feeds[0]["entries"], 50_000);
    let kept = hall.run(["query", "--format", "jsonl"]).out();
    assert!(kept.contains("\"u0\"") && kept.contains("\"u49999\"") && !kept.contains("\"u50000\""));
    let again = measured(&hall, &["fetch", "--all"]);
    assert_eq!((again.status, again.err.as_str()), (Some(0), ""));
}

/// Each is a tree of millions of nodes where nothing bounds it.
#[test]
fn markup_of_one_entry_fills_no_memory() {
    for (name, content) in [
        ("breaks", marked_up("<br>")),
        ("paragraphs", marked_up("<p>x")),
        ("links", marked_up("<a href=b>c</a>")),
        ("items", format!("<ul>{}", marked_up("<li>a"))),
        ("pictures", marked_up("<img src=b>")),
        ("cells", format!("<table>{}", marked_up("<td>"))),
        ("talks", marked_up("<h2>A talk — Ann Poe</h2><p>x")),
        (
            "attributes",
            marked_up("<p id=a title=b lang=c dir=ltr class=d align=e>"),
        ),
        ("formatting", marked_up("<b><i><p>")),
        ("signs", marked_up("&")),
        ("quotes", format!("<a href='{}'>x</a>", marked_up("\""))),
    ] {
        let path = format!("/{name}");
        is_survived(&serve(&path, feed(&entry(&content))), &path);
    }
}

#[test]
fn one_text_longer_than_a_book_is_cut_and_said_so() {
    let server = serve("/text", feed(&entry(&repeated("words and words "))));
    fails(
        &server,
        "/text",
        "one of its entries is cut: it is longer than any book",
    );
    let server = serve("/fifty", feed(&entry(&"words ".repeat((50 << 20) / 6))));
    fails(&server, "/fifty", "is larger than 32 MiB");
    // Not where it is data that makes it long.
    let picture = format!(
        "<p>Kept.</p><img src=\"data:image/png;base64,{}\">",
        repeated("AAAA")
    );
    let server = serve("/data", feed(&entry(&picture)));
    assert_eq!(is_survived(&server, "/data").status, Some(0));
}

/// Fifty mebibytes in one entry, where a person has raised the limit.
#[test]
fn a_raised_limit_does_not_raise_the_memory() {
    let server = serve("/fifty", feed(&entry(&"words ".repeat((50 << 20) / 6))));
    let hall = Hall::new();
    hall.write("hallway.toml", "[fetch]\nmax_size = \"64 MiB\"\n");
    let run = measured(&hall, &["run", &server.url("/fifty")]);
    assert_eq!(run.status, Some(3), "{}", run.err);
    assert!(run.memory < MOST_MEMORY, "{} KiB", run.memory);
    hall.run(["check"]).status(0);
}

#[test]
fn lists_of_one_entry_fill_no_memory() {
    let in_entries = |piece: &str| {
        let list = piece.repeat(1000);
        filled(|n| format!("<entry><id>{n}</id>{list}</entry>"))
    };
    for (name, entries) in [
        ("extensions", in_entries("<a:b xmlns:a='urn:a'/>")),
        ("links", in_entries("<link href='a' rel='b'/>")),
        ("files", in_entries("<link href='a' rel='enclosure'/>")),
        ("people", in_entries("<author><name>a</name></author>")),
        (
            "tags",
            format!(
                "<entry><id>1</id>{}</entry>",
                filled(|n| format!("<category term='{n}'/>"))
            ),
        ),
        (
            "authors",
            format!(
                "{}<entry><id>1</id></entry>",
                repeated("<author><name>a</name></author>")
            ),
        ),
    ] {
        let path = format!("/{name}");
        is_survived(&serve(&path, feed(&entries)), &path);
    }
}

#[test]
fn json_of_any_kind_fills_no_memory() {
    let numbers = |n: usize| "9".repeat(n);
    for (name, body) in [
        ("arrays", json(&format!("{}1", repeated("[],")))),
        ("objects", json(&format!("{}1", repeated("{},")))),
        ("deep", json(&repeated("[{\"a\":"))),
        ("strings", json(&format!("{}\"\"", repeated("\"a\",")))),
        (
            "keys",
            json(&format!(
                "{{\"id\":\"1\",\"content_html\":\"x\",{}\"z\":1}}",
                filled(|n| format!("\"{n}\":1,"))
            )),
        ),
        (
            "doubled",
            json(&format!("{{{}\"id\":\"1\"}}", repeated("\"id\":1,"))),
        ),
        (
            "tags",
            json(&format!(
                "{{\"id\":\"1\",\"content_html\":\"x\",\"tags\":[{}1]}}",
                filled(|n| format!("\"{n}\","))
            )),
        ),
        (
            "authors",
            json(&format!(
                "{{\"id\":\"1\",\"content_html\":\"x\",\"authors\":[{}1]}}",
                repeated("{\"name\":\"a\"},")
            )),
        ),
        (
            "text",
            json(&format!(
                "{{\"id\":\"1\",\"content_html\":\"{}\"}}",
                repeated("a b ")
            )),
        ),
        (
            "numbers",
            json(&format!(
                "{{\"id\":{n},\"content_html\":\"x\",\"date_published\":-{n}.{n}e{n}}}",
                n = numbers(1 << 20)
            )),
        ),
        (
            "escapes",
            json(&format!(
                "{{\"id\":\"1\",\"content_html\":\"{}\"}}",
                repeated("\\u0000\\ud800")
            )),
        ),
    ] {
        let path = format!("/{name}");
        is_survived(&serve(&path, body), &path);
    }
}
