//! SecurityInfos (ICAO 9303-11 9.2): what EF.CardAccess and DG14 say of the chip's protocols.

use const_oid::ObjectIdentifier;

use super::LdsError;
use crate::{
    tlv::{self, Reader},
    trust::signature::{HashAlgorithm, SignatureAlgorithm},
};

/// `id-PACE` (BSI TR-03110): every PACE protocol lies under it.
const PACE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4");
/// `id-CA`: every chip authentication protocol lies under it.
const CHIP_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3");
/// `id-PK`: every chip authentication public key lies under it.
const CHIP_AUTHENTICATION_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1");
/// `id-TA`: terminal authentication.
const TERMINAL_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
/// `id-icao-mrtd-security-aaProtocolObject`.
const ACTIVE_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");

/// `ecdsa-plain-signatures` (BSI TR-03111): SHA-1 is 1, SHA-224 2, SHA-256 3, SHA-384 4, SHA-512 5 under it.
const ECDSA_PLAIN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.1.4.1");

/// More infos than any card has: the field's richest show eight.
const MAX_INFOS: usize = 64;

/// The SecurityInfos of one file, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfos {
    infos: Vec<SecurityInfo>,
}

/// One SecurityInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfo {
    /// The protocol's object identifier.
    pub protocol: ObjectIdentifier,
    /// What it says, where this software knows the protocol.
    pub kind: Kind,
    /// Its DER.
    der: Vec<u8>,
}

/// What a SecurityInfo says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// PACEInfo: the chip speaks PACE with this protocol.
    Pace {
        /// 2 for PACE v2.
        version: u32,
        /// The standardised domain parameters (ICAO 9303-11 table 6): 12 is P-256, 13 brainpoolP256r1.
        parameter_id: Option<u32>,
    },
    /// PACEDomainParameterInfo: parameters of the chip's own.
    PaceDomainParameters,
    /// ChipAuthenticationInfo.
    ChipAuthentication {
        /// 1 or 2.
        version: u32,
        /// Which key, where there are several.
        key_id: Option<u32>,
    },
    /// ChipAuthenticationPublicKeyInfo: a key by which the chip can prove that it is an original.
    ChipAuthenticationKey {
        /// DER of the SubjectPublicKeyInfo.
        public_key: Vec<u8>,
        /// Which key, where there are several.
        key_id: Option<u32>,
    },
    /// ActiveAuthenticationInfo: the signature algorithm of an ECDSA active authentication key.
    ActiveAuthentication {
        /// The algorithm (BSI TR-03111), such as ecdsa-plain-SHA256.
        signature_algorithm: ObjectIdentifier,
    },
    /// TerminalAuthenticationInfo: fingerprints want a terminal's certificate.
    TerminalAuthentication {
        /// 1 or 2.
        version: u32,
    },
    /// A protocol that this software does not know.
    Other,
}

impl SecurityInfo {
    /// Its DER, as it stood in the file.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it is about PACE.
    pub const fn is_pace(&self) -> bool {
        matches!(self.kind, Kind::Pace { .. } | Kind::PaceDomainParameters)
    }
}

impl SecurityInfos {
    /// Reads a DER `SET OF SecurityInfo`.
    ///
    /// # Errors
    /// Where it is none, or one of a known protocol does not hold what it must.
    pub fn parse(der: &[u8]) -> Result<Self, LdsError> {
        let mut reader = Reader::new(tlv::only(0x31, der)?);
        let mut infos = Vec::new();
        while !reader.is_empty() {
            if infos.len() == MAX_INFOS {
                return Err(LdsError::TooMuch("SecurityInfos"));
            }
            infos.push(parse_info(reader.expect_tag(0x30)?)?);
        }
        Ok(Self { infos })
    }

