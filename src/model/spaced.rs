//! Words with one space between each, what nearly all of nearly every text consists of, and other looks at many
//! bytes at once.

/// How many bytes ahead are plain, but for single spaces between plain ones. A space is never plain.
pub(super) fn words_ahead(bytes: &[u8], is_plain: impl Fn(u8) -> bool) -> usize {
    if !bytes.first().is_some_and(|byte| is_plain(*byte)) {
        return 0;
    }
    let at = pieces_ahead::<32>(bytes, 0, &is_plain);
    let mut at = pieces_ahead::<8>(bytes, at, &is_plain);
    // What follows a space at the end of a piece has not been looked at.
    if bytes[..at].ends_with(b" ") {
        at -= 1;
    }
    while let Some(byte) = bytes.get(at) {
        let is_between = || *byte == b' ' && bytes.get(at + 1).is_some_and(|next| is_plain(*next));
        if !is_plain(*byte) && !is_between() {
            break;
        }
        at += 1;
    }
    at
}

/// The same from `at` on in whole pieces, whose bytes are looked at together, without a branch for each. The
/// last of them may be a space.
fn pieces_ahead<const PIECE: usize>(
    bytes: &[u8],
    mut at: usize,
    is_plain: impl Fn(u8) -> bool,
) -> usize {
    while let Some(piece) = bytes.get(at..=at + PIECE) {
        let fine = piece
            .iter()
            .zip(&piece[1..])
            .fold(true, |fine, (byte, next)| {
                let is_space = *byte == b' ';
                fine & (is_plain(*byte) | is_space) & !(is_space & (*next == b' '))
            });
        if !fine {
            break;
        }
        at += PIECE;
    }
    at
}

/// Whether two bytes that stand side by side fulfil a test; of many pairs at once, without a branch for each.
pub(crate) fn is_any_pair(bytes: &[u8], test: impl Fn(u8, u8) -> bool) -> bool {
    const PIECE: usize = 64;
    let behind = bytes.get(1..).unwrap_or_default();
    let mut pieces = bytes.chunks(PIECE).zip(behind.chunks(PIECE));
    pieces.any(|(piece, next)| {
        let pairs = piece.iter().zip(next);
        pairs.fold(false, |any, (byte, next)| any | test(*byte, *next))
    })
}

#[cfg(test)]
mod tests {
    use super::words_ahead;

    #[test]
    fn pieces_end_where_single_bytes_would() {
        let is_plain = |byte: u8| byte.is_ascii_alphabetic();
        let one_by_one = |bytes: &[u8]| {
            let mut at = 0;
            while let Some(byte) = bytes.get(at) {
                let next = bytes.get(at + 1).copied().is_some_and(is_plain);
                if !is_plain(*byte) && (*byte != b' ' || at == 0 || !next) {
                    break;
                }
                at += 1;
            }
            at
        };
        let words = b"ab c defghij klm no p qrstuvwx yz ab c defghij klm no p qrstuvwx yz ab c d";
        for end in 0..words.len() {
            for odd in ["", " ", "  ", "!", " !", "! a", "  a", " a"] {
                let text = [&words[..end], odd.as_bytes(), &words[..40]].concat();
                let said = String::from_utf8_lossy(&text);
                assert_eq!(words_ahead(&text, is_plain), one_by_one(&text), "{said}");
                let text = [&words[..end], odd.as_bytes()].concat();
                assert_eq!(words_ahead(&text, is_plain), one_by_one(&text));
            }
        }
    }
}
