//! Reads feeds and notes from disk. Blocking; [`super::Fetcher`] calls it on the blocking pool.
//!
//! Symbolic links to files are followed, those to folders below a subscribed one are not: there is no
//! circle to get lost in, and a link out of the folder brings in one note at most.

mod git;

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use chrono::{DateTime, Utc};
use url::Url;

use super::failure;
use crate::source::{
    Answer, Body, Document, Failure, FailureKind, Source, Validators, is_note_name,
};

/// Folders that hold no notes of their own, besides the hidden ones.
const IGNORED: [&str; 8] = [
    "_drafts",
    "_includes",
    "_layouts",
    "_site",
    "layouts",
    "node_modules",
    "public",
    "themes",
];

/// What a path on disk is as a source, by its canonical absolute path.
pub(crate) fn local_source(path: &Path) -> Result<Source, Failure> {
    let path = path.canonicalize().map_err(|error| of_io(&error))?;
    let metadata = fs::metadata(&path).map_err(|error| of_io(&error))?;
    if metadata.is_dir() {
        Ok(Source::Folder(path))
    } else if metadata.is_file() {
        Ok(Source::File(path))
    } else {
        Err(not_regular())
    }
}

/// Reads a file or a folder, if it has changed since `validators` were given.
pub(super) fn read(
    source: &Source,
    validators: &Validators,
    max_size: u64,
) -> Result<Answer, Failure> {
    match source {
        Source::File(path) => read_file(path, validators, max_size),
        Source::Folder(path) => read_folder(path, validators, max_size),
        Source::Http(_) | Source::Stdin => Err(not_regular()),
    }
}

fn read_file(path: &Path, validators: &Validators, max_size: u64) -> Result<Answer, Failure> {
    let metadata = fs::metadata(path).map_err(|error| of_io(&error))?;
    // Taken before the bytes are read: a change in between is seen by the next poll.
    let etag = fingerprint([("", &metadata)]);
    if validators.etag.as_ref() == Some(&etag) {
        return Ok(answer(Some(etag), Body::Unchanged));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut document = read_note(path, &metadata, name.clone().into_owned(), max_size)?;
    if let Some(folder) = path.parent().filter(|_| is_note_name(path)) {
        document.created = git::added(folder, Some(&name)).remove(name.as_ref());
    }
    let body = Body::Documents {
        documents: vec![document],
        unreadable: Vec::new(),
    };
    Ok(answer(Some(etag), body))
}

/// A note that the walk found.
struct Note {
    /// Relative to the folder, with `/`.
    name: String,
    path: PathBuf,
    metadata: Metadata,
}

fn read_folder(root: &Path, validators: &Validators, max_size: u64) -> Result<Answer, Failure> {
    let (mut notes, mut unreadable) = walk(root)?;
    notes.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let etag = fingerprint(
        notes
            .iter()
            .map(|note| (note.name.as_str(), &note.metadata)),
    );
    if unreadable.is_empty() && validators.etag.as_ref() == Some(&etag) {
        return Ok(answer(Some(etag), Body::Unchanged));
    }
    let mut added = git::added(root, None);
    let mut documents = Vec::with_capacity(notes.len());
    for Note {
        name,
        path,
        metadata,
    } in notes
    {
        match read_note(&path, &metadata, name.clone(), max_size) {
            Ok(mut document) => {
                document.created = added.remove(&name);
                documents.push(document);
            }
            Err(failure) => unreadable.push(named(&name, failure)),
        }
    }
    // A note may become readable without a change of its size or time, so a folder with such notes
    // is not recognised again.
    let etag = unreadable.is_empty().then_some(etag);
    let body = Body::Documents {
        documents,
        unreadable,
    };
    Ok(answer(etag, body))
}

/// Every note below `root`, in no order, and what could not be looked at.
fn walk(root: &Path) -> Result<(Vec<Note>, Vec<Failure>), Failure> {
    let mut found = Found::default();
    let mut folders = vec![(root.to_owned(), String::new())];
    // One folder is open at a time: a wide tree must not use up the process's file descriptors.
    while let Some((folder, above)) = folders.pop() {
        let looked = fs::read_dir(&folder).and_then(|entries| {
            for entry in entries {
                found.look_at(&entry?, &above, &mut folders);
            }
            Ok(())
        });
        match looked {
            Ok(()) => {}
            Err(error) if above.is_empty() => return Err(of_io(&error)),
            Err(error) => found.unreadable.push(named(&above, of_io(&error))),
        }
    }
    Ok((found.notes, found.unreadable))
}

#[derive(Default)]
struct Found {
    notes: Vec<Note>,
    unreadable: Vec<Failure>,
}

impl Found {
    fn look_at(&mut self, entry: &DirEntry, above: &str, folders: &mut Vec<(PathBuf, String)>) {
        if is_ignored(&entry.file_name()) {
            return;
        }
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push((path, format!("{name}/")));
        } else if is_note_name(&path) || is_other_text(&path) {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(metadata) => self.notes.push(Note {
                    name,
                    path,
                    metadata,
                }),
                Err(error) => self.unreadable.push(named(&name, of_io(&error))),
            }
        }
    }
}

