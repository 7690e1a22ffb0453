//! What kind of talk a line starts.

use super::furniture::is_furniture;
use super::outline::Block;
use super::wording::bare;
use crate::model::TalkKind;

/// Words that tell the kind of a talk, in its line or in the heading it stands under.
const KINDS: &[(&str, TalkKind)] = &[
    ("keynote", TalkKind::Keynote),
    ("keynotes", TalkKind::Keynote),
    ("ignite", TalkKind::Ignite),
    ("ignites", TalkKind::Ignite),
    ("lightning", TalkKind::Ignite),
    ("lightning talk", TalkKind::Ignite),
    ("lightning talks", TalkKind::Ignite),
    ("pecha kucha", TalkKind::Ignite),
    ("lyntale", TalkKind::Ignite),
    ("lyntaler", TalkKind::Ignite),
    ("blixttal", TalkKind::Ignite),
    ("open space", TalkKind::OpenSpace),
    ("open spaces", TalkKind::OpenSpace),
    ("openspace", TalkKind::OpenSpace),
    ("openspaces", TalkKind::OpenSpace),
    ("open session", TalkKind::OpenSpace),
    ("open sessions", TalkKind::OpenSpace),
    ("birds of a feather", TalkKind::OpenSpace),
    ("bof", TalkKind::OpenSpace),
    ("workshop", TalkKind::Workshop),
    ("workshops", TalkKind::Workshop),
    ("tutorial", TalkKind::Workshop),
    ("panel", TalkKind::Panel),
    ("panel discussion", TalkKind::Panel),
    ("panels", TalkKind::Panel),
];

pub(super) fn told_kind(line: &str) -> Option<TalkKind> {
    let told = |word: &str| {
        let begins = line
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        let ends = line
            .strip_suffix(word)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '));
        begins || ends
    };
    KINDS
        .iter()
        .find(|(word, _)| told(word))
        .map(|(_, kind)| *kind)
}

pub(super) fn kind_of(blocks: &[Block], at: usize, title: &str) -> TalkKind {
    let level = blocks[at].level;
    // `Ignites` over talks makes ignites of them; `Keynote speakers` over one does, too.
    let over = || {
        let above = blocks[..at]
            .iter()
            .rfind(|block| block.is_heading() && (block.level < level || level == 0))
            .filter(|block| is_furniture(&block.text))?;
        told_kind(&bare(&above.text))
    };
    let label = blocks[at]
        .text
        .split([':', '-', '–', '—', '|'])
        .next()
        .unwrap_or_default();
    told_kind(&bare(label))
        .or_else(|| told_kind(&bare(&blocks[at].text)))
        .or_else(|| told_kind(&bare(title)))
        .or_else(over)
        .unwrap_or(TalkKind::Talk)
}
