//! Verification by the RustCrypto crates: every curve and every salt, on every target.

use ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use rsa::{BoxedUint, PublicKey as RsaPublicKey};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::signature::{
    Curve, HashAlgorithm, PublicKey, SignatureAlgorithm, SignatureVerifier, VerifyError, strip,
};
use crate::tlv::{self, Reader};

/// Smallest and largest RSA modulus verified, in bits (ICAO 9303-12 4.4.1; the largest CSCA key seen has 6144).
pub(crate) const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Verifies with the RustCrypto crates.
#[derive(Debug, Clone, Copy)]
pub struct RustCrypto;

impl SignatureVerifier for RustCrypto {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        match (algorithm, key) {
            (SignatureAlgorithm::Ecdsa(hash), PublicKey::Ec { curve, point }) => {
                ecdsa(*curve, point, &hash.digest(message), signature)
            }
            (SignatureAlgorithm::RsaPkcs1(hash), PublicKey::Rsa { modulus, exponent }) => {
                let digest = hash.digest(message);
                let key = rsa_key(modulus, exponent)?;
                let scheme = match hash {
                    HashAlgorithm::Sha1 => rsa::Pkcs1v15Sign::new::<sha1::Sha1>(),
                    HashAlgorithm::Sha224 => rsa::Pkcs1v15Sign::new::<Sha224>(),
                    HashAlgorithm::Sha256 => rsa::Pkcs1v15Sign::new::<Sha256>(),
                    HashAlgorithm::Sha384 => rsa::Pkcs1v15Sign::new::<Sha384>(),
                    HashAlgorithm::Sha512 => rsa::Pkcs1v15Sign::new::<Sha512>(),
                };
                key.verify(scheme, &digest, signature).map_err(|_| VerifyError::Invalid)
            }
            (SignatureAlgorithm::RsaPss { hash, salt_length }, PublicKey::Rsa { modulus, exponent }) => {
                let digest = hash.digest(message);
                let key = rsa_key(modulus, exponent)?;
                match hash {
                    HashAlgorithm::Sha1 => key.verify(pss::<sha1::Sha1>(salt_length), &digest, signature),
                    HashAlgorithm::Sha224 => key.verify(pss::<Sha224>(salt_length), &digest, signature),
                    HashAlgorithm::Sha256 => key.verify(pss::<Sha256>(salt_length), &digest, signature),
                    HashAlgorithm::Sha384 => key.verify(pss::<Sha384>(salt_length), &digest, signature),
                    HashAlgorithm::Sha512 => key.verify(pss::<Sha512>(salt_length), &digest, signature),
                }
                .map_err(|_| VerifyError::Invalid)
            }
            _ => Err(VerifyError::Unsupported),
        }
    }
}

fn pss<D: sha2::Digest>(salt_length: usize) -> rsa::Pss<D> {
    rsa::Pss::new_with_salt(salt_length)
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Result<RsaPublicKey, VerifyError> {
    let number = |bytes| Some(BoxedUint::from_be_slice_vartime(bytes));
    let (Some(modulus), Some(exponent)) = (number(modulus), number(exponent)) else {
        return Err(VerifyError::Unsupported);
    };
    RsaPublicKey::new_with_size_limits(modulus, exponent, RSA_BITS).map_err(|_| VerifyError::Unsupported)
}

/// Verifies DER `SEQUENCE { r, s }` over `digest`.
fn ecdsa(curve: Curve, point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
    let length = curve.field_len();
    let plain = plain_signature(signature, length).ok_or(VerifyError::Invalid)?;
    // A hash shorter than the order is a number all the same (SEC 1 4.1.3 step 5).
    let mut padded = vec![0; length.saturating_sub(digest.len())];
    padded.extend_from_slice(digest);
    macro_rules! verify {
        ($curve:ty) => {{
            let key = VerifyingKey::<$curve>::from_sec1_bytes(point).map_err(|_| VerifyError::Invalid)?;
            let signature = Signature::<$curve>::from_slice(&plain).map_err(|_| VerifyError::Invalid)?;
            key.verify_prehash(&padded, &signature).map_err(|_| VerifyError::Invalid)
        }};
    }
    match curve {
        Curve::P256 => verify!(p256::NistP256),
        Curve::P384 => verify!(p384::NistP384),
        Curve::BrainpoolP256r1 => verify!(bp256::BrainpoolP256r1),
        Curve::BrainpoolP384r1 => verify!(bp384::BrainpoolP384r1),
    }
}

/// r and s, each padded to `length` bytes, from DER.
fn plain_signature(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut reader = Reader::new(tlv::only(0x30, der).ok()?);
    let mut plain = Vec::with_capacity(2 * length);
    for _ in 0..2 {
        let number = reader.expect_tag(0x02).ok()?;
        // A negative number is none that a signer makes.
        if number.first().is_none_or(|first| first & 0x80 != 0) {
            return None;
        }
        let number = strip(number);
        plain.extend(std::iter::repeat_n(0, length.checked_sub(number.len())?));
        plain.extend_from_slice(number);
    }
    reader.finish().ok()?;
    Some(plain)
}
