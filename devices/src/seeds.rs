//! The made-up citizens and travellers of `seeds/`: the schema is in `seeds/README.md`.

use std::path::PathBuf;

use identity::number::PersonalNumber;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;

mod load;
mod passport;

pub use load::{Bearer, bearer, bearers, citizen, citizens, passport, passports};
pub use passport::{Passport, PassportFacts, Traveller};

/// Why seeds cannot be read. People in seeds are made up, yet their data is not repeated here.
#[derive(Debug, Error)]
pub enum SeedError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not follow the schema.
    #[error("{} does not follow seeds/README.md: {reason}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// What the parser says.
        reason: String,
    },
    /// Nobody has this slug.
    #[error("there is no citizen or traveller `{0}`: `cccd simulate --list` names them all")]
    Unknown(String),
}

/// A made-up person, their card, and what the simulated national systems say of them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citizen {
    /// The file's name without `.toml`: kebab-case ASCII.
    #[serde(skip)]
    pub slug: String,
    /// What this person is here to show.
    pub about: String,
    /// The person.
    pub person: Person,
    /// Their card.
    pub card: CardFacts,
    /// What the insurance register knows; absent where it knows nobody.
    pub insurance: Option<Insurance>,
    /// What the population database knows; absent where it knows nobody.
    pub population: Option<Population>,
}

impl std::fmt::Debug for Citizen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Citizen({})", self.slug)
    }
}

/// The person.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Số định danh cá nhân.
    #[serde(deserialize_with = "personal_number")]
    pub personal_number: PersonalNumber,
    /// With every diacritic.
    pub full_name: String,
    /// Full, or the year alone.
    pub date_of_birth: BirthDate,
    /// As on the card.
    pub sex: Sex,
    /// Quê quán.
    pub place_of_origin: String,
    /// Nơi thường trú, or nơi cư trú on a card of 2024.
    pub residence: String,
    /// Dân tộc.
    pub ethnicity: String,
    /// Tôn giáo.
    pub religion: String,
    /// Đặc điểm nhận dạng.
    #[serde(default)]
    pub identifying_marks: String,
    /// The father's name, or empty.
    #[serde(default)]
    pub father: String,
    /// The mother's name, or empty.
    #[serde(default)]
    pub mother: String,
    /// The spouse's name, or empty.
    #[serde(default)]
    pub spouse: String,
    /// The number of an earlier identity card (CMND), or empty.
    #[serde(default)]
    pub old_number: String,
}

/// A birth date of which the month and day may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthDate {
    /// Known to the day.
    Full(Date),
    /// Only the year is known.
    Year(i16),
}

/// The sex printed on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// The card of a citizen.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFacts {
    /// Which generation.
    pub kind: CardKind,
    /// Nine digits; absent: the last nine of the personal number.
    pub document_number: Option<String>,
    /// Ngày cấp.
    pub date_of_issue: Date,
    /// Ngày hết hạn.
    pub date_of_expiry: Expiry,
    /// Whether the chip holds a photo (not of a child under six).
    pub photo: bool,
    /// What is wrong with the card.
    pub defect: Defect,
    /// Which access protocols the chip speaks.
    pub access: AccessProtocols,
    /// Which kind its PACE is of; absent: the one seen in the field.
    #[serde(default)]
    pub pace: PaceKind,
}

/// The generation of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum CardKind {
    /// CCCD with chip (TT 06/2021/TT-BCA).
    #[serde(rename = "cccd_2021")]
    Cccd2021,
    /// Thẻ căn cước (TT 16/2024/TT-BCA).
    #[serde(rename = "can_cuoc_2024")]
    CanCuoc2024,
}

/// Until when a card is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Through this day.
    On(Date),
    /// `Không thời hạn`.
    Never,
}

/// What is wrong with a card on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// Nothing.
    None,
    /// A data group was changed after signing.
    ForgedDataGroup,
    /// The SOD's signature is not one.
    ForgedSecurityObject,
    /// Signed by an issuer that is in no trust store.
    UnknownIssuer,
    /// A copy, which answers active authentication with another key.
    ClonedChip,
    /// The chip refuses active authentication, though the SOD lists DG15.
    WithholdsProof,
}

/// The access protocols of a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessProtocols {
    /// PACE, and BAC beside it.
    PaceAndBac,
    /// BAC alone: there is no EF.CardAccess.
    BacOnly,
}

/// The kind of a chip's PACE: generic mapping over an elliptic curve (ICAO 9303-11 9.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceKind {
    /// Its cipher, and that of the session that it opens.
    pub cipher: Cipher,
    /// Its curve.
    pub curve: Curve,
}

impl Default for PaceKind {
    fn default() -> Self {
        Self { cipher: Cipher::Aes128, curve: Curve::BrainpoolP256r1 }
    }
}

/// A cipher with its check code and key length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cipher {
    /// Two-key 3DES and the retail MAC.
    TripleDes,
    /// AES-128 and CMAC.
    #[serde(rename = "aes_128")]
    Aes128,
    /// AES-192 and CMAC.
    #[serde(rename = "aes_192")]
    Aes192,
    /// AES-256 and CMAC.
    #[serde(rename = "aes_256")]
    Aes256,
}

/// A curve with standardised domain parameters (ICAO 9303-11 table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Curve {
    /// NIST P-256, parameter 12.
    P256,
    /// brainpoolP256r1, parameter 13.
    BrainpoolP256r1,
}

/// What the simulated insurance register answers.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insurance {
    /// Mã thẻ, 15 characters.
    pub card: String,
    /// maKetQua.
    pub result: String,
    /// gtTheTu.
    pub valid_from: Date,
    /// gtTheDen.
    pub valid_to: Date,
    /// maDKBD.
    pub place_code: String,
    /// tenDKBD.
    pub place_name: String,
    /// maTheMoi, with the results 003 and 004.
    #[serde(default)]
    pub new_card: String,
    /// Whether every look-up for this person times out.
    #[serde(default)]
    pub portal_down: bool,
    /// `dsLichSuKCB2018`: visits elsewhere.
    #[serde(default)]
    pub history: Vec<PastVisit>,
}

/// A visit elsewhere, as the simulated insurance register lists it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastVisit {
    /// maHoSo.
    pub record: String,
    /// maCSKCB.
    pub place: String,
    /// ngayVao, `yyyyMMddHHmm`.
    pub from: String,
    /// ngayRa.
    pub to: String,
    /// tenBenh.
    pub illness: String,
}

/// What the simulated population database answers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Whether it confirms the person's data.
    pub matches: bool,
}

fn personal_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PersonalNumber, D::Error> {
    PersonalNumber::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

impl<'de> Deserialize<'de> for BirthDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = if text.len() == 4 {
            text.parse().ok().map(Self::Year)
        } else {
            text.parse().ok().map(Self::Full)
        };
        parsed.ok_or_else(|| D::Error::custom("a birth date is `YYYY-MM-DD` or `YYYY`"))
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "none" => Ok(Self::Never),
            text => text
                .parse()
                .map(Self::On)
                .map_err(|_| D::Error::custom("an expiry is `YYYY-MM-DD` or `none`")),
        }
    }
}

#[cfg(test)]
mod tests;
