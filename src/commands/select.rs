//! Finds the subscription or the entry that a person means.

use super::exit::CommandError;
use super::poll::name_of;
use crate::archive::Archive;
use crate::model::{ArchivedEntry, Subscription};
use crate::source::Source;

/// The subscription with this address, else the only one whose title or address holds the text.
pub(crate) fn feed(archive: &Archive, name: &str) -> Result<Subscription, CommandError> {
    let mut feeds = archive.subscriptions()?;
    let exact = Source::from_web_address(name).or_else(|| Source::from_key(name));
    let path = std::path::Path::new(name).canonicalize().ok();
    let is_exact = |feed: &Subscription| match &feed.source {
        Source::File(at) | Source::Folder(at) if path.as_deref() == Some(at) => true,
        source => exact.as_ref() == Some(source),
    };
    if let Some(at) = feeds.iter().position(is_exact) {
        return Ok(feeds.swap_remove(at));
    }
    let wanted = name.to_lowercase();
    feeds.retain(|feed| {
        let title = feed.title.as_deref().unwrap_or_default().to_lowercase();
        title.contains(&wanted) || feed.source.to_string().to_lowercase().contains(&wanted)
    });
    match feeds.len() {
        1 => Ok(feeds.swap_remove(0)),
        0 => Err(CommandError::failed(format!("no feed is called {name}"))
            .with_hint("`hallway feeds` lists them")),
        _ => {
            let names: Vec<String> = feeds.iter().take(5).map(name_of).collect();
            Err(
                CommandError::failed(format!("{} feeds are called {name}", feeds.len()))
                    .with_hint(format!("name one: {}", names.join("; "))),
            )
        }
    }
}

/// The entry with this number, address or guid.
pub(crate) fn entry(archive: &Archive, name: &str) -> Result<ArchivedEntry, CommandError> {
    let mut found = archive.find_entries(name)?;
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => Err(CommandError::failed(format!("there is no entry {name}"))
            .with_hint("`hallway query` shows the numbers")),
        _ => {
            let numbers: Vec<String> = found.iter().map(|entry| entry.id.0.to_string()).collect();
            Err(
                CommandError::failed(format!("{} entries have this address", found.len()))
                    .with_hint(format!("name one by its number: {}", numbers.join(", "))),
            )
        }
    }
}

/// As [`entry`], and what stands behind `#` where that names one of its talks: see [`talk`].
pub(crate) fn entry_or_talk<'a>(
    archive: &Archive,
    name: &'a str,
) -> Result<(ArchivedEntry, Option<&'a str>), CommandError> {
    let Some((of_entry, of_talk)) = name
        .trim()
        .split_once('#')
        .filter(|(of_entry, _)| !of_entry.is_empty())
    else {
        return Ok((entry(archive, name)?, None));
    };
    // A guid or an address may hold a `#` of its own.
    if !archive.find_entries(name)?.is_empty() {
        return Ok((entry(archive, name)?, None));
    }
    Ok((entry(archive, of_entry)?, Some(of_talk)))
}

/// A talk of an entry by its place: by the talk's anchor, its number in the entry's list, or its own
/// address.
pub(crate) fn talk(found: &ArchivedEntry, of_talk: &str) -> Result<usize, CommandError> {
    let talks = &found.entry.talks;
    let plain = |text: &str| {
        let decoded = url::form_urlencoded::parse(text.replace('+', "%2B").as_bytes())
            .map(|(key, _)| key.into_owned())
            .next();
        decoded.unwrap_or_default().to_lowercase()
    };
    let wanted = plain(of_talk);
    let by_anchor = talks.iter().position(|talk| {
        let anchor = talk.anchor.as_deref().map(plain);
        let fragment = talk.url.as_deref().and_then(|url| url.split_once('#'));
        anchor.as_ref() == Some(&wanted) || fragment.is_some_and(|(_, part)| part == of_talk)
    });
    let by_number = || {
        let number: usize = of_talk.parse().ok()?;
        number.checked_sub(1).filter(|at| *at < talks.len())
    };
    match by_anchor.or_else(by_number) {
        Some(at) => Ok(at),
        None => {
            let message = format!("entry {} has no talk {of_talk}", found.id.0);
            let hint = format!("`hallway show {}` lists its talks", found.id.0);
            Err(CommandError::failed(message).with_hint(hint))
        }
    }
}
