use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::*;

/// Every file of a folder with its bytes.
fn state(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// Opens a file that must be refused, and must be as before then.
#[track_caller]
fn refusal(path: &Path) -> ArchiveError {
    let before = state(path.parent().unwrap());
    let error = Archive::open(path).err().expect("it should be refused");
    assert_eq!(state(path.parent().unwrap()), before, "it was touched");
    assert!(error.hint().is_some());
    error
}

#[test]
fn what_was_recorded_is_there_when_opened_again() {
    let hall = Hall::new();
    let path = hall.path();
    let feed = hall.follow("https://blog.example/feed");
    hall.add(feed, entry("1", "Kept", "<p>words</p>"));
    let Hall { folder, archive } = hall;
    archive.close().unwrap();
    assert_eq!(
        state(path.parent().unwrap()).len(),
        1,
        "no side files are left"
    );

    let hall = Hall {
        archive: Archive::open(&path).unwrap(),
        folder,
    };
    assert_eq!(hall.titles("words", By::Entry), ["Kept"]);
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn what_was_recorded_survives_a_kill() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    hall.add(feed, entry("1", "Kept", "<p>words</p>"));
    // As the disk looks when nothing more is written: the file and its log.
    let copy = tempfile::tempdir().unwrap();
    for (path, bytes) in state(hall.path().parent().unwrap()) {
        fs::write(copy.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    let archive = Archive::open(&copy.path().join("hallway.db")).unwrap();
    let after = Hall {
        folder: copy,
        archive,
    };
    assert_eq!(after.titles("words", By::Entry), ["Kept"]);
    assert!(after.archive.check().unwrap().is_empty());
}

#[test]
fn what_is_no_archive_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for (bytes, found) in [
        (&b"# Some notes\n"[..], "no SQLite file"),
        (&[0; 8192][..], "no SQLite file"),
        (&b"SQLite format 3\0"[..], "cut off"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = refusal(&path).to_string();
        assert!(error.contains(found), "{error}");
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url)")
        .unwrap();
    assert!(refusal(&path).to_string().contains("another program's"));
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    assert!(refusal(&inner).to_string().contains("folder"));
}

#[test]
fn a_newer_archive_is_refused_untouched() {
    let hall = Hall::new();
    let path = hall.path();
    let Hall {
        folder: _folder,
        archive,
    } = hall;
    archive.close().unwrap();
    let newer = Connection::open(&path).unwrap();
    newer
        .pragma_update(None, "user_version", schema::known_version() + 1)
        .unwrap();
    drop(newer);
    let error = refusal(&path);
    assert!(matches!(error, ArchiveError::Newer { .. }), "{error}");
}

#[test]
fn a_damaged_archive_is_named_as_such() {
    let hall = Hall::new();
    let path = hall.path();
    let feed = hall.follow("https://blog.example/feed");
    let entries = (0..200).map(|n| new(entry(&n.to_string(), "Title", &format!("<p>{n}</p>"))));
    hall.record(feed, entries.collect());
    let Hall {
        folder: _folder,
        archive,
    } = hall;
    archive.close().unwrap();
    let whole = fs::read(&path).unwrap();
    for damage in 0..3 {
        let mut bytes = whole.clone();
        let half = bytes.len() / 2;
        match damage {
            0 => bytes.truncate(half),
            1 => bytes[100..8192].fill(0),
            _ => bytes[half..].fill(0xa5),
        }
        fs::write(&path, bytes).unwrap();
        match Archive::open(&path) {
            Ok(archive) => assert_ne!(archive.check().unwrap(), [""; 0], "damage {damage}"),
            Err(error) => assert!(matches!(error, ArchiveError::Damaged(_)), "{error}"),
        }
    }
}

#[test]
fn an_empty_file_becomes_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    assert!(Archive::open(&path).unwrap().check().unwrap().is_empty());
}

#[test]
fn several_may_make_the_archive_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hallway.db");
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Archive::open(&path).map(drop)))
            .collect();
        for one in all {
            one.join().unwrap().unwrap();
        }
    });
    assert!(Archive::open(&path).unwrap().check().unwrap().is_empty());
}

