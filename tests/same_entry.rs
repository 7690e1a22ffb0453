//! An entry that comes under another id is the same entry, and what only looks alike is not.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom, sorted_titles};

/// An item of an RSS feed.
#[derive(Clone)]
struct Item {
    guid: String,
    link: String,
    title: String,
    date: String,
    text: String,
}

impl Item {
    /// The `n`th evening on a blog that makes its guids and links of the number.
    fn evening(n: usize, guid: &str, link: &str) -> Self {
        Self {
            guid: guid.replace("{n}", &n.to_string()),
            link: link.replace("{n}", &n.to_string()),
            title: format!("Evening {n}"),
            date: format!("{:02} Oct 2026 08:{n:02}:00 GMT", n + 1),
            text: format!(
                "<p>On evening {n} somebody spoke for {n} minutes of topic {n}, which {} liked, \
                 and of the machines that came with number {n} out of the cellar.</p>",
                ["Ann", "Bo", "Cy"][n % 3]
            ),
        }
    }
}

fn rss(items: &[Item]) -> String {
    let mut feed = String::from(
        "<rss version=\"2.0\"><channel><title>Well</title><link>https://well.example/</link>\n",
    );
    for item in items {
        let text = item.text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            feed,
            "<item><guid isPermaLink=\"false\">{}</guid><link>{}</link><title>{}</title>{}\
             <description>{text}</description></item>",
            item.guid,
            item.link,
            item.title,
            if item.date.is_empty() {
                String::new()
            } else {
                format!("<pubDate>{}</pubDate>", item.date)
            }
        );
    }
    feed + "</channel></rss>\n"
}

/// One feed that says one thing after the other.
struct Blog {
    hall: Hall,
}

impl Blog {
    fn of(items: &[Item]) -> Self {
        let mut hall = Hall::new();
        hall.write("feed.xml", rss(items));
        hall.run(["add", "feed.xml"]).status(0);
        hall.later(LATER);
        Self { hall }
    }

    /// What a poll says came of these: new, edited.
    #[track_caller]
    fn says(&self, items: &[Item]) -> (u64, u64) {
        self.hall.write("feed.xml", rss(items));
        let ran = self.hall.run(["fetch", "--all", "--json"]);
        let line = ran.status(0).stdout_json_lines().remove(0);
        let count = |name: &str| line[name].as_u64().unwrap_or_default();
        (count("new"), count("updated"))
    }

    fn entries(&self, query: &str) -> Vec<Value> {
        let ran = self.hall.run(["query", query, "--format", "jsonl"]);
        ran.status(0).stdout_json_lines()
    }

    /// The titles of what arrived since the last digest.
    fn digest(&self) -> Vec<String> {
        self.hall.write(
            "me.toml",
            "[views.me]\nsince = \"last\"\nformat = \"jsonl\"\n",
        );
        let ran = self.hall.run(["--config", "me.toml", "query", "@me"]);
        let entries = ran.status(0).stdout_json_lines();
        sorted_titles(&entries)
    }

    fn titles(&self, query: &str) -> Vec<String> {
        sorted_titles(&self.entries(query))
    }

    #[track_caller]
    fn is_sound(&self) {
        self.hall.run(["check"]).status(0);
    }
}

/// Twenty evenings before and after the feed moved, two of them new.
fn moved(old: (&str, &str), new: (&str, &str)) -> (Vec<Item>, Vec<Item>) {
    let before = (0..18).map(|n| Item::evening(n, old.0, old.1)).collect();
    let after = (0..20).map(|n| Item::evening(n, new.0, new.1)).collect();
    (before, after)
}

/// Polls both, and looks at everything a person could see of it.
#[track_caller]
fn follows(before: &[Item], after: &[Item]) {
    let blog = Blog::of(before);
    assert_eq!(blog.digest().len(), 18);
    assert_eq!(blog.says(after).0, 2, "new");
    assert_eq!(blog.digest(), ["Evening 18", "Evening 19"]);
    assert_eq!(blog.entries("").len(), 20);
    assert_eq!(blog.says(after), (0, 0), "the same again");
    let mut edited = after.to_vec();
    edited[4].text += "<p>And a word more.</p>";
    edited[19].text += "<p>And a word more.</p>";
    assert_eq!(blog.says(&edited), (0, 2), "edited under the new ids");
    let revised = blog.titles("is:revised");
    assert!(revised.contains(&"Evening 4".to_owned()), "{revised:?}");
    let named = blog.hall.run(["show", &after[4].guid]);
    named.status(0).stdout_contains("And a word more");
    assert_eq!(blog.entries("").len(), 20);
    blog.is_sound();
}

#[test]
fn ids_that_go_from_http_to_https() {
    let (before, after) = moved(
        ("http://well.example/{n}", "http://well.example/{n}"),
        ("https://well.example/{n}", "https://well.example/{n}"),
    );
    follows(&before, &after);
}

