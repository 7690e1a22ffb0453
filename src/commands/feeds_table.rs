//! Subscriptions as a table, for a terminal that is wide enough.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::{State, Subscription};
use crate::terminal::escape;

/// Narrower ones get the list.
pub(crate) const LEAST_WIDTH: usize = 100;

const HEAD: [&str; 6] = [
    "TITLE",
    "ENTRIES",
    "LAST SUCCESS",
    "NEXT DUE",
    "STATE",
    "TROUBLE SINCE",
];
/// All but the title's.
const WIDTHS: [usize; 5] = [7, 16, 16, 7, 24];

pub(crate) fn write(feeds: &[Subscription], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let gaps = 2 * WIDTHS.len();
    let widest = width
        .saturating_sub(WIDTHS.iter().sum::<usize>() + gaps)
        .max(20);
    let titles: Vec<String> = feeds.iter().map(title).collect();
    let needed = titles.iter().map(|title| title.width()).max().unwrap_or(0);
    let title_width = needed.clamp(HEAD[0].len(), widest);
    let mut row = |title: &str, cells: [String; 5]| {
        let mut line = padded(title, title_width);
        for (column, (cell, width)) in cells.iter().zip(WIDTHS).enumerate() {
            line.push_str("  ");
            line.push_str(&match column {
                0 => format!("{cell:>width$}"),
                _ => padded(cell, width),
            });
        }
        writeln!(out, "{}", line.trim_end())
    };
    row(
        HEAD[0],
        [1, 2, 3, 4, 5].map(|column| HEAD[column].to_owned()),
    )?;
    for (feed, title) in feeds.iter().zip(&titles) {
        let next = match feed.state {
            State::Paused | State::Gone => String::new(),
            _ if feed.source.host().is_none() => "next run".to_owned(),
            State::Active | State::Failing => minute(feed.next_due),
        };
        let trouble = match (&feed.error, feed.error_since) {
            (Some(failure), Some(since)) => {
                format!("{} {}", since.format("%Y-%m-%d"), failure.kind.word())
            }
            _ => String::new(),
        };
        let cells = [
            feed.entries.to_string(),
            minute(feed.last_success),
            next,
            feed.state.word().to_owned(),
            trouble,
        ];
        row(title, cells)?;
    }
    Ok(())
}

fn title(feed: &Subscription) -> String {
    let address = feed.source.to_string();
    escape(feed.title.as_deref().unwrap_or(&address)).into_owned()
}

fn minute(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// Cut or filled to this many columns of a terminal.
fn padded(text: &str, width: usize) -> String {
    let mut shown = String::new();
    let mut used = 0;
    let fits = text.width() <= width;
    let room = if fits { width } else { width.saturating_sub(1) };
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns > room {
            break;
        }
        shown.push(character);
        used += columns;
    }
    if !fits {
        shown.push('…');
        used += 1;
    }
    shown.push_str(&" ".repeat(width.saturating_sub(used)));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeedId, Pace, PollHints};
    use crate::source::{Failure, FailureKind, Source, Validators};

    fn feed(title: &str) -> Subscription {
        Subscription {
            given_site: None,
            id: FeedId(1),
            source: Source::from_web_address("https://blog.example/feed").unwrap(),
            title: Some(title.to_owned()),
            site_url: None,
            tags: Vec::new(),
            state: State::Active,
            validators: Validators::default(),
            body_hash: None,
            entries: 12,
            last_success: "2026-11-21T12:00:00Z".parse().ok(),
            next_due: "2026-11-21T13:00:00Z".parse().ok(),
            error: None,
            error_since: None,
            failures: 0,
            last_attempt: None,
            held_until: None,
            hints: PollHints::default(),
            pace: Pace::default(),
            redirect: None,
            absent_since: None,
        }
    }

    #[test]
    fn columns_stand_under_each_other_whatever_the_script() {
        let mut failing = feed("会議のメモ");
        failing.state = State::Failing;
        failing.error = Some(Failure::new(FailureKind::Dns, "no such host"));
        failing.error_since = "2026-11-19T12:00:00Z".parse().ok();
        let mut out = Vec::new();
        write(&[feed("Third Row"), failing], 120, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "TITLE       ENTRIES  LAST SUCCESS      NEXT DUE          STATE    TROUBLE SINCE\n\
             Third Row        12  2026-11-21 12:00  2026-11-21 13:00  active\n\
             会議のメモ       12  2026-11-21 12:00  2026-11-21 13:00  failing  2026-11-19 dns\n"
        );
    }

    #[test]
    fn a_long_title_is_cut_and_a_hostile_one_harmless() {
        let mut out = Vec::new();
        write(
            &[feed(&"会".repeat(100)), feed("a\u{1b}[2Jb")],
            100,
            &mut out,
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.width() <= 100), "{text}");
        assert!(text.contains('…') && !text.contains('\u{1b}'), "{text}");
    }
}
