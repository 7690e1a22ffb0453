//! Whether text is people's names, and which.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dividers::Dividers;
use super::edges::Edges;
use super::name_words::{far_eastern, fold, is_name_word, is_particle};
use super::tables::{GIVEN_NAMES, NOT_NAMES, SURNAMES};
use super::wording::{collapsed, is_plain};

/// Names read out of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct People {
    /// Never empty.
    pub(super) names: Vec<String>,
    pub(super) sureness: u8,
}

/// Two to four capitalised words that nothing speaks against.
pub(super) const LIKELY: u8 = 1;
/// Said to be one: a known given name, a handle beside it.
pub(super) const SURE: u8 = 3;

/// In front of names: what they are. Those with a colon say it so plainly that any name will do.
static LABELS: LazyLock<Edges> = LazyLock::new(|| {
    Edges::starts(vec![
        "speaker:",
        "speakers:",
        "speaker(s):",
        "presenter:",
        "presenters:",
        "presented by:",
        "presented by ",
        "author:",
        "authors:",
        "talk by:",
        "talk by ",
        "keynote by ",
        "by:",
        "by ",
        "with ",
        "host:",
        "hosts:",
        "panelists:",
        "panel:",
        "who:",
        "speaker ",
        "speakers ",
        "presenter ",
        "sprecher:",
        "referent:",
        "referentin:",
        "referenten:",
        "vortragende:",
        "vortragender:",
        "talare:",
        "föredragshållare:",
        "av:",
        "foredragsholder:",
        "taler:",
        "oplægsholder:",
        "spreker:",
        "発表者：",
        "発表者:",
        "登壇者：",
        "登壇者:",
        "スピーカー：",
        "スピーカー:",
        "講演者：",
        "演讲者：",
        "讲者：",
        "발표자:",
        "ponente:",
        "ponentes:",
        "palestrante:",
        "palestrantes:",
        "relatore:",
        "relatrice:",
        "relatori:",
        "prelegent:",
        "докладчик:",
        "спикер:",
        "diễn giả:",
        "facilitator:",
        "facilitators:",
        "facilitated by ",
        "led by ",
        "talk from ",
        "delivered by ",
        "given by ",
        "sprekers:",
        "door:",
        "door ",
        "orateur:",
        "oratrice:",
        "orateurs:",
        "par:",
        "par ",
        "intervenant:",
        "intervenants:",
        "dr. ",
        "dr ",
        "prof. ",
        "professor ",
        "von ",
        "av ",
        "mr. ",
        "ms. ",
        "mrs. ",
        "mit ",
        "med ",
    ])
});

/// In front of names that are no speakers'.
static OTHER_ROLES: LazyLock<Edges> = LazyLock::new(|| {
    Edges::starts(vec![
        "notes by",
        "notes from",
        "co-author",
        "coauthor",
        "moderator",
        "moderated by",
        "note taker",
        "notetaker",
        "written by",
        "photo:",
        "photo by",
        "photos by",
        "image:",
        "image by",
        "picture by",
        "sketch by",
        "sketches by",
        "sketchnotes by",
        "organi",
        "thanks to",
        "posted by",
        "scribe",
        "attendees",
        "present:",
        "via ",
        "credit",
        "edited by",
        "host of",
        "published",
    ])
});

/// Behind names: where the rest is a company or a job.
static REST: Dividers = Dividers::new(&[
    " from ",
    " at ",
    " of ",
    " for ",
    " @ ",
    " | ",
    " - ",
    " – ",
    " — ",
    " -- ",
    ": ",
    " von ",
    " von der ",
    " fra ",
    " från ",
    " chez ",
    " bij ",
    " bei ",
]);

const LISTS: &[&str] = &[", ", "; ", " / ", "/", " + ", "、"];
static ANDS: Dividers = Dividers::new(&[
    " and ", " & ", " och ", " und ", " og ", " en ", " et ", " with ", " w/ ", " mit ", " avec ",
    " y ",
]);

