//! The query language's text form, read into a [`Filter`].
//!
//! ```text
//! any     = every ("OR" every)*
//! every   = one+
//! one     = "-" one | "(" any ")" | field ":" value | value
//! value   = word | word "*" | "\"" phrase "\""
//! ```
//!
//! A mistake is answered with its column and with what would be right.

use std::fmt;
use std::ops::Range;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

use super::{Filter, Words};
use crate::model::TalkKind;

/// The fields, with an example of each for messages.
const FIELDS: [(&str, &str); 15] = [
    ("tag", "tag:devops"),
    ("feed", "feed:example.org"),
    ("author", "author:\"Ann Poe\""),
    ("speaker", "speaker:\"Ann Poe\""),
    ("event", "event:\"devopsdays ghent 2019\""),
    ("title", "title:keynote"),
    ("url", "url:/2019/"),
    ("lang", "lang:en"),
    ("kind", "kind:keynote, kind:ignite or kind:workshop"),
    ("has", "has:enclosure or has:talks"),
    ("is", "is:revised"),
    ("since", "since:7d or since:2019-01-01"),
    ("after", "after:2019-01-01"),
    ("before", "before:2019-01-01"),
    ("on", "on:2018-10"),
];

/// How deep parentheses and minus signs may nest.
const MAX_DEPTH: usize = 64;

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryError {
    query: String,
    /// Where in the query, in characters from 0.
    column: usize,
    message: String,
    pub(crate) hint: Option<String>,
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.message)?;
        writeln!(out, "  {}", self.query)?;
        write!(out, "  {}^", " ".repeat(self.column))
    }
}

/// Reads a query; relative times (`since:7d`) count back from `now`. An empty query means everything.
pub(crate) fn read(query: &str, now: DateTime<Utc>) -> Result<Filter, QueryError> {
    let mut parser = Parser {
        query,
        at: 0,
        depth: 0,
        now,
    };
    parser.skip_blanks();
    if parser.rest().is_empty() {
        return Ok(Filter::All);
    }
    let filter = parser.any()?;
    match parser.peek() {
        None => Ok(filter),
        Some(_) => Err(parser.error(parser.at, "this `)` closes nothing", None)),
    }
}

/// Reads what `since:` and `--since` take: a span back from now (`36h`, `7d`, `2w`, `3m`, `1y`) or a date.
pub(crate) fn read_since(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    span_before(text, now).or_else(|| read_instant(text).map(|range| range.start))
}

