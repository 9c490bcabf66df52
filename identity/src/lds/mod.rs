//! The chip's files: the logical data structure of ICAO Doc 9303-10.
//!
//! Each module reads one file. What it returns is what the chip says; whether it is true is for
//! [`crate::proof`] to find out.

pub mod card_access;
pub mod com;
pub mod dg1;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg2;
pub mod security_info;
pub mod security_object;

use crate::tlv::TlvError;

/// Why a file cannot be understood. Never quotes its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LdsError {
    /// It is not TLV, or another object stands where one was expected.
    #[error("the file is not built as ICAO 9303-10 says: {0}")]
    Tlv(#[from] TlvError),
    /// An object is there, but does not hold what it must.
    #[error("the file is not built as ICAO 9303-10 says: {0}")]
    Content(&'static str),
    /// More or larger objects than any real card has.
    #[error("the file holds more than this software reads: {0}")]
    TooMuch(&'static str),
    /// An algorithm or version that this software does not know.
    #[error("the file uses something this software does not know: {0}")]
    Unsupported(&'static str),
}

/// A file of the chip that this software reads or names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileId {
    /// EF.CardAccess, in the master file.
    CardAccess,
    /// EF.COM, the unsigned list of files.
    Com,
    /// EF.SOD, the signed hashes.
    Sod,
    /// A data group, 1 to 16.
    DataGroup(DataGroupNumber),
}

/// The number of a data group, 1 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataGroupNumber(u8);

impl DataGroupNumber {
    /// `None` outside 1 to 16.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 16 { Some(Self(number)) } else { None }
    }

    /// 1 to 16.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The tags of the data groups 1 to 16 (ICAO 9303-10 table 34).
const DATA_GROUP_TAGS: [u8; 16] =
    [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70];

impl FileId {
    /// Data group 1: the MRZ.
    pub const DG1: Self = Self::DataGroup(DataGroupNumber(1));
    /// Data group 2: the face.
    pub const DG2: Self = Self::DataGroup(DataGroupNumber(2));
    /// Data group 13: the issuing state's own details; on a Vietnamese card the citizen's data.
    pub const DG13: Self = Self::DataGroup(DataGroupNumber(13));
    /// Data group 14: security options.
    pub const DG14: Self = Self::DataGroup(DataGroupNumber(14));
    /// Data group 15: the active authentication public key.
    pub const DG15: Self = Self::DataGroup(DataGroupNumber(15));

    /// The data group with `number`, `None` outside 1 to 16.
    pub fn data_group(number: u8) -> Option<Self> {
        DataGroupNumber::new(number).map(Self::DataGroup)
    }

    /// The elementary file identifier (ICAO 9303-10 table 33).
    pub const fn identifier(self) -> u16 {
        match self {
            Self::CardAccess => 0x011C,
            Self::Com => 0x011E,
            Self::Sod => 0x011D,
            Self::DataGroup(number) => 0x0100 | number.0 as u16,
        }
    }

    /// The short file identifier for READ BINARY.
    pub const fn short_identifier(self) -> u8 {
        (self.identifier() & 0x1F) as u8
    }

    /// The tag that its content begins with.
    pub const fn tag(self) -> u8 {
        match self {
            Self::CardAccess => 0x31,
            Self::Com => 0x60,
            Self::Sod => 0x77,
            #[expect(clippy::indexing_slicing, reason = "the type holds 1 to 16 only")]
            Self::DataGroup(number) => DATA_GROUP_TAGS[number.0 as usize - 1],
        }
    }

    /// The data group whose content begins with `tag`.
    pub fn from_data_group_tag(tag: u8) -> Option<Self> {
        (1..=16).filter_map(Self::data_group).find(|file| file.tag() == tag)
    }
}

impl std::fmt::Display for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CardAccess => f.write_str("EF.CardAccess"),
            Self::Com => f.write_str("EF.COM"),
            Self::Sod => f.write_str("EF.SOD"),
            Self::DataGroup(number) => write!(f, "EF.DG{}", number.0),
        }
    }
}

/// The name is not that of a file of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a chip file such as EF.SOD or EF.DG1")]
pub struct UnknownFile;

impl std::str::FromStr for FileId {
    type Err = UnknownFile;

    fn from_str(name: &str) -> Result<Self, UnknownFile> {
        match name {
            "EF.CardAccess" => Ok(Self::CardAccess),
            "EF.COM" => Ok(Self::Com),
            "EF.SOD" => Ok(Self::Sod),
            _ => name
                .strip_prefix("EF.DG")
                .filter(|digits| !digits.starts_with('0') && !digits.starts_with('+'))
                .and_then(|digits| digits.parse().ok())
                .and_then(Self::data_group)
                .ok_or(UnknownFile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_no_others() {
        let all = [FileId::CardAccess, FileId::Com, FileId::Sod]
            .into_iter()
            .chain((1..=16).filter_map(FileId::data_group));
        for file in all {
            assert_eq!(file.to_string().parse(), Ok(file));
        }
        for bad in ["EF.DG0", "EF.DG17", "EF.DG01", "EF.DG+1", "EF.DG", "DG1", "../EF.SOD"] {
            assert_eq!(bad.parse::<FileId>(), Err(UnknownFile));
        }
    }

    #[test]
    fn identifiers_and_tags_are_those_of_the_standard() {
        let seen =
            [FileId::DG1, FileId::DG2, FileId::DG13, FileId::DG14, FileId::DG15, FileId::Com, FileId::Sod]
                .map(|file| (file.identifier(), file.short_identifier(), file.tag()));
        assert_eq!(
            seen,
            [
                (0x0101, 0x01, 0x61),
                (0x0102, 0x02, 0x75),
                (0x010D, 0x0D, 0x6D),
                (0x010E, 0x0E, 0x6E),
                (0x010F, 0x0F, 0x6F),
                (0x011E, 0x1E, 0x60),
                (0x011D, 0x1D, 0x77)
            ]
        );
    }
}