/// The names in `text`, if it is names: the first part must be one, later ones that are none are jobs
/// and companies. `lenient` where the post's habit says that names stand here: then a first name or a
/// handle alone will do.
pub(super) fn people(text: &str, lenient: bool) -> Option<People> {
    if text.len() > 400 {
        return None;
    }
    let mut rest = text.trim().trim_end_matches(['.', ',', ':']);
    let mut labelled = false;
    while let Some(label) = label(rest) {
        labelled |= label.ends_with([':', '：']);
        rest = rest[label.len()..].trim_start_matches([' ', ':', '：']);
    }
    let bare = without_brackets(rest);
    let bare =
        bare.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '@' | '“' | '"' | '.'));
    if !may_begin_with_name(bare) {
        return None;
    }
    let lenient = lenient || labelled;
    // `Ann Poe (@annpoe)`: a handle in brackets vouches for the name before it.
    let vouched = rest.contains("(@") || rest.contains("[@");
    let segments = split_list(bare);

    let listed = || {
        segments
            .last()
            .is_some_and(|last| split_pair(last).len() > 1)
    };
    let mut people: Option<People> = None;
    for (n, segment) in segments.iter().enumerate() {
        for (m, part) in split_pair(segment).into_iter().enumerate() {
            let found = name(part, lenient);
            let said = || said_to_be(part).filter(|_| labelled && people.is_none());
            let Some((found, sureness)) = found.or_else(said) else {
                people.as_ref()?;
                continue;
            };
            let Some(people) = &mut people else {
                people = Some(People {
                    names: vec![found],
                    sureness: if vouched { SURE } else { sureness },
                });
                continue;
            };
            // Behind a comma a name that is no more than likely is rather a company's.
            let trusted = sureness >= SURE
                || m > 0
                || n == 0
                || found.starts_with('@') && lenient
                || found.contains(' ') && (labelled || people.sureness < SURE || listed());
            if trusted && sureness >= SURE && people.names.len() < 3 && m > 0 {
                people.sureness = sureness;
            }
            if trusted && !people.names.contains(&found) && !(found.starts_with('@') && m == 0) {
                people.names.push(found);
            }
        }
    }
    people
}

/// Words that may stand behind a name and before what is no part of it: those of [`REST`] and [`ANDS`].
const BEHIND_NAMES: &[&str] = &[
    "and", "och", "und", "og", "en", "et", "with", "mit", "avec", "from", "at", "of", "for", "fra",
    "från", "chez", "bij", "bei",
];

/// Whether the first two words may be a name, or one and what stands behind it; says yes too often. Most lines
/// are told from names by these, and so not divided.
fn may_begin_with_name(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_small = |word: &str| is_plain(word) && !is_particle(word);
    let Some(first) = words.next() else {
        return true;
    };
    let told = is_small(first)
        || first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && words
                .next()
                .is_some_and(|second| is_small(second) && !BEHIND_NAMES.contains(&second));
    !told || label(line).is_some()
}

/// `Speaker: Chef Amélie Toussaint`: whoever stands there, as long as it may be somebody.
fn said_to_be(part: &str) -> Option<(String, u8)> {
    let part = without_rest(part).trim();
    let words: Vec<&str> = part.split_whitespace().collect();
    let everyday = words.iter().filter(|word| NOT_NAMES.has(&fold(word)));
    let fits = (2..=5).contains(&words.len())
        && everyday.count() <= 1
        && words
            .iter()
            .all(|word| is_particle(word) || is_name_word(word, true));
    fits.then(|| (part.to_owned(), SURE))
}

/// Whether a line says of itself that it names speakers.
pub(super) fn is_labelled(text: &str) -> bool {
    let said = label(text.trim());
    said.is_some_and(|label| {
        label.contains([':', '：']) || label.contains("by") || label.starts_with("speaker")
    })
}

