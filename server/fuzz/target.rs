//! Runs the target that the environment variable `FUZZ_TARGET` names:
//! `FUZZ_TARGET=population_reply cargo +nightly fuzz run --fuzz-dir server/fuzz target server/fuzz/corpus/population_reply`.
#![no_main]

use std::sync::LazyLock;

use server::fuzzing::{Target, targets};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names the target");
    let target = targets().find(|(known, _)| *known == name);
    target.expect("a target of server::fuzzing").1
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
