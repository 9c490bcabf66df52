//! `/vneid/…`: VNeID as identity provider: OpenID Connect, authorization code with PKCE.
//!
//! A stand-in but for the standard: scope and claim `so_dinh_danh`, the values of `acr`, and whom it knows. Its key is made
//! from a fixed text: whoever trusts it trusts nobody.

mod authorize;
mod token;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    http::HeaderMap,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{Timestamp, ToSpan as _};
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Mock, control::System, exchange::around};

/// The client and the staff that the simulated provider knows. Made up, and in the open.
pub mod account {
    /// `client_id`.
    pub const CLIENT: &str = "tyt01999-kiosk";
    /// Its secret.
    pub const SECRET: &str = "bi-mat-vneid-mo-phong";
    /// The station's staff: number, name, birth date. They have no card and no seed.
    pub const STAFF: &[(&str, &str, &str)] = &[
        ("001180000099", "Lê Thị Cán", "1980-05-12"),
        ("001085000017", "Phạm Văn Trực", "1985-11-30"),
        ("001178000025", "Hoàng Thị Trưởng", "1978-01-09"),
    ];
}

/// The two values of `acr`.
const LEVELS: [(&str, &str); 2] = [("muc_do_2", "Mức độ 2"), ("muc_do_1", "Mức độ 1")];

/// Seconds that a code is good for.
const CODE_SECONDS: i64 = 60;

/// Seconds that an identity token is good for.
const TOKEN_SECONDS: i64 = 300;

const KEY_ID: &str = "vneid-mo-phong";

/// The codes that were given and not yet used. Each is made from its place in the row, so that a run can be repeated.
#[derive(Default)]
pub(crate) struct Codes(Mutex<(u64, BTreeMap<String, Grant>)>);

/// What a code stands for.
#[derive(Clone)]
struct Grant {
    number: String,
    name: String,
    birth: String,
    level: String,
    nonce: String,
    redirect_uri: String,
    challenge: String,
    given: Timestamp,
}

impl Codes {
    fn give(&self, grant: Grant) -> String {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.0 += 1;
        let code = hex::encode(Sha256::digest(format!("code {}", inner.0)).get(..16).unwrap_or_default());
        inner.1.insert(code.clone(), grant);
        code
    }

    /// Good once, within its minute.
    fn take(&self, code: &str, now: Timestamp) -> Option<Grant> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = inner.1.remove(code)?;
        let end = grant.given.checked_add(CODE_SECONDS.seconds()).ok()?;
        (grant.given..end).contains(&now).then_some(grant)
    }
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(keys))
        .route("/authorize", get(authorize::page).post(authorize::chosen))
        .route("/token", post(token::token))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Vneid), around))
}

/// The issuer, as the caller calls it.
fn issuer(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}/vneid")
}

async fn discovery(headers: HeaderMap) -> Json<Value> {
    Json(metadata(&issuer(&headers)))
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "profile", "so_dinh_danh"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "name", "birthdate", "so_dinh_danh", "auth_time", "acr"],
        "acr_values_supported": ["muc_do_1", "muc_do_2"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// The provider's key. None only if the digest of the text were no scalar of the curve, which it is.
fn key() -> Option<SigningKey> {
    SigningKey::from_slice(&Sha256::digest("national-mock: VNeID, DỮ LIỆU MÔ PHỎNG")).ok()
}

async fn keys() -> Json<Value> {
    Json(key_set().unwrap_or_default())
}

fn key_set() -> Option<Value> {
    let point = key()?.verifying_key().to_sec1_point(false);
    let text = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    Some(json!({ "keys": [{
        "kty": "EC",
        "use": "sig",
        "alg": "ES256",
        "kid": KEY_ID,
        "crv": "P-256",
        "x": text(point.x()?),
        "y": text(point.y()?),
    }] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_are_the_golden_ones() {
        let golden: Value =
            serde_json::from_str(include_str!("../../../../tests/wire/vneid/discovery.json")).unwrap();
        assert_eq!(metadata("http://127.0.0.1:8090/vneid"), golden);
    }

    #[test]
    fn the_key_set_has_the_golden_ones_members() {
        let mut golden: Value =
            serde_json::from_str(include_str!("../../../../tests/wire/vneid/jwks.json")).unwrap();
        let mut ours = key_set().unwrap();
        for set in [&mut golden, &mut ours] {
            for coordinate in ["x", "y"] {
                let text = set["keys"][0][coordinate].take();
                assert_eq!(URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap().len(), 32);
            }
        }
        assert_eq!(ours, golden);
    }
}