/// Whether a line says that the people in it are no speakers.
pub(super) fn is_of_others(text: &str) -> bool {
    OTHER_ROLES.find(text.trim()).is_some()
}

/// Whether a word is one of titles and not of names.
pub(super) fn is_everyday(word: &str) -> bool {
    NOT_NAMES.has(word)
}

fn label(text: &str) -> Option<&'static str> {
    LABELS.find(text)
}

/// `Ann Poe, Bo Roe / Maria Holm`
fn split_list(text: &str) -> Vec<&str> {
    // `、` begins with the last of these.
    let is_sign = |byte| matches!(byte, b',' | b';' | b'/' | b'+' | 0xe3);
    split(text, LISTS, text.bytes().any(is_sign))
}

/// `Ann Poe and Bo Roe`
fn split_pair(text: &str) -> Vec<&str> {
    split(text, ANDS.all, ANDS.is_in(text))
}

/// By one divider after the other, if one of them is there at all.
fn split<'t>(text: &'t str, dividers: &[&str], divided: bool) -> Vec<&'t str> {
    let mut parts = vec![text];
    for divider in dividers.iter().filter(|_| divided) {
        if parts.iter().any(|part| part.contains(divider)) {
            parts = parts.iter().flat_map(|part| part.split(divider)).collect();
        }
    }
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

fn name(part: &str, lenient: bool) -> Option<(String, u8)> {
    let part = without_rest(part);
    let part = label(part)
        .filter(|label| label.starts_with(['d', 'p', 'm']))
        .map_or(part, |label| &part[label.len()..]);
    let mut words = part.split_whitespace();
    let is_handle = |word: &&str| word.starts_with('@');
    let spoken: Vec<&str> = words.clone().filter(|word| !is_handle(word)).collect();
    let alone = words.clone().count() == 1;
    let handle = words.find(|word| is_handle(word) && word.len() > 2);
    if spoken.is_empty() {
        let handle = handle.filter(|_| alone && lenient)?;
        return Some((handle.to_owned(), SURE));
    }
    let polite = spoken.len() > 1
        && spoken
            .last()
            .is_some_and(|last| ["氏", "さん", "様", "先生", "님"].contains(last));
    let spoken = &spoken[..spoken.len() - usize::from(polite)];
    if let Some(sureness) = far_eastern(spoken) {
        return Some((spoken.join(" "), if polite { SURE } else { sureness }));
    }
    // Most lines end here: of them nothing is looked up.
    let may_be_one = |word: &&str| is_particle(word) || is_name_word(word, true);
    if spoken.len() > 6 || !spoken.iter().all(may_be_one) {
        return None;
    }
    let first = fold(spoken[0]);
    let given = GIVEN_NAMES.has(&first)
        || first
            .split('-')
            .next()
            .is_some_and(|half| half.len() < first.len() && GIVEN_NAMES.has(half));
    let capital = spoken.iter().filter(|word| !is_particle(word)).count();
    let least = if lenient || handle.is_some() { 1 } else { 2 };
    let gerund = !given && first.len() > 5 && first.ends_with("ing");
    let fits = (least..=4).contains(&capital)
        && !gerund
        && !is_particle(spoken[0]) | (spoken.len() > 1)
        && spoken
            .iter()
            .all(|word| is_particle(word) || is_name_word(word, given));
    let known = spoken
        .iter()
        .skip(usize::from(given))
        .filter(|word| !is_particle(word) && NOT_NAMES.has(&fold(word)))
        .count();
    // `Nicole White`: behind a known given name.
    let surname = given && capital == 2 && known == 1 && spoken.len() == 2;
    let known = if surname && SURNAMES.has(&fold(spoken[1])) {
        0
    } else {
        known
    };
    if !fits
        || (known > 0 && !((given || handle.is_some()) && lenient && known == 1 && capital > 1))
    {
        return None;
    }
    let initials = spoken.len() > 1
        && spoken
            .iter()
            .any(|word| word.len() == 2 && word.ends_with('.'));
    let sure = known == 0 && (handle.is_some() || capital > 1 && (given || initials));
    Some((spoken.join(" "), if sure { SURE } else { LIKELY }))
}

