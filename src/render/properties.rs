//! What holds for any text in an entry: the feeds stay well-formed, and nothing panics.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use quick_xml::events::Event;

use super::samples::{self, Answer};
use super::{Format, Settings};
use crate::model::SafeHtml;

/// Any characters, those that markup is made of more often than others.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        2 => any::<char>(),
        1 => proptest::sample::select(vec!['<', '>', '&', '"', '\'', ']', '\0', '\u{1b}', '\u{fffe}', '\r', ',']),
    ];
    proptest::collection::vec(character, 0..40).prop_map(|all| all.into_iter().collect())
}

fn answer(text: &str) -> Answer {
    let mut answer = samples::both();
    for archived in &mut answer.entries {
        let entry = &mut archived.entry;
        let own = || Some(text.to_owned());
        entry.guid = text.to_owned();
        (entry.title, entry.summary, entry.language) = (own(), own(), own());
        (entry.url, entry.comments_url) = (own(), own());
        for author in &mut entry.authors {
            (author.name, author.uri, author.email) = (own(), own(), own());
        }
        for tag in &mut entry.tags {
            tag.name = text.to_owned();
        }
        for file in &mut entry.enclosures {
            (file.url, file.media_type) = (text.to_owned(), own());
        }
        for talk in &mut entry.talks {
            (talk.title, talk.url) = (text.to_owned(), own());
            talk.speakers = vec![text.to_owned()];
        }
        if entry.talks.is_empty() {
            entry.content = SafeHtml::vouch(text.replace(['<', '&', '>'], ""));
        }
        std::sync::Arc::make_mut(&mut archived.feed).title = own();
    }
    answer
}

fn is_well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                assert!(tag.attributes().all(|attribute| attribute.is_ok()), "{xml}");
            }
            Ok(_) => {}
            Err(error) => panic!("{error} in {xml}"),
        }
    }
    let forbidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) && c < '\u{80}' && c != '\u{7f}'
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    assert!(!xml.contains(forbidden), "{xml:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn feeds_are_well_formed_whatever_an_entry_holds(text in text(), by_talk in any::<bool>()) {
        let answer = Answer { by_talk, ..answer(&text) };
        let settings = Settings::default();
        for format in [Format::Atom, Format::Rss, Format::Opml] {
            is_well_formed(&samples::rendered(format, &settings, &answer));
        }
        for format in [Format::Json, Format::Jsonfeed] {
            let json = samples::rendered(format, &settings, &answer);
            assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
        }
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Csv, Format::Eml] {
            samples::rendered(format, &settings, &answer);
        }
    }
}
