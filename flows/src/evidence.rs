//! What the kiosk read. Raw: the server verifies all of it again.

use identity::{SecretBytes, proof::verdict::Access};
use serde::{Deserialize, Serialize};

/// What the kiosk read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The chip of a CCCD or Căn cước.
    Chip(ChipEvidence),
}

/// The files of a chip and its answer to the server's challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChipEvidence {
    /// How read access was gained.
    pub access: Access,
    /// The id under which the server issued the challenge ([`crate::wire::ChallengeIssued`]), if one was used.
    pub challenge_id: Option<String>,
    /// The chip's answer to INTERNAL AUTHENTICATE (ICAO 9303-11 6.1), if it gave one.
    pub active_authentication: Option<SecretBytes>,
    /// The files as read, in any order, each at most once.
    pub files: Vec<ChipFile>,
}

/// One file of the chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChipFile {
    /// Its name in ICAO 9303-10: `EF.CardAccess`, `EF.COM`, `EF.SOD`, `EF.DG1`, …
    pub name: String,
    /// Its content, tag and length included.
    pub content: SecretBytes,
}
