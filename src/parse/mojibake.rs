//! Text that was UTF-8, was once read as Windows-1252 or MacRoman and then saved: `â€™`, `Ã©`, `‚Äú`,
//! `√©`. Mended run by run, and only where nobody would have written the characters themselves.
//!
//! A sequence is *strong* where it can be nothing but damage, *serial* where that takes several in a row
//! (Cyrillic, Chinese), *weak* where it might be text (`Ã“` may end a Portuguese quotation). Weak ones are
//! mended only beside strong ones of the same code page.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use crate::model::{RawEntry, RawFeed, Repair, Text, is_any_pair};

use super::repair::Repairs;

/// Text is damaged twice at times (`Ã¢â‚¬â„¢`), hardly ever more often.
const ROUNDS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Windows,
    Mac,
}

impl Page {
    /// MacRoman first: half of its `‚Ä¶` looks like Windows-1252's damage.
    const ALL: [Self; 2] = [Self::Mac, Self::Windows];

    fn kind(self) -> &'static str {
        match self {
            Self::Windows => "mojibake-windows-1252",
            Self::Mac => "mojibake-macroman",
        }
    }

    /// The byte a character stands for, for the upper half.
    fn byte(self, c: char) -> Option<u8> {
        static WINDOWS: OnceLock<HashMap<char, u8>> = OnceLock::new();
        static MAC: OnceLock<HashMap<char, u8>> = OnceLock::new();
        if c.is_ascii() {
            return None;
        }
        // Latin 1 has control characters there, which nobody writes.
        if self == Self::Windows && ('\u{80}'..='\u{9f}').contains(&c) {
            return u8::try_from(u32::from(c)).ok();
        }
        let table = match self {
            Self::Windows => WINDOWS.get_or_init(|| upper_half(WINDOWS_1252)),
            Self::Mac => MAC.get_or_init(|| upper_half(MACINTOSH)),
        };
        table.get(&c).copied()
    }

    /// Characters that stand behind a letter in text in order, too: punctuation, and the mathematics that
    /// MacRoman has there.
    fn is_common(self, c: char) -> bool {
        match self {
            Self::Windows => "“”‘’„‚–—…«»‹›•\u{a0}®™°·²³´ŠšŽžŒœ".contains(c),
            Self::Mac => "∞±≤≥∂∑∏π∫Ω≠√".contains(c),
        }
    }
}

