//! Every fixture, damaged at random thousands of times: reading ends soon, and with no more than was there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::*;

/// Of each document.
const TIMES: usize = 20;
/// A document of some kilobytes takes a millisecond; on a busy machine much longer.
const SOON: Duration = Duration::from_secs(60);

/// Xorshift: the same damage at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (one, two) = (self.below(length + 1), self.below(length + 1));
        one.min(two)..one.max(two)
    }
}

const PIECES: [&[u8]; 24] = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"\0",
    b"\"",
    b"'",
    b"/>",
    b"</",
    b"&#x",
    b"&#1114112;",
    b"&lt;",
    b"<item>",
    b"</entry>",
    b"<title>",
    b"\xFF\xFE",
    b"\xC2",
    b"<!DOCTYPE x [",
    b" xmlns=\"http://purl.org/rss/1.0/\"",
    b" xml:base=\"../\"",
    b"{\"items\":[",
];

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(..at)),
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = dice.below(256) as u8;
            }
        }
        3 => {
            let range = dice.range(bytes.len());
            drop(bytes.drain(range));
        }
        4 => {
            let copy = bytes[dice.range(bytes.len())].to_vec();
            bytes.splice(at..at, copy);
        }
        5 => {
            let range = dice.range(bytes.len());
            let moved: Vec<u8> = bytes.drain(range).collect();
            let at = at.min(bytes.len());
            bytes.splice(at..at, moved);
        }
        _ => {
            let piece = PIECES[dice.below(PIECES.len())];
            bytes.splice(at..at, piece.iter().copied());
        }
    }
}

fn every_file(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap().flatten() {
        let path = item.path();
        if path.is_dir() {
            every_file(&path, found);
        } else if !path.to_string_lossy().ends_with(".expected.json") {
            found.push(path);
        }
    }
    found.sort();
}

/// How much text came out.
fn weight(feed: &RawFeed) -> usize {
    let entry = |entry: &crate::model::RawEntry| {
        let texts = [&entry.title, &entry.summary, &entry.content];
        let texts = texts.map(|text| text.as_ref().map_or(0, |text| text.value.len()));
        let extras = entry
            .extras
            .as_ref()
            .map(|extras| serde_json::to_string(extras).unwrap());
        entry.guid.len()
            + entry.url.as_ref().map_or(0, String::len)
            + texts.iter().sum::<usize>()
            + extras.map_or(0, |extras| extras.len())
            + entry
                .categories
                .iter()
                .map(|category| category.term.len())
                .sum::<usize>()
    };
    feed.entries.iter().map(entry).sum::<usize>()
        + feed.title.as_ref().map_or(0, |title| title.value.len())
}

#[test]
fn damaged_documents_are_read_soon_and_without_harm() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    every_file(&root.join("documents"), &mut files);
    every_file(&root.join("feeds"), &mut files);
    every_file(&root.join("notes"), &mut files);
    let mut dice = Dice(0x05EE_D0FF_EED5);
    let mut read_well = 0;
    for path in &files {
        let whole = fs::read(path).unwrap();
        for _ in 0..TIMES {
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(4) {
                damage(&mut bytes, &mut dice);
            }
            let length = bytes.len();
            let document = Document::from_bytes(bytes);
            let started = Instant::now();
            let parsed = std::panic::catch_unwind(|| read_telling(&document, Telling::All));
            let took = started.elapsed();
            if parsed.is_err() || took > SOON {
                let kept = std::env::temp_dir().join("hallway-damaged");
                fs::write(&kept, &document.bytes).unwrap();
                panic!(
                    "{}: {took:?}; the document is in {}",
                    path.display(),
                    kept.display()
                );
            }
            if let Ok(Ok(Parsed::Feed(feed))) = parsed {
                read_well += 1;
                let weight = weight(&feed);
                assert!(
                    weight <= 16 * length + 4096,
                    "{}: {weight} bytes out of {length}",
                    path.display()
                );
                assert!(feed.entries.iter().all(|entry| !entry.guid.is_empty()));
            }
        }
    }
    assert!(read_well > files.len() * TIMES / 4, "{read_well} were read");
}

/// Documents that are large in one way only.
#[test]
fn documents_beyond_any_measure_are_read_too() {
    let many = |piece: &str, times: usize| piece.repeat(times);
    let item = |inside: &str| {
        format!(
            "<rss version='2.0'><channel><title>T</title><item><title>I</title>{inside}</item></channel></rss>"
        )
    };
    let attributes: String = (0..200_000).map(|n| format!(" a{n}='1'")).collect();
    let megabytes = many("x", 2_000_000);
    for (what, text) in [
        ("depth", item(&many("<a>", 300_000))),
        (
            "depth of text",
            item(&format!("<description>{}", many("<b>", 300_000))),
        ),
        ("depth of bases", item(&many("<a xml:base='b/'>", 100_000))),
        (
            "depth of groups",
            item(&many("<media:group><media:content url='u'>", 50_000)),
        ),
        ("attributes", item(&format!("<x {attributes}/>"))),
        (
            "names",
            item(&format!("<{megabytes}>y</{megabytes}><a {megabytes}='1'/>")),
        ),
        ("prefixes", item(&format!("<{megabytes}:y/>"))),
        ("extensions", item(&many("<x:y z='1'>w</x:y>", 100_000))),
        (
            "links",
            item(&many("<atom:link rel='via' href='u'/>", 100_000)),
        ),
        (
            "people",
            item(&many("<podcast:person>p</podcast:person>", 100_000)),
        ),
        (
            "places",
            item(&many("<georss:point>1 2</georss:point>", 100_000)),
        ),
        ("media", item(&many("<media:content url='u'/>", 50_000))),
        ("categories", item(&many("<category>c</category>", 100_000))),
        (
            "sources",
            item(&many(
                "<source url='u'><category>c</category>s</source>",
                50_000,
            )),
        ),
        ("bare ampersands", item(&many("&", 1_000_000))),
        ("bare less-thans", item(&many("<", 1_000_000))),
        ("open comments", item(&many("<!--", 300_000))),
        ("open sections", item(&many("<![CDATA[", 200_000))),
        ("end tags", item(&many("</x>", 300_000))),
        ("quotes", item(&many("<a b=\"", 200_000))),
        ("dates", item(&format!("<pubDate>{megabytes}</pubDate>"))),
        (
            "authors",
            item(&format!(
                "<author>{}</author>",
                many("a@x.example, ", 100_000)
            )),
        ),
        ("roots", many("<rss><channel><title>T</title>", 50_000)),
    ] {
        let length = text.len();
        let document = Document::from_bytes(text.into_bytes());
        let started = Instant::now();
        let feed = read_feed(&document).unwrap_or_else(|error| panic!("{what}: {error}"));
        let took = started.elapsed();
        assert!(took < SOON, "{what}: {took:?}");
        let weight = weight(&feed);
        assert!(
            weight <= 8 * length + 4096,
            "{what}: {weight} bytes out of {length}"
        );
    }
}
