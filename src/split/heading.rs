//! Title and speakers out of one line.

use std::ops::Range;

use super::dividers::Dividers;
use super::jobs::is_job;
use super::names::{People, SURE, is_of_others, people};
use super::outline::Block;
use super::tidy::{head, is_links, tidy, without_tail};
use super::wording::on_one_line;

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
    /// `Title - Speaker - Company`
    TitleDashCompany,
    /// `Speaker @handle - Company - Title`
    DashCompanyTitle,
    /// `Title | Speaker @ Company`
    TitleBar,
    /// `Speaker | @handle | Company | "Title"`
    BarTitle,
    /// `Title / Speaker`
    TitleSlash,
    /// `Title (Speaker)`
    TitleBracket,
    /// `Title @handle`
    TitleHandle,
    /// `"Title" by Speaker, Company`
    TitleBy,
    /// `Speaker, "Title"`: with the title in quotation marks.
    CommaQuoted,
    /// `"Title", Speaker`
    QuotedComma,
    /// `Speaker: Title`
    ColonTitle,
    /// `Title: Speaker`
    TitleColon,
    /// `Speaker, Title`
    CommaTitle,
    /// `Title, Speaker`
    TitleComma,
}

/// The surer a form's sign, the earlier it stands: of two that fit as many lines the first is taken.
pub(super) const FORMS: [Form; 17] = [
    Form::DashCompanyTitle,
    Form::TitleDash,
    Form::DashTitle,
    Form::TitleDashCompany,
    Form::TitleBar,
    Form::BarTitle,
    Form::TitleStyled,
    Form::TitleBy,
    Form::TitleBracket,
    Form::TitleSlash,
    Form::TitleHandle,
    Form::CommaQuoted,
    Form::QuotedComma,
    Form::ColonTitle,
    Form::TitleColon,
    Form::CommaTitle,
    Form::TitleComma,
];

static DASHES: Dividers = Dividers::new(&[
    " — ", " – ", " - ", " -- ", " --- ", " ― ", " − ", " ~ ", " // ", "——", "－",
]);
static BARS: Dividers = Dividers::new(&[" | ", " || ", " ｜ "]);
static SLASHES: Dividers = Dividers::new(&[" / ", " ／ "]);
static BY: Dividers = Dividers::new(&[
    " by ", " By ", " von ", " av ", " af ", " par ", " door ", " with ", " w/ ",
]);
const QUOTES: [char; 7] = ['"', '“', '„', '«', '”', '‘', '「'];

impl Form {
    pub(super) fn speakers_first(self) -> bool {
        matches!(
            self,
            Self::DashTitle
                | Self::DashCompanyTitle
                | Self::BarTitle
                | Self::CommaQuoted
                | Self::ColonTitle
                | Self::CommaTitle
        )
    }

