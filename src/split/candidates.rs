//! Lines of one shape that might start talks: headings, bold paragraphs, list items, plain lines, lead-ins.

use std::cell::OnceCell;

use super::below::{self, line_of_names};
use super::candidate::{Candidate, Parent, Shape, is_short};
use super::carrier::Post;
use super::dates;
use super::dividers::Dividers;
use super::event;
use super::furniture::{Sort, sort};
use super::habit::divide_all;
use super::heading::Line;
use super::kinds::told_kind;
use super::names::{People, SURE, is_labelled, is_of_others, people};
use super::outline::{Block, BlockKind};
use super::sentence::sentence;
use super::tidy::{is_links, tidy};
use super::wording::bare;

/// No post has more lines that might start talks; what has is no post.
const MOST: usize = 2_000;

/// All lines of one shape, divided in the form they share.
pub(super) fn of(blocks: &[Block], shape: Shape, post: Post) -> Vec<Candidate> {
    let mut candidates = match shape {
        Shape::Heading => headings(blocks, post),
        _ => lines(blocks, shape),
    };
    candidates.retain(|candidate| !candidate.title.is_empty());
    divide_all(&mut candidates);
    if !post.of_event {
        // Headings that are names and nothing else list people, unless talks were heard.
        for candidate in &mut candidates {
            if candidate.is_name_alone() {
                candidate.told = None;
            }
        }
    }
    candidates
}

/// What is asked of a line more than once, while the headings around it are looked at.
struct Lines<'b> {
    blocks: &'b [Block],
    sorts: Vec<OnceCell<Sort>>,
    names: Vec<OnceCell<Option<People>>>,
}

impl<'b> Lines<'b> {
    fn of(blocks: &'b [Block]) -> Self {
        Self {
            blocks,
            sorts: vec![OnceCell::new(); blocks.len()],
            names: vec![OnceCell::new(); blocks.len()],
        }
    }

    fn sort(&self, at: usize) -> Sort {
        *self.sorts[at].get_or_init(|| sort(&self.blocks[at].text))
    }

    /// The speakers, if the line names them and no talk.
    fn names(&self, at: usize) -> Option<&People> {
        let names = &self.names[at];
        names
            .get_or_init(|| below::heading_of_names(&self.blocks[at]))
            .as_ref()
    }
}

fn headings(blocks: &[Block], post: Post) -> Vec<Candidate> {
    if !blocks.iter().any(Block::is_heading) {
        return Vec::new();
    }
    let lines = &Lines::of(blocks);
    let reversed = names_stand_above(lines);
    let mut found: Vec<Candidate> = Vec::new();
    let mut open: Vec<(u8, Parent)> = Vec::new();
    let mut next = 0;
    while next < blocks.len() && found.len() < MOST {
        let at = next;
        next += 1;
        let block = &blocks[at];
        if !block.is_heading() || Some(at) == post.title {
            continue;
        }
        open.retain(|(level, _)| *level < block.level);
        let above = open.last().map_or(Parent::Nothing, |(_, parent)| *parent);
        let sort = match lines.sort(at) {
            Sort::Open if is_container(lines, at) => Sort::Group,
            sort => sort,
        };
        let own = match sort {
            Sort::Open => Parent::Line,
            Sort::Group if above == Parent::Furniture => Parent::Furniture,
            Sort::Group => Parent::Group(at),
            // A list of contents is over when the next heading comes, whatever its level.
            Sort::Furniture if is_contents(&block.text) => above,
            Sort::Furniture => Parent::Furniture,
        };
        open.push((block.level, own));
        if sort != Sort::Open {
            found.extend(below_time(blocks, at, above));
            found.extend(panel(blocks, at, above));
            continue;
        }
        let mut candidate = Candidate::new(blocks, at, above);
        if let Some(kind) = kind_by(&block.text) {
            if let Some(people) = kind.people {
                candidate.tell(kind.title, people);
            }
            found.push(candidate);
            continue;
        }
        let names = lines.names(at).cloned().or_else(|| {
            let likely = reversed && !block.text.contains([':', '?', '!']);
            let title = likely.then(|| title_below(lines, at)).flatten();
            title.filter(|&title| people(&blocks[title].text, false).is_none())?;
            people(&block.text, false)
        });
        if let Some(people) = names {
            if let Some(end) = title_below(lines, at) {
                candidate.tell(tidy(&blocks[end].text), people);
                next = end + 1;
            } else if is_labelled(&block.text) {
                continue;
            } else {
                candidate.tell(candidate.title.clone(), people);
            }
        } else if let Some((title, people)) = own_lines(block) {
            candidate.tell(title, people);
        } else if let Some(below) = below::speakers(blocks, at)
            && fits_below(blocks, at, below.last)
        {
            candidate.tell(candidate.title.clone(), below.people);
            next = if blocks[below.last].is_heading() {
                below.last + 1
            } else {
                next
            };
        }
        found.push(candidate);
    }
    names_alone(&mut found);
    found
}

