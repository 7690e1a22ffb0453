//! Words as the full-text index knows them: the one folding for what is indexed and what is asked.
//!
//! The index's own tokenizer folds case and accents. What it cannot do is done here, before it:
//! * East Asian scripts write no spaces, so a run of their characters is indexed as its pairs and its
//!   last character: `日本語` as `日本 本語 語`. Any two characters in a row are then found.
//! * Letters that have no accent to lose (`ß`, `ø`, full-width `Ａ`) become what people type for them.
//! * English endings: words are indexed as they stand, so that a phrase stays exact, and a table names
//!   the words of each stem, so that a question for one of them asks for all.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Shorter ones are no words with an ending, longer ones no words.
const STEMMED: std::ops::RangeInclusive<usize> = 3..=24;

/// A text as it goes into the index.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    folded(text, true)
}

/// A question's words, to be found next to each other, as they go to the index.
pub(super) fn phrase(words: &str) -> Cow<'_, str> {
    folded(words, false)
}

/// With `closed`, a run at the very end is followed by its last character alone, as every other is: a
/// question may end in the midst of a run.
fn folded(text: &str, closed: bool) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len() * 2);
    // The last character of the run at hand, and whether it is the run's only one so far.
    let mut run: Option<(char, bool)> = None;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        // Most of any text is ASCII and goes over in long pieces.
        if character.is_ascii() {
            end_run(&mut folded, run.take(), true);
            let length = rest.bytes().position(|byte| !byte.is_ascii());
            let (piece, behind) = rest.split_at(length.unwrap_or(rest.len()));
            folded.push_str(piece);
            rest = behind;
            continue;
        }
        rest = &rest[character.len_utf8()..];
        let east_asian = is_east_asian(character);
        match run {
            Some((before, _)) if east_asian => {
                folded.extend([before, character, ' ']);
                run = Some((character, false));
            }
            None if east_asian => {
                folded.push(' ');
                run = Some((character, true));
            }
            _ => {
                end_run(&mut folded, run.take(), true);
                push(&mut folded, character);
            }
        }
    }
    end_run(&mut folded, run, closed);
    Cow::Owned(folded)
}

fn end_run(folded: &mut String, run: Option<(char, bool)>, closed: bool) {
    if let Some((last, alone)) = run
        && (closed || alone)
    {
        folded.extend([last, ' ']);
    }
}

/// Han, kana, Hangul: scripts whose words are not, or not enough, divided by spaces.
pub(super) fn is_east_asian(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{3130}'..='\u{318f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// A character as people type it.
fn push(folded: &mut String, character: char) {
    match character {
        'ß' | 'ẞ' => folded.push_str("ss"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'ø' | 'Ø' => folded.push('o'),
        'ł' | 'Ł' => folded.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'þ' | 'Þ' => folded.push_str("th"),
        'ı' => folded.push('i'),
        'ﬀ' => folded.push_str("ff"),
        'ﬁ' => folded.push_str("fi"),
        'ﬂ' => folded.push_str("fl"),
        'ﬃ' => folded.push_str("ffi"),
        'ﬄ' => folded.push_str("ffl"),
        // Full-width forms stand at one distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => {
            folded.extend(char::from_u32(u32::from(character) - 0xfee0));
        }
        // A soft hyphen or a joiner inside a word is not seen.
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
        _ => folded.push(character),
    }
}

/// The words of a text that can have an English ending, as they stand, each with a hash of it in lower case.
pub(super) fn english_words(text: &str) -> impl Iterator<Item = (&str, u64)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            let (length, hash) = letters_ahead(&bytes[start..]);
            at = start + length;
            let is_whole = match bytes.get(at) {
                None => true,
                // Nearly always a space.
                Some(behind) if behind.is_ascii() && !behind.is_ascii_alphanumeric() => {
                    at += 1;
                    true
                }
                Some(_) => {
                    let behind = &text[at..];
                    let mut chars = behind.chars();
                    let rest = chars.by_ref().take_while(|c| c.is_alphanumeric()).count();
                    // What ends the word is read as well.
                    at += behind.len() - chars.as_str().len();
                    rest == 0
                }
            };
            if is_whole && STEMMED.contains(&length) {
                return Some((&text[start..start + length], hash));
            }
        }
        None
    })
}

