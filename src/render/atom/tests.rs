use feed_rs::model::{Feed, FeedType};

use super::super::{Format, samples};
use super::*;
use crate::model::{Category, Contributor, EntrySource, ExtraLink, Extras, SourceFacts};

fn atom(answer: &samples::Answer) -> String {
    samples::rendered(Format::Atom, &Settings::default(), answer)
}

fn read_back(atom: &str) -> Feed {
    let feed = feed_rs::parser::parse(atom.as_bytes()).unwrap();
    assert_eq!(feed.feed_type, FeedType::Atom);
    feed
}

#[test]
fn a_feed_is_written_element_by_element() {
    let answer = samples::Answer {
        by_talk: false,
        entries: vec![samples::short()],
    };
    let settings = Settings {
        self_url: Some("https://hall.example/devops.atom".parse().unwrap()),
        ..Settings::default()
    };
    let id = Identities::default().entry(&answer.entries[0]);
    let expected = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>{digest}</id>
  <title>tag:devops</title>
  <updated>2019-05-06T07:08:09Z</updated>
  <link rel="self" href="https://hall.example/devops.atom" type="application/atom+xml"/>
  <generator version="{version}">hallway</generator>
  <entry>
    <id>{id}</id>
    <title>Runbooks</title>
    <link rel="alternate" href="https://log.example/runbooks"/>
    <updated>2019-05-06T07:08:09Z</updated>
    <category term="ops"/>
    <content type="html">&lt;p&gt;Runbooks rot. Test them like code, said the panel, and throw away the rest.&lt;/p&gt;</content>
    <source>
      <id>https://log.example/rss</id>
      <title>Ops log</title>
      <updated>2019-05-06T07:08:09Z</updated>
      <link rel="self" href="https://log.example/rss"/>
      <author>
        <name>Ops log</name>
      </author>
    </source>
  </entry>
</feed>
"#,
        digest = identity::digest("tag:devops"),
        version = env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(
        samples::rendered(Format::Atom, &settings, &answer),
        expected
    );
}

#[test]
fn a_reader_finds_what_the_archive_holds() {
    let answer = samples::both();
    let feed = read_back(&atom(&answer));
    assert_eq!(feed.title.unwrap().content, "tag:devops");
    assert_eq!(feed.updated.unwrap(), samples::at("2019-11-01T08:30:00Z"));
    let (read, kept) = (&feed.entries[0], &answer.entries[0].entry);
    assert_eq!(read.id, kept.guid);
    assert_eq!(
        read.title.as_ref().unwrap().content,
        *kept.title.as_ref().unwrap()
    );
    assert_eq!(read.published, kept.published);
    assert_eq!(read.updated, kept.updated);
    assert_eq!(read.links[0].href, *kept.url.as_ref().unwrap());
    assert_eq!(read.links[0].rel.as_deref(), Some("alternate"));
    let terms: Vec<_> = read
        .categories
        .iter()
        .map(|category| category.term.as_str())
        .collect();
    assert_eq!(terms, ["devops", "Ghent 2019"]);
    assert_eq!(
        read.content.as_ref().unwrap().body.as_deref(),
        Some(kept.content.as_str())
    );
    assert_eq!(read.summary.as_ref().unwrap().content, "Two days in Ghent.");
    assert_eq!(read.authors[0].name.as_deref(), Some("Vera Visitor"));
    assert_eq!(read.authors[0].email.as_deref(), Some("vera@notes.example"));
    let enclosure = read
        .links
        .iter()
        .find(|link| link.rel.as_deref() == Some("enclosure"))
        .unwrap();
    assert_eq!(enclosure.href, "https://notes.example/slides.pdf");
    assert_eq!(enclosure.length, Some(1_234_567));
    assert_eq!(enclosure.media_type.as_deref(), Some("application/pdf"));
    assert_eq!(feed.entries[1].published, None);
}

