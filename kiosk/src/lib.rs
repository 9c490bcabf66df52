//! The kiosk: a window for a person who checks in with their card.
//!
//! [`conversation`] says what happens, [`screens`] show it, [`look`] and [`words`] are what they are made of.
#![forbid(unsafe_code)]

pub mod config;
pub mod conversation;
pub mod hardware;
pub mod look;
pub mod screens;
pub mod window;
pub mod words;
