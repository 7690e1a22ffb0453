//! Any document goes through parsing, cleaning and splitting without a panic.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};

use super::safe_entry;
use crate::model::{RawEntry, RawFeed, Text};
use crate::source::Document;
use crate::{clean, parse};

/// The pieces documents are made of, and others, in any order.
fn made_of(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => proptest::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
        1 => ".{0,10}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

const FEED: &[&str] = &[
    "<?xml version=\"1.0\"?>",
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
    "<entry>",
    "</entry>",
    "<title>",
    "<title type=\"html\">",
    "</title>",
    "<content type=\"html\">",
    "</content>",
    "<link href=\"/a\"/>",
    "</feed>",
    "<rss version=\"2.0\"><channel>",
    "<item>",
    "</item>",
    "<description>",
    "<![CDATA[",
    "]]>",
    "<guid>",
    "</guid>",
    "&lt;h2&gt;Ann Example: Queues&lt;/h2&gt;",
    "&lt;li&gt;",
    "&lt;p&gt;",
    "&amp;",
    "&#0;",
    "<!--",
    "-->",
    "<updated>",
    "2019-02-30T25:00:00Z",
    "</updated>",
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[",
    "{\"id\":1}",
    "]}",
    "---\ntitle: x\n---\n",
    "# Heading\n",
    "## Talk — Ann Example\n",
    "- item\n",
    "```\n",
    "| a | b |\n|---|---|\n",
];

const NOTE: &[&str] = &[
    "---\n",
    "+++\n",
    "title: x\n",
    "title: \"",
    "title = 'x'\n",
    "date: 2019-13-45\n",
    "date: 06/02/2020\n",
    "tags: [a, ",
    "tags:\n  - a\n",
    "description: >\n",
    "  folded\n",
    "author: map[name:A uri:u]\n",
    "<!--more-->",
    "# ",
    "## ",
    "Coffee Ops 02/06/2020\n",
    "## Talk — _Ann Example_\n",
    "- ",
    "  - ",
    "1. ",
    "> ",
    "```\n",
    "~~~\n",
    "|",
    "\n|---|---|\n",
    "[a](b)",
    "[a]: b\n",
    "{{< x >}}",
    "{% x %}",
    "![a](b.jpg)\n",
    "<div>",
    "</div>",
    "<h2>",
    "&nbsp;",
    "\n",
    "\n\n",
    "===\n",
    "[^1]",
    "[^1]: x\n",
    "All Topics\n",
    "Epiphanies\n",
    "\u{202e}",
    "\u{0}",
    "‚Äú",
    "üòä",
    "Ã©",
    "â€™",
    "\u{feff}",
    "\r\n",
    "\t",
];

const LIST: &[&str] = &[
    "<?xml version=\"1.0\"?>",
    "<opml version=\"2.0\">",
    "<head><title>x</title></head>",
    "<body>",
    "</body>",
    "</opml>",
    "<outline",
    "<outline text=\"a\"",
    " xmlUrl=\"https://a.example/f\"",
    " xmlurl='b'",
    " htmlUrl=\"/\"",
    " category=\"/a/b,c\"",
    " type=\"rss\"",
    "/>",
    ">",
    "</outline>",
    "&amp;",
    "&x;",
    "<!DOCTYPE opml [<!ENTITY x \"y\">]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    " ",
];

const DATE: &[&str] = &[
    "2019",
    "02",
    "30",
    "-",
    "/",
    ".",
    ":",
    "T",
    "Z",
    "+",
    "25",
    "60",
    "Mon, ",
    "Tue",
    "Feb",
    "février",
    "März",
    " GMT",
    "PST",
    "+9999",
    "-0001",
    "99999999999999999999",
    "1e9",
    "AM",
    "pm",
    "th",
    "st",
    ",",
    " ",
    "年",
    "月",
    "日",
    "год",
    "of",
    "at",
    "W07-5",
    "-366",
    "24:00:00",
    ".999999999999",
];

const PAGE: &[&str] = &[
    "<h1>",
    "<h2>",
    "</h2>",
    "<h2>Talk — Ann Example</h2>",
    "<h3>Ann Example: Queues</h3>",
    "<p><strong>Talk</strong><br>Ann Example</p>",
    "<ul><li>",
    "</li></ul>",
    "<table><tr><td>10:00</td><td>",
    "</td></tr></table>",
    "<p>",
    "</p>",
    "<a href=\"https://a.example/\">",
    "</a>",
    "<em>by Ann Example</em>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    "Q: ",
    "@ann",
    " — ",
    " - ",
    ": ",
    " by ",
    "(Ann Example)",
    "“Quiet queues”",
    "09:30",
    "Keynote",
    "Ignite",
    "<hr>",
    "Day 1",
    "<dl><dt>",
    "<dd>",
    "<details><summary>",
    "\u{a0}",
    "\u{301}",
    "ﷺ",
    "🏴‍☠️",
    "İ",
    "ß",
    "&amp;",
    "&lt;",
    "<li>Ann Example — ",
    "<h2 id=x>",
];

fn document() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![2 => made_of(FEED, 40), 1 => made_of(LIST, 40), 1 => made_of(NOTE, 60)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_read_or_refused(bytes in document()) {
        if let Ok(parse::Parsed::Feed(raw)) = parse::read(&Document::from_bytes(bytes)) {
            let feed = clean::feed(&raw, None);
            for entry in raw.entries.iter().cloned() {
                safe_entry(entry, &feed, None);
            }
        }
    }

    #[test]
    fn any_text_can_be_a_note(bytes in made_of(NOTE, 80), name in "[0-9a-z/.-]{0,20}") {
        let note = Document { file_name: Some(format!("{name}.md")), ..Document::from_bytes(bytes) };
        let (raw, _) = parse::read_notes(&[note]);
        let feed = clean::feed(&raw, None);
        for entry in raw.entries.iter().cloned() {
            let entry = safe_entry(entry, &feed, None);
            assert!(!entry.guid.is_empty());
        }
    }

    #[test]
    fn any_list_is_read_or_refused(bytes in made_of(LIST, 60)) {
        if let Ok(parse::Parsed::Opml(list)) = parse::read(&Document::from_bytes(bytes)) {
            assert!(list.outlines.len() < 100);
        }
    }

    /// Front matter and feeds say their dates in the same words.
    #[test]
    fn any_date_is_a_date_or_none(date in made_of(DATE, 12)) {
        let date = String::from_utf8_lossy(&date).replace(['<', '&', '\n'], "");
        let feed = format!("<rss version=\"2.0\"><channel><title>t</title><item><title>x</title><pubDate>{date}</pubDate></item></channel></rss>");
        let note = format!("---\ntitle: x\ndate: {date}\n---\n# {date}\n\nx\n");
        for bytes in [feed, note] {
            let _ = parse::read(&Document::from_bytes(bytes.into_bytes()));
        }
    }

    /// A talk's section is a part of the page that stands alone, and its texts are on one line.
    #[test]
    fn any_page_has_talks_that_stand_alone(title in ".{0,30}", page in made_of(PAGE, 60)) {
        let raw = RawEntry {
            guid: "x".to_owned(),
            title: Some(Text::plain(title)),
            content: Some(Text::html(String::from_utf8_lossy(&page))),
            ..RawEntry::default()
        };
        let entry = safe_entry(raw, &clean::feed(&RawFeed::default(), None), None);
        for talk in &entry.talks {
            let section = entry.content.section(talk.section.clone());
            assert!(!talk.title.trim().is_empty());
            assert!(talk.speakers.iter().all(|name| !name.trim().is_empty() && !name.contains('\n')));
            let alone = RawEntry {
                guid: "y".to_owned(),
                content: Some(Text::html(section.as_str())),
                ..RawEntry::default()
            };
            let feed = clean::feed(&RawFeed::default(), None);
            assert_eq!(clean::entry(alone, &feed, None).content.as_str(), section.as_str());
        }
    }
}
