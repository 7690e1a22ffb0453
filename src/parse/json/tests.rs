use super::*;
use crate::model::TextKind;

fn json(text: &str) -> Result<RawFeed, ParseError> {
    read(text, &mut Repairs::default())
}

fn item(members: &str) -> RawEntry {
    let feed = json(&format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{{{members}}}]}}"
    ));
    feed.unwrap().entries.remove(0)
}

#[test]
fn json_feed_is_read_field_by_field() {
    let feed = json("\u{FEFF}\n{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T <b>\",\"feed_url\":\"https://x.example/f.json\",
      \"language\":\"en\",\"authors\":[{\"name\":\"Ann\",\"url\":\"https://ann.example/\"}],\"items\":[
      {\"id\":\"1\",\"external_url\":\"https://y.example/\",\"content_text\":\"a < b\",\"date_published\":\"2018-11-06T10:00:00Z\",\"tags\":[\"ops\"],
       \"attachments\":[{\"url\":\"a.mp3\",\"mime_type\":\"audio/mpeg\",\"size_in_bytes\":5}],\"language\":\"de\"},
      {\"id\":\"2\",\"url\":\"/2\",\"content_html\":\"<p>x\",\"content_text\":\"x\"}]}").unwrap();
    assert_eq!(
        (feed.format, feed.site_url, feed.title),
        (FeedFormat::JsonFeed11, None, Some(Text::plain("T <b>")))
    );
    assert_eq!(feed.self_url.as_deref(), Some("https://x.example/f.json"));
    let entry = &feed.entries[0];
    assert_eq!(
        (
            entry.guid.as_str(),
            entry.url.as_deref(),
            entry.language.as_deref()
        ),
        ("1", Some("https://y.example/"), Some("de"))
    );
    assert_eq!(entry.content, Some(Text::plain("a < b")));
    assert_eq!(
        (entry.enclosures[0].url.as_str(), entry.enclosures[0].length),
        ("a.mp3", Some(5))
    );
    // An item without authors has the feed's, but does not say so itself.
    assert!(entry.authors.is_empty());
    assert_eq!(feed.authors[0].uri.as_deref(), Some("https://ann.example/"));
    assert_eq!(entry.categories[0].term, "ops");
    let second = &feed.entries[1];
    assert_eq!(
        (
            second.content.as_ref().unwrap().kind,
            second.summary.as_ref()
        ),
        (TextKind::Html, None)
    );
    assert_eq!(
        json("{\"a\":1}").unwrap_err().to_string(),
        "this is JSON of another kind, not a feed"
    );
}

#[test]
fn a_member_of_a_wrong_type_costs_itself_only() {
    let entry = item(
        r#""id":7,"title":["x"],"content_html":{"a":1},"content_text":"kept","tags":"ops, talks","author":"Ann Poe",
        "authors":{"name":"Ben Ude","url":"mailto:ben@notes.example"},"date_published":1541498400,
        "attachments":{"url":"a.mp3","size_in_bytes":"12"}"#,
    );
    assert_eq!(entry.guid, "7");
    assert_eq!(entry.title, None);
    assert_eq!(entry.content, Some(Text::plain("kept")));
    let terms: Vec<_> = entry
        .categories
        .iter()
        .map(|tag| tag.term.as_str())
        .collect();
    assert_eq!(terms, ["ops", "talks"]);
    assert_eq!(entry.authors[0].name.as_deref(), Some("Ben Ude"));
    assert_eq!(entry.authors[0].email.as_deref(), Some("ben@notes.example"));
    assert_eq!(entry.published.unwrap().timestamp(), 1_541_498_400);
    assert_eq!(entry.enclosures[0].length, Some(12));
}

#[test]
fn a_date_that_is_none_is_named() {
    let feed = json(
        r#"{"version":"https://jsonfeed.org/version/1","title":"T","items":[{"id":"1","date_published":"soon"},7]}"#,
    )
    .unwrap();
    let dropped: Vec<_> = feed
        .dropped
        .iter()
        .map(|dropped| (dropped.value.as_str(), dropped.why))
        .collect();
    assert_eq!(dropped, [("soon", "not a date"), ("7", "not an object")]);
    assert_eq!(feed.format, FeedFormat::JsonFeed10);
}

#[test]
fn a_feed_is_known_without_its_version() {
    let text = r#"{"title":"T","items":[{"id":"1","content_text":"x"}]}"#;
    assert_eq!(json(text).unwrap().format, FeedFormat::JsonFeed11);
    assert!(matches!(
        json(r#"{"title":"T","items":[{"sku":1}]}"#),
        Err(ParseError::NotAFeed(_))
    ));
    assert!(matches!(
        json(r#"{"errors":[{"id":"1"}]}"#),
        Err(ParseError::NotAFeed(_))
    ));
}
