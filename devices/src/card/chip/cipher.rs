//! The ciphers of BAC, PACE and secure messaging, put together from the bare block ciphers.

use aes::{
    Aes128,
    cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit},
};
use cmac::{Cmac, Mac as _};
use des::{Des, TdesEde2};
use sha1::{Digest as _, Sha1};

/// The two cipher suites that the chip speaks: its sessions' key length is 16 bytes in both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Two-key 3DES and the retail MAC (BAC).
    TripleDes,
    /// AES-128 and CMAC (PACE).
    Aes128,
}

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

/// A 16-byte key from a shared secret: the first bytes of SHA-1 over it and the purpose.
///
/// DES ignores the parity bits, so they are not adjusted.
pub fn derive(secret: &[u8], purpose: Purpose) -> [u8; 16] {
    let digest = Sha1::new().chain_update(secret).chain_update((purpose as u32).to_be_bytes()).finalize();
    digest.first_chunk().copied().unwrap_or_default()
}

impl Suite {
    /// Bytes in a block.
    pub const fn block(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128 => 16,
        }
    }

    /// CBC encryption of whole blocks, in place.
    pub fn encrypt(self, key: &[u8; 16], iv: &[u8], data: &mut [u8]) {
        match self {
            Self::TripleDes => cbc_encrypt(&TdesEde2::new(key.into()), iv, data),
            Self::Aes128 => cbc_encrypt(&Aes128::new(key.into()), iv, data),
        }
    }

    /// CBC decryption of whole blocks, in place.
    pub fn decrypt(self, key: &[u8; 16], iv: &[u8], data: &mut [u8]) {
        match self {
            Self::TripleDes => cbc_decrypt(&TdesEde2::new(key.into()), iv, data),
            Self::Aes128 => cbc_decrypt(&Aes128::new(key.into()), iv, data),
        }
    }

    /// The 8-byte message authentication code. The retail MAC (ISO/IEC 9797-1 algorithm 3) wants whole
    /// blocks: the caller pads.
    pub fn mac(self, key: &[u8; 16], message: &[u8]) -> [u8; 8] {
        match self {
            Self::TripleDes => retail_mac(key, message),
            Self::Aes128 => {
                let tag = <Cmac<Aes128> as KeyInit>::new(key.into()).chain_update(message).finalize();
                tag.into_bytes().first_chunk().copied().unwrap_or_default()
            }
        }
    }

    /// `message` with the padding of ISO/IEC 9797-1 method 2.
    pub fn pad(self, message: &[u8]) -> Vec<u8> {
        let mut padded = message.to_vec();
        padded.push(0x80);
        padded.resize(padded.len().next_multiple_of(self.block()), 0);
        padded
    }
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
        let key = derive(&seed, Purpose::Authentication);
        // The example prints the keys with odd parity.
        let parity = |bytes: [u8; 16]| bytes.map(|byte| byte & 0xFE);
        let printed: [u8; 16] = hex::decode("7962D9ECE03D1ACD4C76089DCE131543").unwrap().try_into().unwrap();
        assert_eq!(parity(key), parity(printed));
        let cryptogram =
            hex::decode("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2").unwrap();
        let padded = Suite::TripleDes.pad(&cryptogram);
        assert_eq!(hex::encode_upper(Suite::TripleDes.mac(&key, &padded)), "5F1448EEA8AD90A7");
    }

    #[test]
    fn padding_that_is_not_there_is_noticed() {
        assert_eq!(unpad(vec![1, 0x80, 0, 0]), Some(vec![1]));
        assert_eq!(unpad(vec![1, 2]), None);
        assert_eq!(unpad(vec![0, 0]), None);
    }
}
