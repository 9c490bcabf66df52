//! `/vneid/authorize`: the page that asks who signs in, and the way back.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{Grant, LEVELS, account, issuer};
use crate::{Mock, SIMULATED, exchange::form, people::People};

type Fields = BTreeMap<String, String>;

/// Why a request is not answered by the page.
enum Refusal {
    /// Not even sent back: whoever asks is not known (RFC 6749 section 4.1.2.1).
    Here(&'static str),
    /// Sent back with this code.
    Back(&'static str),
}

fn fields(text: &[u8]) -> Fields {
    form(text).into_iter().collect()
}

fn field<'fields>(fields: &'fields Fields, name: &str) -> &'fields str {
    fields.get(name).map_or("", String::as_str)
}

/// The client is known and the request is one that the provider takes.
fn check(fields: &Fields) -> Result<(), Refusal> {
    if field(fields, "client_id") != account::CLIENT {
        return Err(Refusal::Here("client_id"));
    }
    // Any port of this machine, as for native programs (RFC 8252 section 7.3).
    let redirect = field(fields, "redirect_uri");
    if !["http://127.0.0.1:", "http://localhost:"].iter().any(|known| redirect.starts_with(known)) {
        return Err(Refusal::Here("redirect_uri"));
    }
    if field(fields, "response_type") != "code" {
        return Err(Refusal::Back("unsupported_response_type"));
    }
    let scopes: Vec<_> = field(fields, "scope").split(' ').collect();
    if !["openid", "profile", "so_dinh_danh"].iter().all(|scope| scopes.contains(scope)) {
        return Err(Refusal::Back("invalid_scope"));
    }
    let challenged =
        field(fields, "code_challenge").len() == 43 && field(fields, "code_challenge_method") == "S256";
    if !challenged || field(fields, "state").is_empty() || field(fields, "nonce").is_empty() {
        return Err(Refusal::Back("invalid_request"));
    }
    Ok(())
}

pub(super) async fn page(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let fields = fields(query.unwrap_or_default().as_bytes());
    match check(&fields) {
        Ok(()) => Html(page_text(&mock.people, &fields)).into_response(),
        Err(refusal) => refuse(&refusal, &fields, &issuer(&headers)),
    }
}

pub(super) async fn chosen(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: Bytes) -> Response {
    let (fields, issuer) = (fields(&body), issuer(&headers));
    if let Err(refusal) = check(&fields) {
        return refuse(&refusal, &fields, &issuer);
    }
    let (number, level) = field(&fields, "person").split_once(' ').unwrap_or_default();
    let known = LEVELS.iter().any(|(known, _)| *known == level);
    let Some((number, name, birth)) =
        everybody(&mock.people).find(|(known, ..)| *known == number && !number.is_empty()).filter(|_| known)
    else {
        return refuse(&Refusal::Back("access_denied"), &fields, &issuer);
    };
    let code = mock.codes.give(Grant {
        number: number.to_owned(),
        name: name.to_owned(),
        birth,
        level: level.to_owned(),
        nonce: field(&fields, "nonce").to_owned(),
        redirect_uri: field(&fields, "redirect_uri").to_owned(),
        challenge: field(&fields, "code_challenge").to_owned(),
        given: (mock.clock)(),
    });
    back(&fields, &issuer, "code", &code)
}

fn refuse(refusal: &Refusal, fields: &Fields, issuer: &str) -> Response {
    match refusal {
        Refusal::Here(what) => {
            (StatusCode::BAD_REQUEST, Html(format!("<p>{SIMULATED} {what}</p>"))).into_response()
        }
        Refusal::Back(code) => back(fields, issuer, "error", code),
    }
}

/// Back to the client (RFC 6749 section 4.1.2, RFC 9207).
fn back(fields: &Fields, issuer: &str, name: &str, value: &str) -> Response {
    let redirect = field(fields, "redirect_uri");
    let before = if redirect.contains('?') { format!("{redirect}&") } else { format!("{redirect}?") };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value).append_pair("state", field(fields, "state")).append_pair("iss", issuer);
    Redirect::to(&(before + &query.finish())).into_response()
}

