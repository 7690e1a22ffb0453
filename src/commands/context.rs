//! What every command needs: where the archive is, what the config says, what time it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use directories::ProjectDirs;
use url::Url;

use super::exit::CommandError;
use crate::archive::{Archive, Upgrade};
use crate::config::{Config, FeedConfig, FetchConfig, PrivateAddresses, RawConfig};
use crate::decide;
use crate::fetch::{self, FeedSettings, Fetcher, KeepRaw, Login};
use crate::query::{self, Aliases, Rule};
use crate::render;
use crate::source::ByAddress;
use crate::terminal::Terminal;
use crate::update::Update;

pub(crate) struct Context<'a> {
    pub(crate) archive_path: PathBuf,
    pub(crate) config: Config,
    /// The one reading of the clock, at the start of the command.
    pub(crate) now: DateTime<Utc>,
    pub(crate) terminal: &'a Terminal,
    /// `--config`.
    config_path: Option<PathBuf>,
    /// What its relative paths start from.
    config_folder: PathBuf,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        archive: Option<PathBuf>,
        config: Option<&Path>,
        terminal: &'a Terminal,
    ) -> Result<Self, CommandError> {
        let named = config.map(Path::to_owned);
        let folders = ProjectDirs::from("", "", "hallway");
        let config = match (config, &folders) {
            (Some(path), _) => Config::read(path)?,
            (None, Some(folders)) => {
                Config::read_if_there(&folders.config_dir().join("hallway.toml"))?
            }
            (None, None) => Config::default(),
        };
        let config_folder = match (&named, &folders) {
            (Some(path), _) => path.parent().unwrap_or(Path::new("")).to_owned(),
            (None, Some(folders)) => folders.config_dir().to_owned(),
            (None, None) => PathBuf::new(),
        };
        let archive_path = match (archive, &folders) {
            (Some(path), _) => path,
            (None, Some(folders)) => folders.data_dir().join("hallway.db"),
            (None, None) => {
                return Err(
                    CommandError::usage("there is no home folder to keep the archive in")
                        .with_hint("name the archive with --archive FILE"),
                );
            }
        };
        Ok(Self {
            archive_path,
            config,
            now: now()?,
            terminal,
            config_path: named,
            config_folder,
        })
    }

    /// The same with the config read again.
    pub(crate) fn again(&self, now: DateTime<Utc>) -> Result<Self, CommandError> {
        let archive = Some(self.archive_path.clone());
        let read = Self::new(archive, self.config_path.as_deref(), self.terminal)?;
        Ok(Self { now, ..read })
    }

    /// The archive, made if it is not there yet.
    pub(crate) fn archive(&self) -> Result<Archive, CommandError> {
        let aliases = Aliases::new(&self.config.aliases);
        let rules = self.rules()?;
        let archive = Archive::open(&self.archive_path)?;
        if let Some(Upgrade { from, to, copy }) = archive.upgrade() {
            self.terminal.note(&format!(
                "the archive was brought up to date (schema {from} to {to}); as it was before: {}",
                copy.display()
            ));
        }
        Ok(archive.with_rules(rules, aliases))
    }

    fn rules(&self) -> Result<Vec<Rule>, CommandError> {
        let rules = self.config.rules.iter();
        rules
            .map(|rule| {
                let when = query::read(rule.when.get_ref(), self.now).map_err(|error| {
                    let hint = error.hint.clone();
                    self.config.mistake(&rule.when, error.to_string(), hint)
                })?;
                if rule.tag.is_empty() && !rule.drop {
                    let hint = "give it tag = [\"…\"] or drop = true".to_owned();
                    let nothing = "this rule does nothing";
                    return Err(self.config.mistake(&rule.when, nothing, Some(hint)).into());
                }
                Ok(Rule {
                    when,
                    tags: rule.tag.clone(),
                    drop: rule.drop,
                })
            })
            .collect()
    }

    /// The archive of a command that only looks: where there is none, nothing is made, and a note says
    /// how to begin.
    pub(crate) fn archive_to_read(&self) -> Result<Option<Archive>, CommandError> {
        if self.archive_path.exists() {
            return self.archive().map(Some);
        }
        self.terminal.note(&format!(
            "there is no archive at {} yet",
            self.archive_path.display()
        ));
        self.terminal
            .hint("`hallway add URL` subscribes to a feed and starts one");
        Ok(None)
    }

    pub(crate) fn render_settings(&self) -> render::Settings {
        render::Settings {
            width: self.terminal.width(),
            style: render::Style {
                colour: self.terminal.colour(),
                hyperlinks: self.terminal.hyperlinks(),
            },
            ..render::Settings::default()
        }
    }

    /// `archive`: whose feeds it is to ask; `None` where it asks for none of any.
    pub(crate) fn fetcher(
        &self,
        jobs: Option<u16>,
        archive: Option<&Archive>,
    ) -> Result<Fetcher, CommandError> {
        let FetchConfig {
            jobs: configured,
            timeout,
            connect_timeout,
            answer_timeout,
            min_speed,
            host_gap,
            max_size,
            contact,
            private_addresses,
            ..
        } = self.config.fetch.clone();
        let defaults = fetch::Settings::default();
        Ok(Fetcher::new(fetch::Settings {
            jobs: jobs
                .or(configured.map(std::num::NonZeroU16::get))
                .map_or(defaults.jobs, usize::from),
            total_timeout: timeout.unwrap_or(defaults.total_timeout),
            connect_timeout: connect_timeout.unwrap_or(defaults.connect_timeout),
            stall_timeout: answer_timeout.unwrap_or(defaults.stall_timeout),
            min_speed: min_speed.unwrap_or(defaults.min_speed),
            host_gap: host_gap.unwrap_or(defaults.host_gap),
            max_size: max_size.unwrap_or(defaults.max_size),
            raw: match self.config.archive.raw {
                RawConfig::Off => KeepRaw::Off,
                RawConfig::Latest => KeepRaw::Latest,
                RawConfig::All => KeepRaw::All,
            },
            refuse_private: private_addresses == PrivateAddresses::Deny,
            contact: contact.or(defaults.contact),
            feeds: self.by_feed(archive, |feed, is_home| {
                Some(self.feed_settings(feed, is_home))
            })?,
            ..defaults
        }))
    }

    /// What the config's `[[feed]]`s come to, each under its address, and under those that its feed has
    /// moved to since. `make` is told whether that is the server which the config names.
    fn by_feed<T>(
        &self,
        archive: Option<&Archive>,
        make: impl Fn(&FeedConfig, bool) -> Option<T>,
    ) -> Result<ByAddress<T>, CommandError> {
        let feeds = self.config.feeds.iter();
        let values = feeds.map(|feed| (feed.url.clone(), (feed, true)));
        // Reading the config has shown that they are addresses.
        let mut feeds = ByAddress::new(values)
            .map_err(|_| CommandError::usage("the url of a [[feed]] is none"))?;
        let moves = match archive {
            Some(archive) if !self.config.feeds.is_empty() => archive.moves()?,
            _ => Vec::new(),
        };
        // Oldest first, so that of several moves each takes over from the one before.
        for one in moves.iter().rev().filter(|one| one.undone_at.is_none()) {
            if let (Ok(from), Ok(to)) = (Url::parse(&one.from), Url::parse(&one.to)) {
                let stays = is_same_server(&from, &to);
                feeds.moved(&from, &to, |(feed, is_home)| (*feed, *is_home && stays));
            }
        }
        Ok(feeds.filter_map(|(feed, is_home)| make(feed, is_home)))
    }

    /// What a person gave for one server goes to no other by itself.
    fn feed_settings(&self, feed: &FeedConfig, is_home: bool) -> FeedSettings {
        let login = feed.auth.as_ref().filter(|_| is_home).map(|auth| {
            let password = auth.password(&self.config_folder)?;
            Ok(Login {
                user: auth.user.clone(),
                password,
            })
        });
        let headers = feed.headers.iter().filter(|_| is_home);
        FeedSettings {
            user_agent: feed.user_agent.as_ref().map(|text| text.0.clone()),
            headers: headers
                .map(|(name, value)| (name.0.clone(), value.0.clone()))
                .collect(),
            login,
            total_timeout: feed.timeout,
            max_size: feed.max_size,
            http1_only: feed.http2 == Some(false),
        }
    }

    /// Of a document that is read, in bytes.
    pub(crate) fn max_size(&self) -> u64 {
        self.config
            .fetch
            .max_size
            .unwrap_or(fetch::Settings::default().max_size)
    }

    /// How long a feed must have failed before a run that nobody watches tells of it.
    pub(crate) fn report_after(&self) -> TimeDelta {
        let configured = self.config.fetch.report_after;
        configured
            .and_then(|span| TimeDelta::from_std(span).ok())
            .unwrap_or(TimeDelta::days(3))
    }

    pub(crate) fn update(
        &self,
        archive: Arc<Archive>,
        fetcher: Arc<Fetcher>,
    ) -> Result<Update, CommandError> {
        let least = |span: Option<std::time::Duration>| {
            let min_interval = TimeDelta::from_std(span?).ok()?;
            Some(decide::Settings { min_interval })
        };
        Ok(Update {
            feeds: Arc::new(self.by_feed(Some(&archive), |feed, _| least(feed.min_interval))?),
            archive,
            fetcher,
            now: self.now,
            settings: least(self.config.fetch.min_interval).unwrap_or_default(),
        })
    }
}

