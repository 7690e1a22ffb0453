//! Lines as they are compared.

use std::borrow::Cow;

use memchr::memchr_iter;

use crate::model::is_any_pair;

/// Lower case, letters and digits alone, single spaces.
pub(super) fn bare(line: &str) -> Cow<'_, str> {
    // As most single words of a text stand there.
    if is_plain(line) {
        return Cow::Borrowed(line);
    }
    if line.is_ascii() {
        return Cow::Owned(bare_ascii(line));
    }
    let letters: String = line
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    Cow::Owned(collapsed(&letters.to_lowercase()).into_owned())
}

/// Whether a word is of small letters of ASCII alone.
pub(super) fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// As [`bare`], for nearly every line there is, in one walk.
fn bare_ascii(line: &str) -> String {
    let mut bare = String::with_capacity(line.len());
    let mut apart = false;
    for byte in line.bytes() {
        if byte.is_ascii_alphanumeric() {
            if apart && !bare.is_empty() {
                bare.push(' ');
            }
            apart = false;
            bare.push(char::from(byte.to_ascii_lowercase()));
        } else if byte != b'\'' {
            apart = true;
        }
    }
    bare
}

/// With spaces for line breaks.
pub(super) fn on_one_line(text: &str) -> Cow<'_, str> {
    match text.contains('\n') {
        true => Cow::Owned(text.replace('\n', " ")),
        false => Cow::Borrowed(text),
    }
}

/// With single spaces for white space, and none around.
pub(super) fn collapsed(text: &str) -> Cow<'_, str> {
    spaced_once(text.trim())
}

/// The same of text with no white space around it.
pub(super) fn spaced_once(words: &str) -> Cow<'_, str> {
    if is_spaced_once(words) || is_punctuated(words) {
        return Cow::Borrowed(words);
    }
    let mut collapsed = String::with_capacity(words.len());
    for (n, word) in words.split_whitespace().enumerate() {
        collapsed.extend((n > 0).then_some(' '));
        collapsed.push_str(word);
    }
    Cow::Owned(collapsed)
}

/// Whether escaped text with no white space around it is kept as it stands: on one line, with nothing to decode and no
/// white space to collapse. `false` of some text that is; of none the answer is `false`, too.
pub(super) fn is_as_kept(words: &str) -> bool {
    !words.is_empty()
        && is_spaced_once_but(words, |a, _| {
            (a == b'&') | (a == 0xc2) | (a.wrapping_sub(0xe1) < 3)
        })
}

/// Whether white space is collapsed as it stands. `false` of some text that is: the white space beyond ASCII
/// begins with few bytes, and so does other text.
fn is_spaced_once(words: &str) -> bool {
    is_spaced_once_but(words, |a, _| (a == 0xc2) | (a.wrapping_sub(0xe1) < 3))
}

/// The same of text with dashes, dots and quotation marks, which begin with a byte that white space begins with, too.
/// Asked second: it costs more.
fn is_punctuated(words: &str) -> bool {
    let spaced = is_spaced_once_but(words, |a, b| {
        let line_or_no_break = (a == 0xc2) & ((b == 0x85) | (b == 0xa0));
        line_or_no_break | (a == 0xe1) | (a == 0xe3) | (a == 0xe2) & (b == 0x81)
    });
    // Between these bytes at the end stand the signs in common use, and no white space.
    let bytes = words.as_bytes();
    let is_sign = |at: usize| {
        bytes.get(at + 1) != Some(&0x80) || matches!(bytes.get(at + 2), Some(0x90..=0xa7))
    };
    spaced && memchr_iter(0xe2, bytes).all(is_sign)
}

/// Whether there are no two spaces together, no other white space of ASCII, and none that two bytes tell.
fn is_spaced_once_but(words: &str, is_beyond_ascii: impl Fn(u8, u8) -> bool) -> bool {
    // The last byte is no white space.
    !is_any_pair(words.as_bytes(), |a, b| {
        is_beyond_ascii(a, b) | (a < b' ') | ((a == b' ') & (b == b' '))
    })
}

