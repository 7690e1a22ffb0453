//! Runs hallway and turns how it ended into the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    hallway::run(std::env::args_os())
}
