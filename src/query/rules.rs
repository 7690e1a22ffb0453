//! What a person's config adds to questions: tags that mean the same, and rules.

use std::collections::HashMap;

use super::Filter;
use crate::model::Tag;

/// A `[[rule]]`: what is done with entries as they arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) when: Filter,
    /// Given to the entries it selects.
    pub(crate) tags: Vec<String>,
    /// The entries are not kept.
    pub(crate) drop: bool,
}

/// Tags that mean the same: `[aliases]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Aliases {
    /// By `Tag::key`: the name that stands for the group.
    names: HashMap<String, String>,
}

impl Aliases {
    /// Each name with the others that mean it. A tag of two groups belongs to the last.
    pub(crate) fn new<'a>(groups: impl IntoIterator<Item = (&'a String, &'a Vec<String>)>) -> Self {
        let mut names = HashMap::new();
        for (name, others) in groups {
            for spelling in others.iter().chain([name]) {
                names.insert(Tag::key(spelling), name.clone());
            }
        }
        Self { names }
    }

    /// The name that a tag is listed by; `None`: its own.
    pub(crate) fn name(&self, key: &str) -> Option<&str> {
        self.names.get(key).map(String::as_str)
    }

    /// The question with each tag widened to those that mean the same.
    pub(crate) fn widen(&self, filter: &Filter) -> Filter {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.widen(part)).collect();
        match filter {
            Filter::And(parts) => Filter::And(all(parts)),
            Filter::Or(parts) => Filter::Or(all(parts)),
            Filter::Not(inner) => Filter::Not(Box::new(self.widen(inner))),
            Filter::Tag { key, prefix: false } => match self.names.get(key) {
                Some(name) => Filter::Or(self.spellings(name)),
                None => filter.clone(),
            },
            // Also what is meant by a tag that begins so.
            Filter::Tag { key, prefix: true } => {
                let mut begun: Vec<&String> = self
                    .names
                    .iter()
                    .filter(|(of_group, _)| of_group.starts_with(key.as_str()))
                    .map(|(_, name)| name)
                    .collect();
                begun.sort();
                begun.dedup();
                let meant = begun.into_iter().flat_map(|name| self.spellings(name));
                let mut all = vec![filter.clone()];
                all.extend(meant.filter(|tag| !matches!(tag, Filter::Tag { key: of_group, .. } if of_group.starts_with(key.as_str()))));
                match all.len() {
                    1 => filter.clone(),
                    _ => Filter::Or(all),
                }
            }
            _ => filter.clone(),
        }
    }

    fn spellings(&self, name: &str) -> Vec<Filter> {
        let group = self.names.iter().filter(|(_, its)| *its == name);
        let mut keys: Vec<&String> = group.map(|(key, _)| key).collect();
        keys.sort();
        keys.into_iter()
            .map(|key| Filter::Tag {
                key: key.clone(),
                prefix: false,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_stands_for_all_that_mean_the_same() {
        let groups = [("DevOps".to_owned(), vec!["DevSecOps".to_owned()])];
        let aliases = Aliases::new(groups.iter().map(|(name, others)| (name, others)));
        let tag = |key: &str| Filter::Tag {
            key: key.to_owned(),
            prefix: false,
        };
        let both = Filter::Or(vec![tag("devops"), tag("devsecops")]);
        assert_eq!(aliases.widen(&tag("devsecops")), both);
        let excluded = Filter::Not(Box::new(tag("devops")));
        assert_eq!(aliases.widen(&excluded), Filter::Not(Box::new(both)));
        assert_eq!(aliases.widen(&tag("other")), tag("other"));
        assert_eq!(aliases.name("devsecops"), Some("DevOps"));
        let begun = |key: &str| Filter::Tag {
            key: key.to_owned(),
            prefix: true,
        };
        assert_eq!(
            aliases.widen(&begun("devs")),
            Filter::Or(vec![begun("devs"), tag("devops")])
        );
        assert_eq!(aliases.widen(&begun("dev")), begun("dev"));
    }
}
