use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll;
use super::subscribe::{Added, Entered, Subscriber, Wishes};
use crate::archive::Archive;
use crate::fetch::local_source;
use crate::model::{FeedId, Subscription};
use crate::parse::{self, Opml, Parsed};
use crate::source::{Document, Failure, FailureKind, Source};
use crate::terminal::{escape, result_output};

/// Subscribe to the feeds of an OPML file, with a report
///
/// Folders and categories become tags. Each feed is polled once; the report has a line for each outline:
/// added, already there, not a feed, dead, or unreadable. What is no feed is not kept; a dead feed is, and
/// is asked again less and less often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_name = "FILE.opml")]
    file: PathBuf,
    /// Give every entry of the feeds this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Subscribe without asking anybody
    #[arg(long)]
    no_fetch: bool,
    /// Print one JSON object an outline
    #[arg(long)]
    json: bool,
}

/// One line of `import --json`.
#[derive(Serialize)]
struct Line<'a> {
    status: &'a str,
    /// As the list writes it.
    address: &'a str,
    title: Option<&'a str>,
    tags: &'a [String],
    /// The subscription's; null where there is none.
    url: Option<String>,
    entries: Option<u64>,
    error: Option<String>,
    /// What to do, such as the address of the feed that a web page names.
    hint: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    // Before anything is made or opened: what is no list changes nothing.
    let (list, at) = read_list(args, context)?;
    let archive = Arc::new(context.archive()?);
    let fetcher = Arc::new(context.fetcher(None)?);
    let runtime = poll::runtime()?;
    let subscriber = Subscriber {
        context,
        archive: &archive,
        fetcher: &fetcher,
        runtime: &runtime,
    };
    let wishes = Wishes {
        site: None,
        tags: args.tags.clone(),
        title: None,
        no_fetch: true,
    };
    let entered = subscriber.enter_list(list, &at, &wishes)?;
    let new: Vec<Subscription> = entered
        .iter()
        .filter_map(|one| match &one.added {
            Added::New(feed, _) => Some((**feed).clone()),
            Added::Already(_) | Added::Failed(_) => None,
        })
        .collect();
    let mut failures: HashMap<FeedId, Failure> = HashMap::new();
    let mut stopped = false;
    if !args.no_fetch {
        let note = |id, failure| failures.insert(id, failure);
        stopped = poll_quietly(context, &subscriber, new, note)?;
    }
    let failed = report(args, context, &archive, &entered, &failures)?;
    Ok(Exit::of_feeds(failed + usize::from(stopped)))
}

fn read_list(args: &Args, context: &Context<'_>) -> Result<(Opml, Source), CommandError> {
    let name = args.file.display().to_string();
    let of_file = |failure: Failure| CommandError::failed(format!("{name}: {}", failure.message));
    let no_list =
        || CommandError::failed(format!("{name}: this is no OPML list; nothing is changed"));
    let at = local_source(&args.file).map_err(of_file)?;
    let Source::File(path) = &at else {
        return Err(no_list());
    };
    let limit = context.max_size();
    let unreadable =
        |error: std::io::Error| CommandError::failed(format!("cannot read {name}: {error}"));
    if std::fs::metadata(path).map_err(unreadable)?.len() > limit {
        return Err(CommandError::failed(format!(
            "{name}: larger than any list of feeds is"
        )));
    }
    let document = Document {
        location: at.location(),
        file_name: Some(name.clone()),
        ..Document::from_bytes(std::fs::read(path).map_err(unreadable)?)
    };
    match parse::read(&document) {
        Ok(Parsed::Opml(list)) => Ok((list, at)),
        Ok(Parsed::Feed(_) | Parsed::Page(_)) => Err(no_list()),
        Err(error) => Err(CommandError::failed(format!(
            "{name}: this is no OPML list that can be read ({error}); nothing is changed"
        ))),
    }
}

