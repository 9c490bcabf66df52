//! `POST /v1/sessions/{id}/vneid`: a sign-in at VNeID with the person's own telephone.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use flows::wire::SignInBegun;

use crate::{
    api::{Api, caller::stored, get_session::SessionId, problem::Failure},
    session::SignedCall,
};

/// Begin a sign-in at VNeID
///
/// For a session that expects evidence, `vneid` among its ways. The telephone opens the address and comes back to this
/// server; the session's next step then shows whom it was, or why nobody. Dead after 300 seconds; a second call ends
/// the first one's. The call has no body.
#[utoipa::path(
    post,
    path = "/v1/sessions/{id}/vneid",
    tag = "kiosk",
    params(("id" = String, Path, description = "The session")),
    responses((status = OK, description = "Where the telephone goes", body = SignInBegun)),
)]
pub async fn begin_sign_in(
    State(api): State<Arc<Api>>,
    call: SignedCall,
    SessionId(id): SessionId,
) -> Result<Response, Failure> {
    Ok(stored(&api.conversations.begin_sign_in(id, call).await?))
}
