//! What is known of the terminal before anything is written: who reads, how wide, in colour or not.

use std::env;
use std::io::{IsTerminal, stderr, stdout};

use clap::ValueEnum;

/// `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal that can, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

/// How much is told on stderr beside the result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// `-q`: what went wrong, and nothing else.
    Quiet,
    #[default]
    Normal,
    /// `-v`: also what went well.
    Verbose,
    /// `-vv`: everything.
    Debug,
}

impl Verbosity {
    /// `-v` as often as it was given.
    pub(crate) fn from_flags(quiet: bool, verbose: u8) -> Self {
        match (quiet, verbose) {
            (true, _) => Self::Quiet,
            (false, 0) => Self::Normal,
            (false, 1) => Self::Verbose,
            (false, _) => Self::Debug,
        }
    }
}

/// What the surroundings say; read once, so that tests can say otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) stdout_is_terminal: bool,
    pub(crate) stderr_is_terminal: bool,
    /// `COLUMNS`, else the terminal's own; `None` where stdout is no terminal.
    pub(crate) columns: Option<usize>,
    /// `NO_COLOR` is set to something.
    pub(crate) no_color: bool,
    /// `TERM=dumb`.
    pub(crate) dumb: bool,
    /// The terminal is known to understand OSC 8.
    pub(crate) knows_hyperlinks: bool,
}

impl Facts {
    pub(crate) fn read() -> Self {
        let stdout_is_terminal = stdout().is_terminal();
        let wished = env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let own = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            stdout_is_terminal,
            stderr_is_terminal: stderr().is_terminal(),
            columns: wished.or_else(|| stdout_is_terminal.then(own).flatten()),
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            dumb: env::var_os("TERM").is_some_and(|term| term == "dumb"),
            knows_hyperlinks: supports_hyperlinks::supports_hyperlinks(),
        }
    }

    /// The width to write for. Without a terminal, as under cron, a mail's 80 columns.
    pub(super) fn width(&self) -> usize {
        self.columns
            .filter(|columns| *columns > 0)
            .map_or(80, |columns| columns.max(20))
    }

    pub(super) fn colour(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !self.no_color && !self.dumb,
        }
    }

    /// Whoever wants no colour wants no other escape sequences either.
    pub(super) fn hyperlinks(&self, choice: ColorChoice) -> bool {
        self.knows_hyperlinks && self.colour(choice, self.stdout_is_terminal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_A_TERMINAL: Facts = Facts {
        stdout_is_terminal: true,
        stderr_is_terminal: true,
        columns: Some(132),
        no_color: false,
        dumb: false,
        knows_hyperlinks: true,
    };

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        let colour = |facts: Facts, choice| facts.colour(choice, facts.stdout_is_terminal);
        let no_color = Facts {
            no_color: true,
            ..AT_A_TERMINAL
        };
        let dumb = Facts {
            dumb: true,
            ..AT_A_TERMINAL
        };
        assert!(colour(AT_A_TERMINAL, ColorChoice::Auto));
        assert!(!colour(AT_A_TERMINAL, ColorChoice::Never));
        assert!(!colour(no_color, ColorChoice::Auto));
        assert!(colour(no_color, ColorChoice::Always));
        assert!(!colour(dumb, ColorChoice::Auto));
        assert!(!colour(Facts::default(), ColorChoice::Auto));
        assert!(colour(Facts::default(), ColorChoice::Always));
    }

    #[test]
    fn links_go_with_colour_and_only_where_they_are_known() {
        assert!(AT_A_TERMINAL.hyperlinks(ColorChoice::Auto));
        assert!(!AT_A_TERMINAL.hyperlinks(ColorChoice::Never));
        let plain = Facts {
            knows_hyperlinks: false,
            ..AT_A_TERMINAL
        };
        assert!(!plain.hyperlinks(ColorChoice::Always));
    }

    #[test]
    fn a_mail_is_80_columns_wide() {
        assert_eq!(Facts::default().width(), 80);
        assert_eq!(AT_A_TERMINAL.width(), 132);
        assert_eq!(
            Facts {
                columns: Some(0),
                ..AT_A_TERMINAL
            }
            .width(),
            80
        );
        assert_eq!(
            Facts {
                columns: Some(3),
                ..AT_A_TERMINAL
            }
            .width(),
            20
        );
    }

    #[test]
    fn quiet_wins() {
        assert_eq!(Verbosity::from_flags(true, 2), Verbosity::Quiet);
        assert_eq!(Verbosity::from_flags(false, 0), Verbosity::Normal);
        assert_eq!(Verbosity::from_flags(false, 9), Verbosity::Debug);
    }
}
