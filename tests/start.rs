//! How long the program takes before it does anything: cron starts it every hour, a shell at every tab.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Hall;

/// The best of many, as a busy machine disturbs most of them.
fn best(make: impl Fn() -> Command) -> Duration {
    let once = || {
        let mut command = make();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        assert!(command.status().unwrap().success());
        start.elapsed()
    };
    (0..30).map(|_| once()).min().unwrap()
}

#[test]
fn an_empty_archive_answers_at_once() {
    let hall = Hall::new();
    hall.run(["add", "--no-fetch", "https://blog.example/feed"])
        .status(0);
    let floor = best(|| Command::new("true"));
    let query = best(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallway"));
        command.args(["--config", "/dev/null", "--archive"]);
        command.arg(hall.archive()).arg("query");
        command
    });
    // Where starting anything takes a millisecond, 10 ms; without optimisation three times that.
    let slow = floor.as_secs_f64().max(0.001) * 1000.0;
    let most = Duration::from_millis(if cfg!(debug_assertions) { 30 } else { 10 }).mul_f64(slow);
    assert!(query < most, "{query:?} where `true` takes {floor:?}");
}
