//! `POST /api/egw/KQNhanLichSuKCB2024`: the look-up of a card, with the register's result codes.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{account, tokens::is_station};
use crate::{
    Mock, SIMULATED,
    exchange::{Hang, form},
    people::{BirthDate, Citizen, Insurance, canonical},
};

/// Every member of an answer, in the order of the facts.
const MEMBERS: &[&str] = &[
    "maKetQua",
    "ghiChu",
    "maThe",
    "hoTen",
    "ngaySinh",
    "gioiTinh",
    "diaChi",
    "maDKBD",
    "tenDKBD",
    "cqBHXH",
    "gtTheTu",
    "gtTheDen",
    "maKV",
    "ngayDu5Nam",
    "maSoBHXH",
    "maTheCu",
    "maTheMoi",
    "gtTheTuMoi",
    "gtTheDenMoi",
    "maDKBDMoi",
    "tenDKBDMoi",
    "dsLichSuKCB2018",
    "dsLichSuKT2018",
    "TEMP1",
    "TEMP2",
];

/// The result codes and what they say.
const RESULTS: &[(&str, &str)] = &[
    ("000", "Thông tin thẻ chính xác"),
    ("001", "Thẻ do BHXH Bộ Quốc phòng quản lý, kiểm tra thẻ giấy/ảnh"),
    ("002", "Thẻ do BHXH Bộ Công an quản lý, kiểm tra thẻ giấy/ảnh"),
    ("003", "Thẻ cũ hết giá trị, đã cấp thẻ mới"),
    ("004", "Thẻ cũ còn giá trị, đã được cấp thẻ mới"),
    ("010", "Thẻ hết giá trị sử dụng"),
    ("050", "Không thấy thông tin thẻ"),
    ("051", "Mã thẻ không đúng"),
    ("052", "Mã thẻ sai mã tỉnh (ký tự thứ 4, 5)"),
    ("053", "Mã thẻ sai mã quyền lợi (ký tự thứ 3)"),
    ("054", "CCCD cán bộ tra cứu không có trong danh sách"),
    ("055", "Họ tên cán bộ tra cứu không khớp"),
    ("060", "Sai họ tên"),
    ("061", "Sai họ tên (đúng ký tự đầu)"),
    ("070", "Sai ngày sinh"),
    ("100", "Lỗi lấy dữ liệu sổ thẻ"),
    ("101", "Lỗi server"),
    ("110", "Thẻ đã thu hồi"),
    ("120", "Thẻ đã báo giảm"),
    ("121", "Thẻ đã báo giảm, chuyển ngoại tỉnh"),
    ("122", "Thẻ đã báo giảm, chuyển nội tỉnh"),
    ("123", "Thẻ đã báo giảm, tăng lại cùng đơn vị"),
    ("124", "Thẻ đã báo giảm, ngừng tham gia"),
    ("130", "Trẻ em không xuất trình thẻ"),
    ("205", "Sai định dạng tham số"),
    ("401", "Lỗi xác thực"),
    ("501", "Token không đúng"),
];

/// Provinces in the 4th and 5th character of a card: the 63 of the time when such cards were given.
const PROVINCES: &[u8] = &[
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40,
    42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83,
    84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

pub(super) async fn look_up(
    State(mock): State<Arc<Mock>>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = form(query.unwrap_or_default().as_bytes());
    let parameter =
        |name: &str| query.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str());
    if !is_station(parameter("username"), parameter("password")) {
        return Json(bare("401")).into_response();
    }
    if !mock.tokens.accepts(parameter("token"), parameter("id_token"), (mock.clock)()) {
        return Json(bare("501")).into_response();
    }
    match find(&mock, &body) {
        Ok((citizen, insurance)) if insurance.portal_down => {
            (Extension(Hang), Json(about(citizen, insurance))).into_response()
        }
        Ok((citizen, insurance)) => Json(about(citizen, insurance)).into_response(),
        Err(code) => Json(bare(code)).into_response(),
    }
}

/// The person asked about, or the code that says why not.
fn find<'mock>(mock: &'mock Mock, body: &[u8]) -> Result<(&'mock Citizen, &'mock Insurance), &'static str> {
    let request: Map<String, Value> = serde_json::from_slice(body).map_err(|_| "205")?;
    let text = |name: &str| request.get(name).and_then(Value::as_str).ok_or("205");
    let (number, name, birth) = (text("maThe")?, text("hoTen")?, birth_date(text("ngaySinh")?).ok_or("205")?);
    if text("cccdCb")? != account::STAFF_NUMBER {
        return Err("054");
    }
    if canonical(text("hoTenCb")?) != canonical(account::STAFF_NAME) {
        return Err("055");
    }
    check_number(number)?;
    let citizen = mock.people.by_insurance(number).ok_or("050")?;
    let insurance = citizen.insurance.as_ref().ok_or("050")?;
    let (asked, known) = (canonical(name), canonical(&citizen.person.full_name));
    if asked != known {
        return Err(if asked.chars().next() == known.chars().next() { "061" } else { "060" });
    }
    if !citizen.person.date_of_birth.agrees(&birth) {
        return Err("070");
    }
    Ok((citizen, insurance))
}

