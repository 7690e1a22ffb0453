//! JSON as it should not be: what a strict reader refuses is read as its writer meant it.

use serde_json::{Map, Number, Value};

use crate::parse::repair::Repairs;

/// Feeds need five; what lies deeper is left out.
const MAX_DEPTH: usize = 64;

/// Reads any text that begins with a bracket. Trailing commas, comments, bare line breaks and halves of
/// surrogates in strings, single quotes, junk behind the end and a missing end are counted and read
/// over; of a text that stops in the middle, the item it stops in is left out.
pub(super) fn read(text: &str, repairs: &mut Repairs) -> Value {
    let mut reader = Reader {
        text,
        at: 0,
        cut: false,
        found: [0; KINDS.len()],
    };
    let value = reader.value(0).unwrap_or_default();
    reader.skip_blanks();
    if reader.at < text.len() {
        reader.note(Kind::Junk);
    }
    if reader.cut {
        reader.note(Kind::Truncated);
    }
    for (kind, count) in KINDS.into_iter().zip(reader.found) {
        repairs.add(kind, count);
    }
    value
}

#[derive(Clone, Copy)]
enum Kind {
    Comma,
    Comment,
    Character,
    Surrogate,
    Quote,
    Word,
    Depth,
    Junk,
    Truncated,
}

const KINDS: [&str; 9] = [
    "json-comma",
    "json-comment",
    "json-control-character",
    "json-surrogate",
    "json-quote",
    "json-word",
    "json-depth",
    "junk-after-end",
    super::super::TRUNCATED,
];

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether the text ended inside a value.
    cut: bool,
    found: [usize; KINDS.len()],
}

