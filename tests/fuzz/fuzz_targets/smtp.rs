#![no_main]

#[path = "../entries.rs"]
#[allow(dead_code)] // each target takes one of them
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::smtp_replies(bytes));
