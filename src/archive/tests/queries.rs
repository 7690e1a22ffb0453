use super::*;
use crate::model::{Category, Enclosure};
use crate::query::{Cursor, Filter, Group, Query, Sort, Words};

/// Three entries, oldest first: Plain (no talks), Monday and Tuesday (conference notes).
fn hall() -> Hall {
    let hall = Hall::new();
    let blog = hall.follow("https://blog.example/feed");
    let wish = NewSubscription {
        site: None,
        title: Some("Ünlü Günlük".to_owned()),
        ..wish("https://other.example/")
    };
    let other = hall.archive.subscribe(&wish, at(0)).unwrap().id();

    let mut plain = with_tags(
        entry("plain", "Plain", "<p>terraform once</p>"),
        &["Dev Ops"],
    );
    plain.published = Some(at(-300));
    plain.authors = vec![Person {
        email: Some("ann@mail.example".to_owned()),
        ..person("Ann Poe")
    }];
    plain.language = Some("en-GB".to_owned());
    plain.enclosures = vec![Enclosure {
        url: "https://blog.example/a.mp3".to_owned(),
        ..Enclosure::default()
    }];
    hall.add(blog, plain);

    let mut monday = with_talks(
        with_tags(
            entry("2026/monday", "Monday at Notes Days", "<p>coffee first</p>"),
            &["devopsdays"],
        ),
        &[
            ("State of terraform", &["Bo Lee"], "the state file grows"),
            ("Incidents", &["Ann Poe", "Cy Roe"], "blameless café talk"),
        ],
    );
    monday.published = Some(at(-200));
    monday.event = Some("Notes Days KÖLN 2026".to_owned());
    monday.authors = vec![person("Dee Fox")];
    hall.add(other, monday);

    let mut tuesday = with_talks(
        entry("2026/tuesday", "Tuesday", ""),
        &[("Closing", &["Dee Fox"], "file under state")],
    );
    tuesday.published = Some(at(-100));
    let id = hall.add(other, tuesday.clone());
    tuesday.hash = hash("edited");
    hall.record(other, vec![Change::Edited(id, Box::new(tuesday))]);
    hall
}

const MONDAY: &str = "Monday at Notes Days";

#[track_caller]
fn assert_entries(query: &str, expected: &[&str]) {
    assert_eq!(
        hall().titles(query, By::Entry),
        expected,
        "by entry: {query}"
    );
}

#[track_caller]
fn assert_talks(query: &str, expected: &[&str]) {
    assert_eq!(hall().titles(query, By::Talk), expected, "by talk: {query}");
}

#[test]
fn everything_comes_newest_first() {
    assert_entries("", &["Tuesday", MONDAY, "Plain"]);
    assert_talks("", &["Closing", "State of terraform", "Incidents"]);
}

#[test]
fn words_may_stand_anywhere_in_an_entry() {
    assert_entries("terraform", &[MONDAY, "Plain"]);
    assert_entries("terraform blameless", &[MONDAY]);
    assert_entries("cafe", &[MONDAY]);
    assert_entries("incid*", &[MONDAY]);
    assert_entries("inci", &[]);
    assert_entries("coffee", &[MONDAY]);
    assert_entries("\"state file\"", &[MONDAY]);
    assert_entries("state file", &["Tuesday", MONDAY]);
    assert_entries("Roe", &[MONDAY]);
}

#[test]
fn words_by_talk_stand_in_the_talk_or_in_its_entrys_title() {
    assert_talks("terraform", &["State of terraform"]);
    assert_talks("terraform blameless", &[]);
    assert_talks("coffee", &[]);
    assert_talks("monday", &["State of terraform", "Incidents"]);
    assert_talks("monday blameless", &["Incidents"]);
    assert_talks("state", &["Closing", "State of terraform"]);
    assert_talks("days -terraform", &["Incidents"]);
}

#[test]
fn minus_or_and_parentheses_select_as_they_read() {
    assert_entries("-terraform", &["Tuesday"]);
    assert_entries("terraform -tag:devops", &[MONDAY]);
    assert_entries("closing OR coffee", &["Tuesday", MONDAY]);
    assert_entries("(closing OR terraform) -monday", &["Tuesday", "Plain"]);
    assert_entries("-event:days", &["Tuesday", "Plain"]);
    assert_entries("-lang:en", &["Tuesday", MONDAY]);
}