impl Reader<'_> {
    fn note(&mut self, kind: Kind) {
        self.found[kind as usize] += 1;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest
                .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\0'));
            self.at += rest.len() - trimmed.len();
            let end = if trimmed.starts_with("//") {
                trimmed.find('\n')
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map(|at| at + 2)
            } else {
                return;
            };
            self.note(Kind::Comment);
            self.at += end.unwrap_or(trimmed.len());
        }
    }

    /// `None` for what the text stops in.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_blanks();
        match self.peek() {
            None => {
                self.cut = true;
                None
            }
            Some(b'{' | b'[') if depth >= MAX_DEPTH => {
                self.note(Kind::Depth);
                self.skip_deep();
                Some(Value::Null)
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(quote @ (b'"' | b'\'')) => self.string(quote).map(Value::String),
            Some(_) => Some(self.word()),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut members = Map::new();
        while self.goes_on(b'}') {
            let name = match self.peek() {
                Some(quote @ (b'"' | b'\'')) => self.string(quote),
                _ => match self.word() {
                    Value::String(name) => Some(name),
                    other => Some(other.to_string()),
                },
            };
            let Some(name) = name else { break };
            self.skip_blanks();
            if self.peek() == Some(b':') {
                self.at += 1;
            }
            let Some(value) = self.value(depth + 1) else {
                break;
            };
            members.insert(name, value);
        }
        // The document and its list are good as far as they go; half an item is not.
        (!self.cut || depth < 2).then_some(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        while self.goes_on(b']') {
            let Some(value) = self.value(depth + 1) else {
                break;
            };
            values.push(value);
        }
        (!self.cut || depth < 2).then_some(Value::Array(values))
    }

    /// Steps over commas to the next member. False at the closing bracket, which is taken, and where
    /// the text stops.
    fn goes_on(&mut self, close: u8) -> bool {
        if self.cut {
            return false;
        }
        let mut commas = 0;
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b',') => {
                    commas += 1;
                    if commas > 1 {
                        self.note(Kind::Comma);
                    }
                    self.at += 1;
                }
                Some(found @ (b'}' | b']')) => {
                    // The wrong bracket closes what is open; the right one behind it is then junk.
                    if commas > 0 || found != close {
                        self.note(Kind::Comma);
                    }
                    self.at += 1;
                    return false;
                }
                Some(_) => return true,
                None => {
                    self.cut = true;
                    return false;
                }
            }
        }
    }

    fn string(&mut self, quote: u8) -> Option<String> {
        if quote == b'\'' {
            self.note(Kind::Quote);
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = |b: u8| b == quote || b == b'\\' || b < 0x20;
            let Some(length) = rest.bytes().position(stop) else {
                self.at = self.text.len();
                self.cut = true;
                return None;
            };
            out.push_str(&rest[..length]);
            self.at += length + 1;
            match rest.as_bytes()[length] {
                b'\\' => self.escape(&mut out),
                found if found == quote => return Some(out),
                control => {
                    self.note(Kind::Character);
                    out.push(char::from(control));
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) {
        let Some(c) = self.text[self.at..].chars().next() else {
            return;
        };
        self.at += c.len_utf8();
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' => out.push(' '),
            'u' => self.code_unit(out),
            '"' | '\\' | '/' | '\'' => out.push(c),
            other => {
                self.note(Kind::Character);
                out.push(other);
            }
        }
    }

    /// Behind `\u`.
    fn code_unit(&mut self, out: &mut String) {
        let first = self.hex();
        let code = match first {
            Some(high @ 0xD800..=0xDBFF) if self.text[self.at..].starts_with("\\u") => {
                let before = self.at;
                self.at += 2;
                match self.hex() {
                    Some(low @ 0xDC00..=0xDFFF) => {
                        Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
                    }
                    _ => {
                        self.at = before;
                        None
                    }
                }
            }
            other => other,
        };
        if let Some(c) = code.and_then(char::from_u32) {
            out.push(c);
        } else {
            self.note(Kind::Surrogate);
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(code)
    }

    /// A number, `true`, `null`, or anything that stands without quotes.
    fn word(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| c.is_whitespace() || ",:]}[{\"/".contains(c))
            .unwrap_or(rest.len());
        // A colon or quote where a value was due must not be looked at for ever.
        let end = if end == 0 { 1 } else { end };
        let word = &rest[..end];
        self.at += end;
        match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                if let Ok(number) = word.parse::<Number>() {
                    return Value::Number(number);
                }
                self.note(Kind::Word);
                match word {
                    "undefined" | "NaN" | "None" | ":" => Value::Null,
                    _ => Value::String(word.to_owned()),
                }
            }
        }
    }

    /// Over a bracket and all in it, without recursion.
    fn skip_deep(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    if self.string(b'"').is_none() {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
        self.cut = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> (String, String) {
        let mut repairs = Repairs::default();
        let value = read(text, &mut repairs).to_string();
        let kinds = repairs.into_vec();
        let kinds: Vec<_> = kinds.iter().map(|repair| repair.kind).collect();
        (value, kinds.join(" "))
    }

    #[test]
    fn slips_are_read_as_they_were_meant() {
        for (text, expected, kinds) in [
            (
                r#"{"a":[1,2.5,true,null],"b":{}}"#,
                r#"{"a":[1,2.5,true,null],"b":{}}"#,
                "",
            ),
            (r#"{"a":[1,2,],}"#, r#"{"a":[1,2]}"#, "json-comma"),
            ("{// c\n\"a\":1/* d */}", r#"{"a":1}"#, "json-comment"),
            (
                "{\"a\":\"x\ny\"}",
                r#"{"a":"x\ny"}"#,
                "json-control-character",
            ),
            (
                r#"{"a":"\ud83d\ude00\ud83d!"}"#,
                "{\"a\":\"😀\u{FFFD}!\"}",
                "json-surrogate",
            ),
            ("{'a':'b'}", r#"{"a":"b"}"#, "json-quote"),
            ("{a:NaN}", r#"{"a":null}"#, "json-word"),
            ("{\"a\":1}<!-- 3 ms -->", r#"{"a":1}"#, "junk-after-end"),
            (
                r#"{"items":[{"id":"1"},{"id":"2","t":"#,
                r#"{"items":[{"id":"1"}]}"#,
                "truncated",
            ),
            (
                r#"{"items":[{"id":"1"},{"id":"2","t":"half"#,
                r#"{"items":[{"id":"1"}]}"#,
                "truncated",
            ),
        ] {
            assert_eq!(
                mended(text),
                (expected.to_owned(), kinds.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn depth_costs_no_stack_and_no_time() {
        let deep = format!(
            "{{\"a\":{}1{},\"b\":2}}",
            "[".repeat(200_000),
            "]".repeat(200_000)
        );
        assert!(mended(&deep).0.ends_with("\"b\":2}"));
        assert_eq!(mended(&"[{\"a\":".repeat(50_000)).1, "json-depth truncated");
    }
}
