//! `/authorization-service/oauth/…`: tokens for places.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{account, answer, done};
use crate::{Mock, exchange::form};

/// How long a token lives, in minutes (a stand-in).
const LIFE_MINUTES: i64 = 60;

#[derive(Clone)]
pub(super) struct Token {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) place: String,
    pub(super) expires: Timestamp,
}

#[derive(Default)]
struct Given {
    count: u64,
    tokens: Vec<Token>,
}

/// The tokens given. Each is made from its place in the row, so that a run can be repeated.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<Given>);

impl Tokens {
    fn given(&self) -> MutexGuard<'_, Given> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn issue(&self, place: &str, now: Timestamp) -> Token {
        let mut given = self.given();
        given.count += 1;
        let text = |kind: &str| {
            let digest = Sha256::digest(format!("{kind} {}", given.count));
            hex::encode(digest.get(..10).unwrap_or_default())
        };
        let (access, refresh) = (text("access"), text("id"));
        let expires = now.checked_add(LIFE_MINUTES.minutes()).unwrap_or(now);
        let token = Token { access, refresh, place: place.to_owned(), expires };
        given.tokens.push(token.clone());
        token
    }

    /// The place whose token this is, while it lives.
    pub(super) fn place(&self, headers: &HeaderMap, now: Timestamp) -> Option<String> {
        let header = headers.get("authorization")?.to_str().ok()?;
        let access = header.strip_prefix("Bearer ")?;
        let given = self.given();
        let token = given.tokens.iter().find(|token| token.access == access && now < token.expires)?;
        Some(token.place.clone())
    }

    /// Takes the token with this refresh token, live or not: it can be used once.
    fn spend(&self, refresh: &str) -> Option<Token> {
        let mut given = self.given();
        let place = given.tokens.iter().position(|token| token.refresh == refresh)?;
        Some(given.tokens.swap_remove(place))
    }

    fn revoke(&self, access: &str) -> bool {
        let mut given = self.given();
        let before = given.tokens.len();
        given.tokens.retain(|token| token.access != access);
        given.tokens.len() < before
    }

    pub(crate) fn forget(&self) {
        self.given().tokens.clear();
    }
}

/// Whether the Basic header is that of known software.
fn is_client(headers: &HeaderMap) -> bool {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = format!("{}:{}", account::CLIENT, account::SECRET);
    header.strip_prefix("Basic ").and_then(|pair| STANDARD.decode(pair).ok()).as_deref()
        == Some(wanted.as_bytes())
}

pub(super) fn given(token: &Token) -> Value {
    json!({
        "AccessToken": token.access,
        "RefreshToken": token.refresh,
        "TokenType": "bearer",
        "Exp": token.expires.as_second(),
        "Authorities": ["kbtt:create-3th"],
        "ClientId": account::CLIENT,
        "LoaiTK": "CSLT",
        "CsltId": 1,
        "CsltKhuVuc": "101900167",
        "CsltDonVi": "101900167",
        "MaTTCuaCslt": "101",
        "MaPxCuaCslt": "101900167",
        "IsCsltChinh": true,
    })
}

pub(super) async fn take(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    log_in(&mock, &headers, &body)
}

pub(super) fn log_in(mock: &Mock, headers: &HeaderMap, body: &[u8]) -> (StatusCode, Json<Value>) {
    let pairs = form(body);
    let text = |name: &str| pairs.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value);
    let known = account::PLACES.iter().any(|(place, _)| *place == text("username"));
    if !is_client(headers) {
        return answer("401", "Ứng dụng không hợp lệ", &Value::Null);
    }
    if text("grant-type") != "api_cslt" {
        return answer("400", "grant-type không hợp lệ", &Value::Null);
    }
    if !known || text("password") != account::PASSWORD {
        return answer("400", "Sai tên đăng nhập hoặc mật khẩu", &Value::Null);
    }
    done(&given(&mock.lodging_tokens.issue(text("username"), (mock.clock)())))
}

#[derive(Deserialize)]
pub(super) struct Refresh {
    refresh_token: String,
}

pub(super) async fn refresh(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    Query(Refresh { refresh_token }): Query<Refresh>,
) -> (StatusCode, Json<Value>) {
    match mock.lodging_tokens.spend(&refresh_token).filter(|_| is_client(&headers)) {
        Some(old) => done(&given(&mock.lodging_tokens.issue(&old.place, (mock.clock)()))),
        None => answer("401", "Refresh token không hợp lệ", &Value::Null),
    }
}

#[derive(Deserialize)]
pub(super) struct Revoke {
    access_token: String,
}

pub(super) async fn revoke(
    State(mock): State<Arc<Mock>>,
    headers: HeaderMap,
    Query(Revoke { access_token }): Query<Revoke>,
) -> (StatusCode, Json<Value>) {
    if is_client(&headers) && mock.lodging_tokens.revoke(&access_token) {
        done(&Value::Null)
    } else {
        answer("401", "Token không hợp lệ", &Value::Null)
    }
}
