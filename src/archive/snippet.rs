//! The piece of a text that answers a question's words, with those words marked.
//!
//! The index keeps no text, so that the words are looked for here again, folded as there (see `fold`).

use std::ops::Range;

use super::fold;
use crate::query::{Filter, Snippet, Words};

/// So many words are shown.
const WORDS: usize = 26;
/// So long a piece is shown at most, in bytes.
const LONGEST: usize = 400;
/// Of a text, so much is looked through, and so many hits are weighed.
const MAX_TEXT: usize = 1 << 20;
const MAX_HITS: usize = 2_000;

/// The words a question looks for.
pub(super) struct Wanted(Vec<Pattern>);

struct Pattern {
    /// Folded, to stand next to each other.
    words: Vec<String>,
    /// The last may be the beginning of a word.
    prefix: bool,
    /// Of one word that may have another ending.
    stem: Option<String>,
}

struct Word {
    at: Range<usize>,
    folded: String,
}

/// Words from this one to that one answer the pattern.
struct Hit {
    first: usize,
    last: usize,
    pattern: usize,
}

impl Wanted {
    /// `None` where the question names no words that have to be there.
    pub(super) fn of(filter: &Filter) -> Option<Self> {
        let mut patterns = Vec::new();
        collect(filter, &mut patterns);
        (!patterns.is_empty()).then_some(Self(patterns))
    }

    /// The piece of the text that answers most of the words; `None` where it answers none.
    pub(super) fn in_text(&self, text: &str) -> Option<Snippet> {
        let words = words(head(text));
        let hits = self.hits(&words);
        let best = best(&hits)?;
        let (from, until) = piece(head(text), &words, &hits[best.clone()])?;
        Some(cut(head(text), from..until, &words, &hits))
    }

    fn hits(&self, words: &[Word]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for first in 0..words.len() {
            for (number, pattern) in self.0.iter().enumerate() {
                if pattern.is_at(&words[first..]) {
                    hits.push(Hit {
                        first,
                        last: first + pattern.words.len() - 1,
                        pattern: number,
                    });
                }
            }
            if hits.len() >= MAX_HITS {
                break;
            }
        }
        hits
    }
}

impl Pattern {
    fn of(words: &Words) -> Option<Self> {
        let folded: Vec<String> = self::words(&words.text)
            .into_iter()
            .map(|word| word.folded)
            .collect();
        let stem = match folded.as_slice() {
            [] => return None,
            [_] if !words.exact && !words.prefix => fold::stem(&words.text),
            _ => None,
        };
        Some(Self {
            words: folded,
            prefix: words.prefix,
            stem,
        })
    }

    fn is_at(&self, text: &[Word]) -> bool {
        let Some(text) = text.get(..self.words.len()) else {
            return false;
        };
        if let ([wanted], [word], Some(stem)) = (self.words.as_slice(), text, &self.stem) {
            // A stem may change its end (`happy`, `happi`), never its beginning.
            return word.folded == *wanted
                || word.folded.as_bytes().first() == stem.as_bytes().first()
                    && fold::stem(&word.folded).as_ref() == Some(stem);
        }
        let last = self.words.len() - 1;
        let same = |(at, (word, wanted)): (usize, (&Word, &String))| {
            word.folded == *wanted
                || self.prefix && at == last && word.folded.starts_with(wanted.as_str())
        };
        text.iter().zip(&self.words).enumerate().all(same)
    }
}

fn collect(filter: &Filter, patterns: &mut Vec<Pattern>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            for part in parts {
                collect(part, patterns);
            }
        }
        Filter::Text(words) => patterns.extend(Pattern::of(words)),
        _ => {}
    }
}

/// Whether single talks of an entry can answer a question or not.
pub(super) fn is_about_talks(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(is_about_talks),
        Filter::Not(inner) => is_about_talks(inner),
        Filter::Text(_) | Filter::Title(_) | Filter::Speaker(_) | Filter::Kind(_) => true,
        _ => false,
    }
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT)]
}

/// The words of a text; of a script without blanks every character is one.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        let east_asian = fold::is_east_asian(character);
        let inside = !east_asian && is_of_word(character, start.is_some());
        if let Some(from) = start.filter(|_| !inside) {
            push(&mut words, text, from..at);
            start = None;
        }
        if east_asian {
            push(&mut words, text, at..at + character.len_utf8());
        } else if inside && start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        push(&mut words, text, from..text.len());
    }
    words
}

/// Accents and what is not seen stand inside a word, never at its beginning.
fn is_of_word(character: char, begun: bool) -> bool {
    character.is_alphanumeric()
        || begun
            && (matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
                || unicode_normalization::char::is_combining_mark(character))
}

fn push(words: &mut Vec<Word>, text: &str, at: Range<usize>) {
    let word = &text[at.clone()];
    let folded = if word.is_ascii() {
        word.to_ascii_lowercase()
    } else {
        fold::key(word)
    };
    words.push(Word { at, folded });
}

/// The hits that are shown together: those of most patterns, of equals the most, of equals the first.
fn best(hits: &[Hit]) -> Option<Range<usize>> {
    let mut best: Option<(usize, Range<usize>)> = None;
    for (at, first) in hits.iter().enumerate() {
        let until = at
            + hits[at..]
                .iter()
                .take_while(|hit| hit.last < first.first + WORDS)
                .count()
                .max(1);
        let mut patterns: Vec<usize> = hits[at..until].iter().map(|hit| hit.pattern).collect();
        patterns.sort_unstable();
        patterns.dedup();
        let score = patterns.len() * 2 * WORDS + (until - at).min(WORDS);
        if best.as_ref().is_none_or(|(before, _)| score > *before) {
            best = Some((score, at..until));
        }
    }
    best.map(|(_, range)| range)
}

