//! A person's own format: a Jinja template (<https://docs.rs/minijinja>).
//!
//! The template is given
//! * `title`; `updated`, the newest date among the items; `by`, `entry` or `talk`;
//! * `items`, each as the JSON lines have it, under the same names; also called `entries` or `talks`;
//! * `groups`, each with its `name` and `items`: one for each heading of `--group`, or one in all.
//!
//! What publishers say is made harmless first: no control characters, no links but to the web. In a file
//! called `.html` or `.xml` it is escaped too, but for `content_html`, which is clean HTML.
//!
//! A template may look at any item at any time, so all of them are held in memory: some ten times as much
//! as their text is long.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, default_auto_escape_callback};
use serde_json::Value as Json;

use super::{json, wording};
use crate::query::{Digest, DigestHead, Found, Item};
use crate::terminal::escape;

/// Longer than any page; what is longer is something else.
const MAX_SIZE: u64 = 1 << 20;

/// How many steps a template may take, and how many more for each item: enough for any page, and an end
/// to what would run for ever.
const STEPS: u64 = 10_000_000;
const STEPS_OF_ITEM: u64 = 200_000;

/// What stands in for a template where none is given.
const TITLES: &str = "{% for item in items %}{{ item.title }}\n{% endfor %}";

/// A template that was read and understood.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    environment: Arc<Environment<'static>>,
    name: String,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TemplateError(String);

impl Template {
    /// Others that it includes or extends lie in the same folder.
    pub(crate) fn read(path: &Path) -> Result<Self, TemplateError> {
        let unreadable = |why: &dyn std::fmt::Display| {
            TemplateError(format!(
                "cannot read the template {}: {why}",
                path.display()
            ))
        };
        let size = fs::metadata(path)
            .map_err(|error| unreadable(&error))?
            .len();
        if size > MAX_SIZE {
            return Err(unreadable(&"it is larger than 1 MiB"));
        }
        let source = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut environment = Environment::new();
        if let Some(folder) = path.parent() {
            environment.set_loader(minijinja::path_loader(folder));
        }
        Self::new(environment, &name, source)
    }

    fn new(
        mut environment: Environment<'static>,
        name: &str,
        source: String,
    ) -> Result<Self, TemplateError> {
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(escaping);
        // What is not known is nothing, not a word for it.
        environment.set_formatter(|out, state, value| match value.is_none() {
            true => Ok(()),
            false => minijinja::escape_formatter(out, state, value),
        });
        let mut syntax = SyntaxConfig::builder();
        syntax.keep_trailing_newline(true);
        if let Ok(syntax) = syntax.build() {
            environment.set_syntax(syntax);
        }
        environment
            .add_template_owned(name.to_owned(), source)
            .map_err(|error| TemplateError::of(name, &error))?;
        Ok(Self {
            environment: Arc::new(environment),
            name: name.to_owned(),
        })
    }

    pub(super) fn titles() -> Self {
        let environment = Environment::new();
        Self::new(environment, "titles", TITLES.to_owned()).unwrap_or_else(|_| Self {
            environment: Arc::default(),
            name: String::new(),
        })
    }
}

/// By the name's ending, that of a template (`.j2`) aside.
fn escaping(name: &str) -> AutoEscape {
    let bare = [".j2", ".jinja", ".jinja2", ".tmpl", ".tpl"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(name);
    match bare.rsplit('.').next() {
        Some("xhtml" | "atom" | "rss" | "svg" | "opml") => AutoEscape::Html,
        _ => default_auto_escape_callback(bare),
    }
}

impl TemplateError {
    fn of(name: &str, error: &minijinja::Error) -> Self {
        let mut place = format!("template {}", error.name().unwrap_or(name));
        if let Some(line) = error.line() {
            place.push_str(&format!(", line {line}"));
        }
        let mut message = format!("{place}: {}", error.kind());
        if let Some(detail) = error.detail() {
            message.push_str(&format!(": {detail}"));
        }
        if error.kind() == minijinja::ErrorKind::OutOfFuel {
            message.push_str(": it takes too many steps");
        }
        Self(message)
    }
}

/// Gathers an answer for a template.
pub(super) struct Templated<'a> {
    template: Template,
    out: &'a mut dyn Write,
    head: DigestHead,
    by_talk: bool,
    items: u64,
    /// Of each group its heading, if any, and its items.
    groups: Vec<(Option<String>, Vec<Value>)>,
}

