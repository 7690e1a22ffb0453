use super::*;
use crate::model::{Enclosure, EntrySource, Extension, Extras};

const URL: &str = "https://blog.example/feed";

fn full() -> Entry {
    let mut full = with_talks(
        with_tags(
            entry("g", "Notes", "<p>intro</p>"),
            &["Zoo", "DevOps", "dev-ops"],
        ),
        &[("Opening", &["Ann Poe", "Bo \"B\" Lee"], "welcome")],
    );
    full.authors = vec![Person {
        name: Some("Cy".to_owned()),
        uri: Some("https://cy.example/".to_owned()),
        email: Some("cy@mail.example".to_owned()),
    }];
    full.updated = Some(at(-10));
    full.summary = Some("short".to_owned());
    full.enclosures = vec![Enclosure {
        url: "https://blog.example/a.mp3".to_owned(),
        media_type: Some("audio/mpeg".to_owned()),
        length: Some(12),
    }];
    full.language = Some("en-GB".to_owned());
    full.source = Some(EntrySource {
        title: Some("Planet".to_owned()),
        ..EntrySource::default()
    });
    full.comments_url = Some("https://blog.example/g#comments".to_owned());
    let extras = Extras {
        rights: Some("CC BY".to_owned()),
        comments: Some(4),
        extensions: vec![Extension {
            name: "a:mood".to_owned(),
            value: Some("fine".to_owned()),
            attributes: [("b".to_owned(), "c".to_owned())].into(),
        }],
        ..Extras::default()
    };
    full.extras = extras.some();
    full.event = Some("Notes Days 2026".to_owned());
    full
}

#[test]
fn an_entry_comes_back_as_it_went_in() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let before = full();
    let id = hall.add(feed, full());
    let archived = hall.archive.entry(id).unwrap().unwrap();
    let after = &archived.entry;
    assert_eq!(archived.first_seen, at(0));
    assert_eq!(
        (&after.guid, &after.url, &after.title),
        (&before.guid, &before.url, &before.title)
    );
    assert_eq!(
        (after.published, after.updated),
        (before.published, before.updated)
    );
    assert_eq!(
        (&after.authors, &after.talks),
        (&before.authors, &before.talks)
    );
    assert_eq!(
        (&after.content, &after.summary),
        (&before.content, &before.summary)
    );
    assert_eq!(
        (&after.enclosures, &after.source),
        (&before.enclosures, &before.source)
    );
    assert_eq!(
        (&after.language, &after.event),
        (&before.language, &before.event)
    );
    assert_eq!(
        (&after.comments_url, &after.extras, after.hash),
        (&before.comments_url, &before.extras, before.hash)
    );
    assert_eq!(names(&after.tags), ["Zoo", "DevOps"]);
    assert_eq!(after.original, Original::default());
}

#[test]
fn the_original_stays_in_the_archive() {
    let hall = Hall::new();
    let id = hall.add(hall.follow(URL), full());
    let db = hall.archive.connections.writer();
    let packed: Vec<u8> = db
        .query_row(
            "SELECT data FROM contents WHERE entry = ?1",
            [id.0],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(content::unpack(&db, &packed).unwrap().1, full().original);
}

#[test]
fn an_entry_is_found_by_number_permalink_and_guid() {
    let hall = Hall::new();
    let id = hall.add(hall.follow(URL), full());
    for name in [id.0.to_string().as_str(), "https://blog.example/g", " g "] {
        let found = hall.archive.find_entries(name).unwrap();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].id, id);
    }
    assert!(hall.archive.find_entries("nothing").unwrap().is_empty());
    assert!(hall.archive.entry(EntryId(99)).unwrap().is_none());
}

