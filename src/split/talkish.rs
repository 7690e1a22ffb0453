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

/// Whether the first `most` blocks speak of talks in their first words.
pub(super) fn is_talkish(blocks: &[Block], most: usize) -> bool {
    let texts = blocks
        .iter()
        .filter(|block| block.kind != BlockKind::Other)
        .take(most);
    texts
        .flat_map(|block| block.text.split(|c: char| !c.is_alphanumeric()).take(60))
        .any(|word| match word.is_ascii() {
            true => WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)),
            false => WORDS.contains(&word.to_lowercase().as_str()),
        })
}
