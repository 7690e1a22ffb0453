//! Records attempts: the one way anything that was polled comes into the archive.

use rusqlite::{Connection, params};

use super::connections::write;
use super::content::{self, Packed};
use super::dictionary::Dictionary;
use super::duplicates;
use super::entries;
use super::error::ArchiveError;
use super::health;
use super::holds;
use super::index::{self, Pending, TextRow};
use super::instants::seconds;
use super::later_guids;
use super::moves;
use super::raw::{self, PackedRaw};
use super::revisions;
use super::rules;
use super::stems::KnownWords;
use super::tags;
use crate::model::{
    Attempt, Change, ContentHash, Feed, FeedId, Outcome, Pace, Person, PollHints, Recorded,
    Setback, TagOrigin, Whereabouts,
};
use crate::query::{Aliases, Rule};
use crate::source::Source;

/// An attempt ready to be written: contents compressed and index rows made, which is most of the work
/// and needs no lock.
pub(crate) struct PackedAttempt {
    attempt: Attempt,
    /// Beside each of the attempt's changes.
    entries: Vec<PackedEntry>,
    raw: Option<PackedRaw>,
}

struct PackedEntry {
    data: Packed,
    rows: Vec<TextRow>,
}

impl PackedAttempt {
    /// * `dictionary`: only looked up where there is something to compress.
    pub(super) fn pack(
        mut attempt: Attempt,
        dictionary: impl FnOnce() -> Result<Option<&'static Dictionary>, ArchiveError>,
    ) -> Result<Self, ArchiveError> {
        let mut packed = Vec::new();
        if let Outcome::Read { changes, .. } = &mut attempt.outcome {
            let mut packer = content::packer(dictionary()?)?;
            for change in &mut changes.entries {
                let (Change::New(entry) | Change::Edited(_, entry)) = change;
                packed.push(PackedEntry {
                    data: packer.pack(&entry.content, &entry.original)?,
                    rows: index::rows_of(entry),
                });
                // From here on it only takes memory.
                entry.content = Default::default();
                entry.original = Default::default();
            }
            content::keep(packer);
        }
        let raw = attempt.raw.take().map(|raw| PackedRaw::pack(*raw));
        Ok(Self {
            raw: raw.transpose()?,
            attempt,
            entries: packed,
        })
    }
}

impl PackedAttempt {
    /// How many entries are new or edited.
    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// How much memory it takes, in bytes: what is compressed and what is to be indexed.
    pub(crate) fn size(&self) -> usize {
        let entries = self.entries.iter();
        entries
            .map(|entry| {
                entry.data.data.len() + entry.rows.iter().map(TextRow::size).sum::<usize>()
            })
            .sum()
    }
}

type Answers = Vec<Result<Recorded, ArchiveError>>;

/// One transaction for all: one that cannot be recorded leaves no trace and spoils no other. An error as a
/// whole means that nothing of the batch was recorded.
pub(super) fn record(
    writer: &mut Connection,
    words: &mut KnownWords,
    rules: &[Rule],
    aliases: &Aliases,
    attempts: &[PackedAttempt],
) -> Result<Answers, ArchiveError> {
    // A savepoint keeps every page that changes as it was, a third of all that is written. Nearly always none
    // is needed.
    for careful in [false, true] {
        let batch = write(writer)?;
        let Some((mut answers, pending)) = record_each(&batch, attempts, careful)? else {
            continue;
        };
        // Taken out meanwhile: what a batch that fails has learned is not in the archive.
        let mut learned = std::mem::take(words);
        let arrived = pending.arrived();
        pending.write(&batch, &mut learned)?;
        let at = attempts
            .first()
            .map_or(0, |packed| seconds(packed.attempt.at));
        for feed in rules::on_arrival(&batch, rules, aliases, &arrived, at)? {
            let mut of_feed = attempts
                .iter()
                .zip(&mut answers)
                .filter(|(packed, _)| packed.attempt.feed == feed);
            if let Some((_, Ok(recorded))) = of_feed.find(|(_, a)| matches!(a, Ok(r) if r.new > 0))
            {
                recorded.new -= 1;
                recorded.dropped += 1;
            }
        }
        duplicates::settle(&batch, arrived.iter().map(|(id, _)| *id))?;
        batch.commit()?;
        *words = learned;
        return Ok(answers);
    }
    Err(ArchiveError::Stumbled)
}

