//! The CHECK-IN document (XML0, "Bảng chỉ tiêu trạng thái khám chữa bệnh", QĐ 4750/QĐ-BYT and 3176/QĐ-BYT).
//!
//! Known: the 26 tags and their order, the form of dates, when it is sent. Likely: the lengths (the official schema is
//! not public). Stand-ins: which tags must be filled, and that where no length is stated 1,024 characters are the most.
//! A value that does not fit is an error that names its tag; nothing is ever cut off.

use flows::{
    InsuranceCard,
    person::{Birth, Sex},
};
use identity::SecretBytes;
use jiff::civil::{Date, DateTime, Time};
use quick_xml::escape::partial_escape;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{CareKind, FacilitySigner, PatientGroup, SignerError};

/// The most characters where the format states no length.
const UNSTATED: usize = 1_024;

/// Days of life in which the time of birth is written: up to and with the 28th.
const NEWBORN_DAYS: i32 = 28;

/// A service, drug or supply: the first that costs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Admission to a ward.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ward {
    /// `NGAY_VAO_NOI_TRU`: when, on the station's clock.
    pub admitted: DateTime,
    /// `LY_DO_VNT`: why.
    pub reason: String,
    /// `MA_LY_DO_VNT`: the reason's code, 5 characters at most.
    pub reason_code: Option<String>,
}

/// One visit's CHECK-IN document in plain types.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckInDocument {
    /// `MA_LK`: the visit, as in XML1 later; unique at the facility. 100 characters at most.
    pub visit: String,
    /// `MA_BN`: the facility's code of the patient, 100 characters at most.
    pub patient: String,
    /// `HO_TEN`: the full name, 255 characters at most.
    pub full_name: String,
    /// `SO_CCCD`: the personal number, or that of a passport or another document.
    pub identity_number: Option<String>,
    /// `NGAY_SINH`: the date of birth, as far as it is known.
    pub birth: Option<Birth>,
    /// The time of birth. It is written for the first 28 days of life.
    pub birth_time: Option<Time>,
    /// `GIOI_TINH`.
    pub sex: Sex,
    /// `MA_THE_BHYT`, `MA_DKBD`, `GT_THE_TU`, `GT_THE_DEN`: every card that holds in this visit.
    pub cards: Vec<InsuranceCard>,
    /// `MA_DOITUONG_KCB`.
    pub group: PatientGroup,
    /// `NGAY_VAO`: when the patient came, on the station's clock.
    pub arrived: DateTime,
    /// `NGAY_VAO_NOI_TRU`, `LY_DO_VNT`, `MA_LY_DO_VNT`: for the first cost in a ward.
    pub ward: Option<Ward>,
    /// `MA_LOAI_KCB`.
    pub care: CareKind,
    /// `MA_CSKCB`: the facility, 5 characters.
    pub facility: String,
    /// `MA_DICH_VU`, `TEN_DICH_VU`.
    pub service: Option<Item>,
    /// `MA_THUOC`, `TEN_THUOC`.
    pub drug: Option<Item>,
    /// `MA_VAT_TU`, `TEN_VAT_TU`.
    pub supply: Option<Item>,
    /// `NGAY_YL`: when it was ordered, on the station's clock.
    pub ordered: DateTime,
}

macro_rules! masked {
    ($($name:ident)+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(masked)"))
            }
        })+
    };
}
masked!(Item Ward CheckInDocument);

