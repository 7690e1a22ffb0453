//! The whole program beside the floors of its work, end to end, in one run:
//! `cargo bench --bench poll -- [--feeds N] [--rounds N] [--jobs N] [--vs COMMAND]`.
//!
//! Generates a set of feeds, serves it on loopback, polls it with the real binary: once from nothing, once
//! with every answer a 304, once with 5 % of the feeds changed by an entry. The floors are a bare loop of the
//! same requests, feed-rs alone, ammonia alone and bare inserts. Every figure is the median of the rounds.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod floors;
mod generate;
mod measure;
mod serve;
mod words;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use measure::{Cost, cost_of, print_cost};

/// What a run is asked for.
struct Wish {
    feeds: usize,
    rounds: usize,
    jobs: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--cost", ..] => return Ok(print_cost(&arguments[1..])?),
        ["--serve", folder] => return Ok(serve::serve(Path::new(folder))?),
        ["--floor", "fetch", list] => return floors::fetch(Path::new(list), false),
        ["--floor", "fetch-304", list] => return floors::fetch(Path::new(list), true),
        ["--floor", "parse", folder] => return floors::parse(Path::new(folder)),
        ["--floor", "clean", folder] => return floors::clean(Path::new(folder)),
        ["--floor", "store", folder, file] => {
            return floors::store(Path::new(folder), Path::new(file));
        }
        _ => {}
    }
    let number = |name: &str, otherwise: usize| {
        let at = words.iter().position(|word| *word == name);
        at.and_then(|at| words.get(at + 1)?.parse().ok())
            .unwrap_or(otherwise)
    };
    compare(&Wish {
        feeds: number("--feeds", 200),
        rounds: number("--rounds", 3),
        jobs: number("--jobs", 64),
    })
}

fn compare(wish: &Wish) -> Result<(), Box<dyn Error>> {
    let set = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("poll-{}", wish.feeds));
    eprintln!("generating {} feeds", wish.feeds);
    let raw = generate::write(&set, wish.feeds)?;
    let mut rounds = Rounds::default();
    for round in 1..=wish.rounds {
        eprintln!("round {round} of {}", wish.rounds);
        rounds.one(wish, &set)?;
    }
    let mut out = io::stdout().lock();
    rounds.print(&mut out, wish, raw)?;
    Ok(())
}

/// A reader without a full-text index, where it is installed (Debian's package); it reads no JSON Feed.
const NEWSBOAT: &str = "newsboat: first poll of the XML feeds";
const BESIDE_NEWSBOAT: &str = "hallway: the same";

fn is_installed(program: &str) -> bool {
    let mut version = Command::new(program);
    version
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    version.status().is_ok()
}

/// Polls that find little new are short, so each round has more of them, every time of the same archive.
const REPEATS: usize = 7;

/// What each part cost, a figure a round, or [`REPEATS`].
#[derive(Default)]
struct Rounds {
    rows: Vec<(&'static str, Vec<Cost>)>,
    /// Bytes of the archive after the first poll.
    disk: u64,
}

impl Rounds {
    fn one(&mut self, wish: &Wish, set: &Path) -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let server = Server::start(set)?;
        let list = path("addresses");
        fs::write(&list, server.addresses(wish.feeds, |_| true))?;
        fs::write(path("hallway.toml"), "")?;

        let this = std::env::current_exe()?.display().to_string();
        let sources = set.display().to_string();
        self.add("floor: requests", &[&this, "--floor", "fetch", &list])?;
        self.add("floor: feed-rs", &[&this, "--floor", "parse", &sources])?;
        self.add(
            "floor: feed-rs, ammonia",
            &[&this, "--floor", "clean", &sources],
        )?;
        self.add(
            "floor: feed-rs, rows and index",
            &[&this, "--floor", "store", &sources, &path("floor.db")],
        )?;

        let config = path("hallway.toml");
        if is_installed("newsboat") {
            let (xml, cache) = (path("xml-addresses"), path("newsboat.db"));
            fs::write(&xml, server.addresses(wish.feeds, |feed| is_xml(set, feed)))?;
            let newsboat = ["newsboat", "-u", &xml, "-c", &cache, "-C", "/dev/null"];
            self.add(NEWSBOAT, &[&newsboat[..], &["-x", "reload"]].concat())?;
            let fetch = subscribed(&xml, &path("xml.db"), &config, wish.jobs)?;
            self.add(BESIDE_NEWSBOAT, &refs(&fetch))?;
        }

        let archive = path("hallway.db");
        let fetch = subscribed(&list, &archive, &config, wish.jobs)?;
        self.add("hallway: first poll", &refs(&fetch))?;
        self.disk = fs::metadata(&archive)?.len();
        let first = path("first.db");
        fs::rename(&archive, &first)?;
        for _ in 0..REPEATS {
            fs::copy(&first, &archive)?;
            self.add(
                "floor: requests, all 304",
                &[&this, "--floor", "fetch-304", &list],
            )?;
            self.add("hallway: all 304", &refs(&fetch))?;
            server.change()?;
            self.add("hallway: 5 % changed", &refs(&fetch))?;
            server.change()?;
        }
        Ok(())
    }

