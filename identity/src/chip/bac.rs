//! Basic access control, the terminal's side (ICAO Doc 9303-11 4.3).

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    apdu::{ApduError, CommandApdu, ResponseApdu},
    cipher::{Cipher, LengthError, SessionKeys},
    key_derivation::session_keys,
    secure_messaging::SecureMessaging,
};
use crate::mrz::MrzKey;

/// Why basic access control failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BacError {
    /// The chip refused the terminal's proof: the key from the MRZ is not this chip's.
    #[error("the chip refused the key from the machine-readable zone ({0:04X})")]
    PasswordRefused(u16),
    /// The chip does not speak basic access control, or not now.
    #[error("the chip answered {0:04X} to basic access control")]
    Refused(u16),
    /// An answer of another length than the standard's.
    #[error("an answer of {0} bytes that basic access control does not know")]
    Malformed(usize),
    /// The chip's proof is wrong: it does not know the key.
    #[error("the chip's own proof is wrong")]
    WrongProof,
}

impl From<LengthError> for BacError {
    fn from(error: LengthError) -> Self {
        Self::Malformed(error.found)
    }
}

impl From<ApduError> for BacError {
    fn from(_: ApduError) -> Self {
        Self::Malformed(0)
    }
}

/// The terminal's random values, drawn for one run.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BacRandom {
    /// RND.IFD.
    pub challenge: [u8; 8],
    /// K.IFD, the terminal's half of the key.
    pub key: [u8; 16],
}

impl std::fmt::Debug for BacRandom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BacRandom(****)")
    }
}

enum State {
    Challenge,
    Authenticate { challenge: [u8; 8] },
    Done(Option<SecureMessaging>),
}

/// One run of basic access control. The application must be selected.
pub struct Bac {
    keys: SessionKeys,
    random: BacRandom,
    state: State,
}

impl Bac {
    /// A run with the key from the MRZ.
    ///
    /// # Errors
    /// None: the derived keys have the right length.
    pub fn new(key: &MrzKey, random: BacRandom) -> Result<Self, BacError> {
        let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(key.information().as_bytes())));
        let (seed, _) = digest.split_at(16);
        Ok(Self { keys: session_keys(Cipher::TripleDes, seed)?, random, state: State::Challenge })
    }

    /// The command to send now, `None` when the run is over.
    ///
    /// # Errors
    /// None with the lengths of the standard.
    pub fn next_command(&self) -> Result<Option<CommandApdu>, BacError> {
        match &self.state {
            State::Challenge => Ok(Some(CommandApdu::new(0x84, 0, 0).expecting(8))),
            State::Authenticate { challenge } => {
                let proof =
                    Zeroizing::new([&self.random.challenge, challenge.as_slice(), &self.random.key].concat());
                let mut data = self.keys.enc.encrypt(&[0; 8], &proof)?;
                data.extend(self.keys.mac.mac(&data)?);
                Ok(Some(CommandApdu::new(0x82, 0, 0).with_data(data)?.expecting(40)))
            }
            State::Done(_) => Ok(None),
        }
    }

    /// Takes the chip's answer.
    ///
    /// # Errors
    /// Any; the run is over then.
    pub fn receive(&mut self, response: &ResponseApdu) -> Result<(), BacError> {
        let state = std::mem::replace(&mut self.state, State::Done(None));
        let data = response.data.as_slice();
        match state {
            State::Challenge if response.is_success() => {
                let challenge = data.try_into().map_err(|_| BacError::Malformed(data.len()))?;
                self.state = State::Authenticate { challenge };
            }
            State::Authenticate { challenge } if response.is_success() => {
                self.state = State::Done(Some(self.channel(challenge, data)?));
            }
            State::Authenticate { .. } if is_refused_password(response.sw()) => {
                return Err(BacError::PasswordRefused(response.sw()));
            }
            _ => return Err(BacError::Refused(response.sw())),
        }
        Ok(())
    }

    /// The open channel, once, after the last answer.
    pub fn take_channel(&mut self) -> Option<SecureMessaging> {
        if let State::Done(channel) = &mut self.state { channel.take() } else { None }
    }

    fn channel(&self, challenge: [u8; 8], answer: &[u8]) -> Result<SecureMessaging, BacError> {
        let malformed = BacError::Malformed(answer.len());
        let (encrypted, check_code) = answer.split_last_chunk::<8>().ok_or(malformed)?;
        if encrypted.len() != 32 {
            return Err(malformed);
        }
        if !bool::from(self.keys.mac.mac(encrypted)?.ct_eq(check_code)) {
            return Err(BacError::WrongProof);
        }
        let proof = self.keys.enc.decrypt(&[0; 8], encrypted)?;
        let (challenges, chip_key) = proof.split_last_chunk::<16>().ok_or(malformed)?;
        let both = [challenge, self.random.challenge];
        if !bool::from(both.concat().ct_eq(challenges)) {
            return Err(BacError::WrongProof);
        }
        let mut seed = Zeroizing::new(self.random.key);
        seed.iter_mut().zip(chip_key).for_each(|(ours, theirs)| *ours ^= theirs);
        let halves = both.map(|challenge| u128::from(u64::from_be_bytes(challenge) & 0xFFFF_FFFF));
        let ssc = halves.into_iter().fold(0, |ssc, half| ssc << 32 | half);
        Ok(SecureMessaging::new(session_keys(Cipher::TripleDes, &*seed)?, ssc))
    }
}

