use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");

#[cfg(unix)]
fn signal(name: &str, pid: u32) {
    let sent = std::process::Command::new("kill")
        .args([name, &pid.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[test]
fn it_polls_tells_systemd_and_stops_at_once() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.write("hallway.toml", "");
    let socket = std::os::unix::net::UnixDatagram::bind(hall.path("notify")).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut command = hall.command();
    command
        .arg("--archive")
        .arg(hall.archive())
        .args([
            "--config",
            "hallway.toml",
            "fetch",
            "--watch",
            "--metrics",
            "numbers.prom",
        ])
        .env("NOTIFY_SOCKET", hall.path("notify"))
        .env("WATCHDOG_USEC", "400000")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = String::new();
    let mut hear = |wanted: &str| {
        let mut buffer = [0; 4096];
        while !said.contains(wanted) {
            let length = socket
                .recv(&mut buffer)
                .unwrap_or_else(|_| panic!("no {wanted} in {said}"));
            said.push_str(&String::from_utf8_lossy(&buffer[..length]));
            said.push('\n');
        }
    };
    hear("READY=1");
    hear("STATUS=1 polled, 0 failed, 1 new; sleeping 60 s");
    hear("WATCHDOG=1");
    hall.write("hallway.toml", "[fetch]\njobs = 0\n");
    signal("-HUP", child.id());
    hear("STATUS=reading the config again");
    hear("STATUS=0 polled");
    let began = Instant::now();
    signal("-TERM", child.id());
    hear("STOPPING=1");
    let ended = child.wait().unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    assert!(ended.success());
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(
        told.contains("the config read before stays in force"),
        "{told}"
    );
    assert!(
        hall.read("numbers.prom")
            .contains("hallway_feeds{state=\"active\"} 1\n")
    );
    assert_eq!(server.requests("/feed").len(), 1);
}

#[test]
fn numbers_are_written_for_monitoring() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    server.reply("/ill", [Reply::status(500)]);
    let hall = Hall::with_server(&server);
    let secret = server.url("/feed").replace("http://", "http://ann:secret@");
    hall.run(["add", "--no-fetch", &secret, &server.url("/ill")])
        .status(0);
    hall.run(["fetch", "--metrics", "numbers.prom"]).status(3);
    let numbers = hall.read("numbers.prom");
    for line in [
        "hallway_feeds{state=\"failing\"} 1",
        "hallway_last_run_polled 2",
        "hallway_last_run_failed 1",
        "hallway_last_run_new_entries 1",
        "hallway_last_run_timestamp_seconds 1795262400",
    ] {
        assert!(
            numbers.lines().any(|known| known == line),
            "{line} in {numbers}"
        );
    }
    assert!(!numbers.contains("secret"));
    hall.run(["run", "--metrics", "missing/numbers.prom"])
        .status(1);
}

#[test]
fn the_archive_is_counted() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE, ("two", "Second", "x")]));
    hall.write(
        "old.xml",
        atom("Well", &[("three", "Third", "x")]).replace("2026-11", "2018-11"),
    );
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["import-entries", "old.xml", "--feed", "well"])
        .status(0);
    let stats = hall.run(["stats", "--json"]).status(0).stdout_json();
    assert_eq!(stats["entries"], 3);
    assert_eq!(stats["backfilled"], 1);
    assert_eq!(stats["feeds"][0]["entries"], 3);
    assert_eq!(
        stats["by_year"],
        serde_json::json!([{"period": "2018", "entries": 1}, {"period": "2026", "entries": 2}])
    );
    assert_eq!(
        stats["growth"],
        serde_json::json!([{"period": "2026-11", "entries": 3}])
    );
    assert!(stats["disk_bytes"].as_u64().unwrap() > 10_000);
    hall.run(["stats"])
        .status(0)
        .stdout_contains("3 entries (1 from the past)")
        .stdout_contains("\nBy year\n       1  2018\n       2  2026\n");
}

#[test]
fn a_move_is_listed_and_taken_back() {
    let server = Server::start();
    server.reply(
        "/old",
        [
            Reply::ok(atom("Well", &[ONE])),
            Reply::redirect(301, "/new"),
        ],
    );
    server.reply("/new", [Reply::ok(atom("Well", &[ONE]))]);
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/old")]).status(0);
    hall.run(["undo"])
        .status(1)
        .stderr_contains("there is no move to undo");
    // However long a redirect has to last before it is believed.
    for day in 23..30 {
        hall.later(&format!("2026-11-{day}T12:00:00Z"));
        hall.run(["fetch", "--all"]).status(0);
    }
    for day in 1..20 {
        hall.later(&format!("2026-12-{day:02}T12:00:00Z"));
        hall.run(["fetch", "--all"]).status(0);
    }
    let moves = hall
        .run(["feeds", "--moved", "--json"])
        .status(0)
        .stdout_json_lines();
    assert_eq!(moves[0]["from"], server.url("/old"));
    assert_eq!(moves[0]["to"], server.url("/new"));
    hall.run(["undo"])
        .status(0)
        .stderr("Well ([SERVER]/old) is polled there again\n");
    hall.run(["feeds", "--moved"])
        .status(0)
        .stdout_contains(", undone ");
    hall.run(["undo", "1"])
        .status(1)
        .stderr_contains("cannot be undone");
    let _ = LATER;
}

#[cfg(unix)]
#[test]
fn without_a_network_it_asks_once_a_minute_and_not_every_second() {
    let proxy = Server::start();
    let mut hall = Hall::new();
    for name in ["a", "b"] {
        let url = format!("http://{name}.invalid/feed");
        proxy.reply(&url, [Reply::ok(atom(name, &[ONE]))]);
        hall.run(["add", "--no-fetch", &url]).status(0);
    }
    let mut command = hall.command();
    command.arg("--archive").arg(hall.archive()).arg("fetch");
    command.env("http_proxy", proxy.url("")).env("NO_PROXY", "");
    hall.finish(command, b"").status(0);
    hall.later(LATER);
    let mut command = hall.command();
    command
        .arg("--archive")
        .arg(hall.archive())
        .args(["fetch", "--watch", "--json"])
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(4));
    signal("-TERM", child.id());
    let mut told = String::new();
    let mut out = child.stdout.take().unwrap();
    out.read_to_string(&mut told).unwrap();
    child.wait().unwrap();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("\"dns\""), "{told}");
}
