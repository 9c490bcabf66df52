//! PACE with elliptic curves and generic mapping, the terminal's side (ICAO Doc 9303-11 4.4).

use const_oid::ObjectIdentifier;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    apdu::{ApduError, CommandApdu, ResponseApdu},
    bac::is_refused_password,
    cipher::{Cipher, Key, LengthError, SessionKeys},
    curve::{Curve, CurveError, x_coordinate},
    key_derivation::{Purpose, derive, session_keys},
    password::Password,
    secure_messaging::SecureMessaging,
};
use crate::{
    lds::{LdsError, card_access, security_info::Kind},
    tlv,
};

/// id-PACE-ECDH-GM (ICAO Doc 9303-11 9.2.1): the protocols under it differ in their cipher.
const ECDH_GENERIC_MAPPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4.2");

/// What of PACE a chip offers in EF.CardAccess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceOffer {
    /// No PACE at all.
    None,
    /// Only kinds that this software does not speak.
    Unsupported,
    /// This kind: of those that this software speaks the one with the strongest cipher, the first of them in the chip's order.
    Supported(PaceInfo),
}

impl PaceOffer {
    /// What EF.CardAccess offers.
    ///
    /// # Errors
    /// Where the file is not a set of SecurityInfos.
    pub fn from_card_access(file: &[u8]) -> Result<Self, LdsError> {
        let mut offer = Self::None;
        let mut strongest: Option<PaceInfo> = None;
        for info in &card_access::parse(file)? {
            if let Kind::Pace { version, parameter_id } = info.kind {
                match PaceInfo::new(info.protocol, version, parameter_id) {
                    // EF.CardAccess is not signed yet: its order must not choose the weaker.
                    Some(info) if strongest.is_none_or(|known| known.cipher < info.cipher) => {
                        strongest = Some(info);
                    }
                    Some(_) => {}
                    None => offer = Self::Unsupported,
                }
            }
        }
        Ok(strongest.map_or(offer, Self::Supported))
    }
}

/// One kind of PACE: cipher and curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceInfo {
    /// The cipher of the channel.
    pub cipher: Cipher,
    /// The curve.
    pub curve: Curve,
    /// The number of the standardised domain parameters.
    pub parameter: u8,
}

impl PaceInfo {
    fn new(protocol: ObjectIdentifier, version: u32, parameter: Option<u32>) -> Option<Self> {
        let cipher = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256]
            .into_iter()
            .find(|cipher| Self::protocol_with(*cipher) == Some(protocol))?;
        let parameter = u8::try_from(parameter?).ok()?;
        (version == 2).then_some(Self { cipher, curve: Curve::from_parameter(parameter)?, parameter })
    }

    fn protocol_with(cipher: Cipher) -> Option<ObjectIdentifier> {
        ECDH_GENERIC_MAPPING
            .push_arc(match cipher {
                Cipher::TripleDes => 1,
                Cipher::Aes128 => 2,
                Cipher::Aes192 => 3,
                Cipher::Aes256 => 4,
            })
            .ok()
    }

    /// The content of its protocol's object identifier.
    fn protocol(self) -> Vec<u8> {
        Self::protocol_with(self.cipher).map(|oid| oid.as_bytes().to_vec()).unwrap_or_default()
    }
}

/// A step of PACE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceStep {
    /// MSE:Set AT.
    SetParameters,
    /// GENERAL AUTHENTICATE, the encrypted nonce.
    Nonce,
    /// GENERAL AUTHENTICATE, the mapping of the nonce.
    Mapping,
    /// GENERAL AUTHENTICATE, the key agreement.
    KeyAgreement,
    /// GENERAL AUTHENTICATE, the tokens.
    MutualAuthentication,
}

