//! Which lines of a post start its talks.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::candidate::{Candidate, Parent, Shape, is_short};
use super::candidates;
use super::carrier::{Carrier, Post};
use super::furniture::is_furniture;
use super::kinds::{kind_of, told_kind};
use super::names::SURE;
use super::one_talk::title_talk;
use super::outline::Block;
use super::tidy::tidy;
use super::wording::bare;
use crate::model::TalkKind;

/// The lines that start talks, in their order. `is_of_talks` reads whether the text speaks of talks where
/// nothing else says so.
pub(super) fn of(blocks: &[Block], post: Post, is_of_talks: impl FnOnce() -> bool) -> Vec<Carrier> {
    let headings = LazyCell::new(|| candidates::of(blocks, Shape::Heading, post));
    let titled = title_talk(blocks, post, || &headings);
    if !post.of_event && titled.is_none() && is_too_little(blocks, post, || headings.len()) {
        return Vec::new();
    }
    let post = Post {
        of_talks: post.of_talks || titled.is_some() || is_of_talks(),
        ..post
    };
    // Most posts of the world end here, and their headings have not been looked at.
    if !post.of_talks {
        return Vec::new();
    }
    let chosen = of_headings(blocks, &headings, post);
    let others = chosen.iter().filter(|line| line.is_named()).count();
    if let Some(alone) = titled {
        // Another line as high that names a speaker makes the first one of several.
        let own = &blocks[alone.block];
        let fits = |line: &&Candidate| {
            let sure = line.by_form && line.sureness() >= SURE;
            line.level == own.level && line.parent != Parent::Furniture && sure
        };
        let chosen: Vec<&Candidate> = match chosen.is_empty() {
            true => headings.iter().filter(fits).collect(),
            false => chosen,
        };
        let beside = chosen.iter().any(fits);
        if others < 2 && !beside {
            return vec![alone];
        }
        // Notes without a title of their own are called by their first talk.
        let mut carriers: Vec<Carrier> = chosen
            .into_iter()
            .map(|line| carrier(blocks, line, false))
            .collect();
        if carriers.iter().all(|carrier| carrier.block != alone.block) {
            carriers.insert(0, alone);
        }
        return carriers;
    }
    let named = chosen
        .iter()
        .filter(|candidate| candidate.is_named())
        .count();
    let mut best: Option<(usize, Vec<Carrier>)> = None;
    // Where lines without headings cannot carry talks, dividing them all is left out: it is most of the work.
    let may_carry = post.of_event || post.of_talks && headings.is_empty();
    let shapes = [Shape::Bold, Shape::Item, Shape::Plain, Shape::Sentence];
    for shape in shapes.into_iter().filter(|_| may_carry) {
        let lines = candidates::of(blocks, shape, post);
        let spoken = lines.iter().filter(|line| line.is_named()).count();
        let sure = lines.iter().filter(|line| line.sureness() >= SURE).count();
        let enough = if post.of_event {
            spoken >= 2 && (sure > 0 || spoken * 2 >= lines.len())
                || spoken == 1 && sure == 1 && headings.is_empty()
        } else {
            post.of_talks && sure >= 2 && spoken * 3 >= lines.len() * 2 && headings.is_empty()
        };
        if enough && spoken > named && best.as_ref().is_none_or(|(most, _)| spoken > *most) {
            best = Some((spoken, shaped(blocks, shape, &lines, spoken)));
        }
    }
    if let Some((_, carriers)) = best {
        return carriers;
    }
    if !chosen.is_empty() || !post.of_event {
        return chosen
            .into_iter()
            .map(|line| carrier(blocks, line, false))
            .collect();
    }
    if headings.is_empty() {
        let bold = candidates::of(blocks, Shape::Bold, post);
        if bold.len() >= 2 {
            return bold
                .iter()
                .map(|line| carrier(blocks, line, false))
                .collect();
        }
    }
    topics(blocks)
}

/// Whether a post of no event has too few lines for talks, whatever they say: of those two are the least. Asked
/// first, because it costs less than to read the text; of more than one heading it says nothing.
fn is_too_little(blocks: &[Block], post: Post, headings: impl FnOnce() -> usize) -> bool {
    let is_said = |(at, block): &(usize, &Block)| block.is_heading() && Some(*at) != post.title;
    let mut said = blocks.iter().enumerate().filter(is_said);
    match (said.next(), said.next()) {
        (None, _) => !candidates::may_be_lines(blocks),
        (Some((at, _)), None) => candidates::is_surely_one(blocks, post, at) || headings() == 1,
        (Some(_), Some(_)) => false,
    }
}

