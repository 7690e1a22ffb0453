//! Front matter that no fence opens.

use serde_json::{Map, Value};

use super::{MAX_LENGTH, line_by_line, yaml};
use crate::parse::head::head;

/// What such lines may be called; others are text.
const KEYS: [&str; 27] = [
    "title",
    "date",
    "modified",
    "updated",
    "category",
    "categories",
    "tag",
    "tags",
    "keywords",
    "slug",
    "author",
    "authors",
    "summary",
    "description",
    "excerpt",
    "status",
    "lang",
    "language",
    "layout",
    "permalink",
    "url",
    "comments",
    "draft",
    "published",
    "toc",
    "subtitle",
    "template",
];

/// The fields and the rest; `None` where the text does not begin with any.
pub(super) fn split(text: &str) -> Option<(Map<String, Value>, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if text.starts_with('{') {
        return json(text);
    }
    lines(text)
}

fn json(text: &str) -> Option<(Map<String, Value>, &str)> {
    let window = head(text, MAX_LENGTH);
    let mut values = serde_json::Deserializer::from_str(window).into_iter::<Map<String, Value>>();
    let fields = values.next()?.ok()?;
    let known = fields
        .keys()
        .any(|key| KEYS.contains(&key.to_ascii_lowercase().as_str()));
    known.then(|| (fields, &text[values.byte_offset()..]))
}

fn lines(text: &str) -> Option<(Map<String, Value>, &str)> {
    let mut length = 0;
    let mut keys = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.is_empty() || bare == "---" {
            break;
        }
        match key(bare) {
            Some(_) => keys += 1,
            // What is indented below a key, or a list's item, belongs to it.
            None if keys > 0 && (line.starts_with([' ', '\t']) || line.starts_with("- ")) => {}
            // A theme's own key among known ones: `Tagline: Part 2`.
            None if keys > 1 && is_key_of_one_word(bare) => {}
            None => return None,
        }
        length += line.len();
        if length > MAX_LENGTH {
            return None;
        }
    }
    let (block, rest) = text.split_at(length);
    let fields = match yaml(block) {
        Some(Value::Object(fields)) => fields,
        _ => line_by_line(block, ':'),
    };
    let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    (keys > 0).then(|| (fields, &rest[end..]))
}

fn key(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(':')?;
    let spaced = value.is_empty() || value.starts_with([' ', '\t']);
    (spaced && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))).then_some(key)
}

fn is_key_of_one_word(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(key, _)| {
        (1..=24).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, &str)> {
        split(text).map(|(fields, body)| (Value::Object(fields).to_string(), body))
    }

    #[test]
    fn hexo_pelican_and_json_are_read() {
        let (fields, body) = read("title: A day\ntags:\n- ops\n---\nText\n").unwrap();
        assert_eq!(
            (fields.as_str(), body),
            ("{\"title\":\"A day\",\"tags\":[\"ops\"]}", "Text\n")
        );
        let (fields, body) = read("Title: Day: two\nDate: 2018-11-06\n\nText").unwrap();
        assert_eq!(
            (fields.as_str(), body),
            ("{\"Title\":\"Day: two\",\"Date\":\"2018-11-06\"}", "Text")
        );
        let (fields, body) = read("{\"title\": \"A }\"}\nText").unwrap();
        assert_eq!((fields.as_str(), body), ("{\"title\":\"A }\"}", "\nText"));
    }

    #[test]
    fn text_is_left_alone() {
        for text in [
            "Coffee: notes\n\nText",
            "Date: 2018-11-06\nAttendees: Ann\n\nText",
            "title:x\n",
            "{{< toc >}}\n",
            "{\"a\": 1}\n",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
