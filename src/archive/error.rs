//! What can go wrong with an archive, without a word of SQLite's own types.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// The path names something else. It has not been touched.
    #[error("{} is no hallway archive: {found}", path.display())]
    NotAnArchive { path: PathBuf, found: String },
    /// A later hallway wrote it. It has not been touched.
    #[error(
        "{} was written by a newer hallway (its schema is {version}, this hallway knows up to {known})",
        path.display()
    )]
    Newer {
        path: PathBuf,
        version: i64,
        known: i64,
    },
    /// The file or its folder could not be reached, made or written.
    #[error("cannot open the archive {}: {message}", path.display())]
    Open { path: PathBuf, message: String },
    /// Somebody else held the archive for longer than the busy timeout.
    #[error("the archive is busy: another hallway is at work on it")]
    Busy,
    #[error("there is no room left on the disk of the archive")]
    Full,
    #[error("the archive cannot be written: its file or its folder is read-only")]
    ReadOnly,
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// The subscription an attempt or a verb names is not there (any more).
    #[error("it is no longer subscribed")]
    NotSubscribed,
    #[error("no entry of this number is in the archive")]
    NoSuchEntry,
    /// A value that no archive can hold: one larger than SQLite's limits.
    #[error("the archive cannot hold it: {0}")]
    Refused(String),
    /// A bug of hallway's own ended the writer.
    #[error("hallway stumbled over its own archive")]
    Stumbled,
    /// Reading or writing the disk failed.
    #[error("the archive could not be read or written: {0}")]
    Failed(String),
}

impl ArchiveError {
    /// What a person can do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotAnArchive { .. } => {
                "name another file with --archive; a new one is made where none is"
            }
            Self::Newer { .. } => {
                "use the hallway that wrote it, or a newer one; nothing has been changed"
            }
            Self::Open { .. } | Self::ReadOnly => {
                "check that the folder is there and that you may write to it, or name another file with --archive"
            }
            Self::Busy => "wait until the other one has finished, then try again",
            Self::Full => "make room and run the same again; nothing that was kept is lost",
            Self::Damaged(_) => {
                "run hallway check --repair; if that does not help, go back to a backup"
            }
            Self::NotSubscribed | Self::NoSuchEntry | Self::Refused(_) | Self::Failed(_) => {
                return None;
            }
        })
    }

    /// Whether the archive as a whole is in trouble, so that going on with the next feed is no use.
    pub(super) fn is_of_the_whole(&self) -> bool {
        !matches!(
            self,
            Self::NotSubscribed | Self::NoSuchEntry | Self::Refused(_) | Self::Damaged(_)
        )
    }

    pub(super) fn open(path: &Path, message: &impl ToString) -> Self {
        Self::Open {
            path: path.to_owned(),
            message: message.to_string(),
        }
    }
}

impl From<rusqlite::Error> for ArchiveError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            Some(
                ErrorCode::TooBig
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::ParameterOutOfRange,
            ) => Self::Refused(error.to_string()),
            Some(_) => Self::Failed(error.to_string()),
            // A value of the wrong type, text that is no UTF-8: nothing that hallway wrote.
            None => Self::Damaged(error.to_string()),
        }
    }
}

/// Why a search ended early: the archive's fault, or that of whoever took the answer in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SearchError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Output(io::Error),
}

impl From<rusqlite::Error> for SearchError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Archive(error.into())
    }
}
