//! The archive's file: whose it is, how a connection to it is set up, and its migrations.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::ArchiveError;

/// Each step brings an archive from the version before it to its own (the first: from nothing to 1).
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/0001_initial.sql")];

/// `hall`: what tells an archive from any other SQLite file.
const APPLICATION_ID: i64 = 0x6861_6c6c;

/// How long one hallway waits for another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// What opening an older archive came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upgrade {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// The archive as it was before.
    pub(crate) copy: PathBuf,
}

/// The version that this hallway writes.
pub(super) fn known_version() -> i64 {
    MIGRATIONS.len() as i64
}

/// Opens the archive to write to it: looks whose the file is before anything touches it, makes it where
/// there is none, and brings it up to date.
pub(super) fn open_writer(path: &Path) -> Result<(Connection, Option<Upgrade>), ArchiveError> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(|error| ArchiveError::open(path, &error))?;
    }
    inspect(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut writer = Connection::open_with_flags(path, flags)
        .map_err(|error| ArchiveError::open(path, &error))?;
    // Only has a meaning for a file without pages yet. Contents are a few kilobytes: 8 KiB pages hold
    // most of them without a chain of further pages.
    writer.pragma_update(None, "page_size", 8192)?;
    set_up(&writer)?;
    let upgrade = migrate(&mut writer, path, &MIGRATIONS)?;
    // After the first step's transaction, so that a kill while the archive is made leaves an empty file
    // or a whole archive, never one that does not say whose it is.
    write_ahead(&writer)?;
    let cache = cache_for(pages(&writer)?);
    writer.pragma_update(None, "cache_size", -cache)?;
    // What a statement may have to undo is little, and a file for it costs more than the statement.
    writer.pragma_update(None, "temp_store", "memory")?;
    // 64 MiB: a checkpoint rewrites pages in place and waits for the disk, so not after each commit.
    writer.pragma_update(None, "wal_autocheckpoint", 8192)?;
    writer.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok((writer, upgrade))
}

/// How much the writer keeps in memory of an archive of so many pages, in KiB. A batch touches some thousand
/// pages, and in a large archive hardly two of its entries touch the same; what does not fit is written to the
/// log and read again within the batch.
fn cache_for(pages: i64) -> i64 {
    10_000 + (pages * 8 / 100).min(14_000)
}

fn pages(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "page_count", |row| row.get(0))
}

/// A copy of somebody's archive, brought up to date, to read from. The archive itself is only read: not
/// even its log is tidied.
pub(super) fn open_copy(path: &Path, copy: &Path) -> Result<Connection, ArchiveError> {
    inspect(path)?;
    let before = state_of(path);
    if before.is_none_or(|(size, _)| size == 0) {
        return Err(ArchiveError::NotAnArchive {
            path: path.to_owned(),
            found: "it is empty".to_owned(),
        });
    }
    // A reader of a log makes files beside it. Without a log nobody is at work, and none are needed.
    if !log_of(path).exists() {
        copy_aside(path, copy, "immutable=1")?;
        if state_of(path) == before && !log_of(path).exists() {
            return Ok(open_writer(copy)?.0);
        }
        // Somebody began to write meanwhile.
        fs::remove_file(copy).map_err(|error| ArchiveError::open(copy, &error))?;
    }
    copy_aside(path, copy, "mode=ro")?;
    Ok(open_writer(copy)?.0)
}

