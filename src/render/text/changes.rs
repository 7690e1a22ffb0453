//! What edits changed: an entry's history, and one edit in full.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, Timelike, Utc};
use similar::{ChangeTag, DiffTag, TextDiff, TextDiffConfig};

use super::super::{Settings, wording};
use super::layout::{Look, Page};
use super::show::{MEASURE, author, enclosure};
use crate::model::{Entry, Extras, Revision, SafeHtml, Tag, Token};
use crate::terminal::escape;

/// Writes an entry's earlier states for `show --history`, newest first, each with when it was replaced and
/// what was changed then.
///
/// * `present`: as the publisher has it, like the revisions.
pub(crate) fn history(
    present: &Entry,
    revisions: &[Revision],
    settings: &Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(settings.width.min(MEASURE), settings.style, Box::new(out));
    page.block("", "", &wording::title(present), Look::Bold, None)?;
    let mut newer = State::of(present);
    for (index, revision) in revisions.iter().enumerate() {
        let older = State::of(&revision.entry);
        let title = older.entry.title.as_deref().unwrap_or("without a title");
        let mut line = format!(
            "{}. until {}: {title}, {}",
            revisions.len() - index,
            wording::minute(revision.replaced_at),
            wording::count(older.text.split_whitespace().count(), "word"),
        );
        if let Some(updated) = older.entry.updated {
            line.push_str(&format!(", updated {}", wording::minute(updated)));
        }
        page.block("  ", "    ", &line, Look::Plain, None)?;
        let (words, details) = changes(&older, &newer);
        let words = format!("then changed: {}", words.join(", "));
        page.block("     ", "     ", &words, Look::Dim, None)?;
        for detail in details {
            page.block("       ", "         ", &detail, Look::Dim, None)?;
        }
        newer = older;
    }
    if revisions.is_empty() {
        let never = "never edited since it arrived";
        page.block("  ", "  ", never, Look::Plain, None)?;
    }
    Ok(())
}

/// What an edit changed, in the words of `show --history`.
pub(crate) fn changed(older: &Entry, newer: &Entry) -> Vec<String> {
    changes(&State::of(older), &State::of(newer)).0
}

/// A state, with what of it is compared more than once.
struct State<'a> {
    entry: &'a Entry,
    text: String,
    /// What the content links to or shows, in its order, each once.
    addresses: Vec<String>,
}

impl<'a> State<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            entry,
            text: entry.content.to_text(),
            addresses: addresses(&entry.content),
        }
    }
}

fn addresses(content: &SafeHtml) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (_, token) in content.tokens() {
        let Token::Open { attributes, .. } = token else {
            continue;
        };
        for name in ["href", "src"] {
            let address = attributes.get(name).map(Cow::into_owned);
            if let Some(address) = address.filter(|address| seen.insert(address.clone())) {
                found.push(address);
            }
        }
    }
    found
}

/// What an edit changed: a word for each thing, `content +12 −3 words` among them, and the values that fit
/// on a line, `published: 2026-11-01 12:00 UTC → 2026-11-02 12:00 UTC`.
fn changes(older: &State<'_>, newer: &State<'_>) -> (Vec<String>, Vec<String>) {
    let (mut words, mut details) = (Vec::new(), Vec::new());
    let (before, after) = (older.entry, newer.entry);
    if before.title != after.title {
        words.push("title".to_owned());
    }
    if older.text != newer.text {
        words.push(format!("content {}", counted(&older.text, &newer.text)));
    }
    if before.summary != after.summary {
        let [one, other] = [before, after].map(|entry| entry.summary.as_deref().unwrap_or(""));
        words.push(format!("summary {}", counted(one, other)));
    }
    if older.addresses != newer.addresses {
        words.push("links in the text".to_owned());
        details.extend(came_and_went(&older.addresses, &newer.addresses));
    }
    let tags = [before, after].map(|entry| -> Vec<String> {
        let names = entry.tags.iter();
        names.map(|tag| format!("#{}", tag.name)).collect()
    });
    let keys = [before, after].map(|entry| -> HashSet<String> {
        let names = entry.tags.iter();
        names.map(|tag| Tag::key(&tag.name)).collect()
    });
    if keys[0] != keys[1] {
        words.push("tags".to_owned());
        let line = came_and_went(&tags[0], &tags[1]).join(" ");
        details.push(format!("tags: {line}"));
    }
    for (fact, other) in facts(before).into_iter().zip(facts(after)) {
        if fact.value != other.value {
            words.push(fact.name.to_owned());
            let [one, other] = [fact.value, other.value].map(|value| match value.is_empty() {
                true => "none".to_owned(),
                false => value,
            });
            details.push(format!("{}: {one} → {other}", fact.name));
        }
    }
    if extras(before) != extras(after) || before.source != after.source {
        words.push("further facts".to_owned());
    }
    if words.is_empty() {
        let only = match before.content == after.content {
            true => "nothing that is shown",
            false => "markup only",
        };
        words.push(only.to_owned());
    }
    (words, details)
}

/// The number of comments is as of some poll, and no edit.
fn extras(entry: &Entry) -> Option<Extras> {
    let extras = Extras {
        comments: None,
        ..entry.extras.as_deref()?.clone()
    };
    Some(extras).filter(|extras| *extras != Extras::default())
}

/// A fact of one line.
struct Fact {
    /// As history calls it, and as a diff does.
    name: &'static str,
    label: &'static str,
    /// Empty: not known.
    value: String,
}

