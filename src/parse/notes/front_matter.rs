//! Front matter: YAML between `---`, TOML between `+++`, a JSON object (Hugo), `title:` lines up to a
//! `---` without an opening one (Hexo), `Key: value` lines up to an empty one (Pelican). Read leniently:
//! what the parser refuses is read line by line.

mod bare;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::model::{Category, Person};
use crate::parse::dates;
use crate::parse::repair::Repairs;

/// Nobody writes more; a longer block is no front matter.
const MAX_LENGTH: usize = 64 * 1024;
const MAX_TAGS: usize = 1000;

/// What hallway takes from front matter.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) title: Option<String>,
    /// `date`, `publishDate`, `published`.
    pub(super) date: Option<DateTime<Utc>>,
    /// `lastmod`, `updated`.
    pub(super) updated: Option<DateTime<Utc>>,
    /// `tags`, then what `categories` and `category` add.
    pub(super) tags: Vec<Category>,
    pub(super) authors: Vec<Person>,
    /// `description`, `summary`.
    pub(super) summary: Option<String>,
    pub(super) draft: bool,
    pub(super) language: Option<String>,
    /// `categories` and `category` alone: Jekyll's addresses have them.
    pub(super) categories: Vec<String>,
    pub(super) slug: Option<String>,
    /// Jekyll's permalink where it is a pattern or the name of one.
    pub(super) pattern: Option<String>,
    /// `canonical_url`, else `permalink` or `url`: where the note is published.
    pub(super) url: Option<String>,
}

/// Whether a text begins as one with front matter does, and the block is closed.
pub(in crate::parse) fn begins_with_fence(text: &str) -> bool {
    find(text).is_some()
}

#[derive(Clone, Copy, PartialEq)]
enum Syntax {
    Yaml,
    Toml,
}

/// The syntax, the block and the rest.
fn find(text: &str) -> Option<(Syntax, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let (syntax, fence) = if text.starts_with("---") {
        (Syntax::Yaml, "---")
    } else if text.starts_with("+++") {
        (Syntax::Toml, "+++")
    } else {
        return None;
    };
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != fence {
        return None;
    }
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || (syntax == Syntax::Yaml && bare == "...") {
            let (block, after) = (&rest[..length], &rest[length + line.len()..]);
            // Two rules with prose between them are no front matter.
            let is_data =
                block.trim().is_empty() || block.lines().any(|line| line.contains([':', '=']));
            return is_data.then_some((syntax, block, after));
        }
        length += line.len();
        if length > MAX_LENGTH {
            return None;
        }
    }
    None
}

/// Splits a note into its front matter and its body.
pub(super) fn split<'a>(text: &'a str, repairs: &mut Repairs) -> (FrontMatter, &'a str) {
    let Some((syntax, block, body)) = find(text) else {
        return match bare::split(text) {
            Some((fields, body)) => (FrontMatter::from_fields(fields), body),
            None => (FrontMatter::default(), text),
        };
    };
    let parsed = match syntax {
        Syntax::Yaml => yaml(block),
        Syntax::Toml => block
            .parse::<toml::Table>()
            .ok()
            .map(|table| from_toml(toml::Value::Table(table))),
    };
    let fields = match parsed {
        Some(Value::Object(fields)) => fields,
        // An empty block.
        Some(Value::Null) => Map::new(),
        _ => {
            repairs.add("front-matter", 1);
            line_by_line(block, if syntax == Syntax::Yaml { ':' } else { '=' })
        }
    };
    (FrontMatter::from_fields(fields), body)
}

