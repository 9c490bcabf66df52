//! Who a guest is, by what they show: the card's QR code, a passport's two lines, or what is typed.

use flows::{
    lodging::{DocumentKind, Draft, GuestDocument, NationalityCode, Residence, ResidenceKind},
    person::{Birth, Sex},
    policy::Strength,
};
use identity::{
    mrz::{self, BirthDate, Field, MrzError, td3},
    qr::{CardQr, Payload, parse},
};
use jiff::civil::Date;

use super::form::Typed;
use crate::store::Method;

/// How a guest is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By the QR code of a card.
    Card,
    /// By the lines of a passport.
    Passport,
    /// By what was typed.
    Typed,
}

impl Kind {
    /// By its word; anything else is a card, which most show.
    pub(super) fn parse(word: &str) -> Self {
        match word {
            "passport" => Self::Passport,
            "typed" => Self::Typed,
            _ => Self::Card,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Passport => "passport",
            Self::Typed => "typed",
        }
    }

    /// How identity was established, and how strongly: neither a code that can be copied nor what is typed proves who
    /// holds the document.
    pub(super) const fn evidence(self) -> (Method, Strength) {
        match self {
            Self::Card => (Method::CardQr, Strength::StaticOrTyped),
            Self::Passport | Self::Typed => (Method::ByHand, Strength::StaticOrTyped),
        }
    }

    /// Writes into `draft` who the guest is.
    pub(super) fn read(self, typed: &Typed, draft: &mut Draft, today: Date, faults: &mut Vec<String>) {
        match self {
            Self::Card => card(&typed.scan, draft, faults),
            Self::Passport => passport(typed, draft, today, faults),
            Self::Typed => typed.guest(draft, today, faults),
        }
    }
}

const fn birth(birth: BirthDate) -> Birth {
    Birth { year: birth.year, month: birth.month, day: birth.day }
}

const fn sex(sex: mrz::Sex) -> Sex {
    match sex {
        mrz::Sex::Male => Sex::Male,
        mrz::Sex::Female => Sex::Female,
        mrz::Sex::Unspecified => Sex::Unknown,
    }
}

fn card(scan: &str, draft: &mut Draft, faults: &mut Vec<String>) {
    if scan.trim().is_empty() {
        faults.push("Mã QR: chưa quét (scan the card's code)".into());
        return;
    }
    match parse(scan.as_bytes()) {
        Payload::Card(card) => from_card(&card, draft),
        Payload::Malformed { error, .. } => faults.push(format!(
            "Mã QR đọc chưa đúng ({}): tắt bộ gõ tiếng Việt rồi quét lại, hoặc nhập tay (switch the input method off and scan again)",
            error.code()
        )),
        _ => faults.push("Mã QR này không phải của thẻ căn cước: quét lại, hoặc nhập tay (not an identity card's code)".into()),
    }
}

fn from_card(card: &CardQr, draft: &mut Draft) {
    let kind = if card.likely_can_cuoc() { DocumentKind::CanCuoc } else { DocumentKind::CitizenCard };
    draft.full_name = Some(card.full_name.clone());
    draft.birth = Some(birth(card.birth));
    draft.sex = sex(card.sex);
    draft.nationality = NationalityCode::parse(NationalityCode::VIETNAM).ok();
    draft.document = GuestDocument::parse(kind, card.number.as_str(), None).ok();
    draft.residence = card.residence.clone().map(|detail| Residence {
        kind: ResidenceKind::Permanent,
        province: None,
        commune: None,
        detail,
    });
}

fn passport(typed: &Typed, draft: &mut Draft, today: Date, faults: &mut Vec<String>) {
    draft.permitted_until = typed.permitted_until(faults);
    if typed.mrz.trim().is_empty() {
        faults.push("Hai dòng hộ chiếu: chưa điền (read the passport's two lines)".into());
        return;
    }
    let zone = match td3::read(&typed.mrz, today) {
        Ok(zone) => zone,
        Err(error) => {
            faults.push(format!("Hai dòng hộ chiếu: {} ({error})", zone_fault(&error)));
            return;
        }
    };
    draft.full_name = Some(zone.name().to_string());
    draft.birth = zone.birth(today).map(birth);
    draft.sex = sex(zone.sex());
    draft.nationality = NationalityCode::parse(&zone.nationality().to_string()).ok();
    draft.document = GuestDocument::parse(DocumentKind::Passport, &zone.document_number(), None).ok();
    if zone.expiry(today).is_some_and(|expiry| expiry < today) {
        faults.push("Hộ chiếu đã hết hạn: hỏi công an xã (the passport is over; ask the police)".into());
    }
}

/// Which part of the lines is wrong.
const fn zone_fault(error: &td3::ReadError) -> &'static str {
    match error {
        td3::ReadError::InputMethod => "bộ gõ tiếng Việt đã sửa chữ; tắt bộ gõ rồi đọc lại",
        td3::ReadError::Line { .. } | td3::ReadError::Zone(MrzError::Length { .. }) => {
            "mỗi dòng phải đủ 44 ký tự"
        }
        td3::ReadError::Zone(MrzError::Character(_)) => "có ký tự ngoài A–Z, 0–9 và <",
        td3::ReadError::Zone(MrzError::CheckDigit(field) | MrzError::Form(field)) => match field {
            Field::DocumentNumber => "số hộ chiếu sai",
            Field::DateOfBirth => "ngày sinh sai",
            Field::DateOfExpiry => "ngày hết hạn sai",
            Field::Nationality => "quốc tịch sai",
            Field::IssuingState => "nước cấp sai",
            Field::Name => "họ tên sai",
            Field::Sex => "giới tính sai",
            Field::DocumentCode => "không phải hộ chiếu",
            Field::OptionalData | Field::PersonalNumber => "số cá nhân sai",
            Field::Composite => "số kiểm tra cuối sai",
        },
    }
}
