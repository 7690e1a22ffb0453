//! What an entry says, as it lies in the archive.
//!
//! One zstd frame with a checksum behind one byte for the layout. In layout 1 the frame holds four parts; it
//! names the dictionary it was made with, if any (see [`super::dictionary`]). A part is a byte (0 absent, 1 plain text, 2 HTML), its length in 8 bytes little-endian, and its bytes:
//! the cleaned HTML, the original content, the original summary, the base of the original's links.
//! The cleaned HTML and the original say nearly the same, so together they cost little more than one.
//! The cleaned HTML comes first: reading it stops there.

use std::cell::Cell;
use std::io::{self, Read};

use rusqlite::Connection;
use zstd::bulk::Compressor;
use zstd::zstd_safe::{CParameter, get_dict_id_from_frame};

use super::dictionary::{self, Dictionary, LEVEL};
use super::error::ArchiveError;
#[cfg(test)]
use crate::model::Text;
use crate::model::{Original, SafeHtml, TextKind};

pub(super) const LAYOUT: u8 = 1;

/// What is one text, all of it in the frame.
const TEXT: u8 = 2;

const ABSENT: u8 = 0;
const PLAIN: u8 = 1;
pub(super) const HTML: u8 = 2;

/// How long the mark of a part and its length are, in bytes.
pub(super) const HEAD: usize = 9;

/// What lies in the archive, and the hash of what it holds: the same however it was compressed.
pub(super) struct Packed {
    pub(super) hash: [u8; 32],
    pub(super) data: Vec<u8>,
}

/// Packs contents one after the other; making one costs more than packing a small content.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    dictionary: Option<&'static Dictionary>,
}

thread_local! {
    /// The one this thread used last: a document with one new entry would cost more to make it than to pack.
    static PACKER: Cell<Option<Packer>> = const { Cell::new(None) };
}

/// This thread's packer, or another where it has none for this dictionary; to be given back by [`keep`].
pub(super) fn packer(dictionary: Option<&'static Dictionary>) -> Result<Packer, ArchiveError> {
    let is_for_it = |kept: &Packer| match (kept.dictionary, dictionary) {
        (Some(kept), Some(wanted)) => std::ptr::eq(kept, wanted),
        (kept, wanted) => kept.is_none() && wanted.is_none(),
    };
    match PACKER.take().filter(is_for_it) {
        Some(packer) => Ok(packer),
        None => Packer::new(dictionary),
    }
}

pub(super) fn keep(packer: Packer) {
    PACKER.set(Some(packer));
}

impl Packer {
    pub(super) fn new(dictionary: Option<&'static Dictionary>) -> Result<Self, ArchiveError> {
        let mut compressor = match dictionary {
            Some(dictionary) => Compressor::with_prepared_dictionary(&dictionary.encoder),
            None => Compressor::new(LEVEL),
        }
        .map_err(|error| failed(&error))?;
        compressor
            .set_parameter(CParameter::ChecksumFlag(true))
            .map_err(|error| failed(&error))?;
        Ok(Self {
            compressor,
            dictionary,
        })
    }

    pub(super) fn pack(
        &mut self,
        content: &SafeHtml,
        original: &Original,
    ) -> Result<Packed, ArchiveError> {
        let mut plain = Vec::with_capacity(content.as_str().len() * 2 + 64);
        write_part(&mut plain, HTML, content.as_str());
        for text in [&original.content, &original.summary] {
            match text {
                Some(text) => write_part(&mut plain, mark(text.kind), &text.value),
                None => write_part(&mut plain, ABSENT, ""),
            }
        }
        match &original.base {
            Some(base) => write_part(&mut plain, PLAIN, base),
            None => write_part(&mut plain, ABSENT, ""),
        }
        self.compress(LAYOUT, &plain)
    }

    /// One text of no entry's content.
    pub(super) fn pack_text(&mut self, text: &str) -> Result<Packed, ArchiveError> {
        self.compress(TEXT, text.as_bytes())
    }

    /// What another archive packed, with this one's dictionary; not where it is not what its hash says.
    pub(super) fn repack(
        &mut self,
        from: &Connection,
        packed: &[u8],
        hash: &[u8],
    ) -> Result<Packed, ArchiveError> {
        let dictionary = dictionary_of(from, packed)?;
        let mut parts = Parts::open(packed, dictionary)?;
        let mut plain = Vec::new();
        parts
            .frame
            .read_to_end(&mut plain)
            .map_err(|error| damaged(&error))?;
        if blake3::hash(&plain).as_bytes() != hash {
            return Err(mistaken());
        }
        self.compress(packed.first().copied().unwrap_or(LAYOUT), &plain)
    }