fn yaml(block: &str) -> Option<Value> {
    if block
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    {
        return Some(Value::Null);
    }
    serde_saphyr::from_str(block).ok()
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(instant) => Value::String(instant.to_string()),
        toml::Value::Array(values) => values.into_iter().map(from_toml).collect(),
        toml::Value::Table(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, from_toml(value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// `key: value` at the beginning of a line; lines below it that are no such belong to its value.
fn line_by_line(block: &str, separator: char) -> Map<String, Value> {
    let mut fields: Vec<(String, Vec<&str>)> = Vec::new();
    for line in block.lines() {
        let key = line.split_once(separator).filter(|(key, _)| {
            let key = key.trim_end();
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        });
        match (key, fields.last_mut()) {
            (Some((key, value)), _) => fields.push((key.trim().to_owned(), vec![value.trim()])),
            (None, Some((_, lines))) => lines.push(line.trim()),
            (None, None) => {}
        }
    }
    fields
        .into_iter()
        .map(|(key, lines)| (key, loose_value(&lines)))
        .collect()
}

fn loose_value(lines: &[&str]) -> Value {
    let (first, below) = lines.split_first().unwrap_or((&"", &[]));
    let items: Vec<&str> = below
        .iter()
        .filter_map(|line| line.strip_prefix("- "))
        .collect();
    if first.is_empty() && !items.is_empty() {
        return items.into_iter().map(unquoted).collect();
    }
    let first = first.trim_start_matches(['|', '>']).trim();
    let joined = std::iter::once(first)
        .chain(below.iter().copied())
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    match joined
        .strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'))
    {
        Some(list) => list.split(',').map(unquoted).collect(),
        None => unquoted(&joined),
    }
}

fn unquoted(text: &str) -> Value {
    Value::String(text.trim().trim_matches(['"', '\'']).trim().to_owned())
}

impl FrontMatter {
    fn from_fields(fields: Map<String, Value>) -> Self {
        let fields: Map<String, Value> = fields
            .into_iter()
            .map(|(key, value)| (key.to_ascii_lowercase(), value))
            .collect();
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| fields.get(*name))
                .find_map(plain)
        };
        let instant = |names: &[&str]| {
            let values = names
                .iter()
                .filter_map(|name| fields.get(*name))
                .filter_map(plain);
            values.filter_map(|text| dates::instant(&text)).next()
        };
        let mut tags: Vec<Category> = Vec::new();
        let mut known = HashSet::new();
        for value in ["tags", "tag", "categories", "category"]
            .iter()
            .filter_map(|name| fields.get(*name))
        {
            for term in list(value) {
                if tags.len() < MAX_TAGS && known.insert(term.to_lowercase()) {
                    tags.push(Category {
                        term,
                        ..Category::default()
                    });
                }
            }
        }
        let draft = ["draft"]
            .iter()
            .filter_map(|name| fields.get(*name))
            .filter_map(plain)
            .any(|text| text.eq_ignore_ascii_case("true"));
        Self {
            title: first(&["title"]),
            date: instant(&["date", "publishdate", "published", "pubdate", "created"]),
            updated: instant(&["lastmod", "updated", "modified", "last_modified_at"]),
            tags,
            authors: ["authors", "author"]
                .iter()
                .filter_map(|name| fields.get(*name))
                .flat_map(people)
                .collect(),
            summary: first(&["description", "summary", "excerpt", "subtitle"]),
            // Jekyll's word for it is `published: false`.
            draft: draft
                || fields.get("published").and_then(plain).as_deref() == Some("false")
                // Pelican's.
                || first(&["status"]).is_some_and(|status| status.eq_ignore_ascii_case("draft")),
            language: first(&["lang", "language"]),
            categories: ["categories", "category"]
                .iter()
                .filter_map(|name| fields.get(*name))
                .flat_map(list)
                .take(20)
                .collect(),
            slug: first(&["slug"]),
            pattern: first(&["permalink", "url"]).filter(|url| !is_address(url)),
            url: first(&["canonical_url", "canonicalurl", "canonical"])
                .or_else(|| first(&["permalink", "url"]).filter(|url| is_address(url))),
        }
    }
}

/// Jekyll's permalinks may be patterns (`/:year/:title/`) or the names of some (`pretty`).
fn is_address(permalink: &str) -> bool {
    !permalink.contains(':') && permalink.starts_with('/')
        || permalink.starts_with("https://")
        || permalink.starts_with("http://")
}

/// A value as one line of text; lists and maps are none.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A list, or a string: divided by its commas, else at its blanks as Jekyll does.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(plain).collect(),
        Value::Object(_) => Vec::new(),
        value => {
            let text = plain(value).unwrap_or_default();
            let divided: Vec<&str> = if text.contains(',') {
                text.split(',').collect()
            } else {
                text.split_whitespace().collect()
            };
            divided
                .into_iter()
                .map(|term| term.trim().to_owned())
                .filter(|term| !term.is_empty())
                .collect()
        }
    }
}

fn people(value: &Value) -> Vec<Person> {
    match value {
        Value::Array(values) => values
            .iter()
            .filter(|value| !value.is_array())
            .flat_map(people)
            .collect(),
        Value::Object(fields) => {
            let field = |names: &[&str]| {
                names
                    .iter()
                    .filter_map(|name| fields.get(*name))
                    .find_map(plain)
            };
            let person = Person {
                name: field(&["name", "nick", "title"]),
                uri: field(&["url", "uri", "link", "homepage"]),
                email: field(&["email", "mail"]),
            };
            Some(person)
                .filter(|person| *person != Person::default())
                .into_iter()
                .collect()
        }
        value => plain(value)
            .map(|name| Person {
                name: Some(name),
                ..Person::default()
            })
            .into_iter()
            .collect(),
    }
}
