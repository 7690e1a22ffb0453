//! `fetch --watch`: polls until it is stopped, and tells systemd how it is (`sd_notify`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::runtime::Runtime;

use super::context::{Context, now};
use super::exit::{CommandError, Exit};
use super::metrics;
use super::poll::{self, Audience, Totals};
use crate::decide;
use crate::model::{State, Subscription};
use crate::update::Report;

/// So long it sleeps at most: subscriptions come and go, files and folders change.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
const SHORTEST_SLEEP: Duration = Duration::from_secs(1);

/// What ended a sleep.
enum Woken {
    InTime,
    Reload,
    Stop,
}

pub(crate) fn run(
    context: &Context<'_>,
    jobs: Option<u16>,
    metrics_file: Option<&std::path::Path>,
    for_program: bool,
    mut each: impl FnMut(&Report) -> Result<(), CommandError>,
) -> Result<Exit, CommandError> {
    let audience = match for_program {
        true => Audience::Program,
        false => Audience::Schedule,
    };
    let archive = Arc::new(context.archive()?);
    let runtime = poll::runtime()?;
    let mut current = context.again(context.now)?;
    let mut fetcher = Arc::new(current.fetcher(jobs, Some(&archive))?);
    let clock = Clock::start(context.now);
    let notifier = Notifier::from_environment();
    let mut signals = runtime.block_on(async { Signals::listen() })?;
    notifier.keep_alive(&runtime);
    notifier.say("READY=1\nSTATUS=polling");
    loop {
        current.now = clock.now()?;
        // Where another hallway polls, this round is its.
        let totals = match archive.begin_work() {
            Ok(_at_work) => {
                let due = poll::due(&archive, current.now)?;
                poll::poll(
                    &current, &archive, &fetcher, &runtime, due, audience, &mut each,
                )?
            }
            Err(_) => Totals::default(),
        };
        if let Some(file) = metrics_file {
            metrics::write(file, &current, &archive, &totals)?;
        }
        if totals.stopped {
            break;
        }
        if totals.moved > 0 {
            // What the config says of a feed holds where it is now.
            fetcher = Arc::new(current.fetcher(jobs, Some(&archive))?);
        }
        let sleep = match totals.offline {
            0 => until_next(&archive.subscriptions()?, clock.now()?),
            // All are due still: looked for the network again, but not every second.
            _ => LONGEST_SLEEP,
        };
        notifier.say(&status(&totals, sleep));
        match runtime.block_on(signals.sleep(sleep)) {
            Woken::InTime => {}
            Woken::Stop => break,
            Woken::Reload => {
                notifier.say("STATUS=reading the config again");
                // A slip in the config must not end what runs unattended.
                match current.again(clock.now()?) {
                    Ok(reloaded) => match reloaded.fetcher(jobs, Some(&archive)) {
                        Ok(new) => {
                            fetcher = Arc::new(new);
                            current = reloaded;
                            current.terminal.note("read the config again");
                        }
                        Err(error) => current.terminal.error(&error.message, None),
                    },
                    Err(error) => current.terminal.error(
                        &error.message,
                        Some("the config read before stays in force"),
                    ),
                }
            }
        }
    }
    notifier.say("STOPPING=1");
    Ok(Exit::Well)
}

fn status(totals: &Totals, sleep: Duration) -> String {
    format!(
        "STATUS={} polled, {} failed, {} new; sleeping {} s",
        totals.polled,
        totals.failed,
        totals.new,
        sleep.as_secs()
    )
}

/// Up to the next feed's time. Files and folders are due at any time, so they do not count.
fn until_next(feeds: &[Subscription], now: DateTime<Utc>) -> Duration {
    feeds
        .iter()
        .filter(|feed| matches!(feed.state, State::Active | State::Failing))
        .filter(|feed| feed.source.host().is_some())
        .map(|feed| decide::turn(feed, now))
        .min()
        .map_or(LONGEST_SLEEP, |due| {
            (due - now).to_std().unwrap_or_default()
        })
        .clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
}

/// The clock, or the time `HALLWAY_NOW` set, going on from there.
struct Clock {
    set: Option<(DateTime<Utc>, Instant)>,
}

impl Clock {
    fn start(began: DateTime<Utc>) -> Self {
        let is_set = std::env::var_os("HALLWAY_NOW").is_some();
        Self {
            set: is_set.then(|| (began, Instant::now())),
        }
    }

    fn now(&self) -> Result<DateTime<Utc>, CommandError> {
        match self.set {
            Some((began, since)) => Ok(began + since.elapsed()),
            // Not counted on from the beginning: a machine that slept has a later time.
            None => now(),
        }
    }
}

struct Signals {
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self, CommandError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind)
                .map_err(|error| CommandError::failed(format!("cannot hear signals: {error}")))
        };
        Ok(Self {
            hang_up: listen(SignalKind::hangup())?,
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn listen() -> Result<Self, CommandError> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn sleep(&mut self, time: Duration) -> Woken {
        tokio::select! {
            _ = self.terminate.recv() => Woken::Stop,
            _ = self.interrupt.recv() => Woken::Stop,
            _ = self.hang_up.recv() => Woken::Reload,
            () = tokio::time::sleep(time) => Woken::InTime,
        }
    }

    #[cfg(not(unix))]
    async fn sleep(&mut self, time: Duration) -> Woken {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Woken::Stop,
            () = tokio::time::sleep(time) => Woken::InTime,
        }
    }
}

/// systemd's socket, where there is one. That nobody listens is no reason to stop.
#[derive(Clone)]
struct Notifier {
    /// A path, or `@` and an abstract name.
    socket: Option<String>,
    /// How often systemd wants a sign of life, halved.
    watchdog: Option<Duration>,
}

impl Notifier {
    fn from_environment() -> Self {
        let micros = std::env::var("WATCHDOG_USEC")
            .ok()
            .and_then(|micros| micros.parse().ok());
        let ours =
            std::env::var("WATCHDOG_PID").map_or(true, |pid| pid == std::process::id().to_string());
        Self {
            socket: std::env::var("NOTIFY_SOCKET")
                .ok()
                .filter(|path| path.len() > 1),
            watchdog: micros
                .filter(|micros| *micros > 1 && ours)
                .map(|micros: u64| Duration::from_micros(micros / 2)),
        }
    }

    fn keep_alive(&self, runtime: &Runtime) {
        if let Some(pause) = self.watchdog {
            let this = self.clone();
            runtime.spawn(async move {
                loop {
                    this.say("WATCHDOG=1");
                    tokio::time::sleep(pause).await;
                }
            });
        }
    }

    #[cfg(unix)]
    fn say(&self, message: &str) {
        use std::os::unix::net::UnixDatagram;
        let (Some(path), Ok(socket)) = (&self.socket, UnixDatagram::unbound()) else {
            return;
        };
        // A full socket must not hold up the polls.
        let _ = socket.set_nonblocking(true);
        #[cfg(target_os = "linux")]
        if let Some(name) = path.strip_prefix('@') {
            use std::os::linux::net::SocketAddrExt;
            if let Ok(address) = std::os::unix::net::SocketAddr::from_abstract_name(name) {
                let _ = socket.send_to_addr(message.as_bytes(), &address);
            }
            return;
        }
        let _ = socket.send_to(message.as_bytes(), path);
    }

    #[cfg(not(unix))]
    fn say(&self, _message: &str) {}
}
