//! A query written down again: what comes out is read as the same question.

use std::fmt::{self, Write};

use chrono::{DateTime, Months, SecondsFormat, TimeDelta, Utc};

use super::parser::ends_word;
use super::{Asked, Filter, Words};
use crate::model::Tag;

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.filter != Filter::All {
            parts.push(self.filter.to_string());
        }
        if self.since_last {
            parts.push("since:last".to_owned());
        }
        parts.extend(self.limit.map(|limit| format!("limit:{limit}")));
        out.write_str(&parts.join(" "))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(parts) => match span(parts) {
                Some(span) => out.write_str(&span),
                None => join(out, parts, " "),
            },
            Self::Or(parts) => join(out, parts, " OR "),
            Self::Not(inner) => {
                out.write_char('-')?;
                part(out, inner)
            }
            Self::Text(words) => fmt::Display::fmt(words, out),
            Self::Title(words) => write!(out, "title:{words}"),
            Self::Author(words) => write!(out, "author:{words}"),
            Self::Speaker(words) => write!(out, "speaker:{words}"),
            Self::Tag { key, prefix: true } => write!(out, "tag:{key}*"),
            Self::Tag { key, prefix: false } => write!(out, "tag:{}", quoted(&spelling(key))),
            Self::Feed(text) => write!(out, "feed:{}", quoted(text)),
            Self::Event(text) => write!(out, "event:{}", quoted(text)),
            Self::Url(text) => write!(out, "url:{}", quoted(text)),
            Self::Lang(text) => write!(out, "lang:{}", quoted(text)),
            Self::Kind(kind) => write!(out, "kind:{}", kind.word()),
            Self::HasEnclosure => out.write_str("has:enclosure"),
            Self::HasTalks => out.write_str("has:talks"),
            Self::HasSpeaker => out.write_str("has:speaker"),
            Self::HasEvent => out.write_str("has:event"),
            Self::IsRevised => out.write_str("is:revised"),
            Self::IsUndated => out.write_str("is:undated"),
            Self::IsBackfilled => out.write_str("is:backfilled"),
            Self::From(instant) => write!(out, "after:{}", time(*instant)),
            Self::Until(instant) => write!(out, "before:{}", time(*instant)),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exact {
            return write!(out, "\"{}\"", self.text);
        }
        write!(out, "{}{}", self.text, if self.prefix { "*" } else { "" })
    }
}

fn join(out: &mut fmt::Formatter<'_>, parts: &[Filter], between: &str) -> fmt::Result {
    for (at, inner) in parts.iter().enumerate() {
        if at > 0 {
            out.write_str(between)?;
        }
        // `AND` binds closer than `OR`, so that one goes without parentheses in the other.
        match (inner, between) {
            (Filter::And(_), " OR ") => fmt::Display::fmt(inner, out)?,
            _ => part(out, inner)?,
        }
    }
    Ok(())
}

fn part(out: &mut fmt::Formatter<'_>, inner: &Filter) -> fmt::Result {
    match inner {
        Filter::And(parts) if span(parts).is_none() => write!(out, "({inner})"),
        Filter::Or(_) => write!(out, "({inner})"),
        _ => fmt::Display::fmt(inner, out),
    }
}

/// The year, month or day that two bounds enclose, as `on:` has it.
fn span(parts: &[Filter]) -> Option<String> {
    let [Filter::From(from), Filter::Until(until)] = parts else {
        return None;
    };
    let date = from.date_naive();
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc() == *from;
    let lasts = |months| from.checked_add_months(Months::new(months)) == Some(*until);
    let format = if !midnight {
        return None;
    } else if lasts(12) && date.format("%m-%d").to_string() == "01-01" {
        "%Y"
    } else if lasts(1) && date.format("%d").to_string() == "01" {
        "%Y-%m"
    } else if from.checked_add_signed(TimeDelta::days(1)) == Some(*until) {
        "%Y-%m-%d"
    } else {
        return None;
    };
    Some(format!("on:{}", date.format(format)))
}

/// A midnight as a day, everything else to the second or finer.
fn time(instant: DateTime<Utc>) -> String {
    let midnight = instant
        .date_naive()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc();
    match midnight == instant {
        true => instant.format("%Y-%m-%d").to_string(),
        false => instant.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    }
}

/// A spelling that has this key.
fn spelling(key: &str) -> String {
    match Tag::key(key) == key {
        true => key.to_owned(),
        false => format!("-{key}-"),
    }
}

/// In quotes where it would end early or mean something else without.
fn quoted(text: &str) -> String {
    match text.contains(ends_word) || text.ends_with('*') {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate::Generator;
    use super::super::{read, read_asked};
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:00:00.25Z".parse().unwrap()
    }

    #[test]
    fn what_is_printed_is_short_and_plain() {
        for (query, printed) in [
            ("  ", ""),
            ("Tag:Dev-Ops   (a OR b)", "tag:devops (a OR b)"),
            ("(a b) OR -(-c)", "a b OR --c"),
            ("on:2018-12 x", "on:2018-12 x"),
            ("-on:2018-12-03", "-on:2018-12-03"),
            ("on:2018 OR on:2019-01", "on:2018 OR on:2019-01"),
            ("since:yesterday", "after:2026-11-20"),
            ("since:7d", "after:2026-11-14T12:00:00.250Z"),
            ("feed:\"third row\" event:x", "feed:\"third row\" event:x"),
            ("tag:\"c*\" tag:c*", "tag:\"c*\" tag:c*"),
            ("limit:5 a since:last OR b", "a OR b since:last limit:5"),
        ] {
            assert_eq!(read_asked(query, now()).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same() {
        let mut generator = Generator::new(20_261_121);
        for _ in 0..20_000 {
            let asked = generator.asked();
            let printed = asked.to_string();
            let again = read_asked(&printed, now()).unwrap_or_else(|e| panic!("{e}\n{asked:?}"));
            assert_eq!(again, asked, "{printed}");
        }
    }

    /// Whatever people type is read or answered with a mistake at a place that is there; what is read
    /// is printed and read again as the same.
    #[test]
    fn no_text_is_too_odd() {
        let mut generator = Generator::new(7);
        let mut understood = 0;
        for _ in 0..20_000 {
            let text = generator.nonsense();
            match read(&text, now()) {
                Ok(filter) => {
                    understood += 1;
                    let printed = filter.to_string();
                    assert_eq!(read(&printed, now()), Ok(filter), "{text} as {printed}");
                }
                Err(error) => assert!(error.to_string().ends_with('^')),
            }
        }
        assert!((2_000..18_000).contains(&understood), "{understood}");
    }
}
