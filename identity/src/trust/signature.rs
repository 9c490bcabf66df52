//! Signatures as issuers make them: keys, algorithms, and the trait by which they are verified.

use const_oid::{
    ObjectIdentifier,
    db::rfc5912::{
        ECDSA_WITH_SHA_224, ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, ID_EC_PUBLIC_KEY,
        ID_MGF_1, ID_RSASSA_PSS, ID_SHA_1, ID_SHA_224, ID_SHA_256, ID_SHA_384, ID_SHA_512, RSA_ENCRYPTION,
        SHA_1_WITH_RSA_ENCRYPTION, SHA_224_WITH_RSA_ENCRYPTION, SHA_256_WITH_RSA_ENCRYPTION,
        SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
    },
};
use sha1::Digest as _;

pub use super::curve::Curve;
use crate::{
    lds::security_info::unsigned,
    tlv::{self, Reader},
};

/// `ecdsa-with-SHA1` (RFC 3279).
const ECDSA_WITH_SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.1");

/// The hash algorithms that ICAO 9303-10 and 9303-12 name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-1, in old documents.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// The algorithm with the identifier whose content is `oid`.
    pub(crate) fn from_oid_bytes(oid: &[u8]) -> Option<Self> {
        [
            (ID_SHA_1, Self::Sha1),
            (ID_SHA_224, Self::Sha224),
            (ID_SHA_256, Self::Sha256),
            (ID_SHA_384, Self::Sha384),
            (ID_SHA_512, Self::Sha512),
        ]
        .into_iter()
        .find_map(|(known, algorithm)| (known.as_bytes() == oid).then_some(algorithm))
    }

    /// Bytes of a hash.
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of `data`.
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(data).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(data).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(data).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(data).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(data).to_vec(),
        }
    }
}

/// A signature algorithm with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA over a hash; the signature is DER `SEQUENCE { r, s }`.
    Ecdsa(HashAlgorithm),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 8.1), mask generation by MGF1 with the same hash.
    RsaPss {
        /// Of the message and of MGF1.
        hash: HashAlgorithm,
        /// Bytes of salt, as stated: nothing else is accepted.
        salt_length: usize,
    },
}

/// The algorithm is not one that this software verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature algorithm that this software does not verify")]
pub struct UnsupportedAlgorithm;

impl SignatureAlgorithm {
    /// Reads a DER AlgorithmIdentifier. `digest` is the hash stated beside it, which counts where the identifier names
    /// only the kind of key (RFC 3370 3.2).
    ///
    /// # Errors
    /// For any other algorithm, and for PSS whose MGF1 uses another hash.
    pub fn from_der(identifier: &[u8], digest: Option<HashAlgorithm>) -> Result<Self, UnsupportedAlgorithm> {
        use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
        let parse = || {
            let mut reader = Reader::new(tlv::only(0x30, identifier)?);
            Ok::<_, tlv::TlvError>((reader.expect_tag(0x06)?, reader.next_object()?))
        };
        let (oid, parameters) = parse().map_err(|_| UnsupportedAlgorithm)?;
        let oid = ObjectIdentifier::from_bytes(oid).map_err(|_| UnsupportedAlgorithm)?;
        Ok(match oid {
            ECDSA_WITH_SHA_1 => Self::Ecdsa(Sha1),
            ECDSA_WITH_SHA_224 => Self::Ecdsa(Sha224),
            ECDSA_WITH_SHA_256 => Self::Ecdsa(Sha256),
            ECDSA_WITH_SHA_384 => Self::Ecdsa(Sha384),
            ECDSA_WITH_SHA_512 => Self::Ecdsa(Sha512),
            SHA_1_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha1),
            SHA_224_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha224),
            SHA_256_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha256),
            SHA_384_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha384),
            SHA_512_WITH_RSA_ENCRYPTION => Self::RsaPkcs1(Sha512),
            RSA_ENCRYPTION => Self::RsaPkcs1(digest.ok_or(UnsupportedAlgorithm)?),
            ID_EC_PUBLIC_KEY => Self::Ecdsa(digest.ok_or(UnsupportedAlgorithm)?),
            ID_RSASSA_PSS => {
                let parameters =
                    parameters.filter(|object| object.tag == 0x30).ok_or(UnsupportedAlgorithm)?;
                pss(parameters.value).ok_or(UnsupportedAlgorithm)?
            }
            _ => return Err(UnsupportedAlgorithm),
        })
    }
}

