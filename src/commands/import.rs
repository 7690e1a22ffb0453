use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::known::KnownFeeds;
use super::poll;
use super::subscribe::{Added, Entered, Subscriber, Wishes};
use crate::archive::NewSubscription;
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
    /// Of a web page the feed it names.
    feed: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    // Before anything is made or opened: what is no list changes nothing.
    let (list, at) = read_list(args, context)?;
    let subscriber = Subscriber::new(context)?;
    let wishes = Wishes {
        site: None,
        tags: args.tags.clone(),
        title: None,
        no_fetch: true,
    };
    let entered = subscriber.enter_list(list, &at, &wishes)?;
    let mut polled = Polled::default();
    if !args.no_fetch {
        let new = entered.iter().filter_map(|one| match &one.added {
            Added::New(feed, _) => Some((**feed).clone()),
            Added::Already(_) | Added::Failed(_) => None,
        });
        polled.poll(&subscriber, new.collect())?;
        polled.fold(&subscriber, &entered)?;
    }
    let failed = report(args, &subscriber, &entered, &polled)?;
    match polled.trouble {
        Some(trouble) => Err(CommandError::failed(trouble)),
        None => Ok(Exit::of_feeds(failed + usize::from(polled.stopped))),
    }
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

/// What came of the feeds of a list that were asked.
#[derive(Default)]
struct Polled {
    failures: HashMap<FeedId, Failure>,
    /// Those that are the same as another subscription, by that one.
    same: HashMap<FeedId, FeedId>,
    /// What the archive could not take in, told once.
    trouble: Option<String>,
    stopped: bool,
}

impl Polled {
    /// Polls without a word for each failure: the report says it. What turns out to be no feed is given up
    /// at once, so that a run that is ended in the middle leaves only what is one or was not asked yet;
    /// the next one goes on there.
    fn poll(
        &mut self,
        subscriber: &Subscriber<'_>,
        feeds: Vec<Subscription>,
    ) -> Result<(), CommandError> {
        if feeds.is_empty() {
            return Ok(());
        }
        let Subscriber {
            context,
            archive,
            fetcher,
            runtime,
        } = subscriber;
        let update = context.update(Arc::clone(archive), Arc::clone(fetcher))?;
        context.terminal.start_progress(feeds.len() as u64, false);
        let mut removed = Ok(());
        let polling = update.run(feeds, poll::stop_signal(), |report| {
            context.terminal.advance(
                &poll::name_of(&report.feed),
                report.failure.is_some(),
                report.recorded.new,
            );
            let Some(failure) = report.failure else {
                return;
            };
            if report.is_unrecorded {
                self.trouble.get_or_insert(failure.message);
                return;
            }
            if failure.kind == FailureKind::NotAFeed && removed.is_ok() {
                removed = archive.remove(report.feed.id, false).map(|_| ());
            }
            self.failures.insert(report.feed.id, failure);
        });
        let stopped = runtime.block_on(polling);
        context.terminal.end_progress();
        removed?;
        self.stopped = stopped?;
        Ok(())
    }

    /// Gives up new feeds that turned out to be another subscription under another address: a redirect or
    /// the feed's own word leads there, and that one has every entry. Its tags go over.
    fn fold(
        &mut self,
        subscriber: &Subscriber<'_>,
        entered: &[Entered],
    ) -> Result<(), CommandError> {
        let archive = &subscriber.archive;
        let known = KnownFeeds::read(archive)?;
        let mut others: HashMap<FeedId, Vec<String>> = HashMap::new();
        for (id, url) in archive.other_addresses()? {
            others.entry(id).or_default().push(url);
        }
        for one in entered {
            let Added::New(feed, _) = &one.added else {
                continue;
            };
            let leads_to = others.get(&feed.id).into_iter().flatten();
            let same = leads_to
                .filter_map(|url| known.find(&Source::from_web_address(url)?))
                .find(|id| *id != feed.id && !self.same.contains_key(id));
            let Some(other) = same else {
                continue;
            };
            let guids = archive.guids(feed.id)?;
            let guids: Vec<&str> = guids.iter().map(|(guid, _)| guid.as_str()).collect();
            let Some(there) = archive.subscription(other)? else {
                continue;
            };
            if guids.is_empty() || archive.known(other, &guids)?.len() < guids.len() {
                continue;
            }
            let tags = archive.subscription(feed.id)?.map(|feed| feed.tags);
            let with_tags = NewSubscription {
                source: there.source,
                title: None,
                site: None,
                html_url: None,
                tags: tags.unwrap_or_default(),
            };
            archive.subscribe(&with_tags, subscriber.context.now)?;
            archive.remove(feed.id, true)?;
            self.same.insert(feed.id, other);
        }
        Ok(())
    }
}

/// Prints a line for each outline; answers how many came to nothing.
fn report(
    args: &Args,
    subscriber: &Subscriber<'_>,
    entered: &[Entered],
    polled: &Polled,
) -> Result<usize, CommandError> {
    let current = subscriber.archive.subscriptions()?;
    let current: HashMap<FeedId, &Subscription> =
        current.iter().map(|feed| (feed.id, feed)).collect();
    let mut failed = 0;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut out = result_output();
    for one in entered {
        let line = line_of(one, &current, polled);
        failed += usize::from(!matches!(line.status, "added" | "already there"));
        match counts.iter_mut().find(|(status, _)| *status == line.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((line.status, 1)),
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
    subscriber.context.terminal.note(&match counts.is_empty() {
        true => "the list names no feeds".to_owned(),
        false => counts.join(", "),
    });
    Ok(failed)
}

fn line_of<'a>(
    one: &'a Entered,
    current: &HashMap<FeedId, &Subscription>,
    polled: &Polled,
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
        feed: None,
    };
    let feed = match &one.added {
        Added::Failed(error) => {
            line.error = Some(error.message.clone());
            line.hint.clone_from(&error.hint);
            return line;
        }
        Added::New(feed, _) | Added::Already(feed) => feed,
    };
    let same = polled.same.get(&feed.id);
    let now = current.get(same.unwrap_or(&feed.id)).copied();
    let now = now.unwrap_or(feed);
    line.url = Some(now.source.to_string());
    line.entries = Some(now.entries);
    line.status = match (polled.failures.get(&feed.id), &one.added) {
        (Some(failure), _) => {
            line.error = Some(failure.message.clone());
            line.hint.clone_from(&failure.hint);
            line.feed = parse::feed_named_in(failure).map(str::to_owned);
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
        (None, _) if same.is_some() => "already there",
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
