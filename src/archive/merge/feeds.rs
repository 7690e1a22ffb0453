//! Subscriptions of two archives.

use rusqlite::{OptionalExtension, params};

use super::super::error::ArchiveError;
use super::super::tags;
use super::Merge;
use super::rows::{Row, rows};
use crate::model::FeedId;

/// A feed of the other archive and what it is here.
pub(super) struct Feed {
    /// There.
    pub(super) from: i64,
    /// Here.
    pub(super) to: i64,
    /// For a progress bar.
    pub(super) name: String,
}

/// What a person decides and what an archive counts: no document's own.
const OWN: [&str; 9] = [
    "id",
    "url",
    "given_title",
    "given_site",
    "state",
    "subscribed_at",
    "entries",
    "next_due",
    "last_attempt",
];

/// How asking went, on the machine that asked.
const OF_MACHINE: [&str; 4] = ["error_", "failures", "absent_", "redirect_"];

impl Merge<'_> {
    /// Takes the subscriptions in; answers which feed there is which here.
    pub(super) fn feeds(&mut self) -> Result<Vec<Feed>, ArchiveError> {
        let ids: Vec<i64> = {
            let mut select = self.from.prepare("SELECT id FROM feeds ORDER BY id")?;
            let ids = select.query_map([], |row| row.get(0))?;
            ids.collect::<Result<_, _>>()?
        };
        let mut feeds = Vec::with_capacity(ids.len());
        for from in ids {
            for row in rows(self.from, "feeds", "id", from, "id")? {
                let to = match self.same_feed(from, row.text("url"))? {
                    Some(to) => self.unite_feed(&row, to)?,
                    None => self.new_feed(&row)?,
                };
                let given = tags::of_feed(self.from, FeedId(from))?;
                tags::add_to_feed(self.to, FeedId(to), &given)?;
                self.past(from, to)?;
                self.raw_answers(from, to)?;
                feeds.push(Feed {
                    from,
                    to,
                    name: row.text("url").to_owned(),
                });
            }
        }
        self.holds()?;
        Ok(feeds)
    }

    /// By its address; by one that it had here; by one that it had there.
    fn same_feed(&self, from: i64, url: &str) -> Result<Option<i64>, ArchiveError> {
        let mut here = self.to.prepare_cached(
            "SELECT id FROM feeds WHERE url = ?1
             UNION ALL SELECT feed_id FROM moves WHERE from_url = ?1 AND undone_at IS NULL LIMIT 1",
        )?;
        if let Some(to) = here.query_row([url], |row| row.get(0)).optional()? {
            return Ok(Some(to));
        }
        let mut moved = self.from.prepare_cached(
            "SELECT from_url FROM moves WHERE feed_id = ?1 AND undone_at IS NULL ORDER BY id DESC",
        )?;
        let mut older = moved.query([from])?;
        while let Some(row) = older.next()? {
            let url: String = row.get(0)?;
            let same = "SELECT id FROM feeds WHERE url = ?1";
            let found = self
                .to
                .query_row(same, [url], |row| row.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn new_feed(&mut self, row: &Row) -> Result<i64, ArchiveError> {
        let from = row.number("id");
        let mut feeds = rows(self.from, "feeds", "id", from, "id")?;
        let mut row = match feeds.pop() {
            Some(row) => row.without("id"),
            None => return Err(ArchiveError::NotSubscribed),
        };
        // Counted as the entries come.
        row.set("entries", 0);
        row.insert(self.to, "feeds")?;
        let to = self.to.last_insert_rowid();
        for (table, key) in [("moves", "feed_id"), ("health", "feed")] {
            for row in rows(self.from, table, key, from, "id")? {
                let mut row = row.without("id");
                row.set(key, to);
                row.insert(self.to, table)?;
            }
        }
        self.merged.feeds += u64::from(row.text("state") != "removed");
        Ok(to)
    }

    /// Subscribed on either side is subscribed; what the feed says of itself is as of the later document.
    fn unite_feed(&mut self, row: &Row, to: i64) -> Result<i64, ArchiveError> {
        let (state, last): (String, Option<i64>) = self.to.query_row(
            "SELECT state, last_success FROM feeds WHERE id = ?1",
            [to],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let is_back = state == "removed" && row.text("state") != "removed";
        self.merged.feeds += u64::from(is_back);
        if is_back {
            row.update(self.to, "feeds", to, |name| name == "state")?;
        }
        if row.number("last_success") > last.unwrap_or(0) {
            // All its entries come along, so its validators hold here as well.
            row.update(self.to, "feeds", to, |name| {
                !OWN.contains(&name) && !OF_MACHINE.iter().any(|start| name.starts_with(start))
            })?;
        }
        self.to.execute(
            "UPDATE feeds SET given_title = ifnull(given_title, ?2), given_site = ifnull(given_site, ?3),
                 subscribed_at = min(subscribed_at, ?4)
             WHERE id = ?1",
            params![to, row.get("given_title"), row.get("given_site"), row.get("subscribed_at")],
        )?;
        Ok(to)
    }

    /// How far its past was read: the entries of those pages come along.
    fn past(&self, from: i64, to: i64) -> Result<(), ArchiveError> {
        for (table, order) in [("pasts", "feed"), ("past_pages", "url")] {
            for mut row in rows(self.from, table, "feed", from, order)? {
                row.set("feed", to);
                row.insert(self.to, table)?;
            }
        }
        for mut row in rows(self.from, "dropped", "feed", from, "guid")? {
            row.set("feed", to);
            let is_held = self
                .to
                .prepare_cached("SELECT 1 FROM entries WHERE guid = ?1 AND feed = ?2")?
                .exists(params![row.text("guid"), to])?;
            if !is_held {
                row.insert(self.to, "dropped")?;
            }
        }
        Ok(())
    }

    /// Answers that are kept as they came, one by one: each may be large.
    fn raw_answers(&self, from: i64, to: i64) -> Result<(), ArchiveError> {
        let ids: Vec<i64> = {
            let sql = "SELECT id FROM raw_answers WHERE feed = ?1 ORDER BY id";
            let mut select = self.from.prepare_cached(sql)?;
            let ids = select.query_map([from], |row| row.get(0))?;
            ids.collect::<Result<_, _>>()?
        };
        for id in ids {
            for row in rows(self.from, "raw_answers", "id", id, "id")? {
                let is_held = self
                    .to
                    .prepare_cached("SELECT 1 FROM raw_answers WHERE feed = ?1 AND hash = ?2")?
                    .exists(params![to, row.get("hash")])?;
                if !is_held {
                    let mut row = row.without("id");
                    row.set("feed", to);
                    row.insert(self.to, "raw_answers")?;
                }
            }
        }
        Ok(())
    }

    /// Both have promised to leave a server alone.
    fn holds(&self) -> Result<(), ArchiveError> {
        let mut select = self.from.prepare("SELECT server, until FROM holds")?;
        let mut holds = select.query([])?;
        while let Some(row) = holds.next()? {
            let (server, until): (String, i64) = (row.get(0)?, row.get(1)?);
            self.to.execute(
                "INSERT INTO holds (server, until) VALUES (?1, ?2)
                 ON CONFLICT (server) DO UPDATE SET until = max(until, ?2)",
                params![server, until],
            )?;
        }
        Ok(())
    }
}
