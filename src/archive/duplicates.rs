//! The same post in several feeds: the feeds of a blog's tags, a planet beside the blog.
//!
//! Each feed's entry is stored as it came; a group of entries that are one post is shown once. Which
//! entries belong together is settled as they arrive and noted in `duplicates`, so that a question only
//! has to leave the others out.
//!
//! Together belong, never two of one feed:
//! * entries with the same [`canonical_link`]. Where a feed has it on several entries it names none of
//!   them (a linked home page, one page with a month of posts), and the title has to be the same too;
//! * entries of the same site with the same guid. A guid that only its feed can know (`12`) must come with
//!   the same title or link. The site is the link's, so a planet's copy has the site of the blog; a guid
//!   alone says nothing across sites.
//!
//! Shown is, of a group: what comes from the post's own site before what comes from elsewhere, then what
//! is no excerpt, then what arrived first. So neither a planet nor a feed that claims a stranger's link can
//! push itself in front of the original.

use std::collections::{HashMap, HashSet, VecDeque};

use rusqlite::{Connection, params};

use super::content;
use super::error::ArchiveError;
use crate::model::{AlsoIn, ArchivedEntry, EntryId, FeedId, canonical_link, site};

/// A link or guid on more entries than this is no post's own.
const MOST_SHARING: usize = 64;

/// So many entries are looked at together; real posts stand in a handful of feeds.
const MOST_TOGETHER: usize = 512;

/// An entry's own number, or that of the entry which is shown for it, as SQL. `entry` names its table, so
/// that it means nothing else inside.
pub(super) fn shown_for(entry: &str) -> String {
    format!("ifnull((SELECT shown FROM duplicates WHERE entry = {entry}), {entry})")
}

/// Whether any entry is shown for another at all; where not, no question need think of it.
pub(super) fn are_there(db: &Connection) -> Result<bool, ArchiveError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM duplicates LIMIT 1")?
        .exists([])?)
}

/// What an entry's duplicates have in common with it.
pub(super) struct Keys {
    pub(super) link: Option<i64>,
    pub(super) guid: Option<i64>,
}

impl Keys {
    pub(super) fn of(
        db: &Connection,
        feed: FeedId,
        guid: &str,
        url: Option<&str>,
    ) -> Result<Self, ArchiveError> {
        let site = match url.and_then(site) {
            Some(site) => Some(site),
            None => site_of_feed(db, feed)?,
        };
        Ok(Self {
            link: url.and_then(link_key),
            guid: site.map(|site| key(&site, &[&site, guid])),
        })
    }
}

/// What every entry with this link has as its `link_key`; `None` where the link names no post.
pub(super) fn link_key(address: &str) -> Option<i64> {
    Some(key(&site(address)?, &[&canonical_link(address)?]))
}

fn site_of_feed(db: &Connection, feed: FeedId) -> Result<Option<String>, ArchiveError> {
    let (url, home): (String, Option<String>) = db
        .prepare_cached("SELECT url, site_url FROM feeds WHERE id = ?1")?
        .query_row([feed.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(home.as_deref().and_then(site).or_else(|| site(&url)))
}

/// 16 bits of the site, 48 of the rest: a feed's entries stand together in an index, so that recording them
/// touches a page of it or two, and not one an entry.
fn key(site: &str, parts: &[&str]) -> i64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 8];
    bytes[..2].copy_from_slice(&blake3::hash(site.as_bytes()).as_bytes()[..2]);
    bytes[2..].copy_from_slice(&hasher.finalize().as_bytes()[..6]);
    i64::from_be_bytes(bytes)
}

/// An entry beside those that may be the same post.
struct Member {
    id: i64,
    feed: i64,
    link: Option<i64>,
    guid: Option<i64>,
    /// The whole world can know it by its guid.
    is_known_by_guid: bool,
    /// Letters and digits only, in lower case.
    title: String,
}

