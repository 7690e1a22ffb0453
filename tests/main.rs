//! The tests from outside: the real binary, run as a person, cron or a reader app runs it.
//!
//! Each runs in a folder of its own with a fixed clock, see `support::Hall`. What asks the network asks
//! `support::server`, which lives in this process.

/// The folder, the binary and the comparison of what came out.
mod support;

/// Which source file may import what, and which word may stand where.
mod layout;
/// The two commands at the top of the README do what they say.
mod readme;

/// Subscribing: feeds, pages, lists, folders, and what is none of these.
mod add;
/// The archive's own examination.
mod check;
/// Shell completions and the manual page.
mod completions;
/// Subscriptions and their health; pause, resume, remove.
mod feeds;
/// Polling: conditional requests, failures, the JSON lines.
mod fetch;
/// Any document to JSON Feed, without an archive.
mod parse;
/// The query language and the output formats.
mod query;
/// The one line for cron.
mod rules;
mod run;
/// One entry in full.
mod show;
/// A person's own tags.
mod tag;

/// Each document of `fixtures/` gives what stands beside it.
mod fixtures;
/// Five real documents, where the machine has them.
mod seeds;
