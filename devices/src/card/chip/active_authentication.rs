//! The chip's side of active authentication: ISO/IEC 9796-2 scheme 1 with partial recovery
//! (ICAO 9303-11 6.1.2), RSA with SHA-256.

use rsa::{BoxedUint, PrivateKey, traits::PublicKeyParts as _};
use sha2::{Digest as _, Sha256};

use super::Randomness;

/// Marks SHA-256 (ISO/IEC 10118-3) as an explicit trailer.
const TRAILER: [u8; 2] = [0x34, 0xCC];

/// The signature over the terminal's `challenge`, as long as the modulus; `None` for a key too short.
pub fn sign(key: &PrivateKey, challenge: [u8; 8], random: &mut Randomness) -> Option<Vec<u8>> {
    let length = key.size();
    // Header, recoverable part, digest over both parts, trailer.
    let mut own = vec![0; length.checked_sub(1 + 32 + TRAILER.len())?];
    random(&mut own);
    let digest = Sha256::new().chain_update(&own).chain_update(challenge).finalize();
    let message = [&[0x6A], own.as_slice(), &digest, &TRAILER].concat();
    let message = BoxedUint::from_be_slice(&message, key.n().as_ref().bits_precision()).ok()?;
    let signature = rsa::hazmat::rsa_decrypt(None::<&mut rand_chacha::ChaCha20Rng>, key, &message).ok()?;
    let bytes = signature.to_be_bytes();
    bytes.get(bytes.len().checked_sub(length)?..).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::SeedableRng as _;

    #[test]
    fn the_public_key_gives_back_the_message_with_the_challenges_digest() {
        let mut random = rand_chacha::ChaCha20Rng::from_seed([7; 32]);
        let key = PrivateKey::new(&mut random, 2048).unwrap();
        let challenge = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
        let signature =
            sign(&key, challenge, &mut (Box::new(|bytes: &mut [u8]| bytes.fill(0xA5)) as Randomness))
                .unwrap();
        assert_eq!(signature.len(), 256);
        let number = BoxedUint::from_be_slice(&signature, 2048).unwrap();
        let recovered = rsa::hazmat::rsa_encrypt(key.as_public_key(), &number).unwrap().to_be_bytes();
        let own = [0xA5; 221];
        let digest = Sha256::new().chain_update(own).chain_update(challenge).finalize();
        assert_eq!(recovered[0], 0x6A);
        assert_eq!(recovered[1..222], own);
        assert_eq!(recovered[222..254], digest[..]);
        assert_eq!(recovered[254..], TRAILER);
    }
}
