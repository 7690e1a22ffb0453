use url::Url;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::history;
use super::poll::{self, Totals, entries_of, name_of};
use super::subscribe::{Added, Subscriber, Wishes, exit_of};
use crate::model::Subscription;

/// Subscribe to feeds
///
/// A SOURCE is a feed URL, a web page (its feed is found), an OPML file, a feed file, or a folder or file
/// of Markdown notes. What is new is polled at once.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// Give every entry of the feed this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Call the feed this instead of what it calls itself
    #[arg(long)]
    title: Option<String>,
    /// Where these notes are published: their relative links lead there
    #[arg(long, value_name = "URL", value_parser = site)]
    site: Option<Url>,
    /// Subscribe without asking anybody
    #[arg(long)]
    no_fetch: bool,
    /// Read the feed's past too, page by page; see `fetch --history`
    #[arg(long, conflicts_with = "no_fetch")]
    history: bool,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    if args.title.is_some() && args.sources.len() > 1 {
        return Err(
            CommandError::usage("--title names one feed, but several are given")
                .with_hint("add them one by one"),
        );
    }
    let subscriber = Subscriber::new(context)?;
    let wishes = Wishes {
        tags: args.tags.clone(),
        title: args.title.clone(),
        site: args.site.clone(),
        no_fetch: args.no_fetch,
    };
    let mut errors = Vec::new();
    let mut with_past = Vec::new();
    let mut in_all = 0;
    let mut totals = Totals::default();
    let mut to_poll: Vec<Subscription> = Vec::new();
    for source in &args.sources {
        for added in subscriber.subscribe(source, &wishes)? {
            in_all += 1;
            if let Added::New(feed, _) | Added::Already(feed) = &added {
                with_past.push(feed.id);
            }
            match added {
                Added::New(feed, Some(report)) => {
                    totals.add(&report);
                    poll::tell(context, &report);
                    say(context, "subscribed to", &feed);
                }
                Added::New(feed, None) => {
                    say(context, "subscribed to", &feed);
                    to_poll.push(*feed);
                }
                Added::Already(feed) => say(context, "already subscribed to", &feed),
                Added::Failed(error) => {
                    context
                        .terminal
                        .error(&error.message, error.hint.as_deref());
                    errors.push(error);
                }
            }
        }
    }
    if !args.no_fetch {
        let polled = subscriber.poll(to_poll, poll::Audience::Person)?;
        totals.failed += polled.failed + polled.warnings;
    }
    if args.history {
        let Subscriber {
            archive,
            fetcher,
            runtime,
            ..
        } = &subscriber;
        totals.failed += history::read(context, archive, fetcher, runtime, &with_past, None)?;
    }
    match exit_of(&errors, in_all) {
        Exit::Well => Ok(Exit::of_feeds(totals.failed + totals.warnings)),
        exit => Ok(exit),
    }
}

/// The site as a folder, so that notes lie below it and not beside it.
fn site(address: &str) -> Result<Url, String> {
    let mut url = Url::parse(address).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("not a web address".to_owned());
    }
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn say(context: &Context<'_>, what: &str, feed: &Subscription) {
    let entries = match feed.entries {
        0 => String::new(),
        some => format!(", {}", entries_of(some)),
    };
    context
        .terminal
        .note(&format!("{what} {}{entries}", name_of(feed)));
}
