use serde_json::Value;

use crate::support::{Hall, atom, each};

const DAY: &str = "<h2 id=\"queues\">Queues at night — Zoé Quist</h2>\
    <p>We deployed twice, and the café stayed open until the last train had left.</p>\
    <h2 id=\"state\">The state of terraform — Bo Lee</h2>\
    <p>The state file grows. Two deployments a day, and nobody reads the plan.</p>\
    <h2 id=\"boats\">Boats — Ann Poe</h2>\
    <p>日本語の技術メモ。 Nothing of queues in the harbour; a terraform plan at sea.</p>";

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write(
        "feed.xml",
        atom(
            "Evenings",
            &[
                ("day", "DevOpsDays Ghent 2019: day one", DAY),
                ("post", "On trains", "<p>A train that deploys itself.</p>"),
            ],
        ),
    );
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn lines(hall: &Hall, arguments: &[&str]) -> Vec<Value> {
    let ran = hall.run([&["query", "--format", "jsonl"], arguments].concat());
    ran.status(0).stderr("").stdout_json_lines()
}

fn talks(hall: &Hall, query: &str) -> Vec<String> {
    lines(hall, &["--by", "talk", "--sort", "relevance", query])
        .iter()
        .map(|talk| talk["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn words_match_regardless_of_case_accents_and_english_endings() {
    let hall = hall();
    for query in ["deploy", "DEPLOYMENTS", "Deploying"] {
        assert_eq!(talks(&hall, query).len(), 2, "{query}");
    }
    for query in ["cafe", "Café", "CAFÉ", "zoe", "speaker:ZOE"] {
        assert_eq!(talks(&hall, query), ["Queues at night"], "{query}");
    }
}

#[test]
fn a_phrase_stays_exact() {
    let hall = hall();
    assert_eq!(talks(&hall, "\"state file\""), ["The state of terraform"]);
    assert_eq!(talks(&hall, "\"file state\"").len(), 0);
    assert_eq!(talks(&hall, "\"deploy\"").len(), 0);
    assert_eq!(talks(&hall, "\"deployed twice\""), ["Queues at night"]);
}

#[test]
fn east_asian_text_is_found_by_any_two_characters() {
    let hall = hall();
    for query in ["日本", "本語", "語の", "技術", "技術メモ", "メモ"] {
        assert_eq!(talks(&hall, query), ["Boats"], "{query}");
    }
    assert_eq!(talks(&hall, "日語").len(), 0);
}

#[test]
fn a_title_counts_more_than_a_speaker_and_a_speaker_more_than_text() {
    let hall = Hall::new();
    let filler = "Of boats and trains and the harbour at night. ".repeat(3);
    let talk = |title: &str, speaker: &str, text: &str| {
        format!("<h2>{title} — {speaker}</h2><p>{text} {filler}</p>")
    };
    let day = [
        talk("First thing", "Ann Poe", "Amber is here."),
        talk("Second thing", "Amber Poe", "None is here."),
        talk("Amber thing", "Bo Lee", "None is here."),
        talk("Other thing", "Cy Moe", "None is here."),
    ];
    hall.write(
        "feed.xml",
        atom("Evenings", &[("1", "PipeConf 2019", &day.concat())]),
    );
    hall.run(["add", "feed.xml"]).status(0);
    assert_eq!(
        talks(&hall, "amber"),
        ["Amber thing", "Second thing", "First thing"]
    );
}

#[test]
fn a_snippet_shows_the_words_where_they_stand() {
    let hall = hall();
    let talks = lines(&hall, &["--by", "talk", "\"state file\" deploy"]);
    assert_eq!(
        talks[0]["snippet"],
        "The **state file** grows. Two **deployments** a day, and nobody reads the plan."
    );
    let entries = lines(&hall, &["boats harbour"]);
    let snippet = entries[0]["snippet"].as_str().unwrap();
    assert!(snippet.contains("**harbour**"), "{snippet}");
    // A title alone is no text.
    assert_eq!(lines(&hall, &["title:trains"])[0]["snippet"], Value::Null);
    let plain = hall.run(["query", "\"deploys itself\""]);
    plain
        .status(0)
        .stdout_contains("       A train that deploys itself.\n");
    let colour = hall.run(["--color", "always", "query", "\"deploys itself\""]);
    colour.stdout_contains("A train that \u{1b}[1mdeploys itself\u{1b}[22m.\n");
}

#[test]
fn an_entry_says_how_many_of_its_talks_match() {
    let hall = hall();
    for (query, matching) in [
        ("terraform", 2),
        ("terraform state", 1),
        ("speaker:poe", 1),
        ("ghent", 3),
        ("ghent terraform", 2),
        ("title:boats OR title:queues", 2),
    ] {
        let entries = lines(&hall, &[query]);
        assert_eq!(entries[0]["talks_matching"], matching, "{query}");
        assert_eq!(
            lines(&hall, &["--by", "talk", query]).len(),
            matching,
            "{query}"
        );
        hall.run(["query", query])
            .stdout_contains(&format!("       {matching} of 3 talks match\n"));
    }
    let all = hall.run(["query", "tag:devops"]);
    assert!(!all.status(0).out().contains("match"), "{}", all.out());
    assert_eq!(lines(&hall, &["trains"])[0]["talks_matching"], Value::Null);
}

#[test]
fn an_event_is_found_under_any_of_its_names() {
    let hall = hall();
    hall.write(
        "other.xml",
        atom("Mornings", &[("1", "Notes: Devopsdays, Ghent (2019)", DAY)]),
    );
    hall.run(["add", "other.xml"]).status(0);
    for query in [
        "event:\"devopsdays ghent 2019\"",
        "event:\"DevOps Days Ghent\"",
        "event:\"devopsdays 2019\"",
        "event:ghent",
    ] {
        assert_eq!(lines(&hall, &["--no-merge", query]).len(), 2, "{query}");
    }
    assert!(lines(&hall, &["event:\"devopsdays ghent 2018\""]).is_empty());
    let events = hall.run(["query", "--by", "event"]);
    events
        .status(0)
        .stdout("DevOpsDays Ghent 2019  2026-11-01, 2 entries, 6 talks, 2 feeds\n");
    let list = hall.run(["query", "--by", "event", "--format", "markdown"]);
    list.status(0)
        .stdout("- **DevOpsDays Ghent 2019**: 2026-11-01, 2 entries, 6 talks, 2 feeds\n");
}

#[test]
fn notes_of_one_event_by_several_blogs_are_found_together() {
    let hall = Hall::new();
    for (event, titles) in [
        (
            "devopsdays ghent 2019",
            &[
                "DevOpsDays Ghent 2019: day one",
                "devopsdays Ghent (2019) – day 2",
                "DevOps Days Gent 2019 – my notes",
                "#DevOpsDays Ghent 2019, first day",
                "DevopsdaysGhent 2019 recap",
                "Ghent DevOpsDays 2019",
                "Trip report: DevOpsDays Ghent '19",
            ][..],
        ),
        (
            "kubecon eu 2023",
            &[
                "KubeCon + CloudNativeCon EU 2023",
                "KubeCon EU 2023",
                "KubeCon & CloudNativeCon Europe 2023 - day 3",
                "My takeaways from Kubecon Europe 2023",
                "KubeCon/CloudNativeCon EU 2023 highlights",
                "Kubecon/CNCon EU 2023",
            ][..],
        ),
    ] {
        let slug = event.replace(' ', "-");
        for (n, title) in titles.iter().enumerate() {
            let file = format!("{slug}-{n}.xml");
            let heard = format!(
                "<h2>Pipes at night {n} - Ann Poe</h2><p>{slug} a{n}</p><h2>Tubes by day - Bo Roe</h2><p>{title}</p>"
            );
            let guid = format!("{slug}-{n}");
            hall.write(&file, atom(&format!("Blog {n}"), &[(&guid, title, &heard)]));
            hall.run(["add", &file]).status(0);
        }
        let query = format!("event:\"{event}\"");
        let found = hall
            .run(["query", &query, "--format", "jsonl"])
            .status(0)
            .stdout_json_lines();
        let known = each(&found, "title");
        let missing: Vec<_> = titles
            .iter()
            .filter(|title| !known.contains(title))
            .collect();
        assert!(
            missing.is_empty() && found.len() == titles.len(),
            "missing {missing:#?}, found {known:#?}"
        );
    }
}
