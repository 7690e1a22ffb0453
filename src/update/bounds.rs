//! What one feed may take from the others, and how it is said that not all of it was.

use super::cores;
use crate::clean;
use crate::model::{Change, Changes, RawFeed};
use crate::parse;
use crate::source::{Answer, Body, Failure, FailureKind};

/// An answer of so many bytes is worked on alone: it takes ten times as much memory while it is.
const LARGE: usize = 4 << 20;

/// How many of the cores an answer takes.
pub(super) fn share(answer: &Result<Answer, Failure>) -> u32 {
    let bytes = match answer {
        Ok(Answer {
            body: Body::Documents { documents, .. },
            ..
        }) => documents.iter().map(|document| document.bytes.len()).sum(),
        _ => 0,
    };
    match bytes < LARGE {
        true => 1,
        false => u32::try_from(cores::count()).unwrap_or(1),
    }
}

/// That a document holds more entries than were read.
pub(super) fn too_many_entries(raw: &RawFeed) -> Option<Failure> {
    let mut repairs = raw.repairs.iter();
    repairs.find(|repair| repair.kind == parse::TOO_MANY_ENTRIES)?;
    let kept = raw.entries.len();
    let message =
        format!("holds more entries than are read of one document: the first {kept} are kept");
    Some(Failure::new(FailureKind::TooLarge, message))
}

/// That an entry holds more text than is shown. What came is kept whole beside it.
pub(super) fn too_long(changes: &Changes) -> Option<Failure> {
    let long = |change: &&Change| match change {
        Change::New(entry) | Change::Edited(_, entry) => {
            entry.content.as_str().len() >= clean::LONGEST
        }
    };
    let message = match changes.entries.iter().filter(long).count() {
        0 => return None,
        1 => "one of its entries is cut: it is longer than any book".to_owned(),
        many => format!("{many} of its entries are cut: they are longer than any book"),
    };
    Some(Failure::new(FailureKind::TooLarge, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Document, Validators};

    fn answer(sizes: &[usize]) -> Result<Answer, Failure> {
        let documents = sizes
            .iter()
            .map(|&size| Document::from_bytes(vec![0; size]));
        Ok(Answer {
            http_status: None,
            moved_to: None,
            validators: Validators::default(),
            fresh_until: None,
            body: Body::Documents {
                documents: documents.collect(),
                unreadable: Vec::new(),
            },
        })
    }

    #[test]
    fn a_large_answer_takes_all_cores() {
        let all = u32::try_from(cores::count()).unwrap();
        assert_eq!(share(&answer(&[1000])), 1);
        assert_eq!(share(&answer(&[LARGE])), all);
        assert_eq!(share(&answer(&[LARGE / 2, LARGE / 2])), all);
    }
}
