//! Permanent redirects that were taken over, and taking them back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use url::Url;

use super::Archive;
use super::error::ArchiveError;
use super::health;
use super::instants::{certain, instant, seconds};
use crate::model::{FeedId, Former, Move};
use crate::source::Source;

impl Archive {
    /// URLs that subscriptions were moved from, newest first.
    pub(crate) fn moves(&self) -> Result<Vec<Move>, ArchiveError> {
        all(&*self.connections.reader()?)
    }

    /// Sets a subscription back to the URL it was moved from. `None` where that cannot be done any more.
    pub(crate) fn undo_move(
        &self,
        id: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<FeedId>, ArchiveError> {
        self.write(|db| undo(db, id, now))
    }
}

/// Newest first.
fn all(db: &Connection) -> Result<Vec<Move>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT id, feed_id, from_url, to_url, at, undone_at FROM moves ORDER BY id DESC",
    )?;
    let moves = select.query_map([], |row| {
        Ok(Move {
            id: row.get(0)?,
            feed: FeedId(row.get(1)?),
            from: row.get(2)?,
            to: row.get(3)?,
            at: certain(row.get(4)?),
            undone_at: instant(row.get(5)?),
        })
    })?;
    Ok(moves.collect::<Result<_, _>>()?)
}

/// Gives a subscription its new URL and writes that down. Answers whether it was done: not where another
/// subscription has that URL (a person has to say which of them to keep), nor where a person took this very
/// move back.
pub(super) fn take(
    db: &Connection,
    feed: FeedId,
    to: &Source,
    at: i64,
) -> Result<bool, ArchiveError> {
    let to = to.key();
    let refused = db
        .prepare_cached(
            "SELECT 1 FROM feeds WHERE url = ?1
             UNION SELECT 1 FROM moves WHERE feed_id = ?2 AND to_url = ?1 AND undone_at IS NOT NULL",
        )?
        .exists(params![to, feed.0])?;
    if refused {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO moves (feed_id, from_url, to_url, at)
         SELECT id, url, ?2, ?3 FROM feeds WHERE id = ?1",
    )?
    .execute(params![feed.0, to, at])?;
    health::moved(db, feed, &to, at)?;
    db.prepare_cached("UPDATE feeds SET url = ?2 WHERE id = ?1")?
        .execute(params![feed.0, to])?;
    Ok(true)
}

/// The latest move of each subscription that stands: where to, and from where.
pub(super) fn formers(db: &Connection) -> Result<HashMap<FeedId, (String, Former)>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT feed_id, to_url, from_url, asked_at FROM moves WHERE undone_at IS NULL ORDER BY id",
    )?;
    let mut rows = select.query([])?;
    let mut formers = HashMap::new();
    while let Some(row) = rows.next()? {
        let from: String = row.get(2)?;
        let Ok(url) = Url::parse(&from) else { continue };
        let asked_at = instant(row.get(3)?);
        formers.insert(FeedId(row.get(0)?), (row.get(1)?, Former { url, asked_at }));
    }
    Ok(formers)
}

/// Notes that the URL a subscription was moved from was asked.
pub(super) fn former_asked(db: &Connection, feed: FeedId, at: i64) -> Result<(), ArchiveError> {
    db.prepare_cached(
        "UPDATE moves SET asked_at = ?2 WHERE undone_at IS NULL AND feed_id = ?1
             AND to_url = (SELECT url FROM feeds WHERE id = ?1)",
    )?
    .execute(params![feed.0, at])?;
    Ok(())
}

/// Gives a subscription the URL again that it was moved from, because the feed is there. Answers whether
/// it was done: not where another subscription has that URL by now.
pub(super) fn take_back(
    db: &Connection,
    feed: FeedId,
    former: &Source,
    at: i64,
) -> Result<bool, ArchiveError> {
    let former = former.key();
    let undone = db
        .prepare_cached(
            "UPDATE moves SET undone_at = ?3
             WHERE feed_id = ?1 AND from_url = ?2 AND undone_at IS NULL
                 AND to_url = (SELECT url FROM feeds WHERE id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = ?2)",
        )?
        .execute(params![feed.0, former, at])?;
    if undone == 0 {
        return Ok(false);
    }
    health::moved(db, feed, &former, at)?;
    db.prepare_cached("UPDATE feeds SET url = ?2 WHERE id = ?1")?
        .execute(params![feed.0, former])?;
    Ok(true)
}

/// Sets a subscription back to the URL it had. Its validators belong to the other one and go.
/// `None` where there is no such move, it was undone, or the feed is elsewhere by now.
fn undo(db: &Connection, id: i64, now: DateTime<Utc>) -> Result<Option<FeedId>, ArchiveError> {
    let found: Option<(i64, String)> = db
        .query_row(
            "SELECT m.feed_id, m.from_url FROM moves m JOIN feeds f ON f.id = m.feed_id
             WHERE m.id = ?1 AND m.undone_at IS NULL AND f.url = m.to_url AND f.state <> 'removed'
                 AND NOT EXISTS (SELECT 1 FROM feeds WHERE url = m.from_url)",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((feed, from)) = found else {
        return Ok(None);
    };
    db.execute(
        "UPDATE feeds SET url = ?2, etag = NULL, last_modified = NULL, body_hash = NULL,
             next_due = NULL WHERE id = ?1",
        params![feed, from],
    )?;
    db.execute(
        "UPDATE moves SET undone_at = ?2 WHERE id = ?1",
        params![id, seconds(now)],
    )?;
    Ok(Some(FeedId(feed)))
}
