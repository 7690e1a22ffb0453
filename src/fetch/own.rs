//! What a person set for one feed, as it goes over the wire.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::source::{Failure, Secret};

/// What is different for one feed; a `None` leaves what holds for all in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct FeedSettings {
    /// In place of the program's own; goes to every host that the feed leads to.
    pub(crate) user_agent: Option<String>,
    /// To the feed's own host only.
    pub(crate) headers: Vec<(String, Secret)>,
    /// To the feed's own host only. A login that cannot be read fails the feed.
    pub(crate) login: Option<Result<Login, Failure>>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) max_size: Option<u64>,
    /// For servers whose HTTP/2 is broken.
    pub(crate) http1_only: bool,
}

/// A user and a password for HTTP's basic authentication.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: Secret,
}

impl FeedSettings {
    pub(super) fn login(&self) -> Result<Option<&Login>, Failure> {
        self.login
            .as_ref()
            .map(Result::as_ref)
            .transpose()
            .map_err(Clone::clone)
    }

    /// The headers, kept out of what a library may print.
    pub(super) fn headers(&self) -> HeaderMap {
        let headers = self.headers.iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let mut value = HeaderValue::from_bytes(value.reveal().as_bytes()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        headers.collect()
    }

    /// Whether a header of the person's own is what says who asks.
    pub(super) fn has_key(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(AUTHORIZATION.as_str()))
    }
}
