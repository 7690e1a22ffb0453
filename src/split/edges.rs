//! What lines begin and end with.

use super::wording::{ends_with, starts_with};

/// Phrases in lower case, kept by the letter that tells a line from most of them.
pub(super) struct Edges {
    all: Vec<&'static str>,
    /// By the letter: of ASCII, and last whatever is beyond it.
    by_letter: [Vec<Numbered>; 129],
    at: Edge,
}

/// A phrase and where it stands among all.
struct Numbered {
    number: usize,
    phrase: &'static str,
    /// The letter beside the one it is kept by; `None` of a single one and beyond ASCII, where letters are not told
    /// by one byte.
    beside: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Start,
    End,
}

impl Edges {
    pub(super) fn starts(all: Vec<&'static str>) -> Self {
        Self::new(all, Edge::Start)
    }

    pub(super) fn ends(all: Vec<&'static str>) -> Self {
        Self::new(all, Edge::End)
    }

    fn new(all: Vec<&'static str>, at: Edge) -> Self {
        let mut by_letter = [const { Vec::new() }; 129];
        for (number, &phrase) in all.iter().enumerate() {
            if let Some(letter) = letter(phrase, at) {
                by_letter[letter].push(Numbered {
                    number,
                    phrase,
                    beside: beside(phrase, at).filter(|_| phrase.is_ascii()),
                });
            }
        }
        Self { all, by_letter, at }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().copied()
    }

    /// The first phrase that the line has, in whatever case.
    pub(super) fn find(&self, line: &str) -> Option<&'static str> {
        self.find_from(line, 0).map(|(_, phrase)| phrase)
    }

    /// The same among those from number `from` on, with its number.
    pub(super) fn find_from(&self, line: &str, from: usize) -> Option<(usize, &'static str)> {
        self.alike(line).find(|&(n, phrase)| {
            n >= from
                && match self.at {
                    Edge::Start => starts_with(line, phrase),
                    Edge::End => ends_with(line, phrase),
                }
        })
    }

    /// The phrases whose letter is the line's, and the one beside it.
    pub(super) fn alike(&self, line: &str) -> impl Iterator<Item = (usize, &'static str)> {
        let alike = letter(line, self.at).map_or(&[][..], |letter| &self.by_letter[letter]);
        let beside = beside(line, self.at);
        alike
            .iter()
            .filter(move |known| known.beside.is_none() || known.beside == beside)
            .map(|known| (known.number, known.phrase))
    }
}

/// The byte beside the outermost, in lower case.
fn beside(line: &str, at: Edge) -> Option<u8> {
    let bytes = line.as_bytes();
    let byte = match at {
        Edge::Start => bytes.get(1),
        Edge::End => bytes.get(bytes.len().checked_sub(2)?),
    }?;
    Some(byte.to_ascii_lowercase())
}

/// Which of [`Edges::by_letter`] a line belongs to; `None` of an empty one.
fn letter(line: &str, at: Edge) -> Option<usize> {
    let byte = match at {
        Edge::Start => line.as_bytes().first(),
        Edge::End => line.as_bytes().last(),
    }?;
    Some(usize::from(byte.to_ascii_lowercase()).min(128))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_phrase_that_fits_is_found() {
        let starts = Edges::starts(vec!["notes from", "notes", "über", "by "]);
        assert_eq!(starts.find("NOTES from PipeConf"), Some("notes from"));
        assert_eq!(starts.find("Notes: pipes"), Some("notes"));
        assert_eq!(starts.find_from("Notes from", 1), Some((1, "notes")));
        assert_eq!(starts.find("Über Rohre"), Some("über"));
        assert_eq!(starts.find("Note"), None);
        assert_eq!(starts.find(""), None);
        let ends = Edges::ends(vec!["recap", "day 1", "jour"]);
        assert_eq!(ends.find("PipeConf, DAY 1"), Some("day 1"));
        assert_eq!(ends.find("PipeConf"), None);
    }
}
