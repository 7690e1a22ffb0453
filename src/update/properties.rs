//! Any document goes through parsing, cleaning and splitting without a panic.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};

use super::safe_entry;
use crate::source::Document;
use crate::{clean, parse};

/// The pieces feeds are made of, and others, in any order.
fn document() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => proptest::sample::select(vec![
            "<?xml version=\"1.0\"?>", "<feed xmlns=\"http://www.w3.org/2005/Atom\">", "<entry>", "</entry>", "<title>",
            "<title type=\"html\">", "</title>", "<content type=\"html\">", "</content>", "<link href=\"/a\"/>", "</feed>",
            "<rss version=\"2.0\"><channel>", "<item>", "</item>", "<description>", "<![CDATA[", "]]>", "<guid>", "</guid>",
            "&lt;h2&gt;Ann Example: Queues&lt;/h2&gt;", "&lt;li&gt;", "&lt;p&gt;", "&amp;", "&#0;", "<!--", "-->", "<updated>",
            "2019-02-30T25:00:00Z", "</updated>", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[", "{\"id\":1}", "]}",
            "---\ntitle: x\n---\n", "# Heading\n", "## Talk — Ann Example\n", "- item\n", "```\n", "| a | b |\n|---|---|\n",
        ]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
        1 => ".{0,10}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
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
}
