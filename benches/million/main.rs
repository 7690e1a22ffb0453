//! An archive of up to a million entries, and what people ask of it:
//! `cargo bench --features workbench --bench million -- [--entries N] [--runs N] [--only PART]
//! [--exports] [--fresh]`.
//!
//! Fills an archive by the real way in (parse, clean, split, record; a close after each 5,000 entries, as of
//! a run that ends) and measures what a new entry costs on the way. Then asks the questions whose time must
//! not grow with the archive, in this process and warm, and by the real binary; with `--exports` every format
//! to its end. The archive stays beside the other outputs of a build: a second run asks it at once.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]
#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot begin has to stop"
)]
#![allow(dead_code, reason = "what the benches share, each uses in part")]

mod fill;
mod questions;

#[path = "../poll/measure.rs"]
mod measure;
#[path = "../poll/words.rs"]
mod words;

use std::error::Error;
use std::path::{Path, PathBuf};

use measure::print_cost;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, ..] = &arguments[..]
        && first == "--cost"
    {
        return Ok(print_cost(&arguments[1..])?);
    }
    let has = |name: &str| arguments.iter().any(|word| word == name);
    let number = |name: &str, otherwise: usize| {
        let at = arguments.iter().position(|word| word == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok())
            .unwrap_or(otherwise)
    };
    let entries = number("--entries", 20_000);
    let runs = number("--runs", 9);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("million-{entries}"));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("hallway.db");
    let is_there = folder.join("filled").exists();
    if has("--fresh") || !is_there {
        remove(&path)?;
        let growth = fill::fill(&path, entries);
        println!("{growth}");
        std::fs::write(folder.join("filled"), growth)?;
    } else {
        println!("{}", std::fs::read_to_string(folder.join("filled"))?);
    }
    let at = arguments.iter().position(|word| word == "--only");
    let only = at.and_then(|at| arguments.get(at + 1));
    let only = only.map(String::as_str);
    println!("{}", questions::table(&path, entries, runs, only)?);
    if only.is_some() {
        return Ok(());
    }
    if has("--exports") {
        println!("{}", questions::exports(&path)?);
    }
    println!("{}", questions::start(&folder, 50)?);
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm", ".lock"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
