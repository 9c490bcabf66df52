//! `POST /v1/staff-calls`: a call for staff from a screen outside any session.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use flows::wire::{CallStaff, StaffCalled};

use crate::{
    api::{Api, body::JsonBody, caller::stored, problem::Failure},
    session::SignedCall,
};

/// Call staff
///
/// For screens that have no session. Inside one, the answer `call_staff` keeps the session with the call.
#[utoipa::path(
    post,
    path = "/v1/staff-calls",
    tag = "kiosk",
    request_body = CallStaff,
    responses((status = OK, description = "Staff are called", body = StaffCalled)),
)]
pub async fn call_staff(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    JsonBody(wish): JsonBody<CallStaff>,
) -> Result<Response, Failure> {
    Ok(stored(&api.conversations.call_staff(call, wish).await?))
}
