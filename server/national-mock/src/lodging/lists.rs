//! `GET /cms-backend/public/…`: the portal's lists.
//!
//! Provinces are the five whose codes the facts state; nationalities a few of the 205; the communes are made up.

use axum::{Json, extract::Query, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::done;

const NATIONALITIES: &[(&str, &str, &str)] = &[
    ("VNM", "Việt Nam", "Viet Nam"),
    ("D", "Đức", "Germany"),
    ("FRA", "Pháp", "France"),
    ("RKS", "Kosovo", "Kosovo"),
    ("CHN", "Trung Quốc", "China"),
    ("GBR", "Anh", "United Kingdom"),
    ("JPN", "Nhật Bản", "Japan"),
    ("KOR", "Hàn Quốc", "Korea"),
    ("USA", "Hoa Kỳ", "United States"),
];

const PROVINCES: &[(&str, &str, &str, &str)] = &[
    ("101", "Hà Nội", "Ha Noi", "HN"),
    ("501", "Đà Nẵng", "Da Nang", "DNG"),
    ("511", "Khánh Hòa", "Khanh Hoa", "KH"),
    ("701", "Hồ Chí Minh", "Ho Chi Minh", "HCM"),
    ("805", "An Giang", "An Giang", "AG"),
];

const COMMUNES: &[(&str, &str, &str)] = &[("101", "101900167", "Phường Mẫu"), ("101", "101900168", "Xã Mẫu")];

const REASONS: &[&str] = &[
    "Du lịch",
    "Công tác",
    "Học tập",
    "Thăm viếng",
    "Hội nghị",
    "Thăm thân",
    "Từ thiện",
    "Tổ chức quốc tế",
    "Kết hôn",
    "Lãnh sự quán",
    "Viện trợ",
    "Đại sứ quán",
    "Định cư",
    "Tiếp thị",
    "Báo chí",
    "Thương mại",
    "Gia hạn thị thực",
    "Chữa bệnh",
    "Lao động",
    "Mục đích khác",
];

const DOCUMENTS: &[&str] = &[
    "Thẻ CCCD",
    "Thẻ CMND",
    "Giấy phép lái xe",
    "Hộ chiếu",
    "Giấy khai sinh",
    "Thẻ BHYT",
    "Thông báo số ĐDCN",
    "Thẻ Căn cước",
    "Giấy tờ khác",
];

const RESIDENCES: &[&str] = &["Thường trú", "Tạm trú", "Khác"];

pub(super) fn has_nationality(code: &str) -> bool {
    NATIONALITIES.iter().any(|(known, ..)| *known == code)
}

pub(super) fn has_province(code: &str) -> bool {
    PROVINCES.iter().any(|(known, ..)| *known == code)
}

pub(super) fn has_commune(province: &str, code: &str) -> bool {
    COMMUNES.iter().any(|(of, known, _)| *of == province && *known == code)
}

pub(super) async fn nationalities() -> (StatusCode, Json<Value>) {
    let item = |(code, name, english): &_| json!({ "maQT": code, "tenQT": name, "tenQTEn": english });
    done(&NATIONALITIES.iter().map(item).collect())
}

pub(super) async fn provinces() -> (StatusCode, Json<Value>) {
    let item = |(code, name, english, letters): &_| json!({ "maTT": code, "tenTT": name, "tenTTEn": english, "maTTChu": letters });
    done(&PROVINCES.iter().map(item).collect())
}

#[derive(Deserialize)]
pub(super) struct Of {
    #[serde(rename = "trucThuocTinh")]
    province: String,
}

pub(super) async fn communes(Query(Of { province }): Query<Of>) -> (StatusCode, Json<Value>) {
    let there = COMMUNES.iter().filter(|(of, ..)| *of == province);
    done(&there.map(|(_, code, name)| json!({ "id": code, "name": name })).collect())
}

fn numbered(names: &[&str]) -> (StatusCode, Json<Value>) {
    done(&names.iter().enumerate().map(|(place, name)| json!({ "id": place + 1, "name": name })).collect())
}

pub(super) async fn reasons() -> (StatusCode, Json<Value>) {
    numbered(REASONS)
}

pub(super) async fn documents() -> (StatusCode, Json<Value>) {
    numbered(DOCUMENTS)
}

pub(super) async fn residences() -> (StatusCode, Json<Value>) {
    numbered(RESIDENCES)
}
