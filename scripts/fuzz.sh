#!/usr/bin/env bash
# Coverage-guided fuzzing of every target for SECONDS_EACH seconds (default 60). Needs a nightly compiler and cargo-fuzz.
# `make test` runs the same targets over their committed corpora on stable.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${SECONDS_EACH:-60}

rustup toolchain list | grep -q nightly || { echo "fuzz: no nightly compiler: rustup toolchain install nightly" >&2; exit 2; }
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

for folder in */fuzz; do
  for corpus in "$folder"/corpus/*/; do
    name=$(basename "$corpus")
    echo "fuzz: $folder $name for $seconds s" >&2
    # New files go to target/, the committed corpus is only read.
    mkdir -p "target/fuzz-corpus/$name"
    FUZZ_TARGET=$name cargo +nightly fuzz run --fuzz-dir "$folder" --target-dir target/fuzz target \
      "target/fuzz-corpus/$name" "$corpus" -- -max_total_time="$seconds"
  done
done
