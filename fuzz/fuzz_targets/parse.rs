//! Any bytes through the front: detect, decode, repair, read; then clean and split what came out.
#![no_main]

use hallway::workbench;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(feed) = workbench::parse(bytes) {
        assert_eq!(feed.clean_and_split().entries(), feed.entries());
    }
    if let Some(normalised) = workbench::repair(bytes) {
        // What was repaired is a feed, and stays one.
        assert!(workbench::repair(normalised.as_bytes()).is_some());
    }
});
