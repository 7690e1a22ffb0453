//! A post to its talks: which lines start one, its title, who spoke, at which event.
//!
//! Reads safe HTML and makes none. In steps, each a file: [`outline`] lists the blocks, [`furniture`]
//! knows which lines are no talks, [`tidy`] strips numbers and times, [`heading`] divides one line into
//! title and [`names`] (made of [`name_words`]; [`jobs`] are none), [`dates`] are read, [`below`] finds
//! the speakers under it, [`candidates`] lists the lines of one shape (each a [`candidate`],
//! [`sentence`]s among them) and the form they share by [`habit`], [`carriers`] decides for the whole post which of them carry talks, [`event`]
//! names the event. What the genre does lies in [`tables`] of words and forms, so that a new habit is a
//! new row; [`dividers`] and [`edges`] look for many of a row's phrases in one walk.
//!
//! Most posts hold no talk, and each of a poll is read here: what tells that sooner is asked first.

mod below;
mod candidate;
mod candidates;
mod carrier;
mod carriers;
mod dates;
mod dividers;
mod edges;
mod event;
mod furniture;
mod habit;
mod heading;
mod jobs;
mod kinds;
mod name_words;
mod names;
mod one_talk;
mod outline;
mod sentence;
mod tables;
mod talkish;
mod tidy;
mod wording;

use url::Url;

use crate::model::{Entry, Talk};
use carrier::{Carrier, Post};
use outline::{Block, BlockKind};

/// A post does not hold more; what does is no post.
const MOST: usize = 1_000;

/// How many words of a line a text fragment holds.
const FRAGMENT_WORDS: usize = 12;

/// How many blocks are read to learn whether a post speaks of talks at all.
const READ_FOR_TALKS: usize = 60;

/// An entry with its [`talks`] and its [`event`]: what both ask of the title is read once.
pub(crate) fn split(entry: &mut Entry) {
    let titled = event::Titled::of(entry.title.as_deref().unwrap_or_default());
    entry.talks = talks_titled(entry, &titled);
    entry.event = event_titled(entry, &titled);
}

/// The talks of an entry, in their order; empty where it holds none. Reads content, title, tags and URL.
pub(crate) fn talks(entry: &Entry) -> Vec<Talk> {
    let title = entry.title.as_deref().unwrap_or_default();
    talks_titled(entry, &event::Titled::of(title))
}

fn talks_titled(entry: &Entry, titled: &event::Titled) -> Vec<Talk> {
    if entry.content.is_empty() {
        return Vec::new();
    }
    let title = entry.title.as_deref().unwrap_or_default();
    if furniture::is_about_other_things(title, entry.tag_names(), titled.names_one) {
        return Vec::new();
    }
    let mut blocks = outline::blocks(&entry.content);
    let at = title_block(&mut blocks, title);
    // Notes that are called by their day are of something that was held on it.
    let dated = dates::has_day(title);
    let day = dated && furniture::is_furniture(&dates::without_date(title));
    let of_event = day || titled.name(entry.tag_names()).is_some();
    let post = Post {
        title: at,
        of_event,
        of_talks: of_event || dated,
        titled_by_event: titled.names_one,
    };
    let is_of_talks = || talkish::is_of_talks(title, &blocks, READ_FOR_TALKS);
    let mut carriers = carriers::of(&blocks, post, is_of_talks);
    carriers.truncate(MOST);
    let end = entry.content.as_str().len();
    let address = (!carriers.is_empty()).then_some(entry.url.as_deref());
    let address = address.flatten().and_then(|url| Url::parse(url).ok());
    carriers
        .iter()
        .enumerate()
        .map(|(at, carrier)| {
            let block = &blocks[carrier.block];
            let next = carriers.get(at + 1).map(|next| next.block);
            let start = if carrier.inside {
                block.range.start
            } else {
                block.range.end
            };
            // A title that the content does not say again is the top of the page.
            let anchor = block.anchor.clone().or_else(|| {
                (!block.range.is_empty())
                    .then(|| text_fragment(block))
                    .flatten()
            });
            Talk {
                title: carrier.title.clone(),
                speakers: carrier.speakers.clone(),
                kind: carrier.kind,
                level: block.level,
                url: permalink(address.as_ref(), anchor.as_deref()),
                anchor,
                section: start..section_end(&blocks, carrier, next, end).max(start),
            }
        })
        .collect()
}

