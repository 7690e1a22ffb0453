//! BibTeX: plain ASCII where LaTeX has a command, braces balanced whatever the text says.

use std::io::{self, Write};

use unicode_normalization::UnicodeNormalization;

use super::citation::{Citation, Date, Name};
use crate::model::{ArchivedEntry, Talk};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Writes a talk, or without one the entry. Every style knows `@misc`; a style that knows more finds
/// `eventtitle` and `urldate`.
pub(crate) fn bibtex(
    archived: &ArchivedEntry,
    talk: Option<&Talk>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let citation = Citation::of(archived, talk);
    let authors: Vec<String> = citation.authors.iter().map(|name| author(name)).collect();
    let mut fields = vec![
        ("author", braced(&authors.join(" and "))),
        // Twice, so that no style changes its capitals.
        ("title", braced(&braced(&latex(&citation.title)))),
    ];
    fields.push(("howpublished", optional(citation.occasion().as_deref())));
    if citation.is_talk {
        fields.push(("eventtitle", optional(citation.event)));
        fields.push(("venue", optional(citation.place.as_deref())));
    }
    fields.push((
        "journal",
        optional(Some(citation.feed.as_str()).filter(|_| !citation.is_talk)),
    ));
    match citation.date {
        Some(Date::Year(year)) => fields.push(("year", braced(&year.to_string()))),
        Some(Date::Day(year, month, day)) => {
            fields.push(("year", braced(&year.to_string())));
            let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
            fields.push(("month", month.to_owned()));
            fields.push(("day", braced(&day.to_string())));
        }
        None => {}
    }
    fields.push((
        "url",
        citation.url.as_deref().map(address).unwrap_or_default(),
    ));
    let seen = citation.seen.format("%Y-%m-%d").to_string();
    fields.push(("urldate", braced(&seen)));
    let feed = Some(citation.feed.as_str()).filter(|_| citation.is_talk);
    let note: Vec<String> = citation
        .notes_by()
        .into_iter()
        .chain(feed.map(str::to_owned))
        .collect();
    fields.push(("note", optional(Some(note.join(", ").as_str()))));
    fields.retain(|(_, value)| !matches!(value.as_str(), "" | "{}" | "{{}}"));
    writeln!(out, "@misc{{{},", citation.key)?;
    for (name, value) in fields {
        writeln!(out, "  {name} = {value},")?;
    }
    writeln!(out, "}}")
}

fn braced(text: &str) -> String {
    format!("{{{text}}}")
}

fn optional(text: Option<&str>) -> String {
    text.map(|text| braced(&latex(text))).unwrap_or_default()
}

/// BibTeX takes names apart at commas and `and`; what is no person's name is kept from it by braces.
fn author(name: &str) -> String {
    match Name::of(name) {
        Name::Person {
            given,
            particle,
            family,
        } => {
            let particle = particle.map(|words| format!("{} ", latex(&words)));
            format!(
                "{}{}, {}",
                particle.unwrap_or_default(),
                latex(&family),
                latex(&given)
            )
        }
        Name::Whole(name) => braced(&latex(&name)),
    }
}

/// An address as it stands, without what would end the field.
fn address(url: &str) -> String {
    let mut plain = String::with_capacity(url.len() + 2);
    for character in url.chars() {
        match character {
            '{' => plain.push_str("%7B"),
            '}' => plain.push_str("%7D"),
            '\\' => plain.push_str("%5C"),
            character if character.is_whitespace() || character.is_control() => {}
            character => plain.push(character),
        }
    }
    braced(&plain)
}

