//! The ciphers of BAC, PACE and secure messaging, put together from the bare block ciphers.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit},
};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::seeds::Cipher;

/// What a key is derived for (ICAO 9303-11 9.7.1).
#[derive(Clone, Copy)]
pub enum Purpose {
    /// Encryption.
    Encryption = 1,
    /// Message authentication.
    Authentication = 2,
    /// The nonce of PACE.
    Password = 3,
}

/// A key of BAC, PACE or a session.
#[derive(Clone)]
pub enum Key {
    /// Two-key 3DES; DES ignores the parity bits, so they are not adjusted.
    TripleDes([u8; 16]),
    /// AES-128.
    Aes128([u8; 16]),
    /// AES-192.
    Aes192([u8; 24]),
    /// AES-256.
    Aes256([u8; 32]),
}

/// The key of `cipher` from a shared secret (ICAO 9303-11 9.7.1): the first bytes of a digest over it and the
/// purpose, SHA-256 where SHA-1 is shorter than the key.
pub fn derive(cipher: Cipher, secret: &[u8], purpose: Purpose) -> Key {
    let message = [secret, &(purpose as u32).to_be_bytes()].concat();
    let sha1 = || Sha1::digest(&message).first_chunk().copied().unwrap_or_default();
    let sha256: [u8; 32] = Sha256::digest(&message).into();
    match cipher {
        Cipher::TripleDes => Key::TripleDes(sha1()),
        Cipher::Aes128 => Key::Aes128(sha1()),
        Cipher::Aes192 => Key::Aes192(sha256.first_chunk().copied().unwrap_or_default()),
        Cipher::Aes256 => Key::Aes256(sha256),
    }
}

impl Key {
    /// Bytes in a block.
    pub const fn block(&self) -> usize {
        match self {
            Self::TripleDes(_) => 8,
            Self::Aes128(_) | Self::Aes192(_) | Self::Aes256(_) => 16,
        }
    }

    /// CBC encryption of whole blocks, in place.
    pub fn encrypt(&self, iv: &[u8], data: &mut [u8]) {
        match self {
            Self::TripleDes(key) => cbc_encrypt(&TdesEde2::new(key.into()), iv, data),
            Self::Aes128(key) => cbc_encrypt(&Aes128::new(key.into()), iv, data),
            Self::Aes192(key) => cbc_encrypt(&Aes192::new(key.into()), iv, data),
            Self::Aes256(key) => cbc_encrypt(&Aes256::new(key.into()), iv, data),
        }
    }

    /// CBC decryption of whole blocks, in place.
    pub fn decrypt(&self, iv: &[u8], data: &mut [u8]) {
        match self {
            Self::TripleDes(key) => cbc_decrypt(&TdesEde2::new(key.into()), iv, data),
            Self::Aes128(key) => cbc_decrypt(&Aes128::new(key.into()), iv, data),
            Self::Aes192(key) => cbc_decrypt(&Aes192::new(key.into()), iv, data),
            Self::Aes256(key) => cbc_decrypt(&Aes256::new(key.into()), iv, data),
        }
    }

    /// The 8-byte message authentication code. The retail MAC (ISO/IEC 9797-1 algorithm 3) wants whole
    /// blocks: the caller pads.
    pub fn mac(&self, message: &[u8]) -> [u8; 8] {
        match self {
            Self::TripleDes(key) => retail_mac(key, message),
            Self::Aes128(key) => finish(<Cmac<Aes128> as KeyInit>::new(key.into()), message),
            Self::Aes192(key) => finish(<Cmac<Aes192> as KeyInit>::new(key.into()), message),
            Self::Aes256(key) => finish(<Cmac<Aes256> as KeyInit>::new(key.into()), message),
        }
    }

    /// `message` with the padding of ISO/IEC 9797-1 method 2.
    pub fn pad(&self, message: &[u8]) -> Vec<u8> {
        let mut padded = message.to_vec();
        padded.push(0x80);
        padded.resize(padded.len().next_multiple_of(self.block()), 0);
        padded
    }
}

/// The first eight bytes of the code over `message`.
fn finish(mac: impl Mac, message: &[u8]) -> [u8; 8] {
    mac.chain_update(message).finalize().into_bytes().first_chunk().copied().unwrap_or_default()
}

/// Takes the padding off; `None` where there is none.
pub fn unpad(mut padded: Vec<u8>) -> Option<Vec<u8>> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    (padded.get(end) == Some(&0x80)).then(|| {
        padded.truncate(end);
        padded
    })
}

