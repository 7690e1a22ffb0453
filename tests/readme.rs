//! The README's commands are what a newcomer types first, so they are run as they stand there.

use std::fs;
use std::process::Command;

use crate::support::{Hall, line_difference, repository};

const FIRST: &str = "cargo run --release -- --archive demo.db run fixtures/feeds.opml";
const SECOND: &str = "cargo test";

/// The lines of the README's fenced blocks, in order; of each block those behind its opening fence.
fn blocks(readme: &str) -> Vec<Vec<&str>> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in readme.lines() {
        match (&mut open, line.starts_with("```")) {
            (None, true) => open = Some(Vec::new()),
            (Some(_), true) => blocks.extend(open.take()),
            (Some(lines), false) => lines.push(line),
            (None, false) => {}
        }
    }
    blocks
}

fn readme() -> String {
    fs::read_to_string(repository("README.md")).unwrap()
}

#[test]
fn the_two_commands_stand_near_the_top() {
    let readme = readme();
    let top: Vec<&str> = readme.lines().take(30).collect();
    for command in [FIRST, SECOND] {
        assert!(
            top.contains(&command),
            "`{command}` is no line of the README's first 30"
        );
    }
}

/// The entries' numbers left blank: feeds are polled side by side, so which is first differs by run.
fn without_numbers(text: &str) -> String {
    let blank = |line: &str| -> String {
        let bare = line.trim_start_matches(' ');
        let after = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = after.len() < bare.len() && after.starts_with("  ");
        if is_number {
            format!("{}{after}\n", " ".repeat(line.len() - after.len()))
        } else {
            format!("{line}\n")
        }
    };
    text.lines().map(blank).collect()
}

/// What follows `<!-- demo -->` is what the first command prints, `…` alone on a line standing for lines
/// left out.
#[test]
fn the_demo_is_what_the_first_command_prints() {
    let readme = readme();
    let (_, behind) = readme
        .split_once("<!-- demo -->")
        .expect("the demo is marked");
    let demo = blocks(behind)
        .into_iter()
        .next()
        .expect("the demo is a block");

    let hall = Hall::new();
    let arguments = FIRST
        .strip_prefix("cargo run --release -- --archive demo.db ")
        .unwrap()
        .split(' ');
    let mut command: Command = hall.command();
    command
        .current_dir(repository(""))
        .env("COLUMNS", "80")
        .arg("--archive")
        .arg(hall.archive())
        .args(arguments);
    let ran = hall.finish(command, b"");
    ran.status(0).stderr("");

    let printed = without_numbers(&ran.out());
    assert!(!printed.is_empty(), "the demo prints nothing");
    let mut rest = printed.as_str();
    for part in demo.split(|line| *line == "…") {
        let wanted = without_numbers(&part.join("\n"));
        match rest.find(&wanted) {
            Some(at) => rest = &rest[at + wanted.len()..],
            None => panic!(
                "the README's demo is not what is printed (- README, + printed):\n{}",
                line_difference(&wanted, rest)
            ),
        }
    }
}

/// Every `hallway …` line in a block is at least a command the binary knows.
#[test]
fn every_command_of_the_readme_is_known() {
    let hall = Hall::new();
    let readme = readme();
    for line in blocks(&readme).concat() {
        let Some(rest) = line.trim_start_matches("$ ").strip_prefix("hallway ") else {
            continue;
        };
        let name = rest
            .split_whitespace()
            .find(|word| word.chars().all(|c| c.is_ascii_lowercase()));
        if let Some(name) = name {
            hall.run([name, "--help"]).status(0).stderr("");
        }
    }
}

#[test]
fn the_units_are_those_that_are_packaged() {
    let readme = readme();
    for unit in ["hallway.service", "hallway.timer", "hallway-watch.service"] {
        let text = fs::read_to_string(repository("src/commands/systemd").join(unit)).unwrap();
        assert!(
            readme.contains(&format!("```ini\n{text}```")),
            "the README shows another {unit}"
        );
    }
}
