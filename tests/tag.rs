use crate::support::{Hall, LATER, atom, each};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const PERMALINK: &str = "https://notes.example/one/";

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Evenings", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn titles(hall: &Hall, query: &str) -> Vec<String> {
    let lines = hall
        .run(["query", query, "--format", "jsonl"])
        .stdout_json_lines();
    each(&lines, "title")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_tag_of_ones_own_is_found_in_any_spelling() {
    let hall = hall();
    hall.run(["tag", PERMALINK, "To Read", "talks"])
        .status(0)
        .stdout("")
        .stderr("");
    for query in ["tag:\"to read\"", "tag:to-read", "tag:ToRead", "tag:talks"] {
        assert_eq!(titles(&hall, query), ["First Evening"], "{query}");
    }
    hall.run(["tag", PERMALINK, "to-read"])
        .status(0)
        .stdout("")
        .stderr("the entry has these tags already\n");
}

#[test]
fn a_tag_taken_off_stays_off_when_the_feed_comes_again() {
    let mut hall = hall();
    hall.run(["tag", PERMALINK, "mine"]).status(0);
    hall.run(["untag", PERMALINK, "devops", "mine"])
        .status(0)
        .stdout("")
        .stderr("");
    assert!(titles(&hall, "tag:devops OR tag:mine").is_empty());
    hall.later(LATER);
    let edited = ("one", "First Evening", "<p>Of pipes and drums.</p>");
    hall.write("feed.xml", atom("Evenings", &[edited]));
    hall.run(["fetch", "--all"]).status(0);
    assert!(titles(&hall, "drums tag:devops").is_empty());
    assert_eq!(titles(&hall, "drums"), ["First Evening"]);
}

#[test]
fn a_tag_of_ones_own_outlives_an_edit() {
    let mut hall = hall();
    hall.run(["tag", PERMALINK, "mine"]).status(0);
    hall.later(LATER);
    let edited = ("one", "First Evening", "<p>Of pipes and drums.</p>");
    hall.write("feed.xml", atom("Evenings", &[edited]));
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(titles(&hall, "drums tag:mine"), ["First Evening"]);
}

#[test]
fn a_blank_is_no_tag() {
    hall().run(["tag", PERMALINK, " "]).status(2).stdout("");
}

#[test]
fn tagging_what_is_not_there_fails() {
    hall()
        .run(["tag", "4711", "mine"])
        .status(1)
        .stdout("")
        .stderr_contains("4711");
}
