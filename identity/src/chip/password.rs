//! What opens a chip.

use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use crate::{mrz::MrzKey, number::Can, proof::verdict::Access};

/// A password of PACE, and of basic access control where it is the MRZ. It proves only that someone knows it:
/// neither consent nor presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// The card access number.
    Can(Can),
    /// The key from the machine-readable zone.
    Mrz(MrzKey),
}

impl Password {
    /// The reference in MSE:Set AT (ICAO Doc 9303-11 4.4.4.1).
    pub(super) const fn reference(&self) -> u8 {
        match self {
            Self::Mrz(_) => 1,
            Self::Can(_) => 2,
        }
    }

    /// f(π) of ICAO Doc 9303-11 9.7.3.
    pub(super) fn secret(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Can(can) => can.as_bytes().to_vec(),
            Self::Mrz(key) => Sha1::digest(key.information().as_bytes()).to_vec(),
        })
    }

    /// The access that PACE with it gives.
    pub(super) const fn pace_access(&self) -> Access {
        match self {
            Self::Can(_) => Access::PaceCan,
            Self::Mrz(_) => Access::PaceMrz,
        }
    }
}
