//! Secure messaging, the terminal's side (ICAO Doc 9303-11 9.8).

use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    apdu::{CommandApdu, ResponseApdu},
    cipher::{Cipher, LengthError, SessionKeys, unpad},
};
use crate::tlv::{self, TlvError};

/// Why a command cannot be sent through the channel, or an answer is not what came through it.
///
/// After any of these the send sequence counters of both sides may differ: the channel is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SecureMessagingError {
    /// The command's data do not fit once they are encrypted.
    #[error("the protected command would be longer than a command can be")]
    CommandTooLong,
    /// The chip answered without protection: it has dropped the channel.
    #[error("the chip answered {0:04X} without protection and has dropped the channel")]
    Unprotected(u16),
    /// The answer is not the data objects of 9.8.5 in their order.
    #[error("the protected answer is malformed")]
    Malformed,
    /// The check code is wrong: changed on the way, or counted differently.
    #[error("the check code of the answer is wrong")]
    WrongCheckCode,
    /// An earlier error ended the channel.
    #[error("the channel was ended by an earlier error; authenticate again")]
    Dead,
}

impl From<TlvError> for SecureMessagingError {
    fn from(_: TlvError) -> Self {
        Self::Malformed
    }
}

impl From<LengthError> for SecureMessagingError {
    fn from(_: LengthError) -> Self {
        Self::Malformed
    }
}

/// The send sequence counter: 8 bytes with 3DES, 16 with AES.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
struct SendSequenceCounter(u128);

impl SendSequenceCounter {
    fn advance(&mut self, cipher: Cipher) -> Vec<u8> {
        self.0 = self.0.wrapping_add(1);
        self.bytes(cipher)
    }

    fn bytes(&self, cipher: Cipher) -> Vec<u8> {
        let bytes = self.0.to_be_bytes();
        bytes.get(bytes.len() - cipher.block_size()..).unwrap_or_default().to_vec()
    }
}

/// An open channel: keys and counter. `Debug` shows only the cipher.
#[derive(Clone, PartialEq, Eq)]
pub struct SecureMessaging {
    keys: SessionKeys,
    counter: SendSequenceCounter,
    dead: bool,
}

impl SecureMessaging {
    /// A channel with `keys`, the counter at `ssc` (9.8.6): after BAC the halves of both challenges, after PACE
    /// and chip authentication 0. The counter is advanced before each command and each answer.
    pub fn new(keys: SessionKeys, ssc: u128) -> Self {
        Self { keys, counter: SendSequenceCounter(ssc), dead: false }
    }

    /// The keys.
    pub const fn keys(&self) -> &SessionKeys {
        &self.keys
    }

    /// The counter as bytes: 8 with 3DES, 16 with AES.
    pub fn send_sequence_counter(&self) -> Vec<u8> {
        self.counter.bytes(self.cipher())
    }

    const fn cipher(&self) -> Cipher {
        self.keys.enc.cipher()
    }

    /// Bytes of a protected answer to a command that expects `expected` bytes of data.
    fn answer_length(&self, expected: usize) -> usize {
        const STATUS: usize = 4;
        const CHECK_CODE: usize = 10;
        // Tag, length of up to three bytes and, with an even instruction, the padding indicator.
        let header = |content: usize| {
            if content < 0x80 {
                2
            } else if content < 0x100 {
                3
            } else {
                4
            }
        };
        let data = match expected {
            0 => 0,
            expected => {
                let block = self.cipher().block_size();
                let content = (expected / block + 1) * block + 1;
                header(content) + content
            }
        };
        data + STATUS + CHECK_CODE
    }

