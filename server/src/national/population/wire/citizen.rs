//! The answer to `TraCuuThongTinCongDan`: `CongdanCollection/CongDan` in the namespace `http://www.mic.gov.vn/dancu/1.0`.
//!
//! Of all that the database tells (religion, marriage, blood group, kin, household, addresses) only what names the person is
//! read; the rest is passed over unread.

use flows::person::{Birth, Person, Sex};
use identity::{number::PersonalNumber, text::clean_line_within};
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{Element, fault, walk};
use crate::national::{Flaw, population::Citizen};

/// What a look-up answers.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum LookUpReply {
    /// The person.
    Known(Citizen),
    /// An empty collection.
    Nobody,
    /// A fault, as for the other operation.
    Fault {
        /// The local part of `faultcode`.
        code: String,
        /// Whether the code says that our request is at fault.
        ours: bool,
    },
}

/// The values that are read, each at most once.
#[derive(Default)]
struct Values([Option<Zeroizing<String>>; PATHS.len()]);

/// Where they stand below `CongDan`. A father's or a householder's are one level deeper.
const PATHS: [&[&str]; 8] = [
    &["SoDinhDanh"],
    &["SoCMND"],
    &["HoVaTen", "Ho"],
    &["HoVaTen", "ChuDem"],
    &["HoVaTen", "Ten"],
    &["GioiTinh"],
    &["NgayThangNamSinh", "NgayThangNam"],
    &["NgayThangNamSinh", "Nam"],
];

/// Reads the answer to a question about `number`. More than one person in it, or another one, is malformed.
pub(in crate::national) fn look_up_reply(bytes: &[u8], number: &PersonalNumber) -> Result<LookUpReply, Flaw> {
    let (mut values, mut people, mut failed) = (Values::default(), 0, None);
    walk(bytes, |path, value| {
        let [envelope, body, inner @ ..] = path else { return Ok(()) };
        if !(envelope.soap && envelope.name == "Envelope" && body.soap && body.name == "Body") {
            return Ok(());
        }
        if let [parent, leaf] = inner
            && parent.soap
            && (parent.name.as_str(), leaf.name.as_str()) == ("Fault", "faultcode")
        {
            failed = Some(fault(value));
        }
        let is = |element: &Element, name: &str| element.people && element.name == name;
        let Some(collection) = inner.iter().position(|element| is(element, "CongdanCollection")) else {
            return Ok(());
        };
        match inner.get(collection + 1..) {
            Some([person]) if is(person, "CongDan") => people += 1,
            Some([person, rest @ ..]) if is(person, "CongDan") => values.keep(rest, value)?,
            _ => {}
        }
        Ok(())
    })?;
    match (people, failed) {
        (0, Some((code, ours))) => Ok(LookUpReply::Fault { code, ours }),
        // The collection itself may be an empty element, which ends nowhere: nobody is whoever is not there.
        (0, None) if collection_is_there(bytes) => Ok(LookUpReply::Nobody),
        (1, None) => values
            .citizen()
            .filter(|citizen| citizen.person.number.as_ref() == Some(number))
            .map_or(Err(Flaw::Content), |citizen| Ok(LookUpReply::Known(citizen))),
        _ => Err(Flaw::Content),
    }
}

impl Values {
    fn keep(&mut self, path: &[Element], value: &str) -> Result<(), Flaw> {
        let names = || path.iter().map(|element| element.name.as_str());
        let Some(place) = PATHS.iter().position(|known| names().eq(known.iter().copied())) else {
            return Ok(());
        };
        // No XML document holds a control character (XML 1.0 section 2.2).
        let value = clean_line_within(value, 100).filter(|_| !value.chars().any(char::is_control));
        let value = value.ok_or(Flaw::Content)?;
        match self.0.get_mut(place) {
            Some(slot @ None) => *slot = Some(Zeroizing::new(value)),
            _ => return Err(Flaw::Content),
        }
        Ok(())
    }

