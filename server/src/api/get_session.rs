//! `GET /v1/sessions/{id}`: the step that the session is at.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
};
use flows::wire::SessionView;
use uuid::Uuid;

use crate::api::{
    Api,
    caller::Caller,
    problem::{Failure, Kind},
};

/// Get a session's present step
///
/// A kiosk asks from time to time while staff are called: they may have admitted the person by hand.
#[utoipa::path(
    get,
    path = "/v1/sessions/{id}",
    tag = "kiosk",
    params(("id" = String, Path, description = "The session")),
    responses((status = OK, description = "The present step", body = SessionView)),
)]
pub async fn get_session(
    State(api): State<Arc<Api>>,
    caller: Caller,
    SessionId(id): SessionId,
) -> Result<Json<SessionView>, Failure> {
    Ok(Json(api.conversations.view(id, &caller.kiosk).await?))
}

/// The session that the path names. What is no UUID names none.
#[derive(Debug, Clone, Copy)]
pub struct SessionId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for SessionId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok());
        id.map(Self).ok_or_else(|| Kind::SessionUnknown.into())
    }
}
