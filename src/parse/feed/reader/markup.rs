//! Whether a text that says nothing of itself is HTML.

/// The elements that make a nominally plain text HTML; prose about `<rss>` stays prose.
const HTML: [&str; 74] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "big",
    "blockquote",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "main",
    "map",
    "mark",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "td",
    "tt",
    "u",
    "ul",
    "var",
];
const HTML_IN_TABLES: [&str; 9] = [
    "tbody", "tfoot", "th", "thead", "tr", "time", "video", "wbr", "script",
];

/// Whether a text is HTML although nothing says so: it has an end tag, an entity or an element without
/// end, and no tag that HTML does not know. Errs towards text, where nothing is lost.
pub(super) fn looks_like_html(text: &str) -> bool {
    let mut seen = false;
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let behind = &rest[at + 1..];
        if rest.as_bytes()[at] == b'&' {
            seen |= begins_entity(behind);
        } else {
            let (closing, inside) = match behind.strip_prefix('/') {
                Some(inside) => (true, inside),
                None => (false, behind),
            };
            let length = inside
                .bytes()
                .position(|b| !b.is_ascii_alphanumeric())
                .unwrap_or(inside.len());
            if length > 0 && inside.as_bytes()[0].is_ascii_alphabetic() {
                let name = inside[..length].to_ascii_lowercase();
                if !HTML.contains(&&*name) && !HTML_IN_TABLES.contains(&&*name) {
                    return false;
                }
                let lone = matches!(&*name, "img" | "br" | "hr")
                    && inside[length..].starts_with([' ', '/']);
                seen |= lone || (closing && inside[length..].trim_start().starts_with('>'));
            }
        }
        rest = behind;
    }
    seen
}

fn begins_entity(behind: &str) -> bool {
    let window = &behind.as_bytes()[..behind.len().min(32)];
    let Some(end) = window.iter().position(|b| *b == b';') else {
        return false;
    };
    let name = &behind[..end];
    match name.strip_prefix('#') {
        Some(digits) => {
            let hex = digits.strip_prefix(['x', 'X']);
            hex.map_or_else(
                || !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()),
                |hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()),
            )
        }
        None => quick_xml::escape::resolve_html5_entity(name).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_told_from_prose_about_it() {
        for text in [
            "<b>x</b>",
            "a &amp; b",
            "&#8217;",
            "x<br/>y",
            "<img src=x> y",
        ] {
            assert!(looks_like_html(text), "{text}");
        }
        for text in [
            "a < b",
            "the <rss> root",
            "use <br> here",
            "AT&T; x",
            "&;",
            "<b> alone",
            "<x>y</x>",
        ] {
            assert!(!looks_like_html(text), "{text}");
        }
    }
}
