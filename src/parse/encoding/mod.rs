//! Bytes to text: which encoding they are in, and what to do where they say it wrong.

mod foreign;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::source::Document;

/// A document's text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// Without byte order mark. Borrowed where the bytes were valid UTF-8.
    pub(super) text: Cow<'a, str>,
    /// By its name in the Encoding Standard.
    pub(super) encoding: &'static str,
    /// What decided that, for people.
    pub(super) by: &'static str,
    /// Whether the bytes were not in the encoding they claim, or not valid in it.
    pub(super) mended: bool,
    /// What the document or its server claims, where that was not believed: who says so, and what.
    pub(super) disbelieved: Option<Claim>,
}

/// Somebody says which encoding it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) encoding: &'static Encoding,
    pub(super) by: &'static str,
}

const MARK: &str = "the byte order mark";
const HEADER: &str = "the HTTP header";
const DECLARATION: &str = "the XML declaration";
const META: &str = "a meta tag";
const VALID: &str = "its bytes, which are valid UTF-8";
const MOSTLY: &str = "its bytes, nearly all of which are valid UTF-8";
const ZEROS: &str = "its bytes, every second of which is zero";
const LOOKS: &str = "what its bytes look like";
const FIRST: &str = "its first bytes";

/// Decodes by byte order mark, `Content-Type`, XML declaration, `<meta charset>`, else by what the bytes
/// look like.
///
/// What is valid UTF-8 beyond ASCII is read as UTF-8 whatever it claims: text in another encoding is
/// hardly ever valid by accident, and wrong claims are common. Of two claims the one counts in which all
/// bytes are valid. `text/xml` without a charset claims nothing, whatever RFC 3023 said.
pub(super) fn decode(document: &Document) -> Decoded<'_> {
    let bytes = document.bytes.as_slice();
    let header = document
        .content_type
        .as_deref()
        .and_then(charset_of_content_type);
    let header = header.map(|encoding| Claim {
        encoding,
        by: HEADER,
    });
    let claims = [header, claimed_inside(bytes)];
    let mut decoded = by_claims(bytes, claims);
    let all = claims.into_iter().flatten();
    decoded.disbelieved = all
        .into_iter()
        .find(|claim| claim.encoding.name() != decoded.encoding && claim.by != decoded.by);
    decoded
}

fn by_claims(bytes: &[u8], claims: [Option<Claim>; 2]) -> Decoded<'_> {
    if let Some((text, encoding, mended)) = foreign::decode(bytes) {
        return Decoded {
            text: Cow::Owned(text),
            encoding,
            by: FIRST,
            mended,
            disbelieved: None,
        };
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let body = bytes.get(length..).unwrap_or_default();
        let mut decoded = if encoding == UTF_8 {
            decode_utf8(body, true)
        } else {
            decode_as(encoding, body, MARK)
        };
        if decoded.encoding == encoding.name() {
            decoded.by = MARK;
        }
        decoded.mended |=
            encoding == UTF_8 && claims[1].is_some_and(|claim| claim.encoding != UTF_8);
        return decoded;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decode_as(encoding, bytes, ZEROS);
    }
    // UTF-16 claimed of bytes that are not: the claim was read, so it is wrong.
    let readable =
        |claim: &Claim| claim.encoding.is_ascii_compatible() || claim.encoding == ISO_2022_JP;
    let mut claims = claims.into_iter().flatten();
    if let Ok(text) = std::str::from_utf8(bytes) {
        return valid_utf8(text, claims.next());
    }
    let claims = claims.filter(readable);
    let claimed_utf8 = claims.clone().any(|claim| claim.encoding == UTF_8);
    let mut others = claims.filter(|claim| claim.encoding != UTF_8);
    let Some(first) = others.next() else {
        return decode_utf8(bytes, claimed_utf8);
    };
    let clean = |claim: Claim| {
        let text = claim
            .encoding
            .decode_without_bom_handling_and_without_replacement(bytes)?;
        Some((text, claim))
    };
    let looks = || Claim {
        encoding: detected(bytes),
        by: LOOKS,
    };
    let found = clean(first).or_else(|| others.find_map(clean));
    match found.or_else(|| clean(looks())) {
        Some((text, claim)) => Decoded {
            text,
            encoding: claim.encoding.name(),
            by: claim.by,
            mended: claim.by != first.by,
            disbelieved: None,
        },
        None => decode_as(first.encoding, bytes, first.by),
    }
}