    /// Wraps `command`: data encrypted, all of it authenticated (9.8.4).
    ///
    /// # Errors
    /// [`SecureMessagingError::CommandTooLong`], after which the channel is still good, and
    /// [`SecureMessagingError::Dead`].
    pub fn protect(&mut self, command: &CommandApdu) -> Result<CommandApdu, SecureMessagingError> {
        // The data objects around the data: headers of 87, 97 and the check code, one block of padding.
        const OVERHEAD: usize = 5 + 16 + 4 + 10;
        if self.dead {
            return Err(SecureMessagingError::Dead);
        }
        if command.data().len() + OVERHEAD > super::apdu::MAX_COMMAND_DATA {
            return Err(SecureMessagingError::CommandTooLong);
        }
        let cipher = self.cipher();
        let counter = self.counter.advance(cipher);
        let [_, instruction, p1, p2] = command.header();
        let protected = CommandApdu::new(instruction, p1, p2);
        let protected = if command.class() & 0x10 == 0 { protected } else { protected.chained() }.protected();

        let mut body = Vec::new();
        if !command.data().is_empty() {
            let encrypted =
                self.keys.enc.encrypt(&self.initial_vector(&counter)?, &cipher.pad(command.data()))?;
            // An odd instruction says that the data are TLV themselves: no padding indicator then.
            body.extend(if instruction & 1 == 1 {
                tlv::write(0x85, &encrypted)
            } else {
                tlv::write(0x87, &[&[0x01], encrypted.as_slice()].concat())
            });
        }
        match command.expected() {
            0 => {}
            #[expect(clippy::cast_possible_truncation, reason = "256 is written 00, 65,536 is written 0000")]
            expected if expected <= 256 => body.extend([0x97, 1, expected as u8]),
            #[expect(clippy::cast_possible_truncation, reason = "256 is written 00, 65,536 is written 0000")]
            expected => {
                body.extend([0x97, 2]);
                body.extend((expected as u16).to_be_bytes());
            }
        }
        let check_code = self.check_code(&counter, &cipher.pad(&protected.header()), &body)?;
        body.extend(tlv::write(0x8E, &check_code));
        let expected =
            if self.answer_length(command.expected()) <= 256 && body.len() <= 255 { 256 } else { 65_536 };
        protected
            .with_data(body)
            .map(|protected| protected.expecting(expected))
            .map_err(|_| SecureMessagingError::CommandTooLong)
    }

    /// Unwraps the answer to the last command (9.8.5): its check code verified, its data decrypted, its status
    /// the authenticated one.
    ///
    /// # Errors
    /// Any; the channel is dead then.
    pub fn unprotect(&mut self, response: &ResponseApdu) -> Result<ResponseApdu, SecureMessagingError> {
        if self.dead {
            return Err(SecureMessagingError::Dead);
        }
        let result = self.open(response);
        self.dead = result.is_err();
        result
    }

    fn open(&mut self, response: &ResponseApdu) -> Result<ResponseApdu, SecureMessagingError> {
        let counter = self.counter.advance(self.cipher());
        let bytes = response.data.as_slice();
        if bytes.is_empty() {
            return Err(SecureMessagingError::Unprotected(response.sw()));
        }
        let mut reader = tlv::Reader::new(bytes);
        let (mut encrypted, mut status) = (None, None);
        let mut authenticated = 0;
        let check_code = loop {
            let object = reader.next_object()?.ok_or(SecureMessagingError::Malformed)?;
            match (object.tag, object.value) {
                (0x87, [0x01, data @ ..]) | (0x85, data) if encrypted.is_none() && status.is_none() => {
                    encrypted = Some(data);
                }
                (0x99, &[sw1, sw2]) if status.is_none() => status = Some(u16::from_be_bytes([sw1, sw2])),
                (0x8E, check_code) => break check_code,
                _ => return Err(SecureMessagingError::Malformed),
            }
            authenticated = bytes.len() - reader.remaining();
        };
        reader.finish()?;
        let status = status.ok_or(SecureMessagingError::Malformed)?;
        let expected = self.check_code(&counter, &[], bytes.get(..authenticated).unwrap_or_default())?;
        if !bool::from(expected.ct_eq(check_code)) {
            return Err(SecureMessagingError::WrongCheckCode);
        }
        let data = match encrypted {
            None => Vec::new(),
            Some(encrypted) => {
                let padded = self.keys.enc.decrypt(&self.initial_vector(&counter)?, encrypted)?;
                unpad(&padded).ok_or(SecureMessagingError::Malformed)?.to_vec()
            }
        };
        Ok(ResponseApdu::new(data, status))
    }

    /// 0 with 3DES, the encrypted counter with AES (9.8.6.1, 9.8.6.2).
    fn initial_vector(&self, counter: &[u8]) -> Result<Vec<u8>, LengthError> {
        let zero = vec![0; self.cipher().block_size()];
        match self.cipher() {
            Cipher::TripleDes => Ok(zero),
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => self.keys.enc.encrypt(&zero, counter),
        }
    }

