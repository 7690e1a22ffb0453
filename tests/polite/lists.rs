//! OPML as other programs write it.

use super::Scene;
use crate::support::strings;

/// Each feed's tags after this list was added, by the end of its URL.
fn tags(scene: &Scene, list: impl AsRef<[u8]>) -> Vec<(String, Vec<String>)> {
    scene.hall.write("list.opml", list);
    scene.hall.run(["add", "--no-fetch", "list.opml"]);
    let mut feeds: Vec<_> = scene
        .feeds()
        .iter()
        .map(|feed| {
            let url = feed["url"].as_str().unwrap();
            let name = url.rsplit('/').next().unwrap().to_owned();
            let mut tags: Vec<String> = strings(&feed["tags"])
                .into_iter()
                .map(str::to_owned)
                .collect();
            tags.sort();
            (name, tags)
        })
        .collect();
    feeds.sort();
    feeds
}

fn owned(expected: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    expected
        .iter()
        .map(|(name, of)| ((*name).to_owned(), tags(of)))
        .collect()
}

#[test]
fn folders_are_tags_and_a_feed_in_two_is_one() {
    let scene = Scene::new();
    let list = "<?xml version='1.0'?><opml version='2.0'><head><title>Mine</title></head><body>\
        <outline text='Rust'><outline text='Async'>\
        <outline type='rss' text='A' xmlUrl='https://a.example/a'/></outline>\
        <outline type='rss' text='B' xmlUrl='https://b.example/b'/></outline>\
        <outline text='Daily'><outline type='rss' text='A' xmlUrl='https://a.example/a'/></outline>\
        </body></opml>";
    let expected: &[(&str, &[&str])] = &[("a", &["Async", "Daily", "Rust"]), ("b", &["Rust"])];
    assert_eq!(tags(&scene, list), owned(expected));
}

#[test]
fn categories_are_tags() {
    let scene = Scene::new();
    let list = "<opml version='2.0'><body>\
        <outline type='rss' text='A' category='/ops/cloud,reading' xmlUrl='https://a.example/a'/>\
        </body></opml>";
    let expected: &[(&str, &[&str])] = &[("a", &["cloud", "ops", "reading"])];
    assert_eq!(tags(&scene, list), owned(expected));
}

#[test]
fn lists_are_read_as_they_are_found() {
    let scene = Scene::new();
    let list = b"<?xml version='1.0' encoding='ISO-8859-1'?><OPML version='1.0'><body>\
        <outline title='Caf\xe9' xmlurl=' https://a.example/a '/>\
        <outline text='B' XMLURL='https://b.example/b'/>\
        <outline text='Broken' xmlUrl='htp://['/><outline text='Nothing'/>\
        </body></OPML>";
    let expected: &[(&str, &[&str])] = &[("a", &[]), ("b", &[])];
    assert_eq!(tags(&scene, list), owned(expected));
    let feeds = scene.feeds();
    assert!(
        feeds.iter().any(|feed| feed["title"] == "Caf\u{e9}"),
        "{feeds:?}"
    );
}

#[test]
fn what_is_no_list_is_refused_in_one_line() {
    let scene = Scene::new();
    scene.hall.write("list.opml", "{\"feeds\": []}");
    let ran = scene.hall.run(["import", "list.opml"]);
    ran.status(1).stdout("");
    assert_eq!(ran.err().lines().count(), 1, "{}", ran.err());
    assert!(!scene.hall.archive().exists());
}
