//! How SQLite goes about the questions that must stay quick in a large archive. What counts as common and
//! as few here is a hundredth of what it is for people, see `plan::reach`.

use rusqlite::params_from_iter;

use super::*;
use crate::archive::entries::WALKS;
use crate::query::{Cursor, Sort};

/// How each part of the answer is found.
fn plans_of(hall: &Hall, query: &Query) -> String {
    let writer = hall.archive.connections.writer();
    let plans = match plan::Plan::of_bunches(&writer, query).unwrap() {
        Some(plan) => vec![plan],
        None => plan::Plan::in_turn(&writer, query).unwrap(),
    };
    let explained = plans.iter().map(|plan| {
        let mut explain = writer
            .prepare(&format!("EXPLAIN QUERY PLAN {}", plan.sql))
            .unwrap();
        let lines = explain
            .query_map(params_from_iter(&plan.parameters), |row| {
                row.get::<_, String>(3)
            })
            .unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    });
    explained.collect::<Vec<_>>().join("\n--\n")
}

fn asked(query: &str) -> Query {
    Query {
        filter: crate::query::read(query, at(0)).unwrap(),
        ..Query::all()
    }
}

fn first_twenty(query: &str, by: By) -> Query {
    Query {
        by,
        limit: Some(20),
        ..asked(query)
    }
}

const ENTRIES: i64 = 700;

/// Half of the entries say `common` and are tagged so, a third of them says `frequent`; five of the
/// common ones say it in their title. The newest of them says `rare`.
fn large() -> Hall {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let entries = (0..ENTRIES).map(|n| new(one_of_many(n)));
    hall.record(feed, entries.collect());
    let quiet = hall.follow("https://other.example/feed");
    let mut entry = entry("quiet", "Quiet", "<p>nothing</p>");
    entry.published = Some(at(-90));
    hall.record(quiet, vec![new(entry)]);
    hall
}

fn one_of_many(n: i64) -> Entry {
    let common = n % 2 == 0;
    let mut text = if common { "<p>common" } else { "<p>x" }.to_owned();
    if n % 3 == 0 {
        text.push_str(" frequent");
    }
    let title = match n % 140 == 0 {
        true => format!("Common {n}"),
        false => format!("Title {n}"),
    };
    let mut entry = entry(&n.to_string(), &title, &text);
    entry.published = Some(at(n - ENTRIES));
    if n == ENTRIES - 2 {
        entry = with_talks(entry, &[("Talk", &["Ann"], "rare")]);
    } else if n == 3 {
        entry.language = Some("eo".to_owned());
        entry.event = Some("Boats 2019".to_owned());
        entry.published = None;
    }
    match common {
        true => with_tags(entry, &["common"]),
        false => entry,
    }
}

/// One in twenty comes through a second feed as well, some eras of `tags_by_key` later.
fn merged() -> Hall {
    let hall = large();
    let writer = hall.archive.connections.writer();
    let skip = "UPDATE sqlite_sequence SET seq = 150000 WHERE name = 'entries'";
    writer.execute_batch(skip).unwrap();
    drop(writer);
    let planet = hall.follow("https://planet.example/feed");
    let again = (0..ENTRIES).step_by(20).map(|n| {
        let mut entry = one_of_many(n);
        entry.url = Some(format!("https://blog.example/{n}"));
        new(with_tags(entry, &["planet"]))
    });
    hall.record(planet, again.collect());
    hall
}

#[test]
fn common_questions_walk_by_date_and_rare_ones_begin_with_the_hits() {
    let hall = large();
    for analyzed in [false, true] {
        if analyzed {
            hall.archive
                .connections
                .writer()
                .execute_batch("ANALYZE")
                .unwrap();
        }
        for query in [
            "",
            "tag:common",
            "tag:common*",
            "common",
            "common frequent",
            "common OR tag:common",
            "common tag:common -rare",
            "-common",
            "since:3d",
            "since:3d common",
            "since:3d tag:common",
            "after:2026-10-10 before:2026-10-20",
            "on:2026-10-15 common",
            "feed:blog",
            "feed:blog common",
            "feed:blog since:3d tag:common",
            "-feed:other",
            "url:blog.example",
            "title:title",
            "has:event OR common",
        ] {
            for by in [By::Entry, By::Talk] {
                let plan = plans_of(&hall, &first_twenty(query, by));
                if by == By::Talk && plan.contains("SCAN talks") {
                    // There is one talk in all.
                    assert!(plan.contains("SEARCH e USING INTEGER PRIMARY KEY"));
                    continue;
                }
                let by_feed = query.contains("feed:blog") && plan.contains("entries_by_feed");
                assert!(
                    plan.contains("entries_by_date") || by_feed,
                    "{query}: {plan}"
                );
                assert!(
                    !plan.contains("TEMP B-TREE FOR ORDER BY"),
                    "{query}: {plan}"
                );
                // At most the talks of one entry are put in order.
            }
        }
        for query in [
            "rare",
            "rare common",
            "rare tag:common",
            "\"rare\" since:3d",
            "title:talk common",
            "speaker:ann",
            "speaker:ann common",
            "author:nobody",
            "tag:unheard",
            "tag:unheard*",
            "event:boats",
            "event:boats common",
            "lang:eo",
            "has:enclosure",
            "has:talks",
            "is:revised",
            "kind:keynote",
        ] {
            let plan = plans_of(&hall, &first_twenty(query, By::Entry));
            assert!(
                plan.contains("SEARCH e USING INTEGER PRIMARY KEY"),
                "{query}: {plan}"
            );
            let is_scan = |line: &str| line == "SCAN e" || line.starts_with("SCAN e ");
            assert!(!plan.lines().any(is_scan), "{query}: {plan}");
        }
        for (query, index) in [
            ("feed:other", "entries_by_feed"),
            ("is:undated", "entries_undated"),
            ("is:backfilled", "entries_backfilled"),
        ] {
            let plan = plans_of(&hall, &first_twenty(query, By::Entry));
            assert!(plan.contains(index), "{query}: {plan}");
            assert!(!plan.contains("ORDER BY"), "{query}: {plan}");
        }
    }
    assert_eq!(hall.titles("rare", By::Talk), ["Talk"]);
    assert_eq!(hall.titles("common", By::Entry).len(), 350);
    let since = |cursor| {
        hall.titles_of(&Query {
            arrived_after: Some(Cursor(cursor)),
            ..Query::all()
        })
    };
    assert_eq!((since(100).len(), since(690).len()), (601, 11));
}

