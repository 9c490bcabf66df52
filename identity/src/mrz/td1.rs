//! The zone of an identity card: TD1, three lines of 30 (ICAO Doc 9303-5 4.2, 9303-3 4.9).

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    BirthDate, Field, MrzError, MrzKey, Sex, StateCode, check_digit, checked_characters, date, words,
};
use crate::number::PersonalNumber;

/// The zone of an identity card, every check digit right. `Debug` shows only the issuing state.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Td1 {
    /// The 90 characters.
    text: String,
    issuing_state: StateCode,
    nationality: StateCode,
}

impl Td1 {
    /// Parses three lines of 30, with or without line ends between them.
    ///
    /// # Errors
    /// Where a length, a character, a check digit or a state's code is wrong.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let text: zeroize::Zeroizing<String> =
            text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect::<String>().into();
        if text.len() != 90 {
            return Err(MrzError::Length { expected: 90, found: text.chars().count() });
        }
        checked_characters(&text)?;
        let zone = Self {
            issuing_state: StateCode::in_zone(&text, 2, Field::IssuingState)?,
            nationality: StateCode::in_zone(&text, 45, Field::Nationality)?,
            text: text.to_string(),
        };
        let number_check = zone.range(14, 15);
        // A number of more than nine characters: `<` here, its end and check digit in the optional data.
        if number_check == "<" {
            let long = zone.document_number();
            let check = zone.range(15, 30).chars().nth(long.len().saturating_sub(9));
            zone.check(Field::DocumentNumber, &long, check)?;
        } else {
            zone.check(Field::DocumentNumber, zone.range(5, 14), number_check.chars().next())?;
        }
        zone.check(Field::DateOfBirth, zone.range(30, 36), zone.range(36, 37).chars().next())?;
        zone.check(Field::DateOfExpiry, zone.range(38, 44), zone.range(44, 45).chars().next())?;
        if zone.personal_number().is_some() {
            zone.check(Field::PersonalNumber, zone.range(15, 27), zone.range(29, 30).chars().next())?;
        }
        let composite = zeroize::Zeroizing::new(
            [zone.range(5, 30), zone.range(30, 37), zone.range(38, 45), zone.range(48, 59)].concat(),
        );
        zone.check(Field::Composite, &composite, zone.range(59, 60).chars().next())?;
        Ok(zone)
    }

    #[expect(clippy::unused_self, reason = "reads as what it is: the zone checks one of its fields")]
    fn check(&self, field: Field, text: &str, digit: Option<char>) -> Result<(), MrzError> {
        let expected = check_digit(text);
        // `<` stands for 0 where a field is empty (9303-3 4.9).
        if expected.is_some() && (expected == digit || (expected == Some('0') && digit == Some('<'))) {
            Ok(())
        } else {
            Err(MrzError::CheckDigit(field))
        }
    }

    fn range(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The document code, `ID` on a Vietnamese card.
    pub fn document_code(&self) -> &str {
        self.range(0, 2).trim_end_matches('<')
    }

    /// The issuing state, `VNM`.
    pub const fn issuing_state(&self) -> StateCode {
        self.issuing_state
    }

    /// The nationality, `VNM`.
    pub const fn nationality(&self) -> StateCode {
        self.nationality
    }

    /// The document number without fillers: the last nine digits of the personal number on a Vietnamese card.
    pub fn document_number(&self) -> zeroize::Zeroizing<String> {
        let mut number = self.range(5, 14).to_owned();
        if self.range(14, 15) == "<" {
            // The last character before the first filler is the check digit (9303-5 4.2.4).
            let rest = self.range(15, 30).split('<').next().unwrap_or_default();
            number.push_str(rest.get(..rest.len().saturating_sub(1)).unwrap_or_default());
        }
        number.trim_end_matches('<').to_owned().into()
    }

    /// The personal number, from the optional data of a Vietnamese card.
    pub fn personal_number(&self) -> Option<PersonalNumber> {
        if self.issuing_state != StateCode::VIET_NAM || self.range(14, 15) == "<" {
            return None;
        }
        PersonalNumber::parse(self.range(15, 27)).ok()
    }

    /// The date of birth as printed, YYMMDD.
    pub fn date_of_birth(&self) -> &str {
        self.range(30, 36)
    }

    /// The date of expiry as printed, YYMMDD.
    pub fn date_of_expiry(&self) -> &str {
        self.range(38, 44)
    }

    /// The sex.
    pub fn sex(&self) -> Sex {
        Sex::of(self.range(37, 38))
    }

    /// The name without diacritics, surname first, as far as 30 characters reach.
    pub fn name(&self) -> zeroize::Zeroizing<String> {
        words(self.range(60, 90))
    }

    /// The date of birth: in the latest century that does not put it after `today`. `None` where it is no date.
    pub fn birth(&self, today: Date) -> Option<BirthDate> {
        date::birth(self.date_of_birth(), today)
    }

    /// The date of expiry: the first of its two-digit year after `issued`; without a date of issue in the
    /// century 2000. `None` where it is no date.
    pub fn expiry(&self, issued: Option<Date>) -> Option<Date> {
        date::expiry_after(self.date_of_expiry(), issued)
    }

    /// What opens the chip.
    ///
    /// # Errors
    /// None: the fields were checked when the zone was parsed.
    pub fn key(&self) -> Result<MrzKey, MrzError> {
        MrzKey::new(&self.document_number(), self.date_of_birth(), self.date_of_expiry())
    }
}

