//! Instants as everything outside the program gets them: RFC 3339, in UTC.

use chrono::{DateTime, Datelike, SecondsFormat, Utc};

/// `2006-01-02T15:04:05Z`, with a fraction where there is one. `None` for years it cannot write.
pub(crate) fn rfc3339(at: DateTime<Utc>) -> Option<String> {
    (1..=9999)
        .contains(&at.year())
        .then(|| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// To the second, for times that the program itself has set.
pub(crate) fn rfc3339_seconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_rfc_3339_cannot_write_are_not_written() {
        let at = |year| {
            chrono::NaiveDate::from_ymd_opt(year, 1, 2)
                .unwrap()
                .and_hms_opt(3, 4, 5)
                .unwrap()
                .and_utc()
        };
        assert_eq!(rfc3339(at(2019)).unwrap(), "2019-01-02T03:04:05Z");
        assert_eq!(rfc3339(at(-1)), None);
        assert_eq!(rfc3339(at(10_000)), None);
    }
}
