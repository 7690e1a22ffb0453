use std::io::{self, Write};

use super::exit::{CommandError, Exit};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, mut command: clap::Command) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hallway", &mut script);
    io::stdout()
        .write_all(&script)
        .map_err(|error| CommandError::of_output(&error, "the completions"))?;
    Ok(Exit::Well)
}
