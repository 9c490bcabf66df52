//! Keys from shared secrets and passwords (ICAO Doc 9303-11 9.7).

use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::cipher::{Cipher, Key, LengthError, SessionKeys};

/// What a derived key is for: the counter of 9.7.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Encryption: 1.
    Encryption,
    /// Check codes: 2.
    Authentication,
    /// Decryption of the nonce of PACE: 3.
    Password,
}

/// KDF(`secret`, counter): SHA-1 for 3DES and AES-128, SHA-256 for AES-192 and AES-256.
///
/// # Errors
/// None: the digests are long enough for every cipher.
pub fn derive(cipher: Cipher, secret: &[u8], purpose: Purpose) -> Result<Key, LengthError> {
    let counter: u32 = match purpose {
        Purpose::Encryption => 1,
        Purpose::Authentication => 2,
        Purpose::Password => 3,
    };
    let input = Zeroizing::new([secret, &counter.to_be_bytes()].concat());
    let digest = Zeroizing::new(match cipher {
        Cipher::TripleDes | Cipher::Aes128 => Sha1::digest(&*input).to_vec(),
        Cipher::Aes192 | Cipher::Aes256 => Sha256::digest(&*input).to_vec(),
    });
    let size = cipher.key_size();
    Key::new(cipher, digest.get(..size).ok_or(LengthError { cipher, found: digest.len() })?)
}

/// The keys of a channel from the secret that both sides agreed on.
///
/// # Errors
/// None: see [`derive`].
pub fn session_keys(cipher: Cipher, secret: &[u8]) -> Result<SessionKeys, LengthError> {
    Ok(SessionKeys {
        enc: derive(cipher, secret, Purpose::Encryption)?,
        mac: derive(cipher, secret, Purpose::Authentication)?,
    })
}

/// Makes the number of ones in each byte odd, as keys of DES are written (9.7.1.1).
pub(super) fn set_parity(key: &mut [u8]) {
    for byte in key {
        *byte = (*byte & 0xFE) | u8::from((*byte >> 1).count_ones().is_multiple_of(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_that_another_program_derives() {
        let answers: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../tests/vectors/key_derivation.json")).unwrap();
        let ciphers = [
            ("3des", Cipher::TripleDes),
            ("aes128", Cipher::Aes128),
            ("aes192", Cipher::Aes192),
            ("aes256", Cipher::Aes256),
        ];
        assert_eq!(answers.len(), ciphers.len() * 4 * 3);
        for answer in &answers {
            let cipher = ciphers.iter().find(|(name, _)| answer["cipher"] == *name).unwrap().1;
            let purpose = match answer["counter"].as_u64().unwrap() {
                1 => Purpose::Encryption,
                2 => Purpose::Authentication,
                _ => Purpose::Password,
            };
            let secret = hex::decode(answer["secret"].as_str().unwrap()).unwrap();
            let key = derive(cipher, &secret, purpose).unwrap();
            assert_eq!(hex::encode(key.as_bytes()), answer["key"].as_str().unwrap(), "{answer}");
        }
    }
}
