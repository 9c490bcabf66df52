//! The zone of whichever document it is.

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{BirthDate, MrzError, MrzKey, Sex, StateCode, Td1, Td3};
use crate::number::PersonalNumber;

/// The zone of a document with a chip. `Debug` shows only the issuing state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// Of an identity card.
    Td1(Td1),
    /// Of a passport.
    Td3(Td3),
}

/// The same accessor of either.
macro_rules! either {
    ($zone:expr, $one:ident => $result:expr) => {
        match $zone {
            Zone::Td1($one) => $result,
            Zone::Td3($one) => $result,
        }
    };
}

impl Zone {
    /// Parses a zone without line ends: 90 characters are an identity card's, 88 a passport's.
    ///
    /// # Errors
    /// Where it is neither, or as [`Td1::parse`] and [`Td3::parse`].
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        if text.len() == 88 { Td3::parse(text).map(Self::Td3) } else { Td1::parse(text).map(Self::Td1) }
    }

    /// The document code: `ID` on a Vietnamese card, `P` and perhaps a letter on a passport.
    pub fn document_code(&self) -> &str {
        either!(self, zone => zone.document_code())
    }

    /// The issuing state or organisation.
    pub const fn issuing_state(&self) -> StateCode {
        either!(self, zone => zone.issuing_state())
    }

    /// The nationality.
    pub const fn nationality(&self) -> StateCode {
        either!(self, zone => zone.nationality())
    }

    /// The document number without fillers.
    pub fn document_number(&self) -> Zeroizing<String> {
        either!(self, zone => zone.document_number())
    }

    /// The personal number of a Vietnamese card.
    pub fn personal_number(&self) -> Option<PersonalNumber> {
        match self {
            Self::Td1(zone) => zone.personal_number(),
            Self::Td3(_) => None,
        }
    }

    /// The sex.
    pub fn sex(&self) -> Sex {
        either!(self, zone => zone.sex())
    }

    /// The name without diacritics, surname first, as far as the zone reaches.
    pub fn name(&self) -> Zeroizing<String> {
        either!(self, zone => zone.name())
    }

    /// The date of birth at `today`.
    pub fn birth(&self, today: Date) -> Option<BirthDate> {
        either!(self, zone => zone.birth(today))
    }

    /// The date of expiry, by each kind's own rule: [`Td1::expiry`], [`Td3::expiry`].
    pub fn expiry(&self, issued: Option<Date>, today: Date) -> Option<Date> {
        match self {
            Self::Td1(zone) => zone.expiry(issued),
            Self::Td3(zone) => zone.expiry(today),
        }
    }

    /// What opens the chip.
    ///
    /// # Errors
    /// None: the fields were checked when the zone was parsed.
    pub fn key(&self) -> Result<MrzKey, MrzError> {
        either!(self, zone => zone.key())
    }
}
