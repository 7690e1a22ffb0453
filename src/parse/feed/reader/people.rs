//! People out of one line or out of elements.

use crate::model::Person;

/// Whose person it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Author,
    Contributor,
    /// Read and left aside.
    Other,
}

/// Somebody who is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) person: Person,
    /// `podcast:person role`, `media:credit role`.
    pub(super) role: Option<String>,
    /// What stands in the element itself.
    pub(super) text: String,
}

impl Draft {
    /// The elements count; without any the line does.
    pub(super) fn finish(self) -> Vec<Person> {
        let mut person = self.person;
        if person.name.is_none() && person.email.is_none() {
            if let Some(several) = several(&self.text) {
                return several;
            }
            let line = of_line(&self.text);
            person.name = line.name;
            person.email = line.email;
            person.uri = person.uri.or(line.uri);
        }
        let somebody = person != Person::default();
        somebody.then_some(person).into_iter().collect()
    }
}

/// Several people on a line, each with an address: `a@x.example (Ann), b@x.example`.
fn several(line: &str) -> Option<Vec<Person>> {
    if line.len() > 4096 || memchr::memchr_iter(b'@', line.as_bytes()).nth(1).is_none() {
        return None;
    }
    let people: Vec<Person> = line
        .split([',', ';'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" & "))
        .map(of_line)
        .collect();
    // A comma may stand inside a name.
    let fine = people.len() > 1 && people.iter().all(|person| person.email.is_some());
    fine.then_some(people)
}

/// Reads `mail (Name)`, `Name <mail>`, `Name (mail)`, a mail address or a name alone.
pub(super) fn of_line(line: &str) -> Person {
    let line = line.trim();
    let mut person = Person::default();
    let Some((start, end)) = mail(line) else {
        if line.starts_with("http://") || line.starts_with("https://") {
            person.uri = Some(line.to_owned());
        } else {
            person.name = some(unwrapped(line));
        }
        return person;
    };
    person.email = Some(line[start..end].to_owned());
    let before = line[..start].trim_end();
    let before = before.strip_suffix("mailto:").unwrap_or(before).trim_end();
    // What follows an address as its subject line is part of it.
    let after = &line[end..];
    let after = match after.strip_prefix("?subject=") {
        Some(subject) => subject
            .split_once(char::is_whitespace)
            .map_or("", |(_, rest)| rest),
        None => after,
    };
    let before = before.trim_end_matches(OPENING).trim();
    let after = after.trim_start_matches(CLOSING).trim();
    let name = match (before, after) {
        ("", name) | (name, "") => unwrapped(name).to_owned(),
        (before, after) => format!("{before} {after}"),
    };
    person.name = some(&name);
    person
}

const OPENING: [char; 5] = ['(', '<', '[', '（', '＜'];
const CLOSING: [char; 5] = [')', '>', ']', '）', '＞'];

fn some(name: &str) -> Option<String> {
    let name = name.trim().trim_matches([',', ';', ':', '-']).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Without the brackets or quotation marks that stand round all of it.
fn unwrapped(name: &str) -> &str {
    let mut name = name.trim();
    loop {
        let inside = name
            .strip_prefix(OPENING)
            .and_then(|inside| inside.strip_suffix(CLOSING))
            .or_else(|| {
                name.strip_prefix('"')
                    .and_then(|inside| inside.strip_suffix('"'))
            });
        match inside {
            Some(inside) => name = inside.trim(),
            None => return name,
        }
    }
}

/// Where a mail address stands in the line.
fn mail(line: &str) -> Option<(usize, usize)> {
    // A megabyte of name is no name.
    if line.len() > 4096 {
        return None;
    }
    let user = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+' | b'%');
    let host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let bytes = line.as_bytes();
    memchr::memchr_iter(b'@', bytes).find_map(|at| {
        let start = bytes[..at]
            .iter()
            .rposition(|b| !user(*b))
            .map_or(0, |before| before + 1);
        let length = bytes[at + 1..]
            .iter()
            .position(|b| !host(*b))
            .unwrap_or(bytes.len() - at - 1);
        let domain = line
            .get(at + 1..at + 1 + length)?
            .trim_end_matches(['.', '-']);
        let fine = start < at && domain.contains('.');
        fine.then_some((start, at + 1 + domain.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_people_on_a_line_are_told_apart() {
        let people = several("a@x.example (Ann), Bo <b@x.example> and c@x.example").unwrap();
        let names: Vec<_> = people.iter().map(|person| person.name.as_deref()).collect();
        assert_eq!(names, [Some("Ann"), Some("Bo"), None]);
        for one in [
            "\"Poe, Ann\" <a@x.example>",
            "Ann, a@x.example b@x.example",
            "Ann",
        ] {
            assert_eq!(several(one), None, "{one}");
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        for (line, name, email) in [
            (
                "ann@x.example (Ann Poe)",
                Some("Ann Poe"),
                Some("ann@x.example"),
            ),
            (
                "Ann Poe <ann@x.example>",
                Some("Ann Poe"),
                Some("ann@x.example"),
            ),
            (
                "\"Poe, Ann\" <ann@x.example>",
                Some("Poe, Ann"),
                Some("ann@x.example"),
            ),
            (
                "Ann Poe (ann@x.example)",
                Some("Ann Poe"),
                Some("ann@x.example"),
            ),
            ("ann@x.example（安）", Some("安"), Some("ann@x.example")),
            ("mailto:ann@x.example", None, Some("ann@x.example")),
            (
                "ann@x.example?subject=Hi (Ann)",
                Some("Ann"),
                Some("ann@x.example"),
            ),
            ("Ann (Ops)", Some("Ann (Ops)"), None),
            ("@ann", Some("@ann"), None),
            ("é@x.example ü", Some("é@x.example ü"), None),
            ("(Ann)", Some("Ann"), None),
            ("<>", None, None),
            ("", None, None),
        ] {
            let person = of_line(line);
            assert_eq!(
                (person.name.as_deref(), person.email.as_deref()),
                (name, email),
                "{line}"
            );
        }
    }
}
