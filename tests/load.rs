//! What many feeds cost. Ignored: a figure means something with an optimised build alone.
//! `cargo test --release --test main load:: -- --ignored --nocapture --test-threads=1`

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom};

const HOSTS: usize = 300;

/// The loopback address of a host by its number.
fn host(number: usize) -> String {
    format!("127.1.{}.{}", number / 250, number % 250 + 1)
}

fn list(urls: &[String]) -> String {
    let mut list = String::from("<opml version=\"2.0\"><head/><body>");
    for url in urls {
        let _ = write!(
            list,
            "<outline type=\"rss\" text=\"{url}\" xmlUrl=\"{url}\"/>"
        );
    }
    list + "</body></opml>"
}

/// Feeds by host as on the web: a few hosts have many, most have one or two.
fn spread(feeds: usize, port: u16) -> (Vec<String>, usize) {
    let mut counts = vec![1; HOSTS];
    let weights: f64 = (1..=HOSTS).map(|rank| 1.0 / rank as f64).sum();
    for (rank, count) in counts.iter_mut().enumerate() {
        let share = (feeds - HOSTS) as f64 / weights / (rank + 1) as f64;
        *count += share.round() as usize;
    }
    let mut urls = Vec::new();
    for (number, count) in counts.iter().enumerate() {
        for feed in 0..*count {
            urls.push(format!("http://{}:{port}/{feed}", host(number)));
        }
    }
    urls.truncate(feeds);
    (urls, counts[0])
}

/// User and system time of a process that runs, in seconds, and its largest memory in KiB.
fn spent(pid: u32) -> Option<(f64, u64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let peak = peak.split_whitespace().nth(1)?.parse().ok()?;
    Some((ticks as f64 / 100.0, peak))
}

/// The binary with these arguments.
fn measured(hall: &Hall, arguments: &[&str]) -> (Duration, f64, u64) {
    let mut command = hall.command();
    command.arg("--archive").arg(hall.archive()).args(arguments);
    run(command)
}

/// Runs it to its end: how long it took, what it spent, and the largest memory.
fn run(mut command: Command) -> (Duration, f64, u64) {
    let began = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut last = (0.0, 0);
    while child.try_wait().unwrap().is_none() {
        last = spent(child.id()).unwrap_or(last);
        std::thread::sleep(Duration::from_millis(10));
    }
    (began.elapsed(), last.0, last.1)
}

fn subscribed(urls: &[String]) -> Hall {
    let hall = Hall::new();
    hall.write("list.opml", list(urls));
    hall.run(["import", "--no-fetch", "list.opml"]).status(0);
    hall
}

#[test]
#[ignore = "a measurement"]
fn a_thousand_feeds_take_little_more_than_their_slowest_host_needs() {
    let server = Server::start_at("0.0.0.0:0");
    let (mut urls, most) = spread(1000, server.address().port());
    for feed in 0..most {
        let reply = Reply::ok(atom("Well", &[])).delay(Duration::from_millis(100));
        server.reply(&format!("/{feed}"), [reply]);
    }
    server.reply("/silent", [Reply::never()]);
    let least = Duration::from_millis(100) * u32::try_from(most.div_ceil(2)).unwrap();
    let hall = subscribed(&urls);
    let (took, _, peak) = measured(&hall, &["fetch", "--all"]);
    println!(
        "{} feeds, {most} of one host: {took:?}, least {least:?}, {peak} KiB",
        urls.len()
    );
    assert!(took < least.mul_f64(1.3), "{took:?} for {least:?}");

    for _ in 0..2 {
        urls.push(format!(
            "http://127.2.0.1:{}/silent",
            server.address().port()
        ));
    }
    urls.dedup();
    let hall = subscribed(&urls);
    let before = Instant::now();
    let (all, _, _) = measured(&hall, &["fetch", "--all"]);
    let mut ends: Vec<_> = server
        .all_requests()
        .iter()
        .filter(|request| request.at > before)
        .map(|request| request.at - before)
        .collect();
    ends.sort_unstable();
    println!(
        "with a silent host: the last request {:?}, all {all:?}",
        ends.last()
    );
    assert!(*ends.last().unwrap() < least.mul_f64(1.3));
}

