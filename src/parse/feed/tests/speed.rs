use super::*;

/// `cargo test --release --lib reading_speed -- --ignored --nocapture` measures on the well-formed
/// fixtures, with `HALLWAY_BENCH=FOLDER` on the feeds of a folder.
#[test]
#[ignore = "a measurement: wants a release build"]
fn reading_speed() {
    let texts = match std::env::var("HALLWAY_BENCH") {
        Ok(folder) => of_folder(folder.into()),
        // What feed-rs cannot read, it reads in no time.
        Err(_) => beside_feed_rs::well_formed()
            .into_iter()
            .map(|(_, text)| text)
            .filter(|text| {
                through_feed_rs(text, None, "XML").is_ok_and(|feed| !feed.entries.is_empty())
            })
            .collect(),
    };
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut best = [f64::MAX; 3];
    for _ in 0..25 {
        let started = std::time::Instant::now();
        for text in &texts {
            let root = Root::find(text).unwrap();
            let mut repairs = Repairs::default();
            let mut stream = repair::stream(text, &root, &mut repairs);
            while stream.next().is_some() {}
        }
        best[0] = best[0].min(started.elapsed().as_secs_f64());
        let started = std::time::Instant::now();
        for text in &texts {
            let root = Root::find(text).unwrap();
            read_xml(text, &root, None, Telling::Little, &mut Repairs::default()).unwrap();
        }
        best[1] = best[1].min(started.elapsed().as_secs_f64());
        let started = std::time::Instant::now();
        for text in &texts {
            through_feed_rs(text, None, "XML").unwrap();
        }
        best[2] = best[2].min(started.elapsed().as_secs_f64());
    }
    let [events, ours, theirs] = best.map(|seconds| bytes as f64 / seconds / 1e6);
    println!(
        "{} documents, {bytes} bytes: events {events:.0} MB/s, read {ours:.0} MB/s, feed-rs {theirs:.0} MB/s",
        texts.len()
    );
    let times = best[1] / best[2];
    println!("the way through repair and reader takes {times:.2} times as long as feed-rs alone");
}

fn of_folder(folder: std::path::PathBuf) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            if file.path().is_dir() {
                folders.push(file.path());
            } else if let Ok(text) = std::fs::read_to_string(file.path())
                && Root::find(&text).is_some_and(|root| matches!(root.name, "rss" | "feed" | "RDF"))
            {
                texts.push(text);
            }
        }
    }
    texts
}