/// The same host and port, also where it only went on to https.
fn is_same_server(from: &Url, to: &Url) -> bool {
    from.host() == to.host()
        && from.port() == to.port()
        && (from.scheme() == to.scheme() || to.scheme() == "https")
}

/// Where the archive is, if nobody says otherwise.
pub(crate) fn archive_file() -> Option<PathBuf> {
    let folders = ProjectDirs::from("", "", "hallway")?;
    Some(folders.data_dir().join("hallway.db"))
}

/// Where the config is, if nobody says otherwise.
pub(crate) fn config_file() -> Option<PathBuf> {
    let folders = ProjectDirs::from("", "", "hallway")?;
    Some(folders.config_dir().join("hallway.toml"))
}

/// The clock, or what `HALLWAY_NOW` sets it to.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub(crate) fn now() -> Result<DateTime<Utc>, CommandError> {
    match std::env::var("HALLWAY_NOW") {
        Err(std::env::VarError::NotPresent) => Ok(Utc::now()),
        Ok(text) => DateTime::parse_from_rfc3339(&text)
            .map(|instant| instant.with_timezone(&Utc))
            .map_err(|_| wrong_now()),
        Err(std::env::VarError::NotUnicode(_)) => Err(wrong_now()),
    }
}

fn wrong_now() -> CommandError {
    CommandError::usage("HALLWAY_NOW is no RFC 3339 instant")
        .with_hint("for example HALLWAY_NOW=2026-11-21T12:00:00Z")
}
