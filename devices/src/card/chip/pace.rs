//! The chip's side of PACE with generic mapping (ICAO 9303-11 4.4).

use super::{
    Randomness,
    apdu::{objects, status},
    channel::Channel,
    cipher::{Key, Purpose, derive},
};
use crate::{
    card::der::{object, oid},
    seeds::PaceKind,
};

/// A run of PACE.
pub struct Pace {
    kind: PaceKind,
    step: Step,
}

/// How far a run has come.
enum Step {
    /// MSE:Set AT named a password: the key derived from it.
    Chosen { key: Key },
    /// The encrypted nonce was sent.
    NonceSent { nonce: [u8; 16] },
    /// The generator was agreed.
    Mapped { generator: Vec<u8> },
    /// The keys were agreed; the terminal has to prove that it has them.
    Agreed { encryption: Key, authentication: Key, theirs: Vec<u8>, ours: Vec<u8> },
}

/// Which password MSE:Set AT names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PasswordReference {
    /// `01`.
    Mrz,
    /// `02`.
    Can,
}

/// What a step leads to: the content of the answer's dynamic authentication data, and what follows.
pub enum Progress {
    /// The next step is awaited.
    Next(Vec<u8>, Pace),
    /// Both sides have proved themselves.
    Done(Vec<u8>, Channel),
}

/// The data field of MSE:Set AT (`00 22 C1 A4`), to a chip that speaks `kind`.
///
/// # Errors
/// A status word.
pub fn set(kind: PaceKind, data: &[u8]) -> Result<PasswordReference, u16> {
    let (mut mechanism, mut password) = (false, None);
    for (tag, value) in objects(data).ok_or(status::WRONG_DATA)? {
        match (tag, value) {
            (0x80, value) if value == kind.protocol().as_bytes() => mechanism = true,
            (0x83, [1]) => password = Some(PasswordReference::Mrz),
            (0x83, [2]) => password = Some(PasswordReference::Can),
            (0x84, [parameter]) if *parameter == kind.parameter() => {}
            (0x83 | 0x84, _) => return Err(status::NO_SUCH_REFERENCE),
            _ => return Err(status::WRONG_DATA),
        }
    }
    match password {
        Some(password) if mechanism => Ok(password),
        _ => Err(status::WRONG_DATA),
    }
}

impl Pace {
    /// A run with the password `secret`: the CAN's digits, or the SHA-1 of the MRZ information.
    pub fn new(kind: PaceKind, secret: &[u8]) -> Self {
        Self { kind, step: Step::Chosen { key: derive(kind.cipher, secret, Purpose::Password) } }
    }

    /// Whether the command for the next step must be chained (all but the last).
    pub const fn is_chained(&self) -> bool {
        !matches!(self.step, Step::Agreed { .. })
    }

    /// One GENERAL AUTHENTICATE.
    ///
    /// # Errors
    /// A status word; the run is over then.
    pub fn step(self, data: &[u8], random: &mut Randomness) -> Result<Progress, u16> {
        let outer = objects(data).ok_or(status::WRONG_DATA)?;
        let [(0x7C, content)] = outer.as_slice() else { return Err(status::WRONG_DATA) };
        let inner = objects(content).ok_or(status::WRONG_DATA)?;
        let Self { kind, step } = self;
        let PaceKind { cipher, curve } = kind;
        let next = |tag, value: &[u8], step| Ok(Progress::Next(answer(tag, value), Self { kind, step }));
        match (step, inner.as_slice()) {
            (Step::Chosen { key }, []) => {
                let mut nonce = [0; 16];
                random(&mut nonce);
                let mut encrypted = nonce;
                key.encrypt(&vec![0; key.block()], &mut encrypted);
                next(0x80, &encrypted, Step::NonceSent { nonce })
            }
            (Step::NonceSent { nonce }, [(0x81, theirs)]) => {
                let private = curve.draw(random).ok_or(status::INTERNAL)?;
                let ours = curve.multiply(&private, None).ok_or(status::INTERNAL)?;
                let shared = curve.multiply(&private, Some(theirs)).ok_or(status::WRONG_DATA)?;
                let mut wide = [0; 32];
                wide.iter_mut().skip(16).zip(nonce).for_each(|(byte, nonce)| *byte = nonce);
                let generator = curve
                    .multiply(&wide, None)
                    .and_then(|base| curve.add(&base, &shared))
                    .ok_or(status::AUTHENTICATION_FAILED)?;
                next(0x82, &ours, Step::Mapped { generator })
            }
            (Step::Mapped { generator }, [(0x83, theirs)]) => {
                let private = curve.draw(random).ok_or(status::INTERNAL)?;
                let ours = curve.multiply(&private, Some(&generator)).ok_or(status::INTERNAL)?;
                if ours == *theirs {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let shared = curve.multiply(&private, Some(theirs)).ok_or(status::WRONG_DATA)?;
                // The x coordinate alone.
                let secret = shared.get(1..33).ok_or(status::INTERNAL)?;
                let agreed = Step::Agreed {
                    encryption: derive(cipher, secret, Purpose::Encryption),
                    authentication: derive(cipher, secret, Purpose::Authentication),
                    theirs: theirs.to_vec(),
                    ours: ours.clone(),
                };
                next(0x84, &ours, agreed)
            }
            (Step::Agreed { encryption, authentication, theirs, ours }, [(0x85, token)]) => {
                if token_over(kind, &authentication, &ours) != *token {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let proof = token_over(kind, &authentication, &theirs);
                Ok(Progress::Done(answer(0x86, &proof), Channel::new(encryption, authentication, 0)))
            }
            _ => Err(status::WRONG_DATA),
        }
    }
}

fn answer(tag: u32, value: &[u8]) -> Vec<u8> {
    object(0x7C, &[&object(tag, &[value])])
}

/// The authentication token over a public key (ICAO 9303-11 4.4.3.4).
fn token_over(kind: PaceKind, key: &Key, public_key: &[u8]) -> [u8; 8] {
    let data = object(0x7F49, &[&oid(kind.protocol()), &object(0x86, &[public_key])]);
    match key {
        Key::TripleDes(_) => key.mac(&key.pad(&data)),
        Key::Aes128(_) | Key::Aes192(_) | Key::Aes256(_) => key.mac(&data),
    }
}
