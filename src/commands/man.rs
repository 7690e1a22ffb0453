use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::exit::{CommandError, Exit};

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write the page of every command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, command: clap::Command) -> Result<Exit, CommandError> {
    match &args.dir {
        Some(folder) => write_all(folder, command),
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command)
                .render(&mut page)
                .and_then(|()| io::stdout().write_all(&page))
                .map_err(|error| CommandError::of_output(&error, "the manual page"))
        }
    }?;
    Ok(Exit::Well)
}

fn write_all(folder: &Path, command: clap::Command) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .map_err(|error| CommandError::of_output(&error, &folder.display().to_string()))
}
