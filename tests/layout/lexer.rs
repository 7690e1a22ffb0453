//! Tells code from comments and strings, and the program from its tests, without parsing Rust.

/// A file's text three times, each as long as the file, line breaks kept, so that positions agree.
pub(super) struct Lexed {
    /// Comments and the insides of literals are blanks.
    pub(super) code: String,
    /// Only the insides of string literals are left.
    pub(super) strings: String,
}

/// Splits `text` into its code and its strings.
pub(super) fn lex(text: &str) -> Lexed {
    let chars: Vec<char> = text.chars().collect();
    let mut code = vec![' '; chars.len()];
    let mut strings = vec![' '; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => end_of_line(&chars, at),
            ('/', Some('*')) => end_of_block_comment(&chars, at),
            ('"', _) => {
                let end = end_of_string(&chars, at);
                strings[at + 1..end].copy_from_slice(&chars[at + 1..end]);
                code[at] = '"';
                end
            }
            ('r', Some('"' | '#')) if !follows_a_word(&chars, at) => match raw_string(&chars, at) {
                Some((from, end)) => {
                    strings[from..end].copy_from_slice(&chars[from..end]);
                    end
                }
                None => keep(&chars, &mut code, at),
            },
            ('\'', _) => end_of_char(&chars, at).unwrap_or_else(|| keep(&chars, &mut code, at)),
            _ => keep(&chars, &mut code, at),
        };
        at = end;
    }
    for (at, &character) in chars.iter().enumerate() {
        if character == '\n' {
            code[at] = '\n';
            strings[at] = '\n';
        }
    }
    Lexed {
        code: code.into_iter().collect(),
        strings: strings.into_iter().collect(),
    }
}

fn keep(chars: &[char], code: &mut [char], at: usize) -> usize {
    code[at] = chars[at];
    at + 1
}

fn follows_a_word(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    // `br"…"` is a string too.
    before.is_some_and(|&c| (c.is_alphanumeric() || c == '_') && c != 'b')
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    let length = chars[at..].iter().position(|&c| c == '\n');
    length.map_or(chars.len(), |length| at + length)
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    chars.len()
}

/// Behind the closing quote of the string that opens at `start`.
fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The inside of `r#"…"#` and where it ends.
fn raw_string(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let from = at + 1 + hashes;
    if chars.get(from) != Some(&'"') {
        return None;
    }
    let mut end = from + 1;
    while end < chars.len() {
        let closes = chars[end] == '"'
            && chars
                .get(end + 1..end + 1 + hashes)
                .is_some_and(|h| h.iter().all(|&c| c == '#'));
        if closes {
            return Some((from + 1, end + 1 + hashes));
        }
        end += 1;
    }
    Some((from + 1, chars.len()))
}

/// Behind a character literal; `None` for a lifetime.
fn end_of_char(chars: &[char], at: usize) -> Option<usize> {
    match chars.get(at + 1)? {
        '\\' => {
            let close = chars.get(at + 3..)?.iter().position(|&c| c == '\'')?;
            Some(at + 3 + close + 1)
        }
        _ => (chars.get(at + 2) == Some(&'\'')).then_some(at + 3),
    }
}

/// Where test code stands in lexed code: byte ranges, each from its `#[cfg(test)]` or `#[test]` to the
/// end of the item.
pub(super) fn test_ranges(code: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(found) = ["#[cfg(test)]", "#[test]"]
        .iter()
        .filter_map(|mark| code[at..].find(mark))
        .min()
    {
        let start = at + found;
        let end = end_of_item(code, start);
        ranges.push(start..end);
        at = end;
    }
    ranges
}

/// Behind the item whose attributes begin at `start`: its closing brace, or its semicolon.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, character) in code[start..].char_indices() {
        match character {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && character == '}' {
                    return start + offset + 1;
                }
            }
            ';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    code.len()
}

/// `text` with everything in `ranges` blank, line breaks kept.
pub(super) fn without(text: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        kept.push_str(&text[at..range.start]);
        kept.extend(
            text[range.clone()]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' }),
        );
        at = range.end;
    }
    kept.push_str(&text[at..]);
    kept
}

#[test]
fn comments_and_literals_are_no_code() {
    let lexed =
        lex("let a = \"x \\\" y\"; // crate::b\n/* c /* d */ e */ let f = '\\''; let g: &'a str;");
    assert!(lexed.code.contains("let a = \""));
    assert!(lexed.code.contains("let f ="));
    assert!(lexed.code.contains("let g: &'a str;"));
    for absent in ["x", "crate::b", "c", "e */"] {
        let code = lexed.code.replace("let", "");
        assert!(!code.contains(absent), "{absent} is left in {code}");
    }
    assert!(lexed.strings.contains("x \\\" y"));
    assert!(!lexed.strings.contains("let"));
}

#[test]
fn raw_strings_end_at_their_own_hashes() {
    let lexed = lex("f(r#\"SELECT \"a\" FROM b\"#, br\"c\"); for r in d {}");
    assert!(lexed.strings.contains("SELECT \"a\" FROM b"));
    assert!(lexed.code.contains("for r in d {}"));
    assert!(!lexed.code.contains("SELECT"));
}

#[test]
fn a_test_ends_with_its_item() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { c(); }\n}\nfn d() {}\n#[cfg(test)]\nmod e;\nfn f() {}\n";
    let kept = without(code, &test_ranges(code));
    assert!(kept.contains("fn a()") && kept.contains("fn d()") && kept.contains("fn f()"));
    assert!(!kept.contains("tests") && !kept.contains("c()") && !kept.contains("mod e"));
    assert_eq!(kept.lines().count(), code.lines().count());
}
