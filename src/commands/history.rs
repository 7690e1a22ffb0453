//! Reads the past of feeds for `fetch --history` and `add --history`, and tells what came of it.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::context::Context;
use super::exit::CommandError;
use super::poll::{entries_of, name_of, stop_signal, warn};
use crate::archive::Archive;
use crate::fetch::Fetcher;
use crate::model::{FeedId, State};
use crate::update::{End, HistoryLimits, HistoryReport};

/// Reads the pasts of these feeds; answers how many failed.
pub(crate) fn read(
    context: &Context<'_>,
    archive: &Arc<Archive>,
    fetcher: &Arc<Fetcher>,
    runtime: &Runtime,
    feeds: &[FeedId],
    pages: Option<u32>,
) -> Result<usize, CommandError> {
    let mut asked = Vec::with_capacity(feeds.len());
    for feed in feeds {
        // As the poll before has left it.
        let feed = archive.subscription(*feed)?;
        asked.extend(feed.filter(|feed| matches!(feed.state, State::Active | State::Failing)));
    }
    let update = context.update(Arc::clone(archive), Arc::clone(fetcher))?;
    let mut limits = HistoryLimits::default();
    if let Some(pages) = pages {
        limits.pages = usize::try_from(pages).unwrap_or(usize::MAX);
    }
    let mut failed = 0;
    let reading = update.read_pasts(asked, limits, stop_signal(), |report| {
        failed += usize::from(is_failure(&report.end));
        tell(context, &report);
    });
    if runtime.block_on(reading)? {
        context
            .terminal
            .note("stopped; what was read is kept, the next run goes on from there");
        failed += 1;
    }
    Ok(failed)
}

fn tell(context: &Context<'_>, report: &HistoryReport) {
    let name = name_of(&report.feed);
    let read = format!(
        "{}: {} of its past, {}",
        name,
        entries_of(report.new as u64),
        pages_of(report.pages)
    );
    match &report.end {
        End::Complete if report.pages == 0 => {
            context
                .terminal
                .detail(&format!("{name}: its past is read already"));
        }
        End::Complete => context.terminal.note(&format!("{read}, complete")),
        End::NoPast => context
            .terminal
            .note(&format!("{name}: names no older pages")),
        End::Circle => context.terminal.note(&format!(
            "{read}; its pages lead in a circle, which ends here"
        )),
        End::More => context.terminal.note(&format!(
            "{read}; there is more, run `hallway fetch --history` again"
        )),
        End::Elsewhere(url) => {
            let host = url.host_str().unwrap_or_default();
            let message = format!("its past goes on at another host, {host}, which is not asked");
            context.terminal.warn(&name, &message, None);
        }
        End::Missing(url) => {
            let message = format!("{read}; what came before is not there: {url}");
            let message = message
                .strip_prefix(&format!("{name}: "))
                .unwrap_or(&message);
            let hint = "not said again; such a page is looked for again after a month";
            context.terminal.warn(&name, message, Some(hint));
        }
        End::Waiting(until) => {
            let until = until.format("%Y-%m-%d %H:%M");
            let what = match report.pages {
                0 => format!("{name}: its past is not asked for now"),
                _ => read,
            };
            context.terminal.note(&format!(
                "{what}; its server wants to be left alone until {until} UTC, `hallway fetch --history` goes \
                 on after that"
            ));
        }
        End::Failed(url, failure) => {
            if report.pages > 0 {
                context.terminal.note(&read);
            }
            let mut failure = failure.clone();
            failure.message = format!("page {url} of its past: {}", failure.message);
            failure
                .hint
                .get_or_insert_with(|| "the next `fetch --history` goes on there".to_owned());
            warn(context, &name, &failure, None);
        }
    }
}

fn is_failure(end: &End) -> bool {
    matches!(end, End::Failed(..) | End::Elsewhere(_) | End::Missing(_))
}

fn pages_of(count: usize) -> String {
    match count {
        1 => "1 page".to_owned(),
        _ => format!("{count} pages"),
    }
}