/// The event the notes were taken at; `None` where nothing says that there was one. Reads title, tags and
/// the talks found before.
pub(crate) fn event(entry: &Entry) -> Option<String> {
    let title = entry.title.as_deref().unwrap_or_default();
    event_titled(entry, &event::Titled::of(title))
}

fn event_titled(entry: &Entry, titled: &event::Titled) -> Option<String> {
    event_of_title(entry, titled).or_else(|| {
        let content = (!entry.talks.is_empty()).then_some(&entry.content)?;
        let texts = outline::first_texts(content, event::LABEL_LINES);
        event::labelled(texts.iter().flat_map(|text| text.lines()))
    })
}

fn event_of_title(entry: &Entry, read: &event::Titled) -> Option<String> {
    let title = entry.title.as_deref()?;
    let titled = read.names_one;
    // As most posts are: asked first.
    if !titled && entry.talks.is_empty() {
        return None;
    }
    if furniture::is_about_other_things(title, entry.tag_names(), titled) {
        return None;
    }
    // A title that is a talk's names no event, but where that stands beside the speaker.
    let alone = |talk: &Talk| title.starts_with(&talk.title) || title.ends_with(&talk.title);
    if let ([talk], true) = (&entry.talks[..], titled)
        && !talk.speakers.is_empty()
        && let Some(rest) = title.strip_prefix(&talk.title)
    {
        return event::beside(rest, &talk.speakers);
    }
    if !titled && matches!(&entry.talks[..], [talk] if alone(talk)) {
        return None;
    }
    let held = entry
        .talks
        .iter()
        .filter(|talk| !talk.speakers.is_empty())
        .count();
    read.name(entry.tag_names()).map(str::to_owned).or_else(|| {
        (held >= 3 && !entry.talks.iter().any(alone))
            .then(|| event::name_of_notes(title))
            .flatten()
    })
}

/// The block that says the title: the first heading, or one put before everything, because notes and
/// feeds say the title once and not again in the content.
fn title_block(blocks: &mut Vec<Block>, title: &str) -> Option<usize> {
    let said = wording::bare(title);
    if said.is_empty() {
        return None;
    }
    let first = blocks.iter().position(Block::is_heading);
    if let Some(at) = first.filter(|&at| wording::says(&blocks[at].text, &said)) {
        return Some(at);
    }
    let line = blocks
        .iter()
        .take(3)
        .position(|block| block.is_text() && wording::says(&block.text, &said));
    if line.is_some() {
        return line;
    }
    blocks.insert(
        0,
        Block {
            level: 1,
            text: title.to_owned(),
            ..Block::default()
        },
    );
    Some(0)
}

/// Up to the next talk, the next heading that is not below this one, or the next line of its kind.
fn section_end(blocks: &[Block], carrier: &Carrier, next: Option<usize>, end: usize) -> usize {
    let own = &blocks[carrier.block];
    let topic = carrier.kind == crate::model::TalkKind::Topic;
    let alone = own.range.is_empty() && own.level > 0;
    let ends = |at: &usize| {
        let block = &blocks[*at];
        Some(*at) == next
            || (block.is_heading() && (own.level == 0 || block.level <= own.level) && !alone)
            || (topic && block.over_list)
            || (own.kind == BlockKind::Item
                && block.kind != BlockKind::List
                && block.range.start >= own.range.end)
    };
    (carrier.block + 1..blocks.len())
        .find(ends)
        .map_or(end, |at| blocks[at].range.start)
}

/// The address of the talk; of the post, where the talk is the whole of it.
fn permalink(entry_url: Option<&Url>, anchor: Option<&str>) -> Option<String> {
    let mut url = entry_url?.clone();
    if anchor.is_some() {
        url.set_fragment(anchor);
    }
    Some(url.into())
}

/// A text fragment that finds the line; `None` where the line says nothing.
fn text_fragment(block: &Block) -> Option<String> {
    // Only whole words are found, and a few of them tell a line from all others.
    let line = block.text.lines().next()?;
    let words: Vec<&str> = line.split_whitespace().take(FRAGMENT_WORDS).collect();
    let mut fragment = String::from(":~:text=");
    for byte in words.join(" ").bytes() {
        // `-`, `,` and `&` divide the parts of a text fragment.
        if byte.is_ascii_alphanumeric() || b"._~".contains(&byte) {
            fragment.push(char::from(byte));
        } else {
            fragment.push_str(&format!("%{byte:02X}"));
        }
    }
    (!words.is_empty()).then_some(fragment)
}

#[cfg(test)]
mod event_titles;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod tests;
