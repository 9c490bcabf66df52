//! `GET /healthz`: whether the server can answer and its store can be read.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Api, caller::store_fault, problem::Failure};

/// That the server is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; a server that is not well answers with a problem.
    pub status: &'static str,
}

/// Whether the server is well
///
/// Not signed: for supervision on the same machine.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = OK, description = "The server is well", body = Health)),
    security(()),
)]
pub async fn health(State(api): State<Arc<Api>>) -> Result<Json<Health>, Failure> {
    api.store.open_calls().await.map_err(|fault| store_fault(&fault))?;
    Ok(Json(Health { status: "ok" }))
}