    /// The check code over counter, header (padded) and data objects. Header and objects are each padded to whole blocks,
    /// and objects that are not there are not padded either (9.8.4 with ISO/IEC 7816-4 10.2.3.1).
    fn check_code(&self, counter: &[u8], header: &[u8], objects: &[u8]) -> Result<[u8; 8], LengthError> {
        let objects = if objects.is_empty() { Vec::new().into() } else { self.cipher().pad(objects) };
        self.keys.mac.mac_of_blocks(&[counter, header, &objects].concat())
    }
}

impl std::fmt::Debug for SecureMessaging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecureMessaging({:?})", self.cipher())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chip::{cipher::Key, key_derivation::session_keys, testing::Channel};

    #[derive(serde::Deserialize)]
    struct Example {
        channel: std::collections::HashMap<String, String>,
        exchanges: Vec<std::collections::HashMap<String, String>>,
    }

    /// ICAO Doc 9303-11 appendix D.4.
    #[test]
    fn the_standards_example_comes_out_byte_for_byte() {
        let text = include_str!("../../tests/vectors/secure_messaging_3des.json");
        let example: Example = serde_json::from_str(text).unwrap();
        let bytes = |text: &String| hex::decode(text).unwrap();
        let key = |name: &str| Key::new(Cipher::TripleDes, &bytes(&example.channel[name])).unwrap();
        let ssc = u128::from_str_radix(&example.channel["ssc"], 16).unwrap();
        let mut channel = SecureMessaging::new(SessionKeys { enc: key("ks_enc"), mac: key("ks_mac") }, ssc);
        assert_eq!(example.exchanges.len(), 3);
        for exchange in &example.exchanges {
            let command = CommandApdu::parse(&bytes(&exchange["plain"])).unwrap();
            let protected = channel.protect(&command).unwrap();
            assert_eq!(protected.to_bytes(), bytes(&exchange["protected"]));
            let response = ResponseApdu::parse(&bytes(&exchange["response"])).unwrap();
            assert_eq!(channel.unprotect(&response).unwrap().to_bytes(), bytes(&exchange["plain_response"]));
        }
    }

    fn ends(cipher: Cipher) -> (SecureMessaging, Channel) {
        let keys = session_keys(cipher, b"a shared secret").unwrap();
        // The counter is about to carry over.
        let counter = 0xFFFF_FFFE;
        (SecureMessaging::new(keys.clone(), counter), Channel { keys, counter })
    }

    fn any_cipher() -> impl Strategy<Value = Cipher> {
        prop::sample::select(vec![Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256])
    }

    proptest! {
        #[test]
        fn what_goes_through_the_channel_comes_out_the_same(
            cipher in any_cipher(),
            instruction in prop::sample::select(vec![0xA4_u8, 0xB0, 0xB1, 0x88]),
            data in prop::collection::vec(any::<u8>(), 0..600),
            expected in prop::sample::select(vec![0_usize, 1, 160, 223, 231, 255, 256, 257, 1024, 65_536]),
            answer in prop::collection::vec(any::<u8>(), 0..600),
            sw in any::<u16>(),
        ) {
            let (mut terminal, mut chip) = ends(cipher);
            for _ in 0..3 {
                let command = CommandApdu::new(instruction, 1, 2).with_data(data.clone()).unwrap().expecting(expected);
                let sent = CommandApdu::parse(&terminal.protect(&command).unwrap().to_bytes()).unwrap();
                prop_assert_eq!(sent.class(), 0x0C);
                prop_assert_eq!(chip.unwrap(&sent), Some(command));
                let answer = ResponseApdu::new(answer.clone(), sw);
                let wrapped = ResponseApdu::parse(&chip.wrap(&answer).unwrap()).unwrap();
                prop_assert_eq!(terminal.unprotect(&wrapped), Ok(answer));
            }
        }

        #[test]
        fn a_full_answer_fits_the_length_asked_for(cipher in any_cipher(), expected in 1_usize..3000) {
            let (mut terminal, mut chip) = ends(cipher);
            let sent = terminal.protect(&CommandApdu::new(0xB0, 0, 0).expecting(expected)).unwrap();
            chip.unwrap(&sent).unwrap();
            let wrapped = chip.wrap(&ResponseApdu::new(vec![1; expected], 0x9000)).unwrap();
            prop_assert!(wrapped.len() - 2 <= sent.expected());
            // The extended form is asked for only where the short one is too small.
            prop_assert_eq!(sent.expected() > 256, wrapped.len() - 2 > 256);
        }

        #[test]
        fn one_changed_bit_is_noticed_and_ends_the_channel(
            cipher in any_cipher(),
            answer in prop::collection::vec(any::<u8>(), 0..40),
            position in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let (mut terminal, mut chip) = ends(cipher);
            let sent = terminal.protect(&CommandApdu::new(0xB0, 0, 0).expecting(100)).unwrap();
            chip.unwrap(&sent).unwrap();
            let good = chip.wrap(&ResponseApdu::new(answer, 0x9000)).unwrap();
            let mut bad = good.clone();
            // The outer status, the last two bytes, is not authenticated; the inner one is given on.
            let position = position.index(bad.len() - 2);
            bad[position] ^= 1_u8 << bit;
            prop_assert!(terminal.unprotect(&ResponseApdu::parse(&bad).unwrap()).is_err());
            let good = ResponseApdu::parse(&good).unwrap();
            prop_assert_eq!(terminal.unprotect(&good), Err(SecureMessagingError::Dead));
            prop_assert_eq!(terminal.protect(&CommandApdu::new(0xB0, 0, 0)), Err(SecureMessagingError::Dead));
        }
    }

    #[test]
    fn a_command_without_data_and_length_is_authenticated_by_its_padded_header_alone() {
        let key = |byte| Key::new(Cipher::Aes128, &[byte; 16]).unwrap();
        let mut channel = SecureMessaging::new(SessionKeys { enc: key(0x11), mac: key(0x22) }, 0);
        let sent = channel.protect(&CommandApdu::new(0x2C, 0, 0)).unwrap();
        // By OpenSSL: CMAC over the counter and 0C2C0000 80 00….
        assert_eq!(hex::encode(sent.data()), "8e08404bd5b258d41204");
        for cipher in [Cipher::TripleDes, Cipher::Aes256] {
            let (mut terminal, mut chip) = ends(cipher);
            let sent = terminal.protect(&CommandApdu::new(0x2C, 0, 0)).unwrap();
            assert!(chip.unwrap(&sent).is_some(), "{cipher:?}");
        }
    }

    #[test]
    fn an_answer_out_of_turn_is_noticed() {
        for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
            for off in [1, 2] {
                let (mut terminal, mut chip) = ends(cipher);
                terminal.protect(&CommandApdu::new(0xB0, 0, 0).expecting(4)).unwrap();
                chip.counter += 1 + off;
                let answer = chip.wrap(&ResponseApdu::new(vec![1, 2, 3], 0x9000)).unwrap();
                let answer = ResponseApdu::parse(&answer).unwrap();
                assert_eq!(terminal.unprotect(&answer), Err(SecureMessagingError::WrongCheckCode));
            }
        }
    }

    #[test]
    fn an_answer_outside_the_channel_is_never_taken() {
        for answer in
            ["9000", "6A82", "01029000", "990290009000", "8E0811223344556677889000", "870101990290009000"]
        {
            let (mut terminal, _) = ends(Cipher::Aes128);
            terminal.protect(&CommandApdu::new(0xB0, 0, 0).expecting(4)).unwrap();
            let answer = ResponseApdu::parse(&hex::decode(answer).unwrap()).unwrap();
            assert!(terminal.unprotect(&answer).is_err(), "{answer:?}");
        }
    }

    #[test]
    fn a_command_too_long_for_the_channel_does_not_end_it() {
        let (mut terminal, _) = ends(Cipher::Aes128);
        let command = CommandApdu::new(0xB0, 0, 0).with_data(vec![0; 65_520]).unwrap();
        assert_eq!(terminal.protect(&command), Err(SecureMessagingError::CommandTooLong));
        assert!(terminal.protect(&CommandApdu::new(0xB0, 0, 0)).is_ok());
    }
}
