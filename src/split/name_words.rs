//! Single words, as people's names have them.

use super::names::LIKELY;

/// Those that are written as one with the name: `al-Khatib`, `d’Aubigny`.
const JOINED_PARTICLES: &[&str] = &[
    "al-", "el-", "ad-", "an-", "ar-", "as-", "ash-", "at-", "az-", "ul-", "d'", "d’", "dell'",
    "dell’", "l'", "l’", "'t-", "van-", "de-",
];

/// Small words inside names.
pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "van"
            | "von"
            | "der"
            | "den"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "du"
            | "la"
            | "le"
            | "los"
            | "las"
            | "ten"
            | "ter"
            | "af"
            | "av"
            | "bin"
            | "ibn"
            | "al"
            | "el"
            | "dos"
            | "das"
            | "y"
            | "zu"
            | "op"
            | "'t"
            | "st."
            | "te"
            | "vom"
    )
}

/// A word as the tables of names have it.
pub(super) fn fold(word: &str) -> String {
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
    match inner.is_ascii() {
        true => inner.to_ascii_lowercase(),
        false => inner.to_lowercase().replace('’', "'"),
    }
}

/// Whether a word may be a part of a name. `given`: the first of them is a known given name.
pub(super) fn is_name_word(word: &str, given: bool) -> bool {
    // Words of letters of ASCII, small behind the first, are nearly all that are asked for.
    let bytes = word.as_bytes();
    if let Some((first, rest)) = bytes.split_first()
        && rest.iter().all(u8::is_ascii_lowercase)
        && first.is_ascii_alphabetic()
    {
        return first.is_ascii_uppercase();
    }
    if word.is_empty() {
        return false;
    }
    let inner = word.trim_matches(['“', '”', '"', '\'', '‘', '’', '„']);
    let joined = inner.starts_with(|c: char| c.is_ascii_lowercase() || c == '\'');
    let inner = JOINED_PARTICLES
        .iter()
        .find_map(|particle| inner.strip_prefix(particle).filter(|_| joined))
        .unwrap_or(inner);
    let first = inner.chars().next().unwrap_or('0');
    let letters = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.' | '‐');
    let shouted = !given && inner.chars().count() > 2 && inner.chars().all(char::is_uppercase);
    let humps = inner
        .chars()
        .zip(inner.chars().skip(1))
        .filter(|(a, b)| a.is_lowercase() && b.is_uppercase())
        .count();
    let humped = humps > 0
        && ![
            "Mc", "Mac", "De", "Van", "La", "Di", "Fitz", "Le", "Du", "Des",
        ]
        .iter()
        .any(|start| inner.starts_with(start));
    first.is_alphabetic()
        && !first.is_lowercase()
        && inner.chars().all(letters)
        && !shouted
        && (!humped || given)
}

/// Names in Han letters or Hangul have two to five of them, names in Katakana a dot between.
pub(super) fn far_eastern(words: &[&str]) -> Option<u8> {
    if words
        .first()
        .is_some_and(|word| word.starts_with(|c: char| c.is_ascii()))
    {
        return None;
    }
    let joined: String = words.concat();
    let count = joined.chars().count();
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '々';
    let hangul = |c: char| ('\u{ac00}'..='\u{d7af}').contains(&c);
    let katakana = |c: char| ('\u{30a0}'..='\u{30ff}').contains(&c);
    let fits = (2..=5).contains(&count) && (joined.chars().all(han) || joined.chars().all(hangul))
        || joined.contains('・') && count <= 16 && joined.chars().all(katakana);
    fits.then_some(LIKELY)
}
