//! A chip for tests and fuzzing, as small as it can be: what it answers inside the channel can be anything. The
//! chip that behaves as real ones do, written independently, is devices' virtual card.

use std::collections::BTreeMap;

use super::{
    CommandApdu, ResponseApdu,
    cipher::{Cipher, Key, SessionKeys, unpad},
    curve::{Curve, x_coordinate},
    key_derivation::{Purpose, derive, session_keys},
};
use crate::{lds::FileId, mrz::MrzKey, number::Can, tlv};

pub(crate) const NUMBER: &str = "148012345";
pub(crate) const BIRTH: &str = "480302";
pub(crate) const EXPIRY: &str = "990302";
pub(crate) const CAN: &str = "012345";
/// PACE-ECDH-GM-AES-CBC-CMAC-128 with brainpoolP256r1, as Vietnamese cards have it.
pub(crate) const CARD_ACCESS: &str = "31143012060a04007f0007020204020202010202010d";

pub(crate) fn mrz_key() -> Option<MrzKey> {
    MrzKey::new(NUMBER, BIRTH, EXPIRY).ok()
}

pub(crate) fn can() -> Option<Can> {
    Can::parse(CAN).ok()
}

/// What may be answered instead of what the chip would.
pub(crate) type Intercept<'a> = Box<dyn FnMut(&CommandApdu) -> Option<ResponseApdu> + Send + 'a>;

pub(crate) struct TestChip<'a> {
    pub(crate) files: BTreeMap<u16, Vec<u8>>,
    /// The cipher and curve of PACE; `None`: it has none.
    pub(crate) pace: Option<(Cipher, Curve)>,
    /// Bytes of data that it gives at most for one READ BINARY; asked for more: 6700.
    pub(crate) largest_read: usize,
    /// Asked about each command inside the channel, and each outside.
    pub(crate) intercept: Intercept<'a>,
    /// Asked before the channel is: what the reader itself makes of a command.
    pub(crate) transport: Intercept<'a>,
    /// The chip's two private keys of PACE.
    pub(crate) keys: [Vec<u8>; 2],
    /// Counted, for tests to look at.
    #[cfg(test)]
    pub(crate) commands: usize,
    #[cfg(test)]
    pub(crate) resets: usize,
    channel: Option<Channel>,
    current: Option<u16>,
    pub(crate) application: bool,
    challenge: Option<[u8; 8]>,
    session: Option<PaceRun>,
    pending: Vec<u8>,
}

struct PaceRun {
    password: Key,
    nonce: Vec<u8>,
    generator: Vec<u8>,
    agreed: Option<(SessionKeys, Vec<u8>, Vec<u8>)>,
}

/// The chip's end of a channel.
pub(crate) struct Channel {
    pub(crate) keys: SessionKeys,
    pub(crate) counter: u128,
}

