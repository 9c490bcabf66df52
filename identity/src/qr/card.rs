//! The code on the face of a CCCD (TT 06/2021/TT-BCA) and on the back of a Căn cước (TT 16/2024/TT-BCA).
//!
//! UTF-8 text, fields between `|`: number, old number, name, birth, sex, residence, date of issue. The newer card has
//! more, in an order that no public document gives: those are kept unread. It carries no signature, and a photograph
//! of it reads as well: it says nothing about who shows it.

use jiff::civil::{Date, date};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{MAX_LINE, QrError, QrWarning, name, wedge::Fields};
use crate::{
    date,
    mrz::{BirthDate, Sex},
    number::{OldCardNumber, PersonalNumber},
    province::BirthPlace,
    text::{clean_line, clean_line_within},
};

/// Fields that every card's code has.
const FIELDS: usize = 7;

/// What the code says. `Debug` shows the masked number alone; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CardQr {
    /// Số định danh cá nhân.
    pub number: PersonalNumber,
    /// Số CMND cũ, where there is one.
    pub old_number: Option<OldCardNumber>,
    /// The full name as issued, NFC.
    pub full_name: String,
    /// The date of birth, as far as it is known.
    #[zeroize(skip)]
    pub birth: BirthDate,
    /// The sex.
    #[zeroize(skip)]
    pub sex: Sex,
    /// Nơi thường trú, or nơi cư trú: as printed at issue, often with a district that is no more. Never parsed.
    pub residence: Option<String>,
    /// The date of issue.
    #[zeroize(skip)]
    pub issued: Date,
    /// Further fields, unread: what they mean is not known.
    pub extra: Vec<String>,
}

impl CardQr {
    /// Whether the date of issue is one of Căn cước cards (from 2024-07-01), not of CCCD. A likelihood: only the chip
    /// or the card's face proves which it is.
    pub fn likely_can_cuoc(&self) -> bool {
        self.issued >= date(2024, 7, 1)
    }

    /// What does not fit together. Never a reason to refuse.
    pub fn warnings(&self) -> Vec<QrWarning> {
        let hints = self.number.hints();
        let sex_differs = match self.sex {
            Sex::Male => hints.female,
            Sex::Female => !hints.female,
            Sex::Unspecified => false,
        };
        let found = [
            (u16::try_from(self.birth.year) != Ok(hints.birth_year), QrWarning::BirthYearDiffers),
            (sex_differs, QrWarning::SexDiffers),
            (hints.birth_place() == BirthPlace::Unlisted, QrWarning::BirthPlaceUnlisted),
            (self.issued.year() < self.birth.year, QrWarning::IssuedBeforeBirth),
        ];
        found.into_iter().filter_map(|(odd, warning)| odd.then_some(warning)).collect()
    }
}

impl std::fmt::Debug for CardQr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardQr({:?})", self.number)
    }
}

/// Whether the payload is one, right or wrong: it begins with a personal number, or it is laid out as a card's code
/// and only the number is damaged.
pub(super) fn is_one(fields: &Fields<'_>) -> bool {
    if PersonalNumber::parse(fields.get(0)).is_ok() {
        // A number before a slash may begin many things.
        return matches!(fields.separator, '|' | '¦') || fields.at_any() >= FIELDS;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    fields.len() >= FIELDS && sex(fields.get(4)).is_some() && digits(fields.get(3))
}

/// Reads it.
pub(super) fn parse(fields: Fields<'_>) -> Result<CardQr, QrError> {
    let damaged = fields.separator != '|' || fields.len() < FIELDS;
    let mut fields = if fields.len() < FIELDS { fields.split_at_any() } else { fields };
    if fields.len() < FIELDS {
        return Err(QrError::CardFields);
    }
    if damaged && fields.len() > FIELDS {
        // The residence may hold what the scanner wrote for `|` (`12/3 Phố Mẫu`); it ends before the date of issue.
        let issue = (FIELDS - 1..fields.len()).find(|index| full_date(fields.get(*index)).is_some());
        fields.join(FIELDS - 2, issue.ok_or(QrError::CardIssue)?.saturating_sub(1));
    }
    Ok(CardQr {
        number: PersonalNumber::parse(fields.get(0)).map_err(|_| QrError::CardNumber)?,
        old_number: match fields.get(1) {
            "" => None,
            text => Some(OldCardNumber::parse(text).map_err(|_| QrError::CardOldNumber)?),
        },
        full_name: name(fields.get(2)).ok_or(QrError::CardName)?,
        birth: birth(fields.get(3)).ok_or(QrError::CardBirth)?,
        sex: sex(fields.get(4)).ok_or(QrError::CardSex)?,
        residence: match fields.get(5) {
            "" => None,
            text => Some(clean_line_within(text, MAX_LINE).ok_or(QrError::CardResidence)?),
        },
        issued: full_date(fields.get(FIELDS - 1)).ok_or(QrError::CardIssue)?,
        extra: fields.rest(FIELDS).filter(|text| *text != "$").map(clean_line).collect(),
    })
}

/// `ddMMyyyy`, `MMyyyy` or `yyyy`; parts that are 00 are unknown.
fn birth(text: &str) -> Option<BirthDate> {
    if text.contains('/') { None } else { date::parse(text) }
}

/// `ddMMyyyy`, with the `$` that a scanner may put at the end.
fn full_date(text: &str) -> Option<Date> {
    let text = text.trim_end_matches(['$', ' ']);
    if text.len() == 8 { date::parse_full(text) } else { None }
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_lowercase().as_str() {
        "nam" => Some(Sex::Male),
        "nữ" => Some(Sex::Female),
        _ => None,
    }
}