#[test]
fn all_that_a_publisher_says_goes_on() {
    let mut entry = samples::conference();
    let category = |term: &str, scheme: &str, label: Option<&str>| {
        Some(Box::new(Category {
            term: term.into(),
            scheme: Some(scheme.into()),
            label: label.map(str::to_owned),
        }))
    };
    let scheme = "https://notes.example/topics";
    entry.entry.tags[0].category = category("devops", scheme, Some("DevOps & friends"));
    entry.entry.tags[1].category = category("https://notes.example/t/7", "no IRI", None);
    entry.entry.extras = Extras {
        rights: Some("© Vera Visitor".into()),
        licenses: vec!["https://cc.example/by".into()],
        contributors: vec![Contributor {
            name: Some("Cy Copy".into()),
            ..Contributor::default()
        }],
        links: ["related", "edit"]
            .map(|rel| ExtraLink {
                rel: rel.into(),
                url: format!("https://notes.example/{rel}"),
                ..ExtraLink::default()
            })
            .into(),
        ..Extras::default()
    }
    .some();
    entry.entry.authors.push(Person {
        name: None,
        uri: None,
        email: Some("cy.copy@notes.example".into()),
    });
    let written = atom(&samples::Answer {
        by_talk: false,
        entries: vec![entry],
    });
    let said = |line: &str| assert!(written.contains(line), "{line} in {written}");
    said(
        r#"<category term="devops" scheme="https://notes.example/topics" label="DevOps &amp; friends"/>"#,
    );
    said(r#"<category term="https://notes.example/t/7"/>"#);
    said("    <contributor>\n      <name>Cy Copy</name>\n    </contributor>");
    said(r#"<link rel="related" href="https://notes.example/related"/>"#);
    said(r#"<link rel="license" href="https://cc.example/by"/>"#);
    assert!(!written.contains("edit"));
    said("    <rights>© Vera Visitor</rights>");
    // Atom's names are no addresses.
    said("      <name>cy.copy</name>\n      <email>cy.copy@notes.example</email>");
    said("      <rights>CC BY 4.0, Vera Visitor</rights>");
    said(r#"<entry xml:lang="en-GB">"#);
}

#[test]
fn an_entry_that_a_planet_gathered_names_its_blog_last_and_the_planet_beside() {
    let mut entry = samples::conference();
    entry.entry.authors.clear();
    entry.entry.source = Some(EntrySource {
        guid: Some("urn:x-blog:1".into()),
        title: Some("Ann's blog".into()),
        url: Some("https://ann.example/".into()),
    });
    entry.entry.extras = Extras {
        source: Some(SourceFacts {
            updated: Some("2020-02-03T04:05:06Z".into()),
            rights: Some("CC0".into()),
            ..SourceFacts::default()
        }),
        ..Extras::default()
    }
    .some();
    let written = atom(&samples::Answer {
        by_talk: false,
        entries: vec![entry],
    });
    assert!(
        written.contains(r#"    <link rel="via" href="https://notes.example/feed.xml"/>"#),
        "{written}"
    );
    assert!(
        written.ends_with(
            r#"    <source>
      <id>urn:x-blog:1</id>
      <title>Ann&apos;s blog</title>
      <updated>2020-02-03T04:05:06Z</updated>
      <link rel="alternate" href="https://ann.example/"/>
      <author>
        <name>Ann&apos;s blog</name>
      </author>
      <rights>CC0</rights>
    </source>
  </entry>
</feed>
"#
        ),
        "{written}"
    );
}

#[test]
fn hostile_text_stays_text() {
    for answer in [samples::hostile(), samples::hostile_talks()] {
        let written = atom(&answer);
        let feed = read_back(&written);
        assert_eq!(feed.entries.len(), 2);
        assert!(
            !written.chars().any(|c| c.is_control() && c != '\n'),
            "{written:?}"
        );
        for entry in &feed.entries {
            assert!(
                !entry.id.starts_with("file:") && entry.id.contains(':'),
                "{}",
                entry.id
            );
            assert!(entry.updated >= entry.published);
        }
    }
    let title = read_back(&atom(&samples::hostile()))
        .entries
        .remove(0)
        .title
        .unwrap()
        .content;
    assert!(
        title.starts_with("</title></script><script>alert(1)</script>]8;;x"),
        "{title:?}"
    );
}

#[test]
fn talks_are_entries_with_ids_of_their_own() {
    let written = atom(&samples::talks());
    let feed = read_back(&written);
    let titles: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| entry.title.as_ref().unwrap().content.as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "Opening — Ann Example",
            "Chaos for small teams — Bob Sample, Åsa Öberg"
        ]
    );
    assert_ne!(feed.entries[0].id, feed.entries[1].id);
    assert_eq!(
        feed.entries[0].links[0].href,
        "https://notes.example/ghent#opening"
    );
    assert!(
        feed.entries[0]
            .content
            .as_ref()
            .unwrap()
            .body
            .as_ref()
            .unwrap()
            .starts_with("<p>Small")
    );
    for end in written.split("</entry>").take(2) {
        assert!(end.trim_end().ends_with("</source>"), "{end}");
    }
}

#[test]
fn an_empty_feed_is_a_feed() {
    let feed = read_back(&samples::nothing(Format::Atom));
    assert!(feed.entries.is_empty());
    assert_eq!(feed.updated.unwrap(), samples::at(BEFORE_ALL));
}

#[test]
fn what_is_no_address_language_or_media_type_is_left_out() {
    assert!(is_address("vera@notes.example"));
    assert!(!is_address("vera at notes") && !is_address("a@b@c") && !is_address("a b@c"));
    for (written, read) in [
        ("audio/mpeg", Some("audio/mpeg")),
        ("text/html; charset=utf-8", Some("text/html; charset=utf-8")),
        ("audio/mpeg; bitrate", Some("audio/mpeg")),
        ("mp3", None),
        ("audio/", None),
        ("a/b\"<", None),
    ] {
        assert_eq!(media_type(written), read);
    }
    assert!(is_addr_spec("ann.poe@notes.example") && !is_addr_spec("ann@localhost"));
    let mut entry = samples::short().entry;
    entry.language = Some("pt-BR".into());
    assert_eq!(language(&entry), [("xml:lang", "pt-BR")]);
    entry.language = Some("en_US.UTF-8".into());
    assert!(language(&entry).is_empty());
}