    fn add(&mut self, name: &'static str, command: &[&str]) -> io::Result<()> {
        let cost = cost_of(command)?;
        match self.rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, costs)) => costs.push(cost),
            None => self.rows.push((name, vec![cost])),
        }
        Ok(())
    }

    fn cpu(&self, name: &str) -> f64 {
        let row = self.rows.iter().find(|(known, _)| *known == name);
        row.map_or(f64::NAN, |(_, costs)| {
            median(costs, |cost| cost.cpu.as_secs_f64())
        })
    }

    fn print(&self, out: &mut impl io::Write, wish: &Wish, raw: u64) -> io::Result<()> {
        writeln!(
            out,
            "{} feeds, {} MB, median of {} rounds, of polls that find little new of {}\n",
            wish.feeds,
            raw / 1_000_000,
            wish.rounds,
            wish.rounds * REPEATS
        )?;
        writeln!(
            out,
            "| work | CPU s | wall s | MiB |\n| --- | ---: | ---: | ---: |"
        )?;
        for (name, costs) in &self.rows {
            let cpu = median(costs, |cost| cost.cpu.as_secs_f64());
            let wall = median(costs, |cost| cost.wall.as_secs_f64());
            let memory = median(costs, |cost| cost.memory as f64);
            writeln!(out, "| {name} | {cpu:.2} | {wall:.2} | {memory:.0} |")?;
        }
        let reading = self.cpu("floor: feed-rs");
        let floors = self.cpu("floor: requests")
            + self.cpu("floor: feed-rs, ammonia")
            + self.cpu("floor: feed-rs, rows and index")
            - reading;
        let first = self.cpu("hallway: first poll");
        let unchanged = self.cpu("hallway: all 304");
        let wall = self
            .rows
            .iter()
            .find(|(name, _)| *name == "hallway: first poll");
        let wall = wall.map_or(f64::NAN, |(_, costs)| {
            median(costs, |cost| cost.wall.as_secs_f64())
        });
        writeln!(out, "\n| ratio | |\n| --- | ---: |")?;
        writeln!(
            out,
            "| first poll / sum of the floors | {:.2} |",
            first / floors
        )?;
        let newsboat = self.cpu(NEWSBOAT);
        if newsboat.is_finite() {
            writeln!(
                out,
                "| first poll / newsboat, the same feeds | {:.2} |",
                self.cpu(BESIDE_NEWSBOAT) / newsboat
            )?;
        }
        writeln!(
            out,
            "| first poll: wall / (CPU / 2) | {:.2} |",
            wall * 2.0 / first
        )?;
        writeln!(
            out,
            "| all 304 / bare loop | {:.2} |",
            unchanged / self.cpu("floor: requests, all 304")
        )?;
        writeln!(
            out,
            "| 5 % changed / all 304 | {:.2} |",
            self.cpu("hallway: 5 % changed") / unchanged
        )?;
        writeln!(
            out,
            "| archive / raw bytes | {:.2} |",
            self.disk as f64 / raw as f64
        )
    }
}

/// The command that polls a new archive's feeds: those of a list of addresses.
fn subscribed(
    list: &str,
    archive: &str,
    config: &str,
    jobs: usize,
) -> Result<Vec<String>, Box<dyn Error>> {
    let hallway = [
        env!("CARGO_BIN_EXE_hallway"),
        "--archive",
        archive,
        "--config",
        config,
    ];
    let feeds = format!("{list}.opml");
    fs::write(&feeds, opml(&fs::read_to_string(list)?))?;
    let subscribe = Command::new(hallway[0])
        .args(&hallway[1..])
        .args(["add", "--no-fetch", &feeds])
        .stderr(Stdio::null())
        .status()?;
    if !subscribe.success() {
        return Err("hallway add failed".into());
    }
    let jobs = jobs.to_string();
    let fetch = ["--quiet", "fetch", "--all", "--jobs", &jobs];
    let words = hallway.iter().chain(&fetch);
    Ok(words.map(|word| (*word).to_owned()).collect())
}

/// Whether a feed of the set is one that newsboat reads.
fn is_xml(set: &Path, number: usize) -> bool {
    let mut first = [0];
    let file = fs::File::open(set.join(format!("1/{number:05}.xml")));
    let read = file.and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"<"
}

fn refs(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

fn median(costs: &[Cost], figure: impl Fn(&Cost) -> f64) -> f64 {
    let mut figures: Vec<f64> = costs.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(set: &Path) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .arg(set)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let port = line.trim().parse()?;
        Ok(Self { process, port })
    }

    /// A host a feed, as far as loopback addresses reach.
    fn addresses(&self, feeds: usize, is_wanted: impl Fn(usize) -> bool) -> String {
        let mut list = String::new();
        for number in (0..feeds).filter(|number| is_wanted(*number)) {
            let (third, fourth) = (number / 250 % 250, number % 250 + 1);
            let _ = writeln!(
                list,
                "http://127.0.{third}.{fourth}:{}/{number:05}.xml",
                self.port
            );
        }
        list
    }

    fn change(&self) -> io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {} HTTP/1.1\r\n\r\n", serve::CHANGE)?;
        stream.read_exact(&mut [0; 12])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn opml(addresses: &str) -> String {
    let mut text = String::from("<opml version=\"2.0\"><head/><body>\n");
    for address in addresses.lines() {
        let _ = writeln!(
            text,
            "<outline type=\"rss\" text=\"notes\" xmlUrl=\"{address}\"/>"
        );
    }
    text.push_str("</body></opml>\n");
    text
}
