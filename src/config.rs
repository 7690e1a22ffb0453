//! `hallway.toml`: what a person decides. What the program learned is in the archive.
//!
//! ```toml
//! [fetch]
//! jobs         = 32          # feeds in flight at once
//! timeout      = "60s"       # for one whole answer
//! max_size     = "32 MiB"    # of one answer, unpacked
//! min_interval = "1h"        # between two polls of one feed
//! report_after = "3 days"    # a feed that fails is told of when it has done so for so long
//! contact      = "https://you.example/about"   # told to publishers in the User-Agent
//! private_addresses = "deny" # no feed leads to this machine or the local network; else "allow"
//!
//! [[feed]]                   # what is different for one feed, or for all whose address begins so
//! url        = "https://members.example/*"
//! auth       = { user = "ann", password_file = "members.txt" }
//! user_agent = "ann's reader"
//! headers    = { X-Member = "17" }
//!
//! [aliases]                  # tags that mean the same: asked for, and listed, as one
//! devops = ["devsecops", "dev and ops"]
//!
//! [[rule]]                   # for what arrives; the past: hallway tag --rules
//! when = 'title:devopsdays'  # in the query language
//! tag  = ["devopsdays"]
//!
//! [[rule]]
//! when = 'feed:planet title:podcast'
//! drop = true                # not kept
//!
//! [views.weekly]             # see `views`
//! query  = "tag:devops"
//! since  = "last"
//! output = "weekly.md"
//! format = "markdown"
//! ```

mod feeds;
mod views;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use toml::Spanned;
use unicode_width::UnicodeWidthStr;

pub(crate) use views::ViewConfig;

use crate::source::ByAddress;
pub(crate) use feeds::FeedConfig;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) fetch: FetchConfig,
    pub(crate) archive: ArchiveConfig,
    /// A tag's name, and the tags that mean the same.
    pub(crate) aliases: BTreeMap<String, Vec<String>>,
    #[serde(rename = "feed")]
    pub(crate) feeds: Vec<FeedConfig>,
    #[serde(rename = "rule")]
    pub(crate) rules: Vec<RuleConfig>,
    pub(crate) views: BTreeMap<String, ViewConfig>,
    /// The file it was read from, to show mistakes in; `None`: there is none.
    #[serde(skip)]
    file: Option<File>,
}

#[derive(Clone, PartialEq, Eq)]
struct File {
    path: PathBuf,
    text: String,
}

/// Without the text: there may be passwords in it.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// `[[rule]]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleConfig {
    /// In the query language.
    pub(crate) when: Spanned<String>,
    #[serde(default)]
    pub(crate) tag: Vec<String>,
    /// Do not keep it.
    #[serde(default)]
    pub(crate) drop: bool,
}

/// `[fetch]`; a `None` leaves the program's default in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FetchConfig {
    /// Feeds in flight at once.
    pub(crate) jobs: Option<std::num::NonZeroU16>,
    /// For one whole answer.
    #[serde(deserialize_with = "duration")]
    pub(crate) timeout: Option<Duration>,
    /// To look a name up, connect and agree on TLS.
    #[serde(deserialize_with = "duration")]
    pub(crate) connect_timeout: Option<Duration>,
    /// Of a server's silence, before its answer and in it.
    #[serde(deserialize_with = "duration")]
    pub(crate) answer_timeout: Option<Duration>,
    /// Of a body, in bytes a second.
    #[serde(deserialize_with = "size")]
    pub(crate) min_speed: Option<u64>,
    /// Between the beginnings of two requests to one host.
    #[serde(deserialize_with = "duration")]
    pub(crate) host_gap: Option<Duration>,
    /// Of one answer, unpacked, in bytes.
    #[serde(deserialize_with = "size")]
    pub(crate) max_size: Option<u64>,
    /// Between two polls of one feed.
    #[serde(deserialize_with = "duration")]
    pub(crate) min_interval: Option<Duration>,
    /// How long a feed must have failed before cron is told.
    #[serde(deserialize_with = "duration")]
    pub(crate) report_after: Option<Duration>,
    /// A URL or mail address, told to publishers in the User-Agent.
    pub(crate) contact: Option<String>,
    /// Whether feeds may lead to this machine and the local network.
    pub(crate) private_addresses: PrivateAddresses,
}

/// On a person's own machine a feed at home is as good as any; on a server that polls for others it may
/// be a way in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PrivateAddresses {
    #[default]
    Allow,
    Deny,
}

/// `[archive]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ArchiveConfig {
    /// Which answers are kept as they came.
    pub(crate) raw: RawConfig,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawConfig {
    #[default]
    Off,
    /// Of each feed the latest.
    Latest,
    All,
}

/// A config file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is not right:\n{message}", path.display())]
    Wrong { path: PathBuf, message: String },
    #[error("{} is not right, line {line}:\n{shown}\n{message}", path.display())]
    Mistake {
        path: PathBuf,
        line: usize,
        /// The line, and below it a mark at the place.
        shown: String,
        message: String,
        hint: Option<String>,
    },
}

