//! Whether text is people's names, and which.

use super::furniture::is_listed;

/// Small words inside names.
const PARTICLES: &str = "\
    van, von, der, den, de, del, della, di, da, du, la, le, los, las, ten, ter, af, av, bin, ibn, al, el, dos, \
    das, y, zu, op, 't, st., te, vom";

/// Words that titles, jobs and companies have and names have not.
const NO_NAMES: &str = "\
    a, an, the, of, in, on, at, to, for, from, with, without, and, or, but, not, no, is, are, was, be, been, \
    being, do, does, did, don't, how, why, what, when, where, who, which, your, you, my, our, we, us, i, it, \
    its, it's, this, that, these, those, all, any, more, most, every, everything, everyone, new, good, better, \
    best, bad, than, then, just, into, over, under, about, after, before, beyond, as, by, they, their, can, \
    can't, will, won't, should, must, let's, let, make, get, use, using, again, now, one, two, three, part, \
    ways, way, things, time, up, down, out, off, so, if, vs, versus, devops, devsecops, gitops, chatops, cloud, \
    native, kubernetes, docker, container, containers, aws, azure, google, linux, python, java, javascript, \
    ruby, rust, golang, api, apis, data, database, databases, security, code, coding, software, system, systems, \
    service, services, microservices, serverless, test, tests, testing, deploy, deployment, deployments, \
    continuous, delivery, integration, pipeline, pipelines, monitoring, observability, infrastructure, platform, \
    engineering, incident, incidents, response, team, teams, agile, lean, culture, open, source, space, talk, \
    talks, keynote, session, sessions, panel, workshop, introduction, conclusion, summary, lessons, learned, \
    story, stories, science, future, state, art, web, design, user, experience, machine, learning, deep, \
    network, networks, networking, performance, production, release, distributed, computing, case, study, \
    studies, chaos, automation, terraform, ansible, modern, digital, transformation, remote, work, life, change, \
    live, demo, edition, guide, terminal, metrics, logging, tracing, failure, success, questions, answers, \
    takeaways, notes, growth, business, technical, debt, mobile, frontend, backend, storage, queue, queues, \
    engineer, engineers, manager, director, lead, head, cto, ceo, cio, ciso, vp, founder, developer, developers, \
    architect, consultant, senior, principal, staff, chief, officer, product, advocate, evangelist, analyst, \
    professor, author, president, inc, inc., corp, ltd, gmbh, labs, university, bank, group, technologies, \
    foundation, institute, company, co-founder, sre, it, conference, conf, summit, day, days, meetup, various, \
    speakers, speaker, tba, unknown";

/// In front of names: what they are.
const LABELS: &[&str] = &[
    "by ",
    "speaker:",
    "speakers:",
    "presenter:",
    "presenters:",
    "presented by",
    "presented by:",
    "author:",
    "with ",
    "dr. ",
    "dr ",
    "prof. ",
    "von ",
    "av ",
    "mr. ",
    "ms. ",
    "mrs. ",
];

/// Behind names: where the rest is a company or a job.
const REST: &[&str] = &[
    " from ", " at ", " of ", " @ ", " | ", " - ", " – ", " — ", ": ",
];

const DIVIDERS: &[&str] = &[
    " and ", " & ", " och ", " und ", " og ", " + ", ", ", " / ", "; ", "/",
];

/// The names in `text`, if it is names: the first part must be one, later ones that are none are jobs
/// and companies. `lenient` where the post's form says that names stand here: then a first name or a
/// handle alone will do.
pub(super) fn people(text: &str, lenient: bool) -> Option<Vec<String>> {
    let mut rest = text.trim().trim_end_matches(['.', ',']);
    while let Some(label) = LABELS.iter().find(|label| starts_with(rest, label)) {
        rest = rest[label.len()..].trim_start_matches([' ', ':']);
    }
    let bare = without_brackets(rest);
    if bare.chars().count() > 200 {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for part in divided(&bare) {
        match name(part, lenient) {
            Some(name) if names.contains(&name) => {}
            Some(name) => names.push(name),
            None if names.is_empty() => return None,
            None => {}
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Whether a line says of itself that it names speakers.
pub(super) fn is_labelled(text: &str) -> bool {
    let said = LABELS
        .iter()
        .filter(|label| label.contains(':') || label.contains("by"));
    let mut said = said.filter(|label| starts_with(text.trim(), label));
    said.next().is_some()
}

fn starts_with(text: &str, label: &str) -> bool {
    text.get(..label.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(label))
}

fn divided(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for divider in DIVIDERS {
        parts = parts.iter().flat_map(|part| part.split(divider)).collect();
    }
    parts
}

fn name(part: &str, lenient: bool) -> Option<String> {
    let end = REST.iter().filter_map(|rest| part.find(rest)).min();
    let part = &part[..end.unwrap_or(part.len())];
    let words: Vec<&str> = part.split_whitespace().collect();
    let spoken: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.starts_with('@'))
        .collect();
    if spoken.is_empty() {
        return words
            .first()
            .filter(|handle| lenient && handle.len() > 1)
            .map(|&handle| handle.to_owned());
    }
    let capital = spoken.iter().filter(|word| !is_particle(word)).count();
    let least = if lenient { 1 } else { 2 };
    let gerund = spoken[0].len() > 5 && spoken[0].ends_with("ing");
    let fits = (least..=4).contains(&capital)
        && spoken.len() <= 6
        && !gerund
        && spoken
            .iter()
            .all(|word| is_particle(word) || is_name_word(word));
    fits.then(|| spoken.join(" "))
}

fn is_particle(word: &str) -> bool {
    is_listed(PARTICLES, word)
}

fn is_name_word(word: &str) -> bool {
    let inner = word.trim_matches(['“', '”', '"', '\'', '‘', '’', '„']);
    let first = inner.chars().next().unwrap_or('0');
    let letters = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.' | '‐');
    let shouted = inner.chars().count() > 3 && inner.chars().all(char::is_uppercase);
    first.is_alphabetic()
        && !first.is_lowercase()
        && inner.chars().all(letters)
        && !shouted
        && !is_listed(NO_NAMES, &inner.to_lowercase().replace('’', "'"))
}

/// Without what stands in brackets: companies, nicknames, pronouns.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(text: &str) -> Vec<String> {
        people(text, false).unwrap_or_default()
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
        assert_eq!(people("@annpoe", true).unwrap(), ["@annpoe"]);
        assert_eq!(people("@annpoe", false), None);
    }
}
