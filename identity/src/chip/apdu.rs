//! Command and response APDUs (ISO/IEC 7816-3 12.1, 7816-4 5.1).

use iso7816::{
    Instruction, Status,
    command::{
        CommandBuilder, ExpectedLen,
        class::{Class, ZERO_CLA},
    },
};
use thiserror::Error;

use crate::bytes::SecretBytes;

/// The most data that one command carries.
pub const MAX_COMMAND_DATA: usize = 65_535;
/// The most data that one command can ask for.
pub const MAX_EXPECTED: usize = 65_536;

/// Why bytes are not an APDU, or data do not fit one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ApduError {
    /// More data than an extended command carries.
    #[error("{0} bytes of command data; an extended command carries 65,535 at most")]
    DataTooLong(usize),
    /// The bytes are none of the seven forms of a command.
    #[error("{0} bytes that are no command: the length fields do not fit")]
    NotACommand(usize),
    /// Fewer than the two bytes of a status.
    #[error("{0} bytes are no response: a response ends with two bytes of status")]
    NotAResponse(usize),
}

/// A command. `Debug` shows its header and lengths, never its data.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu {
    class: Class,
    instruction: u8,
    parameters: [u8; 2],
    data: SecretBytes,
    expected: usize,
}

impl CommandApdu {
    /// A command of class 00 without data, that expects no data.
    pub fn new(instruction: u8, p1: u8, p2: u8) -> Self {
        Self { class: ZERO_CLA, instruction, parameters: [p1, p2], data: SecretBytes::default(), expected: 0 }
    }

    /// The same command with `data`.
    ///
    /// # Errors
    /// [`ApduError::DataTooLong`] over [`MAX_COMMAND_DATA`].
    pub fn with_data(self, data: Vec<u8>) -> Result<Self, ApduError> {
        let data = SecretBytes::new(data);
        if data.as_slice().len() > MAX_COMMAND_DATA {
            return Err(ApduError::DataTooLong(data.as_slice().len()));
        }
        Ok(Self { data, ..self })
    }

    /// The same command, expecting up to `bytes` of data (Le). 0 leaves Le away, 256 is the short form's most,
    /// anything over [`MAX_EXPECTED`] counts as that.
    #[must_use]
    pub fn expecting(self, bytes: usize) -> Self {
        Self { expected: bytes.min(MAX_EXPECTED), ..self }
    }

    /// The same command with class 10: more commands of its chain follow (ISO/IEC 7816-4 5.3.3).
    #[must_use]
    pub fn chained(self) -> Self {
        Self { class: self.class.as_chained(), ..self }
    }

    /// The same command with the class of secure messaging whose header is authenticated (class | 0C).
    pub(crate) fn protected(self) -> Self {
        let class = Class::from_byte(self.class.into_inner() | 0x0C).unwrap_or(self.class);
        Self { class, ..self }
    }

    /// CLA.
    pub const fn class(&self) -> u8 {
        self.class.into_inner()
    }

    /// INS.
    pub const fn instruction(&self) -> u8 {
        self.instruction
    }

    /// P1 and P2.
    pub const fn parameters(&self) -> [u8; 2] {
        self.parameters
    }

    /// The data; their length is Nc.
    pub fn data(&self) -> &[u8] {
        self.data.as_slice()
    }

    /// Ne: the most data expected, 0 where the command has no Le.
    pub const fn expected(&self) -> usize {
        self.expected
    }

    /// CLA, INS, P1, P2.
    pub const fn header(&self) -> [u8; 4] {
        let [p1, p2] = self.parameters;
        [self.class(), self.instruction, p1, p2]
    }

    /// The bytes to send: the short form where it is enough, else the extended one.
    pub fn to_bytes(&self) -> Vec<u8> {
        let [p1, p2] = self.parameters;
        let expected = u16::try_from(self.expected).map_or(ExpectedLen::Max, ExpectedLen::Ne);
        CommandBuilder::new(self.class, Instruction::from(self.instruction), p1, p2, self.data(), expected)
            .serialize_to_vec()
    }

    /// Reads a command, as a card does.
    ///
    /// # Errors
    /// [`ApduError::NotACommand`] where the length fields do not fit the bytes, or the class is FF.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let error = ApduError::NotACommand(bytes.len());
        let (&[class, instruction, p1, p2], body) = bytes.split_first_chunk::<4>().ok_or(error)?;
        let (data, expected) = Self::parse_body(body).ok_or(error)?;
        Ok(Self {
            class: Class::from_byte(class).map_err(|_| error)?,
            instruction,
            parameters: [p1, p2],
            data: SecretBytes::new(data.to_vec()),
            expected,
        })
    }

    /// The data and Ne of what follows the header.
    fn parse_body(body: &[u8]) -> Option<(&[u8], usize)> {
        let short = |le: u8| if le == 0 { 256 } else { usize::from(le) };
        let extended = |le: [u8; 2]| match u16::from_be_bytes(le) {
            0 => MAX_EXPECTED,
            le => usize::from(le),
        };
        match *body {
            [] => Some((&[], 0)),
            [le] => Some((&[], short(le))),
            [0, a, b] => Some((&[], extended([a, b]))),
            [0, a, b, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(u16::from_be_bytes([a, b])))?;
                match *le {
                    _ if data.is_empty() => None,
                    [] => Some((data, 0)),
                    [a, b] => Some((data, extended([a, b]))),
                    _ => None,
                }
            }
            [0, ..] => None,
            [lc, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(lc))?;
                match *le {
                    [] => Some((data, 0)),
                    [le] => Some((data, short(le))),
                    _ => None,
                }
            }
        }
    }
}