/// Without the company behind a name; `von` and the like stand inside names, too, and need a whole one before
/// them where they first stand.
fn without_rest(part: &str) -> &str {
    let is_rest = |&(at, sign): &(usize, &str)| {
        let inside = is_particle(sign.split_whitespace().next().unwrap_or_default());
        !inside || part[..at].trim().contains(' ') && part.find(sign) == Some(at)
    };
    let end = REST.places(part).find(is_rest);
    end.map_or(part, |(at, _)| &part[..at])
}

/// Without what stands in brackets: companies, nicknames, pronouns.
pub(super) fn without_brackets(text: &str) -> Cow<'_, str> {
    // `（` and `）` begin with the last of these.
    let is_bracket = |byte| matches!(byte, b'(' | b'[' | b')' | b']' | 0xef);
    if !text.bytes().any(is_bracket) {
        return collapsed(text);
    }
    let mut depth = 0_usize;
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    Cow::Owned(collapsed(&bare).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(text: &str) -> Vec<String> {
        people(text, false)
            .map(|people| people.names)
            .unwrap_or_default()
    }

    #[test]
    fn names_are_read_without_jobs_and_companies() {
        assert_eq!(strict("Ann Poe"), ["Ann Poe"]);
        assert_eq!(
            strict("Ann Poe and Bo van der Lee"),
            ["Ann Poe", "Bo van der Lee"]
        );
        assert_eq!(strict("Ann “Pipes” Poe-O’Dell"), ["Ann “Pipes” Poe-O’Dell"]);
        assert_eq!(
            strict("Dr. Ann Poe, Engineer at Acme & Bo Roe, Lead"),
            ["Ann Poe", "Bo Roe"]
        );
        assert_eq!(
            strict("Speaker: Ann Poe (Acme) / Bo Roe @boroe"),
            ["Ann Poe", "Bo Roe"]
        );
        assert_eq!(strict("Ann Poe @ Acme"), ["Ann Poe"]);
        assert_eq!(strict("Ann al-Khatib"), ["Ann al-Khatib"]);
        assert_eq!(strict("Ann d’Aubigny, Acme"), ["Ann d’Aubigny"]);
        assert_eq!(strict("Ann Poe, Blue Harbour"), ["Ann Poe"]);
        assert_eq!(
            strict("Ann Poe, Quilla Tamsin and Bo Roe"),
            ["Ann Poe", "Quilla Tamsin", "Bo Roe"]
        );
        assert_eq!(
            strict("Speakers: Ann Poe, Quilla Tamsin"),
            ["Ann Poe", "Quilla Tamsin"]
        );
        assert_eq!(strict("J. P. Morales"), ["J. P. Morales"]);
        assert_eq!(strict("田中太郎"), ["田中太郎"]);
    }

    #[test]
    fn whatever_divides_a_name_from_the_rest_is_known_behind_names() {
        for divider in REST.all.iter().chain(ANDS.all) {
            let line = format!("Ann{divider}acme");
            assert!(may_begin_with_name(&line), "{line}");
        }
        for line in ["pipes at night", "Pipes break", "Talk about pipes"] {
            assert!(!may_begin_with_name(line), "{line}");
        }
        assert!(may_begin_with_name("by them") && may_begin_with_name("de Vries"));
    }

    #[test]
    fn titles_are_no_names() {
        for title in [
            "How I Learn Best",
            "Again",
            "why and when?",
            "Building Better Queues",
            "Modern SRE",
            "AWS Fargate",
            "Managing People",
            "human case studies",
            "2019",
            "",
        ] {
            assert!(strict(title).is_empty(), "{title}");
        }
        assert_eq!(people("@annpoe", true).unwrap().names, ["@annpoe"]);
        assert_eq!(people("@annpoe", false), None);
    }
}
