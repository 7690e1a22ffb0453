//! What an archive goes through in ten years: kills at any moment, several runs at once, a signal in the
//! middle. After each it must open, check clean and go on, with every entry exactly once.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each};

const FEEDS: usize = 40;
const ENTRIES: usize = 5;
const ARCHIVES: usize = 10;
const KILLS: usize = 20;

/// Every feed has its own entries, with enough text to make writing take a while.
fn serve(server: &Server) {
    for feed in 0..FEEDS {
        let text = format!("<h2>A talk — Ann Poe</h2><p>{}</p>", "word ".repeat(400));
        let names: Vec<String> = (0..ENTRIES)
            .map(|entry| format!("{feed}-{entry}"))
            .collect();
        let entries: Vec<(&str, &str, &str)> = names
            .iter()
            .map(|name| (name.as_str(), name.as_str(), text.as_str()))
            .collect();
        let reply = Reply::ok(atom(&format!("Feed {feed}"), &entries))
            .header("ETag", &format!("\"{feed}\""))
            .conditional();
        server.reply(&format!("/{feed}"), [reply]);
    }
}

fn list(server: &Server) -> String {
    let outlines: String = (0..FEEDS)
        .map(|feed| format!("<outline xmlUrl=\"{}\"/>", server.url(&format!("/{feed}"))))
        .collect();
    format!("<opml version=\"2.0\"><body>{outlines}</body></opml>")
}

fn spawn(hall: &Hall, arguments: &[&str]) -> Child {
    let mut command = hall.command();
    command
        .arg("--archive")
        .arg(hall.archive())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn assert_complete(hall: &Hall) {
    hall.run(["check"]).status(0).stdout("");
    let entries = hall
        .run(["query", "--format", "jsonl"])
        .status(0)
        .stdout_json_lines();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for guid in each(&entries, "guid") {
        *times.entry(guid).or_default() += 1;
    }
    assert_eq!(times.len(), FEEDS * ENTRIES, "an entry is missing");
    assert!(
        times.values().all(|&count| count == 1),
        "an entry is there twice"
    );
}

/// A small generator of its own, so that a failing run can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[test]
fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let server = Server::start();
    serve(&server);
    let mut dice = Dice(20_261_121);
    let mut cut_short = 0;
    for _ in 0..ARCHIVES {
        let hall = Hall::with_server(&server);
        hall.write("list.opml", list(&server));
        hall.run(["add", "--no-fetch", "list.opml"]).status(0);
        for _ in 0..KILLS {
            let mut child = spawn(&hall, &["fetch", "--all", "--jobs", "4"]);
            thread::sleep(Duration::from_millis(dice.below(120)));
            let _ = child.kill();
            let ended = child.wait_with_output().unwrap();
            cut_short += usize::from(ended.status.code().is_none());
            hall.run(["check"]).status(0).stdout("");
        }
        hall.run(["fetch", "--all"]).status(0);
        assert_complete(&hall);
    }
    assert!(
        cut_short > KILLS,
        "only {cut_short} runs were cut short: the test tests nothing"
    );
}

#[test]
fn a_digest_cut_off_by_a_kill_is_printed_again_and_then_never_more() {
    let server = Server::start();
    serve(&server);
    let hall = Hall::with_server(&server);
    hall.write("list.opml", list(&server));
    let mut dice = Dice(7);
    for _ in 0..10 {
        let mut child = spawn(&hall, &["run", "list.opml"]);
        thread::sleep(Duration::from_millis(dice.below(200)));
        let _ = child.kill();
        let ended = child.wait_with_output().unwrap();
        if ended.status.success() {
            break;
        }
    }
    hall.run(["run", "list.opml"]).status(0);
    hall.run(["run", "list.opml"])
        .status(0)
        .stdout("")
        .stderr("");
    assert_complete(&hall);
}

/// Ends well, and says nothing of what SQLite calls it when two want the same.
fn assert_well(child: Child) {
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{told}");
    for word in ["locked", "busy", "SQLite"] {
        assert!(!told.contains(word), "{told}");
    }
}

#[test]
fn ten_runs_at_once_make_one_archive() {
    let server = Server::start();
    serve(&server);
    let hall = Hall::with_server(&server);
    hall.write("list.opml", list(&server));
    let runs: Vec<Child> = (0..10)
        .map(|_| spawn(&hall, &["run", "list.opml"]))
        .collect();
    runs.into_iter().for_each(assert_well);
    assert_complete(&hall);
}