/// Reads a year, month, day or RFC 3339 instant into the span of time it names, in UTC.
pub(crate) fn read_instant(text: &str) -> Option<Range<DateTime<Utc>>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        let instant = instant.with_timezone(&Utc);
        return Some(instant..instant + TimeDelta::seconds(1));
    }
    let mut parts = text.split('-');
    let year: i32 = digits(parts.next()?, 4)?;
    let month: Option<u32> = parts
        .next()
        .map(|part| digits(part, 2))
        .map_or(Some(None), |m| m.map(Some))?;
    let day: Option<u32> = parts
        .next()
        .map(|part| digits(part, 2))
        .map_or(Some(None), |d| d.map(Some))?;
    if parts.next().is_some() {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
    let next = match (month, day) {
        (_, Some(_)) => first.checked_add_days(Days::new(1))?,
        (Some(_), None) => first.checked_add_months(Months::new(1))?,
        (None, None) => first.with_year(year + 1)?,
    };
    Some(midnight(first)..midnight(next))
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// A number of at most `width` digits and nothing else.
fn digits<T: std::str::FromStr>(text: &str, width: usize) -> Option<T> {
    let fits = (1..=width).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn span_before(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let unit = text.chars().last()?;
    let count: u32 = digits(text.strip_suffix(unit)?, 6)?;
    match unit.to_ascii_lowercase() {
        'h' => now.checked_sub_signed(TimeDelta::hours(count.into())),
        'd' => now.checked_sub_days(Days::new(count.into())),
        'w' => now.checked_sub_days(Days::new(u64::from(count) * 7)),
        'm' => now.checked_sub_months(Months::new(count)),
        'y' => now.checked_sub_months(Months::new(count.checked_mul(12)?)),
        _ => None,
    }
}

/// A value as it stands in the query.
struct Value {
    text: String,
    /// In quotes: nothing in it has a meaning of its own.
    quoted: bool,
    /// Where it starts, in bytes.
    at: usize,
}

struct Parser<'a> {
    query: &'a str,
    /// In bytes.
    at: usize,
    depth: usize,
    now: DateTime<Utc>,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Filter, QueryError> {
        let mut choices = vec![self.every()?];
        while self.take_or() {
            if self.peek().is_none_or(|c| c == ')') {
                return Err(self.error(self.at, "`OR` needs something on its right", None));
            }
            choices.push(self.every()?);
        }
        Ok(one_or(choices, Filter::Or))
    }

    fn every(&mut self) -> Result<Filter, QueryError> {
        if self.at_or() {
            return Err(self.error(self.at, "`OR` needs something on its left", None));
        }
        let mut parts = Vec::new();
        while self.peek().is_some_and(|c| c != ')') && !self.at_or() {
            parts.push(self.one()?);
        }
        if parts.is_empty() {
            return Err(self.error(self.at, "there is nothing in these parentheses", None));
        }
        Ok(one_or(parts, Filter::And))
    }

    fn one(&mut self) -> Result<Filter, QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(self.at, "this is nested too deeply", None));
        }
        let start = self.at;
        let filter = match self.peek() {
            Some('-') => {
                self.at += 1;
                if self
                    .peek_raw()
                    .is_none_or(|c| c.is_whitespace() || c == ')')
                {
                    let hint = "put the `-` right before what it excludes: -tag:devops";
                    return Err(self.error(start, "`-` excludes nothing", Some(hint)));
                }
                Filter::Not(Box::new(self.one()?))
            }
            Some('(') => {
                self.at += 1;
                self.skip_blanks();
                let filter = self.any()?;
                if self.peek() != Some(')') {
                    return Err(self.error(start, "this `(` is never closed", None));
                }
                self.at += 1;
                filter
            }
            _ => self.term()?,
        };
        self.depth -= 1;
        self.skip_blanks();
        Ok(filter)
    }

    fn term(&mut self) -> Result<Filter, QueryError> {
        let start = self.at;
        if let Some(field) = self.field_name() {
            self.at += field.len() + 1;
            let value = self.value()?;
            if value.text.is_empty() {
                let message = format!("`{field}:` needs a value right behind it");
                return Err(self.error(value.at, &message, example(&field).as_deref()));
            }
            return self.field(&field, start, value);
        }
        let value = self.value()?;
        Ok(Filter::Text(self.words(value)?))
    }

    /// The name before a colon, if the next thing looks like a field: letters, then `:`, and no `//`
    /// (so that a pasted URL is text).
    fn field_name(&self) -> Option<String> {
        let rest = self.rest();
        let (name, value) = rest.split_once(':')?;
        let is_field = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphabetic())
            && !value.starts_with("//");
        is_field.then(|| name.to_owned())
    }

    fn field(&self, name: &str, start: usize, value: Value) -> Result<Filter, QueryError> {
        let text = value.text.as_str();
        Ok(match name.to_ascii_lowercase().as_str() {
            "tag" => {
                let (bare, prefix) = match text.strip_suffix('*') {
                    Some(bare) if !value.quoted => (bare, true),
                    _ => (text, false),
                };
                Filter::Tag {
                    key: crate::model::Tag::key(bare),
                    prefix,
                }
            }
            "feed" => Filter::Feed(value.text),
            "event" => Filter::Event(value.text),
            "url" => Filter::Url(value.text),
            "lang" => Filter::Lang(value.text),
            "author" => Filter::Author(self.words(value)?),
            "speaker" => Filter::Speaker(self.words(value)?),
            "title" => Filter::Title(self.words(value)?),
            "kind" => match TalkKind::read(text) {
                Some(kind) => Filter::Kind(kind),
                None => return Err(self.unknown_value(name, &value)),
            },
            "has" => match text {
                "enclosure" | "enclosures" => Filter::HasEnclosure,
                "talk" | "talks" => Filter::HasTalks,
                _ => return Err(self.unknown_value(name, &value)),
            },
            "is" => match text {
                "revised" => Filter::IsRevised,
                _ => return Err(self.unknown_value(name, &value)),
            },
            "since" => match read_since(text, self.now) {
                Some(instant) => Filter::From(instant),
                None => return Err(self.unknown_value(name, &value)),
            },
            "after" => Filter::From(self.instant(name, &value)?.start),
            "before" => Filter::Until(self.instant(name, &value)?.start),
            "on" => {
                let Range { start, end } = self.instant(name, &value)?;
                Filter::And(vec![Filter::From(start), Filter::Until(end)])
            }
            _ => return Err(self.unknown_field(name, start)),
        })
    }

    fn instant(&self, field: &str, value: &Value) -> Result<Range<DateTime<Utc>>, QueryError> {
        read_instant(&value.text).ok_or_else(|| self.unknown_value(field, value))
    }

    fn value(&mut self) -> Result<Value, QueryError> {
        let start = self.at;
        if self.peek_raw() == Some('"') {
            let Some(length) = self.rest()[1..].find('"') else {
                return Err(self.error(start, "this quote is never closed", None));
            };
            let text = self.rest()[1..=length].to_owned();
            self.at += length + 2;
            return Ok(Value {
                text,
                quoted: true,
                at: start,
            });
        }
        let length = self
            .rest()
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
            .unwrap_or(self.rest().len());
        let text = self.rest()[..length].to_owned();
        self.at += length;
        Ok(Value {
            text,
            quoted: false,
            at: start,
        })
    }

    fn words(&self, value: Value) -> Result<Words, QueryError> {
        let quoted = value.quoted;
        let (text, prefix) = match value.text.strip_suffix('*') {
            Some(bare) if !quoted => (bare.to_owned(), true),
            _ => (value.text, false),
        };
        if !text.chars().any(char::is_alphanumeric) {
            let message = "there is no word here to look for";
            return Err(self.error(value.at, message, None));
        }
        Ok(Words {
            text,
            prefix,
            exact: quoted,
        })
    }

    fn unknown_field(&self, name: &str, start: usize) -> QueryError {
        let nearest = FIELDS
            .iter()
            .map(|(field, example)| (strsim::damerau_levenshtein(field, name), *example))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= 2);
        let hint = match nearest {
            Some((_, example)) => format!("did you mean {example}?"),
            None => {
                let names: Vec<&str> = FIELDS.iter().map(|(field, _)| *field).collect();
                format!(
                    "the fields are {}; a colon that is part of a word goes in quotes",
                    names.join(", ")
                )
            }
        };
        self.error(start, &format!("there is no field `{name}`"), Some(&hint))
    }

    fn unknown_value(&self, field: &str, value: &Value) -> QueryError {
        let message = format!("`{field}:` cannot be `{}`", value.text);
        self.error(value.at, &message, example(field).as_deref())
    }

    fn error(&self, at: usize, message: &str, hint: Option<&str>) -> QueryError {
        QueryError {
            query: self.query.to_owned(),
            column: self.query[..at].chars().count(),
            message: message.to_owned(),
            hint: hint.map(str::to_owned),
        }
    }

    fn at_or(&self) -> bool {
        self.rest()
            .strip_prefix("OR")
            .is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t', '\n', '(']))
    }

    fn take_or(&mut self) -> bool {
        let found = self.at_or();
        if found {
            self.at += "OR".len();
            self.skip_blanks();
        }
        found
    }

    fn rest(&self) -> &str {
        &self.query[self.at..]
    }

    fn peek_raw(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character; the parser always stands behind blanks.
    fn peek(&self) -> Option<char> {
        self.peek_raw()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
}

fn example(field: &str) -> Option<String> {
    FIELDS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(field))
        .map(|(_, example)| format!("for example {example}"))
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn filter(query: &str) -> Filter {
        read(query, now()).unwrap_or_else(|error| panic!("{error}"))
    }

    fn complaint(query: &str) -> String {
        let error = read(query, now()).expect_err(query);
        match &error.hint {
            Some(hint) => format!("{error}\nhint: {hint}"),
            None => error.to_string(),
        }
    }

    fn text(text: &str) -> Filter {
        Filter::Text(Words {
            text: text.to_owned(),
            prefix: false,
            exact: false,
        })
    }

    fn quoted(text: &str) -> Filter {
        Filter::Text(Words {
            text: text.to_owned(),
            prefix: false,
            exact: true,
        })
    }

    fn tag(name: &str) -> Filter {
        Filter::Tag {
            key: name.to_owned(),
            prefix: false,
        }
    }

    #[test]
    fn words_and_phrases_must_all_match() {
        assert_eq!(filter("  "), Filter::All);
        assert_eq!(
            filter("tag:DevOps terraform \"state file\""),
            Filter::And(vec![tag("devops"), text("terraform"), quoted("state file")])
        );
    }

    #[test]
    fn minus_or_and_parentheses_bind_as_in_mail_search() {
        assert_eq!(
            filter("-(tag:a OR tag:b) c"),
            Filter::And(vec![
                Filter::Not(Box::new(Filter::Or(vec![tag("a"), tag("b")]))),
                text("c"),
            ])
        );
        assert_eq!(
            filter("a b OR c"),
            Filter::Or(vec![Filter::And(vec![text("a"), text("b")]), text("c")])
        );
        assert_eq!(filter("ORACLE"), text("ORACLE"));
    }

    #[test]
    fn a_star_asks_for_beginnings() {
        assert_eq!(
            filter("deploy*"),
            Filter::Text(Words {
                text: "deploy".to_owned(),
                prefix: true,
                exact: false,
            })
        );
        assert_eq!(
            filter("tag:dev*"),
            Filter::Tag {
                key: "dev".to_owned(),
                prefix: true
            }
        );
    }

    #[test]
    fn times_are_spans_dates_and_months() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(filter("since:7d"), Filter::From(at("2026-11-14T12:00:00Z")));
        assert_eq!(
            filter("since:2019"),
            Filter::From(at("2019-01-01T00:00:00Z"))
        );
        assert_eq!(
            filter("before:2019-02-03"),
            Filter::Until(at("2019-02-03T00:00:00Z"))
        );
        assert_eq!(
            filter("on:2018-12"),
            Filter::And(vec![
                Filter::From(at("2018-12-01T00:00:00Z")),
                Filter::Until(at("2019-01-01T00:00:00Z")),
            ])
        );
    }

    #[test]
    fn a_url_is_text() {
        assert_eq!(
            filter("https://blog.example/x"),
            text("https://blog.example/x")
        );
    }

    #[test]
    fn mistakes_are_pointed_at() {
        assert_eq!(
            complaint("devops tga:dev"),
            "there is no field `tga`\n  devops tga:dev\n         ^\nhint: did you mean tag:devops?"
        );
        assert_eq!(
            complaint("after:yesterday"),
            "`after:` cannot be `yesterday`\n  after:yesterday\n        ^\nhint: for example after:2019-01-01"
        );
        assert_eq!(
            complaint("(a OR b"),
            "this `(` is never closed\n  (a OR b\n  ^"
        );
        assert_eq!(complaint("a)"), "this `)` closes nothing\n  a)\n   ^");
        assert_eq!(
            complaint("a \"b"),
            "this quote is never closed\n  a \"b\n    ^"
        );
        assert_eq!(
            complaint("OR a"),
            "`OR` needs something on its left\n  OR a\n  ^"
        );
        assert_eq!(
            complaint("a OR"),
            "`OR` needs something on its right\n  a OR\n      ^"
        );
        assert_eq!(
            complaint("tag:"),
            "`tag:` needs a value right behind it\n  tag:\n      ^\nhint: for example tag:devops"
        );
        assert_eq!(
            complaint("..."),
            "there is no word here to look for\n  ...\n  ^"
        );
        assert!(complaint(&"(".repeat(100)).starts_with("this is nested too deeply"));
    }
}
