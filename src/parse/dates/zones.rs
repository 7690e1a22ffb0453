//! Time zones by name.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Weekday};

/// How far a zone is from UTC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Zone {
    /// Minutes east.
    Fixed(i64),
    /// Minutes east in winter, and whose summer time it keeps.
    Summer(i64, Summer),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Summer {
    Europe,
    America,
}

/// RFC 822's zones and those that publishers write beside them. Where letters stand for several zones
/// (`IST`, `CST`) it is the one of most blogs.
const NAMES: [(&str, i64); 61] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("zulu", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("trt", 180),
    ("msk", 180),
    ("msd", 240),
    ("ist", 330),
    ("pkt", 300),
    ("npt", 345),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("art", -180),
    ("nst", -210),
    ("ndt", -150),
    ("adt", -180),
    ("ast", -240),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
    ("akdt", -480),
    ("akst", -540),
    ("hst", -600),
    // Without S or D, standard time is meant; so reads the reference, too.
    ("et", -300),
    ("ct", -360),
    ("mt", -420),
    ("pt", -480),
    // RFC 822, 5.1 as printed. RFC 2822, 4.3 takes every other letter as UTC, since nobody got them right.
    ("a", -60),
    ("n", 60),
    ("m", -720),
    ("y", 720),
];

/// By its letters, small.
pub(super) fn by_name(name: &str) -> Option<Zone> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known
        .map(|(_, minutes)| Zone::Fixed(*minutes))
        .or_else(|| (name.len() == 1 && name.is_ascii()).then_some(Zone::Fixed(0)))
}

/// `europe/brussels`, by its parts.
pub(super) fn by_region(region: &str, city: &str) -> Option<Zone> {
    let eastern = [
        "athens",
        "helsinki",
        "kiev",
        "kyiv",
        "bucharest",
        "sofia",
        "riga",
        "tallinn",
        "vilnius",
        "chisinau",
    ];
    let zone = match (region, city) {
        ("europe", "london" | "dublin" | "lisbon") => Zone::Summer(0, Summer::Europe),
        ("europe", "moscow" | "minsk" | "istanbul") => Zone::Fixed(180),
        ("europe", city) if eastern.contains(&city) => Zone::Summer(120, Summer::Europe),
        ("europe", _) => Zone::Summer(60, Summer::Europe),
        ("america" | "us", "new" | "toronto" | "detroit" | "montreal" | "eastern") => {
            Zone::Summer(-300, Summer::America)
        }
        ("america" | "us", "chicago" | "winnipeg" | "central") => {
            Zone::Summer(-360, Summer::America)
        }
        ("america" | "us", "denver" | "edmonton" | "mountain") => {
            Zone::Summer(-420, Summer::America)
        }
        ("america" | "us", "los" | "vancouver" | "pacific") => Zone::Summer(-480, Summer::America),
        ("america", "phoenix") => Zone::Fixed(-420),
        ("america", "bogota" | "lima") => Zone::Fixed(-300),
        ("america", "sao" | "argentina") => Zone::Fixed(-180),
        ("asia", "tokyo" | "seoul") => Zone::Fixed(540),
        ("asia", "shanghai" | "singapore" | "hong" | "taipei" | "manila") => Zone::Fixed(480),
        ("asia", "kolkata" | "calcutta") => Zone::Fixed(330),
        ("australia", "brisbane") => Zone::Fixed(600),
        ("australia", "perth") => Zone::Fixed(480),
        ("africa", "johannesburg" | "cairo") => Zone::Fixed(120),
        ("africa", "lagos") => Zone::Fixed(60),
        ("africa", "nairobi") => Zone::Fixed(180),
        // `Etc/GMT` and the like.
        ("etc", name) => by_name(name)?,
        _ => return None,
    };
    Some(zone)
}

impl Zone {
    /// Minutes east of UTC at a time on the wall.
    pub(super) fn minutes(self, local: NaiveDateTime) -> i64 {
        match self {
            Self::Fixed(minutes) => minutes,
            Self::Summer(minutes, summer) if summer.holds(local.date()) => minutes + 60,
            Self::Summer(minutes, _) => minutes,
        }
    }
}

impl Summer {
    /// By the day: which hour of the two nights a year it changes in is not worth a table.
    fn holds(self, day: NaiveDate) -> bool {
        let year = day.year();
        let (from, to) = match self {
            Self::Europe => (last_sunday(year, 3), last_sunday(year, 10)),
            Self::America if year >= 2007 => (sunday(year, 3, 2), sunday(year, 11, 1)),
            Self::America => (sunday(year, 4, 1), last_sunday(year, 10)),
        };
        matches!((from, to), (Some(from), Some(to)) if from <= day && day < to)
    }
}

fn sunday(year: i32, month: u32, which: u8) -> Option<NaiveDate> {
    NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Sun, which)
}

/// Of March or October.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.checked_sub_signed(Duration::days(i64::from(
        last.weekday().num_days_from_sunday(),
    )))
}
