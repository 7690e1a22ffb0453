use super::*;
use crate::model::{FeedId, Pace, PollHints, State};
use crate::source::Validators;

fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn feed(failures: u32) -> Subscription {
    Subscription {
        id: FeedId(1),
        source: Source::from_web_address("https://blog.example:81/feed").unwrap(),
        title: None,
        site_url: None,
        given_site: None,
        tags: Vec::new(),
        state: State::Failing,
        validators: Validators::default(),
        body_hash: None,
        is_cut: false,
        entries: 0,
        last_attempt: None,
        last_success: None,
        next_due: None,
        held_until: None,
        hints: PollHints::default(),
        pace: Pace::default(),
        redirect: None,
        former: None,
        error: None,
        error_since: None,
        failures,
        absent_since: None,
    }
}

fn status(status: u16) -> Failure {
    let kind = match status {
        410 => FailureKind::Gone,
        400..500 => FailureKind::HttpClient,
        _ => FailureKind::HttpServer,
    };
    let mut failure = Failure::new(kind, "the server answered so");
    failure.http_status = Some(status);
    failure
}

/// The gap after the `failures`th failure in a row.
fn gap(failures: u32, code: u16, retry_after: Option<TimeDelta>) -> TimeDelta {
    let mut failure = status(code);
    failure.retry_at = retry_after.map(|span| now() + span);
    let (_, due) = setback(&feed(failures - 1), failure, now(), Settings::default());
    due - now()
}

#[test]
fn gaps_grow_to_a_week_and_never_end() {
    for code in [500, 404, 403, 429] {
        let gaps: Vec<_> = (1..12).map(|failures| gap(failures, code, None)).collect();
        assert!(gaps.is_sorted(), "{gaps:?}");
        assert!(gaps[1] > gaps[0] && gaps[2] > gaps[1], "{gaps:?}");
        assert!(gaps[0] >= TimeDelta::seconds(3570), "{gaps:?}");
        let last = gaps[10];
        assert!(last <= MAX_BACKOFF && last > TimeDelta::days(6), "{last}");
    }
    assert!(gap(u32::MAX, 500, None) <= MAX_BACKOFF);
    assert!(gap(1, 403, None) > TimeDelta::hours(3));
    assert_eq!(gap(1, 500, None), TimeDelta::seconds(3570));
}

#[test]
fn retry_after_is_never_undercut() {
    assert_eq!(gap(1, 503, Some(TimeDelta::days(2))), TimeDelta::days(2));
    assert_eq!(gap(1, 429, Some(TimeDelta::hours(2))), TimeDelta::hours(2));
    assert_eq!(
        gap(1, 429, Some(TimeDelta::seconds(5))),
        TimeDelta::seconds(3570)
    );
    assert_eq!(gap(1, 503, Some(TimeDelta::days(9999))), MAX_INTERVAL);
}

#[test]
fn a_429_holds_its_host() {
    let hold = |code: u16, retry_after: Option<TimeDelta>| {
        let mut failure = status(code);
        failure.retry_at = retry_after.map(|span| now() + span);
        let (setback, _) = setback(&feed(9), failure, now(), Settings::default());
        setback.hold.map(|hold| (hold.server, hold.until - now()))
    };
    let server = "blog.example:81".to_owned();
    let two = TimeDelta::hours(2);
    assert_eq!(hold(429, Some(two)), Some((server.clone(), two)));
    assert_eq!(hold(429, None), Some((server, LONGEST_GUESSED_HOLD)));
    assert_eq!(hold(503, Some(two)), None);
}

#[test]
fn a_429_behind_a_redirect_holds_the_host_that_said_it() {
    let end = Url::parse("https://cdn.example/feed").unwrap();
    let failure = status(429).redirected_to(&end);
    assert!(
        failure.message.contains("https://cdn.example/feed"),
        "{failure:?}"
    );
    let hold = setback(&feed(0), failure, now(), Settings::default())
        .0
        .hold;
    assert_eq!(hold.unwrap().server, "cdn.example");
}

#[test]
fn what_redirects_lead_to_retires_nobody_at_once() {
    let end = Url::parse("https://cdn.example/feed").unwrap();
    let gone = || status(410).redirected_to(&end);
    let after = |failures: u32, days: Option<i64>| {
        let mut feed = feed(failures);
        feed.absent_since = days.map(|days| now() - TimeDelta::days(days));
        setback(&feed, gone(), now(), Settings::default()).0
    };
    assert!(!after(0, None).retired);
    assert_eq!(after(0, None).absent_since, Some(now()));
    assert!(!after(9, Some(30)).retired);
    assert!(after(9, Some(90)).retired, "nothing for months");
}

