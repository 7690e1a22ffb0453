//! Bytes to text: which encoding they are in, and what to do where they say it wrong.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::source::Document;

/// A document's text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// Without byte order mark. Borrowed where the bytes were valid UTF-8.
    pub(super) text: Cow<'a, str>,
    /// By its name in the Encoding Standard.
    pub(super) encoding: &'static str,
    /// Whether the bytes were not in the encoding they claim, or not valid in it.
    pub(super) mended: bool,
}

/// Decodes by byte order mark, `Content-Type`, XML declaration, `<meta charset>`, else as UTF-8.
///
/// What is valid UTF-8 beyond ASCII is read as UTF-8 whatever it claims: text in another encoding is
/// hardly ever valid by accident, and wrong claims are common.
pub(super) fn decode(document: &Document) -> Decoded<'_> {
    let bytes = document.bytes.as_slice();
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let body = bytes.get(length..).unwrap_or_default();
        return if encoding == UTF_8 {
            decode_utf8(body, false)
        } else {
            decode_as(encoding, body)
        };
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decode_as(encoding, bytes);
    }
    let claimed = document
        .content_type
        .as_deref()
        .and_then(charset_of_content_type)
        .or_else(|| claimed_inside(bytes))
        // UTF-16 claimed of bytes that are not: the claim was read, so it is wrong.
        .filter(|encoding| encoding.is_ascii_compatible() || *encoding == ISO_2022_JP);
    match claimed {
        Some(encoding) if encoding == ISO_2022_JP => decode_as(encoding, bytes),
        Some(encoding) if encoding != UTF_8 => match std::str::from_utf8(bytes) {
            Ok(text) => Decoded {
                text: Cow::Borrowed(text),
                encoding: if text.is_ascii() {
                    encoding.name()
                } else {
                    UTF_8.name()
                },
                mended: !text.is_ascii(),
            },
            Err(_) => decode_as(encoding, bytes),
        },
        Some(_) => decode_utf8(bytes, true),
        None => decode_utf8(bytes, false),
    }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, mended) = encoding.decode_without_bom_handling(bytes);
    Decoded {
        text,
        encoding: encoding.name(),
        mended,
    }
}

/// UTF-8; bytes that are not valid in it are read as windows-1252, one by one. A document that has
/// more of those than of real UTF-8 is called windows-1252, and is not a wrong claim unless it made one.
fn decode_utf8(bytes: &[u8], claimed: bool) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: Cow::Borrowed(text),
            encoding: UTF_8.name(),
            mended: false,
        };
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        text.push_str(chunk.valid());
        invalid += chunk.invalid().len();
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    if invalid > valid {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        return Decoded {
            text,
            encoding: WINDOWS_1252.name(),
            mended: claimed,
        };
    }
    Decoded {
        text: Cow::Owned(text),
        encoding: UTF_8.name(),
        mended: true,
    }
}

/// UTF-16 without a mark shows in the zero bytes beside the ASCII characters a document begins with.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(64) & !1)?;
    let pairs = head.len() / 2;
    if pairs < 2 {
        return None;
    }
    let is_ascii_in = |text: usize, zero: usize| {
        head.chunks_exact(2)
            .filter(|pair| pair[zero] == 0 && pair[text] != 0 && pair[text] < 0x80)
            .count()
            * 4
            >= pairs * 3
    };
    if is_ascii_in(0, 1) {
        Some(UTF_16LE)
    } else if is_ascii_in(1, 0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn charset_of_content_type(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("charset") {
            return None;
        }
        for_label(value.trim().trim_matches(['"', '\'']))
    })
}

/// What the XML declaration or a `<meta>` within the first bytes claims.
fn claimed_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048))?).to_ascii_lowercase();
    if let Some(start) = head.find("<?xml") {
        let declaration = head[start..].split("?>").next()?;
        if let Some(encoding) = value_after(declaration, "encoding").and_then(for_label) {
            return Some(encoding);
        }
    }
    head.match_indices("<meta").find_map(|(start, _)| {
        let tag = head[start..].split('>').next()?;
        value_after(tag, "charset").and_then(for_label)
    })
}

/// The value of `name=…`, quoted or not.
fn value_after<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = tag.split_once(name)?.1.trim_start().strip_prefix('=')?;
    let rest = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = rest
        .find(|c: char| matches!(c, '"' | '\'' | ';' | '/' | '>') || c.is_whitespace())
        .unwrap_or(rest.len());
    Some(&rest[..end])
}

fn for_label(label: &str) -> Option<&'static Encoding> {
    // The Encoding Standard answers dangerous labels with an encoding that reads nothing.
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], content_type: Option<&str>) -> (String, &'static str, bool) {
        let mut document = Document::from_bytes(bytes.to_vec());
        document.content_type = content_type.map(str::to_owned);
        let decoded = decode(&document);
        (decoded.text.into_owned(), decoded.encoding, decoded.mended)
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn valid_utf8_is_not_copied() {
        let document = Document::from_bytes("<feed>Müller</feed>".into());
        assert!(matches!(decode(&document).text, Cow::Borrowed(_)));
    }

    #[test]
    fn a_byte_order_mark_decides() {
        assert_eq!(
            decoded(b"\xEF\xBB\xBF<a/>", Some("text/xml; charset=latin1")),
            ("<a/>".into(), "UTF-8", false)
        );
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(utf16("<a>é</a>", true));
        assert_eq!(
            decoded(&bytes, None),
            ("<a>é</a>".into(), "UTF-16LE", false)
        );
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_zeros() {
        assert_eq!(decoded(&utf16("<feed>é</feed>", false), None).1, "UTF-16BE");
        assert_eq!(
            decoded(&utf16("# A note, é", true), None),
            ("# A note, é".into(), "UTF-16LE", false)
        );
    }

    #[test]
    fn the_header_then_the_declaration_then_meta_are_believed() {
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><t>caf\xE9 \x96</t>";
        assert_eq!(decoded(latin, None).1, "windows-1252");
        assert!(decoded(latin, None).0.contains("café –"));
        assert!(
            decoded(b"\xEF\xF2", Some("text/xml; charset=\"KOI8-R\""))
                .0
                .contains("ОР"),
            "header"
        );
        assert_eq!(
            decoded(
                b"<html><META content='text/html; CHARSET=koi8-r'>\xEF",
                None
            )
            .1,
            "KOI8-R"
        );
    }

    #[test]
    fn a_wrong_claim_is_seen_through() {
        let lie = "<?xml version='1.0' encoding='iso-8859-1'?><t>é</t>".as_bytes();
        assert_eq!(
            (decoded(lie, None).1, decoded(lie, None).2),
            ("UTF-8", true)
        );
        let claim = b"<?xml version='1.0' encoding='utf-16'?><t>x</t>";
        assert_eq!(decoded(claim, None).1, "UTF-8");
    }

    #[test]
    fn bytes_that_are_no_utf8_are_windows_1252() {
        assert_eq!(
            decoded(b"caf\xE9", None),
            ("café".into(), "windows-1252", false)
        );
        // One stray byte does not spoil a UTF-8 document.
        assert_eq!(
            decoded(b"M\xC3\xBCller \xC3\xA9 \x96 x", None),
            ("Müller é – x".into(), "UTF-8", true)
        );
    }

    #[test]
    fn odd_lengths_and_tiny_documents_are_harmless() {
        for bytes in [
            &b""[..],
            b"<",
            b"\xFF\xFE<",
            b"\xFE\xFF",
            b"\0<\0",
            b"\xEF\xBB",
        ] {
            decoded(bytes, None);
        }
    }
}
