//! DG13 of a Vietnamese card: the citizen's data in Vietnamese.
//!
//! Its layout is not published; this is what real cards were seen to hold:
//! `6D { 30 { INTEGER 1, OID 1.0.10646.1.0.8, 31 SET OF SEQUENCE { INTEGER n, value } } }`, text in UTF-8.
//! The set is in no order, and an entry may be missing, empty, or hold only its number.

use std::collections::BTreeMap;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{FileId, LdsError, security_info::unsigned};
use crate::{
    bytes::SecretBytes,
    date,
    mrz::BirthDate,
    number::PersonalNumber,
    text::clean_line,
    tlv::{self, Reader, Tlv},
};

/// More entries than any card was seen to have (16).
const MAX_ENTRIES: usize = 64;

/// What the date of expiry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The last day on which the card is valid.
    On(Date),
    /// `Không thời hạn`: the card of a person aged 60 and over.
    Never,
}

/// DG13 as read. Its `Debug` shows only which entries there are.
#[derive(Clone, PartialEq, Eq)]
pub struct DataGroup13 {
    texts: BTreeMap<u32, Zeroizing<String>>,
    others: BTreeMap<u32, SecretBytes>,
    names: BTreeMap<u32, Vec<Zeroizing<String>>>,
}

impl std::fmt::Debug for DataGroup13 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = self.texts.keys().chain(self.others.keys()).chain(self.names.keys());
        f.debug_tuple("DataGroup13").field(&numbers.collect::<Vec<_>>()).finish()
    }
}

/// Reads DG13.
///
/// # Errors
/// Where it is not built as above, an entry stands twice, or a text is not UTF-8.
pub fn parse(file: &[u8]) -> Result<DataGroup13, LdsError> {
    let mut reader = Reader::new(tlv::only(0x30, tlv::only(FileId::DG13.tag().into(), file)?)?);
    reader.expect_tag(0x02)?;
    reader.expect_tag(0x06)?;
    let mut entries = Reader::new(reader.expect_tag(0x31)?);
    let mut data = DataGroup13 { texts: BTreeMap::new(), others: BTreeMap::new(), names: BTreeMap::new() };
    let mut seen = std::collections::BTreeSet::new();
    while !entries.is_empty() {
        let mut entry = Reader::new(entries.expect_tag(0x30)?);
        let number = unsigned(entry.expect_tag(0x02)?)?;
        if !seen.insert(number) {
            return Err(LdsError::Content("an entry stands twice"));
        }
        if seen.len() > MAX_ENTRIES {
            return Err(LdsError::TooMuch("entries"));
        }
        if let Some(value) = entry.next_object()? {
            data.insert(number, value)?;
        }
        entry.finish()?;
    }
    Ok(data)
}

impl DataGroup13 {
    fn insert(&mut self, number: u32, value: Tlv<'_>) -> Result<(), LdsError> {
        match value.tag {
            // UTF8String and PrintableString.
            0x0C | 0x13 => {
                self.texts.insert(number, text(value.value)?);
            }
            0x30 => {
                let mut reader = Reader::new(value.value);
                let mut names = Vec::new();
                while let Some(object) = reader.next_object()? {
                    if matches!(object.tag, 0x0C | 0x13) {
                        names.push(text(object.value)?);
                    }
                }
                self.names.insert(number, names);
            }
            tag => {
                self.others.insert(number, SecretBytes::new(tlv::write(tag, value.value)));
            }
        }
        Ok(())
    }

    /// The text of entry `number` as one clean line ([`clean_line`]); `None` where it is missing or empty.
    ///
    /// 1 personal number, 2 full name, 3 date of birth, 4 sex, 5 nationality, 6 ethnicity, 7 religion,
    /// 8 place of origin, 9 residence, 10 identifying marks, 11 date of issue, 12 date of expiry,
    /// 15 old document number, 16 another old number.
    pub fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(&number).map(|text| text.as_str()).filter(|text| !text.is_empty())
    }

    /// The names in entry `number` (13: father, mother; 14: spouse); an unknown one is empty.
    pub fn names(&self, number: u32) -> impl Iterator<Item = &str> {
        self.names.get(&number).into_iter().flatten().map(|name| name.as_str())
    }

    /// An entry of a kind that is not known, as it stood in the file.
    pub fn other(&self, number: u32) -> Option<&SecretBytes> {
        self.others.get(&number)
    }

    /// The personal number (entry 1), `None` where it is missing.
    ///
    /// # Errors
    /// Where it is not 12 digits.
    pub fn personal_number(&self) -> Result<Option<PersonalNumber>, LdsError> {
        self.text(1)
            .map(PersonalNumber::parse)
            .transpose()
            .map_err(|_| LdsError::Content("the personal number is not 12 digits"))
    }

    /// The date of birth (entry 3), `None` where it is missing.
    ///
    /// # Errors
    /// Where it is not a date.
    pub fn date_of_birth(&self) -> Result<Option<BirthDate>, LdsError> {
        self.text(3)
            .map(|text| date::parse(text).ok_or(LdsError::Content("the date of birth is no date")))
            .transpose()
    }

    /// The date of issue (entry 11), `None` where it is missing.
    ///
    /// # Errors
    /// Where it is not a full date.
    pub fn date_of_issue(&self) -> Result<Option<Date>, LdsError> {
        self.text(11).map(full_date).transpose()
    }

    /// The date of expiry (entry 12), `None` where it is missing.
    ///
    /// # Errors
    /// Where it is neither a full date nor `Không thời hạn`.
    pub fn expiry(&self) -> Result<Option<Expiry>, LdsError> {
        match self.text(12) {
            None => Ok(None),
            Some(text) if text.to_lowercase() == "không thời hạn" => Ok(Some(Expiry::Never)),
            Some(text) => full_date(text).map(|date| Some(Expiry::On(date))),
        }
    }
}

