//! The zone of a passport: TD3, two lines of 44 (ICAO Doc 9303-4 4.2, 9303-3 4.8 and 4.9).

mod read;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use self::read::{ReadError, read};
use super::{
    BirthDate, Field, MrzError, MrzKey, Sex, StateCode, check_digit, checked_characters, date, words,
};

/// Characters in a line.
const LINE: usize = 44;
/// Characters in the zone.
const ZONE: usize = 2 * LINE;

/// The zone of a passport, every check digit right. `Debug` shows only the issuing state.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Td3 {
    /// The 88 characters.
    text: String,
    issuing_state: StateCode,
    nationality: StateCode,
}

impl Td3 {
    /// Parses two lines of 44, with or without line ends between them: what a chip holds. What somebody typed is for
    /// [`read`].
    ///
    /// # Errors
    /// Where a length, a character or a check digit is wrong, or a field holds what cannot stand in it.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let mut zone = Zeroizing::new(String::with_capacity(text.len()));
        zone.extend(text.chars().filter(|c| !matches!(c, '\r' | '\n')));
        if zone.len() != ZONE {
            return Err(MrzError::Length { expected: ZONE, found: zone.chars().count() });
        }
        checked_characters(&zone)?;
        let zone = Self {
            issuing_state: StateCode::in_zone(&zone, 2, Field::IssuingState)?,
            nationality: StateCode::in_zone(&zone, LINE + 10, Field::Nationality)?,
            text: zone.to_string(),
        };
        zone.check_forms()?;
        zone.check_digits()?;
        Ok(zone)
    }

    /// What can stand in the fields (9303-4 4.2.2, 9303-3 4.3 to 4.8).
    fn check_forms(&self) -> Result<(), MrzError> {
        let letter_or_filler = |byte: u8| byte.is_ascii_uppercase() || byte == b'<';
        let code = self.range(0, 2).bytes();
        let name = self.name_field();
        for (field, right) in [
            (Field::DocumentCode, self.range(0, 1) == "P" && code.clone().all(letter_or_filler)),
            (Field::Name, name.bytes().all(letter_or_filler) && name.bytes().any(|byte| byte != b'<')),
            (Field::DocumentNumber, !self.range(44, 45).starts_with('<')),
            (Field::DateOfBirth, date::is_well_formed(self.date_of_birth())),
            (Field::Sex, matches!(self.range(64, 65), "M" | "F" | "X" | "<")),
            (Field::DateOfExpiry, date::is_well_formed(self.date_of_expiry())),
        ] {
            if !right {
                return Err(MrzError::Form(field));
            }
        }
        Ok(())
    }

    fn check_digits(&self) -> Result<(), MrzError> {
        // 9303-4 appendix A: each field with its digit, and all of them.
        let composite = Zeroizing::new([self.range(44, 54), self.range(57, 64), self.range(65, 87)].concat());
        for (field, text, digit) in [
            (Field::DocumentNumber, self.range(44, 53), self.range(53, 54)),
            (Field::DateOfBirth, self.range(57, 63), self.range(63, 64)),
            (Field::DateOfExpiry, self.range(65, 71), self.range(71, 72)),
            (Field::OptionalData, self.range(72, 86), self.range(86, 87)),
            (Field::Composite, composite.as_str(), self.range(87, 88)),
        ] {
            let expected = check_digit(text);
            // An empty field may carry `<` for its 0 (9303-4 4.2.2.2).
            let left_out = digit == "<" && text.bytes().all(|byte| byte == b'<');
            if !left_out && (expected.is_none() || expected != digit.chars().next()) {
                return Err(MrzError::CheckDigit(field));
            }
        }
        Ok(())
    }

    fn range(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn name_field(&self) -> &str {
        self.range(5, LINE)
    }

    /// The document code: `P`, or `P` and a letter of the issuing state's choice.
    pub fn document_code(&self) -> &str {
        self.range(0, 2).trim_end_matches('<')
    }

    /// The issuing state or organisation.
    pub const fn issuing_state(&self) -> StateCode {
        self.issuing_state
    }

    /// The nationality.
    pub const fn nationality(&self) -> StateCode {
        self.nationality
    }

    /// The passport number without fillers.
    pub fn document_number(&self) -> Zeroizing<String> {
        Zeroizing::new(self.range(44, 53).trim_end_matches('<').to_owned())
    }

    /// The primary identifier, mostly the surname; of a person with one name only, that name.
    pub fn primary_identifier(&self) -> Zeroizing<String> {
        words(self.identifiers().0)
    }

    /// The secondary identifier, mostly the given names; `None` of a person with one name only.
    pub fn secondary_identifier(&self) -> Option<Zeroizing<String>> {
        self.identifiers().1.map(words)
    }

    fn identifiers(&self) -> (&str, Option<&str>) {
        // A state that leaves the primary identifier empty puts the one name behind the fillers.
        let field = self.name_field().trim_matches('<');
        field.split_once("<<").map_or((field, None), |(primary, secondary)| (primary, Some(secondary)))
    }

    /// The name without diacritics, primary identifier first, as far as 39 characters reach.
    pub fn name(&self) -> Zeroizing<String> {
        words(self.name_field())
    }

    /// Whether the name may go on where the zone ends: its last place holds a letter (9303-4 4.2.3). A name of just 39
    /// characters looks the same; only the data page tells.
    pub fn name_may_be_truncated(&self) -> bool {
        !self.name_field().ends_with('<')
    }

    /// The date of birth as printed, YYMMDD; unknown parts are `<<`.
    pub fn date_of_birth(&self) -> &str {
        self.range(57, 63)
    }

    /// The date of expiry as printed, YYMMDD.
    pub fn date_of_expiry(&self) -> &str {
        self.range(65, 71)
    }

    /// The sex.
    pub fn sex(&self) -> Sex {
        Sex::of(self.range(64, 65))
    }

    /// The personal number or other data of the issuing state's choice, without fillers at its end; `None` where the
    /// field is empty.
    pub fn optional_data(&self) -> Option<Zeroizing<String>> {
        let data = self.range(72, 86).trim_end_matches('<');
        (!data.is_empty()).then(|| Zeroizing::new(data.to_owned()))
    }

    /// The date of birth: in the latest century that does not put it after `today`. `None` where it is no date, or
    /// wholly unknown.
    pub fn birth(&self, today: Date) -> Option<BirthDate> {
        date::birth(self.date_of_birth(), today)
    }

    /// The date of expiry: of the dates with its two-digit year the one nearest to `today`. ICAO 9303 gives no rule; a
    /// passport is valid for ten years or less, and nobody shows one that expired fifty years ago. `None` where it is no
    /// date.
    pub fn expiry(&self, today: Date) -> Option<Date> {
        date::expiry_nearest(self.date_of_expiry(), today)
    }

    /// What opens the chip.
    ///
    /// # Errors
    /// None: the fields were checked when the zone was parsed.
    pub fn key(&self) -> Result<MrzKey, MrzError> {
        MrzKey::new(&self.document_number(), self.date_of_birth(), self.date_of_expiry())
    }
}

impl std::fmt::Debug for Td3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Td3({})", self.issuing_state)
    }
}

#[cfg(test)]
pub(crate) mod tests;
