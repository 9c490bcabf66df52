//! What happens around each answer: faults, the list of exchanges, the recording.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::stream;
use serde_json::{Map, Value};

use crate::{
    Mock,
    control::{Exchange, Fault, System},
};

/// The largest request that is read, in bytes.
const REQUEST_LIMIT: usize = 1 << 20;

/// Levels of nesting in [`Fault::Deep`].
const DEEP: usize = 1_000;

/// Set on an answer that never leaves: the portal is down for this person.
#[derive(Clone)]
pub(crate) struct Hang;

/// The layer around one system's addresses.
pub(crate) async fn around(
    State((mock, system)): State<(Arc<Mock>, System)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(asked) = to_bytes(body, REQUEST_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let last = || parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    let operation = match system {
        System::Population => crate::population::operation(&asked).to_owned(),
        System::Lodging => crate::lodging::operation(parts.uri.path()).to_owned(),
        System::Lgsp | System::Bhxh | System::C06 | System::Vneid => last(),
    };
    let asked_in_query = parts.uri.query().unwrap_or_default().as_bytes().to_vec();
    let query = form(parts.uri.query().unwrap_or_default().as_bytes());
    let (mut fault, wait) = mock.control.next_fault(system, (mock.clock)());
    if fault == Fault::Duplicate {
        let first = Request::from_parts(parts.clone(), Body::from(asked.clone()));
        drop(next.clone().run(first).await);
    }
    let response = if fault.refuses() {
        Response::new(Body::empty())
    } else {
        next.run(Request::from_parts(parts, Body::from(asked.clone()))).await
    };
    if fault == Fault::None && response.extensions().get::<Hang>().is_some() {
        fault = Fault::Timeout;
    }
    let (head, body) = response.into_parts();
    let answer = to_bytes(body, REQUEST_LIMIT).await.unwrap_or_default();
    let status = head.status;
    let response = Response::from_parts(head, Body::from(answer.clone()));
    let faulty = match fault {
        Fault::Slow => {
            tokio::time::sleep(wait).await;
            Some(response)
        }
        Fault::Drip => Some(drip(response, &answer, wait)),
        Fault::Timeout => None,
        other => Some(faulty(other, system, response, &answer)),
    };

    let mut fields = fields(system, &asked);
    fields.extend(query.iter().map(|(name, value)| (name.clone(), value.chars().count())));
    let untouched = fault.answers();
    let number = mock.control.keep(Exchange {
        number: 0,
        system,
        operation: operation.clone(),
        status: faulty.as_ref().map(|response| response.status().as_u16()),
        fault,
        fields,
    });
    if let Some(folder) = mock.control.record() {
        let folder = folder.join(system.name());
        let name = |side| format!("{number:02}-{operation}-{side}.{}", system.extension());
        let files = [
            (
                name("request"),
                (!asked.starts_with(b"PK"))
                    .then(|| readable(system, if asked.is_empty() { &asked_in_query } else { &asked })),
            ),
            (name("response"), untouched.then(|| readable(system, &answer))),
            (format!("{number:02}-{operation}.xml"), document(&asked)),
            (format!("{number:02}-{operation}.xlsx"), asked.starts_with(b"PK").then(|| asked.to_vec())),
        ];
        let written = std::fs::create_dir_all(&folder).and_then(|()| {
            files.into_iter().try_for_each(|(name, text)| {
                text.map_or(Ok(()), |text| std::fs::write(folder.join(name), text))
            })
        });
        if let Err(error) = written {
            tracing::error!(%error, "cannot write the recording; look at the folder given with --record");
        }
    }
    tracing::info!(system = system.name(), operation, status = status.as_u16(), ?fault, "answered");

    let Some(mut response) = faulty else { return std::future::pending().await };
    response.headers_mut().insert("x-simulated", HeaderValue::from_static("DU LIEU MO PHONG"));
    response
}

fn faulty(fault: Fault, system: System, right: Response, answer: &Bytes) -> Response {
    let kind = match system {
        System::Population => "application/xml",
        System::Lgsp | System::Bhxh | System::C06 | System::Vneid | System::Lodging => "application/json",
    };
    let like_an_answer = |body: Body| ([(header::CONTENT_TYPE, kind)], body).into_response();
    match fault {
        Fault::Unauthorized => StatusCode::UNAUTHORIZED.into_response(),
        Fault::ServerError => {
            (StatusCode::INTERNAL_SERVER_ERROR, "<html><body>500</body></html>").into_response()
        }
        Fault::Maintenance => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "600")],
            "<html><body>Hệ thống bảo trì</body></html>",
        )
            .into_response(),
        Fault::Doubled => like_an_answer(Body::from([&answer[..], &answer[..]].concat())),
        Fault::Malformed => like_an_answer(Body::from(answer.slice(..answer.len() / 2))),
        Fault::Disconnect => {
            let half = answer.slice(..answer.len() / 2);
            like_an_answer(Body::from_stream(stream::iter([
                Ok(half),
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
            ])))
        }
        Fault::Oversized => {
            const SPACES: &[u8] = &[b' '; 8192];
            like_an_answer(Body::from_stream(stream::repeat_with(|| {
                Ok::<_, Infallible>(Bytes::from_static(SPACES))
            })))
        }
        Fault::Hostile => like_an_answer(Body::from(match system {
            System::Population => entities(),
            System::Bhxh => r#"{"maKetQua": {"000": true}, "ghiChu": 7, "dsLichSuKCB2018": "x"}"#.to_owned(),
            System::Lgsp => r#"{"code": [], "access_token": 7, "data": "x"}"#.to_owned(),
            System::C06 => r#"{"code": {}, "isVerified": "yes", "signature": []}"#.to_owned(),
            System::Lodging => r#"{"code": {"200": true}, "message": 7, "data": "x"}"#.to_owned(),
            System::Vneid => r#"{"issuer": 7, "access_token": {}, "id_token": []}"#.to_owned(),
        })),
        Fault::Deep => like_an_answer(Body::from(match system {
            // Well-formed to the end, with the right answer at the bottom: only its depth is wrong.
            System::Population => buried(answer),
            System::Lgsp | System::Bhxh | System::C06 | System::Vneid | System::Lodging => {
                format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP))
            }
        })),
        Fault::Redirect => {
            (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:9/elsewhere")]).into_response()
        }
        Fault::None | Fault::Slow | Fault::Drip | Fault::Duplicate | Fault::Timeout => right,
    }
}

