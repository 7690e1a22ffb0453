//! The questions whose time must not grow with the archive.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use hallway::workbench::Shelf;
use nix::time::{ClockId, clock_gettime};

use crate::fill::{COMMON, NOW, PAIR, PHRASE, RARE};
use crate::measure::cost_of;

struct Question {
    name: &'static str,
    query: String,
    format: &'static str,
    relevance: bool,
    limit: Option<u64>,
    /// In ms.
    most: f64,
    aim: f64,
}

fn questions() -> Vec<Question> {
    let relevance = |name, query: String, most, aim| Question {
        name,
        query,
        format: "jsonl",
        relevance: true,
        limit: Some(50),
        most,
        aim,
    };
    let newest = |name, query: &str, format, limit, most, aim| Question {
        name,
        query: query.to_owned(),
        format,
        relevance: false,
        limit,
        most,
        aim,
    };
    let [one, other] = PAIR;
    vec![
        relevance("a rare word", RARE.to_owned(), 10.0, 2.0),
        relevance("two words", format!("{one} {other}"), 10.0, 2.0),
        relevance(
            "a rare word, a common word",
            format!("{RARE} {COMMON}"),
            10.0,
            2.0,
        ),
        relevance(
            "two of the commonest words",
            "conference database".to_owned(),
            60.0,
            15.0,
        ),
        relevance("a phrase", format!("\"{PHRASE}\""), 10.0, 2.0),
        relevance(
            "author: and a word",
            format!("author:surname77 {COMMON}"),
            10.0,
            2.0,
        ),
        relevance(
            "tag: and a word",
            format!("tag:topic-2000 {one}"),
            10.0,
            2.0,
        ),
        relevance(
            "feed: and a word",
            format!("feed:blog-77.example {COMMON}"),
            10.0,
            2.0,
        ),
        relevance(
            "title: and a word",
            format!("title:{COMMON} {one}"),
            10.0,
            2.0,
        ),
        relevance("a word in 2 % of all", one.to_owned(), 60.0, 15.0),
        relevance("a word in a third of all", COMMON.to_owned(), 60.0, 15.0),
        relevance(
            "the same since a year",
            format!("{COMMON} since:1y"),
            60.0,
            15.0,
        ),
        newest(
            "newest 50 of a common word",
            COMMON,
            "jsonl",
            Some(50),
            10.0,
            4.0,
        ),
        newest(
            "newest 50 of two common words",
            "conference database",
            "jsonl",
            Some(50),
            60.0,
            15.0,
        ),
        newest(
            "newest 50 of a tag",
            "tag:topic-0",
            "jsonl",
            Some(50),
            5.0,
            2.0,
        ),
        newest(
            "newest 50 of a rare tag",
            "tag:topic-2000",
            "jsonl",
            Some(50),
            5.0,
            2.0,
        ),
        newest("newest 50", "", "jsonl", Some(50), 5.0, 2.0),
        newest(
            "since 7 days, first 20 as text",
            "since:7d",
            "text",
            Some(20),
            10.0,
            4.0,
        ),
        newest("all since 7 days", "since:7d", "jsonl", None, 10.0, 4.0),
        newest("newest 1,000 as Atom", "", "atom", Some(1_000), 100.0, 50.0),
    ]
}

