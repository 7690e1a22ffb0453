//! Entries read together are what they are each by itself.

use super::*;
use crate::archive::entries::{Loader, load};
use crate::model::{Category, Enclosure, EntrySource, Extras};
use crate::query::Sort;

/// Entries with nothing beside them, with one kind of fact each, and with all.
fn of_each_kind(hall: &Hall) -> Vec<EntryId> {
    let feed = hall.follow("https://blog.example/feed");
    let bare = |number: usize| entry(&format!("e{number}"), "Title", "<p>text</p>");
    let mut entries: Vec<Entry> = (0..12).map(bare).collect();
    entries[1].authors = vec![person("Ann"), person("Bob")];
    entries[2] = with_tags(bare(2), &["zebra", "apple"]);
    entries[2].tags[1].category = Some(Box::new(Category {
        term: "apples".to_owned(),
        scheme: Some("https://blog.example/tags".to_owned()),
        label: None,
    }));
    entries[4].enclosures = ["a", "b"]
        .map(|name| Enclosure {
            url: format!("https://blog.example/{name}.pdf"),
            media_type: Some("application/pdf".to_owned()),
            length: Some(7),
        })
        .to_vec();
    entries[5] = with_talks(bare(5), &[("One", &["Ann", "Bob"], "a"), ("Two", &[], "b")]);
    entries[6].source = Some(EntrySource {
        title: Some("Elsewhere".to_owned()),
        ..EntrySource::default()
    });
    entries[7].extras = Some(Box::new(Extras {
        rights: Some("CC0".to_owned()),
        ..Extras::default()
    }));
    entries[8].content = SafeHtml::default();
    let mut all = with_talks(bare(11), &[("Three", &["Eve"], "c")]);
    all.authors.clone_from(&entries[1].authors);
    all.tags.clone_from(&entries[2].tags);
    all.enclosures.clone_from(&entries[4].enclosures);
    all.summary = Some("Short".to_owned());
    entries[11] = all;
    let ids: Vec<EntryId> = entries
        .into_iter()
        .map(|entry| hall.add(feed, entry))
        .collect();
    let own = strings(&["Apple", "mango"]);
    for id in [ids[2], ids[3]] {
        hall.archive.tag(id, &own, TagOrigin::User).unwrap();
    }
    ids
}

/// Takes these after reading ahead; answers how many were read.
fn taken_together(hall: &Hall, ids: &[EntryId]) -> (usize, Vec<ArchivedEntry>) {
    let reader = hall.archive.connections.reader().unwrap();
    let mut loader = Loader::new(&reader).unwrap();
    loader.read_ahead(ids.iter().map(|id| id.0).collect());
    let ahead = loader.ahead();
    let take = |id: &EntryId| *loader.take(*id).unwrap().unwrap();
    (ahead, ids.iter().map(take).collect())
}

fn are_as_each_by_itself(hall: &Hall, entries: &[ArchivedEntry]) {
    let reader = hall.archive.connections.reader().unwrap();
    for archived in entries {
        let single = load(&reader, archived.id).unwrap().unwrap();
        assert_eq!(format!("{archived:?}"), format!("{single:?}"));
    }
}

#[test]
fn entries_with_and_without_each_kind_of_fact_come_together_as_alone() {
    let hall = Hall::new();
    let ids = of_each_kind(&hall);
    let backwards: Vec<EntryId> = ids.iter().rev().copied().collect();
    let (ahead, entries) = taken_together(&hall, &backwards);
    assert_eq!(ahead, ids.len());
    are_as_each_by_itself(&hall, &entries);
    let entry = |place: usize| &entries[ids.len() - 1 - place].entry;
    assert_eq!(entry(1).authors, [person("Ann"), person("Bob")]);
    // A person's other spelling of a publisher's tag is the same tag.
    assert_eq!(names(&entry(2).tags), ["zebra", "apple", "mango"]);
    assert_eq!(entry(2).tags[1].category.as_ref().unwrap().term, "apples");
    assert_eq!(names(&entry(3).tags), ["Apple", "mango"]);
    assert_eq!(entry(4).enclosures[1].url, "https://blog.example/b.pdf");
    assert_eq!(entry(5).talks[0].speakers, ["Ann", "Bob"]);
    assert!(entry(6).source.is_some() && entry(7).extras.is_some());
    assert!(entry(8).content.is_empty() && !entry(9).content.is_empty());
    let last = entry(11);
    assert_eq!((last.authors.len(), last.tags.len()), (2, 2));
    assert_eq!((last.enclosures.len(), last.talks.len()), (2, 1));
    for bare in [0, 9, 10].map(entry) {
        assert!(bare.authors.is_empty() && bare.tags.is_empty());
        assert!(bare.enclosures.is_empty() && bare.talks.is_empty());
    }
}

#[test]
fn what_is_read_together_may_be_far_apart_twice_or_absent() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let many = (0..60).map(|n| new(with_tags(entry(&n.to_string(), "T", "<p>x"), &["t"])));
    hall.record(feed, many.collect());
    let reader = hall.archive.connections.reader().unwrap();
    let mut loader = Loader::new(&reader).unwrap();
    loader.read_ahead(vec![60, 3, 31, 3, 4, 99, 33, 0]);
    assert_eq!(loader.ahead(), 5);
    for id in [3, 31, 60, 4, 33] {
        let archived = loader.take(EntryId(id)).unwrap().unwrap();
        assert_eq!(archived.id.0, id);
        assert_eq!(names(&archived.entry.tags), ["t"]);
    }
    // Taken already, and not read ahead.
    for id in [3, 17] {
        assert_eq!(loader.take(EntryId(id)).unwrap().unwrap().id.0, id);
    }
    for id in [0, 61, 99] {
        assert!(loader.take(EntryId(id)).unwrap().is_none());
    }
}

#[test]
fn large_entries_are_not_held_together() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let large = |number: usize| {
        let mut large = with_tags(entry(&number.to_string(), "T", "<p>x</p>"), &["tag"]);
        match number % 2 {
            0 => large.summary = Some("word ".repeat(200_000)),
            _ => large.content = SafeHtml::vouch(format!("<p>{}</p>", "word ".repeat(200_000))),
        }
        large
    };
    let ids: Vec<EntryId> = (0..8).map(|number| hall.add(feed, large(number))).collect();
    let (ahead, entries) = taken_together(&hall, &ids);
    assert!((1..4).contains(&ahead), "{ahead}");
    are_as_each_by_itself(&hall, &entries);
}

/// What was damaged is said at its turn, after all that goes before it.
#[test]
fn one_damaged_entry_spoils_none_before_it() {
    for damage in [
        "UPDATE contents SET data = substr(data, 1, 20) WHERE entry = 2",
        "DELETE FROM contents WHERE entry = 2",
        "UPDATE entries SET hash = x'00' WHERE id = 2",
    ] {
        let hall = Hall::new();
        of_each_kind(&hall);
        hall.archive
            .connections
            .writer()
            .execute_batch(damage)
            .unwrap();
        let oldest = Query {
            sort: Sort::Oldest,
            ..Query::all()
        };
        let mut taken = Taken::default();
        let found = hall.archive.search(&oldest, "test", &mut taken);
        assert!(found.is_err(), "{damage}");
        assert_eq!(taken.titles, ["Title"], "{damage}");
    }
}