impl Member {
    fn is_same_post(&self, other: &Self, unclear: &HashSet<i64>) -> bool {
        let same_title = !self.title.is_empty() && self.title == other.title;
        let same_link = self.link.is_some() && self.link == other.link;
        let by_link =
            same_link && (same_title || self.link.is_some_and(|link| !unclear.contains(&link)));
        let by_guid = self.guid.is_some() && self.guid == other.guid;
        by_link || (by_guid && (self.is_known_by_guid || same_title || same_link))
    }
}

/// Settles which entry is shown for these and for all that may be the same posts.
pub(super) fn settle(
    db: &Connection,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<(), ArchiveError> {
    let mut settled = HashSet::new();
    for EntryId(id) in entries {
        if settled.contains(&id) {
            continue;
        }
        let members = together(db, id)?;
        settled.extend(members.iter().map(|member| member.id));
        if members.len() > 1 || is_noted(db, id)? {
            let groups = grouped(&members);
            write(db, &members, &groups)?;
        }
    }
    Ok(())
}

/// The entry with everything that is tied to it, directly or by others, oldest first. Empty where there is
/// no such entry any more.
fn together(db: &Connection, id: i64) -> Result<Vec<Member>, ArchiveError> {
    let mut found = HashMap::new();
    let mut waiting = VecDeque::from([id]);
    let mut asked = HashSet::new();
    while let Some(id) = waiting.pop_front() {
        if found.contains_key(&id) || found.len() >= MOST_TOGETHER {
            continue;
        }
        let Some(member) = member(db, id)? else {
            continue;
        };
        for (column, key) in [("link_key", member.link), ("guid_key", member.guid)] {
            if let Some(key) = key.filter(|key| asked.insert((column, *key))) {
                waiting.extend(sharing(db, column, key)?);
            }
        }
        waiting.extend(noted_with(db, id)?);
        found.insert(id, member);
    }
    let mut members: Vec<Member> = found.into_values().collect();
    members.sort_by_key(|member| member.id);
    Ok(members)
}

fn member(db: &Connection, id: i64) -> Result<Option<Member>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT feed, link_key, guid_key, guid, title FROM entries WHERE id = ?1",
    )?;
    let mut rows = select.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let guid: String = row.get(3)?;
    let title: Option<String> = row.get(4)?;
    Ok(Some(Member {
        id,
        feed: row.get(0)?,
        link: row.get(1)?,
        guid: row.get(2)?,
        is_known_by_guid: guid
            .split_once(':')
            .is_some_and(|(scheme, rest)| scheme.len() > 1 && !rest.trim().is_empty()),
        title: title
            .unwrap_or_default()
            .chars()
            .filter(|character| character.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect(),
    }))
}

