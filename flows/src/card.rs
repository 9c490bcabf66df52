//! What a register says of the card that was read.

use serde::{Deserialize, Serialize};

/// What the chip check of C06 (Trung tâm dữ liệu quốc gia về dân cư) says of the card. It stands beside the verdict and
/// takes no axis's place, but for a revoked card: there `revocation` fails with `document_revoked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardStanding {
    /// It was issued to this number and is good.
    Valid,
    /// It was not issued like this.
    NotIssued,
    /// It was issued and has been revoked since.
    Revoked,
    /// There was no answer. That keeps nobody from being seen.
    Unavailable,
}

impl CardStanding {
    /// The word for it, in JSON and in columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotIssued => "not_issued",
            Self::Revoked => "revoked",
            Self::Unavailable => "unavailable",
        }
    }
}
