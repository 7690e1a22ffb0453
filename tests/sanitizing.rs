//! Hostile values in every field of every format, judged by a browser and by what a terminal obeys.
//!
//! Nothing runs, nothing is asked for but the pictures a person wished for, nothing leaves its own article
//! or changes at a second parse. Where there is no Chromium those tests say so and pass.

#[path = "sanitizing/browser.rs"]
mod browser;
#[path = "sanitizing/feeds.rs"]
mod feeds;
#[path = "sanitizing/payloads.rs"]
mod payloads;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::xml::{Element, tree};
use crate::support::{Hall, strings};
use browser::{chromium, look, shell};
use payloads::Payload;

/// Serves a picture where payloads ask for one.
fn server() -> Server {
    let server = Server::start();
    let picture: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    server.reply(
        "/img",
        [Reply::ok(picture).header("Content-Type", "image/gif")],
    );
    server
}

fn list(server: &Server) -> Vec<Payload> {
    payloads::all(&server.address().to_string())
}

/// An archive with each payload in each field of an entry, and what the first run printed.
fn entries(payloads: &[Payload]) -> (Hall, [String; 2]) {
    let hall = Hall::new();
    hall.write("atom.xml", feeds::atom(payloads));
    hall.write("rss.xml", feeds::rss(payloads));
    hall.write("feed.json", feeds::json_feed(payloads));
    for (number, payload) in payloads.iter().enumerate() {
        hall.write(
            &format!("notes/{number}.md"),
            feeds::note(number, &payload.text),
        );
    }
    let ran = hall.run(["run", "atom.xml", "rss.xml", "feed.json", "notes"]);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""));
    let printed = [ran.out(), ran.err()];
    (hall, printed)
}

/// An archive with each payload in each field of a feed.
fn heads(payloads: &[Payload]) -> (Hall, [String; 2]) {
    let hall = Hall::new();
    let mut arguments = vec!["run".to_owned()];
    for (number, payload) in payloads.iter().enumerate() {
        let name = format!("feed{number}.json");
        hall.write(&name, feeds::head(number, &payload.text));
        arguments.push(name);
    }
    let ran = hall.run(&arguments);
    assert_eq!((ran.code(), ran.err().as_str()), (Some(0), ""));
    let printed = [ran.out(), ran.err()];
    (hall, printed)
}

fn queried(hall: &Hall, format: &str, more: &[&str]) -> String {
    let all = [
        "query",
        "--no-merge",
        "--limit",
        "100000",
        "--format",
        format,
    ];
    let ran = hall.run(all.iter().chain(more));
    ran.status(0);
    ran.out()
}

/// As many articles as `count`, and nothing found against them.
fn judge(hall: &Hall, chromium: &str, what: &str, page: &str, kind: &str, count: usize) {
    let report = look(hall, chromium, page, kind);
    let faults = strings(&report["faults"]);
    assert!(
        faults.is_empty(),
        "{what}: {} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert_eq!(report["articles"], count, "{what}");
}

/// What has been asked for since the last time, but for pictures where they are allowed.
fn asked(server: &Server, before: &mut usize, pictures: bool) -> Vec<String> {
    let all = server.all_requests();
    let fresh = all[*before..].iter().map(|request| request.target.clone());
    let bad = fresh.filter(|target| !(pictures && target.starts_with("/img")));
    let bad = bad.collect();
    *before = all.len();
    bad
}

#[test]
fn the_list_is_long_and_reaches_the_archive() {
    let server = server();
    let payloads = list(&server);
    assert!(payloads.len() >= 600, "{}", payloads.len());
    assert!(
        payloads
            .iter()
            .any(|payload| payload.text.contains('\u{1b}'))
    );
    let (hall, _) = entries(&payloads);
    let ids: Value = serde_json::from_str(&queried(&hall, "json", &[])).unwrap();
    assert_eq!(ids.as_array().unwrap().len(), 4 * payloads.len());
}

#[test]
fn a_page_and_a_mail_are_harmless_in_a_browser() {
    let Some(chromium) = chromium() else { return };
    let server = server();
    let payloads = list(&server);
    let mut before = 0;
    let mut has_talks = false;
    for (hall, _) in [entries(&payloads), heads(&payloads)] {
        let json: Value = serde_json::from_str(&queried(&hall, "json", &[])).unwrap();
        let count = json.as_array().unwrap().len();
        for images in IMAGES {
            let page = queried(&hall, "html", images);
            judge(
                &hall,
                chromium,
                &format!("html {images:?}"),
                &page,
                "digest",
                count,
            );
            let pictures = images.contains(&"show");
            assert_eq!(asked(&server, &mut before, pictures), [""; 0], "{images:?}");
        }
        let mail = queried(&hall, "eml", &["--to", "ann@blog.example"]);
        judge(&hall, chromium, "eml", &html_part(&mail), "digest", count);
        let talks: Value =
            serde_json::from_str(&queried(&hall, "json", &["--by", "talk"])).unwrap();
        let talks = talks.as_array().unwrap().len();
        has_talks |= talks > 0;
        if talks == 0 {
            continue;
        }
        let page = queried(&hall, "html", &["--by", "talk"]);
        judge(&hall, chromium, "talks", &page, "digest", talks);
        assert_eq!(
            asked(&server, &mut before, false),
            [""; 0],
            "mail and talks"
        );
    }
    assert!(has_talks, "no talks were looked at");
}

const IMAGES: [&[&str]; 3] = [
    &["--images", "none"],
    &["--images", "link"],
    &["--images", "show"],
];

/// The second part of a mail. Its head holds no header that was not written by us.
fn html_part(mail: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    for line in head.lines().filter(|line| !line.starts_with(' ')) {
        let name = line.split(':').next().unwrap();
        let known = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
        ];
        assert!(known.contains(&name), "{line}");
    }
    let part = body.split("text/html").nth(1).unwrap();
    let lines = part.split("\r\n\r\n").nth(1).unwrap().lines();
    let coded: String = lines.take_while(|line| !line.starts_with("--")).collect();
    String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap()
}

