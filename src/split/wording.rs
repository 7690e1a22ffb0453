//! Lines as they are compared.

use memchr::memmem;

/// Lower case, letters and digits alone, single spaces.
pub(super) fn bare(line: &str) -> String {
    if line.is_ascii() {
        return bare_ascii(line);
    }
    let letters: String = line
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    letters
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
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

/// Where a sign or word first stands. As `str::find`, which prepares itself for long texts each time.
pub(super) fn find(line: &str, sign: &str) -> Option<usize> {
    memmem::find(line.as_bytes(), sign.as_bytes())
}

/// Where a sign or word last stands.
pub(super) fn rfind(line: &str, sign: &str) -> Option<usize> {
    memmem::rfind(line.as_bytes(), sign.as_bytes())
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
    fn lines_are_compared_without_case_signs_and_spaces() {
        for (line, expected) in [
            ("", ""),
            ("  Day 1: What's   NEW?", "day 1 whats new"),
            ("- a-b -", "a b"),
            ("Größe – Ärger’s", "größe ärgers"),
        ] {
            assert_eq!(bare(line), expected);
            assert_eq!(
                bare(&format!("é {line}"))
                    .trim_start_matches('é')
                    .trim_start(),
                expected
            );
        }
    }
}
