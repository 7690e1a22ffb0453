use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::context::Context;
use super::exit::{CommandError, Exit};
use crate::render::Warc;

/// Write the raw answers that are kept
///
/// As WARC 1.1, for web archives and their tools; `[archive] raw` in hallway.toml says whether any are kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where they go; a name that ends in .gz gets each record compressed
    #[arg(long, value_name = "FILE")]
    warc: PathBuf,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let name = args.warc.display().to_string();
    let of_output = |error: std::io::Error| CommandError::of_output(&error, &name);
    let folder = match args.warc.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let aside = tempfile::Builder::new()
        .prefix(".hallway-export-")
        .tempfile_in(folder)
        .map_err(of_output)?;
    let gzip = args.warc.extension().is_some_and(|ending| ending == "gz");
    let file_name = args.warc.file_name().unwrap_or_default().to_string_lossy();
    let mut out = BufWriter::new(aside);
    let mut warc = Warc::begin(&mut out, gzip, &file_name, context.now).map_err(of_output)?;
    let (mut at, mut written) = (0, 0);
    while let Some((id, _, answer)) = archive.raw_after(at)? {
        warc.write(&answer).map_err(of_output)?;
        at = id;
        written += 1;
    }
    out.flush().map_err(of_output)?;
    let aside = out
        .into_inner()
        .map_err(|error| of_output(error.into_error()))?;
    aside
        .as_file()
        .sync_all()
        .and_then(|()| aside.persist(&args.warc).map_err(|error| error.error))
        .map_err(of_output)?;
    context.terminal.note(&match written {
        1 => "1 answer written".to_owned(),
        _ => format!("{written} answers written"),
    });
    if written == 0 {
        context
            .terminal
            .hint("`[archive] raw = \"latest\"` in hallway.toml keeps answers from now on");
    }
    Ok(Exit::Well)
}
