//! Reads the past of feeds: the pages behind their present document.
//!
//! Slowly, one page of a host after the other; each page is recorded with the step to the next one, so
//! that a run that was ended goes on where it was. A page that was read is never asked for again.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use url::{Host, Url};

use super::{Update, bounds, safe_entry};
use crate::archive::ArchiveError;
use crate::clean;
use crate::decide;
use crate::model::{PageRead, PastLinks, Step, Subscription, Way};
use crate::parse;
use crate::source::{Body, Document, Failure, FailureKind};

/// How much of a past is read at once, and how fast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistoryLimits {
    /// Of one feed in one run.
    pub(crate) pages: usize,
    /// Of one feed in one run.
    pub(crate) entries: usize,
    /// Between two pages of one host.
    pub(crate) gap: Duration,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self {
            pages: 200,
            entries: 20_000,
            gap: Duration::from_millis(500),
        }
    }
}

/// What came of reading one feed's past.
#[derive(Debug)]
pub(crate) struct HistoryReport {
    pub(crate) feed: Subscription,
    pub(crate) pages: usize,
    /// Entries that were not known.
    pub(crate) new: usize,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum End {
    /// Everything that the feed names is read.
    Complete,
    /// The feed names no past.
    NoPast,
    /// A page leads back to one that was read before; what it led through is kept.
    Circle,
    /// A limit was reached: the next run goes on.
    More,
    /// It goes on at a host that is not the feed's; nobody is sent there.
    Elsewhere(Url),
    /// The page that failed; the next run asks for it again.
    Failed(Url, Failure),
    /// A page that the feed names is not there. Said once; it is looked for again after a month.
    Missing(Url),
    /// Its server asked for patience until then, a feed or a page of it: what is left is read later.
    Waiting(DateTime<Utc>),
}

/// Why there is no page.
enum Unread {
    Failed(Failure),
    /// Not asked for: its host answered another request with 429.
    HeldBack(Option<DateTime<Utc>>),
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// One page, read and made safe.
struct Page {
    read: PageRead,
    guids: Vec<String>,
    next: Option<Url>,
}

/// One feed's walk.
struct Walk {
    feed: Subscription,
    links: PastLinks,
    pages: HashSet<Url>,
    guids: HashSet<String>,
    new: usize,
}

impl Update {
    /// Reads the pasts of these feeds, hosts side by side, and calls `report` for each. Ends early,
    /// keeping every page that was read, when `stop` resolves; says whether it did.
    pub(crate) async fn read_pasts(
        &self,
        feeds: Vec<Subscription>,
        limits: HistoryLimits,
        stop: impl Future<Output = ()>,
        mut report: impl FnMut(HistoryReport),
    ) -> Result<bool, ArchiveError> {
        self.keep_holds()?;
        let mut by_host: HashMap<String, Vec<Subscription>> = HashMap::new();
        for feed in feeds {
            if let Some(host) = feed.source.host() {
                by_host.entry(host.to_owned()).or_default().push(feed);
            }
        }
        let (done, mut reports) = mpsc::channel(64);
        let mut hosts = JoinSet::new();
        for feeds in by_host.into_values() {
            let (this, done) = (self.clone(), done.clone());
            hosts.spawn(async move {
                for feed in feeds {
                    let read = this.read_past(feed, limits).await;
                    if done.send(read).await.is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        tokio::pin!(stop);
        let mut stopped = false;
        loop {
            tokio::select! {
                next = reports.recv() => match next {
                    Some(read) => report(read?),
                    None => return Ok(stopped),
                },
                () = &mut stop, if !stopped => {
                    stopped = true;
                    hosts.abort_all();
                }
            }
        }
    }

    async fn read_past(
        &self,
        feed: Subscription,
        limits: HistoryLimits,
    ) -> Result<HistoryReport, ArchiveError> {
        if let Some(until) = self.waits_until(&feed)? {
            return Ok(Walk::of(feed, PastLinks::default()).report(End::Waiting(until)));
        }
        let links = self.archive.past_links(feed.id)?;
        let mut here = self.beginning(&feed, &links)?;
        let mut walk = Walk::of(feed, links);
        if here.is_none() {
            let read_before = self.archive.past(walk.feed.id)?.is_some();
            let end = if read_before {
                End::Complete
            } else {
                End::NoPast
            };
            return Ok(walk.report(end));
        }
        let end = loop {
            let Some((way, url)) = here else {
                break End::Complete;
            };
            if walk.pages.len() >= limits.pages || walk.new >= limits.entries {
                break End::More;
            }
            if !walk.may_ask(&url) {
                break End::Elsewhere(url);
            }
            if self.archive.was_read(walk.feed.id, &url, self.now)? {
                self.archive.go_on(walk.feed.id, way, None, self.now)?;
                let circle = walk.pages.contains(&url);
                break if circle { End::Circle } else { End::Complete };
            }
            // What is stored from here on is all it takes to go on after a kill.
            self.archive
                .go_on(walk.feed.id, way, Some(&url), self.now)?;
            tokio::time::sleep(limits.gap).await;
            match self.page(&walk, way, &url).await {
                Ok(page) => here = self.take_page(&mut walk, page)?.map(|next| (way, next)),
                Err(Unread::Failed(failure)) if is_end(way, &failure) => {
                    self.archive.go_on(walk.feed.id, way, None, self.now)?;
                    break End::Complete;
                }
                Err(Unread::Failed(failure)) => break self.broken_off(&walk, way, url, failure)?,
                Err(Unread::HeldBack(until)) => {
                    break End::Waiting(until.unwrap_or_else(|| decide::patience(self.now)));
                }
            }
        };
        Ok(walk.report(end))
    }

    /// Until when no page of a feed is asked for: its server said so to a page, or to any request.
    fn waits_until(&self, feed: &Subscription) -> Result<Option<DateTime<Utc>>, ArchiveError> {
        let of_past = self.archive.past(feed.id)?.and_then(|past| past.wait_until);
        let latest = self.now + decide::MAX_INTERVAL;
        Ok(of_past
            .filter(|until| (self.now..latest).contains(until))
            .max(decide::held_until(feed, self.now)))
    }

    /// What a page that could not be read comes to.
    fn broken_off(
        &self,
        walk: &Walk,
        way: Way,
        url: Url,
        failure: Failure,
    ) -> Result<End, ArchiveError> {
        if matches!(failure.http_status, Some(404 | 410)) {
            self.archive.page_missing(walk.feed.id, &url, self.now)?;
            self.archive.go_on(walk.feed.id, way, None, self.now)?;
            return Ok(End::Missing(url));
        }
        if let Some(hold) = decide::hold_of(&failure, &url, self.now) {
            self.fetcher.hold(&hold, self.now);
            self.archive.hold(&hold, self.now)?;
            return Ok(End::Waiting(hold.until));
        }
        if let Some(until) = failure.retry_at {
            self.archive.past_waits(walk.feed.id, until)?;
            return Ok(End::Waiting(until));
        }
        Ok(End::Failed(url, failure))
    }

    /// Where to begin, or to go on. `None`: nowhere, everything is read or there is nothing.
    fn beginning(
        &self,
        feed: &Subscription,
        links: &PastLinks,
    ) -> Result<Option<(Way, Url)>, ArchiveError> {
        let past = self.archive.past(feed.id)?;
        if let Some((way, Some(next))) = past.as_ref().map(|past| (past.way, past.next.clone())) {
            return Ok(Some((way, next)));
        }
        if let Some(url) = &links.prev_archive
            && !self.archive.was_read(feed.id, url, self.now)?
        {
            return Ok(Some((Way::Archive, url.clone())));
        }
        if past.is_some() {
            return Ok(None);
        }
        if let Some(url) = &links.next {
            return Ok(Some((Way::Next, url.clone())));
        }
        // WordPress, or what does not say what it is: that is asked once.
        let unknown = feed.last_success.is_some() && links.generator.is_none();
        Ok(links
            .location
            .as_ref()
            .filter(|_| unknown || is_wordpress(links))
            .map(|url| (Way::Paged, paged(url, 2))))
    }

    /// Asks for a page, with what a person gave for the feed where it is the feed's own server.
    async fn page(&self, walk: &Walk, way: Way, url: &Url) -> Result<Page, Unread> {
        let fetched = self
            .fetcher
            .fetch_page(&walk.feed.source, url, self.now)
            .await;
        if fetched.held_back.is_some() {
            let refusal = fetched.answer.err();
            return Err(Unread::HeldBack(
                refusal.and_then(|refusal| refusal.retry_at),
            ));
        }
        let document = match fetched.answer?.body {
            Body::Documents { documents, .. } => documents.into_iter().next(),
            Body::Unchanged => None,
        };
        let document =
            document.ok_or_else(|| Failure::new(FailureKind::NotAFeed, "the answer is empty"))?;
        let (this, feed, url) = (self.clone(), walk.feed.clone(), url.clone());
        let read = spawn_blocking(move || this.read_page(&feed, way, &url, &document));
        let page = read.await.unwrap_or_else(|_| {
            Err(Failure::new(
                FailureKind::Parse,
                "hallway stumbled over what it sent",
            ))
        });
        drop(fetched.slot);
        Ok(page?)
    }

    fn read_page(
        &self,
        feed: &Subscription,
        way: Way,
        url: &Url,
        document: &Document,
    ) -> Result<Page, Failure> {
        let (mut read, pages, guids, _) = self.past_entries(feed, document)?;
        let next = match way {
            Way::Archive => pages.prev_archive,
            Way::Next => pages.next,
            Way::Paged => Some(paged(url, page_number(url).saturating_add(1)).into()),
        };
        let next = next.and_then(|next| Url::parse(&next).ok());
        read.step = Some(Step {
            way,
            url: url.clone(),
            next: next.clone(),
        });
        Ok(Page { read, guids, next })
    }

    /// The entries of an old document that are not known, the links and all guids of it.
    fn past_entries(
        &self,
        feed: &Subscription,
        document: &Document,
    ) -> Result<
        (
            PageRead,
            crate::model::PageLinks,
            Vec<String>,
            Option<Failure>,
        ),
        Failure,
    > {
        let raw = parse::read_feed(document)?;
        let too_many = bounds::too_many_entries(&raw);
        let location = document.location.clone().or_else(|| feed.source.location());
        let safe = clean::feed(&raw, location.as_ref());
        let guids: Vec<String> = raw.entries.iter().map(|entry| entry.guid.clone()).collect();
        let asked: Vec<&str> = guids.iter().map(String::as_str).collect();
        let of_archive = |error: ArchiveError| Failure::new(FailureKind::File, error.to_string());
        let mut known = self.archive.known(feed.id, &asked).map_err(of_archive)?;
        let make = |entry| safe_entry(entry, &safe, location.as_ref());
        let republished = self.republished(feed, &raw.entries, &known, false, make);
        known.extend(republished.map_err(of_archive)?.found);
        // An old document never overwrites what the feed said later.
        let entries = raw
            .entries
            .into_iter()
            .filter(|entry| !known.contains_key(&entry.guid))
            .map(make)
            .collect();
        let read = PageRead {
            feed: feed.id,
            step: None,
            entries,
            at: self.now,
        };
        Ok((read, safe.pages, guids, too_many))
    }

    /// Records a page; answers where to go on.
    fn take_page(&self, walk: &mut Walk, mut page: Page) -> Result<Option<Url>, ArchiveError> {
        let Some(step) = &mut page.read.step else {
            return Ok(None);
        };
        let fresh = page
            .guids
            .into_iter()
            .filter(|guid| walk.guids.insert(guid.clone()))
            .count();
        let is_probe = step.way == Way::Paged && !is_wordpress(&walk.links);
        // Servers that know no such page answer with another one, for ever.
        let is_end = match step.way {
            Way::Archive => false,
            Way::Next => fresh == 0,
            Way::Paged => fresh == 0 || (is_probe && page.read.entries.is_empty()),
        };
        if is_end {
            page.next = None;
            step.next = None;
        }
        walk.pages.insert(step.url.clone());
        walk.new += self.archive.record_page(&page.read)?;
        Ok(page.next)
    }

    /// Puts the entries of an old document into a subscription, as read from its past. Answers how many
    /// were new and how many there are.
    pub(crate) fn import_entries(
        &self,
        feed: &Subscription,
        document: &Document,
    ) -> Result<(usize, usize), Failure> {
        let (page, _, guids, too_many) = self.past_entries(feed, document)?;
        let new = self
            .archive
            .record_page(&page)
            .map_err(|error| Failure::new(FailureKind::File, error.to_string()))?;
        match too_many {
            Some(failure) => Err(failure.with_hint("divide the document and import its parts")),
            None => Ok((new, guids.len())),
        }
    }
}

impl Walk {
    fn of(feed: Subscription, links: PastLinks) -> Self {
        Self {
            feed,
            links,
            pages: HashSet::new(),
            guids: HashSet::new(),
            new: 0,
        }
    }

    fn report(self, end: End) -> HistoryReport {
        HistoryReport {
            feed: self.feed,
            pages: self.pages.len(),
            new: self.new,
            end,
        }
    }

    /// A feed may name any URL; only the site it is on is asked.
    fn may_ask(&self, url: &Url) -> bool {
        let own = self.feed.source.location();
        own.iter()
            .chain(&self.links.location)
            .any(|own| same_site(own, url))
    }
}

fn same_site(own: &Url, other: &Url) -> bool {
    if !matches!(other.scheme(), "http" | "https") || own.port() != other.port() {
        return false;
    }
    match (own.host(), other.host()) {
        (Some(Host::Domain(own)), Some(Host::Domain(other))) => {
            let site = |name: &str| {
                let labels: Vec<&str> = name.rsplit('.').take(2).collect();
                labels.join(".").to_ascii_lowercase()
            };
            own == other || (own.contains('.') && site(own) == site(other))
        }
        (own, other) => own == other,
    }
}

fn is_wordpress(links: &PastLinks) -> bool {
    links
        .generator
        .as_ref()
        .is_some_and(|generator| generator.to_ascii_lowercase().contains("wordpress"))
}

fn paged(url: &Url, number: u32) -> Url {
    let mut page = url.clone();
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "paged")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    page.query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("paged", &number.to_string());
    page
}

fn page_number(url: &Url) -> u32 {
    url.query_pairs()
        .find(|(name, _)| name == "paged")
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(1)
}

/// Whether a failure is how a chain of pages ends.
fn is_end(way: Way, failure: &Failure) -> bool {
    match way {
        // Beyond its last page WordPress answers 404; what is no WordPress answers as it likes.
        Way::Paged => {
            matches!(
                failure.kind,
                FailureKind::Gone | FailureKind::NotAFeed | FailureKind::Parse
            ) || matches!(failure.http_status, Some(400 | 403..=406))
        }
        Way::Archive | Way::Next => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn pages_are_numbered_beside_what_the_query_says() {
        let feed = url("https://blog.example/?feed=rss2&a=%20");
        let second = paged(&feed, 2);
        assert_eq!(
            second.as_str(),
            "https://blog.example/?feed=rss2&a=+&paged=2"
        );
        assert_eq!(page_number(&second), 2);
        assert_eq!(
            paged(&second, 3).as_str(),
            "https://blog.example/?feed=rss2&a=+&paged=3"
        );
        assert_eq!(page_number(&feed), 1);
    }

    #[test]
    fn a_feed_sends_nobody_to_other_sites() {
        let feed = url("https://www.blog.example/feed");
        for (other, allowed) in [
            ("http://blog.example/old", true),
            ("https://archive.blog.example/old", true),
            ("https://other.example/old", false),
            ("https://blog.example:8443/old", false),
            ("http://127.0.0.1/old", false),
        ] {
            assert_eq!(same_site(&feed, &url(other)), allowed, "{other}");
        }
        assert!(!same_site(
            &url("http://127.0.0.1:1/"),
            &url("http://127.0.0.1:2/")
        ));
        assert!(!same_site(
            &url("http://localhost/"),
            &url("http://intranet/")
        ));
    }
}
