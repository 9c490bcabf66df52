//! `GET /healthz`: whether the server can answer and its store can be read.

use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Api, caller::store_fault, problem::Failure};

/// How what must reach a national system stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutboxHealth {
    /// Messages that wait for their turn or their next attempt.
    pub waiting: u64,
    /// Messages that nobody tries any more until staff decide.
    pub dead: u64,
    /// Seconds since the oldest of both was queued; 0 where there is none.
    pub oldest_undelivered_seconds: u64,
}

/// That the server is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; a server that is not well answers with a problem.
    pub status: &'static str,
    /// How what must reach a national system stands. A national system that is down does not make the server unwell.
    pub outbox: OutboxHealth,
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
    let outbox = api.store.outbox_status().await.map_err(|fault| store_fault(&fault))?;
    let age = |oldest: Timestamp| oldest.duration_until(api.clock.now()).as_secs().max(0).unsigned_abs();
    let outbox = OutboxHealth {
        waiting: outbox.waiting,
        dead: outbox.dead,
        oldest_undelivered_seconds: outbox.oldest.map_or(0, age),
    };
    Ok(Json(Health { status: "ok", outbox }))
}
