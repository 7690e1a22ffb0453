//! Title and speakers out of one line.

use super::names::{is_labelled, people};
use super::outline::{Block, BlockKind};

/// How a line divides into title and speakers. One post keeps to one form, or to forms with the
/// speakers on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `Title: _Speaker_`, `Title [Speaker](..)`: the end is set off by its style.
    TitleStyled,
    /// `Title — Speaker`, with any dash between spaces.
    TitleDash,
    /// `Speaker - Title`
    DashTitle,
    /// `Title | Speaker @ Company`
    TitleBar,
    /// `Speaker | @handle | Company | "Title"`
    BarTitle,
    /// `Title (Speaker)`
    TitleBracket,
    /// `"Title" by Speaker, Company`
    TitleBy,
    /// `Speaker, "Title"`: only with the title in quotation marks.
    CommaTitle,
    /// `Speaker: Title`
    ColonTitle,
    /// `Title: Speaker`
    TitleColon,
}

/// The surer a form's sign, the earlier it stands: of two that fit as many lines the first is taken.
pub(super) const FORMS: [Form; 10] = [
    Form::TitleStyled,
    Form::TitleDash,
    Form::DashTitle,
    Form::TitleBar,
    Form::BarTitle,
    Form::TitleBy,
    Form::TitleBracket,
    Form::CommaTitle,
    Form::ColonTitle,
    Form::TitleColon,
];

const DASHES: &[&str] = &[" — ", " – ", " - ", " -- ", " --- ", " ― ", " − "];

