//! The code on a health-insurance card (thẻ BHYT).
//!
//! Fields between `|`, names and addresses as the hexadecimal of UTF-8, `-` for nothing, the end mark `$`. Older cards
//! end after the tenth field. It carries no signature: what counts is what the register answers.

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{MAX_LINE, QrError, QrWarning, name, wedge::Fields};
use crate::{
    date,
    insurance::{FacilityCode, InsuranceCardNumber, InsuranceNumber},
    mrz::{BirthDate, Sex},
    text::{clean_line, clean_line_within},
};

/// Fields that every card's code has.
const FIELDS: usize = 10;

/// Where the fields end that are known.
const KNOWN: usize = 16;

/// Characters of a short field whose form is not known.
const MAX_SHORT: usize = 100;

/// What the code says. `Debug` shows the masked number alone; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct InsuranceQr {
    /// Mã thẻ: of either form.
    pub number: InsuranceNumber,
    /// The full name, NFC.
    pub full_name: String,
    /// The date of birth, or the year alone.
    #[zeroize(skip)]
    pub birth: BirthDate,
    /// The sex.
    #[zeroize(skip)]
    pub sex: Sex,
    /// The address, on older cards.
    pub address: Option<String>,
    /// Nơi đăng ký KCB ban đầu.
    #[zeroize(skip)]
    pub facility: Option<FacilityCode>,
    /// The first day of validity.
    #[zeroize(skip)]
    pub valid_from: Option<Date>,
    /// The last day of validity; newer cards do not say it.
    #[zeroize(skip)]
    pub valid_to: Option<Date>,
    /// The date of issue.
    #[zeroize(skip)]
    pub issued: Option<Date>,
    /// Mã quản lý của cơ quan BHXH, digits.
    pub office: Option<String>,
    /// The name of a parent, on a child's card.
    pub parent: Option<String>,
    /// Mã nơi sinh sống: K1, K2, K3; other values were seen.
    pub area: Option<String>,
    /// The day since when the person has been insured for five years on end.
    #[zeroize(skip)]
    pub five_years: Option<Date>,
    /// A text that checks the code by a rule that is not known: kept unread.
    pub check: Option<String>,
    /// The code of the benefit level.
    pub benefit: Option<String>,
    /// Who issued the card.
    pub issuer: Option<String>,
    /// Whether the end mark is there.
    #[zeroize(skip)]
    pub complete: bool,
    /// Further fields, unread.
    pub extra: Vec<String>,
}

impl InsuranceQr {
    /// What does not fit together. Never a reason to refuse.
    pub fn warnings(&self) -> Vec<QrWarning> {
        let reversed = self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from);
        let before_birth = self.issued.is_some_and(|issued| issued.year() < self.birth.year);
        let found = [
            (reversed, QrWarning::ValidityReversed),
            (before_birth, QrWarning::IssuedBeforeBirth),
            (!self.complete, QrWarning::EndMarkMissing),
        ];
        found.into_iter().filter_map(|(odd, warning)| odd.then_some(warning)).collect()
    }
}

impl std::fmt::Debug for InsuranceQr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InsuranceQr({:?})", self.number)
    }
}

/// Whether the payload is one, right or wrong: it begins with a card's 15 characters, or it is laid out as an
/// insurance card's code.
pub(super) fn is_one(fields: &Fields<'_>) -> bool {
    let card_number = fields.get(0);
    if InsuranceCardNumber::parse(card_number).is_ok() {
        // A word before a slash may begin many things.
        return matches!(fields.separator, '|' | '¦') || fields.len() >= FIELDS;
    }
    fields.len() >= FIELDS && sex(fields.get(3)).is_some() && decoded(fields.get(1)).is_some()
}

/// Reads it.
pub(super) fn parse(mut fields: Fields<'_>) -> Result<InsuranceQr, QrError> {
    if fields.separator == '/' {
        return Err(QrError::InsuranceSeparator);
    }
    let complete = fields.get(fields.len() - 1) == "$";
    if complete {
        fields.pop();
    }
    if fields.len() < FIELDS {
        return Err(QrError::InsuranceFields);
    }
    let field = |index: usize| match fields.get(index).trim_end_matches('$') {
        "" | "-" => None,
        text => Some(text),
    };
    let day = |index, error| field(index).map(|text| full_date(text).ok_or(error)).transpose();
    let line = |index, error| field(index).map(|text| hex_line(text).ok_or(error)).transpose();
    let short =
        |index, error| field(index).map(|text| clean_line_within(text, MAX_SHORT).ok_or(error)).transpose();
    Ok(InsuranceQr {
        number: InsuranceNumber::parse(fields.get(0)).map_err(|_| QrError::InsuranceNumber)?,
        full_name: field(1).and_then(hex_name).ok_or(QrError::InsuranceName)?,
        birth: field(2).and_then(birth).ok_or(QrError::InsuranceBirth)?,
        sex: field(3).and_then(sex).ok_or(QrError::InsuranceSex)?,
        address: line(4, QrError::InsuranceAddress)?,
        facility: field(5)
            .map(|text| FacilityCode::parse_printed(text).map_err(|_| QrError::InsuranceFacility))
            .transpose()?,
        valid_from: day(6, QrError::InsuranceValidFrom)?,
        valid_to: day(7, QrError::InsuranceValidTo)?,
        issued: day(8, QrError::InsuranceIssue)?,
        office: field(9).map(|text| digits(text).ok_or(QrError::InsuranceOffice)).transpose()?,
        parent: field(10).map(|text| hex_name(text).ok_or(QrError::InsuranceParent)).transpose()?,
        area: short(11, QrError::InsuranceArea)?,
        five_years: day(12, QrError::InsuranceFiveYears)?,
        check: short(13, QrError::InsuranceCheck)?,
        benefit: short(14, QrError::InsuranceBenefit)?,
        issuer: line(15, QrError::InsuranceIssuer)?,
        complete,
        extra: fields.rest(KNOWN).map(clean_line).collect(),
    })
}

/// `dd/MM/yyyy` or `yyyy`; a day and month 00 are unknown.
fn birth(text: &str) -> Option<BirthDate> {
    if matches!(text.len(), 10 | 4) { date::parse(text) } else { None }
}

fn full_date(text: &str) -> Option<Date> {
    if text.len() == 10 { date::parse_full(text) } else { None }
}

fn sex(text: &str) -> Option<Sex> {
    match text {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        _ => None,
    }
}

fn digits(text: &str) -> Option<String> {
    let all = text.len() <= MAX_SHORT && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.to_owned())
}

/// The text whose UTF-8 `hex` is, of either case.
fn decoded(hex: &str) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(hex::decode(hex).ok()?);
    let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.is_empty())?;
    Some(Zeroizing::new(text.to_owned()))
}

fn hex_name(hex: &str) -> Option<String> {
    name(&decoded(hex)?)
}

fn hex_line(hex: &str) -> Option<String> {
    clean_line_within(&decoded(hex)?, MAX_LINE)
}