fn carrier(blocks: &[Block], line: &Candidate, inside: bool) -> Carrier {
    let (title, mut speakers) = match &line.told {
        Some(told) => (told.title.clone(), told.speakers.clone()),
        None => (line.title.clone(), Vec::new()),
    };
    if let (true, Some(people)) = (speakers.is_empty(), &line.prose) {
        speakers.clone_from(&people.names);
    }
    Carrier {
        block: line.at,
        kind: kind_of(blocks, line.at, &title),
        title,
        speakers,
        inside,
    }
}

/// Of lines that are no headings those with speakers, and those that look like them.
fn shaped(blocks: &[Block], shape: Shape, lines: &[Candidate], spoken: usize) -> Vec<Carrier> {
    let most = spoken * 2 >= lines.len();
    let fits = |line: &&Candidate| {
        let follows = blocks[line.at].nested || blocks[line.at].over_list || shape == Shape::Bold;
        let alike = most
            && follows
            && line.title.split_whitespace().count() >= 3
            && shape != Shape::Sentence;
        line.is_named() || alike
    };
    let lines = lines.iter().filter(fits);
    lines
        .map(|line| carrier(blocks, line, shape == Shape::Sentence))
        .collect()
}

/// Among headings those on the level that carries the talks, and those elsewhere that name speakers.
fn of_headings<'c>(blocks: &[Block], lines: &'c [Candidate], post: Post) -> Vec<&'c Candidate> {
    let Some(level) = level(lines, post) else {
        return Vec::new();
    };
    let mut times: HashMap<&str, usize> = HashMap::new();
    for line in lines.iter().filter(|line| !line.is_named()) {
        *times.entry(&line.title).or_default() += 1;
    }
    let here = lines.iter().filter(|line| line.level == level);
    let named = here.clone().filter(|line| line.is_named()).count();
    let habit = named >= 6 && named * 10 >= here.count() * 9;
    let mut chosen: Vec<&Candidate> = Vec::new();
    let mut over_named = vec![false; lines.len()];
    // From the end: whether a line with speakers stands below, deeper, before the next one as high.
    let mut named_at: [bool; 8] = [false; 8];
    for (n, line) in lines.iter().enumerate().rev() {
        let own = usize::from(line.level).min(6);
        over_named[n] = named_at[own + 1..].iter().any(|named| *named);
        named_at[own + 1..].fill(false);
        named_at[own] |= line.is_named();
    }
    for (n, line) in lines.iter().enumerate() {
        let words = line.title.split_whitespace().count();
        let inside = chosen.last().is_some_and(|last| last.level < line.level)
            && line.parent == Parent::Line;
        let fits = if line.is_named() {
            let sure = line.sureness() >= SURE;
            match line.parent {
                Parent::Furniture => sure && line.by_form,
                _ if line.level == level => true,
                _ if inside => {
                    sure && (line.by_form || chosen.last().is_none_or(|last| !last.is_named()))
                }
                _ => sure || line.by_form,
            }
        } else if line.level == level {
            let inner = times
                .get(line.title.as_str())
                .is_some_and(|times| *times > 1);
            let odd = habit && words < 3 && told_kind(&bare(&line.title)).is_none();
            line.parent != Parent::Furniture && !over_named[n] && !inner && !odd
        } else {
            // `### A topic` under `## Open spaces`.
            let group = match line.parent {
                Parent::Group(group) => told_kind(&bare(&blocks[group].text)).is_some(),
                _ => false,
            };
            line.level > level
                && (group && (post.of_event || named >= 2)
                    || post.of_event && named > 0 && matches!(line.parent, Parent::Group(_)))
        };
        if fits {
            chosen.push(line);
        }
    }
    chosen
}

