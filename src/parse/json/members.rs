//! The members of a JSON Feed, each taken in whatever type it comes.

use serde_json::Value;

use crate::model::{Category, Enclosure, Person};

/// Text, or a number where text was due. Empty text is none.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// More people, tags or attachments than any item has are noise.
const MOST: usize = 1000;

/// One value, or each of a list.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(values) => &values[..values.len().min(MOST)],
        one => std::slice::from_ref(one),
    }
}

/// `authors` (1.1), else `author` (1.0): objects, or bare names.
pub(super) fn people(holder: &Value) -> Vec<Person> {
    let read =
        |name: &str| -> Vec<Person> { each(&holder[name]).iter().filter_map(person).collect() };
    let people = read("authors");
    if people.is_empty() {
        read("author")
    } else {
        people
    }
}

fn person(value: &Value) -> Option<Person> {
    let (name, uri, email) = if let Value::Object(_) = value {
        let uri = text(&value["url"]).or_else(|| text(&value["uri"]));
        (text(&value["name"]), uri, text(&value["email"]))
    } else {
        (text(value), None, None)
    };
    // The specification's own way to say a mail address.
    let mailto = uri.as_deref().and_then(|uri| uri.strip_prefix("mailto:"));
    let email = email.or_else(|| mailto.map(str::to_owned));
    let uri = uri.filter(|uri| !uri.starts_with("mailto:"));
    if name.is_none() && uri.is_none() && email.is_none() {
        return None;
    }
    Some(Person { name, uri, email })
}

/// `tags`: a list of words, or one text with commas.
pub(super) fn tags(value: &Value) -> Vec<Category> {
    let bare = |term: String| Category {
        term,
        ..Category::default()
    };
    if let Value::String(all) = value {
        let terms = all.split(',').map(str::trim);
        return terms
            .filter(|term| !term.is_empty())
            .take(MOST)
            .map(|term| bare(term.to_owned()))
            .collect();
    }
    let named = |value: &Value| {
        ["name", "term", "label"]
            .iter()
            .find_map(|name| text(&value[*name]))
    };
    each(value)
        .iter()
        .filter_map(|value| text(value).or_else(|| named(value)))
        .map(bare)
        .collect()
}

/// `attachments`: objects with a `url`, or bare addresses.
pub(super) fn attachments(value: &Value) -> Vec<Enclosure> {
    each(value).iter().filter_map(attachment).collect()
}

fn attachment(value: &Value) -> Option<Enclosure> {
    if let Value::String(_) = value {
        return Some(Enclosure {
            url: text(value)?,
            ..Enclosure::default()
        });
    }
    let size = match &value["size_in_bytes"] {
        Value::String(digits) => digits.trim().parse().ok(),
        // Some programs write bytes as 1048576.0.
        Value::Number(number) => number.as_u64().or_else(|| {
            number
                .as_f64()
                .filter(|size| (1.0..1e15).contains(size))
                .map(|size| size as u64)
        }),
        _ => None,
    };
    Some(Enclosure {
        url: text(&value["url"])?,
        media_type: text(&value["mime_type"]).or_else(|| text(&value["type"])),
        length: size.filter(|size| *size > 0),
    })
}
