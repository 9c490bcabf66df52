//! Recorded runs of a protocol, repeated exactly: the terminal's random values are given, so each command and
//! the keys at the end must come out the same.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    CommandApdu, Password, ResponseApdu, SecureMessaging,
    bac::{Bac, BacError, BacRandom},
    cipher::{Cipher, Key, SessionKeys},
    pace::{Pace, PaceError, PaceOffer, PaceRandom},
    secure_messaging::SecureMessagingError,
};
use crate::{mrz::MrzKey, number::Can};

/// A recorded run.
#[derive(Debug, Clone, Deserialize)]
pub struct Trace {
    /// What it is.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// The protocol.
    pub protocol: Protocol,
    /// What opened the chip.
    pub password: Option<TracePassword>,
    /// EF.CardAccess (PACE).
    pub card_access: Option<HexBytes>,
    /// The channel at the start, where there is one.
    pub secure_messaging: Option<TraceChannel>,
    /// The terminal's random values in the order used: RND.IFD and K.IFD (BAC); the private keys for mapping and
    /// agreement (PACE).
    #[serde(default)]
    pub terminal_random: Vec<HexBytes>,
    /// What was sent and what came back, status word included.
    pub exchanges: Vec<TraceExchange>,
    /// The keys and the counter at the end.
    pub expected: Expected,
}

/// A protocol of which runs are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Basic access control.
    Bac,
    /// PACE.
    Pace,
    /// Chip authentication, which is not replayed.
    ChipAuthentication,
}

/// The password of a trace.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TracePassword {
    /// The card access number.
    Can(String),
    /// The fields of the machine-readable zone.
    Mrz {
        /// As printed.
        document_number: String,
        /// YYMMDD.
        date_of_birth: String,
        /// YYMMDD.
        date_of_expiry: String,
    },
}

impl std::fmt::Debug for TracePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TracePassword(******)")
    }
}

/// A channel that is open when the trace begins.
#[derive(Debug, Clone, Deserialize)]
pub struct TraceChannel {
    /// The family of its cipher.
    pub cipher: CipherFamily,
    /// KS_Enc; its length says which AES.
    pub ks_enc: HexBytes,
    /// KS_MAC.
    pub ks_mac: HexBytes,
    /// The send sequence counter: 8 bytes with 3DES, 16 with AES.
    pub ssc: HexBytes,
}

/// A family of ciphers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum CipherFamily {
    /// 3DES.
    #[serde(rename = "3des")]
    TripleDes,
    /// AES, of any key length.
    #[serde(rename = "aes")]
    Aes,
}

/// One command and its answer.
#[derive(Debug, Clone, Deserialize)]
pub struct TraceExchange {
    /// The command as sent.
    pub command: HexBytes,
    /// The answer with its status word.
    pub response: HexBytes,
}

/// What must be there at the end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// KS_Enc.
    pub ks_enc: HexBytes,
    /// KS_MAC.
    pub ks_mac: HexBytes,
    /// The send sequence counter. Only PACE, after which it is always 0, may leave it out.
    pub ssc: Option<HexBytes>,
    /// Whether the chip proved itself in the same run (PACE-CAM), which is not replayed.
    pub chip_authenticated: Option<bool>,
}

/// Bytes that are hex in JSON. `Debug` shows only how many.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct HexBytes(#[serde(with = "hex")] pub Vec<u8>);

impl std::fmt::Debug for HexBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HexBytes({} bytes)", self.0.len())
    }
}

/// A run that was repeated exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The trace's name.
    pub name: String,
    /// The protocol.
    pub protocol: Protocol,
    /// Commands that were the recorded ones, byte for byte.
    pub exchanges: usize,
    /// Values at the end that were compared and equal: `ks_enc`, `ks_mac`, `ssc`.
    pub compared: Vec<&'static str>,
}

