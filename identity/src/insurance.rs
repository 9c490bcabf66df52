//! The numbers of health insurance (bảo hiểm y tế).

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Why text is not a number of its kind. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InsuranceNumberError {
    /// Not the 15 characters of a card.
    #[error("an insurance card's number is two letters A to Z and 13 digits")]
    Card,
    /// A benefit level that there is not.
    #[error("the third character of an insurance card's number is a benefit level from 1 to 5")]
    Benefit,
    /// Not the ten digits.
    #[error("a social-insurance number is 10 digits")]
    SocialInsurance,
    /// Not the five digits.
    #[error("a facility's code is 5 digits")]
    Facility,
}

/// Bytes that all are ASCII digits; `N` of them.
fn digits<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then_some(bytes)
}

/// As text in JSON, by `parse` and `as_str`.
macro_rules! as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// The number on an insurance card (mã thẻ BHYT) as cards up to 2021 carry it: 15 characters, of which two letters
/// are the group insured, one digit the benefit level, two the province, ten the social-insurance number.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct InsuranceCardNumber([u8; 15]);

impl InsuranceCardNumber {
    /// Parses exactly 15 characters.
    ///
    /// # Errors
    /// Where they are not `[A-Z]{2}[1-5][0-9]{12}`.
    pub fn parse(text: &str) -> Result<Self, InsuranceNumberError> {
        let bytes: [u8; 15] = text.as_bytes().try_into().map_err(|_| InsuranceNumberError::Card)?;
        let (letters, rest) = bytes.split_at(2);
        if !letters.iter().all(u8::is_ascii_uppercase) || digits::<13>(rest).is_none() {
            return Err(InsuranceNumberError::Card);
        }
        let benefit = rest.first().is_some_and(|digit| (b'1'..=b'5').contains(digit));
        if benefit { Ok(Self(bytes)) } else { Err(InsuranceNumberError::Benefit) }
    }

    /// The 15 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.as_str().get(from..to).unwrap_or_default()
    }

    /// The group insured (mã đối tượng): `DN`, `HT`, `TE`, …
    pub fn group(&self) -> &str {
        self.part(0, 2)
    }

    /// The benefit level (mức hưởng), 1 to 5. What it pays is the register's to say, not the number's.
    pub fn benefit(&self) -> u8 {
        self.0.get(2).map_or(0, |digit| digit - b'0')
    }

    /// The code of the province that issued the card, two digits.
    pub fn province(&self) -> &str {
        self.part(3, 5)
    }

    /// The social-insurance number: the last ten digits.
    pub fn social_insurance_number(&self) -> SocialInsuranceNumber {
        SocialInsuranceNumber(*self.0.last_chunk().unwrap_or(&[b'0'; 10]))
    }

    /// The number as screens and logs may show it: `***********2345`.
    pub fn masked(&self) -> String {
        format!("***********{}", self.part(11, 15))
    }
}

impl std::fmt::Debug for InsuranceCardNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

as_text!(InsuranceCardNumber);

/// The social-insurance number (mã số BHXH): 10 digits, which cards carry alone since 2021.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct SocialInsuranceNumber([u8; 10]);

impl SocialInsuranceNumber {
    /// Parses exactly 10 ASCII digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, InsuranceNumberError> {
        digits(text.as_bytes()).map(Self).ok_or(InsuranceNumberError::SocialInsurance)
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number as screens and logs may show it: `******2345`.
    pub fn masked(&self) -> String {
        format!("******{}", self.as_str().get(6..).unwrap_or_default())
    }
}

impl std::fmt::Debug for SocialInsuranceNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

as_text!(SocialInsuranceNumber);

/// What an insurance card says that the insured person's number is.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub enum InsuranceNumber {
    /// A card of the older form.
    Card(InsuranceCardNumber),
    /// A card of 2021 or later.
    SocialInsurance(SocialInsuranceNumber),
}

impl InsuranceNumber {
    /// Parses either form.
    ///
    /// # Errors
    /// Where it is neither, by its length.
    pub fn parse(text: &str) -> Result<Self, InsuranceNumberError> {
        if text.len() == 10 {
            SocialInsuranceNumber::parse(text).map(Self::SocialInsurance)
        } else {
            InsuranceCardNumber::parse(text).map(Self::Card)
        }
    }

