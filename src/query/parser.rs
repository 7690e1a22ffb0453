//! The query language's text form, read into a [`Filter`].
//!
//! ```text
//! any     = every ("OR" every)*
//! every   = one ("AND"? one)*
//! one     = ("-" | "NOT") one | "(" any ")" | field ":" value | value
//! value   = word | word "*" | "\"" phrase "\""
//! ```
//!
//! `limit:` and `since:last` are no conditions but say something of the whole: they stand outside of
//! parentheses. A mistake is answered with its column and with what would be right.

use chrono::{DateTime, Utc};

use super::mistake::QueryError;
use super::times::Time;
use super::{Asked, Filter, Words};
use crate::model::{Tag, TalkKind};

/// The fields, with examples of each for messages.
const FIELDS: [(&str, &str); 16] = [
    ("tag", "tag:devops or tag:dev*"),
    ("feed", "feed:example.org"),
    ("author", "author:\"Ann Poe\""),
    ("speaker", "speaker:\"Ann Poe\""),
    ("event", "event:\"devopsdays ghent 2019\""),
    ("title", "title:keynote"),
    ("url", "url:/2019/"),
    ("lang", "lang:en"),
    ("kind", "kind:keynote, kind:ignite or kind:workshop"),
    ("has", "has:enclosure, has:talks, has:speaker or has:event"),
    ("is", "is:revised, is:undated or is:backfilled"),
    ("since", "since:7d, since:yesterday or since:2019-01-01"),
    ("after", "after:2019-01-01 or after:2w"),
    ("before", "before:2019-01-01 or before:1y"),
    ("on", "on:2018, on:2018-10, on:2018-10-25 or on:yesterday"),
    ("limit", "limit:10"),
];

/// What the same is called elsewhere.
const ELSEWHERE: [(&str, &str); 20] = [
    ("blog", "feed"),
    ("by", "author"),
    ("category", "tag"),
    ("conference", "event"),
    ("count", "limit"),
    ("date", "on"),
    ("from", "author"),
    ("in", "feed"),
    ("label", "tag"),
    ("language", "lang"),
    ("link", "url"),
    ("newer", "after"),
    ("older", "before"),
    ("site", "feed"),
    ("source", "feed"),
    ("subject", "title"),
    ("max", "limit"),
    ("to", "before"),
    ("type", "kind"),
    ("until", "before"),
];

/// How deep parentheses and minus signs may nest.
const MAX_DEPTH: usize = 64;

/// How many words, phrases and fields a query may have: SQLite takes 32,766 values.
const MAX_TERMS: usize = 5_000;

/// Reads a query that selects and nothing else, as a rule has it.
pub(crate) fn read(query: &str, now: DateTime<Utc>) -> Result<Filter, QueryError> {
    Parser::new(query, now, false)
        .whole()
        .map(|asked| asked.filter)
}

/// Reads a query; relative times (`since:7d`) count back from `now`. An empty query means everything.
pub(crate) fn read_asked(query: &str, now: DateTime<Utc>) -> Result<Asked, QueryError> {
    Parser::new(query, now, true).whole()
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
    terms: usize,
    now: DateTime<Utc>,
    /// Whether `limit:` and `since:last` mean something here.
    takes_whole: bool,
    limit: Option<u64>,
    since_last: bool,
}

impl<'a> Parser<'a> {
    fn new(query: &'a str, now: DateTime<Utc>, takes_whole: bool) -> Self {
        Self {
            query,
            at: 0,
            depth: 0,
            terms: 0,
            now,
            takes_whole,
            limit: None,
            since_last: false,
        }
    }

    fn whole(mut self) -> Result<Asked, QueryError> {
        self.skip_blanks();
        let filter = if self.rest().is_empty() {
            Filter::All
        } else {
            self.any()?
        };
        if self.peek().is_some() {
            return Err(self.error(self.at, "this `)` closes nothing", None));
        }
        Ok(Asked {
            filter,
            limit: self.limit,
            since_last: self.since_last,
        })
    }

