//! What a citizen's documents say, how the chip is spoken to, and what it all proves.
//!
//! Pure: no socket, file, clock, thread or global. Time, randomness and keys are parameters; the crate
//! builds for `wasm32-unknown-unknown`, which proves it.
#![forbid(unsafe_code)]

pub mod bytes;
pub mod chip;
pub(crate) mod date;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod insurance;
pub mod lds;
pub mod mrz;
pub mod number;
pub mod proof;
pub mod province;
pub mod qr;
pub mod reason;
pub mod text;
pub mod tlv;
pub mod trust;

pub use bytes::SecretBytes;
pub use proof::verdict::Verdict;
pub use reason::ReasonCode;