/// From where to where the text is shown around hits: whole words, more after than before.
fn piece(text: &str, words: &[Word], hits: &[Hit]) -> Option<(usize, usize)> {
    let (first, last) = (hits.first()?.first, hits.iter().map(|hit| hit.last).max()?);
    let spare = WORDS.saturating_sub(last + 1 - first);
    let mut from = first.saturating_sub(spare / 3);
    let mut until = (from + WORDS).max(last + 1).min(words.len());
    let length = |from: usize, until: usize| words[until - 1].at.end - words[from].at.start;
    while length(from, until) > LONGEST {
        if until > last + 1 {
            until -= 1;
        } else if from < first {
            from += 1;
        } else if until > first + 1 {
            until -= 1;
        } else {
            // One word of hundreds of letters is nothing to read.
            return None;
        }
    }
    Some((
        whole_before(text, words[from].at.start),
        whole_after(text, words[until - 1].at.end),
    ))
}

/// Where what stands together without a blank begins: quotes and brackets go with their word.
fn whole_before(text: &str, at: usize) -> usize {
    let sticks = |c: &char| !c.is_whitespace() && !c.is_alphanumeric();
    let before = text[..at].chars().rev().take_while(sticks).take(8);
    at - before.map(char::len_utf8).sum::<usize>()
}

fn whole_after(text: &str, at: usize) -> usize {
    let sticks = |c: &char| !c.is_whitespace() && !c.is_alphanumeric();
    let after = text[at..].chars().take_while(sticks).take(8);
    at + after.map(char::len_utf8).sum::<usize>()
}

/// The piece with white space collapsed and an ellipsis where the text goes on.
fn cut(text: &str, shown: Range<usize>, words: &[Word], hits: &[Hit]) -> Snippet {
    let mut marked: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        let (start, end) = (words[hit.first].at.start, words[hit.last].at.end);
        match marked.last_mut() {
            Some(before) if start < before.end => before.end = before.end.max(end),
            _ => marked.push(start..end),
        }
    }
    let mut snippet = Snippet::default();
    if !text[..shown.start].trim().is_empty() {
        snippet.text.push('…');
    }
    let mut marks = marked
        .into_iter()
        .filter(|mark| mark.start >= shown.start && mark.end <= shown.end)
        .peekable();
    let mut blank = false;
    let mut open = None;
    for (at, character) in text[shown.clone()].char_indices() {
        let at = shown.start + at;
        if let (Some(mark), Some(start)) = (marks.peek(), open)
            && at >= mark.end
        {
            snippet.marks.push(start..snippet.text.len());
            open = None;
            marks.next();
        }
        if character.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && !snippet.text.is_empty() {
            snippet.text.push(' ');
        }
        if open.is_none() && marks.peek().is_some_and(|mark| mark.start == at) {
            open = Some(snippet.text.len());
        }
        snippet.text.push(character);
    }
    if let Some(start) = open {
        snippet.marks.push(start..snippet.text.len());
    }
    if !text[shown.end..].trim().is_empty() {
        snippet.text.push('…');
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, text: &str) -> Option<String> {
        let now = chrono::DateTime::from_timestamp(0, 0).unwrap();
        let filter = crate::query::read(query, now).unwrap();
        let snippet = Wanted::of(&filter)?.in_text(text)?;
        Some(snippet.with_marks("[", "]"))
    }

    #[test]
    fn words_are_marked_in_every_form() {
        for (query, text, wanted) in [
            (
                "deploy",
                "We Deployed; two deployments.",
                "We [Deployed]; two [deployments].",
            ),
            (
                "\"deploy\"",
                "We deployed, to deploy",
                "We deployed, to [deploy]",
            ),
            (
                "cafe",
                "Im Cafe\u{301} und CAFÉ",
                "Im [Cafe\u{301}] und [CAFÉ]",
            ),
            (
                "\"state file\"",
                "The state\n file of state",
                "The [state file] of state",
            ),
            ("技術", "分散技術の話", "分散[技術]の話"),
            ("terra*", "Terraform it", "[Terraform] it"),
            ("a OR b -c", "c b", "c [b]"),
            ("ci/cd", "on CI/CD.", "on [CI/CD]."),
        ] {
            assert_eq!(marked(query, text).as_deref(), Some(wanted), "{query}");
        }
        assert_eq!(marked("deploy", "nothing"), None);
        assert_eq!(marked("tag:deploy", "deploy"), None);
        assert_eq!(marked("-deploy", "deploy"), None);
    }

    #[test]
    fn a_piece_is_cut_by_words_where_most_words_are() {
        let text = format!(
            "{} boats {} “boats at the harbour” {}",
            "before ".repeat(50),
            "between ".repeat(50),
            "after ".repeat(50)
        );
        let piece = marked("boats harbour", &text).unwrap();
        assert!(
            piece.contains("between “[boats] at the [harbour]” after"),
            "{piece}"
        );
        assert!(
            piece.starts_with("…between ") && piece.ends_with(" after…"),
            "{piece}"
        );
        assert!(piece.split_whitespace().count() <= WORDS, "{piece}");
    }

    #[test]
    fn endless_words_take_no_room_and_no_time() {
        let long = "x".repeat(2000);
        assert_eq!(marked(&long, &long), None);
        let started = std::time::Instant::now();
        assert!(marked("a b", &"a ".repeat(600_000)).unwrap().len() < 500);
        assert!(marked("b", &format!("{long} b {long}")).unwrap().len() < 20);
        assert!(started.elapsed().as_secs() < 20);
    }
}
