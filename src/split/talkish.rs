//! Whether a text speaks of talks.

use super::outline::{Block, BlockKind};

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
];

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
    let mut said: Vec<&str> = WORDS
        .iter()
        .copied()
        .filter(|known| words(blocks, most).any(|word| is(word, known)))
        .collect();
    // `talk` and `talks` are one.
    said.dedup_by(|next, word| next.strip_suffix('s') == Some(word));
    let worth = |word: &&str| if WEAK.contains(word) { 1 } else { 2 };
    titled + said.iter().map(worth).sum::<usize>() >= ENOUGH
}

/// Whether the first `most` blocks speak of talks in their first words.
pub(super) fn is_talkish(blocks: &[Block], most: usize) -> bool {
    words(blocks, most).any(|word| WORDS.iter().any(|known| is(word, known)))
}

fn words(blocks: &[Block], most: usize) -> impl Iterator<Item = &str> {
    let texts = blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Other)
        .take(most);
    texts.flat_map(|block| block.text.split(|c: char| !c.is_alphanumeric()).take(60))
}

fn is(word: &str, known: &str) -> bool {
    match word.is_ascii() {
        true => known.eq_ignore_ascii_case(word),
        false => word.to_lowercase() == known,
    }
}
