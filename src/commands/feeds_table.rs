//! Subscriptions as a table: for a terminal of any width, and in full where a file or a program takes it.

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::decide;
use crate::model::{FeedId, HealthEvent, HealthKind, State, Subscription};
use crate::terminal::escape;

/// Where all columns have their room beside a title.
const WIDE: usize = 100;

const HEAD: [&str; 6] = [
    "TITLE",
    "ENTRIES",
    "LAST SUCCESS",
    "NEXT DUE",
    "STATE",
    "TROUBLE SINCE",
];

/// How much room the table has, and what is shown in it.
#[derive(Clone, Copy, PartialEq)]
enum Room {
    /// Days only, and of a trouble only since when.
    Narrow(usize),
    Wide(usize),
    /// Nothing is cut, and a trouble is told in full.
    Endless,
}

impl Room {
    /// The columns behind the title.
    fn widths(self) -> [usize; 5] {
        match self {
            Self::Narrow(_) => [7, 12, 10, 7, 13],
            Self::Wide(_) | Self::Endless => [7, 16, 16, 7, 24],
        }
    }

    fn title_width(self, needed: usize) -> usize {
        let behind = self.widths().iter().sum::<usize>() + 2 * self.widths().len();
        match self {
            Self::Narrow(width) | Self::Wide(width) => {
                needed.clamp(HEAD[0].len(), width.saturating_sub(behind).max(10))
            }
            Self::Endless => needed.max(HEAD[0].len()),
        }
    }

    fn date(self, at: Option<DateTime<Utc>>) -> String {
        let form = match self {
            Self::Narrow(_) => "%Y-%m-%d",
            Self::Wide(_) | Self::Endless => "%Y-%m-%d %H:%M",
        };
        at.map_or_else(String::new, |at| at.format(form).to_string())
    }
}