fn retail_mac(key: &[u8; 16], message: &[u8]) -> [u8; 8] {
    let half = |bytes: Option<&[u8; 8]>| Des::new(&bytes.copied().unwrap_or_default().into());
    let (first, second) = (half(key.first_chunk()), half(key.last_chunk()));
    let mut blocks = message.to_vec();
    cbc_encrypt(&first, &[0; 8], &mut blocks);
    let mut last = Block::<Des>::from(blocks.last_chunk().copied().unwrap_or_default());
    second.decrypt_block(&mut last);
    first.encrypt_block(&mut last);
    last.into()
}

fn cbc_encrypt<C: BlockCipherEncrypt>(cipher: &C, iv: &[u8], data: &mut [u8]) {
    let mut previous = iv.to_vec();
    for chunk in data.chunks_exact_mut(C::block_size()) {
        chunk.iter_mut().zip(&previous).for_each(|(byte, before)| *byte ^= before);
        with_block::<C>(chunk, |block| cipher.encrypt_block(block));
        previous.copy_from_slice(chunk);
    }
}

fn cbc_decrypt<C: BlockCipherDecrypt>(cipher: &C, iv: &[u8], data: &mut [u8]) {
    let mut previous = iv.to_vec();
    for chunk in data.chunks_exact_mut(C::block_size()) {
        let encrypted = chunk.to_vec();
        with_block::<C>(chunk, |block| cipher.decrypt_block(block));
        chunk.iter_mut().zip(&previous).for_each(|(byte, before)| *byte ^= before);
        previous = encrypted;
    }
}

fn with_block<C: BlockSizeUser>(chunk: &mut [u8], act: impl FnOnce(&mut Block<C>)) {
    if let Ok(block) = <&mut Block<C>>::try_from(chunk) {
        act(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_macs_are_those_of_the_standards_worked_example() {
        // ICAO 9303-11 appendix D.1 and D.3.
        let seed = hex::decode("239AB9CB282DAF66231DC5A4DF6BFBAE").unwrap();
        let key = derive(Cipher::TripleDes, &seed, Purpose::Authentication);
        // The example prints the keys with odd parity.
        let Key::TripleDes(bytes) = &key else { panic!("a key of 3DES") };
        let parity = |bytes: [u8; 16]| bytes.map(|byte| byte & 0xFE);
        let printed: [u8; 16] = hex::decode("7962D9ECE03D1ACD4C76089DCE131543").unwrap().try_into().unwrap();
        assert_eq!(parity(*bytes), parity(printed));
        let cryptogram =
            hex::decode("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2").unwrap();
        assert_eq!(hex::encode_upper(key.mac(&key.pad(&cryptogram))), "5F1448EEA8AD90A7");
    }

    /// From Python: `hashlib.sha256(b"a shared secret" + purpose.to_bytes(4, "big"))`, and the code over `a message`
    /// by `openssl mac -cipher AES-…-CBC -macopt hexkey:… CMAC`.
    #[test]
    fn long_keys_and_their_macs_are_those_of_another_tool() {
        for (cipher, purpose, length, key, code) in [
            (
                Cipher::Aes192,
                Purpose::Encryption,
                24,
                "9adb9b39edb9d616adf50169b614f8e9c93a6db866d53920",
                "57d7c854cd435058",
            ),
            (
                Cipher::Aes256,
                Purpose::Authentication,
                32,
                "765668d83bb041faca20553d2aae29029abc49714025ab73bdb53f80312137d1",
                "6bfa86a48ff8dd0e",
            ),
        ] {
            let derived = derive(cipher, b"a shared secret", purpose);
            let bytes = match &derived {
                Key::Aes192(bytes) => bytes.as_slice(),
                Key::Aes256(bytes) => bytes,
                Key::TripleDes(_) | Key::Aes128(_) => panic!("a shorter key"),
            };
            assert_eq!((bytes.len(), hex::encode(bytes).as_str()), (length, key));
            assert_eq!(hex::encode(derived.mac(b"a message")), code);
        }
    }

    #[test]
    fn padding_that_is_not_there_is_noticed() {
        assert_eq!(unpad(vec![1, 0x80, 0, 0]), Some(vec![1]));
        assert_eq!(unpad(vec![1, 2]), None);
        assert_eq!(unpad(vec![0, 0]), None);
    }
}
