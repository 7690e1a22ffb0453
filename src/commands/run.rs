use std::io::Write;
use std::path::PathBuf;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::query::answer::{Answer, to_stdout};
use super::query::publish::Publication;
use super::query::view::View;
use super::subscribe::{Added, Subscriber, Wishes};
use super::{metrics, poll};
use crate::archive::Archive;
use crate::query::{Asked, Filter, HealthQuery, Untold};
use crate::render::{self, Format};
use crate::terminal::result_output;

/// The cursor of what `run` has printed.
const CURSOR: &str = "run";

/// Subscribe, poll, publish the views: the one line for cron
///
/// Subscribes to any SOURCE that is not yet subscribed (as `add` takes them), polls what is due, and
/// publishes the views of hallway.toml. Where there are none, prints every entry that arrived since the
/// last `run` printed: none twice, none left out, also after a run that failed. While
/// another hallway polls for the same archive it says so and does nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Write numbers for Prometheus' textfile collector into this file
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    if args.sources.is_empty() && !context.archive_path.exists() {
        context.archive_to_read()?;
        return Ok(Exit::Well);
    }
    let subscriber = Subscriber::new(context)?;
    let archive = &subscriber.archive;
    let Some(_at_work) = poll::begin(context, archive) else {
        return Ok(Exit::Well);
    };
    let mut failed = 0;
    for source in &args.sources {
        for added in subscriber.subscribe(source, &Wishes::default())? {
            match added {
                Added::New(_, Some(report)) => {
                    poll::tell(context, &report);
                    failed += usize::from(report.failure.is_some()) + report.warnings.len();
                }
                Added::New(_, None) | Added::Already(_) => {}
                Added::Failed(error) => {
                    failed += 1;
                    context
                        .terminal
                        .error(&error.message, error.hint.as_deref());
                }
            }
        }
    }
    let due = poll::due(archive, context.now)?;
    let mut totals = subscriber.poll(due, poll::Audience::Schedule)?;
    totals.failed += failed;
    if let Some(file) = &args.metrics {
        metrics::write(file, context, archive, &totals)?;
    }

    let published = match context.config.views.is_empty() {
        true => news(context, archive)?,
        false => views(context, archive)?,
    };
    Ok(totals.exit().and(published))
}

/// Prints what is new.
fn news(context: &Context<'_>, archive: &Archive) -> Result<Exit, CommandError> {
    let all = Asked {
        filter: Filter::All,
        limit: None,
        since_last: true,
    };
    let until = archive.latest()?;
    let is_news = until > archive.cursor(CURSOR)?.unwrap_or_default();
    if tell_health(context, archive, is_news)? > 0 && is_news {
        to_stdout(|out| {
            writeln!(out).map_err(|error| CommandError::of_output(&error, "the digest"))
        })?;
    }
    let publication = Publication {
        archive,
        context,
        cursor: CURSOR,
        answer: &Answer::new("New entries", all, context),
        until,
        peek: false,
    };
    publication.publish()?;
    Ok(Exit::Well)
}

/// Publishes every view: one that fails stops no other.
fn views(context: &Context<'_>, archive: &Archive) -> Result<Exit, CommandError> {
    let until = archive.latest()?;
    tell_health(context, archive, false)?;
    let mut failed = 0;
    for name in context.config.views.keys() {
        let published =
            View::read(name, context).and_then(|view| view.publish(archive, context, until, false));
        match published {
            Ok(true) => context.terminal.detail(&format!("view {name}: written")),
            Ok(false) => context
                .terminal
                .detail(&format!("view {name}: nothing new")),
            // A pipe that was closed ends all that would go there.
            Err(error) if error.message.is_empty() => return Err(error),
            Err(error) => {
                failed += 1;
                let message = format!("view {name}: {}", error.message);
                context.terminal.error(&message, error.hint.as_deref());
            }
        }
    }
    Ok(Exit::of_feeds(failed))
}

/// Prints how feeds came to do otherwise, each change once. Cron mails a digest anyway, so all of it stands
/// there; without one a feed that broke waits until it has been so for as long as a warning does. Answers
/// how many there were.
fn tell_health(
    context: &Context<'_>,
    archive: &Archive,
    with_digest: bool,
) -> Result<u64, CommandError> {
    let untold = Untold {
        up_to: archive.latest_health()?,
        settled: match with_digest || context.terminal.is_watched() {
            true => context.now,
            false => context.now - context.report_after(),
        },
    };
    let query = HealthQuery {
        untold: Some(untold),
        ..HealthQuery::default()
    };
    let settings = context.render_settings();
    let mut out = result_output();
    let mut digest = render::renderer(Format::Text, &settings, &mut out);
    let told = archive.search_health(&query, "Health of feeds", &mut *digest)?;
    drop(digest);
    out.flush()
        .map_err(|error| CommandError::of_output(&error, "the digest"))?;
    archive.told_of_health(untold, context.now)?;
    Ok(told)
}
