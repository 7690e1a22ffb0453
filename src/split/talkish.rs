//! Whether a text speaks of talks.

use std::sync::LazyLock;

use super::outline::{Block, BlockKind};
use super::wording::is;

const WORDS: &[&str] = &[
    "talk",
    "talks",
    "slides",
    "keynote",
    "keynotes",
    "conference",
    "conferences",
    "speaker",
    "speakers",
    "presentation",
    "presentations",
    "presented",
    "spoke",
    "presenter",
    "meetup",
    "conf",
    "session",
    "sessions",
    "workshop",
    "track",
    "attended",
    "heard",
    "audience",
    "plenary",
    "symposium",
    "vortrag",
    "vorträge",
    "konferenz",
    "föredrag",
    "foredrag",
    "konferens",
    "konferanse",
    "conférence",
    "conférences",
    "conferencia",
    "charla",
    "charlas",
    "ponencia",
    "palestra",
    "lezing",
    "lezingen",
    "conferentie",
    "video",
    "q&a",
    "発表者",
    "登壇",
    "セッション",
];

/// Of these posts on other things speak, too.
const WEAK: &[&str] = &[
    "slides",
    "conf",
    "session",
    "sessions",
    "workshop",
    "track",
    "attended",
    "heard",
    "audience",
    "video",
    "q&a",
    "presented",
    "spoke",
];

/// The title and a paragraph or two.
const OPENING: usize = 3;

/// How much of talks a text must speak for its headings to be some.
const ENOUGH: usize = 3;

/// In a title, with what they are worth there.
const IN_TITLES: &[(&str, usize)] = &[
    ("heard", 2),
    ("attended", 2),
    ("notes", 1),
    ("notizen", 1),
    ("anteckningar", 1),
    ("notater", 1),
    ("notas", 1),
];

/// Whether a title and the first `most` blocks speak of talks more than by the way.
pub(super) fn is_of_talks(title: &str, blocks: &[Block], most: usize) -> bool {
    let title_words = || title.split(|c: char| !c.is_alphanumeric());
    let titled = IN_TITLES
        .iter()
        .filter(|(known, _)| title_words().any(|word| is(word, known)))
        .map(|(_, worth)| worth)
        .sum::<usize>();
    let mut heard = [false; WORDS.len()];
    let mut told = titled;
    for at in words(blocks, most).filter_map(known) {
        if !std::mem::replace(&mut heard[at], true) {
            told = titled + worth(&said(&heard));
        }
        if told >= ENOUGH {
            return true;
        }
    }
    let said = said(&heard);
    // What the first words of a text speak of, it is about.
    let opening = || {
        let known = words(blocks.get(..OPENING).unwrap_or(blocks), OPENING).filter_map(known);
        let mut known = known.map(|at| WORDS[at]);
        known.any(|word| !WEAK.contains(&word) && said.contains(&word))
    };
    told >= ENOUGH || told + 1 == ENOUGH && opening()
}

/// Those of [`WORDS`] that were heard; `talk` and `talks` are one.
fn said(heard: &[bool; WORDS.len()]) -> Vec<&'static str> {
    let heard = WORDS.iter().zip(heard).filter(|(_, heard)| **heard);
    let mut said: Vec<&str> = heard.map(|(word, _)| *word).collect();
    said.dedup_by(|next, word| next.strip_suffix('s') == Some(word));
    said
}

fn worth(said: &[&str]) -> usize {
    let worth = |word: &&str| if WEAK.contains(word) { 1 } else { 2 };
    said.iter().map(worth).sum()
}

/// Whether the first `most` blocks speak of talks in their first words.
pub(super) fn is_talkish(blocks: &[Block], most: usize) -> bool {
    words(blocks, most).any(|word| known(word).is_some())
}

fn words(blocks: &[Block], most: usize) -> impl Iterator<Item = &str> {
    let texts = blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Other)
        .take(most);
    texts.flat_map(|block| pieces(&block.text).take(60))
}

/// A text divided wherever a letter or digit is none; as `str::split`, by bytes where they are ASCII.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let length = word_length(text);
        let sign = text[length..].chars().next();
        rest = sign.map(|sign| &text[length + sign.len_utf8()..]);
        Some(&text[..length])
    })
}

/// Letters and digits of ASCII, by byte.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// How long the word is that a text begins with.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let bytes = text.as_bytes()[length..].iter();
        length += bytes
            .take_while(|byte| IN_WORDS[usize::from(**byte)])
            .count();
        match text[length..].chars().next() {
            Some(c) if !c.is_ascii() && c.is_alphanumeric() => length += c.len_utf8(),
            _ => return length,
        }
    }
}

/// Those of [`WORDS`] that begin with one byte.
#[derive(Default)]
struct Start {
    /// Where among them.
    words: Vec<usize>,
    /// A bit for each of their lengths, and for each of their second bytes by its last five bits, which are
    /// the same of both cases.
    lengths: u64,
    seconds: u32,
}

/// Which of [`WORDS`] a word is.
fn known(word: &str) -> Option<usize> {
    // Nearly every word of a text has two first bytes and a length that none of them has.
    static BY_START: LazyLock<Vec<Start>> = LazyLock::new(|| {
        let mut by_start: Vec<Start> = std::iter::repeat_with(Start::default).take(256).collect();
        for (at, word) in WORDS.iter().enumerate() {
            let start = &mut by_start[usize::from(word.as_bytes()[0])];
            start.words.push(at);
            start.lengths |= 1 << word.len();
            start.seconds |= 1 << (word.as_bytes()[1] & 31);
        }
        by_start
    });
    let &[first, second, ..] = word.as_bytes() else {
        return None;
    };
    let start = &BY_START[usize::from(first.to_ascii_lowercase())];
    let alike = word.len() < 64
        && start.lengths & 1 << word.len() != 0
        && start.seconds & 1 << (second & 31) != 0;
    // Beyond ASCII a letter's small one may have another length.
    if !alike && word.is_ascii() {
        return None;
    }
    let mut alike = start.words.iter().copied();
    alike.find(|&at| is(word, WORDS[at]))
}
