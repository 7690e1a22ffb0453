//! What a document is, by its content alone: names and media types lie too often.

use super::error::{ParseError, excerpt};
use super::head::head;
use super::notes;
use super::repair::Root;

/// What the text of a document is.
#[derive(Debug, PartialEq)]
pub(super) enum Shape<'a> {
    /// Atom or RSS by the name of its root.
    Feed(Root<'a>),
    Opml(Root<'a>),
    Json,
    Page,
    Note,
}

/// Refuses what is no text at all, by its first bytes.
pub(super) fn refuse_binary(bytes: &[u8]) -> Result<(), ParseError> {
    const MAGIC: [(&[u8], &str); 26] = [
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "an image (PNG)"),
        (b"\xFF\xD8\xFF", "an image (JPEG)"),
        (b"GIF8", "an image (GIF)"),
        (b"BM", "an image (BMP)"),
        (b"\0\0\x01\0", "an image (icon)"),
        (b"II*\0", "an image (TIFF)"),
        (b"MM\0*", "an image (TIFF)"),
        (b"\x1A\x45\xDF\xA3", "a video (WebM or Matroska)"),
        (b"fLaC", "a sound (FLAC)"),
        (b"\xFF\xFB", "a sound (MP3)"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"\x28\xB5\x2F\xFD", "a zstd archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ", "an xz archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"Rar!\x1A", "a RAR archive"),
        (b"wOF2", "a font (WOFF)"),
        (b"wOFF", "a font (WOFF)"),
        (b"\xD0\xCF\x11\xE0", "an office document"),
        (b"PK\x03\x04", "a zip archive or an office document"),
        (b"ID3", "a sound (MP3)"),
        (b"OggS", "a sound (Ogg)"),
        (b"\x7FELF", "a program"),
        (b"SQLite format 3", "an SQLite database"),
        (b"{\\rtf", "an RTF document"),
    ];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ParseError::Empty);
    }
    if let Some(name) = container(bytes) {
        return Err(ParseError::NotAFeed(name.to_owned()));
    }
    for (magic, name) in MAGIC {
        // Two letters begin words, too.
        let surely =
            magic.len() > 2 || !magic.is_ascii() || bytes[..bytes.len().min(64)].contains(&0);
        if bytes.starts_with(magic) && surely && (magic != b"ID3" || has_controls(bytes)) {
            return Err(ParseError::NotAFeed(name.to_owned()));
        }
    }
    Ok(())
}

/// Containers, whose brand stands behind their own name.
fn container(bytes: &[u8]) -> Option<&'static str> {
    let brand = bytes.get(8..12)?;
    match (bytes.get(..4)?, bytes.get(4..8)?, brand) {
        (b"RIFF", _, b"WEBP") => Some("an image (WebP)"),
        (b"RIFF", _, b"WAVE") => Some("a sound (WAV)"),
        (b"RIFF", _, b"AVI ") => Some("a video (AVI)"),
        (_, b"ftyp", b"avif" | b"avis") => Some("an image (AVIF)"),
        (_, b"ftyp", b"heic" | b"heix" | b"mif1") => Some("an image (HEIC)"),
        (_, b"ftyp", b"M4A " | b"M4B ") => Some("a sound (MP4)"),
        (_, b"ftyp", _) => Some("a video (MP4)"),
        _ => None,
    }
}

/// Whether the beginning holds more control characters than any text does.
fn has_controls(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let controls = head
        .iter()
        .filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B))
        .count();
    controls * 20 > head.len()
}

/// Tells what a text is. `name` is the file's, for notes that hold nothing but prose.
pub(super) fn shape<'a>(text: &'a str, name: Option<&str>) -> Result<Shape<'a>, ParseError> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if start.is_empty() {
        return Err(ParseError::Empty);
    }
    if has_controls(text.as_bytes())
        && Root::find(text).is_none()
        && Root::find_behind_junk(text).is_none()
    {
        return Err(ParseError::NotAFeed("binary data".to_owned()));
    }
    if notes::begins_with_fence(start) {
        return Ok(Shape::Note);
    }
    if start
        .strip_prefix('{')
        .is_some_and(|inside| inside.trim_start().starts_with(['"', '}']))
    {
        return Ok(Shape::Json);
    }
    if let Some(name) = other_text(start) {
        return Err(ParseError::NotAFeed(name.to_owned()));
    }
    let root = Root::find(text);
    if let Some(shape) = root.and_then(known_root) {
        return Ok(shape);
    }
    if let Some(shape) = Root::find_behind_junk(text).and_then(known_root) {
        return Ok(shape);
    }
    if looks_like_page(start, root) {
        return Ok(Shape::Page);
    }
    if let Some(root) = root.filter(|_| holds_entries(text)) {
        return Ok(Shape::Feed(root));
    }
    if start.starts_with("<?xml") {
        let name = root.map_or("", |root| root.name);
        return Err(ParseError::NotAFeed(other_xml(name)));
    }
    if root.is_some_and(|root| root.name == "svg") {
        return Err(ParseError::NotAFeed(other_xml("svg")));
    }
    if notes::looks_like_markdown(text) || name.is_some_and(notes::is_note) {
        return Ok(Shape::Note);
    }
    Err(ParseError::NotAFeed(if start.starts_with('<') {
        "markup of an unknown kind".to_owned()
    } else {
        "plain text".to_owned()
    }))
}

