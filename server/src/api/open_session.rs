//! `POST /v1/sessions`: a person chose a service.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use flows::wire::{OpenSession, SessionView};

use crate::{
    api::{Api, body::JsonBody, caller::stored, problem::Failure},
    session::SignedCall,
};

/// Open a session
///
/// The answer holds the first step. The session answers only the kiosk that opened it.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    tag = "kiosk",
    request_body = OpenSession,
    responses((
        status = OK,
        description = "The session and its first step",
        body = SessionView,
        links(
            ("step" = (operation_id = "get_session", parameters(("id" = "$response.body#/session_id")))),
            ("answer" = (operation_id = "answer_step", parameters(("id" = "$response.body#/session_id")))),
            ("challenge" = (operation_id = "issue_challenge", parameters(("id" = "$response.body#/session_id")))),
        ),
    )),
)]
pub async fn open_session(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    JsonBody(wish): JsonBody<OpenSession>,
) -> Result<Response, Failure> {
    Ok(stored(&api.conversations.open(call, wish).await?))
}
