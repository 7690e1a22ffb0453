//! Which lines of a post start its talks.

use super::furniture::{bare, is_furniture};
use super::heading::{Divided, FORMS, Form, divide, speaker_line, tidy};
use super::names::is_labelled;
use super::outline::{Block, BlockKind};
use crate::model::TalkKind;

/// A line that starts a talk.
#[derive(Debug)]
pub(super) struct Carrier {
    /// Where among the blocks.
    pub(super) block: usize,
    pub(super) title: String,
    pub(super) speakers: Vec<String>,
    pub(super) kind: TalkKind,
}

/// No post has more lines that might start talks; what has is no post.
const MOST: usize = 2_000;

/// Words that tell the kind of a talk, in its line or in the heading it stands under.
const KINDS: &[(&str, TalkKind)] = &[
    ("keynote", TalkKind::Keynote),
    ("ignite", TalkKind::Ignite),
    ("lightning talk", TalkKind::Ignite),
    ("pecha kucha", TalkKind::Ignite),
    ("open space", TalkKind::OpenSpace),
    ("open session", TalkKind::OpenSpace),
    ("birds of a feather", TalkKind::OpenSpace),
    ("workshop", TalkKind::Workshop),
    ("tutorial", TalkKind::Workshop),
    ("panel", TalkKind::Panel),
];

/// The lines that start talks, in their order. `of_event`: title or tags say that the post is of an event.
pub(super) fn of(blocks: &[Block], of_event: bool) -> Vec<Carrier> {
    let headings = Candidates::headings(blocks);
    let found = headings.carriers(blocks, of_event);
    if !found.is_empty() {
        return found;
    }
    let bold = Candidates::bold(blocks);
    let found = bold.carriers(blocks, of_event && headings.lines.is_empty());
    if !found.is_empty() || !headings.lines.is_empty() {
        return found;
    }
    if of_event { topics(blocks) } else { Vec::new() }
}

/// Lines of one shape that might start talks.
struct Candidates {
    /// Where among the blocks, and at which level.
    lines: Vec<(usize, u8)>,
}

impl Candidates {
    fn headings(blocks: &[Block]) -> Self {
        let lines = blocks.iter().enumerate();
        let lines = lines.filter(|(_, block)| {
            block.is_heading() && !is_furniture(&block.text) && !is_labelled(&block.text)
        });
        Self {
            lines: lines
                .map(|(at, block)| (at, block.level))
                .take(MOST)
                .collect(),
        }
    }

    fn bold(blocks: &[Block]) -> Self {
        let lines = blocks.iter().enumerate().filter(|(_, block)| {
            block.kind == BlockKind::Text
                && !block.is_heading()
                && block.bold
                && block.text.len() <= 200
                && !block.text.ends_with([':', '.'])
                && !is_furniture(&block.text)
        });
        Self {
            lines: lines.map(|(at, _)| (at, 0)).take(MOST).collect(),
        }
    }

    fn carriers(&self, blocks: &[Block], of_event: bool) -> Vec<Carrier> {
        let form = self.form(blocks);
        let divided: Vec<Option<Divided>> = self
            .lines
            .iter()
            .map(|&(at, _)| divided(blocks, at, form))
            .collect();
        let Some(level) = self.level(&divided, of_event) else {
            return Vec::new();
        };
        let mut carriers = Vec::new();
        for (n, &(at, line_level)) in self.lines.iter().enumerate() {
            let speakers = divided[n].as_ref();
            if speakers.is_none() && (line_level != level || self.is_container(n, &divided)) {
                continue;
            }
            let title =
                speakers.map_or_else(|| tidy(&blocks[at].text), |divided| divided.title.clone());
            if title.is_empty() {
                continue;
            }
            carriers.push(Carrier {
                block: at,
                speakers: speakers
                    .map(|divided| divided.speakers.clone())
                    .unwrap_or_default(),
                kind: kind_of(blocks, at, &title),
                title,
            });
        }
        carriers
    }

    /// The form that divides the most lines, if any divides enough of them to be the post's habit.
    fn form(&self, blocks: &[Block]) -> Option<Form> {
        let count = |form: Form| {
            let fits = |line: &&(usize, u8)| divide(&blocks[line.0], form, false).is_some();
            self.lines.iter().filter(fits).count()
        };
        let mut best = None;
        for form in FORMS {
            let fitting = count(form);
            // Colons belong to titles: they divide speakers off only where nearly every line says so.
            let rare = matches!(
                form,
                Form::ColonTitle | Form::TitleColon | Form::TitleBracket
            );
            let enough = if rare {
                fitting >= 2 && fitting * 3 >= self.lines.len() * 2
            } else {
                fitting > 0
            };
            if enough && best.is_none_or(|(most, _)| fitting > most) {
                best = Some((fitting, form));
            }
        }
        best.map(|(_, form)| form)
    }