impl std::fmt::Debug for Bac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bac")
    }
}

/// The status words with which chips refuse a password at its last step: 63xx by the standard, and 6982 and
/// 6A80 as chips in the field do.
pub(super) const fn is_refused_password(sw: u16) -> bool {
    matches!(sw, 0x6300..=0x63FF | 0x6982 | 0x6A80)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::chip::testing::{TestChip, mrz_key};

    /// Runs basic access control, each answer of the chip's through `change`.
    fn run(mut change: impl FnMut(usize, &mut Vec<u8>)) -> Result<SecureMessaging, BacError> {
        let mut chip = TestChip::new(BTreeMap::new());
        let mut bac = Bac::new(&mrz_key().unwrap(), BacRandom { challenge: [0x31; 8], key: [0x32; 16] })?;
        let mut step = 0;
        while let Some(command) = bac.next_command()? {
            let mut answer = chip.process(&command.to_bytes());
            change(step, &mut answer);
            bac.receive(&ResponseApdu::parse(&answer).unwrap())?;
            step += 1;
        }
        Ok(bac.take_channel().unwrap())
    }

    #[test]
    fn a_chip_that_does_not_know_the_key_is_refused() {
        assert!(run(|_, _| ()).is_ok());
        for place in [0, 20, 39] {
            let result = run(|step, answer| {
                if step == 1 {
                    answer[place] ^= 1;
                }
            });
            assert_eq!(result, Err(BacError::WrongProof));
        }
        // It knows the key, but answers another challenge than the terminal's: an answer of an earlier run.
        let result = run(|step, answer| {
            if step == 0 {
                answer[0] ^= 1;
            }
        });
        assert_eq!(result, Err(BacError::PasswordRefused(0x6300)), "the chip notices first");
    }

    #[test]
    fn an_answer_of_an_earlier_run_is_refused() {
        let mut earlier = Vec::new();
        run(|step, answer| {
            if step == 1 {
                earlier.clone_from(answer);
            }
        })
        .unwrap();
        let random = BacRandom { challenge: [0x77; 8], key: [0x32; 16] };
        let mut bac = Bac::new(&mrz_key().unwrap(), random).unwrap();
        bac.receive(&ResponseApdu::new(vec![8; 8], 0x9000)).unwrap();
        let earlier = ResponseApdu::parse(&earlier).unwrap();
        assert_eq!(bac.receive(&earlier), Err(BacError::WrongProof));
        assert!(bac.take_channel().is_none());
    }

    #[test]
    fn a_wrong_key_is_told_from_a_chip_without_basic_access_control() {
        let refusal = |at: usize, sw: u16| {
            run(|step, answer| {
                if step == at {
                    *answer = sw.to_be_bytes().to_vec();
                }
            })
        };
        for sw in [0x6300, 0x63C1, 0x6982, 0x6A80] {
            assert_eq!(refusal(1, sw), Err(BacError::PasswordRefused(sw)));
            assert_eq!(refusal(0, sw), Err(BacError::Refused(sw)));
        }
        assert_eq!(refusal(1, 0x6D00), Err(BacError::Refused(0x6D00)));
        assert_eq!(refusal(0, 0x9000), Err(BacError::Malformed(0)));
        assert_eq!(refusal(1, 0x9000), Err(BacError::Malformed(0)));
    }
}
