//! Subscriptions: their rows, and what people do with them.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use url::Url;

use super::duplicates;
use super::error::ArchiveError;
use super::holds;
use super::index;
use super::instants::{certain, instant, seconds};
use super::moves;
use super::revisions;
use super::tags;
use crate::model::{ContentHash, FeedId, Pace, PollHints, SeenRedirect, State, Subscription};
use crate::source::{Failure, FailureKind, Source, Validators};

/// What a person wants to follow.
#[derive(Debug, Clone)]
pub(crate) struct NewSubscription {
    pub(crate) source: Source,
    /// Goes before the feed's own.
    pub(crate) title: Option<String>,
    /// Where a folder of notes is published; see `Subscription::given_site`.
    pub(crate) site: Option<Url>,
    /// The feed's web page, as a list of feeds names it; what the feed itself says goes before it.
    pub(crate) html_url: Option<String>,
    /// Given to each of its entries.
    pub(crate) tags: Vec<String>,
}

/// What became of a wish to subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subscribed {
    /// Also where it was followed before, and removed.
    New(FeedId),
    /// Its title and tags were taken over.
    Already(FeedId),
}

impl Subscribed {
    pub(crate) fn id(self) -> FeedId {
        match self {
            Self::New(id) | Self::Already(id) => id,
        }
    }
}

const SELECT: &str = "
    SELECT id, url, coalesce(given_title, title), site_url, state, etag, last_modified, body_hash,
           entries, last_success, next_due, error_kind, error_message, error_hint, error_http_status,
           error_retry_at, error_since, failures, given_site, last_attempt, ttl, skip_hours, skip_days,
           update_every, update_base, newest, usual_gap, absent_since, redirect_to, redirect_since,
           redirect_last, redirect_times, location, is_cut
    FROM feeds WHERE state <> 'removed'";

pub(super) fn all(db: &Connection) -> Result<Vec<Subscription>, ArchiveError> {
    let mut subscriptions = select(db, SELECT, [])?;
    // By title where there is one, ignoring case in every script, which SQLite's NOCASE does not.
    subscriptions.sort_by_cached_key(|subscription| {
        let url = subscription.source.key();
        let title = subscription.title.as_deref().unwrap_or(&url).to_lowercase();
        (title, url)
    });
    Ok(subscriptions)
}

pub(super) fn one(db: &Connection, id: FeedId) -> Result<Option<Subscription>, ArchiveError> {
    Ok(select(db, &format!("{SELECT} AND id = ?1"), [id.0])?.pop())
}

/// Never polled first, then whichever waits longest. Also those whose time was set under a clock that was
/// far ahead.
pub(super) fn due(db: &Connection, now: DateTime<Utc>) -> Result<Vec<Subscription>, ArchiveError> {
    let due = "AND state IN ('active', 'failing') AND (next_due IS NULL OR next_due <= ?1
                   OR next_due > ?1 + 2764800 OR last_attempt > ?1 + 86400)
               ORDER BY next_due NULLS FIRST, id";
    select(db, &format!("{SELECT} {due}"), [seconds(now)])
}

fn select(
    db: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Subscription>, ArchiveError> {
    let mut select = db.prepare_cached(sql)?;
    let mut rows = select.query(parameters)?;
    let holds = holds::until(db)?;
    let mut formers = moves::formers(db)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut subscription = subscription_of(row)?;
        // Its own host, and the one that redirects led to.
        let location = (!holds.is_empty()).then(|| row.get::<_, Option<String>>(32));
        let location = location.transpose()?.flatten();
        let end = location.and_then(|end| Source::from_web_address(&end));
        for source in [Some(&subscription.source), end.as_ref()] {
            let server = source.and_then(Source::server);
            let hold = server.and_then(|server| holds.get(&server).copied());
            subscription.held_until = subscription.held_until.max(hold);
        }
        subscription.former = match formers.remove(&subscription.id) {
            Some((to, former)) if to == subscription.source.key() => Some(former),
            _ => None,
        };
        subscription.tags = tags::of_feed(db, subscription.id)?;
        found.push(subscription);
    }
    Ok(found)
}