    /// The number as the card carries it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Card(number) => number.as_str(),
            Self::SocialInsurance(number) => number.as_str(),
        }
    }

    /// The social-insurance number, which stays the same when the card changes.
    pub fn social_insurance_number(&self) -> SocialInsuranceNumber {
        match self {
            Self::Card(number) => number.social_insurance_number(),
            Self::SocialInsurance(number) => number.clone(),
        }
    }

    /// The number as screens and logs may show it.
    pub fn masked(&self) -> String {
        match self {
            Self::Card(number) => number.masked(),
            Self::SocialInsurance(number) => number.masked(),
        }
    }
}

impl std::fmt::Debug for InsuranceNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

as_text!(InsuranceNumber);

/// The code of a place of care (mã cơ sở KCB): 5 digits, of which two are the province's. Names a place, no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FacilityCode([u8; 5]);

impl FacilityCode {
    /// Parses exactly 5 ASCII digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, InsuranceNumberError> {
        digits(text.as_bytes()).map(Self).ok_or(InsuranceNumberError::Facility)
    }

    /// Parses what cards print: `NN - NNN` with any dash.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse_printed(text: &str) -> Result<Self, InsuranceNumberError> {
        let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        let Some((province, place)) = text.split_once(dash) else { return Self::parse(text) };
        let (province, place) = (province.trim(), place.trim());
        if province.len() != 2 {
            return Err(InsuranceNumberError::Facility);
        }
        Self::parse(&[province, place].concat())
    }

    /// The 5 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

as_text!(FacilityCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_s_number_falls_into_its_parts() {
        let number = InsuranceCardNumber::parse("HT2010148012345").unwrap();
        assert_eq!((number.group(), number.benefit(), number.province()), ("HT", 2, "01"));
        assert_eq!(number.social_insurance_number().as_str(), "0148012345");
    }

    #[test]
    fn what_is_no_card_s_number_is_refused() {
        use InsuranceNumberError::{Benefit, Card};
        for (bad, error) in [
            ("", Card),
            ("HT201014801234", Card),
            ("HT20101480123456", Card),
            ("ht2010148012345", Card),
            ("H12010148012345", Card),
            ("HT201014801234A", Card),
            ("HTĐ10148012345", Card),
            ("HT0010148012345", Benefit),
            ("HT6010148012345", Benefit),
        ] {
            assert_eq!(InsuranceCardNumber::parse(bad), Err(error), "{bad}");
        }
        assert!(SocialInsuranceNumber::parse("014801234").is_err());
        assert!(SocialInsuranceNumber::parse("014801234x").is_err());
    }

    #[test]
    fn either_form_leads_to_the_same_person() {
        let old = InsuranceNumber::parse("HT2010148012345").unwrap();
        let new = InsuranceNumber::parse("0148012345").unwrap();
        assert_ne!(old, new);
        assert_eq!(old.social_insurance_number(), new.social_insurance_number());
    }

    #[test]
    fn debug_and_json_errors_hide_the_digits() {
        let number = InsuranceNumber::parse("HT2010148012345").unwrap();
        assert_eq!(format!("{number:?}"), "***********2345");
        assert_eq!(format!("{:?}", number.social_insurance_number()), "******2345");
        let error = serde_json::from_str::<InsuranceNumber>("\"HT20101480\"").unwrap_err().to_string();
        assert!(!error.contains("10148"), "{error}");
    }

    #[test]
    fn json_is_the_number_itself() {
        let number = InsuranceNumber::parse("0148012345").unwrap();
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, "\"0148012345\"");
        assert_eq!(serde_json::from_str::<InsuranceNumber>(&json).unwrap(), number);
    }

    #[test]
    fn a_printed_place_is_joined_whatever_its_dash() {
        for printed in ["01 - 999", "01-999", "01 – 999", "01 — 999", "01999"] {
            assert_eq!(FacilityCode::parse_printed(printed).unwrap().as_str(), "01999", "{printed}");
        }
        for bad in ["", "-", "1 - 0999", "01 - 99", "01 - 9999", "01 - 9-9", "019 99"] {
            assert!(FacilityCode::parse_printed(bad).is_err(), "{bad}");
        }
    }
}
