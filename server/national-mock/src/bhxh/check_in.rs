//! `POST /api/qd130/checkInKcbQd4750` and `…3176`: CHECK-IN messages, with a receipt for each visit.
//!
//! Stand-ins: that a message that comes again, by its visit (`MA_LK`) and its ward (`NGAY_VAO_NOI_TRU`), gets its first receipt, the shape of `maGiaoDich`, and code 205 for
//! what is not in the format.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Json, body::Bytes, extract::State, http::HeaderMap};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::{account, tokens::is_station, xml0::Xml0};
use crate::{Mock, SIMULATED, exchange::form};

/// The receipts, by `MA_LK` and `NGAY_VAO_NOI_TRU`.
#[derive(Default)]
pub(crate) struct Receipts(Mutex<BTreeMap<(String, String), Receipt>>);

#[derive(Clone)]
struct Receipt {
    transaction: String,
    time: String,
}

impl Receipts {
    /// The receipt of the visit, or of its ward: the first one where it came before.
    fn give(&self, document: &Xml0, time: &str) -> Receipt {
        let known_by = ["MA_LK", "NGAY_VAO_NOI_TRU"].map(|tag| document.get(tag).to_owned());
        let mut receipts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = receipts.len() + 1;
        receipts
            .entry(known_by.into())
            .or_insert_with(|| Receipt {
                transaction: format!("{}_{time}_{number}", account::FACILITY),
                time: time.to_owned(),
            })
            .clone()
    }
}

pub(super) async fn check_in(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    Json(respond(&mock, &headers, &body))
}

fn respond(mock: &Mock, headers: &HeaderMap, body: &[u8]) -> Value {
    let now = (mock.clock)();
    let time = TimeZone::fixed(Offset::constant(7)).to_datetime(now).strftime("%Y%m%d%H%M%S").to_string();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pairs = form(body);
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let text = |name: &str| pairs.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value);
    if !is_station(text("username"), header("passwordhash")) {
        return answer("401", None, &time, "Lỗi xác thực");
    }
    if !mock.tokens.accepts(header("accesstoken"), header("tokenid"), now) {
        return answer("501", None, &time, "Token không đúng");
    }
    match document(&names, text) {
        Ok(document) => {
            let Receipt { transaction, time } = mock.receipts.give(&document, &time);
            answer("200", Some(&transaction), &time, "Tiếp nhận thành công")
        }
        Err(what) => answer("205", None, &time, &format!("Sai định dạng tham số: {what}")),
    }
}

fn document<'form>(names: &[&str], text: impl Fn(&str) -> &'form str) -> Result<Xml0, String> {
    if names != ["username", "loaiHoSo", "maTinh", "maCSKCB", "fileHSBase64"] {
        return Err("username, loaiHoSo, maTinh, maCSKCB, fileHSBase64".to_owned());
    }
    for (name, known) in [("loaiHoSo", "0"), ("maTinh", account::PROVINCE), ("maCSKCB", account::FACILITY)] {
        if text(name) != known {
            return Err(name.to_owned());
        }
    }
    let bytes = STANDARD.decode(text("fileHSBase64")).map_err(|_| "fileHSBase64".to_owned())?;
    Xml0::read(&bytes, account::FACILITY)
}

fn answer(code: &str, transaction: Option<&str>, time: &str, text: &str) -> Value {
    json!({
        "maKetQua": code,
        "maGiaoDich": transaction,
        "thoiGianTiepNhan": time,
        "thongDiep": format!("{SIMULATED} {text}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mock, people::People};

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/wire/insurance/", $name))
        };
    }

    fn mock() -> Arc<Mock> {
        let clock = Arc::new(|| "2026-09-15T08:00:00+07:00".parse().unwrap());
        Mock::new(People::default(), clock, None)
    }

    /// The golden headers, with a token that was given.
    fn headers(mock: &Mock) -> HeaderMap {
        let (access, id) = mock.tokens.give((mock.clock)());
        let mut headers = HeaderMap::new();
        for line in wire!("check-in-request.headers").lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            let value = match name {
                "accessToken" => access.clone(),
                "tokenId" => id.clone(),
                _ => value.to_owned(),
            };
            headers.insert(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn golden(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_golden_request_gets_the_golden_receipt_however_often_it_comes() {
        let mock = mock();
        let headers = headers(&mock);
        for _ in 0..2 {
            let answer = respond(&mock, &headers, wire!("check-in-request.form").as_bytes());
            assert_eq!(answer, golden(wire!("check-in-200.json")));
        }
        let other = wire!("check-in.xml").replace("-0001", "-0002");
        let form = form_of(&other);
        assert_eq!(respond(&mock, &headers, form.as_bytes())["maGiaoDich"], "01999_20260915080000_2");
    }

    fn form_of(document: &str) -> String {
        let (before, _) = wire!("check-in-request.form").split_once("fileHSBase64=").unwrap();
        form_urlencoded::Serializer::new(before.to_owned())
            .append_pair("fileHSBase64", &STANDARD.encode(document))
            .finish()
    }

    #[test]
    fn a_wrong_login_or_form_or_document_is_refused_by_its_code() {
        let mock = mock();
        let (right, form) = (headers(&mock), wire!("check-in-request.form"));
        for (header, code) in [("passwordhash", "401"), ("accesstoken", "501"), ("tokenid", "501")] {
            let mut headers = right.clone();
            headers.insert(header, "x".parse().unwrap());
            assert_eq!(respond(&mock, &headers, form.as_bytes())["maKetQua"], code, "{header}");
        }
        let mut headers = right.clone();
        headers.insert("passwordhash", "x".parse().unwrap());
        assert_eq!(respond(&mock, &headers, form.as_bytes()), golden(wire!("check-in-401.json")));
        for (from, to, named) in [
            ("loaiHoSo=0", "loaiHoSo=1", "loaiHoSo"),
            ("maTinh=01", "maTinh=02", "maTinh"),
            ("maCSKCB=01999", "maCSKCB=01998", "maCSKCB"),
            ("fileHSBase64=PD94", "fileHSBase64=!D94", "fileHSBase64"),
            ("&maTinh=01", "", "maTinh"),
            ("loaiHoSo=0&maTinh=01", "maTinh=01&loaiHoSo=0", "maTinh"),
        ] {
            let changed = form.replacen(from, to, 1);
            assert_ne!(changed, form);
            let answer = respond(&mock, &right, changed.as_bytes());
            assert_eq!(answer["maKetQua"], "205", "{to}");
            assert!(answer["thongDiep"].as_str().unwrap().contains(named), "{answer}");
        }
        let empty = form_of(&wire!("check-in.xml").replace("01999-2026-09-15-0001", ""));
        let mut expected = golden(wire!("check-in-205.json"));
        expected["thongDiep"] = json!(format!("{}: empty", expected["thongDiep"].as_str().unwrap()));
        assert_eq!(respond(&mock, &right, empty.as_bytes()), expected);
    }
}
