//! Makes subscriptions of what people name: a feed URL, a web page, an OPML file, a feed file, a note, a
//! folder of notes.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::context::Context;
use super::exit::CommandError;
use crate::archive::{Archive, NewSubscription, Subscribed};
use crate::fetch::{Fetcher, local_source};
use crate::model::{FeedId, Subscription};
use crate::parse::{self, Opml, Page, Parsed};
use crate::source::{Answer, Body, Failure, FailureKind, Source, Validators};
use crate::update::Report;

/// How deep one thing may lead to another: a page to its feed, a list to its feeds.
const MAX_STEPS: usize = 2;

/// What a person decided for all they named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    pub(crate) tags: Vec<String>,
    pub(crate) title: Option<String>,
    /// Where notes are published.
    pub(crate) site: Option<url::Url>,
    /// Subscribe without asking anybody.
    pub(crate) no_fetch: bool,
}

/// What came of one thing a person named, or of one outline of a list.
pub(crate) enum Added {
    /// With the report of the first poll where subscribing took one.
    New(Box<Subscription>, Option<Box<Report>>),
    Already(Box<Subscription>),
    Failed(CommandError),
}

pub(crate) struct Subscriber<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) archive: &'a Arc<Archive>,
    pub(crate) fetcher: &'a Arc<Fetcher>,
    pub(crate) runtime: &'a Runtime,
}

impl Subscriber<'_> {
    /// Subscribes to what `name` names. A web feed costs its publisher one request, none if it is
    /// already subscribed.
    pub(crate) fn subscribe(&self, name: &str, wishes: &Wishes) -> Vec<Added> {
        self.source(name)
            .and_then(|source| self.follow(source, wishes, MAX_STEPS))
            .unwrap_or_else(|error| vec![Added::Failed(error)])
    }

    fn source(&self, name: &str) -> Result<Source, CommandError> {
        if let Some(source) = Source::from_web_address(name) {
            return Ok(source);
        }
        if name == "-" {
            return Err(CommandError::usage("standard input cannot be subscribed to")
                .with_hint("`hallway parse -` shows what it holds"));
        }
        let path = match Source::from_key(name) {
            Some(Source::File(path) | Source::Folder(path)) => path,
            _ => Path::new(name).to_owned(),
        };
        local_source(&path).map_err(|failure| CommandError::of_feed(name, failure))
    }

    fn follow(
        &self,
        source: Source,
        wishes: &Wishes,
        steps: usize,
    ) -> Result<Vec<Added>, CommandError> {
        let is_folder = matches!(source, Source::Folder(_));
        let is_web = matches!(source, Source::Http(_));
        let blind = is_folder || (wishes.no_fetch && is_web);
        if blind || self.already(&source)?.is_some() {
            return Ok(vec![self.enter(source, wishes)?]);
        }
        let name = source.to_string();
        let of_feed = |failure: Failure| CommandError::of_feed(&name, failure);
        let fetched = self.runtime.block_on(self.fetcher.fetch(
            &source,
            &Validators::default(),
            self.context.now,
        ));
        let answer = fetched.answer.map_err(|failure| unreachable(&name, failure))?;
        let document = match &answer.body {
            Body::Documents { documents, .. } => documents.first(),
            Body::Unchanged => None,
        };
        let Some(document) = document else {
            return Err(of_feed(Failure::new(FailureKind::NotAFeed, "the answer is empty")));
        };
        match parse::read(document).map_err(|error| of_feed(error.into()))? {
            Parsed::Feed(_) => Ok(vec![self.enter_with(source, wishes, answer)?]),
            Parsed::Opml(list) => Ok(self.enter_list(list, &source, wishes)),
            Parsed::Page(page) => self.follow_page(page, &source, wishes, steps),
        }
    }

    /// A page is left for the best feed it names.
    fn follow_page(
        &self,
        page: Page,
        at: &Source,
        wishes: &Wishes,
        steps: usize,
    ) -> Result<Vec<Added>, CommandError> {
        let best = page
            .feeds
            .into_iter()
            .find_map(|link| Source::from_web_address(link.url.as_str()));
        match best {
            Some(feed) if steps > 0 && feed != *at => {
                self.context
                    .terminal
                    .detail(&format!("{at}: a web page, its feed is {feed}"));
                self.follow(feed, wishes, steps - 1)
            }
            _ => Err(CommandError::failed(format!(
                "{at}: this is a web page that names no feed"
            ))
            .with_hint("look for the feed's address on the page and add that")),
        }
    }

    /// Every outline of a list, in its order; they are polled later, side by side.
    fn enter_list(&self, list: Opml, at: &Source, wishes: &Wishes) -> Vec<Added> {
        list.outlines
            .into_iter()
            .map(|outline| {
                let named = match (&outline.url, at) {
                    (Some(url), _) if Source::from_web_address(url.as_str()).is_some() => {
                        self.source(url.as_str())
                    }
                    // A list from the web has no business on this disk.
                    (Some(url), Source::File(_)) => self.source(url.as_str()),
                    _ => Err(CommandError::failed(format!(
                        "{}: this address in {at} cannot be subscribed to",
                        outline.address
                    ))),
                };
                let wishes = Wishes {
                    tags: [wishes.tags.clone(), outline.tags].concat(),
                    title: outline.title,
                    site: None,
                    no_fetch: true,
                };
                named
                    .and_then(|source| self.enter(source, &wishes))
                    .unwrap_or_else(Added::Failed)
            })
            .collect()
    }

    fn enter(&self, source: Source, wishes: &Wishes) -> Result<Added, CommandError> {
        let source_is_local = source.host().is_none();
        let new = NewSubscription {
            source,
            title: wishes.title.clone(),
            site: wishes.site.clone().filter(|_| source_is_local),
            tags: wishes.tags.clone(),
        };
        let (id, is_new) = match self.archive.subscribe(&new, self.context.now)? {
            Subscribed::New(id) => (id, true),
            Subscribed::Already(id) => (id, false),
        };
        let feed = Box::new(self.subscription(id)?);
        Ok(if is_new {
            Added::New(feed, None)
        } else {
            Added::Already(feed)
        })
    }

    /// Subscribes and takes in the answer that has already been paid for. A feed that moved for good
    /// is subscribed where it is now.
    fn enter_with(
        &self,
        source: Source,
        wishes: &Wishes,
        mut answer: Answer,
    ) -> Result<Added, CommandError> {
        let source = answer.moved_to.take().map_or(source, Source::Http);
        match self.enter(source, wishes)? {
            Added::New(feed, _) => {
                let update = self
                    .context
                    .update(Arc::clone(self.archive), Arc::clone(self.fetcher));
                let report = update.take(*feed, answer)?;
                let feed = self.subscription(report.feed.id)?;
                Ok(Added::New(Box::new(feed), Some(Box::new(report))))
            }
            other => Ok(other),
        }
    }

    fn already(&self, source: &Source) -> Result<Option<Subscription>, CommandError> {
        let known = self.archive.subscriptions()?;
        Ok(known.into_iter().find(|feed| feed.source == *source))
    }

    fn subscription(&self, id: FeedId) -> Result<Subscription, CommandError> {
        self.archive
            .subscription(id)?
            .ok_or_else(|| CommandError::failed("the subscription was removed meanwhile"))
    }
}

fn unreachable(name: &str, failure: Failure) -> CommandError {
    let error = CommandError::of_feed(name, failure);
    match error.hint {
        Some(_) => error,
        None => error.with_hint("`--no-fetch` subscribes all the same"),
    }
}