    /// Every info, in the file's order.
    pub fn iter(&self) -> std::slice::Iter<'_, SecurityInfo> {
        self.infos.iter()
    }

    /// Whether there is PACE among them.
    pub fn offers_pace(&self) -> bool {
        self.iter().any(SecurityInfo::is_pace)
    }

    /// The hash of an ECDSA active authentication key's signatures, where an ActiveAuthenticationInfo names it
    /// (BSI TR-03111 5.2.1.1, or the identifiers of X9.62).
    pub fn active_authentication_hash(&self) -> Option<HashAlgorithm> {
        let algorithm = self.iter().find_map(|info| match info.kind {
            Kind::ActiveAuthentication { signature_algorithm } => Some(signature_algorithm),
            _ => None,
        })?;
        let plain = |number: u32| ECDSA_PLAIN.push_arc(number).is_ok_and(|oid| oid == algorithm);
        [
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha224,
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ]
        .into_iter()
        .zip(1..)
        .find_map(|(hash, number)| plain(number).then_some(hash))
        .or_else(|| {
            let identifier = tlv::write(0x30, &tlv::write(0x06, algorithm.as_bytes()));
            match SignatureAlgorithm::from_der(&identifier, None) {
                Ok(SignatureAlgorithm::Ecdsa(hash)) => Some(hash),
                _ => None,
            }
        })
    }

    /// Whether EF.CardAccess, `self`, says the same as the signed DG14, `signed` (ICAO 9303-11 4.2, 9.2):
    /// every info of EF.CardAccess stands in DG14, and no PACE info of DG14 is missing in EF.CardAccess.
    pub fn agrees_with_signed(&self, signed: &Self) -> bool {
        let has = |infos: &Self, der: &[u8]| infos.iter().any(|info| info.der == der);
        self.iter().all(|info| has(signed, &info.der))
            && signed.iter().filter(|info| info.is_pace()).all(|info| has(self, &info.der))
    }
}

impl<'a> IntoIterator for &'a SecurityInfos {
    type Item = &'a SecurityInfo;
    type IntoIter = std::slice::Iter<'a, SecurityInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn parse_info(content: &[u8]) -> Result<SecurityInfo, LdsError> {
    let mut reader = Reader::new(content);
    let protocol = oid(reader.expect_tag(0x06)?)?;
    let mut rest = Vec::new();
    while let Some(object) = reader.next_object()? {
        rest.push(object);
    }
    let integer = |index: usize| match rest.get(index) {
        Some(object) if object.tag == 0x02 => unsigned(object.value).map(Some),
        Some(_) => Err(LdsError::Content("a SecurityInfo's field is not a number")),
        None => Ok(None),
    };
    let version = || integer(0)?.ok_or(LdsError::Content("a SecurityInfo has no version"));
    let depth = protocol.arcs().count();
    // Under id-PACE: the key agreement (one arc more) is a set of domain parameters, with a cipher (two arcs
    // more) it is a protocol.
    let kind = if protocol.starts_with(PACE) && depth == PACE.arcs().count() + 2 {
        Kind::Pace { version: version()?, parameter_id: integer(1)? }
    } else if protocol.starts_with(PACE) {
        Kind::PaceDomainParameters
    } else if protocol.starts_with(CHIP_AUTHENTICATION) && depth == CHIP_AUTHENTICATION.arcs().count() + 2 {
        Kind::ChipAuthentication { version: version()?, key_id: integer(1)? }
    } else if protocol.starts_with(CHIP_AUTHENTICATION_KEY) {
        let key = rest
            .first()
            .filter(|object| object.tag == 0x30)
            .ok_or(LdsError::Content("a ChipAuthenticationPublicKeyInfo has no key"))?;
        Kind::ChipAuthenticationKey { public_key: tlv::write(0x30, key.value), key_id: integer(1)? }
    } else if protocol == ACTIVE_AUTHENTICATION {
        let algorithm = rest
            .get(1)
            .filter(|object| object.tag == 0x06)
            .ok_or(LdsError::Content("an ActiveAuthenticationInfo has no algorithm"))?;
        Kind::ActiveAuthentication { signature_algorithm: oid(algorithm.value)? }
    } else if protocol.starts_with(TERMINAL_AUTHENTICATION) {
        Kind::TerminalAuthentication { version: version()? }
    } else {
        Kind::Other
    };
    Ok(SecurityInfo { protocol, kind, der: tlv::write(0x30, content) })
}

/// An object identifier from its content.
fn oid(content: &[u8]) -> Result<ObjectIdentifier, LdsError> {
    ObjectIdentifier::from_bytes(content).map_err(|_| LdsError::Content("not an object identifier"))
}

/// A number of at most 32 bits from the content of an INTEGER.
pub(crate) fn unsigned(content: &[u8]) -> Result<u32, LdsError> {
    let error = LdsError::Content("not a small non-negative number");
    if content.first().is_none_or(|first| first & 0x80 != 0) || content.len() > 5 {
        return Err(error);
    }
    let value = content.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    u32::try_from(value).map_err(|_| error)
}
