//! Atom as the W3C's validator and readers want it (RFC 4287).

use std::collections::HashSet;

use super::values::{self, Faults};
use crate::support::xml::{Element, tree};

pub(crate) fn faults(document: &str) -> Faults {
    let mut faults = Faults::new();
    values::characters(document, &mut faults);
    let feed = tree(document);
    if feed.name != "feed" || feed.get("xmlns") != Some("http://www.w3.org/2005/Atom") {
        faults.push(format!("the root is {}", feed.name));
    }
    for name in ["id", "title", "updated"] {
        exactly_one(&feed, name, "the feed", &mut faults);
    }
    let own: Vec<_> = feed
        .all("link")
        .filter(|link| link.get("rel") == Some("self"))
        .collect();
    match own.as_slice() {
        [link] => {
            let href = link.get("href").unwrap_or_default();
            values::web(href, "the self link", &mut faults);
            if Some(href) == feed.text_of("id") {
                faults.push("the id is the address".to_owned());
            }
        }
        links => faults.push(format!("{} self links", links.len())),
    }
    let id = feed.text_of("id").unwrap_or_default();
    values::id(id, "the feed's id", &mut faults);
    let updated = date(&feed, "updated", "the feed", &mut faults);
    let mut ids = HashSet::new();
    for entry in feed.all("entry") {
        let id = entry.text_of("id").unwrap_or_default();
        if !ids.insert(id) {
            faults.push(format!("two entries are {id}"));
        }
        let changed = check_entry(entry, id, &mut faults);
        if changed > updated {
            faults.push(format!("{id} is newer than the feed"));
        }
    }
    faults
}

type Date = Option<chrono::DateTime<chrono::Utc>>;

fn date(element: &Element, name: &str, what: &str, faults: &mut Faults) -> Date {
    let text = element.text_of(name)?;
    values::rfc3339(text, &format!("{name} of {what}"), faults)
}

fn exactly_one(element: &Element, name: &str, what: &str, faults: &mut Faults) {
    let count = element.all(name).count();
    if count != 1 {
        faults.push(format!("{what} has {count} {name}"));
    }
}

fn check_entry(entry: &Element, id: &str, faults: &mut Faults) -> Date {
    values::id(id, "an entry's id", faults);
    for name in ["id", "title", "updated", "source"] {
        exactly_one(entry, name, id, faults);
    }
    for name in ["published", "summary", "content", "rights"] {
        if entry.all(name).count() > 1 {
            faults.push(format!("{id} has two {name}"));
        }
    }
    if entry
        .children
        .last()
        .is_none_or(|last| last.name != "source")
    {
        faults.push(format!("{id} goes on behind its source"));
    }
    let updated = date(entry, "updated", id, faults);
    if date(entry, "published", id, faults) > updated {
        faults.push(format!("{id} was published after it was updated"));
    }
    check_links(entry, id, faults);
    check_people(entry, id, faults);
    for category in entry.all("category") {
        if category
            .get("term")
            .is_none_or(|term| term.trim().is_empty())
        {
            faults.push(format!("{id} has a category without a term"));
        }
        if let Some(scheme) = category.get("scheme") {
            values::id(scheme, &format!("a scheme of {id}"), faults);
        }
    }
    if let Some(content) = entry.child("content") {
        if content.get("type") != Some("html") {
            faults.push(format!("{id} has content of an unknown type"));
        }
        values::html(&content.text, &format!("the content of {id}"), faults);
    }
    let has_link = entry
        .all("link")
        .any(|link| link.get("rel") == Some("alternate"));
    if entry.child("content").is_none() && !has_link {
        faults.push(format!("{id} has neither content nor a link"));
    }
    if let Some(language) = entry.get("xml:lang") {
        values::language(language, id, faults);
    }
    if let Some(source) = entry.child("source") {
        check_source(source, id, faults);
    }
    updated
}

fn check_source(source: &Element, id: &str, faults: &mut Faults) {
    for name in ["id", "title", "updated"] {
        exactly_one(source, name, &format!("the source of {id}"), faults);
    }
    let own = source.text_of("id").unwrap_or_default();
    values::id(own, &format!("the source's id of {id}"), faults);
    date(source, "updated", id, faults);
    check_links(source, id, faults);
}

fn check_links(element: &Element, id: &str, faults: &mut Faults) {
    let mut kinds = HashSet::new();
    for link in element.all("link") {
        let rel = link.get("rel").unwrap_or_default();
        let known = [
            "alternate",
            "enclosure",
            "license",
            "related",
            "replies",
            "self",
            "via",
        ];
        if !known.contains(&rel) {
            faults.push(format!("{id} has a link rel={rel:?}"));
        }
        if matches!(rel, "alternate" | "self") && !kinds.insert((rel, link.get("type"))) {
            faults.push(format!("{id} has two links rel={rel}"));
        }
        values::web(
            link.get("href").unwrap_or_default(),
            &format!("a link of {id}"),
            faults,
        );
        if let Some(kind) = link.get("type") {
            values::media_type(kind, id, faults);
        }
        if link
            .get("length")
            .is_some_and(|length| length.parse::<u64>().is_err())
        {
            faults.push(format!("{id} has an enclosure of odd length"));
        }
    }
}

/// An author somewhere, each with a name that is no address.
fn check_people(entry: &Element, id: &str, faults: &mut Faults) {
    let source = entry.child("source");
    let of_source: Vec<_> = source.map_or(Vec::new(), |source| source.all("author").collect());
    if entry
        .all("author")
        .chain(of_source.iter().copied())
        .next()
        .is_none()
    {
        faults.push(format!("{id} is by nobody"));
    }
    for person in entry
        .all("author")
        .chain(entry.all("contributor"))
        .chain(of_source)
    {
        let name = person.text_of("name").unwrap_or_default();
        if name.trim().is_empty() {
            faults.push(format!("{id} has a person without a name"));
        }
        if person.text_of("email") == Some(name) {
            faults.push(format!("{id} has an address for a name"));
        }
        if let Some(uri) = person.text_of("uri") {
            values::web(uri, &format!("a person's address in {id}"), faults);
        }
        let is_mail = |mail: &str| {
            mail.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && host.contains('.') && !mail.contains(' ')
            })
        };
        if person.text_of("email").is_some_and(|mail| !is_mail(mail)) {
            faults.push(format!("{id} has a mail address that is none"));
        }
    }
}
