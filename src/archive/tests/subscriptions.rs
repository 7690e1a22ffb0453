use super::*;
use crate::model::State;

const URL: &str = "https://blog.example/feed";

#[test]
fn following_twice_is_following_once_with_all_that_was_said() {
    let hall = Hall::new();
    let first = hall.archive.subscribe(&wish(URL), at(0)).unwrap();
    let again = NewSubscription {
        site: None,
        title: Some("Ann's notes".to_owned()),
        tags: strings(&["DevOps", "dev-ops", "ghent"]),
        ..wish(URL)
    };
    let second = hall.archive.subscribe(&again, at(1)).unwrap();
    assert_eq!(
        (first, second),
        (Subscribed::New(first.id()), Subscribed::Already(first.id()))
    );

    let all = hall.archive.subscriptions().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].title.as_deref(), Some("Ann's notes"));
    assert_eq!(all[0].tags, ["DevOps", "ghent"]);
    assert_eq!(all[0].source, Source::from_web_address(URL).unwrap());
}

#[test]
fn subscriptions_come_by_title() {
    let hall = Hall::new();
    for (url, title) in [
        ("https://a.example/", "Öko"),
        ("https://b.example/", "zebra"),
        ("https://c.example/", "Apple"),
    ] {
        let wish = NewSubscription {
            site: None,
            title: Some(title.to_owned()),
            ..wish(url)
        };
        hall.archive.subscribe(&wish, at(0)).unwrap();
    }
    let all = hall.archive.subscriptions().unwrap();
    let titles: Vec<_> = all
        .iter()
        .map(|one| one.title.as_deref().unwrap())
        .collect();
    assert_eq!(titles, ["Apple", "zebra", "Öko"]);
}

#[test]
fn the_persons_title_goes_before_the_feeds_own() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.record(feed, vec![]);
    let title = || {
        hall.archive
            .subscription(feed)
            .unwrap()
            .unwrap()
            .title
            .unwrap()
    };
    assert_eq!(title(), "Hallway notes");
    let wish = NewSubscription {
        site: None,
        title: Some("Mine".to_owned()),
        ..wish(URL)
    };
    hall.archive.subscribe(&wish, at(1)).unwrap();
    hall.record(feed, vec![]);
    assert_eq!(title(), "Mine");
}

#[test]
fn due_is_what_waits_longest_and_nothing_that_rests() {
    let hall = Hall::new();
    let polled = hall.follow("https://a.example/");
    let paused = hall.follow("https://b.example/");
    let fresh = hall.follow("https://c.example/");
    hall.record(polled, vec![]);
    hall.archive.pause(paused).unwrap();
    let due = |now| -> Vec<FeedId> {
        hall.archive
            .due(now)
            .unwrap()
            .iter()
            .map(|one| one.id)
            .collect()
    };
    assert_eq!(due(at(0)), [fresh]);
    assert_eq!(due(at(1)), [fresh, polled]);
    hall.archive.resume(paused, at(0)).unwrap();
    assert_eq!(due(at(1)), [fresh, paused, polled]);
}

#[test]
fn resuming_does_not_cut_a_wait_short() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    hall.record(feed, vec![]);
    hall.archive.resume(feed, at(0)).unwrap();
    assert_eq!(
        hall.archive.subscription(feed).unwrap().unwrap().next_due,
        Some(at(1))
    );
}

#[test]
fn a_removed_feeds_entries_stay_and_it_can_be_taken_up_again() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let id = hall.add(feed, entry("1", "Kept", "<p>words</p>"));
    assert_eq!(hall.archive.remove(feed, false).unwrap(), 1);

    assert!(hall.archive.subscriptions().unwrap().is_empty());
    assert!(hall.archive.subscription(feed).unwrap().is_none());
    assert!(hall.archive.due(at(99)).unwrap().is_empty());
    let kept = hall.archive.entry(id).unwrap().unwrap();
    assert_eq!(kept.feed.title.as_deref(), Some("Hallway notes"));
    assert_eq!(kept.feed.url, URL);
    assert_eq!(hall.titles("words", By::Entry), ["Kept"]);
    assert!(matches!(
        hall.archive.remove(feed, false),
        Err(ArchiveError::NotSubscribed)
    ));
    assert!(matches!(
        hall.archive.pause(feed),
        Err(ArchiveError::NotSubscribed)
    ));
    assert!(matches!(
        hall.archive.resume(feed, at(0)),
        Err(ArchiveError::NotSubscribed)
    ));

    assert_eq!(
        hall.archive.subscribe(&wish(URL), at(2)).unwrap(),
        Subscribed::New(feed)
    );
    let again = hall.archive.subscription(feed).unwrap().unwrap();
    assert_eq!((again.state, again.entries), (State::Active, 1));
    assert!(
        again.validators.is_empty(),
        "the next poll must read the feed in full"
    );
    assert!(again.next_due.is_none());
}

#[test]
fn purging_leaves_nothing_but_the_others() {
    let hall = Hall::new();
    let feed = hall.follow(URL);
    let other = hall.follow("https://other.example/");
    hall.add(
        feed,
        with_talks(
            entry("1", "Gone", "<p>words</p>"),
            &[("T", &["S"], "words")],
        ),
    );
    let kept = hall.add(other, entry("1", "Kept", "<p>words</p>"));
    assert_eq!(hall.archive.remove(feed, true).unwrap(), 1);
    assert_eq!(hall.titles("words", By::Entry), ["Kept"]);
    assert!(hall.archive.check().unwrap().is_empty());

    // No number is used twice: cursors count on it.
    hall.archive.remove(other, true).unwrap();
    let third = hall.follow("https://third.example/");
    assert!(hall.add(third, entry("1", "Later", "")) > kept);
}
