//! `POST /client-service/kbtt-vn/kbtt-3th` and `…/kbtt/kbtt-3th`: declarations.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde_json::Value;

use super::{
    account, answer, done,
    fields::{FOREIGN, Fields, VIETNAMESE},
    lists, refused, rules,
    stays::Stay,
};
use crate::Mock;

/// Vietnamese or foreigners.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Guests {
    Vietnamese,
    Foreign,
}

pub(super) async fn vietnamese(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    respond(&mock, &headers, &body, Guests::Vietnamese)
}

pub(super) async fn foreign(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    respond(&mock, &headers, &body, Guests::Foreign)
}

/// The time at the place.
pub(super) fn local(mock: &Mock) -> DateTime {
    TimeZone::fixed(Offset::constant(7)).to_datetime((mock.clock)())
}

/// The place whose token came, and the list in the body; or the answer to a call without.
pub(super) fn call(
    mock: &Mock,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, Vec<Value>), (StatusCode, Json<Value>)> {
    let unknown = || answer("401", "Token không hợp lệ hoặc đã hết hạn", &Value::Null);
    let place = mock.lodging_tokens.place(headers, (mock.clock)()).ok_or_else(unknown)?;
    let list = serde_json::from_slice::<Vec<Value>>(body);
    let list = list.map_err(|_| answer("400", "Yêu cầu phải là danh sách JSON", &Value::Null))?;
    Ok((place, list))
}

pub(super) fn respond(
    mock: &Mock,
    headers: &HeaderMap,
    body: &[u8],
    guests: Guests,
) -> (StatusCode, Json<Value>) {
    let (place, list) = match call(mock, headers, body) {
        Ok(call) => call,
        Err(answer) => return answer,
    };
    let now = local(mock);
    let wants_room = account::PLACES.iter().any(|(name, room)| *name == place && *room);
    let (mut stays, mut faults) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, value) in list.iter().enumerate() {
        let (stay, mut found) = declaration(value, guests, wants_room, now);
        if let Some(stay) = stay {
            if let Some(first) = seen.insert(stay.number.clone(), index) {
                found.push(format!("Trùng với bản khai báo {} trong cùng yêu cầu", first + 1));
            }
            found.extend(mock.stays.conflict(&stay, now).map(str::to_owned));
            stays.push(stay);
        }
        faults.extend(found.into_iter().map(|fault| (index, fault)));
    }
    if !faults.is_empty() {
        return refused(&faults);
    }
    // "Success", were the list empty too.
    mock.stays.add(&place, stays);
    done(&Value::Null)
}

/// The stay in a declaration, where its fields can be read, and what is wrong.
fn declaration(
    value: &Value,
    guests: Guests,
    wants_room: bool,
    now: DateTime,
) -> (Option<Stay>, Vec<String>) {
    let table = if guests == Guests::Vietnamese { VIETNAMESE } else { FOREIGN };
    let (fields, mut faults) = Fields::read(value, table);
    let Some(fields) = fields else { return (None, faults) };
    let missing =
        |faults: &mut Vec<String>, name: &str| faults.push(format!("Thiếu trường bắt buộc: {name}"));
    let unknown =
        |faults: &mut Vec<String>, name: &str| faults.push(format!("Mã không có trong danh mục: {name}"));
    if wants_room && fields.text("soPhong").trim().is_empty() {
        missing(&mut faults, "soPhong");
    }
    let (kind, number) = match guests {
        Guests::Vietnamese => {
            if fields.number("lyDoCuTru") == 20 && fields.text("lyDoChiTiet").trim().is_empty() {
                missing(&mut faults, "lyDoChiTiet");
            }
            let (province, commune) = (fields.text("maTT"), fields.text("maPX"));
            if !province.is_empty() && !lists::has_province(province) {
                unknown(&mut faults, "maTT");
            }
            if !commune.is_empty() && !lists::has_commune(province, commune) {
                unknown(&mut faults, "maPX");
            }
            (fields.number("loaiGiayTo"), fields.text("soGiayTo"))
        }
        Guests::Foreign => {
            let nationality = fields.text("quocTich");
            if !nationality.is_empty() && !lists::has_nationality(nationality) {
                unknown(&mut faults, "quocTich");
            }
            if fields.text("loaiNgayThangNamSinh") == "Y"
                && !fields.text("ngayThangNamSinhStr").ends_with("-01-01")
            {
                faults.push("Sai định dạng: ngayThangNamSinhStr".to_owned());
            }
            if fields.day("thoiHanTamTruStr").is_some_and(|until| until < now.date()) {
                faults.push("Thời hạn tạm trú phải từ hôm nay trở đi".to_owned());
            }
            (4, fields.text("soHoChieu"))
        }
    };
    faults.extend(rules::number(kind, number).map(str::to_owned));
    let (Some(arrival), Some(departure)) =
        (fields.moment("ngayDenCsltStr"), fields.moment("ngayDiDuKienStr"))
    else {
        return (None, faults);
    };
    faults.extend(rules::dates(arrival, departure, now.date()).into_iter().map(str::to_owned));
    let stay = Stay { number: number.to_uppercase(), kind, arrival, departure, left: None };
    ((!number.is_empty()).then_some(stay), faults)
}
