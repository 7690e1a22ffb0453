//! Addresses that stand bare in a text, as links: GitHub's extended autolinks.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::parse::head::head;

/// Longer ones are no addresses, and a text full of beginnings is not looked through again from each.
const LONGEST: usize = 2_000;

const STARTS: [&str; 3] = ["https://", "http://", "www."];

/// The events with the bare addresses of their texts as links. What is linked, shown as code or described
/// by a picture already is left alone.
pub(super) fn linked<'a>(events: Vec<Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut closed = 0_u32;
    events.into_iter().flat_map(move |event| {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => closed += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => {
                closed = closed.saturating_sub(1);
            }
            // A link may stand as HTML as well, as shortcodes give.
            Event::Html(html) | Event::InlineHtml(html) => {
                let tags = html.to_ascii_lowercase();
                closed += tags.matches("<a ").count() as u32;
                closed = closed.saturating_sub(tags.matches("</a>").count() as u32);
            }
            Event::Text(text) if closed == 0 && STARTS.iter().any(|start| text.contains(start)) => {
                return divided(text);
            }
            _ => {}
        }
        vec![event]
    })
}

fn divided<'a>(text: &str) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let mut done = 0;
    let mut at = 0;
    let own = |text: &str| CowStr::from(text.to_owned());
    while let Some(found) = next(&text[at..]) {
        let start = at + found;
        let begins = text[..start].chars().next_back().is_none_or(|c| {
            c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(' | '[' | '"' | '“' | '„' | '<')
        });
        let length = match begins {
            true => length(head(&text[start..], LONGEST)),
            false => 0,
        };
        if length == 0 {
            at = start + 4;
            continue;
        }
        let address = &text[start..start + length];
        let target = match address.starts_with("www.") {
            true => format!("http://{address}"),
            false => address.to_owned(),
        };
        events.push(Event::Text(own(&text[done..start])));
        events.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: CowStr::from(target),
            title: CowStr::from(""),
            id: CowStr::from(""),
        }));
        events.push(Event::Text(own(address)));
        events.push(Event::End(TagEnd::Link));
        at = start + length;
        done = at;
    }
    events.push(Event::Text(own(&text[done..])));
    events
}

fn next(text: &str) -> Option<usize> {
    let mut from = 0;
    // One look for the two letters all of them begin with keeps a long text cheap.
    while let Some(found) = text[from..].find(['h', 'w']) {
        from += found;
        if STARTS.iter().any(|start| text[from..].starts_with(start)) {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// How long the address is that begins here; 0: it is none. Punctuation at its end belongs to the text,
/// as does a closing bracket that none of its own opens.
fn length(text: &str) -> usize {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '”' | '“' | '`'))
        .unwrap_or(text.len());
    let mut address = &text[..end];
    let mut open = address.matches('(').count();
    let mut close = address.matches(')').count();
    loop {
        match address.chars().next_back() {
            Some(')') if close > open => close -= 1,
            Some('?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '’' | ']' | '…') =>
                {}
            Some('(') => open = open.saturating_sub(1),
            _ => break,
        }
        let last = address.chars().next_back().map_or(0, char::len_utf8);
        address = &address[..address.len() - last];
    }
    let after = address
        .strip_prefix("www.")
        .or_else(|| address.split_once("://").map(|(_, after)| after))
        .unwrap_or_default();
    let host = after.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let is_host = host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    match is_host || host == "localhost" {
        true => address.len(),
        false => 0,
    }
}
