//! Makes foreign text harmless for a terminal.

use std::borrow::Cow;

/// One line of text with nothing left in it that a terminal would act on: no control characters, no
/// line breaks, nothing that reorders or hides what stands around it.
///
/// Controls are shown as their pictures (`␛`), so that a person sees that something was there; what
/// is invisible anyway is left out. Joiners stay where emoji, Persian and the Indic scripts need
/// them: between two characters outside ASCII.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(is_suspect) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                shown.push(' ');
            }
            '\0'..='\u{1f}' => {
                shown.extend(char::from_u32(0x2400 + u32::from(character)));
            }
            '\u{7f}' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => shown.push('\u{fffd}'),
            '\u{200c}' | '\u{200d}' => {
                let joins = shown
                    .chars()
                    .next_back()
                    .is_some_and(|before| !before.is_ascii())
                    && characters
                        .peek()
                        .is_some_and(|after| !after.is_ascii() && !is_suspect(*after));
                if joins {
                    shown.push(character);
                }
            }
            _ if is_suspect(character) => {}
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Controls, and what is invisible or changes the direction of its neighbours.
fn is_suspect(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' // soft hyphen
            | '\u{61c}' // Arabic letter mark
            | '\u{180e}' // Mongolian vowel separator
            | '\u{200b}'..='\u{200f}' // zero width, joiners, direction marks
            | '\u{2028}'..='\u{202e}' // separators, bidi embeddings and overrides
            | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, bidi isolates
            | '\u{feff}' // byte order mark
            | '\u{fff9}'..='\u{fffb}' // interlinear annotation
            | '\u{fffe}' | '\u{ffff}' // no characters
            | '\u{e0000}'..='\u{e007f}' // tags: hidden text
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_shown_as_a_picture() {
        assert_eq!(escape("a\u{1b}]52;c;aGk=\u{7}b"), "a␛]52;c;aGk=␇b");
        assert_eq!(escape("\0\u{7f}\u{9b}31m"), "␀␡\u{fffd}31m");
        assert_eq!(
            escape("one\r\ntwo\tthree\u{2028}four"),
            "one  two three four"
        );
    }

    #[test]
    fn nothing_hides_or_turns_its_neighbours() {
        assert_eq!(
            escape("gpj\u{202e}.exe\u{202c} \u{2066}x\u{2069}"),
            "gpj.exe x"
        );
        assert_eq!(
            escape("pass\u{200b}word\u{feff}\u{ad} \u{e0041}"),
            "password "
        );
    }

    #[test]
    fn joiners_stay_where_a_script_needs_them() {
        let family = "👩\u{200d}💻";
        assert_eq!(escape(family), family);
        let persian = "می\u{200c}خواهم";
        assert_eq!(escape(persian), persian);
        assert_eq!(escape("a\u{200d}b é\u{200d}\u{200d}x"), "ab éx");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(escape("Überblick – 日本語"), Cow::Borrowed(_)));
        assert!(matches!(escape("plain"), Cow::Borrowed(_)));
    }
}
