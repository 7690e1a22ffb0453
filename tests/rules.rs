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
    hall.run(["-v", "feeds"])
        .stdout_contains("1 entry, 1 dropped by rules, polled");
    assert_eq!(
        hall.run(["feeds", "--json"]).stdout_json_lines()[0]["dropped"],
        1
    );
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
fn a_tag_is_found_by_what_means_the_same_and_by_its_beginning() {
    let hall = hall("[aliases]\nkubernetes = [\"k8s\", \"Kube\"]\ndev-ops = [\"platform team\"]\n");
    let found = |query: &str| {
        let ran = hall.run([
            "--config",
            "hallway.toml",
            "query",
            query,
            "--format",
            "jsonl",
        ]);
        ran.status(0).stdout_json_lines().len()
    };
    hall.run(["tag", "--query", "devopsdays", "#Kubernetes"])
        .status(0);
    for query in [
        "tag:k8s",
        "tag:K8S",
        "tag:kube",
        "tag:k8*",
        "tag:kub*",
        "tag:\"#kubernetes\"",
    ] {
        assert_eq!(found(query), 1, "{query}");
    }
    assert_eq!(found("-tag:k8s"), 1);
    assert_eq!(found("tag:k9*"), 0);
    for query in [
        "tag:dev-ops",
        "tag:DevOps",
        "tag:\"#devops\"",
        "tag:dev_ops",
        "tag:\"platform team\"",
        "tag:plat*",
    ] {
        assert_eq!(found(query), 2, "{query}");
    }
    hall.run(["--config", "hallway.toml", "tags"])
        .stdout("     2  dev-ops\n     1  kubernetes\n");
}

#[test]
fn events_are_listed_by_count_or_by_date() {
    let hall = hall("");
    let more = "<h2>Queues — Ann Poe</h2><p>We spoke of queues at night.</p><h2>Boats — Bo Lee</h2><p>Of boats and the bay.</p>\
                <h2>Trains — Cy Moe</h2><p>Of trains and their plans.</p>";
    let early =
        atom("Mornings", &[("1", "PipeConf 2021", more)]).replace("2026-11-01", "2021-10-30");
    hall.write("early.xml", early);
    hall.run(["add", "early.xml"]).status(0);
    let names = |arguments: &[&str]| -> Vec<String> {
        let ran = hall.run([&["events", "--json"], arguments].concat());
        let events = ran.status(0).stdout_json_lines();
        events
            .iter()
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&[]), ["PipeConf 2021", "DevOpsDays Ghent 2019"]);
    assert_eq!(
        names(&["--sort", "date"]),
        ["DevOpsDays Ghent 2019", "PipeConf 2021"]
    );
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
    hall.run(["untag", "--query", "podcast", "later"])
        .status(0)
        .stderr("1 entry untagged\n");
    hall.run(["untag", "--query", "podcast", "later"])
        .status(0)
        .stderr("0 entries untagged\n");
    hall.run(["query", "tag:later", "--format", "csv"])
        .stdout_contains("DevOpsDays Ghent");
    hall.run(["untag", "1"])
        .status(2)
        .stderr_contains("no TAG is given");
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
