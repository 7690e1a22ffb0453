//! What passes between the stages: feeds, entries, talks, tags and what changed of them.
//!
//! Vocabulary: no I/O, no parsing, no HTML policy. Two families stand side by side:
//! * [`RawFeed`] and [`RawEntry`]: what a publisher said, untrusted, made by `parse`;
//! * [`Feed`], [`Entry`] and [`Talk`]: safe to show, made by `clean` and `split`.

mod address;
mod attribution;
mod canonical;
mod changes;
mod entry;
mod event;
mod extras;
mod feed;
mod health;
mod ids;
mod noise;
mod past;
mod polling;
mod raw;
mod raw_answer;
mod rfc3339;
mod safe_html;
mod said;
mod spaced;
mod stats;
mod talk;
mod talk_link;

pub(crate) use address::address_as_meant;
pub(crate) use attribution::{Enclosure, Person};
pub(crate) use canonical::{canonical_link, site, without_tracking};
pub(crate) use changes::{
    Attempt, Change, Changes, HeldPost, Known, Outcome, Recorded, Setback, State, Subscription,
};
pub(crate) use entry::{AlsoIn, ArchivedEntry, Entry, FeedOfEntry, Original, Revision, Standing};
pub(crate) use event::{Event, is_event_called};
pub(crate) use extras::{
    Contributor, Extension, ExtraLink, Extras, InReplyTo, MediaObject, SourceFacts,
};
pub(crate) use feed::Feed;
pub(crate) use health::{HealthEvent, HealthKind};
pub(crate) use ids::{ContentHash, EntryId, FeedId, Fingerprint};
pub(crate) use past::{Move, PageRead, Past, PastLinks, Step, Way};
pub(crate) use polling::{Former, Hold, Pace, PollHints, SeenRedirect, Whereabouts};
pub(crate) use raw::{
    Category, Dropped, EntrySource, FeedFormat, Origin, PageLinks, RawEntry, RawFeed, Repair, Text,
    TextKind,
};
pub(crate) use raw_answer::RawAnswer;
pub(crate) use rfc3339::{rfc3339, rfc3339_seconds, write_rfc3339};
pub(crate) use safe_html::{Attributes, SafeHtml, Token, decode, is_block, is_void, lower_name};
pub(crate) use spaced::is_any_pair;
pub(crate) use stats::{FeedCount, Stats};
pub(crate) use talk::{Tag, TagOrigin, Talk, TalkKind};
pub(crate) use talk_link::TalkLink;
