//! Any bytes through the front: detect, decode, repair, read; then clean and split what came out.
#![no_main]

use hallway::workbench;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(feed) = workbench::parse(bytes) else {
        return;
    };
    let entries = feed.entries();
    assert_eq!(feed.clean_and_split().entries(), entries);
    // What was repaired is a feed still. Of a damaged root nobody can tell a second time what it was.
    let roots = ["<rss ", "<feed ", "<rdf:RDF ", "<channel "];
    if entries > 0
        && let Some(normalised) = workbench::repair(bytes)
        && let Some((_, root)) = normalised.split_once('\n')
        && roots.iter().any(|known| root.starts_with(known))
    {
        assert!(workbench::parse(normalised.as_bytes()).is_some());
    }
});