/// Bytes that are valid UTF-8, with what they claim to be.
fn valid_utf8(text: &str, claim: Option<Claim>) -> Decoded<'_> {
    let encoding = claim.map(|claim| claim.encoding);
    // ISO-2022-JP is written in ASCII alone.
    let escaped = text.is_ascii() && text.contains("\u{1b}$");
    if escaped && encoding.is_none_or(|claim| claim == ISO_2022_JP || claim == UTF_8) {
        let by = claim.filter(|claim| claim.encoding == ISO_2022_JP);
        let by = by.map_or(LOOKS, |claim| claim.by);
        let mut decoded = decode_as(ISO_2022_JP, text.as_bytes(), by);
        decoded.mended |= encoding == Some(UTF_8);
        return decoded;
    }
    let fits = |claim: &Claim| {
        claim.encoding == UTF_8 || (text.is_ascii() && claim.encoding.is_ascii_compatible())
    };
    let believed = claim.filter(fits);
    Decoded {
        text: Cow::Borrowed(text),
        encoding: believed.map_or(UTF_8, |claim| claim.encoding).name(),
        by: believed.map_or(VALID, |claim| claim.by),
        mended: claim.is_some() && believed.is_none(),
        disbelieved: None,
    }
}

/// What the bytes look like, as browsers guess it.
fn detected(bytes: &[u8]) -> &'static Encoding {
    const ENOUGH: usize = 1 << 20;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(ENOUGH)], true);
    detector.guess(None, Utf8Detection::Deny)
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8], by: &'static str) -> Decoded<'a> {
    let (text, mended) = encoding.decode_without_bom_handling(bytes);
    Decoded {
        text,
        encoding: encoding.name(),
        by,
        mended,
        disbelieved: None,
    }
}

/// UTF-8; bytes that are not valid in it are read as windows-1252, one by one. A document that has
/// more of those than of real UTF-8 is in another encoding, and is no lie unless it claimed UTF-8.
fn decode_utf8(bytes: &[u8], claimed: bool) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: Cow::Borrowed(text),
            encoding: UTF_8.name(),
            by: VALID,
            mended: false,
            disbelieved: None,
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
        let mut decoded = decode_as(detected(bytes), bytes, LOOKS);
        decoded.mended |= claimed;
        return decoded;
    }
    Decoded {
        text: Cow::Owned(text),
        encoding: UTF_8.name(),
        by: MOSTLY,
        mended: true,
        disbelieved: None,
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
fn claimed_inside(bytes: &[u8]) -> Option<Claim> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048))?).to_ascii_lowercase();
    if let Some(start) = head.find("<?xml") {
        let declaration = head[start..].split("?>").next()?;
        if let Some(encoding) = value_after(declaration, "encoding").and_then(for_label) {
            return Some(Claim {
                encoding,
                by: DECLARATION,
            });
        }
    }
    let encoding = head.match_indices("<meta").find_map(|(start, _)| {
        let tag = head[start..].split('>').next()?;
        value_after(tag, "charset").and_then(for_label)
    })?;
    Some(Claim { encoding, by: META })
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
    fn what_claims_nothing_is_read_as_it_looks() {
        for (text, encoding) in [
            (
                "Привет мир, это заметки с конференции о сетях и людях",
                encoding_rs::KOI8_U,
            ),
            (
                "日本語のメモです。会議の話をまとめました。",
                encoding_rs::SHIFT_JIS,
            ),
            (
                "日本語のメモです。会議の話をまとめました。",
                encoding_rs::EUC_JP,
            ),
            ("日本語のメモです。", ISO_2022_JP),
            ("한국어로 쓴 회의 메모입니다", encoding_rs::EUC_KR),
            ("會議筆記的中文內容在這裡，還有更多的字", encoding_rs::BIG5),
        ] {
            let page = format!("<rss><title>{text}</title></rss>");
            let (bytes, _, lost) = encoding.encode(&page);
            assert!(!lost);
            assert_eq!(decoded(&bytes, None), (page, encoding.name(), false));
        }
    }

    #[test]
    fn of_two_claims_the_one_that_fits_counts() {
        let (bytes, ..) = encoding_rs::EUC_KR
            .encode("<?xml version='1.0' encoding='euc-kr'?><t>한국어로 쓴 메모</t>");
        let (text, encoding, mended) = decoded(&bytes, Some("text/xml; charset=shift_jis"));
        assert!(text.contains("한국어로"), "{text}");
        assert_eq!((encoding, mended), ("EUC-KR", true));
        assert_eq!(
            decoded(
                b"It\x92s a caf\xE9 in \x93town\x94",
                Some("text/xml; charset=utf-8")
            )
            .0,
            "It\u{2019}s a café in “town”"
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
