//! Which words the index has of each English stem, learned as entries come.
//!
//! Nearly all words of an entry were in an earlier one. Those that have been looked at are known by hash, in
//! memory for the length of a run and in the archive for the next: to find a stem and to see that its word
//! is there already takes ten times as long.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::PoisonError;

use rusqlite::Connection;

use super::Archive;
use super::connections::write;
use super::error::ArchiveError;
use super::fold;

/// Words that have been looked at, by hash; 2 MiB or so of them in memory, then everything is looked at again.
const MOST: usize = 200_000;

/// So many are kept in the archive: they are read into memory, and a run's own need room there.
const MOST_KEPT: usize = MOST / 2;

/// To look at one word takes as long as to read so many kept ones.
const WORTH: usize = 500;

/// Each batch with new words keeps them in a row of their own. More than these are put together.
const MOST_ROWS: usize = 64;

/// The words that have been looked at. A word that shares another's hash goes without its stem, one in many
/// billions.
#[derive(Default)]
pub(super) struct KnownWords {
    all: HashSet<u64, BuildHasherDefault<AsItIs>>,
    /// By the last bits of the hash, the word that was looked at last: most are there, without a look into
    /// the large set.
    last: Vec<u64>,
    /// Those of them that are not kept yet.
    fresh: Vec<u64>,
    /// `None`: no word was new yet.
    kept: Option<Kept>,
}

/// What the archive keeps of earlier runs.
#[derive(Clone, Copy)]
struct Kept {
    words: usize,
    rows: usize,
    /// They are among those of this run.
    are_read: bool,
}

impl Kept {
    fn count(db: &Connection) -> Result<Self, ArchiveError> {
        let sql = "SELECT count(*), ifnull(sum(length(hashes)), 0) / 8 FROM stemmed_words";
        let (rows, words): (i64, i64) =
            db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            words: usize::try_from(words).unwrap_or(0),
            rows: usize::try_from(rows).unwrap_or(0),
            are_read: false,
        })
    }
}

/// Takes a number that is a hash already for its hash.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl Archive {
    /// One transaction that puts texts into the index. The words it looks at are known to the next one.
    pub(super) fn write_learning<T>(
        &self,
        work: impl FnOnce(&Connection, &mut KnownWords) -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        let mut writer = self.connections.writer();
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = write(&mut writer)?;
        // Taken out meanwhile: what a transaction that fails has learned is not in the archive.
        let mut learned = std::mem::take(&mut *words);
        let answer = work(&transaction, &mut learned)?;
        transaction.commit()?;
        *words = learned;
        Ok(answer)
    }
}

impl KnownWords {
    /// 64 KiB of them.
    const LAST: usize = 8192;

    /// Looks at the words of texts that go into the index.
    pub(super) fn learn<'t>(
        &mut self,
        db: &Connection,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<(), ArchiveError> {
        let mut learn =
            db.prepare_cached("INSERT OR IGNORE INTO word_stems (stem, word) VALUES (?1, ?2)")?;
        self.last.resize(Self::LAST, 0);
        for text in texts {
            for (word, hash) in fold::english_words(text) {
                if !self.is_new(mixed(hash)) {
                    continue;
                }
                let kept = match self.kept {
                    Some(kept) => kept,
                    None => *self.kept.insert(Kept::count(db)?),
                };
                if !kept.are_read && self.fresh.len() * WORTH > kept.words {
                    self.read(db)?;
                }
                if let Some(stem) = fold::stem(word) {
                    let word = word.to_ascii_lowercase();
                    if word != stem {
                        learn.execute([stem, word])?;
                    }
                }
            }
        }
        Ok(())
    }

    fn is_new(&mut self, hash: u64) -> bool {
        let last = &mut self.last[hash as usize % Self::LAST];
        if std::mem::replace(last, hash) == hash {
            return false;
        }
        if self.all.len() >= MOST {
            self.all.clear();
        }
        let is_new = self.all.insert(hash);
        if is_new && self.fresh.len() < MOST {
            self.fresh.push(hash);
        }
        is_new
    }

    /// Reads which words were looked at by earlier runs.
    fn read(&mut self, db: &Connection) -> Result<(), ArchiveError> {
        let mut select = db.prepare("SELECT hashes FROM stemmed_words")?;
        let mut rows = select.query([])?;
        let kept = self.kept.insert(Kept::count(db)?);
        kept.are_read = true;
        self.all.reserve(kept.words);
        // Of the few that this run began with.
        let mut known = HashSet::new();
        while let Some(row) = rows.next()? {
            let hashes: Vec<u8> = row.get(0)?;
            let (hashes, _) = hashes.as_chunks();
            for hash in hashes.iter().copied().map(u64::from_le_bytes) {
                if !self.all.insert(hash) {
                    known.insert(hash);
                }
            }
        }
        self.fresh.retain(|hash| !known.contains(hash));
        Ok(())
    }

