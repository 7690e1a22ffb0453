//! A file that is written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::commands::exit::CommandError;

/// What was written aside, to be put in place.
pub(crate) struct Aside {
    path: PathBuf,
    written: Written,
    pub(crate) hash: [u8; 32],
    /// The file at the path has the same bytes.
    pub(crate) is_unchanged: bool,
}

enum Written {
    Aside(NamedTempFile),
    /// A pipe or a device at the path cannot be replaced: it has the bytes already.
    Through,
}

/// Passes on and counts up what the file's hash is made of.
struct Hashing<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Aside {
    /// Writes beside the file, to the disk, and looks whether it differs. `None`: `fill` found that there
    /// is nothing to write.
    pub(crate) fn write(
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> Result<bool, CommandError>,
    ) -> Result<Option<Self>, CommandError> {
        let path = real(path);
        let of_output = |error: io::Error| failed(&error, &path);
        if fs::metadata(&path).is_ok_and(|facts| !facts.is_file()) {
            let out = File::options().write(true).open(&path).map_err(of_output)?;
            let (hash, any) = filled(out, &path, fill)?;
            return Ok(any.then_some(Self {
                path,
                written: Written::Through,
                hash,
                is_unchanged: false,
            }));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!(".{name}.");
        let folder = folder_of(&path);
        let mut aside = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(SUFFIX)
            .tempfile_in(folder)
            .map_err(of_output)?;
        sweep(folder, &prefix, aside.as_file());
        let (hash, any) = filled(aside.as_file_mut(), &path, fill)?;
        if !any {
            return Ok(None);
        }
        readable_by_all(aside.as_file()).map_err(of_output)?;
        aside.as_file().sync_all().map_err(of_output)?;
        let is_unchanged = hash_of(&path) == Some(hash);
        Ok(Some(Self {
            path,
            written: Written::Aside(aside),
            hash,
            is_unchanged,
        }))
    }

    /// Puts the file in place, so that it is there after a power cut too.
    pub(crate) fn put_in_place(self) -> Result<(), CommandError> {
        let Written::Aside(aside) = self.written else {
            return Ok(());
        };
        aside
            .persist(&self.path)
            .map_err(|error| failed(&error.error, &self.path))?;
        sync_folder(folder_of(&self.path)).map_err(|error| failed(&error, &self.path))
    }
}

/// Writes a file whole or not at all; with `if_changed`, one with the same bytes is left as it is.
pub(crate) fn write_file(
    path: &Path,
    if_changed: bool,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    match Aside::write(path, |out| fill(out).map(|()| true))? {
        Some(aside) if !(if_changed && aside.is_unchanged) => aside.put_in_place(),
        _ => Ok(()),
    }
}

fn filled(
    out: impl Write,
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<bool, CommandError>,
) -> Result<([u8; 32], bool), CommandError> {
    let mut out = BufWriter::with_capacity(
        64 * 1024,
        Hashing {
            out,
            hasher: blake3::Hasher::new(),
        },
    );
    let any = fill(&mut out)?;
    out.flush().map_err(|error| failed(&error, path))?;
    Ok((out.get_ref().hasher.finalize().into(), any))
}

/// BLAKE3 of a file; `None` where it cannot be read.
pub(crate) fn hash_of(path: &Path) -> Option<[u8; 32]> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut file = File::open(path).ok()?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hasher.finalize().into()),
            read => hasher.update(&buffer[..read]),
        };
    }
}

/// What a symbolic link leads to: the link itself is somebody's and stays.
fn real(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink());
    let target = is_link.then(|| path.canonicalize().ok()).flatten();
    target.unwrap_or_else(|| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn failed(error: &io::Error, path: &Path) -> CommandError {
    CommandError::of_output(error, &path.display().to_string())
}

/// The end of the name of what is being written.
const SUFFIX: &str = ".part";

/// Removes what kills have left of this file's earlier writings, a day old by the file system's clock.
fn sweep(folder: &Path, prefix: &str, fresh: &File) {
    let modified = |facts: fs::Metadata| facts.modified().ok();
    let Some(now) = fresh.metadata().ok().and_then(modified) else {
        return;
    };
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = item.file_name();
        let name = name.to_string_lossy();
        let middle = name
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(SUFFIX));
        let is_ours =
            middle.is_some_and(|m| m.len() == 6 && m.bytes().all(|b| b.is_ascii_alphanumeric()));
        let age = is_ours
            .then(|| item.metadata().ok().and_then(modified))
            .flatten();
        let age = age.and_then(|then| now.duration_since(then).ok());
        if age.is_some_and(|age| age.as_secs() > 86_400) {
            let _ = fs::remove_file(item.path());
        }
    }
}

/// A temporary file is its owner's alone; a digest is for the web server and the reader app.
#[cfg(unix)]
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &File) -> io::Result<()> {
    Ok(())
}

/// The new name is part of the folder, which has to reach the disk like the file.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str, if_changed: bool) {
        write_file(path, if_changed, |out| {
            out.write_all(text.as_bytes()).unwrap();
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn a_file_is_replaced_and_an_equal_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, "one", true);
        let identity = || fs::metadata(&path).unwrap().modified().unwrap();
        let before = identity();
        write(&path, "one", true);
        assert_eq!(identity(), before);
        write(&path, "two", true);
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_to_write_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        assert!(Aside::write(&path, |_| Ok(false)).unwrap().is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_everybody_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, "new", false);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        let mode = fs::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
        write(Path::new("/dev/null"), "new", false);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
