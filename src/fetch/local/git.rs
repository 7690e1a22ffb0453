//! When files came into the git repository they stand in: one question to the `git` program for a whole
//! folder. Without git, or outside a repository, nothing is known, and that is no failure.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// Of its answer, so much is read: the history of some hundred thousand files.
const MAX_ANSWER: u64 = 64 << 20;
/// For so long: the history of the largest repositories takes some seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The author date of the oldest commit that added a file, by its path relative to `folder`. `only` asks
/// for one file of it.
pub(super) fn added(folder: &Path, only: Option<&str>) -> HashMap<String, DateTime<Utc>> {
    let in_repository = folder.ancestors().any(|above| above.join(".git").exists());
    if !in_repository {
        return HashMap::new();
    }
    ask(folder, only.unwrap_or(".")).map_or_else(HashMap::new, |answer| read(&answer))
}

/// The repository may be anybody's: nothing that its configuration names is run, and nothing is fetched.
fn ask(folder: &Path, path: &str) -> Option<Vec<u8>> {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    git.args(["--no-pager", "--literal-pathspecs"]);
    for setting in [
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "protocol.allow=never",
        "log.showSignature=false",
    ] {
        git.args(["-c", setting]);
    }
    git.args([
        "log",
        "-z",
        "--format=%x01%at",
        "--name-only",
        "--diff-filter=A",
    ]);
    git.args([
        "--relative",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--",
    ]);
    git.arg(path);
    git.env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    answer_of(git, PATIENCE)
}

/// What a program writes, if it comes to an end in time; it is ended otherwise.
fn answer_of(mut program: Command, patience: Duration) -> Option<Vec<u8>> {
    let mut running = program.spawn().ok()?;
    let out = running.stdout.take()?;
    let (done, answer) = mpsc::channel();
    // On a thread of its own, for a repository on a drive that went away answers never.
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        let read = out.take(MAX_ANSWER).read_to_end(&mut answer);
        let _ = done.send(read.is_ok().then_some(answer));
    });
    let answer = answer.recv_timeout(patience).ok().flatten();
    // It may still write what is not read any more.
    let _ = running.kill();
    let _ = running.wait();
    answer
}

/// Commits from the newest to the oldest, each `\x01` and its time, then its files.
fn read(answer: &[u8]) -> HashMap<String, DateTime<Utc>> {
    let mut added = HashMap::new();
    let mut at = None;
    for part in answer.split(|byte| matches!(byte, 0 | b'\n')) {
        if let [1, time @ ..] = part {
            let seconds = str::from_utf8(time).ok().and_then(|time| time.parse().ok());
            at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        } else if let (Some(at), false) = (at, part.is_empty()) {
            added.insert(String::from_utf8_lossy(part).into_owned(), at);
        }
    }
    added
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn who_does_not_answer_in_time_is_not_waited_for() {
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).stdout(Stdio::piped());
            shell
        };
        let began = std::time::Instant::now();
        let slow = answer_of(
            shell("printf early; exec sleep 60"),
            Duration::from_millis(200),
        );
        assert_eq!(slow, None);
        assert!(began.elapsed() < Duration::from_secs(20));
        let quick = answer_of(shell("printf done"), Duration::from_secs(20));
        assert_eq!(quick.as_deref(), Some(b"done".as_slice()));
        let none = answer_of(Command::new("/nowhere/git"), Duration::from_secs(20));
        assert_eq!(none, None);
    }

    #[test]
    fn the_oldest_commit_counts() {
        let added = read(b"\x01200\0\na.md\0b c.md\0\0\x01100\0\na.md\0");
        assert_eq!(added["a.md"].timestamp(), 100);
        assert_eq!(added["b c.md"].timestamp(), 200);
        assert_eq!(read(b"a.md\0\x01x\0b.md"), HashMap::new());
    }
}
