//! The portal's XML file for foreigners (`KHAI_BAO_TAM_TRU`).
//!
//! Element names and the dates' form in `ngay_sinh` are likely, from one open program. Stand-ins: that the other dates have
//! the same form, `Y` where the year alone is known (as in the interface), an empty `so_phong` where there is no room.
//! Whether the portal skips the first guest, as it skips a row of the Excel file, is not known: a person counts.

use std::fmt::Write as _;

use flows::lodging::{Declaration, ForeignGuest, Guest, LOCAL};
use identity::text::clean_line_within;
use jiff::Timestamp;
use quick_xml::escape::partial_escape;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zeroize::Zeroizing;

use super::{FileError, count, excel::date};
use crate::national::lodging::wire::{birth_note, sex, whole_or_year};

/// The longest name and room, in characters.
const LONGEST_VALUE: usize = 100;

/// Writes the file of these guests, each with the moment at which they left, where they have. `simulated` says so in it.
///
/// # Errors
/// Where there is nobody, too many, a Vietnamese, or a name that Latin capitals cannot write.
pub fn write(
    guests: &[(Declaration, Option<Timestamp>)],
    simulated: bool,
) -> Result<Zeroizing<String>, FileError> {
    count(guests.len())?;
    // With room for all of it at once: what grows leaves copies behind that nobody overwrites.
    let mut xml = Zeroizing::new(String::with_capacity(256 + guests.len() * 2_048));
    xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if simulated {
        xml.push_str("<!-- DỮ LIỆU MÔ PHỎNG -->\n");
    }
    xml.push_str("<KHAI_BAO_TAM_TRU>\n");
    for (index, (declaration, left)) in guests.iter().enumerate() {
        let Guest::Foreign(guest) = &declaration.guest else { return Err(FileError::OtherKind(index)) };
        let value = |field| FileError::Value { index, field };
        let day = |at| date(LOCAL.to_datetime(at).date());
        let room = declaration.stay.room.as_deref().unwrap_or_default();
        let room = clean_line_within(room, LONGEST_VALUE).ok_or(value("so_phong"))?;
        let ForeignGuest { full_name, birth, nationality, passport, permitted_until, .. } = guest;
        let elements = [
            ("so_thu_tu", Some((index + 1).to_string())),
            ("ho_ten", Some(mrz_name(full_name).ok_or(value("ho_ten"))?)),
            ("ngay_sinh", Some(date(whole_or_year(*birth).ok_or(value("ngay_sinh"))?))),
            ("ngay_sinh_dung_den", Some(if birth_note(*birth).is_none() { "D" } else { "Y" }.to_owned())),
            ("gioi_tinh", Some(sex(guest.sex).ok_or(value("gioi_tinh"))?.to_owned())),
            ("ma_quoc_tich", Some(nationality.as_str().to_owned())),
            ("so_ho_chieu", Some(passport.clone())),
            ("so_phong", Some(room)),
            ("ngay_den", Some(day(declaration.stay.arrival))),
            ("ngay_di_du_kien", Some(day(declaration.stay.departure))),
            ("ngay_tra_phong", left.map(day)),
            ("thoi_han_tam_tru", Some(date(*permitted_until))),
        ];
        xml.push_str("  <THONG_TIN_KHACH>\n");
        for (name, text) in elements.iter().filter_map(|(name, text)| Some((name, text.as_deref()?))) {
            // Writing to a String cannot fail.
            let _ = writeln!(xml, "    <{name}>{}</{name}>", partial_escape(text));
        }
        xml.push_str("  </THONG_TIN_KHACH>\n");
    }
    xml.push_str("</KHAI_BAO_TAM_TRU>\n");
    Ok(xml)
}

/// A name in the letters of a machine-readable zone (ICAO Doc 9303-3 6.A), words apart by one space. `None` where that is
/// no name: another script, or too long.
pub fn mrz_name(name: &str) -> Option<String> {
    let mut letters = String::with_capacity(name.len() * 2);
    for letter in name.nfc().flat_map(char::to_uppercase) {
        match letter {
            'Ä' | 'Æ' => letters.push_str("AE"),
            'Å' => letters.push_str("AA"),
            'Ö' | 'Ø' | 'Œ' => letters.push_str("OE"),
            'Ü' => letters.push_str("UE"),
            'ẞ' => letters.push_str("SS"),
            'Þ' => letters.push_str("TH"),
            'Đ' | 'Ð' => letters.push('D'),
            'Ł' => letters.push('L'),
            '\'' | '’' | '.' => {}
            '-' | ',' | '<' => letters.push(' '),
            other => letters.extend(std::iter::once(other).nfd().filter(|part| !is_combining_mark(*part))),
        }
    }
    let name = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=LONGEST_VALUE).contains(&name.len())
        && name.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b' ');
    fits.then_some(name)
}
