//! The poll over HTTP: one conditional GET, its redirects followed by hand, its body read within the
//! limits.
//!
//! What a poll must not do: send a Referer or a cookie, carry credentials to another host, tidy a
//! validator, try again by itself, or believe that a body ends before the server says so.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{
    ACCEPT, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION, USER_AGENT,
};
use reqwest::{RequestBuilder, Response};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::body::{self, Limits};
use super::clients::Clients;
use super::exchange;
use super::own::FeedSettings;
use super::redirect::{self, Hops};
use super::schedule::{Schedule, Slot, Turn};
use super::{Fetched, HeldBack, KeepRaw, Settings, failure, times};
use crate::source::{
    Answer, Body, Document, Failure, FailureKind, Source, Validators, without_credentials,
};

/// Feeds first; then the generic types that feeds are served under; a web page is better than
/// nothing, since it may name its feed.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, \
    text/html;q=0.5, */*;q=0.4";

/// RFC 3229: the ways of telling only what is new that a client knows, and the one the server took.
const A_IM: HeaderName = HeaderName::from_static("a-im");
const IM: HeaderName = HeaderName::from_static("im");

/// Servers refuse requests with much larger headers: a validator beyond this would shut the feed out
/// from the next poll on.
const LONGEST_VALIDATOR: usize = 4096;

/// So long a request may hold its job in silence; then others use it until the answer begins. A handful
/// of hosts that never answer would else occupy all jobs.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks web servers.
#[derive(Debug)]
pub(super) struct Http {
    clients: Clients,
    schedule: Schedule,
    settings: Settings,
    user_agent: String,
    default: FeedSettings,
}

/// One feed being asked: what holds for it, and how much of its time is left.
struct Asking<'a> {
    own: &'a FeedSettings,
    validators: &'a Validators,
    now: DateTime<Utc>,
    total: Duration,
    left: Duration,
}

/// What one hop came to.
enum Step {
    /// To the URL that [`Hops`] now stands at.
    Redirected,
    /// Everything of the answer but `moved_to`.
    Answered(Box<Answer>),
}

impl Http {
    pub(super) fn new(settings: Settings, schedule: Schedule) -> Self {
        Self {
            clients: Clients::new(settings.clone()),
            user_agent: settings.user_agent(),
            schedule,
            settings,
            default: FeedSettings::default(),
        }
    }

    /// Asks `first`, a feed's own URL or a page of it, and wherever it leads, once.
    pub(super) async fn fetch(
        &self,
        feed: &Url,
        first: &Url,
        validators: &Validators,
        now: DateTime<Utc>,
    ) -> Fetched {
        let own = self.settings.feeds.get(feed).unwrap_or(&self.default);
        let total = own.total_timeout.unwrap_or(self.settings.total_timeout);
        let mut asking = Asking {
            own,
            validators,
            now,
            total,
            left: total,
        };
        let mut hops = Hops::from(feed, first);
        let mut server = server_of(hops.here());
        let mut turn = self.schedule.turn(&server).await;
        let answer = loop {
            if let Some(refusal) = self.schedule.refusal(&server, now) {
                return Fetched {
                    answer: Err(refusal),
                    slot: turn.job,
                    held_back: match hops.led_away() {
                        true => Some(HeldBack::OnTheWay),
                        false => Some(HeldBack::Unasked),
                    },
                };
            }
            match self.hop(&mut hops, &mut asking, &mut turn).await {
                Err(failure) => {
                    if failure.http_status == Some(429) {
                        let others = failure::held_back(failure.retry_at);
                        self.schedule.refuse(&server, others, now);
                    }
                    // A redirect that cannot be followed is the fault of who answered with it.
                    let is_redirect = failure.kind == FailureKind::Redirect;
                    break Err(match hops.led_away() {
                        true if !is_redirect => failure.redirected_to(hops.here()),
                        _ => failure,
                    });
                }
                Ok(Step::Answered(mut answer)) => {
                    answer.moved_to = hops.moved_to();
                    break Ok(*answer);
                }
                Ok(Step::Redirected) => {
                    let next = server_of(hops.here());
                    if next == server {
                        turn.again().await;
                    } else {
                        // The host a chain ends at is owed the same politeness; waiting for it holds
                        // neither the job nor the first host.
                        drop(turn);
                        turn = self.schedule.turn(&next).await;
                        server = next;
                    }
                }
            }
        };
        Fetched {
            answer,
            slot: turn.job,
            held_back: None,
        }
    }

    /// One request and its answer, body included.
    ///
    /// The validators go with every hop, as in other feed readers: they belong to the document at the
    /// end of the chain, and a feed behind a temporary redirect would else be sent whole each time.
    async fn hop(
        &self,
        hops: &mut Hops,
        asking: &mut Asking<'_>,
        turn: &mut Turn,
    ) -> Result<Step, Failure> {
        self.clients.permit(hops.here()).await?;
        let condition = condition(asking.validators);
        let conditional = !condition.is_empty();
        let request = self.request(hops, asking.own)?.headers(condition);
        let sent = self.head_of(&request, asking.own);
        let began = Instant::now();
        let asked = timeout(asking.left, self.ask(request, &mut turn.job)).await;
        asking.left = asking.left.saturating_sub(began.elapsed());
        let response = asked.map_err(|_| failure::took_too_long(asking.total))??;
        if turn.job.is_lent() {
            turn.job = self.schedule.job().await;
        }
        let (status, headers) = (response.status(), response.headers());
        if redirect::is_redirect(status) {
            let location = headers.get(LOCATION).map(HeaderValue::as_bytes);
            hops.follow(status, location)?;
            return Ok(Step::Redirected);
        }
        let validators = Validators {
            etag: validator(headers, &ETAG),
            last_modified: validator(headers, &LAST_MODIFIED),
        };
        let fresh_until = times::fresh_until(headers, asking.now);
        let unasked = |what: &str| {
            let message = format!("the server answered {what}");
            Err(failure::of_body(FailureKind::HttpServer, message, status))
        };
        let body = match status.as_u16() {
            304 if conditional => Body::Unchanged,
            304 => return unasked("304 to a request without a condition"),
            226 if asking.validators.etag.is_none() => return unasked("226 to a request for all"),
            226 if !is_of_entries(headers) => {
                return unasked("with a delta that was not asked for");
            }
            // A 226 holds whole entries, only not all: what it leaves out is kept as anything is that a
            // feed no longer shows.
            200 | 203 | 226 => Body::Documents {
                documents: vec![self.document(response, hops.here(), asking, sent).await?],
                unreadable: Vec::new(),
            },
            _ => {
                let logged_in = asking.own.login.is_some()
                    || asking.own.has_key()
                    || !hops.here().username().is_empty();
                return Err(failure::of_status(status, headers, logged_in, asking.now));
            }
        };
        Ok(Step::Answered(Box::new(Answer {
            http_status: Some(status.as_u16()),
            moved_to: None,
            validators,
            fresh_until,
            body,
        })))
    }

    /// The request for where the hops stand. What a person gave for the feed's own server goes nowhere
    /// else.
    fn request(&self, hops: &Hops, own: &FeedSettings) -> Result<RequestBuilder, Failure> {
        let client = self.clients.of(hops.here(), own.http1_only)?;
        let user_agent = own.user_agent.as_ref().unwrap_or(&self.user_agent);
        let login = own.login()?.filter(|_| hops.is_home());
        let has_key = own.has_key() && hops.is_home();
        let url = match login.is_some() || has_key {
            true => without_credentials(hops.here()),
            false => hops.here().clone(),
        };
        let mut request = client
            .get(url)
            .header(ACCEPT, ACCEPTED)
            .header(USER_AGENT, user_agent);
        if let Some(login) = login.filter(|_| !has_key) {
            request = request.basic_auth(&login.user, Some(login.password.reveal()));
        }
        if hops.is_home() {
            request = request.headers(own.headers());
        }
        Ok(request)
    }

    /// The request's head, where raw answers are kept.
    fn head_of(&self, request: &RequestBuilder, own: &FeedSettings) -> Option<String> {
        if self.settings.raw == KeepRaw::Off {
            return None;
        }
        let request = request.try_clone()?.build().ok()?;
        Some(exchange::request_head(&request, own))
    }

    /// Sends the request and waits for the head of the answer; lends `job` while nothing comes.
    async fn ask(&self, request: RequestBuilder, job: &mut Slot) -> Result<Response, Failure> {
        // Connecting has its own limit; silence counts from then on.
        let silence = self
            .settings
            .connect_timeout
            .saturating_add(self.settings.stall_timeout);
        let answer = timeout(silence, request.send());
        tokio::pin!(answer);
        let answered = tokio::select! {
            answered = &mut answer => answered,
            () = sleep(PATIENCE) => {
                job.lend();
                answer.await
            }
        };
        match answered {
            Ok(answered) => {
                answered.map_err(|error| failure::of_asking(&error, self.settings.connect_timeout))
            }
            Err(_) => Err(failure::no_answer(self.settings.stall_timeout)),
        }
    }

    async fn document(
        &self,
        response: Response,
        url: &Url,
        asking: &mut Asking<'_>,
        sent: Option<String>,
    ) -> Result<Document, Failure> {
        let alone = self.settings.raw == KeepRaw::Latest;
        let exchange = sent.map(|sent| exchange::exchange(sent, &response, url, alone));
        let limits = Limits {
            max_size: asking.own.max_size.unwrap_or(self.settings.max_size),
            stall: self.settings.stall_timeout,
            min_speed: self.settings.min_speed,
            speed_window: self.settings.speed_window,
        };
        let began = Instant::now();
        let read = timeout(asking.left, body::read(response, &limits)).await;
        asking.left = asking.left.saturating_sub(began.elapsed());
        let read = read.map_err(|_| failure::took_too_long(asking.total))?;
        let mut document = read.map_err(|mut failure| {
            if let Some(part) = &mut failure.part {
                part.location = Some(without_credentials(url));
            }
            failure
        })?;
        document.location = Some(without_credentials(url));
        document.exchange = exchange.map(Box::new);
        Ok(document)
    }
}

/// What politeness counts by, and what a 429 speaks for.
fn server_of(url: &Url) -> String {
    Source::Http(url.clone()).server().unwrap_or_default()
}

/// Whether a 226 tells of whole entries (`IM: feed`, RFC 3229's registry), perhaps with a content coding
/// named beside it; some say nothing.
fn is_of_entries(headers: &HeaderMap) -> bool {
    const KNOWN: [&str; 5] = ["feed", "gzip", "deflate", "br", "zstd"];
    let names = headers
        .get_all(IM)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    names
        .map(|name| name.split(';').next().unwrap_or_default().trim())
        .all(|name| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The request headers that make it a conditional one: exactly what the server gave, and nothing for
/// what it did not give.
fn condition(validators: &Validators) -> HeaderMap {
    let fields = [
        (IF_NONE_MATCH, &validators.etag),
        (IF_MODIFIED_SINCE, &validators.last_modified),
    ];
    let mut condition: HeaderMap = fields
        .into_iter()
        .filter_map(|(name, value)| {
            let bytes: Option<Vec<u8>> = value
                .as_ref()?
                .chars()
                .map(|c| u8::try_from(c).ok())
                .collect();
            Some((name, HeaderValue::from_bytes(&bytes?).ok()?))
        })
        .collect();
    // RFC 3229, 10.5.3: what a delta is to be counted from is the entity tag.
    if condition.contains_key(IF_NONE_MATCH) {
        condition.insert(A_IM, HeaderValue::from_static("feed"));
    }
    condition
}

/// A validator as it came. `None`: not sent, empty, or absurdly long.
fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    (1..=LONGEST_VALIDATOR)
        .contains(&value.len())
        .then(|| as_chars(value))
}

/// Each byte as a `char` below U+0100, so that nothing is lost and nothing fails.
pub(super) fn as_chars(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}
