//! Words as FTS5 expressions.

use rusqlite::Connection;

use super::super::error::ArchiveError;
use super::super::fold;
use crate::query::Words;

pub(super) fn anywhere(db: &Connection, words: &Words) -> Result<String, ArchiveError> {
    if words.exact || words.prefix {
        return Ok(phrase(words));
    }
    let Some(stem) = fold::stem(&words.text) else {
        return Ok(phrase(words));
    };
    let mut select = db.prepare_cached("SELECT word FROM word_stems WHERE stem = ?1 LIMIT 64")?;
    let mut endings: Vec<String> = select
        .query_map([&stem], |row| row.get::<_, String>(0))?
        .collect::<Result<_, _>>()?;
    endings.extend([words.text.to_ascii_lowercase(), stem]);
    endings.sort();
    endings.dedup();
    // Only letters of ASCII are in there.
    let quoted: Vec<String> = endings.iter().map(|word| format!("\"{word}\"")).collect();
    Ok(any_of(&quoted))
}

/// How an expression begins that asks one column.
pub(super) const IN_TITLE: &str = "title : ";
pub(super) const IN_PEOPLE: &str = "people : ";

pub(super) fn in_title(db: &Connection, words: &Words) -> Result<String, ArchiveError> {
    Ok(format!("{IN_TITLE}({})", anywhere(db, words)?))
}

/// Names have no endings.
pub(super) fn in_people(words: &Words) -> String {
    format!("{IN_PEOPLE}{}", phrase(words))
}

/// Always an FTS5 string, so that no word of the query is an operator there. FTS5 reads up to the first
/// NUL, which would leave the string open.
fn phrase(words: &Words) -> String {
    let folded = fold::phrase(&words.text);
    let text = folded.replace('"', "\"\"").replace('\0', " ");
    // One East Asian character alone is the beginning of the pairs it stands in.
    let mut characters = words.text.chars();
    let alone = characters.next().is_some_and(fold::is_east_asian) && characters.next().is_none();
    let star = if words.prefix || alone { " *" } else { "" };
    format!("\"{text}\"{star}")
}

/// FTS5 parses `OR` into a tree that it refuses beyond 256 levels, so as a balanced one.
pub(super) fn any_of(expressions: &[String]) -> String {
    match expressions {
        [] => "\"\"".to_owned(),
        [one] => one.clone(),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({} OR {})", any_of(left), any_of(right))
        }
    }
}
