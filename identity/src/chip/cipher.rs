//! The block ciphers and check codes of ICAO Doc 9303-11 9.8: 3DES with retail MAC, AES with CMAC.

use aes::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
};
use cmac::Mac as _;
use thiserror::Error;
use zeroize::Zeroizing;

use super::key_derivation::set_parity;

/// A cipher with its key length; the weakest is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cipher {
    /// 3DES with two keys, 112 bits; retail MAC (ISO/IEC 9797-1 MAC algorithm 3, padding method 2).
    TripleDes,
    /// AES-128; CMAC of 8 bytes.
    Aes128,
    /// AES-192; CMAC of 8 bytes.
    Aes192,
    /// AES-256; CMAC of 8 bytes.
    Aes256,
}

impl Cipher {
    /// Bytes of a key.
    pub const fn key_size(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Bytes of a block.
    pub const fn block_size(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// `message` padded to whole blocks (ISO/IEC 9797-1 padding method 2: 80, then zeros; never nothing).
    pub fn pad(self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        let size = self.block_size();
        let length = (message.len() / size + 1) * size;
        let mut padded = Zeroizing::new(Vec::with_capacity(length));
        padded.extend_from_slice(message);
        padded.push(0x80);
        padded.resize(length, 0);
        padded
    }
}

/// `padded` without its padding, `None` where it has none.
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    if padded.get(end) == Some(&0x80) { padded.get(..end) } else { None }
}

/// A key, an initial vector or data whose length does not fit the cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{found} bytes do not fit {cipher:?}")]
pub struct LengthError {
    /// The cipher.
    pub cipher: Cipher,
    /// The bytes there were.
    pub found: usize,
}

/// A key of a cipher. `Debug` shows only the cipher; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    cipher: Cipher,
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    /// A key of `cipher`. For 3DES the parity bits, which do not count, are set.
    ///
    /// # Errors
    /// Where the length is not the cipher's.
    pub fn new(cipher: Cipher, bytes: &[u8]) -> Result<Self, LengthError> {
        if bytes.len() != cipher.key_size() {
            return Err(LengthError { cipher, found: bytes.len() });
        }
        let mut bytes = Zeroizing::new(bytes.to_vec());
        if cipher == Cipher::TripleDes {
            set_parity(&mut bytes);
        }
        Ok(Self { cipher, bytes })
    }

    /// Its cipher.
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// CBC encryption of whole blocks. `iv` is one block.
    ///
    /// # Errors
    /// Where `data` are not whole blocks or `iv` is not one block.
    pub fn encrypt(&self, iv: &[u8], data: &[u8]) -> Result<Vec<u8>, LengthError> {
        let mut data = data.to_vec();
        match self.cipher {
            Cipher::TripleDes => encrypt::<des::TdesEde2>(&self.bytes, iv, &mut data),
            Cipher::Aes128 => encrypt::<aes::Aes128>(&self.bytes, iv, &mut data),
            Cipher::Aes192 => encrypt::<aes::Aes192>(&self.bytes, iv, &mut data),
            Cipher::Aes256 => encrypt::<aes::Aes256>(&self.bytes, iv, &mut data),
        }
        .ok_or(LengthError { cipher: self.cipher, found: data.len() })?;
        Ok(data)
    }

    /// CBC decryption of whole blocks. `iv` is one block.
    ///
    /// # Errors
    /// Where `data` are not whole blocks or `iv` is not one block.
    pub fn decrypt(&self, iv: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, LengthError> {
        let mut data = Zeroizing::new(data.to_vec());
        match self.cipher {
            Cipher::TripleDes => decrypt::<des::TdesEde2>(&self.bytes, iv, &mut data),
            Cipher::Aes128 => decrypt::<aes::Aes128>(&self.bytes, iv, &mut data),
            Cipher::Aes192 => decrypt::<aes::Aes192>(&self.bytes, iv, &mut data),
            Cipher::Aes256 => decrypt::<aes::Aes256>(&self.bytes, iv, &mut data),
        }
        .ok_or(LengthError { cipher: self.cipher, found: data.len() })?;
        Ok(data)
    }

    /// The check code of `message`: retail MAC, which pads it, or CMAC, which does not.
    ///
    /// # Errors
    /// None for a key made by [`Key::new`].
    pub fn mac(&self, message: &[u8]) -> Result<[u8; 8], LengthError> {
        match self.cipher {
            Cipher::TripleDes => self.mac_of_blocks(&self.cipher.pad(message)),
            _ => self.mac_of_blocks(message),
        }
    }

    /// The check code of `message`, which is padded where its cipher wants it to be.
    ///
    /// # Errors
    /// With 3DES where `message` is not whole blocks.
    pub(super) fn mac_of_blocks(&self, message: &[u8]) -> Result<[u8; 8], LengthError> {
        match self.cipher {
            Cipher::TripleDes => retail_mac(&self.bytes, message),
            Cipher::Aes128 => cmac::<aes::Aes128>(&self.bytes, message),
            Cipher::Aes192 => cmac::<aes::Aes192>(&self.bytes, message),
            Cipher::Aes256 => cmac::<aes::Aes256>(&self.bytes, message),
        }
        .ok_or(LengthError { cipher: self.cipher, found: self.bytes.len() })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({:?})", self.cipher)
    }
}

/// The two keys of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKeys {
    /// KS_Enc.
    pub enc: Key,
    /// KS_MAC.
    pub mac: Key,
}