/// Polls without a word for each failure: the report says it. Answers whether it was stopped.
fn poll_quietly(
    context: &Context<'_>,
    subscriber: &Subscriber<'_>,
    feeds: Vec<Subscription>,
    mut note: impl FnMut(FeedId, Failure) -> Option<Failure>,
) -> Result<bool, CommandError> {
    if feeds.is_empty() {
        return Ok(false);
    }
    let update = context.update(
        Arc::clone(subscriber.archive),
        Arc::clone(subscriber.fetcher),
    )?;
    context.terminal.start_progress(feeds.len() as u64, false);
    let polling = update.run(feeds, poll::stop_signal(), |report| {
        context.terminal.advance(
            &poll::name_of(&report.feed),
            report.failure.is_some(),
            report.recorded.new,
        );
        if let Some(failure) = report.failure {
            note(report.feed.id, failure);
        }
    });
    let stopped = subscriber.runtime.block_on(polling);
    context.terminal.end_progress();
    Ok(stopped?)
}

/// Prints a line for each outline; answers how many came to nothing. What turned out to be no feed is
/// given up again, unless it was followed before.
fn report(
    args: &Args,
    context: &Context<'_>,
    archive: &Archive,
    entered: &[Entered],
    failures: &HashMap<FeedId, Failure>,
) -> Result<usize, CommandError> {
    let current = archive.subscriptions()?;
    let current: HashMap<FeedId, &Subscription> =
        current.iter().map(|feed| (feed.id, feed)).collect();
    let mut given_up = HashSet::new();
    let mut failed = 0;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut out = result_output();
    for one in entered {
        let line = line_of(one, &current, failures);
        failed += usize::from(!matches!(line.status, "added" | "already there"));
        match counts.iter_mut().find(|(status, _)| *status == line.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((line.status, 1)),
        }
        if let (Added::New(feed, _), "not a feed") = (&one.added, line.status)
            && given_up.insert(feed.id)
        {
            archive.remove(feed.id, false)?;
        }
        let written = if args.json {
            serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)
        } else {
            write!(out, "{}", spoken(&line))
        };
        written
            .and_then(|()| out.write_all(b"\n"))
            .map_err(|error| CommandError::of_output(&error, "the report"))?;
    }
    out.flush()
        .map_err(|error| CommandError::of_output(&error, "the report"))?;
    let counts: Vec<String> = counts
        .iter()
        .map(|(status, count)| format!("{count} {status}"))
        .collect();
    context.terminal.note(&match counts.is_empty() {
        true => "the list names no feeds".to_owned(),
        false => counts.join(", "),
    });
    Ok(failed)
}

fn line_of<'a>(
    one: &'a Entered,
    current: &HashMap<FeedId, &Subscription>,
    failures: &HashMap<FeedId, Failure>,
) -> Line<'a> {
    let mut line = Line {
        status: "unreadable",
        address: &one.outline.address,
        title: one.outline.title.as_deref(),
        tags: &one.outline.tags,
        url: None,
        entries: None,
        error: None,
        hint: None,
    };
    let feed = match &one.added {
        Added::Failed(error) => {
            line.error = Some(error.message.clone());
            line.hint.clone_from(&error.hint);
            return line;
        }
        Added::New(feed, _) | Added::Already(feed) => feed,
    };
    let now = current.get(&feed.id).copied().unwrap_or(feed);
    line.url = Some(now.source.to_string());
    line.entries = Some(now.entries);
    line.status = match (failures.get(&feed.id), &one.added) {
        (Some(failure), _) => {
            line.error = Some(failure.message.clone());
            line.hint.clone_from(&failure.hint);
            match failure.kind {
                FailureKind::NotAFeed => {
                    line.url = None;
                    line.entries = None;
                    "not a feed"
                }
                _ => "dead",
            }
        }
        (None, Added::Already(_)) => "already there",
        (None, _) => "added",
    };
    line
}

/// `added          Third Row (https://…), 12 entries`
fn spoken(line: &Line<'_>) -> String {
    let address = line.url.as_deref().unwrap_or(line.address);
    let mut name = match line.title {
        Some(title) => format!("{title} ({address})"),
        None => address.to_owned(),
    };
    if let Some(url) = &line.url
        && line.status == "already there"
        && url != line.address
    {
        name.push_str(&format!(", listed as {}", line.address));
    }
    let rest = match (&line.error, &line.hint, line.entries) {
        (Some(error), Some(hint), _) => format!(": {error}; {hint}"),
        (Some(error), None, _) => format!(": {error}"),
        (None, _, Some(entries)) if entries > 0 => format!(", {}", poll::entries_of(entries)),
        _ => String::new(),
    };
    format!("{:<13}  {}", line.status, escape(&format!("{name}{rest}")))
}
