//! `GET /v1/welcome`: what the first screen shows.

use std::sync::Arc;

use axum::{Json, extract::State};
use flows::wire::Welcome;

use crate::api::Api;

/// What the first screen shows
#[utoipa::path(
    get,
    path = "/v1/welcome",
    tag = "kiosk",
    responses((status = OK, description = "Station, mode and services", body = Welcome)),
)]
pub async fn welcome(State(api): State<Arc<Api>>) -> Json<Welcome> {
    Json(api.conversations.welcome())
}
