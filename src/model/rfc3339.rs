//! Instants as everything outside the program gets them: RFC 3339, in UTC.

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};

/// `2006-01-02T15:04:05Z`, with a fraction where there is one. `None` for years it cannot write.
pub(crate) fn rfc3339(at: DateTime<Utc>) -> Option<String> {
    let mut written = String::with_capacity("2006-01-02T15:04:05Z".len());
    write_rfc3339(at, &mut written).then_some(written)
}

/// The same behind what stands in `out`; `false`, and nothing, for years it cannot write.
pub(crate) fn write_rfc3339(at: DateTime<Utc>, out: &mut String) -> bool {
    let at = at.naive_utc();
    let Some(year) = u32::try_from(at.year())
        .ok()
        .filter(|year| (1..=9999).contains(year))
    else {
        return false;
    };
    if at.nanosecond() != 0 {
        out.push_str(&at.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true));
        return true;
    }
    // Nearly all are without a fraction, and each entry of an answer has several.
    let mut two = |number: u32, behind: &str| {
        for digit in [number / 10, number % 10] {
            out.push(char::from(b'0' + digit as u8));
        }
        out.push_str(behind);
    };
    two(year / 100, "");
    two(year % 100, "-");
    two(at.month(), "-");
    two(at.day(), "T");
    two(at.hour(), ":");
    two(at.minute(), ":");
    two(at.second(), "Z");
    true
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
        assert_eq!(rfc3339(at(0)), None);
        assert_eq!(rfc3339(at(-1)), None);
        assert_eq!(rfc3339(at(10_000)), None);
    }

    #[test]
    fn times_are_written_as_chrono_writes_them() {
        for seconds in (-62_135_596_800..253_402_300_800_i64).step_by(86_399 * 997) {
            for fraction in [0, 500_000_000, 1] {
                let at = DateTime::from_timestamp(seconds, fraction).unwrap();
                let written = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                assert_eq!(rfc3339(at), Some(written));
            }
        }
    }
}
