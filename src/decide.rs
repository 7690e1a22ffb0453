//! What is stored and what was parsed, at one instant, make the changes to record and the time to ask
//! again. Pure: no I/O, no clock.

mod failures;
mod redirects;
mod renames;
mod republished;
mod schedule;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{ContentHash, EntryId, Fingerprint, Known};

pub(crate) use failures::{former_turn, hold_of, patience, setback};
pub(crate) use redirects::{is_upgrade, whereabouts};
pub(crate) use renames::{Likeness, renamed};
pub(crate) use republished::{Post, Wording, is_move, newest_to_compare, republished};
pub(crate) use schedule::{due_after_success, held_until, pace, turn};

/// How often a feed may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The least time between two polls of a feed that needs the network.
    pub(crate) min_interval: TimeDelta,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_interval: TimeDelta::hours(1),
        }
    }
}

/// Whatever a server or a feed says, it is asked again within this time.
pub(crate) const MAX_INTERVAL: TimeDelta = TimeDelta::days(31);

/// How much earlier than `min_interval` a poll may come, so that a cron job that starts a moment
/// earlier than the last time does not skip every other hour.
const CRON_SLACK: TimeDelta = TimeDelta::seconds(30);

/// How a parsed entry stands to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    New,
    Edited(EntryId),
    Unchanged,
}

/// Compares an entry as parsed with what the archive holds under its guid. `fingerprint` is asked only where
/// it holds one, `hash` only where that is another.
pub(crate) fn standing(
    known: &HashMap<String, Known>,
    guid: &str,
    fingerprint: impl FnOnce() -> Fingerprint,
    hash: impl FnOnce() -> ContentHash,
) -> Standing {
    match known.get(guid) {
        None => Standing::New,
        Some(stored) if stored.fingerprint.is_some_and(|it| it == fingerprint()) => {
            Standing::Unchanged
        }
        Some(stored) if stored.hash == hash() => Standing::Unchanged,
        Some(stored) => Standing::Edited(stored.id),
    }
}

/// When a feed that was asked now may be asked again at the soonest.
pub(crate) fn soonest(now: DateTime<Utc>, settings: Settings) -> DateTime<Utc> {
    now + earliest(settings)
}

/// The soonest a feed that needs the network is asked again.
fn earliest(settings: Settings) -> TimeDelta {
    settings.min_interval - CRON_SLACK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_new_edited_or_unchanged() {
        let stored = Known {
            by_later_guid: false,
            id: EntryId(7),
            hash: ContentHash([1; 32]),
            fingerprint: Some(Fingerprint(1)),
        };
        let known = HashMap::from([("a".to_owned(), stored)]);
        let standing = |guid: &str, fingerprint, hash: Option<u8>| {
            let hash = || ContentHash([hash.unwrap(); 32]);
            standing(&known, guid, || Fingerprint(fingerprint), hash)
        };
        assert_eq!(standing("a", 1, None), Standing::Unchanged);
        assert_eq!(standing("a", 2, Some(1)), Standing::Unchanged);
        assert_eq!(standing("a", 2, Some(2)), Standing::Edited(EntryId(7)));
        assert_eq!(standing("b", 1, None), Standing::New);
    }
}