/// How many ASCII letters come first, and a hash of them in lower case. Each word of each text comes here, so
/// they are looked at by eights.
fn letters_ahead(bytes: &[u8]) -> (usize, u64) {
    let mut hash = 0;
    let mut length = 0;
    loop {
        let rest = &bytes[length..];
        let eight = match rest.first_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => rest
                .iter()
                .rev()
                .fold(0, |eight, byte| (eight << 8) | u64::from(*byte)),
        };
        let letters = letters_of(eight);
        // What stands behind the last letter does not count.
        let counted = u64::MAX.checked_shr(64 - 8 * letters).unwrap_or(0);
        hash ^= (eight | (EACH * 0x20)) & counted;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
        length += letters as usize;
        if letters < 8 {
            return (length, hash);
        }
    }
}

/// One in each of eight bytes.
const EACH: u64 = 0x0101_0101_0101_0101;

/// How many of eight bytes, from the lowest on, are ASCII letters.
fn letters_of(eight: u64) -> u32 {
    // The highest bit of a byte says that its lower seven reach `a`, or go past `z`; no sum reaches the next.
    let seven = (eight | (EACH * 0x20)) & (EACH * 0x7f);
    let reaches_a = seven + EACH * (0x80 - u64::from(b'a'));
    let passes_z = seven + EACH * (0x7f - u64::from(b'z'));
    let letters = reaches_a & !passes_z & !eight & (EACH * 0x80);
    (!letters & (EACH * 0x80)).trailing_zeros() / 8
}

fn is_english(word: &str) -> bool {
    STEMMED.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The stem of a word, both in lower case; `None` for what has no English ending to lose.
pub(super) fn stem(word: &str) -> Option<String> {
    is_english(word).then(|| {
        let word = word.to_ascii_lowercase();
        Stemmer::create(Algorithm::English).stem(&word).into_owned()
    })
}

/// What spellings of one name have in common: no case, no accents, no signs.
pub(super) fn key(name: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    let bare: String = text(name)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = bare.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn east_asian_runs_become_pairs() {
        assert_eq!(text("AI技術の話").trim(), "AI 技術 術の の話 話");
        assert_eq!(phrase("技術の").trim(), "技術 術の");
        assert_eq!(phrase("話").trim(), "話");
        assert_eq!(text("a 語 b"), "a  語  b");
        assert_eq!(text("plain"), "plain");
    }

    #[test]
    fn letters_become_what_people_type() {
        assert_eq!(
            text("Straße Øre ﬁne Ｋ８ｓ de\u{ad}ploy"),
            "Strasse ore fine K8s deploy"
        );
    }

    #[test]
    fn endings_of_one_word_share_a_stem() {
        for word in ["deploy", "Deployed", "deployments", "deploying"] {
            assert_eq!(stem(word).as_deref(), Some("deploy"), "{word}");
        }
        assert_eq!(stem("k8s"), None);
        assert_eq!(stem("über"), None);
        let words: Vec<&str> = english_words("It's 3 k8s über-state, a_b")
            .map(|(word, _)| word)
            .collect();
        assert_eq!(words, ["state"]);
        let hashes: Vec<u64> = english_words("State state states")
            .map(|(_, hash)| hash)
            .collect();
        assert!(hashes[0] == hashes[1] && hashes[1] != hashes[2]);
    }

    #[test]
    fn words_by_eights_are_those_of_single_characters() {
        let one_by_one = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|word| is_english(word))
                .map(str::to_owned)
                .collect()
        };
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for beside in [
            "", " ", "@", "[", "`", "{", "0", "_", "é", "’", "\u{0}", "日",
        ] {
            for from in 0..26 {
                for length in 0..26 {
                    let word = &letters[from..from + length];
                    let text = format!("{beside}{word}{beside} {word}s{beside}{word}");
                    let found: Vec<(&str, u64)> = english_words(&text).collect();
                    let words: Vec<&str> = found.iter().map(|(word, _)| *word).collect();
                    assert_eq!(words, one_by_one(&text), "{text:?}");
                    let mut hashes = found.iter().map(|(word, hash)| (word.to_lowercase(), hash));
                    assert!(hashes.all(|(word, hash)| {
                        english_words(&word).all(|(_, again)| again == *hash)
                    }));
                }
            }
        }
    }
}
