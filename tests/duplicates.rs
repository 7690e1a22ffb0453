use std::fmt::Write as _;

use crate::support::{Hall, LATER, strings};

/// A feed of posts: guid, link, title, tags.
fn feed(title: &str, site: &str, posts: &[(&str, &str, &str, &[&str])]) -> String {
    let mut rss = format!(
        "<rss version='2.0'><channel><title>{title}</title><link>{site}</link><description/>"
    );
    for (guid, link, title, tags) in posts {
        let tags: String = tags
            .iter()
            .map(|tag| format!("<category>{tag}</category>"))
            .collect();
        let _ = write!(
            rss,
            "<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>{title}</title>{tags}\
             <pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate><description>Of queues.</description></item>"
        );
    }
    rss.push_str("</channel></rss>");
    rss
}

const SITE: &str = "https://blog.example/";
const HARBOUR: &str = "https://blog.example/harbour";

/// A blog with the feeds of two tags, and a planet that was there first.
fn hall() -> Hall {
    let hall = Hall::new();
    let copy = "http://www.blog.example/harbour/?utm_source=planet&amp;utm_medium=rss";
    hall.write(
        "planet.xml",
        feed(
            "Planet Ops",
            "https://planet.example/",
            &[
                ("p-1", copy, "Harbour Days", &["planet"]),
                ("1", "https://other.example/1", "Elsewhere", &[]),
            ],
        ),
    );
    hall.write(
        "devops.xml",
        feed(
            "Blog: devops",
            SITE,
            &[("1", HARBOUR, "Harbour Days", &["devops"])],
        ),
    );
    hall.write(
        "ghent.xml",
        feed(
            "Blog: ghent",
            SITE,
            &[("1", HARBOUR, "Harbour Days", &["ghent"])],
        ),
    );
    hall
}

#[test]
fn a_post_of_three_feeds_is_one_item_in_every_format() {
    let hall = hall();
    hall.run(["add", "planet.xml", "devops.xml", "ghent.xml"])
        .status(0);
    let lines = hall
        .run(["query", "harbour", "--format", "jsonl"])
        .stdout_json_lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["url"], HARBOUR);
    assert_eq!(lines[0]["feed_title"], "Blog: devops");
    assert_eq!(strings(&lines[0]["tags"]), ["devops", "planet", "ghent"]);
    let others: Vec<_> = lines[0]["also_in"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["feed_title"].as_str().unwrap())
        .collect();
    assert_eq!(others, ["Planet Ops", "Blog: ghent"]);
    hall.run(["query", "feed:planet", "tag:ghent"]).stdout(
        "    3  Harbour Days\n       Blog: devops · 2026-11-02 · also in Planet Ops, Blog: ghent · #devops\n       \
         #planet #ghent\n       https://blog.example/harbour\n",
    );
    for format in ["markdown", "html", "atom", "rss", "jsonfeed", "csv"] {
        let out = hall.run(["query", "--format", format]).out();
        assert!(out.contains("Elsewhere"), "{format}: {out}");
        assert!(!out.contains("utm_source"), "{format}: {out}");
    }
    for format in ["markdown", "html", "jsonfeed"] {
        hall.run(["query", "--format", format])
            .stdout_contains("Planet Ops");
    }
    let apart = hall.run(["query", "--no-merge", "harbour", "--format", "jsonl"]);
    assert_eq!(apart.stdout_json_lines().len(), 3);
    hall.run(["show", HARBOUR])
        .status(0)
        .stdout_contains("Also in     Planet Ops <file://");
}

#[test]
fn run_tells_of_it_once() {
    let mut hall = hall();
    hall.run(["run", "planet.xml"])
        .status(0)
        .stdout_contains("Harbour Days");
    hall.run(["run", "devops.xml"]).status(0).stdout("");
    hall.later(LATER);
    hall.run(["run", "ghent.xml"]).status(0).stdout("");
    hall.run(["query", "--since", "30d", "harbour", "--format", "jsonl"])
        .stdout_contains("Blog: devops");
}

#[test]
fn a_tag_is_on_the_post_and_not_on_one_feeds_entry() {
    let hall = hall();
    hall.run(["add", "planet.xml", "devops.xml", "ghent.xml"])
        .status(0);
    hall.run(["untag", HARBOUR, "planet"]).status(0).stderr("");
    hall.run(["query", "tag:planet"]).stdout("");
    hall.run(["tag", HARBOUR, "read"]).status(0);
    hall.run(["query", "tag:read", "tag:ghent"])
        .stdout_contains("Harbour Days");
    hall.run(["tags"]).stdout_lacks("planet");
    hall.run(["remove", "--purge", "Blog: devops"]).status(0);
    hall.run(["query", "harbour", "--format", "jsonl"])
        .stdout_contains("\"feed_title\":\"Blog: ghent\"");
    hall.run(["check"]).status(0);
}
