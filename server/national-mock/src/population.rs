//! `POST /population`: the population database, SOAP 1.1, operation `XacThucThongTinCongDan`.
//!
//! The fields, their order and their lengths are a table typed from the facts about the system. The envelope
//! around them is that of public clients of its sister operation; path, faults and status codes are a stand-in
//! (SOAP 1.1 sections 4.4 and 6.2).

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quick_xml::{NsReader, events::Event, name::ResolveResult};
use sha2::{Digest as _, Sha256};

use crate::{
    Mock, SIMULATED,
    control::System,
    exchange::around,
    people::{BirthDate, without_marks},
};

/// The caller that the simulated database knows. Made up, and in the open: it guards made-up people.
pub mod account {
    /// The account's name.
    pub const USER: &str = "tyt01999";
    /// The account's secret.
    pub const SECRET: &str = "bi-mat-mo-phong";
    /// What the `ApiKey` header must say.
    pub const API_KEY: &str = "khoa-mo-phong";
    /// What the `X-Road-Client` header must say.
    pub const CLIENT: &str = "VN/GOV/TYT01999/KIOSK";
}

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NAMESPACE: &str = "http://dancuquocgia.bca";
const OPERATION: &str = "XacThucThongTinCongDan";

/// Name, greatest length in characters, whether it must be there. In this order.
/// The lengths of `TaiKhoan` and `SoDienThoai` are a stand-in.
const FIELDS: &[(&str, usize, bool)] = &[
    ("MaYeuCau", 40, true),
    ("MaDVC", 20, true),
    ("MaTichHop", 20, true),
    ("MaCanBo", 20, true),
    ("MaDonVi", 35, false),
    ("TaiKhoan", 35, false),
    ("SoDienThoai", 35, false),
    ("SoDinhDanh", 12, false),
    ("SoCMND", 9, false),
    ("HoVaTen", 100, true),
    ("NgayThangNamSinh/NgayThangNam", 8, false),
    ("NgayThangNamSinh/Nam", 4, false),
];

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/population", post(verify))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Population), around))
}

/// What a request asks for, for the list of exchanges.
pub(crate) fn operation(_asked: &[u8]) -> &'static str {
    OPERATION
}

async fn verify(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: String) -> Response {
    if let Err(what) = check_headers(&headers) {
        return fault(StatusCode::UNAUTHORIZED, "Client.Authentication", what);
    }
    let fields = match read_fields(&body).and_then(check_fields) {
        Ok(fields) => fields,
        Err(what) => return fault(StatusCode::INTERNAL_SERVER_ERROR, "Client", &what),
    };
    let field = |name: &str| {
        fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let citizen = mock.people.by_number(field("SoDinhDanh"));
    let exists = citizen.is_some_and(|citizen| {
        citizen.population.as_ref().is_some_and(|population| population.matches)
            && without_marks(&citizen.person.full_name) == without_marks(field("HoVaTen"))
            && citizen
                .person
                .date_of_birth
                .agrees(&birth_date(field("NgayThangNamSinh/NgayThangNam"), field("NgayThangNamSinh/Nam")))
    });
    answer(StatusCode::OK, answer_text(exists))
}

fn birth_date(full: &str, year: &str) -> BirthDate {
    match (full.get(..4), full.get(4..6), full.get(6..)) {
        (Some(year), Some(month), Some(day)) if full.len() == 8 => format!("{year}-{month}-{day}"),
        _ => year.to_owned(),
    }
    .into()
}

/// `Basic base64(user:sha256hex(url+user+timestamp+secret))`. That `url` is the address as the caller wrote it is a
/// stand-in.
fn check_headers(headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("content-type").is_none_or(|kind| kind.split(';').next() != Some("application/xml")) {
        return Err("Content-Type");
    }
    if text("soapaction") != Some("\"\"") {
        return Err("SOAPAction");
    }
    if text("x-road-client") != Some(account::CLIENT) {
        return Err("X-Road-Client");
    }
    if text("apikey") != Some(account::API_KEY) {
        return Err("ApiKey");
    }
    let timestamp = text("timestamp").filter(|value| value.len() == 13).ok_or("Timestamp")?;
    let host = text("host").ok_or("Host")?;
    let digest =
        Sha256::digest(format!("http://{host}/population{}{timestamp}{}", account::USER, account::SECRET));
    let expected = STANDARD.encode(format!("{}:{}", account::USER, hex::encode(digest)));
    if text("authorization").and_then(|value| value.strip_prefix("Basic ")) != Some(&expected) {
        return Err("Authorization");
    }
    Ok(())
}

/// The leaves under the operation, as `parent/leaf`, in order.
pub(crate) fn read_fields(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut reader = NsReader::from_str(text);
    let mut path: Vec<(String, String)> = Vec::new();
    let mut fields = Vec::new();
    let mut value = String::new();
    let mut leaf = false;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| "not well-formed".to_owned())?;
        match event {
            Event::Start(start) => {
                let ResolveResult::Bound(namespace) = namespace else {
                    return Err("an element without namespace".to_owned());
                };
                path.push((namespace.into_inner().to_owned(), start.local_name().into_inner().to_owned()));
                value.clear();
                leaf = true;
            }
            Event::Text(text) => value += &text,
            Event::GeneralRef(name) => value.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => return Err("an entity".to_owned()),
            }),
            Event::End(_) => {
                if leaf {
                    fields.push((leaf_name(&path)?, std::mem::take(&mut value)));
                }
                leaf = false;
                path.pop();
            }
            Event::Eof if path.is_empty() => return Ok(fields),
            Event::Decl(_) | Event::Comment(_) | Event::Empty(_) => {}
            _ => return Err("something that SOAP 1.1 does not allow".to_owned()),
        }
    }
}