/// The right answer, a byte at a time.
fn drip(right: Response, answer: &Bytes, wait: Duration) -> Response {
    let (mut head, _) = right.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let answer = answer.clone();
    let drops = stream::unfold(0, move |place| {
        let drop = answer.get(place).copied();
        async move {
            let drop = drop?;
            tokio::time::sleep(wait).await;
            Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[drop])), place + 1))
        }
    });
    Response::from_parts(head, Body::from_stream(drops))
}

/// An answer below more levels than anybody needs.
fn buried(answer: &[u8]) -> String {
    let answer = String::from_utf8_lossy(answer);
    let body = answer.split_once("<soapenv:Body>").and_then(|(_, rest)| rest.split_once("</soapenv:Body>"));
    let (start, end) = ("<a>".repeat(DEEP), "</a>".repeat(DEEP));
    answer.replace(
        body.map_or("", |(inner, _)| inner),
        &format!("{start}{}{end}", body.map_or("", |(inner, _)| inner)),
    )
}

/// An answer that says yes once its entities are expanded, ten times ten times….
fn entities() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE bomb [<!ENTITY e0 \"true\">");
    for level in 1..10 {
        let inner = format!("&e{};", level - 1).repeat(10);
        text.extend(["<!ENTITY e", &level.to_string(), " \"", &inner, "\">"]);
    }
    text + "]><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
            <KetQuaXacThuc><TonTai>&e9;</TonTai></KetQuaXacThuc></soapenv:Body></soapenv:Envelope>"
}

/// The pairs of a form or query (`application/x-www-form-urlencoded`).
pub(crate) fn form(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

fn fields(system: System, body: &[u8]) -> BTreeMap<String, usize> {
    match (system, serde_json::from_slice::<Value>(body)) {
        (System::Population, _) => std::str::from_utf8(body)
            .ok()
            .and_then(|text| crate::population::read_fields(text).ok())
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name, value.chars().count()))
            .collect(),
        (_, Ok(Value::Object(members))) => lengths(&members).collect(),
        // Of a list the longest of each.
        (_, Ok(Value::Array(list))) => list.iter().filter_map(Value::as_object).flat_map(lengths).fold(
            BTreeMap::new(),
            |mut all, one| {
                let (name, length) = one;
                let longest: &mut usize = all.entry(name).or_default();
                *longest = length.max(*longest);
                all
            },
        ),
        (_, _) if body.starts_with(b"PK") => BTreeMap::new(),
        (_, _) => form(body).into_iter().map(|(name, value)| (name, value.chars().count())).collect(),
    }
}

fn lengths(members: &Map<String, Value>) -> impl Iterator<Item = (String, usize)> {
    members.iter().map(|(name, value)| (name.clone(), value.as_str().map_or(0, |text| text.chars().count())))
}

/// A body as it is recorded: a form becomes a JSON object, secrets become `***`.
fn readable(system: System, body: &[u8]) -> Vec<u8> {
    if system == System::Population {
        return String::from_utf8_lossy(body)
            .lines()
            .flat_map(|line| [masked(line), "\n".to_owned()])
            .collect::<String>()
            .into_bytes();
    }
    let mut value = serde_json::from_slice::<Value>(body).unwrap_or_else(|_| {
        Value::Object(form(body).into_iter().map(|(name, value)| (name, Value::String(value))).collect())
    });
    hide(&mut value);
    serde_json::to_vec_pretty(&value).unwrap_or_default()
}

