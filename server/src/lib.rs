//! The server: decides and records what happens to a citizen at a kiosk.
#![forbid(unsafe_code)]

pub mod api;
pub mod clock;
pub mod config;
pub mod random;
