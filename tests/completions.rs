use std::path::Path;
use std::process::Command;

use crate::support::{Hall, atom};

const COMMANDS: [&str; 17] = [
    "run",
    "add",
    "fetch",
    "query",
    "show",
    "tag",
    "untag",
    "feeds",
    "remove",
    "pause",
    "resume",
    "parse",
    "check",
    "import",
    "import-entries",
    "stats",
    "undo",
];

#[test]
fn each_shell_is_told_every_command() {
    let hall = Hall::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = hall.run(["completions", shell]);
        ran.status(0).stderr("");
        for command in COMMANDS {
            ran.stdout_contains(command);
        }
    }
    hall.run(["completions", "tcsh-of-old"])
        .status(2)
        .stdout("");
}

#[test]
fn the_manual_names_every_command() {
    let hall = Hall::new();
    let ran = hall.run(["man"]);
    ran.status(0)
        .stderr("")
        .stdout_contains(".TH")
        .stdout_contains("SuccessExitStatus=3")
        .stdout_contains("OnCalendar=hourly")
        .stdout_contains("Type=notify");
    for command in COMMANDS {
        ran.stdout_contains(&command.replace('-', "\\-"));
    }
}

/// Each command has its page, also what `man` itself says of them.
#[test]
fn every_command_has_a_page_that_man_can_show() {
    let hall = Hall::new();
    hall.run(["man", "--dir", "pages"])
        .status(0)
        .stdout("")
        .stderr("");
    let mut names: Vec<String> = std::fs::read_dir(hall.path("pages"))
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for command in COMMANDS {
        assert!(names.contains(&format!("hallway-{command}.1")), "{names:?}");
    }
    assert!(names.contains(&"hallway.1".to_owned()));
    assert!(
        !names.iter().any(|name| name.contains("complete-values")),
        "{names:?}"
    );
    for name in names {
        let page = hall.read(&format!("pages/{name}"));
        assert!(
            page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"),
            "{name}"
        );
        let script = format!("man --warnings -E UTF-8 -l pages/{name} 2>&1 >/dev/null");
        if Path::new("/usr/bin/man").exists()
            && let Some(warnings) = shell(&hall, "bash", &script)
        {
            // A machine may have `man` without anything to set pages with.
            let ours: Vec<&str> = warnings
                .lines()
                .filter(|line| line.contains("warning"))
                .collect();
            assert_eq!(ours, [""; 0], "{name}");
        }
    }
}

/// Help must work where everything else is broken.
#[test]
fn help_needs_neither_archive_nor_config() {
    let hall = Hall::new();
    hall.write("hallway.db", "no archive");
    hall.write("home/config/hallway/hallway.toml", "no = = toml");
    for command in COMMANDS {
        hall.run([command, "--help"])
            .status(0)
            .stderr("")
            .stdout_contains("Usage:");
    }
    hall.run(["--version"])
        .status(0)
        .stderr("")
        .stdout_contains("hallway ");
    hall.run(["completions", "bash"]).status(0).stderr("");
    hall.run(["man"]).status(0).stderr("");
}

#[test]
fn a_config_that_cannot_be_read_is_shown_with_its_place() {
    let hall = Hall::new();
    hall.write(
        "home/config/hallway/hallway.toml",
        "[fetch]\njobs = \"many\"\n",
    );
    hall.run(["query"])
        .status(2)
        .stdout("")
        .stderr_contains("hallway.toml")
        .stderr_contains("2");
}

/// Tags, feeds and views to be completed.
fn furnished() -> Hall {
    let hall = Hall::new();
    hall.write(
        "feed.xml",
        atom("Third Row", &[("one", "First", "<p>Of pipes.</p>")]).replace(
            "\"devops\"",
            "\"DevOps\"/><category term=\"dev talks\"/><category term=\"ghent\"",
        ),
    );
    hall.write(
        "home/config/hallway/hallway.toml",
        "[views.weekly]\nquery = \"tag:devops\"\n[views.web]\nquery = \"tag:x\"\n",
    );
    // The config is right for who reads views.
    hall.write("none.toml", "");
    hall.run(["--config", "none.toml", "add", "feed.xml"])
        .status(0);
    let add = [
        "--config",
        "none.toml",
        "add",
        "--no-fetch",
        "https://blog.example/feed",
    ];
    hall.run(add).status(0);
    hall
}

