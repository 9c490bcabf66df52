//! `POST /api/token/take`: a token for the station's account.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::{Timestamp, ToSpan as _};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account;
use crate::{Mock, exchange::form};

/// How long a token lives, in minutes. The real one's life is not known; clients renew after 50.
const LIFE_MINUTES: i64 = 60;

/// A token pair.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) access: String,
    pub(crate) id: String,
    expires: Timestamp,
}

/// The tokens given. Each is made from its place in the row, so that a run can be repeated.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<(u64, Vec<Token>)>);

impl Tokens {
    fn issue(&self, now: Timestamp) -> Token {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 += 1;
        let text = |kind: &str| {
            hex::encode(Sha256::digest(format!("{kind} {}", inner.0)).get(..10).unwrap_or_default())
        };
        let expires = now.checked_add(LIFE_MINUTES.minutes()).unwrap_or(now);
        let token = Token { access: text("access"), id: text("id"), expires };
        inner.1.push(token.clone());
        token
    }

    #[cfg(test)]
    pub(crate) fn give(&self, now: Timestamp) -> (String, String) {
        let Token { access, id, .. } = self.issue(now);
        (access, id)
    }

    pub(crate) fn accepts(&self, access: &str, id: &str, now: Timestamp) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.iter().any(|token| token.access == access && token.id == id && now < token.expires)
    }

    /// A new access token alone, for whoever gives no other.
    pub(crate) fn access(&self, now: Timestamp) -> String {
        self.issue(now).access
    }

    /// Whether the access token was given and still lives.
    pub(crate) fn knows(&self, access: &str, now: Timestamp) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.iter().any(|token| token.access == access && now < token.expires)
    }

    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clear();
    }
}

/// Whether user and MD5 of the password are the station's. The document writes the MD5 in upper case, clients send
/// lower: both are taken.
pub(crate) fn is_station(user: &str, password: &str) -> bool {
    user == account::USER
        && password.eq_ignore_ascii_case(&hex::encode(Md5::digest(account::PASSWORD.as_bytes())))
}

pub(super) async fn take(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (user, password) = if kind.starts_with("application/json") {
        let value = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        let text = |name| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("username"), text("password"))
    } else {
        let pairs = form(&body);
        let text = |name| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        (text("username").unwrap_or_default(), text("password").unwrap_or_default())
    };
    if is_station(&user, &password) {
        let token = mock.tokens.issue((mock.clock)());
        (StatusCode::OK, Json(given(&token)))
    } else {
        (StatusCode::OK, Json(refused()))
    }
}

fn given(token: &Token) -> Value {
    json!({
        "maKetQua": "200",
        "APIKey": {
            "access_token": token.access,
            "id_token": token.id,
            "token_type": "bearer",
            "username": account::USER,
            "expires_in": token.expires.to_string(),
        }
    })
}

fn refused() -> Value {
    json!({ "maKetQua": "401", "APIKey": null })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_are_the_golden_ones() {
        let golden = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let token = Token {
            access: "3f0f1d0b9ac44c1e8a5e".to_owned(),
            id: "b1d2c3e4f5a60718293a".to_owned(),
            expires: "2026-09-15T02:00:00Z".parse().unwrap(),
        };
        assert_eq!(
            given(&token),
            golden(include_str!("../../../../tests/wire/insurance/token-response.json"))
        );
        assert_eq!(refused(), golden(include_str!("../../../../tests/wire/insurance/token-refused.json")));
    }

    #[test]
    fn the_golden_form_is_the_stations_login_in_either_case() {
        let pairs = form(include_bytes!("../../../../tests/wire/insurance/token-request.form"));
        let [(_, user), (_, password)] = pairs.as_slice() else { panic!("two pairs") };
        assert!(is_station(user, password));
        assert!(is_station(user, &password.to_uppercase()));
        assert!(!is_station(user, account::PASSWORD));
        assert!(!is_station("01998_BV", password));
    }

    #[test]
    fn a_token_ends_after_its_hour_or_when_forgotten() {
        let tokens = Tokens::default();
        let start: Timestamp = "2026-09-15T01:00:00Z".parse().unwrap();
        let token = tokens.issue(start);
        assert!(tokens.accepts(&token.access, &token.id, start + 59.minutes()));
        assert!(!tokens.accepts(&token.access, &token.id, start + 60.minutes()));
        assert!(!tokens.accepts(&token.access, "", start));
        tokens.forget();
        assert!(!tokens.accepts(&token.access, &token.id, start));
    }
}
