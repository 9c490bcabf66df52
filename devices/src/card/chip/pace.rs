//! The chip's side of PACE with generic mapping on brainpoolP256r1 and AES-128 (ICAO 9303-11 4.4).

use bp256::{
    BrainpoolP256r1,
    elliptic_curve::{
        point::AffineCoordinates as _,
        sec1::{FromSec1Point as _, ToSec1Point as _},
    },
    r1::{AffinePoint, NonZeroScalar, ProjectivePoint},
};

use super::{
    Randomness,
    apdu::{objects, status},
    channel::Channel,
    cipher::{Purpose, Suite, derive},
};
use crate::card::{
    der::{object, oid},
    personalise::{BRAINPOOL_P256R1, PACE_GM_AES_128},
};

/// How far a run of PACE has come.
pub enum Pace {
    /// MSE:Set AT named a password.
    Chosen {
        /// The key derived from it.
        key: [u8; 16],
    },
    /// The encrypted nonce was sent.
    NonceSent {
        /// The nonce.
        nonce: [u8; 16],
    },
    /// The generator was agreed.
    Mapped {
        /// The mapped generator.
        generator: ProjectivePoint,
    },
    /// The keys were agreed; the terminal has to prove that it has them.
    Agreed {
        /// For encryption.
        encryption: [u8; 16],
        /// For authentication.
        authentication: [u8; 16],
        /// The terminal's public key, an uncompressed point.
        theirs: Vec<u8>,
        /// The chip's.
        ours: Vec<u8>,
    },
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

/// The data field of MSE:Set AT (`00 22 C1 A4`).
///
/// # Errors
/// A status word.
pub fn set(data: &[u8]) -> Result<PasswordReference, u16> {
    let (mut mechanism, mut password) = (false, None);
    for (tag, value) in objects(data).ok_or(status::WRONG_DATA)? {
        match (tag, value) {
            (0x80, value) if value == PACE_GM_AES_128.as_bytes() => mechanism = true,
            (0x83, [1]) => password = Some(PasswordReference::Mrz),
            (0x83, [2]) => password = Some(PasswordReference::Can),
            (0x84, [parameters]) if *parameters == BRAINPOOL_P256R1 => {}
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
    pub fn new(secret: &[u8]) -> Self {
        Self::Chosen { key: derive(secret, Purpose::Password) }
    }

    /// Whether the command for the next step must be chained (all but the last).
    pub const fn is_chained(&self) -> bool {
        !matches!(self, Self::Agreed { .. })
    }

    /// One GENERAL AUTHENTICATE.
    ///
    /// # Errors
    /// A status word; the run is over then.
    pub fn step(self, data: &[u8], random: &mut Randomness) -> Result<Progress, u16> {
        let outer = objects(data).ok_or(status::WRONG_DATA)?;
        let [(0x7C, content)] = outer.as_slice() else { return Err(status::WRONG_DATA) };
        let inner = objects(content).ok_or(status::WRONG_DATA)?;
        match (self, inner.as_slice()) {
            (Self::Chosen { key }, []) => {
                let mut nonce = [0; 16];
                random(&mut nonce);
                let mut encrypted = nonce;
                Suite::Aes128.encrypt(&key, &[0; 16], &mut encrypted);
                Ok(Progress::Next(answer(0x80, &encrypted), Self::NonceSent { nonce }))
            }
            (Self::NonceSent { nonce }, [(0x81, theirs)]) => {
                let theirs = point(theirs)?;
                let private = draw(random)?;
                let ours = encode(&(ProjectivePoint::GENERATOR * *private));
                let mut wide = bp256::FieldBytes::default();
                wide.iter_mut().skip(16).zip(nonce).for_each(|(byte, nonce)| *byte = nonce);
                let nonce = scalar(wide).ok_or(status::AUTHENTICATION_FAILED)?;
                let generator = ProjectivePoint::GENERATOR * *nonce + theirs * *private;
                if generator == ProjectivePoint::IDENTITY {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                Ok(Progress::Next(answer(0x82, &ours), Self::Mapped { generator }))
            }
            (Self::Mapped { generator }, [(0x83, theirs)]) => {
                let private = draw(random)?;
                let ours = encode(&(generator * *private));
                if ours == *theirs {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let shared = (point(theirs)? * *private).to_affine().x();
                let next = Self::Agreed {
                    encryption: derive(&shared, Purpose::Encryption),
                    authentication: derive(&shared, Purpose::Authentication),
                    theirs: theirs.to_vec(),
                    ours: ours.clone(),
                };
                Ok(Progress::Next(answer(0x84, &ours), next))
            }
            (Self::Agreed { encryption, authentication, theirs, ours }, [(0x85, token)]) => {
                if token_over(&authentication, &ours) != *token {
                    return Err(status::AUTHENTICATION_FAILED);
                }
                let proof = token_over(&authentication, &theirs);
                let channel = Channel::new(Suite::Aes128, encryption, authentication, 0);
                Ok(Progress::Done(answer(0x86, &proof), channel))
            }
            _ => Err(status::WRONG_DATA),
        }
    }
}

fn answer(tag: u32, value: &[u8]) -> Vec<u8> {
    object(0x7C, &[&object(tag, &[value])])
}

/// The authentication token over a public key (ICAO 9303-11 4.4.3.4).
fn token_over(key: &[u8; 16], public_key: &[u8]) -> [u8; 8] {
    let data = object(0x7F49, &[&oid(PACE_GM_AES_128), &object(0x86, &[public_key])]);
    Suite::Aes128.mac(key, &data)
}

/// A point on the curve, not at infinity, from its uncompressed form.
fn point(bytes: &[u8]) -> Result<ProjectivePoint, u16> {
    if bytes.first() != Some(&4) {
        return Err(status::WRONG_DATA);
    }
    AffinePoint::from_sec1_bytes(bytes).map(ProjectivePoint::from).map_err(|_| status::WRONG_DATA)
}

fn encode(point: &ProjectivePoint) -> Vec<u8> {
    let encoded: bp256::elliptic_curve::sec1::Sec1Point<BrainpoolP256r1> =
        point.to_affine().to_sec1_point(false);
    encoded.as_bytes().to_vec()
}

fn scalar(bytes: bp256::FieldBytes) -> Option<NonZeroScalar> {
    NonZeroScalar::from_repr(bytes).into_option()
}

/// A private key. Some two in three draws are below the curve's order; a source that never gives one is broken.
fn draw(random: &mut Randomness) -> Result<NonZeroScalar, u16> {
    (0..128)
        .find_map(|_| {
            let mut bytes = bp256::FieldBytes::default();
            random(&mut bytes);
            scalar(bytes)
        })
        .ok_or(status::INTERNAL)
}
