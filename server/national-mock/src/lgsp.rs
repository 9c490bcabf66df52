//! `/lgsp/…`: the provincial integration platform, another way to the population database.
//!
//! From the facts: a token endpoint, and the header `lgspaccesstoken`, base64 of JSON with five members. A stand-in: the rest. The
//! fields of a question are those of the SOAP operation, as JSON.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{Mock, SIMULATED, control::System, exchange::around, population};

/// What the header `lgspaccesstoken` must say. Made up, and in the open.
pub mod account {
    /// Each member and its value.
    pub const KEYS: [(&str, &str); 5] = [
        ("AccessKey", "khoa-truy-cap-mo-phong"),
        ("SecretKey", "bi-mat-lgsp-mo-phong"),
        ("AppName", "kiosk"),
        ("PartnerCode", "TYT01999"),
        ("PartnerCodeCus", "TYT01999"),
    ];
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/XacThucThongTinCongDan", post(verify))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Lgsp), around))
}

/// Whether the header `lgspaccesstoken` is the station's, member by member.
fn is_partner(headers: &HeaderMap) -> bool {
    let value: Option<Value> = headers
        .get("lgspaccesstoken")
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(Value::Object(members)) = value else { return false };
    members.len() == account::KEYS.len()
        && account::KEYS.iter().all(|(name, known)| members.get(*name).is_some_and(|value| value == known))
}

async fn token(State(mock): State<Arc<Mock>>, headers: HeaderMap) -> Response {
    if !is_partner(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(given(&mock.partner_tokens.access((mock.clock)()))).into_response()
}

fn given(token: &str) -> Value {
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3_600 })
}

async fn verify(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if !is_partner(&headers) || !mock.partner_tokens.knows(token, (mock.clock)()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(respond(&mock, &body)).into_response()
}

fn respond(mock: &Mock, body: &[u8]) -> Value {
    match fields(body).and_then(population::check_fields) {
        Ok(fields) => {
            let exists = population::known(mock, &fields).is_some();
            answer("200", "", &json!({ "TonTai": exists }))
        }
        Err(what) => answer("400", &format!(" {what}"), &Value::Null),
    }
}

fn answer(code: &str, text: &str, result: &Value) -> Value {
    json!({ "code": code, "message": format!("{SIMULATED}{text}"), "KetQuaXacThuc": result })
}

/// The fields as the SOAP operation names them, in the order of its table: JSON has none.
fn fields(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else {
        return Err("no object".to_owned());
    };
    let mut fields = Vec::new();
    for (name, value) in members {
        match value {
            Value::String(text) => fields.push((name, text)),
            Value::Object(inner) => {
                for (inner_name, value) in inner {
                    let text = value.as_str().ok_or_else(|| format!("{inner_name}: no text"))?;
                    fields.push((format!("{name}/{inner_name}"), text.to_owned()));
                }
            }
            _ => return Err(format!("{name}: no text")),
        }
    }
    fields.sort_by_key(|(name, _)| population::place(name));
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::People;

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../tests/wire/lgsp/", $name))
        };
    }

    fn mock() -> Arc<Mock> {
        let people = People::from_texts(&[r#"
            [person]
            personal_number = "001148012345"
            full_name = "Nguyễn Thị Hoà"
            date_of_birth = "1948-03-02"
            sex = "female"
            [population]
            matches = true"#]);
        Mock::new(people.unwrap(), Arc::new(|| jiff::Timestamp::UNIX_EPOCH), None)
    }

    fn golden(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn headers(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in text.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_golden_question_gets_the_golden_answers() {
        let request = wire!("verify-request.json");
        let ask = |text: &str| respond(&mock(), text.as_bytes());
        assert_eq!(ask(request), golden(wire!("verify-response-exists.json")));
        let other = request.replace("HOÀ", "HỒNG");
        assert_eq!(ask(&other), golden(wire!("verify-response-unknown.json")));
        let without = request.replace("  \"MaDVC\": \"TYT01999\",\n", "");
        assert_eq!(ask(&without), golden(wire!("verify-response-400.json")));
        for (from, to) in [
            ("\"MaDonVi\"", "\"MaDonVj\""),
            ("\"19480302\"", "19480302"),
            ("\"TYT01999\"", "[\"TYT01999\"]"),
            ("{", "["),
        ] {
            assert_eq!(ask(&request.replacen(from, to, 1))["code"], "400", "{to}");
        }
    }

    #[test]
    fn the_golden_headers_are_let_in_and_changed_ones_are_not() {
        let mut headers = headers(wire!("token-request.headers"));
        assert!(is_partner(&headers));
        for (name, value) in account::KEYS {
            let changed: serde_json::Map<String, Value> = account::KEYS
                .iter()
                .map(|(known, text)| {
                    let text = if *known == name { format!("{value}x") } else { (*text).to_owned() };
                    ((*known).to_owned(), text.into())
                })
                .collect();
            let text = STANDARD.encode(Value::Object(changed).to_string());
            headers.insert("lgspaccesstoken", text.parse().unwrap());
            assert!(!is_partner(&headers), "{name}");
        }
        headers.remove("lgspaccesstoken");
        assert!(!is_partner(&headers));
    }

    #[test]
    fn the_token_answer_is_the_golden_one() {
        assert_eq!(given("3f0f1d0b9ac44c1e8a5e"), golden(wire!("token-response.json")));
    }
}