/// Texts with a beginning of their own.
fn other_text(start: &str) -> Option<&'static str> {
    let list = start.strip_prefix('[').map(str::trim_start);
    if list.is_some_and(|inside| inside.starts_with('{')) {
        return Some("JSON of another kind");
    }
    let known = [
        ("BEGIN:VCALENDAR", "a calendar (iCalendar)"),
        ("BEGIN:VCARD", "an address card (vCard)"),
        ("User-agent:", "a robots.txt"),
        ("#EXTM3U", "a playlist (M3U)"),
    ];
    let found = known
        .iter()
        .find(|(beginning, _)| start.starts_with(beginning));
    found.map(|(_, name)| *name)
}

/// XML of other kinds that stand where feeds are looked for.
fn other_xml(root: &str) -> String {
    match root {
        "urlset" | "sitemapindex" => "a sitemap".to_owned(),
        "svg" => "an image (SVG)".to_owned(),
        "OpenSearchDescription" => "a search description (OpenSearch)".to_owned(),
        "rsd" => "a description of a blog's services (RSD)".to_owned(),
        "Envelope" => "a SOAP message".to_owned(),
        other => format!("XML (`{}`)", excerpt(other)),
    }
}

fn known_root(root: Root<'_>) -> Option<Shape<'_>> {
    match root.name.to_ascii_lowercase().as_str() {
        "rss" | "feed" | "rdf" | "entry" => Some(Shape::Feed(root)),
        // Channel Definition Format; `<channel>` alone is RSS that lost its root.
        "channel" => Some(Shape::Feed(root)),
        "opml" => Some(Shape::Opml(root)),
        _ => None,
    }
}

/// Whether entries stand under a root that no format has: a feed in an envelope.
fn holds_entries(text: &str) -> bool {
    let beginning = head(text, 64 * 1024).to_ascii_lowercase();
    let opens = |name: &str| {
        beginning.match_indices(name).any(|(at, _)| {
            let (before, behind) = (&beginning[..at], &beginning[at + name.len()..]);
            behind.starts_with(|c: char| c == '>' || c.is_whitespace()) && ends_as_tag(before)
        })
    };
    (opens("item") || opens("entry")) && opens("title")
}

/// Whether a text ends with the `<` of a start tag, or with its prefix: `<atom:`.
fn ends_as_tag(text: &str) -> bool {
    const LONGEST: usize = 40;
    let prefix = text.strip_suffix(':');
    let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let tail = prefix.map_or(text, |prefix| {
        let from = prefix.floor_char_boundary(prefix.len().saturating_sub(LONGEST));
        let name = prefix[from..].trim_end_matches(name).len();
        &prefix[..from + name]
    });
    tail.ends_with('<')
}

fn looks_like_page(start: &str, root: Option<Root<'_>>) -> bool {
    let Some(root) = root else { return false };
    let page_root = [
        "html", "head", "body", "meta", "title", "link", "script", "base",
    ]
    .iter()
    .any(|name| root.name.eq_ignore_ascii_case(name));
    if root.html || page_root {
        return true;
    }
    let beginning = head(start, 4096).to_ascii_lowercase();
    ["<html", "<head>", "<body"]
        .iter()
        .any(|tag| beginning.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match shape(text, None) {
            Ok(Shape::Feed(root)) => format!("feed {}", root.name),
            Ok(Shape::Opml(_)) => "opml".to_owned(),
            Ok(Shape::Json) => "json".to_owned(),
            Ok(Shape::Page) => "page".to_owned(),
            Ok(Shape::Note) => "note".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn documents_are_told_apart_by_content() {
        for (text, expected) in [
            ("<?xml version='1.0'?><rss version='2.0'>", "feed rss"),
            ("\n\n<rdf:RDF xmlns='x'>", "feed RDF"),
            ("Notice: x\n<rss></rss>", "feed rss"),
            ("<br><b>Warning</b>: x <rss></rss>", "feed rss"),
            (
                "<?xml version='1.0'?><box><item><title>A</title></item></box>",
                "feed box",
            ),
            ("<opml version='2.0'>", "opml"),
            (" {\"version\": 1}", "json"),
            ("<!DOCTYPE html><p>", "page"),
            ("<html>", "page"),
            ("<!-- saved --><HTML lang=en>", "page"),
            ("---\ntitle: A\n---\nText", "note"),
            ("+++\ntitle = 'A'\n+++\n", "note"),
            ("# A day\n\nIt began.", "note"),
            ("Topics\n- one\n- two", "note"),
            ("{{< toc >}}\n\n## A day", "note"),
            ("How `<rss>` is read\n\n* one", "note"),
            ("<p align=center>![x](y.png)</p>\n\n# A day", "note"),
            ("Just a sentence.", "this is plain text, not a feed"),
            (
                "<?xml version='1.0'?><urlset/>",
                "this is a sitemap, not a feed",
            ),
            ("  \n ", "the answer is empty"),
            ("a\0b\u{1}c\u{2}d", "this is binary data, not a feed"),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert_eq!(
            shape("Just a sentence.", Some("talks/2019.md")),
            Ok(Shape::Note)
        );
    }

    #[test]
    fn binaries_are_named() {
        let refused = |bytes: &[u8]| refuse_binary(bytes).map_err(|error| error.to_string());
        assert_eq!(
            refused(b"%PDF-1.7").unwrap_err(),
            "this is a PDF, not a feed"
        );
        assert_eq!(
            refused(b"\x89PNG\r\n").unwrap_err(),
            "this is an image (PNG), not a feed"
        );
        assert_eq!(refused(b"").unwrap_err(), "the answer is empty");
        assert_eq!(refused(b"BM of today: # notes"), Ok(()));
        assert_eq!(refused(b"ID3 tags and what they are"), Ok(()));
    }
}