#[test]
fn who_reads_adds_tags_and_checks_meanwhile_is_served() {
    let server = Server::start();
    serve(&server);
    let hall = Hall::with_server(&server);
    hall.write("list.opml", list(&server));
    let (first, second) = (server.url("/0"), server.url("/1"));
    hall.run(["run", &first]).status(0);
    let run = spawn(&hall, &["run", "list.opml"]);
    let meanwhile: Vec<Child> = [
        &["query", "word"][..],
        &["feeds"],
        &["add", &second],
        &["fetch", &first],
        &["tag", "1", "meanwhile"],
        &["stats"],
        &["backup", "copy.db"],
        &["query", "--format", "jsonl"],
        &["check"],
        &["pause", &first],
    ]
    .into_iter()
    .map(|arguments| spawn(&hall, arguments))
    .collect();
    meanwhile.into_iter().for_each(assert_well);
    assert_well(run);
    hall.run(["resume", &first]).status(0);
    assert_complete(&hall);
    hall.run(["query", "tag:meanwhile", "--format", "jsonl"])
        .status(0)
        .stdout_contains("meanwhile");
}

/// Another program, such as a backup, has the file for itself for a while, or for ever.
#[test]
fn a_lock_is_waited_for_and_not_for_ever() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[("one", "Title", "<p>x</p>")]));
    hall.run(["add", "feed.xml"]).status(0);
    let holder = rusqlite::Connection::open(hall.archive()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = spawn(&hall, &["tag", "1", "x"]);
    thread::sleep(Duration::from_secs(3));
    // Who reads need not wait.
    hall.run(["query"]).status(0).stdout_contains("Title");
    holder.execute_batch("COMMIT").unwrap();
    assert_well(waiting);
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let asked = Instant::now();
    hall.run(["tag", "1", "y"])
        .status(1)
        .stderr_contains("the archive is busy: another hallway is at work on it")
        .stderr_contains("hint: ")
        .stderr_lacks("database is locked");
    assert!(
        asked.elapsed() < Duration::from_secs(60),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn a_second_poll_says_that_one_is_at_work_and_leaves_it_to_it() {
    let server = Server::start();
    server.reply("/slow", [Reply::never()]);
    server.reply("/quick", [Reply::ok(atom("Quick", &[]))]);
    let hall = Hall::with_server(&server);
    let (slow, quick) = (server.url("/slow"), server.url("/quick"));
    hall.run(["add", "--no-fetch", &slow]).status(0);
    let mut first = spawn(&hall, &["fetch"]);
    while server.requests("/slow").is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    let line = format!("another hallway (process {}) is polling", first.id());
    for second in [
        &["run", &quick][..],
        &["fetch"],
        &["fetch", "--all", "--json"],
    ] {
        hall.run(second).status(0).stdout("").stderr_contains(&line);
    }
    assert!(server.requests("/quick").is_empty());
    // Who names a feed goes on; who reads is not held up.
    hall.run(["add", &quick]).status(0);
    hall.run(["fetch", &quick]).status(0);
    hall.run(["query"]).status(0);
    first.kill().unwrap();
    first.wait().unwrap();
    server.reply("/slow", [Reply::ok(atom("Slow", &[]))]);
    // A kill leaves no lock behind.
    hall.run(["run"]).status(0).stderr_lacks("another hallway");
}

/// A file system of its own with little room, taken away in the end.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(at: std::path::PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let options = format!("size={size}");
        Self::command("mount", &["-t", "tmpfs", "-o", &options, "none"], &at).then_some(Self(at))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        assert!(Self::command("mount", &["-o", &options], &self.0));
    }

    fn make_read_only(&self) {
        assert!(Self::command("mount", &["-o", "remount,ro"], &self.0));
    }

    fn command(name: &str, arguments: &[&str], at: &std::path::Path) -> bool {
        let ended = std::process::Command::new(name)
            .args(arguments)
            .arg(at)
            .output();
        ended.is_ok_and(|output| output.status.success())
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        Self::command("umount", &[], &self.0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_with_room_again_nothing_is_missing() {
    let server = Server::start();
    serve(&server);
    let hall = Hall::with_server(&server);
    let Some(disk) = SmallDisk::mount(hall.path("disk"), "900k") else {
        println!("skipped: this user may not mount a small file system");
        return;
    };
    hall.write("list.opml", list(&server));
    let archive = hall.path("disk/hallway.db");
    let on_disk = |arguments: &[&str]| {
        let mut command = hall.command();
        command.arg("--archive").arg(&archive).args(arguments);
        hall.finish(command, b"")
    };
    on_disk(&["add", "--no-fetch", "list.opml"]).status(0);
    on_disk(&["fetch", "--all"])
        .status(1)
        .stderr_contains("there is no room left on the disk of the archive");
    disk.grow("20m");
    on_disk(&["check"]).status(0).stdout("");
    on_disk(&["fetch", "--all"]).status(0);
    on_disk(&["check"]).status(0).stdout("");
    let entries = on_disk(&["query", "--format", "jsonl"])
        .status(0)
        .stdout_json_lines();
    assert_eq!(entries.len(), FEEDS * ENTRIES);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_archive_is_called_so_and_left_as_it_is() {
    let hall = Hall::new();
    let Some(disk) = SmallDisk::mount(hall.path("disk"), "8m") else {
        println!("skipped: this user may not mount a small file system");
        return;
    };
    hall.write("feed.xml", atom("Well", &[("one", "Title", "<p>x</p>")]));
    let archive = hall.path("disk/hallway.db");
    let on_disk = |arguments: &[&str]| {
        let mut command = hall.command();
        command.arg("--archive").arg(&archive).args(arguments);
        hall.finish(command, b"")
    };
    on_disk(&["add", "feed.xml"]).status(0);
    // The log is emptied at the end: what was kept stands in the one file.
    assert_eq!(std::fs::read_dir(hall.path("disk")).unwrap().count(), 1);
    let before = std::fs::read(&archive).unwrap();
    disk.make_read_only();
    for arguments in [
        &["run"][..],
        &["fetch"],
        &["tag", "1", "x"],
        &["check", "--repair"],
    ] {
        on_disk(arguments)
            .status(1)
            .stdout("")
            .stderr_contains("the archive cannot be written: its file or its folder is read-only")
            .stderr_contains("hint: ");
    }
    assert_eq!(std::fs::read(&archive).unwrap(), before);
}

/// By the rights of a file and of a folder, which only another user than root has to keep.
#[cfg(unix)]
#[test]
fn a_file_or_a_folder_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[("one", "Title", "<p>x</p>")]));
    hall.write("kept/.here", "");
    let archive = hall.path("kept/hallway.db");
    let ran = |as_nobody: bool, arguments: &[&str]| {
        let mut command = hall.command();
        command.arg("--archive").arg(&archive).args(arguments);
        if as_nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    };
    hall.finish(ran(false, &["add", "feed.xml"]), b"").status(0);
    let mode = |path: &std::path::Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&hall.dir(), 0o755);
    let mut asked = ran(true, &["--version"]);
    if !asked.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: this user may not run programs as another");
        return;
    }
    let before = std::fs::read(&archive).unwrap();
    for (file, folder) in [(0o444, 0o777), (0o666, 0o555), (0o444, 0o555)] {
        mode(&archive, file);
        mode(&hall.path("kept"), folder);
        for arguments in [&["run"][..], &["tag", "1", "x"], &["fetch", "--all"]] {
            hall.finish(ran(true, arguments), b"")
                .status(1)
                .stdout("")
                .stderr_contains(
                    "the archive cannot be written: its file or its folder is read-only",
                )
                .stderr_lacks("SQLite");
        }
        assert_eq!(std::fs::read(&archive).unwrap(), before);
    }
    // A file that may not even be read.
    mode(&archive, 0o000);
    hall.finish(ran(true, &["query"]), b"")
        .status(1)
        .stdout("")
        .stderr_contains("error: the archive cannot be")
        .stderr_contains("hint: check that the folder is there and that you may write to it");
    mode(&archive, 0o644);
    mode(&hall.path("kept"), 0o755);
    hall.finish(ran(false, &["check"]), b"")
        .status(0)
        .stdout("");
}

#[cfg(unix)]
#[test]
fn a_signal_stops_a_poll_within_a_second_and_keeps_what_is_complete() {
    for signal in ["-TERM", "-INT"] {
        let server = Server::start();
        serve(&server);
        server.reply("/silent", [Reply::never()]);
        let hall = Hall::with_server(&server);
        hall.write("list.opml", list(&server));
        let silent = server.url("/silent");
        hall.run(["add", "--no-fetch", "list.opml", &silent])
            .status(0);
        let child = spawn(&hall, &["fetch"]);
        let began = Instant::now();
        let kept = || {
            hall.run(["query", "--format", "jsonl"])
                .out()
                .lines()
                .count()
        };
        while kept() < FEEDS * ENTRIES || server.requests("/silent").is_empty() {
            assert!(began.elapsed() < Duration::from_secs(60), "{}", kept());
            thread::sleep(Duration::from_millis(100));
        }
        let asked = Instant::now();
        let sent = std::process::Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let ended = child.wait_with_output().unwrap();
        assert!(
            asked.elapsed() < Duration::from_secs(1),
            "{:?}",
            asked.elapsed()
        );
        assert_eq!(ended.status.code(), Some(3));
        assert_complete(&hall);
    }
}
