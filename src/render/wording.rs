//! What things are called in every output: dates, names, tags, kinds of talks, addresses.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{ArchivedEntry, Entry, FeedOfEntry, Person, Talk, TalkKind, without_tracking};
use crate::source::without_password;

pub(super) use crate::model::rfc3339;

/// The day, in UTC: `2006-01-02`.
pub(super) fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// The minute, in UTC, for a person: `2006-01-02 15:04 UTC`.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// How many words of an entry's text stand for a title it does not have.
const TITLE_WORDS: usize = 10;

/// What an entry is called: its title, else how its text begins, else its address.
pub(super) fn title(entry: &Entry) -> Cow<'_, str> {
    if let Some(title) = present(entry.title.as_deref()) {
        return title.into();
    }
    let text = beginning(entry, TITLE_WORDS);
    if !text.is_empty() {
        return text.into();
    }
    match present(entry.url.as_deref()) {
        Some(url) => url.into(),
        None => "(untitled)".into(),
    }
}

/// What a feed is called: its title, else its host, else of a file or folder the name without the way
/// there, which may be read by others.
pub(super) fn feed_name(feed: &FeedOfEntry) -> Cow<'_, str> {
    feed_called(feed.title.as_deref(), &feed.url)
}

pub(super) fn feed_called<'a>(title: Option<&'a str>, url: &'a str) -> Cow<'a, str> {
    if let Some(title) = present(title) {
        return title.into();
    }
    let Ok(url) = Url::parse(url) else {
        return "(unnamed feed)".into();
    };
    if let Some(host) = url.host_str() {
        return host.to_owned().into();
    }
    let path = url.to_file_path().ok();
    path.as_deref()
        .and_then(|path| path.file_name())
        .map_or("(unnamed feed)".into(), |name| {
            name.to_string_lossy().into_owned().into()
        })
}

/// So many other feeds of a post are named.
const MOST_OTHER_FEEDS: usize = 5;

/// `also in Planet, Ann's talks`; `None` for a post of one feed.
pub(super) fn also_in(archived: &ArchivedEntry) -> Option<String> {
    let others = &archived.also_in;
    let mut names: Vec<Cow<'_, str>> = others
        .iter()
        .take(MOST_OTHER_FEEDS)
        .map(|other| feed_called(other.feed_title.as_deref(), &other.feed_url))
        .collect();
    if others.len() > MOST_OTHER_FEEDS {
        names.push(format!("{} more", others.len() - MOST_OTHER_FEEDS).into());
    }
    (!names.is_empty()).then(|| format!("also in {}", names.join(", ")))
}

/// The feed's address as the archive names it, without a password.
pub(super) fn feed_address(feed: &FeedOfEntry) -> Cow<'_, str> {
    address(&feed.url)
}

pub(super) fn address(feed_url: &str) -> Cow<'_, str> {
    // Where there is a password, an `@` stands behind it.
    if !feed_url.contains('@') {
        return feed_url.into();
    }
    Url::parse(feed_url).map_or(feed_url.into(), |url| without_password(&url).into())
}

/// An address that may be handed to others as a link: `http` or `https`, in ASCII, without user and
/// password. `None` for files, and for whatever else claims to be a link.
pub(super) fn web(address: &str) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Cannot fail: a web address has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        return Some(url.into());
    }
    // As its publisher spelled it, where that is plain: readers compare links as text.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}[]".contains(&byte);
    if address.bytes().all(is_plain) {
        return Some(address.to_owned());
    }
    // Browsers let these stand; in a URI they may not (RFC 3986). A host in square brackets may.
    let host_end = url[..url::Position::AfterHost].len();
    let (host, rest) = url.as_str().split_at(host_end);
    let mut written = host.to_owned();
    for character in rest.chars() {
        match u8::try_from(character) {
            Ok(byte) if !is_plain(byte) => written.push_str(&format!("%{byte:02X}")),
            _ => written.push(character),
        }
    }
    Some(written)
}

/// The entry's permalink, where others can follow it.
pub(super) fn entry_link(entry: &Entry) -> Option<String> {
    entry.url.as_deref().and_then(followed)
}

pub(super) fn talk_link(talk: &Talk) -> Option<String> {
    talk.url.as_deref().and_then(followed)
}

/// As a person follows it: the archive keeps the address as published, with what tells where its reader
/// came from.
fn followed(address: &str) -> Option<String> {
    let link = web(address)?;
    let mut url = Url::parse(&link).ok()?;
    Some(match without_tracking(&mut url) {
        true => url.into(),
        false => link,
    })
}

/// What a person is called.
pub(super) fn person(person: &Person) -> Option<&str> {
    [&person.name, &person.email, &person.uri]
        .into_iter()
        .find_map(|name| present(name.as_deref()))
}

/// `Ann Example, Bob Sample`; empty where nobody is named.
pub(super) fn people(people: &[Person]) -> String {
    let names: Vec<&str> = people.iter().filter_map(person).collect();
    names.join(", ")
}

/// `3 of 12 talks match`.
pub(super) fn talks_matching(matching: usize, all: usize) -> String {
    match all {
        1 => format!("{matching} of 1 talk matches"),
        _ => format!("{matching} of {all} talks match"),
    }
}

/// `Title — Ann Example, Bob Sample`.
pub(super) fn talk_line(talk: &Talk) -> String {
    if talk.speakers.is_empty() {
        talk.title.clone()
    } else {
        format!("{} — {}", talk.title, talk.speakers.join(", "))
    }
}