impl TestChip<'_> {
    pub(crate) fn new(files: BTreeMap<FileId, Vec<u8>>) -> Self {
        Self {
            files: files.into_iter().map(|(file, bytes)| (file.identifier(), bytes)).collect(),
            pace: Some((Cipher::Aes128, Curve::BrainpoolP256r1)),
            largest_read: 65_536,
            intercept: Box::new(|_| None),
            transport: Box::new(|_| None),
            keys: [vec![0x21; 32], vec![0x22; 32]],
            #[cfg(test)]
            commands: 0,
            #[cfg(test)]
            resets: 0,
            channel: None,
            current: None,
            application: false,
            challenge: None,
            session: None,
            pending: Vec::new(),
        }
    }

    pub(crate) fn reset(&mut self) {
        #[cfg(test)]
        {
            self.resets += 1;
        }
        (self.channel, self.current, self.challenge, self.session) = (None, None, None, None);
        self.application = false;
    }

    /// Answers a command.
    pub(crate) fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        #[cfg(test)]
        {
            self.commands += 1;
        }
        let Ok(command) = CommandApdu::parse(bytes) else { return vec![0x67, 0x00] };
        if let Some(answer) = (self.transport)(&command) {
            let answer = answer.to_bytes();
            // 6F01 stands for a reader that returns nothing.
            return if answer == [0x6F, 0x01] { Vec::new() } else { answer };
        }
        if command.instruction() == 0xC0 {
            let pending = std::mem::take(&mut self.pending);
            return self.in_pieces(pending, command.expected());
        }
        let answer = self.answer(&command);
        let length = answer.len() - 2;
        // What does not fit the length asked for waits for GET RESPONSE.
        if length > command.expected().max(2) && command.expected() > 0 {
            return self.in_pieces(answer, command.expected());
        }
        answer
    }

    fn in_pieces(&mut self, mut answer: Vec<u8>, expected: usize) -> Vec<u8> {
        if answer.len() <= expected + 2 {
            return answer;
        }
        self.pending = answer.split_off(expected);
        let left = self.pending.len() - 2;
        answer.extend([0x61, u8::try_from(left).unwrap_or(0)]);
        answer
    }

    fn answer(&mut self, command: &CommandApdu) -> Vec<u8> {
        let Some(mut channel) = self.channel.take() else { return self.plain(command).to_bytes() };
        if command.class() & 0x0C != 0x0C {
            return self.plain(command).to_bytes();
        }
        let Some(inner) = channel.unwrap(command) else { return vec![0x69, 0x88] };
        let answer = self.plain(&inner);
        // A chip that intercepts with 6988 drops the channel.
        if answer.sw() == 0x6988 {
            return answer.to_bytes();
        }
        let answer = channel.wrap(&answer).unwrap_or_default();
        self.channel = Some(channel);
        answer
    }

    fn plain(&mut self, command: &CommandApdu) -> ResponseApdu {
        if let Some(answer) = (self.intercept)(command) {
            return answer;
        }
        let status = |sw| ResponseApdu::new(Vec::new(), sw);
        let [p1, p2] = command.parameters();
        match (command.instruction(), p1) {
            (0xA4, 0x00) if !self.application => status(0x9000),
            (0xA4, 0x04) => {
                self.application = true;
                status(0x9000)
            }
            // As in the field: the master file is out of reach.
            (0xA4, 0x02) if self.application && command.data() == [0x01, 0x1C] => status(0x6A82),
            (0xA4, 0x02) => {
                let id = command.data().first_chunk().map(|id| u16::from_be_bytes(*id));
                self.current = id.filter(|id| self.files.contains_key(id));
                status(if self.current.is_some() { 0x9000 } else { 0x6A82 })
            }
            (0xB0, 0x80..) => {
                self.current = Some(0x0100 | u16::from(p1 & 0x1F));
                self.read(p2.into(), command.expected())
            }
            (0xB0, _) => self.read(usize::from(p1) << 8 | usize::from(p2), command.expected()),
            (0xB1, _) => {
                let offset = tlv::only(0x54, command.data()).unwrap_or_default();
                let offset = offset.iter().fold(0, |offset, byte| offset << 8 | usize::from(*byte));
                let answer = self.read(offset, command.expected().saturating_sub(4));
                ResponseApdu::new(tlv::write(0x53, answer.data.as_slice()), answer.sw())
            }
            (0x84, _) => {
                self.challenge = Some([8; 8]);
                ResponseApdu::new(vec![8; 8], 0x9000)
            }
            (0x82, _) => self.external_authenticate(command).unwrap_or_else(|| status(0x6300)),
            (0x22, _) if self.application => status(0x6982),
            (0x22, _) => self.set_parameters(command).unwrap_or_else(|| status(0x6A80)),
            (0x86, _) => self.general_authenticate(command).unwrap_or_else(|| status(0x6300)),
            (0x88, _) => ResponseApdu::new(vec![0xAA; 256], 0x9000),
            _ => status(0x6D00),
        }
    }

    fn read(&mut self, offset: usize, expected: usize) -> ResponseApdu {
        if expected > self.largest_read {
            return ResponseApdu::new(Vec::new(), 0x6700);
        }
        let Some(file) = self.current.and_then(|id| self.files.get(&id)) else {
            return ResponseApdu::new(Vec::new(), 0x6A82);
        };
        match file.get(offset..) {
            None | Some([]) => ResponseApdu::new(Vec::new(), 0x6B00),
            Some(rest) => ResponseApdu::new(rest.iter().take(expected).copied().collect(), 0x9000),
        }
    }

    fn external_authenticate(&mut self, command: &CommandApdu) -> Option<ResponseApdu> {
        use sha1::Digest as _;
        let seed = sha1::Sha1::digest(mrz_key()?.information().as_bytes());
        let keys = session_keys(Cipher::TripleDes, seed.get(..16)?).ok()?;
        let challenge = self.challenge.take()?;
        let (encrypted, check_code) = command.data().split_last_chunk::<8>()?;
        if keys.mac.mac(encrypted).ok()? != *check_code {
            return None;
        }
        let proof = keys.enc.decrypt(&[0; 8], encrypted).ok()?;
        let (terminal, rest) = proof.split_first_chunk::<8>()?;
        let half = rest.strip_prefix(&challenge)?;
        let answer = [challenge.as_slice(), terminal, &[5; 16]].concat();
        let mut answer = keys.enc.encrypt(&[0; 8], &answer).ok()?;
        answer.extend(keys.mac.mac(&answer).ok()?);
        let secret: Vec<u8> = half.iter().map(|byte| byte ^ 5).collect();
        let counter = [challenge.get(4..)?, terminal.get(4..)?].concat();
        let counter = counter.iter().fold(0, |counter, byte| counter << 8 | u128::from(*byte));
        self.channel = Some(Channel { keys: session_keys(Cipher::TripleDes, &secret).ok()?, counter });
        Some(ResponseApdu::new(answer, 0x9000))
    }

    fn set_parameters(&mut self, command: &CommandApdu) -> Option<ResponseApdu> {
        use sha1::Digest as _;
        let (cipher, _) = self.pace?;
        let secret = match tlv::Reader::new(command.data()).find(0x83).ok()?? {
            [1] => sha1::Sha1::digest(mrz_key()?.information().as_bytes()).to_vec(),
            [2] => CAN.as_bytes().to_vec(),
            _ => return None,
        };
        self.session = Some(PaceRun {
            password: derive(cipher, &secret, Purpose::Password).ok()?,
            nonce: vec![0x5A; 16],
            generator: Vec::new(),
            agreed: None,
        });
        Some(ResponseApdu::new(Vec::new(), 0x9000))
    }

    fn general_authenticate(&mut self, command: &CommandApdu) -> Option<ResponseApdu> {
        let (cipher, curve) = self.pace?;
        let run = self.session.as_mut()?;
        let [mapping, agreement] = &self.keys;
        let sent = tlv::Reader::new(tlv::only(0x7C, command.data()).ok()?).next_object().ok()?;
        let (tag, value) = match sent {
            None => (0x80, run.password.encrypt(&vec![0; cipher.block_size()], &run.nonce).ok()?),
            Some(object) if object.tag == 0x81 => {
                let shared = curve.multiply(mapping, object.value).ok()?;
                run.generator = curve.map(&run.nonce, &shared).ok()?;
                (0x82, curve.multiply(mapping, &curve.generator()).ok()?)
            }
            Some(object) if object.tag == 0x83 => {
                let shared = curve.multiply(agreement, object.value).ok()?;
                let public = curve.multiply(agreement, &run.generator).ok()?;
                let keys = session_keys(cipher, x_coordinate(&shared)).ok()?;
                run.agreed = Some((keys, object.value.to_vec(), public.clone()));
                (0x84, public)
            }
            Some(object) if object.tag == 0x85 => {
                let (keys, theirs, ours) = run.agreed.take()?;
                let number = match cipher {
                    Cipher::TripleDes => 1,
                    Cipher::Aes128 => 2,
                    Cipher::Aes192 => 3,
                    Cipher::Aes256 => 4,
                };
                let protocol = [4, 0, 0x7F, 0, 7, 2, 2, 4, 2, number];
                let token = |public: &[u8]| {
                    let objects = [tlv::write(0x06, &protocol), tlv::write(0x86, public)].concat();
                    keys.mac.mac(&tlv::write(0x7F49, &objects)).ok()
                };
                if object.value != token(&ours)? {
                    return None;
                }
                let answer = token(&theirs)?.to_vec();
                self.channel = Some(Channel { keys, counter: 0 });
                (0x86, answer)
            }
            Some(_) => return None,
        };
        Some(ResponseApdu::new(tlv::write(0x7C, &tlv::write(tag, &value)), 0x9000))
    }
}

