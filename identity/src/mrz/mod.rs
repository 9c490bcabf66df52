//! The machine-readable zone (ICAO Doc 9303-3): of an identity card three lines of 30, TD1; of a passport two lines of 44,
//! TD3.

mod date;
mod key;
mod state;
pub mod td1;
pub mod td3;
mod zone;

use thiserror::Error;

pub use self::{
    date::BirthDate,
    key::MrzKey,
    state::{NotAStateCode, StateCode},
    td1::Td1,
    td3::Td3,
    zone::Zone,
};

/// Why text is not a machine-readable zone or part of one. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MrzError {
    /// Another length.
    #[error("expected {expected} characters, found {found}")]
    Length {
        /// Characters there must be.
        expected: usize,
        /// Characters there are.
        found: usize,
    },
    /// A character other than A to Z, 0 to 9 and `<`.
    #[error("character {0} is not one of A to Z, 0 to 9 and <")]
    Character(usize),
    /// A check digit that does not fit.
    #[error("the check digit of the {0} is wrong")]
    CheckDigit(Field),
    /// A field with something that cannot stand in it.
    #[error("the {0} is not written as ICAO 9303 says")]
    Form(Field),
}

/// A field of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The document code.
    DocumentCode,
    /// The issuing state or organisation.
    IssuingState,
    /// The name.
    Name,
    /// The document number.
    DocumentNumber,
    /// The nationality.
    Nationality,
    /// The date of birth.
    DateOfBirth,
    /// The sex.
    Sex,
    /// The date of expiry.
    DateOfExpiry,
    /// The personal number on a Vietnamese card.
    PersonalNumber,
    /// What the issuing state of a passport puts where it likes: often its own personal number.
    OptionalData,
    /// All fields with a check digit of their own together.
    Composite,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::IssuingState => "issuing state",
            Self::Name => "name",
            Self::DocumentNumber => "document number",
            Self::Nationality => "nationality",
            Self::DateOfBirth => "date of birth",
            Self::Sex => "sex",
            Self::DateOfExpiry => "date of expiry",
            Self::PersonalNumber => "personal number",
            Self::OptionalData => "optional data",
            Self::Composite => "whole zone",
        })
    }
}

const fn value(character: u8) -> Option<u32> {
    match character {
        b'0'..=b'9' => Some((character - b'0') as u32),
        b'A'..=b'Z' => Some((character - b'A') as u32 + 10),
        b'<' => Some(0),
        _ => None,
    }
}

/// The check digit of `text` (9303-3 4.9): weights 7, 3, 1, modulo 10. `None` where a character is not one of
/// the zone's.
pub fn check_digit(text: &str) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in text.bytes().zip([7, 3, 1].into_iter().cycle()) {
        sum = (sum + value(character)? * weight) % 10;
    }
    char::from_digit(sum, 10)
}

fn checked_characters(text: &str) -> Result<(), MrzError> {
    match text.bytes().position(|character| value(character).is_none()) {
        Some(position) => Err(MrzError::Character(position)),
        None => Ok(()),
    }
}

/// The words of a name or of a part of it, one space between them.
fn words(text: &str) -> zeroize::Zeroizing<String> {
    let mut line = zeroize::Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split('<').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The sex as the zone gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<` or anything else.
    Unspecified,
}

impl Sex {
    fn of(text: &str) -> Self {
        match text {
            "M" => Self::Male,
            "F" => Self::Female,
            _ => Self::Unspecified,
        }
    }
}
