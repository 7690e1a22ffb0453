//! How feeds do, as a log of changes: what broke, came back, moved, went, fell silent and spoke again.
//!
//! Written in the transaction of the attempt that showed it, once for each change, and never rewritten:
//! what was told stays told, with the same id.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::Archive;
use super::entries;
use super::error::{ArchiveError, SearchError};
use super::instants::{certain, seconds};
use crate::model::{
    ArchivedEntry, ContentHash, Entry, EntryId, FeedId, HealthEvent, HealthKind, Original,
    SafeHtml, Tag, TagOrigin,
};
use crate::query::{Cursor, Digest, DigestHead, HealthQuery, Item, Untold};
use crate::source::{FailureKind, Source};

/// So many failures in a row of a kind that often passes by itself are no accident any more.
const FAILURES: u32 = 2;

/// What a feed's habit is read from; fewer entries are no habit.
const HABIT: usize = 20;
const LEAST_ENTRIES: usize = 5;

/// Silent for less than this is nobody.
const LEAST_SILENCE: TimeDelta = TimeDelta::days(30);

/// From the sixth column on the feed as `entries::feed_at` reads it. What is told of it is told by hallway, and
/// nothing is named after its first address.
const SELECT: &str = "
    SELECT h.id, h.kind, h.at, h.message, h.url, f.url, f.guid, coalesce(f.given_title, f.title),
           f.site_url, f.self_url, f.rights, f.updated, f.url
    FROM health h JOIN feeds f ON f.id = h.feed
    WHERE h.at >= ?1 AND h.at < ?2 AND f.state <> 'removed'";

/// That a feed that broke came back.
const RECOVERED: &str = "EXISTS (SELECT 1 FROM health r
    WHERE r.feed = h.feed AND r.id > h.id AND r.kind = 'recovered')";

/// Neither what may pass by itself, nor what did before anybody was told.
const UNTOLD: &str = "h.told_at IS NULL AND h.id <= ?4
    AND NOT (h.kind = 'broke' AND (h.at > ?5 OR EXISTS (SELECT 1 FROM health r
        WHERE r.feed = h.feed AND r.id > h.id AND r.kind = 'recovered')))
    AND NOT (h.kind = 'recovered' AND EXISTS (SELECT 1 FROM health b
        WHERE b.id = (SELECT max(id) FROM health
                      WHERE feed = h.feed AND id < h.id AND kind IN ('broke', 'gone'))
            AND b.told_at IS NULL))";

impl Archive {
    /// Passes the changes of feeds' health to the digest as entries, newest first; answers how many there
    /// were.
    pub(crate) fn search_health(
        &self,
        query: &HealthQuery,
        title: &str,
        digest: &mut dyn Digest,
    ) -> Result<u64, SearchError> {
        let mut reader = self.connections.reader()?;
        let snapshot = reader.transaction().map_err(ArchiveError::from)?;
        let limit = query
            .limit
            .map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let untold = match query.untold {
            Some(_) => UNTOLD,
            None => "ifnull(?4, ?5) IS NULL",
        };
        let sql = format!("{SELECT} AND {untold} ORDER BY h.at DESC, h.id DESC LIMIT ?3");
        let mut select = snapshot.prepare(&sql).map_err(ArchiveError::from)?;
        let mut rows = select
            .query(params![
                query.from.map_or(i64::MIN, seconds),
                query.until.map_or(i64::MAX, seconds),
                limit.unwrap_or(-1),
                query.untold.map(|untold| untold.up_to.0),
                query.untold.map(|untold| seconds(untold.settled)),
            ])
            .map_err(ArchiveError::from)?;
        let mut head = DigestHead {
            title: title.to_owned(),
            updated: None,
        };
        let mut items = 0;
        while let Some(row) = rows.next().map_err(ArchiveError::from)? {
            let entry = entry_of(row).map_err(ArchiveError::from)?;
            if items == 0 {
                head.updated = entry.entry.published;
                digest.begin(&head).map_err(SearchError::Output)?;
            }
            digest
                .item(Item::Entry(&entry))
                .map_err(SearchError::Output)?;
            items += 1;
        }
        if items == 0 {
            digest.begin(&head).map_err(SearchError::Output)?;
        }
        digest.end().map_err(SearchError::Output)?;
        Ok(items)
    }

    /// Notes that these were told.
    pub(crate) fn told_of_health(
        &self,
        untold: Untold,
        now: DateTime<Utc>,
    ) -> Result<(), ArchiveError> {
        self.write(|db| {
            // With them what passed before anybody was told of it.
            db.execute(
                &format!(
                    "UPDATE health AS h SET told_at = ?1
                     WHERE told_at IS NULL AND id <= ?2
                         AND NOT (kind = 'broke' AND at > ?3 AND NOT {RECOVERED})"
                ),
                params![seconds(now), untold.up_to.0, seconds(untold.settled)],
            )?;
            Ok(())
        })
    }

