//! A tag's attributes, quoted or not, doubled or not.

use std::borrow::Cow;

use super::entities::Entities;
use super::{Repairs, Rule};

/// Beyond any feed; comparing each with each stays cheap.
const MOST: usize = 200;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::parse) struct Attribute<'a> {
    /// As written, with its prefix.
    pub(in crate::parse) name: &'a str,
    pub(in crate::parse) value: Cow<'a, str>,
}

/// Reads the attributes of one tag into `into`.
pub(super) fn read<'a>(
    tag: &'a str,
    entities: &mut Entities<'a>,
    into: &mut Vec<Attribute<'a>>,
    repairs: &mut Repairs,
) {
    into.clear();
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '/' | '=' | '"' | '\'' | '?' | ',')
        });
        let length = rest
            .bytes()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'/' | b'"' | b'\''))
            .unwrap_or(rest.len());
        let name = &rest[..length];
        if name.is_empty() {
            return;
        }
        if into.len() >= MOST {
            repairs.count(Rule::TooMany);
            return;
        }
        let after = rest[length..].trim_start();
        let value;
        if let Some(assigned) = after.strip_prefix('=') {
            (value, rest) = assigned_value(assigned.trim_start(), repairs);
        } else {
            repairs.count(Rule::UnquotedAttribute);
            (value, rest) = (name, after);
        }
        if into.iter().any(|known| known.name == name) {
            repairs.count(Rule::DoubledAttribute);
            continue;
        }
        let value = entities.resolve(value, repairs);
        into.push(Attribute { name, value });
    }
}

/// The value and what comes behind it.
fn assigned_value<'a>(rest: &'a str, repairs: &mut Repairs) -> (&'a str, &'a str) {
    for quote in ['"', '\''] {
        let Some(inside) = rest.strip_prefix(quote) else {
            continue;
        };
        if let Some(end) = inside.find(quote) {
            return (&inside[..end], &inside[end + 1..]);
        }
        repairs.count(Rule::UnquotedAttribute);
        return (inside, "");
    }
    repairs.count(Rule::UnquotedAttribute);
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    (&rest[..end], &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(tag: &str) -> (String, usize) {
        let mut repairs = Repairs::default();
        let mut found = Vec::new();
        read(tag, &mut Entities::default(), &mut found, &mut repairs);
        let shown: Vec<String> = found
            .iter()
            .map(|attribute| format!("{}={}", attribute.name, attribute.value))
            .collect();
        let count: u32 = repairs.into_vec().iter().map(|repair| repair.count).sum();
        (shown.join(" "), count as usize)
    }

    #[test]
    fn attributes_are_read_as_they_come() {
        for (tag, expected, repairs) in [
            (" a='1' b = \"x &amp; y\" ", "a=1 b=x & y", 0),
            (
                " a=1 b=http://x.example/?c=d",
                "a=1 b=http://x.example/?c=d",
                2,
            ),
            (" a='1'b='2' a='3'", "a=1 b=2", 1),
            (" checked a='open", "checked=checked a=open", 2),
            (" ='x' a=", "x=x a=", 2),
        ] {
            let (shown, count) = read_all(tag);
            assert_eq!((shown.as_str(), count), (expected, repairs), "{tag}");
        }
        let many: String = (0..10_000).map(|n| format!(" a{n}='1'")).collect();
        assert_eq!(read_all(&many).0.split(' ').count(), MOST);
    }
}
