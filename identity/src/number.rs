//! The 12-digit personal number (số định danh cá nhân) and the numbers derived from it.

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::province::BirthPlace;

/// Why text is not a number of its kind. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected exactly {expected} digits, found {found} characters{}", if *.other { ", some not digits" } else { "" })]
pub struct NumberError {
    /// Digits that it must have.
    pub expected: usize,
    /// Characters that it has.
    pub found: usize,
    /// Whether one is not an ASCII digit.
    pub other: bool,
}

fn digits<const N: usize>(text: &str) -> Result<[u8; N], NumberError> {
    let error = || NumberError {
        expected: N,
        found: text.chars().count(),
        other: !text.bytes().all(|byte| byte.is_ascii_digit()),
    };
    let bytes: [u8; N] = text.as_bytes().try_into().map_err(|_| error())?;
    if bytes.iter().all(u8::is_ascii_digit) { Ok(bytes) } else { Err(error()) }
}

/// The personal number: 12 digits (Luật Căn cước 26/2023/QH15 Đ12; NĐ 70/2024 Đ11).
///
/// Nothing else about it is guaranteed since 2024-07-01: see [`PersonalNumber::hints`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Zeroize, ZeroizeOnDrop)]
pub struct PersonalNumber([u8; 12]);

impl PersonalNumber {
    /// Parses exactly 12 ASCII digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        digits(text).map(Self)
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number as screens and logs may show it: `001*****2345`.
    pub fn masked(&self) -> String {
        let text = self.as_str();
        format!("{}*****{}", text.get(..3).unwrap_or_default(), text.get(8..).unwrap_or_default())
    }

    /// The card access number: the last six digits.
    pub fn can(&self) -> Can {
        Can(*self.0.last_chunk().unwrap_or(&[b'0'; 6]))
    }

    /// What the digits hint at. A hint that does not fit is a warning, never a refusal.
    pub fn hints(&self) -> NumberHints {
        let digit = |index: usize| u16::from(self.0.get(index).copied().unwrap_or(b'0') - b'0');
        let century = digit(3);
        NumberHints {
            place: digit(0) * 100 + digit(1) * 10 + digit(2),
            female: century % 2 == 1,
            birth_year: 1900 + 100 * (century / 2) + digit(4) * 10 + digit(5),
        }
    }
}

impl serde::Serialize for PersonalNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for PersonalNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// What a personal number hints at (NĐ 137/2015 Đ13). `Debug` shows none of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NumberHints {
    /// The three-digit code of the province or country where the birth was registered.
    pub place: u16,
    /// Whether the sex digit says female.
    pub female: bool,
    /// The year of birth.
    pub birth_year: u16,
}

impl NumberHints {
    /// Where the birth was registered.
    pub fn birth_place(self) -> BirthPlace {
        BirthPlace::of(self.place)
    }
}

impl std::fmt::Debug for NumberHints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NumberHints(****)")
    }
}

/// The card access number: six digits, on a Vietnamese card the last six of the personal number.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Can([u8; 6]);

impl Can {
    /// Parses exactly six ASCII digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        digits(text).map(Self)
    }

    /// The six digits, the password of PACE.
    pub fn as_bytes(&self) -> &[u8; 6] {
        &self.0
    }
}

impl std::fmt::Debug for Can {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Can(******)")
    }
}

/// The number of the identity card before the personal number (số chứng minh nhân dân): 9 digits.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct OldCardNumber([u8; 9]);

impl OldCardNumber {
    /// Parses exactly 9 ASCII digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        digits(text).map(Self)
    }

    /// The 9 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A number that a person had before: that of an old card, or a personal number that was cancelled (hủy, xác lập lại
/// số định danh cá nhân: NĐ 70/2024/NĐ-CP Đ11).
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub enum OldNumber {
    /// Số CMND, 9 digits.
    Card(OldCardNumber),
    /// A personal number, 12 digits.
    Personal(PersonalNumber),
}

impl OldNumber {
    /// Parses either, by its length.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        if text.len() == 12 {
            PersonalNumber::parse(text).map(Self::Personal)
        } else {
            OldCardNumber::parse(text).map(Self::Card)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Card(number) => number.as_str(),
            Self::Personal(number) => number.as_str(),
        }
    }
}

impl std::fmt::Debug for OldNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OldNumber(masked)")
    }
}

impl serde::Serialize for OldNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for OldNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Debug for OldCardNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OldCardNumber(*********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_twelve_digits_are_a_personal_number() {
        assert!(PersonalNumber::parse("001050012345").is_ok());
        for bad in
            ["", "00105001234", "0010500123456", "00105001234a", "００１０５００１２３４５", " 01050012345"]
        {
            assert!(PersonalNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_old_number_is_a_card_s_or_a_cancelled_personal_one() {
        assert!(matches!(OldNumber::parse("012345678"), Ok(OldNumber::Card(_))));
        assert!(matches!(OldNumber::parse("001050012345"), Ok(OldNumber::Personal(_))));
        for bad in ["", "01234567", "0123456789", "01234567x", "00105001234x"] {
            assert!(OldNumber::parse(bad).is_err(), "{bad}");
        }
        let old = OldNumber::parse("012345678").unwrap();
        assert_eq!(format!("{old:?}"), "OldNumber(masked)");
        let json = serde_json::to_string(&old).unwrap();
        assert_eq!(serde_json::from_str::<OldNumber>(&json).unwrap(), old);
    }

    #[test]
    fn debug_and_errors_hide_the_digits() {
        let number = PersonalNumber::parse("001050012345").unwrap();
        assert_eq!(format!("{number:?}"), "001*****2345");
        assert_eq!(format!("{:?}", number.can()), "Can(******)");
        assert_eq!(format!("{:?}", number.hints()), "NumberHints(****)");
        assert_eq!(
            PersonalNumber::parse("0010500x").unwrap_err().to_string(),
            "expected exactly 12 digits, found 8 characters, some not digits"
        );
    }

    #[test]
    fn the_can_is_the_last_six_digits() {
        assert_eq!(PersonalNumber::parse("001050012345").unwrap().can().as_bytes(), b"012345");
    }

    #[test]
    fn hints_follow_the_decree() {
        let hints = PersonalNumber::parse("079318012345").unwrap().hints();
        assert_eq!(hints, NumberHints { place: 79, female: true, birth_year: 2018 });
    }
}
