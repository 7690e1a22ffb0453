//! Whose turn it is within one run: so many requests in flight at once in all, and so many at once to
//! one host.
//!
//! A request waits for its host first and for a job second: a slow host keeps its own queue waiting,
//! never the jobs that other hosts could use. Between the beginnings of two requests to one host there is a
//! small gap, and a host that answered 429 is not asked again. When a feed is due is not decided here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Duration, Instant, sleep_until};

use super::jobs::{Job, Jobs};
use crate::source::Failure;

/// Hands out turns; a clone hands out of the same ones.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    jobs: Arc<Jobs>,
    hosts: Arc<Hosts>,
}

impl Schedule {
    /// Zero of either would let nobody go ever; it counts as one.
    pub(super) fn new(jobs: usize, per_host: usize, gap: Duration) -> Self {
        Self {
            jobs: Arc::new(Jobs::new(jobs)),
            hosts: Arc::new(Hosts {
                per_host: per_host.clamp(1, Semaphore::MAX_PERMITS),
                gap,
                waiting: Mutex::default(),
                refusals: Mutex::default(),
            }),
        }
    }

    /// Notes that `host` answered 429, and what its other feeds get from now on.
    pub(super) fn refuse(&self, host: &str, refusal: Failure, now: DateTime<Utc>) {
        lock(&self.hosts.refusals).insert(host.to_owned(), (now, refusal));
    }

    /// What a feed of `host` gets instead of a request, if the host answered 429 in the run that began
    /// `now`, or before and its time is not over.
    pub(super) fn refusal(&self, host: &str, now: DateTime<Utc>) -> Option<Failure> {
        let refusals = lock(&self.hosts.refusals);
        let (at, refusal) = refusals.get(host)?;
        let holds = *at == now || (*at < now && refusal.retry_at.is_some_and(|until| until > now));
        holds.then(|| refusal.clone())
    }

    /// Waits until a request to `host` may be made. First come, first served, host by host.
    pub(super) async fn turn(&self, host: &str) -> Turn {
        let host = HostSlot::take(Arc::clone(&self.hosts), host).await;
        host.keep_gap().await;
        let permit = Arc::clone(&self.jobs).take(host.queue()).await;
        Turn {
            host,
            job: Slot { permit },
        }
    }