impl Channel {
    fn advance(&mut self) -> Vec<u8> {
        self.counter += 1;
        self.counter.to_be_bytes().into_iter().skip(16 - self.keys.enc.cipher().block_size()).collect()
    }

    fn check_code(&self, message: &[u8]) -> Option<[u8; 8]> {
        self.keys.mac.mac_of_blocks(message).ok()
    }

    fn initial_vector(&self, counter: &[u8]) -> Option<Vec<u8>> {
        let zero = vec![0; counter.len()];
        match self.keys.enc.cipher() {
            Cipher::TripleDes => Some(zero),
            _ => self.keys.enc.encrypt(&zero, counter).ok(),
        }
    }

    pub(crate) fn unwrap(&mut self, command: &CommandApdu) -> Option<CommandApdu> {
        let counter = self.advance();
        let (objects, check_code) = command.data().split_last_chunk::<8>()?;
        let objects = objects.strip_suffix(&[0x8E, 8])?;
        let header = self.keys.enc.cipher().pad(&command.header());
        let mut message = [&counter, header.as_slice()].concat();
        if !objects.is_empty() {
            message.extend_from_slice(&self.keys.enc.cipher().pad(objects));
        }
        if self.check_code(&message)? != *check_code {
            return None;
        }
        let [_, instruction, p1, p2] = command.header();
        let mut inner = CommandApdu::new(instruction, p1, p2);
        let mut reader = tlv::Reader::new(objects);
        while let Some(object) = reader.next_object().ok()? {
            match (object.tag, object.value) {
                (0x87, [1, data @ ..]) | (0x85, data) => {
                    let data = self.keys.enc.decrypt(&self.initial_vector(&counter)?, data).ok()?;
                    inner = inner.with_data(unpad(&data)?.to_vec()).ok()?;
                }
                (0x97, [le]) => inner = inner.expecting(if *le == 0 { 256 } else { usize::from(*le) }),
                (0x97, [0, 0]) => inner = inner.expecting(65_536),
                (0x97, [high, low]) => inner = inner.expecting(usize::from(*high) << 8 | usize::from(*low)),
                _ => return None,
            }
        }
        Some(inner)
    }

    pub(crate) fn wrap(&mut self, answer: &ResponseApdu) -> Option<Vec<u8>> {
        let counter = self.advance();
        let cipher = self.keys.enc.cipher();
        let mut objects = Vec::new();
        if !answer.data.as_slice().is_empty() {
            let padded = cipher.pad(answer.data.as_slice());
            let data = self.keys.enc.encrypt(&self.initial_vector(&counter)?, &padded).ok()?;
            objects = tlv::write(0x87, &[&[1], data.as_slice()].concat());
        }
        objects.extend(tlv::write(0x99, &answer.sw().to_be_bytes()));
        let check_code = self.check_code(&[counter, cipher.pad(&objects).to_vec()].concat())?;
        objects.extend(tlv::write(0x8E, &check_code));
        objects.extend([0x90, 0x00]);
        Some(objects)
    }
}