/// The level that carries the talks: the one with the most speakers; without speakers the highest
/// with several lines, if this is of an event at all.
fn level(lines: &[Candidate], post: Post) -> Option<u8> {
    let of_event = post.of_event;
    // `Module 1: Pumps`, `Step 2`: a course.
    let lessons = lines.iter().filter(|line| is_lesson(&line.title)).count();
    if !post.of_talks || lessons >= 2 && lessons * 2 >= lines.len() {
        return None;
    }
    let at = |level: u8| {
        lines
            .iter()
            .filter(move |line| line.level == level && line.parent != Parent::Furniture)
    };
    let named = |level: u8| at(level).filter(|line| line.is_named()).count();
    let sure = |level: u8| at(level).filter(|line| line.sureness() >= SURE).count();
    let best = (1..=6)
        .rev()
        .max_by_key(|&level| (named(level), sure(level)))?;
    let (spoken, certain, all) = (named(best), sure(best), at(best).count());
    if of_event
        && (spoken >= 2 || spoken == 1 && all <= 3 && certain == 1)
        && (certain > 0 || spoken * 2 >= all)
    {
        return Some(best);
    }
    let titled = || {
        let told = at(best).filter_map(|line| line.told.as_ref());
        let words = told.map(|told| told.title.split_whitespace().count());
        // `Treasurer`, `Ansible`: what people are, or make, and no talks; letters of other scripts are words.
        words.sum::<usize>() * 2 >= spoken * 5 || lines.iter().any(|line| !is_spaced(&line.title))
    };
    if spoken >= 2 && certain >= 1 && spoken * 2 >= all && (of_event || titled()) {
        return Some(best);
    }
    let told = |level: u8| at(level).filter(|line| line.prose.is_some()).count();
    let prose = (1..=6).rev().max_by_key(|&level| told(level))?;
    if told(prose) >= 2 && (of_event || told(prose) * 2 >= at(prose).count()) {
        return Some(prose);
    }
    if !of_event {
        return None;
    }
    let mut times: HashMap<&str, usize> = HashMap::new();
    for line in lines {
        *times.entry(&line.title).or_default() += 1;
    }
    let once = |level: u8| {
        at(level).filter(|line| {
            times
                .get(line.title.as_str())
                .is_none_or(|times| *times == 1)
        })
    };
    let words = |level: u8| {
        let all = once(level).count().max(1);
        once(level)
            .map(|line| line.title.split_whitespace().count())
            .sum::<usize>()
            / all
    };
    let outer = (1..=6).find(|&level| once(level).count() >= 2)?;
    let inner = (outer + 1..=6).find(|&level| once(level).count() >= 2 * once(outer).count());
    // Tracks are called by a word, talks by a phrase.
    Some(
        inner
            .filter(|&inner| words(outer) < 3 && words(inner) >= 4)
            .unwrap_or(outer),
    )
}

/// Whether a title is of a script that puts blanks between words.
fn is_spaced(title: &str) -> bool {
    title.chars().all(|c| c < '\u{3000}')
}

fn is_lesson(title: &str) -> bool {
    const WORDS: &[&str] = &[
        "module",
        "lesson",
        "lecture",
        "vorlesung",
        "föreläsning",
        "forelesning",
        "class",
        "week",
        "chapter",
        "step",
        "unit",
        "exercise",
        "lab",
        "modul",
        "lektion",
        "kapitel",
        "schritt",
        "übung",
        "leçon",
        "chapitre",
        "étape",
        "exercice",
        "lección",
        "capítulo",
        "paso",
        "les",
        "hoofdstuk",
        "steg",
    ];
    let said = bare(title);
    let mut words = said.split(' ');
    words.next().is_some_and(|word| WORDS.contains(&word))
        && words
            .next()
            .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// A plain meeting: most of it is short lines over lists, each line a topic; or parts between rules.
fn topics(blocks: &[Block]) -> Vec<Carrier> {
    let rules = blocks
        .iter()
        .filter(|block| block.after_rule && block.is_text())
        .count()
        >= 3;
    let is_line = |block: &Block| {
        (block.over_list || rules && block.after_rule) && block.is_text() && is_short(&block.text)
    };
    let lines = blocks.iter().filter(|block| is_line(block)).count();
    let texts = blocks.iter().filter(|block| block.is_text()).count();
    if lines < 3 || lines * 2 < texts && !rules {
        return Vec::new();
    }
    let topic = |(at, block): (usize, &Block)| {
        let title = tidy(&block.text);
        (is_line(block) && !is_furniture(&block.text) && !title.is_empty()).then_some(Carrier {
            block: at,
            title,
            speakers: Vec::new(),
            kind: TalkKind::Topic,
            inside: false,
        })
    };
    blocks.iter().enumerate().filter_map(topic).collect()
}