    /// Waits for a job alone, for what asks no host.
    pub(super) async fn job(&self) -> Slot {
        let permit = Arc::clone(&self.jobs).take(usize::MAX).await;
        Slot { permit }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to ask one host. Dropping it frees the host; the job can be taken out and held longer.
#[derive(Debug)]
pub(super) struct Turn {
    host: HostSlot,
    pub(super) job: Slot,
}

impl Turn {
    /// Waits until the same host may be asked once more, for the next hop of a redirect.
    pub(super) async fn again(&self) {
        self.host.keep_gap().await;
    }
}

/// One of the run's jobs. As long as it is held, the body that came with it counts as in flight;
/// dropping it lets the next request begin.
#[derive(Debug)]
pub(crate) struct Slot {
    permit: Option<Job>,
}

impl Slot {
    /// Lets the next request begin while this one waits in silence. Before a body comes, a job has to be
    /// taken again.
    pub(super) fn lend(&mut self) {
        self.permit = None;
    }

    pub(super) fn is_lent(&self) -> bool {
        self.permit.is_none()
    }
}

/// The hosts that somebody asks or waits for right now, and no others: the map does not grow with
/// the number of feeds.
#[derive(Debug)]
struct Hosts {
    per_host: usize,
    gap: Duration,
    waiting: Mutex<HashMap<String, Arc<Host>>>,
    /// By the host that refused, with the beginning of the run it did so in.
    refusals: Mutex<HashMap<String, (DateTime<Utc>, Failure)>>,
}

#[derive(Debug)]
struct Host {
    places: Arc<Semaphore>,
    /// When the next request may begin. `None`: at once.
    next: Mutex<Option<Instant>>,
}

/// One place at a host, waited for or held. It is made before the wait, so that a wait that is given
/// up leaves nothing behind.
#[derive(Debug)]
pub(super) struct HostSlot {
    hosts: Arc<Hosts>,
    name: String,
    host: Arc<Host>,
    permit: Option<OwnedSemaphorePermit>,
}

impl HostSlot {
    async fn take(hosts: Arc<Hosts>, name: &str) -> Self {
        let host = {
            let make = || {
                Arc::new(Host {
                    places: Arc::new(Semaphore::new(hosts.per_host)),
                    next: Mutex::default(),
                })
            };
            let mut waiting = lock(&hosts.waiting);
            Arc::clone(waiting.entry(name.to_owned()).or_insert_with(make))
        };
        let places = Arc::clone(&host.places);
        let mut slot = Self {
            hosts,
            name: name.to_owned(),
            host,
            permit: None,
        };
        slot.permit = places.acquire_owned().await.ok();
        slot
    }

    /// How many wait for this host or ask it.
    fn queue(&self) -> usize {
        Arc::strong_count(&self.host)
    }

    async fn keep_gap(&self) {
        let begin = {
            let mut next = lock(&self.host.next);
            let begin = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(begin + self.hosts.gap);
            begin
        };
        sleep_until(begin).await;
    }
}

impl Drop for HostSlot {
    fn drop(&mut self) {
        let mut waiting = lock(&self.hosts.waiting);
        // The map's and this one are the last two.
        if Arc::strong_count(&self.host) <= 2 {
            waiting.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    /// Runs one task a host name, each holding its turn for a second, and says how many seconds all
    /// took and how many were in flight at most.
    async fn run(schedule: &Schedule, hosts: &[&str]) -> (u64, usize) {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let began = Instant::now();
        let tasks: Vec<_> = hosts
            .iter()
            .map(|host| {
                let (schedule, host) = (schedule.clone(), (*host).to_owned());
                let (now, most) = (Arc::clone(&now), Arc::clone(&most));
                tokio::spawn(async move {
                    let _turn = schedule.turn(&host).await;
                    let count = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(count, Ordering::SeqCst);
                    sleep(Duration::from_secs(1)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        (began.elapsed().as_secs(), most.load(Ordering::SeqCst))
    }

    #[tokio::test(start_paused = true)]
    async fn one_host_is_asked_by_two_at_once() {
        let schedule = Schedule::new(32, 2, Duration::ZERO);
        assert_eq!(run(&schedule, &["a.example"; 12]).await, (6, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn all_hosts_together_are_asked_by_as_many_as_there_are_jobs() {
        let schedule = Schedule::new(3, 2, Duration::ZERO);
        let hosts = [
            "a.example",
            "b.example",
            "c.example",
            "d.example",
            "e.example",
            "f.example",
        ];
        assert_eq!(run(&schedule, &hosts).await, (2, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_slow_host_holds_no_job() {
        let schedule = Schedule::new(2, 1, Duration::ZERO);
        let slow = schedule.turn("slow.example").await;
        let waiting = tokio::spawn({
            let schedule = schedule.clone();
            async move {
                let _turn = schedule.turn("slow.example").await;
            }
        });
        sleep(Duration::from_millis(1)).await;
        let quick = tokio::time::timeout(Duration::from_secs(1), schedule.turn("quick.example"));
        assert!(
            quick.await.is_ok(),
            "the one that waits took the second job"
        );
        drop(slow);
        waiting.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_free_again_while_its_body_is_still_worked_on() {
        let schedule = Schedule::new(2, 1, Duration::ZERO);
        let Turn { host, job } = schedule.turn("a.example").await;
        drop(host);
        let next = tokio::time::timeout(Duration::from_secs(1), schedule.turn("a.example"));
        assert!(next.await.is_ok());
        drop(job);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_host_begin_a_gap_apart_and_others_at_once() {
        let schedule = Schedule::new(32, 2, Duration::from_millis(50));
        let began = Instant::now();
        for (host, at) in [("a.example", 0), ("a.example", 50), ("b.example", 50)] {
            drop(schedule.turn("c.example"));
            std::mem::forget(schedule.turn(host).await);
            assert_eq!(began.elapsed().as_millis() / 10 * 10, at, "{host}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_nobody_asks_are_forgotten() {
        let schedule = Schedule::new(2, 1, Duration::ZERO);
        let held = schedule.turn("a.example").await;
        let given_up = tokio::time::timeout(Duration::from_secs(1), schedule.turn("a.example"));
        assert!(given_up.await.is_err());
        assert_eq!(schedule.hosts.waiting.lock().unwrap().len(), 1);
        drop(held);
        assert_eq!(
            run(&schedule, &["a.example", "a.example", "b.example"])
                .await
                .0,
            2
        );
        assert!(schedule.hosts.waiting.lock().unwrap().is_empty());
    }
}
