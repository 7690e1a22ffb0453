//! Each stage alone, in MB or entries a second: `cargo bench --features workbench --bench stages`.
//!
//! The set is the one of `benches/poll`, 40 feeds of it; `-- clean` measures that stage only.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot begin has to stop"
)]

#[path = "poll/generate.rs"]
mod generate;
#[path = "poll/words.rs"]
mod words;

use std::cell::LazyCell;
use std::fs;
use std::path::PathBuf;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hallway::workbench::{self, Cleaned, Parsed, Shelf};

const FEEDS: usize = 40;

fn documents() -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stages");
    generate::write(&folder, FEEDS).expect("the set can be written");
    let mut files: Vec<_> = fs::read_dir(folder.join("1"))
        .expect("the set is there")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| fs::read(file).expect("a file"))
        .collect()
}

fn stages(c: &mut Criterion) {
    let documents = documents();
    let bytes = documents.iter().map(Vec::len).sum::<usize>() as u64;
    let parsed: Vec<Parsed> = documents
        .iter()
        .filter_map(|bytes| workbench::parse(bytes))
        .collect();
    let cleaned = || -> Vec<Cleaned> { parsed.iter().map(Parsed::clean_and_split).collect() };
    let entries = parsed.iter().map(Parsed::entries).sum::<usize>() as u64;

    let mut group = c.benchmark_group("in");
    group.sample_size(10).throughput(Throughput::Bytes(bytes));
    group.bench_function("decode", |b| {
        b.iter(|| {
            documents
                .iter()
                .map(|bytes| workbench::decode(bytes))
                .sum::<usize>()
        });
    });
    group.bench_function("repair", |b| {
        b.iter(|| {
            documents
                .iter()
                .filter_map(|bytes| workbench::repair(bytes))
                .map(|text| text.len())
                .sum::<usize>()
        });
    });
    group.bench_function("parse", |b| {
        b.iter(|| {
            documents
                .iter()
                .filter_map(|bytes| workbench::parse(bytes))
                .map(|feed| feed.entries())
                .sum::<usize>()
        });
    });
    group.bench_function("clean", |b| {
        b.iter(|| {
            parsed
                .iter()
                .map(|feed| feed.clean().entries())
                .sum::<usize>()
        });
    });
    // Made where they are asked for: a profile of one stage shows that stage.
    let split = LazyCell::new(cleaned);
    group.bench_function("split", |b| {
        LazyCell::force(&split);
        b.iter(|| split.iter().map(Cleaned::split).sum::<usize>());
    });
    group.finish();

    let mut group = c.benchmark_group("archive");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(entries));
    group.bench_function("record", |b| {
        b.iter_batched(
            || (tempfile::tempdir().expect("a folder"), cleaned()),
            |(folder, feeds)| {
                let shelf = Shelf::open(&folder.path().join("hallway.db"));
                let feeds = feeds.into_iter().enumerate();
                feeds
                    .map(|(number, feed)| shelf.record(number, feed))
                    .sum::<usize>()
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
    ways_out(c, &cleaned);
}

fn ways_out(c: &mut Criterion, feeds: &dyn Fn() -> Vec<Cleaned>) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = LazyCell::new(|| {
        let shelf = Shelf::open(&folder.path().join("hallway.db"));
        for (number, feed) in feeds().into_iter().enumerate() {
            shelf.record(number, feed);
        }
        shelf
    });
    let mut group = c.benchmark_group("query");
    for (name, query, relevance) in [
        ("one word by relevance", "database", true),
        ("two words by relevance", "database server", true),
        ("a phrase", "\"the database\"", true),
        ("a tag, newest 50", "tag:rust", false),
        ("newest 50", "", false),
    ] {
        group.bench_function(name, |b| {
            LazyCell::force(&shelf);
            b.iter(|| shelf.query(query, "jsonl", relevance, Some(50)));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("render");
    group.sample_size(10).throughput(Throughput::Elements(500));
    for format in [
        "text", "markdown", "html", "json", "jsonl", "atom", "rss", "jsonfeed", "opml", "csv",
        "eml",
    ] {
        group.bench_function(format, |b| {
            LazyCell::force(&shelf);
            b.iter(|| shelf.query("", format, false, Some(500)));
        });
    }
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
