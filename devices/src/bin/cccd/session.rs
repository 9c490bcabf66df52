//! `session.json`: how the files beside it were read.

use identity::{SecretBytes, proof::verdict::Access};
use serde::{Deserialize, Serialize};

/// The name of the file.
pub const FILE: &str = "session.json";

/// How files were read.
#[derive(Serialize, Deserialize)]
pub struct Session {
    /// How access was gained.
    pub access: Access,
    /// What the chip was asked to sign, hex.
    #[serde(with = "hex::serde")]
    pub nonce: [u8; 8],
    /// What it answered, base64; absent where it did not.
    pub active_authentication: Option<SecretBytes>,
}