#[test]
fn a_busy_archive_is_said_to_be_busy() {
    let hall = Hall::new();
    let second = Archive::open(&hall.path()).unwrap();
    let mut writer = hall.archive.connections.writer();
    let _held = write(&mut writer).unwrap();
    second
        .connections
        .writer()
        .busy_timeout(std::time::Duration::from_millis(50))
        .unwrap();
    let error = second
        .subscribe(&wish("https://blog.example/"), at(0))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Busy), "{error}");
    assert!(error.to_string().contains("another hallway"));
    // Reading goes on.
    assert!(second.subscriptions().unwrap().is_empty());
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    hall.add(feed, entry("1", "Kept", ""));
    let pages: i64 = {
        let writer = hall.archive.connections.writer();
        let pages = writer
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        writer.pragma_update(None, "max_page_count", pages).unwrap();
        pages
    };
    let long: String = (0..60_000).map(|n| format!("{n:x} ")).collect();
    let changes = || vec![new(entry("2", "Long", &long))];
    let error = hall
        .archive
        .record(vec![read(feed, changes())])
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Full), "{error}");
    assert!(hall.archive.check().unwrap().is_empty());
    hall.archive
        .connections
        .writer()
        .pragma_update(None, "max_page_count", pages + 10_000)
        .unwrap();
    assert_eq!(hall.record(feed, changes()).new, 1);
    assert_eq!(hall.titles("", By::Entry), ["Long", "Kept"]);
}

#[test]
fn the_connection_is_set_up_as_promised() {
    let hall = Hall::new();
    let writer = hall.archive.connections.writer();
    let pragma = |name: &str| -> String {
        let sql = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        writer.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    for (name, value) in [
        ("journal_mode", "wal"),
        ("foreign_keys", "1"),
        ("synchronous", "2"),
        ("trusted_schema", "0"),
    ] {
        assert_eq!(pragma(name), value, "{name}");
    }
    assert_eq!(pragma("application_id"), 0x6861_6c6c.to_string());
    assert_eq!(pragma("user_version"), "1");
}

#[test]
fn contents_are_packed_with_what_the_first_of_them_have_in_common() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let words = "deploys queues pagers dashboards shards canaries retries ledgers probes gossip";
    let words: Vec<&str> = words.split(' ').collect();
    let html = |number: usize| {
        let said = (0..60).map(|at| words[(number * 31 + at * at * 7 + at) % words.len()]);
        format!("<p>{}</p>", said.collect::<Vec<_>>().join(" and "))
    };
    let one = |number: usize| new(entry(&number.to_string(), "Note", &html(number)));
    hall.record(feed, (0..340).map(one).collect());
    assert!(!hall.archive.has_dictionary().unwrap());
    hall.record(feed, (340..360).map(one).collect());
    assert!(hall.archive.has_dictionary().unwrap());
    hall.record(feed, vec![one(360)]);

    let packed = |id: i64| -> (usize, bool) {
        let db = hall.archive.connections.writer();
        let data: Vec<u8> = db
            .query_row("SELECT data FROM contents WHERE entry = ?1", [id], |row| {
                row.get(0)
            })
            .unwrap();
        let named = zstd::zstd_safe::get_dict_id_from_frame(&data[1..]);
        (data.len(), named.is_some())
    };
    let ((before, without), (behind, with)) = (packed(360), packed(361));
    assert_eq!((without, with), (false, true));
    assert!(behind < before, "{behind} bytes and {before}");
    for number in [0, 359, 360] {
        let id = EntryId(number as i64 + 1);
        let held = hall.archive.entry(id).unwrap().unwrap();
        assert_eq!(held.entry.content.as_str(), html(number));
    }
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn who_packs_while_the_first_dictionary_is_made_waits_for_it() {
    let hall = Hall::new();
    let writer = hall.archive.connections.writer();
    assert!(hall.archive.hold_packing(&writer, 349).unwrap().is_none());
    let held = hall.archive.hold_packing(&writer, 350).unwrap();
    let held = held.expect("that is enough for one");
    std::thread::scope(|scope| {
        let packing = scope.spawn(|| hall.archive.dictionary().unwrap().is_some());
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!packing.is_finished());
        drop(held);
        assert!(!packing.join().unwrap());
    });
}

#[test]
fn words_that_one_run_looked_at_are_known_to_the_next() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let words = |from: char| -> String {
        let letters = (from..='z').map(|letter| format!("s{letter}unings "));
        letters.collect()
    };
    hall.add(feed, entry("one", "One", &words('b')));
    let stems = |archive: &Archive| -> i64 {
        let sql = "SELECT count(*) FROM word_stems";
        let writer = archive.connections.writer();
        writer.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(stems(&hall.archive), 25);
    let writer = hall.archive.connections.writer();
    writer.execute("DELETE FROM word_stems", []).unwrap();
    drop(writer);
    let path = hall.path();
    let Hall { folder, archive } = hall;
    archive.close().unwrap();
    let hall = Hall {
        archive: Archive::open(&path).unwrap(),
        folder,
    };
    hall.add(feed, entry("two", "Two", &words('a')));
    assert!(stems(&hall.archive) < 5, "{}", stems(&hall.archive));
}
