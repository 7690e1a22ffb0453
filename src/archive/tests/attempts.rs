use super::*;
use crate::model::{Fingerprint, Hold, PollHints, SeenRedirect, State};
use crate::source::{Failure, FailureKind};
use url::Url;

const URL: &str = "https://blog.example/feed";

fn state(hall: &Hall, feed: FeedId) -> Subscription {
    hall.archive.subscription(feed).unwrap().unwrap()
}

fn failed(feed: FeedId, hour: i64, kind: FailureKind) -> Attempt {
    let mut failure = Failure::new(kind, "the server answered 500").with_hint("wait");
    failure.http_status = Some(500);
    failure.retry_at = Some(at(hour + 5));
    Attempt {
        raw: None,
        at: at(hour),
        next_due: at(hour + 6),
        ..attempt(feed, Outcome::Failed(Box::new(setback(failure))))
    }
}

fn setback(failure: Failure) -> Setback {
    Setback {
        retired: failure.kind == FailureKind::Gone,
        failure,
        absent_since: None,
        hold: None,
        moved_to: None,
        of_former: false,
    }
}

fn record_one(hall: &Hall, attempt: Attempt) {
    hall.archive
        .record(vec![attempt])
        .unwrap()
        .remove(0)
        .unwrap();
}

#[test]
fn a_document_that_was_read_is_remembered_with_its_entries() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let recorded = hall.record(
        feed,
        vec![new(entry("1", "One", "")), new(entry("2", "Two", ""))],
    );
    assert_eq!(
        recorded,
        Recorded {
            new: 2,
            edited: 0,
            dropped: 0,
            moved: false
        }
    );
    let state = state(&hall, feed);
    assert_eq!(state.entries, 2);
    assert_eq!(state.validators.etag.as_deref(), Some("\"1\""));
    assert_eq!(state.body_hash, Some(hash("body")));
    assert_eq!(
        (state.last_success, state.next_due),
        (Some(at(0)), Some(at(1)))
    );

    let known = hall.archive.known(feed, &["2", "3"]).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known["2"].hash, entry("2", "Two", "").hash);
    assert_eq!(known["2"].fingerprint, None);
    let other = hall.follow("https://other.example/feed");
    assert!(hall.archive.known(other, &["2"]).unwrap().is_empty());
}

#[test]
fn a_fingerprint_is_that_of_the_state_that_is_held() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let said = |title: &str, letters: u64| Entry {
        // The highest bit is no sign.
        fingerprint: Some(Fingerprint(u64::MAX - letters)),
        ..entry("1", title, "")
    };
    hall.record(feed, vec![new(said("One", 1))]);
    let held = || hall.archive.known(feed, &["1"]).unwrap()["1"];
    assert_eq!(held().fingerprint, said("", 1).fingerprint);
    hall.record(
        feed,
        vec![Change::Edited(held().id, Box::new(said("Two", 2)))],
    );
    assert_eq!(held().fingerprint, said("", 2).fingerprint);
}

#[test]
fn failures_are_counted_until_one_success() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.record(feed, vec![]);
    record_one(&hall, failed(feed, 1, FailureKind::HttpServer));
    record_one(&hall, failed(feed, 7, FailureKind::HttpServer));
    let failing = state(&hall, feed);
    assert_eq!((failing.state, failing.failures), (State::Failing, 2));
    assert_eq!(
        (failing.error_since, failing.next_due),
        (Some(at(1)), Some(at(13)))
    );
    let error = failing.error.unwrap();
    assert_eq!(
        (error.kind, error.http_status),
        (FailureKind::HttpServer, Some(500))
    );
    assert_eq!(
        (error.hint.as_deref(), error.retry_at),
        (Some("wait"), Some(at(12)))
    );
    // Nothing of the stored state but the error is touched.
    assert_eq!(failing.last_success, Some(at(0)));
    assert_eq!(failing.validators.etag.as_deref(), Some("\"1\""));

    let validators = Validators {
        etag: None,
        last_modified: Some("Sun".to_owned()),
    };
    record_one(
        &hall,
        attempt(
            feed,
            Outcome::Unchanged {
                validators: validators.clone(),
                whereabouts: Whereabouts::default(),
            },
        ),
    );
    let well = state(&hall, feed);
    assert_eq!(
        (well.state, well.failures, well.error, well.error_since),
        (State::Active, 0, None, None)
    );
    assert_eq!(well.validators, validators);
    assert_eq!(well.body_hash, Some(hash("body")));
}

