//! Names as publishers' programs garble them.

use crate::model::{Person, RawFeed};
use crate::parse::repair::Repairs;

pub(super) fn mend_all(feed: &mut RawFeed, repairs: &mut Repairs) {
    let entries = feed
        .entries
        .iter_mut()
        .flat_map(|entry| entry.authors.iter_mut().chain(&mut entry.contributors));
    let mended = feed
        .authors
        .iter_mut()
        .chain(entries)
        .filter_map(mend)
        .count();
    repairs.add("author-map", mended);
    for entry in &mut feed.entries {
        entry.authors.retain(is_somebody);
        entry.contributors.retain(is_somebody);
    }
    feed.authors.retain(is_somebody);
}

fn is_somebody(person: &Person) -> bool {
    person.name.is_some() || person.email.is_some() || person.uri.is_some()
}

/// Reads `map[name:Ann Poe uri:https://poe.example/]`: what a Hugo template writes that prints the
/// author's whole record for a name.
fn mend(person: &mut Person) -> Option<()> {
    let inside = person
        .name
        .as_deref()?
        .trim()
        .strip_prefix("map[")?
        .strip_suffix(']')?;
    let mut fields: Vec<(&str, String)> = Vec::new();
    for word in inside.split_whitespace() {
        let key = word.split_once(':').filter(|(key, _)| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        });
        match (key, fields.last_mut()) {
            (Some((key, value)), _) => fields.push((key, value.to_owned())),
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (None, None) => return None,
        }
    }
    let take = |names: &[&str]| {
        let found = fields
            .iter()
            .find(|(key, value)| names.contains(key) && !value.is_empty());
        found.map(|(_, value)| value.clone())
    };
    let name = take(&["name"]);
    let uri = take(&["uri", "url", "link", "homepage"]);
    let email = take(&["email", "mail"]);
    if name.is_none() && uri.is_none() && email.is_none() {
        return None;
    }
    person.name = name;
    person.uri = person.uri.take().or(uri);
    person.email = person.email.take().or(email);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(name: &str) -> Option<Person> {
        let mut person = Person {
            name: Some(name.to_owned()),
            ..Person::default()
        };
        mend(&mut person).map(|()| person)
    }

    #[test]
    fn a_hugo_map_becomes_a_person() {
        let person =
            mended("map[email:ann@poe.example name:Ann van Poe uri:https://poe.example/]").unwrap();
        assert_eq!(person.name.as_deref(), Some("Ann van Poe"));
        assert_eq!(person.uri.as_deref(), Some("https://poe.example/"));
        assert_eq!(person.email.as_deref(), Some("ann@poe.example"));
        assert_eq!(mended("map[name:Ann]").unwrap().uri, None);
    }

    #[test]
    fn other_names_stay_as_they_are() {
        for name in ["Ann Poe", "map[]", "map[x]", "map[github:ann]", "Map: a"] {
            assert_eq!(mended(name), None, "{name}");
        }
    }
}
