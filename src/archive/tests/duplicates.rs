//! The same post in several feeds.

use super::*;
use crate::query::{Cursor, Sort};

const BLOG: &str = "https://blog.example/feed";
const PLANET: &str = "https://planet.example/rss";

/// Collects what is shown: the number, through which other feeds, the tags.
#[derive(Default)]
struct Shown(Vec<(EntryId, Vec<String>, Vec<String>)>);

impl Digest for Shown {
    fn begin(&mut self, _: &DigestHead) -> io::Result<()> {
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        let entry = item.entry();
        let others = entry.also_in.iter();
        self.0.push((
            entry.id,
            others.map(|other| other.feed_url.clone()).collect(),
            entry
                .entry
                .tags
                .iter()
                .map(|tag| tag.name.clone())
                .collect(),
        ));
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Hall {
    fn shown_of(&self, query: &Query) -> Vec<(EntryId, Vec<String>, Vec<String>)> {
        let mut shown = Shown::default();
        self.archive.search(query, "test", &mut shown).unwrap();
        shown.0
    }

    fn shown(&self, query: &str) -> Vec<(EntryId, Vec<String>, Vec<String>)> {
        self.shown_of(&asked(query))
    }

    fn ids(&self, query: &Query) -> Vec<i64> {
        self.shown_of(query).iter().map(|(id, _, _)| id.0).collect()
    }
}

fn asked(query: &str) -> Query {
    Query {
        filter: crate::query::read(query, at(0)).unwrap(),
        ..Query::all()
    }
}

fn post(guid: &str, url: &str, title: &str) -> Entry {
    Entry {
        url: Some(url.to_owned()),
        ..entry(guid, title, "<p>Notes on queues.</p>")
    }
}

/// A post on the planet first, then in the blog, with a tag from each.
fn seen_twice() -> (Hall, EntryId, EntryId) {
    let hall = Hall::new();
    let planet = hall.follow(PLANET);
    let blog = hall.follow(BLOG);
    let copy = post(
        "planet-7",
        "http://www.blog.example/ghent/?utm_source=planet",
        "Ghent",
    );
    let copy = hall.add(planet, with_tags(copy, &["planet"]));
    let own = post(
        "tag:blog.example,2019:7",
        "https://blog.example/ghent",
        "Ghent",
    );
    let own = hall.add(blog, with_tags(own, &["devops"]));
    (hall, copy, own)
}

#[test]
fn a_post_of_two_feeds_is_shown_once_as_its_own_site_has_it() {
    let (hall, copy, own) = seen_twice();
    let expected = (own, vec![PLANET.to_owned()], strings(&["devops", "planet"]));
    for query in [
        "",
        "feed:planet",
        "feed:blog",
        "tag:planet tag:devops",
        "queues",
        "-feed:planet",
    ] {
        assert_eq!(
            hall.shown(query),
            std::slice::from_ref(&expected),
            "{query}"
        );
    }
    for query in [
        "-tag:planet",
        "-queues",
        "tag:none",
        "feed:nowhere",
        "-feed:example",
    ] {
        assert_eq!(hall.shown(query), [], "{query}");
    }
    let apart = Query {
        merge: false,
        ..Query::all()
    };
    assert_eq!(hall.ids(&apart), [own.0, copy.0]);
    assert_eq!(hall.archive.subscriptions().unwrap()[0].entries, 1);
    let copy = &hall.archive.find_entries(&copy.0.to_string()).unwrap()[0];
    assert_eq!(copy.also_in[0].id, own);
}

#[test]
fn words_that_only_a_copy_says_are_found() {
    let (hall, _, own) = seen_twice();
    let other = hall.follow("https://other.example/feed");
    let long = Entry {
        content: SafeHtml::vouch(format!("<p>{}seldom</p>", "filler ".repeat(50))),
        ..post("x", "https://blog.example/ghent", "Ghent")
    };
    hall.add(other, long);
    for sort in [Sort::Newest, Sort::Relevance] {
        let query = Query {
            sort,
            limit: Some(1),
            ..asked("seldom")
        };
        assert_eq!(hall.ids(&query), [own.0]);
    }
}

#[test]
fn so_many_as_asked_for_are_different_posts() {
    let hall = Hall::new();
    let feeds: Vec<FeedId> = (0..3)
        .map(|n| hall.follow(&format!("https://blog.example/tags/{n}.xml")))
        .collect();
    for feed in &feeds {
        let posts = (0..30).map(|n| {
            let mut post = post(
                &format!("tag:blog.example,2019:{n}"),
                &format!("https://blog.example/{n}"),
                "Post",
            );
            post.published = Some(at(-n));
            new(post)
        });
        hall.record(*feed, posts.collect());
    }
    for filter in ["", "feed:tags/2", "queues", "title:post"] {
        let query = Query {
            limit: Some(20),
            ..asked(filter)
        };
        assert_eq!(hall.ids(&query), (1..=20).collect::<Vec<_>>(), "{filter}");
    }
    let tags = hall.archive.count_tags(&Query::all()).unwrap();
    assert!(tags.is_empty());
}

#[test]
fn a_guid_joins_on_its_site_only() {
    let hall = Hall::new();
    let one = hall.follow("https://blog.example/tags/a.xml");
    let other = hall.follow("https://blog.example/tags/b.xml");
    let away = hall.follow("https://away.example/feed");
    hall.add(one, post("tag:x,2019:1", "https://blog.example/a/1", "One"));
    hall.add(
        other,
        post("tag:x,2019:1", "https://blog.example/b/1", "One, again"),
    );
    hall.add(away, post("tag:x,2019:1", "https://away.example/1", "One"));
    // A number is everybody's.
    hall.add(one, post("12", "https://blog.example/a/12", "Twelve"));
    hall.add(
        other,
        post("12", "https://blog.example/b/12", "Another twelfth"),
    );
    hall.add(one, post("13", "https://blog.example/a/13", "Thirteen"));
    hall.add(other, post("13", "https://blog.example/b/13", "Thirteen!"));
    let mut ids = hall.ids(&Query::all());
    ids.sort_unstable();
    assert_eq!(ids, [1, 3, 4, 5, 6]);
}

#[test]
fn entries_of_one_feed_stay_apart() {
    let hall = Hall::new();
    let one = hall.follow("https://blog.example/a.xml");
    let other = hall.follow("https://blog.example/b.xml");
    for n in 0..3 {
        let page = "https://blog.example/2019/notes.html";
        hall.add(one, post(&format!("a{n}"), page, &format!("Day {n}")));
        hall.add(other, post(&format!("b{n}"), page, &format!("Day {n}")));
    }
    // The first two of them were one post until the second day arrived.
    assert_eq!(hall.ids(&Query::all()).len(), 3);
    for (_, others, _) in hall.shown("") {
        assert_eq!(others.len(), 1);
    }
    for n in 0..100 {
        let home = "https://blog.example/start";
        hall.add(one, post(&format!("h{n}"), home, "Same title"));
    }
    hall.add(other, post("h", "https://blog.example/start", "Same title"));
    assert_eq!(hall.ids(&Query::all()).len(), 104);
}

#[test]
fn an_edit_of_the_link_tears_and_joins() {
    let (hall, copy, own) = seen_twice();
    let feed = hall.follow(PLANET);
    let mut edited = post("planet-7", "https://blog.example/elsewhere", "Ghent");
    edited.hash = hash("edited");
    hall.record(feed, vec![Change::Edited(copy, Box::new(edited.clone()))]);
    assert_eq!(hall.ids(&Query::all()), [own.0, copy.0]);
    edited.url = Some("https://blog.example/ghent#top".to_owned());
    edited.hash = hash("edited again");
    hall.record(feed, vec![Change::Edited(copy, Box::new(edited))]);
    assert_eq!(hall.ids(&Query::all()), [own.0]);
}

#[test]
fn a_digest_tells_of_a_post_once_whichever_feed_brings_it_later() {
    let hall = Hall::new();
    let planet = hall.follow(PLANET);
    let blog = hall.follow(BLOG);
    let since = |cursor: i64, until: i64, filter: &str| {
        let query = Query {
            arrived_after: Some(Cursor(cursor)),
            arrived_until: Some(Cursor(until)),
            ..asked(filter)
        };
        hall.ids(&query)
    };
    let link = "https://blog.example/ghent";
    hall.add(planet, with_tags(post("p", link, "Ghent"), &["planet"]));
    assert_eq!(since(0, 1, ""), [1]);
    hall.add(blog, with_tags(post("b", link, "Ghent"), &["devops"]));
    assert!(since(1, 2, "").is_empty());
    assert_eq!(since(0, 2, ""), [2]);
    // Who asks for what only the second one says has not been told yet, who asked for less has.
    for news in [
        "feed:blog",
        "tag:devops",
        "tag:planet tag:devops",
        "-feed:planet",
        "tag:devops queues",
    ] {
        assert_eq!(since(1, 2, news), [2], "{news}");
        assert!(since(2, 2, news).is_empty(), "{news}");
    }
    for known in [
        "feed:planet",
        "tag:planet",
        "queues",
        "tag:planet OR tag:devops",
        "-feed:blog",
    ] {
        assert!(since(1, 2, known).is_empty(), "{known}");
    }
    // A later copy in a third feed is no news either.
    let third = hall.follow("https://third.example/feed");
    hall.add(third, post("t", link, "Ghent"));
    assert!(since(2, 3, "").is_empty());
    assert_eq!(since(2, 3, "feed:third"), [2]);
}

#[test]
fn what_a_person_says_of_one_is_said_of_the_post() {
    let (hall, copy, own) = seen_twice();
    let planet = strings(&["planet"]);
    assert_eq!(hall.archive.untag(own, &planet).unwrap(), 1);
    assert_eq!(hall.shown("tag:planet"), []);
    assert_eq!(hall.shown("")[0].2, ["devops"]);
    // Also of a feed that comes later.
    let third = hall.follow("https://third.example/feed");
    let late = post("t", "https://blog.example/ghent", "Ghent");
    hall.add(third, with_tags(late, &["planet", "third"]));
    assert_eq!(hall.shown("")[0].2, ["devops", "third"]);
    let mine = strings(&["mine"]);
    hall.archive.tag(copy, &mine, TagOrigin::User).unwrap();
    assert_eq!(hall.shown("tag:mine")[0].0, own);
    hall.archive.tag(own, &planet, TagOrigin::User).unwrap();
    assert_eq!(hall.shown("tag:planet")[0].0, own);
}

#[test]
fn a_feed_that_is_deleted_leaves_the_others() {
    let (hall, copy, own) = seen_twice();
    let blog = hall.follow(BLOG);
    hall.archive.remove(blog, false).unwrap();
    assert_eq!(hall.ids(&Query::all()), [own.0]);
    hall.follow(BLOG);
    let third = hall.follow("https://third.example/feed");
    hall.add(third, post("t", "https://blog.example/ghent", "Ghent"));
    hall.archive.remove(blog, true).unwrap();
    assert_eq!(hall.ids(&Query::all()), [copy.0]);
    assert_eq!(hall.archive.check().unwrap(), Vec::<String>::new());
}

#[test]
fn nobody_can_push_in_front_of_the_original() {
    let hall = Hall::new();
    let link = "https://blog.example/ghent";
    let thief = hall.follow("https://thief.example/feed");
    let claims = Outcome::Read {
        feed: Box::new(Feed {
            site_url: Some("https://blog.example/".to_owned()),
            ..Feed::default()
        }),
        changes: Changes {
            entries: vec![new(Entry {
                content: SafeHtml::vouch("<p>spam</p>".repeat(1000)),
                ..post("https://blog.example/ghent", link, "Ghent")
            })],
            unchanged: 0,
            later_guids: Vec::new(),
        },
        validators: Validators::default(),
        body_hash: Some(hash("thief")),
        is_cut: false,
        pace: Pace::default(),
        whereabouts: Whereabouts::default(),
    };
    hall.archive.record(vec![attempt(thief, claims)]).unwrap();
    let blog = hall.follow("https://feeds.blog.example/all");
    let own = hall.add(blog, post("1", link, "Ghent"));
    assert_eq!(hall.ids(&Query::all()), [own.0]);
}

#[test]
fn what_was_lost_is_settled_anew() {
    let (hall, _, own) = seen_twice();
    hall.archive
        .connections
        .writer()
        .execute("DELETE FROM duplicates", [])
        .unwrap();
    assert_eq!(hall.ids(&Query::all()).len(), 2);
    let built = hall.archive.repair().unwrap();
    assert!(
        built.contains(&"which entries are the same post".to_owned()),
        "{built:?}"
    );
    assert_eq!(hall.ids(&Query::all()), [own.0]);
}
