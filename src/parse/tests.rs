mod mutations;

use std::path::PathBuf;

use url::Url;

use super::*;

fn document(bytes: &[u8]) -> Document {
    let mut document = Document::from_bytes(bytes.to_vec());
    document.location = Url::parse("https://blog.example/feed").ok();
    document
}

#[test]
fn a_document_is_read_for_what_it_holds() {
    let of = |bytes: &[u8]| read(&document(bytes)).unwrap();
    assert!(
        matches!(of(b"<rss version='2.0'><channel><title>T</title></channel></rss>"), Parsed::Feed(feed) if feed.encoding == "UTF-8")
    );
    assert!(
        matches!(of(b"# A note\n\n- one"), Parsed::Feed(feed) if feed.format == FeedFormat::Markdown && feed.entries.len() == 1)
    );
    assert!(
        matches!(of(b"<?xml version='1.0'?><opml version='2.0'><body><outline xmlUrl='a'/></body></opml>"), Parsed::Opml(list) if list.outlines.len() == 1)
    );
    assert!(
        matches!(of(b"<html><link rel=alternate type=application/atom+xml href=atom.xml>"), Parsed::Page(page) if page.feeds.len() == 1)
    );
}

#[test]
fn a_page_where_a_feed_was_due_names_the_feed_it_links_to() {
    let page =
        document(b"<!doctype html><link rel=alternate type=application/atom+xml href=atom.xml>");
    let failure = crate::source::Failure::from(read_feed(&page).unwrap_err());
    assert_eq!(
        failure.message,
        "this is a web page, not a feed; the feed it names is https://blog.example/atom.xml"
    );
    assert_eq!(
        read_feed(&document(b"<opml/>")).unwrap_err(),
        ParseError::Opml { feeds: 0 }
    );
}

#[test]
fn encodings_reach_the_reader_decoded() {
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><rss version='2.0'><channel><title>caf\xE9</title></channel></rss>";
    let feed = read_feed(&document(latin)).unwrap();
    assert_eq!(
        (feed.encoding.as_str(), feed.title.unwrap().value.as_str()),
        ("windows-1252", "café")
    );
    let wide: Vec<u8> = "<!-- x --><?xml version='1.0' encoding='UTF-16BE'?><rss version='2.0'><channel><title>é</title></channel></rss>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let feed = read_feed(&document(&wide)).unwrap();
    assert_eq!(
        (feed.encoding.as_str(), feed.repairs[0].kind),
        ("UTF-16BE", "leading-junk")
    );
}

#[test]
fn a_folder_is_one_feed_without_its_drafts() {
    let named = |name: &str, text: &[u8]| {
        let mut document = document(text);
        document.file_name = Some(name.to_owned());
        document
    };
    let (feed, unread) = read_notes(&[
        named("2018-11-05-a.md", b"Only prose."),
        named("b.md", b"---\ndraft: true\n---\nNot yet"),
        named("2018-11-06-c.md", b"# C"),
        named("d.md", b""),
        named("e.md", b"%PDF-1.4"),
    ]);
    let guids: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| entry.guid.as_str())
        .collect();
    assert_eq!(guids, ["2018-11-06-c.md", "2018-11-05-a.md"]);
    assert_eq!(
        unread,
        [
            ("d.md".to_owned(), ParseError::Empty),
            ("e.md".to_owned(), ParseError::NotAFeed("a PDF".to_owned()))
        ]
    );
}

/// A generator of bytes that are the same at every run.
fn noise(seed: u64) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
}

#[test]
fn no_bytes_make_it_panic() {
    const PARTS: [&str; 20] = [
        "<rss version='2.0'>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry>",
        "<![CDATA[",
        "]]>",
        "&#",
        ";",
        "<?xml encoding='utf-16'?>",
        "---\n",
        "title: ",
        "\n# é",
        "{{< ",
        "{\"version\":\"https://jsonfeed.org/version/1\"",
        "<!DOCTYPE [",
        "<link rel=alternate ",
    ];
    for seed in 1..400 {
        let bytes: Vec<u8> = noise(seed).take(300).collect();
        let _ = read(&document(&bytes));
        let mut mixed = Vec::new();
        for byte in &bytes[..60] {
            mixed.extend_from_slice(PARTS[usize::from(*byte) % PARTS.len()].as_bytes());
            if byte % 5 == 0 {
                mixed.push(byte.rotate_left(3));
            }
        }
        let _ = read(&document(&mixed));
        read_notes(&[document(&mixed)]);
    }
}

