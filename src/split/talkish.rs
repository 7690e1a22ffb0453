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
    for text in texts(blocks, most) {
        for at in heard_in(text) {
            if !std::mem::replace(&mut all[at], true) {
                told = titled + worth(&said(&all));
            }
            if told >= ENOUGH {
                return true;
            }
        }
    }
    let said = said(&all);
    // What the first words of a text speak of, it is about.
    let opening = || {
        let opening = blocks.get(..OPENING).unwrap_or(blocks);
        let mut words = texts(opening, OPENING)
            .flat_map(heard_in)
            .map(|at| WORDS[at]);
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
    texts(blocks, most).any(|text| heard_in(text).next().is_some())
}

/// What the first `most` blocks say.
fn texts(blocks: &[Block], most: usize) -> impl Iterator<Item = &str> {
    let blocks = blocks.iter().filter(|block| block.kind != BlockKind::Other);
    blocks.take(most).map(|block| block.text.as_str())
}

/// So many signs that are in no word, blanks above all, end the first words of a text.
const SIGNS: usize = 60;

/// Which of [`WORDS`] stand among the first words of a text, in order.
fn heard_in(text: &str) -> impl Iterator<Item = usize> {
    // A word is known by its first two bytes at least.
    let bytes = &text.as_bytes()[..text.len().min(first_words(text) + 1)];
    let mut from = 0;
    let known = std::iter::from_fn(move || {
        loop {
            let start = next_start(bytes, from)?;
            from = start + 1;
            if let Some(at) = known_at(text, start) {
                return Some((start, at));
            }
        }
    });
    // Of what stands before the known words each sign is counted once.
    let (mut signs, mut counted) = (0, 0);
    known.map_while(move |(start, at)| {
        let more = text[counted..start].chars();
        signs += more.filter(|c| !c.is_alphanumeric()).count();
        counted = start;
        (signs < SIGNS).then_some(at)
    })
}

/// Behind which byte no word is among the first ones; some before it are none, too.
fn first_words(text: &str) -> usize {
    const STEP: usize = 64;
    // Only signs of ASCII are counted: the compiler looks at many bytes at once then.
    let signs_of = |bytes: &[u8]| -> u8 {
        let is_sign = |byte: &u8| byte.is_ascii() & !byte.is_ascii_alphanumeric();
        bytes.iter().map(|byte| u8::from(is_sign(byte))).sum()
    };
    let mut signs = 0;
    let steps = text.as_bytes().chunks(STEP);
    let over = steps.enumerate().find(|(_, bytes)| {
        signs += usize::from(signs_of(bytes));
        signs >= SIGNS
    });
    over.map_or(text.len(), |(at, bytes)| at * STEP + bytes.len())
}

/// Where the next word stands, from `from` on, that may be one of [`WORDS`]. This walk over all bytes is what
/// reading a text for talks costs: so one table says all that is asked of a byte.
fn next_start(bytes: &[u8], from: usize) -> Option<usize> {
    let before = from.checked_sub(1).map_or(b' ', |before| bytes[before]);
    let mut apart = STARTS[usize::from(before)] & SIGN;
    let mut pairs = bytes.get(from..)?.windows(2);
    let found = pairs.position(|pair| {
        let said = STARTS[usize::from(pair[0])];
        let may_start = apart & (said >> (pair[1] & 31) << SIGN_BIT) != 0;
        apart = said & SIGN;
        may_start
    })?;
    Some(from + found)
}

/// Which of [`WORDS`] stands here as a whole word.
fn known_at(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let third = rest.as_bytes().get(2)? & 31;
    let fits = THIRDS[usize::from(rest.as_bytes()[0])] >> third & 1 == 1;
    if !fits || text[..start].ends_with(char::is_alphanumeric) {
        return None;
    }
    known(&rest[..word_length(rest)])
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

/// What [`WORDS`] that begin with one byte, in either case, have: a bit each for their second and their third bytes by
/// the last five bits, which are the same of both cases, and for their lengths. Nearly every word of a text is
/// told from all of them by these.
const SECONDS: [u32; 256] = by_first(Told::Second);
const THIRDS: [u32; 256] = by_first(Told::Third);
const LENGTHS: [u32; 256] = by_first(Told::Length);

#[derive(Clone, Copy)]
enum Told {
    Second,
    Third,
    Length,
}

const fn by_first(told: Told) -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].as_bytes();
        let bit = match told {
            Told::Second => word[1] & 31,
            Told::Third => word[2] & 31,
            Told::Length => word.len() as u8,
        };
        table[word[0] as usize] |= 1 << bit;
        table[word[0].to_ascii_uppercase() as usize] |= 1 << bit;
        at += 1;
    }
    table
}

/// [`SECONDS`], and above them whether the byte is in no word, so that one may begin behind it.
const STARTS: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = SECONDS[byte] as u64;
        if !IS_IN_WORDS[byte] {
            table[byte] |= SIGN;
        }
        byte += 1;
    }
    table
};
const SIGN_BIT: u32 = 32;
const SIGN: u64 = 1 << SIGN_BIT;

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
