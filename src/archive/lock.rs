//! Says that a hallway is at work on an archive, so that a second one need not do the same.
//!
//! A lock of the operating system's on a file beside the archive: it ends with the process, however that
//! ends, while the file stays and means nothing. Nothing in the archive relies on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct AtWork {
    /// `None` where the file system knows no locks, or the file cannot be made: the archive is safe
    /// without, and whoever may not write hears of it from the archive itself.
    _file: Option<File>,
}

/// Another hallway is at work; the number of its process where it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) process: Option<u32>,
}

/// `hallway.db.lock` beside the archive, the same for every way the archive is named.
fn file_of(archive: &Path) -> PathBuf {
    let archive = archive
        .canonicalize()
        .unwrap_or_else(|_| archive.to_owned());
    let mut name = archive.into_os_string();
    name.push(".lock");
    name.into()
}

pub(super) fn take(archive: &Path) -> Result<AtWork, Taken> {
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(file_of(archive));
    let Ok(mut file) = opened else {
        return Ok(AtWork { _file: None });
    };
    match file.try_lock() {
        Ok(()) => {
            // Only to be told to a person: not worth failing for.
            let _ = file
                .set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| writeln!(file, "{}", std::process::id()));
            Ok(AtWork { _file: Some(file) })
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let read = file.take(32).read_to_string(&mut text);
            let process = read.ok().and_then(|_| text.trim().parse().ok());
            Err(Taken { process })
        }
        Err(TryLockError::Error(_)) => Ok(AtWork { _file: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_the_next_as_soon_as_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.db");
        std::fs::write(&archive, "").unwrap();
        let first = take(&archive).unwrap();
        let me = Taken {
            process: Some(std::process::id()),
        };
        assert_eq!(take(&archive).unwrap_err(), me);
        #[cfg(unix)]
        {
            let link = folder.path().join("link.db");
            std::os::unix::fs::symlink(&archive, &link).unwrap();
            assert_eq!(take(&link).unwrap_err(), me, "by another name");
        }
        assert!(take(&folder.path().join("b.db")).is_ok());
        drop(first);
        assert!(take(&archive).unwrap()._file.is_some());
    }

    #[test]
    fn where_no_lock_can_be_made_work_goes_on() {
        let nowhere = Path::new("/nowhere/at/all/a.db");
        assert!(take(nowhere).unwrap()._file.is_none());
    }
}