/// Why PACE failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PaceError {
    /// The chip refused the terminal's token: the password is not this chip's.
    #[error("the chip refused the password ({0:04X})")]
    PasswordRefused(u16),
    /// The chip refused a step.
    #[error("the chip answered {sw:04X} to {step:?} of PACE")]
    Refused {
        /// The step.
        step: PaceStep,
        /// The status word.
        sw: u16,
    },
    /// An answer without the data that the step asks for.
    #[error("the chip's answer to {0:?} of PACE is malformed")]
    Malformed(PaceStep),
    /// A point that is none, or a private key that is none.
    #[error("PACE: {0}")]
    Curve(#[from] CurveError),
    /// The chip sent the terminal's own public key back (4.4.3.3 forbids it).
    #[error("the chip sent the terminal's own public key")]
    EqualKeys,
    /// The chip's token is wrong: it took any password, or is not the one that agreed on the key.
    #[error("the chip's own token is wrong")]
    WrongToken,
    /// Lengths that no standardised parameters lead to.
    #[error("PACE with lengths that do not fit its cipher")]
    Length,
}

impl From<LengthError> for PaceError {
    fn from(_: LengthError) -> Self {
        Self::Length
    }
}

impl From<ApduError> for PaceError {
    fn from(_: ApduError) -> Self {
        Self::Length
    }
}

/// The terminal's ephemeral private keys, drawn for one run: each below the curve's order, padded on the left.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PaceRandom {
    /// For the mapping.
    pub mapping: Vec<u8>,
    /// For the key agreement.
    pub agreement: Vec<u8>,
}

impl std::fmt::Debug for PaceRandom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaceRandom(****)")
    }
}

enum State {
    SetParameters,
    Nonce,
    Mapping { nonce: Zeroizing<Vec<u8>>, public: Vec<u8> },
    KeyAgreement { public: Vec<u8> },
    MutualAuthentication { keys: SessionKeys, token: [u8; 8], chip_token: [u8; 8] },
    Done(Option<SecureMessaging>),
}

/// One run of PACE, in the master file.
pub struct Pace {
    info: PaceInfo,
    reference: u8,
    password_key: Key,
    random: PaceRandom,
    state: State,
}

impl Pace {
    /// A run of the kind `info` with `password`.
    ///
    /// # Errors
    /// [`PaceError::Curve`] where `random` are not private keys of the curve.
    pub fn new(info: PaceInfo, password: &Password, random: PaceRandom) -> Result<Self, PaceError> {
        if ![&random.mapping, &random.agreement].into_iter().all(|key| info.curve.is_private_key(key)) {
            return Err(CurveError::NotAPrivateKey.into());
        }
        let password_key = derive(info.cipher, &password.secret(), Purpose::Password)?;
        Ok(Self { info, reference: password.reference(), password_key, random, state: State::SetParameters })
    }

    /// The command to send now, `None` when the run is over.
    ///
    /// # Errors
    /// None with standardised parameters.
    pub fn next_command(&self) -> Result<Option<CommandApdu>, PaceError> {
        let general = |tag: u32, value: &[u8]| {
            let object = if tag == 0 { Vec::new() } else { tlv::write(tag, value) };
            let command = CommandApdu::new(0x86, 0, 0).with_data(tlv::write(0x7C, &object))?.expecting(256);
            Ok(Some(if tag == 0x85 { command } else { command.chained() }))
        };
        match &self.state {
            State::SetParameters => {
                let data = [
                    tlv::write(0x80, &self.info.protocol()),
                    tlv::write(0x83, &[self.reference]),
                    // Needed by the standard only where the chip offers several; some chips want it always.
                    tlv::write(0x84, &[self.info.parameter]),
                ];
                // No Le: some chips refuse MSE with one.
                Ok(Some(CommandApdu::new(0x22, 0xC1, 0xA4).with_data(data.concat())?))
            }
            State::Nonce => general(0, &[]),
            State::Mapping { public, .. } => general(0x81, public),
            State::KeyAgreement { public } => general(0x83, public),
            State::MutualAuthentication { token, .. } => general(0x85, token),
            State::Done(_) => Ok(None),
        }
    }