/// No table is read from end to end for a count, a narrowing or the words themselves.
#[test]
fn what_is_common_is_asked_of_each_entry_and_what_is_not_is_gathered() {
    let hall = large();
    for (query, is_asked_each) in [
        ("common", true),
        ("common frequent", true),
        ("frequent", false),
        ("rare", false),
        ("tag:unheard common", true),
    ] {
        let plan = plan::Plan::of(
            &hall.archive.connections.writer(),
            &first_twenty(query, By::Entry),
        );
        let sql = plan.unwrap().sql;
        assert_eq!(
            sql.contains("entry_text.rowid BETWEEN"),
            is_asked_each,
            "{query}: {sql}"
        );
    }
    let all = plan::Plan::of(&hall.archive.connections.writer(), &asked("common"));
    assert!(
        !all.unwrap().sql.contains("BETWEEN"),
        "the whole archive is met"
    );
}

#[test]
fn every_way_to_ask_gives_the_same_answer() {
    for hall in [large(), merged()] {
        for query in [
            "common",
            "common frequent",
            "frequent -common",
            "common rare",
            "tag:planet common",
            "tag:planet -tag:common",
            "feed:planet common",
            "feed:blog common frequent",
            "tag:common title:common",
            "title:common frequent",
            "title:title common",
            "common -title:title",
            "rare common frequent",
            "has:talks common",
            "common since:3d",
            "title:common",
            "author:nobody OR common",
            "speaker:ann common",
            "lang:eo OR rare",
        ] {
            for by in [By::Entry, By::Talk] {
                let all = Query { by, ..asked(query) };
                let limited = Query {
                    limit: Some(1_000),
                    ..all.clone()
                };
                let complete = hall.titles_of(&all);
                assert_eq!(hall.titles_of(&limited), complete, "{query} {by:?}");
                let ranked = |query: &Query| {
                    let mut titles = hall.titles_of(&Query {
                        sort: Sort::Relevance,
                        ..query.clone()
                    });
                    titles.sort();
                    titles
                };
                let mut sorted = complete.clone();
                sorted.sort();
                assert_eq!(ranked(&all), sorted, "{query} {by:?}");
                assert_eq!(ranked(&limited), sorted, "{query} {by:?}");
            }
        }
    }
}

/// What is common is asked of bunches of entries, and these are met without it.
#[test]
fn common_words_are_asked_of_many_entries_at_once() {
    let hall = large();
    let writer = hall.archive.connections.writer();
    for (query, by, are_bunches) in [
        ("common", By::Entry, true),
        ("common frequent", By::Entry, true),
        ("feed:other common", By::Entry, true),
        ("tag:unheard common", By::Entry, true),
        ("title:common since:3d", By::Entry, true),
        // A talk answers by its entry's title as well.
        ("common", By::Talk, false),
        ("rare", By::Entry, false),
        ("-common", By::Entry, false),
        ("common OR tag:common", By::Entry, false),
    ] {
        let query = first_twenty(query, by);
        let base = plan::Plan::of_bunches(&writer, &query).unwrap();
        assert_eq!(base.is_some(), are_bunches, "{query:?}");
        if let Some(base) = base {
            let asked = format!("{:?}", base.parameters);
            assert!(!asked.contains("common"), "{query:?}: {asked}");
        }
    }
    assert!(
        plan::Plan::of_bunches(&writer, &asked("common"))
            .unwrap()
            .is_none(),
        "the whole archive is met"
    );
}

