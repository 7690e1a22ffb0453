//! Any page to its talks: each has a title, and its section is a part of the page that stands alone.
#![no_main]

use hallway::workbench;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: (&str, &str)| {
    let (title, html) = page;
    for (title, speakers, section) in workbench::split_html(title, html) {
        assert!(!title.trim().is_empty());
        assert!(speakers.iter().all(|speaker| !speaker.trim().is_empty()));
        assert_eq!(workbench::clean_html(&section), section);
    }
});