/// The shell with the binary on its path and the archive in the environment.
fn shell(hall: &Hall, name: &str, script: &str) -> Option<String> {
    let program = ["/bin", "/usr/bin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|program| program.exists());
    let Some(program) = program else {
        println!("skipped: there is no {name}");
        return None;
    };
    let folder = Path::new(env!("CARGO_BIN_EXE_hallway")).parent().unwrap();
    let mut command = Command::new(program);
    for (key, value) in hall.command().get_envs() {
        if let Some(value) = value {
            command.env(key, value);
        }
    }
    let output = command
        .current_dir(hall.dir())
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("HALLWAY_ARCHIVE", hall.archive())
        .args(["-c", script])
        .output()
        .unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What bash offers for a line, whose words it has taken apart at colons and equals signs.
fn bash(hall: &Hall, line: &str, words: &[&str]) -> Option<Vec<String>> {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <(hallway completions bash)\nCOMP_LINE='{line}'\nCOMP_POINT=${{#COMP_LINE}}\nCOMP_WORDS=({})\n\
         COMP_CWORD={}\n_hallway_with_values hallway \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words.len() - 1,
    );
    let out = shell(hall, "bash", &script)?;
    Some(
        out.lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

#[test]
fn bash_completes_tags_feeds_and_views() {
    let hall = furnished();
    for (line, words, expected) in [
        (
            "hallway query tag:de",
            &["hallway", "query", "tag", ":", "de"][..],
            &["dev-talks", "devops"][..],
        ),
        (
            "hallway query tag:",
            &["hallway", "query", "tag", ":"],
            &["DevOps", "dev-talks", "ghent"],
        ),
        (
            "hallway query -tag:g",
            &["hallway", "query", "-tag", ":", "g"],
            &["ghent"],
        ),
        (
            "hallway query --tag g",
            &["hallway", "query", "--tag", "g"],
            &["ghent"],
        ),
        (
            "hallway query --tag=g",
            &["hallway", "query", "--tag", "=", "g"],
            &["ghent"],
        ),
        (
            "hallway tag 1 gh",
            &["hallway", "tag", "1", "gh"],
            &["ghent"],
        ),
        (
            "hallway query @we",
            &["hallway", "query", "@we"],
            &["@web", "@weekly"],
        ),
        (
            "hallway query feed:b",
            &["hallway", "query", "feed", ":", "b"],
            &["blog.example"],
        ),
        (
            "hallway query kind:ke",
            &["hallway", "query", "kind", ":", "ke"],
            &["keynote"],
        ),
        (
            "hallway remove https:",
            &["hallway", "remove", "https", ":"],
            &["//blog.example/feed"],
        ),
        (
            "hallway remove Thi",
            &["hallway", "remove", "Thi"],
            &["Third\\ Row"],
        ),
        ("hallway comp", &["hallway", "comp"], &["completions"]),
        (
            "hallway query --no-m",
            &["hallway", "query", "--no-m"],
            &["--no-merge"],
        ),
        (
            "hallway show --format cs",
            &["hallway", "show", "--format", "cs"],
            &["csl-json"],
        ),
    ] {
        let Some(mut offered) = bash(&hall, line, words) else {
            return;
        };
        offered.sort();
        assert_eq!(offered, expected, "{line}");
    }
}

#[test]
fn fish_completes_tags_feeds_and_views() {
    let hall = furnished();
    for (line, expected) in [
        ("hallway query tag:de", "tag:dev-talks\ntag:devops\n"),
        ("hallway query @wee", "@weekly\n"),
        ("hallway remove https", "https://blog.example/feed\n"),
    ] {
        let script = format!("hallway completions fish | source; complete -C '{line}'");
        let Some(offered) = shell(&hall, "fish", &script) else {
            return;
        };
        let mut offered: Vec<&str> = offered.lines().collect();
        offered.sort_unstable();
        assert_eq!(offered.join("\n") + "\n", expected, "{line}");
    }
}

#[test]
fn zsh_takes_the_script() {
    let hall = furnished();
    let script = "autoload -Uz compinit; compinit -u -D; source <(hallway completions zsh); print ${_comps[hallway]}";
    if let Some(out) = shell(&hall, "zsh", script) {
        assert_eq!(out, "_hallway_with_values\n");
    }
}

#[test]
fn values_are_silent_about_trouble_and_change_nothing() {
    let hall = Hall::new();
    let ask = |line: &str| {
        let mut command = hall.command();
        command.env("HALLWAY_ARCHIVE", hall.archive());
        command.args(["complete-values", "--", line]);
        hall.finish(command, b"").status(0).stdout("").stderr("");
    };
    ask("hallway query tag:de");
    assert!(!hall.archive().exists());
    hall.write("hallway.db", "no archive");
    hall.write("home/config/hallway/hallway.toml", "no = = toml");
    for line in [
        "hallway query tag:de",
        "hallway query @",
        "hallway remove ",
        "",
        "hallway 'open",
    ] {
        ask(line);
    }
    hall.run(["--help"]).stdout_lacks("complete-values");
}
