//! What the forms about guests have in common: the stay, and the guest as typed.

use flows::{
    lodging::{
        DocumentFault, DocumentKind, Draft, GuestDocument, LOCAL, LodgingPlace, NationalityCode, Residence,
        ResidenceKind, StayReason, draft::ResponsibleAdult,
    },
    person::{Relation, Sex},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::super::{
    form::{self, birth_text, optional_line, optional_name, sex_value},
    time,
};

/// The longest stay and the furthest arrival that somebody types by intention, in days.
const FURTHEST: i64 = 366;

/// The form as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Typed {
    /// How the guest is known: `card`, `typed` or `passport`.
    pub(super) kind: String,
    /// What a scanner read of the card's QR code.
    pub(super) scan: String,
    /// The passport's two lines.
    pub(super) mrz: String,
    pub(super) full_name: String,
    pub(super) birth: String,
    pub(super) sex: String,
    pub(super) nationality: String,
    pub(super) document_kind: String,
    pub(super) document_number: String,
    pub(super) document_name: String,
    pub(super) permitted_until: String,
    pub(super) telephone: String,
    pub(super) residence: String,
    pub(super) residence_kind: String,
    pub(super) adult_name: String,
    pub(super) adult_relation: String,
    pub(super) arrival: String,
    pub(super) departure: String,
    pub(super) room: String,
    pub(super) stay_reason: String,
    pub(super) reason_text: String,
    pub(super) note: String,
    /// Whom they came with: a stay.
    pub(super) party: String,
    /// Whoever writes looked at the document and at the guest.
    pub(super) looked: String,
    /// Of a correction: the version that was seen, and why.
    pub(super) seen: String,
    pub(super) reason: String,
}

/// A moment as a browser's field holds it.
pub(super) fn field_moment(at: Timestamp) -> String {
    time::local(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// What lists and papers call a sex.
pub(super) const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
        Sex::Unknown => "",
    }
}

impl Typed {
    /// The form of a guest whose data are known.
    pub(super) fn of(draft: &Draft) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let document = draft.document.as_ref();
        let residence = draft.residence.as_ref();
        let adult = draft.adult.as_ref();
        Self {
            kind: "typed".to_owned(),
            full_name: text(&draft.full_name),
            birth: draft.birth.map(birth_text).unwrap_or_default(),
            sex: sex_value(draft.sex).to_owned(),
            nationality: draft.nationality.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default(),
            document_kind: document.map(|shown| shown.kind().code().to_string()).unwrap_or_default(),
            document_number: document.map(|shown| shown.number().to_owned()).unwrap_or_default(),
            document_name: document.and_then(GuestDocument::name).unwrap_or_default().to_owned(),
            permitted_until: draft.permitted_until.map(time::day).unwrap_or_default(),
            telephone: text(&draft.telephone),
            residence: residence.map(|of| of.detail.clone()).unwrap_or_default(),
            residence_kind: residence.map(|of| of.kind.code().to_string()).unwrap_or_default(),
            adult_name: adult.map(|adult| adult.full_name.clone()).unwrap_or_default(),
            adult_relation: adult.map(|adult| adult.relation.as_str().to_owned()).unwrap_or_default(),
            arrival: field_moment(draft.arrival),
            departure: draft.departure.map(field_moment).unwrap_or_default(),
            room: text(&draft.room),
            stay_reason: draft.reason.map(|reason| reason.code().to_string()).unwrap_or_default(),
            reason_text: text(&draft.reason_text),
            note: text(&draft.note),
            ..Self::default()
        }
    }

    /// What of the stay was typed. Nothing that is missing is a fault: the draft is kept and says what it lacks.
    pub(super) fn stay(&self, place: &LodgingPlace, now: Timestamp, faults: &mut Vec<String>) -> Draft {
        let arrival = moment(&self.arrival, "Đến lúc / Arrival", now, faults);
        let mut draft = Draft::arriving(arrival.unwrap_or(now));
        draft.departure = moment(&self.departure, "Đi lúc / Departure", now, faults);
        draft.room = self.room(place, faults);
        draft.reason = coded(&self.stay_reason, StayReason::of, "Lý do lưu trú / Reason", faults);
        draft.reason_text = optional_line(&self.reason_text, "Mục đích khác / Other reason", faults);
        draft.note = optional_line(&self.note, "Ghi chú / Note", faults);
        draft.telephone = self.telephone(faults);
        draft.adult = self.adult(faults);
        draft
    }

    /// The guest, as typed from the document.
    pub(super) fn guest(&self, draft: &mut Draft, today: Date, faults: &mut Vec<String>) {
        draft.full_name = optional_name(&self.full_name, "Họ và tên / Name", faults);
        draft.birth = form::birth(&self.birth, today, faults);
        draft.sex = form::sex(&self.sex);
        draft.nationality = self.nationality(faults);
        draft.permitted_until = self.permitted_until(faults);
        draft.document = self.document(faults);
        draft.residence = self.residence(faults);
    }

    fn room(&self, place: &LodgingPlace, faults: &mut Vec<String>) -> Option<String> {
        let room = optional_line(&self.room, "Phòng / Room", faults)?;
        if !place.rooms.is_empty() && place.room(&room).is_none() {
            faults.push("Phòng: không có phòng này (choose a room)".into());
            return None;
        }
        Some(room)
    }

    fn telephone(&self, faults: &mut Vec<String>) -> Option<String> {
        let typed: String = self.telephone.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
        let digits = typed.strip_prefix('+').unwrap_or(&typed);
        if typed.is_empty() {
            return None;
        }
        if (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(typed);
        }
        faults.push("Số điện thoại: 8 đến 15 chữ số, hoặc để trống (8 to 15 digits)".into());
        None
    }

    fn adult(&self, faults: &mut Vec<String>) -> Option<ResponsibleAdult> {
        let full_name = optional_name(&self.adult_name, "Người lớn chịu trách nhiệm / Adult", faults)?;
        let relation = Relation::parse(&self.adult_relation);
        if relation.is_none() {
            faults.push("Người lớn chịu trách nhiệm: chưa chọn quan hệ (choose the relation)".into());
        }
        Some(ResponsibleAdult { relation: relation?, full_name })
    }

    pub(super) fn nationality(&self, faults: &mut Vec<String>) -> Option<NationalityCode> {
        if self.nationality.trim().is_empty() {
            return None;
        }
        let code = NationalityCode::parse(&self.nationality).ok();
        if code.is_none() {
            faults
                .push("Quốc tịch: mã 1 đến 3 chữ như trên hộ chiếu, VNM, FRA, D (a code of letters)".into());
        }
        code
    }

    pub(super) fn permitted_until(&self, faults: &mut Vec<String>) -> Option<Date> {
        let typed = self.permitted_until.trim();
        if typed.is_empty() {
            return None;
        }
        let read = Date::strptime("%d/%m/%Y", typed).or_else(|_| typed.parse::<Date>()).ok();
        if read.is_none() {
            faults.push("Thời hạn tạm trú: ngày/tháng/năm (day/month/year)".into());
        }
        read
    }

    fn document(&self, faults: &mut Vec<String>) -> Option<GuestDocument> {
        let number: String = self.document_number.chars().filter(|c| !c.is_whitespace()).collect();
        if number.is_empty() {
            return None;
        }
        let kind = coded(&self.document_kind, DocumentKind::of, "Loại giấy tờ / Document", faults);
        let Some(kind) = kind else {
            if self.document_kind.trim().is_empty() {
                faults.push("Loại giấy tờ: chưa chọn (choose the document)".into());
            }
            return None;
        };
        let name = optional_line(&self.document_name, "Tên giấy tờ / Document's name", faults);
        let document = GuestDocument::parse(kind, &identity::text::clean_line(&number), name.as_deref());
        document.map_err(|fault| faults.push(document_fault(fault).into())).ok()
    }

    fn residence(&self, faults: &mut Vec<String>) -> Option<Residence> {
        let detail = optional_line(&self.residence, "Nơi cư trú / Residence", faults)?;
        let kind = coded(&self.residence_kind, ResidenceKind::of, "Nơi cư trú / Residence", faults);
        Some(Residence {
            kind: kind.unwrap_or(ResidenceKind::Permanent),
            province: None,
            commune: None,
            detail,
        })
    }
}