/// Whether a line's [`bare`] form is `said`.
pub(super) fn says(line: &str, said: &str) -> bool {
    let mut rest = said.bytes();
    let (mut apart, mut begun) = (false, false);
    for byte in line.bytes() {
        if byte.is_ascii_alphanumeric() {
            let spaced = !(apart && begun) || rest.next() == Some(b' ');
            if !spaced || rest.next() != Some(byte.to_ascii_lowercase()) {
                return false;
            }
            (apart, begun) = (false, true);
        } else if !byte.is_ascii() {
            return bare(line) == said;
        } else if byte != b'\'' {
            apart = true;
        }
    }
    rest.next().is_none()
}

/// The first word of a line's [`bare`] form, in the case that it has; `None` where it is not all of ASCII.
pub(super) fn first_word(line: &str) -> Option<&str> {
    let from = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = from.bytes().position(|byte| !byte.is_ascii_alphanumeric());
    let behind = from.as_bytes().get(end.unwrap_or(from.len()));
    let whole = behind.is_none_or(|byte| byte.is_ascii() && *byte != b'\'');
    let word = &from[..end.unwrap_or(from.len())];
    (whole && !word.is_empty()).then_some(word)
}

/// Whether a line begins with `known`, which is in lower case.
pub(super) fn starts_with(line: &str, known: &str) -> bool {
    // Nearly every line is told from nearly every word by its first letter.
    is_alike(line.as_bytes().first(), known.as_bytes().first())
        && line.get(..known.len()).is_some_and(|head| is(head, known))
}

/// Whether a line ends with `known`, which is in lower case.
pub(super) fn ends_with(line: &str, known: &str) -> bool {
    let from = line.len().checked_sub(known.len());
    is_alike(line.as_bytes().last(), known.as_bytes().last())
        && (from.and_then(|from| line.get(from..))).is_some_and(|tail| is(tail, known))
}

/// Whether two words are the same but for case; `known` is in lower case.
pub(super) fn is(word: &str, known: &str) -> bool {
    if known.is_ascii() {
        return word.eq_ignore_ascii_case(known);
    }
    !word.is_ascii() && word.to_lowercase() == known
}

/// Whether bytes may belong to the same letter, in whatever case.
fn is_alike(byte: Option<&u8>, known: Option<&u8>) -> bool {
    match (byte, known) {
        (Some(byte), Some(known)) => {
            !byte.is_ascii() && !known.is_ascii() || byte.eq_ignore_ascii_case(known)
        }
        (_, known) => known.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_whatever_it_is_and_whatever_stands_beside_it() {
        let spaces = ('\0'..='\u{3001}').filter(|c| c.is_whitespace());
        for between in spaces.chain("— “…”•、é \u{200b}".chars()) {
            for text in [
                format!("a{between}b"),
                format!("“a”{between}— b…"),
                format!("a  b{between}c"),
            ] {
                let words: Vec<&str> = text.split_whitespace().collect();
                assert_eq!(collapsed(&text), words.join(" "), "{text:?}");
                assert!(!is_as_kept(&text) || words.join(" ") == text, "{text:?}");
            }
        }
        assert!(matches!(collapsed("“a” — b…"), Cow::Borrowed(_)));
        assert!(is_as_kept("a b: c") && !is_as_kept("a &amp; b") && !is_as_kept("a\nb"));
    }

    #[test]
    fn lines_are_compared_without_case_signs_and_spaces() {
        for (line, expected) in [
            ("", ""),
            ("  Day 1: What's   NEW?", "day 1 whats new"),
            ("- a-b -", "a b"),
            ("Größe – Ärger’s", "größe ärgers"),
        ] {
            assert_eq!(bare(line), expected);
            let first = first_word(line).map(str::to_lowercase);
            assert_eq!(
                first.as_deref(),
                expected
                    .split(' ')
                    .next()
                    .filter(|word| word.is_ascii() && !word.is_empty())
            );
            assert!(says(line, expected) && !says(line, "day") && !says(line, "a b c"));
            assert_eq!(
                bare(&format!("é {line}"))
                    .trim_start_matches('é')
                    .trim_start(),
                expected
            );
        }
    }
}