/// The entries with this key; none where it is on too many to name a post.
fn sharing(db: &Connection, column: &str, key: i64) -> Result<Vec<i64>, ArchiveError> {
    let mut select = db.prepare_cached(&format!(
        "SELECT id FROM entries WHERE {column} = ?1 LIMIT {}",
        MOST_SHARING + 1
    ))?;
    let mut ids: Vec<i64> = select
        .query_map([key], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if ids.len() > MOST_SHARING {
        ids.clear();
    }
    Ok(ids)
}

/// Those of the group an entry is noted in: what tied them together may have been edited away.
fn noted_with(db: &Connection, id: i64) -> Result<Vec<i64>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT shown FROM duplicates WHERE entry = ?1
         UNION SELECT entry FROM duplicates WHERE shown = ?1",
    )?;
    let ids = select.query_map([id], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn is_noted(db: &Connection, id: i64) -> Result<bool, ArchiveError> {
    Ok(!noted_with(db, id)?.is_empty())
}

/// Groups of entries that are one post, as places in `members`.
fn grouped(members: &[Member]) -> Vec<Vec<usize>> {
    let mut carriers: HashMap<i64, HashSet<i64>> = HashMap::new();
    let mut unclear = HashSet::new();
    for member in members {
        if let Some(link) = member.link
            && !carriers.entry(link).or_default().insert(member.feed)
        {
            unclear.insert(link);
        }
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let mut home: Option<usize> = None;
        for number in 0..groups.len() {
            let same = |one: &usize| member.is_same_post(&members[*one], &unclear);
            if !groups[number].iter().any(same) {
                continue;
            }
            let own = home.map_or_else(|| vec![at], |home| groups[home].clone());
            let feeds: HashSet<i64> = own.iter().map(|one| members[*one].feed).collect();
            if groups[number]
                .iter()
                .any(|one| feeds.contains(&members[*one].feed))
            {
                continue;
            }
            // It ties two groups together: one by its link, one by its guid.
            match home {
                Some(home) => {
                    let other = std::mem::take(&mut groups[number]);
                    groups[home].extend(other);
                }
                None => {
                    groups[number].push(at);
                    home = Some(number);
                }
            }
        }
        if home.is_none() {
            groups.push(vec![at]);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Notes the groups in the place of what was noted of these entries before.
fn write(db: &Connection, members: &[Member], groups: &[Vec<usize>]) -> Result<(), ArchiveError> {
    let mut delete = db.prepare_cached("DELETE FROM duplicates WHERE entry = ?1")?;
    for member in members {
        delete.execute([member.id])?;
    }
    let mut insert =
        db.prepare_cached("INSERT INTO duplicates (entry, shown, feed) VALUES (?1, ?2, ?3)")?;
    for group in groups.iter().filter(|group| group.len() > 1) {
        let ids: Vec<i64> = group.iter().map(|at| members[*at].id).collect();
        let shown = best(db, &ids)?;
        for member in group.iter().map(|at| &members[*at]) {
            if member.id != shown {
                insert.execute(params![member.id, shown, member.feed])?;
            }
        }
        keep_off_together(db, &ids)?;
    }
    Ok(())
}

/// Which of a group is shown.
fn best(db: &Connection, ids: &[i64]) -> Result<i64, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT e.url, f.url, f.site_url, f.guid, e.source_guid, c.data
         FROM entries e JOIN feeds f ON f.id = e.feed JOIN contents c ON c.entry = e.id
         WHERE e.id = ?1",
    )?;
    let mut candidates = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = select.query([id])?;
        let Some(row) = rows.next()? else {
            continue;
        };
        let (url, feed, home): (Option<String>, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let (guid, source): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        let is_copy = source.is_some() && source != guid;
        let length = content::length(
            db,
            row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?,
        )?;
        let home = home.as_deref().and_then(site);
        let distance = match url.as_deref().and_then(site) {
            _ if is_copy => 3,
            None => 0,
            Some(own) if site(&feed).is_some_and(|feed| is_of(&feed, &own)) => 0,
            Some(own) if home.is_some_and(|home| is_of(&home, &own)) => 1,
            Some(_) => 2,
        };
        candidates.push((distance, length, *id));
    }
    let longest = candidates.iter().map(|(_, length, _)| *length).max();
    let longest = longest.unwrap_or(0);
    candidates
        .into_iter()
        .map(|(distance, length, id)| (distance, length * 2 < longest, id))
        .min()
        .map(|(_, _, id)| id)
        .ok_or(ArchiveError::NoSuchEntry)
}

/// Whether one site is the other or a part of it: `feeds.blog.example` of `blog.example`.
fn is_of(one: &str, other: &str) -> bool {
    let below = |long: &str, short: &str| {
        short.contains('.')
            && long
                .strip_suffix(short)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    one == other || below(one, other) || below(other, one)
}

/// A tag that a person took off one of them is off all of them, also those that come later.
fn keep_off_together(db: &Connection, ids: &[i64]) -> Result<(), ArchiveError> {
    let list = serde_json::Value::from(ids).to_string();
    let put = db
        .prepare_cached(
            "INSERT OR IGNORE INTO untagged (entry, key)
             SELECT e.value, u.key FROM json_each(?1) e, json_each(?1) o
             JOIN untagged u ON u.entry = o.value",
        )?
        .execute([&list])?;
    if put > 0 {
        db.prepare_cached(
            "DELETE FROM tags WHERE entry IN (SELECT value FROM json_each(?1))
                 AND key IN (SELECT key FROM untagged u WHERE u.entry = tags.entry)",
        )?
        .execute([&list])?;
    }
    Ok(())
}

/// The number of the entry that is shown for this one, or its own.
pub(super) fn shown_instead(db: &Connection, id: i64) -> Result<i64, ArchiveError> {
    Ok(db
        .prepare_cached(&format!("SELECT {}", shown_for("?1")))?
        .query_row([id], |row| row.get(0))?)
}

/// An entry with all others that are the same post.
pub(super) fn same_post(db: &Connection, id: EntryId) -> Result<Vec<EntryId>, ArchiveError> {
    let shown = shown_instead(db, id.0)?;
    let mut select =
        db.prepare_cached("SELECT ?1 UNION SELECT entry FROM duplicates WHERE shown = ?1")?;
    let ids = select.query_map([shown], |row| row.get(0).map(EntryId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Adds to an entry the feeds that brought the same post, and with `tags` their tags too.
pub(super) fn unite(
    db: &Connection,
    archived: &mut ArchivedEntry,
    tags: bool,
) -> Result<(), ArchiveError> {
    let mut others = same_post(db, archived.id)?;
    others.retain(|id| *id != archived.id);
    let mut select = db.prepare_cached(
        "SELECT f.url, coalesce(f.given_title, f.title), e.url
         FROM entries e JOIN feeds f ON f.id = e.feed WHERE e.id = ?1",
    )?;
    for id in others {
        archived.also_in.push(select.query_row([id.0], |row| {
            Ok(AlsoIn {
                id,
                feed_url: row.get(0)?,
                feed_title: row.get(1)?,
                url: row.get(2)?,
            })
        })?);
        if tags {
            archived
                .entry
                .tags
                .extend(super::tags::all_of_entry(db, id)?);
        }
    }
    if tags && !archived.also_in.is_empty() {
        let all = &mut archived.entry.tags;
        all.sort_by_key(|tag| tag.origin);
        super::tags::leave_out_other_spellings(all);
    }
    Ok(())
}

/// Those that are shown for entries of a feed, or that entries of it are shown for: to be settled when it
/// goes.
pub(super) fn partners_of_feed(
    db: &Connection,
    feed: FeedId,
) -> Result<Vec<EntryId>, ArchiveError> {
    let mut select = db.prepare_cached(
        "SELECT shown FROM duplicates WHERE feed = ?1
         UNION SELECT d.entry FROM duplicates d JOIN entries e ON e.id = d.shown WHERE e.feed = ?1",
    )?;
    let ids = select.query_map([feed.0], |row| row.get(0).map(EntryId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Settles everything anew; answers whether anything came out differently.
pub(super) fn rebuild(db: &Connection) -> Result<bool, ArchiveError> {
    let state = || -> Result<Vec<(i64, i64)>, ArchiveError> {
        let mut select = db.prepare("SELECT entry, shown FROM duplicates ORDER BY entry")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let before = state()?;
    db.execute("DELETE FROM duplicates", [])?;
    let mut select = db.prepare("SELECT id FROM entries WHERE id > ?1 ORDER BY id LIMIT 10000")?;
    let mut last = 0;
    loop {
        let ids: Vec<i64> = select
            .query_map([last], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let Some(end) = ids.last() else {
            break;
        };
        last = *end;
        settle(db, ids.into_iter().map(EntryId))?;
    }
    Ok(state()? != before)
}
