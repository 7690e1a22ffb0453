//! A combined feed on several documents, so that a reader can get all of it (RFC 5005, section 4).
//!
//! Entries are laid on archive documents in the order they arrived, so one that is full has its entries
//! for good; those that came after them, and the last full document's once more, are in the feed's own
//! document.

use std::path::{Path, PathBuf};

use url::Url;

use super::answer::{Answer, Target};
use super::output;
use crate::archive::Archive;
use crate::commands::exit::CommandError;
use crate::query::{Cursor, Query};
use crate::render::{self, Format};

/// What stands in the way of pages, if they are asked for.
pub(crate) fn check(answer: &Answer) -> Result<(), &'static str> {
    if answer.pages.is_none() {
        return Ok(());
    }
    let is_feed = matches!(answer.format, Format::Atom | Format::Rss | Format::Jsonfeed);
    if !is_feed {
        return Err("only feeds have pages: atom, rss and jsonfeed");
    }
    if answer.target == Target::Stdout {
        return Err("pages need a file as output, to lie beside it");
    }
    if answer.settings.self_url.is_none() {
        return Err("pages need the feed's own URL (self_url), to link to each other");
    }
    let is_cut = answer.query.limit.is_some() || answer.query.per_feed.is_some();
    if is_cut || answer.since_last {
        return Err("pages hold everything: they go with no limit and not with since = \"last\"");
    }
    Ok(())
}

/// Writes an answer where it goes, with its archive documents beside it.
pub(crate) fn write(answer: &Answer, archive: &Archive) -> Result<(), CommandError> {
    let (Some(size), Target::File { path, .. }, Some(url)) =
        (answer.pages, &answer.target, &answer.settings.self_url)
    else {
        return answer.write(archive);
    };
    let ends = archive.pages(&answer.query, size.get())?;
    let full = ends.len().saturating_sub(1);
    let end = |number: usize| number.checked_sub(1).and_then(|at| ends.get(at)).copied();
    let document = |number: usize| -> Option<Url> {
        let name = page_path(path, number);
        let exists = (1..=full).contains(&number);
        exists.then(|| url.join(&encoded(&name)).ok()).flatten()
    };
    // The oldest first and the feed's own last, so that no link leads nowhere.
    for number in 1..=full {
        let settings = render::Settings {
            self_url: document(number),
            pages: Some(render::Pages {
                is_archive: true,
                current: url.clone(),
                previous: number.checked_sub(1).and_then(document),
                next: document(number + 1),
            }),
            ..answer.settings.clone()
        };
        let bounds = (number.checked_sub(1).and_then(end), end(number));
        // A document that is full stays as it is, down to its date.
        one(
            answer,
            archive,
            bounds,
            &settings,
            &page_path(path, number),
            true,
        )?;
    }
    let settings = render::Settings {
        pages: Some(render::Pages {
            is_archive: false,
            current: url.clone(),
            previous: document(full),
            next: None,
        }),
        ..answer.settings.clone()
    };
    let bounds = (full.checked_sub(1).and_then(end), None);
    one(answer, archive, bounds, &settings, path, answer.if_changed)
}

fn one(
    answer: &Answer,
    archive: &Archive,
    (after, until): (Option<Cursor>, Option<Cursor>),
    settings: &render::Settings,
    path: &Path,
    if_changed: bool,
) -> Result<(), CommandError> {
    let first = after.unwrap_or_default();
    let query = Query {
        numbered: Some((first, until.unwrap_or(Cursor(i64::MAX)))),
        limit: None,
        ..answer.query.clone()
    };
    output::write_file(path, if_changed, |out| {
        answer.render(archive, &query, settings, out).map(drop)
    })
}

/// `all.xml` has `all-1.xml`, `all-2.xml` and so on beside it.
fn page_path(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{number}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number}"),
    };
    path.with_file_name(name)
}

/// A file's name as the last part of a URL.
fn encoded(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut url = String::from("./");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                url.push(char::from(byte));
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_beside_the_feed_and_have_its_url_but_for_the_name() {
        let path = page_path(Path::new("/srv/all feeds.v2.xml"), 3);
        assert_eq!(path, Path::new("/srv/all feeds.v2-3.xml"));
        let url = Url::parse("https://you.example/f/all.xml?x=1").unwrap();
        assert_eq!(
            url.join(&encoded(&path)).unwrap().as_str(),
            "https://you.example/f/all%20feeds.v2-3.xml"
        );
    }
}
