//! Paragraphs that open with a title and who spoke.

use super::candidate::{Candidate, Parent};
use super::furniture::{Sort, sort};
use super::heading::Line;
use super::names::{People, SURE, people};
use super::outline::{Block, BlockKind};
use super::tables::VERBS;
use super::tidy::tidy;
use super::wording::bare;

/// A paragraph that opens with a title and who spoke.
pub(super) fn sentence(blocks: &[Block], at: usize, parent: Parent) -> Option<Candidate> {
    let block = &blocks[at];
    if !matches!(block.kind, BlockKind::Text | BlockKind::Item) || block.bold {
        return None;
    }
    let text = block.text.as_str();
    let (title, rest) = if let Some(lead) = block.styled.first().filter(|styled| styled.start == 0)
    {
        (&text[lead.clone()], &text[lead.end..])
    } else {
        let (open, close) = [('“', '”'), ('"', '"'), ('„', '“'), ('«', '»')]
            .into_iter()
            .find(|(open, _)| text.starts_with(*open))?;
        let to = text[open.len_utf8()..].find(close)? + open.len_utf8();
        (&text[open.len_utf8()..to], &text[to + close.len_utf8()..])
    };
    if title.chars().count() > 150 || title.contains('\n') || sort(title) != Sort::Open {
        return None;
    }
    let rest = rest.trim_start_matches([':', '.', ',', '-', '–', '—', '|', '(', '/', ' ', '\n']);
    let mut candidate = Candidate::new(blocks, at, parent);
    candidate.title = tidy(title.trim_end_matches(['.', ':']));
    if let Some(people) = names_at_start(rest) {
        candidate.tell(candidate.title.clone(), people);
        return Some(candidate);
    }
    // The line itself may hold both: `**Queues - Ann Poe.** She ..`
    let line = Block {
        text: title.trim_end_matches(['.', ':']).to_owned(),
        ..Block::default()
    };
    candidate.line = Line::of(&line);
    Some(candidate)
}

/// Names that a sentence begins with, up to its verb, its end, or a company.
fn names_at_start(text: &str) -> Option<People> {
    let by = ["by ", "von ", "av ", "par ", "door ", "with "]
        .iter()
        .find_map(|by| text.strip_prefix(by));
    let from = by.unwrap_or(text);
    let mut end = 0;
    for word in from.split_inclusive([' ', '\n']).take(14) {
        let bare = word.trim();
        let joins = [
            "and", "&", "och", "und", "og", "et", "en", "van", "von", "de", "der", "den", "da",
            "di", "la", "le", "el",
        ]
        .contains(&bare);
        if !joins && !bare.starts_with(char::is_uppercase) {
            break;
        }
        end += word.len();
        let initial = bare.len() == 2 && bare.ends_with('.');
        if bare.ends_with(['.', ':', ';', ')', '(']) && !initial && !bare.ends_with("Dr.") {
            break;
        }
    }
    let names = from[..end]
        .trim()
        .trim_end_matches(['.', ':', ';', ')', ',', '-', '–']);
    let found = people(names, false)?;
    let behind = from[end..].split_whitespace().next().unwrap_or_default();
    let told = by.is_some()
        || ["of", "from", "at", "@", "("].contains(&behind)
        || VERBS.has(&bare(behind));
    (found.sureness >= SURE || told).then_some(found)
}
