//! Addresses as feeds write them. Whoever resolves one reads it through here first, since what has been
//! resolved wrongly can no longer be told from what was meant.

use std::borrow::Cow;

/// A reference as it was meant. The URL standard itself strips white space and controls around, tabs and
/// line breaks within, reads backslashes as slashes, and writes hosts in IDNA and blanks as `%20`; what
/// feeds do to addresses beyond that is undone here.
pub(crate) fn address_as_meant(reference: &str) -> Cow<'_, str> {
    let bare = unwrapped(reference);
    let is_clean = |c: char| !(c.is_control() || c.is_whitespace() || c == '&');
    let mut mended = if bare.chars().all(is_clean) {
        Cow::Borrowed(bare)
    } else {
        Cow::Owned(escaped_once(&unbroken(bare)))
    };
    // `feed://host/` is `http`, `feed:https://host/` says itself what it is.
    if let Some(inner) = without_prefix(&mended, "feed:") {
        let inner = match inner.strip_prefix("//") {
            Some(_) => format!("http:{inner}"),
            None => inner.to_owned(),
        };
        mended = Cow::Owned(inner);
    }
    // `http://https://host/`, from a form that put the first one in by itself.
    for doubled in ["http://", "https://"] {
        if let Some(inner) = without_prefix(&mended, doubled)
            && ["http://", "https://"]
                .iter()
                .any(|scheme| without_prefix(inner, scheme).is_some())
        {
            mended = Cow::Owned(inner.to_owned());
        }
    }
    if without_prefix(&mended, "www.").is_some_and(|rest| rest.contains('.')) {
        mended = Cow::Owned(format!("http://{mended}"));
    }
    mended
}

/// Without white space, controls, and the quotes or brackets of the text the address was cut from.
fn unwrapped(reference: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}' || c == '\u{200B}';
    let mut bare = reference.trim_matches(blank);
    for (open, close) in [("<![CDATA[", "]]>"), ("<", ">"), ("\"", "\""), ("'", "'")] {
        if let Some(inside) = bare
            .strip_prefix(open)
            .and_then(|inside| inside.strip_suffix(close))
        {
            bare = inside.trim_matches(blank);
        }
    }
    bare
}

/// Controls go; so does white space with a line break in it, which wrapped the text, while single
/// blanks belong to a file's name.
fn unbroken(reference: &str) -> String {
    let mut out = String::with_capacity(reference.len());
    let mut rest = reference;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            let after = rest.trim_start();
            let blanks = &rest[..rest.len() - after.len()];
            if !blanks.contains(['\n', '\r', '\t']) {
                out.push_str(blanks);
            }
            rest = after;
        } else {
            if !first.is_control() {
                out.push(first);
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// `&amp;` is no part of any address: what is left of it after reading was escaped twice.
fn escaped_once(reference: &str) -> String {
    let mut out = String::with_capacity(reference.len());
    let mut rest = reference;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        out.push('&');
        rest = &from[1..];
        while let Some(after) = ["amp;", "#38;", "#038;", "#x26;"]
            .iter()
            .find_map(|entity| without_prefix(rest, entity))
        {
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_order_is_borrowed() {
        for fine in [
            "https://a.example/x?a=1",
            "../b/",
            "#c",
            "mailto:ann@a.example",
            "",
            "feedback/",
        ] {
            assert!(
                matches!(address_as_meant(fine), Cow::Borrowed(same) if same == fine),
                "{fine}"
            );
        }
    }

    #[test]
    fn what_feeds_do_to_addresses_is_undone() {
        for (written, meant) in [
            (
                " \u{200b}https://a.example/\u{200b}\n",
                "https://a.example/",
            ),
            ("/x?a=1&amp;amp;b=2", "/x?a=1&b=2"),
            ("www.a.example/b", "http://www.a.example/b"),
            ("feed:https://a.example/", "https://a.example/"),
            ("a/\n\t b c", "a/b c"),
        ] {
            assert_eq!(address_as_meant(written), meant);
        }
    }
}
