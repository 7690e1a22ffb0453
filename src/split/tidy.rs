//! A line without what surrounds a title: numbering, times, votes, languages, links to slides.

use super::dividers::Dividers;
use super::wording::{bare, collapsed, first_word, starts_with};

/// Words in brackets or behind a dash at the end of a title that are no part of it.
const LABELS: &[&str] = &[
    "talk",
    "keynote",
    "ignite",
    "ignite talk",
    "lightning talk",
    "workshop",
    "panel",
    "panel discussion",
    "session",
    "tutorial",
    "demo",
    "bof",
    "en",
    "de",
    "fr",
    "ja",
    "english",
    "german",
    "deutsch",
    "sv",
    "no",
    "nl",
];

/// Of which links behind a heading are made.
const LINK_WORDS: &[&str] = &[
    "video",
    "videos",
    "slides",
    "slide",
    "deck",
    "recording",
    "recordings",
    "youtube",
    "pdf",
    "link",
    "links",
    "code",
    "repo",
    "and",
    "the",
    "watch",
    "abstract",
    "description",
    "details",
    "schedule",
    "info",
    "presentation",
    "vortrag",
    "aufzeichnung",
    "notes",
    "blog",
    "post",
    "website",
    "github",
    "slideshare",
    "speakerdeck",
    "vimeo",
    "talk",
    "folien",
];

/// A longer line, in bytes, is no row of links.
const LONGEST_LINKS: usize = 400;

static DASHES: Dividers = Dividers::new(&[" - ", " – ", " — ", " | ", " -- "]);

/// A title without numbering, time, votes, and quotation marks around it.
pub(super) fn tidy(title: &str) -> String {
    let mut title = &title[head(title)..];
    for kind in ["Session: ", "Talk: "] {
        title = title.strip_prefix(kind).unwrap_or(title);
    }
    title = without_tail(title);
    title = title
        .trim_end_matches([':', '|', ',', ';', ' ', '–', '—'])
        .trim();
    title = title.strip_suffix(" -").unwrap_or(title);
    collapsed(without_quotes(title)).into_owned()
}

fn without_quotes(title: &str) -> &str {
    if title.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return title;
    }
    let mut title = title;
    for (open, close) in [
        ("\"", "\""),
        ("“", "”"),
        ("„", "“"),
        ("«", "»"),
        ("”", "”"),
        ("‘", "’"),
        ("'", "'"),
    ] {
        let inner = title
            .strip_prefix(open)
            .and_then(|inner| inner.strip_suffix(close));
        // Of a line that is all quotation the marks are part of what was said, and do no harm.
        if let Some(inner) = inner.filter(|inner| {
            !inner.contains([open, close].concat().as_str())
                && !inner.contains(open)
                && !inner.is_empty()
        }) {
            title = inner;
        }
    }
    title
}

/// How many bytes of a line stand before what it says: pictures, time, numbering.
pub(super) fn head(line: &str) -> usize {
    // As most lines begin: with a letter that none of the words for days, times and numbers begins with.
    let letter = line.bytes().next().unwrap_or_default();
    if letter.is_ascii_alphabetic() && !b"DJSTdjst".contains(&letter) {
        return 0;
    }
    let mut rest = line;
    loop {
        let before = rest.len();
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || c == '|' || !c.is_ascii() && !c.is_alphanumeric() && !is_quote(c)
        });
        rest = without_day(rest);
        rest = without_time(rest);
        rest = without_number(rest);
        if rest.len() == before || rest.is_empty() {
            // A line that is nothing but a number or a time is itself.
            return if rest.is_empty() {
                0
            } else {
                line.len() - rest.len()
            };
        }
    }
}

/// Without labels, votes and links at the end.
pub(super) fn without_tail(line: &str) -> &str {
    let mut line = line.trim_end();
    while let Some(shorter) = without_bracket(line).or_else(|| without_links(line)) {
        line = shorter.trim_end();
    }
    line
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '¿' | '¡' | '「' | '『' | '《' | '…'
    )
}

/// `Day 1 - 0945 - Pipes`: the day, where a time is behind it.
fn without_day(line: &str) -> &str {
    let behind = ["Day ", "day ", "Tag ", "Dag ", "Jour "]
        .iter()
        .find_map(|day| line.strip_prefix(day))
        .and_then(|number| {
            let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
            (rest.len() < number.len())
                .then(|| rest.trim_start_matches([' ', '-', '–', '—', ':', '|', ',']))
        });
    let Some(time) = behind else { return line };
    let digits = time.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &time[digits..];
    let plain = digits == 4
        && rest.starts_with([' ', '-'])
        && !rest.trim_start_matches([' ', '-', '–', '—']).is_empty();
    if plain {
        rest.trim_start_matches([' ', '-', '–', '—', ':', '|'])
    } else if without_time(time).len() < time.len() {
        time
    } else {
        line
    }
}

/// Numbers such as `1.`, `2)`, `(3)`, `#4`, `Talk 5:`.
fn without_number(line: &str) -> &str {
    let worded = ["talk ", "session ", "topic "]
        .iter()
        .find(|word| starts_with(line, word));
    let from = worded.map_or(line, |word| &line[word.len()..]);
    let marked = from.strip_prefix(['#', '(']).unwrap_or(from);
    let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return line;
    }
    let behind = &marked[digits..];
    let sign = behind.strip_prefix(['.', ')']);
    let weak = behind
        .strip_prefix(':')
        .or_else(|| behind.strip_prefix(" -"))
        .or_else(|| behind.strip_prefix(" –"))
        .or_else(|| behind.strip_prefix(" —"))
        .or_else(|| behind.strip_prefix(" |"));
    let plain = (from.starts_with('#')).then_some(behind);
    let rest = sign
        .or(weak.filter(|_| {
            worded.is_some() || marked.len() < from.len() || behind.starts_with([':', ' '])
        }))
        .or(plain);
    match rest {
        Some(rest) if rest.starts_with(' ') && !rest.trim().is_empty() => rest.trim_start(),
        _ => line,
    }
}

