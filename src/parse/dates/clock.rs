//! The time of day and the zone, taken out of a date.

use super::fold::{Part, Parts};
use super::words;
use super::zones::{self, Zone};

#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Clock {
    /// Since midnight; 24 hours where the date says 24:00.
    pub(super) seconds: i64,
    /// `None` where the date names none.
    pub(super) zone: Option<Zone>,
}

const SIGNS: [char; 2] = ['+', '-'];

/// `None` where what stands for a time is none (26:00). A date without a time has midnight's.
pub(super) fn take(parts: &mut Parts<'_>) -> Option<Clock> {
    let mut clock = Clock::default();
    let Some(found) = find(parts) else {
        return Some(clock);
    };
    let [mut hours, minutes, seconds] = found.time;
    parts.set_used(found.start..found.end);
    match half(parts, found.start, found.end) {
        Some(Half::After) if hours < 12 => hours += 12,
        Some(Half::Before) if hours == 12 => hours = 0,
        _ => {}
    }
    if hours > 24 || minutes > 59 || seconds > 60 || (hours == 24 && minutes + seconds > 0) {
        return None;
    }
    clock.seconds = (hours * 60 + minutes) * 60 + seconds;
    clock.zone = zone(parts, found.end);
    Some(clock)
}

struct Found {
    start: usize,
    end: usize,
    time: [i64; 3],
}

fn find(parts: &mut Parts<'_>) -> Option<Found> {
    for at in 0..parts.len() {
        if let Some(found) = with_colons(parts, at) {
            // `2018-11-06+01:00`, a day with a zone but no time: XML Schema's. The day counts as it is.
            if at > 1
                && parts.is_mark(at - 1, &SIGNS)
                && parts.is_glued(at)
                && parts.is_glued(at - 1)
                && parts.number(at - 2).is_some()
            {
                parts.set_used(at - 1..found.end);
                return None;
            }
            return Some(found);
        }
    }
    (0..parts.len()).find_map(|at| {
        with_words(parts, at)
            .or_else(|| behind_word(parts, at))
            .or_else(|| compact(parts, at))
    })
}

/// `10:00`, `9:05:30`, `10:00:00.123`.
fn with_colons(parts: &Parts<'_>, at: usize) -> Option<Found> {
    let hours = short(parts, at)?;
    let minutes = short(parts, at + 2).filter(|_| parts.is_mark(at + 1, &[':']))?;
    let mut end = at + 3;
    let mut seconds = 0;
    if parts.is_mark(end, &[':'])
        && let Some(found) = short(parts, end + 1)
    {
        seconds = found;
        end += 2;
    }
    if parts.is_mark(end, &['.', ',', ':'])
        && parts.is_glued(end)
        && parts.is_glued(end + 1)
        && parts.number(end + 1).is_some()
    {
        end += 2;
    }
    Some(Found {
        start: at,
        end,
        time: [hours, minutes, seconds],
    })
}

/// `10h30`, `10 Uhr`, `10.30 Uhr`, `3 pm`, `10時30分`, `10시 30분 5초`.
fn with_words(parts: &Parts<'_>, at: usize) -> Option<Found> {
    let hours = short(parts, at)?;
    let is_hour = |at: usize| {
        parts.word(at).is_some_and(|word| {
            [
                "h", "hs", "hrs", "u", "uhr", "uur", "ч", "時", "时", "点", "點", "시",
            ]
            .contains(&word)
        })
    };
    if is_hour(at + 1) {
        let mut end = at + 2;
        let mut rest = [0; 2];
        for part in &mut rest {
            let Some(found) = short(parts, end) else {
                break;
            };
            *part = found;
            end += 1;
            let unit = ["m", "min", "s", "分", "분", "秒", "초"];
            if parts.word(end).is_some_and(|word| unit.contains(&word)) {
                end += 1;
            } else {
                break;
            }
        }
        return Some(Found {
            start: at,
            end,
            time: [hours, rest[0], rest[1]],
        });
    }
    if parts.is_mark(at + 1, &['.'])
        && let Some(minutes) = short(parts, at + 2)
        && (is_hour(at + 3) || half_behind(parts, at + 3).is_some())
    {
        let end = at + 3 + usize::from(is_hour(at + 3));
        return Some(Found {
            start: at,
            end,
            time: [hours, minutes, 0],
        });
    }
    half_behind(parts, at + 1).map(|_| Found {
        start: at,
        end: at + 1,
        time: [hours, 0, 0],
    })
}

/// `kl. 10.30`, `klo 9`.
fn behind_word(parts: &Parts<'_>, at: usize) -> Option<Found> {
    parts
        .word(at)
        .filter(|word| matches!(*word, "kl" | "klo"))?;
    let at = at + 1 + usize::from(parts.is_mark(at + 1, &['.']));
    let hours = short(parts, at)?;
    let minutes = short(parts, at + 2).filter(|_| parts.is_mark(at + 1, &['.']));
    Some(Found {
        start: at,
        end: at + if minutes.is_some() { 3 } else { 1 },
        time: [hours, minutes.unwrap_or_default(), 0],
    })
}

