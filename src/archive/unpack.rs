//! Contents read one after the other: an answer of a thousand entries reads a thousand.
//!
//! To make a zstd context costs more than to unpack a few kilobytes with it, so each thread keeps one. What
//! is large, has no size of its own or is not as expected is left to [`content`], which knows every case and
//! says what is wrong.

use std::cell::RefCell;

use rusqlite::Connection;
use zstd::zstd_safe::{DCtx, get_frame_content_size};

use super::content::{self, HEAD, HTML, LAYOUT};
use super::error::ArchiveError;
use crate::model::SafeHtml;

/// Unpacked in one piece, with the original that follows the cleaned HTML.
const MOST: u64 = 1 << 20;

thread_local! {
    static CONTEXT: RefCell<Context> = RefCell::default();
}

#[derive(Default)]
struct Context {
    zstd: DCtx<'static>,
    /// What was unpacked last.
    plain: Vec<u8>,
}

/// The cleaned HTML alone.
pub(super) fn html(db: &Connection, packed: &[u8]) -> Result<SafeHtml, ArchiveError> {
    match small(db, packed)? {
        Some(html) => Ok(html),
        None => content::unpack_html(db, packed),
    }
}

fn small(db: &Connection, packed: &[u8]) -> Result<Option<SafeHtml>, ArchiveError> {
    let Some((&LAYOUT, frame)) = packed.split_first() else {
        return Ok(None);
    };
    let size = match get_frame_content_size(frame) {
        Ok(Some(size)) if size <= MOST => usize::try_from(size).unwrap_or(0),
        _ => return Ok(None),
    };
    let dictionary = content::dictionary_of(db, packed)?;
    Ok(CONTEXT.with_borrow_mut(|context| {
        let Context { zstd, plain } = context;
        plain.clear();
        plain.reserve(size);
        let done = match &dictionary {
            Some(dictionary) => {
                zstd.decompress_using_ddict(plain, frame, dictionary.decoder.as_ddict())
            }
            None => zstd.decompress(plain, frame),
        };
        done.ok().and_then(|_| first_part(plain))
    }))
}

fn first_part(plain: &[u8]) -> Option<SafeHtml> {
    let (head, rest) = plain.split_at_checked(HEAD)?;
    let (&HTML, length) = head.split_first()? else {
        return None;
    };
    let length = u64::from_le_bytes(length.try_into().ok()?);
    let html = rest.get(..usize::try_from(length).ok()?)?;
    Some(SafeHtml::vouch(String::from_utf8(html.to_vec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Original, Text};

    fn packed(html: &str) -> Vec<u8> {
        let original = Original {
            content: Some(Text::html("<p onclick=x>Grüße</p>")),
            summary: None,
            base: None,
        };
        let mut packer = content::Packer::new(None).unwrap();
        let html = SafeHtml::vouch(html.to_owned());
        packer.pack(&html, &original).unwrap().data
    }

    #[test]
    fn contents_are_what_content_says_whether_small_or_large() {
        let db = Connection::open_in_memory().unwrap();
        for text in ["", "<p>Grüße</p>", &"<p>x</p>".repeat(200_000)] {
            let packed = packed(text);
            assert_eq!(html(&db, &packed).unwrap().as_str(), text);
            assert_eq!(
                small(&db, &packed).unwrap().is_some(),
                text.len() < 1_000_000
            );
        }
    }

    #[test]
    fn what_is_damaged_is_left_to_content() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE dictionaries (number, data)")
            .unwrap();
        let whole = packed("<p>Grüße</p>");
        for length in 0..whole.len() - 12 {
            let cut = &whole[..length];
            assert_eq!(small(&db, cut).unwrap(), None, "cut at {length}");
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            if let Ok(Some(html)) = small(&db, &flipped) {
                assert_eq!(html.as_str(), "<p>Grüße</p>", "flipped at {at}");
            }
            let of_content = content::unpack_html(&db, &flipped);
            assert_eq!(html(&db, &flipped).is_ok(), of_content.is_ok());
        }
    }
}
