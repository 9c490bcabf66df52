//! `POST /population`: the population database, SOAP 1.1, operations `XacThucThongTinCongDan` and `TraCuuThongTinCongDan`.
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
    people::{BirthDate, Citizen, without_marks},
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
const VERIFY: &str = "XacThucThongTinCongDan";
const LOOK_UP: &str = "TraCuuThongTinCongDan";
const PEOPLE: &str = "http://www.mic.gov.vn/dancu/1.0";

/// `MaTichHop` of a look-up.
const LOOK_UP_INTEGRATION: &str = "037";

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
        .route("/population", post(ask))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Population), around))
}

/// What a request asks for: the first element in the operations' namespace.
pub(crate) fn operation(asked: &[u8]) -> &'static str {
    let mut reader = NsReader::from_str(std::str::from_utf8(asked).unwrap_or_default());
    loop {
        match reader.read_resolved_event() {
            Ok((namespace, Event::Start(start))) => {
                let bound = matches!(namespace, ResolveResult::Bound(name) if name.into_inner() == NAMESPACE);
                if bound {
                    let look_up = start.local_name().into_inner() == LOOK_UP;
                    return if look_up { LOOK_UP } else { VERIFY };
                }
            }
            Ok((_, Event::Eof)) | Err(_) => return VERIFY,
            Ok(_) => {}
        }
    }
}

async fn ask(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: String) -> Response {
    if let Err(what) = check_headers(&headers) {
        return fault(StatusCode::UNAUTHORIZED, "Client.Authentication", what);
    }
    let fields = match read_fields(&body).and_then(check_fields) {
        Ok(fields) => fields,
        Err(what) => return fault(StatusCode::INTERNAL_SERVER_ERROR, "Client", &what),
    };
    let known = known(&mock, &fields);
    if operation(body.as_bytes()) == VERIFY {
        return answer(StatusCode::OK, answer_text(known.is_some()));
    }
    if field(&fields, "MaTichHop") != LOOK_UP_INTEGRATION {
        return fault(StatusCode::INTERNAL_SERVER_ERROR, "Client", "MaTichHop");
    }
    answer(StatusCode::OK, people_text(known))
}

fn field<'fields>(fields: &'fields [(String, String)], name: &str) -> &'fields str {
    fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// The person of whom everything that was said is so.
pub(crate) fn known<'mock>(mock: &'mock Mock, fields: &[(String, String)]) -> Option<&'mock Citizen> {
    let birth =
        birth_date(field(fields, "NgayThangNamSinh/NgayThangNam"), field(fields, "NgayThangNamSinh/Nam"));
    mock.people.by_number(field(fields, "SoDinhDanh")).filter(|citizen| {
        citizen.population.as_ref().is_some_and(|population| population.matches)
            && without_marks(&citizen.person.full_name) == without_marks(field(fields, "HoVaTen"))
            && citizen.person.date_of_birth.agrees(&birth)
    })
}

/// Where a field stands in the format.
pub(crate) fn place(name: &str) -> Option<usize> {
    FIELDS.iter().position(|(known, ..)| *known == name)
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
    if national != NAMESPACE
        || ![VERIFY, LOOK_UP].contains(&operation.as_str())
        || rest.iter().any(|(namespace, _)| namespace != NAMESPACE)
    {
        return Err("unknown operation or namespace".to_owned());
    }
    Ok(rest.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("/"))
}

pub(crate) fn check_fields(fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
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

/// The answer to a look-up: whoever is known, as far as the seeds know them, or an empty collection.
fn people_text(known: Option<&Citizen>) -> String {
    let collection = match known {
        None => format!("<CongdanCollection xmlns=\"{PEOPLE}\"/>"),
        Some(citizen) => {
            let person = &citizen.person;
            let escape = |text: &str| quick_xml::escape::escape(text).into_owned();
            let names: Vec<&str> = person.full_name.split(' ').collect();
            let (family, middle, given) = match names.as_slice() {
                [family, middle @ .., given] => (*family, middle.join(" "), *given),
                [given] => ("", String::new(), *given),
                [] => ("", String::new(), ""),
            };
            let sex = if person.sex == "female" { "2" } else { "1" };
            let digits: String = person.date_of_birth.dashed().split('-').collect();
            let birth = if digits.len() == 8 { "NgayThangNam" } else { "Nam" };
            let digits =
                if digits.len() == 8 { digits.as_str() } else { digits.get(..4).unwrap_or_default() };
            format!(
                r#"<CongdanCollection xmlns="{PEOPLE}">
      <CongDan>
        <SoDinhDanh>{number}</SoDinhDanh>
        <HoVaTen>
          <Ho>{family}</Ho>
          <ChuDem>{middle}</ChuDem>
          <Ten>{given}</Ten>
        </HoVaTen>
        <GioiTinh>{sex}</GioiTinh>
        <NgayThangNamSinh>
          <{birth}>{digits}</{birth}>
        </NgayThangNamSinh>
      </CongDan>
    </CongdanCollection>"#,
                number = escape(&person.personal_number),
                family = escape(family),
                middle = escape(&middle),
                given = escape(given),
            )
        }
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{SOAP}">
  <soapenv:Header/>
  <soapenv:Body>
    {collection}
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
mod tests;
