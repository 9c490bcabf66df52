//! DG1 (ICAO 9303-10 4.7.1): the machine-readable zone.

use super::{FileId, LdsError};
use crate::tlv;

/// Reads DG1: the MRZ's characters, lines joined, as ICAO 9303 parts 5 (TD1: 90) lays them out.
///
/// # Errors
/// Where it is not `61 { 5F1F … }`, or the MRZ has other characters than the standard's.
pub fn parse(file: &[u8]) -> Result<&str, LdsError> {
    let mrz = tlv::only(0x5F1F, tlv::only(FileId::DG1.tag().into(), file)?)?;
    match std::str::from_utf8(mrz) {
        Ok(text) if text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<')) => Ok(text),
        _ => Err(LdsError::Content("the MRZ has characters that no MRZ has")),
    }
}
