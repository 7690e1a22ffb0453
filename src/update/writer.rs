//! The end of the way in: polls go to the one writer, and their reports to the command.

use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

use super::report::Report;
use super::{BATCH, Poll};
use crate::archive::{Archive, ArchiveError};
use crate::model::Recorded;

/// The writer only hangs up when the archive cannot be written any more, and says so itself.
pub(super) async fn send(polls: Vec<Poll>, polled: &mpsc::Sender<Poll>) {
    for poll in polls {
        let _ = polled.send(poll).await;
    }
}

/// How long the writer waits for more before it commits: each commit waits for the disk, and unchanged feeds
/// come by the hundred in this time.
const GATHERING: Duration = Duration::from_millis(15);

/// The one writer: takes what comes within a moment, up to a batch, and commits it together.
pub(super) fn write(
    archive: &Archive,
    mut polled: mpsc::Receiver<Poll>,
    written: &mpsc::Sender<Report>,
) -> Result<(), ArchiveError> {
    let mut batch = Vec::with_capacity(BATCH);
    while polled.blocking_recv_many(&mut batch, BATCH) > 0 {
        gather(&mut batch, &mut polled);
        let mut drafts = Vec::with_capacity(batch.len());
        let mut attempts = Vec::with_capacity(batch.len());
        for poll in batch.drain(..) {
            match poll.attempt {
                Some(attempt) => {
                    drafts.push((poll.draft, poll.slot));
                    attempts.push(attempt);
                }
                None => {
                    let _ = written.blocking_send(poll.draft.finish(Recorded::default()));
                }
            }
        }
        for ((draft, slot), recorded) in drafts.into_iter().zip(archive.record_packed(attempts)?) {
            drop(slot);
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

/// Fills a batch with what comes while it waits once.
fn gather(batch: &mut Vec<Poll>, polled: &mut mpsc::Receiver<Poll>) {
    let mut has_waited = false;
    while batch.len() < BATCH {
        match polled.try_recv() {
            Ok(poll) => batch.push(poll),
            Err(TryRecvError::Empty) if !has_waited => {
                thread::sleep(GATHERING);
                has_waited = true;
            }
            Err(_) => return,
        }
    }
}