/// * `careful`: with a savepoint for each.
///
/// `None`: one failed after it had written, so that all have to be done again, with care.
fn record_each<'a>(
    batch: &Connection,
    attempts: &'a [PackedAttempt],
    careful: bool,
) -> Result<Option<(Answers, Pending<'a>)>, ArchiveError> {
    let mut pending = Pending::default();
    let mut answers = Vec::with_capacity(attempts.len());
    for packed in attempts {
        if careful {
            batch.execute_batch("SAVEPOINT one")?;
        }
        match record_one(batch, packed) {
            Ok((recorded, rows)) => {
                pending.append(rows);
                answers.push(Ok(recorded));
            }
            // SQLite has itself rolled back the whole (disk full, out of memory), or will for the next.
            Err(error) if error.is_of_the_whole() || batch.is_autocommit() => return Err(error),
            Err(error) => {
                if careful {
                    batch.execute_batch("ROLLBACK TO one")?;
                } else if !matches!(error, ArchiveError::NotSubscribed) {
                    return Ok(None);
                }
                answers.push(Err(error));
            }
        }
        if careful {
            batch.execute_batch("RELEASE one")?;
        }
    }
    Ok(Some((answers, pending)))
}

/// Writes nothing where there is no such subscription.
fn record_one<'a>(
    db: &Connection,
    packed: &'a PackedAttempt,
) -> Result<(Recorded, Pending<'a>), ArchiveError> {
    let PackedAttempt {
        attempt,
        entries,
        raw,
    } = packed;
    if !put(db, attempt)? {
        return Err(ArchiveError::NotSubscribed);
    }
    let at = seconds(attempt.at);
    let mut recorded = Recorded::default();
    let mut pending = Pending::default();
    match &attempt.outcome {
        Outcome::Read {
            feed,
            changes,
            body_hash,
            is_cut,
            pace,
            whereabouts,
            validators: _,
        } => {
            let given = tags::of_feed(db, attempt.feed)?;
            for (guid, id) in &changes.later_guids {
                later_guids::put(db, attempt.feed, guid, *id)?;
            }
            for (change, packed) in changes.entries.iter().zip(entries) {
                let stored = store(db, attempt.feed, at, change, packed, &given, &mut pending)?;
                recorded.new += usize::from(stored == Stored::New);
                recorded.edited += usize::from(stored == Stored::Edited);
            }
            describe(db, attempt.feed, feed, recorded.new)?;
            note_document(db, attempt.feed, body_hash.as_ref(), *is_cut)?;
            advise(db, attempt.feed, &feed.hints, *pace)?;
            recorded.moved = lead(db, attempt.feed, at, whereabouts)?;
        }
        Outcome::Unchanged { whereabouts, .. } => {
            recorded.moved = lead(db, attempt.feed, at, whereabouts)?;
        }
        Outcome::Failed(setback) => recorded.moved = fail(db, attempt.feed, at, setback)?,
        Outcome::HeldBack => return Ok((recorded, pending)),
    }
    if let Some(raw) = raw {
        raw::keep(db, attempt.feed, raw)?;
    }
    health::note(db, attempt.feed, at, recorded.new)?;
    Ok((recorded, pending))
}

#[derive(PartialEq, Eq)]
enum Stored {
    New,
    Edited,
    /// Another run was faster.
    Same,
}