#[test]
fn a_feed_that_is_gone_rests_until_it_is_resumed() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    record_one(&hall, failed(feed, 1, FailureKind::Gone));
    assert_eq!(state(&hall, feed).state, State::Gone);
    assert!(hall.archive.due(at(99)).unwrap().is_empty());
    hall.archive.resume(feed, at(2)).unwrap();
    assert_eq!(hall.archive.due(at(2)).unwrap().len(), 1);
}

#[test]
fn a_paused_feed_stays_paused_whatever_a_poll_gives() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.archive.pause(feed).unwrap();
    hall.record(feed, vec![]);
    assert_eq!(state(&hall, feed).state, State::Paused);
    record_one(&hall, failed(feed, 1, FailureKind::Gone));
    assert_eq!(state(&hall, feed).state, State::Paused);
}

#[test]
fn a_feed_that_moved_is_known_by_its_new_address_unless_that_is_taken() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.follow("https://taken.example/");
    let moved = |to: &str| {
        let whereabouts = Whereabouts {
            seen: None,
            moved_to: Some(Url::parse(to).unwrap()),
            ..Whereabouts::default()
        };
        record_one(
            &hall,
            attempt(
                feed,
                Outcome::Unchanged {
                    validators: Validators::default(),
                    whereabouts,
                },
            ),
        );
        state(&hall, feed).source.key()
    };
    assert_eq!(moved("https://new.example/"), "https://new.example/");
    assert_eq!(moved("https://taken.example/"), "https://new.example/");
    assert_eq!(state(&hall, feed).state, State::Active);
}

#[test]
fn a_move_that_was_taken_back_is_not_made_again() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let lead = |to: &str| {
        let whereabouts = Whereabouts {
            seen: None,
            moved_to: Some(Url::parse(to).unwrap()),
            ..Whereabouts::default()
        };
        let validators = Validators::default();
        let outcome = Outcome::Unchanged {
            validators,
            whereabouts,
        };
        let recorded = hall.archive.record(vec![attempt(feed, outcome)]).unwrap();
        recorded.into_iter().next().unwrap().unwrap().moved
    };
    assert!(lead("https://new.example/"));
    let id = hall.archive.moves().unwrap()[0].id;
    assert_eq!(hall.archive.undo_move(id, at(1)).unwrap(), Some(feed));
    assert!(!lead("https://new.example/"));
    assert_eq!(state(&hall, feed).source.key(), URL);
    assert!(lead("https://newer.example/"));
}

#[test]
fn what_a_feed_says_of_polling_and_a_redirect_not_yet_proved_are_remembered() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let seen = SeenRedirect {
        to: Url::parse("https://new.example/").unwrap(),
        since: at(0),
        last: at(24),
        times: 2,
    };
    let hints = PollHints {
        ttl: Some(90),
        skip_hours: 0b101,
        skip_days: 0b11,
        update_every: Some(60),
        update_base: Some(at(-5)),
    };
    let known_pace = Pace {
        newest: Some(at(-9)),
        usual_gap: Some(TimeDelta::hours(7)),
    };
    let mut first = read(feed, vec![]);
    if let Outcome::Read {
        feed,
        pace,
        whereabouts,
        ..
    } = &mut first.outcome
    {
        feed.hints = hints;
        *pace = known_pace;
        whereabouts.seen = Some(seen.clone());
    }
    record_one(&hall, first);
    record_one(&hall, failed(feed, 1, FailureKind::Dns));
    let kept = state(&hall, feed);
    assert_eq!((kept.hints, kept.pace), (hints, known_pace));
    assert_eq!(kept.redirect, Some(seen));
    hall.record(feed, vec![]);
    assert_eq!(state(&hall, feed).redirect, None);
}

#[test]
fn a_hold_is_on_every_feed_of_its_server() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let same = hall.follow("http://blog.example/other");
    let other = hall.follow("https://blog.example:8443/feed");
    let mut held = failed(feed, 1, FailureKind::HttpClient);
    if let Outcome::Failed(setback) = &mut held.outcome {
        setback.failure.retry_at = None;
        setback.hold = Some(Hold {
            server: "blog.example".to_owned(),
            until: at(9),
        });
    }
    record_one(&hall, held);
    assert_eq!(state(&hall, feed).held_until, Some(at(9)));
    assert_eq!(state(&hall, same).held_until, Some(at(9)));
    assert_eq!(state(&hall, other).held_until, None);
}

