//! Hand-built entries for the tests of the formats, and what the formats make of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Format, Settings, renderer};
use crate::model::{
    ArchivedEntry, ContentHash, Enclosure, Entry, EntryId, FeedOfEntry, Original, Person, SafeHtml,
    Tag, TagOrigin, Talk, TalkKind,
};
use crate::query::{DigestHead, Item};

/// An answer: whether it is by talk, and its entries.
pub(super) struct Answer {
    pub(super) by_talk: bool,
    pub(super) entries: Vec<ArchivedEntry>,
}

pub(super) fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// Notes of a conference, with everything a publisher can say.
pub(super) fn conference() -> ArchivedEntry {
    let content = "<h2 id=\"opening\">Opening — Ann Example</h2><p>Small steps &amp; <em>fast</em> feedback. See \
        <a href=\"https://notes.example/ghent#chaos\">below</a>.</p><h2 id=\"chaos\">Chaos for small \
        teams</h2><ul><li>Break one thing</li><li>Write it down</li></ul><h3>Questions</h3><p><img \
        src=\"https://notes.example/board.jpg\" alt=\"The board\"></p><pre><code>kill -9 1\n</code></pre>";
    let chaos = content.find("<ul>").unwrap();
    ArchivedEntry {
        id: EntryId(12),
        feed: Arc::new(FeedOfEntry {
            url: "https://notes.example/feed.xml".into(),
            first_url: "https://notes.example/feed.xml".into(),
            guid: Some("tag:notes.example,2005:feed".into()),
            title: Some("Notes of a Visitor".into()),
            site_url: Some("https://notes.example/".into()),
            self_url: Some("https://notes.example/feed.xml".into()),
            rights: Some("CC BY 4.0, Vera Visitor".into()),
            updated: Some(at("2019-11-05T00:00:00Z")),
        }),
        guid_is_taken: false,
        first_seen: at("2020-01-02T00:00:00Z"),
        also_in: Vec::new(),
        entry: Entry {
            guid: "https://notes.example/ghent".into(),
            url: Some("https://notes.example/ghent".into()),
            title: Some("DevOpsDays Ghent 2019: <two> days & many talks".into()),
            authors: vec![Person {
                name: Some("Vera Visitor".into()),
                uri: Some("https://notes.example/vera".into()),
                email: Some("vera@notes.example".into()),
            }],
            tags: vec![
                Tag::new("devops", TagOrigin::Feed),
                Tag::new("Ghent 2019", TagOrigin::User),
            ],
            published: Some(at("2019-10-30T12:00:00Z")),
            updated: Some(at("2019-11-01T08:30:00Z")),
            summary: Some("Two days in Ghent.".into()),
            enclosures: vec![Enclosure {
                url: "https://notes.example/slides.pdf".into(),
                media_type: Some("application/pdf".into()),
                length: Some(1_234_567),
            }],
            language: Some("en-GB".into()),
            talks: vec![
                Talk {
                    title: "Opening".into(),
                    speakers: vec!["Ann Example".into()],
                    kind: TalkKind::Keynote,
                    level: 2,
                    anchor: Some("opening".into()),
                    url: Some("https://notes.example/ghent#opening".into()),
                    section: content.find("<p>Small").unwrap()
                        ..content.find("<h2 id=\"chaos\"").unwrap(),
                },
                Talk {
                    title: "Chaos for small teams".into(),
                    speakers: vec!["Bob Sample".into(), "Åsa Öberg".into()],
                    kind: TalkKind::Talk,
                    level: 2,
                    anchor: Some("chaos".into()),
                    url: Some("https://notes.example/ghent#chaos".into()),
                    section: chaos..content.len(),
                },
            ],
            event: Some("DevOpsDays Ghent 2019".into()),
            content: SafeHtml::vouch(content.into()),
            source: None,
            comments_url: None,
            extras: None,
            hash: ContentHash([0; 32]),
            fingerprint: None,
            original: Original::default(),
        },
    }
}

/// A short post with little around it, of a feed with little ids.
pub(super) fn short() -> ArchivedEntry {
    let mut short = conference();
    short.id = EntryId(7);
    short.feed = Arc::new(FeedOfEntry {
        url: "https://log.example/rss".into(),
        first_url: "https://log.example/rss".into(),
        guid: None,
        title: Some("Ops log".into()),
        site_url: None,
        self_url: None,
        rights: None,
        updated: None,
    });
    short.first_seen = at("2019-05-06T07:08:09Z");
    short.entry = Entry {
        guid: "12345".into(),
        url: Some("https://log.example/runbooks".into()),
        title: Some("Runbooks".into()),
        authors: Vec::new(),
        tags: vec![Tag::new("ops", TagOrigin::Feed)],
        published: None,
        updated: None,
        summary: None,
        content: SafeHtml::vouch(
            "<p>Runbooks rot. Test them like code, said the panel, and throw away the rest.</p>"
                .into(),
        ),
        enclosures: Vec::new(),
        language: None,
        talks: Vec::new(),
        event: None,
        ..short.entry
    };
    short
}