fn redirected(hours: i64) -> Subscription {
    let mut feed = feed(0);
    feed.redirect = Some(crate::model::SeenRedirect {
        to: Url::parse("https://new.example/feed").unwrap(),
        since: now() - TimeDelta::hours(hours),
        last: now() - TimeDelta::hours(hours),
        times: 1,
    });
    feed
}

#[test]
fn what_led_elsewhere_for_good_and_then_is_gone_has_moved() {
    let moved = |feed: &Subscription, failure: Failure| {
        let (setback, due) = setback(feed, failure, now(), Settings::default());
        if setback.moved_to.is_some() {
            assert_eq!(due - now(), TimeDelta::seconds(3570));
        }
        setback.moved_to.map(String::from)
    };
    let new = Some("https://new.example/feed".to_owned());
    assert_eq!(moved(&redirected(24), status(404)), new);
    assert_eq!(moved(&redirected(24), status(410)), new);
    assert_eq!(moved(&redirected(1), status(404)), None, "a slip");
    assert_eq!(moved(&redirected(-24), status(404)), None, "a clock");
    assert_eq!(moved(&redirected(24), status(500)), None);
    assert_eq!(moved(&feed(3), status(404)), None);
    let end = Url::parse("https://new.example/feed").unwrap();
    let at_the_end = status(404).redirected_to(&end);
    assert_eq!(moved(&redirected(24), at_the_end), None);
}

#[test]
fn the_url_a_feed_was_moved_from_is_asked_before_the_newer_one_is_given_up() {
    let former = |asked: Option<i64>| {
        Some(crate::model::Former {
            url: Url::parse("https://old.example/feed").unwrap(),
            asked_at: asked.map(|days| now() - TimeDelta::days(days)),
        })
    };
    let mut feed = feed(0);
    feed.former = former(None);
    let gone = |feed: &Subscription| setback(feed, status(410), now(), Settings::default()).0;
    assert!(!gone(&feed).retired);
    assert_eq!(former_turn(&feed, now()), None, "the newer one is well");
    feed.absent_since = Some(now() - TimeDelta::days(3));
    feed.error = Some(status(410));
    assert!(former_turn(&feed, now()).is_some());
    feed.former = former(Some(2));
    assert_eq!(former_turn(&feed, now()), None, "asked in vain");
    assert!(gone(&feed).retired);
    // In an earlier trouble.
    feed.former = former(Some(5));
    assert!(former_turn(&feed, now()).is_some());
    assert!(!gone(&feed).retired);
    feed.absent_since = Some(now() - TimeDelta::days(20));
    feed.former = former(Some(8));
    assert!(former_turn(&feed, now()).is_some(), "once a week");
    feed.error = Some(status(500));
    assert_eq!(former_turn(&feed, now()), None);
}

#[test]
fn what_is_gone_is_retired_at_once_and_what_is_absent_after_months() {
    let after = |failures: u32, failure: Failure, days: Option<i64>| {
        let mut feed = feed(failures);
        feed.absent_since = days.map(|days| now() - TimeDelta::days(days));
        setback(&feed, failure, now(), Settings::default()).0
    };
    let page = || Failure::new(FailureKind::NotAFeed, "this is a web page");
    assert!(after(0, status(410), None).retired);
    assert!(after(20, status(404), Some(90)).retired);
    assert!(after(20, page(), Some(91)).retired);
    assert!(!after(20, status(404), Some(89)).retired);
    assert!(!after(20, status(404), None).retired);
    assert!(!after(1, status(404), Some(100)).retired, "seen twice only");
    assert!(!after(20, status(500), Some(300)).retired);
    // Another trouble between neither counts nor begins anew.
    assert_eq!(
        after(20, status(500), Some(5)).absent_since,
        Some(now() - TimeDelta::days(5))
    );
    assert_eq!(after(0, status(404), None).absent_since, Some(now()));
    assert_eq!(
        after(0, status(404), Some(-900)).absent_since,
        Some(now()),
        "a clock that was ahead"
    );
    let hint = after(20, page(), Some(91)).failure.hint.unwrap();
    assert!(
        hint.contains("since 2026-08-22") && hint.contains("hallway resume"),
        "{hint}"
    );
}
