//! Ids for what goes out as a feed: absolute, unique over all feeds, the same at every export.
//!
//! A reader app takes two entries with one id for one entry, and an entry with a new id for a new one.

use std::collections::HashSet;

use url::Url;

use crate::model::{ArchivedEntry, EntrySource, FeedOfEntry, Talk};

/// Under which ids are minted (RFC 4151).
const AUTHORITY: &str = "tag:hallway.example,2026";

/// Keeps publishers' ids apart. Of two feeds' entries that claim one id the one that arrived first has it
/// for good, whatever else an output holds; the other gets a minted one. Only hashes are kept, so this is
/// small beside what was written.
#[derive(Default)]
pub(super) struct Identities {
    given: HashSet<u64>,
}

impl Identities {
    /// The publisher's own id where the whole world can know it by that, else a minted one.
    pub(super) fn entry(&mut self, archived: &ArchivedEntry) -> String {
        let guid = archived.entry.guid.as_str();
        let is_free = is_absolute_iri(guid) && !archived.guid_is_taken;
        if is_free && self.given.insert(hash_number(guid)) {
            guid.to_owned()
        } else {
            minted("entry", &[feed_key(&archived.feed), guid])
        }
    }

    /// A talk is known by its entry and its anchor, else its title: those outlive a talk put before it.
    pub(super) fn talk(&mut self, archived: &ArchivedEntry, talk: &Talk) -> String {
        let feed = feed_key(&archived.feed);
        let name = talk.anchor.as_deref().unwrap_or(&talk.title);
        let kind = if talk.anchor.is_some() {
            "anchor"
        } else {
            "title"
        };
        let mut parts = vec![feed, &archived.entry.guid, kind, name];
        let id = minted("talk", &parts);
        if self.given.insert(hash_number(&id)) {
            return id;
        }
        let section = talk.section.start.to_string();
        parts.push(&section);
        minted("talk", &parts)
    }
}

/// What stays of an entry or a talk whatever is edited: 8 digits of a hash of its guid, with the talk's
/// anchor, else its title.
pub(super) fn lasting(archived: &ArchivedEntry, talk: Option<&Talk>) -> String {
    let name = talk.map_or("", |talk| talk.anchor.as_deref().unwrap_or(&talk.title));
    let guid = archived.entry.guid.as_str();
    // What the whole world knows it by needs no feed beside it.
    let id = match is_absolute_iri(guid) {
        true => minted("citation", &[guid, name]),
        false => minted("citation", &[feed_key(&archived.feed), guid, name]),
    };
    id[id.len() - 8..].to_owned()
}

/// The id of a digest: made of its title alone, so that it outlives its items and its address.
pub(super) fn digest(title: &str) -> String {
    minted("digest", &[title])
}

/// The id of the feed an entry came from.
pub(super) fn feed(feed: &FeedOfEntry) -> String {
    if let Some(guid) = feed.guid.as_deref().filter(|guid| is_absolute_iri(guid)) {
        return guid.to_owned();
    }
    super::wording::web(&feed.first_url).unwrap_or_else(|| minted("feed", &[feed_key(feed)]))
}

/// The id of the feed that an entry names as its own source.
pub(super) fn source(source: &EntrySource) -> String {
    let own = source.guid.as_deref().filter(|guid| is_absolute_iri(guid));
    let address = || super::wording::web(source.url.as_deref()?);
    own.map(str::to_owned).or_else(address).unwrap_or_else(|| {
        let parts = [&source.guid, &source.url, &source.title];
        minted(
            "feed",
            &parts.map(|part| part.as_deref().unwrap_or_default()),
        )
    })
}

/// What the feed is known by, however often it moves: its first address, `http` or `https`. Its own id may
/// change with the program that writes it.
fn feed_key(feed: &FeedOfEntry) -> &str {
    match feed.first_url.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        _ => &feed.first_url,
    }
}

/// The parts are hashed behind their lengths: what they hold stays untold, as it may be a path.
fn minted(kind: &str, parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize().to_hex();
    format!("{AUTHORITY}:{kind}/{}", &hash[..32])
}