/// What kind of talk it is, where that is worth a word: a meeting's topics are all topics, and a title
/// that says `Keynote:` need not say it twice.
pub(super) fn kind(talk: &Talk) -> Option<&'static str> {
    match talk.kind {
        TalkKind::Talk | TalkKind::Topic => None,
        TalkKind::Keynote
        | TalkKind::Ignite
        | TalkKind::OpenSpace
        | TalkKind::Workshop
        | TalkKind::Panel => {
            let word = match talk.kind {
                TalkKind::OpenSpace => "open space",
                kind => kind.word(),
            };
            let said = talk.title.to_lowercase().contains(word);
            (!said).then_some(word)
        }
    }
}

/// `#dev-ops #ghent`: each tag in one piece.
pub(super) fn hashtags(entry: &Entry) -> String {
    let tags: Vec<String> = entry
        .tag_names()
        .map(|tag| {
            let words: Vec<&str> = tag.trim_start_matches('#').split_whitespace().collect();
            format!("#{}", words.join("-"))
        })
        .filter(|tag| tag.len() > 1)
        .collect();
    tags.join(" ")
}

/// `Ann's notes · 2006-01-02 · also in Planet · #devops`.
pub(super) fn byline(archived: &ArchivedEntry) -> String {
    let mut parts = vec![feed_name(&archived.feed).into_owned(), day(archived.date())];
    parts.extend(also_in(archived));
    parts.extend(Some(hashtags(&archived.entry)).filter(|tags| !tags.is_empty()));
    parts.join(" · ")
}

/// How an entry begins: its summary, else its text.
pub(super) fn beginning(entry: &Entry, words: usize) -> String {
    match present(entry.summary.as_deref()) {
        Some(summary) => first_words(summary, words),
        None => first_words(&entry.content.to_text(), words),
    }
}

/// The first words, on one line, with `…` where there are more.
pub(super) fn first_words(text: &str, words: usize) -> String {
    let mut rest = text.split_whitespace();
    let mut shown: Vec<Cow<'_, str>> = rest
        .by_ref()
        .take(words)
        .map(|word| clipped(word, 80))
        .collect();
    if rest.next().is_some() {
        shown.push("…".into());
    }
    let joined = shown.join(" ");
    joined.replace(" …", "…")
}

/// At most so many characters, the last one then being `…`.
pub(super) fn clipped(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        None => text.into(),
        Some(_) => {
            let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end()).into()
        }
    }
}

/// `12 MB`, `340 kB`, `17 bytes`, in powers of ten as web pages count.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    UNITS.iter().find(|(unit, _)| bytes >= *unit).map_or_else(
        || format!("{bytes} bytes"),
        |(unit, name)| format!("{} {name}", bytes / unit),
    )
}

/// `1 talk`, `2 talks`.
pub(super) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::model::{Tag, TagOrigin};

    #[test]
    fn an_entry_without_a_title_is_called_by_its_words_then_by_its_address() {
        let mut entry = samples::short().entry;
        entry.title = None;
        assert_eq!(
            title(&entry),
            "Runbooks rot. Test them like code, said the panel, and…"
        );
        entry.summary = None;
        entry.content = crate::model::SafeHtml::default();
        assert_eq!(title(&entry), "https://log.example/runbooks");
        entry.url = None;
        assert_eq!(title(&entry), "(untitled)");
    }

    #[test]
    fn only_web_addresses_are_links_and_they_name_nobody() {
        assert_eq!(
            web("HTTPS://Blog.example/a%20b#x").unwrap(),
            "HTTPS://Blog.example/a%20b#x"
        );
        assert_eq!(
            web("https://ann:secret@blog.example/").unwrap(),
            "https://blog.example/"
        );
        assert_eq!(
            web("https://blog.example/é \u{1b}").unwrap(),
            "https://blog.example/%C3%A9"
        );
        assert_eq!(
            web("https://[::1]/a[]?b={c}|d").unwrap(),
            "https://[::1]/a%5B%5D?b=%7Bc%7D%7Cd"
        );
        for other in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "notes/x.md",
            "mailto:a@b.example",
            "",
        ] {
            assert_eq!(web(other), None);
        }
    }

    #[test]
    fn a_feed_without_a_title_is_called_by_its_host_or_its_folder() {
        let mut feed = FeedOfEntry::clone(&samples::short().feed);
        feed.title = None;
        feed.url = "https://ann:secret@log.example/feed".into();
        assert_eq!(feed_name(&feed), "log.example");
        feed.url = "file:///home/ann/notes/".into();
        assert_eq!(feed_name(&feed), "notes");
    }

    #[test]
    fn a_tag_is_one_piece_behind_its_sign() {
        let mut entry = samples::short().entry;
        for name in ["DevOps", "#go", "site  reliability", "#"] {
            entry.tags.push(Tag::new(name, TagOrigin::Feed));
        }
        assert_eq!(hashtags(&entry), "#ops #DevOps #go #site-reliability");
    }

    #[test]
    fn lengths_are_cut_at_characters() {
        assert_eq!(clipped("日本語のタイトル", 4), "日本語…");
        assert_eq!(clipped("short", 5), "short");
        assert_eq!(first_words("a  b\nc d", 3), "a b c…");
        assert_eq!(size(12_345_678), "12 MB");
        assert_eq!(size(17), "17 bytes");
    }
}
