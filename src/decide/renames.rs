//! Which of a folder's new files are old ones under another name. Pure.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::SafeHtml;

/// Numbers a text is known by; two texts are alike by as many as they share.
const SIZE: usize = 64;
/// So many of them make two texts one, edited while it was renamed.
const ALIKE: usize = 45;
/// Each text is compared with each other; past this only equal ones are found.
const MAX_PAIRS: usize = 250_000;

/// What a text is recognised by: the least hash of its runs of three words, in 64 ways.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Likeness([u32; SIZE]);

impl Likeness {
    /// `None` for a text of so few words that others say the same.
    pub(crate) fn of(content: &SafeHtml) -> Option<Self> {
        Self::of_text(&content.to_text())
    }

    pub(super) fn of_text(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() < 8 {
            return None;
        }
        let mut least = [u32::MAX; SIZE];
        for run in words.windows(3) {
            let mut hasher = DefaultHasher::new();
            run.hash(&mut hasher);
            let mut hash = hasher.finish();
            for slot in &mut least {
                // An xorshift: each way sees another order.
                hash ^= hash << 13;
                hash ^= hash >> 7;
                hash ^= hash << 17;
                *slot = (*slot).min((hash >> 32) as u32);
            }
        }
        Some(Self(least))
    }

    /// The same text, edited.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.shared(other) >= ALIKE
    }

    fn shared(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count()
    }
}

/// Pairs the guids that vanished with the new ones of the same text: new guid to old guid. Each is used
/// once.
pub(crate) fn renamed(
    vanished: Vec<(String, Likeness)>,
    new: Vec<(String, Likeness)>,
) -> HashMap<String, String> {
    let mut pairs = HashMap::new();
    let mut equal: HashMap<Likeness, Vec<String>> = HashMap::new();
    for (guid, likeness) in vanished {
        equal.entry(likeness).or_default().push(guid);
    }
    let mut edited = Vec::new();
    for (guid, likeness) in new {
        match equal.get_mut(&likeness).and_then(Vec::pop) {
            Some(old) => {
                pairs.insert(guid, old);
            }
            None => edited.push((guid, likeness)),
        }
    }
    let mut left: Vec<(Likeness, String)> = equal
        .into_iter()
        .flat_map(|(likeness, guids)| guids.into_iter().map(move |guid| (likeness.clone(), guid)))
        .collect();
    left.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    if left.len() * edited.len() > MAX_PAIRS {
        return pairs;
    }
    for (guid, likeness) in edited {
        let best = (0..left.len()).max_by_key(|&index| left[index].0.shared(&likeness));
        if let Some(index) = best.filter(|&index| left[index].0.shared(&likeness) >= ALIKE) {
            pairs.insert(guid, left.swap_remove(index).1);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str) -> Likeness {
        Likeness::of(&SafeHtml::vouch(format!("<p>{text}</p>"))).unwrap()
    }

    fn text(topic: &str) -> String {
        (0..60).map(|n| format!("{topic}{n} ")).collect()
    }

    #[test]
    fn the_same_text_is_the_same_note_and_an_edited_one_too() {
        let vanished = vec![
            ("a".into(), like(&text("x"))),
            ("b".into(), like(&text("y"))),
        ];
        let new = vec![
            ("c".into(), like(&format!("{} and one more", text("y")))),
            ("d".into(), like(&text("x"))),
            ("e".into(), like(&text("z"))),
        ];
        let pairs = renamed(vanished, new);
        let expected = [("c", "b"), ("d", "a")];
        assert_eq!(
            pairs,
            expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into()
        );
    }

    #[test]
    fn few_words_say_nothing() {
        assert_eq!(
            Likeness::of(&SafeHtml::vouch("<p>Nothing yet</p>".to_owned())),
            None
        );
    }
}
