//! The edge: what a person or a cron job meets. One file a subcommand, with its flags and its `run`.
//!
//! Here the clock is read, results are printed, and the stages of the way out meet.

mod add;
mod backup;
mod check;
mod complete_values;
mod completions;
mod context;
mod counts;
mod exit;
mod export;
mod feeds;
mod feeds_table;
mod fetch;
mod history;
mod import;
mod import_entries;
mod known;
mod man;
mod merge;
mod metrics;
mod parse;
mod pause;
mod poll;
mod query;
mod remove;
mod run;
mod select;
mod show;
mod stats;
mod subscribe;
mod tag;
mod undo;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, CommandFactory, Parser, Subcommand};

use crate::terminal::{ColorChoice, Terminal, Verbosity};
use context::Context;
use exit::CommandError;
pub(crate) use exit::Exit;

/// The hallway track for your feeds: polls conference-notes blogs, keeps everything they ever published
/// in one archive, and hands it back as digests or as one combined feed.
#[derive(Debug, Parser)]
#[command(
    name = "hallway",
    version,
    max_term_width = 100,
    infer_subcommands = false
)]
pub(crate) struct Cli {
    /// The archive [default: hallway/hallway.db in the data folder]
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "FILE",
        env = "HALLWAY_ARCHIVE"
    )]
    archive: Option<PathBuf>,
    /// The config file [default: hallway/hallway.toml in the config folder]
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "FILE",
        env = "HALLWAY_CONFIG"
    )]
    config: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(
        short,
        long,
        global = true,
        help_heading = "Global options",
        conflicts_with = "verbose"
    )]
    quiet: bool,
    /// Say more; twice for everything
    #[arg(short, long, global = true, help_heading = "Global options", action = ArgAction::Count)]
    verbose: u8,
    /// When to use colour
    #[arg(
        long,
        global = true,
        help_heading = "Global options",
        value_name = "WHEN",
        value_enum,
        default_value = "auto"
    )]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Add(add::Args),
    Import(import::Args),
    ImportEntries(import_entries::Args),
    Fetch(fetch::Args),
    Query(Box<query::Args>),
    Show(show::Args),
    Tag(tag::TagArgs),
    Untag(tag::UntagArgs),
    Tags(counts::TagsArgs),
    Speakers(counts::SpeakersArgs),
    Events(counts::EventsArgs),
    Feeds(feeds::Args),
    Stats(stats::Args),
    Undo(undo::Args),
    Remove(remove::Args),
    Pause(pause::PauseArgs),
    Resume(pause::ResumeArgs),
    Parse(parse::Args),
    Check(check::Args),
    Backup(backup::Args),
    Merge(merge::Args),
    Export(export::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Reads the command line, does what it says, reports what went wrong.
pub(crate) fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // No command of the command line's own: completions would offer it.
    if let Some(line) = complete_values::asked(&arguments) {
        return complete_values::run(&line, &Cli::command());
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and version are answers too; a closed pipe behind them is no error.
            let _ = answer.print();
            return if answer.use_stderr() {
                Exit::Usage
            } else {
                Exit::Well
            };
        }
    };
    let terminal = Terminal::new(cli.color, Verbosity::from_flags(cli.quiet, cli.verbose));
    let result = dispatch(cli, &terminal);
    let exit = result.unwrap_or_else(|error| {
        if !error.message.is_empty() {
            terminal.error(&error.message, error.hint.as_deref());
        }
        error.exit
    });
    terminal.print_hints();
    exit
}

fn dispatch(cli: Cli, terminal: &Terminal) -> Result<Exit, CommandError> {
    let Cli {
        archive,
        config,
        command,
        ..
    } = cli;
    // What needs neither archive nor config must work where both are broken.
    match command {
        Command::Completions(args) => return completions::run(&args, Cli::command()),
        Command::Man(args) => return man::run(&args, Cli::command()),
        _ => {}
    }
    let context = Context::new(archive, config.as_deref(), terminal)?;
    match command {
        Command::Run(args) => run::run(&args, &context),
        Command::Add(args) => add::run(&args, &context),
        Command::Import(args) => import::run(&args, &context),
        Command::ImportEntries(args) => import_entries::run(&args, &context),
        Command::Fetch(args) => fetch::run(&args, &context),
        Command::Query(args) => query::run(&args, &context),
        Command::Show(args) => show::run(&args, &context),
        Command::Tag(args) => tag::tag(&args, &context),
        Command::Untag(args) => tag::untag(&args, &context),
        Command::Tags(args) => counts::tags(&args, &context),
        Command::Speakers(args) => counts::speakers(&args, &context),
        Command::Events(args) => counts::events(&args, &context),
        Command::Feeds(args) => feeds::run(&args, &context),
        Command::Stats(args) => stats::run(&args, &context),
        Command::Undo(args) => undo::run(&args, &context),
        Command::Remove(args) => remove::run(&args, &context),
        Command::Pause(args) => pause::pause(&args, &context),
        Command::Resume(args) => pause::resume(&args, &context),
        Command::Parse(args) => parse::run(&args, &context),
        Command::Check(args) => check::run(&args, &context),
        Command::Backup(args) => backup::run(&args, &context),
        Command::Export(args) => export::run(&args, &context),
        Command::Merge(args) => merge::run(&args, &context),
        Command::Completions(_) | Command::Man(_) => Ok(Exit::Well),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
