//! From a made-up person to the files and keys of their card or passport, the same every time.

use std::collections::BTreeMap;

use bp384::r1::NonZeroScalar;
use const_oid::ObjectIdentifier;
use identity::{lds::FileId, number::Can};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use rsa::{PrivateKey, pkcs8::EncodePublicKey as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::portrait;
use crate::seeds::{AccessProtocols, Cipher, Curve, Defect, PaceKind};
use issuer::Issuer;
pub use order::{Order, Personalise};

mod files;
pub mod issuer;
mod mrz;
mod order;
mod security_object;

impl PaceKind {
    /// id-PACE-ECDH-GM-3DES-CBC-CBC, or the one with AES-CBC-CMAC-128, -192 or -256.
    pub(super) const fn protocol(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self.cipher {
            Cipher::TripleDes => "0.4.0.127.0.7.2.2.4.2.1",
            Cipher::Aes128 => "0.4.0.127.0.7.2.2.4.2.2",
            Cipher::Aes192 => "0.4.0.127.0.7.2.2.4.2.3",
            Cipher::Aes256 => "0.4.0.127.0.7.2.2.4.2.4",
        })
    }

    /// The number of its standardised domain parameters (ICAO 9303-11 table 6).
    pub(super) const fn parameter(self) -> u8 {
        match self.curve {
            Curve::P256 => 12,
            Curve::BrainpoolP256r1 => 13,
        }
    }
}

