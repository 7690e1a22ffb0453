//! Lines as they are compared.

/// Lower case, letters and digits alone, single spaces.
pub(super) fn bare(line: &str) -> String {
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