/// Each question warm in this process, best and median, and by the real binary.
///
/// What counts is the CPU it takes: nothing here waits for a disk, and on a busy machine the wall clock
/// says how busy it is.
pub(crate) fn table(
    path: &Path,
    entries: usize,
    runs: usize,
    only: Option<&str>,
) -> Result<String, Box<dyn Error>> {
    let shelf = Shelf::open(path);
    let mut text = format!(
        "{entries} entries; ms of CPU, best and median of {runs}, and by the wall clock; the whole process\n\n\
         | question | best | median | wall | process: CPU | wall | at most | aim | items |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    let is_asked = |question: &Question| only.is_none_or(|part| question.name.contains(part));
    for question in questions().into_iter().filter(is_asked) {
        let ask = || {
            let limit = question.limit;
            shelf.ask(
                &question.query,
                question.format,
                question.relevance,
                limit,
                NOW,
            )
        };
        // The first fills the caches.
        let (items, _) = ask();
        let (mut times, mut walls) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            let (start, before) = (Instant::now(), spent());
            ask();
            times.push(spent() - before);
            walls.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        walls.sort_by(f64::total_cmp);
        let (best, median) = (times[0], times[runs / 2]);
        let mark = match median {
            _ if median > question.most => " **missed**",
            _ if median > question.aim => " (aim missed)",
            _ => "",
        };
        let (cpu, wall) = match only {
            Some(_) => (0.0, 0.0),
            None => whole(path, &question)?,
        };
        let _ = writeln!(
            text,
            "| {} | {best:.1} | {median:.1}{mark} | {:.1} | {cpu:.0} | {wall:.0} | {:.0} | {:.0} | {items} |",
            question.name, walls[0], question.most, question.aim,
        );
        eprintln!("{}: {median:.1} ms", question.name);
    }
    Ok(text)
}

/// This thread's CPU time, in ms; `getrusage` counts in steps of 4 ms on some systems.
fn spent() -> f64 {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(0.0, |time| {
        time.tv_sec() as f64 * 1e3 + time.tv_nsec() as f64 / 1e6
    })
}

/// Best of five runs of the real binary: CPU and wall, in ms.
fn whole(path: &Path, question: &Question) -> Result<(f64, f64), Box<dyn Error>> {
    let archive = path.display().to_string();
    let limit = question.limit.unwrap_or(u64::MAX / 2).to_string();
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap_or_default();
    let now = format!("HALLWAY_NOW={}", now.to_rfc3339());
    let mut command = vec![
        "env",
        &now,
        env!("CARGO_BIN_EXE_hallway"),
        "--archive",
        &archive,
        "--config",
        "/dev/null",
        "query",
        &question.query,
        "--format",
        question.format,
        "--limit",
        &limit,
    ];
    if question.relevance {
        command.extend(["--sort", "relevance"]);
    }
    let mut best = (f64::MAX, f64::MAX);
    for _ in 0..5 {
        let cost = cost_of(&command)?;
        best.0 = best.0.min(cost.cpu.as_secs_f64() * 1e3);
        best.1 = best.1.min(cost.wall.as_secs_f64() * 1e3);
    }
    Ok(best)
}

fn hallway(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hallway"));
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap_or_default();
    command
        .arg("--archive")
        .arg(path)
        .args(["--config", "/dev/null"])
        .env("HALLWAY_NOW", now.to_rfc3339())
        .stdout(Stdio::null());
    command
}

/// Every format to the end of the archive: CPU, wall and memory of the real binary.
pub(crate) fn exports(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut text =
        "| everything as | CPU s | wall s | MiB |\n| --- | ---: | ---: | ---: |\n".to_owned();
    let archive = path.display().to_string();
    for format in [
        "jsonl", "json", "csv", "text", "markdown", "html", "eml", "atom", "rss", "jsonfeed",
        "opml",
    ] {
        let cost = cost_of(&[
            env!("CARGO_BIN_EXE_hallway"),
            "--archive",
            &archive,
            "--config",
            "/dev/null",
            "query",
            "--format",
            format,
            "--limit",
            "1000000000",
        ])?;
        let _ = writeln!(
            text,
            "| {format} | {:.1} | {:.1} | {} |",
            cost.cpu.as_secs_f64(),
            cost.wall.as_secs_f64(),
            cost.memory
        );
        eprintln!("{format}: {cost:?}");
    }
    Ok(text)
}

/// `query` on an empty archive, the whole process.
pub(crate) fn start(folder: &Path, runs: usize) -> Result<String, Box<dyn Error>> {
    let path = folder.join("empty.db");
    drop(Shelf::open(&path));
    let mut text = "| whole process, ms | best | median |\n| --- | ---: | ---: |\n".to_owned();
    let mut row = |name: &str, make: &dyn Fn() -> Command| -> Result<(), Box<dyn Error>> {
        let mut times = Vec::new();
        for _ in 0..runs {
            let mut command = make();
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let start = Instant::now();
            command.status()?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let _ = writeln!(
            text,
            "| {name} | {:.1} | {:.1} |",
            times[0],
            times[runs / 2]
        );
        Ok(())
    };
    row("`true`", &|| Command::new("true"))?;
    row("hallway --version", &|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallway"));
        command.arg("--version");
        command
    })?;
    row("hallway query, empty archive (at most 15, aim 5)", &|| {
        let mut command = hallway(&path);
        command.arg("query");
        command
    })?;
    Ok(text)
}
