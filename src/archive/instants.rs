//! Instants as the archive keeps them: seconds since 1970 in UTC.

use chrono::{DateTime, Utc};

pub(super) fn seconds(instant: DateTime<Utc>) -> i64 {
    instant.timestamp()
}

/// `None` also for a number that is no instant, which only a damaged archive holds.
pub(super) fn instant(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds?, 0)
}

/// For columns that always hold one.
pub(super) fn certain(seconds: i64) -> DateTime<Utc> {
    instant(Some(seconds)).unwrap_or_default()
}
