//! How a query was read, in words: what `query --explain` prints.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{By, Filter, Query, Sort, Words};

/// A line a condition, deeper ones further in.
pub(crate) fn in_words(query: &Query) -> String {
    let mut lines = String::new();
    let what = match query.by {
        By::Entry => "entries",
        By::Talk => "talks",
    };
    if query.filter == Filter::All {
        lines.push_str(&format!("all {what}\n"));
    } else {
        lines.push_str(&format!("{what} for which holds\n"));
        condition(&query.filter, query.by, 1, &mut lines);
    }
    let sort = match query.sort {
        Sort::Newest => "the newest first",
        Sort::Oldest => "the oldest first",
        Sort::Relevance => "the best answers first",
    };
    let most = match (query.limit, query.per_feed) {
        (None, None) => String::new(),
        (Some(limit), None) => format!(", at most {limit}"),
        (None, Some(of_each)) => format!(", at most {of_each} of each feed"),
        (Some(limit), Some(of_each)) => {
            format!(", at most {of_each} of each feed and {limit} in all")
        }
    };
    lines.push_str(&format!("{sort}{most}\n"));
    lines
}

fn condition(filter: &Filter, by: By, depth: usize, lines: &mut String) {
    let mut heading = |text: &str, parts: &[Filter]| {
        line(text, depth, lines);
        for part in parts {
            condition(part, by, depth + 1, lines);
        }
    };
    match filter {
        Filter::And(parts) => match parts.as_slice() {
            [Filter::From(from), Filter::Until(until)] => {
                let text = format!("dated from {} to before {}", time(*from), time(*until));
                line(&text, depth, lines);
            }
            parts => heading("all of:", parts),
        },
        Filter::Or(parts) => heading("at least one of:", parts),
        Filter::Not(inner) => heading("not:", std::slice::from_ref(inner)),
        simple => line(&plainly(simple, by), depth, lines),
    }
}

fn line(text: &str, depth: usize, lines: &mut String) {
    lines.push_str(&"  ".repeat(depth));
    lines.push_str(text);
    lines.push('\n');
}

/// A condition without others in it.
fn plainly(filter: &Filter, by: By) -> String {
    let whole = match by {
        By::Entry => "somewhere in the entry or its talks",
        By::Talk => "in the talk or the title of its entry",
    };
    match filter {
        Filter::All | Filter::And(_) | Filter::Or(_) | Filter::Not(_) => "anything".to_owned(),
        Filter::Text(words) => format!("{} {whole}", said(words, true)),
        Filter::Title(words) => {
            format!("{} in the title of the entry or a talk", said(words, true))
        }
        Filter::Author(words) => format!("{} in the name of an author", said(words, false)),
        Filter::Speaker(words) => format!("{} in the name of a speaker", said(words, false)),
        Filter::Tag { key, prefix: true } => format!("a tag that begins with “{key}”"),
        Filter::Tag { key, prefix: false } => format!("the tag “{key}”, however it is spelled"),
        Filter::Feed(part) => format!("“{part}” in the title or address of the feed"),
        Filter::Event(part) => format!("“{part}” in the name of the event"),
        Filter::Url(part) => format!("“{part}” in the permalink"),
        Filter::Lang(language) => format!("in the language “{language}”"),
        Filter::Kind(kind) => match by {
            By::Entry => format!("holds a talk of the kind {}", kind.word()),
            By::Talk => format!("of the kind {}", kind.word()),
        },
        Filter::HasEnclosure => "has an enclosure".to_owned(),
        Filter::HasTalks => "holds talks".to_owned(),
        Filter::HasSpeaker => "has a talk with a speaker".to_owned(),
        Filter::HasEvent => "notes of an event that has a name".to_owned(),
        Filter::IsRevised => "was edited since it was first seen".to_owned(),
        Filter::IsUndated => "has no date of its publisher's".to_owned(),
        Filter::IsBackfilled => "read from the feed's past".to_owned(),
        Filter::From(instant) => format!("dated {} or later", time(*instant)),
        Filter::Until(instant) => format!("dated before {}", time(*instant)),
    }
}

fn said(words: &Words, has_endings: bool) -> String {
    let text = &words.text;
    match (words.exact, words.prefix) {
        (true, _) => format!("the phrase “{text}”"),
        (false, true) => format!("a word that begins with “{text}”"),
        (false, false) if has_endings => format!("the word “{text}” or another form of it"),
        (false, false) => format!("“{text}”"),
    }
}

fn time(instant: DateTime<Utc>) -> String {
    let text = instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    match text.strip_suffix("T00:00:00Z") {
        Some(day) => day.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn the_tree_is_told_line_by_line() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let text = "terra* (speaker:\"ann poe\" OR -kind:ignite) on:2018-10 since:1d";
        let query = Query {
            filter: read(text, now).unwrap(),
            by: By::Talk,
            limit: Some(20),
            ..Query::all()
        };
        assert_eq!(
            in_words(&query),
            "\
talks for which holds
  all of:
    a word that begins with “terra” in the talk or the title of its entry
    at least one of:
      the phrase “ann poe” in the name of a speaker
      not:
        of the kind ignite
    dated from 2018-10-01 to before 2018-11-01
    dated 2026-11-20T12:00:00Z or later
the newest first, at most 20
"
        );
        assert_eq!(in_words(&Query::all()), "all entries\nthe newest first\n");
    }
}