/// A line of a SOAP message, without who asks.
fn masked(line: &str) -> String {
    for name in ["MaCanBo", "TaiKhoan", "SoDienThoai"] {
        let (start, end) = (format!("<dan:{name}>"), format!("</dan:{name}>"));
        if let Some((before, rest)) = line.split_once(&start)
            && let Some((_, after)) = rest.split_once(&end)
        {
            return format!("{before}{start}***{end}{after}");
        }
    }
    line.to_owned()
}

/// The document that a form carries in base64 (`fileHSBase64`).
fn document(form_body: &[u8]) -> Option<Vec<u8>> {
    let (_, file) = form(form_body).into_iter().find(|(name, _)| name == "fileHSBase64")?;
    STANDARD.decode(file).ok()
}

fn hide(value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, value) in members {
        match name.as_str() {
            "code" if value.as_str().is_some_and(|code| code.len() == 3) => {}
            "password" | "client_secret" | "code" | "code_verifier" | "access_token" | "id_token"
            | "refresh_token" | "AccessToken" | "RefreshToken" | "SecretKey" | "hoTenCb" | "cccdCb"
            | "MaCanBo" | "TaiKhoan" | "SoDienThoai"
                if value.is_string() =>
            {
                *value = Value::String("***".to_owned());
            }
            _ => hide(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_shows_the_document_that_a_form_carries() {
        let form = include_bytes!("../../../tests/wire/insurance/check-in-request.form");
        let golden = include_bytes!("../../../tests/wire/insurance/check-in.xml");
        assert_eq!(document(form).unwrap(), golden);
        assert_eq!(document(b"username=01999_BV"), None);
    }

    #[test]
    fn a_recording_does_not_say_who_asks() {
        let soap = include_bytes!("../../../tests/wire/population/verify-request.xml");
        let recorded = String::from_utf8(readable(System::Population, soap)).unwrap();
        assert!(
            recorded.contains("<dan:MaCanBo>***</dan:MaCanBo>") && !recorded.contains("CB001"),
            "{recorded}"
        );
        assert!(recorded.contains("001148012345"), "whom it is about stays: {recorded}");
        assert_eq!(recorded.lines().count(), String::from_utf8_lossy(soap).lines().count());
        let look_up = include_bytes!("../../../tests/wire/insurance/look-up-request.json");
        let recorded = String::from_utf8(readable(System::Bhxh, look_up)).unwrap();
        let value: Value = serde_json::from_slice(look_up).unwrap();
        for name in ["hoTenCb", "cccdCb"] {
            assert!(!recorded.contains(value[name].as_str().unwrap()), "{name}: {recorded}");
        }
    }

    #[test]
    fn a_recording_holds_no_password_and_no_token() {
        let request = readable(System::Bhxh, b"username=01999_BV&password=ec3e178eea5ebb64");
        assert_eq!(
            serde_json::from_slice::<Value>(&request).unwrap(),
            serde_json::json!({"username": "01999_BV", "password": "***"})
        );
        let response = readable(
            System::Bhxh,
            br#"{"APIKey": {"access_token": "a", "id_token": "b", "token_type": "c"}}"#,
        );
        assert_eq!(
            serde_json::from_slice::<Value>(&response).unwrap(),
            serde_json::json!({"APIKey": {"access_token": "***", "id_token": "***", "token_type": "c"}})
        );
    }

    #[test]
    fn a_recording_of_the_lodging_portal_holds_no_password_and_no_token() {
        let form = include_bytes!("../../../tests/wire/lodging/token-request.form");
        let login: Value = serde_json::from_slice(&readable(System::Lodging, form)).unwrap();
        assert_eq!(login["password"], "***");
        let answer = include_bytes!("../../../tests/wire/lodging/token-response.json");
        let answer: Value = serde_json::from_slice(&readable(System::Lodging, answer)).unwrap();
        assert_eq!((&answer["data"]["AccessToken"], &answer["code"]), (&"***".into(), &"200".into()));
        assert_eq!(answer["data"]["RefreshToken"], "***");
        let refresh: Value =
            serde_json::from_slice(&readable(System::Lodging, b"refresh_token=b1d2c3e4f5a60718293a"))
                .unwrap();
        assert_eq!(refresh["refresh_token"], "***");
    }

    #[test]
    fn of_a_list_the_longest_value_of_each_field_is_noted() {
        let list = include_bytes!("../../../tests/wire/lodging/declare-foreign-request.json");
        let lengths = fields(System::Lodging, list);
        assert_eq!((lengths["hoTen"], lengths["quocTich"]), (16, 3));
    }
}
