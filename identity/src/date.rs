//! Dates as cards write them: in DG13 and in the printed codes.

use jiff::civil::Date;

use crate::mrz::BirthDate;

/// Reads `dd/MM/yyyy`, `ddMMyyyy`, `MM/yyyy`, `MMyyyy` or `yyyy`; parts that are 00 are unknown.
pub(crate) fn parse(text: &str) -> Option<BirthDate> {
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
            new(year(4)?, month, known(part(0..2)?).filter(|_| month.is_some()))
        }
        6 => new(year(2)?, known(part(0..2)?), None),
        4 => new(year(0)?, None, None),
        _ => None,
    }
}

/// Reads a date of which every part is known.
pub(crate) fn parse_full(text: &str) -> Option<Date> {
    let date = parse(text)?;
    Date::new(date.year, date.month?, date.day?).ok()
}

fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<BirthDate> {
    let exists = year > 0
        && match month {
            None => true,
            Some(month) => Date::new(year, month, day.unwrap_or(1)).is_ok(),
        };
    exists.then_some(BirthDate { year, month, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_seen_on_cards_is_read() {
        let of = |year, month, day| Some(BirthDate { year, month, day });
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
            assert_eq!(parse(text), expected, "{text}");
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
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