fn upper_half(encoding: &'static Encoding) -> HashMap<char, u8> {
    (0x80..=0xFF_u8)
        .filter_map(|byte| {
            let bytes = [byte];
            let (text, _) = encoding.decode_without_bom_handling(&bytes);
            Some((text.chars().next()?, byte))
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    Strong,
    Serial,
    Weak,
}

struct Found {
    range: Range<usize>,
    was: char,
    evidence: Evidence,
}

/// Mends a text; it is borrowed where nothing is damaged, and where mending would stop half the way.
pub(super) fn mend<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    if !has_neighbours(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut mended = Cow::Borrowed(text);
    let mut layers = Vec::new();
    let mut outer = None;
    for _ in 0..ROUNDS {
        let before = layers.len();
        if let Some((page, found)) = whole(&mended, outer) {
            outer = Some(page);
            layers.push((page, found.len()));
            mended = Cow::Owned(replace(&mended, &found));
            continue;
        }
        outer = None;
        for page in Page::ALL {
            let found = find(&mended, page);
            if !found.is_empty() {
                layers.push((page, found.len()));
                mended = Cow::Owned(replace(&mended, &found));
            }
        }
        if layers.len() == before {
            break;
        }
    }
    // Who writes about damaged text means what stands there.
    let is_meant = || text.to_ascii_lowercase().contains("mojibake");
    if layers.is_empty() || is_half_way(text, &mended) || is_meant() {
        return Cow::Borrowed(text);
    }
    for (page, count) in layers {
        repairs.add(page.kind(), count);
    }
    mended
}

/// Whether two characters beyond ASCII stand side by side, as in every sequence and hardly ever in English.
fn has_neighbours(bytes: &[u8]) -> bool {
    // What comes before the first byte of a character is the last byte of another.
    is_any_pair(bytes, |last, first| (last >= 0x80) & (first >= 0xc0))
}

/// Whether characters came out that nobody writes: a layer is left that could not be undone, and what is
/// mended in part cannot be mended by anybody else.
fn is_half_way(text: &str, mended: &str) -> bool {
    let controls = |text: &str| {
        let is_control = |c: &char| ('\u{80}'..='\u{9f}').contains(c);
        text.chars().filter(is_control).count()
    };
    let left = controls(mended);
    left > 0 && (text != mended || left > controls(text))
}

/// What is to be mended where one program damaged the whole text: all of its characters beyond ASCII are
/// sequences, so that one strong among them vouches for those that would not be believed alone. So does an
/// outer layer of the same page (`outer`), as the same program did it again.
fn whole(text: &str, outer: Option<Page>) -> Option<(Page, Vec<Found>)> {
    Page::ALL.into_iter().find_map(|page| {
        let mut found = sequences(text, page, true);
        settle_series(&mut found);
        let is_strong = |piece: &Found| piece.evidence == Evidence::Strong;
        let again = outer == Some(page) && found.len() >= 3;
        (again || found.iter().any(is_strong)).then_some((page, found))
    })
}

/// Mends a feed and its entries. The content as it was goes along as `unmended`. What was mended in the
/// entries counts for the feed, too.
pub(super) fn mend_feed(feed: &mut RawFeed, repairs: &mut Repairs) {
    for text in [&mut feed.title, &mut feed.subtitle] {
        mend_text(text, repairs);
    }
    for person in &mut feed.authors {
        mend_string(&mut person.name, repairs);
    }
    for entry in &mut feed.entries {
        let mended = mend_entry(entry);
        entry.repairs.extend(mended);
        for repair in &entry.repairs {
            repairs.add(repair.kind, repair.count as usize);
        }
    }
}

fn mend_entry(entry: &mut RawEntry) -> Vec<Repair> {
    let mut repairs = Repairs::default();
    for text in [&mut entry.title, &mut entry.summary] {
        mend_text(text, &mut repairs);
    }
    if let Some(content) = &mut entry.content
        && let Cow::Owned(mended) = mend(&content.value, &mut repairs)
    {
        let mended = Text {
            value: mended,
            ..content.clone()
        };
        entry.unmended = Some(std::mem::replace(content, mended));
    }
    for person in entry.authors.iter_mut().chain(&mut entry.contributors) {
        mend_string(&mut person.name, &mut repairs);
    }
    for category in &mut entry.categories {
        if let Cow::Owned(mended) = mend(&category.term, &mut repairs) {
            category.term = mended;
        }
        mend_string(&mut category.label, &mut repairs);
    }
    repairs.into_vec()
}

fn mend_text(text: &mut Option<Text>, repairs: &mut Repairs) {
    if let Some(text) = text
        && let Cow::Owned(mended) = mend(&text.value, repairs)
    {
        text.value = mended;
    }
}

fn mend_string(text: &mut Option<String>, repairs: &mut Repairs) {
    if let Some(text) = text
        && let Cow::Owned(mended) = mend(text, repairs)
    {
        *text = mended;
    }
}

fn replace(text: &str, found: &[Found]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for piece in found {
        out.push_str(&text[at..piece.range.start]);
        out.push(piece.was);
        at = piece.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// What is to be mended, in order.
fn find(text: &str, page: Page) -> Vec<Found> {
    let mut found = sequences(text, page, false);
    settle_series(&mut found);
    let strong = found.iter().any(|piece| piece.evidence == Evidence::Strong);
    found.retain(|piece| match piece.evidence {
        Evidence::Strong => true,
        Evidence::Weak => strong,
        Evidence::Serial => false,
    });
    found
}

/// Everything that may be damage. `whole` takes sequences of any character, as weak ones.
fn sequences(text: &str, page: Page, whole: bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    let mut before = None;
    loop {
        // Damage begins beyond ASCII, and most text is within.
        let ascii = Encoding::ascii_valid_up_to(&text.as_bytes()[at..]);
        if ascii > 0 {
            at += ascii;
            before = text[..at].chars().next_back();
        }
        let Some(c) = text[at..].chars().next() else {
            return found;
        };
        let known = sequence(&text[at..], page, before).and_then(|(was, length, evidence)| {
            let unlikely = whole.then_some(Evidence::Weak);
            Some((was, length, evidence.or(unlikely)?))
        });
        match known {
            Some((was, length, evidence)) => {
                let range = at..at + length;
                found.push(Found {
                    range,
                    was,
                    evidence,
                });
                at += length;
                before = Some(was);
            }
            // One character in order is enough: the text is not damaged whole.
            None if whole => return Vec::new(),
            None => {
                at += c.len_utf8();
                before = Some(c);
            }
        }
    }
}

/// Three or more of a kind without a gap between them are no accident.
fn settle_series(found: &mut [Found]) {
    let mut start = 0;
    while start < found.len() {
        let mut end = start + 1;
        while end < found.len() && found[end].range.start == found[end - 1].range.end {
            end += 1;
        }
        let serial = |piece: &&Found| piece.evidence == Evidence::Serial;
        let bytes: usize = found[start..end]
            .iter()
            .filter(serial)
            .map(|piece| piece.was.len_utf8())
            .sum();
        if bytes >= 6 {
            for piece in &mut found[start..end] {
                if piece.evidence == Evidence::Serial {
                    piece.evidence = Evidence::Strong;
                }
            }
        }
        start = end;
    }
}

/// The character that the text's first characters were, how many bytes they take now, and how sure that
/// is; `None` where nobody writes such a character.
fn sequence(
    text: &str,
    page: Page,
    before: Option<char>,
) -> Option<(char, usize, Option<Evidence>)> {
    let mut bytes = [0_u8; 4];
    let mut chars = text.chars();
    let lead = chars.next()?;
    // A sequence is two characters at least; quotation marks and accents in order stand alone.
    if chars.as_str().as_bytes().first()?.is_ascii() {
        return None;
    }
    let first = page.byte(lead)?;
    // The private character MacRoman has for F0 gets lost on the way at times, before emoji.
    let lost = page == Page::Mac && first == 0x9F && !before.is_some_and(char::is_alphabetic);
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0 => 4,
        _ if lost => 4,
        _ => return None,
    };
    let mut taken = lead.len_utf8();
    let mut filled = 1;
    bytes[0] = first;
    if lost {
        bytes[..2].copy_from_slice(&[0xF0, first]);
        filled = 2;
    }
    let mut common = true;
    while filled < length {
        let c = chars.next()?;
        let byte = page.byte(c).filter(|byte| (0x80..0xC0).contains(byte))?;
        common &= page.is_common(c);
        bytes[filled] = byte;
        filled += 1;
        taken += c.len_utf8();
    }
    let was = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    let after = chars.next();
    let letters = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if lost && letters(after) {
        return None;
    }
    let inside_word = letters(before) && letters(after);
    Some((was, taken, evidence(was, page, common, inside_word, lead)))
}

fn evidence(
    was: char,
    page: Page,
    common: bool,
    inside_word: bool,
    lead: char,
) -> Option<Evidence> {
    let doubted = if common && !inside_word {
        Evidence::Weak
    } else {
        Evidence::Strong
    };
    match was {
        // Control characters of Latin 1: half the way back from damage done twice (see `mend`).
        '\u{80}'..='\u{9f}' => Some(Evidence::Weak),
        // Latin 1 behind `Â`, `Ã`, `¬`, `√`.
        '\u{a0}'..='\u{ff}' => Some(doubted),
        // Polish, Czech, Turkish behind `Ä`, `Å`: letters of their own, so only with evidence beside.
        '\u{100}'..='\u{17f}' if page == Page::Windows && !common => Some(doubted),
        '\u{100}'..='\u{17f}' => Some(Evidence::Weak),
        // Greek, Cyrillic, Hebrew, Arabic.
        '\u{370}'..='\u{6ff}' => Some(Evidence::Serial),
        // The scripts of India, Thai, Georgian.
        '\u{900}'..='\u{10ff}' => Some(Evidence::Serial),
        // Vietnamese, and Greek with accents, behind `á`: a letter of its own.
        '\u{1e00}'..='\u{1fff}' => Some(doubted),
        // Typography, arrows, signs. `â€` and `‚Ä` are in no language.
        '\u{2010}'..='\u{2bff}' | '\u{fe0f}' | '\u{feff}' if common && lead.is_alphabetic() => {
            Some(Evidence::Weak)
        }
        '\u{200b}'..='\u{2bff}' | '\u{fe0f}' | '\u{feff}' => Some(Evidence::Strong),
        // Kana, Chinese, Korean.
        '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}' => {
            (!common).then_some(Evidence::Serial)
        }
        '\u{1f000}'..='\u{1faff}' => Some(Evidence::Strong),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
