use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::exit::{CommandError, Exit};

/// Copy the archive while others read and write it
///
/// The copy is an archive of its own, of one moment, without a write-ahead log beside it. It takes the
/// place of an older copy only when it is whole.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the copy goes
    file: PathBuf,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let name = args.file.display().to_string();
    let of_output = |error: io::Error| CommandError::of_output(&error, &name);
    if is_same(&args.file, &context.archive_path) {
        return Err(
            CommandError::usage("the backup would be the archive itself")
                .with_hint("name another file, best on another disk"),
        );
    }
    let folder = match args.file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let aside = tempfile::Builder::new()
        .prefix(".hallway-backup-")
        .tempdir_in(folder)
        .map_err(of_output)?;
    let copy = aside.path().join("hallway.db");
    archive.copy_to(&copy)?;
    File::open(&copy)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&copy, &args.file))
        .map_err(of_output)?;
    Ok(Exit::Well)
}

/// By whatever name, also by a second hard link.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
