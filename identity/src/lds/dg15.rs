//! DG15 (ICAO 9303-10 4.7.15): the public key of active authentication.

use super::{FileId, LdsError};
use crate::{tlv, trust::signature::PublicKey};

/// What DG15 holds. The key is one card's own: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct DataGroup15 {
    /// DER of the SubjectPublicKeyInfo, as it stood in the file.
    pub subject_public_key_info: Vec<u8>,
    /// The key; `None` where it is of a kind that this software does not verify with.
    pub key: Option<PublicKey>,
}

impl std::fmt::Debug for DataGroup15 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DataGroup15").field(&self.key).finish()
    }
}

/// Reads DG15.
///
/// # Errors
/// Where it is not a SubjectPublicKeyInfo under tag 6F.
pub fn parse(file: &[u8]) -> Result<DataGroup15, LdsError> {
    let content = tlv::only(FileId::DG15.tag().into(), file)?;
    tlv::only(0x30, content)?;
    let key = match PublicKey::from_subject_public_key_info(content) {
        Ok(key) => Some(key),
        Err(crate::trust::signature::KeyError::Unsupported) => None,
        Err(crate::trust::signature::KeyError::Malformed) => {
            return Err(LdsError::Content("not a public key"));
        }
    };
    Ok(DataGroup15 { subject_public_key_info: content.to_vec(), key })
}
