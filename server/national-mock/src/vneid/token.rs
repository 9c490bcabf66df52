//! `POST /vneid/token`: a code for an identity token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use p256::ecdsa::{Signature, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Grant, KEY_ID, TOKEN_SECONDS, account, issuer, key};
use crate::{Mock, SIMULATED, exchange::form};

pub(super) async fn token(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    match respond(&mock, &headers, &body) {
        Ok(answer) => (StatusCode::OK, Json(answer)),
        Err((code, what)) => {
            let status =
                if code == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            (status, Json(error(code, what)))
        }
    }
}

fn error(code: &str, what: &str) -> Value {
    json!({ "error": code, "error_description": format!("{SIMULATED} {what}") })
}

type Refusal = (&'static str, &'static str);

fn respond(mock: &Mock, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = STANDARD.encode(format!("{}:{}", account::CLIENT, account::SECRET));
    if header("authorization").strip_prefix("Basic ") != Some(&known) {
        return Err(("invalid_client", "Authorization"));
    }
    let pairs = form(body);
    let field = |name: &str| pairs.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value);
    if field("grant_type") != "authorization_code" {
        return Err(("unsupported_grant_type", "grant_type"));
    }
    let now = (mock.clock)();
    let grant = mock.codes.take(field("code"), now).ok_or(("invalid_grant", "code"))?;
    if field("redirect_uri") != grant.redirect_uri {
        return Err(("invalid_grant", "redirect_uri"));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier"))) != grant.challenge {
        return Err(("invalid_grant", "code_verifier"));
    }
    let token = signed(&claims(&issuer(headers), &grant, now)).ok_or(("server_error", "key"))?;
    let access =
        hex::encode(Sha256::digest(format!("access {}", field("code"))).get(..10).unwrap_or_default());
    Ok(answer(&access, &token))
}

fn answer(access: &str, token: &str) -> Value {
    json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": "openid profile so_dinh_danh",
        "id_token": token,
    })
}

fn claims(issuer: &str, grant: &Grant, now: Timestamp) -> Value {
    // Another name for the same person towards each client.
    let subject = Sha256::digest(format!("{} {}", account::CLIENT, grant.number));
    json!({
        "iss": issuer,
        "sub": hex::encode(subject.get(..16).unwrap_or_default()),
        "aud": account::CLIENT,
        "iat": now.as_second(),
        "exp": now.as_second() + TOKEN_SECONDS,
        "auth_time": grant.given.as_second(),
        "nonce": grant.nonce,
        "acr": grant.level,
        "name": grant.name,
        "birthdate": grant.birth,
        "so_dinh_danh": grant.number,
    })
}

fn header() -> Value {
    json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID })
}

/// A compact JWS (RFC 7515).
fn signed(claims: &Value) -> Option<String> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header()), part(claims));
    let signature: Signature = key()?.sign(text.as_bytes());
    Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;
    use crate::people::People;

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/wire/vneid/", $name))
        };
    }

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn now() -> Timestamp {
        "2026-09-15T08:00:00+07:00".parse().unwrap()
    }

    /// What the golden messages are about. The challenge is that of the golden `code_verifier`.
    fn grant() -> Grant {
        let target = wire!("authorization-request.target");
        let query = form(target.split_once('?').unwrap().1.as_bytes());
        let field = |name: &str| query.iter().find(|(found, _)| found == name).unwrap().1.clone();
        Grant {
            number: "001148012345".to_owned(),
            name: "Nguyễn Thị Hoà".to_owned(),
            birth: "1948-03-02".to_owned(),
            level: "muc_do_2".to_owned(),
            nonce: field("nonce"),
            redirect_uri: field("redirect_uri"),
            challenge: field("code_challenge"),
            given: now(),
        }
    }

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("host", "127.0.0.1:8090".parse().unwrap());
        for line in wire!("token-request.headers").lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn ask(at: Timestamp, change: impl Fn(String) -> String) -> Result<Value, Refusal> {
        let mock = Mock::new(People::default(), Arc::new(move || at), None);
        let code = mock.codes.give(grant());
        let form = wire!("token-request.form").replace("vneid-code-0001", &code);
        respond(&mock, &headers(), change(form).as_bytes())
    }

    #[test]
    fn header_claims_and_members_are_the_golden_ones() {
        assert_eq!(header(), json(wire!("id-token.header.json")));
        let mut golden = json(wire!("id-token.claims.json"));
        let mut ours = claims("http://127.0.0.1:8090/vneid", &grant(), now());
        for claims in [&mut golden, &mut ours] {
            assert_eq!(claims["sub"].take().as_str().unwrap().len(), 32);
        }
        assert_eq!(ours, golden);
        let golden = json(wire!("token-response.json"));
        let token = golden["id_token"].as_str().unwrap();
        assert_eq!(answer("vneid-access-0001", token), golden);
        assert_eq!(error("invalid_grant", "code"), json(wire!("token-error.json")));
    }

    #[test]
    fn the_golden_request_gets_a_token_that_verifies() {
        let answer = ask(now(), |form| form).unwrap();
        let (text, signature) = answer["id_token"].as_str().unwrap().rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        key().unwrap().verifying_key().verify(text.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn a_code_is_good_for_a_minute_and_once_and_for_whoever_began() {
        assert!(ask(now() + 59.seconds(), |form| form).is_ok());
        assert_eq!(ask(now() + 60.seconds(), |form| form), Err(("invalid_grant", "code")));
        for (from, to, what) in [
            ("code_verifier=V", "code_verifier=W", "code_verifier"),
            ("console", "elsewhere", "redirect_uri"),
            ("&code=", "&code=0", "code"),
        ] {
            assert_eq!(ask(now(), |form| form.replace(from, to)), Err(("invalid_grant", what)));
        }
        let mock = Mock::new(People::default(), Arc::new(now), None);
        let form = wire!("token-request.form").replace("vneid-code-0001", &mock.codes.give(grant()));
        assert!(respond(&mock, &headers(), form.as_bytes()).is_ok());
        assert_eq!(respond(&mock, &headers(), form.as_bytes()), Err(("invalid_grant", "code")));
    }

    #[test]
    fn an_unknown_client_gets_nothing() {
        let mock = Mock::new(People::default(), Arc::new(now), None);
        let mut headers = headers();
        headers.insert("authorization", "Basic eDp5".parse().unwrap());
        let answer = respond(&mock, &headers, wire!("token-request.form").as_bytes());
        assert_eq!(answer, Err(("invalid_client", "Authorization")));
    }
}