/// Whether [`of`] lists a heading, whatever stands around it; says no too often.
pub(super) fn is_surely_one(blocks: &[Block], post: Post, at: usize) -> bool {
    let block = &blocks[at];
    let next = blocks[at + 1..].iter().find(|block| block.is_heading());
    // Others take the lines right below them for their own, and have deeper ones for their parts.
    let mut near = at.saturating_sub(below::SKIPPED)..at;
    let apart = near.all(|near| !blocks[near].is_heading() || Some(near) == post.title);
    apart
        && blocks.len() <= MOST / 2
        && next.is_none_or(|next| next.level <= block.level)
        && !is_labelled(&block.text)
        && sort(&block.text) == Sort::Open
        && !tidy(&Line::of(block).text).is_empty()
}

struct KindBy {
    title: String,
    people: Option<People>,
}

/// `Keynote by Ann Poe`, `Closing keynote by Ann Poe: Pipes at night`.
fn kind_by(text: &str) -> Option<KindBy> {
    static BY: Dividers =
        Dividers::new(&[" by ", " from ", " par ", " von ", " av ", " door ", " de "]);
    let (at, by) = BY.places(text).next()?;
    let kind = text[..at].trim();
    let short = kind.split_whitespace().count() <= 2 && told_kind(&bare(kind)).is_some();
    if !short {
        return None;
    }
    let rest = &text[at + by.len()..];
    let (names, title) = match rest.split_once(": ") {
        Some((names, title)) => (names, format!("{kind}: {title}")),
        None => (rest, kind.to_owned()),
    };
    let people = people(names, false);
    let title = if people.is_some() {
        tidy(&title)
    } else {
        tidy(text)
    };
    Some(KindBy { title, people })
}

fn is_contents(line: &str) -> bool {
    [
        "contents",
        "table of contents",
        "toc",
        "index",
        "inhalt",
        "sommaire",
        "índice",
    ]
    .contains(&&*bare(line))
}

/// Food and drink between talks.
fn is_break(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "lunch",
        "break",
        "coffee",
        "refreshments",
        "breakfast",
        "tea",
        "pause",
        "mittag",
        "fika",
    ];
    bare(line).split(' ').any(|word| WORDS.contains(&word))
}

/// Whether the post puts the speaker in the heading and the title below it.
fn names_stand_above(lines: &Lines) -> bool {
    let above = |at: &usize| lines.names(*at).is_some() && title_below(lines, *at).is_some();
    let blocks = lines.blocks;
    let headings = (0..blocks.len()).filter(|&at| blocks[at].is_heading());
    headings.take(MOST).filter(above).take(2).count() == 2
}

