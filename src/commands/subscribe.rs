//! Makes subscriptions of what people name: a feed URL, a web page, an OPML file, a feed file, a note, a
//! folder of notes.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::context::Context;
use super::exit::{CommandError, Exit};
use super::known::{KnownFeeds, spelling};
use super::poll::{self, Totals};
use crate::archive::{Archive, NewSubscription, Subscribed};
use crate::decide;
use crate::fetch::{Fetcher, local_source};
use crate::model::{FeedId, RawFeed, State, Subscription};
use crate::parse::{self, Choice, Opml, Outline, Page, Parsed};
use crate::source::{Answer, Body, Document, Failure, FailureKind, Source, Validators};
use crate::update::Report;

/// How deep one thing may lead to another: a page to its feed, a list to its feeds.
const MAX_STEPS: usize = 2;

/// So many of a page's feeds are listed for a person to choose from.
const MOST_LISTED: usize = 20;

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

/// What subscribing takes: the archive, somebody to ask, and what runs them.
pub(crate) struct Subscriber<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) archive: Arc<Archive>,
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) runtime: Runtime,
}

/// What came of one outline of a list.
pub(crate) struct Entered {
    pub(crate) outline: Outline,
    pub(crate) added: Added,
}

impl<'a> Subscriber<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Result<Self, CommandError> {
        let archive = context.archive()?;
        Ok(Self {
            context,
            fetcher: Arc::new(context.fetcher(None, Some(&archive))?),
            archive: Arc::new(archive),
            runtime: poll::runtime()?,
        })
    }

    /// Subscribes to what `name` names. A web feed costs its publisher one request, none if it is
    /// already subscribed. An error is the archive's, and of all that could be named.
    pub(crate) fn subscribe(
        &self,
        name: &str,
        wishes: &Wishes,
    ) -> Result<Vec<Added>, CommandError> {
        let added = self
            .source(name)
            .and_then(|source| self.follow(source, wishes, MAX_STEPS));
        match added {
            Err(error) if !error.is_of_archive => Ok(vec![Added::Failed(error)]),
            added => added,
        }
    }

    /// As [`poll::poll`].
    pub(crate) fn poll(
        &self,
        feeds: Vec<Subscription>,
        audience: poll::Audience,
    ) -> Result<Totals, CommandError> {
        poll::poll(
            self.context,
            &self.archive,
            &self.fetcher,
            &self.runtime,
            feeds,
            audience,
            |_| Ok(()),
        )
    }

    fn source(&self, name: &str) -> Result<Source, CommandError> {
        if let Some(source) = Source::from_web_address(name) {
            let known = match &source {
                Source::Http(page) => parse::known_feed(page),
                _ => None,
            };
            return Ok(known.map_or(source, Source::Http));
        }
        if name == "-" {
            return Err(
                CommandError::usage("standard input cannot be subscribed to")
                    .with_hint("`hallway parse -` shows what it holds"),
            );
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
        if let Some(known) = KnownFeeds::read(&self.archive)?.find(&source) {
            return Ok(vec![self.enter_known(known, wishes)?]);
        }
        let is_folder = matches!(source, Source::Folder(_));
        let is_web = matches!(source, Source::Http(_));
        if is_folder || (wishes.no_fetch && is_web) {
            return Ok(vec![self.enter(source, wishes)?]);
        }
        let name = source.to_string();
        let of_feed = |failure: Failure| CommandError::of_feed(&name, failure);
        let answer = self
            .ask(&source)
            .map_err(|failure| unreachable(&name, failure))?;
        let document = first_document(&answer).map_err(of_feed)?;
        match parse::read(document).map_err(|error| of_feed(error.into()))? {
            Parsed::Feed(feed) => {
                let known = self.same_feed(&feed, document, &source)?;
                Ok(vec![match known {
                    Some(known) => self.enter_known(known, wishes)?,
                    None => self.enter_with(source, wishes, answer)?,
                }])
            }
            Parsed::Opml(list) => {
                let entered = self.enter_list(list, &source, wishes)?;
                Ok(entered.into_iter().map(|one| one.added).collect())
            }
            Parsed::Page(page) => {
                let at = document
                    .location
                    .clone()
                    .map_or_else(|| source.clone(), Source::Http);
                self.follow_page(&page, &at, wishes, steps)
            }
        }
    }

    fn ask(&self, source: &Source) -> Result<Answer, Failure> {
        let validators = Validators::default();
        let asked = self.fetcher.fetch(source, &validators, self.context.now);
        self.runtime.block_on(asked).answer
    }

    /// A page is left for the best feed it names, else for one where feeds are wont to be.
    fn follow_page(
        &self,
        page: &Page,
        at: &Source,
        wishes: &Wishes,
        steps: usize,
    ) -> Result<Vec<Added>, CommandError> {
        let best = match page.choice() {
            Choice::One(link) => Source::from_web_address(link.url.as_str()),
            Choice::Several(links) => {
                for link in links.iter().take(MOST_LISTED) {
                    let title = link.title.as_deref().unwrap_or("(without a title)");
                    let source = Source::Http(link.url.clone());
                    self.context.terminal.note(&format!("  {source}  {title}"));
                }
                let error =
                    format!("{at}: this page names several feeds, none of them clearly its own");
                return Err(CommandError::usage(error)
                    .with_hint("`hallway add` the address of the one you mean"));
            }
            Choice::None if steps > 0 => return self.guess(page, at, wishes),
            Choice::None => None,
        };
        match best {
            Some(feed) if steps > 0 && feed != *at => {
                self.context
                    .terminal
                    .detail(&format!("{at}: a web page, its feed is {feed}"));
                self.follow(feed, wishes, steps - 1)
            }
            _ => Err(names_no_feed(at)),
        }
    }

    /// Asks a page's own host, a few times, for a feed that the page does not name.
    fn guess(&self, page: &Page, at: &Source, wishes: &Wishes) -> Result<Vec<Added>, CommandError> {
        let Source::Http(url) = at else {
            return Err(names_no_feed(at));
        };
        for likely in page.likely_feeds(url) {
            let source = Source::Http(likely);
            if let Some(known) = KnownFeeds::read(&self.archive)?.find(&source) {
                return Ok(vec![self.enter_known(known, wishes)?]);
            }
            self.context
                .terminal
                .detail(&format!("{at}: names no feed, looking at {source}"));
            let Ok(answer) = self.ask(&source) else {
                continue;
            };
            let Ok(document) = first_document(&answer) else {
                continue;
            };
            if let Ok(Parsed::Feed(feed)) = parse::read(document) {
                let known = self.same_feed(&feed, document, &source)?;
                return Ok(vec![match known {
                    Some(known) => self.enter_known(known, wishes)?,
                    None => self.enter_with(source, wishes, answer)?,
                }]);
            }
        }
        Err(names_no_feed(at))
    }

    /// The subscription this feed already is: where its document came from in the end, or by what
    /// either feed says of its own address, if it also holds the same entries. (Of generated sites many
    /// a tag's feed calls itself by the whole blog's address.)
    fn same_feed(
        &self,
        feed: &RawFeed,
        document: &Document,
        source: &Source,
    ) -> Result<Option<FeedId>, CommandError> {
        let known = KnownFeeds::read(&self.archive)?;
        let at = document.location.clone().map(Source::Http);
        if let Some(id) = at.as_ref().and_then(|at| known.find(at)) {
            return Ok(Some(id));
        }
        let own = feed
            .self_url
            .as_deref()
            .and_then(|own| match &document.location {
                Some(at) => at.join(own).ok(),
                None => url::Url::parse(own).ok(),
            });
        let own = own.and_then(|own| Source::from_web_address(own.as_str()));
        let claimed = own.as_ref().and_then(|own| known.find(own));
        let claiming = || known.find_by_claim(source);
        let claiming_end = || at.as_ref().and_then(|at| known.find_by_claim(at));
        let Some(id) = claimed.or_else(claiming).or_else(claiming_end) else {
            return Ok(None);
        };
        let guids: Vec<&str> = feed
            .entries
            .iter()
            .map(|entry| entry.guid.as_str())
            .collect();
        let shared = self.archive.known(id, &guids)?.len();
        Ok((shared > 0 && shared * 2 >= guids.len()).then_some(id))
    }

    /// Every outline of a list, in its order, all in one transaction; they are polled later, side by
    /// side.
    pub(crate) fn enter_list(
        &self,
        list: Opml,
        at: &Source,
        wishes: &Wishes,
    ) -> Result<Vec<Entered>, CommandError> {
        let known = KnownFeeds::read(&self.archive)?;
        let subscribed: HashMap<FeedId, Source> = self
            .archive
            .subscriptions()?
            .into_iter()
            .map(|feed| (feed.id, feed.source))
            .collect();
        let mut first_spelt: HashMap<String, Source> = HashMap::new();
        let mut new = Vec::new();
        let mut outlines = Vec::new();
        for outline in list.outlines {
            let source = self.source_of(&outline, at);
            if let Ok(source) = &source {
                let there = known.find(source).and_then(|id| subscribed.get(&id));
                let is_there = there.is_some();
                let source = there.cloned().unwrap_or_else(|| {
                    let spelt = first_spelt.entry(spelling(source));
                    spelt.or_insert_with(|| source.clone()).clone()
                });
                new.push(NewSubscription {
                    site: None,
                    html_url: outline.html_url.clone().filter(|page| is_web(page)),
                    source,
                    // What a person called it before stays.
                    title: outline.title.clone().filter(|_| !is_there),
                    tags: [wishes.tags.clone(), outline.tags.clone()].concat(),
                });
            }
            outlines.push((outline, source.err()));
        }
        let mut ids = self
            .archive
            .subscribe_all(&new, self.context.now)?
            .into_iter();
        let mut feeds: HashMap<FeedId, Subscription> = self
            .archive
            .subscriptions()?
            .into_iter()
            .map(|feed| (feed.id, feed))
            .collect();
        let mut seen = HashSet::new();
        let mut entered = Vec::with_capacity(outlines.len());
        for (outline, error) in outlines {
            let subscribed = if error.is_none() { ids.next() } else { None };
            let feed = subscribed.and_then(|one| feeds.get_mut(&one.id()).cloned());
            let added = match (error, subscribed, feed) {
                (Some(error), _, _) => Added::Failed(error),
                (_, Some(Subscribed::New(id)), Some(feed)) if seen.insert(id) => {
                    Added::New(Box::new(feed), None)
                }
                // Entered by a run that was ended before it could ask.
                (_, Some(Subscribed::Already(id)), Some(feed))
                    if was_never_asked(&feed) && seen.insert(id) =>
                {
                    Added::New(Box::new(feed), None)
                }
                (_, _, Some(feed)) => Added::Already(Box::new(feed)),
                _ => Added::Failed(removed_meanwhile()),
            };
            entered.push(Entered { outline, added });
        }
        Ok(entered)
    }

    fn source_of(&self, outline: &Outline, at: &Source) -> Result<Source, CommandError> {
        match (&outline.url, at) {
            (Some(url), _) if Source::from_web_address(url.as_str()).is_some() => {
                self.source(url.as_str())
            }
            // A list from the web has no business on this disk.
            (Some(url), Source::File(_)) if url.scheme() == "file" => self.source(url.as_str()),
            _ => Err(CommandError::failed(format!(
                "{}: this address in {at} cannot be subscribed to",
                outline.address
            ))),
        }
    }

    /// Takes over the wishes for a feed that is followed already.
    fn enter_known(&self, id: FeedId, wishes: &Wishes) -> Result<Added, CommandError> {
        let source = self.subscription(id)?.source;
        self.enter(source, wishes)
    }

    fn enter(&self, source: Source, wishes: &Wishes) -> Result<Added, CommandError> {
        let source_is_local = source.host().is_none();
        let new = NewSubscription {
            source,
            title: wishes.title.clone(),
            site: wishes.site.clone().filter(|_| source_is_local),
            html_url: None,
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

    /// Subscribes and takes in the answer that has already been paid for. Where a redirect leads is left
    /// to time, but for the step to https.
    fn enter_with(
        &self,
        source: Source,
        wishes: &Wishes,
        mut answer: Answer,
    ) -> Result<Added, CommandError> {
        let source = match (&source, &answer.moved_to) {
            (Source::Http(from), Some(to)) if decide::is_upgrade(from, to) => {
                answer.moved_to.take().map_or(source, Source::Http)
            }
            _ => source,
        };
        match self.enter(source, wishes)? {
            Added::New(feed, _) => {
                let update = self
                    .context
                    .update(Arc::clone(&self.archive), Arc::clone(&self.fetcher))?;
                let report = update.take(*feed, answer)?;
                let feed = self.subscription(report.feed.id)?;
                Ok(Added::New(Box::new(feed), Some(Box::new(report))))
            }
            other => Ok(other),
        }
    }

    fn subscription(&self, id: FeedId) -> Result<Subscription, CommandError> {
        self.archive.subscription(id)?.ok_or_else(removed_meanwhile)
    }
}

fn is_web(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn was_never_asked(feed: &Subscription) -> bool {
    feed.state == State::Active
        && feed.next_due.is_none()
        && feed.last_success.is_none()
        && feed.error.is_none()
}

fn first_document(answer: &Answer) -> Result<&Document, Failure> {
    let document = match &answer.body {
        Body::Documents { documents, .. } => documents.first(),
        Body::Unchanged => None,
    };
    document.ok_or_else(|| Failure::new(FailureKind::NotAFeed, "the answer is empty"))
}

fn removed_meanwhile() -> CommandError {
    CommandError::failed("the subscription was removed meanwhile")
}

fn names_no_feed(at: &Source) -> CommandError {
    CommandError::failed(format!("{at}: this is a web page that names no feed"))
        .with_hint("look for the feed's address on the page and add that")
}

/// How a command ends that was given things to subscribe to: of failures only, bad usage if one was.
pub(crate) fn exit_of(errors: &[CommandError], in_all: usize) -> Exit {
    let is_usage = errors.iter().any(|error| error.exit == Exit::Usage);
    match Exit::of_arguments(errors.len(), in_all) {
        Exit::Failed if is_usage => Exit::Usage,
        exit => exit,
    }
}

fn unreachable(name: &str, failure: Failure) -> CommandError {
    let error = CommandError::of_feed(name, failure);
    match error.hint {
        Some(_) => error,
        None => error.with_hint("`--no-fetch` subscribes all the same"),
    }
}