/// Why a card cannot be made. Names the person's slug, nothing else of them.
#[derive(Debug, Error)]
pub enum PersonaliseError {
    /// The document number is not nine digits.
    #[error("the document number of `{0}` is not nine digits: correct the seed")]
    DocumentNumber(String),
    /// A passport's number or personal number is none, too long, or not of capital letters and digits.
    #[error(
        "`{0}`: a passport's number has 1 to 9 capital letters and digits, a personal number up to 14: correct the seed"
    )]
    PassportNumber(String),
    /// The RSA key cannot be made or read.
    #[error("the active authentication key: {0}")]
    Rsa(#[from] rsa::Error),
    /// A key cannot be encoded or decoded.
    #[error("encoding a key: {0}")]
    Key(#[from] x509_cert::spki::Error),
    /// A key of the made-up issuer is out of range: the label has to be changed.
    #[error("the label `{0}` gives no usable key")]
    Scalar(String),
    /// A certificate cannot be built.
    #[error("building a certificate: {0}")]
    Certificate(#[from] x509_cert::builder::Error),
    /// Something cannot be encoded.
    #[error("encoding DER: {0}")]
    Der(#[from] der::Error),
    /// The portrait cannot be encoded.
    #[error("encoding the portrait: {0}")]
    Portrait(#[from] image::ImageError),
}

/// The files and secrets of one card: what a personalisation bureau would send to the chip.
#[derive(Clone)]
pub struct PersonalisedCard {
    /// Every file that a terminal may read, by name. EF.CardAccess is absent where the chip speaks only BAC.
    pub files: BTreeMap<FileId, Vec<u8>>,
    /// The private key of active authentication. Absent: the chip refuses to prove itself.
    pub active_authentication: Option<PrivateKey>,
    /// The card access number.
    pub can: Can,
    /// The three pieces of the MRZ that open the chip, as printed: document number, birth, expiry.
    pub mrz_key: [String; 3],
    /// The kind of PACE that the chip speaks, if any.
    pub pace: Option<PaceKind>,
}

impl PersonalisedCard {
    /// The MRZ information that BAC and PACE derive their keys from (ICAO 9303-11 9.7.2, 9.7.3).
    pub(super) fn mrz_information(&self) -> String {
        self.mrz_key
            .iter()
            .fold(String::new(), |text, part| text + part + &mrz::check_digit(part).to_string())
    }
}

impl std::fmt::Debug for PersonalisedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonalisedCard")
            .field("files", &self.files.len())
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// What opens the chip of `document` by its machine-readable zone, as printed: document number, birth, expiry.
///
/// # Errors
/// As [`personalise`].
pub fn mrz_key(document: &impl Personalise) -> Result<[String; 3], PersonaliseError> {
    document.order().map(|order| order.mrz.key)
}

/// Makes the card or passport that `document` describes.
///
/// # Errors
/// Where the seed holds what no document can.
pub fn personalise(document: &impl Personalise) -> Result<PersonalisedCard, PersonaliseError> {
    let order = document.order()?;
    let (slug, defect) = (&order.slug, order.defect);
    let key = active_authentication_key(slug)?;
    let pace = (order.access == AccessProtocols::PaceAndBac).then_some(order.pace);

    let mut groups = BTreeMap::from([
        (1, files::dg1(&order.mrz)),
        (15, files::dg15(key.to_public_key().to_public_key_der()?.as_bytes())),
    ]);
    groups.extend(order.own_groups);
    if let Some(sitter) = &order.sitter {
        let jpeg = portrait::draw(sitter)?;
        groups.insert(2, files::dg2(&jpeg, portrait::WIDTH, portrait::HEIGHT, sitter.sex));
    }
    if let Some(kind) = pace {
        groups.insert(14, files::dg14(kind));
    }

    let issuer = match defect {
        Defect::UnknownIssuer => Issuer::unknown()?,
        _ => (order.issuer)()?,
    };
    let mut security_object = security_object::write(&groups, &issuer)?;
    match defect {
        Defect::ForgedSecurityObject => {
            // The last byte is the end of the signature's second number.
            if let Some(byte) = security_object.last_mut() {
                *byte ^= 1;
            }
        }
        Defect::ForgedDataGroup => {
            groups.extend([order.forged_group]);
        }
        _ => {}
    }

    let tags: Vec<u8> =
        groups.keys().filter_map(|number| FileId::data_group(*number)).map(FileId::tag).collect();
    let mut contents = BTreeMap::from([(FileId::Com, files::com(&tags)), (FileId::Sod, security_object)]);
    if let Some(kind) = pace {
        contents.insert(FileId::CardAccess, files::card_access(kind));
    }
    // DG3 stays behind terminal authentication, which nobody outside the police can do.
    contents.extend(
        groups
            .into_iter()
            .filter(|(number, _)| *number != 3)
            .filter_map(|(number, content)| Some((FileId::data_group(number)?, content))),
    );
    let active_authentication = match defect {
        Defect::WithholdsProof => None,
        Defect::ClonedChip => Some(active_authentication_key(&format!("{slug} copied"))?),
        _ => Some(key),
    };
    Ok(PersonalisedCard {
        files: contents,
        active_authentication,
        can: order.can,
        mrz_key: order.mrz.key,
        pace,
    })
}

/// The Ed25519 seed of the demonstration's kiosk, or software of its station, with this id.
pub fn kiosk_key(id: &str) -> [u8; 32] {
    label("kiosk", id)
}

fn label(purpose: &str, name: &str) -> [u8; 32] {
    Sha256::digest(format!("dữ liệu mô phỏng / {purpose} / {name}")).into()
}

/// A private key on brainpoolP384r1 that follows from `name` alone.
fn scalar(name: &str) -> Result<NonZeroScalar, PersonaliseError> {
    let mut bytes = bp384::FieldBytes::default();
    ChaCha20Rng::from_seed(label("scalar", name)).fill_bytes(&mut bytes);
    // The curve's order begins with 8C: a key that begins with 0 is in range.
    if let Some(first) = bytes.first_mut() {
        *first = 0;
    }
    Option::from(NonZeroScalar::from_repr(bytes)).ok_or_else(|| PersonaliseError::Scalar(name.into()))
}

fn active_authentication_key(name: &str) -> Result<PrivateKey, PersonaliseError> {
    let mut random = ChaCha20Rng::from_seed(label("active authentication", name));
    Ok(PrivateKey::new(&mut random, 2048)?)
}

#[cfg(test)]
mod tests;