/// Text for LaTeX. Escaped braces count as braces in BibTeX, so they are commands here.
fn latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // Composed first, so that a letter and its accent are found together in any spelling.
    for character in text.nfc() {
        if let Some(command) = command(character) {
            out.push_str(command);
        } else if character.is_ascii() || !character.is_alphabetic() {
            push_plain(&mut out, character);
        } else {
            out.push_str(&accented(character));
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_plain(out: &mut String, character: char) {
    match character {
        '&' | '%' | '$' | '#' | '_' => {
            out.push('\\');
            out.push(character);
        }
        character if character.is_control() => out.push(' '),
        character => out.push(character),
    }
}

fn command(character: char) -> Option<&'static str> {
    Some(match character {
        '{' => "{\\textbraceleft}",
        '}' => "{\\textbraceright}",
        '\\' => "{\\textbackslash}",
        '~' => "{\\textasciitilde}",
        '^' => "{\\textasciicircum}",
        '<' => "{\\textless}",
        '>' => "{\\textgreater}",
        '|' => "{\\textbar}",
        '"' => "{\\textquotedbl}",
        'ß' => "{\\ss}",
        'æ' => "{\\ae}",
        'Æ' => "{\\AE}",
        'œ' => "{\\oe}",
        'Œ' => "{\\OE}",
        'ø' => "{\\o}",
        'Ø' => "{\\O}",
        'å' => "{\\aa}",
        'Å' => "{\\AA}",
        'ł' => "{\\l}",
        'Ł' => "{\\L}",
        'đ' => "{\\dj}",
        'Đ' => "{\\DJ}",
        'ð' => "{\\dh}",
        'þ' => "{\\th}",
        'Þ' => "{\\TH}",
        'ı' => "{\\i}",
        '–' => "--",
        '—' => "---",
        '‘' => "`",
        '’' => "'",
        '“' => "``",
        '”' => "''",
        '„' => "{\\quotedblbase}",
        '«' => "{\\guillemotleft}",
        '»' => "{\\guillemotright}",
        '…' => "{\\ldots}",
        '€' => "{\\texteuro}",
        '£' => "{\\pounds}",
        '§' => "{\\S}",
        '©' => "{\\copyright}",
        '°' => "{\\textdegree}",
        '\u{a0}' => "~",
        _ => return None,
    })
}

/// `{\'e}` for a Latin letter with an accent that LaTeX has a command for; other scripts stay.
fn accented(character: char) -> String {
    let mut parts = std::iter::once(character).nfd();
    let (base, accent, more) = (parts.next(), parts.next(), parts.next());
    let (Some(base), Some(accent), None) = (base, accent, more) else {
        return character.to_string();
    };
    let command = match accent {
        '\u{300}' => "`",
        '\u{301}' => "'",
        '\u{302}' => "^",
        '\u{303}' => "~",
        '\u{304}' => "=",
        '\u{306}' => "u ",
        '\u{307}' => ".",
        '\u{308}' => "\"",
        '\u{30a}' => "r ",
        '\u{30b}' => "H ",
        '\u{30c}' => "v ",
        '\u{323}' => "d ",
        '\u{327}' => "c ",
        '\u{328}' => "k ",
        '\u{331}' => "b ",
        _ => return character.to_string(),
    };
    if base.is_ascii_alphabetic() {
        // The dot of i and j goes for the accent.
        let letter = match (base, accent < '\u{320}') {
            ('i', true) => "\\i".to_owned(),
            ('j', true) => "\\j".to_owned(),
            _ => base.to_string(),
        };
        format!("{{\\{command}{letter}}}")
    } else {
        character.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn text_is_escaped_and_braces_stay_balanced() {
        for (text, expected) in [
            ("50% of R&D: #1_a $x", "50\\% of R\\&D: \\#1\\_a \\$x"),
            (
                "Åsa Öberg, José, Łukasz, Çelik, Đorđe",
                "{\\AA}sa {\\\"O}berg, Jos{\\'e}, {\\L}ukasz, {\\c C}elik, {\\DJ}or{\\dj}e",
            ),
            ("naïve A\u{301}", "na{\\\"\\i}ve {\\'A}"),
            (
                "{a}}\\~^",
                "{\\textbraceleft}a{\\textbraceright}{\\textbraceright}{\\textbackslash}{\\textasciitilde}{\\textasciicircum}",
            ),
            ("“a” – b…\n c", "``a'' -- b{\\ldots} c"),
            ("会議 Привет é", "会議 Привет {\\'e}"),
            ("Nguyễn", "Nguyễn"),
        ] {
            let escaped = latex(text);
            assert_eq!(escaped, expected);
            let depth = escaped.chars().try_fold(0_i32, |depth, c| match c {
                '{' => Some(depth + 1),
                '}' if depth == 0 => None,
                '}' => Some(depth - 1),
                _ => Some(depth),
            });
            assert_eq!(depth, Some(0), "{escaped}");
        }
    }

    #[test]
    fn a_talk_and_a_post_have_all_their_fields() {
        let mut entry = samples::conference();
        entry.entry.talks[1]
            .speakers
            .push("Poe, Ray and Sons".into());
        let mut out = Vec::new();
        bibtex(&entry, Some(&entry.entry.talks[1]), &mut out).unwrap();
        let talk = String::from_utf8(out).unwrap();
        let (head, fields) = talk.split_once('\n').unwrap();
        assert!(
            head.starts_with("@misc{sample2019-") && head.ends_with(','),
            "{head}"
        );
        assert_eq!(
            fields,
            "  author = {Sample, Bob and {\\\"O}berg, {\\AA}sa and {Poe, Ray and Sons}},
  title = {{Chaos for small teams}},
  howpublished = {Talk at DevOpsDays Ghent 2019},
  eventtitle = {DevOpsDays Ghent 2019},
  venue = {Ghent},
  year = {2019},
  month = oct,
  day = {30},
  url = {https://notes.example/ghent#chaos},
  urldate = {2020-01-02},
  note = {Notes by Vera Visitor, Notes of a Visitor},
}
"
        );
        let mut out = Vec::new();
        bibtex(&samples::short(), None, &mut out).unwrap();
        let post = String::from_utf8(out).unwrap();
        assert!(
            post.contains("  title = {{Runbooks}},\n  journal = {Ops log},\n  url ="),
            "{post}"
        );
        assert!(!post.contains("author") && !post.contains("year"), "{post}");
    }
}