/// RSASSA-PSS-params (RFC 4055 3.1); what is not stated is SHA-1, MGF1 with SHA-1, a salt of 20 bytes, trailer 1.
fn pss(parameters: &[u8]) -> Option<SignatureAlgorithm> {
    let mut reader = Reader::new(parameters);
    let (mut hash, mut mask_hash, mut salt_length) = (HashAlgorithm::Sha1, HashAlgorithm::Sha1, 20);
    let algorithm =
        |content: &[u8]| HashAlgorithm::from_oid_bytes(Reader::new(content).expect_tag(0x06).ok()?);
    while let Some(object) = reader.next_object().ok()? {
        match object.tag {
            0xA0 => hash = algorithm(tlv::only(0x30, object.value).ok()?)?,
            0xA1 => {
                let mut mask = Reader::new(tlv::only(0x30, object.value).ok()?);
                if mask.expect_tag(0x06).ok()? != ID_MGF_1.as_bytes() {
                    return None;
                }
                mask_hash = algorithm(mask.expect_tag(0x30).ok()?)?;
            }
            0xA2 => salt_length = unsigned(tlv::only(0x02, object.value).ok()?).ok()? as usize,
            0xA3 if tlv::only(0x02, object.value) == Ok(&[1]) => {}
            _ => return None,
        }
    }
    // A longer salt than any hash serves nobody and only costs memory.
    (mask_hash == hash && salt_length <= 64).then_some(SignatureAlgorithm::RsaPss { hash, salt_length })
}

/// A public key that signatures are verified with. It may be one card's own: `Debug` shows only its kind.
#[derive(Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// A point on a curve, uncompressed: 04, x, y.
    Ec {
        /// The curve.
        curve: Curve,
        /// 1 + twice the curve's field length bytes. Not yet known to lie on the curve.
        point: Vec<u8>,
    },
    /// An RSA key.
    Rsa {
        /// Big-endian, without leading zeros.
        modulus: Vec<u8>,
        /// Big-endian, without leading zeros.
        exponent: Vec<u8>,
    },
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ec { curve, .. } => write!(f, "PublicKey({curve:?})"),
            Self::Rsa { modulus, .. } => write!(f, "PublicKey(RSA, {} bits)", modulus.len() * 8),
        }
    }
}

/// Why bytes are no key to verify with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A kind of key, or a curve, that this software does not verify with.
    #[error("a kind of key, or a curve, that this software does not verify with")]
    Unsupported,
    /// Not a key.
    #[error("not a SubjectPublicKeyInfo")]
    Malformed,
}

impl From<tlv::TlvError> for KeyError {
    fn from(_: tlv::TlvError) -> Self {
        Self::Malformed
    }
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7): RSA, or an elliptic curve that is named, or whose explicit
    /// parameters equal those of a known curve in every value.
    ///
    /// # Errors
    /// Where it is another kind of key, or none.
    pub fn from_subject_public_key_info(der: &[u8]) -> Result<Self, KeyError> {
        let mut info = Reader::new(tlv::only(0x30, der)?);
        let mut algorithm = Reader::new(info.expect_tag(0x30)?);
        let oid = algorithm.expect_tag(0x06)?;
        let parameters = algorithm.next_object()?;
        let key = info.expect_tag(0x03)?.strip_prefix(&[0]).ok_or(KeyError::Malformed)?;
        info.finish()?;
        if oid == ID_EC_PUBLIC_KEY.as_bytes() {
            let curve = Curve::from_parameters(parameters.ok_or(KeyError::Malformed)?)
                .ok_or(KeyError::Unsupported)?;
            if key.first() != Some(&4) || key.len() != 1 + 2 * curve.field_len() {
                return Err(KeyError::Malformed);
            }
            Ok(Self::Ec { curve, point: key.to_vec() })
        } else if oid == RSA_ENCRYPTION.as_bytes() || oid == ID_RSASSA_PSS.as_bytes() {
            let mut parts = Reader::new(tlv::only(0x30, key)?);
            let modulus = strip(parts.expect_tag(0x02)?).to_vec();
            let exponent = strip(parts.expect_tag(0x02)?).to_vec();
            parts.finish()?;
            Ok(Self::Rsa { modulus, exponent })
        } else {
            Err(KeyError::Unsupported)
        }
    }
}

/// `number` without its leading zeros.
pub(crate) fn strip(number: &[u8]) -> &[u8] {
    number.iter().position(|byte| *byte != 0).and_then(|start| number.get(start..)).unwrap_or_default()
}

/// Why a signature was not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The key is of another kind than the algorithm, or of a size that is not verified.
    #[error("this key with this algorithm is not verified by this software")]
    Unsupported,
    /// The signature is not of this message by this key.
    #[error("the signature does not verify")]
    Invalid,
}