#[test]
fn titles_are_those_of_entries_and_of_their_talks() {
    assert_entries("title:terraform", &[MONDAY]);
    assert_entries("title:tuesday", &["Tuesday"]);
    assert_entries("title:once", &[]);
    assert_talks("title:terraform", &["State of terraform"]);
    assert_talks("title:monday", &["State of terraform", "Incidents"]);
}

#[test]
fn authors_wrote_the_entry_and_speakers_gave_the_talk() {
    assert_entries("author:ann", &["Plain"]);
    assert_entries("author:mail.example", &["Plain"]);
    assert_entries("speaker:\"ann poe\"", &[MONDAY]);
    assert_entries("author:dee", &[MONDAY]);
    assert_talks("author:dee", &["State of terraform", "Incidents"]);
    assert_talks("speaker:ann", &["Incidents"]);
    assert_talks("speaker:dee", &["Closing"]);
    assert_talks("-speaker:ann", &["Closing", "State of terraform"]);
}

#[test]
fn tags_match_in_every_spelling_and_by_their_beginning() {
    assert_entries("tag:dev-ops", &["Plain"]);
    assert_entries("tag:devops*", &[MONDAY, "Plain"]);
    assert_entries("tag:dev_%*", &[]);
    assert_talks("tag:devopsdays", &["State of terraform", "Incidents"]);
    assert_entries("-tag:devopsdays", &["Tuesday", "Plain"]);
}

#[test]
fn feeds_match_by_title_and_address_in_every_script() {
    assert_entries("feed:\"ünLÜ\"", &["Tuesday", MONDAY]);
    assert_entries("feed:BLOG.example", &["Plain"]);
    assert_entries("feed:example", &["Tuesday", MONDAY, "Plain"]);
    assert_entries("feed:%", &[]);
    assert_entries("-feed:blog", &["Tuesday", MONDAY]);
    assert_talks(
        "feed:other",
        &["Closing", "State of terraform", "Incidents"],
    );
}

#[test]
fn the_entrys_own_facts_select_entries_and_their_talks() {
    assert_entries("event:köln", &[MONDAY]);
    assert_talks("event:köln", &["State of terraform", "Incidents"]);
    assert_entries("url:2026/", &["Tuesday", MONDAY]);
    assert_entries("url:20_6", &[]);
    assert_entries("lang:EN", &["Plain"]);
    assert_entries("lang:en-gb", &["Plain"]);
    assert_entries("lang:e", &[]);
    assert_entries("lang:%", &[]);
    assert_entries("has:enclosure", &["Plain"]);
    assert_entries("has:talks", &["Tuesday", MONDAY]);
    assert_talks("has:enclosure", &[]);
    assert_entries("is:revised", &["Tuesday"]);
    assert_talks("is:revised", &["Closing"]);
}

#[test]
fn dates_bound_the_answer_below_inclusively_and_above_exclusively() {
    let hall = hall();
    let between = |from: i64, until: i64| {
        let filter = Filter::And(vec![Filter::From(at(from)), Filter::Until(at(until))]);
        hall.titles_of(&Query {
            filter,
            ..Query::all()
        })
    };
    assert_eq!(between(-300, -100), [MONDAY, "Plain"]);
    assert_eq!(between(-299, -99), ["Tuesday", MONDAY]);
    assert_eq!(hall.titles("since:5d", By::Entry), ["Tuesday"]);
    assert_eq!(
        hall.titles("after:2026-10-20 before:2026-10-26", By::Entry),
        [MONDAY, "Plain"][..1]
    );
}

#[test]
fn order_and_limit_count_what_is_asked_for() {
    let hall = hall();
    let oldest = Query {
        sort: Sort::Oldest,
        limit: Some(2),
        ..Query::all()
    };
    assert_eq!(hall.titles_of(&oldest), ["Plain", MONDAY]);
    let talks = Query {
        by: By::Talk,
        limit: Some(2),
        ..Query::all()
    };
    assert_eq!(hall.titles_of(&talks), ["Closing", "State of terraform"]);
    let oldest_talks = Query {
        sort: Sort::Oldest,
        limit: None,
        ..talks
    };
    assert_eq!(
        hall.titles_of(&oldest_talks),
        ["State of terraform", "Incidents", "Closing"]
    );
    assert!(
        hall.titles_of(&Query {
            limit: Some(0),
            ..Query::all()
        })
        .is_empty()
    );
}