    /// The bytes of which each line of this form has one.
    fn signs(self) -> &'static [u8] {
        match self {
            Self::TitleStyled => b"",
            Self::TitleDash | Self::DashTitle | Self::TitleDashCompany => b"-~/\xe2\xef",
            Self::DashCompanyTitle | Self::TitleHandle => b"@",
            Self::TitleBar | Self::BarTitle => b"|\xef",
            Self::TitleSlash => b"/\xef",
            Self::TitleBracket => b"([\xef",
            Self::TitleBy => b" ",
            // The latter three begin what is no quotation mark of ASCII.
            Self::CommaQuoted | Self::QuotedComma => b"\"\xc2\xe2\xe3",
            Self::ColonTitle | Self::TitleColon => b":",
            Self::CommaTitle | Self::TitleComma => b",",
        }
    }

    /// Its sign belongs to titles, too: it divides speakers off only where nearly every line says so.
    pub(super) fn is_rare(self) -> bool {
        matches!(
            self,
            Self::ColonTitle
                | Self::TitleColon
                | Self::CommaTitle
                | Self::TitleComma
                | Self::TitleDashCompany
                | Self::DashCompanyTitle
                | Self::TitleHandle
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Divided {
    pub(super) title: String,
    pub(super) speakers: Vec<String>,
    /// Of the speakers' names.
    pub(super) sureness: u8,
}

/// What a line says, without time, numbering and links.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    /// The parts that are emphasized or linked.
    styled: Vec<Range<usize>>,
    /// What follows `Keynote: ` and the like in front of it; `None` where nothing of that kind stands there.
    rest: Option<Box<Line>>,
    signs: Bytes,
}

/// Which bytes a text has, a bit for each.
#[derive(Debug, Clone, Copy)]
struct Bytes([u64; 4]);

impl Bytes {
    fn of(text: &str) -> Self {
        let mut has = [0; 4];
        for byte in text.bytes() {
            has[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Self(has)
    }

    fn has(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

impl Line {
    pub(super) fn of(block: &Block) -> Self {
        let text = on_one_line(&block.text);
        let from = head(&text);
        let mut kept = without_tail(&text[from..]);
        let mut to = from + kept.len();
        // Links to slides and video behind the title, with no sign before them.
        while let Some(link) = block.styled.iter().find(|styled| {
            styled.end == to && styled.start > from && is_links(&text[(*styled).clone()])
        }) {
            to = from
                + text[from..link.start]
                    .trim_end_matches([' ', ',', '(', '[', '|', '/'])
                    .len();
            kept = without_tail(&text[from..to]);
        }
        let to = from + kept.len();
        let styled = block
            .styled
            .iter()
            .filter(|styled| styled.start >= from && styled.start < to);
        let prefix = kind_prefix(kept);
        let rest = (prefix > 0).then(|| Self {
            text: kept[prefix..].to_owned(),
            styled: Vec::new(),
            rest: None,
            signs: Bytes::of(&kept[prefix..]),
        });
        Self {
            styled: styled
                .map(|styled| styled.start - from..styled.end.min(to) - from)
                .collect(),
            text: kept.to_owned(),
            rest: rest.map(Box::new),
            signs: Bytes::of(kept),
        }
    }
}

/// Divides a line by a form; `None` where it does not have it. See [`people`] for `lenient`.
pub(super) fn divide(line: &Line, form: Form, lenient: bool) -> Option<Divided> {
    if let Some(rest) = line.rest.as_ref().filter(|_| form != Form::TitleStyled)
        && let Some(mut divided) = divide_plain(rest, form, lenient)
    {
        let kind = &line.text[..line.text.len() - rest.text.len()];
        divided.title.insert_str(0, kind);
        return Some(divided);
    }
    divide_plain(line, form, lenient)
}

fn divide_plain(line: &Line, form: Form, lenient: bool) -> Option<Divided> {
    let text = line.text.as_str();
    if form == Form::TitleStyled {
        return styled_end(line, lenient);
    }
    // Of most forms a line has none of the signs.
    if !form.signs().iter().any(|sign| line.signs.has(*sign)) {
        return None;
    }
    let (title, speakers) = match form {
        Form::TitleStyled => return None,
        Form::TitleDash => cut(text, &DASHES, Side::Last)?,
        Form::DashTitle => swap(cut(text, &DASHES, Side::First)?),
        Form::TitleDashCompany => {
            let (rest, _company) = cut(text, &DASHES, Side::Last)?;
            cut(rest, &DASHES, Side::Last)?
        }
        Form::DashCompanyTitle => {
            let (speaker, rest) = cut(text, &DASHES, Side::First)?;
            let (_company, title) = cut(rest, &DASHES, Side::First)?;
            if !speaker.contains('@') {
                return None;
            }
            (title, speaker)
        }
        // At the first bar: what stands behind a company is not the title.
        Form::TitleBar => cut(text, &BARS, Side::First)?,
        Form::BarTitle => {
            let (speaker, rest) = cut(text, &BARS, Side::First)?;
            let title = cut(rest, &BARS, Side::Last).map_or(rest, |(_, title)| title);
            (title, speaker)
        }
        Form::TitleBracket => {
            let text = text.trim_end_matches([']', '）', ')']);
            let at = text.rfind(['(', '[', '（'])?;
            let inner = text[at..].trim_start_matches(['(', '[', '（']);
            (text[..at].trim_end(), inner)
        }
        Form::TitleSlash => cut(text, &SLASHES, Side::Last)?,
        Form::TitleHandle => {
            let at = text
                .find(" @")
                .filter(|&at| people(text, false).is_none() && at > 0)?;
            let handles = text[at..].split_whitespace();
            if !handles
                .clone()
                .all(|word| word.starts_with('@') || matches!(word, "and" | "&" | "+" | "/" | ","))
            {
                return None;
            }
            let names: Vec<String> = handles
                .map(|word| word.trim_end_matches(','))
                .filter(|word| word.starts_with('@') && word.len() > 2)
                .map(str::to_owned)
                .collect();
            let title = tidy(&text[..at]);
            return (!names.is_empty() && !title.is_empty()).then_some(Divided {
                title,
                speakers: names,
                sureness: SURE,
            });
        }
        Form::TitleBy => cut(text, &BY, Side::Last)?,
        Form::CommaQuoted => {
            let at = text.find(QUOTES).filter(|&at| at > 0)?;
            let speaker = text[..at].trim_end().strip_suffix([',', ':', '-', '–'])?;
            (&text[at..], speaker)
        }
        Form::QuotedComma => {
            if !text.starts_with(QUOTES) {
                return None;
            }
            let at = text
                .char_indices()
                .skip(1)
                .filter(|(_, c)| matches!(c, '"' | '“' | '”' | '»' | '’' | '」'))
                .map(|(at, c)| at + c.len_utf8())
                .last()?;
            (
                &text[..at],
                text[at..].trim_start_matches([',', ' ', '-', '–', '—', ':', '/']),
            )
        }
        Form::ColonTitle => swap(text.split_once(": ")?),
        Form::TitleColon => text.rsplit_once(": ")?,
        Form::CommaTitle => swap(text.split_once(", ")?),
        Form::TitleComma => text.rsplit_once(", ")?,
    };
    finished(title, speakers, lenient)
}

/// The longest end that is styled, with a sign before it or a name in it.
fn styled_end(line: &Line, lenient: bool) -> Option<Divided> {
    let text = line.text.as_str();
    let at_end = |styled: &&Range<usize>| {
        styled.start > 0
            && text[styled.end..]
                .trim_matches([')', ' ', '.', ']'])
                .is_empty()
    };
    let styled = line.styled.iter().find(at_end)?;
    let before = text[..styled.start].trim_end();
    let title = before.trim_end_matches(['(', '[']).trim_end();
    let signed = title.ends_with([':', '-', '–', '—', ',', '|']) || title.len() < before.len();
    let title = title.strip_suffix(" by").unwrap_or(title);
    let title = title
        .strip_suffix(['-', '–', '—', ',', '|', ':'])
        .unwrap_or(title);
    let divided = finished(title, &text[styled.clone()], false)?;
    (signed || lenient || divided.sureness >= SURE).then_some(divided)
}

fn finished(title: &str, speakers: &str, lenient: bool) -> Option<Divided> {
    if is_of_others(speakers) {
        return None;
    }
    let People { names, sureness } = people(speakers, lenient)?;
    let title = tidy(title);
    let handle = title.starts_with('@') && !title.contains(' ');
    (!title.is_empty() && !handle && !is_job(&title)).then_some(Divided {
        title,
        speakers: names,
        sureness,
    })
}

/// How long `Keynote: `, `Ignite - ` and the like in front of a line is.
fn kind_prefix(text: &str) -> usize {
    const KINDS: &[&str] = &[
        "opening keynote",
        "closing keynote",
        "keynote",
        "ignite talk",
        "ignite session",
        "ignite",
        "lightning talk",
        "workshop",
        "tutorial",
        "panel",
        "panel discussion",
        "session",
        "talk",
        "demo",
        "plenary",
    ];
    let Some(at) = text.find([':', '-', '–', '—', '|']) else {
        return 0;
    };
    let kind = text[..at]
        .trim()
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
        .to_lowercase();
    let rest = text[at..].trim_start_matches([':', '-', '–', '—', '|', ' ']);
    if KINDS.contains(&kind.as_str()) && !rest.is_empty() {
        text.len() - rest.len()
    } else {
        0
    }
}

#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

/// Cuts at the outermost of several dividers on one side.
fn cut<'t>(text: &'t str, dividers: &Dividers, side: Side) -> Option<(&'t str, &'t str)> {
    let mut places = dividers.places(text);
    let (at, divider) = match side {
        Side::First => places.next()?,
        Side::Last => places.next_back()?,
    };
    Some((&text[..at], &text[at + divider.len()..]))
}

fn swap<T>((left, right): (T, T)) -> (T, T) {
    (right, left)
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
        divide(&Line::of(&block), form, false)
            .map(|divided| (divided.title, divided.speakers.join("+")))
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
                "Pipes - Ann Poe - Video, Slides",
                Form::TitleDash,
                "Pipes",
                "Ann Poe",
            ),
            (
                "Keynote: Pipes - Ann Poe",
                Form::TitleDash,
                "Keynote: Pipes",
                "Ann Poe",
            ),
            ("Keynote - Ann Poe", Form::TitleDash, "Keynote", "Ann Poe"),
            (
                "Ann Poe - Pipes - again",
                Form::DashTitle,
                "Pipes - again",
                "Ann Poe",
            ),
            (
                "Keynote - Ann Poe - Pipes",
                Form::DashTitle,
                "Keynote - Pipes",
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
                "Ann Poe @annpoe - Acme - Pipes",
                Form::DashCompanyTitle,
                "Pipes",
                "Ann Poe",
            ),
            (
                "Pipes - Ann Poe - Acme",
                Form::TitleDashCompany,
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
                Form::CommaQuoted,
                "Pipes",
                "Ann Poe",
            ),
            ("“Pipes”, Ann Poe", Form::QuotedComma, "Pipes", "Ann Poe"),
            ("10:30 Ann Poe: Pipes", Form::ColonTitle, "Pipes", "Ann Poe"),
        ] {
            assert_eq!(
                divided(text, form),
                Some((title.to_owned(), speakers.to_owned())),
                "{text}"
            );
        }
        assert_eq!(divided("Pipes — how to run them", Form::TitleDash), None);
        assert_eq!(divided("Day-to-day pipes", Form::TitleDash), None);
        assert_eq!(divided("Ann Poe - Lead Engineer", Form::DashTitle), None);
    }
}
