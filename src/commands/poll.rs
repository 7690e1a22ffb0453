//! Polls feeds for `fetch`, `run` and `add`: progress while it lasts, a line for each failure, totals.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Runtime};

use super::context::Context;
use super::exit::{CommandError, Exit};
use crate::archive::{Archive, AtWork};
use crate::decide;
use crate::fetch::Fetcher;
use crate::model::Subscription;
use crate::source::Failure;
use crate::update::{Report, Status};

/// What all polls of a command came to.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) polled: usize,
    pub(crate) failed: usize,
    pub(crate) new: usize,
    pub(crate) edited: usize,
    /// Notes that could not be read, in folders whose rest was.
    pub(crate) warnings: usize,
    /// Feeds with a new URL.
    pub(crate) moved: usize,
    /// Of the failed ones those that failed because this machine has no network.
    pub(crate) offline: usize,
    /// Ended early by a signal.
    pub(crate) stopped: bool,
}

impl Totals {
    pub(crate) fn add(&mut self, report: &Report) {
        self.polled += usize::from(report.status != Status::Skipped);
        self.failed += usize::from(report.failure.is_some());
        self.offline += usize::from(report.is_offline);
        self.moved += usize::from(report.recorded.moved);
        self.new += report.recorded.new;
        self.edited += report.recorded.edited;
        self.warnings += report.warnings.len();
    }

    pub(crate) fn exit(&self) -> Exit {
        Exit::of_feeds(self.failed + self.warnings + usize::from(self.stopped))
    }
}

/// What is to be polled now, longest waiting first.
pub(crate) fn due(
    archive: &Archive,
    now: DateTime<Utc>,
) -> Result<Vec<Subscription>, CommandError> {
    let mut due = archive.due(now)?;
    due.retain(|feed| decide::turn(feed, now) <= now);
    Ok(due)
}

/// Takes the archive for a poll. `None`: another hallway is at it already, which a person has been told.
pub(crate) fn begin(context: &Context<'_>, archive: &Archive) -> Option<AtWork> {
    match archive.begin_work() {
        Ok(at_work) => Some(at_work),
        Err(taken) => {
            let who = match taken.process {
                Some(process) => format!(" (process {process})"),
                None => String::new(),
            };
            context.terminal.note(&format!(
                "another hallway{who} is polling for this archive; nothing done"
            ));
            None
        }
    }
}

/// Who a poll is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Nobody in particular: what is due is polled. A failure is told when it has lasted.
    Schedule,
    /// Somebody who named these feeds.
    Person,
    /// A program that reads stdout; stderr is as for [`Audience::Schedule`].
    Program,
}

/// Polls `feeds`; `each` sees every report once it is stored.
pub(crate) fn poll(
    context: &Context<'_>,
    archive: &Arc<Archive>,
    fetcher: &Arc<Fetcher>,
    runtime: &Runtime,
    feeds: Vec<Subscription>,
    audience: Audience,
    mut each: impl FnMut(&Report) -> Result<(), CommandError>,
) -> Result<Totals, CommandError> {
    let mut totals = Totals::default();
    if feeds.is_empty() {
        return Ok(totals);
    }
    context
        .terminal
        .start_progress(feeds.len() as u64, audience == Audience::Program);
    let update = context.update(Arc::clone(archive), Arc::clone(fetcher))?;
    let mut output = Ok(());
    let mut last_heard = None;
    let stopped = runtime.block_on(update.run(feeds, stop_signal(), |report| {
        totals.add(&report);
        context.terminal.advance(
            &name_of(&report.feed),
            report.failure.is_some(),
            report.recorded.new,
        );
        if report.is_offline {
            last_heard = last_heard.max(report.feed.last_success);
        } else if audience == Audience::Person || is_worth_telling(context, &report) {
            tell(context, &report);
        }
        if output.is_ok() {
            output = each(&report);
        }
    }));
    context.terminal.end_progress();
    totals.stopped = stopped?;
    if totals.offline > 0 {
        let heard_lately = last_heard.is_some_and(|at| context.now - at < context.report_after());
        if audience == Audience::Person || context.terminal.is_watched() || !heard_lately {
            tell_offline(context, totals.offline, last_heard);
        }
    }
    if totals.stopped {
        context.terminal.note("stopped; what was complete is kept");
    }
    output.map(|()| totals)
}

