//! Puts what went wrong into words: the network's errors, a server's refusals, the limits.
//!
//! No message here quotes a server's own text or a URL: the one is untrusted, the other may hold a
//! password.

use std::error::Error;
use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use rustls::{AlertDescription, CertificateError};

use super::private::{self, PrivateName};
use super::times;
use crate::source::{Failure, FailureKind};

/// An answer that is no document. `logged_in`: a login or a key went with the request.
pub(super) fn of_status(
    status: StatusCode,
    headers: &HeaderMap,
    logged_in: bool,
    now: DateTime<Utc>,
) -> Failure {
    let kind = match status.as_u16() {
        410 => FailureKind::Gone,
        400..=499 => FailureKind::HttpClient,
        _ => FailureKind::HttpServer,
    };
    // The canonical phrase: the server's own may hold anything.
    let message = match status.canonical_reason() {
        Some(reason) => format!("the server answered {} {reason}", status.as_u16()),
        None => format!("the server answered {}", status.as_u16()),
    };
    let hint = match status.as_u16() {
        401 if logged_in => Some("its login was refused: check the user and the password"),
        401 => Some(
            "it wants a login: https://USER:PASSWORD@HOST/… is understood, or `auth` under [[feed]] in \
             hallway.toml",
        ),
        403 => Some(
            "some servers turn programs away: `user_agent` under [[feed]] in hallway.toml may help",
        ),
        404 => Some("check the URL; the blog's page may name a new one"),
        410 => Some("the publisher took the feed down; its entries stay in the archive"),
        _ => None,
    };
    Failure {
        kind,
        message,
        hint: hint.map(str::to_owned),
        http_status: Some(status.as_u16()),
        retry_at: times::retry_at(headers, now),
        led_to: None,
        lacks_network: false,
        part: None,
    }
}

/// What asking came to before there was an answer.
pub(super) fn of_asking(error: &reqwest::Error, connect_timeout: Duration) -> Failure {
    if says(error, "message head is too large") {
        return Failure::new(
            FailureKind::TooLarge,
            "its headers are too many or too large",
        )
        .with_hint("no setting helps: tell the publisher");
    }
    if error.is_builder() {
        return Failure::new(FailureKind::Connect, "the URL cannot be asked for");
    }
    if error.is_timeout() && error.is_connect() {
        let message = format!("no connection within {}", spoken_time(connect_timeout));
        return Failure::new(FailureKind::Timeout, message)
            .with_hint("`[fetch] connect_timeout` in hallway.toml sets the limit")
            .of_network();
    }
    if error.is_timeout() {
        return Failure::new(FailureKind::Timeout, "the server did not answer in time");
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(tls);
    }
    if find::<PrivateName>(error).is_some() {
        return private::refused();
    }
    if error.is_dns() {
        return Failure::new(FailureKind::Dns, "the host name was not found")
            .with_hint("check its spelling, and that this machine is online")
            .of_network();
    }
    if error.is_connect() {
        return match find::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Failure::new(
                FailureKind::Connect,
                "the connection was refused",
            )
            .with_hint(
                "nothing listens at that host and port; check both, and the proxy if there is one",
            ),
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
                Failure::new(FailureKind::Connect, "the host cannot be reached").of_network()
            }
            _ => Failure::new(FailureKind::Connect, "no connection could be made").of_network(),
        };
    }
    Failure::new(
        FailureKind::Truncated,
        "the server broke off, or what it answered is not HTTP",
    )
}

/// Whether an error in the chain has these words. The HTTP library gives its clients no other way to tell.
fn says(error: &(dyn Error + 'static), words: &str) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.to_string() == words {
            return true;
        }
        next = error.source();
    }
    false
}

