//! Encodings that the Encoding Standard leaves out, and feeds are still met in: UTF-32 and EBCDIC. Known
//! by how `<?xm` and `<` look in them (XML 1.0, appendix F), never by a label alone.

/// Code page 37, its 256 bytes in Unicode; 0x15 and 0x25 both end lines.
const IBM037: &str = "\0\u{1}\u{2}\u{3}\u{9c}\t\u{86}\u{7f}\u{97}\u{8d}\u{8e}\u{b}\u{c}\r\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{9d}\n\u{8}\u{87}\u{18}\u{19}\u{92}\u{8f}\u{1c}\u{1d}\u{1e}\u{1f}\u{80}\u{81}\u{82}\u{83}\u{84}\n\u{17}\u{1b}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{5}\u{6}\u{7}\u{90}\u{91}\u{16}\u{93}\u{94}\u{95}\u{96}\u{4}\u{98}\u{99}\u{9a}\u{9b}\u{14}\u{15}\u{9e}\u{1a} \u{a0}âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬-/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×{ABCDEFGHI\u{ad}ôöòóõ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u{9f}";

/// Where code page 500 differs.
const IBM500: [(u8, char); 7] = [
    (0x4A, '['),
    (0x4F, '!'),
    (0x5A, ']'),
    (0x5F, '^'),
    (0xB0, '¢'),
    (0xBA, '¬'),
    (0xBB, '|'),
];

/// The text, the encoding's name, and whether something in it was not valid. `None`: none of these.
pub(super) fn decode(bytes: &[u8]) -> Option<(String, &'static str, bool)> {
    match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => Some(utf32(rest, true)),
        [0xFF, 0xFE, 0, 0, rest @ ..] => Some(utf32(rest, false)),
        [0, 0, 0, b'<', ..] => Some(utf32(bytes, true)),
        [b'<', 0, 0, 0, ..] => Some(utf32(bytes, false)),
        // `<?xm`
        [0x4C, 0x6F, 0xA7, 0x94, ..] => Some(ebcdic(bytes)),
        _ => None,
    }
}

fn utf32(bytes: &[u8], big: bool) -> (String, &'static str, bool) {
    let mut mended = !bytes.len().is_multiple_of(4);
    let text = bytes
        .chunks_exact(4)
        .map(|four| {
            let four = [four[0], four[1], four[2], four[3]];
            let code = if big {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            };
            char::from_u32(code).unwrap_or_else(|| {
                mended = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    (text, if big { "UTF-32BE" } else { "UTF-32LE" }, mended)
}

fn ebcdic(bytes: &[u8]) -> (String, &'static str, bool) {
    let mut table: Vec<char> = IBM037.chars().collect();
    let with = |table: &[char], bytes: &[u8]| -> String {
        bytes
            .iter()
            .map(|byte| table.get(usize::from(*byte)).copied().unwrap_or(' '))
            .collect()
    };
    let declaration = with(&table, &bytes[..bytes.len().min(200)]);
    let declaration = declaration.split("?>").next().unwrap_or_default();
    let mut name = "IBM037";
    if declaration.contains("500") || declaration.contains("1148") {
        name = "IBM500";
        for (byte, c) in IBM500 {
            table[usize::from(byte)] = c;
        }
    }
    // The same pages with the euro sign.
    if declaration.contains("114") {
        table[0x9F] = '€';
    }
    (with(&table, bytes), name, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf32_is_read_with_and_without_its_mark() {
        let text = "<é>";
        let wide = |marked: bool, big: bool| -> Vec<u8> {
            let mark = marked.then_some('\u{FEFF}');
            mark.into_iter()
                .chain(text.chars())
                .flat_map(|c| {
                    if big {
                        u32::from(c).to_be_bytes()
                    } else {
                        u32::from(c).to_le_bytes()
                    }
                })
                .collect()
        };
        for (marked, big) in [(true, true), (true, false), (false, true), (false, false)] {
            let (read, _, mended) = decode(&wide(marked, big)).unwrap();
            assert_eq!((read.as_str(), mended), (text, false));
        }
        assert!(decode(b"<\0\0\0\xFF\xFF\xFF\xFF").unwrap().2);
        assert_eq!(decode(b"<?xml"), None);
    }

    #[test]
    fn ebcdic_has_a_character_for_each_byte() {
        assert_eq!(IBM037.chars().count(), 256);
        let table: Vec<char> = IBM037.chars().collect();
        let bytes = |text: &str| -> Vec<u8> {
            text.chars()
                .map(|c| u8::try_from(table.iter().position(|known| *known == c).unwrap()).unwrap())
                .collect()
        };
        let (text, name, _) =
            decode(&bytes("<?xml version='1.0' encoding='cp037'?><a>[é]</a>")).unwrap();
        assert_eq!(
            (text.as_str(), name),
            ("<?xml version='1.0' encoding='cp037'?><a>[é]</a>", "IBM037")
        );
        assert_eq!(
            decode(&bytes("<?xml encoding='cp500'?>¢")).unwrap().0,
            "<?xml encoding='cp500'?>["
        );
    }
}
