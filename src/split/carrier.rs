//! A line that starts a talk, and what is known of its post.

use crate::model::TalkKind;

/// A line that starts a talk.
#[derive(Debug)]
pub(super) struct Carrier {
    /// Where among the blocks.
    pub(super) block: usize,
    pub(super) title: String,
    pub(super) speakers: Vec<String>,
    pub(super) kind: TalkKind,
    /// The line is the beginning of the talk's text, not a title above it.
    pub(super) inside: bool,
}

/// What is known of a post besides its blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    /// The block that says the post's title.
    pub(super) title: Option<usize>,
    /// Title or tags say that the post is of an event.
    pub(super) of_event: bool,
    /// So does anything in title or text: its words, its days. Before [`super::carriers::of`] the title alone.
    pub(super) of_talks: bool,
    /// The title itself names one, so it is no talk's.
    pub(super) titled_by_event: bool,
}
