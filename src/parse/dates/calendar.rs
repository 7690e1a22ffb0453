//! The day of a date, out of what is left when the time has been taken.

use chrono::{Datelike, NaiveDate, Weekday};

use super::fold::Part;
use super::words::{self, Meaning};

/// More words than a date has by itself; what holds more is prose, and its numbers mean something else.
const MAX_STRANGE_WORDS: usize = 6;

pub(super) fn day(parts: &[Part<'_>]) -> Option<NaiveDate> {
    let day = Calendar::of(parts);
    if let Some(found) = day.by_signs() {
        return Some(found);
    }
    if day.strange > MAX_STRANGE_WORDS {
        return None;
    }
    match day.month {
        Some((at, month)) => day.with_name(at, month),
        None => day.by_week().or_else(|| day.in_numbers()),
    }
}

struct Calendar<'a> {
    parts: &'a [Part<'a>],
    /// With the place each stands at.
    numbers: Vec<(usize, &'a str)>,
    month: Option<(usize, u32)>,
    weekday: Option<u32>,
    /// How many words mean nothing in a date.
    strange: usize,
}

impl<'a> Calendar<'a> {
    fn of(parts: &'a [Part<'a>]) -> Self {
        let mut found = Self {
            parts,
            numbers: Vec::with_capacity(4),
            month: None,
            weekday: None,
            strange: 0,
        };
        let mut uncertain = false;
        for (at, part) in parts.iter().enumerate() {
            match *part {
                Part::Number(digits) => found.numbers.push((at, digits)),
                Part::Word(word) => match words::meaning(word) {
                    Some(Meaning::Weekday(day)) => found.weekday = found.weekday.or(Some(day)),
                    Some(Meaning::Month(month)) if found.month.is_none() || uncertain => {
                        found.month = Some((at, month));
                        uncertain = words::may_be_weekday(word);
                    }
                    Some(Meaning::Month(_)) => {}
                    None if words::is_filler(word) => {}
                    None => found.strange += 1,
                },
                Part::Mark(_) => {}
            }
        }
        found
    }

    /// Day, month by name, year: in any order.
    fn with_name(&self, at: usize, month: u32) -> Option<NaiveDate> {
        let behind = self.numbers.iter().position(|(place, _)| *place > at);
        let (before, after) = self.numbers.split_at(behind.unwrap_or(self.numbers.len()));
        let full = |numbers: &[(usize, &'a str)]| {
            let found = numbers.iter().find(|(_, digits)| digits.len() == 4);
            found.map(|(_, digits)| *digits)
        };
        let first = after.first().map(|(_, digits)| *digits);
        let (year, day) = match before.last().map(|(_, digits)| *digits) {
            Some(day) if day.len() <= 2 => {
                // `18-nov-06` is a day first, `99-nov-06` a year.
                if number(day)? > 31 {
                    (day, first?)
                } else {
                    let year = full(after).or_else(|| full(before)).or(first);
                    (year?, day)
                }
            }
            Some(year) if year.len() == 4 => {
                (year, first.filter(|day| day.len() <= 2).unwrap_or("1"))
            }
            Some(_) => return None,
            None => match first? {
                day if day.len() <= 2 => {
                    let second = after.get(1).map(|(_, digits)| *digits);
                    (full(after).or(second)?, day)
                }
                year => (year, "1"),
            },
        };
        date(self::year(year)?, month, number(day)?)
    }

    /// 2018年11月6日, 2018년 11월 6일.
    fn by_signs(&self) -> Option<NaiveDate> {
        let before = |signs: [&str; 2]| {
            let found = self.numbers.iter().find(|(at, _)| {
                matches!(self.parts.get(at + 1), Some(Part::Word(word)) if signs.contains(word))
            });
            found.map(|(_, digits)| *digits)
        };
        let year = before(["年", "년"])?;
        let month = before(["月", "월"])?;
        let day = before(["日", "일"]).or_else(|| before(["号", "號"]));
        date(
            self::year(year)?,
            number(month)?,
            number(day.unwrap_or("1"))?,
        )
    }

    /// ISO 8601's weeks: `2018-W45-2`, `2018W452`, `2018-W45`.
    fn by_week(&self) -> Option<NaiveDate> {
        let w = self
            .parts
            .iter()
            .position(|part| *part == Part::Word("w"))?;
        let (year, behind) = match self.numbers.as_slice() {
            [(at, year), behind @ ..] if *at < w && year.len() == 4 => (year, behind),
            _ => return None,
        };
        let (week, day) = match behind {
            [(_, week)] if week.len() == 3 => week.split_at(2),
            [(_, week)] if week.len() == 2 => (*week, "1"),
            [(_, week), (_, day), ..] if week.len() == 2 => (*week, *day),
            _ => return None,
        };
        let weekday = number(day)?.checked_sub(1).filter(|day| *day < 7)?;
        let weekday = Weekday::try_from(u8::try_from(weekday).ok()?).ok()?;
        NaiveDate::from_isoywd_opt(self::year(year)?, number(week)?, weekday)
    }

    fn in_numbers(&self) -> Option<NaiveDate> {
        let triple = |at: usize| {
            let numbers = self.numbers.get(at..at + 3)?;
            let mark = self.between(at)?;
            (self.between(at + 1)? == mark).then_some(())?;
            // Four and more in a row are an address or a version.
            let before = at.checked_sub(1).and_then(|at| self.between(at));
            if mark != ' ' && [before, self.between(at + 2)].contains(&Some(mark)) {
                return None;
            }
            self.three([numbers[0].1, numbers[1].1, numbers[2].1], mark)
        };
        if self.numbers.len() >= 3 {
            return (0..self.numbers.len() - 2).find_map(triple);
        }
        // Less than a day is a date only where nothing else is said.
        if self.strange > 0 {
            return None;
        }
        match self.numbers.as_slice() {
            [(_, year), (_, rest)] => {
                let mark = self.between(0)?;
                match (year.len(), rest.len(), mark) {
                    (4, 3, '-') => NaiveDate::from_yo_opt(self::year(year)?, number(rest)?),
                    (4, 1 | 2, '-' | '/' | '.') => date(self::year(year)?, number(rest)?, 1),
                    (1 | 2, 4, '-' | '/' | '.') => date(self::year(rest)?, number(year)?, 1),
                    _ => None,
                }
            }
            [(0, all)] => lone(all),
            _ => None,
        }
    }

    /// The mark between a number and the next; a blank where there is none.
    fn between(&self, at: usize) -> Option<char> {
        let (from, to) = (self.numbers.get(at)?.0, self.numbers.get(at + 1)?.0);
        match self.parts.get(from + 1..to)? {
            [] => Some(' '),
            [Part::Mark(mark @ ('-' | '/' | '.' | '_' | ','))] => Some(*mark),
            _ => None,
        }
    }

    fn three(&self, [a, b, c]: [&str; 3], mark: char) -> Option<NaiveDate> {
        if a.len() == 4 {
            return date(year(a)?, number(b)?, number(c)?);
        }
        if mark == ' ' || mark == ',' {
            return None;
        }
        // ISO 8601's short form; a first number past 31 can be nothing else in any writing.
        if c.len() <= 2 && (mark == '-' && number(c)? <= 31 || number(a)? > 31) {
            return date(year(a)?, number(b)?, number(c)?);
        }
        let year = year(c)?;
        let day_first = date(year, number(b)?, number(a)?);
        let month_first = date(year, number(a)?, number(b)?);
        // The weekday beside it tells; else a slash is the American way, dots and dashes are not.
        let told = |day: &NaiveDate| Some(day.weekday().num_days_from_monday()) == self.weekday;
        let told = day_first.filter(told).or_else(|| month_first.filter(told));
        told.or(if mark == '/' { month_first } else { day_first })
            .or(day_first)
            .or(month_first)
    }
}

/// `20181106`, `2018310`, `181106`, `2018`.
fn lone(digits: &str) -> Option<NaiveDate> {
    let cut = |from: usize, to: usize| digits.get(from..to).and_then(number);
    match digits.len() {
        8 => date(year(digits.get(..4)?)?, cut(4, 6)?, cut(6, 8)?),
        7 => NaiveDate::from_yo_opt(year(digits.get(..4)?)?, cut(4, 7)?),
        6 => date(year(digits.get(..2)?)?, cut(2, 4)?, cut(4, 6)?),
        4 => date(year(digits)?, 1, 1),
        _ => None,
    }
}

/// RFC 2822, 4.3: two digits below 50 are of this century, three digits count from 1900.
fn year(digits: &str) -> Option<i32> {
    let number: i32 = digits.get(..digits.len().min(5))?.parse().ok()?;
    match digits.len() {
        4 => Some(number),
        3 => Some(number + 1900),
        2 if number < 50 => Some(number + 2000),
        2 => Some(number + 1900),
        _ => None,
    }
}

fn number(digits: &str) -> Option<u32> {
    (digits.len() <= 3).then(|| digits.parse().ok()).flatten()
}

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}