fn leaf_name(path: &[(String, String)]) -> Result<String, String> {
    let [(soap, envelope), (soap_again, body), (national, operation), rest @ ..] = path else {
        return Err("no operation".to_owned());
    };
    if (soap.as_str(), soap_again.as_str(), envelope.as_str(), body.as_str())
        != (SOAP, SOAP, "Envelope", "Body")
    {
        return Err("no SOAP 1.1 envelope".to_owned());
    }
    if (national.as_str(), operation.as_str()) != (NAMESPACE, OPERATION)
        || rest.iter().any(|(namespace, _)| namespace != NAMESPACE)
    {
        return Err("unknown operation or namespace".to_owned());
    }
    Ok(rest.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/"))
}

fn check_fields(fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
    let mut table = FIELDS.iter();
    for (name, value) in &fields {
        let (_, length, _) = table
            .by_ref()
            .find(|(known, ..)| known == name)
            .ok_or_else(|| format!("{name}: unknown, twice, or out of order"))?;
        if value.chars().count() > *length {
            return Err(format!("{name}: longer than {length}"));
        }
    }
    let there = |name: &str| fields.iter().any(|(found, value)| found == name && !value.is_empty());
    if let Some((name, ..)) = FIELDS.iter().find(|(name, _, needed)| *needed && !there(name)) {
        return Err(format!("{name}: missing"));
    }
    let digits = |name: &str, length: usize| {
        fields
            .iter()
            .filter(|(found, _)| found == name)
            .all(|(_, value)| value.len() == length && value.bytes().all(|byte| byte.is_ascii_digit()))
    };
    for (name, length) in
        [("SoDinhDanh", 12), ("SoCMND", 9), ("NgayThangNamSinh/NgayThangNam", 8), ("NgayThangNamSinh/Nam", 4)]
    {
        if !digits(name, length) {
            return Err(format!("{name}: not {length} digits"));
        }
    }
    if there("SoDinhDanh") == there("SoCMND") {
        return Err("SoDinhDanh or SoCMND: one of them".to_owned());
    }
    if there("NgayThangNamSinh/NgayThangNam") == there("NgayThangNamSinh/Nam") {
        return Err("NgayThangNamSinh: NgayThangNam or Nam".to_owned());
    }
    Ok(fields)
}

fn answer(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/xml; charset=utf-8")], text).into_response()
}

fn answer_text(exists: bool) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:dan="{NAMESPACE}">
  <soapenv:Header/>
  <soapenv:Body>
    <dan:KetQuaXacThuc>
      <dan:TonTai>{exists}</dan:TonTai>
    </dan:KetQuaXacThuc>
  </soapenv:Body>
</soapenv:Envelope>"#
    )
}

fn fault(status: StatusCode, code: &str, what: &str) -> Response {
    answer(status, fault_text(code, what))
}