/// Of a post in two feeds, what the other feed's copy says counts too.
#[test]
fn common_words_are_asked_of_the_copies_as_well() {
    let hall = large();
    let planet = hall.follow("https://planet.example/feed");
    let again = (1..ENTRIES).step_by(20).map(|n| {
        let mut entry = entry(&n.to_string(), &format!("Title {n}"), "<p>common and more");
        entry.published = Some(at(n - ENTRIES));
        entry.url = Some(format!("https://blog.example/{n}"));
        new(entry)
    });
    hall.record(planet, again.collect());
    let all = asked("common");
    let limited = Query {
        limit: Some(1_000),
        ..all.clone()
    };
    let writer = hall.archive.connections.writer();
    assert!(plan::Plan::of_bunches(&writer, &limited).unwrap().is_some());
    drop(writer);
    let complete = hall.titles_of(&all);
    assert_eq!(complete.len(), 385);
    assert_eq!(hall.titles_of(&limited), complete);
}

#[test]
fn of_a_common_word_titles_come_first_and_then_the_newest() {
    for hall in [large(), merged()] {
        let ranked = |query: &str, limit| {
            hall.titles_of(&Query {
                sort: Sort::Relevance,
                limit,
                ..asked(query)
            })
        };
        let titles = ranked("common", Some(20));
        assert_eq!(titles[..2], ["Common 560", "Common 420"]);
        assert_eq!(titles[4], "Common 0");
        assert_eq!(titles.len(), 20);
        assert_eq!(ranked("common", None)[..20], titles);
        let old = ranked("common before:2026-10-15", Some(2));
        assert_eq!(old, ["Common 280", "Common 140"]);
        assert_eq!(ranked("common rare", Some(5)), ["Title 698"]);
        let is_merged = hall.titles("tag:planet", By::Entry).len() > 1;
        if !is_merged {
            // Of the text, the last ten rows are ranked; what follows is the rest by date, which is the same.
            assert_eq!(titles[5..7], ["Title 698", "Title 696"]);
            assert_eq!(titles[19], "Title 670");
        }
    }
}

#[test]
fn hundreds_of_words_are_a_question_too() {
    let hall = large();
    let words: Vec<String> = (0..400).map(|n| format!("word{n}")).collect();
    for (query, found) in [
        (words.join(" "), 0),
        (words.join(" OR "), 0),
        (format!("common ({})", words.join(" OR ")), 0),
        (format!("common OR {}", words.join(" OR ")), 350),
    ] {
        let query = Query {
            sort: Sort::Relevance,
            limit: Some(1_000),
            ..asked(&query)
        };
        assert_eq!(hall.titles_of(&query).len(), found);
    }
}

/// What an answer's entries are made of is met in the order of their numbers, from one on.
#[test]
fn facts_are_walked_over_without_sorting_or_searching_through() {
    let hall = merged();
    let writer = hall.archive.connections.writer();
    for sql in WALKS {
        let mut explain = writer
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let lines = explain.raw_query().mapped(|row| row.get::<_, String>(3));
        let plan: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(plan[0].starts_with("SEARCH "), "{sql}: {plan:?}");
        let is_good = |line: &String| !line.contains("SCAN") && !line.contains("TEMP B-TREE");
        assert!(plan.iter().all(is_good), "{sql}: {plan:?}");
    }
}

/// A tag is looked up in each era and nowhere else, also by its beginning.
#[test]
fn tags_are_found_in_every_era() {
    let hall = merged();
    let most = 10;
    let beginning = |start| hall.archive.tags_beginning(start, most).unwrap();
    let named = |name: &str| (name.to_owned(), name.to_owned());
    assert_eq!(beginning(""), [named("common"), named("planet")]);
    assert_eq!(beginning("p"), [named("planet")]);
    assert_eq!(beginning("q"), []);
    let later = hall.follow("https://later.example/feed");
    let one = with_tags(entry("later", "Later", "x"), &["Apart", "Common", "Com"]);
    hall.record(later, vec![new(one)]);
    let spelled = |key: &str, name: &str| (key.to_owned(), name.to_owned());
    assert_eq!(beginning("a"), [spelled("apart", "Apart")]);
    assert_eq!(
        beginning("com"),
        [spelled("com", "Com"), named("common")],
        "the first spelling"
    );
    assert_eq!(hall.titles("tag:apart", By::Entry), ["Later"]);
    assert_eq!(hall.titles("tag:com* tag:apart", By::Entry), ["Later"]);
    assert_eq!(hall.titles("tag:common", By::Entry).len(), 351);
    let plan = plans_of(&hall, &first_twenty("tag:apart", By::Entry));
    assert!(plan.contains("tags_by_key (<expr>=? AND key=?)"), "{plan}");
    let plan = plans_of(&hall, &first_twenty("tag:apar*", By::Entry));
    assert!(
        plan.contains("tags_by_key (<expr>=? AND key>? AND key<?)"),
        "{plan}"
    );
}
