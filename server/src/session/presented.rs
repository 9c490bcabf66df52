//! What was presented without a chip's proof: a code, or what somebody typed. Parsed here, field by field.

use flows::{
    Person,
    engine::{Presented, Source},
    evidence::{ChildEvidence, QrEvidence, TypedEvidence},
    person::{Birth, Representative, Sex},
};
use identity::{
    ReasonCode, mrz,
    number::{OldNumber, PersonalNumber},
    qr::{self, Payload, QrError, QrWarning},
    text::person_name,
};
use jiff::civil::Date;
use thiserror::Error;

/// A typed field that is not as it must be. What was typed is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TypedFault {
    /// The personal number.
    #[error("the personal number is not 12 digits; type the number on the card's front")]
    Number,
    /// A name.
    #[error(
        "a name is empty, longer than 100 characters, or has other characters than letters; type it again"
    )]
    Name,
    /// The date of birth.
    #[error("the date of birth is not on the calendar, lies in the future or before 1900; type it again")]
    Birth,
}

/// What a code came to.
pub(super) struct Shown {
    /// Whom it names, or why it is of no use.
    pub presented: Result<Presented, ReasonCode>,
    /// What looks odd in it.
    pub warnings: Vec<QrWarning>,
    /// What is wrong with it: the stable word for staff and the log.
    pub fault: Option<&'static str>,
}

impl Shown {
    const fn of_no_use(code: ReasonCode, fault: Option<&'static str>) -> Self {
        Self { presented: Err(code), warnings: Vec::new(), fault }
    }
}

/// Whom a code names, or why it is of no use: also where nobody alive on `today` was born then. The payload ends here: neither it nor what else stands in it is kept.
pub(super) fn shown(evidence: &QrEvidence, today: Date) -> Shown {
    let (person, source, warnings) = match qr::parse(evidence.payload.as_slice()) {
        Payload::Card(card) => {
            let person = Person {
                number: Some(card.number.clone()),
                insurance_number: None,
                old_numbers: card.old_number.clone().map(OldNumber::Card).into_iter().collect(),
                full_name: card.full_name.clone(),
                birth: Birth { year: card.birth.year, month: card.birth.month, day: card.birth.day },
                sex: sex(card.sex),
            };
            (person, Source::CardQr, card.warnings())
        }
        Payload::Insurance(card) => {
            let person = Person {
                number: None,
                insurance_number: Some(card.number.clone()),
                old_numbers: Vec::new(),
                full_name: card.full_name.clone(),
                birth: Birth { year: card.birth.year, month: card.birth.month, day: card.birth.day },
                sex: sex(card.sex),
            };
            (person, Source::InsuranceQr, card.warnings())
        }
        Payload::Token { .. } => return Shown::of_no_use(ReasonCode::QrUnsupported, None),
        Payload::Malformed { error, .. } => {
            return Shown::of_no_use(ReasonCode::QrMalformed, Some(error.code()));
        }
        Payload::Unknown(opaque) => {
            return Shown::of_no_use(ReasonCode::QrUnreadable, Some(opaque.why().code()));
        }
    };
    if !person.birth.is_possible(today) {
        let fault = if source == Source::CardQr { QrError::CardBirth } else { QrError::InsuranceBirth };
        return Shown::of_no_use(ReasonCode::QrMalformed, Some(fault.code()));
    }
    Shown { presented: Ok(Presented { person, source, representative: None }), warnings, fault: None }
}

const fn sex(sex: mrz::Sex) -> Sex {
    match sex {
        mrz::Sex::Male => Sex::Male,
        mrz::Sex::Female => Sex::Female,
        mrz::Sex::Unspecified => Sex::Unknown,
    }
}

/// Whom typed evidence names.
pub(super) fn typed(evidence: &TypedEvidence, today: Date) -> Result<Presented, TypedFault> {
    let person = Person {
        number: Some(number(&evidence.number)?),
        insurance_number: None,
        old_numbers: Vec::new(),
        full_name: name(&evidence.full_name)?,
        birth: birth(evidence.birth, today)?,
        sex: evidence.sex,
    };
    Ok(Presented { person, source: Source::Typed, representative: None })
}

/// Which child typed evidence names, and who came with it.
pub(super) fn child(evidence: &ChildEvidence, today: Date) -> Result<Presented, TypedFault> {
    let person = Person {
        number: evidence.number.as_deref().map(number).transpose()?,
        insurance_number: None,
        old_numbers: Vec::new(),
        full_name: name(&evidence.full_name)?,
        birth: birth(evidence.birth, today)?,
        sex: evidence.sex,
    };
    let full_name = Some(name(&evidence.guardian_name)?);
    let representative = Some(Representative { relation: evidence.relation, full_name });
    Ok(Presented { person, source: Source::Child, representative })
}

fn number(typed: &str) -> Result<PersonalNumber, TypedFault> {
    PersonalNumber::parse(typed.trim()).map_err(|_| TypedFault::Number)
}

fn birth(typed: Birth, today: Date) -> Result<Birth, TypedFault> {
    if typed.is_possible(today) { Ok(typed) } else { Err(TypedFault::Birth) }
}

fn name(typed: &str) -> Result<String, TypedFault> {
    person_name(typed).ok_or(TypedFault::Name)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_code_with_a_birth_that_nobody_alive_has_is_of_no_use() {
        let read = |birth: &str| {
            let text = format!("001148012345||Nguyễn Thị Hoà|{birth}|Nữ|Thôn 1, Xã Mẫu|10052022");
            shown(&QrEvidence { payload: text.into_bytes().into() }, date(2026, 9, 15))
        };
        assert!(read("02031948").presented.is_ok());
        assert!(read("15092026").presented.is_ok(), "born today");
        for birth in ["16092026", "01012999", "01010001", "31121899", "2027"] {
            let shown = read(birth);
            assert_eq!(shown.presented, Err(ReasonCode::QrMalformed), "{birth}");
            assert_eq!(shown.fault, Some("card_date_of_birth_malformed"), "{birth}");
        }
    }
}
