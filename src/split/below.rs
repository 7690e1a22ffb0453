//! Speakers on lines of their own, below the title.

use super::dividers::Dividers;
use super::furniture::is_furniture;
use super::name_words::is_particle;
use super::names::{LIKELY, People, SURE, is_labelled, is_of_others, people, without_brackets};
use super::outline::{Block, BlockKind};
use super::tables::VERBS;
use super::tidy::{head, is_links};
use super::wording::{bare, on_one_line};

/// Speakers found below a line.
#[derive(Debug, Clone)]
pub(super) struct Below {
    pub(super) people: People,
    /// The last block that names them.
    pub(super) last: usize,
}

/// How many lines of dates, rooms and links may stand before the speakers.
pub(super) const SKIPPED: usize = 3;

/// The speakers, if the first lines below the title are nothing but them: `by Ann Poe`, a linked or
/// emphasized name, `Speaker: Ann Poe (Acme)`, a list of names.
pub(super) fn speakers(blocks: &[Block], at: usize) -> Option<Below> {
    for n in at + 1..=at + SKIPPED {
        let block = blocks.get(n)?;
        let found = match block.kind {
            BlockKind::List => return names_of_list(blocks, n),
            BlockKind::Text if block.is_heading() => {
                let people = heading_of_names(block)?;
                return Some(Below { people, last: n });
            }
            BlockKind::Text => names_of_lines(block),
            BlockKind::Item | BlockKind::Rule | BlockKind::Other => return None,
        };
        match found {
            Found::People(people) => return Some(Below { people, last: n }),
            Found::Nothing => {}
            Found::Prose => return None,
        }
    }
    None
}

/// A heading that names speakers and no talk.
pub(super) fn heading_of_names(block: &Block) -> Option<People> {
    let text = on_one_line(&block.text);
    if is_of_others(&text) {
        return None;
    }
    let handle = text.starts_with('@') && !text.contains(' ');
    if is_labelled(&text) || handle {
        return people(&text, true);
    }
    // `Ann Poe - Pipes at night` names somebody and a talk.
    static SIGNS: Dividers = Dividers::new(&[" - ", " – ", " — ", ": ", " | "]);
    let behind = SIGNS.places(&text).next();
    let behind = behind.map(|(at, sign)| at + sign.len());
    let is_talk = || {
        behind.is_some_and(|at| {
            text[at..].split_whitespace().count() > 2 && people(&text[at..], false).is_none()
        })
    };
    line_of_names(&text, true).filter(|people| people.sureness >= SURE && !is_talk())
}

/// Speakers that a sentence begins with: `[Ann Poe](..) talked about ..`.
pub(super) fn in_prose(block: &Block) -> Option<People> {
    if !block.is_text() {
        return None;
    }
    let text = block.text.as_str();
    let words: Vec<&str> = text.split_whitespace().take(9).collect();
    let verb = words
        .iter()
        .position(|word| word.starts_with(char::is_lowercase) && VERBS.has(&bare(word)))?;
    let name = words[..verb].join(" ");
    // `Ann Poe's presentation showed ..`
    let name = ["'s", "’s"]
        .iter()
        .filter_map(|of| Some(name.split_once(of)?.0))
        .min_by_key(|name| name.len())
        .unwrap_or(&name);
    let linked = block.styled.first().is_some_and(|styled| styled.start == 0);
    let found = people(name, false)?;
    (verb <= 8 && (found.sureness >= SURE || linked)).then_some(found)
}

enum Found {
    People(People),
    /// Nothing that speaks for or against: a date, links.
    Nothing,
    Prose,
}

fn names_of_lines(block: &Block) -> Found {
    let styled = block.styled.first().is_some_and(|styled| styled.start == 0);
    let mut all: Option<People> = None;
    for (n, line) in block.text.lines().enumerate() {
        let line = line.trim_start_matches(['|', '-', '–', '—', '~', '•', '*', ' ']);
        let line = &line[head(line)..];
        if n > 8 || is_of_others(line) {
            break;
        }
        let found = if all.is_none() {
            line_of_names(line, styled)
        } else {
            line_of_names(line, false).filter(|people| {
                people.sureness >= SURE || block.text.lines().all(|line| line.starts_with('|'))
            })
        };
        match (found, &mut all) {
            (Some(found), None) => all = Some(found),
            (Some(found), Some(all)) => all.names.extend(found.names),
            (None, None) if is_aside(line) || n == 0 && is_caption(block, line) => {}
            (None, None) => return Found::Prose,
            (None, Some(_)) => break,
        }
    }
    all.map_or(Found::Nothing, Found::People)
}