/// Foreign text and addresses as a reader app puts them into its page.
fn link(address: &str) -> String {
    format!("<p><a href=\"{}\">link</a></p>", feeds::xml(address))
}

/// Each address below this element, wherever the feed formats have one.
fn addresses(element: &Element, found: &mut Vec<String>) {
    let named = ["href", "src", "url", "uri", "xml:base"];
    let own = element
        .attributes
        .iter()
        .filter(|(name, _)| named.contains(&name.as_str()));
    found.extend(own.map(|(_, value)| value.clone()));
    let is_address = matches!(
        element.name.as_str(),
        "link" | "uri" | "comments" | "icon" | "logo" | "url" | "docs" | "wfw:commentRss"
    );
    let is_permalink = element.name == "guid" && element.get("isPermaLink") != Some("false");
    if (is_address || is_permalink) && !element.text.trim().is_empty() {
        found.push(element.text.clone());
    }
    element
        .children
        .iter()
        .for_each(|child| addresses(child, found));
}

/// A title as the format means it: text in Atom unless it says otherwise, HTML to readers of RSS.
fn title(element: &Element, is_html: bool) -> String {
    let Some(title) = element.child("title") else {
        return String::new();
    };
    format!("<h2>{}</h2>", meant(title, is_html))
}

fn meant(element: &Element, is_html: bool) -> String {
    match is_html || element.get("type").is_some_and(|kind| kind != "text") {
        true => element.text.clone(),
        false => feeds::xml(&element.text),
    }
}

fn of_xml(feed: &str, item: &str, is_rss: bool) -> Vec<String> {
    let root = tree(feed);
    let holder = if is_rss {
        root.child("channel").unwrap()
    } else {
        &root
    };
    let mut articles: Vec<String> = holder
        .all(item)
        .map(|item| {
            let mut article = title(item, is_rss);
            for name in ["content", "content:encoded", "description", "summary"] {
                if let Some(text) = item.child(name) {
                    article.push_str(&meant(text, is_rss));
                }
            }
            let mut found = Vec::new();
            addresses(item, &mut found);
            article
                + &found
                    .iter()
                    .map(|address| link(address))
                    .collect::<String>()
        })
        .collect();
    let mut found = Vec::new();
    holder
        .children
        .iter()
        .filter(|child| child.name != item)
        .for_each(|child| addresses(child, &mut found));
    articles.push(
        title(holder, is_rss)
            + &found
                .iter()
                .map(|address| link(address))
                .collect::<String>(),
    );
    articles
}

fn of_json(value: &Value, key: &str, article: &mut String) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| of_json(value, key, article)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| of_json(value, name, article)),
        Value::String(text) if key == "content_html" => article.push_str(text),
        Value::String(text)
            if key.ends_with("url")
                || ["image", "avatar", "icon", "favicon", "banner_image"].contains(&key) =>
        {
            article.push_str(&link(text));
        }
        _ => {}
    }
}

#[test]
fn the_combined_feeds_are_harmless_in_a_reader() {
    let Some(chromium) = chromium() else { return };
    let server = server();
    let payloads = list(&server);
    let mut before = 0;
    for (hall, _) in [entries(&payloads), heads(&payloads)] {
        let atom = of_xml(&queried(&hall, "atom", &[]), "entry", false);
        let rss = of_xml(&queried(&hall, "rss", &[]), "item", true);
        let feed: Value = serde_json::from_str(&queried(&hall, "jsonfeed", &[])).unwrap();
        let items = feed["items"].as_array().unwrap();
        let json: Vec<String> = items
            .iter()
            .map(|item| {
                let mut article = String::new();
                of_json(item, "", &mut article);
                article
            })
            .collect();
        for (what, articles) in [("atom", atom), ("rss", rss), ("jsonfeed", json)] {
            judge(
                &hall,
                chromium,
                what,
                &shell(&articles),
                "reader",
                articles.len(),
            );
            assert_eq!(asked(&server, &mut before, true), [""; 0], "{what}");
        }
    }
}

