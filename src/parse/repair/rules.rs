//! What is mended, by its word in `_hallway.repairs`.

/// A kind of repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Rule {
    Encoding,
    LeadingJunk,
    TrailingJunk,
    ForbiddenCharacter,
    ControlCharacter,
    Reference,
    UndefinedEntity,
    BareLessThan,
    UnclosedTag,
    UnclosedElement,
    UnmatchedEnd,
    UnquotedAttribute,
    DoubledAttribute,
    UndeclaredPrefix,
    UnknownNamespace,
    OpenComment,
    OpenCdata,
    Truncated,
    TooDeep,
    TooMany,
    TooManyEntries,
    RssVersion,
    SecondReader,
}

/// Every rule with its word.
const WORDS: [(Rule, &str); 23] = [
    // Bytes that were not in the encoding they claim, or not valid in it.
    (Rule::Encoding, "encoding"),
    // Something before the declaration or the root: left out.
    (Rule::LeadingJunk, "leading-junk"),
    // Something behind the root: left out, but for entries.
    (Rule::TrailingJunk, "trailing-junk"),
    // Characters that XML forbids: left out.
    (Rule::ForbiddenCharacter, "forbidden-character"),
    // C1 controls meant as windows-1252's characters: read so.
    (Rule::ControlCharacter, "control-character"),
    // `&` that begins no reference stands for itself; `&#146;` for the character that was meant.
    (Rule::Reference, "reference"),
    // A named entity that neither HTML nor the document's DTD knows: stays as it is written.
    (Rule::UndefinedEntity, "undefined-entity"),
    // `<` that begins no tag stands for itself.
    (Rule::BareLessThan, "bare-less-than"),
    // A tag without `>`: ends where the next begins.
    (Rule::UnclosedTag, "unclosed-tag"),
    // An element without end tag: ends with the one it stands in, or where what it cannot hold begins.
    (Rule::UnclosedElement, "unclosed-element"),
    // An end tag of nothing that is open: left out.
    (Rule::UnmatchedEnd, "unmatched-end-tag"),
    (Rule::UnquotedAttribute, "unquoted-attribute"),
    // The first of two counts.
    (Rule::DoubledAttribute, "doubled-attribute"),
    // A prefix nobody declared: means what it usually means.
    (Rule::UndeclaredPrefix, "undeclared-prefix"),
    // A namespace nobody knows: its prefix counts; without one it is taken for the feed's own.
    (Rule::UnknownNamespace, "unknown-namespace"),
    (Rule::OpenComment, "open-comment"),
    // CDATA without end: ends with the element it stands in.
    (Rule::OpenCdata, "open-cdata"),
    // The document stops in the middle: what is complete is kept.
    (Rule::Truncated, super::super::TRUNCATED),
    // Elements or attributes beyond any measure: left out.
    (Rule::TooDeep, "too-deep"),
    (Rule::TooMany, "too-many-attributes"),
    // More than a person could read in a life: the first are kept, the others counted.
    (Rule::TooManyEntries, super::super::TOO_MANY_ENTRIES),
    // An RSS version that does not exist, or none: read as 2.0.
    (Rule::RssVersion, "rss-version"),
    // The reader found nothing, feed-rs did.
    (Rule::SecondReader, "second-reader"),
];

impl Rule {
    pub(in crate::parse) fn word(self) -> &'static str {
        WORDS
            .iter()
            .find(|(rule, _)| *rule == self)
            .map_or("repair", |(_, word)| word)
    }
}