/// The words that stand for a picture that is not there, with names set off below them.
fn is_caption(block: &Block, line: &str) -> bool {
    let rest = block.text.get(line.len() + 1..).unwrap_or_default();
    let set_off = block
        .styled
        .iter()
        .any(|styled| styled.start == line.len() + 1);
    let next = rest.lines().next().unwrap_or_default();
    set_off
        && line.split_whitespace().count() <= 6
        && line_of_names(next, true).is_some_and(|people| people.sureness >= SURE)
}

/// A date, a time, a room, links to slides.
fn is_aside(line: &str) -> bool {
    const LABELS: &[&str] = &[
        "when", "where", "date", "time", "room", "track", "level", "duration",
    ];
    let labelled = || {
        let (label, _) = line.split_once(':')?;
        let label = bare(label);
        Some(is_links(&label) || LABELS.contains(&&*label))
    };
    is_links(line) || line.len() < 60 && is_furniture(line) || labelled().unwrap_or_default()
}

/// A line that is names, with jobs and companies at most. `set_off`: it is styled or a heading.
pub(super) fn line_of_names(line: &str, set_off: bool) -> Option<People> {
    if line.is_empty() || line.len() > 200 || is_of_others(line) {
        return None;
    }
    if is_labelled(line) && line.contains([':', '：']) {
        return people(line, true).map(|people| People {
            sureness: SURE,
            ..people
        });
    }
    let labelled = is_labelled(line);
    let shortened = ["c.", "r.", "Ltd.", "Corp.", "Co.", "e.V.", "S.A."];
    if line.ends_with(['.', ':', '?', '!']) && !shortened.iter().any(|end| line.ends_with(end)) {
        return None;
    }
    let words = line.split_whitespace().count();
    let small = line
        .split_whitespace()
        .filter(|word| {
            word.starts_with(char::is_lowercase)
                && !is_particle(word)
                && ![
                    "and", "at", "of", "from", "by", "och", "und", "og", "et", "en", "for", "the",
                    "bei", "med",
                ]
                .contains(word)
        })
        .count();
    if words > 16 || small > 2 {
        return None;
    }
    let handle = line.starts_with('@') && words == 1;
    // `by Zags`: a name of one word, where nothing else stands on the line.
    let byline = labelled && words <= 3 && small == 0;
    let found = people(line, handle || byline)?;
    let short = words <= 4 && small == 0 || is_nothing_but(line, &found.names);
    let plain = line.contains(['@', '(', ',', '|']);
    let fits = found.sureness >= SURE && (small == 0 || plain || labelled || set_off)
        || found.sureness >= LIKELY && (short || labelled || set_off && (plain || small == 0));
    fits.then_some(found)
}

/// Whether a line is several whole names, companies in brackets at most.
fn is_nothing_but(line: &str, names: &[String]) -> bool {
    let of_names = |word: &str| {
        let word = word.trim_matches([',', ';', '.', '/']);
        ["", "and", "&", "und", "och", "og", "et", "y"].contains(&word)
            || names.iter().any(|name| {
                name.split(' ')
                    .any(|part| part.trim_end_matches('.') == word)
            })
    };
    names.iter().all(|name| name.contains(' '))
        && without_brackets(line).split_whitespace().all(of_names)
}

/// A list of nothing but names.
fn names_of_list(blocks: &[Block], at: usize) -> Option<Below> {
    let items: Vec<&Block> = blocks[at + 1..]
        .iter()
        .take_while(|block| block.kind == BlockKind::Item)
        .take(9)
        .collect();
    if items.is_empty() || items.len() > 8 {
        return None;
    }
    let mut all: Option<People> = None;
    for item in &items {
        if item.nested {
            return None;
        }
        if all.is_some() && is_of_others(&item.text) {
            continue;
        }
        let found = line_of_names(&item.text, false);
        let aside = is_aside(&item.text)
            || item
                .text
                .char_indices()
                .take(20)
                .any(|(_, c)| matches!(c, ':' | '：'));
        let found = found.or_else(|| all.as_ref().filter(|_| aside).cloned());
        let found = found?;
        match &mut all {
            Some(all) => {
                all.sureness = all.sureness.max(found.sureness);
                for name in found.names {
                    if !all.names.contains(&name) {
                        all.names.push(name);
                    }
                }
            }
            None => all = Some(found),
        }
    }
    let people = all.filter(|people| people.sureness >= SURE)?;
    Some(Below {
        people,
        last: at + items.len(),
    })
}
