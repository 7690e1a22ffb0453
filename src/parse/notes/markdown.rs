//! Markdown to HTML, and the title that stands in it.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream};

mod addresses;

use addresses::linked;

const MAX_TITLE: usize = 200;

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// Whether a text shows marks of Markdown that prose and data have not.
pub(in crate::parse) fn looks_like_markdown(text: &str) -> bool {
    let mut before = "";
    text.lines().take(2000).any(|line| {
        let trimmed = line.trim();
        let marked = is_heading(trimmed)
            || is_list_item(trimmed)
            || is_underline(trimmed) && !before.is_empty()
            || ["```", "~~~", "> ", "![", "{{<", "{{%", "{%"]
                .iter()
                .any(|mark| trimmed.starts_with(mark))
            || has_link(trimmed);
        before = trimmed;
        marked
    })
}

fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - text.len())) && text.starts_with(char::is_whitespace)
}

fn is_list_item(line: &str) -> bool {
    if ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark)) {
        return true;
    }
    let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < line.len() && (after.starts_with(". ") || after.starts_with(") "))
}

fn is_underline(line: &str) -> bool {
    line.len() >= 3 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'))
}

fn has_link(line: &str) -> bool {
    line.split_once("](")
        .is_some_and(|(before, after)| before.contains('[') && after.contains(')'))
}

/// The first heading, else the first line that could be a title: no picture, list, quotation or markup.
pub(super) fn title(body: &str) -> Option<String> {
    first_heading(body).or_else(|| {
        body.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(20)
            .find(|line| {
                !is_list_item(line)
                    && !is_underline(line)
                    && !line.starts_with(['!', '>', '<', '|', '`', '~', '{'])
            })
            .and_then(plain_line)
    })
}

fn plain_line(line: &str) -> Option<String> {
    let mut text = String::new();
    for event in Parser::new_ext(line, options()) {
        if let Event::Text(part) | Event::Code(part) = event {
            text.push_str(&part);
        }
    }
    tidy(&text)
}

fn first_heading(body: &str) -> Option<String> {
    let mut text: Option<String> = None;
    let mut markup = String::new();
    for event in Parser::new_ext(body, options()) {
        match (event, &mut text) {
            (Event::Html(line), _) => markup.push_str(&line),
            (Event::End(TagEnd::HtmlBlock), _) => {
                if let Some(title) = heading_of_markup(&markup) {
                    return Some(title);
                }
                markup.clear();
            }
            (Event::Start(Tag::Heading { .. }), _) => text = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), Some(found)) => {
                if let Some(title) = tidy(found) {
                    return Some(title);
                }
                text = None;
            }
            (Event::Text(part) | Event::Code(part), Some(found)) => found.push_str(&part),
            (Event::SoftBreak | Event::HardBreak, Some(found)) => found.push(' '),
            _ => {}
        }
    }
    None
}

/// The text of the first heading in HTML.
pub(super) fn heading_of_markup(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].find("<h") {
        at += found + 2;
        let level = lower[at..].chars().next();
        let after = lower[at..].chars().nth(1);
        if !matches!(level, Some('1'..='6'))
            || !after.is_some_and(|c| c == '>' || c.is_whitespace())
        {
            continue;
        }
        let start = at + lower[at..].find('>')? + 1;
        let end = start + lower[start..].find("</h")?;
        if let Some(title) = text_of_markup(&html[start..end]) {
            return Some(title);
        }
        at = end;
    }
    None
}

/// HTML on one line without its tags.
pub(super) fn text_of_markup(html: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    tidy(&crate::model::decode(&text))
}

fn tidy(text: &str) -> Option<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(MAX_TITLE).collect();
    Some(cut).filter(|title| !title.is_empty())
}

/// The note as HTML, untrusted still. Each heading has an id: its own, else one made of its text as
/// GitHub does. A heading that says the title again is left out where only pictures stand before it:
/// the title is shown above the content anyway.
pub(super) fn to_html(body: &str, title: Option<&str>) -> String {
    let mut ids = Ids::given_in(body);
    let mut out: Vec<Event<'_>> = Vec::new();
    let mut heading: Option<usize> = None;
    let mut nothing_before = true;
    for event in TextMergeStream::new(Parser::new_ext(body, options())) {
        match &event {
            Event::Start(Tag::Heading { .. }) => heading = Some(out.len()),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(start) = heading.take() {
                    let text = text_of(&out[start..]);
                    if nothing_before
                        && title.is_some()
                        && tidy(&text).as_deref() == title.and_then(tidy).as_deref()
                    {
                        out.truncate(start);
                        nothing_before = false;
                        continue;
                    }
                    nothing_before = false;
                    if let Some(Event::Start(Tag::Heading { id, .. })) = out.get_mut(start)
                        && id.is_none()
                    {
                        *id = ids.make(&text).map(CowStr::from);
                    }
                }
            }
            Event::Text(_) if heading.is_none() && !in_image(&out) => nothing_before = false,
            Event::Code(_) | Event::Html(_) | Event::Rule if heading.is_none() => {
                nothing_before = false;
            }
            _ => {}
        }
        out.push(event);
    }
    let mut html = String::with_capacity(body.len() + body.len() / 4);
    pulldown_cmark::html::push_html(&mut html, linked(out));
    html
}