impl<'a> Templated<'a> {
    pub(super) fn new(template: Template, out: &'a mut dyn Write) -> Self {
        Self {
            template,
            out,
            head: DigestHead::default(),
            by_talk: false,
            items: 0,
            groups: Vec::new(),
        }
    }

    fn data(&mut self) -> Value {
        let groups = std::mem::take(&mut self.groups);
        let items: Value = groups
            .iter()
            .flat_map(|(_, items)| items)
            .cloned()
            .collect();
        let groups: Value = groups
            .into_iter()
            .map(|(name, items)| {
                Value::from_pairs([
                    ("name", Value::from(name.as_deref().map(harmless))),
                    ("items", items.into_iter().collect()),
                ])
            })
            .collect();
        let by = if self.by_talk { "talk" } else { "entry" };
        let updated = self.head.updated.and_then(wording::rfc3339);
        let plural = if self.by_talk { "talks" } else { "entries" };
        Value::from_pairs([
            ("title", Value::from(harmless(&self.head.title))),
            ("updated", Value::from(updated)),
            ("by", Value::from(by)),
            (plural, items.clone()),
            ("items", items),
            ("groups", groups),
        ])
    }
}

impl Digest for Templated<'_> {
    fn begin(&mut self, head: &DigestHead) -> io::Result<()> {
        self.head = head.clone();
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> io::Result<()> {
        self.by_talk = matches!(item, Item::Talk(..));
        self.items += 1;
        let mut line = json::Line::default();
        let fields: serde_json::Map<String, Json> =
            serde_json::from_slice(line.of(item, &Found::default()))?;
        let fields = fields.into_iter().map(|(name, value)| {
            let value = match value {
                // The cleaner has made it, so it needs no escaping.
                Json::String(html) if name == "content_html" => Value::from_safe_string(html),
                mut other => {
                    tame(&name, &mut other);
                    Value::from(Serde(other))
                }
            };
            (name, value)
        });
        let value = Value::from_pairs(fields);
        match self.groups.last_mut() {
            Some((_, items)) => items.push(value),
            None => self.groups.push((None, vec![value])),
        }
        Ok(())
    }

    fn group(&mut self, heading: &str) -> io::Result<()> {
        self.groups.push((Some(heading.to_owned()), Vec::new()));
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let data = self.data();
        let mut environment = (*self.template.environment).clone();
        environment.set_fuel(Some(STEPS + STEPS_OF_ITEM * self.items));
        let name = &self.template.name;
        let failed = |error: &minijinja::Error| {
            // What went wrong below: a pipe that was closed is not the template's fault.
            let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
            match cause {
                Some(io) if error.kind() == minijinja::ErrorKind::WriteFailure => {
                    io::Error::from(io::Error::kind(io))
                }
                _ => io::Error::other(TemplateError::of(name, error)),
            }
        };
        let template = environment
            .get_template(name)
            .map_err(|error| failed(&error))?;
        let rendered = template.render_captured_to(data, &mut *self.out);
        rendered.map(drop).map_err(|error| failed(&error))
    }
}

