//! The kiosk's API, one file per operation.

pub mod body;
pub mod guard;
pub mod problem;
