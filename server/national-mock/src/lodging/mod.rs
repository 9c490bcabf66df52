//! `/lodging/…`: the police portal for stays (tbltkbtt), its interface for other software v1.4 and the upload of its Excel
//! file.
//!
//! Stand-ins: every word of a message but `Bản khai báo n: `; HTTP 400 with code "400"; that one wrong declaration refuses the
//! whole request; `data` null with a success; which of an account's places want a room; how long a token lives.

mod change;
mod declare;
mod fields;
mod import;
mod lists;
mod rules;
mod stays;
mod tokens;

use std::sync::Arc;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{delete, get, post},
};
use serde_json::{Value, json};

pub(crate) use stays::Stays;
pub(crate) use tokens::Tokens;

use crate::{Mock, SIMULATED, control::System, exchange::around};

/// Who may log in here. Made up, and in the open.
pub mod account {
    /// The software's name in the Basic header of a login.
    pub const CLIENT: &str = "kiosk-mo-phong";
    /// Its secret.
    pub const SECRET: &str = "bi-mat-cslt-mo-phong";
    /// The password of every place.
    pub const PASSWORD: &str = "mat-khau-cslt-mo-phong";
    /// The places: name, and whether its kind wants a room of every guest (hotel, KCN, chung cư, cơ sở y tế, KTX).
    pub const PLACES: [(&str, bool); 3] =
        [("cslt-khach-san", true), ("cslt-nha-o", false), ("cslt-tram-y-te", true)];
}

pub(crate) fn router(mock: &Arc<Mock>) -> Router {
    let public = Router::new()
        .route("/dm-qt/3th/get-all", get(lists::nationalities))
        .route("/dm-tinh-tp/get-all", get(lists::provinces))
        .route("/ly-do-cu-tru/get-all", get(lists::reasons))
        .route("/loai-giay-to/get-all", get(lists::documents))
        .route("/noi-cu-tru/get-all", get(lists::residences))
        .route("/dm-phuong-xa", get(lists::communes));
    Router::new()
        .route("/authorization-service/oauth/token", post(tokens::take))
        .route("/authorization-service/oauth/refresh-token", post(tokens::refresh))
        .route("/authorization-service/oauth/revoke", delete(tokens::revoke))
        .route("/client-service/kbtt-vn/kbtt-3th", post(declare::vietnamese))
        .route("/client-service/kbtt/kbtt-3th", post(declare::foreign))
        .route("/client-service/kbtt-vn/kbtt-3th/doi-ngay-tra-phong", post(change::change))
        .nest("/cms-backend/public", public)
        .route("/control/import", post(import::upload))
        .with_state(Arc::clone(mock))
        .layer(from_fn_with_state((Arc::clone(mock), System::Lodging), around))
}

/// What is asked for, by the path: its last part, or the one before where that says more.
pub(crate) fn operation(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("kbtt-3th", kind) => kind,
        ("get-all", "3th") => parts.next().unwrap_or_default(),
        ("get-all", list) => list,
        (last, _) => last,
    }
}

/// An answer in the portal's envelope.
fn answer(code: &str, message: &str, data: &Value) -> (StatusCode, Json<Value>) {
    let status = match code {
        "200" => StatusCode::OK,
        "401" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let between = if message.starts_with('\n') { "" } else { " " };
    let message = format!("{SIMULATED}{between}{message}");
    (status, Json(json!({ "code": code, "message": message, "data": data })))
}

/// It was done.
fn done(data: &Value) -> (StatusCode, Json<Value>) {
    answer("200", "Thành công", data)
}

/// Each fault with the number of its declaration, from 1, a line each.
fn refused(faults: &[(usize, String)]) -> (StatusCode, Json<Value>) {
    let lines: Vec<_> =
        faults.iter().map(|(index, fault)| format!("\nBản khai báo {}: {fault}", index + 1)).collect();
    let lines = lines.concat();
    answer("400", &lines, &Value::Null)
}

#[cfg(test)]
mod tests;
