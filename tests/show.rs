use crate::support::{Hall, LATER, atom};

const BEFORE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");
const AFTER: (&str, &str, &str) = (
    "one",
    "First Evening, corrected",
    "<p>Of pipes and drums.</p>",
);

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Evenings", &[BEFORE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn number(hall: &Hall) -> String {
    let lines = hall.run(["query", "--format", "jsonl"]).stdout_json_lines();
    lines[0]["id"].to_string().trim_matches('"').to_owned()
}

#[test]
fn an_entry_is_shown_by_its_number_its_address_or_its_guid() {
    let hall = hall();
    let number = number(&hall);
    for name in [
        number.as_str(),
        "https://notes.example/one/",
        "tag:notes.example,2026:one",
    ] {
        hall.run(["show", name])
            .status(0)
            .stderr("")
            .stdout_contains("First Evening")
            .stdout_contains("Of pipes.")
            .stdout_contains("https://notes.example/one/");
    }
}

#[test]
fn history_lists_what_was_before() {
    let mut hall = hall();
    let number = number(&hall);
    hall.write("feed.xml", atom("Evenings", &[AFTER]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["show", &number])
        .status(0)
        .stdout_contains("First Evening, corrected");
    hall.run(["show", &number, "--history"])
        .status(0)
        .stderr("")
        .stdout_contains("  1. until ")
        .stdout_contains("First Evening, 2 words")
        .stdout_contains("then changed: title, content +3 −1 words");
}

#[test]
fn a_diff_in_a_pipe_is_a_unified_one() {
    let mut hall = hall();
    let number = number(&hall);
    hall.run(["show", &number, "--diff"])
        .status(1)
        .stdout("")
        .stderr(&format!(
            "error: entry {number} was never edited since it arrived\n"
        ));
    hall.write("feed.xml", atom("Evenings", &[AFTER]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    for arguments in [vec!["--diff"], vec!["--diff", "1"]] {
        let mut all = vec!["show", number.as_str()];
        all.extend(arguments);
        hall.run(all)
            .status(0)
            .stderr("")
            .stdout_contains("--- older\n+++ newer\n")
            .stdout_contains("-First Evening\n+First Evening, corrected\n")
            .stdout_contains("-Of pipes.\n+Of pipes and drums.\n");
    }
    hall.run(["show", &number, "--diff", "7"])
        .status(1)
        .stdout("");
}

#[test]
fn noise_is_no_revision() {
    let mut hall = hall();
    let number = number(&hall);
    let noisy = "<p class='x'>Of  pipes.</p><!-- generated at 12:01 -->";
    hall.write("feed.xml", atom("Evenings", &[(BEFORE.0, BEFORE.1, noisy)]));
    hall.later(LATER);
    hall.run(["fetch", "--all"]).status(0);
    hall.run(["show", &number, "--history"])
        .status(0)
        .stdout_contains("never edited since it arrived");
}

#[test]
fn an_unknown_entry_is_named() {
    hall()
        .run(["show", "4711"])
        .status(1)
        .stdout("")
        .stderr("error: there is no entry 4711\nhint: `hallway query` shows the numbers\n");
}

#[test]
fn what_changes_at_every_poll_is_damped_and_its_present_state_kept() {
    let mut hall = hall();
    let number = number(&hall);
    let edit = |hall: &Hall, turn: usize, kept: usize| {
        let title = format!("Evening, turn {turn}");
        hall.write("feed.xml", atom("Evenings", &[("one", &title, "<p>x</p>")]));
        hall.run(["fetch", "--all"]).status(0);
        hall.run(["show", &number, "--history"])
            .stdout_contains(&format!("{title}\n"))
            .stdout_contains(&format!("  {kept}. until "))
            .stdout_lacks(&format!("  {}. until ", kept + 1));
    };
    for turn in 1..=24 {
        edit(&hall, turn, turn.min(20));
    }
    hall.later("2026-11-29T12:00:00Z");
    edit(&hall, 25, 21);
    edit(&hall, 26, 21);
}