#[test]
fn the_head_bears_the_newest_date_of_the_items() {
    let hall = hall();
    let head = |query: &Query| {
        let mut taken = Taken::default();
        hall.archive.search(query, "my view", &mut taken).unwrap();
        taken.head.unwrap()
    };
    assert_eq!(head(&Query::all()).updated, Some(at(-100)));
    let oldest = Query {
        sort: Sort::Oldest,
        limit: Some(2),
        ..Query::all()
    };
    assert_eq!(head(&oldest).updated, Some(at(-200)));
    let nothing = Query {
        limit: Some(0),
        ..Query::all()
    };
    assert_eq!(
        head(&nothing),
        DigestHead {
            title: "my view".to_owned(),
            updated: None
        }
    );
}

#[test]
fn an_edit_of_an_old_entry_is_the_newest_change_and_a_year_of_five_digits_is_none() {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let mut old = entry("old", "Old", "");
    old.updated = Some(at(-3));
    let mut odd = entry("odd", "Odd", "");
    odd.updated = DateTime::from_timestamp(400_000_000_000, 0);
    hall.add(feed, old);
    hall.add(feed, odd);
    let mut taken = Taken::default();
    hall.archive
        .search(&Query::all(), "test", &mut taken)
        .unwrap();
    assert_eq!(taken.head.unwrap().updated, Some(at(-3)));
}

#[test]
fn categories_are_kept_whole_and_a_guid_is_its_first_feed_s() {
    let hall = Hall::new();
    let one = hall.follow("https://blog.example/feed");
    let other = hall.follow("https://other.example/feed");
    let mut said = with_tags(entry("urn:x:1", "Said", ""), &["ops", "dev"]);
    let category = Category {
        term: "ops".to_owned(),
        scheme: Some("https://blog.example/topics".to_owned()),
        label: Some("Operations".to_owned()),
    };
    said.tags[0].category = Some(Box::new(category.clone()));
    said.authors = vec![person("Ann Poe"), person("Bo Lind")];
    hall.add(one, said.clone());
    let mut copied = entry("urn:x:1", "Copied", "");
    copied.url = Some("https://other.example/1".to_owned());
    hall.add(other, copied);
    let found = hall.archive.find_entries("urn:x:1").unwrap();
    let (first, second) = (&found[0], &found[1]);
    assert_eq!(first.entry.tags[0].category.as_deref(), Some(&category));
    assert_eq!(first.entry.tags[1].category, None);
    assert_eq!(first.entry.authors, said.authors);
    assert!(!first.guid_is_taken && second.guid_is_taken);
    assert_eq!(first.feed.first_url, "https://blog.example/feed");
}

#[test]
fn a_cursor_stands_behind_what_has_been_seen() {
    let hall = hall();
    assert_eq!(hall.archive.cursor("weekly").unwrap(), None);
    let seen = hall.archive.latest().unwrap();
    let move_it = |from, to| -> Moved {
        let nothing = || Ok::<(), ArchiveError>(());
        let moved = hall.archive.move_cursor("weekly", from, to, at(0), nothing);
        moved.unwrap()
    };
    assert_eq!(move_it(None, Cursor(1)), Moved::Done);
    assert_eq!(move_it(Some(Cursor(1)), seen), Moved::Done);
    assert_eq!(hall.archive.cursor("weekly").unwrap(), Some(seen));
    // Of two that began where it stood, one comes too late.
    assert_eq!(move_it(Some(Cursor(1)), Cursor(2)), Moved::Elsewhere);
    let broken = || Err(ArchiveError::NoSuchEntry);
    let moved = hall
        .archive
        .move_cursor("weekly", Some(seen), Cursor(9), at(0), broken);
    assert!(moved.is_err());
    assert_eq!(hall.archive.cursor("weekly").unwrap(), Some(seen));

    let since = Query {
        arrived_after: Some(seen),
        ..Query::all()
    };
    assert!(hall.titles_of(&since).is_empty());
    let feed = hall.follow("https://third.example/");
    // Published long ago, but arrived now.
    let mut late = entry("late", "Late", "");
    late.published = Some(at(-9_000));
    hall.add(feed, late);
    assert_eq!(hall.titles_of(&since), ["Late"]);
    assert_eq!(Hall::new().archive.latest().unwrap(), Cursor(0));
}