/// Why a value has no place in the document. It names the tag, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FieldFault {
    /// The tag has to be filled and there is nothing.
    #[error("{0} has to be filled; complete the record")]
    Missing(&'static str),
    /// The value has more characters than the format allows.
    #[error("{tag} has more than {most} characters; shorten it where it is entered")]
    TooLong {
        /// The tag.
        tag: &'static str,
        /// The most characters.
        most: usize,
    },
    /// The value has not the tag's form.
    #[error("{0} has not the form that the format wants; correct it where it is entered")]
    Malformed(&'static str),
}

impl FieldFault {
    /// The tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Missing(tag) | Self::Malformed(tag) | Self::TooLong { tag, .. } => tag,
        }
    }

    /// A stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::TooLong { .. } => "too_long",
            Self::Malformed(_) => "malformed",
        }
    }
}

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DocumentFault {
    /// A value does not fit.
    #[error(transparent)]
    Field(#[from] FieldFault),
    /// It cannot be signed.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

/// How the document is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is sent.
    Sent,
    /// As Exclusive XML Canonicalization makes it, without the signature: what is digested.
    Canonical,
}

/// A tag and its value, escaped by nothing yet.
type Field = (&'static str, Zeroizing<String>);

impl CheckInDocument {
    /// Whether every value fits.
    ///
    /// # Errors
    /// The first that does not, in the order of the tags.
    pub fn check(&self) -> Result<(), FieldFault> {
        self.fields().map(drop)
    }

    /// The document as it is sent: UTF-8, signed by `signer`.
    ///
    /// # Errors
    /// Where a value does not fit, or it cannot be signed.
    pub fn write(&self, signer: &dyn FacilitySigner) -> Result<SecretBytes, DocumentFault> {
        let fields = self.fields()?;
        let signature = signer.sign(render(&fields, Form::Canonical, "").as_bytes())?;
        let text = render(&fields, Form::Sent, &signature.unwrap_or_default());
        Ok(SecretBytes::new(text.as_bytes().to_vec()))
    }

    /// The 26 tags in their order.
    fn fields(&self) -> Result<Vec<Field>, FieldFault> {
        let cards = &self.cards;
        let ward = self.ward.as_ref();
        let fields = vec![
            filled(text("MA_LK", &self.visit, 100)?)?,
            filled(text("STT", "1", 10)?)?,
            filled(text("MA_BN", &self.patient, 100)?)?,
            filled(text("HO_TEN", &self.full_name, 255)?)?,
            text("SO_CCCD", self.identity_number.as_deref().unwrap_or_default(), UNSTATED)?,
            self.birth()?,
            ("GIOI_TINH", Zeroizing::new(sex(self.sex).to_owned())),
            joined("MA_THE_BHYT", cards, card_number)?,
            joined("MA_DKBD", cards, |card| place(card.place_code.as_deref()))?,
            joined("GT_THE_TU", cards, |card| Some(card.valid_from.map_or_else(String::new, day)))?,
            joined("GT_THE_DEN", cards, |card| Some(card.valid_to.map_or_else(String::new, day)))?,
            text("MA_DOITUONG_KCB", self.group.as_str(), 4)?,
            text("NGAY_VAO", &minute(self.arrived), 12)?,
            text("NGAY_VAO_NOI_TRU", &ward.map_or_else(String::new, |ward| minute(ward.admitted)), 12)?,
            text("LY_DO_VNT", ward.map_or("", |ward| &ward.reason), UNSTATED)?,
            text("MA_LY_DO_VNT", ward.and_then(|ward| ward.reason_code.as_deref()).unwrap_or_default(), 5)?,
            text("MA_LOAI_KCB", self.care.as_str(), 2)?,
            facility("MA_CSKCB", &self.facility)?,
            code("MA_DICH_VU", self.service.as_ref(), 50)?,
            name("TEN_DICH_VU", self.service.as_ref())?,
            code("MA_THUOC", self.drug.as_ref(), 255)?,
            name("TEN_THUOC", self.drug.as_ref())?,
            code("MA_VAT_TU", self.supply.as_ref(), 255)?,
            name("TEN_VAT_TU", self.supply.as_ref())?,
            text("NGAY_YL", &minute(self.ordered), 12)?,
            text("DU_PHONG", "", UNSTATED)?,
        ];
        if self.service.is_none() && self.drug.is_none() && self.supply.is_none() {
            return Err(FieldFault::Missing("MA_DICH_VU"));
        }
        if ward.is_some() && fields.iter().any(|(tag, value)| *tag == "LY_DO_VNT" && value.is_empty()) {
            return Err(FieldFault::Missing("LY_DO_VNT"));
        }
        Ok(fields)
    }

    /// `yyyymmddHHMM`: unknown month and day are 00, the time is 0000 but for a newborn.
    fn birth(&self) -> Result<Field, FieldFault> {
        const TAG: &str = "NGAY_SINH";
        let birth = self.birth.ok_or(FieldFault::Missing(TAG))?;
        if !birth.is_possible(self.arrived.date()) {
            return Err(FieldFault::Malformed(TAG));
        }
        let Birth { year, month, day } = birth;
        let (month, day) = (month.unwrap_or(0), day.unwrap_or(0));
        let time = self.birth_time.filter(|_| {
            Date::new(year, month, day).is_ok_and(|born| {
                let age = self.arrived.date().since(born).map(|age| age.get_days());
                age.is_ok_and(|days| (0..=NEWBORN_DAYS).contains(&days))
            })
        });
        let (hour, minute) = time.map_or((0, 0), |time| (time.hour(), time.minute()));
        let value = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}");
        Ok((TAG, Zeroizing::new(value)))
    }
}

fn render(fields: &[Field], form: Form, signature: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4_096));
    if form == Form::Sent {
        text.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    }
    text.push_str("<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB>\n");
    for (tag, value) in fields {
        element(&mut text, tag, &Zeroizing::new(partial_escape(value.as_str()).into_owned()), form);
        text.push('\n');
    }
    text.push_str("</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB>");
    element(&mut text, "CHUKYDONVI", signature, form);
    text.push_str("</CHI_TIEU_TRANG_THAI_KCB>");
    if form == Form::Sent {
        text.push('\n');
    }
    text
}

