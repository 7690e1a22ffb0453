//! A post that is one talk, called by its title.

use super::below;
use super::candidate::Candidate;
use super::carrier::{Carrier, Post};
use super::heading::{Divided, FORMS, Form, Line, divide};
use super::kinds::kind_of;
use super::names::{SURE, is_labelled};
use super::outline::Block;
use super::talkish::is_talkish;
use super::tidy::tidy;
use super::wording::bare;

/// The talk that the post's title names: with its speaker, or with the speaker on the line below. Where
/// the title says nothing, the heading that stands over all others may.
pub(super) fn title_talk(blocks: &[Block], post: Post, headings: &[Candidate]) -> Option<Carrier> {
    if post.titled_by_event {
        return None;
    }
    let first = headings
        .first()
        .filter(|first| headings[1..].iter().all(|line| line.level > first.level));
    let first = first.map(|first| first.at).filter(|&at| {
        blocks[..at]
            .iter()
            .all(|block| block.range.is_empty() || !block.is_heading())
    });
    post.title
        .and_then(|at| talk_at(blocks, post, at))
        .or_else(|| talk_at(blocks, post, first?))
}

fn talk_at(blocks: &[Block], post: Post, at: usize) -> Option<Carrier> {
    let block = &blocks[at];
    let line = Line::of(block);
    let talkish = post.of_event || is_talkish(&blocks[at + 1..], 5);
    let forms = FORMS.into_iter().filter(|form| {
        !form.is_rare() && (*form != Form::TitleBy || talkish) || *form == Form::ColonTitle
    });
    let divided = forms
        .filter_map(|form| divide(&line, form, false))
        .filter(|divided| divided.sureness >= SURE || talkish && !post.of_event)
        .max_by_key(|divided| divided.sureness);
    let told = divided.or_else(|| {
        let below = below::speakers(blocks, at)?;
        let said = &blocks[below.last].text;
        let byline = is_labelled(said)
            && ["by", "author", "written", "von", "av"]
                .iter()
                .any(|by| bare(said).starts_with(by));
        let speaker = is_labelled(said) && !byline;
        let fits = speaker || talkish || below.people.sureness >= SURE && !byline;
        let title = tidy(&line.text);
        (fits && !title.is_empty()).then_some(Divided {
            title,
            speakers: below.people.names,
            sureness: below.people.sureness,
        })
    })?;
    Some(Carrier {
        block: at,
        kind: kind_of(blocks, at, &told.title),
        title: told.title,
        speakers: told.speakers,
        inside: false,
    })
}
