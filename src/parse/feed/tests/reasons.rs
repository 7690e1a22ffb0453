//! What feed-rs reads otherwise than we do, and why ours is meant.

/// Fixtures, the field that differs in them (`all`: feed-rs reads nothing), and the reason.
pub(super) const REASONS: [(&[&str], &str, &str); 23] = [
    (
        &[
            "documents/broken/capital-x-reference.xml",
            "documents/broken/reference-out-of-range.xml",
            "feeds/repair/entities.xml",
        ],
        "all",
        "feed-rs stops at a reference that names no character",
    ),
    (
        &[
            "documents/broken/channel-alone.xml",
            "documents/broken/channel-missing.xml",
            "documents/broken/warning-in-front.xml",
            "documents/broken/wrapped-in-html.xml",
        ],
        "all",
        "feed-rs knows no root but its own",
    ),
    (
        &["documents/broken/mail-beside-wide-brackets.xml"],
        "all",
        "feed-rs panics at a mail address beside a wide character",
    ),
    (
        &["documents/encodings/declared-behind-a-comment.xml"],
        "all",
        "feed-rs stops at a declaration behind a comment",
    ),
    (
        &[
            "documents/formats/atom-content-mime.xml",
            "documents/formats/atom-types-of-no-kind.xml",
            "feeds/formats/atom-types.atom",
        ],
        "all",
        "feed-rs stops at a type of a text that Atom does not know",
    ),
    (
        &[
            "documents/formats/cdf-item-attributes.xml",
            "documents/formats/cdf-anchors.xml",
            "documents/formats/cdf.cdf.xml",
            "feeds/formats/cdf.xml",
        ],
        "all",
        "feed-rs reads no CDF",
    ),
    (
        &[
            "documents/formats/rss-0.93.xml",
            "documents/formats/rss-0.94.xml",
            "documents/formats/rss-2.0.1.xml",
            "documents/formats/rss-9.xml",
            "documents/formats/rss-capitals.xml",
            "documents/formats/rss-without-version.xml",
            "feeds/formats/rss-odd-case.xml",
            "feeds/formats/rss-unknown-version.xml",
            "feeds/formats/rss-without-version.xml",
            "feeds/formats/rss093.xml",
            "feeds/formats/rss094.xml",
        ],
        "all",
        "feed-rs reads RSS of four versions, in small letters",
    ),
    (
        &[
            "documents/formats/atom-0.3-base64.xml",
            "documents/formats/atom-0.3-created.xml",
            "documents/formats/atom-0.3-escaped.xml",
            "documents/formats/atom-0.3-other-namespace.xml",
            "documents/formats/atom-0.3-title-modes.xml",
            "documents/formats/atom-0.3-xml.xml",
            "documents/formats/atom-0.3.xml",
            "feeds/formats/atom03.atom",
        ],
        "count",
        "feed-rs finds nothing in Atom 0.3",
    ),
    (
        &[
            "documents/formats/atom-https-namespace.xml",
            "documents/formats/atom-wrong-namespace.xml",
            "documents/formats/rss-in-a-namespace.xml",
            "documents/formats/rss-in-a-wrong-namespace.xml",
            "feeds/formats/rss-own-namespace.xml",
            "feeds/formats/rss-wrong-namespace.xml",
        ],
        "count",
        "feed-rs finds nothing in a namespace it does not know",
    ),
    (
        &["documents/formats/rss-0.90.xml", "feeds/formats/rss090.rdf"],
        "count",
        "feed-rs finds nothing in RSS 0.90",
    ),
    (
        &["documents/formats/rss-1.0-item-without-link.xml"],
        "count",
        "feed-rs drops items of RSS 1.0 without a link",
    ),
    (
        &[
            "documents/formats/rss-1.0-items-inside-channel.xml",
            "documents/formats/rss-items-beside-channel.xml",
            "documents/formats/rss-items-in-items.xml",
            "feeds/formats/rss-items-outside.xml",
        ],
        "count",
        "feed-rs finds no items where they do not belong",
    ),
    (
        &["documents/ids/repeated-to-the-letter.xml"],
        "count",
        "an entry repeated to the letter is one",
    ),
    (
        &["feeds/repair/open-cdata.xml"],
        "count",
        "a CDATA section that holds the next one was never closed",
    ),
    (
        &[
            "documents/dates/atom-dates-in-rss.xml",
            "documents/dates/case-of-pubdate.xml",
            "documents/dates/dcterms.xml",
            "documents/formats/atom-0.3-no-namespace.xml",
            "feeds/extensions/atom-in-rss.xml",
        ],
        "date",
        "feed-rs reads the dates of its own format alone",
    ),
    (
        &[
            "documents/extensions/feedburner-in-atom.xml",
            "documents/links/feedburner.xml",
            "feeds/extensions/feedburner.xml",
        ],
        "link",
        "the permalink is the one behind the counter",
    ),
    (
        &[
            "documents/links/ampersand-twice.xml",
            "documents/links/backslashes.xml",
            "documents/links/blank-inside.xml",
            "documents/links/broken-by-a-line.xml",
            "documents/links/control-inside.xml",
            "documents/links/feed-scheme.xml",
            "documents/links/host-beyond-ascii.xml",
            "documents/links/scheme-in-capitals.xml",
            "documents/links/scheme-twice.xml",
            "documents/links/www-alone.xml",
        ],
        "link",
        "addresses are read as they were meant",
    ),
    (
        &[
            "documents/formats/rss-mixed-case.xml",
            "documents/links/atom-id-for-link.xml",
            "documents/links/atom-link-in-rss.xml",
            "documents/links/permalink-guid.xml",
            "feeds/extensions/atom-in-rss.xml",
            "feeds/formats/atom-entry-alone.atom",
        ],
        "link",
        "feed-rs takes no id and no link of another vocabulary for a link",
    ),
    (
        &[
            "documents/text/dc-title.xml",
            "feeds/extensions/atom-in-rss.xml",
            "feeds/extensions/dublin-core.xml",
            "feeds/extensions/podcast.xml",
        ],
        "title",
        "feed-rs takes no title of another vocabulary",
    ),
    (
        &[
            "documents/broken/markup-in-title.xml",
            "feeds/repair/markup-in-text.xml",
        ],
        "title",
        "feed-rs cuts a title at its first tag",
    ),
    (
        &["documents/broken/own-entities.xml"],
        "title",
        "feed-rs knows no entities of the document",
    ),
    (
        &[
            "documents/broken/control-characters.xml",
            "documents/broken/nul-bytes.xml",
            "documents/broken/windows-references.xml",
            "feeds/repair/control-characters.xml",
        ],
        "title",
        "characters that XML forbids are read as they were meant",
    ),
    (
        &["documents/formats/rss-mixed-case.xml"],
        "title",
        "feed-rs reads small letters alone",
    ),
];