fn hash_number(id: &str) -> u64 {
    let hash = blake3::hash(id.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// Whether it is an absolute IRI (RFC 3987) that may be shown to others: no path of this machine, and
/// nothing that would run.
pub(super) fn is_absolute_iri(id: &str) -> bool {
    let Some((scheme, rest)) = id.split_once(':') else {
        return false;
    };
    // A scheme of one letter is the drive of a path.
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_private = ["file", "javascript", "vbscript", "data", "blob"]
        .iter()
        .any(|private| scheme.eq_ignore_ascii_case(private));
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    is_scheme
        && !is_private
        && !rest.is_empty()
        && id.len() <= 2_000
        && id.chars().all(is_iri_character)
        && id.split('%').skip(1).all(begins_with_two_digits)
        && (!is_web || names_nobody(id))
}

/// Whether it is a web address without user and password.
fn names_nobody(id: &str) -> bool {
    Url::parse(id).is_ok_and(|url| url.username().is_empty() && url.password().is_none())
}

fn is_iri_character(character: char) -> bool {
    match character {
        '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
        _ if character.is_ascii() => character.is_ascii_graphic(),
        '\u{80}'..='\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => false,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' => false,
        _ => !character.is_whitespace(),
    }
}

fn begins_with_two_digits(after_percent: &str) -> bool {
    after_percent.len() >= 2
        && after_percent
            .bytes()
            .take(2)
            .all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::samples;
    use super::*;

    #[test]
    fn only_what_the_whole_world_can_know_is_an_id() {
        for id in [
            "https://blog.example/?p=1",
            "tag:blog.example,2005:1",
            "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6",
            "https://blog.example/über",
            "yt:video:abc",
        ] {
            assert!(is_absolute_iri(id), "{id}");
        }
        for id in [
            "12345",
            "talks/2019.md",
            "/ghent",
            "file:///home/ann/x.md",
            "C:/notes/x.md",
            "C:\\notes\\x.md",
            "javascript:alert(1)",
            "Re: the talk",
            "https://blog.example/100%",
            "https://ann:secret@blog.example/1",
            "https://",
            "urn:",
            "urn:x\u{202e}y",
        ] {
            assert!(!is_absolute_iri(id), "{id}");
        }
    }

    #[test]
    fn two_feeds_with_one_small_id_have_two() {
        let one = samples::short();
        let mut other = samples::short();
        Arc::make_mut(&mut other.feed).first_url = "https://other.example/rss".into();
        let mut ids = Identities::default();
        assert_ne!(ids.entry(&one), ids.entry(&other));
        assert_eq!(ids.entry(&one), Identities::default().entry(&one));
        assert!(
            ids.entry(&one)
                .starts_with("tag:hallway.example,2026:entry/")
        );
    }

    #[test]
    fn an_id_outlives_every_move_of_its_feed() {
        let before = samples::short();
        let mut after = samples::short();
        let feed = Arc::make_mut(&mut after.feed);
        feed.first_url = before.feed.first_url.replace("https:", "http:");
        feed.url = "https://elsewhere.example/".into();
        feed.guid = Some("urn:x-new:1".into());
        let mut ids = Identities::default();
        assert_eq!(ids.entry(&before), ids.entry(&after));
    }

    #[test]
    fn who_came_later_has_an_id_of_its_own_in_every_output() {
        let mut later = samples::conference();
        later.guid_is_taken = true;
        let alone = Identities::default().entry(&later);
        assert!(alone.starts_with("tag:"), "{alone}");
        let mut ids = Identities::default();
        ids.entry(&samples::conference());
        assert_eq!(ids.entry(&later), alone);
    }

    #[test]
    fn an_id_taken_by_another_feed_is_given_once() {
        let one = samples::conference();
        let mut thief = samples::conference();
        let feed = Arc::make_mut(&mut thief.feed);
        feed.guid = None;
        feed.first_url = "https://thief.example/".into();
        let mut ids = Identities::default();
        assert_eq!(ids.entry(&one), "https://notes.example/ghent");
        assert!(
            ids.entry(&thief)
                .starts_with("tag:hallway.example,2026:entry/")
        );
    }

    #[test]
    fn talks_of_one_entry_have_ids_of_their_own() {
        let mut entry = samples::conference();
        for talk in &mut entry.entry.talks {
            talk.anchor = None;
            talk.title = "Open space".into();
        }
        let mut ids = Identities::default();
        let talks = &entry.entry.talks;
        assert_ne!(ids.talk(&entry, &talks[0]), ids.talk(&entry, &talks[1]));
    }
}
