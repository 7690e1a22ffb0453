//! Changes of how feeds do.

use chrono::{DateTime, Utc};

use super::ids::FeedId;

/// A feed came to do otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HealthEvent {
    pub(crate) feed: FeedId,
    pub(crate) kind: HealthKind,
    pub(crate) at: DateTime<Utc>,
    /// Why, as a fragment without full stop.
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HealthKind {
    /// It fails, and not for a moment only.
    Broke,
    /// It answers again after it broke or was gone.
    Recovered,
    /// For good, to another address.
    Moved,
    /// Taken down by its publisher: 410.
    Gone,
    /// No new entry for much longer than there ever was none.
    Silent,
    /// New entries after it fell silent.
    Spoke,
}

impl HealthKind {
    const ALL: [Self; 6] = [
        Self::Broke,
        Self::Recovered,
        Self::Moved,
        Self::Gone,
        Self::Silent,
        Self::Spoke,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Broke => "broke",
            Self::Recovered => "recovered",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Silent => "silent",
            Self::Spoke => "spoke",
        }
    }

    /// A word from an archive's future means that something is wrong.
    pub(crate) fn from_word(word: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.word() == word).unwrap_or(Self::Broke)
    }

    /// What a feed does, behind its name.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::Broke => "is broken",
            Self::Recovered => "works again",
            Self::Moved => "has moved",
            Self::Gone => "is gone",
            Self::Silent => "fell silent",
            Self::Spoke => "speaks again",
        }
    }
}
