//! Verification by ring, where ring can: RSA, P-256 and P-384. The rest falls to RustCrypto.

use ring::signature::{self as algorithms, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};

use super::{
    rustcrypto::RustCrypto,
    signature::{Curve, HashAlgorithm, PublicKey, SignatureAlgorithm, SignatureVerifier, VerifyError},
};

/// Verifies with ring, and with [`RustCrypto`] what ring does not know.
#[derive(Debug, Clone, Copy)]
pub struct Ring;

impl SignatureVerifier for Ring {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        match key {
            PublicKey::Ec { curve, point } => {
                if let Some(verifier) = ecdsa(algorithm, *curve) {
                    return UnparsedPublicKey::new(verifier, point)
                        .verify(message, signature)
                        .map_err(|_| VerifyError::Invalid);
                }
            }
            PublicKey::Rsa { modulus, exponent } => {
                // Outside these sizes ring would say "invalid" where "unsupported" is meant.
                if let Some(parameters) = rsa(algorithm).filter(|_| (256..=1024).contains(&modulus.len())) {
                    return RsaPublicKeyComponents { n: modulus, e: exponent }
                        .verify(parameters, message, signature)
                        .map_err(|_| VerifyError::Invalid);
                }
            }
        }
        RustCrypto.verify(algorithm, key, message, signature)
    }
}

fn ecdsa(algorithm: SignatureAlgorithm, curve: Curve) -> Option<&'static dyn VerificationAlgorithm> {
    let SignatureAlgorithm::Ecdsa(hash) = algorithm else { return None };
    match (curve, hash) {
        (Curve::P256, HashAlgorithm::Sha256) => Some(&algorithms::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, HashAlgorithm::Sha384) => Some(&algorithms::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, HashAlgorithm::Sha256) => Some(&algorithms::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, HashAlgorithm::Sha384) => Some(&algorithms::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}

fn rsa(algorithm: SignatureAlgorithm) -> Option<&'static ring::signature::RsaParameters> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA256),
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha384) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA384),
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha512) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA512),
        // ring knows only salts as long as the hash.
        SignatureAlgorithm::RsaPss { hash: HashAlgorithm::Sha256, salt_length: 32 } => {
            Some(&algorithms::RSA_PSS_2048_8192_SHA256)
        }
        SignatureAlgorithm::RsaPss { hash: HashAlgorithm::Sha384, salt_length: 48 } => {
            Some(&algorithms::RSA_PSS_2048_8192_SHA384)
        }
        SignatureAlgorithm::RsaPss { hash: HashAlgorithm::Sha512, salt_length: 64 } => {
            Some(&algorithms::RSA_PSS_2048_8192_SHA512)
        }
        _ => None,
    }
}
