use super::*;
use crate::model::RawEntry;

fn url(address: &str) -> Url {
    Url::parse(address).unwrap()
}

fn raw() -> RawEntry {
    RawEntry {
        guid: "1".to_owned(),
        ..RawEntry::default()
    }
}

#[test]
fn a_feed_is_made_safe() {
    let raw = RawFeed {
        title: Some(Text::html("Ann&#39;s <b>notes</b>")),
        site_url: Some("/blog/".to_owned()),
        self_url: Some("javascript:alert(1)".to_owned()),
        image: Some("icon.png".to_owned()),
        language: Some("en-GB".to_owned()),
        ..RawFeed::default()
    };
    let feed = feed(&raw, Some(&url("https://ann:pw@notes.example/feed.xml")));
    assert_eq!(feed.title.unwrap(), "Ann's notes");
    assert_eq!(feed.site_url.unwrap(), "https://notes.example/blog/");
    assert_eq!(feed.self_url, None);
    assert_eq!(feed.image.unwrap(), "https://notes.example/blog/icon.png");
}

#[test]
fn content_is_resolved_against_the_best_base() {
    let feed = Feed {
        site_url: Some("https://notes.example/".to_owned()),
        ..Feed::default()
    };
    let with = |base: Option<&str>, link: Option<&str>| {
        let raw = RawEntry {
            base: base.map(str::to_owned),
            url: link.map(str::to_owned),
            content: Some(Text::html("<img src=a.png><a href=#q>q</a>")),
            ..raw()
        };
        entry(raw, &feed, None)
    };
    let based = with(Some("pics/"), Some("2019/ghent/"));
    assert_eq!(
        based.url.as_deref(),
        Some("https://notes.example/2019/ghent/")
    );
    assert!(
        based
            .content
            .as_str()
            .contains("src=\"https://notes.example/2019/ghent/pics/a.png\"")
    );
    assert!(
        based
            .content
            .as_str()
            .contains("href=\"https://notes.example/2019/ghent/#q\"")
    );
    assert_eq!(
        based.original.base.as_deref(),
        Some("https://notes.example/2019/ghent/pics/")
    );
    assert!(
        with(None, None)
            .content
            .as_str()
            .contains("src=\"https://notes.example/a.png\"")
    );
}

#[test]
fn every_address_outside_the_content_is_checked() {
    let bad = || Some("jav\tascript:alert(1)".to_owned());
    let raw = RawEntry {
        url: bad(),
        comments_url: bad(),
        authors: vec![Person {
            name: Some("Ann\u{1b}".to_owned()),
            uri: bad(),
            email: bad(),
        }],
        enclosures: vec![
            Enclosure {
                url: bad().unwrap(),
                ..Enclosure::default()
            },
            Enclosure {
                url: "https://a.example/x.mp3".to_owned(),
                media_type: bad(),
                length: Some(0),
            },
        ],
        source: Some(EntrySource {
            url: bad(),
            ..EntrySource::default()
        }),
        ..raw()
    };
    let entry = entry(raw, &Feed::default(), None);
    assert_eq!(
        (entry.url, entry.comments_url, entry.source),
        (None, None, None)
    );
    assert_eq!(
        entry.authors,
        [Person {
            name: Some("Ann".to_owned()),
            ..Person::default()
        }]
    );
    assert_eq!(
        entry.enclosures,
        [Enclosure {
            url: "https://a.example/x.mp3".to_owned(),
            ..Enclosure::default()
        }]
    );
}

#[test]
fn tags_are_named_once() {
    let category = |term: &str, label: Option<&str>| Category {
        term: term.to_owned(),
        label: label.map(str::to_owned),
        scheme: None,
    };
    let raw = RawEntry {
        categories: vec![
            category("devops", Some("DevOps")),
            category("dev-ops", None),
            category(" \u{200b}", None),
            category("sre", Some(" ")),
        ],
        ..raw()
    };
    let tags = entry(raw, &Feed::default(), None).tags;
    let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["devops", "sre"]);
}

#[test]
fn a_summary_alone_is_shown_and_plain_text_is_escaped() {
    let raw = RawEntry {
        summary: Some(Text::plain("1 < 2\n\nhttps://a.example")),
        content: Some(Text::html(" ")),
        ..raw()
    };
    let hash = raw.hash();
    let entry = entry(raw, &Feed::default(), None);
    assert_eq!(entry.summary.unwrap(), "1 < 2 https://a.example");
    assert_eq!(
        entry.content.as_str(),
        "<p>1 &lt; 2</p>\n<p>https://a.example</p>"
    );
    assert_eq!(entry.hash, hash);
    assert_eq!(entry.original.content, Some(Text::html(" ")));
}
