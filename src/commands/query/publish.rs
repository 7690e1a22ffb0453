//! Shows what arrived since a view was last shown: nothing twice, nothing left out, whatever is killed.
//!
//! ```text
//! stdout   write ─► flush ─► move the cursor
//! a file   write aside ─► sync ─► announce ─► rename and move the cursor, while nobody else writes
//! ```
//!
//! After a kill the cursor stands where it stood, and so the next run begins there again:
//! * a file of one name is written again with the same entries and those that came meanwhile;
//! * a file named by the date gathers what arrives until the name changes. The announcement tells by the
//!   file's hash whether the one before the kill was finished: then its entries have been shown, and the
//!   cursor is moved behind them first, before another announcement takes the place of this one.

use std::path::Path;

use super::answer::{Answer, Target, to_stdout};
use super::output::{Aside, hash_of};
use crate::archive::{Announced, Archive, ArchiveError, Moved};
use crate::commands::context::Context;
use crate::commands::exit::CommandError;
use crate::query::Cursor;

/// A digest of what is new.
pub(crate) struct Publication<'a> {
    pub(crate) archive: &'a Archive,
    pub(crate) context: &'a Context<'a>,
    /// The cursor's name in the archive.
    pub(crate) cursor: &'a str,
    pub(crate) answer: &'a Answer,
    /// What had arrived when the run began; what arrives meanwhile waits for the next one.
    pub(crate) until: Cursor,
    /// The cursor stays where it is.
    pub(crate) peek: bool,
}

/// How often a view is tried anew because another hallway has just shown it.
const TRIES: usize = 10;

impl Publication<'_> {
    /// Says whether there was anything new.
    pub(crate) fn publish(&self) -> Result<bool, CommandError> {
        for _ in 0..TRIES {
            let before = self.archive.cursor(self.cursor)?;
            let from = before.unwrap_or_default();
            if self.until <= from {
                return Ok(false);
            }
            let tried = match &self.answer.target {
                Target::File { path, gathers } if !self.peek => {
                    self.to_file(path, *gathers, before)?
                }
                _ => self.to_stdout(before)?,
            };
            if let Some(any) = tried {
                return Ok(any);
            }
        }
        Err(CommandError::failed(
            "another hallway shows this view again and again",
        ))
    }

    /// `None`: somebody else has shown it meanwhile.
    fn to_stdout(&self, before: Option<Cursor>) -> Result<Option<bool>, CommandError> {
        let from = before.unwrap_or_default();
        let until = self.end(from)?;
        let query = self.answer.arrived(self.cursor, from, until);
        let any = to_stdout(|out| self.answer.render_any(self.archive, &query, out))?;
        // What is printed is printed, whoever else has moved the cursor.
        self.moved(before, until, || Ok(()))?;
        Ok(Some(any))
    }

    fn to_file(
        &self,
        path: &Path,
        gathers: bool,
        before: Option<Cursor>,
    ) -> Result<Option<bool>, CommandError> {
        let from = before.unwrap_or_default();
        let announced = self.archive.announced(self.cursor)?;
        if let Some(file) = &announced
            && (gathers || !file.is_at(path))
            && file.until > from
            && hash_of(&file.path) == Some(file.hash)
        {
            self.moved(before, file.until, || Ok(()))?;
            return Ok(None);
        }
        let until = self.end(from)?;
        if !self
            .archive
            .any(&self.answer.arrived(self.cursor, from, until))?
        {
            let moved = self.moved(before, until, || Ok(()))?;
            return Ok((moved == Moved::Done).then_some(false));
        }
        let after = announced
            .filter(|file| gathers && file.is_at(path) && path.exists())
            .map_or(from, |file| file.after.min(from));
        let query = self.answer.arrived(self.cursor, after, until);
        let fill = |out: &mut dyn std::io::Write| self.answer.render_any(self.archive, &query, out);
        let Some(aside) = Aside::write(path, fill)? else {
            let moved = self.moved(before, until, || Ok(()))?;
            return Ok((moved == Moved::Done).then_some(false));
        };
        let file = Announced {
            path: path.to_owned(),
            hash: aside.hash,
            after,
            until,
        };
        self.archive.announce(self.cursor, &file)?;
        let moved = self.moved(before, until, || match aside.is_unchanged {
            true => Ok(()),
            false => aside.put_in_place(),
        })?;
        Ok((moved == Moved::Done).then_some(true))
    }

    /// Where this digest ends: with a limit before the end, the rest comes next time.
    fn end(&self, from: Cursor) -> Result<Cursor, ArchiveError> {
        let Some(limit) = self.answer.query.limit else {
            return Ok(self.until);
        };
        let query = self.answer.arrived(self.cursor, from, self.until);
        let end = self.archive.end_of_first(&query, limit)?;
        Ok(end.unwrap_or(self.until))
    }

    fn moved(
        &self,
        before: Option<Cursor>,
        to: Cursor,
        put_in_place: impl FnOnce() -> Result<(), CommandError>,
    ) -> Result<Moved, CommandError> {
        if self.peek {
            return Ok(Moved::Done);
        }
        let now = self.context.now;
        self.archive
            .move_cursor(self.cursor, before, to, now, put_in_place)
    }
}