/// `what` is one of this file's own words or a name out of [`FIELDS`], or has its markup escaped.
fn fault_text(code: &str, what: &str) -> String {
    let what = quick_xml::escape::escape(what);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{SOAP}">
  <soapenv:Body>
    <soapenv:Fault>
      <faultcode>soapenv:{code}</faultcode>
      <faultstring>{SIMULATED} {what}</faultstring>
    </soapenv:Fault>
  </soapenv:Body>
</soapenv:Envelope>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = include_str!("../../../tests/wire/population/verify-request.xml");
    const YEAR_ONLY: &str = include_str!("../../../tests/wire/population/verify-request-year-only.xml");

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_golden_requests_are_read_field_by_field() {
        let common = [
            ("MaYeuCau", "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d"),
            ("MaDVC", "TYT01999"),
            ("MaTichHop", "037"),
            ("MaCanBo", "CB001"),
            ("MaDonVi", "DV01999"),
            ("TaiKhoan", "tyt01999"),
            ("SoDienThoai", "0000000000"),
        ];
        for (text, own) in [
            (
                REQUEST,
                [
                    ("SoDinhDanh", "001148012345"),
                    ("HoVaTen", "NGUYỄN THỊ HOÀ"),
                    ("NgayThangNamSinh/NgayThangNam", "19480302"),
                ],
            ),
            (
                YEAR_ONLY,
                [
                    ("SoDinhDanh", "001031000007"),
                    ("HoVaTen", "Y BLƠM NIÊ KDĂM"),
                    ("NgayThangNamSinh/Nam", "1931"),
                ],
            ),
        ] {
            let fields = read_fields(text).and_then(check_fields).unwrap();
            assert_eq!(fields, pairs(&[common.as_slice(), own.as_slice()].concat()));
        }
    }

    #[test]
    fn the_answers_are_the_golden_ones() {
        let exists = include_str!("../../../tests/wire/population/verify-response-exists.xml");
        let unknown = include_str!("../../../tests/wire/population/verify-response-unknown.xml");
        assert_eq!(answer_text(true), exists.trim_end());
        assert_eq!(answer_text(false), unknown.trim_end());
        assert_eq!(
            fault_text("Client.Authentication", "Authorization"),
            include_str!("../../../tests/wire/population/fault-client.xml").trim_end()
        );
    }

    #[test]
    fn the_golden_headers_are_let_in_and_any_missing_or_changed_one_is_not() {
        let golden = include_str!("../../../tests/wire/population/verify-request.headers");
        let headers = |skip: &str, change: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "127.0.0.1:8090".parse().unwrap());
            for line in golden.lines().skip(1) {
                let (name, value) = line.split_once(": ").unwrap();
                let value = if name == change { format!("{value}0") } else { value.to_owned() };
                if name != skip {
                    let name: axum::http::HeaderName = name.parse().unwrap();
                    headers.insert(name, value.parse().unwrap());
                }
            }
            headers
        };
        assert_eq!(check_headers(&headers("", "")), Ok(()));
        for name in ["Content-Type", "SOAPAction", "Timestamp", "Authorization", "X-Road-Client", "ApiKey"] {
            assert_eq!(check_headers(&headers(name, "")), Err(name));
            assert_eq!(check_headers(&headers("", name)), Err(name));
        }
    }

    #[test]
    fn fields_too_long_out_of_order_or_missing_are_refused() {
        for (from, to, name) in [
            ("<dan:MaDVC>TYT01999</dan:MaDVC>", "", "MaDVC"),
            ("TYT01999", "TYT01999TYT01999TYT01999", "MaDVC"),
            ("001148012345", "00114801234x", "SoDinhDanh"),
            ("dan:NgayThangNam>", "dan:NgaySinh>", "NgayThangNamSinh/NgaySinh"),
            ("http://dancuquocgia.bca", "http://dancuquocgia.gov.vn", "unknown operation"),
            ("19480302", "02031948x", "NgayThangNam"),
        ] {
            let text = REQUEST.replace(from, to);
            assert_ne!(text, REQUEST);
            let refusal = read_fields(&text).and_then(check_fields).unwrap_err();
            assert!(refusal.contains(name), "{refusal}");
        }
        let mut swapped = read_fields(REQUEST).unwrap();
        swapped.swap(0, 1);
        assert!(check_fields(swapped).unwrap_err().contains("out of order"));
    }

    #[test]
    fn an_entity_of_ones_own_is_refused() {
        let text = REQUEST.replace("NGUYỄN", "&name;");
        assert!(read_fields(&text).is_err());
        assert!(read_fields(&format!("<!DOCTYPE x []>{REQUEST}")).is_err());
    }
}
