//! A post to its talks: which lines start one, its title, who spoke, at which event.
//!
//! Reads safe HTML and makes none. In steps, each a file: [`outline`] lists the blocks, [`furniture`]
//! knows which lines are no talks, [`heading`] divides one line into title and [`names`], [`carriers`]
//! decides for the whole post which lines carry talks and in which form, [`event`] names the event.
//! What the genre does lies in tables of words and forms, so that a new habit is a new row.

mod carriers;
mod event;
mod furniture;
mod heading;
mod names;
mod outline;

use crate::model::{Entry, Talk};
use carriers::Carrier;
use outline::Block;

/// A post does not hold more; what does is no post.
const MOST: usize = 1_000;

/// The talks of an entry, in their order; empty where it holds none. Reads content, title, tags and URL.
pub(crate) fn talks(entry: &Entry) -> Vec<Talk> {
    let title = entry.title.as_deref().unwrap_or_default();
    if furniture::is_about_other_things(title) {
        return Vec::new();
    }
    let blocks = outline::blocks(&entry.content);
    let mut carriers = carriers::of(&blocks, event(entry).is_some());
    carriers.truncate(MOST);
    let end = entry.content.as_str().len();
    carriers
        .iter()
        .enumerate()
        .map(|(at, carrier)| {
            let block = &blocks[carrier.block];
            let next = carriers.get(at + 1).map(|next| next.block);
            Talk {
                title: carrier.title.clone(),
                speakers: carrier.speakers.clone(),
                kind: carrier.kind,
                level: block.level,
                anchor: block.anchor.clone(),
                url: permalink(entry.url.as_deref(), block),
                section: block.range.end..section_end(&blocks, carrier, next, end),
            }
        })
        .collect()
}

/// The event the notes were taken at; `None` where nothing says that there was one.
pub(crate) fn event(entry: &Entry) -> Option<String> {
    let tags = entry.tags.iter().map(|tag| tag.name.as_str());
    event::name(entry.title.as_deref()?, tags)
}

/// Up to the next talk, the next heading that is not below this one, or the next line of its kind.
fn section_end(blocks: &[Block], carrier: &Carrier, next: Option<usize>, end: usize) -> usize {
    let level = blocks[carrier.block].level;
    let ends = |at: &usize| {
        let block = &blocks[*at];
        Some(*at) == next
            || (block.is_heading() && (level == 0 || block.level <= level))
            || (level == 0 && block.over_list)
    };
    (carrier.block + 1..blocks.len())
        .find(ends)
        .map_or(end, |at| blocks[at].range.start)
}

fn permalink(entry_url: Option<&str>, block: &Block) -> Option<String> {
    let mut url = url::Url::parse(entry_url?).ok()?;
    match &block.anchor {
        Some(anchor) => url.set_fragment(Some(anchor)),
        None => {
            let mut fragment = String::from(":~:text=");
            let line = block.text.lines().next().unwrap_or_default();
            for byte in line.bytes() {
                // `-`, `,` and `&` divide the parts of a text fragment.
                if byte.is_ascii_alphanumeric() || b"._~".contains(&byte) {
                    fragment.push(char::from(byte));
                } else {
                    fragment.push_str(&format!("%{byte:02X}"));
                }
            }
            url.set_fragment(Some(&fragment));
        }
    }
    Some(url.into())
}

#[cfg(test)]
mod seeds;
#[cfg(test)]
mod tests;
