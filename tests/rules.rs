use crate::support::{Hall, LATER, atom};

const NOTES: &str = "<h2>Keynote: Deploying on Friday — Zoé Quist</h2><p>We deployed twice.</p>\
                     <h2>State of Terraform — Bo Lee</h2><p>The state file grows.</p>";
const DAY: (&str, &str, &str) = ("day", "DevOpsDays Ghent 2019: day one", NOTES);
const NOISE: (&str, &str, &str) = ("noise", "Podcast 12", "<p>Buy a mattress.</p>");

const CONFIG: &str = "[aliases]\nghent = [\"gent\"]\n\n[[rule]]\nwhen = 'title:devopsdays terraform'\n\
                      tag = [\"Gent\"]\n\n[[rule]]\nwhen = 'title:podcast'\ndrop = true\n";

fn hall(config: &str) -> Hall {
    let hall = Hall::new();
    hall.write("hallway.toml", config);
    hall.write("feed.xml", atom("Evenings", &[DAY, NOISE]));
    hall.run(["--config", "hallway.toml", "add", "feed.xml"])
        .status(0);
    hall
}

#[test]
fn a_rule_tags_and_drops_at_arrival() {
    let mut hall = hall(CONFIG);
    let titles = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    assert_eq!(titles.len(), 1);
    hall.run([
        "--config",
        "hallway.toml",
        "query",
        "tag:ghent terraform",
        "--by",
        "talk",
    ])
    .status(0)
    .stdout_contains("State of Terraform");
    hall.run(["check"]).status(0);
    // What was dropped is not new again.
    hall.later(LATER);
    hall.write(
        "feed.xml",
        atom("Evenings", &[NOISE, DAY, ("2", "Second", "<p>x</p>")]),
    );
    let line = hall
        .run(["--config", "hallway.toml", "fetch", "--all", "--json"])
        .stdout_json_lines();
    assert_eq!(line[0]["new"], 1);
    hall.run(["tags", "tag:gent", "--json", "--config", "hallway.toml"])
        .stdout_contains("{\"tag\":\"ghent\",\"entries\":1}\n");
}

#[test]
fn rules_are_applied_to_the_past_and_their_tags_go_with_them() {
    let hall = hall("");
    hall.write("hallway.toml", CONFIG);
    let apply = ["--config", "hallway.toml", "tag", "--rules"];
    hall.run(apply).status(0).stderr("the rules gave 1 tags\n");
    assert_eq!(
        hall.run(["query", "tag:gent", "--format", "jsonl"])
            .stdout_json_lines()
            .len(),
        1
    );
    hall.write("hallway.toml", "");
    hall.run(apply).status(0).stderr("the rules gave 0 tags\n");
    assert!(
        hall.run(["query", "tag:gent", "--format", "jsonl"])
            .stdout_json_lines()
            .is_empty()
    );
    // A drop rule is for what arrives: what is kept stays kept.
    assert_eq!(
        hall.run(["query", "podcast", "--format", "jsonl"])
            .stdout_json_lines()
            .len(),
        1
    );
}

#[test]
fn a_wrong_rule_is_pointed_at() {
    let hall = Hall::new();
    hall.write("hallway.toml", "[[rule]]\nwhen = 'tga:x'\ntag = [\"x\"]\n");
    hall.run(["--config", "hallway.toml", "add", "feed.xml"])
        .status(2)
        .stderr_contains("hallway.toml is not right, line 2:\n2 | when = 'tga:x'\n           ^\n")
        .stderr_contains("did you mean tag:devops or tag:dev*?");
}

#[test]
fn a_query_tags_all_that_it_selects() {
    let hall = hall("");
    hall.run(["tag", "--query", "devopsdays OR podcast", "later"])
        .status(0)
        .stderr("2 entries tagged\n");
    assert_eq!(
        hall.run(["query", "tag:later", "--format", "jsonl"])
            .stdout_json_lines()
            .len(),
        2
    );
}

#[test]
fn speakers_and_events_are_counted() {
    let hall = hall("");
    hall.run(["speakers", "--limit", "1"])
        .status(0)
        .stdout("     1  Bo Lee\n");
    hall.run(["speakers", "deploy", "--json"])
        .status(0)
        .stdout_contains("{\"speaker\":\"Zoé Quist\",\"talks\":1,\"entries\":1}\n");
    for command in [
        ["events", "devopsdays", "--json"].as_slice(),
        &["query", "devopsdays", "--by", "event", "--format", "jsonl"],
    ] {
        let events = hall.run(command).stdout_json_lines();
        assert_eq!(events.len(), 1, "{command:?}");
        assert_eq!(events[0]["key"], "devopsdays ghent 2019");
        assert_eq!(events[0]["talks"], 2);
    }
    hall.run([
        "query",
        "event:\"DevOpsDays, Ghent 2019\"",
        "--by",
        "talk",
        "--sort",
        "relevance",
    ])
    .status(0)
    .stdout_contains("State of Terraform");
}