    /// Keeps what was learned, in the transaction that it was learned in. A few words are not worth it.
    pub(super) fn keep(&mut self, db: &Connection) -> Result<(), ArchiveError> {
        let Some(kept) = self.kept.as_mut().filter(|kept| kept.are_read) else {
            return Ok(());
        };
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.truncate(MOST_KEPT.saturating_sub(kept.words));
        if fresh.is_empty() {
            return Ok(());
        }
        if kept.rows < MOST_ROWS {
            put(db, &fresh)?;
            kept.rows += 1;
            kept.words += fresh.len();
        } else {
            let all: Vec<u64> = self.all.iter().copied().take(MOST_KEPT).collect();
            db.execute("DELETE FROM stemmed_words", [])?;
            put(db, &all)?;
            kept.words = all.len();
            kept.rows = 1;
        }
        Ok(())
    }
}

/// A word's hash, with low bits that hang on more than its last letters.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

fn put(db: &Connection, hashes: &[u64]) -> Result<(), ArchiveError> {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    db.prepare_cached("INSERT INTO stemmed_words (hashes) VALUES (?1)")?
        .execute([bytes])?;
    Ok(())
}

/// Forgets everything, as before the first entry.
pub(super) fn forget(db: &Connection) -> Result<(), ArchiveError> {
    db.execute_batch("DELETE FROM word_stems; DELETE FROM stemmed_words;")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::schema;

    fn archive() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let (db, _) = schema::open_writer(&folder.path().join("hallway.db")).unwrap();
        (folder, db)
    }

    /// `count` words with an ending, each another.
    fn words(from: usize, count: usize) -> String {
        let letters = |n: usize| -> String {
            let letter = |at: u32| char::from(b'a' + (n / 26_usize.pow(at) % 26) as u8);
            (0..3).map(letter).collect()
        };
        let words = (from..from + count).map(|n| format!("br{}ings ", letters(n)));
        words.collect()
    }

    fn number(db: &Connection, sql: &str) -> usize {
        db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize
    }

    fn run(db: &Connection, text: &str) {
        let mut words = KnownWords::default();
        words.learn(db, [text].into_iter()).unwrap();
        words.keep(db).unwrap();
    }

    const STEMS: &str = "SELECT count(*) FROM word_stems";
    const KEPT: &str = "SELECT coalesce(sum(length(hashes)), 0) / 8 FROM stemmed_words";

    #[test]
    fn a_later_run_looks_at_no_word_again() {
        let (_folder, db) = archive();
        run(&db, &words(0, 1000));
        assert_eq!((number(&db, STEMS), number(&db, KEPT)), (1000, 1000));
        // Only what is looked at is learned again.
        db.execute("DELETE FROM word_stems", []).unwrap();
        run(&db, &words(0, 1000));
        assert_eq!(number(&db, STEMS), 1000 / WORTH + 1);
        assert_eq!(number(&db, KEPT), 1000);
        run(&db, &words(500, 1000));
        assert_eq!(number(&db, KEPT), 1500);
    }

    #[test]
    fn beside_many_kept_words_a_few_are_neither_read_nor_kept() {
        let (_folder, db) = archive();
        run(&db, &words(0, 10 * WORTH));
        db.execute("DELETE FROM word_stems", []).unwrap();
        run(&db, &words(0, 10));
        assert_eq!((number(&db, STEMS), number(&db, KEPT)), (10, 10 * WORTH));
    }

    #[test]
    fn many_rows_become_one() {
        let (_folder, db) = archive();
        for run_number in 0..MOST_ROWS {
            run(&db, &words(run_number * 10, 10));
        }
        assert_eq!(number(&db, "SELECT count(*) FROM stemmed_words"), MOST_ROWS);
        let kept = number(&db, KEPT);
        run(&db, &words(MOST_ROWS * 10, 10));
        assert_eq!(number(&db, "SELECT count(*) FROM stemmed_words"), 1);
        assert_eq!(number(&db, KEPT), kept + 10);
    }

    #[test]
    fn no_more_than_enough_is_kept() {
        let (_folder, db) = archive();
        let many: Vec<u8> = (0..MOST_KEPT as u64 - 500)
            .flat_map(u64::to_le_bytes)
            .collect();
        db.execute("INSERT INTO stemmed_words (hashes) VALUES (?1)", [many])
            .unwrap();
        for words in [words(0, 1000), words(1000, 1000)] {
            run(&db, &words);
            assert_eq!(number(&db, KEPT), MOST_KEPT);
        }
        assert_eq!(number(&db, STEMS), 2000);
    }
}