/// The same facts in the same order for every entry.
fn facts(entry: &Entry) -> Vec<Fact> {
    let authors: Vec<String> = entry.authors.iter().map(author).collect();
    let files: Vec<String> = entry.enclosures.iter().map(enclosure).collect();
    let at = |at: Option<DateTime<Utc>>| at.map(instant).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let facts = [
        ("link", "Link", text(&entry.url)),
        ("authors", "By", authors.join(", ")),
        ("published", "Published", at(entry.published)),
        ("updated", "Updated", at(entry.updated)),
        ("language", "Language", text(&entry.language)),
        ("comments", "Comments", text(&entry.comments_url)),
        ("enclosures", "Enclosures", files.join(", ")),
    ];
    let facts = facts.into_iter();
    facts
        .map(|(name, label, value)| Fact { name, label, value })
        .collect()
}

fn instant(at: DateTime<Utc>) -> String {
    match at.second() {
        0 => wording::minute(at),
        _ => at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    }
}

/// `+12 −3 words`.
fn counted(older: &str, newer: &str) -> String {
    let before: Vec<&str> = older.split_whitespace().collect();
    let after: Vec<&str> = newer.split_whitespace().collect();
    let (mut added, mut removed) = (0, 0);
    // Of a long history each edit in its turn.
    let mut comparison = comparison();
    comparison.timeout(Duration::from_millis(300));
    for op in comparison.diff_slices(&before, &after).ops() {
        if op.tag() != DiffTag::Equal {
            removed += op.old_range().len();
            added += op.new_range().len();
        }
    }
    format!("+{added} −{removed} words")
}

fn came_and_went(older: &[String], newer: &[String]) -> Vec<String> {
    let without = |all: &[String], others: &[String], sign: char| -> Vec<String> {
        let others: HashSet<&String> = others.iter().collect();
        let all = all.iter().filter(|one| !others.contains(one));
        all.map(|one| format!("{sign}{one}")).collect()
    };
    let mut lines = without(newer, older, '+');
    lines.extend(without(older, newer, '−'));
    lines
}

/// Two long texts that share nothing would take for ever to be compared in full.
fn comparison() -> TextDiffConfig {
    let mut config = TextDiff::configure();
    config.timeout(Duration::from_secs(2));
    config
}

/// Writes what an edit changed for `show --diff`: words where there is colour, else a unified diff.
pub(crate) fn difference(
    older: &Entry,
    newer: &Entry,
    settings: &Settings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (before, after) = as_texts(&State::of(older), &State::of(newer));
    if !settings.style.colour {
        let diff = comparison().diff_lines(&before, &after);
        let unified = diff.unified_diff().header("older", "newer").to_string();
        for line in unified.lines() {
            writeln!(out, "{}", escape(line))?;
        }
        return Ok(());
    }
    for change in comparison().diff_words(&before, &after).iter_all_changes() {
        let (on, off) = match change.tag() {
            ChangeTag::Equal => ("", ""),
            ChangeTag::Delete => ("\u{1b}[9;31m", "\u{1b}[0m"),
            ChangeTag::Insert => ("\u{1b}[32m", "\u{1b}[0m"),
        };
        for piece in change.value().split_inclusive('\n') {
            let words = piece.trim_end_matches('\n');
            if !words.is_empty() {
                write!(out, "{on}{}{off}", escape(words))?;
            }
            if piece.ends_with('\n') {
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

/// Both states as texts to compare: title, the facts that differ, the text, the addresses where they
/// differ. Where nothing of that differs, the markup.
fn as_texts(older: &State<'_>, newer: &State<'_>) -> (String, String) {
    let mut texts = [older, newer].map(|state| {
        let title = state.entry.title.as_deref().unwrap_or_default();
        format!("{title}\n\n")
    });
    let tags = |state: &State<'_>| -> String {
        let names = state.entry.tags.iter();
        let names: Vec<String> = names.map(|tag| format!("#{}", tag.name)).collect();
        names.join(" ")
    };
    let lines = |state: &State<'_>| {
        let facts = facts(state.entry).into_iter();
        let mut lines: Vec<_> = facts.map(|fact| (fact.label, fact.value)).collect();
        lines.push(("Tags", tags(state)));
        let summary = state.entry.summary.clone().unwrap_or_default();
        lines.push(("Summary", summary));
        lines
    };
    let mut has_facts = false;
    for ((label, one), (_, other)) in lines(older).into_iter().zip(lines(newer)) {
        if one != other {
            has_facts = true;
            for (text, value) in texts.iter_mut().zip([one, other]) {
                if !value.is_empty() {
                    text.push_str(&format!("{label}: {value}\n"));
                }
            }
        }
    }
    for (text, state) in texts.iter_mut().zip([older, newer]) {
        if has_facts {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", state.text.trim_end()));
        if older.addresses != newer.addresses {
            text.push_str("\nLinks and pictures:\n");
            for address in &state.addresses {
                text.push_str(&format!("{address}\n"));
            }
        }
    }
    let [before, after] = texts;
    match before == after {
        true => (markup(older), markup(newer)),
        false => (before, after),
    }
}

/// An element a line, where the publisher set no lines.
fn markup(state: &State<'_>) -> String {
    format!("{}\n", state.entry.content.as_str().replace("><", ">\n<"))
}