/// One line for all that could not be asked.
fn tell_offline(context: &Context<'_>, feeds: usize, last_heard: Option<DateTime<Utc>>) {
    let since = last_heard.map_or_else(String::new, |at| {
        format!(", the last answer came {} UTC", at.format("%Y-%m-%d %H:%M"))
    });
    let message = format!(
        "none of the {feeds} feeds could be reached{since}; nothing is held against them, the next run asks \
         again"
    );
    context.terminal.warn("no network", &message, None);
}

/// Whether cron is to be woken: not for a trouble that passes by itself. Who watches is told at once, and
/// everybody when a feed has never been tried before, or is tried no more.
fn is_worth_telling(context: &Context<'_>, report: &Report) -> bool {
    // The archive is in trouble, and not the feed.
    if report.is_unrecorded {
        return true;
    }
    let failed_before = match &report.failure {
        Some(_) if report.status != Status::Gone => report.feed.last_attempt.is_some(),
        _ => return true,
    };
    let since = report.feed.error_since.unwrap_or(context.now);
    !failed_before || context.terminal.is_watched() || context.now - since >= context.report_after()
}

/// A line for each trouble, one for everything else under `-v`.
pub(crate) fn tell(context: &Context<'_>, report: &Report) {
    let name = name_of(&report.feed);
    for warning in &report.warnings {
        warn(context, &name, warning, None);
    }
    match (&report.failure, report.status) {
        (Some(failure), Status::Gone) => warn(context, &name, failure, None),
        (Some(failure), _) => {
            let mut failure = failure.clone();
            if let Some(since) = report.feed.error_since.filter(|since| *since < context.now) {
                let since = since.format("%Y-%m-%d %H:%M");
                failure
                    .message
                    .push_str(&format!(", failing since {since} UTC"));
            }
            warn(context, &name, &failure, Some(report.next_due));
        }
        (None, Status::Moved) => context.terminal.note(&format!(
            "{name}: moved for good; `hallway feeds --moved` says where to"
        )),
        (None, _) => {
            let dropped = match report.recorded.dropped {
                0 => String::new(),
                some => format!(", {some} dropped by rules"),
            };
            context.terminal.detail(&format!(
                "{name}: {} new, {} edited{dropped}",
                report.recorded.new, report.recorded.edited
            ));
        }
    }
}

/// One line, so that a cron mail or a log line says it all: the feed, what failed, what to do.
pub(crate) fn warn(
    context: &Context<'_>,
    name: &str,
    failure: &Failure,
    next_due: Option<DateTime<Utc>>,
) {
    let advice = match (&failure.hint, next_due) {
        (Some(hint), _) => format!("; {hint}"),
        (None, Some(due)) if due > context.now => {
            format!("; asked again after {} UTC", due.format("%Y-%m-%d %H:%M"))
        }
        (None, _) => String::new(),
    };
    let line = format!("{}{advice}", failure.message);
    context.terminal.warn(name, &line, None);
}

/// How a person knows a feed: its title with its address, or the address alone.
pub(crate) fn name_of(feed: &Subscription) -> String {
    match &feed.title {
        Some(title) => format!("{title} ({})", feed.source),
        None => feed.source.to_string(),
    }
}

/// A number of entries in words.
pub(crate) fn entries_of(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{count} entries"),
    }
}

pub(crate) fn runtime() -> Result<Runtime, CommandError> {
    // Answers are worked on elsewhere: one thread asks faster than all cores read.
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed(format!("cannot start the poller: {error}")))
}

/// Resolves on Ctrl-C and on SIGTERM.
pub(crate) async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
