//! Events: how several blogs' names for one event come together.

use chrono::Datelike;

use super::entry::Entry;

/// What is known of the event that an entry's notes were taken at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Without place, year and day: `DevOpsDays`.
    pub(crate) name: String,
    /// `Ghent`; `None` where the name does not say.
    pub(crate) place: Option<String>,
    /// As the name says, else a tag, the URL, the date.
    pub(crate) year: Option<i32>,
    /// The day of the event the entry is of, from 1: `day two`.
    pub(crate) day: Option<u8>,
}

/// Ends of the names of series: what follows is the place. They are joined to the word before.
const SERIES: &[&str] = &[
    "days", "day", "conf", "con", "camp", "fest", "summit", "ops", "meetup",
];

/// Of these only the first few words in front stay apart: `Open Source Summit`.
const JOINED: &[&str] = &["days", "conf", "con", "camp", "fest", "ops"];

const DAYS: &[(&str, u8)] = &[
    ("one", 1),
    ("first", 1),
    ("two", 2),
    ("second", 2),
    ("three", 3),
    ("third", 3),
    ("four", 4),
    ("i", 1),
    ("ii", 2),
    ("iii", 3),
    ("eins", 1),
    ("zwei", 2),
    ("drei", 3),
    ("en", 1),
    ("ett", 1),
    ("to", 2),
    ("två", 2),
    ("tre", 3),
    ("een", 1),
    ("twee", 2),
    ("drie", 3),
];

/// What events are compared by: `DevOps Days Ghent 2019` and `Devopsdays, Ghent 2019` are one event. Lower
/// case words divided by blanks; words such as `days` and `conf` are joined to the word before them.
fn event_key(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let letters: String = name
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    for word in letters.to_lowercase().split_whitespace() {
        match words.last_mut() {
            Some(last) if JOINED.contains(&word) && year(last).is_none() => last.push_str(word),
            None if word == "the" => {}
            _ => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}

/// Whether a person means the event of this key: a part of its name, or some of its words.
pub(crate) fn is_event_called(key: &str, asked: &str) -> bool {
    let asked = event_key(asked);
    let mut words = asked.split(' ');
    !asked.is_empty()
        && (key.contains(&asked) || words.all(|word| key.split(' ').any(|of_key| of_key == word)))
}

fn year(word: &str) -> Option<i32> {
    let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
    let plausible = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    digits.parse().ok().filter(|_| plausible)
}

impl Event {
    /// `None` where the entry is of no event.
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let said = entry.event.as_deref()?;
        let mut words: Vec<&str> = said.split_whitespace().collect();
        let told = words
            .iter()
            .position(|word| year(word).is_some())
            .map(|at| words.remove(at));
        let tags = || entry.tags.iter().find_map(|tag| year_at_end(&tag.name));
        let url = || {
            entry
                .url
                .as_deref()
                .and_then(|url| url.split(['/', '-', '.', '?', '#']).find_map(year))
        };
        let date = || entry.published.map(|date| date.year());
        let ends_series = |word: &&str| SERIES.iter().any(|end| word.to_lowercase().ends_with(end));
        let series = words
            .iter()
            .rposition(ends_series)
            .filter(|&at| at + 1 < words.len());
        let place = series.map(|at| words.split_off(at + 1).join(" "));
        Some(Self {
            name: words.join(" "),
            place: place.map(|place| place.trim_matches([',', ' ', '-', '(', ')']).to_owned()),
            year: told.and_then(year).or_else(tags).or_else(url).or_else(date),
            day: entry.title.as_deref().and_then(day),
        })
    }

    /// See [`event_key`]; with the year, where it is known, so that two years of one event stay two.
    pub(crate) fn key(&self) -> String {
        let parts = [
            Some(self.name.clone()),
            self.place.clone(),
            self.year.map(|year| year.to_string()),
        ];
        event_key(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// `pipeconf2019`
fn year_at_end(tag: &str) -> Option<i32> {
    let at = tag.len().checked_sub(4)?;
    let before = tag.get(..at)?;
    year(tag.get(at..)?).filter(|_| !before.ends_with(|c: char| c.is_ascii_digit()))
}

fn day(title: &str) -> Option<u8> {
    let title = title.to_lowercase();
    let words: Vec<&str> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).find_map(|pair| {
        let number = |word: &str| {
            let told = DAYS
                .iter()
                .find(|(name, _)| *name == word)
                .map(|(_, day)| *day);
            told.or_else(|| word.parse().ok().filter(|day| (1..=9).contains(day)))
        };
        match pair {
            ["day" | "dag" | "tag" | "jour", of] => number(of),
            [of @ ("first" | "second" | "third"), "day"] => number(of),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_event_have_one_key() {
        for spelling in [
            "DevOpsDays Ghent 2019",
            "Devopsdays Ghent, 2019",
            "DevOps Days Ghent (2019)",
            "devops days ghent 2019",
        ] {
            assert_eq!(event_key(spelling), "devopsdays ghent 2019", "{spelling}");
        }
        assert_eq!(event_key("Pipe Conf"), event_key("PipeConf"));
        assert_eq!(event_key("Coffee Ops"), event_key("CoffeeOps"));
        assert_ne!(event_key("PipeConf 2019"), event_key("PipeConf 2020"));
    }

    #[test]
    fn events_are_called_by_a_part_or_by_words() {
        let key = event_key("DevOpsDays Ghent 2019");
        for asked in [
            "devopsdays ghent 2019",
            "DevOps Days",
            "devopsdays 2019",
            "2019 Ghent",
            "ghen",
        ] {
            assert!(is_event_called(&key, asked), "{asked}");
        }
        for asked in ["devopsdays 2018", "ghent oslo", "", "--"] {
            assert!(!is_event_called(&key, asked), "{asked}");
        }
    }

    #[test]
    fn days_and_years_are_told() {
        assert_eq!(day("DevOpsDays Ghent 2019: day two"), Some(2));
        assert_eq!(day("Rördagen 2018, dag 1"), Some(1));
        assert_eq!(day("Days of thunder"), None);
        assert_eq!(year_at_end("pipeconf2019"), Some(2019));
        assert_eq!(year("20191"), None);
    }
}