impl ConfigError {
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::Mistake { hint, .. } => hint.as_deref(),
            Self::Unreadable { .. } | Self::Wrong { .. } => None,
        }
    }
}

impl Config {
    /// Reads the file a person named: it has to be there.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let config = Self::parse(&text).map_err(|message| ConfigError::Wrong {
            path: path.to_owned(),
            message,
        })?;
        let path = path.to_owned();
        Ok(Self {
            file: Some(File { path, text }),
            ..config
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| told(&error, text))?;
        for feed in &config.feeds {
            if feed
                .auth
                .as_ref()
                .is_some_and(|auth| !auth.is_one_of_three())
            {
                return Err(format!(
                    "the auth of [[feed]] {} takes one of password, password_env and password_file",
                    shown(&feed.url)
                ));
            }
        }
        let urls = config.feeds.iter().map(|feed| (feed.url.clone(), ()));
        ByAddress::new(urls).map_err(|url| {
            let url = shown(&url);
            format!("the url of [[feed]] is no web address: {url}")
        })?;
        Ok(config)
    }

    /// The folder that paths in it begin at.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.file.as_ref().and_then(|file| file.path.parent())
    }

    /// A mistake in what stands at this place of the file.
    pub(crate) fn mistake<T>(
        &self,
        at: &Spanned<T>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> ConfigError {
        let (path, text) = match &self.file {
            Some(file) => (file.path.clone(), file.text.as_str()),
            None => (PathBuf::from("the config"), ""),
        };
        let place = text.split_at_checked(at.span().start);
        let (before, after) = place.unwrap_or((text, ""));
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let rest_of_line = after.lines().next().unwrap_or_default();
        let number = before.matches('\n').count() + 1;
        let gutter = format!("{number} | ");
        let left = &before[line_start..];
        let blanks = " ".repeat(gutter.width() + left.width());
        ConfigError::Mistake {
            path,
            line: number,
            shown: format!("{gutter}{left}{rest_of_line}\n{blanks}^"),
            message: message.into(),
            hint,
        }
    }

    /// Reads the file at the usual place; where there is none, the defaults hold.
    pub(crate) fn read_if_there(path: &Path) -> Result<Self, ConfigError> {
        match Self::read(path) {
            Err(ConfigError::Unreadable { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Ok(Self::default())
            }
            other => other,
        }
    }
}

/// What is wrong, with the line it stands in; only its number where that line may hold a password.
fn told(error: &toml::de::Error, text: &str) -> String {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or_default();
    let table = before
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with('['));
    let whole = text[before.rfind('\n').map_or(0, |end| end + 1)..]
        .lines()
        .next();
    let is_of_feed = |line: &str| line.contains("feed") && !line.contains("[fetch]");
    if table.is_some_and(is_of_feed) || whole.is_some_and(is_of_feed) {
        let line = before.matches('\n').count() + 1;
        return format!("line {line}: {}", without_value(error.message().trim_end()));
    }
    error.to_string().trim_end().to_owned()
}

/// `invalid type: string "hunter2", expected …` repeats what stands there.
fn without_value(message: &str) -> String {
    match (message.find("string \""), message.rfind("\", expected")) {
        (Some(from), Some(to)) if from < to => {
            format!("{}a string{}", &message[..from], &message[to + 1..])
        }
        _ => message.to_owned(),
    }
}

/// An address as a person wrote it, without what may be a password.
fn shown(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => address.to_owned(),
    }
}

fn duration<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Duration>, D::Error> {
    const UNITS: [(&str, u64); 10] = [
        ("ms", 1),
        ("s", 1000),
        ("min", 60_000),
        ("h", 3_600_000),
        ("hour", 3_600_000),
        ("hours", 3_600_000),
        ("d", 86_400_000),
        ("day", 86_400_000),
        ("days", 86_400_000),
        ("w", 604_800_000),
    ];
    let amount = quantity(
        input,
        &UNITS,
        "a time such as \"90s\", \"15min\", \"1h\" or \"2 days\"",
    )?;
    Ok(Some(Duration::from_millis(amount)))
}

fn size<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u64>, D::Error> {
    const UNITS: [(&str, u64); 4] = [
        ("B", 1),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];
    quantity(input, &UNITS, "a size such as \"32 MiB\"").map(Some)
}

