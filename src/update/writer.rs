//! The end of the way in: polls go to the one writer, and their reports to the command.

use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::Poll;
use super::report::Report;
use crate::archive::{Archive, ArchiveError, PackedAttempt};
use crate::model::Recorded;

/// The writer only hangs up when the archive cannot be written any more, and says so itself.
pub(super) async fn send(polls: Vec<Poll>, polled: &mpsc::Sender<Poll>) {
    for poll in polls {
        let _ = polled.send(poll).await;
    }
}

/// How long the writer gathers before it commits. Each commit waits for the disk, writes pages again that the one
/// before has written, and leaves a piece of the index: few and large ones cost least.
const GATHERING: Duration = Duration::from_millis(250);

/// How often it looks for more meanwhile.
const LOOK: Duration = Duration::from_millis(5);

/// How many attempts it takes into one commit at most.
pub(super) const MOST_ATTEMPTS: usize = 256;

/// How much it gathers, in bytes of [`PackedAttempt::size`].
const MOST: usize = 7 << 20;

/// The same as long as the archive has no dictionary: it is made of what is committed, and what comes before it
/// takes a third more.
const MOST_TO_LEARN_FROM: usize = 3 << 20;

/// Whether that is a batch: no more goes into one commit.
///
/// * `size`: of the attempts together, in bytes of [`PackedAttempt::size`].
pub(crate) fn is_batch(attempts: usize, size: usize, has_dictionary: bool) -> bool {
    let most = match has_dictionary {
        true => MOST,
        false => MOST_TO_LEARN_FROM,
    };
    attempts >= MOST_ATTEMPTS || size >= most
}

/// The one writer: takes what comes within a moment, up to a batch, and commits it together.
pub(super) fn write(
    archive: &Archive,
    mut polled: mpsc::Receiver<Poll>,
    written: &mpsc::Sender<Report>,
) -> Result<(), ArchiveError> {
    while let Some(first) = polled.blocking_recv() {
        let batch = gather(first, &mut polled, archive.has_dictionary()?);
        let mut drafts = Vec::with_capacity(batch.len());
        let mut attempts = Vec::with_capacity(batch.len());
        for poll in batch {
            match poll.attempt {
                Some(attempt) => {
                    drafts.push(poll.draft);
                    attempts.push(attempt);
                }
                None => {
                    let _ = written.blocking_send(poll.draft.finish(Recorded::default()));
                }
            }
        }
        for (draft, recorded) in drafts.into_iter().zip(archive.record_packed(&attempts)?) {
            let report = match recorded {
                Ok(recorded) => draft.finish(recorded),
                Err(error) => draft.unrecorded(&error),
            };
            // Nobody listens any more when the command was stopped; storing goes on.
            let _ = written.blocking_send(report);
        }
    }
    Ok(())
}

/// A batch of what comes within a moment. Each poll gives its slot back, for the batch is bounded itself.
fn gather(first: Poll, polled: &mut mpsc::Receiver<Poll>, has_dictionary: bool) -> Vec<Poll> {
    let mut left = GATHERING;
    let mut size = 0;
    let mut batch = Vec::with_capacity(MOST_ATTEMPTS);
    let mut next = Ok(first);
    loop {
        match next {
            Ok(mut poll) => {
                poll.slot = None;
                size += poll.attempt.as_ref().map_or(0, PackedAttempt::size);
                batch.push(poll);
            }
            Err(TryRecvError::Empty) if !left.is_zero() => {
                thread::sleep(LOOK);
                left = left.saturating_sub(LOOK);
            }
            Err(_) => return batch,
        }
        if is_batch(batch.len(), size, has_dictionary) {
            return batch;
        }
        next = polled.try_recv();
    }
}
