//! Runs the one target here, `virtual_card`:
//! `cargo +nightly fuzz run --fuzz-dir devices/fuzz target devices/fuzz/corpus/virtual_card`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| devices::card::chip::fuzz::commands(bytes));
