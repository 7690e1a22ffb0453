//! Hosts that asked for patience.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::Archive;
use super::error::ArchiveError;
use super::instants::{certain, seconds};
use crate::model::Hold;

impl Archive {
    /// Leaves a host alone that asked for patience.
    pub(crate) fn hold(&self, hold: &Hold, now: DateTime<Utc>) -> Result<(), ArchiveError> {
        self.write(|db| put(db, hold, seconds(now)))
    }

    /// The hosts that asked for patience.
    pub(crate) fn holds(&self) -> Result<Vec<Hold>, ArchiveError> {
        let holds = until(&*self.connections.reader()?)?.into_iter();
        Ok(holds
            .map(|(server, until)| Hold { server, until })
            .collect())
    }
}

/// Until when each server that asked for patience wants to be left alone.
pub(super) fn until(db: &Connection) -> Result<HashMap<String, DateTime<Utc>>, ArchiveError> {
    let mut select = db.prepare_cached("SELECT server, until FROM holds")?;
    let holds = select.query_map([], |row| Ok((row.get(0)?, certain(row.get(1)?))))?;
    Ok(holds.collect::<Result<_, _>>()?)
}

/// Leaves a host alone; what is over is forgotten.
pub(super) fn put(db: &Connection, hold: &Hold, at: i64) -> Result<(), ArchiveError> {
    db.prepare_cached("DELETE FROM holds WHERE until <= ?1")?
        .execute([at])?;
    db.prepare_cached(
        "INSERT INTO holds (server, until) VALUES (?1, ?2)
         ON CONFLICT (server) DO UPDATE SET until = ?2",
    )?
    .execute(params![hold.server, seconds(hold.until)])?;
    Ok(())
}