/// Looks for itself whether the entry is known: another run may have stored it since this one decided.
fn store<'a>(
    db: &Connection,
    feed: FeedId,
    at: i64,
    change: &Change,
    packed: &'a PackedEntry,
    given_tags: &[String],
    pending: &mut Pending<'a>,
) -> Result<Stored, ArchiveError> {
    let (edited, entry) = match change {
        Change::New(entry) => (None, entry),
        Change::Edited(id, entry) => (entries::known_by_id(db, feed, *id)?, entry),
    };
    let known = match edited {
        Some(known) => Some(known),
        None => entries::known(db, feed, &entry.guid)?,
    };
    match known {
        Some(known) if known.hash == entry.hash => Ok(Stored::Same),
        Some(known) => {
            revisions::keep(db, known.id, at)?;
            let first_seen = entries::first_seen(db, known.id)?;
            entries::replace(db, known.id, first_seen, entry, &packed.data)?;
            tags::clear_of_publisher(db, known.id)?;
            tags::add_of_publisher(db, known.id, entry)?;
            pending.put(known.id, &packed.rows, true);
            Ok(Stored::Edited)
        }
        None => {
            db.prepare_cached("DELETE FROM dropped WHERE guid = ?1 AND feed = ?2")?
                .execute(params![entry.guid, feed.0])?;
            later_guids::forget(db, feed, &entry.guid)?;
            let id = entries::insert(db, feed, at, entry, &packed.data)?;
            tags::add_of_publisher(db, id, entry)?;
            let given = given_tags
                .iter()
                .map(|name| (name.as_str(), TagOrigin::Subscription));
            tags::add(db, id, given)?;
            pending.put(id, &packed.rows, false);
            Ok(Stored::New)
        }
    }
}

/// Takes over what a feed now says of itself.
fn describe(db: &Connection, id: FeedId, feed: &Feed, new: usize) -> Result<(), ArchiveError> {
    let authors: Vec<_> = feed
        .authors
        .iter()
        .map(|Person { name, uri, email }| serde_json::json!({"name": name, "uri": uri, "email": email}))
        .collect();
    db.prepare_cached(
        "UPDATE feeds SET guid = ?2, title = ?3, subtitle = ?4, site_url = ?5, self_url = ?6,
             authors = ?7, language = ?8, rights = ?9, image = ?10, updated = ?11,
             entries = entries + ?12, generator = ?13, location = ?14, prev_archive = ?15, next_page = ?16
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        feed.guid,
        feed.title,
        feed.subtitle,
        feed.site_url,
        feed.self_url,
        serde_json::Value::from(authors).to_string(),
        feed.language,
        feed.rights,
        feed.image,
        feed.updated.map(seconds),
        new as i64,
        feed.generator,
        feed.location,
        feed.pages.prev_archive,
        feed.pages.next,
    ])?;
    Ok(())
}

/// By what the next document is known to be the same one.
fn note_document(
    db: &Connection,
    id: FeedId,
    body_hash: Option<&ContentHash>,
    is_cut: bool,
) -> Result<(), ArchiveError> {
    db.prepare_cached("UPDATE feeds SET body_hash = ?2, is_cut = ?3 WHERE id = ?1")?
        .execute(params![id.0, body_hash.map(|hash| hash.0), is_cut])?;
    Ok(())
}

/// Keeps what decides when the feed is asked, for answers that say nothing of it.
fn advise(db: &Connection, id: FeedId, hints: &PollHints, pace: Pace) -> Result<(), ArchiveError> {
    db.prepare_cached(
        "UPDATE feeds SET ttl = ?2, skip_hours = ?3, skip_days = ?4, update_every = ?5, update_base = ?6,
             newest = ?7, usual_gap = ?8
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        hints.ttl,
        hints.skip_hours,
        hints.skip_days,
        hints.update_every,
        hints.update_base.map(seconds),
        pace.newest.map(seconds),
        pace.usual_gap.map(|gap| gap.num_seconds()),
    ])?;
    Ok(())
}

