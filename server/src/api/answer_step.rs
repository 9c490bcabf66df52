//! `POST /v1/sessions/{id}/answers`: what the person answered, or what was read of their card.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use flows::wire::{AnswerStep, SessionView};

use crate::{
    api::{Api, body::JsonBody, caller::stored, get_session::SessionId, problem::Failure},
    session::SignedCall,
};

/// Answer the step that is shown
///
/// Evidence is verified here, under the server's own trust store and clock and on the challenge that it made. The
/// answer holds the next step and, after evidence, the verdict.
#[utoipa::path(
    post,
    path = "/v1/sessions/{id}/answers",
    tag = "kiosk",
    request_body = AnswerStep,
    params(("id" = String, Path, description = "The session")),
    responses((status = OK, description = "The next step and, after evidence, the verdict", body = SessionView)),
)]
pub async fn answer_step(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    SessionId(id): SessionId,
    JsonBody(AnswerStep { answer }): JsonBody<AnswerStep>,
) -> Result<Response, Failure> {
    Ok(stored(&api.conversations.answer(id, call, answer).await?))
}