/// What is wrong with a document's number.
const fn document_fault(fault: DocumentFault) -> &'static str {
    match fault {
        DocumentFault::Empty => "Số giấy tờ: chưa điền (is empty)",
        DocumentFault::Spaces => "Số giấy tờ: không có dấu cách (no spaces)",
        DocumentFault::TwelveDigits => "Số giấy tờ: phải đủ 12 chữ số (12 digits)",
        DocumentFault::NineOrTwelveDigits => "Số CMND: 9 hoặc 12 chữ số (9 or 12 digits)",
        DocumentFault::TwentyLetters => "Số giấy tờ: tối đa 20 chữ và số (at most 20 letters and digits)",
        DocumentFault::TenLetters => "Số hộ chiếu: tối đa 10 chữ và số (at most 10 letters and digits)",
        DocumentFault::TooLong => "Số giấy tờ: dài quá 50 ký tự (is too long)",
        DocumentFault::Unnamed => "Giấy tờ khác: chưa ghi là giấy tờ gì (say which document)",
    }
}

/// One of a list of codes, or nothing.
fn coded<T>(typed: &str, of: fn(u8) -> Option<T>, field: &str, faults: &mut Vec<String>) -> Option<T> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let found = typed.parse().ok().and_then(of);
    if found.is_none() {
        faults.push(format!("{field}: chưa chọn trong danh sách (choose one)"));
    }
    found
}

/// A moment that was typed, on the place's clock; nothing where nothing was.
pub(super) fn moment(
    typed: &str,
    field: &str,
    now: Timestamp,
    faults: &mut Vec<String>,
) -> Option<Timestamp> {
    if typed.trim().is_empty() {
        return None;
    }
    let near = |at: &Timestamp| at.duration_since(now).as_hours().abs() <= FURTHEST * 24;
    let read = time::read(typed).and_then(|at| LOCAL.to_timestamp(at).ok()).filter(near);
    if read.is_none() {
        faults.push(format!(
            "{field}: ngày/tháng/năm giờ:phút, trong vòng một năm (day/month/year hour:minute, within a year)"
        ));
    }
    read
}
