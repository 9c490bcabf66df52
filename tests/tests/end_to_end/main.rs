//! The whole on built programs. `BINARIES` names their folder; `make test` builds them and sets it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it says"
)]

mod api;
mod browser;
mod fhir;
mod lodging_file;
mod window;