fn subscription_of(row: &Row<'_>) -> Result<Subscription, ArchiveError> {
    let id = FeedId(row.get(0)?);
    let key: String = row.get(1)?;
    let source = Source::from_key(&key)
        .ok_or_else(|| ArchiveError::Damaged(format!("feed {} has no address", id.0)))?;
    let error = failure_of(row)?;
    Ok(Subscription {
        id,
        source,
        title: row.get(2)?,
        site_url: row.get(3)?,
        tags: Vec::new(),
        state: match row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)? {
            "failing" => State::Failing,
            "paused" => State::Paused,
            "gone" => State::Gone,
            _ => State::Active,
        },
        validators: Validators {
            etag: row.get(5)?,
            last_modified: row.get(6)?,
        },
        body_hash: row.get::<_, Option<[u8; 32]>>(7)?.map(ContentHash),
        is_cut: row.get(33)?,
        entries: row.get::<_, i64>(8)?.try_into().unwrap_or(0),
        last_success: instant(row.get(9)?),
        next_due: instant(row.get(10)?),
        held_until: error.as_ref().and_then(|error| error.retry_at),
        error,
        error_since: instant(row.get(16)?),
        failures: row.get(17)?,
        given_site: row
            .get::<_, Option<String>>(18)?
            .and_then(|site| Url::parse(&site).ok()),
        last_attempt: instant(row.get(19)?),
        hints: PollHints {
            ttl: row.get(20)?,
            skip_hours: row.get(21)?,
            skip_days: row.get(22)?,
            update_every: row.get(23)?,
            update_base: instant(row.get(24)?),
        },
        pace: Pace {
            newest: instant(row.get(25)?),
            usual_gap: row
                .get::<_, Option<i64>>(26)?
                .and_then(TimeDelta::try_seconds),
        },
        absent_since: instant(row.get(27)?),
        redirect: redirect_of(row)?,
        former: None,
    })
}

fn redirect_of(row: &Row<'_>) -> Result<Option<SeenRedirect>, ArchiveError> {
    let to: Option<String> = row.get(28)?;
    let Some(to) = to.and_then(|to| Url::parse(&to).ok()) else {
        return Ok(None);
    };
    Ok(Some(SeenRedirect {
        to,
        since: certain(row.get(29)?),
        last: certain(row.get(30)?),
        times: row.get(31)?,
    }))
}

fn failure_of(row: &Row<'_>) -> Result<Option<Failure>, ArchiveError> {
    let Some(word) = row.get::<_, Option<String>>(11)? else {
        return Ok(None);
    };
    Ok(Some(Failure {
        // A kind from an archive's future is shown by its message all the same.
        kind: FailureKind::from_word(&word).unwrap_or(FailureKind::Parse),
        message: row.get::<_, Option<String>>(12)?.unwrap_or_default(),
        hint: row.get(13)?,
        http_status: row.get(14)?,
        retry_at: instant(row.get(15)?),
        led_to: None,
        lacks_network: false,
        part: None,
    }))
}