    fn any(&mut self) -> Result<Filter, QueryError> {
        let mut choices = vec![self.every()?];
        while self.at_word("OR") {
            if choices.last() == Some(&Filter::All) {
                return Err(self.error(self.at, "`OR` needs something on its left", None));
            }
            self.skip_word("OR");
            let right = self.at;
            if self.peek().is_none_or(|c| c == ')') {
                return Err(self.error(right, "`OR` needs something on its right", None));
            }
            choices.push(self.every()?);
            if choices.last() == Some(&Filter::All) {
                return Err(self.error(right, "`OR` needs something on its right", None));
            }
        }
        Ok(one_or(choices, Filter::Or))
    }

    fn every(&mut self) -> Result<Filter, QueryError> {
        for word in ["OR", "AND"] {
            if self.at_word(word) {
                let message = format!("`{word}` needs something on its left");
                return Err(self.error(self.at, &message, None));
            }
        }
        let start = self.at;
        let mut parts = Vec::new();
        while self.peek().is_some_and(|c| c != ')') && !self.at_word("OR") {
            parts.extend(self.one()?);
            if self.at_word("AND") {
                self.skip_word("AND");
                if self.peek().is_none_or(|c| c == ')') || self.at_word("OR") {
                    let message = "`AND` needs something on its right";
                    return Err(self.error(self.at, message, None));
                }
            }
        }
        if self.at == start {
            return Err(self.error(self.at, "there is nothing in these parentheses", None));
        }
        if parts.is_empty() {
            return Ok(Filter::All);
        }
        Ok(one_or(parts, Filter::And))
    }

