//! The four exit codes, and the one error type that commands end with.

use std::io;
use std::process::ExitCode;

use crate::archive::{ArchiveError, SearchError};
use crate::config::ConfigError;
use crate::query::QueryError;
use crate::source::Failure;
use crate::terminal::is_broken_pipe;

/// How a command ended; part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All well.
    Well,
    /// The command failed.
    Failed,
    /// Bad usage: nothing was done.
    Usage,
    /// Some feeds failed, the rest is kept.
    Partly,
}

impl Exit {
    /// Of a poll: a feed that failed is never the failure of the command, also when it was the only one.
    pub(crate) fn of_feeds(failed: usize) -> Self {
        if failed == 0 {
            Self::Well
        } else {
            Self::Partly
        }
    }

    /// Of two things done one after the other, both of which ended so or so.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Well, exit) | (exit, Self::Well) => exit,
            _ => Self::Partly,
        }
    }

    /// Of a list of things a person named: nothing done is a failure.
    pub(crate) fn of_arguments(failed: usize, in_all: usize) -> Self {
        match failed {
            0 => Self::Well,
            _ if failed == in_all => Self::Failed,
            _ => Self::Partly,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Well => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Partly => 3,
        })
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CommandError {
    /// What failed, on which feed or file.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    pub(crate) exit: Exit,
    /// The archive's: whatever else was to be done would fail of it too.
    pub(crate) is_of_archive: bool,
}

impl CommandError {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            exit: Exit::Failed,
            is_of_archive: false,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::failed(message)
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A failure of one named feed.
    pub(crate) fn of_feed(name: &str, failure: Failure) -> Self {
        Self {
            hint: failure.hint,
            ..Self::failed(format!("{name}: {}", failure.message))
        }
    }

    /// Writing the result failed. A reader that has seen enough and closed the pipe is no error.
    pub(crate) fn of_output(error: &io::Error, target: &str) -> Self {
        if is_broken_pipe(error) {
            return Self {
                exit: Exit::Well,
                ..Self::failed("")
            };
        }
        Self::failed(format!("cannot write {target}: {error}"))
    }
}

impl From<ArchiveError> for CommandError {
    fn from(error: ArchiveError) -> Self {
        Self {
            hint: error.hint().map(str::to_owned),
            is_of_archive: true,
            ..Self::failed(error.to_string())
        }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self {
            hint: error.hint().map(str::to_owned),
            ..Self::usage(error.to_string())
        }
    }
}

impl From<QueryError> for CommandError {
    fn from(error: QueryError) -> Self {
        Self {
            message: format!("cannot read the query: {error}"),
            hint: error.hint,
            ..Self::usage("")
        }
    }
}

impl From<SearchError> for CommandError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Archive(error) => error.into(),
            SearchError::Output(error) => Self::of_output(&error, "the result"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_failed_feeds_are_not_all() {
        assert_eq!(Exit::of_feeds(0), Exit::Well);
        assert_eq!(Exit::of_feeds(5), Exit::Partly);
        assert_eq!(Exit::of_arguments(0, 5), Exit::Well);
        assert_eq!(Exit::of_arguments(2, 5), Exit::Partly);
        assert_eq!(Exit::of_arguments(5, 5), Exit::Failed);
    }
}
