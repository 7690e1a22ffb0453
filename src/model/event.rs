//! What events are compared by.

/// Words that say which time an event is held, which the year says as well, or nothing.
const EMPTY: [&str; 14] = [
    "the", "annual", "edition", "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "at",
];

/// `DevOpsDays Ghent 2019`, `devopsdays: Ghent, 2019` and `10th DevOpsDays Ghent 2019` are one event.
pub(crate) fn event_key(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !EMPTY.contains(word) && !is_ordinal(word));
    let key = words.collect::<Vec<_>>().join(" ");
    if key.is_empty() { lower } else { key }
}

fn is_ordinal(word: &str) -> bool {
    ["st", "nd", "rd", "th"].iter().any(|ending| {
        word.strip_suffix(ending)
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_event_have_one_key() {
        for name in [
            "DevOpsDays Ghent 2019",
            "devopsdays: Ghent, 2019",
            "The 10th DevOpsDays Ghent 2019",
        ] {
            assert_eq!(event_key(name), "devopsdays ghent 2019", "{name}");
        }
        assert_eq!(event_key("The First"), "the first");
    }
}
