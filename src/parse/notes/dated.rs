//! The day a note is about, where its front matter does not say.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::parse::dates::{Day, days};
use crate::parse::head::head;

/// Evidence for reading `02/06/2020` is looked for this far into a note.
const MAX_EVIDENCE: usize = 64 * 1024;
/// A longer line is prose, and names other days than the note's.
const MAX_LINE: usize = 120;
const MAX_LINES: usize = 5;
/// Nor are titles and descriptions read further.
const MAX_TITLE: usize = 2000;

/// `2018-11-06-day-two.md`, `2020.02.06.md`, `2018/11/06/index.md`.
pub(super) fn in_file_name(file_name: &str) -> Option<DateTime<Utc>> {
    let own = file_name.rsplit('/').next().unwrap_or(file_name);
    let sure = |text: &str| {
        days(text).into_iter().find_map(|day| match day {
            Day::Sure(day) => Some(day),
            Day::Either { .. } => None,
        })
    };
    sure(own).or_else(|| sure(file_name)).map(midnight)
}

/// The first day in title, description and first lines.
pub(super) fn in_text(
    title: Option<&str>,
    description: Option<&str>,
    body: &str,
) -> Option<DateTime<Utc>> {
    let lines = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .filter(|line| line.len() <= MAX_LINE);
    let first = |text: &str| days(head(text, MAX_TITLE)).into_iter().next();
    let found = title
        .and_then(first)
        .or_else(|| description.and_then(first))
        .or_else(|| lines.into_iter().find_map(first))?;
    Some(midnight(match found {
        Day::Sure(day) => day,
        Day::Either {
            month_first,
            day_first,
        } => settle(month_first, day_first, body),
    }))
}

/// Settles month against day by another day the note names that is surely one of the two, as a picture
/// named by date; else month first.
fn settle(month_first: NaiveDate, day_first: NaiveDate, body: &str) -> NaiveDate {
    days(head(body, MAX_EVIDENCE))
        .into_iter()
        .filter_map(|day| match day {
            Day::Sure(day) => Some(day),
            Day::Either { .. } => None,
        })
        .find(|day| *day == month_first || *day == day_first)
        .unwrap_or(month_first)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(found: Option<DateTime<Utc>>) -> String {
        found.map_or_else(|| "-".to_owned(), |found| found.format("%F").to_string())
    }

    #[test]
    fn file_names_are_dated() {
        assert_eq!(
            day(in_file_name("talks/2018-11-06-day-two.md")),
            "2018-11-06"
        );
        assert_eq!(day(in_file_name("2020.02.06.md")), "2020-02-06");
        assert_eq!(day(in_file_name("2018/11/06/index.md")), "2018-11-06");
        assert_eq!(day(in_file_name("02-06-2020.md")), "-");
        assert_eq!(day(in_file_name("day-two.md")), "-");
    }

    #[test]
    fn texts_are_dated_by_title_then_description_then_first_lines() {
        assert_eq!(
            day(in_text(Some("Day two, 6 Nov 2018"), Some("7 Nov 2018"), "")),
            "2018-11-06"
        );
        assert_eq!(
            day(in_text(Some("Day two"), Some("7 Nov 2018"), "8 Nov 2018")),
            "2018-11-07"
        );
        assert_eq!(
            day(in_text(None, None, "# Day two\n\nNovember 8, 2018\n")),
            "2018-11-08"
        );
        assert_eq!(
            day(in_text(
                None,
                None,
                &format!("{} in May 3, 1999\n", "word ".repeat(40))
            )),
            "-"
        );
        assert_eq!(
            day(in_text(None, None, "a\n\nb\n\nc\n\nd\n\ne\n\n8 Nov 2018")),
            "-"
        );
    }

    #[test]
    fn a_picture_settles_month_against_day() {
        assert_eq!(
            day(in_text(
                Some("Coffee 02/06/2020"),
                None,
                "![](2020.02.06.png)"
            )),
            "2020-02-06"
        );
        assert_eq!(
            day(in_text(
                Some("Coffee 02/06/2020"),
                None,
                "![](2020.06.02.png)"
            )),
            "2020-06-02"
        );
        assert_eq!(
            day(in_text(Some("Coffee 02/06/2020"), None, "")),
            "2020-02-06"
        );
    }
}