#[test]
fn a_time_set_by_a_clock_that_was_ahead_does_not_keep_a_feed_back() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let years = at(24 * 3650);
    record_one(
        &hall,
        Attempt {
            raw: None,
            at: years,
            next_due: years,
            ..read(feed, vec![])
        },
    );
    assert_eq!(hall.archive.due(at(1)).unwrap().len(), 1);
}

#[test]
fn one_attempt_that_cannot_be_recorded_spoils_no_other() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let other = hall.follow("https://other.example/");
    let far = entry("far", &"x".repeat(100_000), "");
    // As if SQLite's own limit of 1 GB were reached.
    let limit = rusqlite::limits::Limit::SQLITE_LIMIT_LENGTH;
    hall.archive
        .connections
        .writer()
        .set_limit(limit, 50_000)
        .unwrap();
    let answers = hall
        .archive
        .record(vec![
            read(FeedId(77), vec![new(entry("1", "Nobody's", ""))]),
            read(
                other,
                vec![new(entry("1", "Before", "<p>before</p>")), new(far)],
            ),
            read(feed, vec![new(entry("1", "Good", "<p>good</p>"))]),
        ])
        .unwrap();
    assert!(matches!(answers[0], Err(ArchiveError::NotSubscribed)));
    assert!(
        matches!(answers[1], Err(ArchiveError::Refused(_))),
        "{:?}",
        answers[1]
    );
    assert_eq!(
        *answers[2].as_ref().unwrap(),
        Recorded {
            new: 1,
            edited: 0,
            dropped: 0,
            moved: false
        }
    );
    assert_eq!(hall.titles("", By::Entry), ["Good"]);
    assert_eq!(hall.titles("good", By::Entry), ["Good"]);
    assert!(hall.titles("before", By::Entry).is_empty());
    assert!(
        state(&hall, other).validators.is_empty(),
        "an ETag without its entries loses them"
    );
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn two_runs_at_once_store_nothing_twice() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let second = Archive::open(&hall.path()).unwrap();
    let changes = || {
        (0..50)
            .map(|n| new(entry(&n.to_string(), "Same", "<p>same</p>")))
            .collect()
    };
    let done: usize = std::thread::scope(|scope| {
        let runs = [&hall.archive, &second].map(|archive| {
            scope.spawn(move || {
                archive
                    .record(vec![read(feed, changes())])
                    .unwrap()
                    .remove(0)
                    .unwrap()
            })
        });
        runs.into_iter()
            .map(|run| run.join().unwrap())
            .map(|done| {
                assert_eq!(done.edited, 0);
                done.new
            })
            .sum()
    });
    assert_eq!(done, 50);
    assert_eq!(hall.titles("same", By::Entry).len(), 50);
    assert_eq!(state(&hall, feed).entries, 50);
    assert!(second.check().unwrap().is_empty());
}

#[test]
fn the_same_guid_twice_in_one_batch_is_one_entry_with_a_history() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let changes = vec![
        new(entry("1", "First", "<p>aa</p>")),
        new(entry("1", "Second", "<p>bb</p>")),
    ];
    assert_eq!(
        hall.record(feed, changes),
        Recorded {
            new: 1,
            edited: 1,
            dropped: 0,
            moved: false
        }
    );
    assert_eq!(hall.titles("bb", By::Entry), ["Second"]);
    assert!(hall.titles("aa", By::Entry).is_empty());
    assert!(hall.archive.check().unwrap().is_empty());
}

#[test]
fn a_feed_cannot_overwrite_another_feeds_entry() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let hostile = hall.follow("https://hostile.example/");
    let id = hall.add(feed, entry("1", "Mine", ""));
    hall.record(
        hostile,
        vec![Change::Edited(id, Box::new(entry("1", "Theirs", "")))],
    );
    assert_eq!(
        hall.archive
            .entry(id)
            .unwrap()
            .unwrap()
            .entry
            .title
            .as_deref(),
        Some("Mine")
    );
    let found = hall.archive.find_entries("1").unwrap();
    let ids: Vec<_> = found.iter().map(|entry| entry.id).collect();
    assert_eq!((ids, found[0].also_in.len()), (vec![id], 1));
}

#[test]
fn readers_see_what_was_committed_while_the_writer_writes() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.add(feed, entry("1", "Before", ""));
    let mut writer = hall.archive.connections.writer();
    let transaction = write(&mut writer).unwrap();
    transaction
        .execute("UPDATE entries SET title = 'During'", [])
        .unwrap();
    assert_eq!(hall.titles("", By::Entry), ["Before"]);
    transaction.commit().unwrap();
    assert_eq!(hall.titles("", By::Entry), ["During"]);
}

#[test]
fn an_archive_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Archive>();
}
