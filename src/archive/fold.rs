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
            let mut is_english = true;
            // FNV-1a, made while the letters are looked at: each word of each text comes here.
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            // How long what ends the word is.
            let mut end = 0;
            while let Some(byte) = bytes.get(at) {
                if byte.is_ascii_alphabetic() {
                    hash = (hash ^ u64::from(byte | 0x20)).wrapping_mul(0x0100_0000_01b3);
                    at += 1;
                    continue;
                }
                let Some(c) = text[at..].chars().next() else {
                    break;
                };
                if !c.is_alphanumeric() {
                    end = c.len_utf8();
                    break;
                }
                is_english = false;
                at += c.len_utf8();
            }
            let word = &text[start..at];
            at += end;
            if is_english && STEMMED.contains(&word.len()) {
                return Some((word, hash));
            }
        }
        None
    })
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
}