#[test]
fn ids_that_become_permalinks() {
    let (before, after) = moved(
        ("https://well.example/?p={n}", "https://well.example/?p={n}"),
        (
            "https://well.example/evening-{n}/",
            "https://well.example/evening-{n}/",
        ),
    );
    follows(&before, &after);
}

#[test]
fn guids_on_another_domain_with_the_links_as_they_were() {
    let (before, after) = moved(
        ("https://old.example/?p={n}", "https://well.example/e/{n}"),
        ("https://new.example/?p={n}", "https://well.example/e/{n}"),
    );
    follows(&before, &after);
}

#[test]
fn ids_that_became_hashes_on_a_new_domain() {
    let (before, after) = moved(
        ("https://old.example/?p={n}", "https://old.example/?p={n}"),
        ("3f9a{n}", "https://new.example/posts/{n}"),
    );
    follows(&before, &after);
}

#[test]
fn a_move_that_makes_the_dates_anew_edits_titles_or_shortens_texts() {
    let (before, after) = moved(
        ("https://old.example/?p={n}", "https://old.example/?p={n}"),
        ("3f9a{n}", "https://new.example/posts/{n}"),
    );
    let mut anew = after.clone();
    for item in &mut anew {
        item.date = "20 Nov 2026 09:00:00 GMT".to_owned();
    }
    follows(&before, &anew);
    let mut excerpts = after.clone();
    for item in &mut excerpts {
        item.text = "<p>Read on at the blog.</p>".to_owned();
    }
    follows(&before, &excerpts);
    let undated = |items: &[Item]| -> Vec<Item> {
        let without = |item: &Item| Item {
            date: String::new(),
            ..item.clone()
        };
        items.iter().map(without).collect()
    };
    follows(&undated(&before), &undated(&after));
}

#[test]
fn a_move_is_no_news_to_who_never_had_a_digest() {
    let (before, after) = moved(
        ("a{n}", "https://old.example/?p={n}"),
        ("b{n}", "https://new.example/{n}"),
    );
    let blog = Blog::of(&before);
    assert_eq!(blog.says(&after).0, 2);
    assert_eq!(blog.entries("").len(), 20);
    // And back again, as when two servers take turns.
    assert_eq!(blog.says(&before).0, 0);
    assert_eq!(blog.says(&after).0, 0);
    assert_eq!(blog.entries("").len(), 20);
    blog.is_sound();
}

#[test]
fn one_entry_alone_that_changes_its_id() {
    let old = Item::evening(1, "a{n}", "https://well.example/{n}");
    let new = Item {
        guid: "b1".to_owned(),
        ..old.clone()
    };
    let other = Item::evening(2, "a{n}", "https://well.example/{n}");
    let blog = Blog::of(&[old, other.clone()]);
    assert_eq!(blog.says(&[new.clone(), other.clone()]), (0, 0));
    let edited = Item {
        text: "<p>All anew.</p>".to_owned(),
        ..new
    };
    assert_eq!(blog.says(&[edited, other]), (0, 1));
    assert_eq!(blog.entries("is:revised").len(), 1);
    assert_eq!(blog.entries("").len(), 2);
}

fn weekly(n: usize, link: &str) -> Item {
    Item {
        title: "Weekly links".to_owned(),
        ..Item::evening(n, "w{n}", link)
    }
}

#[test]
fn entries_of_the_same_title_stay_apart() {
    for link in [
        "https://well.example/",
        "https://well.example/weekly",
        "https://well.example/weekly/{n}",
    ] {
        // One at a time in the document, then beside each other.
        let blog = Blog::of(&[weekly(0, link)]);
        for n in 1..5 {
            assert_eq!(blog.says(&[weekly(n, link)]), (1, 0), "{link}: {n}");
        }
        let all: Vec<Item> = (0..9).map(|n| weekly(n, link)).collect();
        assert_eq!(blog.says(&all), (4, 0), "{link}");
        let next: Vec<Item> = (9..15).map(|n| weekly(n, link)).collect();
        assert_eq!(blog.says(&next), (6, 0), "{link}");
        assert_eq!(blog.titles("").len(), 15);
    }
}

#[test]
fn release_notes_that_say_the_same_stay_apart() {
    let notes = |n: usize| Item {
        title: "Release notes".to_owned(),
        text: "<p>Bugs mended.</p>".to_owned(),
        ..Item::evening(n, "r{n}", "https://well.example/releases/{n}")
    };
    let blog = Blog::of(&[notes(0), notes(1), notes(2)]);
    assert_eq!(blog.says(&[notes(3), notes(4), notes(5)]), (3, 0));
    assert_eq!(blog.says(&[notes(6)]), (1, 0));
    assert_eq!(blog.titles("").len(), 7);
}