    /// The number of the last change of any feed's health.
    pub(crate) fn latest_health(&self) -> Result<Cursor, ArchiveError> {
        let reader = self.connections.reader()?;
        let latest = "SELECT coalesce(max(id), 0) FROM health";
        Ok(Cursor(reader.query_row(latest, [], |row| row.get(0))?))
    }

    /// The last change of each feed that had one.
    pub(crate) fn health(&self) -> Result<Vec<HealthEvent>, ArchiveError> {
        let reader = self.connections.reader()?;
        let mut select = reader.prepare(
            "SELECT feed, kind, at, message FROM health
             WHERE id IN (SELECT max(id) FROM health GROUP BY feed) ORDER BY feed",
        )?;
        let events = select.query_map([], |row| {
            Ok(HealthEvent {
                feed: FeedId(row.get(0)?),
                kind: HealthKind::from_word(row.get_ref(1)?.as_str()?),
                at: certain(row.get(2)?),
                message: row.get(3)?,
            })
        })?;
        Ok(events.collect::<Result<_, _>>()?)
    }
}

/// A change as an entry of the feed it tells of. Its number is below zero: no entry of the archive has it.
fn entry_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<ArchivedEntry> {
    let id: i64 = row.get(0)?;
    let word: String = row.get(1)?;
    let at = certain(row.get(2)?);
    let message: String = row.get(3)?;
    let then: String = row.get(4)?;
    let feed = entries::feed_at(row, 5)?;
    let address = Source::from_key(&feed.url).map_or_else(String::new, |own| own.to_string());
    let name = feed.title.clone().unwrap_or_else(|| address.clone());
    let kind = HealthKind::from_word(&word);
    let said = kind.said();
    let hash = *blake3::hash(format!("{then}\n{word}\n{}", at.timestamp()).as_bytes()).as_bytes();
    let digits: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let html = format!(
        "<p>{} {said}: {}.</p><p>{}</p>",
        escaped(&name),
        escaped(&message),
        escaped(&address)
    );
    let tag = |name: &str| Tag::new(name, TagOrigin::Feed);
    let entry = Entry {
        guid: format!("tag:hallway.example,2026:health/{digits}"),
        url: feed
            .site_url
            .clone()
            .or_else(|| Some(address.clone()).filter(|url| url.starts_with("http"))),
        title: Some(format!("{name} {said}: {message}")),
        authors: Vec::new(),
        tags: vec![tag("health"), tag(&word)],
        published: Some(at),
        updated: None,
        summary: Some(message),
        content: SafeHtml::vouch(html),
        enclosures: Vec::new(),
        language: None,
        source: None,
        comments_url: None,
        talks: Vec::new(),
        event: None,
        hash: ContentHash(hash),
        fingerprint: None,
        original: Original::default(),
        extras: None,
    };
    Ok(ArchivedEntry {
        id: EntryId(-id),
        feed: Arc::new(feed),
        guid_is_taken: false,
        first_seen: at,
        entry,
        also_in: Vec::new(),
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// How a feed stands after an attempt.
struct Standing {
    state: String,
    failures: u32,
    error_kind: Option<String>,
    error_message: Option<String>,
    subscribed_at: i64,
    /// The newest date that its entries claim.
    newest: Option<i64>,
}

/// What was noted of a feed last.
#[derive(Default)]
struct Noted {
    /// That it broke, is gone or came back.
    trouble: Option<HealthKind>,
    /// That it fell silent or spoke again.
    voice: Option<HealthKind>,
}

impl Noted {
    fn of(db: &Connection, feed: FeedId) -> Result<Self, ArchiveError> {
        let mut select =
            db.prepare_cached("SELECT kind FROM health WHERE feed = ?1 ORDER BY id DESC")?;
        let mut rows = select.query([feed.0])?;
        let mut noted = Self::default();
        while let Some(row) = rows.next()? {
            let kind = HealthKind::from_word(row.get_ref(0)?.as_str().unwrap_or_default());
            let last = match kind {
                HealthKind::Broke | HealthKind::Gone | HealthKind::Recovered => &mut noted.trouble,
                HealthKind::Silent | HealthKind::Spoke => &mut noted.voice,
                HealthKind::Moved => continue,
            };
            last.get_or_insert(kind);
            if noted.trouble.is_some() && noted.voice.is_some() {
                break;
            }
        }
        Ok(noted)
    }
}

/// Notes what an attempt changed of a feed's health; called when it has been recorded.
pub(super) fn note(db: &Connection, feed: FeedId, at: i64, new: usize) -> Result<(), ArchiveError> {
    let standing = db
        .prepare_cached(
            "SELECT state, failures, error_kind, error_message, subscribed_at, newest
             FROM feeds WHERE id = ?1",
        )?
        .query_row([feed.0], |row| {
            Ok(Standing {
                state: row.get(0)?,
                failures: row.get(1)?,
                error_kind: row.get(2)?,
                error_message: row.get(3)?,
                subscribed_at: row.get(4)?,
                newest: row.get(5)?,
            })
        })?;
    let kind = standing
        .error_kind
        .as_deref()
        .and_then(FailureKind::from_word);
    let noted = Noted::of(db, feed)?;
    let was = noted.trouble;
    let message = standing.error_message.as_deref().unwrap_or_default();
    match kind {
        Some(_) if standing.state == "gone" => {
            if was != Some(HealthKind::Gone) {
                add(db, feed, HealthKind::Gone, at, message)?;
            }
        }
        Some(kind) => {
            let is_broken = standing.failures >= FAILURES || !often_passes(kind);
            if is_broken && !matches!(was, Some(HealthKind::Broke | HealthKind::Gone)) {
                add(db, feed, HealthKind::Broke, at, message)?;
            }
        }
        None => {
            if matches!(was, Some(HealthKind::Broke | HealthKind::Gone)) {
                add(db, feed, HealthKind::Recovered, at, "it answers well again")?;
            }
            listen(db, feed, at, new, &standing, &noted)?;
        }
    }
    Ok(())
}

/// What a server or a line gets over by itself, often before the next poll.
fn often_passes(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Dns
            | FailureKind::Connect
            | FailureKind::Tls
            | FailureKind::Timeout
            | FailureKind::HttpServer
            | FailureKind::Truncated
    )
}

/// Notes that a feed that used to say something has not for long, or does again.
fn listen(
    db: &Connection,
    feed: FeedId,
    at: i64,
    new: usize,
    standing: &Standing,
    noted: &Noted,
) -> Result<(), ArchiveError> {
    // Nobody has been silent for longer who spoke within that time.
    let is_fresh =
        |newest: i64| newest <= at && at.saturating_sub(newest) < LEAST_SILENCE.num_seconds();
    if noted.voice == Some(HealthKind::Silent) {
        if new > 0 {
            add(db, feed, HealthKind::Spoke, at, "it has new entries")?;
        }
        return Ok(());
    }
    if standing.newest.is_some_and(is_fresh) {
        return Ok(());
    }
    let mut select = db.prepare_cached(
        "SELECT date FROM entries WHERE feed = ?1 ORDER BY date DESC, id DESC LIMIT ?2",
    )?;
    let dates: Vec<i64> = select
        .query_map(params![feed.0, HABIT as i64], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if dates.len() < LEAST_ENTRIES {
        return Ok(());
    }
    let longest = dates.windows(2).map(|pair| pair[0] - pair[1]).max();
    let patience = longest
        .unwrap_or(0)
        .saturating_mul(2)
        .max(LEAST_SILENCE.num_seconds());
    let silent_from = dates[0].saturating_add(patience);
    // Who subscribes to a blog that sleeps knows it.
    if at > silent_from && silent_from > standing.subscribed_at {
        let message = format!(
            "no new entry since {}, though it never took more than {} for one",
            certain(dates[0]).format("%Y-%m-%d"),
            days(longest.unwrap_or(0))
        );
        add(db, feed, HealthKind::Silent, at, &message)?;
    }
    Ok(())
}

fn days(seconds: i64) -> String {
    match seconds / 86_400 {
        0 | 1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Notes that a subscription moves to another address; called before it has.
pub(super) fn moved(db: &Connection, feed: FeedId, to: &str, at: i64) -> Result<(), ArchiveError> {
    let from: String = db
        .prepare_cached("SELECT url FROM feeds WHERE id = ?1")?
        .query_row([feed.0], |row| row.get(0))?;
    let shown = |key: &str| Source::from_key(key).map_or_else(String::new, |url| url.to_string());
    let message = format!("from {} to {}", shown(&from), shown(to));
    add(db, feed, HealthKind::Moved, at, &message)
}

fn add(
    db: &Connection,
    feed: FeedId,
    kind: HealthKind,
    at: i64,
    message: &str,
) -> Result<(), ArchiveError> {
    db.prepare_cached(
        "INSERT INTO health (feed, url, kind, at, message)
         SELECT id, url, ?2, ?3, ?4 FROM feeds WHERE id = ?1",
    )?
    .execute(params![feed.0, kind.word(), at, message])?;
    Ok(())
}