impl std::fmt::Debug for Td1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Td1({})", self.issuing_state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(number: &str, birth: &str, sex: char, expiry: &str, name: &str) -> String {
        let digit = |text: &str| check_digit(text).unwrap();
        let document = &number[3..];
        let line1 = format!("IDVNM{document}{}{number}<<{}", digit(document), digit(number));
        let middle = format!("{birth}{}{sex}{expiry}{}VNM<<<<<<<<<<<", digit(birth), digit(expiry));
        let composite = format!("{}{}{}{}", &line1[5..], &middle[..7], &middle[8..15], &middle[18..29]);
        format!("{line1}{middle}{}{name:<<30.30}", digit(&composite))
    }

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    /// The specimen of ICAO Doc 9303-5 appendix B.
    #[test]
    fn the_specimen_of_the_standard_is_read() {
        let specimen = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n";
        let zone = Td1::parse(specimen).unwrap();
        assert_eq!((zone.document_code(), zone.issuing_state().as_str()), ("I", "UTO"));
        assert_eq!(*zone.document_number(), "D23145890");
        assert_eq!((zone.date_of_birth(), zone.date_of_expiry()), ("740812", "120415"));
        assert_eq!(zone.sex(), Sex::Female);
        assert_eq!(*zone.name(), "ERIKSSON ANNA MARIA");
        assert!(zone.personal_number().is_none());
        assert_eq!(*zone.key().unwrap().information(), "D23145890774081221204159");
    }

    #[test]
    fn a_vietnamese_zone_gives_the_personal_number() {
        let zone = Td1::parse(&zone("001148012345", "480302", 'F', "990302", "NGUYEN<<THI<HOA")).unwrap();
        assert_eq!(zone.personal_number().unwrap().as_str(), "001148012345");
        assert_eq!(*zone.document_number(), "148012345");
        assert_eq!(zone.nationality(), StateCode::VIET_NAM);
        assert_eq!(format!("{zone:?}"), "Td1(VNM)");
    }

    #[test]
    fn one_changed_character_is_noticed() {
        let good = zone("001148012345", "480302", 'F', "990302", "NGUYEN<<THI<HOA");
        // The name (the last line), the sex and the nationality have no check digit; nor has the issuing state.
        for position in (5..36).chain(38..44).chain(48..60) {
            let mut bad = good.clone().into_bytes();
            bad[position] = if bad[position] == b'1' { b'2' } else { b'1' };
            assert!(Td1::parse(&String::from_utf8(bad).unwrap()).is_err(), "position {position}");
        }
    }

    #[test]
    fn other_text_is_an_error_that_does_not_quote_it() {
        assert_eq!(Td1::parse("NGUYEN").unwrap_err(), MrzError::Length { expected: 90, found: 6 });
        assert_eq!(Td1::parse(&"a".repeat(90)).unwrap_err(), MrzError::Character(0));
        assert!(Td1::parse(&"ễ".repeat(30)).is_err());
    }

    #[test]
    fn a_birth_is_in_the_latest_century_that_is_not_in_the_future() {
        let birth = |text| {
            let zone = Td1::parse(&zone("001148012345", text, 'F', "990302", "X")).unwrap();
            zone.birth(date(2026, 9, 15)).map(|birth| (birth.year, birth.month, birth.day))
        };
        assert_eq!(birth("260915"), Some((2026, Some(9), Some(15))));
        assert_eq!(birth("260916"), Some((1926, Some(9), Some(16))));
        assert_eq!(birth("480302"), Some((1948, Some(3), Some(2))));
        assert_eq!(birth("480000"), Some((1948, None, None)));
        assert_eq!(birth("48<<<<"), Some((1948, None, None)));
        assert_eq!(birth("4803<<"), Some((1948, Some(3), None)));
        assert_eq!(birth("26<<<<"), Some((2026, None, None)));
        assert_eq!(birth("040229"), Some((2004, Some(2), Some(29))));
        assert_eq!(birth("481340"), None);
        assert_eq!(birth("<<<<<<"), None);
    }

    #[test]
    fn an_expiry_is_the_first_after_the_issue() {
        let zone = Td1::parse(&zone("001148012345", "480302", 'F', "990302", "X")).unwrap();
        assert_eq!(zone.expiry(None), Some(date(2099, 3, 2)));
        assert_eq!(zone.expiry(Some(date(2022, 5, 10))), Some(date(2099, 3, 2)));
        assert_eq!(zone.expiry(Some(date(1998, 1, 1))), Some(date(1999, 3, 2)));
    }

    /// The long document number of ICAO Doc 9303-11 appendix D.2.
    #[test]
    fn a_document_number_over_nine_characters_goes_on_in_the_optional_data() {
        let zone = Td1::parse(concat!(
            "I<UTOD23145890<7349<<<<<<<<<<<",
            "3407127M9507122UTO<<<<<<<<<<<2",
            "STEVENSON<<PETER<JOHN<<<<<<<<<"
        ))
        .unwrap();
        assert_eq!(*zone.document_number(), "D23145890734");
        assert_eq!(*zone.key().unwrap().information(), "D23145890734934071279507122");
    }
}