/// `health`: how a feed last came to do otherwise. `damped`: how many of its entries are. `width`: of the terminal; `None` where there is none.
pub(crate) fn write(
    feeds: &[Subscription],
    health: &HashMap<FeedId, HealthEvent>,
    damped: &HashMap<FeedId, u64>,
    width: Option<usize>,
    now: DateTime<Utc>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let room = match width {
        None => Room::Endless,
        Some(width) if width < WIDE => Room::Narrow(width),
        Some(width) => Room::Wide(width),
    };
    let titles: Vec<String> = feeds.iter().map(title).collect();
    let needed = titles.iter().map(|title| title.width()).max().unwrap_or(0);
    let title_width = room.title_width(needed);
    let mut row = |title: &str, cells: [String; 5]| {
        let mut line = padded(title, title_width);
        for (column, (cell, width)) in cells.iter().zip(room.widths()).enumerate() {
            line.push_str("  ");
            line.push_str(&match column {
                0 => format!("{cell:>width$}"),
                4 if room == Room::Endless => cell.clone(),
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
        let cells = [
            feed.entries.to_string(),
            room.date(feed.last_success),
            next_due(feed, now, room),
            feed.state.word().to_owned(),
            trouble(feed, health.get(&feed.id), damped.get(&feed.id), room),
        ];
        row(title, cells)?;
    }
    Ok(())
}

fn next_due(feed: &Subscription, now: DateTime<Utc>, room: Room) -> String {
    match feed.state {
        State::Paused | State::Gone => String::new(),
        _ if feed.source.host().is_none() => "next run".to_owned(),
        State::Active | State::Failing => match decide::turn(feed, now) {
            at if at > now => room.date(Some(at)),
            _ => "next run".to_owned(),
        },
    }
}

/// What is said of a feed whose entries are edited at every poll.
pub(super) fn damped(number: u64) -> String {
    let entries = match number {
        1 => "1 entry changes".to_owned(),
        some => format!("{some} entries change"),
    };
    format!("damped: {entries} at every poll, a state a week is kept")
}

fn trouble(
    feed: &Subscription,
    health: Option<&HealthEvent>,
    damped: Option<&u64>,
    room: Room,
) -> String {
    let (Some(failure), Some(since)) = (&feed.error, feed.error_since) else {
        return match (health, room) {
            (Some(event), Room::Endless) if event.kind == HealthKind::Silent => {
                format!("silent: {}", escape(&event.message))
            }
            (Some(event), Room::Wide(_)) if event.kind == HealthKind::Silent => {
                format!("{} silent", event.at.format("%Y-%m-%d"))
            }
            _ => match (damped, room) {
                (Some(_), Room::Narrow(_)) => "damped".to_owned(),
                (Some(1), Room::Wide(_)) => "1 entry damped".to_owned(),
                (Some(number), Room::Wide(_)) => format!("{number} entries damped"),
                (Some(number), Room::Endless) => self::damped(*number),
                (None, _) => String::new(),
            },
        };
    };
    let (day, kind) = (since.format("%Y-%m-%d"), failure.kind.word());
    match room {
        Room::Narrow(_) => day.to_string(),
        Room::Wide(_) => format!("{day} {kind}"),
        Room::Endless => format!("{day} {kind}: {}", escape(&failure.message)),
    }
}

fn title(feed: &Subscription) -> String {
    let address = feed.source.to_string();
    escape(feed.title.as_deref().unwrap_or(&address)).into_owned()
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
    use crate::model::{Pace, PollHints};
    use crate::source::{Failure, FailureKind, Source, Validators};

    fn now() -> DateTime<Utc> {
        "2026-11-21T12:30:00Z".parse().unwrap()
    }

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
            is_cut: false,
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
            former: None,
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
        write(
            &[feed("Third Row"), failing],
            &HashMap::new(),
            &HashMap::new(),
            Some(120),
            now(),
            &mut out,
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "TITLE       ENTRIES  LAST SUCCESS      NEXT DUE          STATE    TROUBLE SINCE\n\
             Third Row        12  2026-11-21 12:00  2026-11-21 13:00  active\n\
             会議のメモ       12  2026-11-21 12:00  2026-11-21 13:00  failing  2026-11-19 dns\n"
        );
    }

    #[test]
    fn every_terminal_has_room_for_the_table_and_a_file_for_all_of_it() {
        let mut failing = feed(&"Long ".repeat(30));
        failing.state = State::Failing;
        failing.error = Some(Failure::new(FailureKind::Dns, "no such host"));
        failing.error_since = "2026-11-19T12:00:00Z".parse().ok();
        let shown = |width| {
            let mut out = Vec::new();
            write(
                &[failing.clone()],
                &HashMap::new(),
                &HashMap::new(),
                width,
                now(),
                &mut out,
            )
            .unwrap();
            String::from_utf8(out).unwrap()
        };
        for width in [80, 99, 100, 200] {
            let text = shown(Some(width));
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
            assert!(
                text.contains("2026-11-21") && text.contains("2026-11-19"),
                "{text}"
            );
        }
        let all = shown(None);
        assert!(all.contains(&"Long ".repeat(29)), "{all}");
        assert!(
            all.ends_with("failing  2026-11-19 dns: no such host\n"),
            "{all}"
        );
    }

    #[test]
    fn what_is_damped_is_said_in_any_room() {
        for (width, said) in [
            (Some(80), "  damped"),
            (Some(120), "  2 entries damped"),
            (
                None,
                "  damped: 2 entries change at every poll, a state a week is kept",
            ),
        ] {
            let mut out = Vec::new();
            let damped = HashMap::from([(FeedId(1), 2)]);
            let (feeds, health) = ([feed("Third Row")], HashMap::new());
            write(&feeds, &health, &damped, width, now(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.trim_end().ends_with(said), "{text}");
        }
    }

    #[test]
    fn what_is_overdue_is_due_at_the_next_run() {
        let mut out = Vec::new();
        let later = now() + chrono::TimeDelta::days(1);
        write(
            &[feed("Third Row")],
            &HashMap::new(),
            &HashMap::new(),
            Some(120),
            later,
            &mut out,
        )
        .unwrap();
        assert!(String::from_utf8(out).unwrap().contains("  next run  "));
    }

    #[test]
    fn a_long_title_is_cut_and_a_hostile_one_harmless() {
        let mut out = Vec::new();
        write(
            &[feed(&"会".repeat(100)), feed("a\u{1b}[2Jb")],
            &HashMap::new(),
            &HashMap::new(),
            Some(100),
            now(),
            &mut out,
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.width() <= 100), "{text}");
        assert!(text.contains('…') && !text.contains('\u{1b}'), "{text}");
    }
}
