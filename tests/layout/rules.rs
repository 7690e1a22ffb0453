//! The rules themselves, as tables.

use std::ops::{Range, RangeInclusive};

use super::lexer::{lex, test_ranges, without};
use super::scan::{globs, imports, line_of, module_path, occurrences};

pub(super) struct SourceFile {
    /// Below `src`, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

const VOCABULARY: &[&str] = &["source", "model", "query"];

/// Which top-level module may name which: the arrows of DESIGN.md's map, none of them backwards.
/// `commands` and `lib` may name all; what is not listed here is a mistake.
const IMPORTS: &[(&str, &[&[&str]])] = &[
    ("source", &[]),
    ("model", &[&["source"]]),
    ("query", &[&["source", "model"]]),
    ("fetch", &[VOCABULARY]),
    ("parse", &[VOCABULARY]),
    ("clean", &[VOCABULARY]),
    ("split", &[VOCABULARY]),
    ("decide", &[VOCABULARY]),
    ("archive", &[VOCABULARY]),
    ("render", &[VOCABULARY, &["terminal"]]),
    ("terminal", &[&["source"]]),
    ("config", &[VOCABULARY]),
    (
        "update",
        &[
            VOCABULARY,
            &["fetch", "parse", "clean", "split", "decide", "archive"],
        ],
    ),
];

/// May name every module: the edge, and the map.
const EDGE: &[&str] = &["commands", "lib", "main", "workbench"];

/// Drawers that gather what belongs nowhere, and then everything depends on them.
const DRAWERS: &[&str] = &[
    "utils", "util", "helpers", "common", "types", "prelude", "misc",
];

enum Where {
    Code,
    Strings,
}

struct WordRule {
    words: &'static [&'static str],
    sought: Where,
    /// The top-level modules it may stand in.
    allowed: &'static [&'static str],
    why: &'static str,
}

const WORDS: &[WordRule] = &[
    WordRule {
        words: &["rusqlite"],
        sought: Where::Code,
        allowed: &["archive"],
        why: "no SQLite type leaves the archive",
    },
    WordRule {
        words: &[
            "SELECT ",
            "INSERT ",
            "UPDATE ",
            "DELETE FROM",
            "CREATE TABLE",
            "PRAGMA ",
        ],
        sought: Where::Strings,
        allowed: &["archive"],
        why: "SQL stands under archive/ only",
    },
    WordRule {
        words: &["ammonia"],
        sought: Where::Code,
        allowed: &["clean"],
        why: "the HTML policy stands in clean/ only",
    },
    WordRule {
        words: &["SafeHtml::vouch", "fn vouch"],
        sought: Where::Code,
        allowed: &["clean", "archive", "model"],
        why: "only the cleaner and the archive of cleaned HTML can vouch for it",
    },
    WordRule {
        words: &[
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "stdout()",
            "stderr()",
        ],
        sought: Where::Code,
        allowed: &["commands", "terminal", "main"],
        why: "printing belongs to commands/ and terminal",
    },
    WordRule {
        words: &["Utc::now", "Local::now", "SystemTime::now"],
        sought: Where::Code,
        allowed: &["commands"],
        why: "the clock is read in commands/ and passed in as `now`",
    },
];

/// How many lines of a file may be no test.
const LONGEST: usize = 500;

/// Files that may be longer, each with the reason.
const LONGER: &[(&str, &str)] = &[];

/// Every break of a rule, a line each, as `path:line: what: why`.
pub(super) fn broken(files: &[SourceFile]) -> Vec<String> {
    let tests = test_files(files);
    let mut broken = Vec::new();
    for file in files {
        let lexed = lex(&file.text);
        let is_test = tests.contains(&file.path);
        let ranges = if is_test {
            std::iter::once(0..lexed.code.len()).collect()
        } else {
            test_ranges(&lexed.code)
        };
        let program = without(&lexed.code, &ranges);
        check_names(file, &mut broken);
        check_globs(file, &program, &lexed.code, &mut broken);
        if is_test {
            continue;
        }
        check_imports(file, &program, &mut broken);
        let strings = without_lines(&lexed.strings, &lines_of(&lexed.code, &ranges));
        check_words(file, &program, &strings, &mut broken);
        check_length(file, &ranges, &lexed.code, &mut broken);
    }
    broken
}

