//! Any text to a query: read or refused, never a panic.
#![no_main]

use hallway::workbench;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    workbench::read_query(text);
});
