//! The words by which noise is known.

use std::borrow::Cow;

/// What pages count, and the buttons beside which the count stands.
const COUNTED: &[&str] = &[
    "comment",
    "comments",
    "reply",
    "replies",
    "response",
    "responses",
    "view",
    "views",
    "pageviews",
    "like",
    "likes",
    "share",
    "shares",
    "tweet",
    "tweets",
    "retweet",
    "retweets",
    "pin",
    "pins",
    "vote",
    "votes",
    "hit",
    "hits",
    "read",
    "reads",
    "visitor",
    "visitors",
    "clap",
    "claps",
    "boost",
    "boosts",
    "favorite",
    "favorites",
    "favourites",
    "reaction",
    "reactions",
    "webmention",
    "webmentions",
    "trackback",
    "trackbacks",
    "pingback",
    "pingbacks",
    "kommentar",
    "kommentare",
    "aufrufe",
    "commentaire",
    "commentaires",
    "vues",
    "comentario",
    "comentarios",
    "visitas",
    "comentários",
    "reacties",
    "commenti",
    "visualizzazioni",
];

/// What may stand beside a number and what it counts.
const BESIDE: &[&str] = &[
    "so", "far", "on", "this", "post", "total", "read", "the", "all", "view", "times", "viewed",
    "to", "and", "no", "one",
];

const UNITS: &[&str] = &[
    "second", "seconds", "sec", "secs", "minute", "minutes", "min", "mins", "hour", "hours", "day",
    "days", "week", "weeks", "month", "months", "year", "years",
];

/// What a generator says of its own work: `Generated at …`, `Page rendered in …`.
const GENERATED: &[&str] = &[
    "generated",
    "page generated",
    "page rendered",
    "rendered in",
    "last generated",
    "feed generated",
    "cached at",
    "last checked",
];

/// The words of a text as they stand.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ',' | '\'')))
        .map(|word| word.trim_matches(['.', ',', '\'']))
        .filter(|word| !word.is_empty())
}

/// Whether the word is one that is counted, in whatever case.
fn is_of_counted(word: &str) -> bool {
    if word.is_ascii() {
        return COUNTED.iter().any(|known| known.eq_ignore_ascii_case(word));
    }
    COUNTED.contains(&word.to_lowercase().as_str())
}

/// `12`, `1,234`, `(7)`, `3.4k`.
pub(super) fn is_number(text: &str) -> bool {
    let text =
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '+'));
    let digits = text.trim_end_matches(['k', 'K', 'm', 'M']);
    !digits.is_empty()
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\''))
}

/// What is counted, by itself: `comments`, `Views:`.
pub(super) fn is_counted(text: &str) -> bool {
    let mut words = words(text);
    words.next().is_some_and(is_of_counted) && words.next().is_none()
}

/// A text that says nothing but a count, an age or when it was generated.
pub(super) fn is_counter(text: &str) -> bool {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let words: Vec<String> = words(text).take(12).map(str::to_lowercase).collect();
    let line = words.join(" ");
    if GENERATED.iter().any(|begin| line.starts_with(begin)) {
        return true;
    }
    let numbers = words.iter().filter(|word| is_number(word)).count();
    if words.last().is_some_and(|word| word == "ago") {
        return numbers > 0 && words.iter().any(|word| UNITS.contains(&word.as_str()));
    }
    let counted = words.iter().any(|word| COUNTED.contains(&word.as_str()))
        || line.starts_with("viewed") && words.iter().any(|word| word == "times");
    counted
        && numbers > 0
        && words.iter().all(|word| {
            let word = word.as_str();
            is_number(word) || COUNTED.contains(&word) || BESIDE.contains(&word)
        })
}

/// `1 comment` becomes `2 comments`: the ending goes with the number.
pub(super) fn without_plural(text: &str) -> Cow<'_, str> {
    if !text.contains('s') {
        return Cow::Borrowed(text);
    }
    let words = text
        .split(' ')
        .map(|word| word.strip_suffix('s').unwrap_or(word));
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

