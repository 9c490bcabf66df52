//! Active authentication, verified (ICAO Doc 9303-11 6.1): the chip signed the challenge with the key that DG15
//! certifies, so it is not a copy. It says nothing about the holder, and only as much about now as the challenge
//! is fresh. The terminal's side is one command, which [`super::read::ReadingPlan`] sends.

use rsa::{BoxedUint, PublicKey as RsaKey, hazmat::rsa_encrypt, traits::PublicKeyParts as _};
use subtle::ConstantTimeEq as _;

use crate::{
    tlv,
    trust::signature::{Curve, HashAlgorithm, PublicKey, SignatureAlgorithm, SignatureVerifier, VerifyError},
};

/// Sizes of RSA keys that are verified, in bits: chips have smaller ones than issuers.
const RSA_BITS: std::ops::RangeInclusive<usize> = 1024..=4096;

/// Verifies that `response` is the chip's signature of `challenge` (RND.IFD, 8 bytes).
///
/// RSA: ISO/IEC 9796-2 digital signature scheme 1 with partial recovery, the trailer naming the hash. ECDSA: r and
/// s one after the other, as BSI TR-03111 writes them, or in DER, as some chips do; the hash is `hash`, which DG14's
/// ActiveAuthenticationInfo names, or else the one of the curve's size.
///
/// # Errors
/// [`VerifyError::Invalid`] where it is not such a signature, [`VerifyError::Unsupported`] where the key is of a size
/// that is not verified.
pub fn verify(
    verifier: &dyn SignatureVerifier,
    key: &PublicKey,
    challenge: [u8; 8],
    response: &[u8],
    hash: Option<HashAlgorithm>,
) -> Result<(), VerifyError> {
    match key {
        PublicKey::Ec { curve, .. } => {
            let hash = hash.unwrap_or(match curve {
                Curve::P256 | Curve::BrainpoolP256r1 => HashAlgorithm::Sha256,
                Curve::P384 | Curve::BrainpoolP384r1 => HashAlgorithm::Sha384,
            });
            let signature = to_der(response, curve.field_len()).unwrap_or_else(|| response.to_vec());
            verifier.verify(SignatureAlgorithm::Ecdsa(hash), key, &challenge, &signature)
        }
        PublicKey::Rsa { modulus, exponent } => {
            let message = recover(modulus, exponent, response)?;
            verify_recovered(&message, challenge).ok_or(VerifyError::Invalid)
        }
    }
}

/// A signature written as r and s of `length` bytes each, in DER. `None` where it is not.
fn to_der(signature: &[u8], length: usize) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(length).filter(|(_, s)| s.len() == length)?;
    let integer = |number: &[u8]| {
        let digits = crate::trust::signature::strip(number);
        let sign = digits.first().is_none_or(|first| first & 0x80 != 0);
        tlv::write(0x02, &[if sign { &[0][..] } else { &[] }, digits].concat())
    };
    Some(tlv::write(0x30, &[integer(r), integer(s)].concat()))
}