/// Takes from a value what a page or a terminal should not get.
fn tame(name: &str, value: &mut Json) {
    match value {
        Json::String(text) if matches!(name, "url" | "uri") => {
            *value = wording::web(text).map_or(Json::Null, Json::String);
        }
        Json::String(text) => {
            if text.chars().any(|c| !c.is_ascii() || c.is_control()) {
                *text = harmless(text);
            }
        }
        Json::Array(values) => values.iter_mut().for_each(|inner| tame(name, inner)),
        Json::Object(fields) => fields
            .iter_mut()
            .for_each(|(name, inner)| tame(name, inner)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Without control characters, but in lines as it was.
fn harmless(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(escape).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Group, Settings, samples};
    use super::*;

    fn try_rendered(
        name: &str,
        source: &str,
        group: Group,
        answer: &samples::Answer,
    ) -> Result<String, String> {
        let template = Template::new(Environment::new(), name, source.to_owned());
        let settings = Settings {
            template: Some(template.map_err(|error| error.to_string())?),
            group,
            ..Settings::default()
        };
        let mut out = Vec::new();
        let mut digest = super::super::renderer(Format::Template, &settings, &mut out);
        let head = DigestHead {
            title: "T & \u{1b}[31mred".to_owned(),
            updated: None,
        };
        digest.begin(&head).unwrap();
        for entry in &answer.entries {
            if answer.by_talk {
                for talk in &entry.entry.talks {
                    digest.item(Item::Talk(entry, talk)).unwrap();
                }
            } else {
                digest.item(Item::Entry(entry)).unwrap();
            }
        }
        digest.end().map_err(|error| error.to_string())?;
        drop(digest);
        Ok(String::from_utf8(out).unwrap())
    }

    fn rendered(name: &str, source: &str) -> String {
        try_rendered(name, source, Group::None, &samples::both()).unwrap()
    }

    #[test]
    fn items_have_the_names_of_the_json_lines() {
        let source = "{% for e in entries %}{{ e.id }} {{ e.title }} {{ e.published }} \
                      {% for t in e.talks %}[{{ t.title }}]{% endfor %}\n{% endfor %}{{ by }} {{ items|length }}\n";
        assert_eq!(
            rendered("a.txt", source),
            "12 DevOpsDays Ghent 2019: <two> days & many talks 2019-10-30T12:00:00Z \
             [Opening][Chaos for small teams]\n7 Runbooks  \nentry 2\n"
        );
        let talks = "{% for t in talks %}{{ t.title }} in {{ t.entry.title|length }}\n{% endfor %}";
        let by_talk = try_rendered("a.txt", talks, Group::None, &samples::talks()).unwrap();
        assert_eq!(by_talk, "Opening in 46\nChaos for small teams in 46\n");
    }

    #[test]
    fn groups_have_their_names() {
        let source = "{% for g in groups %}{{ g.name }}:{{ g['items']|length }} {% endfor %}";
        let by_day = try_rendered("a", source, Group::Day, &samples::both()).unwrap();
        assert_eq!(by_day, "2019-10-30:1 2019-05-06:1 ");
        assert_eq!(rendered("a", source), ":2 ");
    }

    #[test]
    fn pages_are_escaped_by_the_name_of_the_file() {
        let source = "{{ title }} {{ items[0].title }} {{ items[0].content_html }}";
        for name in ["a.html", "a.xml", "a.html.j2", "a.atom"] {
            let page = rendered(name, source);
            assert!(page.starts_with("T &amp; "), "{page}");
            assert!(
                page.contains("&lt;two&gt;") && page.contains("<p>Small steps"),
                "{page}"
            );
        }
        assert!(rendered("a.md", source).contains("<two>"));
    }

    #[test]
    fn hostile_entries_cannot_act() {
        let source = "{{ title }}{% for i in items %}{{ i }}<{{ i.url }}>{% endfor %}";
        for answer in [samples::hostile(), samples::hostile_talks()] {
            for name in ["a.html", "a.txt"] {
                let page = try_rendered(name, source, Group::None, &answer).unwrap();
                let found = page.chars().find(|c| c.is_control() && *c != '\n');
                assert_eq!(found, None, "{page}");
                assert!(!page.contains("<javascript:"), "{page}");
            }
        }
    }

    #[test]
    fn mistakes_have_a_line_and_end_what_would_not() {
        let wrong = |source: &str| {
            try_rendered("a.txt", source, Group::None, &samples::both()).unwrap_err()
        };
        assert!(wrong("one\n{% for %}").starts_with("template a.txt, line 2: syntax error"));
        assert!(
            wrong("one\ntwo\n{{ nme.x }}").starts_with("template a.txt, line 3: undefined value")
        );
        assert!(wrong("{{ 1|nosuch }}").starts_with("template a.txt, line 1: unknown filter"));
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}";
        assert!(
            wrong(endless).contains("too many steps"),
            "{}",
            wrong(endless)
        );
        let deep = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}";
        assert!(wrong(deep).contains("template a.txt"));
    }
}