/// Reads a string of a whole number and one of the units.
fn quantity<'de, D: Deserializer<'de>>(
    input: D,
    units: &'static [(&'static str, u64)],
    wanted: &'static str,
) -> Result<u64, D::Error> {
    struct Quantity {
        units: &'static [(&'static str, u64)],
        wanted: &'static str,
    }
    impl de::Visitor<'_> for Quantity {
        type Value = u64;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str(self.wanted)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
            let text = text.trim();
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = text.split_at(digits);
            let factor = self
                .units
                .iter()
                .find(|(name, _)| *name == unit.trim())
                .map(|(_, factor)| *factor);
            number
                .parse::<u64>()
                .ok()
                .zip(factor)
                .and_then(|(number, factor)| number.checked_mul(factor))
                .filter(|amount| (1..=1 << 40).contains(amount))
                .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
    input.deserialize_str(Quantity { units, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_read() {
        let config: Config = toml::from_str(
            "[fetch]\njobs = 8\ntimeout = \"90s\"\nmax_size = \"1 MiB\"\nmin_interval = \"2 days\"\n\
             report_after = \"1 day\"\ncontact = \"mailto:ann@blog.example\"\n",
        )
        .unwrap();
        assert_eq!(config.fetch.jobs.unwrap().get(), 8);
        assert_eq!(config.fetch.timeout, Some(Duration::from_secs(90)));
        assert_eq!(config.fetch.max_size, Some(1 << 20));
        assert_eq!(
            config.fetch.min_interval,
            Some(Duration::from_secs(172_800))
        );
        assert_eq!(config.fetch.report_after, Some(Duration::from_secs(86_400)));
        assert_eq!(
            config.fetch.contact.as_deref(),
            Some("mailto:ann@blog.example")
        );
    }

    #[test]
    fn mistakes_say_what_would_be_right() {
        for (text, wanted) in [
            ("[fetch]\ntimeout = \"soon\"", "a time such as \"90s\""),
            ("[fetch]\ntimeout = \"0s\"", "a time such as \"90s\""),
            ("[fetch]\nmax_size = 5", "a size such as \"32 MiB\""),
            (
                "[fetch]\nprivate_addresses = \"no\"",
                "expected `allow` or `deny`",
            ),
            ("[fetch]\njobbs = 5", "unknown field `jobbs`"),
        ] {
            let error = toml::from_str::<Config>(text).expect_err(text).to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }

    #[test]
    fn a_feed_has_settings_of_its_own_and_one_password() {
        let auth = |auth: &str| {
            Config::parse(&format!(
                "[[feed]]\nurl = \"https://a.example/*\"\nhttp2 = false\nauth = {{ user = \"ann\", {auth} }}"
            ))
        };
        let config = auth("password = \"hunter2\"").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let password = config.feeds[0]
            .auth
            .as_ref()
            .unwrap()
            .password(Path::new("/"));
        assert_eq!(password.unwrap().reveal(), "hunter2");
        for wrong in ["", "password = \"hunter2\", password_env = \"X\""] {
            assert!(
                auth(wrong).unwrap_err().contains("one of password"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_view_is_read_with_the_place_of_each_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hallway.toml");
        let text = "[views.weekly]\nquery = \"tag:devops\"\nformat = \"papyrus\"\nlimit = 5\n";
        std::fs::write(&path, text).unwrap();
        let config = Config::read(&path).unwrap();
        assert_eq!(config.folder(), Some(folder.path()));
        let weekly = &config.views["weekly"];
        assert_eq!(weekly.query.as_ref().unwrap().get_ref(), "tag:devops");
        assert_eq!(weekly.limit.unwrap().get(), 5);
        let mistake = config.mistake(weekly.format.as_ref().unwrap(), "no such format", None);
        let shown = mistake
            .to_string()
            .replace(&path.display().to_string(), "FILE");
        assert_eq!(
            shown,
            "FILE is not right, line 3:\n3 | format = \"papyrus\"\n             ^\nno such format"
        );
    }

    #[test]
    fn mistakes_in_views_are_told_when_the_file_is_read() {
        for (text, wanted) in [
            ("[views.w]\nlimit = 0", "nonzero"),
            ("[views.w]\nfromat = \"text\"", "unknown field `fromat`"),
            ("[views.w]\nquery = 5", "expected a string"),
        ] {
            let error = toml::from_str::<Config>(text).expect_err(text).to_string();
            assert!(
                error.contains(wanted) && error.contains("line 2"),
                "{error}"
            );
        }
    }

    #[test]
    fn mistakes_beside_a_password_do_not_show_it() {
        for line in [
            "auth = { user = \"ann\", pasword = \"hunter2\" }",
            "auth = { user = \"ann\", password = \"hunter2\", x = 1 }",
            "auth = { user = \"ann\", password = \"hunter2 }",
            "auth = \"hunter2\"",
            "headers = { X-Key = [\"hunter2\"] }",
            "headers = { X-Key = \"hunter2\\n\" }",
            "headers = { Host = \"hunter2\" }",
            "url = \"ftp://ann:hunter2@b.example/\"",
        ] {
            let text = format!("[[feed]]\nuser_agent = \"x\"\n{line}\n");
            let error = Config::parse(&text).unwrap_err();
            assert!(!error.contains("hunter2"), "{line}: {error}");
        }
        let inline =
            "feed = [{ url = \"https://a.example/\", headers = { a = 1, b = \"hunter2\" } }]";
        assert!(!Config::parse(inline).unwrap_err().contains("hunter2"));
    }

    #[test]
    fn only_a_named_file_has_to_be_there() {
        let nowhere = Path::new("/nowhere/hallway.toml");
        assert_eq!(Config::read_if_there(nowhere).unwrap(), Config::default());
        assert!(Config::read(nowhere).is_err());
    }
}