/// A card of 15 characters, an insurance number of 10 digits or a personal number of 12.
fn check_number(number: &str) -> Result<(), &'static str> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(number.len(), 10 | 12) && digits(number) {
        return Ok(());
    }
    let (Some(object), Some(benefit), Some(province), Some(rest)) =
        (number.get(..2), number.get(2..3), number.get(3..5), number.get(5..))
    else {
        return Err("051");
    };
    if rest.len() != 10 || !digits(rest) || !object.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err("051");
    }
    if !matches!(benefit, "1" | "2" | "3" | "4" | "5") {
        return Err("053");
    }
    let known = province.parse().is_ok_and(|province| PROVINCES.contains(&province));
    if known { Ok(()) } else { Err("052") }
}

/// `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
fn birth_date(text: &str) -> Option<BirthDate> {
    let parts: Vec<&str> = text.split('/').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let shaped = [&[2, 2, 4][..], &[2, 4], &[4]].contains(&lengths.as_slice());
    let digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    (shaped && digits).then(|| parts.into_iter().rev().collect::<Vec<_>>().join("-").into())
}

/// An answer that says only its code.
fn bare(code: &str) -> Value {
    let mut members: Map<String, Value> =
        MEMBERS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let text = RESULTS.iter().find(|(known, _)| *known == code).map_or("", |(_, text)| text);
    members.insert("maKetQua".to_owned(), json!(code));
    members.insert("ghiChu".to_owned(), json!(format!("{SIMULATED} {text}")));
    Value::Object(members)
}

/// What the register says of this person: the code of the seeds, and the card where the code comes with one.
fn about(citizen: &Citizen, insurance: &Insurance) -> Value {
    let mut answer = bare(&insurance.result);
    let Value::Object(members) = &mut answer else { return answer };
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            members.insert(name.to_owned(), json!(value));
        }
    };
    if matches!(insurance.result.as_str(), "050" | "060" | "061" | "070" | "100" | "101") {
        return answer;
    }
    let (from, to) = (slashed(&insurance.valid_from), slashed(&insurance.valid_to));
    set("maThe", &insurance.card);
    set("hoTen", &citizen.person.full_name);
    set("ngaySinh", &citizen.person.date_of_birth.slashed());
    set("gioiTinh", if citizen.person.sex == "female" { "Nữ" } else { "Nam" });
    set("diaChi", citizen.person.residence.as_deref().unwrap_or_default());
    set("maDKBD", &insurance.place_code);
    set("tenDKBD", &insurance.place_name);
    set("maSoBHXH", insurance.card.get(5..).unwrap_or_default());
    if matches!(insurance.result.as_str(), "003" | "004") {
        // The seeds' dates and place are those of the card that counts now.
        set("maTheMoi", &insurance.new_card);
        set("gtTheTuMoi", &from);
        set("gtTheDenMoi", &to);
        set("maDKBDMoi", &insurance.place_code);
        set("tenDKBDMoi", &insurance.place_name);
    } else {
        set("gtTheTu", &from);
        set("gtTheDen", &to);
    }
    if !insurance.history.is_empty() {
        let visits = insurance.history.iter().map(|past| {
            json!({
                "maHoSo": past.record,
                "maCSKCB": past.place,
                "ngayVao": past.from,
                "ngayRa": past.to,
                "tenBenh": past.illness,
                "tinhTrang": "1",
                "kqDieuTri": "1",
                "lyDoVV": "1",
            })
        });
        members.insert("dsLichSuKCB2018".to_owned(), visits.collect());
        let look_ups = insurance.history.iter().map(|past| {
            json!({
                "userKT": format!("{}_BV", past.place),
                "thoiGianKT": past.from,
                "thongBao": "Thông tin thẻ chính xác",
                "maLoi": "000",
            })
        });
        members.insert("dsLichSuKT2018".to_owned(), look_ups.collect());
    }
    answer
}

