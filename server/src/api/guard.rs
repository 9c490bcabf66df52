//! What stands around every operation: a log line without content, a time limit, and a net under panics.

use std::{any::Any, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::Response as HttpResponse,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::{error, info};

use crate::{
    api::problem::{Failure, Kind},
    clock::Clock,
};

/// Longest time for one call. The national systems' own limits lie below it.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Writes one line about each call: the route's pattern, never the address itself, a header or a body.
pub async fn log(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = clock.now();
    let response = next.run(request).await;
    info!(
        %method,
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        code = response.extensions().get::<Kind>().map_or("", |kind| kind.code()),
        milliseconds = begun.duration_until(clock.now()).as_millis(),
        "answered"
    );
    response
}

/// Ends a call that takes longer than `limit`. What it had handed to the store is still done, once.
pub async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Kind::TimedOut.into_response(),
    }
}

/// Turns a panic into a problem. The panic's own words stay out of the answer and of the log: they may quote data.
pub fn panicked(_panic: Box<dyn Any + Send>) -> HttpResponse<axum::body::Body> {
    error!("a call panicked");
    Kind::Internal.into_response()
}

/// The answer where no route fits.
pub fn not_found() -> impl Future<Output = Failure> {
    std::future::ready(Kind::NotFound.into())
}

/// The answer where the route takes other methods.
pub fn method_not_allowed() -> impl Future<Output = Failure> {
    std::future::ready(Kind::MethodNotAllowed.into())
}
