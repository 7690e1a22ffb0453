//! JSON text, written member by member as it is said: nothing is built first, and long texts are looked at
//! many bytes at a time.

use std::io::Write as _;

/// So many bytes of a text are looked at together, without a branch for each; at its end fewer.
const PIECE: usize = 32;
const SMALL_PIECE: usize = 8;

/// An object that is being written.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl Object<'_> {
    pub(super) fn write(out: &mut Vec<u8>, members: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        members(&mut Object {
            out,
            is_empty: true,
        });
        out.push(b'}');
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        write_text(self.named(name), text);
    }

    /// `null` where there is none.
    pub(super) fn maybe_text(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.named(name).extend_from_slice(b"null"),
        }
    }

    pub(super) fn number(&mut self, name: &str, number: i64) {
        // Writing to memory cannot fail.
        let _ = write!(self.named(name), "{number}");
    }

    pub(super) fn maybe_number(&mut self, name: &str, number: Option<u64>) {
        let out = self.named(name);
        let _ = match number {
            Some(number) => write!(out, "{number}"),
            None => write!(out, "null"),
        };
    }

    pub(super) fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        Object::write(self.named(name), members);
    }

    /// Each item becomes an object.
    pub(super) fn objects<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Object<'_>, T),
    ) {
        let write = |out: &mut Vec<u8>, item| Object::write(out, |object| members(object, item));
        self.list(name, items, write);
    }

    pub(super) fn texts<'t>(&mut self, name: &str, texts: impl IntoIterator<Item = &'t str>) {
        self.list(name, texts, write_text);
    }

    fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Vec<u8>, T),
    ) {
        let out = self.named(name);
        out.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write(out, item);
        }
        out.push(b']');
    }

    /// Names are written as they are: they hold nothing that JSON would escape.
    fn named(&mut self, name: &str) -> &mut Vec<u8> {
        self.out
            .extend_from_slice(if self.is_empty { b"\"" } else { b",\"" });
        self.is_empty = false;
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }
}

/// Escaped as `serde_json` does it: what JSON demands (RFC 8259, 7) and nothing else.
fn write_text(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, behind) = rest.split_at(plain_ahead(rest));
        out.extend_from_slice(plain);
        let Some((byte, behind)) = behind.split_first() else {
            break;
        };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            control => {
                let _ = write!(out, "\\u{control:04x}");
            }
        }
        rest = behind;
    }
    out.push(b'"');
}

/// How many bytes ahead stand for themselves.
fn plain_ahead(bytes: &[u8]) -> usize {
    let is_plain = |byte: u8| (byte >= 0x20) & (byte != b'"') & (byte != b'\\');
    let are_plain = |piece: &&[u8]| piece.iter().fold(true, |all, byte| all & is_plain(*byte));
    let plain_pieces = |from: usize, size: usize| {
        let pieces = bytes[from..].chunks_exact(size);
        from + size * pieces.take_while(are_plain).count()
    };
    let from = plain_pieces(plain_pieces(0, PIECE), SMALL_PIECE);
    let odd = bytes[from..].iter().position(|byte| !is_plain(*byte));
    odd.map_or(bytes.len(), |odd| from + odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_serde_json_does_it() {
        let all: String = (0..=0x2ff).filter_map(char::from_u32).collect();
        let long = "word ".repeat(20);
        for at in 0..70 {
            for odd in [
                "\"", "\\", "\n", "\u{1}", "\u{1f}", "\u{7f}", "ü", "\u{2028}", "😀", "",
            ] {
                let text = format!("{}{odd}{long}{odd}{odd}", &long[..at]);
                let mut out = Vec::new();
                write_text(&mut out, &text);
                assert_eq!(out, serde_json::to_vec(&text).unwrap(), "{text:?}");
            }
        }
        let mut out = Vec::new();
        write_text(&mut out, &all);
        assert_eq!(out, serde_json::to_vec(&all).unwrap());
    }

    #[test]
    fn members_stand_in_their_order_and_lists_may_be_empty() {
        let mut out = Vec::new();
        Object::write(&mut out, |object| {
            object.number("a", -7);
            object.maybe_number("b", None);
            object.texts("c", []);
            object.objects("d", [1, 2], |object, number| object.number("n", number));
            object.object("e", |_| {});
            object.maybe_text("f", None);
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"a":-7,"b":null,"c":[],"d":[{"n":1},{"n":2}],"e":{},"f":null}"#
        );
    }
}