fn of_tls(error: &rustls::Error) -> Failure {
    let message = match error {
        rustls::Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet; is the clock right?"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for another host name"
            }
            CertificateError::UnknownIssuer => {
                "the server's certificate is not signed by an authority this machine knows"
            }
            CertificateError::Revoked => "the server's certificate has been revoked",
            _ => "the server's certificate is not valid",
        },
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS at that port",
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server does not know that host name"
        }
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_) => {
            "no TLS version or cipher suits both sides"
        }
        _ => "the TLS handshake failed",
    };
    let failure = Failure::new(FailureKind::Tls, message);
    match error {
        rustls::Error::InvalidMessage(_) => failure.with_hint("an http:// URL may be meant"),
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => failure.with_hint(
            "where that is meant, install its authority's certificate or name it in SSL_CERT_FILE",
        ),
        rustls::Error::InvalidCertificate(_) => {
            failure.with_hint("only the publisher can mend it; nothing is asked for meanwhile")
        }
        _ => failure,
    }
}

/// A body that broke in the middle or could not be decoded.
pub(super) fn of_reading(error: &reqwest::Error, status: StatusCode) -> Failure {
    if error.is_timeout() {
        return of_body(
            FailureKind::Timeout,
            "the server stopped sending".to_owned(),
            status,
        );
    }
    let message = "the body was cut short, or its content coding is damaged".to_owned();
    of_body(FailureKind::Truncated, message, status)
}

/// A failure in the body of an answer whose head was in order.
pub(super) fn of_body(kind: FailureKind, message: String, status: StatusCode) -> Failure {
    Failure {
        http_status: Some(status.as_u16()),
        ..Failure::new(kind, message)
    }
}

/// A document over the limit, from the network or from disk.
pub(super) fn too_large(max_size: u64) -> Failure {
    Failure::new(
        FailureKind::TooLarge,
        format!("is larger than {}", spoken_size(max_size)),
    )
    .with_hint(
        "`max_size` in hallway.toml sets the limit: under [fetch], or for one feed under [[feed]]",
    )
}

/// What the other feeds of a host that answered 429 get instead of a request.
pub(super) fn held_back(retry_at: Option<DateTime<Utc>>) -> Failure {
    Failure {
        retry_at,
        ..Failure::new(
            FailureKind::HttpClient,
            "not asked: its server answered another feed with 429 Too Many Requests",
        )
    }
}

/// No sign of life before the answer.
pub(super) fn no_answer(limit: Duration) -> Failure {
    let message = format!("the server did not answer within {}", spoken_time(limit));
    Failure::new(FailureKind::Timeout, message)
        .with_hint("`[fetch] answer_timeout` in hallway.toml sets the limit")
}

/// Everything together took too long.
pub(super) fn took_too_long(limit: Duration) -> Failure {
    let message = format!("took longer than {}", spoken_time(limit));
    Failure::new(FailureKind::Timeout, message).with_hint(
        "`timeout` in hallway.toml sets the limit: under [fetch], or for one feed under [[feed]]",
    )
}

/// The answer began, and then nothing came.
pub(super) fn stalled(limit: Duration, status: StatusCode) -> Failure {
    let message = format!("the server stopped sending for {}", spoken_time(limit));
    of_body(FailureKind::Timeout, message, status)
        .with_hint("`[fetch] answer_timeout` in hallway.toml sets the limit")
}

/// The body trickles.
pub(super) fn too_slow(least: u64, window: Duration, status: StatusCode) -> Failure {
    let message = format!(
        "the server sent less than {} a second for {}",
        spoken_size(least),
        spoken_time(window)
    );
    of_body(FailureKind::Timeout, message, status)
        .with_hint("`[fetch] min_speed` in hallway.toml sets the limit")
}

/// `20 seconds`, `1 second`, `250 milliseconds`.
pub(super) fn spoken_time(time: Duration) -> String {
    let (count, unit) = if time.subsec_millis() == 0 {
        (u128::from(time.as_secs()), "second")
    } else {
        (time.as_millis(), "millisecond")
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// In the largest unit that divides it: `32 MiB`, `1000 bytes`.
fn spoken_size(bytes: u64) -> String {
    for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

/// The first error of type `E` in the chain. An `io::Error` hides what it wraps from `source`, so it
/// is opened as well.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            // An io::Error around another one is the wrapping, not the cause.
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            return inner.and_then(|inner| find::<E>(inner)).or(Some(found));
        }
        next = match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
