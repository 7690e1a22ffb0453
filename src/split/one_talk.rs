//! A post that is one talk, called by its title.

use std::cell::LazyCell;

use super::below;
use super::candidate::Candidate;
use super::candidates;
use super::carrier::{Carrier, Post};
use super::event::names_one;
use super::heading::{Divided, FORMS, Form, Line, divide};
use super::kinds::kind_of;
use super::names::{SURE, is_labelled};
use super::outline::Block;
use super::tables::TITLE_STARTS;
use super::talkish::is_talkish;
use super::tidy::tidy;
use super::wording::bare;

/// The talk that the post's title names: with its speaker, or with the speaker on the line below. Where
/// the title says nothing, the heading that stands over all others may. `headings` is asked for last: to list
/// them is most of the work.
pub(super) fn title_talk<'c>(
    blocks: &[Block],
    post: Post,
    headings: impl FnOnce() -> &'c [Candidate],
) -> Option<Carrier> {
    if post.titled_by_event {
        // `Pipes at night (Ann Poe, QueueConf)` is a talk and names its event.
        let told = talk_at(blocks, post, post.title?)?;
        let whole = tidy(&Line::of(&blocks[told.block]).text);
        let own = told.title.split_whitespace().count() >= 2 && !names_one(&told.title);
        return (own && told.title != whole).then_some(told);
    }
    let titled = post.title.and_then(|at| talk_at(blocks, post, at));
    titled.or_else(|| {
        let is_said = |block: &Block| block.is_heading() && !block.range.is_empty();
        let first = blocks.iter().position(is_said)?;
        if has_one_as_high(blocks, post, first) {
            return None;
        }
        let told = talk_at(blocks, post, first)?;
        let (outer, others) = headings().split_first()?;
        let stands_over = others.iter().all(|line| line.level > outer.level);
        (outer.at == first && stands_over).then_some(told)
    })
}

/// Whether another heading surely is as high as this one, so that it does not stand over all others. Of most posts
/// this is told by the next one or two.
fn has_one_as_high(blocks: &[Block], post: Post, at: usize) -> bool {
    let level = blocks[at].level;
    let mut headings = (at + 1..blocks.len()).filter(|&other| blocks[other].is_heading());
    headings.any(|other| {
        blocks[other].level <= level
            && Some(other) != post.title
            && candidates::is_surely_one(blocks, post, other)
    })
}

fn talk_at(blocks: &[Block], post: Post, at: usize) -> Option<Carrier> {
    let block = &blocks[at];
    let line = Line::of(block);
    let talkish = LazyCell::new(|| post.of_event || is_talkish(&blocks[at + 1..], 5));
    let forms = FORMS
        .into_iter()
        .filter(|form| !form.is_rare() || *form == Form::ColonTitle);
    let divided = forms
        .filter_map(|form| Some((form, divide(&line, form, false)?)))
        .filter(|(form, _)| *form != Form::TitleBy || *talkish)
        .map(|(_, divided)| divided)
        .filter(|divided| divided.sureness >= SURE || *talkish && !post.of_event)
        .max_by_key(|divided| divided.sureness);
    let told = divided.or_else(|| {
        let below =
            below::speakers(blocks, at).filter(|below| !is_one_of_many(blocks, below.last))?;
        // `Date: ..` may stand on the line before.
        let block = &blocks[below.last].text;
        let said = block
            .lines()
            .find(|line| is_labelled(line))
            .unwrap_or(block);
        let byline = is_labelled(said)
            && ["by", "author", "written", "von", "av"]
                .iter()
                .any(|by| bare(said).starts_with(by));
        let speaker = is_labelled(said) && !byline;
        let fits = speaker || *talkish || below.people.sureness >= SURE && !byline;
        let title = tidy(&line.text);
        (fits && !title.is_empty()).then_some(Divided {
            title,
            speakers: below.people.names,
            sureness: below.people.sureness,
        })
    })?;
    let title = without_notes(&told.title);
    Some(Carrier {
        block: at,
        kind: kind_of(blocks, at, &title),
        title,
        speakers: told.speakers,
        inside: false,
    })
}

/// Whether a heading that names somebody is followed by others that do: a list of people.
fn is_one_of_many(blocks: &[Block], at: usize) -> bool {
    let own = &blocks[at];
    let names = |block: &Block| below::heading_of_names(block).is_some();
    let mut others = blocks[at + 1..]
        .iter()
        .filter(|block| block.level == own.level);
    own.is_heading() && others.any(names)
}

/// `Notes on “Pipes at night”` without what says that they are notes.
fn without_notes(title: &str) -> String {
    let lower = title.to_lowercase();
    let behind = TITLE_STARTS.iter().find_map(|start| {
        let rest = lower.strip_prefix(start)?;
        let said = lower.len() == title.len() && bare(start).split(' ').any(is_of_notes);
        let rest = rest.strip_prefix(':').map_or(rest, str::trim_start);
        let at = title.len() - rest.trim_start().len();
        let quoted = title[at..].starts_with(['"', '“', '„', '«', '‘']);
        (said && (quoted || title[..at].trim_end().ends_with(':'))).then(|| tidy(&title[at..]))
    });
    behind
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| title.to_owned())
}

fn is_of_notes(word: &str) -> bool {
    [
        "notes",
        "summary",
        "review",
        "recap",
        "thoughts",
        "takeaways",
        "notizen",
        "zusammenfassung",
        "anteckningar",
        "notater",
        "noter",
        "liveblog",
        "report",
    ]
    .contains(&word)
}
