//! Words with one space between each: what nearly all of nearly every text consists of.

/// So many bytes are looked at together, without a branch for each, and fewer where so many are not fine.
const PIECES: [usize; 2] = [32, 8];

/// How many bytes ahead are plain, but for single spaces between plain ones. A space is never plain.
pub(super) fn words_ahead(bytes: &[u8], is_plain: impl Fn(u8) -> bool) -> usize {
    if !bytes.first().is_some_and(|byte| is_plain(*byte)) {
        return 0;
    }
    let mut at = 0;
    let is_fine = |piece: &[u8]| {
        let pairs = piece.iter().zip(&piece[1..]);
        pairs.fold(true, |fine, (byte, next)| {
            let is_space = *byte == b' ';
            fine & (is_plain(*byte) | is_space) & !(is_space & (*next == b' '))
        })
    };
    for size in PIECES {
        while bytes.get(at..=at + size).is_some_and(is_fine) {
            at += size;
        }
    }
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