/// In a folder of notes these are some, too.
fn is_other_text(path: &Path) -> bool {
    let known = |name: &str| {
        ["html", "htm", "txt"]
            .iter()
            .any(|of| name.eq_ignore_ascii_case(of))
    };
    path.extension().and_then(OsStr::to_str).is_some_and(known)
}

fn is_ignored(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || IGNORED.iter().any(|ignored| name == *ignored)
}

/// One file's bytes. What is no regular file is refused before it is opened: opening a FIFO waits
/// until somebody writes.
fn read_note(
    path: &Path,
    metadata: &Metadata,
    name: String,
    max_size: u64,
) -> Result<Document, Failure> {
    if !metadata.is_file() {
        return Err(not_regular());
    }
    if metadata.len() > max_size {
        return Err(failure::too_large(max_size));
    }
    let file = File::open(path).map_err(|error| of_io(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // It may grow while it is read, and in /proc every file claims to be empty.
    file.take(max_size.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| of_io(&error))?;
    if bytes.len() as u64 > max_size {
        return Err(failure::too_large(max_size));
    }
    Ok(Document {
        location: Url::from_file_path(path).ok(),
        modified: modified(metadata),
        file_name: Some(name),
        ..Document::from_bytes(bytes)
    })
}

/// Recognises the state of files by names, sizes and times.
fn fingerprint<'a>(notes: impl IntoIterator<Item = (&'a str, &'a Metadata)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, metadata) in notes {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(&metadata.len().to_le_bytes());
        hasher.update(&times(metadata));
    }
    hasher.finalize().to_hex().to_string()
}

/// The time of the last change of the bytes, to the nanosecond.
#[cfg(not(unix))]
fn times(metadata: &Metadata) -> Vec<u8> {
    let since_1970 = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since_1970.map_or(Vec::new(), |time| time.as_nanos().to_le_bytes().to_vec())
}

/// The times of the last change of the bytes and of the file's own record, and which file it is: a
/// copy that keeps the old time (`cp -p`, `rsync -t`) is a change nevertheless.
#[cfg(unix)]
fn times(metadata: &Metadata) -> Vec<u8> {
    use std::os::unix::fs::MetadataExt;
    [
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
        metadata.ino().cast_signed(),
    ]
    .into_iter()
    .flat_map(i64::to_le_bytes)
    .collect()
}

/// `None` for times before 1970 and beyond what a calendar holds.
fn modified(metadata: &Metadata) -> Option<DateTime<Utc>> {
    let since_1970 = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since_1970.as_secs()).ok()?;
    DateTime::from_timestamp(seconds, since_1970.subsec_nanos())
}

fn answer(etag: Option<String>, body: Body) -> Answer {
    Answer {
        http_status: None,
        moved_to: None,
        validators: Validators {
            etag,
            last_modified: None,
        },
        fresh_until: None,
        body,
    }
}

fn named(name: &str, mut failure: Failure) -> Failure {
    failure.message = format!("{name}: {}", failure.message);
    failure
}

fn not_regular() -> Failure {
    Failure::new(FailureKind::File, "is neither a file nor a folder")
}

fn of_io(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::new(FailureKind::File, "there is no such file or folder")
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new(FailureKind::File, "may not be read: permission denied")
        }
        _ => Failure::new(FailureKind::File, format!("cannot be read: {error}")),
    }
}