pub(super) fn subscribe(
    db: &Connection,
    new: &NewSubscription,
    now: DateTime<Utc>,
) -> Result<Subscribed, ArchiveError> {
    let key = new.source.key();
    let there: Option<(i64, bool)> = db
        .query_row(
            "SELECT id, state = 'removed' FROM feeds WHERE url = ?1",
            [&key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let title = new
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty());
    let subscribed = match there {
        Some((id, false)) => Subscribed::Already(FeedId(id)),
        Some((id, true)) => {
            db.execute(
                "UPDATE feeds SET state = 'active', subscribed_at = ?2 WHERE id = ?1",
                params![id, seconds(now)],
            )?;
            Subscribed::New(FeedId(id))
        }
        None => {
            db.execute(
                "INSERT INTO feeds (url, subscribed_at) VALUES (?1, ?2)",
                params![key, seconds(now)],
            )?;
            Subscribed::New(FeedId(db.last_insert_rowid()))
        }
    };
    let id = subscribed.id();
    if title.is_some() {
        db.execute(
            "UPDATE feeds SET given_title = ?2 WHERE id = ?1",
            params![id.0, title],
        )?;
    }
    if let Some(site) = &new.site {
        // Without validators, so that notes already read get their new addresses.
        db.execute(
            "UPDATE feeds SET given_site = ?2, etag = NULL, body_hash = NULL WHERE id = ?1",
            params![id.0, site.as_str()],
        )?;
    }
    if let Some(page) = &new.html_url {
        db.execute(
            "UPDATE feeds SET site_url = ?2 WHERE id = ?1 AND site_url IS NULL",
            params![id.0, page],
        )?;
    }
    tags::add_to_feed(db, id, &new.tags)?;
    Ok(subscribed)
}

pub(super) fn pause(db: &Connection, id: FeedId) -> Result<(), ArchiveError> {
    let paused = db.execute(
        "UPDATE feeds SET state = 'paused' WHERE id = ?1 AND state <> 'removed'",
        [id.0],
    )?;
    if paused == 0 {
        return Err(ArchiveError::NotSubscribed);
    }
    Ok(())
}

/// Takes up again what a person paused or a publisher took down, due at once. What is polled anyway keeps
/// its time: the server may have asked for patience.
pub(super) fn resume(db: &Connection, id: FeedId, now: DateTime<Utc>) -> Result<(), ArchiveError> {
    db.execute(
        "UPDATE feeds SET state = CASE WHEN error_kind IS NULL THEN 'active' ELSE 'failing' END,
             next_due = ?2, failures = 0, absent_since = NULL
         WHERE id = ?1 AND state IN ('paused', 'gone')",
        params![id.0, seconds(now)],
    )?;
    one(db, id)?.map(|_| ()).ok_or(ArchiveError::NotSubscribed)
}

/// Ends a subscription; answers how many entries were kept, or with `purge` deleted.
pub(super) fn remove(db: &Connection, id: FeedId, purge: bool) -> Result<u64, ArchiveError> {
    let entries: Option<i64> = db
        .query_row(
            "SELECT entries FROM feeds WHERE id = ?1 AND state <> 'removed'",
            [id.0],
            |row| row.get(0),
        )
        .optional()?;
    let entries = entries.ok_or(ArchiveError::NotSubscribed)?;
    if purge {
        index::delete_feed(db, id)?;
        let partners = duplicates::partners_of_feed(db, id)?;
        db.execute("DELETE FROM entries WHERE feed = ?1", [id.0])?;
        revisions::sweep(db)?;
        duplicates::settle(db, partners)?;
    }
    if purge || entries == 0 {
        db.execute("DELETE FROM feeds WHERE id = ?1", [id.0])?;
    } else {
        // Without validators, so that the feed is read in full should it be taken up again.
        db.execute(
            "UPDATE feeds SET state = 'removed', etag = NULL, last_modified = NULL, body_hash = NULL,
                 next_due = NULL, error_kind = NULL, error_message = NULL, error_hint = NULL,
                 error_http_status = NULL, error_retry_at = NULL, error_since = NULL, failures = 0,
                 absent_since = NULL, redirect_to = NULL
             WHERE id = ?1",
            [id.0],
        )?;
        db.execute("DELETE FROM feed_tags WHERE feed = ?1", [id.0])?;
    }
    Ok(entries.try_into().unwrap_or(0))
}

pub(super) fn other_addresses(db: &Connection) -> Result<Vec<(FeedId, String)>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT id, self_url FROM feeds WHERE self_url IS NOT NULL AND state <> 'removed'
         UNION SELECT id, location FROM feeds WHERE location IS NOT NULL AND state <> 'removed'",
    )?;
    let rows = select.query_map([], |row| Ok((FeedId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