#[test]
fn a_feed_cut_anywhere_is_an_error_or_a_feed() {
    let whole = "\u{FEFF}<?xml version='1.0' encoding='utf-8'?><!DOCTYPE rss><rss version='2.0'><channel><title>é &amp; &#x41;</title><item><guid>é</guid><description><![CDATA[<p>ü]]></description></item></channel></rss>".as_bytes();
    for end in 0..whole.len() {
        let _ = read(&document(&whole[..end]));
    }
    assert!(read_feed(&document(whole)).is_ok());
}

fn seed(start: &str) -> Option<Document> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = ["../shared/seeds", "../../shared/seeds"]
        .iter()
        .map(|path| root.join(path))
        .find(|path| path.is_dir());
    let Some(folder) = folder else {
        println!("skipped: no seeds beside the project");
        return None;
    };
    let path = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|file| file.path())
        .find(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with(start))
        })?;
    let mut document = Document::from_bytes(std::fs::read(&path).unwrap());
    document.file_name = path
        .file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned);
    Some(document)
}

#[test]
fn the_seed_feed_is_read_whole() {
    let Some(document) = seed("002_") else { return };
    let feed = read_feed(&document).unwrap();
    assert_eq!((feed.format.word(), feed.entries.len()), ("atom10", 10));
    assert_eq!(
        feed.entries
            .iter()
            .map(|entry| entry.categories.len())
            .sum::<usize>(),
        51
    );
    for entry in &feed.entries {
        assert_eq!(entry.authors.len(), 1);
        assert_eq!(entry.authors[0].name.as_deref(), Some("Mark van Lent"));
        assert!(
            entry.authors[0]
                .uri
                .as_deref()
                .is_some_and(|uri| uri.starts_with("https://"))
        );
    }
    assert_eq!(
        feed.repairs
            .iter()
            .find(|repair| repair.kind == "author-map")
            .map(|repair| repair.count),
        Some(10)
    );
}

#[test]
fn the_seed_notes_are_dated_and_titled() {
    for (start, date, title) in [
        ("000_", "2020-02-06", "Coffee Ops 02/06/2020"),
        ("001_", "2020-01-16", "CoffeeOps 01/16/2020"),
        ("003_", "2018-10-25", "DevOpsDays London 2018"),
        (
            "004_",
            "2018-11-06",
            "My notes from Devops Days Wellington, Day Two",
        ),
    ] {
        let Some(document) = seed(start) else { return };
        let feed = read_feed(&document).unwrap();
        let [entry] = &feed.entries[..] else {
            panic!("{start}: {} entries", feed.entries.len())
        };
        assert_eq!(
            entry.published.unwrap().format("%F").to_string(),
            date,
            "{start}"
        );
        assert_eq!(entry.title.as_ref().unwrap().value, title, "{start}");
        let html = &entry.content.as_ref().unwrap().value;
        assert!(!html.contains("{{<") && !html.contains("{%"), "{start}");
        let tags: Vec<_> = entry
            .categories
            .iter()
            .map(|category| category.term.as_str())
            .collect();
        let (count, ends) = match start {
            // 14 tags, then the categories that are none of them.
            "003_" => (16, Some(("devopsdays", "london"))),
            "004_" => (1, Some(("technology", "technology"))),
            _ => (0, None),
        };
        assert_eq!(tags.len(), count, "{start}: {tags:?}");
        assert_eq!(
            tags.first().copied().zip(tags.last().copied()),
            ends,
            "{start}"
        );
        if start == "003_" {
            assert!(html.contains("href=\"2018-08-16-context-is-king\""));
        }
        if start == "004_" {
            let summary = &entry.summary.as_ref().unwrap().value;
            assert!(
                summary.ends_with("Devops Days Wellington, 6 Nov 2018"),
                "{summary}"
            );
        }
    }
}

/// From the root of a normalised document on.
fn root_of(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, root)| root)
}

/// What fuzzing has found, and what it begins with.
#[test]
fn the_corpus_of_the_fuzzer_is_read_and_what_was_repaired_is_a_feed_still() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/parse");
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = Document::from_bytes(std::fs::read(&path).unwrap());
        let Ok(Parsed::Feed(feed)) = read(&bytes) else {
            continue;
        };
        if feed.entries.is_empty() {
            continue;
        }
        // Of a damaged root nobody can tell a second time what it was.
        let roots = ["<rss ", "<feed ", "<rdf:RDF ", "<channel "];
        let text = normalised(&bytes).unwrap_or_default();
        if !roots.iter().any(|root| root_of(&text).starts_with(root)) {
            continue;
        }
        let again = read(&Document::from_bytes(text.clone().into_bytes()));
        let kind = match again {
            Ok(Parsed::Feed(_)) => continue,
            Ok(other) => format!("{other:?}"),
            Err(error) => error.to_string(),
        };
        wrong.push(format!("{}: {kind} of {text}", path.display()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