/// A heading that names a day or an event and has several others right below: a part of the post.
fn is_container(lines: &Lines, at: usize) -> bool {
    let own = &lines.blocks[at];
    let below = (lines.blocks.iter().enumerate().skip(at + 1))
        .filter(|(_, block)| block.is_heading())
        .take_while(|(_, block)| block.level > own.level)
        .filter(|(n, block)| block.level == own.level + 1 && lines.sort(*n) == Sort::Open)
        .take(2)
        .count();
    static SIGNS: Dividers = Dividers::new(&[" - ", " – ", " — ", " by "]);
    let titled = SIGNS.is_in(&own.text);
    below == 2 && (dates::has_day(&own.text) || !titled && event::names_one(&own.text))
}

/// A panel that is called nothing else, with the people on it below.
fn panel(blocks: &[Block], at: usize, parent: Parent) -> Option<Candidate> {
    let line = bare(&blocks[at].text);
    let alone = ["panel", "panel discussion", "the panel", "fireside chat"].contains(&&*line);
    let people = below::speakers(blocks, at).filter(|_| alone)?.people;
    let mut candidate = Candidate::new(blocks, at, parent);
    candidate.tell(candidate.title.clone(), people);
    Some(candidate)
}

/// Where some headings are surely names and nothing else, those that may be names are, too.
fn names_alone(candidates: &mut [Candidate]) {
    let likely = |candidate: &Candidate| {
        candidate.told.is_none()
            && people(&candidate.title, false)
                .is_some_and(|people| people.names == [candidate.title.as_str()])
    };
    let sure = candidates
        .iter()
        .filter(|candidate| candidate.is_name_alone())
        .count();
    let maybe = || candidates.iter().filter(|line| likely(line)).count();
    if sure == 0 || (sure + maybe()) * 4 < candidates.len() * 3 {
        return;
    }
    for candidate in candidates.iter_mut().filter(|candidate| likely(candidate)) {
        if let Some(people) = people(&candidate.title, false) {
            candidate.tell(candidate.title.clone(), people);
        }
    }
}

/// A heading that is a time alone has its title on the next line.
fn below_time(blocks: &[Block], at: usize, parent: Parent) -> Option<Candidate> {
    let next = blocks.get(at + 1)?;
    let timed = is_time(&blocks[at].text) && next.is_text() && is_short(&next.text);
    if !timed || sort(&next.text) != Sort::Open {
        return None;
    }
    let mut candidate = Candidate::new(blocks, at + 1, parent);
    candidate.at = at + 1;
    candidate.level = blocks[at].level;
    if let Some(below) = below::speakers(blocks, at + 1) {
        candidate.tell(candidate.title.clone(), below.people);
    }
    Some(candidate)
}

/// Whether the speakers found in a heading belong to the heading above it.
fn fits_below(blocks: &[Block], at: usize, last: usize) -> bool {
    let found = &blocks[last];
    if !found.is_heading() {
        return true;
    }
    let said = is_labelled(&found.text) || found.text.starts_with('@');
    let opens = blocks
        .get(last + 1)
        .is_some_and(|next| next.level > found.level);
    said || found.level > blocks[at].level && !opens
}

/// The title in the line below a heading that names the speakers.
fn title_below(lines: &Lines, at: usize) -> Option<usize> {
    let next = lines.blocks.get(at + 1)?;
    let level = lines.blocks[at].level;
    let whole = next.bold
        || next
            .styled
            .first()
            .is_some_and(|styled| styled.len() == next.text.len());
    let quoted =
        next.text.starts_with(['"', '“', '„', '«']) && next.text.ends_with(['"', '”', '“', '»']);
    let fits = if next.is_heading() {
        next.level > level
            || next.level == level
                && lines.names(at + 1).is_none()
                && is_labelled(&lines.blocks[at].text)
    } else {
        next.is_text() && is_short(&next.text) && (whole || quoted)
    };
    let linked = || is_links(&next.text) || bare(&next.text).starts_with("watch ");
    (fits && !linked() && lines.sort(at + 1) == Sort::Open && lines.names(at + 1).is_none())
        .then_some(at + 1)
}