pub(super) fn both() -> Answer {
    Answer {
        by_talk: false,
        entries: vec![conference(), short()],
    }
}

pub(super) fn talks() -> Answer {
    Answer {
        by_talk: true,
        entries: vec![conference()],
    }
}

/// Every string as an enemy would write it, as far as the vocabulary lets it through, and further.
pub(super) fn hostile() -> Answer {
    let evil = "</title></script><script>alert(1)</script>\u{1b}]8;;x\u{7}\u{202e}]]>\0\u{fffe}`*_[x](javascript:1)";
    let mut entry = conference();
    let feed = Arc::make_mut(&mut entry.feed);
    feed.title = Some(evil.into());
    feed.url = "https://ann:secret@notes.example/feed".into();
    feed.first_url = "https://ann:secret@notes.example/feed".into();
    feed.guid = Some("file:///home/ann/feed.xml".into());
    feed.site_url = Some("javascript:alert(1)".into());
    let inner = &mut entry.entry;
    inner.guid = "file:///home/ann/notes/x.md".into();
    inner.url = Some("https://notes.example/\"><script>\u{1b}".into());
    inner.title = Some(evil.into());
    inner.summary = Some(evil.into());
    inner.language = Some("en\"><script>".into());
    inner.event = Some(evil.into());
    inner.authors = vec![Person {
        name: Some(evil.into()),
        uri: Some("javascript:alert(1)".into()),
        email: Some(evil.into()),
    }];
    inner.tags = vec![Tag::new(evil, TagOrigin::Feed)];
    inner.enclosures = vec![
        Enclosure {
            url: "javascript:alert(1)".into(),
            media_type: Some(evil.into()),
            length: Some(u64::MAX),
        },
        Enclosure {
            url: "https://notes.example/a\"b".into(),
            media_type: Some(evil.into()),
            length: None,
        },
    ];
    inner.published = Some(at("2019-11-02T00:00:00Z"));
    for talk in &mut inner.talks {
        talk.title = evil.into();
        talk.speakers = vec![evil.into()];
        talk.anchor = Some(evil.into());
        talk.url = Some("javascript:alert(1)".into());
    }
    let mut local = short();
    let feed = Arc::make_mut(&mut local.feed);
    feed.url = "file:///home/ann/notes/".into();
    feed.first_url = "file:///home/ann/notes/".into();
    feed.title = None;
    local.entry.guid = "talks/2019.md".into();
    local.entry.url = Some("file:///home/ann/notes/talks/2019.md".into());
    local.entry.title = Some("# 1. Title".into());
    local.entry.content = SafeHtml::vouch(
        "<p><a href=\"file:///home/ann/notes/talks/slides.pdf\" rel=\"noopener noreferrer\">Slides</a> \
         <img src=\"file:///home/ann/notes/a.png\" alt=\"A harbour\"></p>"
            .into(),
    );
    Answer {
        by_talk: false,
        entries: vec![entry, local],
    }
}

pub(super) fn hostile_talks() -> Answer {
    Answer {
        by_talk: true,
        ..hostile()
    }
}

/// What a format writes for an answer under the title `tag:devops`.
pub(super) fn rendered(format: Format, settings: &Settings, answer: &Answer) -> String {
    let mut out = Vec::new();
    let head = DigestHead {
        title: "tag:devops".into(),
        updated: answer.entries.iter().map(ArchivedEntry::changed).max(),
    };
    let mut digest = renderer(format, settings, &mut out);
    digest.begin(&head).unwrap();
    for entry in &answer.entries {
        if answer.by_talk {
            for talk in &entry.entry.talks {
                digest.item(Item::Talk(entry, talk)).unwrap();
            }
        } else {
            digest.item(Item::Entry(entry)).unwrap();
        }
    }
    digest.end().unwrap();
    drop(digest);
    String::from_utf8(out).unwrap()
}

pub(super) fn nothing(format: Format) -> String {
    rendered(
        format,
        &Settings::default(),
        &Answer {
            by_talk: false,
            entries: Vec::new(),
        },
    )
}
