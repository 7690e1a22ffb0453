//! Whether text is what somebody works as.

use super::tables::JOBS;

/// What somebody is, whatever it is of.
const ROLES: &[&str] = &[
    "engineer",
    "head",
    "lead",
    "director",
    "manager",
    "developer",
    "architect",
    "officer",
    "founder",
    "cto",
    "ceo",
    "vp",
    "president",
    "consultant",
    "analyst",
    "designer",
    "advocate",
    "specialist",
    "administrator",
    "owner",
    "coordinator",
    "recruiter",
];
/// What somebody is one of.
const FIELDS: &[&str] = &[
    "platform",
    "cloud",
    "infrastructure",
    "systems",
    "network",
    "growth",
    "content",
    "talent",
    "analytics",
    "machine",
    "learning",
    "innovation",
    "delivery",
    "quality",
    "customer",
    "success",
    "experience",
    "applied",
    "production",
    "release",
    "hardware",
    "embedded",
    "game",
    "payments",
];

/// Whether text is a job's title and nothing else.
pub(super) fn is_job(text: &str) -> bool {
    let text = text.to_lowercase();
    let words = text
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty());
    let says_role = words.clone().any(|word| ROLES.contains(&word));
    words.clone().next().is_some()
        && (words.clone().all(|word| JOBS.has(word))
            || says_role
                && words
                    .clone()
                    .all(|word| JOBS.has(word) || FIELDS.contains(&word)))
}