#[test]
fn an_edit_keeps_the_older_state_and_the_date_of_arrival() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let id = hall.add(feed, full());
    let mut edited = entry("g", "Better notes", "<p>improved</p>");
    edited.published = Some(at(500));
    let mut attempt = read(feed, vec![Change::Edited(id, Box::new(edited))]);
    attempt.at = at(3);
    hall.archive
        .record(vec![attempt])
        .unwrap()
        .remove(0)
        .unwrap();

    let now = hall.archive.entry(id).unwrap().unwrap();
    assert_eq!(now.entry.title.as_deref(), Some("Better notes"));
    assert_eq!(
        (now.first_seen, now.date()),
        (at(0), at(0)),
        "a future date never sticks on top"
    );
    assert!(
        now.entry.talks.is_empty()
            && now.entry.authors.is_empty()
            && now.entry.enclosures.is_empty()
    );
    assert!(hall.titles("welcome", By::Entry).is_empty());
    assert_eq!(hall.titles("improved", By::Entry), ["Better notes"]);

    let revisions = hall.archive.revisions(id).unwrap();
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0].replaced_at, at(3));
    let older = &revisions[0].entry;
    let mut expected = full();
    expected.original = Original::default();
    // Another spelling of the same tag.
    expected.tags.pop();
    assert_eq!(format!("{older:#?}"), format!("{expected:#?}"));

    // The same once more is no edit.
    let again = Change::Edited(id, Box::new(entry("g", "Better notes", "<p>improved</p>")));
    assert_eq!(hall.record(feed, vec![again]), Recorded::default());
    assert_eq!(hall.archive.revisions(id).unwrap().len(), 1);
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn what_goes_back_and_forth_is_kept_once() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let states = [1, 2].map(|start: u64| {
        let mut state = start;
        let mut html = "<p>".to_owned();
        while html.len() < 50_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
            html.push_str(&format!("word{} ", state >> 55));
        }
        with_tags(entry("g", "Notes", &html), &["pipes"])
    });
    let id = hall.add(feed, states[0].clone());
    let size = || {
        hall.archive.tidy_up().unwrap();
        let writer = hall.archive.connections.writer();
        // What the index holds of replaced states goes when its pieces are merged, in other runs.
        let optimize = "INSERT INTO entry_text (entry_text) VALUES ('optimize'); VACUUM";
        writer.execute_batch(optimize).unwrap();
        let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        writer
            .query_row(pages, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let before = size();
    for turn in 1..=100 {
        let state = Box::new(states[turn % 2].clone());
        let mut attempt = read(feed, vec![Change::Edited(id, state)]);
        // So rarely that none is damped.
        attempt.at = at(24 * 8 * turn as i64);
        hall.archive
            .record(vec![attempt])
            .unwrap()
            .remove(0)
            .unwrap();
    }
    let grown = size() - before;
    assert!(grown < 150_000, "100 edits take {grown} bytes");
    let count = |sql: &str| {
        let writer = hall.archive.connections.writer();
        writer
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM revisions"), 100);
    assert_eq!(
        count("SELECT count(*) FROM revision_data"),
        3,
        "two texts, one list of facts"
    );
    let revisions = hall.archive.revisions(id).unwrap();
    for (turn, revision) in revisions.iter().rev().enumerate() {
        assert_eq!(revision.entry.content, states[turn % 2].content);
    }
    assert!(hall.archive.check().unwrap().is_empty());

    hall.archive.remove(feed, true).unwrap();
    assert_eq!(count("SELECT count(*) FROM revision_data"), 0);
}

#[test]
fn an_edit_changes_the_publishers_tags_and_no_others() {
    let hall = Hall::new();
    let wish = NewSubscription {
        site: None,
        tags: strings(&["follow"]),
        ..wish(URL)
    };
    let feed = hall.archive.subscribe(&wish, at(0)).unwrap().id();
    let id = hall.add(feed, with_tags(entry("g", "Notes", ""), &["old", "stays"]));
    let tag = |names: &[&str], origin| hall.archive.tag(id, &strings(names), origin).unwrap();
    assert_eq!(
        tag(&["mine", "OLD"], TagOrigin::User),
        1,
        "old is there already"
    );
    assert_eq!(tag(&["ruled"], TagOrigin::Rule), 1);
    let before = hall.archive.entry(id).unwrap().unwrap();
    assert_eq!(
        names(&before.entry.tags),
        ["old", "stays", "follow", "mine", "ruled"],
        "each once"
    );
    let edited = with_tags(entry("g", "Notes 2", ""), &["stays", "fresh"]);
    hall.record(feed, vec![Change::Edited(id, Box::new(edited))]);

    let archived = hall.archive.entry(id).unwrap().unwrap();
    assert_eq!(
        names(&archived.entry.tags),
        ["stays", "fresh", "follow", "mine", "OLD", "ruled"]
    );
    let origins: Vec<_> = archived
        .entry
        .tags
        .iter()
        .map(|tag| tag.origin.word())
        .collect();
    assert_eq!(
        origins,
        ["feed", "feed", "subscription", "user", "user", "rule"]
    );
}

#[test]
fn a_subscriptions_later_tags_reach_its_earlier_entries() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let id = hall.add(feed, entry("g", "Notes", ""));
    hall.archive.untag(id, &strings(&["unwanted"])).unwrap();
    let wish = NewSubscription {
        site: None,
        tags: strings(&["late"]),
        ..wish(URL)
    };
    hall.archive.subscribe(&wish, at(1)).unwrap();
    assert_eq!(
        names(&hall.archive.entry(id).unwrap().unwrap().entry.tags),
        ["late"]
    );
}

#[test]
fn a_tag_a_person_took_off_only_a_person_brings_back() {
    let hall = Hall::new();
    let wish = NewSubscription {
        site: None,
        tags: strings(&["follow"]),
        ..wish(URL)
    };
    let feed = hall.archive.subscribe(&wish, at(0)).unwrap().id();
    let id = hall.add(feed, with_tags(entry("g", "Notes", ""), &["Dev-Ops"]));
    let tags = || -> Vec<String> {
        let archived = hall.archive.entry(id).unwrap().unwrap();
        archived
            .entry
            .tags
            .into_iter()
            .map(|tag| tag.name)
            .collect()
    };
    assert_eq!(
        hall.archive
            .untag(id, &strings(&["devops", "follow", "none"]))
            .unwrap(),
        2
    );
    assert!(tags().is_empty());

    let edited = with_tags(entry("g", "Notes 2", ""), &["Dev-Ops"]);
    hall.record(feed, vec![Change::Edited(id, Box::new(edited))]);
    hall.archive.subscribe(&wish, at(1)).unwrap();
    assert_eq!(
        hall.archive
            .tag(id, &strings(&["devops"]), TagOrigin::Rule)
            .unwrap(),
        0
    );
    assert!(tags().is_empty());

    assert_eq!(
        hall.archive
            .tag(id, &strings(&["devops"]), TagOrigin::User)
            .unwrap(),
        1
    );
    assert_eq!(tags(), ["devops"]);
    let nobody = hall
        .archive
        .tag(EntryId(99), &strings(&["a"]), TagOrigin::User);
    assert!(matches!(nobody, Err(ArchiveError::NoSuchEntry)));
}

#[test]
fn a_post_with_more_talks_than_can_be_numbered_is_kept() {
    let hall = Hall::new();
    let talks = vec![("T", &["S"][..], "word"); 300];
    let id = hall.add(hall.follow(URL), with_talks(entry("g", "Many", ""), &talks));
    hall.add(hall.follow("https://next.example/"), entry("h", "Next", ""));
    assert_eq!(
        hall.archive.entry(id).unwrap().unwrap().entry.talks.len(),
        255
    );
    assert_eq!(hall.titles("word", By::Entry), ["Many"]);
    assert!(hall.archive.check().unwrap().is_empty());
}