/// Title and speakers of a block of two or three lines.
fn own_lines(block: &Block) -> Option<(String, People)> {
    let lines: Vec<&str> = block.text.lines().collect();
    if lines.len() < 2 || lines[0].chars().count() > 150 {
        return None;
    }
    let styled = block.bold || block.is_heading();
    let at = (1..lines.len().min(4)).find(|&at| {
        line_of_names(
            lines[at].trim_start_matches(['|', '-', '–', '—', ' ']),
            styled,
        )
        .is_some_and(|people| people.sureness >= SURE || styled || lines.len() == 2)
    })?;
    let people = line_of_names(
        lines[at].trim_start_matches(['|', '-', '–', '—', ' ']),
        styled,
    )?;
    let title = tidy(&lines[..at].join(" "));
    (line_of_names(&title, false).is_none_or(|title| title.sureness < SURE))
        .then_some((title, people))
}

/// Whether two lines may be of one shape that is no heading; says yes too often.
pub(super) fn may_be_lines(blocks: &[Block]) -> bool {
    let mut seen = [0; 4];
    for block in blocks.iter().filter(|block| !block.is_heading()) {
        let (text, item) = (block.is_text(), block.kind == BlockKind::Item);
        let plain = || is_short(block.text.lines().next().unwrap_or_default());
        let led = block.styled.first().is_some_and(|styled| styled.start == 0)
            || block.text.starts_with(['“', '"', '„', '«']);
        seen[0] += usize::from(text && block.bold);
        seen[1] += usize::from(item && is_short(&block.text));
        seen[2] += usize::from(text && !block.bold && plain());
        seen[3] += usize::from((text || item) && led);
        if seen.contains(&2) {
            return true;
        }
    }
    false
}

fn lines(blocks: &[Block], shape: Shape) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut parent = Parent::Nothing;
    for (at, block) in blocks.iter().enumerate() {
        if block.is_heading() {
            parent = match sort(&block.text) {
                Sort::Open => Parent::Line,
                Sort::Group => Parent::Group(at),
                Sort::Furniture if is_break(&block.text) => Parent::Nothing,
                Sort::Furniture => Parent::Furniture,
            };
        }
        if found.len() >= MOST
            || block.is_heading()
            || parent == Parent::Furniture
            || is_of_others(&block.text)
            || is_labelled(&block.text)
        {
            continue;
        }
        let first = block.text.lines().next().unwrap_or_default();
        let fits = match shape {
            Shape::Heading => false,
            Shape::Bold => block.is_text() && block.bold && is_short(&block.text),
            Shape::Item => block.kind == BlockKind::Item && is_short(&block.text),
            Shape::Plain => {
                block.is_text()
                    && !block.bold
                    && is_short(first)
                    && (is_short(&block.text) || own_lines(block).is_some())
            }
            Shape::Sentence => {
                found.extend(sentence(blocks, at, parent));
                false
            }
        };
        if !fits || sort(&block.text) != Sort::Open {
            continue;
        }
        let mut candidate = Candidate::new(blocks, at, parent);
        if let Some((title, people)) = own_lines(block) {
            candidate.tell(title, people);
        } else if shape != Shape::Item
            && line_of_names(&block.text.replace('\n', " "), true)
                .is_none_or(|people| people.sureness < SURE)
            && let Some(below) = below::speakers(blocks, at)
            && (!blocks[below.last].is_heading())
        {
            candidate.tell(candidate.title.clone(), below.people);
        }
        found.push(candidate);
    }
    found
}

fn is_time(text: &str) -> bool {
    let bare = bare(text);
    let mut words = bare.split(' ');
    text.starts_with(|c: char| c.is_ascii_digit())
        && words.all(|word| {
            ["", "a", "p", "am", "pm", "h", "uhr"]
                .contains(&word.trim_start_matches(|c: char| c.is_ascii_digit()))
        })
}
