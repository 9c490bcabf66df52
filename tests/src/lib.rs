//! The whole, from the card on the reader to the ticket in the hand, on the programs as built.
//!
//! Tests and demonstration use the same parts: [`process`] starts programs, [`display`] gives a window a place,
//! [`window`] sees and touches it as a person does, [`browser`] a page.
#![forbid(unsafe_code)]

pub mod browser;
pub mod clinic;
pub mod conversation;
pub mod display;
pub mod journey;
pub mod pictures;
pub mod process;
pub mod python;
pub mod record;
pub mod signed;
pub mod staff;
pub mod window;
pub mod world;
