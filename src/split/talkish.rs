//! Whether a text speaks of talks.

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
    let mut all = [false; WORDS.len()];
    let mut told = titled;
    for at in heard(blocks, most) {
        if !std::mem::replace(&mut all[at], true) {
            told = titled + worth(&said(&all));
        }
        if told >= ENOUGH {
            return true;
        }
    }
    let said = said(&all);
    // What the first words of a text speak of, it is about.
    let opening = || {
        let opening = blocks.get(..OPENING).unwrap_or(blocks);
        let mut words = heard(opening, OPENING).map(|at| WORDS[at]);
        words.any(|word| !WEAK.contains(&word) && said.contains(&word))
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
    heard(blocks, most).next().is_some()
}

/// Which of [`WORDS`] stand among the first words of the first `most` blocks, in order.
fn heard(blocks: &[Block], most: usize) -> impl Iterator<Item = usize> {
    let texts = blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Other)
        .take(most);
    texts.flat_map(|block| heard_in(&block.text))
}

/// So many signs that are in no word, blanks above all, end the first words of a text.
const SIGNS: usize = 60;

fn heard_in(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut before = b' ';
    let starts = bytes.windows(2).enumerate().filter(move |(_, pair)| {
        let may_start = !IS_IN_WORDS[usize::from(before)];
        before = pair[0];
        may_start & (SECONDS[usize::from(pair[0])] >> (pair[1] & 31) & 1 == 1)
    });
    let known = |start| {
        let inside = text[..start].ends_with(char::is_alphanumeric);
        let rest = Some(&text[start..]).filter(|_| !inside)?;
        Some((start, known(&rest[..word_length(rest)])?))
    };
    let is_first = |start: usize| {
        let signs = text[..start].chars().filter(|c| !c.is_alphanumeric());
        signs.take(SIGNS).count() < SIGNS
    };
    starts
        .filter_map(move |(start, _)| known(start))
        .map_while(move |(start, at)| is_first(start).then_some(at))
}

/// How long the word is that a text begins with.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let plain = bytes
        .iter()
        .take_while(|byte| IS_IN_WORDS[usize::from(**byte)]);
    let plain = plain.count();
    match bytes.get(plain) {
        Some(byte) if !byte.is_ascii() => text
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(text.len()),
        _ => plain,
    }
}

/// Letters and digits of ASCII, by byte.
const IS_IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte as usize] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// What [`WORDS`] that begin with one byte, in either case, have: a bit each for their second bytes by the last
/// five bits, which are the same of both cases, and for their lengths. Nearly every word of a text is told from
/// all of them by these.
const SECONDS: [u32; 256] = by_first(true);
const LENGTHS: [u32; 256] = by_first(false);

const fn by_first(seconds: bool) -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].as_bytes();
        let bit = if seconds {
            word[1] & 31
        } else {
            word.len() as u8
        };
        table[word[0] as usize] |= 1 << bit;
        table[word[0].to_ascii_uppercase() as usize] |= 1 << bit;
        at += 1;
    }
    table
}

/// Which of [`WORDS`] a word is.
fn known(word: &str) -> Option<usize> {
    let first = word.bytes().next()?;
    let fits = word.len() < 32 && LENGTHS[usize::from(first)] >> word.len() & 1 == 1;
    // Beyond ASCII a letter's small one may have another length.
    if !fits && word.is_ascii() {
        return None;
    }
    let first = first.to_ascii_lowercase();
    let alike = |known: &str| known.as_bytes()[0] == first;
    WORDS
        .iter()
        .position(|known| alike(known) && is(word, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_heard_in_whatever_case_and_only_the_first() {
        let heard = |text: &str| -> Vec<&str> { heard_in(text).map(|at| WORDS[at]).collect() };
        assert_eq!(
            heard("Talk: my SLIDES (Vorträge)"),
            ["talk", "slides", "vorträge"]
        );
        assert_eq!(heard("VORTRÄGE, x-talk's"), ["vorträge", "talk"]);
        assert_eq!(heard("発表者 田中"), ["発表者"]);
        assert_eq!(
            heard("talkative smalltalk étalk talké 大発表者 q&a t"),
            [""; 0]
        );
        assert_eq!(heard(&format!("{} talk", ",".repeat(SIGNS - 2))), ["talk"]);
        assert_eq!(heard(&format!("{} talk", ",".repeat(SIGNS - 1))), [""; 0]);
    }
}
