//! Reads an answer's body within the limits.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tokio::time::{Instant, timeout};

use super::failure;
use super::http::as_chars;
use crate::source::{Document, Failure, FailureKind};

pub(super) struct Limits {
    /// Of the decoded body, in bytes.
    pub(super) max_size: u64,
    /// The longest silence.
    pub(super) stall: Duration,
    /// In bytes a second, over each `speed_window`.
    pub(super) min_speed: u64,
    pub(super) speed_window: Duration,
}

/// Memory that is taken on a server's word, in bytes.
const BELIEVED: u64 = 512 << 10;

/// How much came since when: a server that sends a byte now and then is never silent.
struct Pace {
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn start() -> Self {
        Self {
            since: Instant::now(),
            bytes: 0,
        }
    }

    /// Whether the window that ends with these bytes is fast enough.
    fn keeps_up(&mut self, bytes: usize, limits: &Limits) -> bool {
        self.bytes += bytes as u64;
        let elapsed = self.since.elapsed();
        if elapsed < limits.speed_window {
            return true;
        }
        let least = u128::from(limits.min_speed) * elapsed.as_millis() / 1000;
        let keeps_up = u128::from(self.bytes) >= least;
        *self = Self::start();
        keeps_up
    }
}

/// To its end, decoded, and never past the limit. The document is without a location.
pub(super) async fn read(mut response: Response, limits: &Limits) -> Result<Document, Failure> {
    let status = response.status();
    let too_large = || Failure {
        http_status: Some(status.as_u16()),
        ..failure::too_large(limits.max_size)
    };
    if response
        .content_length()
        .is_some_and(|length| length > limits.max_size)
    {
        return Err(too_large());
    }
    let content_type = response.headers().get(CONTENT_TYPE).map(as_chars);
    // Codings that are undone have taken their label with them.
    let coded = response.headers().contains_key(CONTENT_ENCODING);
    // What a server says of the length is believed as far as it costs little.
    let length = response.content_length().unwrap_or_default();
    let mut bytes = Vec::with_capacity(length.min(BELIEVED) as usize);
    let mut pace = Pace::start();
    loop {
        let chunk = match timeout(limits.stall, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => {
                return Err(with_part(
                    failure::of_reading(&error, status),
                    content_type,
                    bytes,
                ));
            }
            Err(_) => {
                return Err(with_part(
                    failure::stalled(limits.stall, status),
                    content_type,
                    bytes,
                ));
            }
        };
        if (bytes.len() + chunk.len()) as u64 > limits.max_size {
            return Err(too_large());
        }
        if !pace.keeps_up(chunk.len(), limits) {
            return Err(failure::too_slow(
                limits.min_speed,
                limits.speed_window,
                status,
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    // `Content-Encoding: utf-8` and the like on a plain feed are a common slip, so the bytes
    // decide whether there is a coding.
    if coded && !is_plain(&bytes) {
        let message = "the body has a content coding that was not asked for".to_owned();
        return Err(failure::of_body(FailureKind::Truncated, message, status));
    }
    // It may wait for a core for a while, and a list that grew holds up to twice what it needs.
    bytes.shrink_to_fit();
    Ok(Document {
        content_type,
        ..Document::from_bytes(bytes)
    })
}

/// With what came before the body broke off.
fn with_part(failure: Failure, content_type: Option<String>, bytes: Vec<u8>) -> Failure {
    let part = (!bytes.is_empty()).then(|| {
        Box::new(Document {
            content_type,
            ..Document::from_bytes(bytes)
        })
    });
    Failure { part, ..failure }
}

/// Whether bytes begin as XML, HTML or JSON do; what is compressed does not.
fn is_plain(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(text.trim_ascii_start().first(), None | Some(b'<' | b'{'))
}
