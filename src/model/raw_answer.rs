//! An answer as a server gave it, for those who keep them.

use chrono::{DateTime, Utc};

/// A request and its answer, without what is secret in either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawAnswer {
    /// What was asked for, after redirects, without credentials.
    pub(crate) url: String,
    pub(crate) at: DateTime<Utc>,
    /// `GET /feed HTTP/1.1` and the headers, each line ended by CR LF. Each `char` is a byte.
    pub(crate) request: String,
    /// `HTTP/1.1 200 OK` and the headers, likewise.
    pub(crate) response: String,
    /// Decoded from its transfer and content codings.
    pub(crate) body: Vec<u8>,
    /// It takes the place of the feed's earlier ones.
    pub(crate) alone: bool,
}