/// `T101530`, `T1015`, `T10`, and `101530` behind eight digits.
fn compact(parts: &Parts<'_>, at: usize) -> Option<Found> {
    let digits = parts.number(at)?;
    let before = at.checked_sub(1)?;
    let behind_t = parts.word(before) == Some("t") && parts.is_glued(at);
    let behind_day = parts.number(before).is_some_and(|day| day.len() == 8);
    let fits = match digits.len() {
        2 => behind_t,
        4 | 6 => behind_t || behind_day,
        _ => false,
    };
    if !fits {
        return None;
    }
    let pair = |from: usize| digits.get(from..from + 2).and_then(|two| two.parse().ok());
    let fraction = parts.is_mark(at + 1, &['.', ',']) && parts.number(at + 2).is_some();
    Some(Found {
        start: before + usize::from(!behind_t),
        end: at + if fraction { 3 } else { 1 },
        time: [
            pair(0)?,
            pair(2).unwrap_or_default(),
            pair(4).unwrap_or_default(),
        ],
    })
}

fn short(parts: &Parts<'_>, at: usize) -> Option<i64> {
    let digits = parts.number(at).filter(|digits| digits.len() <= 2)?;
    digits.parse().ok()
}

#[derive(Clone, Copy)]
enum Half {
    Before,
    After,
}

/// Which half of the day the words round a time say; they are used up.
fn half(parts: &mut Parts<'_>, start: usize, end: usize) -> Option<Half> {
    if let Some((half, length)) = half_behind(parts, end) {
        parts.set_used(end..end + length);
        return Some(half);
    }
    // 오전 10:00, 午後3時, 下午3:00
    let before = |steps: usize| start.checked_sub(steps).and_then(|at| parts.word(at));
    match (before(2), before(1)) {
        (_, Some("전" | "前")) | (Some("上"), Some("午")) => Some(Half::Before),
        (_, Some("후" | "後" | "后")) | (Some("下"), Some("午")) => Some(Half::After),
        _ => None,
    }
}

/// `am`, `p.m.`, `μ.μ.`, with the number of parts it takes.
fn half_behind(parts: &Parts<'_>, at: usize) -> Option<(Half, usize)> {
    let half = |word: &str| match word {
        "am" | "a" | "πμ" | "π" | "fm" => Some(Half::Before),
        "pm" | "p" | "μμ" | "μ" | "em" => Some(Half::After),
        _ => None,
    };
    let word = parts.word(at)?;
    let found = half(word)?;
    if word.chars().count() == 2 {
        return Some((found, 1));
    }
    let dot = usize::from(parts.is_mark(at + 1, &['.']));
    let second = parts
        .word(at + 1 + dot)
        .is_some_and(|word| matches!(word, "m" | "μ"));
    match (second, dot) {
        (true, dot) => {
            let last = usize::from(parts.is_mark(at + 2 + dot, &['.']));
            Some((found, 2 + dot + last))
        }
        // `10:00p`; a letter by itself is a zone.
        (false, 0) if parts.is_glued(at) => Some((found, 1)),
        _ => None,
    }
}

/// The zone behind the time: numbers before names, the first name before others.
fn zone(parts: &mut Parts<'_>, from: usize) -> Option<Zone> {
    let mut named = None;
    for at in from..parts.len() {
        if parts.is_mark(at, &SIGNS)
            && let Some((minutes, length)) = offset(parts, at)
        {
            parts.set_used(at..at + length);
            return Some(Zone::Fixed(minutes));
        }
        let Some(word) = parts.word(at) else { continue };
        if parts.is_mark(at + 1, &['/'])
            && let Some(zone) = parts
                .word(at + 2)
                .and_then(|city| zones::by_region(word, city))
        {
            parts.set_used(at..at + 3);
            named = named.or(Some(zone));
        } else if words::meaning(word).is_none()
            && let Some(zone) = zones::by_name(word)
        {
            parts.set_used(at..at + 1);
            named = named.or(Some(zone));
        }
    }
    named
}

/// `+0100`, `-05:30`, `+1`: minutes east, and how many parts it takes.
fn offset(parts: &Parts<'_>, at: usize) -> Option<(i64, usize)> {
    let digits = parts.number(at + 1).filter(|_| parts.is_glued(at + 1))?;
    let east = if parts.is_mark(at, &['+']) { 1 } else { -1 };
    let number: i64 = digits.get(..digits.len().min(6))?.parse().ok()?;
    let (hours, minutes, length) = match digits.len() {
        1 | 2 if parts.is_mark(at + 2, &[':']) => (number, short(parts, at + 3)?, 4),
        // `10:00 -6 Nov` goes on with the day.
        1 | 2 if matches!(parts.get(at + 2), None | Some(Part::Mark('('))) => (number, 0, 2),
        3 | 4 => (number / 100, number % 100, 2),
        6 => (number / 10_000, number / 100 % 100, 2),
        _ => return None,
    };
    // `10:00 -2018` is a year.
    let fits = hours <= 18 && minutes <= 59 || length == 4;
    fits.then_some((east * (hours * 60 + minutes), length))
}