    /// Takes the chip's answer.
    ///
    /// # Errors
    /// Any; the run is over then.
    pub fn receive(&mut self, response: &ResponseApdu) -> Result<(), PaceError> {
        let state = std::mem::replace(&mut self.state, State::Done(None));
        let curve = self.info.curve;
        self.state = match state {
            State::SetParameters => {
                // 63Cx: so many tries are left; not a refusal here.
                if !response.is_success() && response.sw() & 0xFFF0 != 0x63C0 {
                    return Err(PaceError::Refused { step: PaceStep::SetParameters, sw: response.sw() });
                }
                State::Nonce
            }
            State::Nonce => {
                let encrypted = dynamic_data(response, PaceStep::Nonce, 0x80)?;
                if encrypted.is_empty() || encrypted.len() > curve.size() {
                    return Err(PaceError::Malformed(PaceStep::Nonce));
                }
                let zero = vec![0; self.info.cipher.block_size()];
                let nonce = self.password_key.decrypt(&zero, encrypted)?;
                let public = curve.multiply(&self.random.mapping, &curve.generator())?;
                State::Mapping { nonce, public }
            }
            State::Mapping { nonce, .. } => {
                let chip = dynamic_data(response, PaceStep::Mapping, 0x82)?;
                let shared = Zeroizing::new(curve.multiply(&self.random.mapping, chip)?);
                let generator = curve.map(&nonce, &shared)?;
                let public = curve.multiply(&self.random.agreement, &generator)?;
                State::KeyAgreement { public }
            }
            State::KeyAgreement { public } => {
                let chip = dynamic_data(response, PaceStep::KeyAgreement, 0x84)?;
                if chip == public {
                    return Err(PaceError::EqualKeys);
                }
                let shared = Zeroizing::new(curve.multiply(&self.random.agreement, chip)?);
                let keys = session_keys(self.info.cipher, x_coordinate(&shared))?;
                let (token, chip_token) = (self.token(&keys, chip)?, self.token(&keys, &public)?);
                State::MutualAuthentication { keys, token, chip_token }
            }
            State::MutualAuthentication { keys, chip_token, .. } => {
                if is_refused_password(response.sw()) {
                    return Err(PaceError::PasswordRefused(response.sw()));
                }
                let token = dynamic_data(response, PaceStep::MutualAuthentication, 0x86)?;
                if !bool::from(chip_token.ct_eq(token)) {
                    return Err(PaceError::WrongToken);
                }
                State::Done(Some(SecureMessaging::new(keys, 0)))
            }
            State::Done(_) => {
                return Err(PaceError::Refused { step: PaceStep::MutualAuthentication, sw: response.sw() });
            }
        };
        Ok(())
    }

    /// The open channel, once, after the last answer.
    pub fn take_channel(&mut self) -> Option<SecureMessaging> {
        if let State::Done(channel) = &mut self.state { channel.take() } else { None }
    }

    /// The authentication token over the other side's public key (4.4.3.4).
    fn token(&self, keys: &SessionKeys, public: &[u8]) -> Result<[u8; 8], LengthError> {
        let objects = [tlv::write(0x06, &self.info.protocol()), tlv::write(0x86, public)].concat();
        keys.mac.mac(&tlv::write(0x7F49, &objects))
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pace({:?}, {:?})", self.info.curve, self.info.cipher)
    }
}

/// The object with `tag` in the dynamic authentication data of an answer.
fn dynamic_data(response: &ResponseApdu, step: PaceStep, tag: u32) -> Result<&[u8], PaceError> {
    if !response.is_success() {
        return Err(PaceError::Refused { step, sw: response.sw() });
    }
    let objects = tlv::only(0x7C, response.data.as_slice()).map_err(|_| PaceError::Malformed(step))?;
    tlv::Reader::new(objects).find(tag).ok().flatten().ok_or(PaceError::Malformed(step))
}

#[cfg(test)]
mod tests;