fn full_date(text: &str) -> Result<Date, LdsError> {
    date::parse_full(text).ok_or(LdsError::Content("a date is no date"))
}

fn text(content: &[u8]) -> Result<Zeroizing<String>, LdsError> {
    let text = std::str::from_utf8(content).map_err(|_| LdsError::Content("a text is not UTF-8"))?;
    Ok(Zeroizing::new(clean_line(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::LdsError;

    fn entry(number: u8, value: &[u8]) -> Vec<u8> {
        tlv::write(0x30, &[&[0x02, 0x01, number], value].concat())
    }

    fn utf8(number: u8, text: &str) -> Vec<u8> {
        entry(number, &tlv::write(0x0C, text.as_bytes()))
    }

    fn file(entries: &[Vec<u8>]) -> Vec<u8> {
        let oid = [0x06, 0x06, 0x28, 0xD3, 0x16, 0x01, 0x00, 0x08];
        let content = [&[0x02, 0x01, 0x01][..], &oid, &tlv::write(0x31, &entries.concat())].concat();
        tlv::write(0x6D, &tlv::write(0x30, &content))
    }

    #[test]
    fn entries_in_any_order_are_found() {
        let data = parse(&file(&[
            utf8(12, "Không thời hạn"),
            utf8(3, "02/03/1948"),
            utf8(1, "001148012345"),
            utf8(11, "10052022"),
            utf8(2, "Nguyễn Thị Hoà"),
        ]))
        .unwrap();
        assert_eq!(data.personal_number().unwrap().unwrap().as_str(), "001148012345");
        assert_eq!(data.text(2), Some("Nguyễn Thị Hoà"));
        assert_eq!(
            data.date_of_birth().unwrap(),
            Some(BirthDate { year: 1948, month: Some(3), day: Some(2) })
        );
        assert_eq!(data.date_of_issue().unwrap(), Some(jiff::civil::date(2022, 5, 10)));
        assert_eq!(data.expiry().unwrap(), Some(Expiry::Never));
    }

    #[test]
    fn missing_empty_and_bare_entries_are_none() {
        let data = parse(&file(&[entry(15, &[]), utf8(8, ""), utf8(9, "  ")])).unwrap();
        for number in [1, 8, 9, 15, 99] {
            assert_eq!(data.text(number), None);
        }
        assert_eq!(data.expiry(), Ok(None));
        assert!(parse(&file(&[])).is_ok());
    }

    #[test]
    fn a_name_in_separate_marks_equals_the_same_name_composed() {
        let apart: String = unicode_normalization::UnicodeNormalization::nfd("Nguyễn Thị Hoà").collect();
        assert_ne!(apart, "Nguyễn Thị Hoà");
        assert_eq!(parse(&file(&[utf8(2, &apart)])).unwrap().text(2), Some("Nguyễn Thị Hoà"));
        let never: String = unicode_normalization::UnicodeNormalization::nfd("Không Thời Hạn").collect();
        assert_eq!(parse(&file(&[utf8(12, &never)])).unwrap().expiry(), Ok(Some(Expiry::Never)));
    }

    #[test]
    fn parents_are_read_and_an_unknown_one_stays_in_its_place() {
        let parents = [tlv::write(0x0C, b""), tlv::write(0x0C, "Trần Thị Bình".as_bytes())].concat();
        let data = parse(&file(&[entry(13, &tlv::write(0x30, &parents))])).unwrap();
        assert_eq!(data.names(13).collect::<Vec<_>>(), ["", "Trần Thị Bình"]);
    }

    #[test]
    fn an_entry_of_an_unknown_kind_is_kept_raw() {
        let data = parse(&file(&[entry(16, &[0x04, 0x01, 0xFF])])).unwrap();
        assert_eq!(data.other(16).unwrap().as_slice(), [0x04, 0x01, 0xFF]);
    }

    #[test]
    fn an_entry_twice_or_with_two_values_or_not_utf8_is_refused() {
        let twice = file(&[utf8(1, "001148012345"), utf8(1, "001148012346")]);
        assert_eq!(parse(&twice), Err(LdsError::Content("an entry stands twice")));
        assert!(parse(&file(&[entry(1, &[0x0C, 0x01, b'1', 0x0C, 0x01, b'2'])])).is_err());
        assert!(parse(&file(&[entry(2, &[0x0C, 0x01, 0xFF])])).is_err());
    }

    #[test]
    fn wrong_numbers_and_dates_are_errors_not_absent() {
        let data = parse(&file(&[utf8(1, "12345"), utf8(3, "31/02/1948"), utf8(12, "1948")])).unwrap();
        assert!(data.personal_number().is_err());
        assert!(data.date_of_birth().is_err());
        assert!(data.expiry().is_err());
    }

    #[test]
    fn debug_shows_no_data() {
        let data = parse(&file(&[utf8(2, "Nguyễn Thị Hoà")])).unwrap();
        assert_eq!(format!("{data:?}"), "DataGroup13([2])");
    }
}
