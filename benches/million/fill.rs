//! Fills an archive with short entries, seeded, and measures what they cost.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hallway::workbench::{self, Cleaned, Shelf};
use nix::sys::resource::{UsageWho, getrusage};

use crate::words::{Random, Vocabulary, capitalised};

/// So many entries a feed's document has, and so many arrive from one start of the program to the next.
const OF_A_FEED: usize = 20;
const ROUND: usize = 5_000;
/// As many feeds, each with new entries every few rounds.
const FEEDS: usize = 2_000;

/// The newest entry's date; the oldest is ten years older.
pub(crate) const NOW: i64 = 1_795_000_000;
const TEN_YEARS: i64 = 10 * 365 * 86_400;

/// Stands in one entry of 20,000; in one of three; each of two in one of 50, by chance together.
pub(crate) const RARE: &str = "quibblefen";
pub(crate) const COMMON: &str = "wanderlist";
pub(crate) const PAIR: [&str; 2] = ["fjordlight", "marrowstone"];
/// Together, in one entry of 2,000; each alone in many.
pub(crate) const PHRASE: &str = "the harbour protocol";

/// What a round of entries took.
struct Round {
    /// From the document to its cleaned entries, and into the archive with its close.
    read: Duration,
    recorded: Duration,
}

/// Answers a table of what a new entry costs.
///
/// Machines are faster in one minute than in the next, so small archives are filled beside the last tenth of the
/// large one, and what an entry costs there is compared with those.
pub(crate) fn fill(path: &Path, entries: usize) -> String {
    let vocabulary = Vocabulary::new();
    let mut rounds: Vec<Round> = Vec::new();
    let mut beside: Vec<Round> = Vec::new();
    let started = Instant::now();
    let mut bytes = 0;
    let all = entries.div_ceil(ROUND);
    for number in 0..all {
        let (round, size) = fill_round(path, &vocabulary, number, entries);
        rounds.push(round);
        bytes += size;
        if (number + 1) % 10 == 0 {
            eprintln!(
                "{} entries, {} s, archive part {:.0} µs an entry",
                (number + 1) * ROUND,
                started.elapsed().as_secs(),
                micros(&rounds[number.saturating_sub(9)..], |round| round.recorded)
            );
        }
        if all >= 40 && number >= all - all / 10 && (number + 1) % 4 == 0 {
            beside.extend(fill_small(&vocabulary, entries));
        }
    }
    report(&rounds, &beside, entries, bytes, path)
}

/// What the entries from 5,000 to 15,000 cost in an archive of their own.
fn fill_small(vocabulary: &Vocabulary, entries: usize) -> Vec<Round> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let path = folder.path().join("small.db");
    let rounds = (0..3).map(|number| fill_round(&path, vocabulary, number, entries).0);
    rounds.skip(1).collect()
}

/// Answers also how many bytes the documents had.
fn fill_round(
    path: &Path,
    vocabulary: &Vocabulary,
    number: usize,
    entries: usize,
) -> (Round, usize) {
    let first = number * ROUND;
    let documents: Vec<(usize, String)> = (0..ROUND / OF_A_FEED)
        .map(|at| {
            let feed = (number * (ROUND / OF_A_FEED) + at) % FEEDS;
            let first = first + at * OF_A_FEED;
            (feed, document(vocabulary, feed, first, entries))
        })
        .collect();
    let bytes = documents.iter().map(|(_, text)| text.len()).sum();
    let (read, cleaned) = cpu(|| -> Vec<(usize, Cleaned)> {
        documents
            .iter()
            .map(|(feed, text)| {
                let parsed = workbench::parse(text.as_bytes()).expect("it is a feed");
                (*feed, parsed.clean_and_split())
            })
            .collect()
    });
    let (recorded, new) = cpu(|| {
        let shelf = Shelf::open(path);
        shelf.record_all(cleaned, date(first + ROUND, entries))
    });
    assert_eq!(new, ROUND, "every entry is new");
    (Round { read, recorded }, bytes)
}

fn report(rounds: &[Round], beside: &[Round], entries: usize, bytes: usize, path: &Path) -> String {
    let last = rounds.len();
    let beginning = &rounds[1..3.min(last)];
    let few = if beside.is_empty() { beginning } else { beside };
    let tenth = &rounds[last - last.div_ceil(10)..];
    let spans = [
        ("5,000 to 15,000 entries, at the beginning", beginning),
        ("5,000 to 15,000 entries, beside the last tenth", few),
        ("the last 10,000", &rounds[last.saturating_sub(2)..]),
        ("the last tenth", tenth),
    ];
    let mut text = format!(
        "{entries} entries, {} MB of documents; the archive has {} MB\n\n\
         | CPU of a new entry, µs | read and cleaned | recorded | both |\n| --- | ---: | ---: | ---: |\n",
        bytes / 1_000_000,
        std::fs::metadata(path).map_or(0, |facts| facts.len() / 1_000_000),
    );
    let whole = |round: &Round| round.read + round.recorded;
    for (name, span) in spans {
        let _ = writeln!(
            text,
            "| {name} | {:.0} | {:.0} | {:.0} |",
            micros(span, |round| round.read),
            micros(span, |round| round.recorded),
            micros(span, whole),
        );
    }
    let growth = |figure: &dyn Fn(&Round) -> Duration| micros(tenth, figure) / micros(few, figure);
    let _ = writeln!(
        text,
        "\ngrowth: {:.2} (at most 1.5, aim 1.1); of the archive's part alone {:.2}",
        growth(&whole),
        growth(&|round| round.recorded)
    );
    text
}

