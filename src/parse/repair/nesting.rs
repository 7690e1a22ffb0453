//! Which elements cannot stand inside which: where one begins all the same, the outer was never closed.

/// What an open element can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    Anything,
    /// An item or entry: all but another.
    Entry,
    /// A line of text: a title, a link, an id, a date.
    Line,
    /// Text that may hold unescaped HTML.
    Block,
}

const LINES: [&str; 14] = [
    "title",
    "link",
    "guid",
    "id",
    "pubdate",
    "published",
    "updated",
    "issued",
    "modified",
    "created",
    "comments",
    "category",
    "language",
    "generator",
];
const BLOCKS: [&str; 4] = ["description", "summary", "subtitle", "tagline"];

/// What ends a line. None of them is HTML's, but for `link` and `summary`, which stand in no line.
const END_LINES: [&str; 19] = [
    "item",
    "entry",
    "link",
    "guid",
    "id",
    "pubdate",
    "published",
    "updated",
    "issued",
    "modified",
    "created",
    "comments",
    "category",
    "description",
    "summary",
    "content",
    "enclosure",
    "author",
    "managingeditor",
];
/// What ends a block: no name of HTML.
const END_BLOCKS: [&str; 9] = [
    "item",
    "entry",
    "guid",
    "pubdate",
    "published",
    "updated",
    "enclosure",
    "comments",
    "category",
];

/// HTML's elements without end tag, written as if XML knew that.
const VOID: [&str; 9] = [
    "br", "hr", "img", "input", "wbr", "area", "col", "embed", "param",
];

impl Nesting {
    /// Of an element of RSS's or Atom's own, by its name in lower case.
    pub(super) fn of(name: &str) -> Self {
        if matches!(name, "item" | "entry") {
            Self::Entry
        } else if LINES.contains(&name) {
            Self::Line
        } else if BLOCKS.contains(&name) {
            Self::Block
        } else {
            Self::Anything
        }
    }

    /// Whether this element of RSS's or Atom's own ends one that can hold so much.
    pub(super) fn ends_with(self, name: &str) -> bool {
        match self {
            Self::Anything => false,
            Self::Entry => matches!(name, "item" | "entry"),
            Self::Line => END_LINES.contains(&name),
            Self::Block => END_BLOCKS.contains(&name),
        }
    }
}

/// Whether an element is one of HTML's that have no end.
pub(in crate::parse) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}