    fn citizen(&self) -> Option<Citizen> {
        let [number, earlier, family, middle, given, sex, date, year] = self
            .0
            .each_ref()
            .map(|value| value.as_ref().map(|value| value.as_str()).filter(|value| !value.is_empty()));
        let full_name: Vec<&str> = [family, middle, given].into_iter().flatten().collect();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let birth = match (date, year) {
            (Some(date), _) if date.len() == 8 => {
                let date = Date::strptime("%Y%m%d", date).ok()?;
                Birth { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
            }
            (None, Some(year)) if year.len() == 4 && digits(year) => {
                Birth { year: year.parse().ok()?, month: None, day: None }
            }
            _ => return None,
        };
        Some(Citizen {
            earlier_number: match earlier {
                Some(text) if text.len() == 9 && digits(text) => Some(text.to_owned()),
                Some(_) => return None,
                None => None,
            },
            person: Person {
                number: Some(PersonalNumber::parse(number?).ok()?),
                insurance_number: None,
                old_numbers: Vec::new(),
                full_name: if given.is_some() { full_name.join(" ") } else { return None },
                birth,
                sex: match sex {
                    Some("1") => Sex::Male,
                    Some("2") => Sex::Female,
                    None => Sex::Unknown,
                    Some(_) => return None,
                },
            },
        })
    }
}

/// Whether the answer, which is well-formed, has the collection at all.
fn collection_is_there(bytes: &[u8]) -> bool {
    super::has_element(bytes, "CongdanCollection")
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../../tests/wire/population/", $name))
        };
    }

    fn read(text: &str, number: &str) -> Result<LookUpReply, Flaw> {
        look_up_reply(text.as_bytes(), &PersonalNumber::parse(number).unwrap())
    }

    #[test]
    fn the_golden_answers_are_understood() {
        let Ok(LookUpReply::Known(hoa)) = read(wire!("look-up-response.xml"), "001148012345") else {
            panic!("nobody")
        };
        assert_eq!(hoa.person.full_name, "Nguyễn Thị Hoà");
        assert!(hoa.person.birth == Birth { year: 1948, month: Some(3), day: Some(2) });
        assert_eq!((hoa.person.sex, hoa.earlier_number.as_deref()), (Sex::Female, None));
        let Ok(LookUpReply::Known(blom)) = read(wire!("look-up-response-whole.xml"), "001031000007") else {
            panic!("nobody")
        };
        assert_eq!(blom.person.full_name, "Y Blơm Niê Kdăm");
        assert!(blom.person.birth == Birth { year: 1931, month: None, day: None });
        assert_eq!((blom.person.sex, blom.earlier_number.as_deref()), (Sex::Male, Some("100000007")));
        assert!(!format!("{blom:?}").contains("100000007"));
        assert_eq!(read(wire!("look-up-response-nobody.xml"), "001148012345"), Ok(LookUpReply::Nobody));
        let ours = LookUpReply::Fault { code: "Client.Authentication".to_owned(), ours: true };
        assert_eq!(read(wire!("fault-client.xml"), "001148012345"), Ok(ours));
    }

    #[test]
    fn another_person_or_two_or_half_of_one_is_malformed() {
        let golden = wire!("look-up-response.xml");
        assert_eq!(read(golden, "001031000007"), Err(Flaw::Content));
        for (from, to, flaw) in [
            ("</CongDan>", "</CongDan><CongDan/><CongDan></CongDan>", Flaw::Content),
            ("<Ho>Nguyễn</Ho>", "<Ho>Nguyễn</Ho><Ho>Trần</Ho>", Flaw::Content),
            ("<Ten>Hoà</Ten>", "<Ten/>", Flaw::Content),
            ("<Ten>Hoà</Ten>", "<Ten>Ho&#x1b;à</Ten>", Flaw::Content),
            ("<Ten>Hoà</Ten>", "<Ten>&ten;</Ten>", Flaw::Entity),
            ("19480302", "1948-03-02", Flaw::Content),
            ("19480302", "19481302", Flaw::Content),
            ("<GioiTinh>2", "<GioiTinh>3", Flaw::Content),
            ("001148012345", "00114801234", Flaw::Content),
            ("<soapenv:Header/>", "<!DOCTYPE a><soapenv:Header/>", Flaw::DocumentType),
            ("http://www.mic.gov.vn/dancu/1.0", "http://example.invalid/", Flaw::Content),
        ] {
            let text = golden.replacen(from, to, 1);
            assert_ne!(text, golden);
            assert_eq!(read(&text, "001148012345"), Err(flaw), "{to}");
        }
        let long = golden.replace("Hoà", &"a".repeat(101));
        assert_eq!(read(&long, "001148012345"), Err(Flaw::Content));
    }

    #[test]
    fn a_name_is_one_clean_line() {
        let text = wire!("look-up-response.xml").replace("Hoà", "Hoa\u{300}\u{202e}\u{200b}");
        let Ok(LookUpReply::Known(hoa)) = read(&text, "001148012345") else { panic!("nobody") };
        assert_eq!(hoa.person.full_name, "Nguyễn Thị Hoà");
    }

    #[test]
    fn a_letter_given_by_its_number_is_that_letter() {
        let text = wire!("look-up-response.xml").replace("Hoà", "Ho&#xE0;");
        let Ok(LookUpReply::Known(hoa)) = read(&text, "001148012345") else { panic!("nobody") };
        assert_eq!(hoa.person.full_name, "Nguyễn Thị Hoà");
    }
}
