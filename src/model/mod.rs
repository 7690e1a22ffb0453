//! What passes between the stages: feeds, entries, talks, tags and what changed of them.
//!
//! Vocabulary: no I/O, no parsing, no HTML policy. Two families stand side by side:
//! * [`RawFeed`] and [`RawEntry`]: what a publisher said, untrusted, made by `parse`;
//! * [`Feed`], [`Entry`] and [`Talk`]: safe to show, made by `clean` and `split`.

mod changes;
mod entry;
mod event;
mod feed;
mod raw;
mod safe_html;
mod talk;

pub(crate) use changes::{
    Attempt, Change, Changes, Known, Outcome, Recorded, State, Subscription,
};
pub(crate) use entry::{
    ArchivedEntry, ContentHash, Enclosure, Entry, EntryId, FeedOfEntry, Original, Person,
    Revision,
};
pub(crate) use event::event_key;
pub(crate) use feed::{Feed, FeedId};
pub(crate) use raw::{
    Category, EntrySource, FeedFormat, RawEntry, RawFeed, Repair, Text, TextKind,
};
pub(crate) use safe_html::{Attributes, SafeHtml, Token, decode, is_block, is_void};
pub(crate) use talk::{Tag, TagOrigin, Talk, TalkKind};