/// Verifies signatures. Two implementations that must agree: [`super::rustcrypto::RustCrypto`] and, with the feature
/// `ring`, `super::ring::Ring`.
pub trait SignatureVerifier: Send + Sync + std::fmt::Debug {
    /// Verifies that `signature` is one of `message` by `key`.
    ///
    /// # Errors
    /// [`VerifyError::Invalid`] where it is not, [`VerifyError::Unsupported`] where that cannot be told. RSA keys are of
    /// 2048 to 8192 bits (ICAO 9303-12 4.4.1).
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError>;
}

/// The fastest implementation there is in this build.
pub fn default_verifier() -> &'static dyn SignatureVerifier {
    #[cfg(feature = "ring")]
    {
        &super::ring::Ring
    }
    #[cfg(not(feature = "ring"))]
    {
        &super::rustcrypto::RustCrypto
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
        tlv::write(0x30, &[&tlv::write(0x06, oid.as_bytes()), parameters].concat())
    }

    fn pss(parts: &[(u32, Vec<u8>)]) -> Result<SignatureAlgorithm, UnsupportedAlgorithm> {
        let parameters: Vec<u8> = parts.iter().flat_map(|(tag, content)| tlv::write(*tag, content)).collect();
        SignatureAlgorithm::from_der(&identifier(ID_RSASSA_PSS, &tlv::write(0x30, &parameters)), None)
    }

    #[test]
    fn pss_parameters_that_are_not_stated_are_the_standards() {
        let salted = |hash, salt_length| Ok(SignatureAlgorithm::RsaPss { hash, salt_length });
        let sha_256 = identifier(ID_SHA_256, &[]);
        let mask = identifier(ID_MGF_1, &sha_256);
        assert_eq!(pss(&[]), salted(HashAlgorithm::Sha1, 20));
        assert_eq!(
            pss(&[(0xA0, sha_256.clone()), (0xA1, mask.clone()), (0xA2, vec![2, 1, 48])]),
            salted(HashAlgorithm::Sha256, 48)
        );
        assert_eq!(
            pss(&[(0xA0, sha_256.clone()), (0xA1, mask), (0xA3, vec![2, 1, 1])]),
            salted(HashAlgorithm::Sha256, 20)
        );
        // MGF1 with SHA-1 under SHA-256, another trailer, a salt without end, no parameters at all.
        assert!(pss(&[(0xA0, sha_256)]).is_err());
        assert!(pss(&[(0xA3, vec![2, 1, 2])]).is_err());
        assert!(pss(&[(0xA2, vec![2, 2, 1, 0])]).is_err());
        assert!(SignatureAlgorithm::from_der(&identifier(ID_RSASSA_PSS, &[]), None).is_err());
    }

    #[test]
    fn an_identifier_that_names_only_the_key_takes_the_digest_beside_it() {
        let rsa = identifier(RSA_ENCRYPTION, &[0x05, 0x00]);
        let expected = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha384);
        assert_eq!(SignatureAlgorithm::from_der(&rsa, Some(HashAlgorithm::Sha384)), Ok(expected));
        assert!(SignatureAlgorithm::from_der(&rsa, None).is_err());
        let md5 = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4");
        assert!(SignatureAlgorithm::from_der(&identifier(md5, &[]), Some(HashAlgorithm::Sha256)).is_err());
    }

    #[test]
    fn a_point_of_the_wrong_form_is_no_key() {
        let parameters = tlv::write(0x06, const_oid::db::rfc5912::SECP_256_R_1.as_bytes());
        let key = |point: &[u8]| {
            let info = [identifier(ID_EC_PUBLIC_KEY, &parameters), tlv::write(0x03, &[&[0], point].concat())];
            PublicKey::from_subject_public_key_info(&tlv::write(0x30, &info.concat()))
        };
        assert!(key(&[&[4][..], &[1; 64]].concat()).is_ok());
        for point in [&[][..], &[4], &[2; 33], &[4; 64], &[4; 97]] {
            assert_eq!(key(point), Err(KeyError::Malformed));
        }
    }

    #[test]
    fn a_point_off_the_curve_and_a_key_of_another_kind_verify_nothing() {
        let off = PublicKey::Ec { curve: Curve::P256, point: [&[4][..], &[1; 64]].concat() };
        let signature = tlv::write(0x30, &[2, 1, 1, 2, 1, 1]);
        for verifier in [&super::super::rustcrypto::RustCrypto, default_verifier()] {
            let ecdsa = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
            assert_eq!(verifier.verify(ecdsa, &off, b"", &signature), Err(VerifyError::Invalid));
            let rsa = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256);
            assert_eq!(verifier.verify(rsa, &off, b"", &signature), Err(VerifyError::Unsupported));
        }
    }
}