    fn compress(&mut self, layout: u8, plain: &[u8]) -> Result<Packed, ArchiveError> {
        let frame = self
            .compressor
            .compress(plain)
            .map_err(|error| failed(&error))?;
        let mut data = Vec::with_capacity(frame.len() + 1);
        data.push(layout);
        data.extend_from_slice(&frame);
        Ok(Packed {
            hash: *blake3::hash(plain).as_bytes(),
            data,
        })
    }
}

/// Reads what is packed to its end and compares it with the hash that was kept beside it.
pub(super) fn verify(db: &Connection, packed: &[u8], hash: &[u8]) -> Result<(), ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let mut parts = Parts::open(packed, dictionary)?;
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut parts.frame, &mut hasher).map_err(|error| damaged(&error))?;
    match hasher.finalize().as_bytes() == hash {
        true => Ok(()),
        false => Err(mistaken()),
    }
}

/// What [`Packer::pack_text`] packed.
pub(super) fn unpack_text(db: &Connection, packed: &[u8]) -> Result<String, ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let mut parts = Parts::open(packed, dictionary)?;
    let mut text = String::new();
    parts
        .frame
        .read_to_string(&mut text)
        .map_err(|error| damaged(&error))?;
    Ok(text)
}

/// The cleaned HTML alone.
pub(super) fn unpack_html(db: &Connection, packed: &[u8]) -> Result<SafeHtml, ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let mut parts = Parts::open(packed, dictionary)?;
    let (_, html) = parts.next()?;
    Ok(SafeHtml::vouch(html))
}

/// How long the cleaned HTML is, in bytes.
pub(super) fn length(db: &Connection, packed: &[u8]) -> Result<u64, ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let mut parts = Parts::open(packed, dictionary)?;
    Ok(parts.head()?.1)
}

/// Everything, read to the end, so that the checksum has been compared.
#[cfg(test)]
pub(super) fn unpack(db: &Connection, packed: &[u8]) -> Result<(SafeHtml, Original), ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let mut parts = Parts::open(packed, dictionary)?;
    let (_, html) = parts.next()?;
    let content = text(parts.next()?);
    let summary = text(parts.next()?);
    let base = text(parts.next()?).map(|base| base.value);
    let mut rest = Vec::new();
    parts
        .frame
        .read_to_end(&mut rest)
        .map_err(|error| damaged(&error))?;
    let original = Original {
        content,
        summary,
        base,
    };
    Ok((SafeHtml::vouch(html), original))
}

/// The first bytes of what is packed, for a dictionary to learn from.
pub(super) fn plain_beginning(
    db: &Connection,
    packed: &[u8],
    most: usize,
) -> Result<Vec<u8>, ArchiveError> {
    let dictionary = dictionary_of(db, packed)?;
    let parts = Parts::open(packed, dictionary)?;
    let mut beginning = Vec::with_capacity(most);
    parts
        .frame
        .take(most as u64)
        .read_to_end(&mut beginning)
        .map_err(|error| damaged(&error))?;
    Ok(beginning)
}

/// The dictionary that a frame names.
pub(super) fn dictionary_of(
    db: &Connection,
    packed: &[u8],
) -> Result<Option<&'static Dictionary>, ArchiveError> {
    let number = packed.get(1..).and_then(get_dict_id_from_frame);
    number
        .map(|number| dictionary::of_number(db, number.get()))
        .transpose()
}

struct Parts<'a> {
    frame: zstd::stream::read::Decoder<'a, io::BufReader<&'a [u8]>>,
}

impl<'a> Parts<'a> {
    fn open(packed: &'a [u8], dictionary: Option<&'a Dictionary>) -> Result<Self, ArchiveError> {
        match packed.split_first() {
            Some((&(LAYOUT | TEXT), frame)) => {
                let frame = match dictionary {
                    Some(dictionary) => zstd::stream::read::Decoder::with_prepared_dictionary(
                        io::BufReader::new(frame),
                        &dictionary.decoder,
                    ),
                    None => zstd::stream::read::Decoder::new(frame),
                };
                Ok(Self {
                    frame: frame.map_err(|error| damaged(&error))?,
                })
            }
            Some((layout, _)) => Err(damaged(&format!("unknown layout {layout}"))),
            None => Err(damaged(&"it is empty")),
        }
    }

