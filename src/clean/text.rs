//! Plain text out of anything: titles, names, tags, summaries.

use super::html;
use super::links::Bases;
use crate::model::{Text, TextKind};

/// A title: on one line, of bounded length. `None` where nothing is left to read.
pub(super) fn title(text: &Text) -> Option<String> {
    bounded(text, 1_000)
}

/// A summary or subtitle.
pub(super) fn summary(text: &Text) -> Option<String> {
    bounded(text, 5_000)
}

/// A name, a tag: text that is never HTML.
pub(super) fn name(value: &str) -> Option<String> {
    line(value, 200)
}

fn bounded(text: &Text, longest: usize) -> Option<String> {
    match text.kind {
        TextKind::Html if text.value.contains(['<', '&']) => line(
            &html::clean(&text.value, &Bases::default()).to_text(),
            longest,
        ),
        TextKind::Html | TextKind::Plain => line(&text.value, longest),
    }
}

/// White space collapsed, characters dropped that a reader does not see but a terminal or a page obeys,
/// cut at `longest` characters.
fn line(value: &str, longest: usize) -> Option<String> {
    let mut line = String::new();
    let mut space = false;
    let mut length = 0;
    for c in value.chars() {
        if c.is_whitespace() || c.is_control() && matches!(c, '\u{85}') {
            space = true;
        } else if !is_hidden(c) {
            if length >= longest {
                line.push('…');
                break;
            }
            if space && !line.is_empty() {
                line.push(' ');
                length += 1;
            }
            space = false;
            line.push(c);
            length += 1;
        }
    }
    (!line.is_empty()).then_some(line)
}

/// Controls, characters that turn the direction of the text around them, non-characters.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// What names an entry, verbatim but for controls, which are written out, and for length: a longer one
/// is named by its hash.
pub(super) fn guid(value: &str) -> String {
    let trimmed = value.trim();
    if trimmed.is_empty() || trimmed.chars().count() > 1_000 {
        return format!("urn:blake3:{}", blake3::hash(value.as_bytes()).to_hex());
    }
    let mut guid = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        if is_hidden(c) {
            guid.extend(c.escape_unicode());
        } else {
            guid.push(c);
        }
    }
    guid
}

/// A mail address, if it looks like one.
pub(super) fn email(value: &str) -> Option<String> {
    let value = value.trim();
    let value = value.strip_prefix("mailto:").unwrap_or(value);
    let (user, host) = value.split_once('@')?;
    let fine = |c: char| !c.is_whitespace() && !is_hidden(c) && !"<>\"'()[],;:\\@".contains(c);
    let plausible = !user.is_empty()
        && host.len() > 1
        && value.len() <= 254
        && user.chars().all(fine)
        && host.chars().all(fine);
    plausible.then(|| value.to_owned())
}

/// A media type (RFC 6838), without its parameters.
pub(super) fn media_type(value: &str) -> Option<String> {
    let bare = value.split(';').next()?.trim();
    let (kind, subtype) = bare.split_once('/')?;
    let fine = |part: &str| {
        !part.is_empty()
            && part.len() <= 127
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    (fine(kind) && fine(subtype)).then(|| bare.to_ascii_lowercase())
}

/// A language tag (BCP 47) in its shape.
pub(super) fn language(value: &str) -> Option<String> {
    let tag = value.trim().replace('_', "-");
    let fine = tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    fine.then_some(tag)
}

/// Paragraphs of HTML out of plain text: an empty line divides them, other line breaks stay breaks.
pub(super) fn to_html(plain: &str) -> String {
    let unix = plain.replace("\r\n", "\n").replace('\r', "\n");
    let mut html = String::with_capacity(unix.len() + 64);
    let mut open = false;
    for line in unix.lines() {
        if line.trim().is_empty() {
            if open {
                html.push_str("</p>\n");
            }
            open = false;
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        open = true;
        html.push_str(&super::finish::escape(line.trim_end()));
    }
    if open {
        html.push_str("</p>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_text_whatever_its_type() {
        let html = |value| title(&Text::html(value));
        assert_eq!(
            html("Ann &amp; <b>Bob</b>&#8217;s\n  talk").unwrap(),
            "Ann & Bob’s talk"
        );
        assert_eq!(
            html("a<script>alert(1)</script>b <img src=x onerror=y>").unwrap(),
            "ab"
        );
        assert_eq!(html("<p> </p>"), None);
        assert_eq!(
            title(&Text::plain("x &amp; <b>y</b>")).unwrap(),
            "x &amp; <b>y</b>"
        );
    }

    #[test]
    fn hidden_characters_go_and_length_ends() {
        let odd = "a\u{1b}]0;x\u{7}\u{202e}b\u{0}\u{9b}c\u{a0}\u{2028}d";
        assert_eq!(title(&Text::plain(odd)).unwrap(), "a]0;xbc d");
        let long = title(&Text::plain("ab ".repeat(5_000))).unwrap();
        assert!(long.ends_with('…') && long.chars().count() <= 1_002);
    }

    #[test]
    fn a_guid_stays_itself_as_far_as_it_can() {
        assert_eq!(guid(" tag:a.example,2019:1 x\n"), "tag:a.example,2019:1 x");
        assert_eq!(guid("a\u{0}b\u{202e}"), "a\\u{0}b\\u{202e}");
        assert!(guid(&"x".repeat(1_000_000)).starts_with("urn:blake3:"));
        assert_ne!(guid(&"x".repeat(2_000)), guid(&"x".repeat(2_001)));
        assert_eq!(guid("  "), guid("  "));
    }

    #[test]
    fn addresses_types_and_languages_are_plausible_or_none() {
        assert_eq!(email("mailto:ann@a.example").unwrap(), "ann@a.example");
        for bad in [
            "ann",
            "@a.example",
            "ann@",
            "a b@c.example",
            "a@b@c",
            "a@b.example\u{0}",
        ] {
            assert_eq!(email(bad), None, "{bad}");
        }
        assert_eq!(media_type("Audio/MPEG; x=1").unwrap(), "audio/mpeg");
        assert_eq!(media_type("<b>/x"), None);
        assert_eq!(language("en_US").unwrap(), "en-US");
        assert_eq!(language("english, mostly"), None);
    }

    #[test]
    fn plain_text_becomes_paragraphs() {
        assert_eq!(
            to_html("a < b\r\nc\n\n\n  d"),
            "<p>a &lt; b<br>c</p>\n<p>  d</p>"
        );
        assert_eq!(to_html(" \n"), "");
    }
}
