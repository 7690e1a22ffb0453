use crate::support::Hall;

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