/// Why a run was not repeated exactly.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// A field of the trace is missing, or its content is not of its kind.
    #[error("the trace's {0} is missing or not what the protocol needs")]
    Trace(&'static str),
    /// The protocol is not replayed.
    #[error("{0:?} is not replayed by this software")]
    Protocol(Protocol),
    /// A command is not the recorded one.
    #[error("command {index} differs from the recorded one at byte {position}")]
    Command {
        /// Which, from 0.
        index: usize,
        /// The first byte that differs.
        position: usize,
    },
    /// The trace ends before the protocol does, or goes on after it.
    #[error("the protocol takes another number of exchanges than the {0} recorded")]
    Exchanges(usize),
    /// An answer is not one.
    #[error("answer {0} is not a response")]
    Answer(usize),
    /// PACE refused an answer.
    #[error(transparent)]
    Pace(#[from] PaceError),
    /// Basic access control refused an answer.
    #[error(transparent)]
    Bac(#[from] BacError),
    /// The channel at the start refused an answer.
    #[error(transparent)]
    SecureMessaging(#[from] SecureMessagingError),
    /// A key or the counter at the end is not the expected one.
    #[error("{0} at the end is not the expected one")]
    Outcome(&'static str),
}

enum Session {
    Bac(Bac),
    Pace(Pace),
}

impl Session {
    fn new(trace: &Trace) -> Result<Self, ReplayError> {
        let password = match trace.password.as_ref().ok_or(ReplayError::Trace("password"))? {
            TracePassword::Can(digits) => Can::parse(digits).ok().map(Password::Can),
            TracePassword::Mrz { document_number, date_of_birth, date_of_expiry } => {
                MrzKey::new(document_number, date_of_birth, date_of_expiry).ok().map(Password::Mrz)
            }
        };
        let password = password.ok_or(ReplayError::Trace("password"))?;
        let bad_random = ReplayError::Trace("terminal_random");
        let [HexBytes(first), HexBytes(second)] = trace.terminal_random.as_slice() else {
            return Err(bad_random);
        };
        match trace.protocol {
            Protocol::Bac => {
                let Password::Mrz(key) = password else { return Err(ReplayError::Trace("password")) };
                let (Ok(challenge), Ok(half)) = (first.as_slice().try_into(), second.as_slice().try_into())
                else {
                    return Err(bad_random);
                };
                Ok(Self::Bac(Bac::new(&key, BacRandom { challenge, key: half })?))
            }
            Protocol::Pace => {
                let missing = ReplayError::Trace("card_access");
                let Some(HexBytes(file)) = &trace.card_access else { return Err(missing) };
                let Ok(PaceOffer::Supported(info)) = PaceOffer::from_card_access(file) else {
                    return Err(missing);
                };
                let random = PaceRandom { mapping: first.clone(), agreement: second.clone() };
                Ok(Self::Pace(Pace::new(info, &password, random)?))
            }
            Protocol::ChipAuthentication => Err(ReplayError::Protocol(trace.protocol)),
        }
    }

    fn next_command(&self) -> Result<Option<CommandApdu>, ReplayError> {
        Ok(match self {
            Self::Bac(bac) => bac.next_command()?,
            Self::Pace(pace) => pace.next_command()?,
        })
    }

    fn receive(&mut self, response: &ResponseApdu) -> Result<(), ReplayError> {
        match self {
            Self::Bac(bac) => bac.receive(response)?,
            Self::Pace(pace) => pace.receive(response)?,
        }
        Ok(())
    }

    fn take_channel(&mut self) -> Option<SecureMessaging> {
        match self {
            Self::Bac(bac) => bac.take_channel(),
            Self::Pace(pace) => pace.take_channel(),
        }
    }
}

impl TraceChannel {
    fn open(&self) -> Option<SecureMessaging> {
        let cipher = match (self.cipher, self.ks_enc.0.len()) {
            (CipherFamily::TripleDes, 16) => Cipher::TripleDes,
            (CipherFamily::Aes, 16) => Cipher::Aes128,
            (CipherFamily::Aes, 24) => Cipher::Aes192,
            (CipherFamily::Aes, 32) => Cipher::Aes256,
            _ => return None,
        };
        if self.ssc.0.len() != cipher.block_size() {
            return None;
        }
        let ssc = self.ssc.0.iter().fold(0, |ssc, byte| ssc << 8 | u128::from(*byte));
        let key = |bytes: &HexBytes| Key::new(cipher, &bytes.0).ok();
        Some(SecureMessaging::new(SessionKeys { enc: key(&self.ks_enc)?, mac: key(&self.ks_mac)? }, ssc))
    }
}

/// Repeats a recorded run.
///
/// # Errors
/// Where a command, an answer or a key at the end is not as recorded.
pub fn replay(trace: &Trace) -> Result<Report, ReplayError> {
    let mut session = Session::new(trace)?;
    let expected = &trace.expected;
    // A run is not called repeated while something that it claims was left uncompared.
    if trace.protocol == Protocol::Bac && expected.ssc.is_none() {
        return Err(ReplayError::Trace("expected.ssc"));
    }
    if expected.chip_authenticated == Some(true) {
        return Err(ReplayError::Trace("expected.chip_authenticated"));
    }
    let mut outer = match &trace.secure_messaging {
        None => None,
        Some(channel) => Some(channel.open().ok_or(ReplayError::Trace("secure_messaging"))?),
    };
    for (index, exchange) in trace.exchanges.iter().enumerate() {
        let command = session.next_command()?.ok_or(ReplayError::Exchanges(trace.exchanges.len()))?;
        let command = match &mut outer {
            None => command,
            Some(channel) => channel.protect(&command)?,
        };
        let (ours, recorded) = (command.to_bytes(), &exchange.command.0);
        if ours != *recorded {
            let common = ours.iter().zip(recorded).take_while(|(ours, recorded)| ours == recorded).count();
            return Err(ReplayError::Command { index, position: common });
        }
        let response = ResponseApdu::parse(&exchange.response.0).map_err(|_| ReplayError::Answer(index))?;
        let response = match &mut outer {
            None => response,
            Some(channel) => channel.unprotect(&response)?,
        };
        session.receive(&response)?;
    }
    let channel = session.take_channel().ok_or(ReplayError::Exchanges(trace.exchanges.len()))?;
    let ssc = channel.send_sequence_counter();
    let mut compared = Vec::new();
    for (name, ours, expected) in [
        ("ks_enc", channel.keys().enc.as_bytes(), Some(&expected.ks_enc)),
        ("ks_mac", channel.keys().mac.as_bytes(), Some(&expected.ks_mac)),
        ("ssc", ssc.as_slice(), expected.ssc.as_ref()),
    ] {
        match expected {
            None => {}
            Some(HexBytes(expected)) if expected == ours => compared.push(name),
            Some(_) => return Err(ReplayError::Outcome(name)),
        }
    }
    Ok(Report {
        name: trace.name.clone(),
        protocol: trace.protocol,
        exchanges: trace.exchanges.len(),
        compared,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(text: &str) -> Trace {
        serde_json::from_str(text).unwrap()
    }

    fn bac() -> Trace {
        trace(include_str!("../../tests/vectors/bac.json"))
    }

    fn pace() -> Trace {
        trace(include_str!("../../tests/vectors/pace_gm_ecdh.json"))
    }

    #[test]
    fn the_standards_examples_come_out_byte_for_byte() {
        for (trace, exchanges) in [(bac(), 2), (pace(), 5)] {
            let report = replay(&trace).unwrap();
            assert_eq!(report.exchanges, exchanges);
            assert_eq!(report.compared, ["ks_enc", "ks_mac", "ssc"]);
        }
    }

    #[test]
    fn a_changed_command_key_or_answer_is_noticed() {
        for original in [bac(), pace()] {
            let mut changed = original.clone();
            *changed.exchanges[1].command.0.last_mut().unwrap() ^= 1;
            assert!(matches!(replay(&changed), Err(ReplayError::Command { index: 1, .. })));

            let mut changed = original.clone();
            changed.expected.ssc.as_mut().unwrap().0[0] ^= 1;
            assert_eq!(replay(&changed), Err(ReplayError::Outcome("ssc")));

            let mut changed = original.clone();
            let last = changed.exchanges.len() - 1;
            changed.exchanges[last].response.0[5] ^= 1;
            assert!(matches!(replay(&changed), Err(ReplayError::Pace(_) | ReplayError::Bac(_))));

            let mut changed = original.clone();
            changed.exchanges.pop();
            assert!(matches!(replay(&changed), Err(ReplayError::Exchanges(_))));

            let mut changed = original.clone();
            changed.terminal_random[1].0[0] ^= 1;
            assert!(replay(&changed).is_err());
        }
    }

    #[test]
    fn a_trace_that_leaves_the_end_open_proves_nothing() {
        let with_expected = |text: &str, change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
            let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
            change(value["expected"].as_object_mut().unwrap());
            serde_json::from_value::<Trace>(value)
        };
        let bac = include_str!("../../tests/vectors/bac.json");
        let pace = include_str!("../../tests/vectors/pace_gm_ecdh.json");
        for text in [bac, pace] {
            for key in ["ks_enc", "ks_mac"] {
                assert!(with_expected(text, &|expected| drop(expected.remove(key))).is_err(), "{key}");
            }
            let misspelt =
                with_expected(text, &|expected| drop(expected.insert("ks_encc".into(), "00".into())));
            assert!(misspelt.is_err());
        }
        let without = |text| with_expected(text, &|expected| drop(expected.remove("ssc"))).unwrap();
        assert_eq!(replay(&without(bac)), Err(ReplayError::Trace("expected.ssc")));
        assert_eq!(replay(&without(pace)).unwrap().compared, ["ks_enc", "ks_mac"]);
        let proved =
            with_expected(pace, &|expected| drop(expected.insert("chip_authenticated".into(), true.into())));
        assert_eq!(replay(&proved.unwrap()), Err(ReplayError::Trace("expected.chip_authenticated")));
    }

    #[test]
    fn debug_of_a_trace_shows_no_key() {
        let text = format!("{:?}", bac());
        assert!(!text.contains("L898902C") && text.contains("HexBytes(8 bytes)"), "{text}");
    }
}
