//! The kiosk's API: one file per operation, described by `/openapi.json`.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
    },
    middleware,
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::Clock,
    outbox::first_cost::FirstCosts,
    session::Conversations,
    store::{ClientKind, Store},
};

mod answer_step;
mod begin_sign_in;
mod body;
mod call_staff;
mod caller;
mod describe;
mod faults;
mod first_cost;
mod get_call;
mod get_session;
mod guard;
mod health;
mod issue_challenge;
mod open_session;
pub mod problem;
mod welcome;

/// What the operations work with.
pub struct Api {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// The conversations.
    pub conversations: Arc<Conversations>,
    /// The first costs that the station's software reports.
    pub first_costs: FirstCosts,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Api({:?})", self.conversations)
    }
}

/// The operations that kiosks sign.
fn signed_operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(welcome::welcome))
        .routes(routes!(open_session::open_session))
        .routes(routes!(get_session::get_session))
        .routes(routes!(answer_step::answer_step))
        .routes(routes!(issue_challenge::issue_challenge))
        .routes(routes!(begin_sign_in::begin_sign_in))
        .routes(routes!(call_staff::call_staff))
        .routes(routes!(get_call::get_call))
}

/// The operations that the station's software signs.
fn software_operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(first_cost::report_first_cost))
}

fn open_operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(health::health))
}

/// The description of every operation.
pub fn openapi() -> OpenApi {
    let operations = signed_operations().merge(software_operations()).merge(open_operations()).into_openapi();
    describe::complete(operations)
}

/// The whole API as a service: operations, their description, and the guards around each call. `pages` are what
/// else is served under the same guards.
pub fn router(api: Arc<Api>, pages: Router) -> Router {
    let clock = api.clock.clone();
    let only = |kind| middleware::from_fn_with_state((Arc::clone(&api), kind), caller::authenticate);
    let kiosks = Router::from(signed_operations()).route_layer(only(ClientKind::Kiosk));
    let software = Router::from(software_operations()).route_layer(only(ClientKind::Software));
    kiosks
        .merge(software)
        .merge(Router::from(open_operations()))
        .with_state(api)
        .merge(describe::serve(openapi()))
        .merge(pages)
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::method_not_allowed)
        .layer(DefaultBodyLimit::max(body::BODY_LIMIT))
        .layer(middleware::from_fn_with_state(guard::TIME_LIMIT, guard::limit_time))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn_with_state(clock, guard::log))
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    /// What integrators build on: a change to it is a decision, made by accepting the new snapshot.
    #[test]
    fn the_description_is_the_one_agreed() {
        insta::assert_json_snapshot!(super::openapi());
    }
}