/// `9:15a`, `14:00 - 14:30:`, `[10:15]` in front.
fn without_time(line: &str) -> &str {
    let mut rest = line.trim_start_matches(['(', '[']);
    let mut found = false;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = &rest[digits..];
        let minutes = after.strip_prefix([':', 'h', '.']).filter(|minutes| {
            minutes.len() >= 2 && minutes.bytes().take(2).all(|byte| byte.is_ascii_digit())
        });
        let behind = match minutes {
            Some(minutes) => &minutes[2..],
            None if found || is_clock(after) => after,
            None => return if found { rest } else { line },
        };
        if !(1..=2).contains(&digits) || (minutes.is_some() && after.starts_with('.') && digits < 2)
        {
            return if found { rest } else { line };
        }
        let spaced = behind.starts_with(char::is_whitespace);
        let half = ["am", "pm", "AM", "PM", "a.m.", "p.m.", "a", "p", "h", "Uhr"]
            .iter()
            .find_map(|half| {
                let rest = behind.trim_start().strip_prefix(half)?;
                rest.chars()
                    .next()
                    .is_none_or(|c| !c.is_alphanumeric())
                    .then_some(rest)
            });
        let behind = half.unwrap_or(behind);
        if !behind.is_empty()
            && half.is_none()
            && !spaced
            && !behind.starts_with(['-', '–', '—', ':', '|', ')', ']'])
        {
            return if found { rest } else { line };
        }
        rest = behind.trim_start_matches([' ', '-', '–', '—', ':', '|', ')', ']']);
        found = true;
    }
}

/// `9am`
fn is_clock(after: &str) -> bool {
    ["am ", "pm ", "AM ", "PM ", "am:", "pm:"]
        .iter()
        .any(|half| after.trim_start().starts_with(half))
}

fn without_bracket(title: &str) -> Option<&str> {
    let (close, open) = match title.chars().last()? {
        ')' => (')', '('),
        ']' => (']', '['),
        _ => return None,
    };
    let (before, inner) = title.strip_suffix(close)?.rsplit_once(open)?;
    let inner = inner.trim().to_lowercase();
    let votes = ["votes", "vote", "points", "+"]
        .iter()
        .find_map(|unit| inner.strip_suffix(unit));
    let counted = votes.is_some_and(|count| count.trim().bytes().all(|byte| byte.is_ascii_digit()));
    let minutes = ["min", "minutes", "mins"]
        .iter()
        .find_map(|unit| inner.strip_suffix(unit));
    let timed = minutes.is_some_and(|count| count.trim().bytes().all(|byte| byte.is_ascii_digit()));
    let fits = LABELS.contains(&inner.as_str())
        || is_room(&inner)
        || counted
        || timed
        || inner.starts_with("duration")
        || is_links(&inner);
    (fits && !before.trim().is_empty()).then(|| before.trim_end())
}

/// `Main hall`, `Room 2`, `Track B`
fn is_room(inner: &str) -> bool {
    const ROOMS: &[&str] = &[
        "room",
        "hall",
        "track",
        "stage",
        "auditorium",
        "theatre",
        "theater",
        "ballroom",
        "foyer",
        "raum",
        "saal",
        "bühne",
        "sal",
        "rum",
        "salle",
        "amphi",
        "sala",
        "zaal",
        "scène",
    ];
    let words: Vec<&str> = inner.split_whitespace().collect();
    let ends = [words.first(), words.last()];
    words.len() <= 3 && ends.into_iter().flatten().any(|word| ROOMS.contains(word))
}

fn without_links(title: &str) -> Option<&str> {
    let (at, dash) = DASHES.places(title).next_back()?;
    let (before, links) = (&title[..at], &title[at + dash.len()..]);
    (is_links(links) && !before.trim().is_empty() && bare(links) != "code" && bare(links) != "talk")
        .then_some(before)
}

/// Whether text is nothing but names of links: `Video, Slides`.
pub(super) fn is_links(text: &str) -> bool {
    if text.len() > LONGEST_LINKS {
        return false;
    }
    let is_of_links = |word: &str| {
        LINK_WORDS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    };
    // Nearly every line is told by its first word.
    if first_word(text).is_some_and(|word| !is_of_links(word)) {
        return false;
    }
    let bare = bare(text);
    !bare.is_empty() && bare.split(' ').all(is_of_links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_tidied() {
        for (raw, tidied) in [
            ("1. Pipes", "Pipes"),
            ("#3 Pipes", "Pipes"),
            ("Talk 2: Pipes", "Pipes"),
            ("9:15a Pipes", "Pipes"),
            ("9am: Pipes", "Pipes"),
            ("10:30 Herding pipes", "Herding pipes"),
            ("09:30 - 10:15 Keynote: Pipes", "Keynote: Pipes"),
            ("14:00 - 14:30: Pipes", "Pipes"),
            ("🎤 [10:15] Pipes", "Pipes"),
            ("Pipes (3 votes)", "Pipes"),
            ("Pipes [Talk] (EN)", "Pipes"),
            ("Pipes - Video, Slides", "Pipes"),
            ("Pipes ([slides], video)", "Pipes"),
            ("“Pipes”", "Pipes"),
            ("10 Steps", "10 Steps"),
            ("3.14 pipes", "3.14 pipes"),
            ("12 a day", "12 a day"),
            ("Keynote", "Keynote"),
            ("9:15", "9:15"),
        ] {
            assert_eq!(tidy(raw), tidied, "{raw}");
        }
    }
}