impl Form {
    pub(super) fn speakers_first(self) -> bool {
        matches!(
            self,
            Self::DashTitle | Self::BarTitle | Self::CommaTitle | Self::ColonTitle
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Divided {
    pub(super) title: String,
    pub(super) speakers: Vec<String>,
}

/// Divides a line by a form; `None` where it does not have it. See [`people`] for `lenient`.
pub(super) fn divide(block: &Block, form: Form, lenient: bool) -> Option<Divided> {
    let text = block.text.replace('\n', " ");
    let text = text.as_str();
    let (title, speakers) = match form {
        Form::TitleStyled => {
            let styled = block
                .styled
                .iter()
                .find(|styled| styled.end == text.len() && styled.start > 0)?;
            let title = text[..styled.start].trim_end();
            if !title.ends_with([':', '-', '–', '—', ',', '|']) && !title.ends_with(" by") {
                return None;
            }
            (title.trim_end_matches(" by"), &text[styled.clone()])
        }
        Form::TitleDash => cut(text, DASHES, Side::Last)?,
        Form::DashTitle => swap(cut(text, DASHES, Side::First)?),
        // At the first bar: what stands behind a company is not the title.
        Form::TitleBar => text.split_once(" | ")?,
        Form::BarTitle => {
            let (first, rest) = text.split_once(" | ")?;
            (rest.rsplit(" | ").next()?, first)
        }
        Form::TitleBracket => {
            let (title, inner) = text.strip_suffix(')')?.rsplit_once('(')?;
            (title, inner)
        }
        Form::TitleBy => cut(text, &[" by ", " von ", " av "], Side::Last)?,
        Form::CommaTitle => {
            let (speaker, title) = text.split_once(", ")?;
            if !title.starts_with(['"', '“', '„', '«']) {
                return None;
            }
            (title, speaker)
        }
        Form::ColonTitle => swap(text.split_once(": ")?),
        Form::TitleColon => text.rsplit_once(": ")?,
    };
    let speakers = people(speakers, lenient)?;
    let title = tidy(title);
    (!title.is_empty()).then_some(Divided { title, speakers })
}

/// The speakers, if this line below a title is nothing but them: `by Ann Poe`, a linked or emphasized
/// name, `Speaker: Ann Poe (Acme)`.
pub(super) fn speaker_line(block: &Block) -> Option<Vec<String>> {
    let text = block.text.as_str();
    if block.kind != BlockKind::Text || text.chars().count() > 150 || text.ends_with(['.', ':']) {
        return None;
    }
    let labelled = is_labelled(text);
    if block.is_heading() && !labelled {
        return None;
    }
    // A sentence that begins with a name is prose; a line with nothing but a name is not.
    let named = block.styled.first().is_some_and(|styled| styled.start == 0);
    let short = text.split_whitespace().count() <= 4;
    if !labelled && !named && !short {
        return None;
    }
    let line = text.replace('\n', ", ");
    let speakers = people(&line, labelled)?;
    let whole = !named
        || labelled
        || short
        || block
            .styled
            .iter()
            .map(ExactSizeIterator::len)
            .sum::<usize>()
            * 2
            > text.len();
    whole.then_some(speakers)
}

#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

/// Cuts at the outermost of several dividers on one side.
fn cut<'t>(text: &'t str, dividers: &[&str], side: Side) -> Option<(&'t str, &'t str)> {
    let found = |divider: &&str| {
        let at = match side {
            Side::First => text.find(*divider),
            Side::Last => text.rfind(*divider),
        };
        at.map(|at| (at, divider.len()))
    };
    let all = dividers.iter().filter_map(found);
    let (at, length) = match side {
        Side::First => all.min()?,
        Side::Last => all.max()?,
    };
    Some((&text[..at], &text[at + length..]))
}

fn swap<T>((left, right): (T, T)) -> (T, T) {
    (right, left)
}

/// At the end of a title: kinds, languages, durations and votes in brackets.
const LABELS: &[&str] = &[
    "talk",
    "keynote",
    "ignite",
    "lightning talk",
    "workshop",
    "panel",
    "session",
    "tutorial",
    "en",
    "de",
    "fr",
    "ja",
];

/// A title without numbering, time, votes, and quotation marks around it.
pub(super) fn tidy(title: &str) -> String {
    let mut title = title.trim();
    title = without_time(title);
    title = without_number(title);
    for kind in ["Session: ", "Talk: "] {
        title = title.strip_prefix(kind).unwrap_or(title);
    }
    while let Some(shorter) = without_label(title) {
        title = shorter;
    }
    title = title.trim_end_matches([':', '|', ',', ';', ' ']).trim();
    for (open, close) in [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')] {
        let inner = title
            .strip_prefix(open)
            .and_then(|inner| inner.strip_suffix(close));
        // Of a line that is all quotation the marks are part of what was said, and do no harm.
        if let Some(inner) =
            inner.filter(|inner| !inner.contains([open, close]) && !inner.is_empty())
        {
            title = inner;
        }
    }
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_number(title: &str) -> &str {
    let digits = title.bytes().take_while(u8::is_ascii_digit).count();
    match title[digits..].strip_prefix(['.', ')']) {
        Some(rest) if (1..=2).contains(&digits) && rest.starts_with(' ') => rest.trim_start(),
        _ => title,
    }
}

/// `9:15a`, `14:00 - 14:30:` in front.
fn without_time(title: &str) -> &str {
    let mut rest = title;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = &rest[digits..];
        let minutes = after.strip_prefix([':', 'h']).filter(|minutes| {
            minutes.len() >= 2 && minutes.bytes().take(2).all(|byte| byte.is_ascii_digit())
        });
        let Some(minutes) = minutes.filter(|_| (1..=2).contains(&digits)) else {
            return rest;
        };
        let behind = minutes[2..].trim_start_matches(['a', 'p', 'A', 'P', 'm', 'M']);
        if !behind.starts_with([' ', '-', '–', ':', '|']) {
            return rest;
        }
        rest = behind.trim_start_matches([' ', '-', '–', '—', ':', '|']);
    }
}

fn without_label(title: &str) -> Option<&str> {
    let (close, open) = match title.chars().last()? {
        ')' => (')', '('),
        ']' => (']', '['),
        _ => return None,
    };
    let (before, inner) = title.strip_suffix(close)?.rsplit_once(open)?;
    let inner = inner.trim().to_lowercase();
    let votes = inner
        .strip_suffix("votes")
        .or_else(|| inner.strip_suffix("vote"));
    let counted = votes.is_some_and(|count| count.trim().bytes().all(|byte| byte.is_ascii_digit()));
    let fits = LABELS.contains(&inner.as_str()) || counted || inner.starts_with("duration");
    (fits && !before.trim().is_empty()).then(|| before.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &str, form: Form) -> Option<(String, String)> {
        let block = Block {
            text: text.to_owned(),
            level: 2,
            ..Block::default()
        };
        divide(&block, form, false).map(|divided| (divided.title, divided.speakers.join("+")))
    }

    #[test]
    fn each_form_is_divided() {
        for (text, form, title, speakers) in [
            (
                "Cats — and dogs — Ann Poe",
                Form::TitleDash,
                "Cats — and dogs",
                "Ann Poe",
            ),
            (
                "Pipes: A Story - Again – Ann Poe, Bo Roe",
                Form::TitleDash,
                "Pipes: A Story - Again",
                "Ann Poe+Bo Roe",
            ),
            (
                "Ann Poe - Pipes - again",
                Form::DashTitle,
                "Pipes - again",
                "Ann Poe",
            ),
            (
                "Pipes | Ann Poe @ Acme (@annpoe)",
                Form::TitleBar,
                "Pipes",
                "Ann Poe",
            ),
            (
                "Ann Poe | @annpoe | Acme | \"Pipes\"",
                Form::BarTitle,
                "Pipes",
                "Ann Poe",
            ),
            (
                "\"Pipes\" by Ann Poe, Acme Corp",
                Form::TitleBy,
                "Pipes",
                "Ann Poe",
            ),
            (
                "Pipes (and more) (Ann Poe)",
                Form::TitleBracket,
                "Pipes (and more)",
                "Ann Poe",
            ),
            (
                "Ann Poe, “Pipes” [Talk]",
                Form::CommaTitle,
                "Pipes",
                "Ann Poe",
            ),
        ] {
            assert_eq!(
                divided(text, form),
                Some((title.to_owned(), speakers.to_owned())),
                "{text}"
            );
        }
        assert_eq!(divided("Pipes — how to run them", Form::TitleDash), None);
        assert_eq!(divided("Day-to-day pipes", Form::TitleDash), None);
    }

    #[test]
    fn titles_are_tidied() {
        for (raw, tidied) in [
            ("1. Pipes", "Pipes"),
            ("9:15a Pipes", "Pipes"),
            ("14:00 - 14:30: Pipes", "Pipes"),
            ("Pipes (3 votes)", "Pipes"),
            ("Pipes [Talk] (EN)", "Pipes"),
            ("10 Steps", "10 Steps"),
            ("3.14 pipes", "3.14 pipes"),
            ("Keynote", "Keynote"),
        ] {
            assert_eq!(tidy(raw), tidied);
        }
    }
}