#[test]
fn entries_of_the_same_link_stay_apart() {
    for link in [
        "https://well.example/",
        "https://well.example/blog",
        "https://well.example/blog#{n}",
    ] {
        let item = |n| Item::evening(n, "l{n}", link);
        let all = |range: std::ops::Range<usize>| range.map(item).collect::<Vec<Item>>();
        let blog = Blog::of(&all(0..6));
        assert_eq!(blog.says(&all(3..9)), (3, 0), "{link}");
        assert_eq!(blog.says(&all(9..15)), (6, 0), "{link}");
        assert_eq!(blog.titles("").len(), 15);
    }
}

#[test]
fn an_old_id_beside_the_new_one_is_another_entry() {
    let old = Item::evening(1, "a{n}", "https://well.example/{n}");
    let new = Item {
        guid: "b1".to_owned(),
        ..old.clone()
    };
    let blog = Blog::of(std::slice::from_ref(&old));
    assert_eq!(blog.says(&[new.clone(), old.clone()]), (1, 0));
    assert_eq!(blog.entries("").len(), 2);
    // Taken for one another at first, they prove to be two.
    let blog = Blog::of(std::slice::from_ref(&old));
    assert_eq!(blog.says(std::slice::from_ref(&new)), (0, 0));
    assert_eq!(
        blog.says(&[new.clone(), old.clone()]),
        (0, 0),
        "say the same"
    );
    let new = Item {
        text: "<p>Of something else.</p>".to_owned(),
        ..new
    };
    assert_eq!(blog.says(&[new.clone(), old.clone()]), (1, 0));
    assert_eq!(blog.says(&[old, new]), (0, 0));
    assert_eq!(blog.entries("").len(), 2);
    blog.is_sound();
}

#[test]
fn another_archive_knows_the_later_ids_too() {
    let (before, after) = moved(
        ("a{n}", "https://old.example/?p={n}"),
        ("b{n}", "https://new.example/{n}"),
    );
    let blog = Blog::of(&before);
    let copy = blog.hall.path("copy.db");
    let copy = copy.to_str().unwrap();
    blog.hall.run(["backup", copy]).status(0);
    assert_eq!(blog.says(&after).0, 2);
    blog.hall.run(["merge", copy]).status(0);
    assert_eq!(blog.entries("").len(), 20);
    let other = Hall::new();
    other.write("feed.xml", "");
    let after_move = blog.hall.path("moved.db");
    let after_move = after_move.to_str().unwrap();
    blog.hall.run(["backup", after_move]).status(0);
    let mut command = blog.hall.command();
    command.args(["--archive", copy, "merge", after_move]);
    blog.hall.finish(command, b"").status(0);
    let mut command = blog.hall.command();
    command.args(["--archive", copy, "fetch", "--all", "--json"]);
    let line = blog.hall.finish(command, b"").stdout_json_lines().remove(0);
    assert_eq!(line["new"].as_u64().unwrap_or_default(), 0, "{line}");
}

#[test]
fn pages_of_the_past_under_new_ids_bring_nothing_twice() {
    let server = Server::start();
    let (before, after) = moved(
        ("a{n}", "https://well.example/{n}"),
        ("b{n}", "https://well.example/{n}"),
    );
    let page = |items: &[Item]| {
        let link = format!(
            "</title><a:link xmlns:a=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"{}\"/>",
            server.url("/2")
        );
        rss(items).replacen("</title>", &link, 1)
    };
    server.reply(
        "/feed",
        [Reply::ok(page(&before)), Reply::ok(page(&after[10..]))],
    );
    server.reply("/2", [Reply::ok(rss(&after[..12]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["fetch", "--history"]).status(0);
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(feeds[0]["entries"], 20);
}

#[test]
fn a_later_date_of_change_alone_is_no_edit() {
    let hall = Hall::new();
    let feed = atom("Well", &[("one", "One", "<p>Of valves.</p>")]);
    hall.write("feed.xml", &feed);
    hall.run(["add", "feed.xml"]).status(0);
    let shown = || hall.run(["query", "", "--format", "jsonl"]).out();
    let before = shown();
    let later = "<updated>2026-11-20T09:00:00Z</updated>";
    let built = feed.replace("<updated>2026-11-01T08:00:00Z</updated>", later);
    assert_ne!(built, feed);
    hall.write("feed.xml", &built);
    let lines = hall.run(["fetch", "--all", "--json"]).stdout_json_lines();
    assert_eq!(lines[0]["updated"], 0);
    assert_eq!(
        shown(),
        before,
        "as the generator's own doing it is not kept"
    );
    // With an edit it comes along.
    hall.write("feed.xml", built.replace("valves", "gauges"));
    hall.run(["fetch", "--all"]).status(0);
    let after = hall.run(["query", "is:revised", "--format", "jsonl"]);
    assert_eq!(
        after.stdout_json_lines()[0]["updated"],
        "2026-11-20T09:00:00Z"
    );
}
