//! `[[feed]]`: what is different for single feeds.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::{duration, size};
use crate::source::{Failure, FailureKind, Secret};

/// Headers that belong to the request itself: another value breaks it, or makes it impolite.
const OWN_HEADERS: &[&str] = &[
    "a-im",
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One `[[feed]]`; a `None` leaves what holds for all feeds in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedConfig {
    /// The feed's address, or the beginning of several with `*` behind it.
    pub(crate) url: String,
    /// Sent as it is.
    #[serde(default)]
    pub(crate) user_agent: Option<HeaderText>,
    /// Sent to the feed's own host only.
    #[serde(default)]
    pub(crate) headers: BTreeMap<HeaderName, SecretText>,
    /// Sent to the feed's own host only.
    #[serde(default)]
    pub(crate) auth: Option<AuthConfig>,
    #[serde(default, deserialize_with = "duration")]
    pub(crate) timeout: Option<Duration>,
    #[serde(default, deserialize_with = "size")]
    pub(crate) max_size: Option<u64>,
    #[serde(default, deserialize_with = "duration")]
    pub(crate) min_interval: Option<Duration>,
    /// `false`: HTTP/1.1 only, for servers whose HTTP/2 is broken.
    #[serde(default)]
    pub(crate) http2: Option<bool>,
}

/// `auth`: a user, and one of the three places a password can come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthConfig {
    pub(crate) user: String,
    #[serde(default)]
    password: Option<SecretText>,
    /// The name of an environment variable.
    #[serde(default)]
    password_env: Option<String>,
    /// A file, whose first line it is; relative to the config's folder.
    #[serde(default)]
    password_file: Option<PathBuf>,
}

impl AuthConfig {
    pub(super) fn is_one_of_three(&self) -> bool {
        let given = [
            self.password.is_some(),
            self.password_env.is_some(),
            self.password_file.is_some(),
        ];
        given.iter().filter(|given| **given).count() == 1
    }

    /// The password, from where the config says. `folder` is the config's own. It fails the feed, not
    /// the run: the others need no password.
    pub(crate) fn password(&self, folder: &Path) -> Result<Secret, Failure> {
        let missing = |what: String| {
            Failure::new(
                FailureKind::File,
                format!("its password cannot be read: {what}"),
            )
            .with_hint("hallway.toml says where it is, in `auth` under [[feed]]")
        };
        if let Some(name) = &self.password_env {
            return std::env::var(name)
                .map(Secret::new)
                .map_err(|_| missing(format!("the environment variable {name} is not set")));
        }
        if let Some(file) = &self.password_file {
            let text = std::fs::read_to_string(folder.join(file))
                .map_err(|error| missing(format!("{}: {error}", file.display())))?;
            return Ok(Secret::new(text.lines().next().unwrap_or_default()));
        }
        let given = self.password.as_ref();
        Ok(given.map_or_else(|| Secret::new(""), |password| password.0.clone()))
    }
}

/// A header's name that a person may set, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HeaderName(pub(crate) String);

impl<'de> Deserialize<'de> for HeaderName {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let name = String::deserialize(input)?.to_ascii_lowercase();
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(de::Error::custom("a header's name has other characters"));
        }
        if OWN_HEADERS.contains(&name.as_str()) {
            return Err(de::Error::custom(format!(
                "the header {name} is not for you to set"
            )));
        }
        Ok(Self(name))
    }
}

/// A header's value that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderText(pub(crate) String);

impl<'de> Deserialize<'de> for HeaderText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        match text.chars().any(|c| c.is_control() || !c.is_ascii()) {
            true => Err(de::Error::custom(
                "a user agent is a line of ASCII characters",
            )),
            false => Ok(Self(text)),
        }
    }
}

/// A string that no message repeats, neither this program's nor the TOML reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretText(pub(crate) Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Hidden;
        impl de::Visitor<'_> for Hidden {
            type Value = SecretText;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretText, E> {
                if text.chars().any(char::is_control) {
                    return Err(E::custom("it is not one line"));
                }
                Ok(SecretText(Secret::new(text)))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretText, E> {
                Err(E::custom("it has to stand in quotes"))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretText, E> {
                Err(E::custom("it has to stand in quotes"))
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<SecretText, E> {
                Err(E::custom("it has to stand in quotes"))
            }
        }
        input.deserialize_any(Hidden)
    }
}
