//! The talks a post holds, and tags.

use std::ops::Range;

use super::raw::Category;

/// One talk out of a conference-notes post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Talk {
    /// Without numbering, times and votes. Never empty.
    pub(crate) title: String,
    /// In the order of the heading; without job, company and handle where there is a name. Empty where
    /// the notes do not say.
    pub(crate) speakers: Vec<String>,
    pub(crate) kind: TalkKind,
    /// Of the heading the talk starts on, 1 to 6; 0 where it starts on a line that is no heading.
    pub(crate) level: u8,
    /// What to put behind the entry's URL: the `id` of the line, else a text fragment that finds it
    /// (`:~:text=..`); `None` where the talk is the whole post.
    pub(crate) anchor: Option<String>,
    /// The permalink: the entry's URL with the anchor. `None` where the entry has no URL.
    pub(crate) url: Option<String>,
    /// Where the talk's notes stand in the entry's content, heading left out, in bytes.
    pub(crate) section: Range<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum TalkKind {
    #[default]
    Talk,
    Keynote,
    /// A short talk: ignite, lightning talk, pecha kucha.
    Ignite,
    /// Open space, open session, birds of a feather.
    OpenSpace,
    Workshop,
    Panel,
    /// A topic of a meeting without speakers.
    Topic,
}

impl TalkKind {
    const WORDS: [(Self, &'static str); 7] = [
        (Self::Talk, "talk"),
        (Self::Keynote, "keynote"),
        (Self::Ignite, "ignite"),
        (Self::OpenSpace, "open-space"),
        (Self::Workshop, "workshop"),
        (Self::Panel, "panel"),
        (Self::Topic, "topic"),
    ];

    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(_, word)| *word)
    }

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("talk", |(_, word)| word)
    }

    /// As a person writes it: in any case, with or without the hyphen, one or many.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let wanted = Tag::key(text);
        Self::WORDS.into_iter().find_map(|(kind, word)| {
            let key = Tag::key(word);
            (wanted == key || wanted.strip_suffix('s') == Some(&key)).then_some(kind)
        })
    }

    /// An unknown word, from an archive's future, is a plain talk.
    pub(crate) fn from_word(word: &str) -> Self {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map_or(Self::Talk, |(kind, _)| *kind)
    }
}

/// A tag on an entry, with who put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// As its origin spells it.
    pub(crate) name: String,
    pub(crate) origin: TagOrigin,
    /// What the publisher says of it beyond the name (Atom `term`, `scheme`, `label`; RSS `domain`);
    /// `None` where the name says it all.
    pub(crate) category: Option<Box<Category>>,
}

impl Tag {
    pub(crate) fn new(name: impl Into<String>, origin: TagOrigin) -> Self {
        Self {
            name: name.into(),
            origin,
            category: None,
        }
    }

    /// What tags are compared by: `DevOps`, `dev-ops`, `#devops` and `dev ops` are one tag. Where
    /// nothing but signs is left (`C++`, `+1`), the signs count.
    pub(crate) fn key(name: &str) -> String {
        let mut key = name.trim().trim_start_matches('#').to_lowercase();
        let divides = |c: char| matches!(c, ' ' | '-' | '_' | '.' | '/' | '\u{a0}');
        if !key.chars().all(divides) {
            key.retain(|c| !divides(c));
        }
        key
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TagOrigin {
    /// The publisher's category or front matter.
    Feed,
    /// The subscription's: `add --tag`, an OPML folder.
    Subscription,
    /// A person's: `tag`.
    User,
    /// A `[[rule]]`'s.
    Rule,
}

impl TagOrigin {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Subscription => "subscription",
            Self::User => "user",
            Self::Rule => "rule",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Feed, Self::Subscription, Self::User, Self::Rule]
            .into_iter()
            .find(|origin| origin.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_tag_have_one_key() {
        for spelling in [
            "DevOps",
            "devops",
            "#devops",
            "dev-ops",
            "Dev Ops",
            " dev_ops ",
        ] {
            assert_eq!(Tag::key(spelling), "devops");
        }
        assert_eq!(Tag::key("C++"), "c++");
        assert_ne!(Tag::key("C"), Tag::key("C++"));
        assert_eq!(Tag::key("--"), "--");
    }

    #[test]
    fn kinds_and_origins_are_read_back() {
        for (kind, word) in TalkKind::WORDS {
            assert_eq!(TalkKind::from_word(word), kind);
        }
        assert_eq!(TalkKind::from_word("plenary"), TalkKind::Talk);
        assert_eq!(TagOrigin::from_word("rule"), Some(TagOrigin::Rule));
    }
}