fn encrypt<C: KeyInit + BlockCipherEncrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Option<()> {
    let mut mode = cbc::Encryptor::<C>::new_from_slices(key, iv).ok()?;
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(data);
    mode.encrypt_blocks(blocks);
    rest.is_empty().then_some(())
}

fn decrypt<C: KeyInit + BlockCipherDecrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Option<()> {
    let mut mode = cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?;
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(data);
    mode.decrypt_blocks(blocks);
    rest.is_empty().then_some(())
}

fn cmac<C>(key: &[u8], message: &[u8]) -> Option<[u8; 8]>
where
    C: cmac::block_api::CmacCipher,
    cmac::Cmac<C>: cmac::KeyInit + cmac::Mac,
{
    let mut mac = <cmac::Cmac<C> as cmac::KeyInit>::new_from_slice(key).ok()?;
    mac.update(message);
    mac.finalize().into_bytes().first_chunk().copied()
}

/// CBC-MAC with the first key, its last block decrypted with the second and encrypted with the first.
fn retail_mac(key: &[u8], padded: &[u8]) -> Option<[u8; 8]> {
    let (first, second) = key.split_at_checked(8)?;
    let mut data = Zeroizing::new(padded.to_vec());
    encrypt::<des::Des>(first, &[0; 8], &mut data)?;
    let mut block = des::cipher::Array::from(*data.last_chunk::<8>()?);
    des::Des::new_from_slice(second).ok()?.decrypt_block(&mut block);
    des::Des::new_from_slice(first).ok()?.encrypt_block(&mut block);
    Some(block.into())
}

#[cfg(test)]
mod tests {
    use hex::decode;

    use super::*;

    /// NIST SP 800-38A F.2.1, F.2.3, F.2.5 (CBC) and SP 800-38B D.1 to D.3 (CMAC), truncated to 8 bytes.
    #[test]
    fn aes_agrees_with_the_examples_of_nist() {
        let message = decode("6bc1bee22e409f96e93d7e117393172a").unwrap();
        let iv = decode("000102030405060708090a0b0c0d0e0f").unwrap();
        for (cipher, key, cbc, mac) in [
            (
                Cipher::Aes128,
                "2b7e151628aed2a6abf7158809cf4f3c",
                "7649abac8119b246cee98e9b12e9197d",
                "070a16b46b4d4144",
            ),
            (
                Cipher::Aes192,
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                "4f021db243bc633d7178183a9fa071e8",
                "9e99a7bf31e71090",
            ),
            (
                Cipher::Aes256,
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
                "28a7023f452e8f82",
            ),
        ] {
            let key = Key::new(cipher, &decode(key).unwrap()).unwrap();
            let encrypted = key.encrypt(&iv, &message).unwrap();
            assert_eq!(hex::encode(&encrypted), cbc);
            assert_eq!(*key.decrypt(&iv, &encrypted).unwrap(), message);
            assert_eq!(hex::encode(key.mac(&message).unwrap()), mac);
        }
    }

    #[test]
    fn padding_is_always_there_and_comes_off_again() {
        for length in 0..40 {
            let message = vec![0x80; length];
            let padded = Cipher::Aes128.pad(&message);
            assert!(padded.len().is_multiple_of(16) && padded.len() > length);
            assert_eq!(unpad(&padded), Some(message.as_slice()));
        }
        assert_eq!(unpad(&[0; 16]), None);
        assert_eq!(unpad(&[1; 16]), None);
        assert_eq!(unpad(&[]), None);
    }

    #[test]
    fn lengths_that_do_not_fit_are_errors() {
        assert!(Key::new(Cipher::Aes256, &[0; 16]).is_err());
        let key = Key::new(Cipher::TripleDes, &[0; 16]).unwrap();
        assert!(key.encrypt(&[0; 8], &[0; 9]).is_err());
        assert!(key.decrypt(&[0; 16], &[0; 8]).is_err());
    }
}
