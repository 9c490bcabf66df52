//! How the chip is spoken to: sans-IO sessions of ICAO Doc 9303-11.
//!
//! A session gives commands and takes answers; who carries them (a reader, a test, a recorded run) is not
//! its business. Random values and ephemeral private keys are parameters.

pub mod active_authentication;
pub mod apdu;
pub mod bac;
pub mod cipher;
pub mod curve;
pub mod key_derivation;
pub mod pace;
pub mod password;
pub mod read;
pub mod replay;
pub mod secure_messaging;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod testing;

pub use apdu::{CommandApdu, ResponseApdu};
pub use password::Password;
pub use secure_messaging::SecureMessaging;
