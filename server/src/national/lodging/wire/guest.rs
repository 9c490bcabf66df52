//! Guests as JSON. Pictures of documents (`anhTruocB64`, `anhSauB64`, `anhHoChieuB64`) are never sent.

use flows::{
    lodging::{Declaration, ForeignGuest, Guest, LOCAL, Stay, VietnameseGuest},
    person::{Birth, Sex},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::national::lodging::{Batch, DepartureChange, Told};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vietnamese<'a> {
    ho_ten: &'a str,
    gioi_tinh: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    so_dien_thoai: Option<&'a str>,
    ngay_thang_nam_sinh_str: String,
    #[serde(skip_serializing_if = "wiped_is_empty", serialize_with = "wiped")]
    ghi_chu: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noi_cu_tru: Option<u8>,
    #[serde(rename = "maTT", skip_serializing_if = "Option::is_none")]
    ma_tt: Option<&'a str>,
    #[serde(rename = "maPX", skip_serializing_if = "Option::is_none")]
    ma_px: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dia_chi: Option<&'a str>,
    ngay_den_cslt_str: String,
    ngay_di_du_kien_str: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    so_phong: Option<&'a str>,
    ly_do_cu_tru: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    ly_do_chi_tiet: Option<&'a str>,
    loai_giay_to: u8,
    so_giay_to: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Foreign<'a> {
    ho_ten: &'a str,
    quoc_tich: &'a str,
    so_ho_chieu: &'a str,
    gioi_tinh: &'static str,
    loai_ngay_thang_nam_sinh: &'static str,
    ngay_thang_nam_sinh_str: String,
    ngay_den_cslt_str: String,
    ngay_di_du_kien_str: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    so_phong: Option<&'a str>,
    thoi_han_tam_tru_str: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum OnWire<'a> {
    Vietnamese(Box<Vietnamese<'a>>),
    Foreign(Box<Foreign<'a>>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    loai: &'static str,
    so_giay_to: &'a str,
    loai_giay_to: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    thoi_gian_str: Option<String>,
}

fn wiped_is_empty(text: &Zeroizing<String>) -> bool {
    text.is_empty()
}

fn wiped<S: serde::Serializer>(text: &Zeroizing<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// `M` or `F`. A declaration has one of the two: what is not stated is a gap.
pub(in crate::national::lodging) const fn sex(sex: Sex) -> Option<&'static str> {
    match sex {
        Sex::Male => Some("M"),
        Sex::Female => Some("F"),
        Sex::Unknown => None,
    }
}

/// The birth as a whole date: the first day of what is known.
pub(in crate::national::lodging) fn first_day(birth: Birth) -> Option<Date> {
    Date::new(birth.year, birth.month.unwrap_or(1), birth.day.unwrap_or(1)).ok()
}

/// What is told of a birth that is not known whole.
pub(in crate::national::lodging) const fn birth_note(birth: Birth) -> Option<&'static str> {
    match (birth.month, birth.day) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some("Chỉ biết tháng, năm sinh"),
        (None, _) => Some("Chỉ biết năm sinh"),
    }
}

fn time(at: Timestamp) -> String {
    LOCAL.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn text(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn vietnamese<'a>(guest: &'a VietnameseGuest, stay: &'a Stay) -> Result<Vietnamese<'a>, &'static str> {
    let VietnameseGuest {
        full_name, birth, document, telephone, residence, reason, reason_text, note, ..
    } = guest;
    let residence = residence.as_ref();
    let named = document.name().map(|name| format!("Giấy tờ: {name}"));
    let notes = [text(note.as_deref()), birth_note(*birth), named.as_deref()];
    Ok(Vietnamese {
        ho_ten: full_name,
        gioi_tinh: sex(guest.sex).ok_or("gioiTinh")?,
        so_dien_thoai: text(telephone.as_deref()),
        ngay_thang_nam_sinh_str: first_day(*birth).ok_or("ngayThangNamSinhStr")?.to_string(),
        ghi_chu: Zeroizing::new(notes.into_iter().flatten().collect::<Vec<_>>().join("; ")),
        noi_cu_tru: residence.map(|residence| residence.kind.code()),
        ma_tt: residence.and_then(|residence| residence.province.as_deref()),
        ma_px: residence.and_then(|residence| residence.commune.as_deref()),
        dia_chi: residence.and_then(|residence| text(Some(&residence.detail))),
        ngay_den_cslt_str: time(stay.arrival),
        ngay_di_du_kien_str: time(stay.departure),
        so_phong: stay.room.as_deref(),
        ly_do_cu_tru: reason.code(),
        ly_do_chi_tiet: reason_text.as_deref(),
        loai_giay_to: document.kind().code(),
        so_giay_to: document.number(),
    })
}

fn foreign<'a>(guest: &'a ForeignGuest, stay: &'a Stay) -> Result<Foreign<'a>, &'static str> {
    Ok(Foreign {
        ho_ten: &guest.full_name,
        quoc_tich: guest.nationality.as_str(),
        so_ho_chieu: &guest.passport,
        gioi_tinh: sex(guest.sex).ok_or("gioiTinh")?,
        loai_ngay_thang_nam_sinh: if birth_note(guest.birth).is_none() { "D" } else { "Y" },
        ngay_thang_nam_sinh_str: whole_or_year(guest.birth).ok_or("ngayThangNamSinhStr")?.to_string(),
        ngay_den_cslt_str: time(stay.arrival),
        ngay_di_du_kien_str: time(stay.departure),
        so_phong: stay.room.as_deref(),
        thoi_han_tam_tru_str: guest.permitted_until.to_string(),
    })
}

/// A foreigner's birth: the whole date, else the first of January. There is no third way.
pub(in crate::national::lodging) fn whole_or_year(birth: Birth) -> Option<Date> {
    match birth_note(birth) {
        None => first_day(birth),
        Some(_) => Date::new(birth.year, 1, 1).ok(),
    }
}

/// The body of a declaration. The error names the field that has no value for the portal.
pub(in crate::national) fn declarations(batch: &Batch) -> Result<Zeroizing<String>, &'static str> {
    let guests = batch.declarations().iter().map(|Declaration { guest, stay }| {
        Ok(match guest {
            Guest::Vietnamese(guest) => OnWire::Vietnamese(Box::new(vietnamese(guest, stay)?)),
            Guest::Foreign(guest) => OnWire::Foreign(Box::new(foreign(guest, stay)?)),
        })
    });
    json(&guests.collect::<Result<Vec<_>, &'static str>>()?)
}

/// The body of a change of departures.
pub(in crate::national) fn changes(changes: &[DepartureChange]) -> Result<Zeroizing<String>, &'static str> {
    let changes: Vec<_> = changes
        .iter()
        .map(|change| Change {
            loai: if change.told() == Told::LeftEarly { "TS" } else { "GH" },
            so_giay_to: change.document().number(),
            loai_giay_to: change.document().kind().code(),
            thoi_gian_str: match change.told() {
                Told::Extended(until) => Some(time(until)),
                Told::LeftEarly => None,
            },
        })
        .collect();
    json(&changes)
}

fn json(value: &impl Serialize) -> Result<Zeroizing<String>, &'static str> {
    serde_json::to_string(value).map(Zeroizing::new).map_err(|_| "JSON")
}