/// Whether the last opened element is a picture, whose text is its description.
fn in_image(events: &[Event<'_>]) -> bool {
    matches!(events.last(), Some(Event::Start(Tag::Image { .. })))
}

fn text_of(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// The ids of a document's headings; no made one is like another.
struct Ids {
    taken: HashSet<String>,
    next: HashMap<String, u32>,
}

impl Ids {
    fn given_in(body: &str) -> Self {
        let mut taken = HashSet::new();
        for event in Parser::new_ext(body, options()) {
            if let Event::Start(Tag::Heading { id: Some(id), .. }) = event {
                taken.insert(id.to_string());
            }
        }
        Self {
            taken,
            next: HashMap::new(),
        }
    }

    /// Lower case, blanks to hyphens, punctuation left out. `None` for a heading without a letter.
    fn make(&mut self, text: &str) -> Option<String> {
        let slug: String = text
            .trim()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                c if c.is_alphanumeric() => Some(c),
                _ => None,
            })
            .take(MAX_TITLE)
            .flat_map(char::to_lowercase)
            .collect();
        if slug.trim_matches('-').is_empty() {
            return None;
        }
        let mut id = slug.clone();
        while !self.taken.insert(id.clone()) {
            let number = self.next.entry(slug.clone()).or_default();
            *number += 1;
            id = format!("{slug}-{number}");
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_ids_of_their_own() {
        let html = to_html(
            "## A & B!\n\n## A & B!\n\n## Given {#a--b-1}\n\n## ???\n",
            None,
        );
        assert_eq!(
            html,
            "<h2 id=\"a--b\">A &amp; B!</h2>\n<h2 id=\"a--b-2\">A &amp; B!</h2>\n<h2 id=\"a--b-1\">Given</h2>\n<h2>???</h2>\n"
        );
    }

    #[test]
    fn the_title_is_not_said_twice() {
        assert_eq!(to_html("# A day\n\nText", Some("A  day")), "<p>Text</p>\n");
        assert!(!to_html("![x](y.png)\n\n# A day\n\nText", Some("A day")).contains("<h1"));
        assert!(to_html("# A day\n\nText", Some("Another")).contains("<h1"));
        assert!(to_html("Text\n\n# A day\n", Some("A day")).contains("<h1"));
        assert!(to_html("# A\n\n# A\n", Some("A")).contains("<h1"));
    }

    #[test]
    fn titles_are_found() {
        let found = |body: &str| title(body).unwrap_or_default();
        assert_eq!(found("Intro\n\n## The *day* `two`\n"), "The day two");
        assert_eq!(
            found("![Board](x.png)\n\nCoffee **02/06/2020**\n8 people\n\n- a"),
            "Coffee 02/06/2020"
        );
        assert_eq!(
            found("<h1 align=\"center\">The <em>day</em> &amp; I</h1>\n\n## Queues\n"),
            "The day & I"
        );
        assert_eq!(found("<header>\n<hr>\n</header>\n\n## Queues\n"), "Queues");
        assert_eq!(found("- a\n- b"), "");
        assert_eq!(found(&format!("# {}", "x".repeat(1 << 20))).len(), 200);
    }

    #[test]
    fn tables_footnotes_tasks_and_strikes_are_known() {
        let html = to_html("| a |\n|---|\n| b |\n\n- [x] ~~c~~[^1]\n\n[^1]: d\n", None);
        for part in ["<table>", "checkbox", "<del>c</del>", "footnote"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn addresses_become_links() {
        for (text, wanted) in [
            (
                "see https://a.example/b_c_d.",
                "<p>see <a href=\"https://a.example/b_c_d\">https://a.example/b_c_d</a>.</p>",
            ),
            (
                "(www.a.example/x_(y))",
                "<p>(<a href=\"http://www.a.example/x_(y)\">www.a.example/x_(y)</a>)</p>",
            ),
            (
                "a https://a.example/?b=c&d=e, f",
                "<p>a <a href=\"https://a.example/?b=c&amp;d=e\">https://a.example/?b=c&amp;d=e</a>, f</p>",
            ),
            (
                "`https://a.example`",
                "<p><code>https://a.example</code></p>",
            ),
            (
                "[www.a.example](x)",
                "<p><a href=\"x\">www.a.example</a></p>",
            ),
            (
                "xhttps://a www. awww.b.c",
                "<p>xhttps://a www. awww.b.c</p>",
            ),
        ] {
            assert_eq!(to_html(text, None).trim_end(), wanted, "{text}");
        }
        assert!(!to_html("    https://a.example\n", None).contains("<a"));
    }

    #[test]
    fn definition_lists_and_alerts_are_known() {
        let html = to_html("Queue\n: A line.\n\n> [!NOTE]\n> Mind.\n", None);
        assert!(
            html.contains("<dt>Queue</dt>") && html.contains("<dd>A line."),
            "{html}"
        );
        assert!(!html.contains("[!NOTE]"), "{html}");
    }

    #[test]
    fn hostile_notes_take_no_time() {
        let started = std::time::Instant::now();
        to_html(&"www.".repeat(50_000), None);
        to_html(&"https://".repeat(50_000), None);
        to_html(&format!("https://a.example/{}", "(".repeat(100_000)), None);
        to_html(&format!("https://a.example/{}", ")".repeat(100_000)), None);
        to_html(&"> ".repeat(20_000), None);
        to_html(&"[".repeat(100_000), None);
        to_html(&"# a\n".repeat(100_000), None);
        assert!(started.elapsed().as_secs() < 20);
    }
}
