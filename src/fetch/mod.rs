//! Asks a source for its documents, politely, and hands them back as bytes.
//!
//! * `http` makes the conditional GET and follows redirects; `body` reads what comes within the limits;
//! * `own` is what a person set for one feed, `clients` and `resolve` what all requests share,
//!   `private` which addresses are no place on the open internet;
//! * `local` reads files and folders of notes;
//! * `schedule` says whose turn it is within a run.
//!
//! Nothing here parses a document, knows the archive, or decides when a feed is due.

mod body;
mod clients;
mod exchange;
mod failure;
mod http;
mod jobs;
mod local;
mod own;
mod private;
mod redirect;
mod resolve;
mod schedule;
mod times;

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::Hold;
use crate::source::{Answer, ByAddress, Failure, FailureKind, Source, Validators};

pub(crate) use local::local_source;
pub(crate) use own::{FeedSettings, Login};
pub(crate) use schedule::Slot;

/// How hard and how long to ask. The defaults suit a machine that polls some hundred feeds an hour.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Requests and bodies in flight at once, in all. At most about `jobs * max_size` bytes of bodies
    /// are in memory.
    pub(crate) jobs: usize,
    /// Requests in flight at once to one host.
    pub(crate) per_host: usize,
    /// From the first look-up of the name to the end of the TLS handshake.
    pub(crate) connect_timeout: Duration,
    /// The longest silence: before the first byte of an answer and between any two pieces of its body.
    pub(crate) stall_timeout: Duration,
    /// For one feed with all its redirects, waiting for its turn not counted. It is what ends a
    /// server that sends one byte now and then.
    pub(crate) total_timeout: Duration,
    /// Of a body, in bytes a second over each `speed_window`.
    pub(crate) min_speed: u64,
    pub(crate) speed_window: Duration,
    /// Between the beginnings of two requests to one host.
    pub(crate) host_gap: Duration,
    /// Of one document in bytes, after its content coding is undone.
    pub(crate) max_size: u64,
    /// Of this machine and of the local network.
    pub(crate) refuse_private: bool,
    /// Which raw answers are kept.
    pub(crate) raw: KeepRaw,
    /// The URL or mail address the `User-Agent` names; `None` is the program's homepage.
    pub(crate) contact: Option<String>,
    /// What is different for single feeds.
    pub(crate) feeds: ByAddress<FeedSettings>,
}

/// Which answers are kept as they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum KeepRaw {
    #[default]
    Off,
    /// Of each feed the latest.
    Latest,
    All,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            jobs: 32,
            per_host: 2,
            connect_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            min_speed: 256,
            speed_window: Duration::from_secs(10),
            host_gap: Duration::from_millis(20),
            max_size: 32 * 1024 * 1024,
            refuse_private: false,
            raw: KeepRaw::Off,
            contact: None,
            feeds: ByAddress::default(),
        }
    }
}

impl Settings {
    /// Who is asking and where to reach somebody (RFC 9110, 10.1.5). Of the contact only what a
    /// header's comment may hold is kept.
    fn user_agent(&self) -> String {
        let contact: String = self
            .contact
            .as_deref()
            .unwrap_or(env!("CARGO_PKG_HOMEPAGE"))
            .chars()
            .filter(|c| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\'))
            .collect();
        format!("hallway/{} (+{contact})", env!("CARGO_PKG_VERSION"))
    }
}

/// Asks sources, as many at once as its settings allow. One for a run; shared by reference.
#[derive(Debug)]
pub(crate) struct Fetcher {
    schedule: schedule::Schedule,
    http: http::Http,
    max_size: u64,
}

/// What came of asking, with the job it occupies: as long as `slot` lives, the bodies in `answer`
/// count as in flight. Drop it when the documents are parsed.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) answer: Result<Answer, Failure>,
    pub(crate) slot: Slot,
    /// A host that answered another request with 429 was not asked. Says nothing of the feed. `None`: all
    /// were asked.
    pub(crate) held_back: Option<HeldBack>,
}

/// How far a poll came that ended at a host which wants to be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBack {
    /// It is the feed's own.
    Unasked,
    /// The feed's own host was asked, and redirected to it.
    OnTheWay,
}

impl Fetcher {
    pub(crate) fn new(settings: Settings) -> Self {
        let schedule = schedule::Schedule::new(settings.jobs, settings.per_host, settings.host_gap);
        Self {
            max_size: settings.max_size,
            http: http::Http::new(settings, schedule.clone()),
            schedule,
        }
    }

    /// Leaves a host alone until then, as it asked for in an earlier run.
    pub(crate) fn hold(&self, hold: &Hold, now: DateTime<Utc>) {
        let refusal = failure::held_back(Some(hold.until));
        self.schedule.refuse(&hold.server, refusal, now);
    }

    /// Asks for one page of a feed's past, with what a person set for the feed.
    pub(crate) async fn fetch_page(
        &self,
        feed: &Source,
        page: &Url,
        now: DateTime<Utc>,
    ) -> Fetched {
        let none = Validators::default();
        let feed = match feed {
            Source::Http(feed) => feed,
            Source::File(_) | Source::Folder(_) | Source::Stdin => page,
        };
        self.http.fetch(feed, page, &none, now).await
    }

    /// Waits for its turn, asks `source` once, and reads the answer to its end.
    ///
    /// `validators` are those of the last document that was read as a feed; `now` is what
    /// `Retry-After`, `max-age` and `Expires` are counted from.
    pub(crate) async fn fetch(
        &self,
        source: &Source,
        validators: &Validators,
        now: DateTime<Utc>,
    ) -> Fetched {
        match source {
            Source::Http(url) => self.http.fetch(url, url, validators, now).await,
            Source::File(_) | Source::Folder(_) => {
                let slot = self.schedule.job().await;
                let (source, validators) = (source.clone(), validators.clone());
                let max_size = self.max_size;
                // Disks block: not on the threads that the network's tasks run on.
                let read = tokio::task::spawn_blocking(move || {
                    local::read(&source, &validators, max_size)
                });
                let answer = read.await.unwrap_or_else(|_| {
                    Err(Failure::new(FailureKind::File, "reading it was broken off"))
                });
                Fetched {
                    answer,
                    slot,
                    held_back: None,
                }
            }
            Source::Stdin => Fetched {
                answer: Err(Failure::new(
                    FailureKind::File,
                    "standard input is read once and cannot be polled",
                )),
                slot: self.schedule.job().await,
                held_back: None,
            },
        }
    }
}
