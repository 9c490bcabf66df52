# `make demo` shows it, `make test` proves it; both install what is missing on Debian 12 with Rust.

# Development artefacts are shared by test and demo: one feature set, always the whole workspace.
BINS := target/debug
FEATURES := --features kiosk/inspection

# Pictures of screens are drawn by one pinned renderer, in software.
export VK_ICD_FILENAMES := /usr/share/vulkan/icd.d/lvp_icd.x86_64.json
export LP_NATIVE_VECTOR_WIDTH := 128

.PHONY: setup build bins check lint wasm test demo kiosk server seeds fuzz bench bench-chip bench-qr bench-face test-camera

setup:
	scripts/setup.sh

# kiosk, server, national-mock and cccd in target/release.
build: setup
	cargo build --workspace --bins --release

bins: setup
	cargo build --workspace --bins $(FEATURES)

seeds: bins
	$(BINS)/cccd seeds

check: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(FEATURES) -- -D warnings
	cargo nextest run --workspace --lib --bins $(FEATURES)

lint:
	scripts/setup.sh lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(FEATURES) -- -D warnings
	cargo deny --log-level error check licenses bans sources

# What is pure builds for a machine without operating system.
wasm: setup
	cargo check -p identity -p flows --target wasm32-unknown-unknown

test: bins wasm seeds
	BINARIES=$(abspath $(BINS)) cargo nextest run --workspace $(FEATURES)
	cargo test --workspace --doc $(FEATURES) --quiet

demo: bins seeds
	BINARIES=$(abspath $(BINS)) $(BINS)/demo

# For a person, with a display: server, simulated national systems, a virtual reader, the window.
kiosk: bins seeds
	BINARIES=$(abspath $(BINS)) $(BINS)/demo --interactive

server: bins seeds
	$(BINS)/server --config server/server.toml --data target/server

# Coverage-guided, on a nightly; `make test` runs the same targets over their corpora on stable.
fuzz: setup
	scripts/fuzz.sh

bench: setup
	cargo bench --workspace --bench whole_read --bench passive_authentication --bench check_in

# A whole card: commands and bytes against the bytes of its files, and the time through pcscd.
bench-chip: setup
	cargo bench -p devices --bench whole_read

bench-qr bench-face test-camera:
	@echo "$@: there is no QR reader, face comparison or camera in this version." >&2; exit 2
