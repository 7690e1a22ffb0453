use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::exit::{CommandError, Exit};

/// The units that the README shows too.
const UNITS: [(&str, &str); 3] = [
    ("hallway.service", include_str!("systemd/hallway.service")),
    ("hallway.timer", include_str!("systemd/hallway.timer")),
    (
        "hallway-watch.service",
        include_str!("systemd/hallway-watch.service"),
    ),
];

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
        None => page(command)
            .and_then(|page| io::stdout().write_all(&page))
            .map_err(|error| CommandError::of_output(&error, "the manual page")),
    }?;
    Ok(Exit::Well)
}

/// The main page, with what clap knows nothing of.
fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    writeln!(page, ".SH UNATTENDED")?;
    writeln!(page, "In a crontab:")?;
    example(&mut page, "15 * * * *  hallway run")?;
    for (place, unit) in UNITS {
        writeln!(page, "With systemd, in ~/.config/systemd/user/{place}:")?;
        example(&mut page, unit)?;
    }
    Ok(page)
}

/// Lines as they stand.
fn example(page: &mut Vec<u8>, text: &str) -> io::Result<()> {
    writeln!(page, ".PP\n.RS 4\n.nf")?;
    for line in text.lines() {
        // A dot or quote at the beginning would be an order to troff.
        writeln!(page, "\\&{}", line.replace('\\', "\\e").replace('-', "\\-"))?;
    }
    writeln!(page, ".fi\n.RE\n.PP")
}

fn write_all(folder: &Path, command: clap::Command) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command.clone(), folder))
        .and_then(|()| std::fs::write(folder.join("hallway.1"), page(command)?))
        .map_err(|error| CommandError::of_output(&error, &folder.display().to_string()))
}