/// Number, name and birth date of everybody with an account: staff first.
fn everybody(people: &People) -> impl Iterator<Item = (&str, &str, String)> {
    let staff = account::STAFF.iter().map(|(number, name, birth)| (*number, *name, (*birth).to_owned()));
    staff.chain(people.all().iter().map(|citizen| {
        let person = &citizen.person;
        (person.personal_number.as_str(), person.full_name.as_str(), person.date_of_birth.dashed())
    }))
}

fn page_text(people: &People, fields: &Fields) -> String {
    let mut hidden = String::new();
    for (name, value) in fields {
        let (name, value) = (escaped(name), escaped(value));
        let _ = writeln!(hidden, r#"<input type="hidden" name="{name}" value="{value}">"#);
    }
    let mut rows = String::new();
    for (number, name, _) in everybody(people) {
        let _ = write!(rows, "<li>{} ({})", escaped(name), escaped(number));
        for (value, label) in LEVELS {
            let _ = write!(
                rows,
                r#" <button name="person" value="{number} {value}" aria-label="{name}, {label}">{label}</button>"#,
                number = escaped(number),
                name = escaped(name),
            );
        }
        rows.push_str("</li>\n");
    }
    format!(
        r#"<!DOCTYPE html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>VNeID (mô phỏng)</title></head>
<body>
<p role="alert">{SIMULATED} Simulated data.</p>
<h1>Đăng nhập bằng VNeID (mô phỏng) / Sign in with VNeID (simulated)</h1>
<form method="post" action="authorize">
{hidden}<p>Bạn là ai? / Who are you?</p>
<ul>
{rows}</ul>
<button name="person" value="">Từ chối / Refuse</button>
</form>
</body>
</html>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = include_str!("../../../../tests/wire/vneid/authorization-request.target");

    fn golden() -> Fields {
        fields(REQUEST.split_once('?').unwrap().1.as_bytes())
    }

    #[test]
    fn the_golden_request_is_taken_and_each_lack_is_told() {
        assert!(check(&golden()).is_ok());
        for (name, here) in [
            ("client_id", true),
            ("redirect_uri", true),
            ("response_type", false),
            ("scope", false),
            ("state", false),
            ("nonce", false),
            ("code_challenge", false),
            ("code_challenge_method", false),
        ] {
            let mut fields = golden();
            fields.remove(name);
            assert_eq!(matches!(check(&fields), Err(Refusal::Here(_))), here, "{name}");
            assert!(check(&fields).is_err(), "{name}");
        }
        let mut elsewhere = golden();
        elsewhere.insert("redirect_uri".to_owned(), "http://127.0.0.1.example:80/".to_owned());
        assert!(matches!(check(&elsewhere), Err(Refusal::Here("redirect_uri"))));
    }

    #[test]
    fn the_way_back_is_the_golden_one() {
        let response = back(&golden(), "http://127.0.0.1:8090/vneid", "code", "vneid-code-0001");
        let location = response.headers()["location"].to_str().unwrap();
        let path = include_str!("../../../../tests/wire/vneid/authorization-response.target");
        assert_eq!(location, format!("http://127.0.0.1:8080{path}"));
    }

    #[test]
    fn the_page_offers_everybody_and_escapes_what_it_was_sent() {
        let people = People::from_texts(&[r#"
            [person]
            personal_number = "001090000008"
            full_name = "Trần O'Mẫu & <Con>"
            date_of_birth = "1990-12-31"
            sex = "male""#])
        .unwrap();
        let mut fields = golden();
        fields.insert("state".to_owned(), "\"><script>".to_owned());
        let page = page_text(&people, &fields);
        assert!(page.contains("Lê Thị Cán") && page.contains("Trần O'Mẫu &amp; &lt;Con&gt;"));
        assert!(page.contains(r#"value="001090000008 muc_do_2""#));
        assert!(!page.contains("<script>"));
        assert!(page.contains(SIMULATED));
    }
}
