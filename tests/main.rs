//! The tests from outside: the real binary, run as a person, cron or a reader app runs it.
//!
//! Each runs in a folder of its own with a fixed clock, see `support::Hall`. What asks the network asks
//! `support::server`, which lives in this process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect ends there and says so"
)]

/// The folder, the binary and the comparison of what came out.
mod support;

/// Which source file may import what, and which word may stand where.
mod layout;
/// The two commands at the top of the README do what they say.
mod readme;

/// Subscribing: feeds, pages, lists, folders, and what is none of these.
mod add;
/// Archives of earlier hallways, and what is none.
mod archives;
/// A copy while others write.
mod backup;
/// The archive's own examination.
mod check;
/// Talks and entries as references.
mod citations;
/// Shell completions and the manual page.
mod completions;
/// Which feed of a page, and which subscription an address is.
mod discovery;
/// The same post in several feeds is shown once.
mod duplicates;
/// Subscriptions and their health; pause, resume, remove.
mod feeds;
/// Polling: conditional requests, failures, the JSON lines.
mod fetch;
/// Feeds that break, move, go and fall silent, each told of once.
mod health;
/// Many feeds and hosts at once: run by name, with a release build.
mod load;
/// Two archives become one.
mod merge;

/// The past of feeds: archives, pages, old documents.
mod history;
/// OPML lists with a report.
mod import;
/// Notes on the disk: renames, dates, sites, what cannot be read.
mod notes;
/// What becomes of feeds, and what stays of them.
mod nothing_lost;
/// OPML lists out and in again.
mod opml;
/// Any document to JSON Feed, without an archive.
mod parse;
/// What a feed client owes the web, row by row.
mod polite;
/// Feeds that lead to this machine, where that is refused.
mod private;
/// The query language and the output formats.
mod query;
/// Answers as they came.
mod raw;
/// The one line for cron.
mod rules;
mod run;
/// What comes under another id and is no other entry.
mod same_entry;
/// One entry in full.
mod show;
/// How long the program takes to begin.
#[cfg(unix)]
mod start;
/// A person's own tags.
mod tag;
/// Splitting notes into talks, measured on labelled documents.
mod talks;
/// Saved queries: digests of what is new, files, cursors, kills.
mod views;
/// Without end, for systemd and monitoring; moves and numbers.
mod watch;

/// Kills, signals and several runs at once.
mod faults;

/// The HTML page in a browser.
mod browser;
/// The combined feed: valid, the same in three formats, and read back as it was.
mod formats;
/// Servers and documents that mean harm, with memory read from the operating system.
mod hostile;
/// Hostile values in every field and format, judged in a browser and by what a terminal obeys.
mod sanitizing;
/// Its Atom against the schema of RFC 4287, by somebody else's validator.
mod schema;

/// Each broken, odd or old document of `fixtures/documents/` gives what was meant.
mod documents;
/// Each document of `fixtures/` gives what stands beside it.
mod fixtures;
/// Five real documents, where the machine has them.
mod search;
mod seeds;
