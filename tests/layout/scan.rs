//! Finds imports, globs and words in lexed code.

/// A module of the crate that a file names: by `crate::…` or by `super::…` out of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) line: usize,
    pub(super) module: String,
}

/// Where a file stands: `["archive", "feeds"]` for `archive/feeds.rs`, `["archive"]` for
/// `archive/mod.rs`, nothing for `lib.rs` and `main.rs`.
pub(super) fn module_path(path: &str) -> Vec<String> {
    let bare = path.trim_end_matches(".rs");
    let bare = bare.strip_suffix("/mod").unwrap_or(bare);
    match bare {
        "lib" | "main" => Vec::new(),
        _ => bare.split('/').map(str::to_owned).collect(),
    }
}

/// Every top-level module that `code` names by a path from the crate's root, in `use` or inline.
pub(super) fn imports(path: &str, code: &str) -> Vec<Import> {
    let depth = module_path(path).len();
    let mut found = Vec::new();
    for at in occurrences(code, "crate::") {
        // `pub(in crate::archive)` shows, it does not import.
        if code[..at].trim_end().ends_with("(in") {
            continue;
        }
        add_heads(code, at, at + "crate::".len(), &mut found);
    }
    for at in occurrences(code, "super::") {
        let (supers, after) = count_supers(code, at);
        let continued = code[..at].ends_with("super::");
        if !continued && supers == depth {
            add_heads(code, at, after, &mut found);
        }
    }
    found
}

fn count_supers(code: &str, start: usize) -> (usize, usize) {
    let mut at = start;
    let mut supers = 0;
    while code[at..].starts_with("super::") {
        supers += 1;
        at += "super::".len();
    }
    (supers, at)
}

/// The first names behind a path's root: one, or each of a group `{a::b, c}`.
fn add_heads(code: &str, at: usize, after: usize, found: &mut Vec<Import>) {
    let line = line_of(code, at);
    let rest = code[after..].trim_start();
    let names: Vec<&str> = match rest.strip_prefix('{') {
        Some(group) => heads_of_group(group),
        None => vec![head(rest)],
    };
    for name in names {
        if !name.is_empty() {
            found.push(Import {
                line,
                module: name.to_owned(),
            });
        }
    }
}

fn heads_of_group(group: &str) -> Vec<&str> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(head(group[start..at].trim_start()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(head(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

fn head(path: &str) -> &str {
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &path[..end.unwrap_or(path.len())]
}

/// The lines of glob imports, each with the import.
pub(super) fn globs(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in occurrences(code, "use") {
        let rest = &code[at..];
        if !rest["use".len()..].starts_with(char::is_whitespace) {
            continue;
        }
        let import = rest[..rest.find(';').unwrap_or(rest.len())].to_owned();
        if import.contains('*') {
            found.push((line_of(code, at), import));
        }
    }
    found
}

/// Where `word` stands, not inside a longer name.
pub(super) fn occurrences(code: &str, word: &str) -> Vec<usize> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let starts_as_name = word.starts_with(is_name);
    let ends_as_name = word.ends_with(is_name);
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|&at| !starts_as_name || !code[..at].ends_with(is_name))
        .filter(|&at| !ends_as_name || !code[at + word.len()..].starts_with(is_name))
        .collect()
}

pub(super) fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

#[test]
fn every_way_to_name_a_module_is_found() {
    let code = "use crate::model::{Entry, Talk};\nuse crate::{parse, split::talks};\n\
                fn a() { crate::clean::html(); }\npub(in crate::fetch) struct B;\nuse super::archive::C;\n\
                use super::super::render::D;\n";
    let named = |path: &str| -> Vec<(usize, String)> {
        imports(path, code)
            .into_iter()
            .map(|i| (i.line, i.module))
            .collect()
    };
    let one_deep = [
        (1, "model"),
        (2, "parse"),
        (2, "split"),
        (3, "clean"),
        (5, "archive"),
    ];
    let two_deep = [
        (1, "model"),
        (2, "parse"),
        (2, "split"),
        (3, "clean"),
        (6, "render"),
    ];
    let owned = |list: &[(usize, &str)]| -> Vec<(usize, String)> {
        list.iter()
            .map(|&(line, name)| (line, name.to_owned()))
            .collect()
    };
    assert_eq!(named("decide.rs"), owned(&one_deep));
    assert_eq!(named("decide/mod.rs"), owned(&one_deep));
    assert_eq!(named("decide/due.rs"), owned(&two_deep));
}

#[test]
fn globs_are_found_inside_groups_too() {
    let code = "use a::b;\nuse super::*;\nuse c::{d, e::*};\nlet f = 2 * g;\n";
    let lines: Vec<usize> = globs(code).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn a_word_inside_a_longer_one_is_another_word() {
    assert_eq!(occurrences("eprintln!(); println!();", "println!"), [13]);
    assert_eq!(
        occurrences("use ammonia_policy; use ammonia;", "ammonia"),
        [24]
    );
}
