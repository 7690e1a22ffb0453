//! One connection that writes, a few that read, all on one file.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::ArchiveError;
use super::schema::{self, Upgrade};

/// Idle reading connections kept open; more are opened while they are needed.
const IDLE_READERS: usize = 4;

pub(super) struct Connections {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Connections {
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Upgrade>), ArchiveError> {
        let (writer, upgrade) = schema::open_writer(path).map_err(|error| match error {
            // SQLite does not say which of its files it could not make.
            ArchiveError::Failed(_) | ArchiveError::Open { .. } if is_read_only(path) => {
                ArchiveError::ReadOnly
            }
            // SQLite opens late, so that a folder that forbids it shows at the first statement.
            ArchiveError::Failed(message) => ArchiveError::open(path, &message),
            error => error,
        })?;
        let connections = Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        };
        Ok((connections, upgrade))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The one connection that writes; the next to ask waits.
    pub(super) fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back: the connection itself is sound.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that sees what was last committed, also while the writer writes.
    pub(super) fn reader(&self) -> Result<Reader<'_>, ArchiveError> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.path)?,
        };
        Ok(Reader {
            connection: Some(connection),
            home: self,
        })
    }

    /// Closes the idle readers, so that the log can be emptied.
    pub(super) fn close_readers(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the archive is there, but may not be written, or nothing made beside it.
fn is_read_only(path: &Path) -> bool {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    path.is_file()
        && (std::fs::OpenOptions::new().write(true).open(path).is_err()
            || tempfile::tempfile_in(folder).is_err())
}

/// Takes the write lock at once: a transaction that began by reading could not get it any more after
/// another process has written.
pub(super) fn write(writer: &mut Connection) -> Result<Transaction<'_>, ArchiveError> {
    Ok(writer.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// A reading connection on loan.
pub(super) struct Reader<'a> {
    /// `None` only while it is given back.
    connection: Option<Connection>,
    home: &'a Connections,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "only `drop` takes it out")]
    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a reader holds a connection")
    }
}

impl DerefMut for Reader<'_> {
    #[expect(clippy::expect_used, reason = "only `drop` takes it out")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("a reader holds a connection")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let mut idle = self.home.idle();
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }
}
