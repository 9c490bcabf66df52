//! `GET /v1/staff-calls/{id}`: how a call for staff stands.

use std::sync::Arc;

use axum::{Json, extract::State};
use flows::wire::CallProgress;

use crate::api::{Api, caller::Caller, get_session::SessionId, problem::Failure};

/// Get how a call for staff stands
///
/// For a call of a screen that has no session: a kiosk asks from time to time, and tells the person.
#[utoipa::path(
    get,
    path = "/v1/staff-calls/{id}",
    tag = "kiosk",
    params(("id" = String, Path, description = "The call")),
    responses((status = OK, description = "How it stands", body = CallProgress)),
)]
pub async fn get_call(
    State(api): State<Arc<Api>>,
    caller: Caller,
    SessionId(id): SessionId,
) -> Result<Json<CallProgress>, Failure> {
    Ok(Json(api.conversations.call(id, &caller.kiosk).await?))
}
