//! What things are known by: numbers in the archive, and hashes of what was said.

/// A subscription's number in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FeedId(pub(crate) i64);

/// An entry's number in the archive, by arrival: a larger one arrived later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EntryId(pub(crate) i64);

/// The BLAKE3 hash of everything a publisher said of an entry; equal hashes mean "not edited".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContentHash(pub(crate) [u8; 32]);

/// Of everything a publisher said of an entry, letter by letter; equal ones mean the same letters. Another
/// version of hallway may make another one of them, which then says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) u64);
