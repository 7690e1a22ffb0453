//! One thread a core for what takes time: reading, cleaning, splitting, compressing.
//!
//! Not the runtime's pool for blocking work, which has as many threads as name servers are slow, and hands
//! work to any of them: an allocator keeps what each thread has ever needed at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, available_parallelism};

use tokio::sync::{Semaphore, mpsc, oneshot};

type Work = Box<dyn FnOnce() + Send>;

pub(super) struct Cores {
    places: Semaphore,
    /// `None` only while it is dropped.
    work: Option<mpsc::UnboundedSender<Work>>,
    threads: Vec<JoinHandle<()>>,
}

/// The work panicked.
pub(super) struct Stumbled;

/// How many answers are worked on at once.
pub(super) fn count() -> usize {
    available_parallelism().map_or(1, std::num::NonZero::get)
}

impl Cores {
    pub(super) fn start() -> Self {
        let (work, queue) = mpsc::unbounded_channel::<Work>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..count()).map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let next = || {
                    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                    queue.blocking_recv()
                };
                while let Some(work) = next() {
                    work();
                }
            })
        });
        Self {
            places: Semaphore::new(count()),
            work: Some(work),
            threads: threads.collect(),
        }
    }

    /// Does the work as soon as there is a core for it. A panic ends this work alone.
    ///
    /// * `share`: how many cores nothing else may run on meanwhile.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        share: u32,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stumbled> {
        let _place = self.places.acquire_many(share).await;
        let (done, answer) = oneshot::channel();
        let work: Work = Box::new(move || {
            // Nobody waits any more when the run was stopped.
            let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
        });
        if let Some(queue) = &self.work {
            let _ = queue.send(work);
        }
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Stumbled),
        }
    }
}

impl Drop for Cores {
    /// Waits for what is being done, so that nothing of a run goes on behind it.
    fn drop(&mut self) {
        self.work = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_one_work_and_no_thread() {
        let cores = Cores::start();
        for _ in 0..2 * count() {
            assert!(cores.run(1, || panic!("stumbled")).await.is_err());
        }
        assert!(matches!(cores.run(1, || 7).await, Ok(7)));
    }

    #[tokio::test]
    async fn what_takes_all_cores_runs_alone() {
        let cores = Arc::new(Cores::start());
        let at_work = Arc::new(Mutex::new(0));
        let all = u32::try_from(count()).unwrap();
        let mut runs = tokio::task::JoinSet::new();
        for share in [1, all, 1, all, 1] {
            let (cores, at_work) = (Arc::clone(&cores), Arc::clone(&at_work));
            runs.spawn(async move {
                let work = move || {
                    *at_work.lock().unwrap() += share;
                    thread::sleep(std::time::Duration::from_millis(5));
                    let seen = *at_work.lock().unwrap();
                    *at_work.lock().unwrap() -= share;
                    seen
                };
                cores.run(share, work).await.ok().unwrap()
            });
        }
        while let Some(seen) = runs.join_next().await {
            assert!(seen.unwrap() <= all);
        }
    }
}
