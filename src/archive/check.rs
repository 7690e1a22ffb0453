//! Verifies an archive, and mends what can be built anew.

use rusqlite::{Connection, Row};

use super::content;
use super::duplicates;
use super::error::ArchiveError;
use super::index;
use super::raw;

/// So many problems of one kind are named; the archive is no better for reading a million.
const NAMED: usize = 20;

type Check = fn(&Connection) -> Result<Vec<String>, ArchiveError>;

/// What is wrong, a line for each problem; empty: nothing.
pub(super) fn check(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let mut problems = Vec::new();
    let checks: [Check; 9] = [
        pages,
        references,
        text_structure,
        text_rows,
        counts,
        chains,
        contents,
        earlier_states,
        raw::problems,
    ];
    for check in checks {
        match check(db) {
            Ok(found) => problems.extend(found),
            // Damage that ends a check is its result.
            Err(ArchiveError::Damaged(message)) => problems.push(message),
            Err(error) => return Err(error),
        }
    }
    problems.dedup();
    Ok(problems)
}

fn lines(
    db: &Connection,
    sql: &str,
    line: impl Fn(&Row<'_>) -> rusqlite::Result<String>,
) -> Result<Vec<String>, ArchiveError> {
    let mut select = db.prepare(sql)?;
    let mut rows = select.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        if lines.len() == NAMED {
            lines.push("and more of the same".to_owned());
            break;
        }
        lines.push(line(row)?);
    }
    Ok(lines)
}

fn pages(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let mut found = lines(db, "PRAGMA integrity_check(20)", |row| row.get(0))?;
    found.retain(|line| line != "ok");
    Ok(found)
}

fn references(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    lines(db, "PRAGMA foreign_key_check", |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let id: Option<i64> = row.get(1)?;
        Ok(match id {
            Some(id) => format!("row {id} of {table} belongs to no row of {parent}"),
            None => format!("a row of {table} belongs to no row of {parent}"),
        })
    })
}

fn text_structure(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    match db.execute(
        "INSERT INTO entry_text (entry_text) VALUES ('integrity-check')",
        [],
    ) {
        Ok(_) => Ok(Vec::new()),
        Err(error) => match ArchiveError::from(error) {
            ArchiveError::Damaged(message) => {
                Ok(vec![format!("the full-text index is damaged: {message}")])
            }
            error => Err(error),
        },
    }
}

/// Every entry and every talk has its row in the full-text index, and no row is left over.
fn text_rows(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let missing = "
        SELECT id, 0 FROM entries WHERE (id << 8) NOT IN (SELECT id FROM entry_text_docsize)
        UNION ALL
        SELECT entry, number FROM talks
        WHERE (entry << 8) + number NOT IN (SELECT id FROM entry_text_docsize)";
    let mut found = lines(db, missing, |row| {
        let (entry, talk): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!(
            "{} is missing from the full-text index",
            name(entry, talk)
        ))
    })?;
    let left_over = "
        SELECT d.id >> 8, d.id & 255 FROM entry_text_docsize d
        WHERE CASE d.id & 255
              WHEN 0 THEN NOT EXISTS (SELECT 1 FROM entries WHERE id = d.id >> 8)
              ELSE NOT EXISTS (SELECT 1 FROM talks
                               WHERE entry = d.id >> 8 AND number = d.id & 255)
              END";
    found.extend(lines(db, left_over, |row| {
        let (entry, talk): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!(
            "the full-text index still holds {}",
            name(entry, talk)
        ))
    })?);
    Ok(found)
}

fn name(entry: i64, talk: i64) -> String {
    match talk {
        0 => format!("entry {entry}"),
        _ => format!("talk {talk} of entry {entry}"),
    }
}

fn counts(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let wrong = "
        SELECT f.id, f.entries, (SELECT count(*) FROM entries e WHERE e.feed = f.id) AS counted
        FROM feeds f WHERE f.entries <> counted";
    lines(db, wrong, |row| {
        let (feed, kept, counted): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!(
            "feed {feed} is said to have {kept} entries, but has {counted}"
        ))
    })
}

/// No entry is hidden behind one that is hidden itself, where nobody would find it.
fn chains(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let chained = "
        SELECT d.entry, d.shown FROM duplicates d
        WHERE d.shown IN (SELECT entry FROM duplicates) OR d.shown = d.entry";
    lines(db, chained, |row| {
        let (entry, shown): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!(
            "entry {entry} is said to be shown by entry {shown}, which is not shown itself"
        ))
    })
}

/// Every entry has a content that is what its hash says, and a hash of what was published.
fn contents(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let all = "
        SELECT 'entry ' || e.id, e.title, e.hash, c.hash, c.data
        FROM entries e LEFT JOIN contents c ON c.entry = e.id ORDER BY e.id";
    blobs(db, all, &["content"])
}

/// The same of every earlier state, each named as `show --history` does.
fn earlier_states(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let all = "
        SELECT 'state ' || r.number || ' in the history of entry ' || r.entry, r.title, r.hash,
            r.facts, f.data, r.content, c.data
        FROM (SELECT row_number() OVER (PARTITION BY entry ORDER BY id) AS number, * FROM revisions) r
        LEFT JOIN revision_data f ON f.hash = r.facts
        LEFT JOIN revision_data c ON c.hash = r.content";
    blobs(db, all, &["facts", "content"])
}

/// Compares what is kept with its hashes.
///
/// * `sql`: whose it is, its title, the hash of what was published; then of each part its hash and itself.
/// * `parts`: what each is called.
fn blobs(db: &Connection, sql: &str, parts: &[&str]) -> Result<Vec<String>, ArchiveError> {
    let mut select = db.prepare(sql)?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut problems = Vec::new();
        let blob = |column: usize| {
            row.get_ref(column)
                .ok()
                .and_then(|value| value.as_blob().ok())
        };
        if blob(2).is_none_or(|hash| hash.len() != 32) {
            problems.push(" has no readable hash".to_owned());
        }
        for (at, part) in parts.iter().enumerate() {
            match (blob(3 + 2 * at), blob(4 + 2 * at)) {
                (Some(hash), Some(packed)) => {
                    if let Err(error) = content::verify(db, packed, hash) {
                        problems.push(format!(": {error}"));
                    }
                }
                _ => problems.push(format!(" has no {part}")),
            }
        }
        if problems.is_empty() {
            continue;
        }
        let whose: String = row.get(0)?;
        let title: Option<String> = row.get(1).unwrap_or_default();
        let title = title.map_or_else(String::new, |title| format!(" ({title})"));
        let lines = problems.iter();
        found.extend(lines.map(|problem| format!("{whose}{problem}{title}")));
        if found.len() >= NAMED {
            found.push("and perhaps more of the same".to_owned());
            break;
        }
    }
    Ok(found)
}

/// Builds anew what is derived: the full-text index and the numbers of entries. Answers what was built.
pub(super) fn repair(db: &Connection) -> Result<Vec<String>, ArchiveError> {
    let rows = index::rebuild(db)?;
    let mut built = vec![format!("the full-text index ({rows} rows)")];
    if duplicates::rebuild(db)? {
        built.push("which entries are the same post".to_owned());
    }
    let counted = db.execute(
        "UPDATE feeds SET entries = (SELECT count(*) FROM entries e WHERE e.feed = feeds.id)
         WHERE entries <> (SELECT count(*) FROM entries e WHERE e.feed = feeds.id)",
        [],
    )?;
    if counted > 0 {
        built.push("the number of entries of each feed".to_owned());
    }
    Ok(built)
}
