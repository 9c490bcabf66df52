//! A virtual CCCD or passport: the chip's side of every protocol, personalised from `seeds/`.
//!
//! Nothing here is made by inverting `identity`: the files are written and the protocols spoken by code of
//! their own, so that the reading side and the card are not wrong alike.

pub mod chip;
mod der;
pub mod personalise;
mod portrait;
pub mod vpcd;

pub use chip::VirtualCard;

#[cfg(test)]
mod tests;