fn micros(rounds: &[Round], figure: impl Fn(&Round) -> Duration) -> f64 {
    let all: Duration = rounds.iter().map(figure).sum();
    all.as_secs_f64() * 1e6 / (rounds.len() * ROUND) as f64
}

/// What this process spends on some work, user and system.
fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let spent = || {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system counts");
        let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
        micros(usage.user_time()) + micros(usage.system_time())
    };
    let before = spent();
    let done = work();
    let micros = u64::try_from(spent() - before).unwrap_or(0);
    (Duration::from_micros(micros), done)
}

/// When an entry arrives.
fn date(number: usize, entries: usize) -> i64 {
    NOW - TEN_YEARS + (number as f64 / entries as f64 * TEN_YEARS as f64) as i64
}

/// An RSS document of entries that were not there before.
fn document(vocabulary: &Vocabulary, feed: usize, first: usize, entries: usize) -> String {
    let mut random = Random::new(90_210, first as u64 + 1);
    let mut text = format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Blog {feed}</title>\
         <link>https://blog-{feed}.example/</link><description>Notes</description>\n"
    );
    for number in first..first + OF_A_FEED {
        // Published up to three days before it is polled.
        let published = date(number, entries) - random.between(0, 3 * 86_400) as i64;
        let published = chrono::DateTime::from_timestamp(published, 0).expect("a time");
        let words = random.between(3, 8);
        let mut title = capitalised(&vocabulary.phrase(&mut random, words));
        if random.chance(0.01) {
            let _ = write!(title, " {COMMON}");
        }
        let _ = write!(
            text,
            "<item><title>{}</title><link>https://blog-{feed}.example/{number}</link>\
             <guid>https://blog-{feed}.example/{number}</guid><pubDate>{}</pubDate>\
             <dc:creator>{}</dc:creator>",
            escaped(&title),
            published.to_rfc2822(),
            person(&mut random),
        );
        for _ in 0..random.between(0, 4) {
            let _ = write!(text, "<category>{}</category>", tag(&mut random));
        }
        let html = html(vocabulary, &mut random, number);
        let _ = writeln!(text, "<description>{}</description></item>", escaped(&html));
    }
    text.push_str("</channel></rss>\n");
    text
}

/// 60 to 220 words, in one of four entries with two talks.
fn html(vocabulary: &Vocabulary, random: &mut Random, number: usize) -> String {
    let mut html = String::new();
    let paragraphs = random.between(2, 6);
    let with_talks = random.chance(0.25);
    for at in 0..paragraphs {
        if with_talks && (1..3).contains(&at) {
            let title = capitalised(&vocabulary.phrase(random, 4));
            let _ = writeln!(
                html,
                "<h2 id=\"t{at}\">{} — {}</h2>",
                escaped(&title),
                person(random)
            );
        }
        html.push_str("<p>");
        for _ in 0..random.between(1, 5) {
            html.push_str(&escaped(&vocabulary.sentence(random)));
            html.push(' ');
        }
        if at == 0 {
            for (word, share) in [
                (RARE, 1.0 / 20_000.0),
                (COMMON, 1.0 / 3.0),
                (PAIR[0], 0.02),
                (PAIR[1], 0.02),
                (PHRASE, 1.0 / 2_000.0),
            ] {
                if random.chance(share) {
                    let _ = write!(html, "{word} ");
                }
            }
            // Most words of any archive occur once: versions, numbers, names.
            let _ = write!(html, "v{}q{number}", random.between(0, 100));
        }
        html.push_str("</p>\n");
    }
    html
}

/// A few are frequent, most are rare.
fn tag(random: &mut Random) -> String {
    let rank = (random.share().powi(3) * 3_000.0) as usize;
    format!("topic-{rank}")
}

fn person(random: &mut Random) -> String {
    const GIVEN: &[&str] = &[
        "Amira", "Bogdan", "Carmen", "Elif", "Giulia", "Ivo", "Keiko",
    ];
    let family = (random.share().powi(2) * 5_000.0) as usize;
    format!("{} Surname{family}", random.one(GIVEN))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