    /// The mark of the next part, and how long it is.
    fn head(&mut self) -> Result<(u8, u64), ArchiveError> {
        let mut head = [0; HEAD];
        self.frame
            .read_exact(&mut head)
            .map_err(|error| damaged(&error))?;
        let [mark, length @ ..] = head;
        Ok((mark, u64::from_le_bytes(length)))
    }

    fn next(&mut self) -> Result<(u8, String), ArchiveError> {
        let (mark, length) = self.head()?;
        let mut text = String::new();
        // Not made at its full size beforehand: a damaged length may name any.
        let read = (&mut self.frame).take(length).read_to_string(&mut text);
        match read {
            Ok(read) if read as u64 == length => Ok((mark, text)),
            Ok(_) => Err(damaged(&"it is cut off")),
            Err(error) => Err(damaged(&error)),
        }
    }
}

fn write_part(plain: &mut Vec<u8>, mark: u8, text: &str) {
    plain.push(mark);
    plain.extend((text.len() as u64).to_le_bytes());
    plain.extend(text.as_bytes());
}

fn mark(kind: TextKind) -> u8 {
    match kind {
        TextKind::Plain => PLAIN,
        TextKind::Html => HTML,
    }
}

#[cfg(test)]
fn text((mark, value): (u8, String)) -> Option<Text> {
    match mark {
        ABSENT => None,
        HTML => Some(Text::html(value)),
        _ => Some(Text::plain(value)),
    }
}

fn damaged(error: &impl ToString) -> ArchiveError {
    ArchiveError::Damaged(format!("a content cannot be read: {}", error.to_string()))
}

fn mistaken() -> ArchiveError {
    damaged(&"it is not what its hash says")
}

fn failed(error: &io::Error) -> ArchiveError {
    ArchiveError::Failed(format!("a content cannot be compressed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original() -> Original {
        Original {
            content: Some(Text::html("<p onclick=x>Grüße</p>")),
            summary: Some(Text::plain("")),
            base: None,
        }
    }

    fn packed() -> Vec<u8> {
        packed_with_hash().data
    }

    fn packed_with_hash() -> Packed {
        let html = SafeHtml::vouch("<p>Grüße</p>".to_owned());
        let mut packer = Packer::new(None).unwrap();
        packer.pack(&html, &original()).unwrap()
    }

    fn db() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    #[test]
    fn contents_come_back_as_they_went_in() {
        let (html, back) = unpack(&db(), &packed()).unwrap();
        assert_eq!(html.as_str(), "<p>Grüße</p>");
        assert_eq!(back, original());
        assert_eq!(unpack_html(&db(), &packed()).unwrap(), html);
    }

    #[test]
    fn a_hash_is_of_what_is_said_and_not_of_how_it_is_packed() {
        let db = db();
        let Packed { hash, data } = packed_with_hash();
        verify(&db, &data, &hash).unwrap();
        let mut packer = Packer::new(None).unwrap();
        let other = packer
            .pack(&SafeHtml::vouch("<p>Grüsse</p>".to_owned()), &original())
            .unwrap();
        assert!(verify(&db, &other.data, &hash).is_err());
        let text = packer.pack_text("Grüße").unwrap();
        verify(&db, &text.data, &text.hash).unwrap();
        assert_eq!(unpack_text(&db, &text.data).unwrap(), "Grüße");
    }

    #[test]
    fn damage_is_found_and_no_reason_to_panic() {
        let whole = packed();
        let db = db();
        // A flipped bit may name a dictionary.
        db.execute_batch("CREATE TABLE dictionaries (number, data)")
            .unwrap();
        for length in 0..whole.len() {
            assert!(unpack(&db, &whole[..length]).is_err(), "cut at {length}");
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            // A few bits of a frame's header mean nothing.
            let harmless = |(html, original): (SafeHtml, Original)| {
                html.as_str() == "<p>Grüße</p>" && original == self::original()
            };
            assert!(
                unpack(&db, &flipped).is_ok_and(harmless) || unpack(&db, &flipped).is_err(),
                "flipped at {at}"
            );
        }
    }
}