/// `YYYY-MM-DD` as `dd/MM/yyyy`.
fn slashed(date: &str) -> String {
    if date.is_empty() { String::new() } else { BirthDate::from(date.to_owned()).slashed() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::People;

    const HOA: &str = r#"
        [person]
        personal_number = "001148012345"
        full_name = "Nguyễn Thị Hoà"
        date_of_birth = "1948-03-02"
        sex = "female"
        residence = "Thôn 1, Xã Mẫu, Hà Nội"
        [insurance]
        card = "HT2010148012345"
        result = "000"
        valid_from = "2026-01-01"
        valid_to = "2026-12-31"
        place_code = "01999"
        place_name = "Trạm y tế xã Mẫu""#;

    const BLOM: &str = r#"
        [person]
        personal_number = "001031000007"
        full_name = "Y Blơm Niê Kdăm"
        date_of_birth = "1931"
        sex = "male"
        residence = "Buôn Mẫu, Xã Mẫu, Đắk Lắk"
        [insurance]
        card = "DT2660031000007"
        result = "000"
        valid_from = "2026-01-01"
        valid_to = "2026-12-31"
        place_code = "01999"
        place_name = "Trạm y tế xã Mẫu""#;

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/wire/insurance/", $name))
        };
    }

    fn answer(person: &str, request: &str) -> Value {
        let mock =
            Mock::new(People::from_texts(&[person]).unwrap(), Arc::new(|| jiff::Timestamp::UNIX_EPOCH), None);
        match find(&mock, request.as_bytes()) {
            Ok((citizen, insurance)) => about(citizen, insurance),
            Err(code) => bare(code),
        }
    }

    fn golden(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_answers_to_the_golden_requests_are_the_golden_ones() {
        let request = wire!("look-up-request.json");
        let old = HOA
            .replace("valid_to = \"2026", "valid_to = \"2025")
            .replace("valid_from = \"2026", "valid_from = \"2025");
        for (person, answered) in [
            (HOA.to_owned(), wire!("look-up-000.json")),
            (
                HOA.replace("\"000\"", "\"003\"") + "\nnew_card = \"HT3010148012345\"",
                wire!("look-up-003.json"),
            ),
            (old.replace("\"000\"", "\"010\""), wire!("look-up-010.json")),
            (HOA.replace("001148012345", "001148012346"), wire!("look-up-050.json")),
            (HOA.replace("Nguyễn", "Trần"), wire!("look-up-060.json")),
            (HOA.replace("1948-03-02", "1948-02-03"), wire!("look-up-070.json")),
            (HOA.replace("\"000\"", "\"100\""), wire!("look-up-100.json")),
        ] {
            assert_eq!(answer(&person, request), golden(answered));
        }
        assert_eq!(
            answer(BLOM, wire!("look-up-request-year-only.json")),
            golden(wire!("look-up-000-year-only.json"))
        );
        assert_eq!(bare("401"), golden(wire!("look-up-401.json")));
        assert_eq!(bare("501"), golden(wire!("look-up-501.json")));
    }

    #[test]
    fn a_request_that_the_register_would_refuse_gets_its_code() {
        let request = wire!("look-up-request.json");
        for (from, to, code) in [
            ("\"maThe\": \"001148012345\"", "\"maThe\": \"00114801234\"", "051"),
            ("\"maThe\": \"001148012345\"", "\"maThe\": \"HT2990148012345\"", "052"),
            ("\"maThe\": \"001148012345\"", "\"maThe\": \"HT9010148012345\"", "053"),
            ("001180000099", "001180000098", "054"),
            ("Lê Thị Cán", "Lê Thị Cân", "055"),
            ("Nguyễn Thị Hoà", "Nguyễn Thị Hoa", "061"),
            ("02/03/1948", "1948-03-02", "205"),
            ("\"hoTen\"", "\"ten\"", "205"),
        ] {
            let asked = request.replace(from, to);
            assert_ne!(asked, request);
            assert_eq!(answer(HOA, &asked)["maKetQua"], code, "{to}");
        }
    }

    #[test]
    fn a_history_is_listed_with_whoever_looked_up() {
        let past = "\n[[insurance.history]]\nrecord = \"2606010001\"\nplace = \"01998\"\nfrom = \"202606010800\"\nto = \"202606010915\"\nillness = \"Viêm dạ dày\"";
        let answer = answer(&format!("{HOA}{past}"), wire!("look-up-request.json"));
        assert_eq!(answer["dsLichSuKCB2018"][0]["tenBenh"], "Viêm dạ dày");
        assert_eq!(answer["dsLichSuKT2018"][0]["userKT"], "01998_BV");
    }

    #[test]
    fn a_card_is_found_by_each_of_its_three_numbers() {
        for number in ["HT2010148012345", "0148012345", "001148012345"] {
            let request = wire!("look-up-request.json").replace("001148012345", number);
            assert_eq!(answer(HOA, &request)["maKetQua"], "000", "{number}");
        }
    }

    #[test]
    fn every_seeded_person_is_found_by_their_own_data_with_the_result_of_their_file() {
        let seeds = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds"));
        let mock = Mock::new(People::load(seeds).unwrap(), Arc::new(|| jiff::Timestamp::UNIX_EPOCH), None);
        let mut insured = 0;
        for citizen in mock.people.all() {
            let person = &citizen.person;
            let request = json!({
                "maThe": person.personal_number,
                "hoTen": person.full_name,
                "ngaySinh": person.date_of_birth.slashed(),
                "hoTenCb": account::STAFF_NAME,
                "cccdCb": account::STAFF_NUMBER,
            });
            let found = find(&mock, request.to_string().as_bytes());
            let Some(insurance) = &citizen.insurance else {
                assert_eq!(found.err(), Some("050"));
                continue;
            };
            let (found, _) = found.unwrap();
            assert_eq!(about(found, insurance)["maKetQua"], insurance.result);
            assert!(RESULTS.iter().any(|(code, _)| *code == insurance.result));
            assert_eq!(check_number(&insurance.card), Ok(()), "{}", insurance.card);
            let replaced = matches!(insurance.result.as_str(), "003" | "004");
            assert_eq!(replaced, check_number(&insurance.new_card).is_ok(), "{}", insurance.card);
            insured += 1;
        }
        assert!(insured > 10);
    }
}