fn copy_aside(path: &Path, copy: &Path, how: &str) -> Result<(), ArchiveError> {
    let (Some(name), Some(copy)) = (path.to_str(), copy.to_str()) else {
        return Err(ArchiveError::open(path, &"its name is not UTF-8"));
    };
    let mut address = "file:".to_owned();
    for character in name.chars() {
        match character {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            _ => address.push(character),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(format!("{address}?{how}"), flags)
        .map_err(|error| ArchiveError::open(path, &error))?;
    reader.busy_timeout(BUSY_TIMEOUT)?;
    // What stands in the log may be newer than the header that was looked at.
    refuse_newer(path, version(&reader)?, known_version())?;
    reader.execute("VACUUM INTO ?1", [copy])?;
    Ok(())
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// A file's size and when it was last written.
fn state_of(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let facts = fs::metadata(path).ok()?;
    Some((facts.len(), facts.modified().ok()?))
}

/// A further connection, which only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, ArchiveError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags)
        .map_err(|error| ArchiveError::open(path, &error))?;
    set_up(&reader)?;
    reader.pragma_update(None, "query_only", true)?;
    reader.pragma_update(None, "cache_size", -2_000)?;
    Ok(reader)
}

fn set_up(connection: &Connection) -> Result<(), ArchiveError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The file may have been tampered with: its schema may not call functions with side effects.
    connection.pragma_update(None, "trusted_schema", false)?;
    // With a write-ahead log, NORMAL keeps the archive consistent through a power cut but may lose the
    // last commits, and tells of a failing disk only at a later checkpoint. Every commit here holds
    // something that somebody was told is done (a cursor behind a digest that went out, a person's tag,
    // entries whose run then ends with exit code 0), and there are few of them, as attempts are recorded
    // in batches. So FULL: what has been answered with Ok is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    // Once an archive has been analyzed, SQLite looks at what is bound to a statement and compiles it anew
    // for each value: most of the time that loading an entry took.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    // SQLite's own LIKE knows the upper and lower case of ASCII only.
    connection.create_scalar_function("contains_folded", 2, flags, |arguments| {
        let text: Option<String> = arguments.get(0)?;
        let part: String = arguments.get(1)?;
        Ok(text.is_some_and(|text| text.to_lowercase().contains(&part)))
    })?;
    Ok(())
}

/// Refuses what is no archive of ours by its first bytes, so that a refused file is not even opened by
/// SQLite, which might roll back or check point somebody else's database.
fn inspect(path: &Path) -> Result<(), ArchiveError> {
    let not_ours = |found: &str| ArchiveError::NotAnArchive {
        path: path.to_owned(),
        found: found.to_owned(),
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ArchiveError::open(path, &error)),
    };
    if metadata.is_dir() {
        return Err(not_ours("it is a folder"));
    }
    // Opening a named pipe would wait for ever.
    if !metadata.is_file() {
        return Err(not_ours("it is no regular file"));
    }
    if metadata.len() == 0 {
        return Ok(());
    }
    let mut header = Vec::with_capacity(100);
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(|error| ArchiveError::open(path, &error))?;
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(not_ours("it is no SQLite file"));
    }
    // SQLite's file format, 1.3: user version at 60, application id at 68, both big-endian.
    let number = |at: usize| {
        let bytes = header
            .get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_be_bytes).map(i64::from)
    };
    match (number(68), number(60)) {
        (Some(APPLICATION_ID), Some(version)) => refuse_newer(path, version, known_version()),
        (Some(_), Some(_)) => Err(not_ours("another program's SQLite file is there")),
        _ => Err(not_ours("it is cut off")),
    }
}

fn refuse_newer(path: &Path, version: i64, known: i64) -> Result<(), ArchiveError> {
    if version <= known {
        return Ok(());
    }
    Err(ArchiveError::Newer {
        path: path.to_owned(),
        version,
        known,
    })
}

fn version(connection: &Connection) -> Result<i64, ArchiveError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Runs the steps that are missing, each in a transaction of its own, and keeps a copy of an archive that
/// was made by an earlier hallway as it was.
fn migrate(
    writer: &mut Connection,
    path: &Path,
    steps: &[&str],
) -> Result<Option<Upgrade>, ArchiveError> {
    let known = steps.len() as i64;
    // The header on disk may be older than what stands in the write-ahead log.
    let from = version(writer)?;
    refuse_newer(path, from, known)?;
    let copy = match (1..known).contains(&from) {
        true => keep_copy(writer, path, from)?,
        false => None,
    };
    while version(writer)? < known {
        let step = writer.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        // Another hallway may have run it while this one waited for the lock.
        let done = version(&step)?;
        refuse_newer(path, done, known)?;
        if let Some(sql) = usize::try_from(done).ok().and_then(|done| steps.get(done)) {
            step.execute_batch(sql)?;
            step.pragma_update(None, "application_id", APPLICATION_ID)?;
            step.pragma_update(None, "user_version", done + 1)?;
            step.commit()?;
        }
    }
    Ok(copy.map(|copy| Upgrade {
        from,
        to: known,
        copy,
    }))
}

