//! Lines as they are compared.

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
