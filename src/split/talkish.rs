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
    for at in words(blocks, most).filter_map(known) {
        heard[at] = true;
    }
    let heard = WORDS.iter().zip(heard).filter(|(_, heard)| *heard);
    let mut said: Vec<&str> = heard.map(|(word, _)| *word).collect();
    // `talk` and `talks` are one.
    said.dedup_by(|next, word| next.strip_suffix('s') == Some(word));
    let worth = |word: &&str| if WEAK.contains(word) { 1 } else { 2 };
    // What the first words of a text speak of, it is about.
    let opening = words(blocks.get(..OPENING).unwrap_or(blocks), OPENING).any(|word| {
        said.iter()
            .any(|known| !WEAK.contains(known) && is(word, known))
    });
    titled + usize::from(opening) + said.iter().map(worth).sum::<usize>() >= ENOUGH
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
    texts.flat_map(|block| block.text.split(|c: char| !c.is_alphanumeric()).take(60))
}

/// Which of [`WORDS`] a word is.
fn known(word: &str) -> Option<usize> {
    // By their first bytes: nearly every word of a text has one that none of them has.
    static BY_START: LazyLock<[Vec<usize>; 256]> = LazyLock::new(|| {
        let mut by_start = [const { Vec::new() }; 256];
        for (at, word) in WORDS.iter().enumerate() {
            by_start[usize::from(word.as_bytes()[0])].push(at);
        }
        by_start
    });
    let first = word.as_bytes().first()?.to_ascii_lowercase();
    let mut alike = BY_START[usize::from(first)].iter().copied();
    alike.find(|&at| is(word, WORDS[at]))
}
