//! The jobs of a run: so many requests in flight at once. Who waits at the longest queue goes first, since
//! that host is the one the run ends with.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

#[derive(Debug)]
pub(super) struct Jobs(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    asked: u64,
    waiting: BinaryHeap<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    /// How many wait for the same host, then who came first.
    rank: (usize, Reverse<u64>),
    give: oneshot::Sender<Job>,
}

impl PartialEq for Waiter {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Waiter {}

impl PartialOrd for Waiter {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiter {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

/// One of the jobs; dropping it gives it to the next.
#[derive(Debug)]
pub(super) struct Job(Option<Arc<Jobs>>);

impl Jobs {
    pub(super) fn new(count: usize) -> Self {
        Self(Mutex::new(State {
            free: count.max(1),
            asked: 0,
            waiting: BinaryHeap::new(),
        }))
    }

    /// `None` never happens: whoever waits is given a job in the end.
    pub(super) async fn take(self: Arc<Self>, queue: usize) -> Option<Job> {
        let given = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                drop(state);
                return Some(Job(Some(self)));
            }
            let (give, given) = oneshot::channel();
            state.asked += 1;
            let rank = (queue, Reverse(state.asked));
            state.waiting.push(Waiter { rank, give });
            given
        };
        given.await.ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        while let Some(jobs) = self.0.take() {
            let next = {
                let mut state = jobs.state();
                let next = state.waiting.pop();
                state.free += usize::from(next.is_none());
                next
            };
            // Who has given up waiting hands it back, and the next is asked.
            if let Some(waiter) = next
                && let Err(mut back) = waiter.give.send(Self(Some(jobs)))
            {
                self.0 = back.0.take();
            }
        }
    }
}