/// The lines, from 1, that `ranges` of `code` touch.
fn lines_of(code: &str, ranges: &[Range<usize>]) -> Vec<RangeInclusive<usize>> {
    ranges
        .iter()
        .map(|range| line_of(code, range.start)..=line_of(code, range.end))
        .collect()
}

/// `text` with these lines blank. By lines, since code and strings agree in nothing finer.
fn without_lines(text: &str, lines: &[RangeInclusive<usize>]) -> String {
    let mut kept = String::new();
    for (at, line) in text.lines().enumerate() {
        if !lines.iter().any(|range| range.contains(&(at + 1))) {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// Files that are compiled for tests only: `tests.rs`, what lies below `tests/`, and what a
/// `#[cfg(test)] mod name;` declares.
fn test_files(files: &[SourceFile]) -> Vec<String> {
    let mut declared: Vec<Vec<String>> = Vec::new();
    for file in files {
        let code = lex(&file.text).code;
        for range in test_ranges(&code) {
            let item = code[range].trim_end();
            let name = item
                .strip_suffix(';')
                .and_then(|item| item.rsplit_once("mod "))
                .map(|(_, name)| name.trim().to_owned());
            if let Some(name) = name {
                let mut path = module_path(&file.path);
                path.push(name);
                declared.push(path);
            }
        }
    }
    let is_test = |file: &&SourceFile| {
        let path = module_path(&file.path);
        path.iter().any(|part| part == "tests")
            || declared.iter().any(|test| path.starts_with(test))
    };
    files
        .iter()
        .filter(is_test)
        .map(|file| file.path.clone())
        .collect()
}

fn top(path: &str) -> String {
    module_path(path)
        .into_iter()
        .next()
        .unwrap_or_else(|| path.trim_end_matches(".rs").to_owned())
}

fn check_imports(file: &SourceFile, program: &str, broken: &mut Vec<String>) {
    let own = top(&file.path);
    if EDGE.contains(&own.as_str()) {
        return;
    }
    let Some((_, allowed)) = IMPORTS.iter().find(|(module, _)| *module == own) else {
        broken.push(format!(
            "{}: the module `{own}` is not in the table of tests/layout/rules.rs",
            file.path
        ));
        return;
    };
    for import in imports(&file.path, program) {
        let may = import.module == own
            || allowed
                .iter()
                .any(|group| group.contains(&import.module.as_str()));
        if !may {
            broken.push(format!(
                "{}:{}: `{own}` names `{}`: a stage knows the vocabulary only, stages meet in update and commands",
                file.path, import.line, import.module
            ));
        }
    }
}

fn check_globs(file: &SourceFile, program: &str, code: &str, broken: &mut Vec<String>) {
    let in_program: Vec<usize> = globs(program).into_iter().map(|(line, _)| line).collect();
    for (line, import) in globs(code) {
        let is_test = !in_program.contains(&line);
        let own = import.split_whitespace().collect::<String>() == "usesuper::*";
        if !(is_test && own) {
            broken.push(format!(
                "{}:{line}: `{import}`: globs hide where a name comes from; tests alone may say `use super::*`",
                file.path
            ));
        }
    }
}

fn check_names(file: &SourceFile, broken: &mut Vec<String>) {
    for part in module_path(&file.path) {
        if DRAWERS.contains(&part.as_str()) {
            broken.push(format!(
                "{}: `{part}` is a drawer: name the file for its one topic",
                file.path
            ));
        }
    }
}

fn check_words(file: &SourceFile, program: &str, strings: &str, broken: &mut Vec<String>) {
    let own = top(&file.path);
    for rule in WORDS {
        if rule.allowed.contains(&own.as_str()) {
            continue;
        }
        let text = match rule.sought {
            Where::Code => program,
            Where::Strings => strings,
        };
        for word in rule.words {
            for at in occurrences(text, word) {
                broken.push(format!(
                    "{}:{}: `{}`: {}",
                    file.path,
                    line_of(text, at),
                    word.trim(),
                    rule.why
                ));
            }
        }
    }
}

fn check_length(file: &SourceFile, tests: &[Range<usize>], code: &str, broken: &mut Vec<String>) {
    if LONGER.iter().any(|(path, _)| *path == file.path) {
        return;
    }
    let in_tests: usize = tests
        .iter()
        .map(|range| code[range.clone()].matches('\n').count() + 1)
        .sum();
    let lines = code.lines().count().saturating_sub(in_tests);
    if lines > LONGEST {
        broken.push(format!(
            "{}: {lines} lines without tests, {LONGEST} are the most: it has more than one topic",
            file.path
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken_by(path: &str, text: &str) -> Vec<String> {
        broken(&[SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    fn assert_broken(path: &str, text: &str, word: &str) {
        let found = broken_by(path, text);
        assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
        assert!(found[0].contains(word), "{} lacks {word}", found[0]);
    }

    fn assert_kept(path: &str, text: &str) {
        assert_eq!(
            broken_by(path, text),
            Vec::<String>::new(),
            "{path}: {text}"
        );
    }

    #[test]
    fn a_stage_that_imports_a_stage_is_found() {
        assert_broken("split.rs", "use crate::clean::text;", "split.rs:1");
        assert_broken(
            "parse/feed.rs",
            "\nfn a() { crate::fetch::b(); }",
            "parse/feed.rs:2",
        );
        assert_broken("parse/mod.rs", "use super::archive::Archive;", "`archive`");
        assert_broken("model/talk.rs", "use crate::query::Query;", "`query`");
        assert_broken(
            "render/text.rs",
            "use crate::{model::Talk, archive};",
            "`archive`",
        );
        assert_kept(
            "parse/feed.rs",
            "use super::encoding;\nuse crate::parse::repair;",
        );
        assert_kept("update.rs", "use crate::{archive, clean, fetch};");
        assert_kept("commands/add.rs", "use crate::archive::Archive;");
    }

    #[test]
    fn a_module_that_nobody_placed_is_found() {
        assert_broken("sync.rs", "", "not in the table");
        assert_broken("parse/utils.rs", "", "drawer");
    }

    #[test]
    fn a_word_where_it_must_not_be_is_found() {
        assert_broken("decide.rs", "let now = Utc::now();", "clock");
        assert_broken("render/html.rs", "let a = ammonia::clean(b);", "clean/");
        assert_broken("render/html.rs", "SafeHtml::vouch(a)", "vouch");
        assert_broken("update.rs", "use rusqlite::Connection;", "SQLite");
        assert_broken("update.rs", "let a = \"SELECT 1\";", "SQL");
        assert_broken("fetch/http.rs", "eprintln!(\"a\");", "printing");
        assert_kept(
            "update.rs",
            "// SELECT, rusqlite, println!\nlet a = \"rusqlite and println!\";",
        );
        assert_kept(
            "archive/feeds.rs",
            "use rusqlite::Row; let a = \"SELECT 1\";",
        );
    }

    #[test]
    fn tests_are_free_of_the_words() {
        assert_kept(
            "decide.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n use super::*;\n fn b() { println!(\"SELECT 1\"); }\n}\n",
        );
        assert_kept("decide/tests.rs", "use super::*;\nfn b() { println!(); }");
        let files = [
            SourceFile {
                path: "render/mod.rs".to_owned(),
                text: "#[cfg(test)]\nmod samples;\n".to_owned(),
            },
            SourceFile {
                path: "render/samples.rs".to_owned(),
                text: "fn a() { SafeHtml::vouch(b); }".to_owned(),
            },
        ];
        assert_eq!(broken(&files), Vec::<String>::new());
        assert_eq!(broken(&files[1..]).len(), 1);
    }

    #[test]
    fn a_glob_is_found() {
        assert_broken("decide.rs", "use crate::model::*;", "globs");
        assert_broken("decide.rs", "use super::*;", "globs");
        assert_broken("decide/tests.rs", "use chrono::*;", "globs");
    }

    #[test]
    fn a_long_file_is_found_but_not_its_tests() {
        let long = "fn a() {}\n".repeat(LONGEST + 1);
        assert_broken("decide.rs", &long, "501 lines");
        let tested = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_kept("decide.rs", &tested);
    }
}
