use super::*;

fn hall() -> Hall {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let notes = with_talks(
        entry("1", "One", "<p>intro</p>"),
        &[("A", &["Ann"], "alpha"), ("B", &[], "beta")],
    );
    hall.record(
        feed,
        vec![new(notes), new(entry("2", "Two", "<p>gamma</p>"))],
    );
    hall
}

fn damage(hall: &Hall, sql: &str) {
    hall.archive
        .connections
        .writer()
        .execute_batch(sql)
        .unwrap();
}

#[test]
fn a_sound_archive_has_no_problems() {
    assert!(hall().archive.check().unwrap().is_empty());
    assert!(Hall::new().archive.check().unwrap().is_empty());
}

#[test]
fn a_row_missing_from_the_index_is_found_and_mended() {
    let hall = hall();
    damage(
        &hall,
        "DELETE FROM entry_text WHERE rowid IN ((1 << 8) + 2, 2 << 8)",
    );
    assert!(hall.titles("beta", By::Entry).is_empty());
    assert_eq!(
        hall.archive.check().unwrap(),
        [
            "entry 2 is missing from the full-text index",
            "talk 2 of entry 1 is missing from the full-text index"
        ]
    );
    assert_eq!(
        hall.archive.repair().unwrap(),
        ["the full-text index (4 rows)"]
    );
    assert!(hall.archive.check().unwrap().is_empty());
    assert_eq!(hall.titles("beta", By::Entry), ["One"]);
    assert_eq!(hall.titles("gamma", By::Entry), ["Two"]);
}

#[test]
fn a_row_too_many_in_the_index_is_found_and_mended() {
    let hall = hall();
    damage(
        &hall,
        "INSERT INTO entry_text (rowid, title) VALUES (99 << 8, 'ghost'), ((2 << 8) + 7, 'ghost')",
    );
    assert_eq!(
        hall.archive.check().unwrap(),
        [
            "the full-text index still holds talk 7 of entry 2",
            "the full-text index still holds entry 99"
        ]
    );
    hall.archive.repair().unwrap();
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn an_index_that_is_torn_inside_is_found_and_mended() {
    let hall = hall();
    hall.archive
        .connections
        .writer()
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
        .unwrap();
    damage(
        &hall,
        "UPDATE entry_text_data SET block = zeroblob(length(block)) WHERE id > 1000",
    );
    let problems = hall.archive.check().unwrap();
    assert!(
        problems.iter().any(|line| line.contains("entry_text")),
        "{problems:?}"
    );
    hall.archive.repair().unwrap();
    assert!(hall.archive.check().unwrap().is_empty());
    assert_eq!(hall.titles("beta", By::Entry), ["One"]);
}

#[test]
fn damage_to_what_cannot_be_built_anew_is_named() {
    let hall = hall();
    damage(
        &hall,
        "UPDATE contents SET data = substr(data, 1, 20) WHERE entry = 1; DELETE FROM contents WHERE entry = 2",
    );
    damage(&hall, "UPDATE entries SET hash = x'00' WHERE id = 1");
    damage(
        &hall,
        "PRAGMA foreign_keys = OFF; INSERT INTO authors (entry, position) VALUES (99, 0)",
    );
    let problems = hall.archive.check().unwrap().join("\n");
    for part in [
        "entry 1: the archive is damaged",
        "entry 2 has no content",
        "entry 1 has no readable hash",
        "authors",
    ] {
        assert!(problems.contains(part), "{part}: {problems}");
    }
    // The index is built from what is left.
    damage(&hall, "UPDATE entries SET hash = zeroblob(32)");
    hall.archive.repair().unwrap();
    let mut ids = hall.archive.connections.writer();
    let ids = ids.transaction().unwrap();
    assert_eq!(
        ids.query_row("SELECT count(*) FROM entry_text_docsize", [], |row| row
            .get::<_, i64>(0))
            .unwrap(),
        4
    );
}

#[test]
fn a_wrong_number_of_entries_is_found_and_mended() {
    let hall = hall();
    damage(&hall, "UPDATE feeds SET entries = 7");
    assert_eq!(
        hall.archive.check().unwrap(),
        ["feed 1 is said to have 7 entries, but has 2"]
    );
    assert_eq!(
        hall.archive.repair().unwrap()[1],
        "the number of entries of each feed"
    );
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn entries_that_are_split_anew_have_other_talks_and_are_found_by_them() {
    let hall = hall();
    let (mut entries, last) = hall.archive.entries_after(EntryId(0), 1).unwrap();
    assert_eq!(last, Some(EntryId(1)));
    entries[0].entry.talks.pop();
    entries[0].entry.talks[0].title = "Renamed".to_owned();
    entries[0].entry.event = Some("Notes Days".to_owned());
    hall.archive.resplit(&entries).unwrap();
    assert!(hall.archive.check().unwrap().is_empty());
    assert_eq!(hall.titles("alpha event:notes", By::Talk), ["Renamed"]);
    assert_eq!(hall.titles("beta", By::Entry), ["One"]);
    assert_eq!(hall.archive.entries_after(EntryId(2), 9).unwrap().1, None);
}
