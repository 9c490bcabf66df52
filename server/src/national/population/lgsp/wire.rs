//! The messages of the LGSP: JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, ser::SerializeMap as _};
use zeroize::Zeroizing;

use super::Configuration;
use crate::national::{Flaw, population::Existence};

/// The header `lgspaccesstoken`: base64 of JSON. None where a header cannot hold it, which base64 always can be held by.
pub(super) fn keys(configuration: &Configuration) -> Option<HeaderValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Keys<'a> {
        access_key: &'a str,
        secret_key: &'a str,
        app_name: &'a str,
        partner_code: &'a str,
        partner_code_cus: &'a str,
    }
    let keys = Keys {
        access_key: configuration.access_key.expose_secret(),
        secret_key: configuration.secret_key.expose_secret(),
        app_name: &configuration.app_name,
        partner_code: &configuration.partner_code,
        partner_code_cus: &configuration.partner_code_cus,
    };
    let text = Zeroizing::new(serde_json::to_vec(&keys).ok()?);
    sensitive(&Zeroizing::new(STANDARD.encode(&*text)))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A token, as the header `Authorization` says it.
#[derive(Debug)]
pub(in crate::national) struct TokenReply(pub(super) HeaderValue);

/// Reads the answer of the token endpoint.
pub(in crate::national) fn token_reply(bytes: &[u8]) -> Result<TokenReply, Flaw> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: SecretString,
        token_type: String,
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| Flaw::of(&error))?;
    let token = answer.access_token.expose_secret();
    if token.is_empty() || !answer.token_type.eq_ignore_ascii_case("bearer") {
        return Err(Flaw::Content);
    }
    sensitive(&Zeroizing::new(format!("Bearer {token}"))).map(TokenReply).ok_or(Flaw::Content)
}

/// The question as JSON: the fields by their names, the last one within `NgayThangNamSinh`.
pub(super) fn request(fields: &[(&'static str, Zeroizing<String>)]) -> Zeroizing<String> {
    struct Question<'a>(&'a [(&'static str, Zeroizing<String>)]);
    struct Birth<'a>(&'a (&'static str, Zeroizing<String>));

    impl Serialize for Birth<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(self.0.0, self.0.1.as_str())?;
            map.end()
        }
    }

    impl Serialize for Question<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(self.0.len()))?;
            if let Some((birth, others)) = self.0.split_last() {
                for (name, value) in others {
                    map.serialize_entry(name, value.as_str())?;
                }
                map.serialize_entry("NgayThangNamSinh", &Birth(birth))?;
            }
            map.end()
        }
    }

    Zeroizing::new(serde_json::to_string(&Question(fields)).unwrap_or_default())
}

/// What the platform answers to the question.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum Reply {
    /// `KetQuaXacThuc/TonTai`.
    Answer(Existence),
    /// The token is refused, with the code.
    TokenRefused(String),
    /// The question or this server is refused, with the code.
    Refused(String),
    /// The platform, or the database behind it, has trouble of its own.
    Down,
}

/// Reads the answer to the question.
pub(in crate::national) fn reply(bytes: &[u8]) -> Result<Reply, Flaw> {
    #[derive(Deserialize)]
    struct Answer {
        code: String,
        #[serde(rename = "KetQuaXacThuc")]
        result: Option<Outcome>,
    }
    #[derive(Deserialize)]
    struct Outcome {
        #[serde(rename = "TonTai")]
        exists: bool,
    }
    let Answer { code, result } = serde_json::from_slice(bytes).map_err(|error| Flaw::of(&error))?;
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Flaw::Content);
    }
    match (code.as_str(), result) {
        ("200", Some(Outcome { exists: true })) => Ok(Reply::Answer(Existence::Exists)),
        ("200", Some(Outcome { exists: false })) => Ok(Reply::Answer(Existence::Unknown)),
        ("200", None) => Err(Flaw::Content),
        ("401" | "403", _) => Ok(Reply::TokenRefused(code)),
        _ if code.starts_with('5') => Ok(Reply::Down),
        _ => Ok(Reply::Refused(code)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::national::{
        population::wire::fields,
        tests::{born, configuration, person, population_configuration},
    };

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../../tests/wire/lgsp/", $name))
        };
    }

    fn golden_header(text: &str, name: &str) -> String {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap().to_owned()
    }

    #[test]
    fn the_requests_are_the_golden_ones() {
        let keys = keys(&configuration().lgsp.unwrap()).unwrap();
        assert_eq!(keys, golden_header(wire!("token-request.headers"), "lgspaccesstoken"));
        assert!(keys.is_sensitive());
        let TokenReply(token) = token_reply(wire!("token-response.json").as_bytes()).unwrap();
        assert_eq!(token, golden_header(wire!("verify-request.headers"), "Authorization"));
        assert!(token.is_sensitive());
        let population = population_configuration("http://127.0.0.1:8090");
        let hoa = person("001148012345", "Nguyễn Thị Hoà", born(1948, Some(3), Some(2)));
        let fields = fields(&population, "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d", &hoa).unwrap();
        let golden: Value = serde_json::from_str(wire!("verify-request.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&request(&fields)).unwrap(), golden);
    }

    #[test]
    fn the_golden_answers_are_understood() {
        for (text, expected) in [
            (wire!("verify-response-exists.json"), Reply::Answer(Existence::Exists)),
            (wire!("verify-response-unknown.json"), Reply::Answer(Existence::Unknown)),
            (wire!("verify-response-400.json"), Reply::Refused("400".to_owned())),
        ] {
            assert_eq!(reply(text.as_bytes()), Ok(expected));
        }
    }

    #[test]
    fn what_is_not_plainly_an_answer_is_malformed_or_trouble() {
        let answer = |code: Value, result: Value| {
            reply(json!({ "code": code, "KetQuaXacThuc": result }).to_string().as_bytes())
        };
        assert_eq!(answer(json!("503"), json!(null)), Ok(Reply::Down));
        assert_eq!(answer(json!("401"), json!(null)), Ok(Reply::TokenRefused("401".to_owned())));
        for (code, result) in [
            (json!("200"), json!(null)),
            (json!("200"), json!({ "TonTai": "true" })),
            (json!("Nguyễn Thị Hoà"), json!(null)),
            (json!(200), json!({ "TonTai": true })),
        ] {
            assert_eq!(answer(code, result), Err(Flaw::Content));
        }
        for text in [
            "{}",
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"a","token_type":"MAC"}"#,
        ] {
            assert!(token_reply(text.as_bytes()).is_err(), "{text}");
        }
    }
}