/// What servers write behind a path, and into addresses of pages, for who carries no cookies.
///
/// A talk is a session too, and a story may have its `sid`: those names only count before a value that
/// nobody would give either.
pub(super) fn is_session(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match name.to_ascii_lowercase().as_str() {
        "jsessionid" | "phpsessid" | "cfid" | "cftoken" => true,
        "sid" | "sessionid" | "session_id" => is_token(value),
        _ => false,
    }
}

/// Long, with digits among its letters: made by a program for once.
fn is_token(value: &str) -> bool {
    let value = value.split(['&', ';']).next().unwrap_or_default();
    let of_token =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'+' | b'_' | b'~' | b'=');
    value.len() >= 16
        && value.bytes().all(of_token)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Seconds or milliseconds since 1970, of these decades.
fn is_instant(value: &str) -> bool {
    matches!(value.len(), 10 | 13)
        && value.starts_with(['1', '2'])
        && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// * `pair`: one `name=value` of a query.
/// * `file`: of the address of a picture or another file. In a page's, a name that may say which page it
///   is only counts before a value that cannot.
pub(super) fn is_noise_parameter(pair: &str, file: bool) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    let tracks = name.starts_with("utm_")
        || name.starts_with("mtm_")
        || matches!(
            name,
            "pk_campaign"
                | "pk_kwd"
                | "pk_keyword"
                | "pk_source"
                | "pk_medium"
                | "pk_content"
                | "pk_cid"
                | "fbclid"
                | "gclid"
                | "dclid"
                | "msclkid"
                | "mc_cid"
                | "mc_eid"
                | "igshid"
                | "yclid"
                | "_hsenc"
                | "_hsmi"
                | "ref_src"
        );
    let signed = name.starts_with("x-amz-")
        || name.starts_with("x-goog-")
        || matches!(name, "key-pair-id" | "awsaccesskeyid")
        || matches!(name, "signature" | "sig" | "policy" | "hmac") && (file || is_token(value));
    let passing = name.ends_with("nonce")
        || matches!(
            name,
            "_" | "cachebuster"
                | "cache_buster"
                | "nocache"
                | "rnd"
                | "rand"
                | "random"
                | "csrf"
                | "csrf_token"
        )
        || matches!(name, "ts" | "timestamp" | "cb" | "expires") && (file || is_instant(value));
    let session = is_session(pair) || file && matches!(name, "sid" | "sessionid" | "session_id");
    if tracks || signed || passing || session {
        return true;
    }
    let size_or_state = matches!(
        name,
        "v" | "ver"
            | "version"
            | "t"
            | "time"
            | "mtime"
            | "rev"
            | "hash"
            | "w"
            | "h"
            | "width"
            | "height"
            | "quality"
            | "resize"
            | "fit"
            | "ssl"
            | "strip"
            | "dpr"
            | "token"
            | "cache"
    );
    // `picture.png?1699999999`
    let stamp =
        value.is_empty() && name.len() >= 6 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    file && (size_or_state || stamp)
}

pub(super) fn is_share_widget(class: &str) -> bool {
    class.split_ascii_whitespace().any(|name| {
        let name = name.to_ascii_lowercase();
        [
            "feedflare",
            "sharedaddy",
            "addtoany",
            "a2a_kit",
            "addthis",
            "sharethis",
            "jp-relatedposts",
            "share-buttons",
            "sharing-buttons",
            "social-share",
            "share-count",
            "sd-sharing",
            "post-views",
            "comment-count",
            "comments-count",
            "view-count",
            "views-count",
        ]
        .iter()
        .any(|known| name.starts_with(known))
    })
}

pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"a" | b"abbr"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"big"
            | b"cite"
            | b"code"
            | b"del"
            | b"dfn"
            | b"em"
            | b"font"
            | b"i"
            | b"img"
            | b"ins"
            | b"kbd"
            | b"label"
            | b"mark"
            | b"q"
            | b"s"
            | b"samp"
            | b"small"
            | b"span"
            | b"strike"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"time"
            | b"tt"
            | b"u"
            | b"var"
            | b"svg"
            | b"script"
            | b"style"
    )
}