/// Records that the feed was asked, and what a success makes of its trouble and its validators; says whether
/// there is a subscription still.
fn put(db: &Connection, attempt: &Attempt) -> Result<bool, ArchiveError> {
    let (at, due) = (seconds(attempt.at), seconds(attempt.next_due));
    let done = match &attempt.outcome {
        Outcome::Read { validators, .. } | Outcome::Unchanged { validators, .. } => db
            .prepare_cached(
                "UPDATE feeds SET last_attempt = ?2, http_status = ?3, next_due = ?4,
                     etag = ?5, last_modified = ?6, last_success = ?2,
                     state = CASE state WHEN 'paused' THEN 'paused' ELSE 'active' END,
                     error_kind = NULL, error_message = NULL, error_hint = NULL, error_http_status = NULL,
                     error_retry_at = NULL, error_since = NULL, failures = 0, absent_since = NULL
                 WHERE id = ?1 AND state <> 'removed'",
            )?
            .execute(params![
                attempt.feed.0,
                at,
                attempt.http_status,
                due,
                validators.etag,
                validators.last_modified
            ])?,
        Outcome::Failed(_) | Outcome::HeldBack => db
            .prepare_cached(
                "UPDATE feeds SET last_attempt = ?2, http_status = ?3, next_due = ?4
                 WHERE id = ?1 AND state <> 'removed'",
            )?
            .execute(params![attempt.feed.0, at, attempt.http_status, due])?,
    };
    Ok(done > 0)
}

/// Remembers where redirects lead, or gives the subscription its new URL; says whether it did.
fn lead(
    db: &Connection,
    id: FeedId,
    at: i64,
    whereabouts: &Whereabouts,
) -> Result<bool, ArchiveError> {
    let seen = whereabouts.seen.as_ref();
    db.prepare_cached(
        "UPDATE feeds SET redirect_to = ?2, redirect_since = ?3, redirect_last = ?4, redirect_times = ?5
         WHERE id = ?1 AND (redirect_to IS NOT NULL OR ?2 IS NOT NULL)",
    )?
    .execute(params![
        id.0,
        seen.map(|seen| seen.to.as_str()),
        seen.map(|seen| seconds(seen.since)),
        seen.map(|seen| seconds(seen.last)),
        seen.map(|seen| seen.times),
    ])?;
    if let Some(former) = &whereabouts.back_at {
        return moves::take_back(db, id, &Source::Http(former.clone()), at);
    }
    match &whereabouts.moved_to {
        Some(to) => moves::take(db, id, &Source::Http(to.clone()), at),
        None => Ok(false),
    }
}

/// Records a trouble, or that it is none because the feed moved; says whether it did.
fn fail(db: &Connection, id: FeedId, at: i64, setback: &Setback) -> Result<bool, ArchiveError> {
    if let Some(to) = &setback.moved_to {
        let moved = Whereabouts {
            moved_to: Some(to.clone()),
            ..Whereabouts::default()
        };
        if lead(db, id, at, &moved)? {
            return Ok(true);
        }
    }
    if setback.of_former {
        moves::former_asked(db, id, at)?;
    }
    let failure = &setback.failure;
    db.prepare_cached(
        "UPDATE feeds SET error_kind = ?2, error_message = ?3, error_hint = ?4,
             error_http_status = ?5, error_retry_at = ?6, error_since = coalesce(error_since, ?7),
             failures = failures + 1, absent_since = ?8,
             state = CASE WHEN state = 'paused' THEN 'paused' WHEN ?9 THEN 'gone' ELSE 'failing' END
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        failure.kind.word(),
        failure.message,
        failure.hint,
        failure.http_status,
        failure.retry_at.map(seconds),
        at,
        setback.absent_since.map(seconds),
        setback.retired,
    ])?;
    if let Some(hold) = &setback.hold {
        holds::put(db, hold, at)?;
    }
    Ok(false)
}
