//! Numbers about the whole archive.

use rusqlite::Connection;

use super::error::ArchiveError;
use super::instants::{certain, instant};
use crate::model::{FeedCount, Stats};

pub(super) fn stats(db: &Connection) -> Result<Stats, ArchiveError> {
    let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
    let count = |sql: &str| one(sql).map(|count| u64::try_from(count).unwrap_or(0));
    Ok(Stats {
        entries: count("SELECT count(*) FROM entries")?,
        backfilled: count("SELECT count(*) FROM entries WHERE backfilled")?,
        talks: count("SELECT count(*) FROM talks")?,
        revisions: count("SELECT count(*) FROM revisions")?,
        raw_answers: count("SELECT count(*) FROM raw_answers")?,
        raw_bytes: count(
            "SELECT ifnull(sum(length(body) + length(request) + length(response)), 0) FROM raw_answers",
        )?,
        disk: count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
        free: count(
            "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size",
        )?,
        by_feed: by_feed(db)?,
        by_year: periods(
            db,
            "SELECT strftime('%Y', date, 'unixepoch'), count(*) FROM entries GROUP BY 1 ORDER BY 1",
        )?,
        growth: periods(
            db,
            "SELECT strftime('%Y-%m', first_seen, 'unixepoch'), count(*) FROM entries GROUP BY 1 ORDER BY 1",
        )?,
    })
}

fn by_feed(db: &Connection) -> Result<Vec<FeedCount>, ArchiveError> {
    let mut select = db.prepare(
        "SELECT f.url, coalesce(f.given_title, f.title), f.state, f.entries,
             (SELECT max(date) FROM entries e WHERE e.feed = f.id), f.subscribed_at
         FROM feeds f ORDER BY f.entries DESC, f.url",
    )?;
    let counts = select.query_map([], |row| {
        Ok(FeedCount {
            url: row.get(0)?,
            title: row.get(1)?,
            state: row.get(2)?,
            entries: row.get::<_, i64>(3)?.try_into().unwrap_or(0),
            newest: instant(row.get(4)?),
            subscribed_at: certain(row.get(5)?),
        })
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}

/// Rows of a period's name and its count; a date beyond the calendar has none and is left out.
fn periods(db: &Connection, sql: &str) -> Result<Vec<(String, u64)>, ArchiveError> {
    let mut select = db.prepare(sql)?;
    let rows = select.query_map([], |row| {
        Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut periods = Vec::new();
    for row in rows {
        if let (Some(period), count) = row? {
            periods.push((period, count.try_into().unwrap_or(0)));
        }
    }
    Ok(periods)
}
