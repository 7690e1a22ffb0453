//! What names an entry within its feed: the same at every poll, and no two alike in one document.

use std::collections::{HashMap, HashSet};

use crate::model::RawEntry;
use crate::parse::repair::Repairs;

/// Gives an id to each entry that came without one, and tells apart those that share one.
pub(super) fn assign(entries: &mut Vec<RawEntry>, repairs: &mut Repairs) {
    for entry in entries.iter_mut() {
        entry.guid = entry.guid.trim().to_owned();
        if entry.guid.is_empty() {
            entry.guid = entry
                .url
                .as_deref()
                .map(str::trim)
                .filter(|url| !url.is_empty())
                .map_or_else(|| format!("urn:blake3:{}", said(entry)), str::to_owned);
        }
    }
    let mut count: HashMap<String, usize> = HashMap::new();
    for entry in entries.iter() {
        *count.entry(entry.guid.clone()).or_default() += 1;
    }
    if count.len() < entries.len() {
        tell_apart(entries, &count, repairs);
    }
}

/// Every bearer of a shared id gets a suffix, the first one too: which of them stands first changes
/// from poll to poll. The suffix is the link where that differs, else a hash of what the entry says;
/// an entry that repeats another to the letter is left out.
fn tell_apart(entries: &mut Vec<RawEntry>, count: &HashMap<String, usize>, repairs: &mut Repairs) {
    let shared = |entry: &RawEntry| count.get(&entry.guid).is_some_and(|count| *count > 1);
    let mut links: HashMap<(String, String), usize> = HashMap::new();
    for entry in entries.iter().filter(|entry| shared(entry)) {
        let url = entry.url.clone().unwrap_or_default();
        *links.entry((entry.guid.clone(), url)).or_default() += 1;
    }
    let mut taken: HashSet<String> = HashSet::new();
    let mut doubled = 0;
    entries.retain_mut(|entry| {
        if !shared(entry) {
            return true;
        }
        let url = entry.url.clone().unwrap_or_default();
        let key = (entry.guid.clone(), url);
        let suffix = if !key.1.is_empty() && key.0 != key.1 && links.get(&key) == Some(&1) {
            key.1
        } else {
            said(entry)
        };
        doubled += 1;
        entry.guid = format!("{}#{suffix}", entry.guid);
        taken.insert(entry.guid.clone())
    });
    repairs.add("shared-id", doubled);
}

/// A hash of title, date and content.
fn said(entry: &RawEntry) -> String {
    let mut hasher = blake3::Hasher::new();
    let texts = [&entry.title, &entry.content, &entry.summary];
    for text in texts.map(|text| text.as_ref().map_or("", |text| text.value.as_str())) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let date = entry.published.map_or(i64::MIN, |date| date.timestamp());
    hasher.update(&date.to_le_bytes());
    // Half the hash names an entry well enough, and can still be read out.
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn entry(guid: &str, url: &str, title: &str) -> RawEntry {
        RawEntry {
            guid: guid.to_owned(),
            url: Some(url.to_owned()).filter(|url| !url.is_empty()),
            title: Some(Text::plain(title)),
            ..RawEntry::default()
        }
    }

    fn assigned(mut entries: Vec<RawEntry>) -> Vec<String> {
        assign(&mut entries, &mut Repairs::default());
        entries.into_iter().map(|entry| entry.guid).collect()
    }

    #[test]
    fn an_entry_without_an_id_is_named_by_its_link_or_by_what_it_says() {
        let first = assigned(vec![
            entry("", "https://blog.example/a", "A"),
            entry(" ", "", "B"),
        ]);
        assert_eq!(first[0], "https://blog.example/a");
        assert!(first[1].starts_with("urn:blake3:"));
        assert_eq!(
            first,
            assigned(vec![
                entry("", "https://blog.example/a", "A"),
                entry(" ", "", "B")
            ])
        );
    }

    #[test]
    fn shared_ids_are_told_apart_whatever_their_order() {
        let entries = || {
            vec![
                entry("x", "/a", "A"),
                entry("x", "/b", "B"),
                entry("x", "", "C"),
                entry("y", "", "D"),
            ]
        };
        let forward = assigned(entries());
        assert_eq!(forward[..2], ["x#/a", "x#/b"]);
        assert_eq!(forward[3], "y");
        let mut backward = assigned(entries().into_iter().rev().collect());
        backward.reverse();
        assert_eq!(forward, backward);
    }

    #[test]
    fn an_entry_repeated_to_the_letter_is_one() {
        assert_eq!(
            assigned(vec![entry("x", "/a", "A"), entry("x", "/a", "A")]).len(),
            1
        );
        assert_eq!(
            assigned(vec![entry("x", "/a", "A"), entry("x", "/a", "B")]).len(),
            2
        );
    }

    #[test]
    fn a_hundred_thousand_of_one_id_take_no_time() {
        let entries = (0..100_000)
            .map(|n| entry("x", "", &n.to_string()))
            .collect();
        assert_eq!(assigned(entries).len(), 100_000);
    }
}
