//! Whether this machine has a network at all. Where nobody can be reached, no feed is to blame: nothing is
//! recorded of it, and the next run asks as if this one had not been.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::Poll;
use crate::model::Subscription;

/// Hosts that answered at their last poll and cannot be reached now: one may be down, not each of them at
/// once.
const LEAST_WELL: usize = 2;

/// The same where some were never asked before; those may be misspelt.
const LEAST_UNTRIED: usize = 5;

/// Polls that failed as they would without a network wait here until somebody answers.
#[derive(Default)]
pub(super) struct Network(Mutex<Seen>);

enum Seen {
    Nothing(Vec<Poll>),
    Answer,
}

impl Default for Seen {
    fn default() -> Self {
        Self::Nothing(Vec::new())
    }
}

impl Network {
    /// Takes a poll; gives back what can be recorded now.
    pub(super) fn pass(&self, mut poll: Poll) -> Vec<Poll> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *seen {
            Seen::Nothing(waiting) if poll.draft.lacks_network() => {
                // Others may ask meanwhile.
                poll.slot = None;
                waiting.push(poll);
                Vec::new()
            }
            Seen::Nothing(waiting) if poll.draft.was_answered() => {
                let mut polls = std::mem::take(waiting);
                *seen = Seen::Answer;
                polls.push(poll);
                polls
            }
            Seen::Nothing(_) | Seen::Answer => vec![poll],
        }
    }

    /// What is left when everybody has been asked: each feed's own trouble, or everybody's.
    pub(super) fn left(&self, now: DateTime<Utc>) -> Vec<Poll> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen::Nothing(waiting) = &mut *seen else {
            return Vec::new();
        };
        let mut polls = std::mem::take(waiting);
        if is_offline(polls.iter().map(|poll| poll.draft.feed())) {
            for poll in &mut polls {
                poll.attempt = None;
                poll.draft.blame_network(now);
            }
        }
        polls
    }
}

/// Whether so many cannot be reached that it is not for each of them to mend. Who was in trouble before shows
/// nothing, nor does this machine itself.
fn is_offline<'a>(feeds: impl Iterator<Item = &'a Subscription>) -> bool {
    let (mut well, mut untried) = (HashSet::new(), HashSet::new());
    for feed in feeds.filter(|feed| feed.error.is_none() && !feed.source.is_loopback()) {
        if feed.last_success.is_some() {
            well.extend(feed.source.host());
        }
        untried.extend(feed.source.host());
    }
    well.len() >= LEAST_WELL || untried.len() >= LEAST_UNTRIED
}
