//! The hallway track for your feeds: polls conference-notes blogs, keeps everything they ever published
//! in one archive, and hands it back as digests or as one combined feed.
//!
//! Data flows one way. Stages are verbs, what passes between them are nouns:
//!
//! ```text
//! a feed's way in      source ─► fetch ─► parse ─► clean ─► split ─► decide ─► archive
//!                      where     polite   bytes    un-      a post   stored +   SQLite, the
//!                      entries   HTTP,    to a     trusted  to its   parsed +   only place
//!                      come from folders  Feed     to safe  talks    now =>     with SQL
//!                                                                    changes
//! a question's way out query ─► archive ─► render
//!                      string    rows to    text, markdown, html,
//!                      to plan   a Digest   json, jsonl, atom
//! ```
//!
//! A stage imports vocabulary only, never another stage. They meet in [`update`] (the way in) and in
//! [`commands`] (the way out). `tests/layout.rs` holds this and the other rules of the layout.

// Vocabulary: what passes between the stages. No I/O.
mod model;
mod query;
mod source;

// The way in, a verb a stage.
mod clean;
mod decide;
mod fetch;
mod parse;
mod split;

// Storage, and the way in over many feeds.
mod archive;
mod update;

// The way out.
mod render;

// The edge: what a person or a cron job meets.
mod commands;
mod config;
mod terminal;

// The stages one by one, for `benches/` and `fuzz/`.
#[cfg(feature = "workbench")]
#[doc(hidden)]
pub mod workbench;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with its command line, the program's own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    commands::main(arguments).into()
}
