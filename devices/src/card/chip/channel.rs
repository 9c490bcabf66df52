//! The chip's side of secure messaging (ICAO 9303-11 9.8).

use super::{
    apdu::{Answer, Command, objects, status},
    cipher::{Key, unpad},
};
use crate::card::der::object;

/// A secure messaging session.
#[derive(Clone)]
pub struct Channel {
    encryption: Key,
    authentication: Key,
    counter: u128,
}

impl Channel {
    /// A session with these keys, whose counter stands at `counter`.
    pub const fn new(encryption: Key, authentication: Key, counter: u128) -> Self {
        Self { encryption, authentication, counter }
    }

    /// Checks and opens a protected command.
    ///
    /// # Errors
    /// `6987` where its check code is missing, `6988` where anything in it is wrong. The session is over then.
    pub fn open(&mut self, command: &Command) -> Result<Command, u16> {
        self.counter = self.counter.wrapping_add(1);
        let wrong = status::CHANNEL_OBJECT_WRONG;
        let found = objects(&command.data).ok_or(wrong)?;
        let Some(((0x8E, check), before)) = found.split_last() else {
            return Err(status::CHANNEL_OBJECT_MISSING);
        };
        let covered: Vec<u8> =
            before.iter().flat_map(|(tag, value)| object(u32::from(*tag), &[value])).collect();
        let header = [command.class, command.instruction, command.p1, command.p2];
        let mut message = self.authentication.pad(&header);
        if !covered.is_empty() {
            message.extend(self.authentication.pad(&covered));
        }
        if self.mac(&message).as_slice() != *check {
            return Err(wrong);
        }

        let (mut data, mut expected) = (Vec::new(), None);
        for (tag, value) in before {
            match (*tag, *value) {
                // Odd instructions carry objects: no padding indicator before them (ISO/IEC 7816-4 10.2).
                (0x87, [1, cryptogram @ ..]) if command.instruction & 1 == 0 => {
                    data = self.decrypt(cryptogram).ok_or(wrong)?;
                }
                (0x85, cryptogram) if command.instruction & 1 == 1 => {
                    data = self.decrypt(cryptogram).ok_or(wrong)?;
                }
                (0x97, [le]) => expected = Some(if *le == 0 { 256 } else { usize::from(*le) }),
                (0x97, [0, 0]) => expected = Some(65_536),
                (0x97, [high, low]) => expected = Some(usize::from(u16::from_be_bytes([*high, *low]))),
                _ => return Err(wrong),
            }
        }
        Ok(Command {
            class: command.class & !0x0C,
            instruction: command.instruction,
            p1: command.p1,
            p2: command.p2,
            data,
            expected,
        })
    }

    /// Protects an answer to `instruction`.
    pub fn close(&mut self, answer: &Answer, instruction: u8) -> Answer {
        self.counter = self.counter.wrapping_add(1);
        let mut protected = Vec::new();
        if !answer.data.is_empty() {
            let mut cryptogram = self.encryption.pad(&answer.data);
            self.encryption.encrypt(&self.iv(), &mut cryptogram);
            protected = if instruction & 1 == 0 {
                object(0x87, &[&[1], &cryptogram])
            } else {
                object(0x85, &[&cryptogram])
            };
        }
        protected.extend(object(0x99, &[&answer.status.to_be_bytes()]));
        let check = self.mac(&self.authentication.pad(&protected));
        protected.extend(object(0x8E, &[&check]));
        Answer { data: protected, status: answer.status }
    }

    /// The most bytes of plain data whose protected form fits into `room` bytes.
    pub fn capacity(&self, room: usize) -> usize {
        // Objects 99 and 8E take 14 bytes, 87 its tag, length and padding indicator.
        let fits = |plain: usize| {
            let cryptogram = (plain + 1).next_multiple_of(self.encryption.block()) + 1;
            14 + 1
                + if cryptogram < 0x80 {
                    1
                } else if cryptogram < 0x100 {
                    2
                } else {
                    3
                }
                + cryptogram
                <= room
        };
        (1..room).rev().find(|plain| fits(*plain)).unwrap_or(0)
    }

    /// The counter as the cipher's blocks carry it.
    fn counter_bytes(&self) -> Vec<u8> {
        let bytes = self.counter.to_be_bytes();
        bytes.get(bytes.len() - self.encryption.block()..).unwrap_or_default().to_vec()
    }

    fn iv(&self) -> Vec<u8> {
        let zero = vec![0; self.encryption.block()];
        if matches!(self.encryption, Key::TripleDes(_)) {
            return zero;
        }
        let mut iv = self.counter_bytes();
        self.encryption.encrypt(&zero, &mut iv);
        iv
    }

    fn mac(&self, padded: &[u8]) -> [u8; 8] {
        self.authentication.mac(&[self.counter_bytes().as_slice(), padded].concat())
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Option<Vec<u8>> {
        if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(self.encryption.block()) {
            return None;
        }
        let mut plain = cryptogram.to_vec();
        self.encryption.decrypt(&self.iv(), &mut plain);
        unpad(plain)
    }
}

#[cfg(test)]
mod tests {
    use identity::chip::{
        CommandApdu, ResponseApdu, SecureMessaging, cipher::Cipher as TheirCipher,
        key_derivation::session_keys,
    };

    use super::*;
    use crate::{
        card::chip::cipher::{Purpose, derive},
        seeds::Cipher,
    };

    #[test]
    fn reader_and_chip_understand_one_another_in_every_cipher_and_shape_of_command() {
        for (ours, theirs) in [
            (Cipher::TripleDes, TheirCipher::TripleDes),
            (Cipher::Aes128, TheirCipher::Aes128),
            (Cipher::Aes192, TheirCipher::Aes192),
            (Cipher::Aes256, TheirCipher::Aes256),
        ] {
            let key = |purpose| derive(ours, b"a shared secret", purpose);
            let mut chip = Channel::new(key(Purpose::Encryption), key(Purpose::Authentication), 7);
            let mut reader = SecureMessaging::new(session_keys(theirs, b"a shared secret").unwrap(), 7);
            for (instruction, data, expected) in [
                (0xA4, 0, 0),
                (0xA4, 2, 0),
                (0xB0, 0, 256),
                (0xB0, 0, 1000),
                (0xB1, 4, 256),
                (0x88, 8, 256),
                (0xA4, 16, 0),
            ] {
                let shape = format!("{ours:?} {instruction:X} {data} {expected}");
                let sent = CommandApdu::new(instruction, 2, 0x0C)
                    .with_data(vec![9; data])
                    .unwrap()
                    .expecting(expected);
                let command = Command::parse(&reader.protect(&sent).unwrap().to_bytes()).unwrap();
                let Ok(plain) = chip.open(&command) else { panic!("{shape}: the chip refuses it") };
                assert_eq!((plain.data.len(), plain.expected.unwrap_or(0)), (data, expected), "{shape}");
                for length in [0, 15, 16, 200] {
                    let (mut chip, mut reader) = (chip.clone(), reader.clone());
                    let answer = chip.close(&Answer::ok(vec![5; length]), instruction);
                    let answer = ResponseApdu::parse(&answer.to_bytes()).unwrap();
                    assert_eq!(reader.unprotect(&answer), Ok(ResponseApdu::new(vec![5; length], 0x9000)));
                }
                let answer = chip.close(&Answer::ok(Vec::new()), instruction);
                reader.unprotect(&ResponseApdu::parse(&answer.to_bytes()).unwrap()).unwrap();
            }
        }
    }
}