/// What GitHub and its like render.
const GITHUB: pulldown_cmark::Options = pulldown_cmark::Options::ENABLE_TABLES
    .union(pulldown_cmark::Options::ENABLE_FOOTNOTES)
    .union(pulldown_cmark::Options::ENABLE_STRIKETHROUGH)
    .union(pulldown_cmark::Options::ENABLE_TASKLISTS)
    .union(pulldown_cmark::Options::ENABLE_GFM)
    .union(pulldown_cmark::Options::ENABLE_MATH);

#[test]
fn the_markdown_is_harmless_when_it_is_rendered() {
    let Some(chromium) = chromium() else { return };
    let server = server();
    let payloads = list(&server);
    for (hall, _) in [entries(&payloads), heads(&payloads)] {
        let markdown = queried(&hall, "markdown", &[]);
        let mut html = String::new();
        let parser = pulldown_cmark::Parser::new_ext(&markdown, GITHUB);
        pulldown_cmark::html::push_html(&mut html, parser);
        let json: Value = serde_json::from_str(&queried(&hall, "json", &[])).unwrap();
        let headings = html.matches("<h1>").count() + html.matches("<h2>").count();
        assert_eq!(headings, json.as_array().unwrap().len() + 1, "headings");
        let articles: Vec<String> = html.split("<h2>").map(str::to_owned).collect();
        judge(
            &hall,
            chromium,
            "markdown",
            &shell(&articles),
            "markdown",
            articles.len(),
        );
        assert_eq!(server.all_requests().len(), 0);
    }
}

/// Nothing a terminal would obey, and nothing that turns the text around it.
#[track_caller]
fn quiet(what: &str, printed: &str) {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    for line in printed.lines() {
        assert!(!line.contains(bad), "{what}: {line:?}");
    }
}

#[test]
fn a_terminal_gets_text_alone() {
    let server = server();
    let payloads = list(&server);
    for (hall, printed) in [entries(&payloads), heads(&payloads)] {
        for text in &printed {
            quiet("run", text);
        }
        for arguments in [
            "query --no-merge --limit 100000",
            "query --no-merge --limit 100000 --by talk",
            "query --no-merge --limit 100000 --by event",
            "query --format markdown --limit 100000",
            "query --format csv --limit 100000",
            "query --health",
            "feeds",
            "tags",
            "speakers",
            "events",
            "stats",
            "fetch -v",
            "check",
        ] {
            let ran = hall.run(arguments.split(' '));
            quiet(arguments, &ran.out().replace("\r\n", "\n"));
            quiet(arguments, &ran.err());
        }
        let json: Value = serde_json::from_str(&queried(&hall, "json", &[])).unwrap();
        // One process each, so every fortieth.
        for entry in json.as_array().unwrap().iter().step_by(40) {
            let id = entry["id"].to_string().replace('"', "");
            let shown = hall.run(["show", &id]);
            shown.status(0);
            quiet("show", &shown.out());
        }
    }
}

#[test]
fn lists_and_servers_that_talk_to_the_terminal_are_not_heard() {
    let server = server();
    let payloads = list(&server);
    let hall = Hall::new();
    hall.write("list.opml", feeds::opml(&payloads));
    for dry in [true, false] {
        let flag = if dry {
            &["import", "--dry-run", "list.opml"][..]
        } else {
            &["import", "list.opml"]
        };
        let ran = hall.run(flag);
        quiet("import", &ran.out());
        quiet("import", &ran.err());
    }
    quiet("feeds", &hall.run(["feeds"]).out());
    let list = queried(&hall, "opml", &[]);
    let mut found = Vec::new();
    addresses(&tree(&list), &mut found);
    for address in found {
        assert!(
            !address.to_lowercase().trim().starts_with("javascript:"),
            "{address}"
        );
    }
    let hall = Hall::new();
    let mut arguments = vec!["run".to_owned()];
    let text = payloads
        .iter()
        .filter(|payload| payload.name.starts_with("text.txt"));
    for (number, payload) in text.enumerate().filter(|(number, _)| number % 4 == 0) {
        let path = format!("/{number}");
        let reply = format!(
            "HTTP/1.1 500 {x}\r\nContent-Type: {x}\r\nLocation: {x}\r\n\r\n{x}",
            x = payload.text.replace(['\r', '\n'], " ")
        );
        server.reply(&path, [Reply::raw(reply)]);
        arguments.push(server.url(&path));
    }
    let ran = hall.run(&arguments);
    ran.status(3);
    quiet("run", &ran.out());
    quiet("run", &ran.err());
    quiet("feeds", &hall.run(["feeds"]).out());
}
