use super::*;

const LONG: &str =
    "Ann Example spoke of queues that fill up while nobody looks, and of what to do then.";
const OTHER: &str =
    "Bo Sample showed how a small team moved its builds to another place within one week.";

fn at(day: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(1_700_000_000 + day * 86_400, 0)
}

fn post(url: &str, title: &str, day: i64) -> Post {
    Post::of(
        Some(url).filter(|url| !url.is_empty()),
        Some(title).filter(|title| !title.is_empty()),
        at(day).filter(|_| day >= 0),
        None,
    )
}

/// Pairs one held entry, gone from the document, with a new one.
fn is_same((old, had): (Post, &str), (new, has): (Post, &str), is_move: bool) -> bool {
    let wording = |_| Ok::<_, ()>(Wording::of(had));
    let held = [(old, false)];
    let new = [(new, Wording::of(has))];
    republished(&held, &new, is_move, wording).unwrap() == [(0, 0)]
}

#[test]
fn the_same_link_and_text_are_the_same_entry() {
    let old = || (post("http://a.example/one", "One", 1), "Of valves.");
    for new in [
        (post("https://a.example/one/", "One", 1), "Of valves."),
        // The date was made anew, or the title edited.
        (post("https://a.example/one", "One", 300), "Of valves."),
        (post("https://a.example/one", "First", 1), "Of valves."),
        // Edited on the way.
        (post("https://a.example/one", "One", 1), "Of gauges."),
    ] {
        assert!(is_same(old(), new.clone(), false), "{new:?}");
    }
}

#[test]
fn what_is_always_the_same_tells_nothing() {
    let weekly = |text| (post("https://a.example/weekly", "Weekly links", 1), text);
    let next = |text| (post("https://a.example/weekly", "Weekly links", 8), text);
    for is_move in [false, true] {
        assert!(!is_same(weekly(LONG), next(OTHER), is_move));
        assert!(!is_same(weekly("Links 1"), next("Links 2"), is_move));
    }
    let status = |title, day| (post("https://a.example/status", title, day), "See inside.");
    assert!(!is_same(status("Monday", 1), status("Tuesday", 2), true));
    let notes = |link, day| (post(link, "Release notes", day), "Bugs mended.");
    let (one, two) = ("https://a.example/1", "https://a.example/2");
    assert!(!is_same(notes(one, 1), notes(two, 9), true));
    assert!(!is_same(notes(one, 1), notes(two, 1), false));
}

#[test]
fn a_link_of_several_is_no_evidence() {
    let link = "https://a.example/blog";
    let held = [
        (post(link, "One", 1), true),
        (post(link, "Two", 2), false),
        (post("https://a.example/x", "Other", 2), false),
    ];
    let new = [(post(link, "Three", 3), Wording::of(LONG))];
    let pairs = republished(&held, &new, false, |_| Ok::<_, ()>(Wording::of(LONG))).unwrap();
    assert!(pairs.is_empty(), "{pairs:?}");
}

#[test]
fn what_still_stands_in_the_document_is_another_entry() {
    let held = [(post("https://a.example/one", "One", 1), true)];
    let new = [(post("https://a.example/one", "One", 1), Wording::of(LONG))];
    let pairs = republished(&held, &new, true, |_| Ok::<_, ()>(Wording::of(LONG))).unwrap();
    assert!(pairs.is_empty(), "{pairs:?}");
}

#[test]
fn a_moved_link_is_followed_by_title_and_text() {
    let old = || (post("https://a.example/?p=1", "One", 1), LONG);
    let new = |title, day, text| (post("https://b.example/one", title, day), text);
    assert!(is_same(old(), new("One", 1, LONG), false));
    assert!(!is_same(old(), new("One", 90, LONG), false), "dates anew");
    assert!(is_same(old(), new("One", 90, LONG), true));
    assert!(!is_same(old(), new("One", 1, OTHER), false), "text anew");
    assert!(is_same(old(), new("One", 1, OTHER), true));
    assert!(is_same(old(), new("The First", 1, LONG), true));
    assert!(!is_same(old(), new("The First", 9, LONG), true));
}

#[test]
fn the_same_words_under_every_episode_tell_nothing() {
    let held: Vec<_> = (1..=4)
        .map(|n| (post("", &format!("Episode {n}"), -1), false))
        .collect();
    let new: Vec<_> = (5..=8)
        .map(|n| (post("", &format!("Episode {n}"), -1), Wording::of(LONG)))
        .collect();
    let pairs = republished(&held, &new, true, |_| Ok::<_, ()>(Wording::of(LONG))).unwrap();
    assert!(pairs.is_empty(), "{pairs:?}");
}

#[test]
fn entries_of_one_title_find_each_its_own() {
    let text = |n: usize| format!("{LONG} This was evening {n}. {}", "And more. ".repeat(n));
    let held: Vec<_> = (0..40)
        .map(|n| {
            (
                post(&format!("https://a.example/?p={n}"), "Weekly links", n),
                false,
            )
        })
        .collect();
    let new: Vec<_> = (0..20)
        .map(|n| {
            let day = 39 - n;
            let post = post(&format!("https://b.example/{n}"), "Weekly links", day);
            (post, Wording::of(&text(day as usize)))
        })
        .collect();
    let pairs = republished(&held, &new, true, |at| Ok::<_, ()>(Wording::of(&text(at)))).unwrap();
    let mut expected: Vec<(usize, usize)> = (0..20).map(|n| (n, 39 - n)).collect();
    let mut pairs = pairs;
    pairs.sort_unstable();
    expected.sort_unstable();
    assert_eq!(pairs, expected);
}
