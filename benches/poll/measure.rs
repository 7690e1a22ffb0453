//! What a process costs, by the operating system's own account of it.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// User and system.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Peak resident set, in MiB.
    pub(crate) memory: u64,
}

/// Runs a command to its end in a process between, which has no other child, so that the figures are of
/// this one alone. An error when it ends badly.
pub(crate) fn cost_of(command: &[&str]) -> io::Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--cost")
        .args(command)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<u64> = text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    match figures[..] {
        [cpu, wall, memory] if output.status.success() => Ok(Cost {
            cpu: Duration::from_micros(cpu),
            wall: Duration::from_micros(wall),
            memory: memory / 1024,
        }),
        _ => Err(io::Error::other(format!("{command:?} failed"))),
    }
}

/// The process between: runs the command and prints microseconds of CPU and wall, and KiB.
pub(crate) fn print_cost(command: &[String]) -> io::Result<()> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| io::Error::other("no command"))?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(io::Error::other(format!("{program} ended with {status}")));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    println!(
        "{} {} {}",
        micros(usage.user_time()) + micros(usage.system_time()),
        wall.as_micros(),
        usage.max_rss()
    );
    Ok(())
}
