//! A date's text put plain (small letters, no accents, ASCII digits and dashes) and cut into parts.

/// Small letters without accents, so that the tables of words need one spelling each.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            // Full-width forms, as Japanese and Chinese keyboards write them.
            '\u{FF01}'..='\u{FF5E}' => {
                let plain = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
                folded.push(plain.to_ascii_lowercase());
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            // Combining accents, and marks of direction that some programs put round dates.
            '\u{0300}'..='\u{036F}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' => {}
            _ if c.is_whitespace() => folded.push(' '),
            _ => folded.extend(c.to_lowercase().map(bare)),
        }
    }
    folded
}

fn bare(c: char) -> char {
    const BARE: [(&str, char); 25] = [
        ("àáâãäåāăą", 'a'),
        ("çćč", 'c'),
        ("ďđ", 'd'),
        ("èéêëēęě", 'e'),
        ("ğ", 'g'),
        ("ìíîïīı", 'i'),
        ("łľ", 'l'),
        ("ñńň", 'n'),
        ("òóôõöøőō", 'o'),
        ("řŕ", 'r'),
        ("śšşș", 's'),
        ("ťțţ", 't'),
        ("ùúûüůűū", 'u'),
        ("ýÿ", 'y'),
        ("źžż", 'z'),
        ("ά", 'α'),
        ("έ", 'ε'),
        ("ή", 'η'),
        ("ίϊΐ", 'ι'),
        ("ό", 'ο'),
        ("ύϋΰ", 'υ'),
        ("ώ", 'ω'),
        ("ς", 'σ'),
        ("ё", 'е'),
        ("ї", 'і'),
    ];
    BARE.iter()
        .find(|(accented, _)| accented.contains(c))
        .map_or(c, |(_, bare)| *bare)
}

/// A run of digits, a run of letters, or any other character but white space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part<'a> {
    Number(&'a str),
    /// Signs that are words (年, 일) stand alone.
    Word(&'a str),
    Mark(char),
}

/// The parts of a date, and which of them have been understood.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    parts: Vec<Piece<'a>>,
    /// Korean blogs leave the zone out and mean their own.
    pub(super) korean: bool,
}

#[derive(Debug)]
struct Piece<'a> {
    part: Part<'a>,
    /// Nothing between this and the part before.
    glued: bool,
    used: bool,
}

impl<'a> Parts<'a> {
    pub(super) fn of(folded: &'a str) -> Self {
        let mut parts = Vec::with_capacity(16);
        let mut korean = false;
        let mut glued = false;
        let mut rest = folded;
        while let Some(first) = rest.chars().next() {
            let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic() && !is_sign(c));
            let kind = class(first);
            let length = if kind == (false, false) {
                first.len_utf8()
            } else {
                rest.find(|c| class(c) != kind).unwrap_or(rest.len())
            };
            let (text, after) = rest.split_at(length);
            rest = after;
            if first == ' ' {
                glued = false;
                continue;
            }
            korean |= ('\u{AC00}'..='\u{D7A3}').contains(&first);
            let part = match kind {
                (true, _) => Part::Number(text),
                (_, true) => Part::Word(text),
                _ if is_sign(first) => Part::Word(text),
                _ => Part::Mark(first),
            };
            parts.push(Piece {
                part,
                glued,
                used: false,
            });
            glued = true;
        }
        Self { parts, korean }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// `None` behind the end, and for what has been used.
    pub(super) fn get(&self, at: usize) -> Option<Part<'a>> {
        self.parts
            .get(at)
            .filter(|piece| !piece.used)
            .map(|piece| piece.part)
    }

    pub(super) fn number(&self, at: usize) -> Option<&'a str> {
        match self.get(at) {
            Some(Part::Number(digits)) => Some(digits),
            _ => None,
        }
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        match self.get(at) {
            Some(Part::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        matches!(self.get(at), Some(Part::Mark(mark)) if marks.contains(&mark))
    }

    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.parts.get(at).is_some_and(|piece| piece.glued)
    }

    pub(super) fn set_used(&mut self, range: std::ops::Range<usize>) {
        for piece in self.parts.iter_mut().take(range.end).skip(range.start) {
            piece.used = true;
        }
    }

    /// What is left to be understood.
    pub(super) fn rest(&self) -> Vec<Part<'a>> {
        let left = self.parts.iter().filter(|piece| !piece.used);
        left.map(|piece| piece.part).collect()
    }
}

/// Chinese characters and Korean syllables.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
