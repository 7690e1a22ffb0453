//! Text that was UTF-8, was once read in another code page, and was then saved: `â€™` for `’`, `‚Äú` for `“`.
//!
//! Repaired only where nothing else can have been meant. A run of characters beyond ASCII is written back
//! in the code page it was wrongly read in; the bytes have to be UTF-8 from their first to their last, and
//! what they say has to be what people write: letters, signs of punctuation, emoji. One German `ä`, one
//! French `É»`, one Czech `Ž` fails one of the two.

use std::borrow::Cow;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

/// The code pages that text is wrongly read in, each with the name of its repair.
const CODE_PAGES: [(&Encoding, &str); 2] = [
    (WINDOWS_1252, "mojibake-windows-1252"),
    (MACINTOSH, "mojibake-macroman"),
];

/// The text mended, with the repairs that were needed, each as often as it was. Borrows what is fine.
pub(super) fn mended(text: &str) -> (Cow<'_, str>, Vec<(&'static str, u32)>) {
    if text.is_ascii() {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut whole = String::new();
    // Up to where the text has been taken over.
    let mut taken = 0;
    let mut counts = [0; CODE_PAGES.len()];
    for (start, run) in runs(text) {
        for (page, count) in CODE_PAGES.iter().zip(&mut counts) {
            if let Some(meant) = meant_by(run, page.0) {
                whole.push_str(&text[taken..start]);
                whole.push_str(&meant);
                taken = start + run.len();
                *count += 1;
                break;
            }
        }
    }
    if taken == 0 {
        return (Cow::Borrowed(text), Vec::new());
    }
    whole.push_str(&text[taken..]);
    let repairs = CODE_PAGES.iter().zip(counts);
    let repairs = repairs
        .filter(|(_, count)| *count > 0)
        .map(|((_, name), count)| (*name, count))
        .collect();
    (Cow::Owned(whole), repairs)
}

/// The runs of characters beyond ASCII, with where each begins.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.bytes().position(|byte| !byte.is_ascii())?;
        let tail = &text[start..];
        let length = tail
            .bytes()
            .position(|byte| byte.is_ascii())
            .unwrap_or(tail.len());
        at = start + length;
        Some((start, &text[start..at]))
    })
}

/// What a run said before it was read in this code page; `None` where it cannot have been.
fn meant_by(run: &str, page: &'static Encoding) -> Option<String> {
    // The shortest damage is one character of two bytes, so two characters.
    if run.chars().nth(1).is_none() {
        return None;
    }
    let (bytes, _, unmappable) = page.encode(run);
    if unmappable {
        return None;
    }
    let meant = std::str::from_utf8(&bytes).ok()?;
    meant.chars().all(is_written).then(|| meant.to_owned())
}

/// What people write beyond ASCII and what damage is known to have been. The blocks left out between
/// (phonetic letters, Armenian, control characters) are what innocent pairs would give.
fn is_written(c: char) -> bool {
    matches!(u32::from(c),
        // Latin letters and signs, Greek, Cyrillic
        0xa0..=0x17f | 0x391..=0x3ce | 0x400..=0x45f
        // Punctuation, joiners, currencies, letterlike signs, arrows, shapes, dingbats
        | 0x200d | 0x2010..=0x2027 | 0x2030..=0x203a | 0x20ac | 0x2100..=0x214f
        | 0x2190..=0x23ff | 0x2500..=0x27bf | 0x2b00..=0x2bff
        // Chinese, Japanese, Korean and their punctuation
        | 0x3000..=0x30ff | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xff01..=0xff5e
        // What makes an emoji of the character before it, and emoji
        | 0xfe0f | 0xfeff | 0x1f000..=0x1faff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        mended(text).0.into_owned()
    }

    /// Damages text as the world does.
    fn damaged(text: &str, page: &'static Encoding) -> String {
        page.decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    }

    #[test]
    fn both_code_pages_are_undone() {
        for text in [
            "It’s “fine” – really…",
            "Grüße aus Łódź",
            "naïve café",
            "会議の記事",
            "😊 👩‍💻 ✅",
        ] {
            for (page, name) in CODE_PAGES {
                let broken = damaged(text, page);
                let (whole, repairs) = mended(&broken);
                assert_eq!(whole, text, "{broken}");
                assert!(
                    repairs.iter().any(|(repair, _)| *repair == name),
                    "{broken}"
                );
            }
        }
        assert_eq!(
            of("Donâ€™t panic, ‚Äúsheâ€\u{9d} said"),
            "Don’t panic, “she” said"
        );
    }

    #[test]
    fn what_is_fine_stays_as_it_is() {
        for text in [
            "Grüße, Straße, Äpfel und Öl",
            "« CAFÉ» à 5 €, l’été, Noël, où déjà",
            "NÃO, coração, ações; mañana, señor",
            "Åsa Öberg på Ångström; smörgåsbord",
            "Łódź, żółć, Dvořák, Žižka, Košťál",
            "λόγος, Москва, сервер, 日本語, 한국어, עברית, हिन्दी",
            "Ä, Ã, Â, â, é™, ©®, ½°, ‚low‘, 20 °C ± 2 µm",
            "🎉 🚀 🦀 — … ™",
        ] {
            let (whole, repairs) = mended(text);
            assert_eq!(whole, text);
            assert!(matches!(whole, Cow::Borrowed(_)));
            assert!(repairs.is_empty());
        }
    }

    #[test]
    fn mending_twice_is_mending_once() {
        let broken = damaged("“a” – naïve 😊", MACINTOSH);
        let once = of(&broken);
        assert_eq!(of(&once), once);
    }
}
