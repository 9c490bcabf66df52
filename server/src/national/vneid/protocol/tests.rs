//! The protocol against the golden messages, without a network.

use std::{collections::BTreeMap, sync::Mutex};

use openidconnect::{HttpRequest, HttpResponse};

use super::*;
use crate::national::vneid::tests::configuration;

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/vneid/", $name))
    };
}

const ISSUER: &str = "http://127.0.0.1:8090/vneid";
const REDIRECT: &str = "http://127.0.0.1:8080/console/sign-in/vneid";

/// When the golden token was issued.
const NOW: i64 = 1_789_434_000;

/// The attempt of the golden messages: `state` of 0x53, `nonce` of 0x41, `code_verifier` of 0x55.
fn attempt() -> Attempt {
    let secrets = [[0x53; 32], [0x41; 32], [0x55; 32]].concat();
    Attempt::from_bytes(&[&secrets, REDIRECT.as_bytes()].concat()).unwrap()
}

/// Answers with the golden messages, and keeps what was asked.
struct Provider {
    token: (u16, String),
    asked: Mutex<Vec<HttpRequest>>,
}

impl Provider {
    fn golden() -> Self {
        Self::with_token(200, wire!("token-response.json"))
    }

    fn with_token(status: u16, text: &str) -> Self {
        Self { token: (status, text.to_owned()), asked: Mutex::default() }
    }

    fn answer(&self, request: HttpRequest) -> HttpResponse {
        let (status, text) = match request.uri().path() {
            "/vneid/.well-known/openid-configuration" => (200, wire!("discovery.json")),
            "/vneid/jwks" => (200, wire!("jwks.json")),
            "/vneid/token" => (self.token.0, self.token.1.as_str()),
            path => panic!("{path}"),
        };
        self.asked.lock().unwrap().push(request);
        let mut response = HttpResponse::new(text.as_bytes().to_vec());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        response
    }

    async fn metadata(&self) -> Metadata {
        let issuer = IssuerUrl::new(ISSUER.to_owned()).unwrap();
        discover(&issuer, self).await.unwrap()
    }

    async fn sign_in(&self, attempt: &Attempt, now: i64) -> Result<SignedIn, Failure> {
        let (configuration, metadata) = (configuration(ISSUER), self.metadata().await);
        let code = "vneid-code-0001".into();
        let token = take_token(&configuration, &metadata, attempt, &code, self).await?;
        verify(&configuration, &metadata, attempt, &token, Timestamp::from_second(now).unwrap())
    }
}

impl AsyncHttpClient<'_> for Provider {
    type Error = Trouble;
    type Future = std::future::Ready<Result<HttpResponse, Trouble>>;

    fn call(&self, request: HttpRequest) -> Self::Future {
        std::future::ready(Ok(self.answer(request)))
    }
}