/// `hallway.db.schema-1.bak`: the whole archive beside itself. `None`: another hallway was faster.
fn keep_copy(writer: &Connection, path: &Path, from: i64) -> Result<Option<PathBuf>, ArchiveError> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".schema-{from}.{ending}"));
        PathBuf::from(name)
    };
    // Of this process alone: another may be at the same.
    let aside = beside(&format!("{}.part", std::process::id()));
    let Some(name) = aside.to_str() else {
        return Err(ArchiveError::open(path, &"its name is not UTF-8"));
    };
    let failed = |error: io::Error| ArchiveError::open(&aside, &error);
    if aside.exists() {
        fs::remove_file(&aside).map_err(failed)?;
    }
    let copied = writer.execute("VACUUM INTO ?1", [name]);
    if let Err(error) = copied {
        // Half a copy is none; the archive itself is as it was.
        let _ = fs::remove_file(&aside);
        return Err(error.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let is_older = version(&Connection::open_with_flags(&aside, flags)?)? == from;
    if !is_older {
        fs::remove_file(&aside).map_err(failed)?;
        return Ok(None);
    }
    let copy = beside("bak");
    File::open(&aside)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&aside, &copy))
        .map_err(failed)?;
    Ok(Some(copy))
}

/// Switches to the write-ahead log. SQLite does not wait for others here, whatever the busy timeout.
fn write_ahead(writer: &Connection) -> Result<(), ArchiveError> {
    const PAUSE: Duration = Duration::from_millis(25);
    let mut left = BUSY_TIMEOUT.as_millis() / PAUSE.as_millis();
    loop {
        let answer: Result<String, rusqlite::Error> =
            writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        match answer {
            Err(error) if is_busy(&error) && left > 0 => {
                left -= 1;
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(error.into()),
            // Where the file system has no shared memory the old mode stays, which works as well, with
            // readers waiting for the writer.
            Ok(_) => return Ok(()),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_archive_has_more_of_its_pages_at_hand_and_never_many() {
        assert_eq!(cache_for(0), 10_000);
        // 125 MiB, 1.5 GiB, 100 GiB.
        assert_eq!(cache_for(16_000), 11_280);
        assert_eq!(cache_for(200_000), 24_000);
        assert_eq!(cache_for(13_000_000), 24_000);
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = &folder.path().join("archive.db");
        let mut db = Connection::open(path).unwrap();
        let steps = [
            "CREATE TABLE a (x);",
            "CREATE TABLE b (x); CREATE TABLE a (x);",
        ];
        assert!(migrate(&mut db, path, &steps).is_err());
        assert_eq!(version(&db).unwrap(), 1);
        let tables: i64 = db
            .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);

        migrate(
            &mut db,
            path,
            &["CREATE TABLE a (x);", "CREATE TABLE b (x);"],
        )
        .unwrap();
        assert_eq!(version(&db).unwrap(), 2);
        assert!(matches!(
            migrate(&mut db, path, &["CREATE TABLE a (x);"]),
            Err(ArchiveError::Newer {
                version: 2,
                known: 1,
                ..
            })
        ));
    }

    #[test]
    fn an_older_archive_is_kept_as_it_was_before_its_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hallway.db");
        drop(open_writer(&path).unwrap());
        let entries = |path: &Path, column: &str| {
            let db = Connection::open(path).unwrap();
            db.prepare(&format!("SELECT {column} FROM feeds")).is_ok()
        };
        let steps = [MIGRATIONS[0], "ALTER TABLE feeds ADD COLUMN colour TEXT;"];
        let mut writer = Connection::open(&path).unwrap();
        let upgrade = migrate(&mut writer, &path, &steps).unwrap().unwrap();
        drop(writer);
        let copy = folder.path().join("hallway.db.schema-1.bak");
        let expected = Upgrade {
            from: 1,
            to: 2,
            copy: copy.clone(),
        };
        assert_eq!(upgrade, expected);
        assert!(entries(&path, "colour") && !entries(&copy, "colour"));
        assert!(entries(&copy, "url"));
        assert!(
            open_writer(&copy).unwrap().1.is_none(),
            "an archive of its own"
        );

        // A step that fails leaves the archive as it was, and its copy beside it.
        let worse = [steps[0], steps[1], "CREATE TABLE feeds (x);"];
        let mut writer = Connection::open(&path).unwrap();
        assert!(migrate(&mut writer, &path, &worse).is_err());
        assert_eq!(version(&writer).unwrap(), 2);
        assert!(folder.path().join("hallway.db.schema-2.bak").exists());
        // Once up to date nothing is copied.
        assert_eq!(migrate(&mut writer, &path, &steps).unwrap(), None);
    }
}