impl std::fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [class, instruction, p1, p2] = self.header();
        let (data, expected) = (self.data().len(), self.expected);
        write!(
            f,
            "CommandApdu({class:02X} {instruction:02X} {p1:02X} {p2:02X}, {data} bytes, expects {expected})"
        )
    }
}

/// A response: data, masked in `Debug`, and the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseApdu {
    /// The data.
    pub data: SecretBytes,
    sw: u16,
}

impl ResponseApdu {
    /// A response with `data` and the status word `sw`.
    pub fn new(data: Vec<u8>, sw: u16) -> Self {
        Self { data: data.into(), sw }
    }

    /// Splits the status from what a card sent.
    ///
    /// # Errors
    /// [`ApduError::NotAResponse`] under two bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let (data, sw) = bytes.split_last_chunk::<2>().ok_or(ApduError::NotAResponse(bytes.len()))?;
        Ok(Self::new(data.to_vec(), u16::from_be_bytes(*sw)))
    }

    /// Data and status as a card sends them.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.sw().to_be_bytes()].concat()
    }

    /// The status word: `0x9000`.
    pub const fn sw(&self) -> u16 {
        self.sw
    }

    /// The status word by name. For display and matching only: the crate's type does not give back every number
    /// that it was made from.
    pub const fn status(&self) -> Status {
        Status::from_u16(self.sw)
    }

    /// Whether the status is 9000.
    pub const fn is_success(&self) -> bool {
        self.sw == 0x9000
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_of_the_seven_forms_is_written_as_the_standard_says() {
        let command = CommandApdu::new(0xB0, 0x81, 0);
        let with = |data: usize| command.clone().with_data(vec![7; data]).unwrap();
        assert_eq!(command.to_bytes(), [0, 0xB0, 0x81, 0]);
        assert_eq!(command.clone().expecting(256).to_bytes(), [0, 0xB0, 0x81, 0, 0]);
        assert_eq!(command.clone().expecting(257).to_bytes(), [0, 0xB0, 0x81, 0, 0, 1, 1]);
        assert_eq!(command.clone().expecting(65_536).to_bytes(), [0, 0xB0, 0x81, 0, 0, 0, 0]);
        assert_eq!(with(1).to_bytes(), [0, 0xB0, 0x81, 0, 1, 7]);
        assert_eq!(with(1).expecting(8).to_bytes(), [0, 0xB0, 0x81, 0, 1, 7, 8]);
        assert_eq!(with(1).expecting(65_536).to_bytes(), [0, 0xB0, 0x81, 0, 0, 0, 1, 7, 0, 0]);
        assert_eq!(with(256).to_bytes().get(..7), Some(&[0, 0xB0, 0x81, 0, 0, 1, 0][..]));
    }

    #[test]
    fn debug_shows_no_data() {
        let command = CommandApdu::new(0x82, 0, 0).with_data(b"NGUYEN".to_vec()).unwrap().expecting(40);
        assert_eq!(format!("{command:?}"), "CommandApdu(00 82 00 00, 6 bytes, expects 40)");
        let response = ResponseApdu::new(b"NGUYEN".to_vec(), 0x9000);
        assert!(!format!("{response:?}").contains("78"), "{response:?}");
    }

    #[test]
    fn a_status_of_any_value_is_kept() {
        for sw in 0..=u16::MAX {
            assert_eq!(ResponseApdu::new(vec![], sw).sw(), sw);
        }
    }

    #[test]
    fn lengths_that_do_not_fit_are_no_command() {
        for bytes in ["", "00B000", "00B0000002FF", "00B00000000001", "00B0000000000107FFFFFF", "FFB00000"] {
            let bytes = hex::decode(bytes).unwrap();
            if bytes == hex::decode("00B00000000001").unwrap() {
                // Three bytes after the header that begin with 00 are an extended Le.
                assert_eq!(CommandApdu::parse(&bytes).unwrap().expected(), 1);
            } else {
                assert!(CommandApdu::parse(&bytes).is_err(), "{bytes:02X?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_command_written_is_read_back(data in prop::collection::vec(any::<u8>(), 0..700), expected in 0..=65_536_usize) {
            let command = CommandApdu::new(0xB1, 1, 2).with_data(data).unwrap().expecting(expected);
            prop_assert_eq!(CommandApdu::parse(&command.to_bytes()), Ok(command));
        }
    }
}
