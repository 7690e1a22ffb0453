use super::*;
use crate::model::{FeedId, State};
use crate::source::Validators;

/// A Saturday.
fn now() -> DateTime<Utc> {
    at("2026-11-21T12:00:00Z")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn source() -> Source {
    Source::from_web_address("https://blog.example/feed").unwrap()
}

fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

/// A feed that posted yesterday.
fn busy() -> Pace {
    Pace {
        newest: Some(now() - TimeDelta::days(1)),
        usual_gap: Some(TimeDelta::days(2)),
    }
}

fn asleep() -> Pace {
    Pace {
        newest: Some(now() - TimeDelta::days(730)),
        ..busy()
    }
}

/// How long until the next poll.
fn wait(fresh_for: Option<TimeDelta>, hints: PollHints, pace: Pace) -> TimeDelta {
    let fresh_until = fresh_for.map(|span| now() + span);
    due_after_success(
        &source(),
        fresh_until,
        &hints,
        pace,
        now(),
        Settings::default(),
    ) - now()
}

fn ttl(minutes: u32) -> PollHints {
    PollHints {
        ttl: Some(minutes),
        ..PollHints::default()
    }
}

fn every(minutes: u32, base: Option<&str>) -> PollHints {
    PollHints {
        update_every: Some(minutes),
        update_base: base.map(at),
        ..PollHints::default()
    }
}

const HOUR: TimeDelta = TimeDelta::seconds(3570);

#[test]
fn the_longest_that_is_said_counts_between_an_hour_and_a_month() {
    let none = PollHints::default();
    let years = TimeDelta::days(3650);
    for (fresh_for, hints, expected) in [
        (None, none, HOUR),
        (Some(TimeDelta::zero()), none, HOUR),
        (Some(minutes(5)), ttl(1), HOUR),
        (Some(minutes(60)), none, minutes(60)),
        (Some(minutes(360)), ttl(60), minutes(360)),
        (Some(minutes(90)), ttl(720), minutes(720)),
        (None, ttl(720), minutes(720)),
        (None, ttl(u32::MAX), MAX_INTERVAL),
        (Some(years), none, MAX_INTERVAL),
        (None, every(1440, None), minutes(1440)),
        (None, every(u32::MAX, None), MAX_INTERVAL),
        (None, every(0, Some("1990-01-01T00:00:00Z")), HOUR),
        (Some(minutes(2000)), every(1440, None), minutes(2000)),
    ] {
        assert_eq!(
            wait(fresh_for, hints, busy()),
            expected,
            "{fresh_for:?} {hints:?}"
        );
    }
}

#[test]
fn who_sleeps_is_asked_once_a_day_unless_the_publisher_says_otherwise() {
    let none = PollHints::default();
    let asleep_for = wait(None, none, asleep());
    assert!(
        asleep_for <= TimeDelta::days(1) && asleep_for > TimeDelta::hours(21),
        "{asleep_for}"
    );
    // What every blog engine says of every blog is no more than the least interval.
    assert_eq!(wait(Some(minutes(60)), ttl(60), asleep()), asleep_for);
    assert_eq!(wait(Some(minutes(180)), none, asleep()), minutes(180));
    let month = Pace {
        newest: Some(now() - TimeDelta::days(30)),
        usual_gap: None,
    };
    let month = wait(None, none, month);
    assert!(
        month > TimeDelta::hours(3) && month < TimeDelta::hours(5),
        "{month}"
    );
    assert_eq!(wait(None, none, Pace::default()), HOUR);
    // One post after long silence, and a date in the future.
    let woken = Pace {
        newest: Some(now()),
        usual_gap: Some(TimeDelta::days(30)),
    };
    assert!(wait(None, none, woken) < TimeDelta::hours(3));
    let ahead = Pace {
        newest: Some(now() + TimeDelta::days(900)),
        usual_gap: None,
    };
    assert_eq!(wait(None, none, ahead), HOUR);
}

#[test]
fn feeds_that_sleep_alike_are_not_asked_together() {
    let due = |number: u32| {
        let source = Source::from_web_address(&format!("https://blog.example/{number}")).unwrap();
        due_after_success(
            &source,
            None,
            &PollHints::default(),
            asleep(),
            now(),
            Settings::default(),
        )
    };
    let mut all: Vec<_> = (0..100).map(due).collect();
    assert_eq!(due(7), all[7], "the same each time");
    all.sort();
    all.dedup();
    assert!(all.len() > 50, "{}", all.len());
}

#[test]
fn a_base_is_neared_without_asking_too_often() {
    let daily = |base: &str| wait(None, every(1440, Some(base)), busy());
    assert_eq!(daily("2000-01-01T12:00:00Z"), minutes(1440));
    assert_eq!(daily("2000-01-01T13:00:00Z"), minutes(1500));
    assert_eq!(daily("2000-01-01T11:50:00Z"), minutes(1430));
    assert_eq!(daily("2000-01-01T03:00:00Z"), minutes(1800));
    assert_eq!(daily("2099-01-01T12:00:00Z"), minutes(1440));
}

fn skipping(
    hours: impl IntoIterator<Item = u32>,
    days: impl IntoIterator<Item = u32>,
) -> PollHints {
    PollHints {
        skip_hours: hours.into_iter().fold(0, |set, hour| set | 1 << hour),
        skip_days: days.into_iter().fold(0, |set, day| set | 1 << day),
        ..PollHints::default()
    }
}

#[test]
fn skipped_hours_and_days_are_left_out() {
    let due = |hints: PollHints| now() + wait(None, hints, busy());
    assert_eq!(due(skipping([12, 13, 14], [])), at("2026-11-21T15:00:00Z"));
    // Saturday and Sunday.
    assert_eq!(due(skipping([], [5, 6])), at("2026-11-23T00:00:00Z"));
    assert_eq!(due(skipping([0, 1], [5, 6])), at("2026-11-23T02:00:00Z"));
    // Nothing left means nothing said.
    assert_eq!(due(skipping(0..24, [])), now() + HOUR);
    assert_eq!(due(skipping([], 0..7)), now() + HOUR);
}

fn feed() -> Subscription {
    Subscription {
        id: FeedId(1),
        source: source(),
        title: None,
        site_url: None,
        given_site: None,
        tags: Vec::new(),
        state: State::Active,
        validators: Validators::default(),
        body_hash: None,
        is_cut: false,
        entries: 0,
        last_attempt: Some(now() - minutes(60)),
        last_success: Some(now() - minutes(60)),
        next_due: Some(now()),
        held_until: None,
        hints: PollHints::default(),
        pace: Pace::default(),
        redirect: None,
        former: None,
        error: None,
        error_since: None,
        failures: 0,
        absent_since: None,
    }
}

#[test]
fn a_feed_is_asked_when_it_is_due_and_nobody_minds() {
    let is_due = |change: &dyn Fn(&mut Subscription)| {
        let mut feed = feed();
        change(&mut feed);
        turn(&feed, now()) <= now()
    };
    let later = |hours| Some(now() + TimeDelta::hours(hours));
    assert!(is_due(&|_| {}));
    assert!(is_due(&|feed| feed.next_due = None));
    assert!(!is_due(&|feed| feed.next_due = later(1)));
    assert!(!is_due(&|feed| feed.next_due = Some(now() + MAX_INTERVAL)));
    assert!(!is_due(&|feed| feed.held_until = later(1)));
    assert!(!is_due(&|feed| {
        feed.next_due = None;
        feed.held_until = later(1);
    }));
    assert!(is_due(&|feed| feed.held_until = later(-1)));
    assert!(!is_due(&|feed| feed.hints = skipping([12], [])));
    assert!(is_due(&|feed| {
        feed.hints = skipping([12], []);
        feed.next_due = Some(now() - TimeDelta::days(8));
    }));
}

#[test]
fn a_clock_that_was_ahead_is_forgiven() {
    let ahead = now() + TimeDelta::days(3650);
    let mut once = feed();
    once.last_attempt = Some(ahead);
    once.next_due = Some(ahead + minutes(60));
    once.held_until = Some(ahead);
    assert_eq!(turn(&once, now()), now());
    // Ten days: within what a server may ask for, but the last poll cannot have been tomorrow.
    once.last_attempt = Some(now() + TimeDelta::days(10));
    once.next_due = Some(now() + TimeDelta::days(11));
    once.held_until = None;
    assert_eq!(turn(&once, now()), now());
}

#[test]
fn the_pace_is_that_of_the_latest_entries() {
    let days = |days: &[i64]| {
        days.iter()
            .map(|day| now() - TimeDelta::days(*day))
            .collect::<Vec<_>>()
    };
    let unknown = Pace::default();
    let weekly = pace(unknown, days(&[21, 1, 8, 15, -300]), false, now());
    assert_eq!(weekly.newest, Some(now() - TimeDelta::days(1)));
    assert_eq!(weekly.usual_gap, Some(TimeDelta::days(7)));
    let undated = pace(unknown, [], false, now() - TimeDelta::days(300));
    assert_eq!(undated.newest, Some(now() - TimeDelta::days(300)));
    assert_eq!(pace(undated, [], false, now()).newest, undated.newest);
    // An old date on something that came just now.
    assert_eq!(pace(undated, days(&[900]), true, now()).newest, Some(now()));
}

#[test]
fn what_lies_on_the_disk_is_looked_at_every_time() {
    let folder = Source::Folder("/notes".into());
    let settings = Settings::default();
    let due = due_after_success(&folder, None, &ttl(60), asleep(), now(), settings);
    assert_eq!(due, now());
}