/// The message representative of an RSA signature (ISO/IEC 9796-2 B.4): as long as the modulus, its last nibble C.
fn recover(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Result<Vec<u8>, VerifyError> {
    let key = RsaKey::new_with_size_limits(
        BoxedUint::from_be_slice_vartime(modulus),
        BoxedUint::from_be_slice_vartime(exponent),
        RSA_BITS,
    )
    .map_err(|_| VerifyError::Unsupported)?;
    if signature.len() != modulus.len() {
        return Err(VerifyError::Invalid);
    }
    let modulus = key.n().as_ref();
    let signature =
        BoxedUint::from_be_slice(signature, key.n_bits_precision()).map_err(|_| VerifyError::Invalid)?;
    if signature >= *modulus {
        return Err(VerifyError::Invalid);
    }
    let power = rsa_encrypt(&key, &signature).map_err(|_| VerifyError::Invalid)?;
    // Signers may give the smaller of the signature and its negative.
    let power = if is_representative(&power) { power } else { modulus.wrapping_sub(&power) };
    if !is_representative(&power) {
        return Err(VerifyError::Invalid);
    }
    let bytes = power.to_be_bytes();
    Ok(bytes.get(bytes.len().saturating_sub(key.size())..).unwrap_or_default().to_vec())
}

fn is_representative(number: &BoxedUint) -> bool {
    number.to_be_bytes().last().is_some_and(|last| last & 0x0F == 0x0C)
}

/// Checks `6A | M1 | hash(M1 | challenge) | trailer` (ISO/IEC 9796-2 8, with partial recovery).
fn verify_recovered(message: &[u8], challenge: [u8; 8]) -> Option<()> {
    let (content, hash) = match message {
        // The trailer of one byte names no hash; ICAO 9303-11 6.1.2.1 says that it is SHA-1.
        [content @ .., 0xBC] => (content, HashAlgorithm::Sha1),
        [content @ .., identifier, 0xCC] => (
            content,
            match identifier {
                0x33 => HashAlgorithm::Sha1,
                0x34 => HashAlgorithm::Sha256,
                0x35 => HashAlgorithm::Sha512,
                0x36 => HashAlgorithm::Sha384,
                0x38 => HashAlgorithm::Sha224,
                _ => return None,
            },
        ),
        _ => return None,
    };
    let (content, digest) = content.split_at_checked(content.len().checked_sub(hash.output_len())?)?;
    // 01, partial recovery, padding nibbles B, then A. With total recovery the challenge would not be in the hash.
    let recovered = match content {
        [0x6A, rest @ ..] => rest,
        [0x6B, rest @ ..] => {
            let end = rest.iter().position(|byte| *byte != 0xBB)?;
            rest.get(end..)?.strip_prefix(&[0xBA])?
        }
        _ => return None,
    };
    let expected = hash.digest(&[recovered, &challenge].concat());
    bool::from(expected.ct_eq(digest)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::{rustcrypto::RustCrypto, signature::PublicKey};

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        public_key: String,
        challenge: String,
        response: String,
        hash: Option<String>,
    }

    #[derive(serde::Deserialize)]
    struct Cases {
        cases: Vec<Case>,
    }

    impl Case {
        fn verify_with(
            &self,
            key: &PublicKey,
            challenge: [u8; 8],
            response: &[u8],
        ) -> Result<(), VerifyError> {
            let hash = self.hash.as_deref().map(|hash| match hash {
                "sha1" => HashAlgorithm::Sha1,
                other => panic!("{other}"),
            });
            verify(&RustCrypto, key, challenge, response, hash)
        }

        fn key(&self) -> PublicKey {
            PublicKey::from_subject_public_key_info(&hex::decode(&self.public_key).unwrap()).unwrap()
        }

        fn challenge(&self) -> [u8; 8] {
            hex::decode(&self.challenge).unwrap().try_into().unwrap()
        }

        fn response(&self) -> Vec<u8> {
            hex::decode(&self.response).unwrap()
        }
    }

    fn cases() -> Vec<Case> {
        let text = include_str!("../../tests/vectors/active_authentication.json");
        serde_json::from_str::<Cases>(text).unwrap().cases
    }

    #[test]
    fn what_openssl_signed_verifies() {
        let cases = cases();
        assert_eq!(cases.len(), 18);
        for case in cases {
            let verified = case.verify_with(&case.key(), case.challenge(), &case.response());
            assert_eq!(verified, Ok(()), "{}", case.name);
        }
    }

    #[test]
    fn an_answer_to_another_challenge_is_no_proof() {
        for case in cases() {
            let mut challenge = case.challenge();
            challenge[7] ^= 1;
            assert!(case.verify_with(&case.key(), challenge, &case.response()).is_err(), "{}", case.name);
        }
    }

    #[test]
    fn a_changed_answer_is_no_proof() {
        for case in cases() {
            let response = case.response();
            let refused = |changed: &[u8]| case.verify_with(&case.key(), case.challenge(), changed).is_err();
            for position in [0, response.len() / 2, response.len() - 1] {
                let mut changed = response.clone();
                changed[position] ^= 1;
                assert!(refused(&changed), "{} {position}", case.name);
            }
            for length in [0, 1, response.len() - 1] {
                assert!(refused(&response[..length]), "{} {length}", case.name);
            }
        }
    }

    #[test]
    fn a_copy_with_another_key_is_found() {
        let cases = cases();
        for case in &cases {
            for other in cases.iter().filter(|other| other.public_key != case.public_key) {
                let verified = case.verify_with(&other.key(), case.challenge(), &case.response());
                assert!(verified.is_err(), "{} by {}", case.name, other.name);
            }
        }
    }

    #[test]
    fn a_signature_that_carries_its_whole_message_is_refused() {
        // Total recovery (4A): such a signature would answer every challenge.
        let recovered = [7; 20];
        let digest = HashAlgorithm::Sha256.digest(&recovered);
        for (header, challenge_counts) in [(0x4A, false), (0x6A, false), (0x6A, true)] {
            let digest = if challenge_counts {
                HashAlgorithm::Sha256.digest(&[recovered.as_slice(), &[9; 8]].concat())
            } else {
                digest.clone()
            };
            let message = [&[header], recovered.as_slice(), &digest, &[0x34, 0xCC]].concat();
            assert_eq!(verify_recovered(&message, [9; 8]).is_some(), challenge_counts);
        }
    }
}
