//! What XML 1.0 lets a document hold.

use std::borrow::Cow;

/// The text without the characters XML forbids even as references (XML 1.0, 2.2).
pub(super) fn legal(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(
            text.chars()
                .filter(|character| is_legal(*character))
                .collect(),
        )
    }
}

fn is_legal(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_dropped() {
        assert_eq!(legal("a\0b\u{1b}c\u{fffe}d\u{ffff}e\u{8}"), "abcde");
        assert_eq!(legal("a\tb\nc\u{10ffff}"), "a\tb\nc\u{10ffff}");
    }
}
