//! What the contents of an archive have in common: zstd dictionaries, trained on the archive's own contents
//! and kept in it.
//!
//! An entry's content is a few kilobytes, too short for a compressor to learn from; with a dictionary it
//! takes about a third less. Every frame names its dictionary, so that a later and better one only concerns
//! what is packed from then on, and none is ever taken away.

use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock, RwLockWriteGuard};

use rusqlite::{Connection, OptionalExtension, params};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::connections::write;
use super::error::ArchiveError;
use super::{Archive, content, entries};

/// Level 3 packs as small as level 9 without a dictionary, at a quarter of the time.
pub(super) const LEVEL: i32 = 3;

/// Above 127 KiB zstd takes tables twice as large: with one of 256 KiB contents are a twentieth smaller, but the tables
/// take most of what a core has near.
const SIZE: usize = 120 << 10;

/// Of how many contents a dictionary is made, and how much of each is looked at.
const SAMPLES: i64 = 350;
const SAMPLE: usize = 3 << 10;

/// Another one is made when the archive has grown by so much: a dictionary of the first few blogs knows
/// little of hundreds.
const GROWTH: i64 = 64;

pub(super) struct Dictionary {
    pub(super) encoder: EncoderDictionary<'static>,
    pub(super) decoder: DecoderDictionary<'static>,
}

impl Dictionary {
    fn load(data: &[u8]) -> Result<Self, ArchiveError> {
        let damaged = |error: std::io::Error| {
            ArchiveError::Damaged(format!("a dictionary cannot be read: {error}"))
        };
        Ok(Self {
            encoder: EncoderDictionary::try_copy(data, LEVEL).map_err(damaged)?,
            decoder: DecoderDictionary::try_copy(data).map_err(damaged)?,
        })
    }
}

/// Those in use, by zstd's number for each, which is made from what the dictionary holds: the same in every
/// archive that has it. They stay until the process ends, so that a thread may keep a packer made for one.
static LOADED: LazyLock<RwLock<BTreeMap<u32, &'static Dictionary>>> =
    LazyLock::new(RwLock::default);

/// The dictionary of this number.
pub(super) fn of_number(db: &Connection, number: u32) -> Result<&'static Dictionary, ArchiveError> {
    let loaded = LOADED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(dictionary) = loaded.get(&number) {
        return Ok(dictionary);
    }
    drop(loaded);
    let data: Option<Vec<u8>> = db
        .prepare_cached("SELECT data FROM dictionaries WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    let data =
        data.ok_or_else(|| ArchiveError::Damaged(format!("dictionary {number} is missing")))?;
    let dictionary = Dictionary::load(&data)?;
    let mut loaded = LOADED.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have been faster.
    let kept = loaded
        .entry(number)
        .or_insert_with(|| Box::leak(Box::new(dictionary)));
    Ok(kept)
}

/// The one to pack with; `None` where the archive is too small to have one.
pub(super) fn newest(db: &Connection) -> Result<Option<&'static Dictionary>, ArchiveError> {
    let number: Option<u32> = db
        .prepare_cached("SELECT number FROM dictionaries ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    number.map(|number| of_number(db, number)).transpose()
}

/// Whether there are contents enough for a first dictionary, or for a better one.
pub(super) fn is_wanted(db: &Connection) -> Result<bool, ArchiveError> {
    let wanted = "
        SELECT coalesce((SELECT max(id) FROM entries), 0)
               >= coalesce((SELECT max(entries) * ?2 FROM dictionaries), ?1)";
    Ok(db
        .prepare_cached(wanted)?
        .query_row([SAMPLES, GROWTH], |row| row.get(0))?)
}

/// Makes a dictionary of contents from all over the archive and keeps it. What cannot be trained on (too
/// little text, all of it alike) leaves the archive without one until it has grown.
pub(super) fn train(db: &Connection) -> Result<(), ArchiveError> {
    let newest: i64 = db.query_row("SELECT coalesce(max(entry), 0) FROM contents", [], |row| {
        row.get(0)
    })?;
    let step = (newest / SAMPLES).max(1);
    let mut select =
        db.prepare("SELECT data FROM contents WHERE entry >= ?1 ORDER BY entry LIMIT 1")?;
    let mut samples = Vec::new();
    for at in 0..SAMPLES {
        let data: Option<Vec<u8>> = select.query_row([at * step], |row| row.get(0)).optional()?;
        let Some(data) = data else { break };
        // A content that is damaged is for `check` to find.
        if let Ok(sample) = content::plain_beginning(db, &data, SAMPLE) {
            samples.push(sample);
        }
    }
    let Ok(data) = zstd::dict::from_samples(&samples, SIZE) else {
        return Ok(());
    };
    let Some(number) = zstd::zstd_safe::get_dict_id_from_dict(&data) else {
        return Ok(());
    };
    db.execute(
        "INSERT OR IGNORE INTO dictionaries (number, data, entries) VALUES (?1, ?2, ?3)",
        params![number.get(), data, newest],
    )?;
    Ok(())
}

/// The dictionary that an archive packs with, while it is held back from all who pack.
pub(super) type Held<'a> = RwLockWriteGuard<'a, Option<&'static Dictionary>>;

impl Archive {
    /// The newest dictionary; looked for until there is one.
    pub(super) fn dictionary(&self) -> Result<Option<&'static Dictionary>, ArchiveError> {
        let known = self
            .dictionary
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return Ok(*known);
        }
        drop(known);
        let newest = newest(&*self.connections.reader()?)?;
        *self.dictionary_to_change() = newest;
        Ok(newest)
    }

    /// Whether contents are packed with a dictionary by now. Makes none ready: a run that finds nothing new
    /// needs none.
    pub(crate) fn has_dictionary(&self) -> Result<bool, ArchiveError> {
        let reader = self.connections.reader()?;
        let mut select = reader.prepare_cached("SELECT EXISTS (SELECT 1 FROM dictionaries)")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }

    /// Before a batch is recorded that brings enough for the first dictionary: whoever packs meanwhile waits for
    /// it, for what is packed without takes a third more for good.
    ///
    /// * `arriving`: how many entries the batch has.
    pub(super) fn hold_packing(
        &self,
        writer: &Connection,
        arriving: usize,
    ) -> Result<Option<Held<'_>>, ArchiveError> {
        let arriving = i64::try_from(arriving).unwrap_or(i64::MAX);
        let newest = entries::newest(writer)?.0;
        if newest >= SAMPLES || newest.saturating_add(arriving) < SAMPLES {
            return Ok(None);
        }
        Ok(Some(self.dictionary_to_change()))
    }

    /// Makes a dictionary when the contents have become enough for one.
    pub(super) fn learn(
        &self,
        writer: &mut Connection,
        held: Option<Held<'_>>,
    ) -> Result<(), ArchiveError> {
        if !is_wanted(writer)? {
            return Ok(());
        }
        let transaction = write(writer)?;
        // Another run may have been faster.
        if is_wanted(&transaction)? {
            train(&transaction)?;
        }
        let newest = newest(&transaction)?;
        transaction.commit()?;
        *held.unwrap_or_else(|| self.dictionary_to_change()) = newest;
        Ok(())
    }

    fn dictionary_to_change(&self) -> Held<'_> {
        (self.dictionary.write()).unwrap_or_else(PoisonError::into_inner)
    }
}
