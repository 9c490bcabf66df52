//! Runs the target that the environment variable `FUZZ_TARGET` names:
//! `FUZZ_TARGET=pace cargo +nightly fuzz run --fuzz-dir identity/fuzz target identity/fuzz/corpus/pace`.
#![no_main]

use std::sync::LazyLock;

use identity::fuzzing::{Target, target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names the target");
    target(&name).expect("a target of identity::fuzzing")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
