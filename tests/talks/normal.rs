//! What must be equal for two titles, names or events to count as the same.

/// Case, quotation marks, dashes, numbering, times, kinds and votes do not count.
pub(super) fn title(text: &str) -> String {
    const KINDS: &[&str] = &[
        "opening keynote",
        "closing keynote",
        "keynote",
        "lightning talk",
        "ignite talk",
        "ignite session",
        "ignite",
        "talk",
        "session",
        "workshop",
        "tutorial",
        "panel discussion",
        "panel",
        "track",
        "demo",
        "bof",
        "birds of a feather",
        "en",
        "ja",
        "de",
        "fr",
    ];
    let mut text = based(text);
    text = text.trim_start_matches(['#', ' ']).to_owned();
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if (1..=2).contains(&(text.len() - numbered.len()))
        && (numbered.starts_with(". ") || numbered.starts_with(") "))
    {
        text = numbered[2..].to_owned();
    }
    for kind in &KINDS[..17] {
        for sign in [": ", " - ", " | "] {
            if let Some(rest) = text.strip_prefix(&format!("{kind}{sign}")) {
                text = rest.to_owned();
            }
        }
    }
    for (open, close) in [(" (", ")"), (" [", "]")] {
        let inner = text
            .strip_suffix(close)
            .and_then(|rest| rest.rsplit_once(open));
        let dropped = inner.filter(|(_, inner)| {
            KINDS.contains(inner) || inner.ends_with("votes") || inner.starts_with("duration")
        });
        if let Some((rest, _)) = dropped {
            text = rest.to_owned();
        }
    }
    letters(&text)
}

/// Without brackets, handles' signs and academic titles.
pub(super) fn name(text: &str) -> String {
    let text = based(text);
    let text = text.trim_matches('"').trim_start_matches('@');
    let mut depth = 0_usize;
    let mut bare = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    let bare = ["dr. ", "dr ", "prof. ", "professor ", "mr ", "mrs ", "ms "]
        .iter()
        .fold(bare.as_str(), |bare, title| {
            bare.strip_prefix(title).unwrap_or(bare)
        });
    letters(bare)
}

pub(super) fn event(text: &str) -> String {
    letters(&based(text))
}

/// Mostly the same words, or one title within the other.
pub(super) fn near(a: &str, b: &str) -> bool {
    let (a, b) = (title(a), title(b));
    let words = |text: &str| {
        text.split(' ')
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (x, y) = (words(&a), words(&b));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let common = x.intersection(&y).count();
    if common * 10 >= x.union(&y).count() * 6 {
        return true;
    }
    let (short, long) = if x.len() <= y.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    short.contains(' ') && format!(" {long} ").contains(&format!(" {short} "))
}

fn based(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            '’' | '‘' => '\'',
            '“' | '”' => '"',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            c => c,
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(text: &str) -> String {
    let letters: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}
