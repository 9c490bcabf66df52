//! What of the zone opens the chip.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{MrzError, check_digit, checked_characters};

/// What of the zone opens the chip: document number, dates of birth and expiry, as printed (9303-11 9.7.2).
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct MrzKey {
    document_number: String,
    date_of_birth: String,
    date_of_expiry: String,
}

impl MrzKey {
    /// From the fields as printed, without check digits. A document number under nine characters is filled
    /// with `<`; unknown parts of the birth date stay as they are (`<<` or `00`).
    ///
    /// # Errors
    /// Where a date has not six characters, the number none or over 22, or a character is not the zone's.
    pub fn new(document_number: &str, date_of_birth: &str, date_of_expiry: &str) -> Result<Self, MrzError> {
        let found = document_number.len();
        // Longer numbers go on in the optional data, of which 13 characters are left for them (9303-5 4.2.4).
        if !(1..=22).contains(&found) {
            return Err(MrzError::Length { expected: 9, found });
        }
        for date in [date_of_birth, date_of_expiry] {
            if date.len() != 6 {
                return Err(MrzError::Length { expected: 6, found: date.len() });
            }
        }
        for text in [document_number, date_of_birth, date_of_expiry] {
            checked_characters(text)?;
        }
        Ok(Self {
            document_number: format!("{document_number:<<9}"),
            date_of_birth: date_of_birth.to_owned(),
            date_of_expiry: date_of_expiry.to_owned(),
        })
    }

    /// The MRZ information: each field followed by its check digit.
    pub fn information(&self) -> zeroize::Zeroizing<String> {
        let mut information = String::with_capacity(38);
        for field in [&self.document_number, &self.date_of_birth, &self.date_of_expiry] {
            information.push_str(field);
            information.extend(check_digit(field));
        }
        information.into()
    }
}

impl std::fmt::Debug for MrzKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MrzKey(******)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_built_as_in_the_standards_example() {
        let key = MrzKey::new("L898902C", "690806", "940623").unwrap();
        assert_eq!(*key.information(), "L898902C<369080619406236");
        assert_eq!(format!("{key:?}"), "MrzKey(******)");
        assert!(MrzKey::new("", "690806", "940623").is_err());
        assert!(MrzKey::new("l898902c", "690806", "940623").is_err());
        assert!(MrzKey::new("L898902C", "69080", "940623").is_err());
    }
}
