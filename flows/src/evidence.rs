//! What the kiosk read. Raw: the server verifies all of it again.

use identity::{SecretBytes, proof::verdict::Access};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    person::{Birth, Relation, Sex},
    step::Way,
};

/// What the kiosk read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The chip of a CCCD or Căn cước.
    Chip(ChipEvidence),
    /// A QR code, whosever: the server finds out.
    Qr(QrEvidence),
    /// Who the person is, typed by themselves.
    Typed(TypedEvidence),
    /// Who a child under six without a card is, typed by whoever came with it.
    Child(ChildEvidence),
}

impl Evidence {
    /// The way in which it was presented.
    pub const fn way(&self) -> Way {
        match self {
            Self::Chip(_) => Way::Chip,
            Self::Qr(_) => Way::Qr,
            Self::Typed(_) => Way::Typed,
            Self::Child(_) => Way::Child,
        }
    }
}

/// A QR code as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QrEvidence {
    /// Its raw bytes, whatever they are.
    pub payload: SecretBytes,
}

/// Who a person is, as typed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypedEvidence {
    /// Số định danh cá nhân, 12 digits.
    pub number: String,
    /// Full name, with its marks.
    pub full_name: String,
    /// Date of birth, as far as it is known.
    pub birth: Birth,
    /// Sex.
    pub sex: Sex,
}

impl std::fmt::Debug for TypedEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedEvidence(masked)")
    }
}

/// Who a child without a card is, and who came with it, as typed (NĐ 188/2025/NĐ-CP Đ37).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChildEvidence {
    /// Số định danh cá nhân on the birth certificate, 12 digits, where it is known.
    pub number: Option<String>,
    /// The child's full name, with its marks.
    pub full_name: String,
    /// The child's date of birth.
    pub birth: Birth,
    /// The child's sex.
    pub sex: Sex,
    /// What whoever came with it is to the child.
    pub relation: Relation,
    /// Their full name.
    pub guardian_name: String,
}

impl std::fmt::Debug for ChildEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChildEvidence(masked)")
    }
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