#[test]
#[ignore = "a measurement"]
fn five_thousand_unchanged_feeds_are_cheap() {
    let server = Server::start_at("0.0.0.0:0");
    let port = server.address().port();
    let urls: Vec<_> = (0..5000)
        .map(|feed| format!("http://{}:{port}/{}", host(feed % HOSTS), feed / HOSTS))
        .collect();
    for feed in 0..=5000 / HOSTS {
        let reply = Reply::ok(atom("Well", &[])).header("ETag", "\"1\"");
        server.reply(&format!("/{feed}"), [reply.conditional()]);
    }
    let hall = subscribed(&urls);
    measured(&hall, &["fetch", "--all"]);
    let asked = server.all_requests().len();
    let (took, cpu, peak) = measured(&hall, &["fetch", "--all"]);
    assert_eq!(server.all_requests().len(), asked + 5000);
    println!("5000 unchanged: {took:?}, {cpu:.2} s of CPU, {peak} KiB at most");
    let (took, bare, _) = bare_loop(&urls);
    println!(
        "bare loop: {took:?}, {bare:.2} s of CPU; {:.2} times",
        cpu / bare
    );
    assert!(peak < 80 * 1024, "{peak} KiB");
    assert!(cpu <= 2.0 * bare, "{cpu} against {bare}");
}

/// The same requests with the HTTP library alone, in a process of its own: this test binary once more.
fn bare_loop(urls: &[String]) -> (Duration, f64, u64) {
    let hall = Hall::new();
    hall.write("urls", urls.join("\n"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "load::the_bare_loop", "--ignored"])
        .env("BARE_LOOP", hall.path("urls"));
    run(command)
}

#[test]
#[ignore = "run by the measurement"]
fn the_bare_loop() {
    let Some(file) = std::env::var_os("BARE_LOOP") else {
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let urls: Vec<String> = fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let jobs = std::sync::Arc::new(tokio::sync::Semaphore::new(32));
        let mut all = tokio::task::JoinSet::new();
        for url in urls {
            let (client, jobs) = (client.clone(), jobs.clone());
            all.spawn(async move {
                let _job = jobs.acquire_owned().await;
                let request = client.get(url).header("If-None-Match", "\"1\"");
                let answer = request.send().await.unwrap();
                answer.bytes().await.unwrap()
            });
        }
        all.join_all().await;
    });
}

/// A note of a day, some 4 KB of it: front matter of one kind or another, five talks, links, a list.
fn note(number: usize) -> (String, String) {
    let (year, month, day) = (2010 + number % 14, number % 12 + 1, number % 28 + 1);
    let folder = ["_posts", "content/talks", "meetings"][number % 3];
    let title = format!(
        "PipeConf {} {year}: day {}",
        ["Oslo", "Ghent", "Porto"][number % 3],
        number % 2 + 1
    );
    let mut text = match number % 3 {
        0 => format!(
            "---\ntitle: \"{title}\"\ndate: {year}-{month:02}-{day:02}\ntags: [pipes, ops]\n---\n"
        ),
        1 => format!("+++\ntitle = \"{title}\"\ndate = {year}-{month:02}-{day:02}\n+++\n"),
        _ => format!("# {title}\n\n{year}-{month:02}-{day:02}\n\n"),
    };
    for talk in 0..5 {
        let _ = write!(
            text,
            "\n## Pipes and tubes {number}-{talk} — Ann Poe {}\n\n",
            ["and Bo Roe", ""][talk % 2]
        );
        for line in 0..6 {
            let _ = writeln!(
                text,
                "- note {line} of talk {talk}: [valves](https://valves.example/{number}/{line}), water, and who mends it at night."
            );
        }
    }
    let name = format!("notes/{folder}/{year}-{month:02}-{day:02}-note-{number}.md");
    (name, text)
}

#[test]
#[ignore = "a load test"]
fn ten_thousand_notes_are_read_split_and_archived_in_little_memory() {
    const MOST: u64 = 300 * 1024;
    let hall = Hall::new();
    for number in 0..10_000 {
        let (name, text) = note(number);
        hall.write(&name, text);
    }
    let first = measured(&hall, &["add", "notes"]);
    let unchanged = measured(&hall, &["fetch", "--all"]);
    for number in 0..100 {
        let (name, text) = note(number);
        hall.write(&name, text + "\nAnd one more thing.\n");
    }
    let edited = measured(&hall, &["fetch", "--all"]);
    for (what, (wall, cpu, memory)) in
        [("new", first), ("unchanged", unchanged), ("edited", edited)]
    {
        println!(
            "10,000 notes, {what}: {wall:.1?}, {cpu:.1} s of processor, {} MiB",
            memory / 1024
        );
        assert!(memory <= MOST, "{what}: {memory} KiB");
    }
    let titles = |query: &str, by: &str| {
        let ran = hall.run(["query", query, "--by", by, "--format", "csv"]);
        ran.status(0).out().lines().count() - 1
    };
    assert_eq!(titles("", "entry"), 10_000);
    assert_eq!(titles("\"one more thing\"", "entry"), 100);
    assert!(titles("event:\"pipeconf oslo 2012\"", "talk") > 1_000);
    hall.run(["check"]).status(0);
}
