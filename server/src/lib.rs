//! The server: decides and records what happens to a citizen at a kiosk.
#![forbid(unsafe_code)]

pub mod api;
pub mod audit;
pub mod clock;
pub mod config;
pub mod console;
pub mod fhir;
pub mod fuzzing;
pub mod lodging;
pub mod look;
pub mod national;
pub mod outbox;
pub mod phone;
pub mod program;
pub mod random;
pub mod sealed;
pub mod session;
pub mod staff;
pub mod store;
pub mod waiting;
