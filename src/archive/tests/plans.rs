//! How SQLite goes about the questions that must stay quick in a large archive.

use rusqlite::params_from_iter;

use super::*;
use crate::query::Cursor;

fn plan_of(hall: &Hall, query: &str, by: By) -> String {
    let filter = crate::query::read(query, at(0)).unwrap();
    let query = Query {
        filter,
        by,
        limit: Some(20),
        ..Query::all()
    };
    let writer = hall.archive.connections.writer();
    let plan = plan::Plan::of(&writer, &query).unwrap();
    let mut explain = writer
        .prepare(&format!("EXPLAIN QUERY PLAN {}", plan.sql))
        .unwrap();
    let lines = explain
        .query_map(params_from_iter(&plan.parameters), |row| {
            row.get::<_, String>(3)
        })
        .unwrap();
    lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

/// More entries than are sorted: half of them tagged and saying `common`, one saying `rare`.
fn large() -> Hall {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    hall.follow("https://other.example/feed");
    let entries = (0..11_000).map(|n| {
        let text = if n % 2 == 0 {
            "<p>common</p>"
        } else {
            "<p>x</p>"
        };
        let mut entry = entry(&n.to_string(), "Title", text);
        entry.published = Some(at(-n));
        if n == 0 {
            entry = with_talks(entry, &[("Talk", &["Ann"], "rare")]);
        }
        new(if n % 2 == 0 {
            with_tags(entry, &["common"])
        } else {
            entry
        })
    });
    hall.record(feed, entries.collect());
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
            "common",
            "common tag:common -rare",
            "since:30d",
            "has:talks",
        ] {
            for by in [By::Entry, By::Talk] {
                let plan = plan_of(&hall, query, by);
                assert!(plan.contains("entries_by_date"), "{query}: {plan}");
                assert!(
                    !plan.contains("TEMP B-TREE FOR ORDER BY"),
                    "{query}: {plan}"
                );
                // At most the talks of one entry are put in order.
            }
        }
        for query in ["rare", "rare tag:common", "speaker:ann", "tag:unheard"] {
            let plan = plan_of(&hall, query, By::Entry);
            assert!(
                plan.contains("SEARCH e USING INTEGER PRIMARY KEY"),
                "{query}: {plan}"
            );
        }
        let plan = plan_of(&hall, "feed:other", By::Entry);
        assert!(
            plan.contains("entries_by_feed") && !plan.contains("ORDER BY"),
            "{plan}"
        );
    }
    assert_eq!(hall.titles("rare", By::Talk), ["Talk"]);
    assert_eq!(hall.titles("common", By::Entry).len(), 5_500);
    let since = |cursor| {
        hall.titles_of(&Query {
            arrived_after: Some(Cursor(cursor)),
            ..Query::all()
        })
    };
    assert_eq!((since(1_000).len(), since(10_990).len()), (10_000, 10));
}
