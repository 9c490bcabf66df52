//! `POST /c06/verify`: the chip check of C06. A stand-in: only the members of question and answer are from the facts; codes,
//! headers and what the signature is over are ours. The key is made from a fixed text: whoever trusts it trusts nobody.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router, body::Bytes, extract::State, http::HeaderMap, middleware::from_fn_with_state, routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::tz::{Offset, TimeZone};
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Mock, control::System, exchange::around};

/// The partner that the simulated service knows. Made up, and in the open.
pub mod account {
    /// `X-Partner-Code`.
    pub const PARTNER: &str = "tyt01999";
    /// `X-Partner-Key`.
    pub const KEY: &str = "khoa-c06-mo-phong";
}

/// How many questions there were, and which people's cards are revoked.
#[derive(Default)]
pub(crate) struct Cards(Mutex<(u64, BTreeSet<String>)>);

impl Cards {
    /// From now on the cards of these numbers, and of no others, are revoked.
    pub(crate) fn revoke(&self, numbers: impl IntoIterator<Item = String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = numbers.into_iter().collect();
    }

    fn is_revoked(&self, number: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.contains(number)
    }

    fn next(&self) -> u64 {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 += 1;
        inner.0
    }
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/verify", post(verify))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::C06), around))
}

async fn verify(State(mock): State<Arc<Mock>>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    Json(respond(&mock, &headers, &body))
}

/// The members of a question, each text, in the order of the facts.
const MEMBERS: [&str; 6] = ["transactionId", "idNumber", "dsCert", "sodHash", "deviceId", "consentId"];

fn respond(mock: &Mock, headers: &HeaderMap, body: &[u8]) -> Value {
    let time = TimeZone::fixed(Offset::constant(7)).to_datetime((mock.clock)());
    let time = format!("{}+07:00", time.strftime("%Y-%m-%dT%H:%M:%S"));
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if (header("x-partner-code"), header("x-partner-key")) != (account::PARTNER, account::KEY) {
        return refused("11", &time);
    }
    let Some([transaction, number, signer, digest]) = question(body) else { return refused("10", &time) };
    let (code, verified) = match mock.people.by_number(&number) {
        Some(_) if mock.cards.is_revoked(&number) => ("02", false),
        Some(_) => ("00", true),
        None => ("01", false),
    };
    let name = format!("C06-{:06}", mock.cards.next());
    let lines =
        ["c06-verify-1", &transaction, &number, &signer, &digest, code, &verified.to_string(), &name, &time];
    json!({
        "code": code,
        "isVerified": verified,
        "transactionCode": name,
        "timestamp": time,
        "signature": signature(&lines.join("\n")),
    })
}

fn refused(code: &str, time: &str) -> Value {
    json!({ "code": code, "isVerified": false, "transactionCode": null, "timestamp": time, "signature": null })
}

/// What the answer is signed over, of a question that is in the format.
fn question(body: &[u8]) -> Option<[String; 4]> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let members = value.as_object().filter(|members| members.len() == MEMBERS.len())?;
    let mut texts = Vec::new();
    for name in MEMBERS {
        texts.push(members.get(name)?.as_str().filter(|text| !text.is_empty())?.to_owned());
    }
    let [transaction, number, signer, digest, _, _] = texts.try_into().ok()?;
    let digits = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
    // A certificate is a DER SEQUENCE.
    let certificate = STANDARD.decode(&signer).ok().filter(|bytes| bytes.first() == Some(&0x30));
    let hexadecimal =
        digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (digits && certificate.is_some() && hexadecimal).then_some([transaction, number, signer, digest])
}

/// Ed25519 (RFC 8032), base64. Nothing only if the digest were no seed, which every 32 bytes are.
fn signature(text: &str) -> Option<String> {
    let seed = Sha256::digest("national-mock: C06, DỮ LIỆU MÔ PHỎNG");
    let key = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
    Some(STANDARD.encode(key.sign(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::People;

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../tests/wire/c06/", $name))
        };
    }

    const HOA: &str = r#"
        [person]
        personal_number = "001148012345"
        full_name = "Nguyễn Thị Hoà"
        date_of_birth = "1948-03-02"
        sex = "female""#;

    fn mock(person: &str) -> Arc<Mock> {
        let clock = Arc::new(|| "2026-09-15T08:00:00+07:00".parse().unwrap());
        Mock::new(People::from_texts(&[person]).unwrap(), clock, None)
    }

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in wire!("verify-request.headers").lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn golden(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_golden_question_gets_the_golden_answers_signature_included() {
        let request = wire!("verify-request.json").as_bytes();
        assert_eq!(respond(&mock(HOA), &headers(), request), golden(wire!("verify-response-00.json")));
        let other = HOA.replace("001148012345", "001148012346");
        assert_eq!(respond(&mock(&other), &headers(), request), golden(wire!("verify-response-01.json")));
        let revoked = mock(HOA);
        revoked.cards.revoke(["001148012345".to_owned()]);
        assert_eq!(respond(&revoked, &headers(), request), golden(wire!("verify-response-02.json")));
    }

    #[test]
    fn what_is_not_in_the_format_is_refused() {
        let request = wire!("verify-request.json");
        for (from, to) in [
            ("\"idNumber\"", "\"number\""),
            ("001148012345", "00114801234"),
            ("MAMCAQE=", "MQMCAQE="),
            ("MAMCAQE=", "!"),
            ("2d711642", "2D711642"),
            ("kiosk-01", ""),
            ("\"consentId\"", "\"more\": \"x\", \"consentId\""),
        ] {
            let changed = request.replace(from, to);
            assert_ne!(changed, request);
            let answer = respond(&mock(HOA), &headers(), changed.as_bytes());
            assert_eq!(answer, golden(wire!("verify-response-10.json")), "{to}");
        }
        let mut stranger = headers();
        stranger.insert("x-partner-key", "x".parse().unwrap());
        assert_eq!(respond(&mock(HOA), &stranger, request.as_bytes())["code"], "11");
    }
}