fn element(text: &mut String, tag: &str, content: &str, form: Form) {
    if content.is_empty() && form == Form::Sent {
        text.extend(["<", tag, "/>"]);
    } else {
        text.extend(["<", tag, ">", content, "</", tag, ">"]);
    }
}

/// Without what no reader should meet: control characters, those that turn the direction of writing, and what XML 1.0
/// has no place for. White space is one space.
fn clean(value: &str) -> Zeroizing<String> {
    let kept = |c: char| {
        !matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
            && (!c.is_control() || c.is_whitespace())
    };
    let value: Zeroizing<String> = Zeroizing::new(value.chars().filter(|c| kept(*c)).collect());
    let mut clean = Zeroizing::new(String::with_capacity(value.len()));
    for word in value.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    clean
}

fn text(tag: &'static str, value: &str, most: usize) -> Result<Field, FieldFault> {
    let value = clean(value);
    if value.chars().count() > most {
        return Err(FieldFault::TooLong { tag, most });
    }
    Ok((tag, value))
}

fn filled((tag, value): Field) -> Result<Field, FieldFault> {
    if value.is_empty() { Err(FieldFault::Missing(tag)) } else { Ok((tag, value)) }
}

fn facility(tag: &'static str, value: &str) -> Result<Field, FieldFault> {
    let five = value.len() == 5 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if five { text(tag, value, 5) } else { Err(FieldFault::Malformed(tag)) }
}

/// An item's code has to be there where there is an item.
fn code(tag: &'static str, item: Option<&Item>, most: usize) -> Result<Field, FieldFault> {
    match item {
        Some(item) => filled(text(tag, &item.code, most)?),
        None => text(tag, "", most),
    }
}

/// So has its name.
fn name(tag: &'static str, item: Option<&Item>) -> Result<Field, FieldFault> {
    match item {
        Some(item) => filled(text(tag, &item.name, 1_024)?),
        None => text(tag, "", 1_024),
    }
}

/// One value for each card, joined by `;`. A value of another form than `of` knows is malformed.
fn joined(
    tag: &'static str,
    cards: &[InsuranceCard],
    of: impl Fn(&InsuranceCard) -> Option<String>,
) -> Result<Field, FieldFault> {
    let mut value = Zeroizing::new(String::new());
    for (place, card) in cards.iter().enumerate() {
        if place > 0 {
            value.push(';');
        }
        value.push_str(&Zeroizing::new(of(card).ok_or(FieldFault::Malformed(tag))?));
    }
    text(tag, &value, UNSTATED)
}

fn card_number(card: &InsuranceCard) -> Option<String> {
    let number = card.number.trim();
    let shaped = (1..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    shaped.then(|| number.to_owned())
}

fn place(code: Option<&str>) -> Option<String> {
    let code = code.unwrap_or_default().trim();
    let shaped =
        code.is_empty() || (code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    shaped.then(|| code.to_owned())
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn minute(at: DateTime) -> String {
    format!("{}{:02}{:02}", day(at.date()), at.hour(), at.minute())
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Unknown => "3",
    }
}

#[cfg(test)]
pub(super) mod tests;
