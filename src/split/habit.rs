//! The form that the lines of a post share.

use super::candidate::Candidate;
use super::heading::{Divided, FORMS, Form, Line, divide};
use super::names::{LIKELY, SURE, is_everyday};
use super::tidy::tidy;

/// Finds the form that the lines share and divides them by it.
pub(super) fn divide_all(candidates: &mut [Candidate]) {
    let Some(shared) = form(candidates) else {
        return;
    };
    let mut told = shared.divided.into_iter().peekable();
    for (at, candidate) in candidates.iter_mut().enumerate() {
        let divided = told.next_if(|(own, _)| *own == at);
        let own_title = candidate
            .told
            .as_ref()
            .is_none_or(|told| told.title != candidate.title);
        if candidate.sureness() >= SURE && own_title {
            continue;
        }
        let divided = divided
            .map(|(_, divided)| divided)
            .or_else(|| divide_like(&candidate.line, shared.form, shared.is_habit));
        let Some(divided) = divided else {
            continue;
        };
        if candidate.sureness() < SURE || divided.sureness >= SURE {
            candidate.told = Some(divided);
            candidate.by_form = true;
        }
    }
}

/// The form that lines share.
struct Shared {
    form: Form,
    /// It divides most of the lines of a level.
    is_habit: bool,
    /// The lines that it divides, each by its number.
    divided: Vec<(usize, Divided)>,
}

/// The form that divides the most lines, the surest.
fn form(candidates: &[Candidate]) -> Option<Shared> {
    let mut best: Option<(usize, Shared)> = None;
    for form in FORMS {
        let mut score = 0;
        let mut levels = [(0_usize, 0_usize); 7];
        let mut sure = false;
        let mut told = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            let level = usize::from(candidate.level).min(6);
            levels[level].1 += 1;
            if let Some(divided) = divide(&candidate.line, form, false) {
                levels[level].0 += 1;
                score += usize::from(divided.sureness);
                sure |= divided.sureness >= SURE;
                told.push((at, divided));
            }
        }
        let share = |times: usize, of: usize| {
            levels
                .iter()
                .any(|(fits, all)| *fits >= 2 && fits * times >= all * of)
        };
        let enough = if form.is_rare() {
            share(3, 2)
        } else {
            sure || share(2, 1)
        };
        if enough && best.as_ref().is_none_or(|(most, _)| score > *most) {
            let is_habit = share(3, 2) || share(2, 1) && score >= 9;
            let shared = Shared {
                form,
                is_habit,
                divided: told,
            };
            best = Some((score, shared));
        }
    }
    best.map(|(_, shared)| shared)
}

/// Divides what the post's form does not: by another one with the speakers on the same side.
fn divide_like(line: &Line, form: Form, habit: bool) -> Option<Divided> {
    let alike = |other: &Form| {
        *other != form && !other.is_rare() && other.speakers_first() == form.speakers_first()
    };
    let sure = |divided: &Divided| divided.sureness >= SURE || habit;
    FORMS
        .into_iter()
        .filter(alike)
        .find_map(|other| divide(line, other, false).filter(sure))
        .or_else(|| divide(line, form, true).filter(|_| habit))
        .or_else(|| nickname(line).filter(|_| habit && form == Form::TitleBracket))
}

/// `Title (annpoe)`, where names stand in brackets.
fn nickname(line: &Line) -> Option<Divided> {
    let (title, nick) = line.text.strip_suffix(')')?.rsplit_once(" (")?;
    let fits = (4..=20).contains(&nick.len())
        && nick
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !is_everyday(nick);
    (fits && !title.trim().is_empty()).then(|| Divided {
        title: tidy(title),
        speakers: vec![nick.to_owned()],
        sureness: LIKELY,
    })
}
