//! Dates of which a part may be unknown.

use jiff::civil::Date;
use zeroize::Zeroize;

/// A date of birth as a document states it: the day, or day and month, may be unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Zeroize)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// `None` where no such date exists.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && match (month, day) {
                (None, None) => true,
                (None, Some(_)) => false,
                (Some(month), day) => Date::new(year, month, day.unwrap_or(1)).is_ok(),
            };
        exists.then_some(Self { year, month, day })
    }

    /// The year, always known.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, 1 to 31; known only where the month is.
    pub const fn day(self) -> Option<i8> {
        self.day
    }

    /// The full date, where all of it is known.
    pub fn date(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// The earliest day that it can be.
    pub fn earliest(self) -> Option<Date> {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()
    }

    /// Reads `dd/MM/yyyy`, `ddMMyyyy`, `MM/yyyy`, `MMyyyy` or `yyyy`; parts that are 00 are unknown.
    pub fn parse_vietnamese(text: &str) -> Option<Self> {
        let text = text.trim();
        let width = match (text.len(), text.matches('/').count()) {
            (10, 2) if text.find('/') == Some(2) && text.rfind('/') == Some(5) => 8,
            (7, 1) if text.find('/') == Some(2) => 6,
            (width, 0) => width,
            _ => return None,
        };
        let digits: String = text.chars().filter(|c| *c != '/').collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i8>().ok();
        let known = |value: i8| (value != 0).then_some(value);
        let year = |from: usize| digits.get(from..)?.parse::<i16>().ok();
        match width {
            8 => {
                let month = known(part(2..4)?);
                Self::new(year(4)?, month, known(part(0..2)?).filter(|_| month.is_some()))
            }
            6 => Self::new(year(2)?, known(part(0..2)?), None),
            4 => Self::new(year(0)?, None, None),
            _ => None,
        }
    }
}

impl std::fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PartialDate(masked)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_seen_on_cards_is_read() {
        let of = |year, month, day| PartialDate::new(year, month, day);
        for (text, expected) in [
            ("02/03/1948", of(1948, Some(3), Some(2))),
            ("02031948", of(1948, Some(3), Some(2))),
            ("03/1948", of(1948, Some(3), None)),
            ("031948", of(1948, Some(3), None)),
            ("1948", of(1948, None, None)),
            ("00/00/1948", of(1948, None, None)),
            ("00/03/1948", of(1948, Some(3), None)),
            (" 1948 ", of(1948, None, None)),
        ] {
            assert!(expected.is_some());
            assert_eq!(PartialDate::parse_vietnamese(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_read_as_one() {
        for text in [
            "",
            "31/02/1948",
            "32011948",
            "01/13/1948",
            "1/3/1948",
            "2/3/48",
            "0000",
            "abcd",
            "١٩٤٨",
            "+948",
            "1948-03-02",
            "0/203/1948",
            "1/948",
            "02/031948",
        ] {
            assert_eq!(PartialDate::parse_vietnamese(text), None, "{text}");
        }
    }

    #[test]
    fn debug_hides_the_date() {
        assert_eq!(format!("{:?}", PartialDate::new(1948, None, None).unwrap()), "PartialDate(masked)");
    }
}