fn pairs(query: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn the_requests_are_the_golden_ones() {
    let provider = Provider::golden();
    let metadata = provider.metadata().await;
    let url = authorization_url(&configuration(ISSUER), &metadata, &attempt()).unwrap();
    let (path, query) = wire!("authorization-request.target").split_once('?').unwrap();
    let (address, asked) = url.expose_secret().split_once('?').unwrap();
    assert_eq!(address, format!("http://127.0.0.1:8090{path}"));
    assert_eq!(pairs(asked), pairs(query));

    provider.sign_in(&attempt(), NOW).await.unwrap();
    let asked = provider.asked.lock().unwrap();
    let request = asked.last().unwrap();
    assert_eq!(request.method(), http::Method::POST);
    let body = std::str::from_utf8(request.body()).unwrap();
    assert_eq!(pairs(body), pairs(wire!("token-request.form")));
    let golden = wire!("token-request.headers");
    assert!(golden.starts_with(&format!("POST {}\n", request.uri())));
    for line in golden.lines().skip(1) {
        let (name, value) = line.split_once(": ").unwrap();
        assert_eq!(request.headers()[name], value, "{name}");
    }
}

#[tokio::test]
async fn the_golden_token_says_who_signed_in() {
    let signed_in = Provider::golden().sign_in(&attempt(), NOW).await.unwrap();
    assert_eq!(signed_in.subject, "b6a3b6a3c09d4b0f8e5d2c7a9f10e4d2");
    assert_eq!(signed_in.level, Level::Two);
    assert_eq!(signed_in.authenticated_at.as_second(), NOW);
    assert_eq!(signed_in.person.number.as_ref().unwrap().as_str(), "001148012345");
    assert_eq!(signed_in.person.full_name, "Nguyễn Thị Hoà");
    assert!(signed_in.person.birth == Birth { year: 1948, month: Some(3), day: Some(2) });
    assert!(!format!("{signed_in:?}").contains("Hoà"));
}

#[tokio::test]
async fn a_token_of_another_attempt_or_time_or_signature_proves_nothing() {
    let other = Attempt::from_bytes(&[&[0x54; 96][..], REDIRECT.as_bytes()].concat()).unwrap();
    let golden = Provider::golden();
    assert_eq!(golden.sign_in(&other, NOW).await, Err(UNPROVED), "nonce");
    for (now, expected) in [(-61, false), (-60, true), (299, true), (301, false)] {
        let answer = golden.sign_in(&attempt(), NOW + now).await;
        assert_eq!(answer.is_ok(), expected, "{now}: {answer:?}");
    }
    let response: serde_json::Value = serde_json::from_str(wire!("token-response.json")).unwrap();
    let token = response["id_token"].as_str().unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let encode = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(text)
    };
    let flipped: String = signature.chars().rev().collect();
    for (forged, failure) in [
        (format!("{signed}.{flipped}"), UNPROVED),
        (
            format!(
                "{header}.{}.{signature}",
                encode(&wire!("id-token.claims.json").replace("1148", "1149"))
            ),
            UNPROVED,
        ),
        (format!("{}.{claims}.", encode(r#"{"alg":"none"}"#)), UNPROVED),
        (format!("{}.{claims}.{signature}", encode(r#"{"alg":"HS256"}"#)), UNPROVED),
        (format!("{}.{claims}.{signature}", encode(r#"{"alg":"ES256","kid":"new"}"#)), Failure::UnknownKey),
        ("Nguyễn Thị Hoà".to_owned(), MALFORMED),
    ] {
        let mut changed = response.clone();
        changed["id_token"] = forged.clone().into();
        let provider = Provider::with_token(200, &changed.to_string());
        assert_eq!(provider.sign_in(&attempt(), NOW).await, Err(failure), "{forged}");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_by_its_code_alone() {
    let refused = Provider::with_token(400, wire!("token-error.json"));
    let expected = Err(Failure::Refused("invalid_grant".to_owned()));
    assert_eq!(refused.sign_in(&attempt(), NOW).await, expected);
    let talkative = Provider::with_token(400, r#"{"error": "Nguyễn Thị Hoà"}"#);
    let expected = Err(Failure::Refused("error".to_owned()));
    assert_eq!(talkative.sign_in(&attempt(), NOW).await, expected);
    for text in ["", "<html>", "{}", r#"{"access_token": "a", "token_type": "Bearer"}"#] {
        assert_eq!(Provider::with_token(200, text).sign_in(&attempt(), NOW).await, Err(MALFORMED), "{text}");
    }
}

#[test]
fn the_golden_token_has_the_golden_header_and_claims() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let response = json(wire!("token-response.json"));
    let parts: Vec<_> = response["id_token"].as_str().unwrap().split('.').collect();
    let part = |index: usize| {
        serde_json::from_slice::<serde_json::Value>(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap()
    };
    assert_eq!(part(0), json(wire!("id-token.header.json")));
    assert_eq!(part(1), json(wire!("id-token.claims.json")));
}

#[test]
fn a_birth_date_is_a_whole_date_or_a_year() {
    assert!(birthdate("1931") == Some(Birth { year: 1931, month: None, day: None }));
    for wrong in ["", "31", "1931-09", "1931-13-01", "01/01/1931", "1931-1-1"] {
        assert!(birthdate(wrong).is_none(), "{wrong}");
    }
}
