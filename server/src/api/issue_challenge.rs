//! `POST /v1/sessions/{id}/challenges`: a fresh challenge for the chip.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use flows::wire::ChallengeIssued;

use crate::{
    api::{Api, caller::stored, get_session::SessionId, problem::Failure},
    session::SignedCall,
};

/// Get a challenge for active authentication
///
/// Random, for this session and kiosk, good for one piece of evidence, dead after 120 seconds. The call has no body.
#[utoipa::path(
    post,
    path = "/v1/sessions/{id}/challenges",
    tag = "kiosk",
    params(("id" = String, Path, description = "The session")),
    responses((status = OK, description = "The challenge", body = ChallengeIssued)),
)]
pub async fn issue_challenge(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    SessionId(id): SessionId,
) -> Result<Response, Failure> {
    Ok(stored(&api.conversations.challenge(id, call).await?))
}
