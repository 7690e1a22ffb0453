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

/// Series whose last word does not say that they are one; what follows is the place, too.
const SERIES_WORDS: &[&str] = &[
    "velocity",
    "monitorama",
    "goto",
    "devoxx",
    "ndc",
    "lisa",
    "fosdem",
    "tellerrand",
    "reinvent",
    "invent",
    "satellite",
    "universe",
    "symposium",
    "congress",
    "conference",
    "konferenz",
    "days",
    "unconference",
    "barcamp",
    "jam",
];

/// Spellings of one name or place, as they are compared: words of [`event_key`].
const SAME: &[(&str, &str)] = &[
    ("kubecon cloudnativecon", "kubecon"),
    ("cloudnativecon kubecon", "kubecon"),
    ("velocityconf", "velocity"),
    ("oreilly velocity", "velocity"),
    ("re invent", "reinvent"),
    ("aws reinvent", "reinvent"),
    ("usenix srecon", "srecon"),
    ("usenix lisa", "lisa"),
    ("strangeloop", "strange loop"),
    ("configuration management", "config management"),
    ("configuration managementcamp", "cfgmgmtcamp"),
    ("config managementcamp", "cfgmgmtcamp"),
    ("alldaydevops", "all day devops"),
    ("eu", "europe"),
    ("north america", "na"),
    ("united states", "us"),
    ("usa", "us"),
    ("united kingdom", "uk"),
    ("new york city", "new york"),
    ("nyc", "new york"),
    ("ny", "new york"),
    ("sf", "san francisco"),
    ("gent", "ghent"),
    ("gand", "ghent"),
    ("köln", "cologne"),
    ("münchen", "munich"),
    ("zürich", "zurich"),
    ("wien", "vienna"),
    ("praha", "prague"),
    ("warszawa", "warsaw"),
    ("kraków", "krakow"),
    ("københavn", "copenhagen"),
    ("göteborg", "gothenburg"),
    ("genève", "geneva"),
    ("bruxelles", "brussels"),
];

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
    ("erster", 1),
    ("zweiter", 2),
    ("dritter", 3),
    ("premier", 1),
    ("deuxième", 2),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("un", 1),
    ("deux", 2),
    ("trois", 3),
    ("zero", 0),
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
    let apart: Vec<&str> = letters.split_whitespace().flat_map(unglued).collect();
    for word in apart.join(" ").to_lowercase().split_whitespace() {
        let word = match year_at_end(word) {
            Some(_) if word.len() > 4 => {
                words.push(word[..word.len() - 4].to_owned());
                &word[word.len() - 4..]
            }
            _ => word,
        };
        match words.last_mut() {
            Some(last) if JOINED.contains(&word) && year(last).is_none() => last.push_str(word),
            None if word == "the" => {}
            _ => words.push(word.to_owned()),
        }
    }
    // `GitHub Satellite Conference` is `GitHub Satellite`.
    if words.iter().filter(|word| year(word).is_none()).count() > 2 {
        words.retain(|word| word != "conference");
    }
    let mut key = format!(" {} ", words.join(" "));
    for (spelling, same) in SAME {
        let spelling = format!(" {spelling} ");
        if key.contains(&spelling) {
            key = key.replace(&spelling, &format!(" {same} "));
        }
    }
    key.trim().to_owned()
}

/// `DevOpsDaysGhent`: series and place.
fn unglued(word: &str) -> Vec<&str> {
    let mut parts = vec![word];
    for (at, _) in word.char_indices().filter(|(_, c)| c.is_uppercase()) {
        let before = word[..at].to_lowercase();
        let place = word[at..].chars().take_while(|c| c.is_alphabetic()).count();
        let series = JOINED
            .iter()
            .any(|end| before.len() > end.len() + 1 && before.ends_with(end));
        if series && place >= 4 {
            parts = vec![&word[..at], &word[at..]];
        }
    }
    parts
}

/// Whether a person means the event of this key: a part of its name, or some of its words.
pub(crate) fn is_event_called(key: &str, asked: &str) -> bool {
    let asked = event_key(asked);
    let mut words = asked.split(' ');
    !asked.is_empty()
        && (key.contains(&asked) || words.all(|word| key.split(' ').any(|of_key| of_key == word)))
}

fn year(word: &str) -> Option<i32> {
    // `'20`
    if let Some(short) = word
        .trim_matches(['(', ')', ',', ':'])
        .strip_prefix(['\'', '’'])
        && short.len() == 2
    {
        return short.parse::<i32>().ok().map(|year| 2000 + year);
    }
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
            .position(|word| year(word).is_some() && !word.contains(char::is_alphabetic))
            .map(|at| words.remove(at));
        let glued = words
            .iter()
            .position(|word| glued_year(word).is_some())
            .filter(|_| told.is_none());
        let glued = glued.and_then(|at| {
            let (letters, year) = glued_year(words[at])?;
            words[at] = letters;
            Some(year)
        });
        let tags = || entry.tags.iter().find_map(|tag| year_at_end(&tag.name));
        let url = || {
            entry
                .url
                .as_deref()
                .and_then(|url| url.split(['/', '-', '.', '?', '#']).find_map(year))
        };
        let date = || entry.published.map(|date| date.year());
        let ends_series = |word: &&str| {
            let word = word.to_lowercase();
            let word = word.trim_end_matches([',', ':', '-']);
            SERIES.iter().any(|end| word.ends_with(end)) || SERIES_WORDS.contains(&word)
        };
        let series = words
            .iter()
            .rposition(ends_series)
            .filter(|&at| at + 1 < words.len());
        let place = series.map(|at| words.split_off(at + 1).join(" "));
        let place = place.map(|place| place.trim_matches(EDGES).to_owned());
        Some(Self {
            name: words.join(" ").trim_matches(EDGES).to_owned(),
            place: place.filter(|place| !place.is_empty()),
            year: told
                .and_then(year)
                .or(glued)
                .or_else(tags)
                .or_else(url)
                .or_else(date),
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

/// What is left at the ends where words were taken out.
const EDGES: &[char] = &[',', ' ', '-', '–', '—', '(', ')', ':', '|', '@'];

/// `PipeConf19` and `PipeConf2019`: the name and the year.
fn glued_year(word: &str) -> Option<(&str, i32)> {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &word[letters.len()..];
    if letters.chars().filter(|c| c.is_alphabetic()).count() < 4 {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    match digits.len() {
        4 => year(digits).map(|year| (letters, year)),
        2 if (6..=40).contains(&number) => Some((letters, 2000 + number)),
        _ => None,
    }
}

/// `pipeconf2019`
fn year_at_end(tag: &str) -> Option<i32> {
    let at = tag.len().checked_sub(4)?;
    let before = tag.get(..at)?;
    year(tag.get(at..)?).filter(|_| !before.ends_with(|c: char| c.is_ascii_digit()))
}

const ORDINAL_WORDS: &[&str] = &[
    "first",
    "second",
    "third",
    "erster",
    "zweiter",
    "dritter",
    "premier",
    "deuxième",
];

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
            [
                "day" | "dag" | "tag" | "jour" | "día" | "dia" | "giorno" | "dzień",
                of,
            ] => number(of),
            [of, "day" | "dag" | "tag" | "jour"] if ORDINAL_WORDS.contains(of) => number(of),
            [of, "day" | "dag" | "tag" | "jour"]
                if of.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                number(of.trim_end_matches(char::is_alphabetic))
            }
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