#[test]
fn hostile_words_are_only_words() {
    let hall = hall();
    for text in [
        "a\"b",
        "x OR title : y",
        "a\0b",
        "NEAR(a b)",
        "*",
        "\u{1f600}",
        "^zz",
        "a AND",
        &"q".repeat(100_000),
    ] {
        for prefix in [false, true] {
            let words = || Words {
                text: text.to_owned(),
                prefix,
                exact: false,
            };
            for leaf in [Filter::Text, Filter::Title, Filter::Author, Filter::Speaker] {
                for by in [By::Entry, By::Talk] {
                    let query = Query {
                        filter: leaf(words()),
                        by,
                        ..Query::all()
                    };
                    assert!(hall.titles_of(&query).is_empty(), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_very_long_query_is_answered() {
    let leaves = |count: usize| -> Vec<Filter> {
        (0..count)
            .map(|_| {
                Filter::Text(Words {
                    text: "terraform".to_owned(),
                    prefix: false,
                    exact: false,
                })
            })
            .collect()
    };
    let hall = hall();
    let every = Query {
        filter: Filter::And(leaves(2_000)),
        ..Query::all()
    };
    assert_eq!(hall.titles_of(&every), [MONDAY, "Plain"]);
    let any = Query {
        filter: Filter::Or(leaves(2_000)),
        ..Query::all()
    };
    assert_eq!(hall.titles_of(&any), [MONDAY, "Plain"]);
}

#[test]
fn an_output_that_breaks_ends_the_search() {
    struct Broken;
    impl Digest for Broken {
        fn begin(&mut self, _: &DigestHead) -> io::Result<()> {
            Ok(())
        }
        fn item(&mut self, _: Item<'_>) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn end(&mut self) -> io::Result<()> {
            panic!("nothing comes after an error")
        }
    }
    let answer = hall().archive.search(&Query::all(), "", &mut Broken);
    assert!(
        matches!(answer, Err(SearchError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe)
    );
}

/// The three entries of one blog whose words have endings, accents and no spaces.
fn words_hall() -> Hall {
    let hall = Hall::new();
    let feed = hall.follow("https://blog.example/feed");
    let mut late = with_talks(
        entry("1", "Deployments", "<p>Of nothing</p>"),
        &[(
            "Deploying on Friday",
            &["Bo Jones"],
            "we deployed and regretted",
        )],
    );
    late.published = Some(at(-100));
    hall.add(feed, late);
    let mut text = entry("2", "Second", "<p>a deploy in Straße, deploy often</p>");
    text.published = Some(at(-50));
    hall.add(feed, text);
    hall.add(
        feed,
        entry("3", "勉強会のメモ", "<p>日本語の技術書とAI</p>"),
    );
    hall
}

#[test]
fn a_bare_word_is_found_with_every_english_ending_and_a_quoted_one_just_so() {
    let hall = words_hall();
    for word in ["deploy", "DEPLOYMENT", "deployed", "deploying"] {
        assert_eq!(
            hall.titles(word, By::Entry),
            ["Second", "Deployments"],
            "{word}"
        );
        assert_eq!(
            hall.titles(word, By::Talk),
            ["Deploying on Friday"],
            "{word}"
        );
    }
    assert_eq!(hall.titles("\"deploy\"", By::Entry), ["Second"]);
    assert_eq!(hall.titles("\"we deployed\"", By::Entry), ["Deployments"]);
    assert!(hall.titles("\"we deploy\"", By::Entry).is_empty());
    assert_eq!(hall.titles("title:deploy", By::Entry), ["Deployments"]);
    // Names have no endings.
    assert!(hall.titles("speaker:jone", By::Entry).is_empty());
    hall.archive.repair().unwrap();
    assert_eq!(hall.titles("deploy", By::Entry).len(), 2);
}

#[test]
fn accents_and_east_asian_pairs_are_found() {
    let hall = words_hall();
    assert_eq!(hall.titles("strasse", By::Entry), ["Second"]);
    assert_eq!(hall.titles("STRAẞE", By::Entry), ["Second"]);
    for word in [
        "日本",
        "本語",
        "語の",
        "技術書",
        "日本語の技術書とAI",
        "勉強",
        "会の",
        "モ",
        "ai",
    ] {
        assert_eq!(hall.titles(word, By::Entry), ["勉強会のメモ"], "{word}");
    }
    for word in ["日語", "技書", "本日"] {
        assert!(hall.titles(word, By::Entry).is_empty(), "{word}");
    }
}

#[test]
fn relevance_puts_titles_before_text() {
    let hall = words_hall();
    let by_relevance = |query: &str, by| {
        hall.titles_of(&Query {
            filter: crate::query::read(query, at(0)).unwrap(),
            by,
            sort: Sort::Relevance,
            limit: Some(10),
            ..Query::all()
        })
    };
    assert_eq!(by_relevance("deploy", By::Entry), ["Deployments", "Second"]);
    assert_eq!(by_relevance("deploy -friday", By::Entry), ["Second"]);
    assert_eq!(by_relevance("deploy", By::Talk), ["Deploying on Friday"]);
    // Without words, and where not every item has one: the newest first.
    assert_eq!(by_relevance("", By::Entry).len(), 3);
    assert_eq!(
        by_relevance("lang:xx OR deploy", By::Entry),
        ["Second", "Deployments"]
    );
}

#[test]
fn kinds_select_talks_and_the_entries_that_hold_them() {
    assert_talks("kind:Keynotes state", &["Closing", "State of terraform"]);
    assert_entries("kind:keynote", &["Tuesday", MONDAY]);
    assert_entries("kind:open-space", &[]);
}

#[test]
fn each_feed_gives_so_many_and_groups_come_as_their_first_would() {
    let hall = Hall::new();
    let one = hall.follow("https://one.example/");
    let two = hall.follow("https://two.example/");
    let day = |guid: &str, days: i64, event: Option<&str>| {
        let mut entry = entry(guid, guid, "");
        entry.published = Some(at(-days * 24));
        entry.event = event.map(str::to_owned);
        entry
    };
    hall.add(one, day("a", 4, Some("DevOpsDays Ghent 2019")));
    hall.add(one, day("b", 2, None));
    hall.add(two, day("c", 3, Some("DevOps Days, Ghent 2019")));
    hall.add(one, day("d", 1, Some("Other")));
    let titles = |query: Query| hall.titles_of(&query).concat();
    let grouped = |group| Query {
        group,
        ..Query::all()
    };
    assert_eq!(titles(Query::all()), "dbca");
    assert_eq!(titles(grouped(Group::Day)), "dbca");
    assert_eq!(titles(grouped(Group::Feed)), "dbac");
    assert_eq!(titles(grouped(Group::Event)), "dcab");
    let oldest = Query {
        sort: Sort::Oldest,
        ..grouped(Group::Event)
    };
    assert_eq!(titles(oldest), "acdb");
    let first_two = Query {
        per_feed: Some(2),
        ..Query::all()
    };
    assert_eq!(titles(first_two.clone()), "dbc");
    assert_eq!(
        titles(Query {
            limit: Some(2),
            ..first_two
        }),
        "db"
    );
    let one_each = Query {
        per_feed: Some(1),
        limit: Some(5),
        ..grouped(Group::Event)
    };
    assert_eq!(titles(one_each), "dc");
}

#[test]
fn arrivals_are_counted_out_by_whole_entries() {
    let hall = hall();
    let query = |by| Query { by, ..Query::all() };
    let end = |by, most| hall.archive.end_of_first(&query(by), most).unwrap();
    let all: Vec<i64> = (1..=3).collect();
    assert_eq!(end(By::Entry, 2), Some(Cursor(all[1])));
    assert_eq!(end(By::Entry, 3), None);
    // Monday's talks stay together, also where they are more than was asked for.
    assert_eq!(end(By::Talk, 1), Some(Cursor(all[1])));
    assert_eq!(end(By::Talk, 100), None);
    let pages = |size| hall.archive.pages(&query(By::Entry), size).unwrap();
    assert_eq!(pages(2), [Cursor(2), Cursor(3)]);
    assert_eq!(pages(3), [Cursor(3)]);
    assert_eq!(Hall::new().archive.pages(&Query::all(), 2).unwrap(), []);
}

#[test]
fn a_file_is_announced_once_for_each_view() {
    let hall = Hall::new();
    assert_eq!(hall.archive.announced("weekly").unwrap(), None);
    let mut file = Announced {
        path: "/srv/a.md".into(),
        hash: [7; 32],
        after: Cursor(1),
        until: Cursor(5),
    };
    hall.archive.announce("weekly", &file).unwrap();
    file.hash = [8; 32];
    hall.archive.announce("weekly", &file).unwrap();
    assert_eq!(hall.archive.announced("weekly").unwrap(), Some(file));
    assert_eq!(hall.archive.announced("other").unwrap(), None);
}