    /// The level that carries the talks: the one with the most speakers; without speakers the highest
    /// with several lines, if this is of an event at all.
    fn level(&self, divided: &[Option<Divided>], of_event: bool) -> Option<u8> {
        let lines_at = |level: u8| self.lines.iter().filter(|line| line.1 == level).count();
        let speakers_at = |level: u8| {
            let with = |(line, divided): &(&(usize, u8), &Option<Divided>)| {
                line.1 == level && divided.is_some()
            };
            self.lines.iter().zip(divided).filter(with).count()
        };
        let most = (0..=6).rev().max_by_key(|&level| speakers_at(level))?;
        let spoken = speakers_at(most);
        if spoken >= 2 && (of_event || spoken * 2 >= lines_at(most)) {
            return Some(most);
        }
        // One post, one talk: its title line with the speaker, everything else below.
        let first = self.lines.first().is_some_and(|line| line.1 == most);
        let alone = first && self.lines.iter().skip(1).all(|line| line.1 > most);
        if spoken == 1 && most > 0 && alone {
            return Some(most);
        }
        let several = (0..=6).find(|&level| lines_at(level) >= 2);
        several.filter(|_| of_event)
    }

    /// Whether a line without speakers stands over deeper lines that have them: a day, a track.
    fn is_container(&self, n: usize, divided: &[Option<Divided>]) -> bool {
        let level = self.lines[n].1;
        let below = self.lines[n + 1..].iter().zip(&divided[n + 1..]);
        let mut below = below.take_while(|(line, _)| line.1 > level);
        level > 0 && below.any(|(_, divided)| divided.is_some())
    }
}

/// Divides a line, or takes the speakers from the line below it.
fn divided(blocks: &[Block], at: usize, form: Option<Form>) -> Option<Divided> {
    let own = form.and_then(|form| divide_like(&blocks[at], form));
    own.or_else(|| {
        let title = tidy(&blocks[at].text);
        let speakers = speaker_line(blocks.get(at + 1)?)?;
        (!title.is_empty()).then_some(Divided { title, speakers })
    })
}

/// Divides by the post's form, else by another one with the speakers on the same side.
fn divide_like(block: &Block, form: Form) -> Option<Divided> {
    let alike = |other: &Form| {
        let unsure = matches!(
            other,
            Form::ColonTitle | Form::TitleColon | Form::TitleBracket
        );
        *other != form && !unsure && other.speakers_first() == form.speakers_first()
    };
    let others = FORMS.into_iter().filter(alike);
    divide(block, form, false).or_else(|| {
        others
            .into_iter()
            .find_map(|other| divide(block, other, false))
    })
}

fn kind_of(blocks: &[Block], at: usize, title: &str) -> TalkKind {
    let level = blocks[at].level;
    let above = blocks[..at]
        .iter()
        .rfind(|block| block.is_heading() && block.level < level)
        .map(|block| bare(&block.text));
    let own = bare(&blocks[at].text);
    let title = bare(title);
    let told = |line: &str| {
        KINDS
            .iter()
            .find(|(word, _)| line.starts_with(word) || line.ends_with(word))
    };
    // `Ignites` over talks makes ignites of them; `Keynote speakers` over one does, too.
    let over = above.as_deref().filter(|line| is_furniture(line));
    told(&own)
        .or_else(|| told(&title))
        .or_else(|| over.and_then(told))
        .map_or(TalkKind::Talk, |(_, kind)| *kind)
}

/// A plain meeting: most of it is short lines over lists, each line a topic.
fn topics(blocks: &[Block]) -> Vec<Carrier> {
    let is_line = |block: &Block| {
        block.over_list
            && block.kind == BlockKind::Text
            && block.text.chars().count() <= 150
            && !block.text.ends_with([':', '.', ','])
    };
    let lines = blocks.iter().filter(|block| is_line(block)).count();
    let texts = blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Text)
        .count();
    if lines < 3 || lines * 2 < texts {
        return Vec::new();
    }
    let topic = |(at, block): (usize, &Block)| {
        let title = tidy(&block.text);
        (is_line(block) && !is_furniture(&block.text) && !title.is_empty()).then_some(Carrier {
            block: at,
            title,
            speakers: Vec::new(),
            kind: TalkKind::Topic,
        })
    };
    blocks.iter().enumerate().filter_map(topic).collect()
}
