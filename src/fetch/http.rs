//! The poll over HTTP: one conditional GET, its redirects followed by hand, its body read within the
//! limits.
//!
//! What a poll must not do: send a Referer or a cookie, carry credentials to another host, tidy a
//! validator, try again by itself, or believe that a body ends before the server says so.

use chrono::{DateTime, Utc};
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Client, Response, StatusCode};
use tokio::time::{Instant, timeout};
use url::{Host, Url};

use super::redirect::{self, Hops};
use super::schedule::Schedule;
use super::{Fetched, Settings, failure, times};
use crate::source::{Answer, Body, Document, Failure, FailureKind, Validators};

/// Feeds first; then the generic types that feeds are served under; a web page is better than
/// nothing, since it may name its feed.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, \
    text/html;q=0.5, */*;q=0.4";

/// Servers refuse requests with much larger headers: a validator beyond this would shut the feed out
/// from the next poll on.
const LONGEST_VALIDATOR: usize = 4096;

/// Asks web servers.
#[derive(Debug)]
pub(super) struct Http {
    /// Through the system's proxies, where there are any (`https_proxy`, `no_proxy`).
    client: Client,
    /// For this machine's own addresses, which a proxy elsewhere cannot reach.
    direct: Client,
    schedule: Schedule,
    settings: Settings,
}

/// What one hop came to.
enum Step {
    /// To the URL that [`Hops`] now stands at.
    Redirected,
    /// Everything of the answer but `moved_to`.
    Answered(Box<Answer>),
}

impl Http {
    pub(super) fn new(settings: Settings, schedule: Schedule) -> Result<Self, Failure> {
        // An error means that it is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .user_agent(settings.user_agent())
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(settings.connect_timeout)
                .pool_max_idle_per_host(settings.per_host.max(1))
        };
        let failed = |_| Failure::new(FailureKind::Tls, "the system's certificates cannot be read");
        Ok(Self {
            client: builder().build().map_err(failed)?,
            direct: builder().no_proxy().build().map_err(failed)?,
            schedule,
            settings,
        })
    }

    /// Asks `first`, and wherever it leads, once.
    pub(super) async fn fetch(
        &self,
        first: &Url,
        validators: &Validators,
        now: DateTime<Utc>,
    ) -> Fetched {
        let mut hops = Hops::from(first);
        let mut turn = self.schedule.turn(host(hops.here())).await;
        let mut left = self.settings.total_timeout;
        let answer = loop {
            let asked = hops.here().clone();
            let began = Instant::now();
            let step = timeout(left, self.hop(&mut hops, validators, now)).await;
            left = left.saturating_sub(began.elapsed());
            match step {
                Err(_) => break Err(self.took_too_long()),
                Ok(Err(failure)) => break Err(failure),
                Ok(Ok(Step::Answered(mut answer))) => {
                    answer.moved_to = hops.moved_to();
                    break Ok(*answer);
                }
                Ok(Ok(Step::Redirected)) if host(&asked) != host(hops.here()) => {
                    // The host a chain ends at is owed the same politeness; waiting for it holds
                    // neither the job nor the first host.
                    drop(turn);
                    turn = self.schedule.turn(host(hops.here())).await;
                }
                Ok(Ok(Step::Redirected)) => {}
            }
        };
        Fetched {
            answer,
            slot: turn.job,
        }
    }

    /// One request and its answer, body included.
    ///
    /// The validators go with every hop, as in other feed readers: they belong to the document at the
    /// end of the chain, and a feed behind a temporary redirect would else be sent whole each time.
    async fn hop(
        &self,
        hops: &mut Hops,
        validators: &Validators,
        now: DateTime<Utc>,
    ) -> Result<Step, Failure> {
        let condition = condition(validators);
        let conditional = !condition.is_empty();
        let response = self.ask(hops.here(), condition).await?;
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
        let fresh_until = times::fresh_until(headers, now);
        let body = match status.as_u16() {
            304 if conditional => Body::Unchanged,
            304 => {
                let message = "the server answered 304 to a request without a condition";
                let kind = FailureKind::HttpServer;
                return Err(failure::of_body(kind, message.to_owned(), status));
            }
            200 | 203 => Body::Documents {
                documents: vec![self.read(response, hops.here()).await?],
                unreadable: Vec::new(),
            },
            _ => return Err(failure::of_status(status, headers, now)),
        };
        Ok(Step::Answered(Box::new(Answer {
            http_status: Some(status.as_u16()),
            moved_to: None,
            validators,
            fresh_until,
            body,
        })))
    }

    /// Sends the request and waits for the head of the answer.
    async fn ask(&self, url: &Url, condition: HeaderMap) -> Result<Response, Failure> {
        let client = if is_loopback(url) {
            &self.direct
        } else {
            &self.client
        };
        let request = client
            .get(url.clone())
            .header(ACCEPT, ACCEPTED)
            .headers(condition);
        // Connecting has its own limit; silence counts from then on.
        let silence = self
            .settings
            .connect_timeout
            .saturating_add(self.settings.stall_timeout);
        match timeout(silence, request.send()).await {
            Ok(answered) => {
                answered.map_err(|error| failure::of_asking(&error, self.settings.connect_timeout))
            }
            Err(_) => Err(Failure::new(
                FailureKind::Timeout,
                format!(
                    "the server did not answer within {}",
                    failure::spoken_time(self.settings.stall_timeout)
                ),
            )),
        }
    }

    /// Reads the body to its end, decoded, and never past the limit.
    async fn read(&self, mut response: Response, url: &Url) -> Result<Document, Failure> {
        let status = response.status();
        let too_large = || Failure {
            http_status: Some(status.as_u16()),
            ..failure::too_large(self.settings.max_size)
        };
        if response
            .content_length()
            .is_some_and(|length| length > self.settings.max_size)
        {
            return Err(too_large());
        }
        let content_type = response.headers().get(CONTENT_TYPE).map(as_chars);
        // Codings that are undone have taken their label with them.
        let coded = response.headers().contains_key(CONTENT_ENCODING);
        let mut bytes = Vec::new();
        loop {
            let chunk = match timeout(self.settings.stall_timeout, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(failure::of_reading(&error, status)),
                Err(_) => return Err(self.stalled(status)),
            };
            if (bytes.len() + chunk.len()) as u64 > self.settings.max_size {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        // `Content-Encoding: utf-8` and the like on a plain feed are a common slip, so the bytes
        // decide whether there is a coding.
        if coded && !is_plain(&bytes) {
            let message = "the body has a content coding that was not asked for".to_owned();
            return Err(failure::of_body(FailureKind::Truncated, message, status));
        }
        Ok(Document {
            location: Some(without_credentials(url)),
            content_type,
            ..Document::from_bytes(bytes)
        })
    }

    fn stalled(&self, status: StatusCode) -> Failure {
        let silence = failure::spoken_time(self.settings.stall_timeout);
        let message = format!("the server stopped sending for {silence}");
        failure::of_body(FailureKind::Timeout, message, status)
    }

    fn took_too_long(&self) -> Failure {
        let limit = failure::spoken_time(self.settings.total_timeout);
        let message = format!("took longer than {limit}");
        Failure::new(FailureKind::Timeout, message)
    }
}

/// The request headers that make it a conditional one: exactly what the server gave, and nothing for
/// what it did not give.
fn condition(validators: &Validators) -> HeaderMap {
    let fields = [
        (IF_NONE_MATCH, &validators.etag),
        (IF_MODIFIED_SINCE, &validators.last_modified),
    ];
    fields
        .into_iter()
        .filter_map(|(name, value)| {
            let bytes: Option<Vec<u8>> = value
                .as_ref()?
                .chars()
                .map(|c| u8::try_from(c).ok())
                .collect();
            Some((name, HeaderValue::from_bytes(&bytes?).ok()?))
        })
        .collect()
}

/// A validator as it came. `None`: not sent, empty, or absurdly long.
fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    (1..=LONGEST_VALIDATOR)
        .contains(&value.len())
        .then(|| as_chars(value))
}

/// Each byte as a `char` below U+0100, so that nothing is lost and nothing fails.
fn as_chars(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// Whether bytes begin as XML, HTML or JSON do; what is compressed does not.
fn is_plain(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(text.trim_ascii_start().first(), None | Some(b'<' | b'{'))
}

/// Relative links are resolved against it, and a link in an entry must not carry a password.
fn without_credentials(url: &Url) -> Url {
    let mut shown = url.clone();
    // Neither can fail: the URL has a host.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
