//! The chip check of C06 (Trung tâm dữ liệu quốc gia về dân cư): is this card's security object one that was issued to this
//! number, and is the card still good?
//!
//! A stand-in: the real service is reached through licensed intermediaries, and its interface is not public. Its answer
//! stands beside the verdict of this server's own passive authentication and never replaces the issuer's axis.

mod client;
pub(super) mod wire;

use async_trait::async_trait;
use identity::{SecretBytes, number::PersonalNumber};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

pub use client::ChipCheckClient;

use super::{Limits, NationalError, secret::secret};

/// The chip check of C06.
#[async_trait]
pub trait ChipCheck: Send + Sync {
    /// Asks about the card that was read. The person must have agreed to it (Luật Căn cước 26/2023 Điều 22 khoản 5).
    ///
    /// # Errors
    /// Where there is no answer; with [`Trouble::Unproved`](super::Trouble::Unproved) where there is one that C06 did not
    /// sign for this question.
    async fn verify(&self, card: &CardRead) -> Result<Statement, NationalError>;
}

/// What is told of a card that was read. No file of the chip goes out, only the digest of its security object.
#[derive(Clone)]
pub struct CardRead {
    /// The number in the chip's files.
    pub number: PersonalNumber,
    /// The document signer's certificate, DER.
    pub signer: Vec<u8>,
    /// SHA-256 of the file EF.SOD. It counts as personal data.
    pub security_object_digest: [u8; 32],
    /// The kiosk's id.
    pub device: String,
    /// The id of the consent that this check rests on.
    pub consent: String,
}

impl std::fmt::Debug for CardRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardRead").field("number", &self.number).finish_non_exhaustive()
    }
}

/// What C06 says of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was issued to this number and is good.
    Valid,
    /// It was not issued like this.
    NotIssued,
    /// It was issued and has been revoked since: the axis `revocation` fails with `document_revoked`.
    Revoked,
}

/// C06's signed answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it says.
    pub standing: Standing,
    /// C06's name for the look-up, 1 to 64 visible ASCII characters.
    pub transaction: String,
    /// C06's time of the answer.
    pub at: Timestamp,
    /// The answer as it arrived (JSON), signature included, to be kept as evidence.
    pub raw: SecretBytes,
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement")
            .field("standing", &self.standing)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The section `[national.c06]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The whole address of the service.
    pub url: String,
    /// This server's name there.
    pub partner_code: String,
    /// This server's key there.
    #[serde(deserialize_with = "secret")]
    pub partner_key: SecretString,
    /// The key that C06 signs its answers with: Ed25519, 32 bytes in hexadecimal.
    #[serde(with = "hex::serde")]
    pub public_key: [u8; 32],
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}

#[cfg(test)]
mod tests;
