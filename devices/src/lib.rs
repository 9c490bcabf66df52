//! Everything that touches hardware, each behind one small trait with a second, software, implementation.
#![forbid(unsafe_code)]

pub mod card;
pub mod printer;
pub mod reader;
pub mod seeds;
pub mod testing;