    /// `None` for what says something of the whole.
    fn one(&mut self) -> Result<Option<Filter>, QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(self.at, "this is nested too deeply", None));
        }
        let filter = if self.peek() == Some('-') {
            Some(self.excluded(1)?)
        } else if self.at_word("NOT") {
            Some(self.excluded("NOT".len())?)
        } else if self.peek() == Some('(') {
            Some(self.group()?)
        } else {
            self.term()?
        };
        self.depth -= 1;
        self.skip_blanks();
        Ok(filter)
    }

    fn excluded(&mut self, length: usize) -> Result<Filter, QueryError> {
        let start = self.at;
        let sign = &self.query[start..start + length];
        self.at += length;
        if length > 1 {
            self.skip_blanks();
        }
        let nothing = self.peek().is_none_or(|c| c.is_whitespace() || c == ')');
        if nothing || self.at_word("OR") || self.at_word("AND") {
            let hint = "put the `-` right before what it excludes: -tag:devops";
            return Err(self.error(start, &format!("`{sign}` excludes nothing"), Some(hint)));
        }
        let inner = self.one()?.unwrap_or(Filter::All);
        Ok(Filter::Not(Box::new(inner)))
    }

    fn group(&mut self) -> Result<Filter, QueryError> {
        let start = self.at;
        self.at += 1;
        self.skip_blanks();
        if self.peek().is_none() {
            return Err(self.error(start, "this `(` is never closed", None));
        }
        let filter = self.any()?;
        if self.peek() != Some(')') {
            return Err(self.error(start, "this `(` is never closed", None));
        }
        self.at += 1;
        Ok(filter)
    }

    fn term(&mut self) -> Result<Option<Filter>, QueryError> {
        let start = self.at;
        self.terms += 1;
        if self.terms > MAX_TERMS {
            let message = format!("this query has more than {MAX_TERMS} words");
            return Err(self.error(start, &message, None));
        }
        let Some(field) = self.field_name() else {
            let value = self.value()?;
            return Ok(Some(Filter::Text(self.words(value)?)));
        };
        self.at += field.len() + 1;
        let field = field.to_ascii_lowercase();
        if !FIELDS.iter().any(|(name, _)| *name == field) {
            return Err(self.unknown_field(&field, start));
        }
        let value = self.value()?;
        if value.text.trim().is_empty() {
            let message = format!("`{field}:` needs a value right behind it");
            return Err(self.error(value.at, &message, example(&field).as_deref()));
        }
        let is_last = field == "since" && value.text.eq_ignore_ascii_case("last");
        if field == "limit" || is_last {
            return self.of_the_whole(&field, start, &value).map(|()| None);
        }
        self.field(&field, value).map(Some)
    }

    /// The name before a colon, if the next thing looks like a field: letters, then `:`, and no `//`
    /// (so that a pasted URL is text).
    fn field_name(&self) -> Option<&'a str> {
        let rest = &self.query[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_alphabetic())?;
        let value = rest[length..].strip_prefix(':')?;
        (length > 0 && !value.starts_with("//")).then(|| &rest[..length])
    }

    fn of_the_whole(&mut self, field: &str, start: usize, value: &Value) -> Result<(), QueryError> {
        let said = &self.query[start..self.at];
        if !self.takes_whole {
            let message = format!("`{said}` means nothing here: this only selects");
            return Err(self.error(start, &message, None));
        }
        if self.depth > 1 {
            let message = format!("`{said}` is about the whole query");
            let hint = "write it outside of parentheses and without `-`";
            return Err(self.error(start, &message, Some(hint)));
        }
        if field == "since" {
            self.since_last = true;
            return Ok(());
        }
        if self.limit.is_some() {
            return Err(self.error(start, "there is a limit already", None));
        }
        let number = value.text.parse().ok().filter(|limit| *limit > 0);
        if number.is_none() {
            return Err(self.unknown_value(field, value));
        }
        self.limit = number;
        Ok(())
    }

    fn field(&self, name: &str, value: Value) -> Result<Filter, QueryError> {
        let word = value.text.to_ascii_lowercase();
        Ok(match name {
            "tag" => self.tag(&value)?,
            "feed" => Filter::Feed(value.text),
            "event" => Filter::Event(value.text),
            "url" => Filter::Url(value.text),
            "lang" => Filter::Lang(value.text),
            "author" => Filter::Author(self.words(value)?),
            "speaker" => Filter::Speaker(self.words(value)?),
            "title" => Filter::Title(self.words(value)?),
            "kind" => match TalkKind::read(&word) {
                Some(kind) => Filter::Kind(kind),
                None => return Err(self.unknown_value(name, &value)),
            },
            "has" => match word.as_str() {
                "enclosure" | "enclosures" => Filter::HasEnclosure,
                "talk" | "talks" => Filter::HasTalks,
                "speaker" | "speakers" => Filter::HasSpeaker,
                "event" => Filter::HasEvent,
                _ => return Err(self.unknown_value(name, &value)),
            },
            "is" => match word.as_str() {
                "revised" => Filter::IsRevised,
                "undated" => Filter::IsUndated,
                "backfilled" => Filter::IsBackfilled,
                _ => return Err(self.unknown_value(name, &value)),
            },
            "since" | "after" => Filter::From(self.time(name, &value)?.start()),
            "before" => Filter::Until(self.time(name, &value)?.start()),
            _ => {
                let whole = self.time(name, &value)?.whole();
                let span = whole.ok_or_else(|| self.unknown_value(name, &value))?;
                Filter::And(vec![Filter::From(span.start), Filter::Until(span.end)])
            }
        })
    }

    fn tag(&self, value: &Value) -> Result<Filter, QueryError> {
        let (bare, prefix) = match value.text.strip_suffix('*') {
            Some(bare) if !value.quoted => (bare, true),
            _ => (value.text.as_str(), false),
        };
        let key = Tag::key(bare);
        if key.is_empty() && !prefix {
            return Err(self.unknown_value("tag", value));
        }
        Ok(Filter::Tag { key, prefix })
    }

    fn time(&self, field: &str, value: &Value) -> Result<Time, QueryError> {
        Time::read(&value.text, self.now).ok_or_else(|| self.unknown_value(field, value))
    }

    fn value(&mut self) -> Result<Value, QueryError> {
        let start = self.at;
        let quoted = self.peek() == Some('"');
        let text = if quoted {
            let Some(length) = self.rest()[1..].find('"') else {
                return Err(self.error(start, "this quote is never closed", None));
            };
            self.at += length + 2;
            self.query[start + 1..=start + length].to_owned()
        } else {
            let length = self.rest().find(ends_word);
            self.at += length.unwrap_or(self.rest().len());
            self.query[start..self.at].to_owned()
        };
        Ok(Value {
            text,
            quoted,
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
        let meant = ELSEWHERE
            .iter()
            .find(|(other, _)| *other == name)
            .and_then(|(_, field)| FIELDS.iter().find(|(known, _)| known == field));
        let nearest = || {
            let distance = |field: &str| strsim::damerau_levenshtein(field, name);
            FIELDS
                .iter()
                .min_by_key(|(field, _)| distance(field))
                .filter(|(field, _)| distance(field) <= 2)
        };
        let hint = match meant.or_else(nearest) {
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
        QueryError::new(self.query, at, message, hint)
    }

    /// Whether one of the operators stands here, as a word of its own.
    fn at_word(&self, word: &str) -> bool {
        self.rest()
            .strip_prefix(word)
            .is_some_and(|after| after.chars().next().is_none_or(ends_word))
    }

    fn skip_word(&mut self, word: &str) {
        self.at += word.len();
        self.skip_blanks();
    }

    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    /// The next character; the parser stands behind blanks, but for a value's beginning.
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
}

pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
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
    fn the_words_of_other_searches_are_understood() {
        assert_eq!(filter("a AND b"), filter("a b"));
        assert_eq!(filter("a AND(b OR c)"), filter("a (b OR c)"));
        assert_eq!(filter("a NOT b"), filter("a -b"));
        assert_eq!(filter("a AND NOT (b c)"), filter("a -(b c)"));
        assert_eq!(
            filter("Tag:x IS:Revised OR x").to_string(),
            "tag:x is:revised OR x"
        );
        assert_eq!(filter("ANDROID NOTES"), filter("\tANDROID\u{3000}NOTES "));
    }

    #[test]
    fn what_is_said_of_the_whole_stands_outside() {
        let asked = |query: &str| read_asked(query, now()).unwrap_or_else(|e| panic!("{e}"));
        let limited = asked("a OR limit:5 b");
        assert_eq!(limited.limit, Some(5));
        assert_eq!(limited.filter, filter("a OR b"));
        let last = asked("since:last tag:x");
        assert!(last.since_last);
        assert_eq!(last.filter, tag("x"));
        assert_eq!(asked("limit:3").filter, Filter::All);
        let wrong = |query: &str| read_asked(query, now()).expect_err(query).to_string();
        assert_eq!(
            wrong("a (b limit:5)"),
            "`limit:5` is about the whole query\n  a (b limit:5)\n       ^"
        );
        assert!(wrong("-since:last").starts_with("`since:last` is about the whole query"));
        assert!(wrong("limit:0").starts_with("`limit:` cannot be `0`"));
        assert!(wrong("limit:x").starts_with("`limit:` cannot be `x`"));
        assert!(wrong("limit:1 limit:2").starts_with("there is a limit already"));
        assert!(wrong("a OR limit:5").starts_with("`OR` needs something on its right"));
        assert!(wrong("limit:5 OR a").starts_with("`OR` needs something on its left"));
        assert!(complaint("a limit:5").starts_with("`limit:5` means nothing here"));
    }

    #[test]
    fn mistakes_are_pointed_at() {
        assert_eq!(
            complaint("devops tga:dev"),
            "there is no field `tga`\n  devops tga:dev\n         ^\nhint: did you mean tag:devops or tag:dev*?"
        );
        assert_eq!(
            complaint("after:soonish"),
            "`after:` cannot be `soonish`\n  after:soonish\n        ^\nhint: for example after:2019-01-01 or after:2w"
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
            "`tag:` needs a value right behind it\n  tag:\n      ^\nhint: for example tag:devops or tag:dev*"
        );
        assert_eq!(
            complaint("..."),
            "there is no word here to look for\n  ...\n  ^"
        );
        assert_eq!(
            complaint("until:2019"),
            "there is no field `until`\n  until:2019\n  ^\nhint: did you mean before:2019-01-01 or before:1y?"
        );
        assert!(complaint("tag:#").starts_with("`tag:` cannot be `#`"));
        assert!(complaint("a AND").starts_with("`AND` needs something on its right"));
        assert!(complaint("AND a").starts_with("`AND` needs something on its left"));
        assert!(complaint("a AND OR b").starts_with("`AND` needs something on its right"));
        assert!(complaint("(a OR)").starts_with("`OR` needs something on its right"));
        assert!(complaint("(OR\"a\")").starts_with("`OR` needs something on its left"));
        assert!(complaint("()").starts_with("there is nothing in these parentheses"));
        assert!(complaint("a NOT").starts_with("`NOT` excludes nothing"));
        assert!(complaint("(").starts_with("this `(` is never closed"));
        assert!(complaint(&"a ".repeat(6_000)).starts_with("this query has more than 5000 words"));
        assert!(complaint(&"(".repeat(100)).starts_with("this is nested too deeply"));
    }
}
