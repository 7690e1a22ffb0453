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
    if entries > 0
        && let Some(normalised) = workbench::repair(bytes)
    {
        // What was repaired is a feed still.
        assert!(workbench::parse(normalised.as_bytes()).is_some());
    }
});
