//! DG14 (ICAO 9303-10 4.7.14): the signed SecurityInfos.

use super::{FileId, LdsError, security_info::SecurityInfos};
use crate::tlv;

/// Reads DG14.
///
/// # Errors
/// Where it is not a set of SecurityInfos under tag 6E.
pub fn parse(file: &[u8]) -> Result<SecurityInfos, LdsError> {
    SecurityInfos::parse(tlv::only(FileId::DG14.tag().into(), file)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::security_info::Kind;

    #[test]
    fn the_algorithm_of_active_authentication_is_found() {
        // ActiveAuthenticationInfo, version 1, ecdsa-plain-SHA256.
        let info = hex::decode("30170606678108010105020101060a04007f00070101040103").unwrap();
        let infos = parse(&tlv::write(0x6E, &tlv::write(0x31, &info))).unwrap();
        assert_eq!(infos.active_authentication_hash(), Some(crate::trust::signature::HashAlgorithm::Sha256));
        let expected = "0.4.0.127.0.7.1.1.4.1.3".parse().unwrap();
        assert!(
            infos
                .iter()
                .any(|info| info.kind == Kind::ActiveAuthentication { signature_algorithm: expected })
        );
    }

    #[test]
    fn another_files_tag_is_refused() {
        assert!(parse(&tlv::write(0x6F, &tlv::write(0x31, &[]))).is_err());
    }
}
