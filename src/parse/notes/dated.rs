//! The day a note is about, where its front matter does not say.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::parse::dates::{Day, days, months};
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

/// `2019/03/day-two.md`, `2019/day-two.md` and `2019-03.md` say the month or the year alone; its first day.
pub(super) fn in_folders(file_name: &str) -> Option<DateTime<Utc>> {
    let mut parts = file_name.split(['/', '-', '.', '_']);
    let year = parts.by_ref().find(|part| {
        part.len() == 4
            && part
                .parse()
                .is_ok_and(|year: i32| (1990..2100).contains(&year))
    })?;
    let month = parts
        .next()
        .filter(|month| month.len() == 2)
        .and_then(|month| month.parse().ok())
        .filter(|month| (1..=12).contains(month));
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.unwrap_or(1), 1).map(midnight)
}

/// The first day of the month that title or first lines name with its year.
pub(super) fn month_in_text(title: Option<&str>, body: &str) -> Option<DateTime<Utc>> {
    let first = |text: &str| months(head(text, MAX_TITLE)).into_iter().next();
    let in_lines = || first_lines(body).find_map(first);
    title.and_then(first).or_else(in_lines).map(midnight)
}

fn first_lines(body: &str) -> impl Iterator<Item = &str> {
    body.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .filter(|line| line.len() <= MAX_LINE)
}

/// Which of two numbers is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst,
    DayFirst,
}

/// A day found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) at: DateTime<Utc>,
    /// The day where the day comes first, if nothing in the note settles that; `at` has the month first.
    pub(super) day_first: Option<DateTime<Utc>>,
}

/// The first day in title, description and first lines.
pub(super) fn in_text(
    title: Option<&str>,
    description: Option<&str>,
    body: &str,
    file_name: Option<&str>,
) -> Option<Found> {
    let first = |text: &str| days(head(text, MAX_TITLE)).into_iter().next();
    let found = title
        .and_then(first)
        .or_else(|| description.and_then(first))
        .or_else(|| first_lines(body).find_map(first))?;
    let (month_first, day_first) = match found {
        Day::Sure(day) => {
            return Some(Found {
                at: midnight(day),
                day_first: None,
            });
        }
        Day::Either {
            month_first,
            day_first,
        } => (month_first, day_first),
    };
    let settled = settle(month_first, day_first, body, file_name);
    Some(Found {
        at: midnight(settled.unwrap_or(month_first)),
        day_first: settled.is_none().then(|| midnight(day_first)),
    })
}

/// Settles month against day by another day the note names that is surely one of the two, as a picture
/// named by date, or by another one written alike that can be read in one way only.
fn settle(
    month_first: NaiveDate,
    day_first: NaiveDate,
    body: &str,
    file_name: Option<&str>,
) -> Option<NaiveDate> {
    let mut named = days(head(body, MAX_EVIDENCE));
    named.extend(file_name.map(days).unwrap_or_default());
    let sure = named.into_iter().filter_map(|day| match day {
        Day::Sure(day) => Some(day),
        Day::Either { .. } => None,
    });
    let same = sure
        .into_iter()
        .find(|day| *day == month_first || *day == day_first);
    same.or_else(|| {
        order(body).map(|order| match order {
            Order::MonthFirst => month_first,
            Order::DayFirst => day_first,
        })
    })
}

/// How days are written in a text, told by the first that can be read in one way only: `01/16/2020`.
pub(super) fn order(text: &str) -> Option<Order> {
    let text = head(text, MAX_EVIDENCE);
    let number = |part: &str| {
        part.parse::<u32>()
            .ok()
            .filter(|number| (1..=31).contains(number))
    };
    text.split(|c: char| !c.is_ascii_digit() && c != '/')
        .filter(|word| (8..=10).contains(&word.len()))
        .find_map(|word| {
            let mut parts = word.split('/');
            let (a, b, year) = (
                number(parts.next()?)?,
                number(parts.next()?)?,
                parts.next()?,
            );
            match (a, b) {
                _ if year.len() != 4 || parts.next().is_some() => None,
                (..=12, 13..) => Some(Order::MonthFirst),
                (13.., ..=12) => Some(Order::DayFirst),
                _ => None,
            }
        })
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(title: Option<&str>, description: Option<&str>, body: &str) -> Option<DateTime<Utc>> {
        in_text(title, description, body, None).map(|found| found.at)
    }

    #[test]
    fn a_note_settles_its_days_by_what_else_it_names() {
        assert_eq!(
            day(text(Some("Coffee 02/06/2020"), None, "last: 16/01/2020")),
            "2020-06-02"
        );
        assert_eq!(order("on 01/16/2020"), Some(Order::MonthFirst));
        assert_eq!(order("on 1/6/2020, 99/99/2020, 1/2/3/2020"), None);
        let found = in_text(Some("Coffee 02/06/2020"), None, "", None).unwrap();
        assert_eq!(
            (day(Some(found.at)), day(found.day_first)),
            ("2020-02-06".into(), "2020-06-02".into())
        );
        let named = in_text(Some("Coffee 02/06/2020"), None, "", Some("a/2020-06-02.md")).unwrap();
        assert_eq!(
            (day(Some(named.at)), named.day_first),
            ("2020-06-02".into(), None)
        );
    }

    #[test]
    fn folders_say_the_month() {
        assert_eq!(day(in_folders("2019/03/day-two.md")), "2019-03-01");
        assert_eq!(day(in_folders("devopsdays-2019/day-2.md")), "2019-01-01");
        assert_eq!(day(in_folders("talks/1234.md")), "-");
    }

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
            day(text(Some("Day two, 6 Nov 2018"), Some("7 Nov 2018"), "")),
            "2018-11-06"
        );
        assert_eq!(
            day(text(Some("Day two"), Some("7 Nov 2018"), "8 Nov 2018")),
            "2018-11-07"
        );
        assert_eq!(
            day(text(None, None, "# Day two\n\nNovember 8, 2018\n")),
            "2018-11-08"
        );
        assert_eq!(
            day(text(
                None,
                None,
                &format!("{} in May 3, 1999\n", "word ".repeat(40))
            )),
            "-"
        );
        assert_eq!(
            day(text(None, None, "a\n\nb\n\nc\n\nd\n\ne\n\n8 Nov 2018")),
            "-"
        );
    }

    #[test]
    fn a_picture_settles_month_against_day() {
        assert_eq!(
            day(text(Some("Coffee 02/06/2020"), None, "![](2020.02.06.png)")),
            "2020-02-06"
        );
        assert_eq!(
            day(text(Some("Coffee 02/06/2020"), None, "![](2020.06.02.png)")),
            "2020-06-02"
        );
        assert_eq!(day(text(Some("Coffee 02/06/2020"), None, "")), "2020-02-06");
    }
}
